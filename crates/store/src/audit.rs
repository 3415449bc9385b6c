//! The audit: what people did and were refused, for good, in the order of the journal. It lies in the history's
//! file and is made by the same follower, so that a history made again has the same entries and the same links.
//! What a fact says is not read here; its follower says beside it by what it is found.

pub(crate) mod sqlite;

use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::chain::Link;
use crate::error::Error;
use tandem_core::ids::AccountId;

/// What is shown of an entry in a list, all of it read from its fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    pub at: UnixMicros,
    /// Who, if known; 0 is the system itself.
    pub by: Option<AccountId>,
    /// A stable word.
    pub action: String,
    /// Whether somebody was turned away.
    pub is_denied: bool,
    /// To what: its kind and its number.
    pub object: Option<(String, u64)>,
    /// That of the settings document that was saved.
    pub version: Option<u64>,
    pub detail: String,
}

/// An entry before it has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEntry {
    pub row: AuditRow,
    /// The event, as compact JSON with sorted names. It is as large as a record lets it be.
    pub fact: Vec<u8>,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place, from 1.
    pub n: u64,
    pub row: AuditRow,
    pub link: Link,
}

/// An entry with its fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeAuditEntry {
    pub entry: AuditEntry,
    pub fact: Vec<u8>,
}

/// Which entries are meant: those for which everything that is given holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Entries before this one.
    pub below: Option<u64>,
    pub by: Option<AccountId>,
    pub action: Option<String>,
    pub kind: Option<String>,
    pub object: Option<u64>,
    /// That of the settings document that was saved.
    pub version: Option<u64>,
    /// Then or later.
    pub from: Option<UnixMicros>,
    /// Before.
    pub until: Option<UnixMicros>,
}

/// The last entry: who noted it elsewhere can tell whether the audit is still the one that it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    pub n: u64,
    pub link: Link,
}

/// It is written by [`crate::History::put_history`] alone.
pub trait Audit: Send + Sync {
    /// The last entry; none when there is none.
    fn audit_head<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<AuditHead>, Error>>;

    /// Entries, newest first.
    fn audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
        limit: usize,
    ) -> Pending<'a, Result<Vec<AuditEntry>, Error>>;

    /// The same with their facts.
    fn whole_audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
        limit: usize,
    ) -> Pending<'a, Result<Vec<WholeAuditEntry>, Error>>;

    /// How many there are.
    fn count_audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
    ) -> Pending<'a, Result<u64, Error>>;
}

impl AuditFilter {
    /// Whether an entry is meant. The back ends ask their tables; this is what they must come to.
    #[must_use]
    pub fn takes(&self, entry: &AuditEntry) -> bool {
        let AuditEntry { n, row, .. } = entry;
        let object = row.object.as_ref();
        let (kind, object) = (object.map(|(kind, _)| kind), object.map(|(_, id)| *id));
        self.below.is_none_or(|below| *n < below)
            && (self.by.is_none() || row.by == self.by)
            && self.action.as_ref().is_none_or(|it| row.action == *it)
            && (self.kind.is_none() || kind == self.kind.as_ref())
            && (self.object.is_none() || object == self.object)
            && (self.version.is_none() || row.version == self.version)
            && self.from.is_none_or(|from| row.at >= from)
            && self.until.is_none_or(|until| row.at < until)
    }
}
