//! The audit on SQLite.

use std::path::Path;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{Audit, AuditEntry, AuditFilter, AuditHead, AuditRow, NewAuditEntry, WholeAuditEntry};
use crate::Pending;
use crate::backup::read_only;
use crate::center::{CenterId, UnixMicros};
use crate::chain::Link;
use crate::database::{HISTORY_FILE, Store};
use crate::error::{Error, signed, unsigned};
use crate::limits::{AUDIT_PER_PORTION, AUDIT_PER_READ_MAX};
use tandem_core::ids::AccountId;

const LAST: &str = "SELECT n, link FROM audit WHERE center = ?1 ORDER BY n DESC LIMIT 1";
const HEAD: &str = "SELECT n, link FROM audit
     WHERE center = (SELECT nr FROM centers WHERE name = ?1) ORDER BY n DESC LIMIT 1";
const ADD: &str = "INSERT INTO audit (center, n, at_us, account, action, is_denied, kind, object, version, detail,
     fact, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const COLUMNS: &str =
    "a.n, a.at_us, a.account, a.action, a.is_denied, a.kind, a.object, a.version, a.detail, a.link";
const CENTER: &str = " WHERE a.center = (SELECT nr FROM centers WHERE name = ";
/// The first place from an instant on: instants never turn back.
const FIRST_SINCE: &str = "(SELECT b.n FROM audit AS b INDEXED BY audit_by_time
     WHERE b.center = (SELECT nr FROM centers WHERE name = ";
const MARK_SCHEMA: &str = "SELECT schema FROM marks
     WHERE center = (SELECT nr FROM centers WHERE name = ?1)";
const TABLE: &str = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'audit'";

/// Adds entries after the last one; answers how many bytes those are.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    center: i64,
    entries: Vec<NewAuditEntry>,
) -> Result<usize, Error> {
    if entries.is_empty() {
        return Ok(0);
    }
    let last = sqlx::query(LAST)
        .bind(center)
        .fetch_optional(&mut *connection)
        .await?;
    let (mut n, mut link) = match &last {
        Some(row) => (row.try_get::<i64, _>(0)?, link_of(row, 1)?),
        None => (0, Link::ORIGIN),
    };
    let mut n_bytes = 0;
    for NewAuditEntry { row, fact } in entries {
        n += 1;
        link = link.next_of_audit(row.at, &fact);
        n_bytes += fact.len() + row.detail.len();
        let (kind, object) = row.object.unzip();
        let object = object.map(|object| signed("the object of an act", object));
        let version = row.version.map(|it| signed("a version", it));
        sqlx::query(ADD)
            .bind(center)
            .bind(n)
            .bind(row.at.0)
            .bind(row.by.map(|by| signed("an account", by.0)).transpose()?)
            .bind(row.action)
            .bind(row.is_denied)
            .bind(kind)
            .bind(object.transpose()?)
            .bind(version.transpose()?)
            .bind(row.detail)
            .bind(fact)
            .bind(link.bytes())
            .execute(&mut *connection)
            .await?;
    }
    Ok(n_bytes)
}

impl Audit for Store {
    fn audit_head<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<AuditHead>, Error>> {
        Box::pin(async move {
            let row = sqlx::query(HEAD)
                .bind(center.as_str())
                .fetch_optional(&self.history().readers)
                .await?;
            let head = |row: SqliteRow| {
                Ok(AuditHead {
                    n: place(&row)?,
                    link: link_of(&row, 1)?,
                })
            };
            row.map(head).transpose()
        })
    }

    fn audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
        limit: usize,
    ) -> Pending<'a, Result<Vec<AuditEntry>, Error>> {
        Box::pin(async move {
            let mut query = QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS}"));
            newest_first(&mut query, center, filter, limit)?;
            let rows = query.build().fetch_all(&self.history().readers).await?;
            rows.iter().map(entry).collect()
        })
    }

    fn whole_audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
        limit: usize,
    ) -> Pending<'a, Result<Vec<WholeAuditEntry>, Error>> {
        Box::pin(async move {
            let mut query = QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS}, a.fact"));
            newest_first(&mut query, center, filter, limit)?;
            let rows = query.build().fetch_all(&self.history().readers).await?;
            rows.iter().map(whole).collect()
        })
    }

    fn count_audit<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a AuditFilter,
    ) -> Pending<'a, Result<u64, Error>> {
        Box::pin(async move {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT COUNT(*)");
            meant(&mut query, center, filter)?;
            let row = query.build().fetch_one(&self.history().readers).await?;
            unsigned("a number of entries", row.try_get(0)?)
        })
    }
}

fn newest_first(
    query: &mut QueryBuilder<Sqlite>,
    center: &CenterId,
    filter: &AuditFilter,
    limit: usize,
) -> Result<(), Error> {
    meant(query, center, filter)?;
    let limit = limit.min(AUDIT_PER_READ_MAX);
    query.push(" ORDER BY a.n DESC LIMIT ");
    query.push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    Ok(())
}

