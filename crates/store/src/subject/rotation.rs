//! Rotation: rows that were sealed with an earlier key are sealed again with the current one, a few at
//! a time. Killed half way it has lost nothing: a row is replaced whole, and only while it is still
//! the one that was read.

use std::path::Path;

use sqlx::Connection;

use super::SealedSubject;
use super::StoredSubject;
use super::keys::{KeyFamily, SealError};
use super::sqlite::{bytes_of, stored};
use crate::backup::{self, read_only};
use crate::center::CenterId;
use crate::database::{BEGIN, MAIN_FILE, Store};
use crate::error::{Error, signed};
use crate::limits::RESEALED_AT_ONCE;
use tandem_core::ids::SubjectRef;

const EARLIER: &str = "SELECT subject, key_id, sealed FROM subjects
     WHERE center = ?1 AND subject > ?2 AND key_id <> ?3 ORDER BY subject LIMIT ?4";
const REPLACE: &str = "UPDATE subjects SET key_id = ?3, sealed = ?4
     WHERE center = ?1 AND subject = ?2 AND key_id = ?5 AND sealed = ?6";

/// What one portion came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resealed {
    /// Rows that are under the current key now.
    pub n_resealed: u64,
    /// Rows that no configured key opens.
    pub n_unopened: u64,
    /// Where to go on; none when there is nothing more.
    pub next: Option<SubjectRef>,
}

/// How many rows of a data directory are sealed with which key, whether or not a process has it open.
pub async fn rows_by_key(directory: &Path) -> Result<Vec<(u32, u64)>, Error> {
    let mut connection = read_only(&directory.join(MAIN_FILE)).await?;
    let rows = backup::rows_by_key(&mut connection).await?;
    connection.close().await?;
    Ok(rows)
}

impl Store {
    /// Seals the next rows after `after` that are under an earlier key with the current one.
    pub async fn reseal(
        &self,
        center: &CenterId,
        keys: &KeyFamily,
        after: Option<SubjectRef>,
    ) -> Result<Resealed, Error> {
        // The known subject of the key check stands under 0 and is the check's own.
        let after = after.map_or(0, |subject| subject.0);
        let rows = sqlx::query(EARLIER)
            .bind(center.as_str())
            .bind(signed("a subject reference", after)?)
            .bind(i64::from(keys.current_id()))
            .bind(RESEALED_AT_ONCE)
            .fetch_all(&self.main().readers)
            .await?;
        let mut done = Resealed::default();
        let mut replacements = Vec::new();
        for row in &rows {
            let StoredSubject::Sealed(old) = stored(row)? else {
                continue;
            };
            done.next = Some(old.subject);
            match again(center, keys, &old) {
                Ok(Some(new)) => replacements.push((old, new)),
                Ok(None) => {}
                Err(error) => {
                    done.n_unopened += 1;
                    tracing::warn!(%center, %error, "a row stays under its earlier key");
                }
            }
        }
        done.n_resealed = self.replace(center, replacements).await?;
        Ok(done)
    }

    async fn replace(
        &self,
        center: &CenterId,
        replacements: Vec<(SealedSubject, SealedSubject)>,
    ) -> Result<u64, Error> {
        if replacements.is_empty() {
            return Ok(0);
        }
        let mut n_resealed = 0;
        let mut n_bytes = 0;
        let mut writer = self.main().writer().await?;
        let mut transaction = writer.begin_with(BEGIN).await?;
        for (old, new) in replacements {
            n_bytes += bytes_of(std::slice::from_ref(&new));
            let replaced = sqlx::query(REPLACE)
                .bind(center.as_str())
                .bind(signed("a subject reference", new.subject.0)?)
                .bind(i64::from(new.key_id))
                .bind(new.sealed)
                .bind(i64::from(old.key_id))
                .bind(old.sealed)
                .execute(&mut *transaction)
                .await?;
            n_resealed += replaced.rows_affected();
        }
        transaction.commit().await?;
        self.main().checkpointer.written(n_bytes);
        Ok(n_resealed)
    }
}

fn again(
    center: &CenterId,
    keys: &KeyFamily,
    old: &SealedSubject,
) -> Result<Option<SealedSubject>, SealError> {
    let plain = keys.open(center, &StoredSubject::Sealed(old.clone()))?;
    let plain = plain.map(zeroize::Zeroizing::new);
    plain
        .map(|plain| keys.seal(center, old.subject, &plain))
        .transpose()
}
