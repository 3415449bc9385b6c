//! `tandem bench recordings`: what many recordings that end in the same minute do to the time from an input to its
//! order, at a busy center's pace, beside the same without them.

use super::engine::Bench;
use super::{Error, Latency, ratio};
use crate::effects::FETCHES_UNDER_WAY_MAX;
use crate::recordings::{About, Begun, Keeper};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::time::Timestamp;
use tandem_store::{Channel, DataKey, KeyFamily, RecordingFiles};

/// How long it is measured without recordings.
const MEASURED: Duration = Duration::from_secs(20);
/// Bytes of a minute of one channel.
const SOUND_BYTES: usize = 60 * 16_000 * 2;
/// Bytes that come from the service at once.
const PART_BYTES: usize = 16 * 1024;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct RecordingsReport {
    /// Recordings that were kept, of a minute each.
    pub recordings: u64,
    /// How long it took until all of them were sealed, written and in the chain, seconds.
    pub seconds: f64,
    /// MB per second.
    pub mb_per_second: f64,
    /// From an input to its order at 35 contacts per second, without recordings.
    pub without: Latency,
    /// The same while they are kept.
    pub with: Latency,
    /// p50 with, divided by p50 without.
    pub p50_ratio: f64,
    /// p99 with, divided by p99 without.
    pub p99_ratio: f64,
}

/// Keeps `n` recordings in a store below `folder`, as many at once as the service does.
///
/// # Errors
/// When the store cannot be used, or a contact does not go its way.
pub async fn recordings(folder: &Path, n: u64) -> Result<RecordingsReport, Error> {
    let bench = Bench::start(&folder.join("data")).await?;
    let keeper = Arc::new(Keeper::new(
        bench.center.clone(),
        bench.store(),
        RecordingFiles::in_directory(&folder.join("recordings"))?,
        Arc::new(KeyFamily::new(DataKey::new(1, [7; 32]))),
    ));
    let began = Instant::now();
    let without = bench.pace_while(|| began.elapsed() < MEASURED).await?;
    let keeping = tokio::spawn(keep_all(keeper, n));
    let with = bench.pace_while(|| !keeping.is_finished()).await?;
    let seconds = keeping.await??.as_secs_f64();
    bench.stop().await?;
    Ok(RecordingsReport {
        recordings: n,
        seconds,
        mb_per_second: megabytes(n) / seconds,
        without,
        with,
        p50_ratio: ratio(with.p50_us, without.p50_us),
        p99_ratio: ratio(with.p99_us, without.p99_us),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn megabytes(n: u64) -> f64 {
    n as f64 * SOUND_BYTES as f64 / 1e6
}

async fn keep_all(keeper: Arc<Keeper>, n: u64) -> Result<Duration, Error> {
    let began = Instant::now();
    futures::stream::iter(1..=n)
        .map(|id| tokio::spawn(keep(Arc::clone(&keeper), id)))
        .buffer_unordered(FETCHES_UNDER_WAY_MAX)
        .map(|ended| ended?)
        .try_collect::<()>()
        .await?;
    Ok(began.elapsed())
}

async fn keep(keeper: Arc<Keeper>, id: u64) -> Result<(), Error> {
    let recording = EffectId(id);
    let Begun::Keeping(mut keeping) = keeper.begin(recording).await? else {
        return Err("the store is not new".into());
    };
    let part: Vec<u8> = (0..=255).cycle().take(PART_BYTES).collect();
    for _ in 0..SOUND_BYTES / PART_BYTES {
        keeping.write(&part).await?;
    }
    let about = About {
        recording,
        contact: ContactId(id),
        queue: None,
        agents: Vec::new(),
        started: Timestamp::from_micros(0),
        ended: Timestamp::from_micros(60_000_000),
        length_ms: 60_000,
        told_ms: None,
        channels: vec![Channel::Mixed],
        pauses: Vec::new(),
        keep_days: None,
    };
    keeping.finish(about).await?;
    Ok(())
}
