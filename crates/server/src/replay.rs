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
    mut seen: impl FnMut(u64),
) -> Result<Replayed, ReplayError> {
    let mut replay = Replay::new(center);
    loop {
        let from = replay.outcome.records + 1;
        let records = journal.read(center, from, ReadLimit::default()).await?;
        if records.is_empty() {
            break;
        }
        for record in &records {
            replay.record(record.seq, &record.body)?;
            tokio::task::consume_budget().await;
        }
        seen(replay.outcome.records);
    }
    replay.finish(center)
}

struct Replay {
    /// Lives through the inputs.
    lived: ContactCenter,
    /// Is rebuilt from the events.
    rebuilt: ContactCenter,
    digest: Context,
    outcome: Replayed,
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
        let written = serde_json::to_vec(&record).unwrap_or_default();
        if version == CORE_VERSION && written != body {
            return Err(ReplayError::WrittenDifferently { seq });
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
        let recorded = json(&turn.events);
        self.digest.update(recorded.as_bytes());
        self.rebuilt.apply(turn.now, &turn.events);
        self.outcome.turns += 1;
        self.outcome.events += u64::try_from(turn.events.len()).unwrap_or(u64::MAX);
        if version != CORE_VERSION {
            self.outcome.turns_folded_only += 1;
            self.lived.apply(turn.now, &turn.events);
            return Ok(());
        }
        let replayed = json(&self.lived.handle(turn.now, turn.input.clone()).events);
        if replayed == recorded {
            return Ok(());
        }
        let input = json(&turn.input);
        Err(ReplayError::Differs {
            seq,
            turn: n + 1,
            input,
            recorded,
            replayed,
        })
    }

    fn finish(self, center: &CenterId) -> Result<Replayed, ReplayError> {
        let Self {
            lived,
            rebuilt,
            digest,
            mut outcome,
        } = self;
        if outcome.records == 0 {
            return Err(ReplayError::Empty(center.clone()));
        }
        if lived != rebuilt {
            return Err(ReplayError::StateDiffers {
                seq: outcome.records,
            });
        }
        for byte in digest.finish().as_ref() {
            // Writing to a string cannot fail.
            write!(outcome.digest, "{byte:02x}").ok();
        }
        Ok(outcome)
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
