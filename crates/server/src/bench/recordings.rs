//! `tandem bench recordings`: what many recordings that end in the same minute do to the time from an input to its
//! order, at a busy center's pace, beside the same without them.

use super::engine::Bench;
use super::{Error, Latency, ratio};
use crate::effects::FETCHES_UNDER_WAY_MAX;
use crate::recordings::{About, Begun, Keeper};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use std::ops::RangeInclusive;
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

/// Recordings that end in this time, when they do not end at once.
const A_MINUTE: Duration = Duration::from_secs(60);

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct RecordingsReport {
    /// Recordings that were kept each time, of a minute each.
    pub recordings: u64,
    /// From an input to its order at 35 contacts per second, without recordings.
    pub without: Latency,
    /// What recordings do that end one after the other, within a minute.
    pub within_a_minute: KeptReport,
    /// What they do when all of them end at once.
    pub at_once: KeptReport,
}

/// What recordings did.
#[derive(Clone, Debug, Serialize)]
pub struct KeptReport {
    /// How long it took until all of them were sealed, written and in the chain, seconds.
    pub seconds: f64,
    /// MB per second.
    pub mb_per_second: f64,
    /// From an input to its order at 35 contacts per second meanwhile.
    pub with: Latency,
    /// p50 with, divided by p50 without.
    pub p50_ratio: f64,
    /// p99 with, divided by p99 without.
    pub p99_ratio: f64,
}

/// Keeps `n` recordings in a store below `folder`, as many at once as the service does; once as they end within a
/// minute, once as they end together.
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
    let between = A_MINUTE / u32::try_from(n.max(1))?;
    let spread = keep_all(Arc::clone(&keeper), 1..=n, between);
    let within_a_minute = meanwhile(&bench, n, spread, without).await?;
    let together = keep_all(keeper, n + 1..=2 * n, Duration::ZERO);
    let at_once = meanwhile(&bench, n, together, without).await?;
    bench.stop().await?;
    Ok(RecordingsReport {
        recordings: n,
        without,
        within_a_minute,
        at_once,
    })
}

async fn meanwhile(
    bench: &Bench,
    n: u64,
    keeping: impl Future<Output = Result<Duration, Error>> + Send + 'static,
    without: Latency,
) -> Result<KeptReport, Error> {
    let keeping = tokio::spawn(keeping);
    let with = bench.pace_while(|| !keeping.is_finished()).await?;
    let seconds = keeping.await??.as_secs_f64();
    Ok(KeptReport {
        seconds,
        mb_per_second: megabytes(n) / seconds,
        with,
        p50_ratio: ratio(with.p50_us, without.p50_us),
        p99_ratio: ratio(with.p99_us, without.p99_us),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn megabytes(n: u64) -> f64 {
    n as f64 * SOUND_BYTES as f64 / 1e6
}

async fn keep_all(
    keeper: Arc<Keeper>,
    ids: RangeInclusive<u64>,
    between: Duration,
) -> Result<Duration, Error> {
    let began = Instant::now();
    let first = *ids.start();
    futures::stream::iter(ids)
        .then(|id| async move {
            let n_before = u32::try_from(id - first).unwrap_or(u32::MAX);
            tokio::time::sleep_until((began + between * n_before).into()).await;
            id
        })
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
