//! The history on SQLite. Lists are filtered and counted where they lie; a page costs what it shows.

pub(crate) mod row;

use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};

use super::filter::{Query, Value, stored};
use super::{
    AgentThreads, History, HistoryBatch, HistoryEntry, HistoryFilter, HistoryMark, HistoryPage,
    HistoryRow, HistorySum, Passage, check_limits,
};
use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::database::{BEGIN, Store};
use crate::error::{Error, signed, unsigned};
use crate::limits::HISTORY_ROWS_PER_READ_MAX;
use tandem_core::ids::{AgentId, ContactId};

use self::row::{COLUMNS, reason_of, row_of, word_of};

const CREATE_CENTER: &str = "INSERT INTO centers (name) VALUES (?1) ON CONFLICT (name) DO NOTHING";
const CENTER: &str = "SELECT nr FROM centers WHERE name = ?1";
const MARK: &str = "SELECT schema, seq, thread FROM marks
     WHERE center = (SELECT nr FROM centers WHERE name = ?1)";
const PUT_MARK: &str = "INSERT INTO marks (center, schema, seq, thread) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (center) DO UPDATE SET schema = ?2, seq = ?3, thread = ?4";
const THREADS: &str = "SELECT agent, body FROM agent_threads
     WHERE center = (SELECT nr FROM centers WHERE name = ?1)";
