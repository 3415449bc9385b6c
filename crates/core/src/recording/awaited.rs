//! The recordings whose files have not come: whose they are, and what must be silent in them.

use super::pause::{Quiet, Silence, Span};
use crate::effect::Effect;
use crate::event::{Event, RecordingKept, RecordingPauseAsked, RecordingTaken};
use crate::ids::{ContactId, EffectId};
use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The recordings whose files have not come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recordings {
    by_id: BTreeMap<EffectId, Awaited>,
    by_reference: BTreeMap<String, EffectId>,
    alarms: BTreeSet<(Timestamp, EffectId)>,
}

/// A file that has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The contact that it belongs to: the message, or the contact that was recorded.
    pub contact: ContactId,
    /// What the other side calls the recording, once it is known.
    reference: Option<String>,
    /// Until when word of it is waited for: from the end of the recording until it is told of.
    until: Option<Timestamp>,
    /// Whether the recording is over.
    is_over: bool,
    /// Whether the file was told of.
    is_found: bool,
    /// When it was ordered, when it was told to run, and when it was over.
    #[serde(default)]
    ordered_at: Timestamp,
    #[serde(default)]
    started_at: Option<Timestamp>,
    #[serde(default)]
    over_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pauses: Vec<Span>,
    /// Whether it is a message that somebody left.
    #[serde(default)]
    is_message: bool,
}

impl Recordings {
    /// The recording with this reference, and the contact that it belongs to.
    pub(crate) fn named(&self, reference: &str) -> Option<(EffectId, &Awaited)> {
        let id = self.by_reference.get(reference)?;
        Some((*id, self.by_id.get(id)?))
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: EffectId) -> Option<&Awaited> {
        self.by_id.get(&id)
    }

    /// Whether a file that has not come is a message's.
    #[must_use]
    pub fn is_message(&self, id: EffectId) -> bool {
        self.by_id.get(&id).is_some_and(|it| it.is_message)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// When word of a file is waited for no longer.
    #[must_use]
    pub fn next_overdue(&self) -> Option<Timestamp> {
        self.first().map(|(at, _)| at)
    }

    /// The first of which nobody told in time.
    pub(crate) fn first(&self) -> Option<(Timestamp, EffectId)> {
        self.alarms.first().copied()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no recording"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::EffectOrdered {
                id,
                effect: Effect::StartRecording { contact, .. },
            } => drop(self.by_id.insert(*id, Awaited::new(now, *contact))),
            Event::RecordingTaken(RecordingTaken {
                recording,
                reference: Some(reference),
                ..
            }) => drop(self.refer(*recording, reference)),
            Event::RecordingStarted {
                contact,
                recording,
                reference,
                ..
            } => {
                // Journals of before do not have the order here.
                let awaited = self.by_id.entry(*recording);
                awaited.or_insert_with(|| Awaited::new(now, *contact));
                if let Some(awaited) = self.refer(*recording, reference) {
                    awaited.started_at = Some(now);
                }
            }
            Event::RecordingPauseAsked(RecordingPauseAsked { recording, .. }) => {
                if let Some(awaited) = self.by_id.get_mut(recording) {
                    awaited.pauses_from(now);
                }
            }
            Event::RecordingResumed { recording, .. } => {
                if let Some(awaited) = self.by_id.get_mut(recording)
                    && let Some(span) = awaited.pauses.last_mut()
                {
                    span.until = Some(now);
                }
            }
            Event::RecordingStopped {
                recording, is_kept, ..
            } => {
                if *is_kept {
                    self.over(now, *recording);
                } else {
                    self.forget(*recording);
                }
            }
            Event::MessageLeft(crate::event::MessageLeft {
                contact, recording, ..
            }) => {
                if let Some(awaited) = self.by_id.get_mut(recording) {
                    awaited.contact = *contact;
                    awaited.is_message = true;
                }
            }
            Event::RecordingFound { recording, .. } => {
                if let Some(awaited) = self.by_id.get_mut(recording) {
                    awaited.is_found = true;
                    let until = awaited.until.take();
                    if let Some(until) = until {
                        self.alarms.remove(&(until, *recording));
                    }
                }
            }
            Event::RecordingFailed { recording, .. }
            | Event::RecordingKept(RecordingKept { recording, .. })
            | Event::RecordingLost { recording, .. } => self.forget(*recording),
            _ => {}
        }
    }

    /// The call is over, and with it what ran on it. Of what was never named no file can be told apart.
    pub(crate) fn over(&mut self, now: Timestamp, id: EffectId) {
        let Some(awaited) = self.by_id.get_mut(&id) else {
            return;
        };
        if awaited.reference.is_none() {
            self.forget(id);
            return;
        }
        if !awaited.is_over && !awaited.is_found {
            let until = now.plus_seconds(limits::RECORDING_FILE_SECONDS);
            awaited.until = Some(until);
            self.alarms.insert((until, id));
        }
        if !awaited.is_over {
            awaited.over_at = Some(now);
        }
        awaited.is_over = true;
    }

    fn refer(&mut self, id: EffectId, reference: &str) -> Option<&mut Awaited> {
        let awaited = self.by_id.get_mut(&id)?;
        awaited.reference = Some(reference.to_owned());
        self.by_reference.insert(reference.to_owned(), id);
        Some(awaited)
    }

    fn forget(&mut self, id: EffectId) {
        let Some(awaited) = self.by_id.remove(&id) else {
            return;
        };
        if let Some(reference) = awaited.reference {
            self.by_reference.remove(&reference);
        }
        if let Some(until) = awaited.until {
            self.alarms.remove(&(until, id));
        }
    }
}

