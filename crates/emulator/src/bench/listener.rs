//! An application that takes media streams: it counts frames and when they come, and says as much as it hears.

use super::Error;
use futures::{SinkExt as _, StreamExt as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tandem_microsoft::acs::streaming::{ApplicationFrame, FRAME_MS};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Samples of a frame at 16 kHz.
pub(super) const SAMPLES: usize = 320;
/// How long streams may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
struct Shared {
    open: AtomicU64,
    is_watching: AtomicBool,
    since: Mutex<Option<Instant>>,
    /// Of each stream that was watched: when its frames came.
    lanes: Mutex<Vec<Vec<Instant>>>,
}

/// Where streams go.
#[derive(Debug)]
pub struct Listener {
    /// For `transportUrl`.
    pub url: String,
    shared: Arc<Shared>,
}

/// What was heard of some streams for a while.
#[derive(Debug, Default)]
pub struct Arrivals {
    pub streams: usize,
    pub frames: usize,
    /// Frames that never came: of the time that was watched, less the one that the edges of it may cut off.
    pub missing: usize,
    /// Of each frame, behind the schedule of its stream: the best of its frames was in time.
    pub late: Vec<Duration>,
}

impl Listener {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("ws://{}/", listener.local_addr()?);
        let shared = Arc::new(Shared::default());
        let takes = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&takes);
                tokio::spawn(async move {
                    if let Err(error) = carry(stream, &shared).await {
                        tracing::debug!(%error, "a stream ended");
                    }
                });
            }
        });
        Ok(Self { url, shared })
    }

    /// Waits until so many streams are open.
    ///
    /// # Errors
    /// When they do not come up.
    pub async fn opened(&self, n: u64) -> Result<(), Error> {
        let began = Instant::now();
        while self.shared.open.load(Ordering::Relaxed) < n {
            if began.elapsed() > PATIENCE {
                return Err(format!("{:?} streams of {n} came up", self.shared.open).into());
            }
            // poll: until the last stream is up
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// From now on frames count.
    pub fn watch(&self) {
        self.lanes().clear();
        *self.since() = Some(Instant::now());
        self.shared.is_watching.store(true, Ordering::Relaxed);
    }

    /// What has come since, of so many streams; one tells when its next frame comes, and one that tells nothing lacks all.
    pub async fn seen(&self, n_streams: usize) -> Arrivals {
        self.shared.is_watching.store(false, Ordering::Relaxed);
        let watched = self.since().take().map(|since| since.elapsed());
        let due = due_in(watched.unwrap_or_default());
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut arrivals = Arrivals::default();
        for lane in self.lanes().iter() {
            arrivals.streams += 1;
            arrivals.frames += lane.len();
            arrivals.missing += due.saturating_sub(lane.len());
            arrivals.late.extend(lateness(lane));
        }
        arrivals.missing += due * n_streams.saturating_sub(arrivals.streams);
        arrivals
    }

    fn since(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        let since = self.shared.since.lock();
        since.unwrap_or_else(PoisonError::into_inner)
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Instant>>> {
        // A list of whole lanes is good, whatever happened to whoever held it.
        let lanes = self.shared.lanes.lock();
        lanes.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frames of a stream that come for sure in so long.
fn due_in(watched: Duration) -> usize {
    let frames = watched.as_millis() / u128::from(FRAME_MS);
    usize::try_from(frames)
        .unwrap_or(usize::MAX)
        .saturating_sub(1)
}

/// How far each frame was behind the schedule that the earliest one gives.
fn lateness(lane: &[Instant]) -> Vec<Duration> {
    let Some(first) = lane.first() else {
        return Vec::new();
    };
    let period = Duration::from_millis(u64::from(FRAME_MS));
    let due = |n: usize| *first + period * u32::try_from(n).unwrap_or(u32::MAX);
    let early = |(n, at): (usize, &Instant)| due(n).saturating_duration_since(*at);
    let ahead = lane.iter().enumerate().map(early).max().unwrap_or_default();
    let late = |(n, at): (usize, &Instant)| (*at + ahead).saturating_duration_since(due(n));
    lane.iter().enumerate().map(late).collect()
}

/// What an application says in 20 ms.
fn said() -> Utf8Bytes {
    let samples = (0..SAMPLES).map(|n| i16::try_from(n * 20).unwrap_or(0));
    let samples = samples.collect();
    ApplicationFrame::Audio { samples }.to_text().into()
}

async fn carry(stream: TcpStream, shared: &Shared) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    shared.open.fetch_add(1, Ordering::Relaxed);
    let said = said();
    let mut clock = interval(Duration::from_millis(u64::from(FRAME_MS)));
    clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut lane = Vec::new();
    loop {
        tokio::select! {
            _ = clock.tick() => socket.send(Message::Text(said.clone())).await?,
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => arrived(shared, &mut lane, text.as_str()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            },
        }
    }
}

fn arrived(shared: &Shared, lane: &mut Vec<Instant>, text: &str) {
    if !text.starts_with(r#"{"kind":"AudioData""#) {
        return;
    }
    if shared.is_watching.load(Ordering::Relaxed) {
        lane.push(Instant::now());
    } else if !lane.is_empty() {
        let mut lanes = shared.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.push(std::mem::take(lane));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_is_late_by_the_schedule_of_the_earliest_one() {
        let begin = Instant::now();
        let at = |ms: u64| begin + Duration::from_millis(ms);
        // The first comes 5 ms late, the second in time, the third 12 ms late.
        let late = lateness(&[at(5), at(20), at(52)]);
        assert_eq!(late, [5, 0, 12].map(Duration::from_millis));
        assert!(lateness(&[]).is_empty());
    }

    #[tokio::test]
    async fn frame_or_stream_that_never_came_is_missing() {
        let listener = Listener::start().await.unwrap();
        let watched = Duration::from_millis(210);
        let begin = Instant::now().checked_sub(watched).unwrap();
        *listener.since() = Some(begin);
        // Ten are due, of which the edges may cut off one: the first stream lacks two, the second none, the third all.
        listener.lanes().push(vec![begin; 7]);
        listener.lanes().push(vec![begin; 10]);
        let seen = listener.seen(3).await;
        assert_eq!((seen.streams, seen.frames), (2, 17));
        assert!(seen.missing >= 2 + 9, "{}", seen.missing);
        assert_eq!(due_in(watched), 9);
    }
}
