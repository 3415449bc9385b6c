//! The journal: one ordered, fenced, durable list of records per contact center. It owns epochs and
//! sequence numbers; it must not know what a record says. Nothing may be acted upon outside before
//! `append` returned `Ok`.

pub(crate) mod integrity;
pub(crate) mod sqlite;

use std::time::Duration;

use crate::Pending;
use crate::center::{CenterId, NodeId};
use crate::error::{Error, check_size};
use crate::limits::{
    CHECKPOINT_BYTES_MAX, CHECKPOINTS_PER_BATCH_MAX, READ_BYTES_MAX, READ_RECORDS_MAX,
    RECORD_BYTES_MAX, SUBJECTS_PER_BATCH_MAX,
};
use crate::subject::SealedSubject;

/// The right to append. It is not cloned: whoever holds it is the one writer.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    pub center: CenterId,
    /// The fencing token: every `acquire` and `release` makes all older ones worthless.
    pub epoch: u64,
    /// Sequence number of the first record this owner will append; records start at 1.
    pub next_seq: u64,
}

/// What becomes durable together with one record.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Bytes of the record; the journal does not read them.
    pub body: Vec<u8>,
    /// Subjects named by this record. One that was erased meanwhile stays erased.
    pub subjects: Vec<SealedSubject>,
    pub checkpoints: Vec<LegCheckpoint>,
}

impl Batch {
    pub fn record(body: Vec<u8>) -> Self {
        Self {
            body,
            subjects: Vec::new(),
            checkpoints: Vec::new(),
        }
    }

    pub(crate) fn check_limits(&self) -> Result<(), Error> {
        check_size(
            "the body of a record in bytes",
            self.body.len(),
            RECORD_BYTES_MAX,
        )?;
        check_size(
            "the subjects of a record",
            self.subjects.len(),
            SUBJECTS_PER_BATCH_MAX,
        )?;
        check_size(
            "the leg checkpoints of a record",
            self.checkpoints.len(),
            CHECKPOINTS_PER_BATCH_MAX,
        )?;
        for sealed in self.checkpoints.iter().filter_map(|c| c.sealed.as_ref()) {
            check_size(
                "a leg checkpoint in bytes",
                sealed.len(),
                CHECKPOINT_BYTES_MAX,
            )?;
        }
        Ok(())
    }
}

/// What an edge needs to take a leg up again, sealed by the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegCheckpoint {
    pub leg: u64,
    /// `None` removes the checkpoint: the leg is over.
    pub sealed: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub seq: u64,
    pub epoch: u64,
    pub body: Vec<u8>,
}

/// How much one `read` returns at most; at least one record is returned if there is one.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimit {
    pub records: usize,
    pub bytes: usize,
}

impl Default for ReadLimit {
    fn default() -> Self {
        Self {
            records: READ_RECORDS_MAX,
            bytes: READ_BYTES_MAX,
        }
    }
}

impl ReadLimit {
    pub(crate) fn clamped(self) -> Self {
        Self {
            records: self.records.clamp(1, READ_RECORDS_MAX),
            bytes: self.bytes.min(READ_BYTES_MAX),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error("another owner has taken the contact center: drop the state and stop")]
    Fenced,
    #[error("the journal expects record {actual}: drop the state and rebuild it from the journal")]
    Conflict { actual: u64 },
    #[error(
        "whether the record is durable is not known: acquire again, read the tail and compare before anything else"
    )]
    Unknown,
    #[error("nothing was written, the store is not available: {0}")]
    Unavailable(String),
    /// The batch breaks a limit; trying again cannot help.
    #[error("nothing was written: {0}")]
    Refused(Error),
}

#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    #[error(
        "contact center {center} is held by node {node} for another {remaining:?}: stop that node, or wait until its lease ends"
    )]
    Held {
        center: CenterId,
        node: String,
        remaining: Duration,
    },
    #[error("another owner has taken the contact center")]
    Fenced,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Fenced, single-writer, durable. Both back ends and the in-memory twin pass one conformance suite.
pub trait Journal: Send + Sync {
    /// Granted when nobody holds the center, its lease ended, or the same node asks again.
    fn acquire<'a>(
        &'a self,
        center: &'a CenterId,
        node: &'a NodeId,
        ttl: Duration,
    ) -> Pending<'a, Result<Lease, LeaseError>>;

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Pending<'a, Result<(), LeaseError>>;

    /// One transaction: epoch and sequence are checked, then the whole batch is written and synced.
    /// Appends take effect in the order in which their futures are first polled, so the next one
    /// may be under way before the last has answered. A future that is dropped leaves its outcome
    /// unknown.
    fn append<'a>(
        &'a self,
        lease: &'a Lease,
        expect_seq: u64,
        batch: Batch,
    ) -> Pending<'a, Result<(), AppendError>>;

    /// Records from `from_seq` on, contiguous and verified.
    fn read<'a>(
        &'a self,
        center: &'a CenterId,
        from_seq: u64,
        limit: ReadLimit,
    ) -> Pending<'a, Result<Vec<Record>, Error>>;

    /// Sequence number of the last record, 0 when there is none.
    fn tail<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<u64, Error>>;

    /// The leg checkpoints as of the tail, by leg.
    fn checkpoints<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<LegCheckpoint>, Error>>;

    /// Gives the center up; the lease is worthless from then on.
    fn release(&self, lease: Lease) -> Pending<'_, Result<(), LeaseError>>;
}
