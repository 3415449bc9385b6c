//! Snapshots: a cache of a center's state at a record, in a file of its own. Whether the bytes still
//! fit the program is the caller's question; whether they are what was written is answered here.

use sqlx::{Connection, Row};

use crate::Pending;
use crate::center::CenterId;
use crate::database::{BEGIN, Store};
use crate::error::{Error, check_size, signed, unsigned};
use crate::journal::Journal;
use crate::journal::integrity::integrity;
use crate::limits::{SNAPSHOT_BYTES_MAX, SNAPSHOTS_KEPT};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record that is in it.
    pub seq: u64,
    pub schema_version: u32,
    pub bytes: Vec<u8>,
}

pub trait Snapshots: Send + Sync {
    /// Keeps the newest few and forgets the older ones.
    fn put_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
        snapshot: Snapshot,
    ) -> Pending<'a, Result<(), Error>>;

    /// The newest one that is whole. One that is ahead of the journal is refused: a snapshot is taken
    /// of durable records alone, so acknowledged records are gone.
    fn newest_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<Snapshot>, Error>>;
}

const PUT: &str = "INSERT INTO snapshots (center, seq, schema_version, integrity, body)
     VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (center, seq) DO UPDATE SET schema_version = ?3, integrity = ?4, body = ?5";
const FORGET: &str = "DELETE FROM snapshots WHERE center = ?1 AND seq NOT IN
     (SELECT seq FROM snapshots WHERE center = ?1 ORDER BY seq DESC LIMIT ?2)";
const NEWEST: &str = "SELECT seq, schema_version, integrity, body FROM snapshots
     WHERE center = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";

const DOMAIN: &str = "tandem snapshot v1";

impl Snapshots for Store {
    fn put_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
        snapshot: Snapshot,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let Snapshot {
                seq,
                schema_version,
                bytes,
            } = snapshot;
            check_size("a snapshot in bytes", bytes.len(), SNAPSHOT_BYTES_MAX)?;
            let place = [seq, u64::from(schema_version)];
            let check = integrity(DOMAIN, center.as_str(), place, &bytes);
            let n_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let mut writer = self.snapshots().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            sqlx::query(PUT)
                .bind(center.as_str())
                .bind(signed("the sequence number", seq)?)
                .bind(i64::from(schema_version))
                .bind(check.as_slice())
                .bind(bytes)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(FORGET)
                .bind(center.as_str())
                .bind(SNAPSHOTS_KEPT)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.snapshots().checkpointer.written(n_bytes);
            Ok(())
        })
    }

    fn newest_snapshot<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<Snapshot>, Error>> {
        Box::pin(async move {
            let tail = self.tail(center).await?;
            let mut below = u64::MAX >> 1;
            loop {
                let row = sqlx::query(NEWEST)
                    .bind(center.as_str())
                    .bind(signed("the sequence number", below)?)
                    .fetch_optional(&self.snapshots().readers)
                    .await?;
                let Some(row) = row else {
                    return Ok(None);
                };
                let seq = unsigned("a snapshot's sequence number", row.try_get(0)?)?;
                let schema_version: i64 = row.try_get(1)?;
                let check: Vec<u8> = row.try_get(2)?;
                let bytes: Vec<u8> = row.try_get(3)?;
                if let Ok(schema_version) = u32::try_from(schema_version) {
                    let place = [seq, u64::from(schema_version)];
                    if check == integrity(DOMAIN, center.as_str(), place, &bytes) {
                        not_ahead(center, seq, tail)?;
                        return Ok(Some(Snapshot {
                            seq,
                            schema_version,
                            bytes,
                        }));
                    }
                }
                tracing::warn!(%center, seq, "snapshot is damaged and was ignored");
                let Some(older) = seq.checked_sub(1) else {
                    return Ok(None);
                };
                below = older;
            }
        })
    }
}

/// Refuses a snapshot of records that are gone.
pub(crate) fn not_ahead(center: &CenterId, seq: u64, tail: u64) -> Result<(), Error> {
    if seq <= tail {
        return Ok(());
    }
    Err(Error::damaged(
        format!("the journal of {center}"),
        format!("it ends with record {tail}, yet record {seq} was durable once"),
    ))
}
