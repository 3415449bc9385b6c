//! What the data directory promises across processes, restarts, kills and damage.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tandem_store::{
    AuditReader, AuditRow, Batch, CenterId, DataKey, Error, History, HistoryBatch, HistoryMark,
    Journal, KeyFamily, Lease, NewAuditEntry, NodeId, ReadLimit, Snapshot, Snapshots, Store,
    SubjectRef, Subjects, UnixMicros,
};

const TTL: Duration = Duration::from_secs(3_600);

fn center() -> CenterId {
    CenterId::parse("contoso").expect("it is a valid id")
}

async fn acquire(store: &Store, node: &str) -> Lease {
    let node = NodeId::parse(node).expect("it is a valid name");
    store
        .acquire(&center(), &node, TTL)
        .await
        .expect("nobody else holds it")
}

async fn append(store: &Store, lease: &Lease, seq: u64, body: &[u8]) {
    let done = store.append(lease, seq, Batch::record(body.to_vec())).await;
    done.expect("the owner appends the next record");
}

async fn raw(directory: &Path, file: &str, sql: &'static str) {
    let done = try_raw(directory, file, sql).await;
    assert_eq!(done.expect("the statement is right"), 1);
}

async fn try_raw(directory: &Path, file: &str, sql: &'static str) -> Result<u64, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(directory.join(file));
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("the file is a database");
    let done = sqlx::query(sql).execute(&mut connection).await;
    connection.close().await.expect("it can be closed");
    done.map(|done| done.rows_affected())
}

#[tokio::test]
async fn second_start_on_one_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let Err(refused @ Error::InUse { .. }) = Store::open(directory.path()).await else {
        panic!("a second store was opened");
    };
    let text = refused.to_string();
    assert!(
        text.contains(&format!("process {}", std::process::id())),
        "{text}"
    );
    assert!(text.contains("stop that process"), "{text}");
    store.close().await.unwrap();
    Store::open(directory.path()).await.unwrap();
}

#[tokio::test]
async fn directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    let Err(refused) = Store::open(&file.join("data")).await else {
        panic!("a store was opened below a file");
    };
    assert!(refused.to_string().contains("file/data"), "{refused}");
}

#[tokio::test]
async fn journal_is_whole_after_a_drop_without_close() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let store = Store::open(directory.path()).await.unwrap();
        // Another node's name each time: whoever held the lease is gone, there is nothing to wait for.
        let lease = acquire(&store, &format!("node-{round}")).await;
        assert_eq!((lease.epoch, lease.next_seq), (round + 1, 1 + 2 * round));
        append(&store, &lease, lease.next_seq, b"one").await;
        append(&store, &lease, lease.next_seq + 1, b"two").await;
        drop(store);
    }
    let store = Store::open(directory.path()).await.unwrap();
    let records = store
        .read(&center(), 1, ReadLimit::default())
        .await
        .unwrap();
    assert_eq!(records.len(), 6);
}

const CHILD_DIRECTORY: &str = "TANDEM_STORE_TEST_DIRECTORY";
const N_BEFORE_THE_KILL: usize = 40;

