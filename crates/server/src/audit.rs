//! Verification of the audit: its chain is gone through from its beginning, and each entry is held against its
//! event. It needs no key, changes nothing, and can be done beside a running service.

use crate::engine::history::{HISTORY_SCHEMA, audit_row_of};
use serde::Serialize;
use std::path::Path;
use tandem_core::event::Event;
use tandem_core::time::Timestamp;
use tandem_store::{AuditReader, CenterId, Error, Link, WholeAuditEntry};

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// How far the audit could be gone through.
    pub state: State,
    /// Entries that were gone through.
    pub n_checked: u64,
    /// The first entry that is not what was written.
    pub first_fault: Option<Fault>,
    /// Entries with faults.
    pub n_faults: u64,
    /// The last link, hexadecimal: who noted it elsewhere can tell whether the end of the chain was cut off.
    pub last_link: Option<String>,
}

/// Whether there is an audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is there.
    Present,
    /// It is being made from the journal: what is there so far is in order, or is not.
    BeingMade,
    /// No service of a version that keeps an audit has been here.
    #[default]
    Missing,
}

/// An entry that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its place.
    pub n: u64,
    /// What is wrong with it.
    pub what: What,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It does not follow from the entry before: one of the two was changed, or one was taken out or put in.
    ChainBroken,
    /// What is told of it is not what its event says.
    ToldOtherwise,
}

/// Goes through the audit of a contact center.
///
/// # Errors
/// When the database cannot be read at all.
pub async fn verify(data_dir: &Path, center: &CenterId) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    let Some(mut reader) = AuditReader::of(data_dir).await? else {
        return Ok(findings);
    };
    let schema = reader.schema(center).await?;
    findings.state = match schema {
        Some(_) => State::Present,
        None => State::BeingMade,
    };
    // Another version tells entries in other words; its links are the same.
    let is_told_here = schema.is_none_or(|schema| schema == HISTORY_SCHEMA);
    let (mut link, mut n) = (Link::ORIGIN, 1);
    loop {
        let rows = reader.portion(center, n).await?;
        if rows.is_empty() {
            return Ok(findings);
        }
        for row in &rows {
            let WholeAuditEntry { entry, fact } = row;
            if entry.n != n || entry.link != link.next_of_audit(entry.row.at, fact) {
                findings.add(entry.n, What::ChainBroken);
            } else if is_told_here && !is_told_rightly(row) {
                findings.add(entry.n, What::ToldOtherwise);
            }
            // From here on it is gone by what the row says, so that one break is told once.
            (link, n) = (entry.link, entry.n + 1);
            findings.n_checked += 1;
            findings.last_link = Some(entry.link.to_string());
        }
    }
}

fn is_told_rightly(whole: &WholeAuditEntry) -> bool {
    let row = &whole.entry.row;
    let at = Timestamp::from_micros(row.at.0);
    let event: Result<Event, _> = serde_json::from_slice(&whole.fact);
    event.is_ok_and(|event| audit_row_of(at, &event).as_ref() == Some(row))
}

impl Findings {
    /// Whether nothing is wrong with what is there.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.n_faults == 0
    }

    fn add(&mut self, n: u64, what: What) {
        self.n_faults += 1;
        self.first_fault.get_or_insert(Fault { n, what });
    }
}