const FORGET_MARK: &str = "DELETE FROM marks WHERE center = ?1";
/// Whatever a transaction forgets at once.
const FORGET: [&str; 11] = [
    "DELETE FROM audit WHERE center = ?1 AND n IN
     (SELECT n FROM audit WHERE center = ?1 ORDER BY n DESC LIMIT ?2)",
    "DELETE FROM contacts WHERE center = ?1 AND contact IN
     (SELECT contact FROM contacts WHERE center = ?1 ORDER BY contact LIMIT ?2)",
    "DELETE FROM details WHERE center = ?1 AND contact IN
     (SELECT contact FROM details WHERE center = ?1 ORDER BY contact LIMIT ?2)",
    "DELETE FROM contact_queues WHERE center = ?1 AND (queue, contact) IN
     (SELECT queue, contact FROM contact_queues WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM contact_agents WHERE center = ?1 AND (agent, contact) IN
     (SELECT agent, contact FROM contact_agents WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM stays WHERE center = ?1 AND (queue, entered_us, contact, nr) IN
     (SELECT queue, entered_us, contact, nr FROM stays WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM engagements WHERE center = ?1 AND (agent, handled_us, contact, nr) IN
     (SELECT agent, handled_us, contact, nr FROM engagements WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM offers WHERE center = ?1 AND (agent, ended_us, contact, nr) IN
     (SELECT agent, ended_us, contact, nr FROM offers WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM agent_spans WHERE center = ?1 AND (agent, from_us) IN
     (SELECT agent, from_us FROM agent_spans WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM callback_promises WHERE center = ?1 AND (queue, judged_us, callback) IN
     (SELECT queue, judged_us, callback FROM callback_promises WHERE center = ?1 LIMIT ?2)",
    "DELETE FROM agent_threads WHERE center = ?1 AND agent IN
     (SELECT agent FROM agent_threads WHERE center = ?1 LIMIT ?2)",
];
/// What [`sum_of`] reads, in its order.
const SUMS: &str = "c.end_reason, COUNT(*), SUM((c.wait_ms + 500) / 1000), SUM((c.talk_ms + 500) / 1000),
     SUM((c.hold_ms + 500) / 1000), SUM((c.consult_ms + 500) / 1000), SUM((c.wrap_up_ms + 500) / 1000),
     SUM(c.transfers)";
const FORGOTTEN_AT_ONCE: i64 = 5_000;
const FIRST_SINCE: &str = "SELECT contact FROM contacts INDEXED BY contacts_by_arrival
     WHERE center = ?1 AND arrived_us >= ?2 ORDER BY arrived_us, contact LIMIT 1";

const PASSAGES: &str = "SELECT contact, arrived_us, ended_us FROM contacts
     WHERE center = (SELECT nr FROM centers WHERE name = ?1) AND contact >= ?2
     ORDER BY contact LIMIT ?3";

impl History for Store {
    fn history_mark<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<HistoryMark>, Error>> {
        Box::pin(async move {
            let row = sqlx::query(MARK)
                .bind(center.as_str())
                .fetch_optional(&self.history().readers)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let schema: i64 = row.try_get(0)?;
            Ok(Some(HistoryMark {
                schema: u32::try_from(schema).unwrap_or(0),
                seq: unsigned("the mark of a history", row.try_get(1)?)?,
                thread: row.try_get(2)?,
            }))
        })
    }

    fn put_history<'a>(
        &'a self,
        center: &'a CenterId,
        mark: HistoryMark,
        batch: HistoryBatch,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            check_limits(&batch)?;
            let HistoryBatch {
                entries,
                audit,
                facts,
            } = batch;
            let mut n_bytes = mark.thread.len();
            let mut writer = self.history().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let nr = number_of(&mut transaction, center).await?;
            let details = entries.iter().map(|entry| entry.detail.len());
            n_bytes += details.sum::<usize>() + entries.len() * ROW_BYTES;
            row::put(&mut transaction, nr, &entries).await?;
            n_bytes += audit.len() * ROW_BYTES;
            n_bytes += crate::audit::sqlite::put(&mut transaction, nr, audit).await?;
            n_bytes += facts.facts.len() * FACT_BYTES;
            crate::figures::sqlite::put(&mut transaction, nr, facts).await?;
            sqlx::query(PUT_MARK)
                .bind(nr)
                .bind(i64::from(mark.schema))
                .bind(signed("the mark of a history", mark.seq)?)
                .bind(mark.thread)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            let n_bytes = u64::try_from(n_bytes).unwrap_or(u64::MAX);
            self.history().checkpointer.written(n_bytes);
            Ok(())
        })
    }

    fn agent_threads<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<AgentThreads, Error>> {
        Box::pin(async move {
            let rows = sqlx::query(THREADS)
                .bind(center.as_str())
                .fetch_all(&self.history().readers)
                .await?;
            let rows = rows.into_iter();
            rows.map(|row| {
                let agent = AgentId(unsigned("an agent", row.try_get(0)?)?);
                Ok((agent, row.try_get(1)?))
            })
            .collect()
        })
    }

    fn forget_history<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let mut writer = self.history().writer().await?;
            let nr = number_of(&mut writer, center).await?;
            // From here on nothing of it counts, whatever comes between.
            sqlx::query(FORGET_MARK)
                .bind(nr)
                .execute(&mut *writer)
                .await?;
            drop(writer);
            for forget in FORGET {
                while self.forget_some(forget, nr).await? {}
            }
            Ok(())
        })
    }

    fn history_entry<'a>(
        &'a self,
        center: &'a CenterId,
        contact: ContactId,
    ) -> Pending<'a, Result<Option<HistoryEntry>, Error>> {
        Box::pin(async move {
            let text = format!(
                "SELECT {COLUMNS}, d.body FROM contacts c JOIN details d USING (center, contact)
                 WHERE c.center = (SELECT nr FROM centers WHERE name = ?1) AND c.contact = ?2"
            );
            let row = sqlx::query(AssertSqlSafe(text))
                .bind(center.as_str())
                .bind(stored(contact.0))
                .fetch_optional(&self.history().readers)
                .await?;
            let Some(row) = row else { return Ok(None) };
            Ok(Some(HistoryEntry {
                detail: row.try_get("body")?,
                row: row_of(&row)?,
            }))
        })
    }

    fn contacts_from<'a>(
        &'a self,
        center: &'a CenterId,
        first: ContactId,
        limit: usize,
    ) -> Pending<'a, Result<Vec<Passage>, Error>> {
        Box::pin(async move {
            let rows = sqlx::query(PASSAGES)
                .bind(center.as_str())
                .bind(signed("a contact's number", first.0)?)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&self.history().readers)
                .await?;
            let passage = |row: &sqlx::sqlite::SqliteRow| {
                Ok(Passage {
                    contact: ContactId(unsigned("a contact's number", row.try_get(0)?)?),
                    arrived: UnixMicros(row.try_get(1)?),
                    ended: row.try_get::<Option<i64>, _>(2)?.map(UnixMicros),
                })
            };
            rows.iter().map(passage).collect()
        })
    }

    fn search_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
        page: HistoryPage,
    ) -> Pending<'a, Result<Vec<HistoryRow>, Error>> {
        Box::pin(async move {
            let Some(bounds) = self.bounds(center, filter, page.below).await? else {
                return Ok(Vec::new());
            };
            let query = Query::of(filter, filter.end_reason.map(word_of));
            let limit = page.limit.min(HISTORY_ROWS_PER_READ_MAX);
            let rows = asked(&query.list(COLUMNS, limit), bounds, query)
                .fetch_all(&self.history().readers)
                .await?;
            rows.iter().map(row_of).collect()
        })
    }

    fn count_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
        at_most: u64,
    ) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move {
            let Some(bounds) = self.bounds(center, filter, None).await? else {
                return Ok(0);
            };
            let query = Query::of(filter, filter.end_reason.map(word_of));
            let row = asked(&query.count(stored(at_most)), bounds, query);
            let row = row.fetch_one(&self.history().readers).await?;
            unsigned("a count", row.try_get(0)?)
        })
    }

    fn sum_history<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a HistoryFilter,
    ) -> Pending<'a, Result<Vec<HistorySum>, Error>> {
        Box::pin(async move {
            let Some(bounds) = self.bounds(center, filter, None).await? else {
                return Ok(Vec::new());
            };
            let query = Query::of(filter, filter.end_reason.map(word_of));
            let text = format!("{} GROUP BY c.end_reason", query.rows(SUMS, None));
            let rows = asked(&text, bounds, query);
            let rows = rows.fetch_all(&self.history().readers).await?;
            let sums: Result<Vec<HistorySum>, Error> = rows.iter().map(sum_of).collect();
            sums.map(|mut sums| {
                sums.sort_by_key(|sum| sum.end_reason);
                sums
            })
        })
    }
}

