//! What one record of the journal says: the turns of one batch, with what led to them.

use serde::{Deserialize, Serialize};
use tandem_core::event::Event;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;
use tandem_core::{CORE_VERSION, EVENT_SCHEMA};

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordBody {
    /// Its number in the journal.
    pub seq: u64,
    /// The epoch of the owner who wrote it.
    pub epoch: u64,
    /// The version of the rules that took the turns.
    pub core_version: u32,
    /// The version of the vocabulary.
    pub event_schema: u32,
    /// The turns, in order.
    pub turns: Vec<TurnRecord>,
}

/// A turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// When.
    pub now: Timestamp,
    /// What happened or was asked.
    pub input: Input,
    /// What followed.
    pub events: Vec<Event>,
}

/// Why a record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It was written by a newer version.
    #[error(
        "record {seq} was written with event schema {found}, this version knows up to {EVENT_SCHEMA}: run the newer version that wrote it"
    )]
    Newer {
        /// Which record.
        seq: u64,
        /// Its schema.
        found: u32,
    },
    /// It cannot be read.
    #[error(
        "record {seq} cannot be read: {detail}; restore the data directory from a backup with `tandem restore`"
    )]
    Unreadable {
        /// Which record.
        seq: u64,
        /// What is wrong.
        detail: String,
    },
}

impl RecordBody {
    /// An empty record of this version.
    #[must_use]
    pub const fn new(seq: u64, epoch: u64, turns: Vec<TurnRecord>) -> Self {
        Self {
            seq,
            epoch,
            core_version: CORE_VERSION,
            event_schema: EVENT_SCHEMA,
            turns,
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`RecordError`] when it is not one, or a newer one.
    pub fn read(seq: u64, body: &[u8]) -> Result<Self, RecordError> {
        let unreadable = |error: serde_json::Error| RecordError::Unreadable {
            seq,
            detail: error.to_string(),
        };
        let read: Result<Self, _> = serde_json::from_slice(body);
        // A newer record says so even where it cannot be read by this version.
        let found = match &read {
            Ok(record) => record.event_schema,
            Err(_) => serde_json::from_slice(body).map_or(0, |it: Version| it.event_schema),
        };
        if found > EVENT_SCHEMA {
            return Err(RecordError::Newer { seq, found });
        }
        read.map_err(unreadable)
    }
}

#[derive(Deserialize)]
struct Version {
    event_schema: u32,
}
