//! Replay: a recorded journal is read again, its inputs are given to a fresh contact center, and
//! what follows is compared with what was recorded, byte for byte.

use crate::engine::{RecordBody, RecordError, TurnRecord};
use aws_lc_rs::digest::{Context, SHA256};
use std::fmt::Write as _;
use tandem_core::{CORE_VERSION, ContactCenter};
use tandem_store::{CenterId, Journal, ReadLimit};

/// What a journal came to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Replayed {
    /// The contact center.
    pub center: String,
    /// Records read.
    pub records: u64,
    /// Turns in them.
    pub turns: u64,
    /// Events in them.
    pub events: u64,
    /// SHA-256 of all events, in order.
    pub digest: String,
    /// From which record on which version of the rules wrote.
    pub core_versions: Vec<(u64, u32)>,
    /// Turns of another version: their events were applied, their inputs not taken again.
    pub turns_folded_only: u64,
}

/// Why a replay did not come to its end, or came to another one.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// A record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The journal is empty.
    #[error("the journal of contact center {0} is empty, or there is no such contact center")]
    Empty(CenterId),
    /// The events of a turn differ.
    #[error(
        "record {seq}, turn {turn}: the events differ\n  input:    {input}\n  recorded: {recorded}\n  replayed: {replayed}"
    )]
    Differs {
        /// The record.
        seq: u64,
        /// The turn in it, from 1.
        turn: usize,
        /// Its input.
        input: String,
        /// The events that were recorded.
        recorded: String,
        /// The events that follow now.
        replayed: String,
    },
    /// A record is not what is written for the same turns now.
    #[error("record {seq}: the same turns are written differently now")]
    WrittenDifferently {
        /// The record.
        seq: u64,
    },
    /// The state that the turns left is not the state that the events amount to.
    #[error("after record {seq}: the state that was lived through is not the one that was rebuilt")]
    StateDiffers {
        /// The last record.
        seq: u64,
    },
}

/// Replays a contact center's journal. `seen` is told after each page how many records were read.
///
/// # Errors
/// [`ReplayError`]: the first difference, or why it cannot be read.
pub async fn replay(
    journal: &dyn Journal,
    center: &CenterId,
    seen: impl FnMut(u64),
) -> Result<Replayed, ReplayError> {
    let noted = replay_noting(journal, center, 0, seen).await;
    noted.map(|(replayed, _)| replayed)
}

/// As [`replay`], and answers the digest of the journal up to a record as well, if there is that record.
///
/// # Errors
/// [`ReplayError`]: the first difference, or why it cannot be read.
pub async fn replay_noting(
    journal: &dyn Journal,
    center: &CenterId,
    noted: u64,
    mut seen: impl FnMut(u64),
) -> Result<(Replayed, Option<String>), ReplayError> {
    let mut digest = None;
    let mut replay = Replay::new(center);
    loop {
        let from = replay.outcome.records + 1;
        let records = journal.read(center, from, ReadLimit::default()).await?;
        if records.is_empty() {
            break;
        }
        for record in &records {
            replay.record(record.seq, &record.body)?;
            if record.seq == noted {
                digest = Some(hexadecimal(replay.digest.clone().finish().as_ref()));
            }
            tokio::task::consume_budget().await;
        }
        seen(replay.outcome.records);
    }
    let replayed = replay.finish(center)?;
    Ok((replayed, digest))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
    }
    text
}

struct Replay {
    /// Lives through the inputs.
    lived: ContactCenter,
    /// Is rebuilt from the events.
    rebuilt: ContactCenter,
    digest: Context,
    outcome: Replayed,
    /// What was written last, so that its room is used again.
    written: Vec<u8>,
}

impl Replay {
    fn new(center: &CenterId) -> Self {
        Self {
            lived: ContactCenter::new(),
            rebuilt: ContactCenter::new(),
            digest: Context::new(&SHA256),
            outcome: Replayed {
                center: center.to_string(),
                records: 0,
                turns: 0,
                events: 0,
                digest: String::new(),
                core_versions: Vec::new(),
                turns_folded_only: 0,
            },
            written: Vec::new(),
        }
    }

    fn record(&mut self, seq: u64, body: &[u8]) -> Result<(), ReplayError> {
        let record = RecordBody::read(seq, body)?;
        let version = record.core_version;
        if self
            .outcome
            .core_versions
            .last()
            .is_none_or(|(_, last)| *last != version)
        {
            self.outcome.core_versions.push((seq, version));
        }
        for (n, turn) in record.turns.iter().enumerate() {
            self.turn(seq, n, turn, version)?;
        }
        self.outcome.records += 1;
        if version == CORE_VERSION {
            write_into(&mut self.written, &record);
            if self.written != body {
                return Err(ReplayError::WrittenDifferently { seq });
            }
        }
        Ok(())
    }