/// Assumed cost of one contact in pages beside its detail.
const ROW_BYTES: usize = 1_024;
/// The same of a fact about a queue or an agent, with its place in indices.
const FACT_BYTES: usize = 256;

/// The center's number, the first contact and the one below which they lie.
type Bounds = (i64, i64, i64);

impl Store {
    /// Instants as contacts, for ids rise with arrival; none when nothing can be meant.
    async fn bounds(
        &self,
        center: &CenterId,
        filter: &HistoryFilter,
        below: Option<ContactId>,
    ) -> Result<Option<Bounds>, Error> {
        let readers = &self.history().readers;
        let row = sqlx::query(CENTER)
            .bind(center.as_str())
            .fetch_optional(readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let nr: i64 = row.try_get(0)?;
        let first_since = async |at: i64| -> Result<Option<i64>, Error> {
            let row = sqlx::query(FIRST_SINCE)
                .bind(nr)
                .bind(at)
                .fetch_optional(readers)
                .await?;
            Ok(row.map(|row| row.try_get(0)).transpose()?)
        };
        let first = match filter.from {
            Some(from) => first_since(from.0).await?,
            None => Some(0),
        };
        let Some(first) = first else { return Ok(None) };
        let end = match filter.to {
            Some(to) => first_since(to.0).await?,
            None => None,
        };
        let below = below.map_or(i64::MAX, |below| stored(below.0));
        Ok(Some((nr, first, below.min(end.unwrap_or(i64::MAX)))))
    }

    /// Answers whether there may be more.
    async fn forget_some(&self, forget: &'static str, nr: i64) -> Result<bool, Error> {
        let mut writer = self.history().writer().await?;
        let done = sqlx::query(forget)
            .bind(nr)
            .bind(FORGOTTEN_AT_ONCE)
            .execute(&mut *writer)
            .await?;
        drop(writer);
        let n_gone = done.rows_affected();
        let bytes = u64::try_from(ROW_BYTES).unwrap_or(u64::MAX);
        self.history().checkpointer.written(n_gone * bytes);
        Ok(n_gone > 0)
    }
}

async fn number_of(connection: &mut SqliteConnection, center: &CenterId) -> Result<i64, Error> {
    let found = sqlx::query(CENTER)
        .bind(center.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(row) = found {
        return Ok(row.try_get(0)?);
    }
    sqlx::query(CREATE_CENTER)
        .bind(center.as_str())
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query(CENTER)
        .bind(center.as_str())
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// The text is made of this module's own words; what was asked for is bound.
fn asked(
    text: &str,
    (nr, first, below): Bounds,
    query: Query,
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    let is_kept = !query.is_rare();
    let asked = sqlx::query(AssertSqlSafe(text.to_owned()))
        .persistent(is_kept)
        .bind(nr)
        .bind(first)
        .bind(below);
    query
        .values
        .into_iter()
        .fold(asked, |asked, value| match value {
            Value::Number(number) => asked.bind(number),
            Value::Text(text) => asked.bind(text),
        })
}

fn sum_of(row: &sqlx::sqlite::SqliteRow) -> Result<HistorySum, Error> {
    let number = |place: usize| -> Result<u64, Error> { unsigned("a sum", row.try_get(place)?) };
    Ok(HistorySum {
        end_reason: row
            .try_get::<Option<String>, _>(0)?
            .map(|word| reason_of(&word))
            .transpose()?,
        contacts: number(1)?,
        wait_s: number(2)?,
        talk_s: number(3)?,
        hold_s: number(4)?,
        consult_s: number(5)?,
        wrap_up_s: number(6)?,
        transfers: number(7)?,
    })
}

#[cfg(test)]
mod tests;
