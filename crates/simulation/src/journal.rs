//! The journal of the simulation: records in their written form, and a snapshot now and then. What is not here
//! did not happen.

use serde::{Deserialize, Serialize};
use tandem_core::ContactCenter;
use tandem_core::event::Event;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;

/// A turn, as the engine records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TurnRecord {
    pub(crate) now: Timestamp,
    pub(crate) input: Input,
    pub(crate) events: Vec<Event>,
}

/// One append: the turns of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) turns: Vec<TurnRecord>,
}

/// The records, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    written: Vec<String>,
    snapshot: Option<(usize, Vec<u8>)>,
}

impl Journal {
    /// Appends a record; answers it as it will be read.
    pub(crate) fn append(&mut self, record: &Record) -> Result<Record, String> {
        let written = serde_json::to_string(record).map_err(|error| error.to_string())?;
        let read = read(&written)?;
        if read != *record {
            return Err(format!("{written} is read as {read:?}"));
        }
        self.written.push(written);
        Ok(read)
    }

    /// The records as they were written.
    pub(crate) fn written(&self) -> &[String] {
        &self.written
    }

    /// Keeps the state, so that only what comes after it need be read.
    pub(crate) fn keep(&mut self, center: &ContactCenter) -> Result<(), String> {
        let bytes = serde_json::to_vec(center).map_err(|error| error.to_string())?;
        self.snapshot = Some((self.written.len(), bytes));
        if self.rebuild()? == *center {
            Ok(())
        } else {
            Err("a snapshot is read as another state".to_owned())
        }
    }

    /// The state by the newest snapshot and the records after it.
    pub(crate) fn rebuild(&self) -> Result<ContactCenter, String> {
        let (from, mut center) = match &self.snapshot {
            Some((from, bytes)) => {
                let center = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
                (*from, center)
            }
            None => (0, ContactCenter::new()),
        };
        for written in self.written.iter().skip(from) {
            for turn in read(written)?.turns {
                center.apply(turn.now, &turn.events);
            }
        }
        Ok(center)
    }
}

fn read(written: &str) -> Result<Record, String> {
    serde_json::from_str(written).map_err(|error| format!("{written}: {error}"))
}