fn meant(
    query: &mut QueryBuilder<Sqlite>,
    center: &CenterId,
    filter: &AuditFilter,
) -> Result<(), Error> {
    let name = || center.as_str().to_owned();
    query.push(" FROM audit AS a").push(CENTER);
    query.push_bind(name()).push(")");
    if let Some(below) = filter.below {
        query.push(" AND a.n < ");
        query.push_bind(signed("a place in the audit", below.min(i64::MAX as u64))?);
    }
    if let Some(by) = filter.by {
        query.push(" AND a.account = ");
        query.push_bind(signed("an account", by.0)?);
    }
    if let Some(action) = &filter.action {
        query.push(" AND a.action = ").push_bind(action.clone());
    }
    if let Some(kind) = &filter.kind {
        query.push(" AND a.kind = ").push_bind(kind.clone());
    }
    if let Some(object) = filter.object {
        query.push(" AND a.object = ");
        query.push_bind(signed("the object of an act", object)?);
    }
    if let Some(version) = filter.version {
        query.push(" AND a.version = ");
        query.push_bind(signed("a version", version)?);
    }
    for (bound, at) in [(" AND a.n >= ", filter.from), (" AND a.n < ", filter.until)] {
        let Some(at) = at else { continue };
        query.push(bound).push("COALESCE(").push(FIRST_SINCE);
        query.push_bind(name()).push(") AND b.at_us >= ");
        query.push_bind(at.0);
        query.push(" ORDER BY b.at_us, b.n LIMIT 1), 9223372036854775807)");
    }
    Ok(())
}

/// Goes through the audit of a data directory, whether or not a process has it open.
pub struct AuditReader {
    connection: SqliteConnection,
}

impl AuditReader {
    /// None where no service of a version that keeps an audit has been.
    pub async fn of(directory: &Path) -> Result<Option<Self>, Error> {
        let file = directory.join(HISTORY_FILE);
        if !file.is_file() {
            return Ok(None);
        }
        let mut connection = read_only(&file).await?;
        let n_tables: i64 = sqlx::query_scalar(TABLE).fetch_one(&mut connection).await?;
        Ok((n_tables > 0).then_some(Self { connection }))
    }

    /// The version of what its follower writes; none while the audit is being made.
    pub async fn schema(&mut self, center: &CenterId) -> Result<Option<u32>, Error> {
        let schema: Option<i64> = sqlx::query_scalar(MARK_SCHEMA)
            .bind(center.as_str())
            .fetch_optional(&mut self.connection)
            .await?;
        Ok(schema.map(|schema| u32::try_from(schema).unwrap_or(0)))
    }

    /// The entries from place `from` on, a portion at a time; none is the end.
    pub async fn portion(
        &mut self,
        center: &CenterId,
        from: u64,
    ) -> Result<Vec<WholeAuditEntry>, Error> {
        let mut query = QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS}, a.fact"));
        query.push(" FROM audit AS a").push(CENTER);
        query.push_bind(center.as_str().to_owned()).push(")");
        query.push(" AND a.n >= ");
        query.push_bind(signed("a place in the audit", from)?);
        query.push(" ORDER BY a.n LIMIT ");
        query.push_bind(AUDIT_PER_PORTION);
        let rows = query.build().fetch_all(&mut self.connection).await?;
        rows.iter().map(whole).collect()
    }
}

fn place(row: &SqliteRow) -> Result<u64, Error> {
    unsigned("a place in the audit", row.try_get(0)?)
}

fn link_of(row: &SqliteRow, column: usize) -> Result<Link, Error> {
    let link: Vec<u8> = row.try_get(column)?;
    Link::stored(&link)
}

fn entry(row: &SqliteRow) -> Result<AuditEntry, Error> {
    let number = |what, column: usize| -> Result<Option<u64>, Error> {
        let number: Option<i64> = row.try_get(column)?;
        number.map(|number| unsigned(what, number)).transpose()
    };
    Ok(AuditEntry {
        n: place(row)?,
        row: AuditRow {
            at: UnixMicros(row.try_get(1)?),
            by: number("an account", 2)?.map(AccountId),
            action: row.try_get(3)?,
            is_denied: row.try_get(4)?,
            object: row
                .try_get::<Option<String>, _>(5)?
                .zip(number("the object of an act", 6)?),
            version: number("a version", 7)?,
            detail: row.try_get(8)?,
        },
        link: link_of(row, 9)?,
    })
}

fn whole(row: &SqliteRow) -> Result<WholeAuditEntry, Error> {
    Ok(WholeAuditEntry {
        entry: entry(row)?,
        fact: row.try_get(10)?,
    })
}