impl Awaited {
    const fn new(now: Timestamp, contact: ContactId) -> Self {
        Self {
            contact,
            reference: None,
            until: None,
            is_over: false,
            is_found: false,
            ordered_at: now,
            started_at: None,
            over_at: None,
            pauses: Vec::new(),
            is_message: false,
        }
    }

    pub(crate) const fn is_found(&self) -> bool {
        self.is_found
    }

    /// How often it was paused.
    pub(crate) const fn n_pauses(&self) -> usize {
        self.pauses.len()
    }

    /// One that is asked for before another has ended is one with it.
    fn pauses_from(&mut self, now: Timestamp) {
        if self.pauses.last().is_none_or(|it| it.until.is_some()) {
            self.pauses.push(Span {
                from: now,
                until: None,
            });
        }
    }

    /// What must be silent in its file; nothing if it was never paused. When the service began is not known
    /// by our clock: between the order and the word that it runs. The earliest begin and the latest end count.
    pub(crate) fn quiet(&self, now: Timestamp) -> Option<Quiet> {
        let over_at = self.over_at.unwrap_or(now);
        let first = self.pauses.first()?;
        let latest_start = self.started_at.unwrap_or(first.from);
        let silence = |span: &Span| {
            let from_ms = self.started_at.map_or(0, |at| ms(at, span.from));
            Silence {
                from_ms,
                until_ms: span.until.map(|until| ms(self.ordered_at, until)),
                paused_ms: ms(span.from, span.until.unwrap_or(over_at)),
            }
        };
        Some(Quiet {
            whole_ms: ms(latest_start, over_at),
            silences: self.pauses.iter().map(silence).collect(),
        })
    }
}

fn ms(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.micros_since(from) / 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    #[test]
    fn silence_reaches_from_the_earliest_to_the_latest_that_the_pause_can_have_been() {
        let mut awaited = Awaited::new(at(1_000), ContactId(1));
        awaited.started_at = Some(at(1_400));
        awaited.pauses_from(at(5_000));
        awaited.pauses_from(at(5_500));
        awaited.pauses[0].until = Some(at(8_000));
        awaited.over_at = Some(at(11_400));
        let silence = Silence {
            from_ms: 3_600,
            until_ms: Some(7_000),
            paused_ms: 3_000,
        };
        let quiet = Quiet {
            whole_ms: 10_000,
            silences: vec![silence],
        };
        assert_eq!(awaited.quiet(at(20_000)), Some(quiet));
    }

    #[test]
    fn pause_without_end_is_silent_to_the_end_and_what_never_paused_is_left_as_it_is() {
        let mut awaited = Awaited::new(at(0), ContactId(1));
        awaited.started_at = Some(at(100));
        awaited.over_at = Some(at(9_000));
        assert_eq!(awaited.quiet(at(20_000)), None);
        awaited.pauses_from(at(5_000));
        let silences = awaited
            .quiet(at(20_000))
            .map(|it| it.silences)
            .unwrap_or_default();
        assert_eq!(
            silences
                .iter()
                .map(|it| (it.from_ms, it.until_ms))
                .collect::<Vec<_>>(),
            [(4_900, None)]
        );
    }
}