#[tokio::test]
async fn acknowledged_records_survive_a_kill() {
    if let Ok(directory) = std::env::var(CHILD_DIRECTORY) {
        return append_until_killed(Path::new(&directory)).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "acknowledged_records_survive_a_kill",
            "--nocapture",
        ])
        .env(CHILD_DIRECTORY, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged: Vec<u64> = lines
        .filter_map(|line| {
            line.unwrap()
                .strip_prefix("durable ")
                .map(|seq| seq.parse().unwrap())
        })
        .take(N_BEFORE_THE_KILL)
        .collect();
    let Err(refused) = Store::open(directory.path()).await else {
        panic!("two processes have one data directory");
    };
    assert!(
        refused
            .to_string()
            .contains(&format!("process {}", child.id())),
        "{refused}"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    let store = Store::open(directory.path()).await.unwrap();
    let records = store
        .read(&center(), 1, ReadLimit::default())
        .await
        .unwrap();
    assert!(records.len() >= acknowledged.len());
    for (record, expected) in records.iter().zip(1..) {
        assert_eq!(record.seq, expected);
        assert_eq!(record.body, body_of(expected));
    }
    let lease = acquire(&store, "another").await;
    append(&store, &lease, lease.next_seq, b"goes on").await;
}

async fn append_until_killed(directory: &Path) {
    let store = Store::open(directory).await.expect("the directory is free");
    let lease = acquire(&store, "child").await;
    for seq in 1.. {
        append(&store, &lease, seq, &body_of(seq)).await;
        writeln!(std::io::stdout(), "durable {seq}").expect("the parent reads until it kills");
    }
}

fn body_of(seq: u64) -> Vec<u8> {
    seq.to_string().repeat(2_000).into_bytes()
}

#[tokio::test]
async fn damaged_record_is_named_and_not_returned() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let lease = acquire(&store, "a").await;
    for seq in 1..=3 {
        append(&store, &lease, seq, b"honest").await;
    }
    store.close().await.unwrap();
    raw(
        directory.path(),
        "tandem.db",
        "UPDATE journal SET body = x'00' WHERE seq = 2",
    )
    .await;

    let store = Store::open(directory.path()).await.unwrap();
    let Err(refused @ Error::Damaged { .. }) = store.read(&center(), 1, ReadLimit::default()).await
    else {
        panic!("the damaged record was returned");
    };
    let text = refused.to_string();
    assert!(
        text.contains("record 2 of the journal of contoso"),
        "{text}"
    );
    assert!(text.contains("restore"), "{text}");
    let before = store
        .read(
            &center(),
            1,
            ReadLimit {
                records: 1,
                bytes: 100,
            },
        )
        .await
        .unwrap();
    assert_eq!(before.len(), 1);
}

#[tokio::test]
async fn missing_record_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let lease = acquire(&store, "a").await;
    for seq in 1..=3 {
        append(&store, &lease, seq, b"x").await;
    }
    store.close().await.unwrap();
    raw(
        directory.path(),
        "tandem.db",
        "DELETE FROM journal WHERE seq = 2",
    )
    .await;

    let store = Store::open(directory.path()).await.unwrap();
    let refused = store
        .read(&center(), 1, ReadLimit::default())
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("it is missing, the next is 3"),
        "{refused}"
    );
}

#[tokio::test]
async fn damaged_snapshot_gives_way_to_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let lease = acquire(&store, "a").await;
    let snapshot = |seq| Snapshot {
        seq,
        schema_version: 1,
        bytes: vec![7; 10_000],
    };
    for seq in 1..=3 {
        append(&store, &lease, seq, b"x").await;
        store.put_snapshot(&center(), snapshot(seq)).await.unwrap();
    }
    store.close().await.unwrap();
    let sql = "UPDATE snapshots SET body = zeroblob(10000) WHERE seq = 3";
    raw(directory.path(), "snapshots.db", sql).await;

    let store = Store::open(directory.path()).await.unwrap();
    let newest = store.newest_snapshot(&center()).await.unwrap();
    assert_eq!(newest, Some(snapshot(2)));
}

#[tokio::test]
async fn history_that_cannot_be_used_is_begun_anew() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let mark = HistoryMark {
        schema: 1,
        seq: 9,
        thread: vec![1],
    };
    let put = store
        .put_history(&center(), mark.clone(), HistoryBatch::default())
        .await;
    put.unwrap();
    store.close().await.unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let stands = store.history_mark(&center()).await.unwrap();
    assert_eq!(stands, Some(mark));
    store.close().await.unwrap();

    let file = directory.path().join("history.db");
    std::fs::write(&file, vec![7; 20_000]).unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    assert_eq!(store.history_mark(&center()).await.unwrap(), None);
    store.close().await.unwrap();
}

#[tokio::test]
async fn directory_of_a_newer_version_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    Store::open(directory.path())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let sql =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (999, 'from the future', 1, x'00', 0)";
    raw(directory.path(), "tandem.db", sql).await;
    let Err(refused @ Error::Newer { .. }) = Store::open(directory.path()).await else {
        panic!("a newer schema was opened");
    };
    assert!(refused.to_string().contains("999"), "{refused}");
    assert!(
        refused.to_string().contains("start that version"),
        "{refused}"
    );
}

