//! The rows of recordings on SQLite.

use std::path::Path as Directory;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, QueryBuilder, Row, Sqlite};

use super::sealing::WrappedKey;
use super::{Erased, Hold, KeptRecording, NewRecording, RecordingFilter, Recordings, Sheet};
use crate::Pending;
use crate::backup::read_only;
use crate::center::{CenterId, UnixMicros};
use crate::chain::{Link, written};
use crate::database::{BEGIN, MAIN_FILE, Store};
use crate::error::{Error, signed, unsigned};
use crate::limits::{RECORDINGS_PER_PORTION, RECORDINGS_PER_READ_MAX, RESEALED_AT_ONCE};
use crate::subject::keys::KeyFamily;
use crate::subject::sqlite::key_number;
use tandem_core::ids::{AccountId, EffectId, SubjectRef};
use tandem_core::scope::Sight;

const COLUMNS: &str =
    "SELECT r.n, r.sheet, r.link, r.key_id, r.wrapped, r.keep_until_us, r.held_us, r.held_by,
     r.hold_reason, r.erased_us FROM recordings AS r WHERE r.center = ";
const LAST: &str = "SELECT n, link FROM recordings WHERE center = ?1 ORDER BY n DESC LIMIT 1";
const CHAIN: &str = "SELECT n, id, sheet, link, wrapped IS NULL FROM recordings
     WHERE center = ?1 AND n >= ?2 ORDER BY n LIMIT ?3";
const ADD: &str = "INSERT INTO recordings (center, id, n, contact, queue, started_us, sheet, link, key_id, wrapped,
     keep_until_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
const ADD_AGENT: &str = "INSERT INTO recording_agents (center, agent, id) VALUES (?1, ?2, ?3)
     ON CONFLICT DO NOTHING";
const HOLD: &str = "UPDATE recordings SET held_us = ?3, held_by = ?4, hold_reason = ?5
     WHERE center = ?1 AND id = ?2 AND erased_us IS NULL";
const STANDING: &str =
    "SELECT held_us, erased_us, sheet FROM recordings WHERE center = ?1 AND id = ?2";
const ERASE: &str = "UPDATE recordings SET wrapped = NULL, key_id = NULL, erased_us = ?3
     WHERE center = ?1 AND id = ?2 AND erased_us IS NULL AND held_us IS NULL";
const DUE: &str = "SELECT id FROM recordings WHERE center = ?1 AND keep_until_us <= ?2
     AND keep_until_us IS NOT NULL AND erased_us IS NULL AND held_us IS NULL ORDER BY keep_until_us LIMIT ?3";
const NEXT_DUE: &str = "SELECT MIN(keep_until_us) FROM recordings WHERE center = ?1
     AND keep_until_us IS NOT NULL AND erased_us IS NULL AND held_us IS NULL";
const TO_REMOVE: &str = "SELECT id, sheet FROM recordings WHERE center = ?1
     AND erased_us IS NOT NULL AND file_gone_us IS NULL ORDER BY id LIMIT ?2";
const REMOVED: &str = "UPDATE recordings SET file_gone_us = ?3 WHERE center = ?1 AND id = ?2";
const EARLIER_KEYS: &str = "SELECT id, key_id, wrapped FROM recordings
     WHERE center = ?1 AND key_id IS NOT NULL AND key_id <> ?2 AND id > ?3 ORDER BY id LIMIT ?4";
const REWRAP: &str = "UPDATE recordings SET key_id = ?3, wrapped = ?4
     WHERE center = ?1 AND id = ?2 AND key_id = ?5 AND wrapped = ?6";
/// Assumed cost of one changed row in pages.
const ROW_BYTES: u64 = 1_024;

