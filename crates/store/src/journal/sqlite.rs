//! The journal on SQLite. A batch without extra writes is one statement in its own transaction: the
//! fence, the sequence check and the insert cannot come apart, and one trip to SQLite's thread does it.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnection, SqliteExecutor, SqliteRow};
use sqlx::{Connection, Row};

use super::integrity::{INTEGRITY_BYTES, Integrity, integrity};
use super::{AppendError, Batch, Journal, Lease, LeaseError, LegCheckpoint, ReadLimit, Record};
use crate::Pending;
use crate::center::{CenterId, NodeId};
use crate::database::{BEGIN, Store, ttl_micros};
use crate::error::{Error, SQLITE_IOERR, primary_code, signed, unsigned};
use crate::limits::APPEND_OVERHEAD_BYTES;
use crate::subject::sqlite::{bytes_of, put_one};

const CREATE_CENTER: &str = "INSERT INTO centers (name, epoch, node, expires_us)
     VALUES (?1, 0, '', 0) ON CONFLICT (name) DO NOTHING";
const ACQUIRE: &str = "UPDATE centers SET epoch = epoch + 1, node = ?2,
     expires_us = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + ?3
     WHERE name = ?1
     AND (node = ?2 OR expires_us <= CAST(unixepoch('subsec') * 1000000 AS INTEGER))";
const HOLDER: &str = "SELECT node, expires_us - CAST(unixepoch('subsec') * 1000000 AS INTEGER)
     FROM centers WHERE name = ?1";
const EPOCH_AND_TAIL: &str = "SELECT c.epoch,
     COALESCE((SELECT MAX(j.seq) FROM journal j WHERE j.center = c.nr), 0)
     FROM centers c WHERE c.name = ?1";
const RENEW: &str = "UPDATE centers
     SET expires_us = CAST(unixepoch('subsec') * 1000000 AS INTEGER) + ?3
     WHERE name = ?1 AND epoch = ?2";
const RELEASE: &str = "UPDATE centers SET epoch = epoch + 1, node = '', expires_us = 0
     WHERE name = ?1 AND epoch = ?2";
const APPEND: &str = "INSERT INTO journal (center, seq, epoch, integrity, body)
     SELECT c.nr, ?3, ?2, ?4, ?5 FROM centers c
     WHERE c.name = ?1 AND c.epoch = ?2
     AND ?3 = 1 + COALESCE((SELECT MAX(j.seq) FROM journal j WHERE j.center = c.nr), 0)";
const READ: &str = "SELECT seq, epoch, integrity, body FROM journal
     WHERE center = (SELECT nr FROM centers WHERE name = ?1) AND seq >= ?2
     ORDER BY seq LIMIT ?3";
const PUT_CHECKPOINT: &str = "INSERT INTO leg_checkpoints (center, leg, sealed) VALUES (?1, ?2, ?3)
     ON CONFLICT (center, leg) DO UPDATE SET sealed = ?3";
const DELETE_CHECKPOINT: &str = "DELETE FROM leg_checkpoints WHERE center = ?1 AND leg = ?2";
const CHECKPOINTS: &str = "SELECT leg, sealed FROM leg_checkpoints WHERE center = ?1 ORDER BY leg";

const DOMAIN: &str = "tandem journal record v1";

