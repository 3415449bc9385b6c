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

#[test]
fn anything_at_all_is_read_without_a_panic() {
    for length in [0, 1, 31, 32, 33, 56, 4_152] {
        for fill in [0_u8, 0x37, 0xff] {
            let log = vec![fill; length];
            walk(&*log).unwrap();
        }
    }
}
