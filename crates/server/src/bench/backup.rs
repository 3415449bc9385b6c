//! `tandem bench backup`: what a backup of a large journal does to the time from an input to its
//! order, at a busy center's pace, beside the same without one.

use super::engine::Bench;
use super::{Error, Latency, ratio};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long it is measured without a backup.
const MEASURED: Duration = Duration::from_secs(20);

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct BackupReport {
    /// Events in the journal, about.
    pub events: u64,
    /// Bytes of the database's copy.
    pub bytes: u64,
    /// How long one backup took, seconds.
    pub backup_seconds: f64,
    /// From an input to its order at 35 contacts per second, without a backup.
    pub without: Latency,
    /// The same while one backup runs, from its first page to its sum.
    pub with: Latency,
    /// p50 with, divided by p50 without.
    pub p50_ratio: f64,
    /// p99 with, divided by p99 without.
    pub p99_ratio: f64,
}

/// Measures with a journal of about `events` events in a store below `folder`.
///
/// # Errors
/// When the store cannot be used, or a contact does not go its way.
pub async fn backup(folder: &Path, events: u64) -> Result<BackupReport, Error> {
    let data_dir = folder.join("backup-of");
    let bench = Bench::start(&data_dir).await?;
    let events = bench.fill(events).await?;
    let began = Instant::now();
    let without = bench.pace_while(|| began.elapsed() < MEASURED).await?;
    let backing = tokio::spawn(back_up(data_dir, folder.join("copy.db")));
    let with = bench.pace_while(|| !backing.is_finished()).await?;
    let (bytes, backup_seconds) = backing.await??;
    bench.stop().await?;
    Ok(BackupReport {
        events,
        bytes,
        backup_seconds,
        without,
        with,
        p50_ratio: ratio(with.p50_us, without.p50_us),
        p99_ratio: ratio(with.p99_us, without.p99_us),
    })
}

/// Copies, verifies and sums; answers the size and how long it took.
async fn back_up(data_dir: PathBuf, target: PathBuf) -> Result<(u64, f64), Error> {
    let began = Instant::now();
    tandem_store::copy_database(&data_dir, &target, |_| {}).await?;
    let (bytes, _) = crate::backup::copy(target, None).await?;
    Ok((bytes, began.elapsed().as_secs_f64()))
}