impl Journal for Store {
    fn acquire<'a>(
        &'a self,
        center: &'a CenterId,
        node: &'a NodeId,
        ttl: Duration,
    ) -> Pending<'a, Result<Lease, LeaseError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await.map_err(Error::from)?;
            let lease = acquire(&mut transaction, center, node, ttl).await?;
            transaction.commit().await.map_err(Error::from)?;
            self.main().checkpointer.written(APPEND_OVERHEAD_BYTES);
            Ok(lease)
        })
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> Pending<'a, Result<(), LeaseError>> {
        Box::pin(async move {
            let epoch = signed("the epoch", lease.epoch)?;
            let mut writer = self.main().writer().await?;
            let done = sqlx::query(RENEW)
                .bind(lease.center.as_str())
                .bind(epoch)
                .bind(ttl_micros(ttl))
                .execute(&mut *writer)
                .await
                .map_err(Error::from)?;
            drop(writer);
            self.main().checkpointer.written(APPEND_OVERHEAD_BYTES);
            if done.rows_affected() == 0 {
                Err(LeaseError::Fenced)
            } else {
                Ok(())
            }
        })
    }

    fn append<'a>(
        &'a self,
        lease: &'a Lease,
        expect_seq: u64,
        batch: Batch,
    ) -> Pending<'a, Result<(), AppendError>> {
        Box::pin(async move {
            batch.check_limits().map_err(AppendError::Refused)?;
            let begun = Instant::now();
            let bytes = written_bytes(&batch);
            let row = NewRow::of(lease, expect_seq, &batch.body).map_err(AppendError::Refused)?;
            let mut writer = self.main().append_writer().await.map_err(nothing_written)?;
            let done = if batch.subjects.is_empty() && batch.checkpoints.is_empty() {
                append_record(&mut writer, lease, row, batch.body).await
            } else {
                self.drawn().used(&lease.center, &batch.subjects);
                append_all(&mut writer, lease, row, batch).await
            };
            if let Err(AppendError::Unknown | AppendError::Unavailable(_)) = done {
                writer.suspect();
            }
            drop(writer);
            match done {
                Ok(()) => {
                    self.append_meter().appended(begun.elapsed());
                    self.main().checkpointer.written(bytes);
                }
                Err(_) => self.append_meter().failed(),
            }
            done
        })
    }

    fn read<'a>(
        &'a self,
        center: &'a CenterId,
        from_seq: u64,
        limit: ReadLimit,
    ) -> Pending<'a, Result<Vec<Record>, Error>> {
        Box::pin(read(
            &self.main().readers,
            center,
            from_seq,
            limit.clamped(),
        ))
    }

    fn tail<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move {
            let row = sqlx::query(EPOCH_AND_TAIL)
                .bind(center.as_str())
                .fetch_optional(&self.main().readers)
                .await?;
            row.map_or(Ok(0), |row| unsigned("a sequence number", row.try_get(1)?))
        })
    }

    fn checkpoints<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<LegCheckpoint>, Error>> {
        Box::pin(async move {
            let rows = sqlx::query(CHECKPOINTS)
                .bind(center.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            rows.iter()
                .map(|row| {
                    let leg = unsigned("a leg's number", row.try_get(0)?)?;
                    Ok(LegCheckpoint {
                        leg,
                        sealed: Some(row.try_get(1)?),
                    })
                })
                .collect()
        })
    }

    fn release(&self, lease: Lease) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move {
            let epoch = signed("the epoch", lease.epoch)?;
            let mut writer = self.main().writer().await?;
            let done = sqlx::query(RELEASE)
                .bind(lease.center.as_str())
                .bind(epoch)
                .execute(&mut *writer)
                .await
                .map_err(Error::from)?;
            if done.rows_affected() == 0 {
                Err(LeaseError::Fenced)
            } else {
                Ok(())
            }
        })
    }
}

async fn acquire(
    connection: &mut SqliteConnection,
    center: &CenterId,
    node: &NodeId,
    ttl: Duration,
) -> Result<Lease, LeaseError> {
    let name = center.as_str();
    sqlx::query(CREATE_CENTER)
        .bind(name)
        .execute(&mut *connection)
        .await
        .map_err(Error::from)?;
    let granted = sqlx::query(ACQUIRE)
        .bind(name)
        .bind(node.as_str())
        .bind(ttl_micros(ttl))
        .execute(&mut *connection)
        .await
        .map_err(Error::from)?;
    if granted.rows_affected() == 0 {
        let row = sqlx::query(HOLDER)
            .bind(name)
            .fetch_one(connection)
            .await
            .map_err(Error::from)?;
        let micros: i64 = row.try_get(1).map_err(Error::from)?;
        return Err(LeaseError::Held {
            center: center.clone(),
            node: row.try_get(0).map_err(Error::from)?,
            remaining: Duration::from_micros(u64::try_from(micros).unwrap_or(0)),
        });
    }
    let (epoch, tail) = epoch_and_tail(connection, center).await?;
    Ok(Lease {
        center: center.clone(),
        epoch,
        next_seq: tail + 1,
    })
}

async fn epoch_and_tail(
    connection: &mut SqliteConnection,
    center: &CenterId,
) -> Result<(u64, u64), Error> {
    let row = sqlx::query(EPOCH_AND_TAIL)
        .bind(center.as_str())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else {
        return Ok((0, 0));
    };
    Ok((
        unsigned("an epoch", row.try_get(0)?)?,
        unsigned("a sequence number", row.try_get(1)?)?,
    ))
}

/// The columns of a new row besides its body.
struct NewRow {
    epoch: i64,
    seq: i64,
    integrity: Integrity,
}

impl NewRow {
    fn of(lease: &Lease, seq: u64, body: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            epoch: signed("the epoch", lease.epoch)?,
            seq: signed("the sequence number", seq)?,
            integrity: integrity(DOMAIN, lease.center.as_str(), [seq, lease.epoch], body),
        })
    }
}

async fn append_record(
    connection: &mut SqliteConnection,
    lease: &Lease,
    row: NewRow,
    body: Vec<u8>,
) -> Result<(), AppendError> {
    let done = sqlx::query(APPEND)
        .bind(lease.center.as_str())
        .bind(row.epoch)
        .bind(row.seq)
        .bind(row.integrity.as_slice())
        .bind(body)
        .execute(&mut *connection)
        .await
        .map_err(|error| failed_commit(&error))?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    Err(why_not_appended(connection, lease).await)
}

