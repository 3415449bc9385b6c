//! How much an append costs over SQLite itself: the same bodies through the journal and through a
//! bare insert loop on a file with the same settings, one after the other in the same run.
//!
//! `cargo run --release -p tandem-store --example append_rate [DIRECTORY]`

#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use tandem_store::{Batch, CenterId, Journal, NodeId, ReadLimit, Store};

type Failure = Box<dyn std::error::Error>;

/// Body sizes and how many of each are appended per round.
const SIZES: [(usize, u64); 2] = [(400, 4_000), (50_000, 1_500)];
/// Rounds alternate between the two, so that a busy moment of the machine hits both.
const N_ROUNDS: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let directory = match std::env::args_os().nth(1) {
        Some(parent) => tempfile::tempdir_in(parent)?,
        None => tempfile::tempdir()?,
    };
    for (n_bytes, n_records) in SIZES {
        let body = vec![b'x'; n_bytes];
        let (mut bare, mut journal) = (Vec::new(), Vec::new());
        for round in 0..N_ROUNDS {
            let path = directory.path().join(format!("bare-{n_bytes}-{round}.db"));
            bare.extend(bare_inserts(&path, &body, n_records).await?);
            let path = directory.path().join(format!("journal-{n_bytes}-{round}"));
            journal.extend(appends(&path, &body, n_records).await?);
        }
        let (bare, journal) = (summary(bare), summary(journal));
        println!("{n_bytes:>6} B  bare sqlite  {bare}");
        println!("{n_bytes:>6} B  journal      {journal}");
        println!(
            "{n_bytes:>6} B  journal / bare, mean {:.2}",
            journal.mean / bare.mean
        );
    }
    Ok(())
}

async fn appends(path: &Path, body: &[u8], n_records: u64) -> Result<Vec<Duration>, Failure> {
    let store = Store::open(path).await?;
    let center = CenterId::parse("bench")?;
    let lease = store
        .acquire(&center, &NodeId::parse("bench")?, Duration::from_secs(60))
        .await?;
    let mut latencies = Vec::new();
    for seq in 1..=n_records {
        let batch = Batch::record(body.to_vec());
        let begun = Instant::now();
        store.append(&lease, seq, batch).await?;
        latencies.push(begun.elapsed());
    }
    let begun = Instant::now();
    let (mut from_seq, mut n_bytes) = (1, 0);
    while from_seq <= n_records {
        let records = store.read(&center, from_seq, ReadLimit::default()).await?;
        n_bytes += records
            .iter()
            .map(|record| record.body.len())
            .sum::<usize>();
        from_seq += u64::try_from(records.len())?;
    }
    println!(
        "         read back {n_records} records, {n_bytes} bytes: {:.1?}",
        begun.elapsed()
    );
    store.close().await?;
    Ok(latencies)
}

async fn bare_inserts(path: &Path, body: &[u8], n_records: u64) -> Result<Vec<Duration>, Failure> {
    let mut connection: SqliteConnection = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await?;
    sqlx::query("CREATE TABLE bare (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        .execute(&mut connection)
        .await?;
    let mut latencies = Vec::new();
    for _ in 0..n_records {
        let body = body.to_vec();
        let begun = Instant::now();
        sqlx::query("INSERT INTO bare (body) VALUES (?1)")
            .bind(body)
            .execute(&mut connection)
            .await?;
        latencies.push(begun.elapsed());
    }
    connection.close().await?;
    Ok(latencies)
}

struct Summary {
    rate: f64,
    mean: f64,
    p50: Duration,
    p99: Duration,
    max: Duration,
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            rate,
            p50,
            p99,
            max,
            ..
        } = self;
        write!(
            f,
            "{rate:>7.0} records/s  p50 {p50:.1?}  p99 {p99:.1?}  max {max:.1?}"
        )
    }
}

fn summary(mut latencies: Vec<Duration>) -> Summary {
    latencies.sort_unstable();
    let total: Duration = latencies.iter().sum();
    let n = latencies.len();
    let mean = total.as_secs_f64() / f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    Summary {
        rate: 1.0 / mean,
        mean,
        p50: latencies[n / 2],
        p99: latencies[n * 99 / 100],
        max: latencies[n - 1],
    }
}