impl Recordings for Store {
    fn keep_recording<'a>(
        &'a self,
        center: &'a CenterId,
        recording: NewRecording,
    ) -> Pending<'a, Result<KeptRecording, Error>> {
        Box::pin(async move {
            let id = recording.sheet.recording;
            // Whoever fetched the file twice, because the first answer was lost, keeps the first.
            let is_new = self.add_to_chain(center, &recording).await?;
            if !is_new {
                tracing::info!(%center, recording = id.0, "a recording that is kept came again");
            }
            let kept = self.recording(center, id).await?;
            kept.ok_or_else(|| Error::damaged("a recording", "its row is gone"))
        })
    }

    fn recording<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
    ) -> Pending<'a, Result<Option<KeptRecording>, Error>> {
        Box::pin(async move {
            let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
            query.push_bind(center.as_str());
            query.push(" AND r.id = ").push_bind(number(id)?);
            let row = query.build().fetch_optional(&self.main().readers).await?;
            row.as_ref().map(kept).transpose()
        })
    }

    fn recordings<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a RecordingFilter,
    ) -> Pending<'a, Result<Vec<KeptRecording>, Error>> {
        Box::pin(async move {
            let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
            query.push_bind(center.as_str());
            narrow(&mut query, center, filter)?;
            query.push(" ORDER BY r.started_us DESC, r.id DESC LIMIT ");
            query.push_bind(i64::from(filter.limit.min(RECORDINGS_PER_READ_MAX)));
            let rows = query.build().fetch_all(&self.main().readers).await?;
            rows.iter().map(kept).collect()
        })
    }

    fn count_recordings<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a RecordingFilter,
        max: u32,
    ) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move {
            let start = "SELECT COUNT(*) FROM (SELECT 1 FROM recordings AS r WHERE r.center = ";
            let mut query = QueryBuilder::<Sqlite>::new(start);
            query.push_bind(center.as_str());
            narrow(&mut query, center, filter)?;
            query.push(" LIMIT ").push_bind(i64::from(max)).push(")");
            let row = query.build().fetch_one(&self.main().readers).await?;
            unsigned("a number of recordings", row.try_get(0)?)
        })
    }

    fn hold_recording<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
        hold: Option<Hold>,
    ) -> Pending<'a, Result<bool, Error>> {
        Box::pin(async move {
            let by = hold.map(|hold| signed("an account", hold.by.0));
            let reason = hold.and_then(|hold| hold.reason);
            let reason = reason.map(|reason| signed("a subject reference", reason.0));
            let mut writer = self.main().writer().await?;
            let done = sqlx::query(HOLD)
                .bind(center.as_str())
                .bind(number(id)?)
                .bind(hold.map(|hold| hold.since.0))
                .bind(by.transpose()?)
                .bind(reason.transpose()?)
                .execute(&mut *writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(done.rows_affected() == 1)
        })
    }

    fn erase_recording<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
        now: UnixMicros,
    ) -> Pending<'a, Result<Erased, Error>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let row = sqlx::query(STANDING)
                .bind(center.as_str())
                .bind(number(id)?)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(row) = row else {
                return Ok(Erased::Unknown);
            };
            if row.try_get::<Option<i64>, _>(1)?.is_some() {
                return Ok(Erased::Before);
            }
            if row.try_get::<Option<i64>, _>(0)?.is_some() {
                return Ok(Erased::Held);
            }
            sqlx::query(ERASE)
                .bind(center.as_str())
                .bind(number(id)?)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(Erased::Now(sheet(&row, 2)?.file))
        })
    }

    fn recordings_due<'a>(
        &'a self,
        center: &'a CenterId,
        now: UnixMicros,
    ) -> Pending<'a, Result<Vec<EffectId>, Error>> {
        Box::pin(async move {
            let ids: Vec<i64> = sqlx::query_scalar(DUE)
                .bind(center.as_str())
                .bind(now.0)
                .bind(RECORDINGS_PER_PORTION)
                .fetch_all(&self.main().readers)
                .await?;
            let id = |id| Ok(EffectId(unsigned("a recording", id)?));
            ids.into_iter().map(id).collect()
        })
    }

    fn next_recording_due<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<UnixMicros>, Error>> {
        Box::pin(async move {
            let next: Option<i64> = sqlx::query_scalar(NEXT_DUE)
                .bind(center.as_str())
                .fetch_one(&self.main().readers)
                .await?;
            Ok(next.map(UnixMicros))
        })
    }

    fn files_to_remove<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<(EffectId, String)>, Error>> {
        Box::pin(async move {
            let rows = sqlx::query(TO_REMOVE)
                .bind(center.as_str())
                .bind(RECORDINGS_PER_PORTION)
                .fetch_all(&self.main().readers)
                .await?;
            let named = |row: &SqliteRow| {
                let id = EffectId(unsigned("a recording", row.try_get(0)?)?);
                Ok((id, sheet(row, 1)?.file))
            };
            rows.iter().map(named).collect()
        })
    }

    fn file_removed<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            sqlx::query(REMOVED)
                .bind(center.as_str())
                .bind(number(id)?)
                .bind(now.0)
                .execute(&mut *writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }
}