#[tokio::test]
async fn personal_data_and_keys_are_nowhere_in_the_directory() {
    const NAME: &[u8] = b"Augusta Ada King, Countess of Lovelace";
    let secret = *b"0123456789abcdef0123456789abcdef";
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let keys = KeyFamily::new(DataKey::new(1, secret));
    let sealed = |subject| keys.seal(&center(), SubjectRef(subject), NAME).unwrap();
    let lease = acquire(&store, "a").await;
    let batch = Batch {
        subjects: vec![sealed(1)],
        ..Batch::record(b"MARKER-OF-A-RECORD".to_vec())
    };
    store.append(&lease, 1, batch).await.unwrap();
    store.put(&center(), vec![sealed(2)]).await.unwrap();

    assert!(
        is_in_a_file(directory.path(), b"MARKER-OF-A-RECORD"),
        "the search works"
    );
    assert!(!is_in_a_file(directory.path(), NAME));
    assert!(!is_in_a_file(directory.path(), &secret));
    store.close().await.unwrap();
    assert!(!is_in_a_file(directory.path(), NAME));
}

fn is_in_a_file(directory: &Path, wanted: &[u8]) -> bool {
    let files = std::fs::read_dir(directory).expect("it is a directory");
    files
        .map(|file| file.expect("it is readable").path())
        .any(|path| {
            let bytes = std::fs::read(path).expect("it is readable");
            bytes.windows(wanted.len()).any(|window| window == wanted)
        })
}

#[tokio::test]
async fn write_ahead_log_stays_bounded_under_steady_writing() {
    const N_RECORDS: u64 = 200;
    const BODY_BYTES: usize = 512 * 1024;
    const WAL_BYTES_MAX: u64 = 64 * 1024 * 1024;
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let lease = acquire(&store, "a").await;
    let mut largest = 0;
    for seq in 1..=N_RECORDS {
        append(&store, &lease, seq, &[1; BODY_BYTES]).await;
        largest = store.health().wal_bytes.max(largest);
    }
    assert!(largest < WAL_BYTES_MAX, "{largest}");
    let health = store.health();
    assert_eq!(health.n_appends, N_RECORDS);
    assert!(health.append_latency_last <= health.append_latency_max);
    assert!(health.append_latency_last.is_some());
    let deadline = Instant::now() + Duration::from_secs(20);
    while store.health().database_bytes < N_RECORDS * 512 * 1024 {
        assert!(Instant::now() < deadline, "{:?}", store.health());
        tokio::task::yield_now().await;
    }
    store.close().await.unwrap();
    assert!(!directory.path().join("tandem.db-wal").exists());
}

#[tokio::test]
async fn audit_that_counts_is_neither_rewritten_nor_removed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let mark = HistoryMark {
        schema: 1,
        seq: 9,
        thread: vec![1],
    };
    let row = AuditRow {
        at: UnixMicros(5),
        by: None,
        action: "denied".to_owned(),
        is_denied: true,
        object: None,
        version: None,
        detail: "sign in".to_owned(),
    };
    let fact = b"{}".to_vec();
    let batch = HistoryBatch {
        audit: vec![NewAuditEntry { row, fact }],
        ..HistoryBatch::default()
    };
    store.put_history(&center(), mark, batch).await.unwrap();
    store.close().await.unwrap();
    for sql in [
        "UPDATE audit SET detail = 'nothing' WHERE n = 1",
        "DELETE FROM audit",
    ] {
        let refused = try_raw(directory.path(), "history.db", sql).await;
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("the audit is"), "{text}");
    }
    let mut reader = AuditReader::of(directory.path()).await.unwrap().unwrap();
    assert_eq!(reader.schema(&center()).await.unwrap(), Some(1));
    let whole = reader.portion(&center(), 1).await.unwrap();
    assert_eq!(whole.len(), 1);
    assert!(reader.portion(&center(), 2).await.unwrap().is_empty());
    let nothing = tempfile::tempdir().unwrap();
    assert!(AuditReader::of(nothing.path()).await.unwrap().is_none());
}
