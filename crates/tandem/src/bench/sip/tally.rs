//! What happened to the calls of a benchmark, as callers and phones saw it.

use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tandem_server::bench::Latency;
use tandem_sip::Micros;

/// See the module. Times are microseconds.
#[derive(Default)]
pub(super) struct Tally {
    /// When each caller's INVITE went out, by the caller's number.
    dialed: HashMap<String, Micros>,
    /// From a caller's INVITE to its 200.
    pub(super) answered: Vec<Micros>,
    /// From a caller's INVITE to the ACK at the phone of the agent who has the call.
    pub(super) put_through: Vec<Micros>,
    /// When each phone hung up last, by its user.
    hung_up: HashMap<String, Micros>,
    /// From a phone's BYE to the next INVITE to it.
    pub(super) gaps: Vec<Micros>,
    /// Calls of callers that are over.
    pub(super) n_ended: u64,
    /// Messages that were sent or came more than once.
    pub(super) n_repeated: u64,
    seen: HashSet<u64>,
}

impl Tally {
    pub(super) fn dialed(&mut self, now: Micros, number: &str) {
        self.dialed.insert(number.to_owned(), now);
    }

    pub(super) fn answered(&mut self, now: Micros, number: &str) {
        if let Some(at) = self.dialed.get(number) {
            self.answered.push(now - at);
        }
    }

    pub(super) fn rung(&mut self, now: Micros, user: &str) {
        if let Some(at) = self.hung_up.remove(user) {
            self.gaps.push(now - at);
        }
    }

    pub(super) fn put_through(&mut self, now: Micros, number: &str) {
        if let Some(at) = self.dialed.remove(number) {
            self.put_through.push(now - at);
        }
    }

    pub(super) fn hung_up(&mut self, now: Micros, user: &str) {
        self.hung_up.insert(user.to_owned(), now);
    }

    /// A message as it went over the wire, byte for byte.
    pub(super) fn saw(&mut self, bytes: &[u8]) {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            self.n_repeated += 1;
        }
    }

    /// Begins anew; who is being called goes on to be.
    pub(super) fn take(&mut self) -> Self {
        let rest = Self {
            dialed: self.dialed.clone(),
            hung_up: self.hung_up.clone(),
            ..Self::default()
        };
        std::mem::replace(self, rest)
    }
}

/// The distribution of some times.
pub(super) fn figures(times: &[Micros]) -> Value {
    let times = times
        .iter()
        .map(|it| u64::try_from(*it).unwrap_or_default());
    let Latency {
        n,
        p50_us,
        p99_us,
        max_us,
        ..
    } = Latency::of(times.map(Duration::from_micros).collect());
    let ms = |us: u64| (us as f64 / 100.0).round() / 10.0;
    json!({ "n": n, "p50_ms": ms(p50_us), "p99_ms": ms(p99_us), "max_ms": ms(max_us) })
}