impl Store {
    /// Answers whether it was not there.
    async fn add_to_chain(
        &self,
        center: &CenterId,
        recording: &NewRecording,
    ) -> Result<bool, Error> {
        let sheet = &recording.sheet;
        let id = number(sheet.recording)?;
        let bytes = written(sheet)?;
        let mut writer = self.main().writer().await?;
        let mut transaction = writer.begin_with(BEGIN).await?;
        let standing = sqlx::query(STANDING)
            .bind(center.as_str())
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        if standing.is_some() {
            return Ok(false);
        }
        let last = sqlx::query(LAST)
            .bind(center.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let (n, link) = match &last {
            Some(row) => {
                let link: Vec<u8> = row.try_get(1)?;
                (row.try_get::<i64, _>(0)?, Link::stored(&link)?)
            }
            None => (0, Link::ORIGIN),
        };
        let queue = sheet.queue.map(|queue| signed("a queue", queue.0));
        sqlx::query(ADD)
            .bind(center.as_str())
            .bind(id)
            .bind(n + 1)
            .bind(signed("a contact", sheet.contact.0)?)
            .bind(queue.transpose()?)
            .bind(sheet.started)
            .bind(&bytes)
            .bind(link.next(&bytes).bytes())
            .bind(i64::from(recording.key.key_id))
            .bind(&recording.key.sealed)
            .bind(recording.keep_until.map(|until| until.0))
            .execute(&mut *transaction)
            .await?;
        for agent in &sheet.agents {
            sqlx::query(ADD_AGENT)
                .bind(center.as_str())
                .bind(signed("an agent", agent.0)?)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        self.main().checkpointer.written(bytes.len() as u64);
        Ok(true)
    }

    /// Wraps the keys of the next recordings after `after` that are under an earlier data key with the current
    /// one; answers how many, and where to go on.
    pub async fn rewrap(
        &self,
        center: &CenterId,
        keys: &KeyFamily,
        after: EffectId,
    ) -> Result<(u64, Option<EffectId>), Error> {
        let rows = sqlx::query(EARLIER_KEYS)
            .bind(center.as_str())
            .bind(i64::from(keys.current_id()))
            .bind(number(after)?)
            .bind(RESEALED_AT_ONCE)
            .fetch_all(&self.main().readers)
            .await?;
        let (mut replacements, mut last) = (Vec::new(), None);
        for row in &rows {
            let id = EffectId(unsigned("a recording", row.try_get(0)?)?);
            last = Some(id);
            let old = WrappedKey {
                key_id: key_number(row.try_get(1)?)?,
                sealed: row.try_get(2)?,
            };
            let new = keys.unwrap(center, id, &old);
            let new = new.and_then(|key| keys.wrap(center, id, &key));
            match new {
                Ok(new) => replacements.push((id, old, new)),
                Err(error) => {
                    tracing::warn!(%center, %error, "a recording's key stays under its earlier data key");
                }
            }
        }
        Ok((self.replace_keys(center, replacements).await?, last))
    }

    async fn replace_keys(
        &self,
        center: &CenterId,
        replacements: Vec<(EffectId, WrappedKey, WrappedKey)>,
    ) -> Result<u64, Error> {
        if replacements.is_empty() {
            return Ok(0);
        }
        let mut n_rewrapped = 0;
        let mut writer = self.main().writer().await?;
        let mut transaction = writer.begin_with(BEGIN).await?;
        for (id, old, new) in replacements {
            let replaced = sqlx::query(REWRAP)
                .bind(center.as_str())
                .bind(number(id)?)
                .bind(i64::from(new.key_id))
                .bind(new.sealed)
                .bind(i64::from(old.key_id))
                .bind(old.sealed)
                .execute(&mut *transaction)
                .await?;
            n_rewrapped += replaced.rows_affected();
        }
        transaction.commit().await?;
        self.main().checkpointer.written(n_rewrapped * ROW_BYTES);
        Ok(n_rewrapped)
    }
}

/// A row of the chain as it lies there: what stands in it is for whoever verifies to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainRow {
    /// Its place in the chain, from 1.
    pub n: u64,
    pub recording: EffectId,
    /// The bytes of the sheet, which the sum is over.
    pub written: Vec<u8>,
    /// `None` when it is no link any more.
    pub link: Option<Link>,
    pub is_erased: bool,
}

impl ChainRow {
    /// What the bytes say; `None` when they are no sheet any more.
    pub fn sheet(&self) -> Option<Sheet> {
        serde_json::from_slice(&self.written).ok()
    }
}

/// Goes through the chain of a data directory, whether or not a process has it open.
pub struct ChainReader {
    connection: SqliteConnection,
}

impl ChainReader {
    pub async fn of(directory: &Directory) -> Result<Self, Error> {
        let connection = read_only(&directory.join(MAIN_FILE)).await?;
        Ok(Self { connection })
    }

