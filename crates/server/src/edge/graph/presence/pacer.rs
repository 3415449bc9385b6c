//! How often presence may be asked about or written: Graph lets an application ask 1,500 times in 30 s of a tenant
//! (microsoft-graph.md 13), and whoever asks more often waits, with everybody else of the same application.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Requests a second, in the long run.
pub(super) const PER_SECOND: u32 = 45;
/// Requests that may come at once after a quiet while: with those of the next 30 s they stay below the limit.
const AT_ONCE: u32 = 100;
/// Between two requests in the long run.
const EVERY: Duration = Duration::from_micros(22_222);

/// Gives turns.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    /// When all turns that were given would be over at the pace of the long run.
    over: Mutex<Option<Instant>>,
}

impl Pacer {
    /// Waits for a turn. Whoever stops waiting has used it up.
    pub(super) async fn turn(&self) {
        let at = self.take(Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// The instant of the next turn, which is taken: for whoever says only then what is done with it.
    pub(super) fn take(&self, now: Instant) -> Instant {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = over.map_or(now, |it| it.max(now));
        let ends = begins + EVERY;
        *over = Some(ends);
        let ahead = EVERY * AT_ONCE;
        ends.checked_sub(ahead).map_or(now, |it| it.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-227; throttling.json: presence
    #[test]
    fn no_half_minute_has_more_requests_than_graph_allows() {
        let (pacer, now) = (Pacer::default(), Instant::now());
        let turns: Vec<Instant> = (0..10_000).map(|_| pacer.take(now)).collect();
        assert_eq!(turns.iter().filter(|at| **at == now).count(), 100);
        let window = Duration::from_secs(30);
        let mut end = 0;
        for (begin, first) in turns.iter().enumerate() {
            while turns.get(end).is_some_and(|at| *at < *first + window) {
                end += 1;
            }
            assert!(end - begin <= 1_500, "{} from turn {begin} on", end - begin);
        }
        let last = turns[turns.len() - 1];
        let pace = turns.len() / usize::try_from((last - now).as_secs()).unwrap();
        assert_eq!(pace, 45);
    }
}