async fn append_all(
    connection: &mut SqliteConnection,
    lease: &Lease,
    row: NewRow,
    batch: Batch,
) -> Result<(), AppendError> {
    let center = &lease.center;
    // Dropped on the way, the transaction is rolled back: errors before the commit wrote nothing.
    let mut transaction = connection
        .begin_with(BEGIN)
        .await
        .map_err(|error| nothing_written(error.into()))?;
    append_record(&mut transaction, lease, row, batch.body)
        .await
        .map_err(|error| match error {
            AppendError::Unknown => {
                AppendError::Unavailable("the disk reports an error".to_owned())
            }
            AppendError::Fenced
            | AppendError::Conflict { .. }
            | AppendError::Unavailable(_)
            | AppendError::Refused(_) => error,
        })?;
    for sealed in batch.subjects {
        // A subject that was erased meanwhile stays erased; the record still stands.
        put_one(&mut transaction, center, sealed)
            .await
            .map_err(nothing_written)?;
    }
    for checkpoint in batch.checkpoints {
        write_checkpoint(&mut transaction, center, checkpoint)
            .await
            .map_err(nothing_written)?;
    }
    transaction
        .commit()
        .await
        .map_err(|error| failed_commit(&error))
}

async fn write_checkpoint(
    connection: &mut SqliteConnection,
    center: &CenterId,
    checkpoint: LegCheckpoint,
) -> Result<(), Error> {
    let leg = signed("a leg's number", checkpoint.leg)?;
    match checkpoint.sealed {
        Some(sealed) => sqlx::query(PUT_CHECKPOINT)
            .bind(center.as_str())
            .bind(leg)
            .bind(sealed),
        None => sqlx::query(DELETE_CHECKPOINT)
            .bind(center.as_str())
            .bind(leg),
    }
    .execute(connection)
    .await?;
    Ok(())
}

async fn why_not_appended(connection: &mut SqliteConnection, lease: &Lease) -> AppendError {
    match epoch_and_tail(connection, &lease.center).await {
        Ok((epoch, _)) if epoch != lease.epoch => AppendError::Fenced,
        Ok((_, tail)) => AppendError::Conflict { actual: tail + 1 },
        Err(error) => nothing_written(error),
    }
}

fn nothing_written(error: Error) -> AppendError {
    AppendError::Unavailable(error.to_string())
}

/// An I/O error may have hit after the frames of the commit were written: a recovery after a crash
/// could find them. Every other code of SQLite means that the transaction was rolled back. An error
/// that is not SQLite's says nothing about the outcome.
fn failed_commit(error: &sqlx::Error) -> AppendError {
    match primary_code(error) {
        Some(SQLITE_IOERR) | None => {
            tracing::error!(%error, "outcome of an append is not known");
            AppendError::Unknown
        }
        Some(_) => AppendError::Unavailable(error.to_string()),
    }
}

/// Reads records of any database, each of them checked.
pub(crate) async fn read<'e>(
    database: impl SqliteExecutor<'e>,
    center: &CenterId,
    from_seq: u64,
    limit: ReadLimit,
) -> Result<Vec<Record>, Error> {
    let mut expected = from_seq.max(1);
    let most = i64::try_from(limit.records).unwrap_or(i64::MAX);
    let mut rows = sqlx::query(READ)
        .bind(center.as_str())
        .bind(signed("the sequence number", expected)?)
        .bind(most)
        .fetch(database);
    let mut records = Vec::new();
    let mut n_bytes = 0_usize;
    while let Some(row) = rows.try_next().await? {
        let record = verified(center, expected, &row)?;
        n_bytes = n_bytes.saturating_add(record.body.len());
        if n_bytes > limit.bytes && !records.is_empty() {
            break;
        }
        records.push(record);
        expected += 1;
    }
    Ok(records)
}

fn verified(center: &CenterId, expected: u64, row: &SqliteRow) -> Result<Record, Error> {
    let what = || format!("record {expected} of the journal of {center}");
    let seq = unsigned("a sequence number", row.try_get(0)?)?;
    if seq != expected {
        return Err(Error::damaged(
            what(),
            format!("it is missing, the next is {seq}"),
        ));
    }
    let epoch = unsigned("an epoch", row.try_get(1)?)?;
    let stored: &[u8] = row.try_get(2)?;
    let body: Vec<u8> = row.try_get(3)?;
    let computed = integrity(DOMAIN, center.as_str(), [seq, epoch], &body);
    if stored.len() != INTEGRITY_BYTES || stored != computed {
        return Err(Error::damaged(what(), "its check does not match"));
    }
    Ok(Record { seq, epoch, body })
}

fn written_bytes(batch: &Batch) -> u64 {
    let checkpoints: usize = batch
        .checkpoints
        .iter()
        .filter_map(|c| c.sealed.as_ref())
        .map(Vec::len)
        .sum();
    u64::try_from(batch.body.len().saturating_add(checkpoints))
        .unwrap_or(u64::MAX)
        .saturating_add(bytes_of(&batch.subjects))
        .saturating_add(APPEND_OVERHEAD_BYTES)
}

#[cfg(test)]
mod tests;