    fn turn(
        &mut self,
        seq: u64,
        n: usize,
        turn: &TurnRecord,
        version: u32,
    ) -> Result<(), ReplayError> {
        write_into(&mut self.written, &turn.events);
        self.digest.update(&self.written);
        self.rebuilt.apply(turn.now, &turn.events);
        self.outcome.turns += 1;
        self.outcome.events += u64::try_from(turn.events.len()).unwrap_or(u64::MAX);
        if version != CORE_VERSION {
            self.outcome.turns_folded_only += 1;
            self.lived.apply(turn.now, &turn.events);
            return Ok(());
        }
        let replayed = self.lived.handle(turn.now, turn.input.clone()).events;
        // Equal events are written alike: what differs is written for people only.
        if replayed == turn.events {
            return Ok(());
        }
        Err(ReplayError::Differs {
            seq,
            turn: n + 1,
            input: json(&turn.input),
            recorded: json(&turn.events),
            replayed: json(&replayed),
        })
    }

    fn finish(self, center: &CenterId) -> Result<Replayed, ReplayError> {
        let Self {
            lived,
            rebuilt,
            digest,
            mut outcome,
            written: _,
        } = self;
        if outcome.records == 0 {
            return Err(ReplayError::Empty(center.clone()));
        }
        if lived != rebuilt {
            return Err(ReplayError::StateDiffers {
                seq: outcome.records,
            });
        }
        outcome.digest = hexadecimal(digest.finish().as_ref());
        Ok(outcome)
    }
}

fn write_into<T: serde::Serialize>(written: &mut Vec<u8>, value: &T) {
    written.clear();
    // What was read can be written.
    serde_json::to_writer(written, value).ok();
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tandem_core::event::Event;
    use tandem_core::ids::AccountId;
    use tandem_core::input::{Input, Request};
    use tandem_core::role::Actor;
    use tandem_core::settings::{Document, Kind};
    use tandem_core::skill::Skill;
    use tandem_core::time::Timestamp;
    use tandem_store::{Batch, MemoryStore, NodeId};

    #[tokio::test]
    async fn journal_as_it_was_lived_is_identical() {
        let outcome = replayed(day()).await.unwrap();
        assert_eq!((outcome.records, outcome.turns, outcome.events), (2, 2, 2));
        assert_eq!(outcome.core_versions, [(1, CORE_VERSION)]);
        assert_eq!(outcome.digest.len(), 64);
        assert_eq!(replayed(day()).await.unwrap(), outcome);
    }

    #[tokio::test]
    async fn first_event_that_differs_is_named() {
        let mut day = day();
        let wrong = Event::Removed {
            kind: Kind::Skill,
            id: 1,
            by: AccountId(0),
        };
        day[1].turns[0].events = vec![wrong];
        let error = replayed(day).await.unwrap_err();
        assert!(
            matches!(
                error,
                ReplayError::Differs {
                    seq: 2,
                    turn: 1,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[tokio::test]
    async fn turns_of_another_version_are_folded_only() {
        let mut day = day();
        day[0].core_version = CORE_VERSION - 1;
        let outcome = replayed(day).await.unwrap();
        let versions = [(1, CORE_VERSION - 1), (2, CORE_VERSION)];
        assert_eq!(outcome.core_versions, versions);
        assert_eq!(outcome.turns_folded_only, 1);
    }

    #[tokio::test]
    async fn journal_without_records_is_told() {
        let error = replayed(Vec::new()).await.unwrap_err();
        assert!(matches!(error, ReplayError::Empty(_)), "{error}");
    }

    /// Two records: the service starts, and a skill is made.
    fn day() -> Vec<RecordBody> {
        let mut center = ContactCenter::new();
        let document = Document::Skill(Skill {
            name: "German".into(),
        });
        let request = Request::Save {
            id: None,
            expected: None,
            document,
        };
        let inputs = [
            Input::ServiceStarted,
            Input::Asked {
                actor: Actor::system(),
                request,
            },
        ];
        let record = |(seq, input): (u64, Input)| {
            let now = Timestamp::from_micros(1_700_000_000_000_000);
            let events = center.handle(now, input.clone()).events;
            RecordBody::new(seq, 1, vec![TurnRecord { now, input, events }])
        };
        (1..).zip(inputs).map(record).collect()
    }

    async fn replayed(records: Vec<RecordBody>) -> Result<Replayed, ReplayError> {
        let store = MemoryStore::default();
        let center = CenterId::parse("contoso").unwrap();
        let node = NodeId::parse("node").unwrap();
        let lease = store
            .acquire(&center, &node, Duration::from_secs(5))
            .await
            .unwrap();
        for record in records {
            let body = serde_json::to_vec(&record).unwrap();
            store
                .append(&lease, record.seq, Batch::record(body))
                .await
                .unwrap();
        }
        replay(&store, &center, |_| {}).await
    }
}
