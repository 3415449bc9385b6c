//! What somebody took out of the history of contacts beyond what its screens show. It goes on record
//! before anything goes out; the history itself is a report and not known here.

use crate::ids::ContactId;
use serde::{Deserialize, Serialize};

/// What was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryRead {
    /// The events of one contact, as they are in the journal.
    Events {
        /// Which contact.
        contact: ContactId,
    },
    /// A file with one row for each contact.
    Export {
        /// What kind of file.
        format: ExportFormat,
        /// Which contacts, in words of the API; never a number.
        filter: String,
        /// How many.
        contacts: u64,
    },
}

/// What kind of file an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Text with commas.
    Csv,
    /// A workbook.
    Xlsx,
    /// Columns, for programs.
    Parquet,
}

impl ExportFormat {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }
}
