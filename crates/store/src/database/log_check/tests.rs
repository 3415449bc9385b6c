use super::*;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

/// Commits of one page each and one of several, as SQLite itself writes them.
async fn log_of_sqlite() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let mut connection = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .unwrap();
    sqlx::query("CREATE TABLE t (n INTEGER PRIMARY KEY, x BLOB)")
        .execute(&mut connection)
        .await
        .unwrap();
    for bytes in [10, 10, 20_000, 10] {
        sqlx::query("INSERT INTO t (x) VALUES (randomblob(?1))")
            .bind(bytes)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let log = std::fs::read(folder.path().join("a.db-wal")).unwrap();
    connection.close().await.unwrap();
    log
}

const FRAME: usize = FRAME_HEADER_BYTES + 4_096;

fn frames(log: &[u8]) -> usize {
    (log.len() - HEADER_BYTES) / FRAME
}

fn flipped(log: &[u8], at: usize) -> Vec<u8> {
    let mut flipped = log.to_vec();
    flipped[at] ^= 0x10;
    flipped
}

#[tokio::test]
async fn log_that_sqlite_wrote_is_whole_and_so_is_one_cut_anywhere() {
    let log = log_of_sqlite().await;
    assert!(frames(&log) > 8, "{}", frames(&log));
    for end in (0..log.len()).step_by(97).chain([log.len()]) {
        assert_eq!(walk(&log[..end]).unwrap(), Finding::Whole, "cut at {end}");
    }
}

#[tokio::test]
async fn flipped_bit_before_an_acknowledged_commit_is_found() {
    let log = log_of_sqlite().await;
    for frame in 0..frames(&log) - 8 {
        let start = HEADER_BYTES + frame * FRAME;
        for at in [0, 5, 9, 17, 100, 4_000] {
            let found = walk(&*flipped(&log, start + at)).unwrap();
            let n = u64::try_from(frame).unwrap() + 1;
            assert_eq!(found, Finding::BadFrame(n), "byte {at} of frame {n}");
        }
    }
    for at in 0..HEADER_BYTES {
        assert_eq!(
            walk(&*flipped(&log, at)).unwrap(),
            Finding::BadHeader,
            "byte {at}"
        );
    }
}

/// A power cut may leave later pages of the last, unsynced commit and not the earlier ones.
#[tokio::test]
async fn last_commit_may_be_torn_in_any_order() {
    let log = log_of_sqlite().await;
    // The last commit is one frame, the one before it has several.
    let without_last = &log[..log.len() - FRAME];
    for back in 1..=3 {
        let start = without_last.len() - back * FRAME;
        let mut torn = without_last.to_vec();
        torn[start..start + FRAME].fill(0);
        assert_eq!(walk(&*torn).unwrap(), Finding::Whole, "{back} from the end");
    }
}

/// Frames of an earlier round of the log stay behind its end.
#[tokio::test]
async fn frames_of_an_earlier_log_are_not_taken_for_damage() {
    let (log, earlier) = (log_of_sqlite().await, log_of_sqlite().await);
    let mut mixed = log[..HEADER_BYTES + 5 * FRAME].to_vec();
    mixed.extend_from_slice(&earlier[HEADER_BYTES + 5 * FRAME..]);
    assert_eq!(walk(&*mixed).unwrap(), Finding::Whole);
}

/// Frames as SQLite writes them in continuation of a log.
fn continued(log: &[u8], n: usize) -> Vec<u8> {
    let header: &[u8; HEADER_BYTES] = log.first_chunk().unwrap();
    let last = &log[log.len() - FRAME..];
    let mut sum = Sum::of_header(header).unwrap().as_stored_in(last);
    let mut frames = Vec::new();
    for at in 1..=n {
        let mut frame = vec![u8::try_from(at).unwrap(); FRAME];
        let truncate = if at == n { 7_u32 } else { 0 };
        frame[..4].copy_from_slice(&3_u32.to_be_bytes());
        frame[4..8].copy_from_slice(&truncate.to_be_bytes());
        frame[8..16].copy_from_slice(&header[16..24]);
        sum.takes(&frame);
        frame[16..20].copy_from_slice(&sum.state[0].to_be_bytes());
        frame[20..24].copy_from_slice(&sum.state[1].to_be_bytes());
        frames.extend(frame);
    }
    frames
}

fn put_at_end_of(mut log: Vec<u8>, base: usize, frames: &[u8]) -> Vec<u8> {
    let end = base + frames.len();
    log.resize(log.len().max(end), 0);
    log[base..end].copy_from_slice(frames);
    log
}

/// A sync that fails leaves its commit in the file; the next one is written over it, from the same place.
#[tokio::test]
async fn commits_that_failed_on_a_bad_disk_are_no_damage() {
    let log = log_of_sqlite().await;
    let base = log.len();
    let mut after = log.clone();
    for n in [9, 5, 2] {
        let frames = continued(&log, n);
        after = put_at_end_of(after, base, &frames);
        assert_eq!(walk(&*after).unwrap(), Finding::Whole, "{n} frames");
    }
    // One that went well goes on there, and is damaged afterwards.
    let well = [log.clone(), continued(&log, 2)].concat();
    let more = [well.clone(), continued(&well, 2)].concat();
    assert_eq!(walk(&*more).unwrap(), Finding::Whole);
    let damaged = flipped(&more, base + 100);
    let n = u64::try_from(frames(&log)).unwrap() + 1;
    assert_eq!(walk(&*damaged).unwrap(), Finding::BadFrame(n));
}

#[test]
fn anything_at_all_is_read_without_a_panic() {
    for length in [0, 1, 31, 32, 33, 56, 4_152] {
        for fill in [0_u8, 0x37, 0xff] {
            let log = vec![fill; length];
            walk(&*log).unwrap();
        }
    }
}
