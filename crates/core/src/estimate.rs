//! Estimated waits of one queue, positions and how good the estimates were. It is fed
//! plain facts and answers with integers alone, so that every machine says the same; it knows neither queues
//! nor contacts of the state. `docs/estimates.md` has the formulas and what they are worth on real calls.

mod accuracy;
mod announcement;
mod calibration;
mod queues;
mod rates;
mod scores;

pub use accuracy::{Accuracy, Figures};
pub use announcement::{Announcement, Growth, announce_position, announce_wait};

pub use queues::Estimates;

use crate::ids::ContactId;
use crate::limits;
use crate::time::Timestamp;
use accuracy::Record;
use calibration::Calibration;
use rates::Rates;
use scores::Scores;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a wait can be estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The queue's own line, emptied by its effective servers and by those who give up.
    QueueLength,
    /// As long as the head of the line has waited so far.
    HeadOfLine,
    /// As long as the last one waited who was answered.
    LastEntered,
    /// The learned time for each place in the line of the pool.
    Pace,
    /// The others, each weighted by what it was worth.
    Blend,
}

impl Method {
    /// All, in the order of their figures.
    pub const ALL: [Self; 5] = [
        Self::QueueLength,
        Self::HeadOfLine,
        Self::LastEntered,
        Self::Pace,
        Self::Blend,
    ];

    /// Its place in [`Method::ALL`].
    const fn index(self) -> usize {
        self as usize
    }
}

/// The line as one contact finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Since when this contact waits; a newcomer: now.
    pub waits_since: Timestamp,
    /// Contacts of this queue that come before it by the order of contacts.
    pub ahead: u32,
    /// Contacts of every queue with the same agents that come before it; at least `ahead`.
    pub ahead_in_pool: u32,
    /// Agents that serve this queue now, whatever they are busy with.
    pub servers: u32,
    /// Since when the first one of those ahead waits.
    pub head_waits_since: Option<Timestamp>,
}

impl Line {
    /// The position: one more than the contacts of the pool that are served before. Insertions by
    /// priority raise it.
    #[must_use]
    pub const fn position(&self) -> u32 {
        let ahead = if self.ahead_in_pool > self.ahead {
            self.ahead_in_pool
        } else {
            self.ahead
        };
        ahead.saturating_add(1)
    }
}

/// What the rest of a wait will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Half wait at most this, seconds.
    pub p50_s: u32,
    /// Four of five wait at most this, seconds.
    pub p80_s: u32,
    /// What it was made of.
    pub by: Method,
}

/// What each method says, ms; nothing where it has nothing to go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Predictions([Option<u32>; 5]);

impl Predictions {
    /// What `method` says, ms.
    #[must_use]
    pub fn of(&self, method: Method) -> Option<u32> {
        self.0.get(method.index()).copied().flatten()
    }

    /// Methods that say something, with it.
    fn said(&self) -> impl Iterator<Item = (Method, u32)> {
        Method::ALL
            .into_iter()
            .zip(self.0)
            .filter_map(|(it, ms)| Some((it, ms?)))
    }

    fn set(&mut self, method: Method, wait_ms: u64) {
        let wait_ms = wait_ms.min(limits::ESTIMATE_MS_MAX);
        if let Some(place) = self.0.get_mut(method.index()) {
            *place = u32::try_from(wait_ms).ok();
        }
    }
}

/// Why a contact left the line without having been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unserved {
    /// The customer gave up.
    GaveUp,
    /// It was moved to another queue, a voicemail, or an end: nothing about anybody's patience.
    Moved,
}

/// What one queue has learned about its waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimator {
    waiting: BTreeMap<ContactId, Promise>,
    rates: Rates,
    scores: Scores,
    calibration: Calibration,
    accuracy: Accuracy,
}

/// What was said when a contact joined the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Promise {
    since: Timestamp,
    places: u32,
    said: Predictions,
    told: Option<Told>,
}

/// An estimate before it is rounded, ms: what it was made of, and its quantiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    by: Method,
    raw_ms: u32,
    p50_ms: u32,
    p80_ms: u32,
}

impl Estimator {
    /// The queue is served by `servers` agents from now on.
    pub fn staffed(&mut self, now: Timestamp, servers: u32) {
        self.pass(now);
        self.rates.servers = servers;
    }

    /// A contact joined the line, which nobody could serve at once. What is said now is held against what
    /// comes true; beyond [`limits::ESTIMATES_OPEN_MAX`] open ones, contacts are not measured.
    pub fn entered(&mut self, now: Timestamp, contact: ContactId, line: &Line) {
        self.staffed(now, line.servers);
        if self.waiting.len() >= limits::ESTIMATES_OPEN_MAX {
            return;
        }
        let said = self.predictions(now, line);
        let promise = Promise {
            since: now,
            places: line.position(),
            said,
            told: self.told(&said, line.position()),
        };
        self.waiting.insert(contact, promise);
    }

