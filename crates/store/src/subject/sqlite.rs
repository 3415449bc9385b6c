//! Subjects on SQLite. Rows hold ciphertext only.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

use super::{SealedSubject, StoredSubject, Subjects};
use crate::Pending;
use crate::center::CenterId;
use crate::database::{BEGIN, Store};
use crate::error::{Error, check_size, signed, unsigned};
use crate::limits::{SUBJECTS_PER_BATCH_MAX, SUBJECTS_PER_READ_MAX};
use tandem_core::ids::SubjectRef;

/// A row that was erased is left as it is.
const PUT: &str = "INSERT INTO subjects (center, subject, key_id, sealed) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (center, subject) DO UPDATE SET key_id = ?3, sealed = ?4
     WHERE subjects.erased_us IS NULL";
const GET: &str = "SELECT subject, key_id, sealed FROM subjects WHERE center = ?1 AND subject = ?2";
const GET_MANY: &str = "SELECT subject, key_id, sealed FROM subjects
     WHERE center = ?1 AND subject IN (SELECT value FROM json_each(?2)) ORDER BY subject";
const ERASE: &str = "INSERT INTO subjects (center, subject, erased_us)
     VALUES (?1, ?2, CAST(unixepoch('subsec') * 1000000 AS INTEGER))
     ON CONFLICT (center, subject)
     DO UPDATE SET key_id = NULL, sealed = NULL, erased_us = excluded.erased_us
     WHERE subjects.erased_us IS NULL";
const LARGEST: &str = "SELECT COALESCE(MAX(subject), 0) FROM subjects WHERE center = ?1";

/// The largest reference handed out per center. References that were drawn and never written are
/// free again after a restart: nothing durable can name them.
#[derive(Default)]
pub(crate) struct Drawn {
    largest: Mutex<BTreeMap<CenterId, u64>>,
}

impl Drawn {
    /// `None` until the largest stored one is known.
    fn next(&self, center: &CenterId) -> Option<u64> {
        let mut largest = self
            .largest
            .lock()
            .expect("no code panics while it holds this lock");
        let last = largest.get_mut(center)?;
        *last += 1;
        Some(*last)
    }

    pub(crate) fn at_least(&self, center: &CenterId, used: u64) {
        let mut largest = self
            .largest
            .lock()
            .expect("no code panics while it holds this lock");
        let last = largest.entry(center.clone()).or_insert(used);
        *last = used.max(*last);
    }

    /// Before a write of caller-chosen references becomes visible, so that none is drawn again.
    pub(crate) fn used(&self, center: &CenterId, subjects: &[SealedSubject]) {
        let Some(used) = subjects.iter().map(|sealed| sealed.subject.0).max() else {
            return;
        };
        let mut largest = self
            .largest
            .lock()
            .expect("no code panics while it holds this lock");
        if let Some(last) = largest.get_mut(center) {
            *last = used.max(*last);
        }
    }
}

impl Subjects for Store {
    fn draw<'a>(&'a self, center: &'a CenterId) -> Pending<'a, Result<SubjectRef, Error>> {
        Box::pin(async move {
            if let Some(drawn) = self.drawn().next(center) {
                return Ok(SubjectRef(drawn));
            }
            // The writer, not a reader: no write may pass between the question and the answer.
            let mut writer = self.main().writer().await?;
            let largest: i64 = sqlx::query_scalar(LARGEST)
                .bind(center.as_str())
                .fetch_one(&mut *writer)
                .await?;
            self.drawn()
                .at_least(center, unsigned("a subject reference", largest)?);
            let drawn = self.drawn().next(center);
            drop(writer);
            Ok(SubjectRef(
                drawn.expect("the line above made the counter known"),
            ))
        })
    }

    fn put<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: Vec<SealedSubject>,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            check_size(
                "the subjects of one write",
                subjects.len(),
                SUBJECTS_PER_BATCH_MAX,
            )?;
            let bytes = bytes_of(&subjects);
            let mut writer = self.main().writer().await?;
            self.drawn().used(center, &subjects);
            let mut transaction = writer.begin_with(BEGIN).await?;
            for sealed in subjects {
                let subject = sealed.subject;
                if put_one(&mut transaction, center, sealed).await? == Put::Erased {
                    return Err(Error::Erased(subject.0));
                }
            }
            transaction.commit().await?;
            self.main().checkpointer.written(bytes);
            Ok(())
        })
    }

    fn get<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<Option<StoredSubject>, Error>> {
        Box::pin(async move {
            let row = sqlx::query(GET)
                .bind(center.as_str())
                .bind(signed("a subject reference", subject.0)?)
                .fetch_optional(&self.main().readers)
                .await?;
            row.as_ref().map(stored).transpose()
        })
    }

    fn get_many<'a>(
        &'a self,
        center: &'a CenterId,
        subjects: &'a [SubjectRef],
    ) -> Pending<'a, Result<Vec<StoredSubject>, Error>> {
        Box::pin(async move {
            check_size(
                "the subjects of one read",
                subjects.len(),
                SUBJECTS_PER_READ_MAX,
            )?;
            let wanted = serde_json::Value::from_iter(subjects.iter().map(|subject| subject.0));
            let rows = sqlx::query(GET_MANY)
                .bind(center.as_str())
                .bind(wanted.to_string())
                .fetch_all(&self.main().readers)
                .await?;
            rows.iter().map(stored).collect()
        })
    }

    fn erase<'a>(
        &'a self,
        center: &'a CenterId,
        subject: SubjectRef,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let subject = signed("a subject reference", subject.0)?;
            let mut writer = self.main().writer().await?;
            sqlx::query(ERASE)
                .bind(center.as_str())
                .bind(subject)
                .execute(&mut *writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }
}

#[derive(PartialEq, Eq)]
pub(crate) enum Put {
    Written,
    Erased,
}

pub(crate) async fn put_one(
    connection: &mut SqliteConnection,
    center: &CenterId,
    sealed: SealedSubject,
) -> Result<Put, Error> {
    let done = sqlx::query(PUT)
        .bind(center.as_str())
        .bind(signed("a subject reference", sealed.subject.0)?)
        .bind(i64::from(sealed.key_id))
        .bind(sealed.sealed)
        .execute(connection)
        .await?;
    Ok(if done.rows_affected() == 0 {
        Put::Erased
    } else {
        Put::Written
    })
}

pub(crate) fn bytes_of(subjects: &[SealedSubject]) -> u64 {
    let bytes: usize = subjects.iter().map(|sealed| sealed.sealed.len()).sum();
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

pub(super) fn stored(row: &SqliteRow) -> Result<StoredSubject, Error> {
    let subject = SubjectRef(unsigned("a subject reference", row.try_get(0)?)?);
    let (Some(key_id), Some(sealed)) = (
        row.try_get::<Option<i64>, _>(1)?,
        row.try_get::<Option<Vec<u8>>, _>(2)?,
    ) else {
        return Ok(StoredSubject::Erased(subject));
    };
    Ok(StoredSubject::Sealed(SealedSubject {
        subject,
        key_id: key_number(key_id)?,
        sealed,
    }))
}

pub(crate) fn key_number(stored: i64) -> Result<u32, Error> {
    u32::try_from(stored)
        .map_err(|source| Error::damaged("a data key's number", source.to_string()))
}
