//! What a run came to: the counts of a simulation that held, or the last records of one that did not.

use crate::invariant::{Broken, Invariant};
use crate::weather::Fault;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use tandem_core::event::{EndReason, Event};

/// What happened in one seed, or in several.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Seeds lived through.
    pub seeds: u64,
    /// Contacts that arrived, and customers who were called.
    pub contacts: u64,
    /// How they ended.
    pub ends: BTreeMap<EndReason, u64>,
    /// Contacts that were put to an agent.
    pub offers: u64,
    /// Conversations that began.
    pub conversations: u64,
    /// Orders to the other side.
    pub orders: u64,
    /// Turns taken, those that were not durable too.
    pub turns: u64,
    /// Durable events.
    pub events: u64,
    /// Durable records.
    pub records: u64,
    /// Inputs that were refused because the store did not take them.
    pub refused: u64,
    /// Times that a state was rebuilt from the journal.
    pub rebuilds: u64,
    /// What went wrong, how often.
    pub faults: BTreeMap<Fault, u64>,
    /// How often each invariant was examined.
    pub examined: BTreeMap<Invariant, u64>,
    /// Virtual time, all seeds together, s.
    pub lived_s: u64,
    /// Virtual time that the calm took to drain, the longest of all seeds, s.
    pub drained_s_max: u64,
    /// The names of the events that happened.
    #[serde(skip)]
    pub happened: BTreeSet<String>,
}

impl Report {
    /// Adds another seed.
    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.contacts += other.contacts;
        self.offers += other.offers;
        self.conversations += other.conversations;
        self.orders += other.orders;
        self.turns += other.turns;
        self.events += other.events;
        self.records += other.records;
        self.refused += other.refused;
        self.rebuilds += other.rebuilds;
        self.lived_s += other.lived_s;
        self.drained_s_max = self.drained_s_max.max(other.drained_s_max);
        add(&mut self.ends, &other.ends);
        add(&mut self.faults, &other.faults);
        add(&mut self.examined, &other.examined);
        self.happened.extend(other.happened.iter().cloned());
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are counted as events alone"
    )]
    pub(crate) fn count(&mut self, event: &Event) {
        self.events += 1;
        match event {
            Event::ContactArrived { .. } | Event::ContactDialed(_) | Event::CallbackDue(_) => {
                self.contacts += 1;
            }
            Event::ContactEnded { reason, .. } => *self.ends.entry(*reason).or_default() += 1,
            Event::Offered { .. } => self.offers += 1,
            Event::Connected { .. } | Event::CustomerReached { .. } => self.conversations += 1,
            Event::EffectOrdered { .. } => self.orders += 1,
            _ => {}
        }
    }
}

fn add<K: Copy + Ord>(sum: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    for (key, n) in more {
        *sum.entry(*key).or_default() += n;
    }
}

/// A seed in which an invariant did not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Turns until then.
    pub turns: u64,
    /// Virtual time since the opening.
    pub at: String,
    /// What did not hold.
    #[serde(flatten)]
    pub broken: Broken,
    /// The last turns, oldest first; the very last may not be durable.
    pub last: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Broken { invariant, detail } = &self.broken;
        writeln!(
            f,
            "seed {}: broken after {} turns, at {}",
            self.seed, self.turns, self.at
        )?;
        writeln!(f, "  rule  {}", invariant.sentence())?;
        writeln!(f, "  seen  {detail}")?;
        write!(f, "  last turns:")?;
        for turn in &self.last {
            write!(f, "\n    {turn}")?;
        }
        Ok(())
    }
}

/// Virtual time as people read it: `h:mm:ss.mmm`.
pub(crate) fn clock(micros: i64) -> String {
    let millis = micros / 1_000;
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, rest) = (millis / 1_000 % 60, millis % 1_000);
    format!("{hours}:{minutes:02}:{seconds:02}.{rest:03}")
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn virtual_time_reads_as_hours_minutes_and_seconds() {
        assert_eq!(clock(0), "0:00:00.000");
        assert_eq!(clock(3_723_004_999), "1:02:03.004");
    }
}