    /// A contact that had waited since `waits_since` was answered; one that never stood in line, too.
    pub fn answered(&mut self, now: Timestamp, contact: ContactId, waits_since: Timestamp) {
        self.pass(now);
        self.rates.answered(wait_ms(now, waits_since));
        let Some(promise) = self.waiting.remove(&contact) else {
            return;
        };
        let actual_ms = wait_ms(now, promise.since);
        self.rates.served_from_line(actual_ms, promise.places);
        self.scores.add(&promise.said, actual_ms);
        if let Some(told) = promise.told {
            self.calibration.add(promise.places, told.raw_ms, actual_ms);
        }
        self.accuracy.add(Record {
            actual_ms,
            said: promise.said,
            told: promise.told,
        });
    }

    /// A contact left the line unserved.
    pub fn left(&mut self, now: Timestamp, contact: ContactId, why: Unserved) {
        self.pass(now);
        let Some(promise) = self.waiting.remove(&contact) else {
            return;
        };
        match why {
            Unserved::GaveUp => self.rates.gave_up(wait_ms(now, promise.since)),
            Unserved::Moved => {}
        }
    }

    /// An agent is done with a contact of this queue, conversation and wrap-up, after `handling_ms`.
    pub fn handled(&mut self, now: Timestamp, handling_ms: u32) {
        self.pass(now);
        self.rates.handled(handling_ms);
    }

    /// How long a contact keeps its agent, conversation and wrap-up, on average; nothing before the first.
    #[must_use]
    pub const fn handling_ms(&self) -> Option<u64> {
        self.rates.handling_ms()
    }

    /// What the rest of a contact's wait will be. Nothing is said while no agent serves the queue, and until
    /// [`limits::ESTIMATE_SCORED_MIN`] contacts of which a method said something have been answered (R-18: no
    /// data, no number).
    #[must_use]
    pub fn estimate(&self, now: Timestamp, line: &Line) -> Option<Estimate> {
        let told = self.told(&self.predictions(now, line), line.position())?;
        Some(Estimate {
            p50_s: told.p50_ms.div_ceil(1_000),
            p80_s: told.p80_ms.div_ceil(1_000),
            by: told.by,
        })
    }

    /// What each method says, before it is corrected by what came true.
    #[must_use]
    pub fn predictions(&self, now: Timestamp, line: &Line) -> Predictions {
        let mut said = Predictions::default();
        if line.servers == 0 {
            return said;
        }
        let waited_ms = u64::from(wait_ms(now, line.waits_since));
        if let Some(ms) = self.rates.by_queue_length(line.ahead, line.servers) {
            said.set(Method::QueueLength, ms);
        }
        // What the whole wait was taken for is over: the method knows nothing about the rest.
        let rest = |whole: u32| u64::from(whole).checked_sub(waited_ms);
        let head = line.head_waits_since.map(|since| wait_ms(now, since));
        if let Some(ms) = head.and_then(rest) {
            said.set(Method::HeadOfLine, ms);
        }
        if let Some(ms) = self.rates.last_wait_ms.and_then(rest) {
            said.set(Method::LastEntered, ms);
        }
        if let Some(ms) = self.rates.by_pace(line.position()) {
            said.set(Method::Pace, ms);
        }
        if let Some(ms) = self.scores.blend(&said) {
            said.set(Method::Blend, ms);
        }
        said
    }

    /// How good the last estimates were.
    #[must_use]
    pub const fn accuracy(&self) -> &Accuracy {
        &self.accuracy
    }

    /// Agents that the queue has for itself, in tenths: the share of their time that its contacts get.
    #[must_use]
    pub fn effective_servers_tenths(&self) -> Option<u32> {
        self.rates.effective_servers_tenths()
    }

    fn told(&self, said: &Predictions, position: u32) -> Option<Told> {
        let by = self.scores.pick(said)?;
        let raw_ms = said.of(by)?;
        let (p50_ms, p80_ms) = self.calibration.quantiles(position, raw_ms);
        Some(Told {
            by,
            raw_ms,
            p50_ms,
            p80_ms,
        })
    }

    fn pass(&mut self, now: Timestamp) {
        let line = if self.waiting.is_empty() {
            rates::InLine::Nobody
        } else {
            rates::InLine::Somebody
        };
        self.rates.pass(now, line);
    }
}

/// Milliseconds of a wait, at most a day.
fn wait_ms(now: Timestamp, since: Timestamp) -> u32 {
    let ms = now.micros_since(since).unsigned_abs() / 1_000;
    u32::try_from(ms.min(limits::ESTIMATE_MS_MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