    /// The rows from place `from` on, a portion at a time; none is the end.
    pub async fn portion(&mut self, center: &CenterId, from: u64) -> Result<Vec<ChainRow>, Error> {
        let rows = sqlx::query(CHAIN)
            .bind(center.as_str())
            .bind(signed("a place in the chain", from)?)
            .bind(RECORDINGS_PER_PORTION)
            .fetch_all(&mut self.connection)
            .await?;
        rows.iter().map(chain_row).collect()
    }
}

fn chain_row(row: &SqliteRow) -> Result<ChainRow, Error> {
    let link: Vec<u8> = row.try_get(3)?;
    Ok(ChainRow {
        n: unsigned("a place in the chain", row.try_get(0)?)?,
        recording: EffectId(unsigned("a recording", row.try_get(1)?)?),
        written: row.try_get(2)?,
        link: Link::stored(&link).ok(),
        is_erased: row.try_get(4)?,
    })
}

fn narrow(
    query: &mut QueryBuilder<Sqlite>,
    center: &CenterId,
    filter: &RecordingFilter,
) -> Result<(), Error> {
    if let Some(from) = filter.from {
        query.push(" AND r.started_us >= ").push_bind(from.0);
    }
    if let Some(until) = filter.until {
        query.push(" AND r.started_us < ").push_bind(until.0);
    }
    if let Some(contacts) = &filter.contacts {
        let contacts = serde_json::Value::from_iter(contacts.iter().map(|contact| contact.0));
        query.push(" AND r.contact IN (SELECT value FROM json_each(");
        query.push_bind(contacts.to_string()).push("))");
    }
    if let Some(queue) = filter.queue {
        query.push(" AND r.queue = ");
        query.push_bind(signed("a queue", queue.0)?);
    }
    if let Some(agent) = filter.agent {
        query.push(" AND r.id IN (SELECT id FROM recording_agents WHERE center = ");
        query.push_bind(center.as_str().to_owned());
        query.push(" AND agent = ");
        query.push_bind(signed("an agent", agent.0)?).push(")");
    }
    let sights = [&filter.sight, &filter.team].into_iter();
    let limits = sights.filter_map(|sight| match sight {
        Sight::Of(seen) => Some(seen),
        Sight::Everything => None,
    });
    for seen in limits {
        let queues = serde_json::Value::from_iter(seen.queues.iter().map(|it| it.0));
        let agents = serde_json::Value::from_iter(seen.agents.iter().map(|it| it.0));
        query.push(" AND (r.queue IN (SELECT value FROM json_each(");
        query.push_bind(queues.to_string());
        // The sheet names few agents, and somebody may see many.
        query.push(
            ")) OR EXISTS (SELECT 1 FROM json_each(CAST(r.sheet AS TEXT), '$.agents') a
             WHERE a.value IN (SELECT value FROM json_each(",
        );
        query.push_bind(agents.to_string()).push("))))");
    }
    if filter.on_hold {
        query.push(" AND r.held_us IS NOT NULL");
    }
    match filter.is_erased {
        Some(true) => drop(query.push(" AND r.erased_us IS NOT NULL")),
        Some(false) => drop(query.push(" AND r.erased_us IS NULL")),
        None => {}
    }
    if let Some((started, id)) = filter.after {
        query.push(" AND (r.started_us, r.id) < (");
        query.push_bind(started.0).push(", ");
        query.push_bind(number(id)?).push(")");
    }
    Ok(())
}

fn number(id: EffectId) -> Result<i64, Error> {
    signed("a recording", id.0)
}

fn sheet(row: &SqliteRow, column: usize) -> Result<Sheet, Error> {
    let bytes: Vec<u8> = row.try_get(column)?;
    serde_json::from_slice(&bytes)
        .map_err(|source| Error::damaged("the sheet of a recording", source.to_string()))
}

fn kept(row: &SqliteRow) -> Result<KeptRecording, Error> {
    let link: Vec<u8> = row.try_get(2)?;
    let key = match (row.try_get::<Option<i64>, _>(3)?, row.try_get(4)?) {
        (Some(key_id), Some(sealed)) => Some(WrappedKey {
            key_id: key_number(key_id)?,
            sealed,
        }),
        (None, _) | (_, None) => None,
    };
    let by = row.try_get::<Option<i64>, _>(7)?;
    let reason = row.try_get::<Option<i64>, _>(8)?;
    let reason = reason.map(|reason| unsigned("a subject reference", reason));
    let hold = match (row.try_get::<Option<i64>, _>(6)?, by) {
        (Some(since), Some(by)) => Some(Hold {
            since: UnixMicros(since),
            by: AccountId(unsigned("an account", by)?),
            reason: reason.transpose()?.map(SubjectRef),
        }),
        (None, _) | (_, None) => None,
    };
    Ok(KeptRecording {
        n: unsigned("a place in the chain", row.try_get(0)?)?,
        sheet: sheet(row, 1)?,
        link: Link::stored(&link)?,
        key,
        keep_until: row.try_get::<Option<i64>, _>(5)?.map(UnixMicros),
        hold,
        erased: row.try_get::<Option<i64>, _>(9)?.map(UnixMicros),
    })
}
