//! Forgetting on SQLite.

use super::Forgetting;
use crate::Pending;
use crate::center::CenterId;
use crate::database::{BEGIN, Store};
use crate::error::{Error, signed, unsigned};
use sqlx::Connection;
use tandem_core::ids::ContactId;

const BELOW: &str = "SELECT below FROM forgetting WHERE center = ?1";
const PUT_BELOW: &str = "INSERT INTO forgetting (center, below) VALUES (?1, ?2)
     ON CONFLICT (center) DO UPDATE SET below = max(below, ?2)";
const WAIT: &str = "INSERT INTO forgetting_waits (center, contact) VALUES (?1, ?2)
     ON CONFLICT (center, contact) DO NOTHING";
const WAITS: &str = "SELECT contact FROM forgetting_waits WHERE center = ?1 AND contact > ?2
     ORDER BY contact LIMIT ?3";
const WAITS_NO_MORE: &str = "DELETE FROM forgetting_waits WHERE center = ?1 AND contact = ?2";
const WHAT: &str = "a contact's number";

impl Forgetting for Store {
    fn forgotten_below<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<ContactId, Error>> {
        Box::pin(async move {
            let below: Option<i64> = sqlx::query_scalar(BELOW)
                .bind(center.as_str())
                .fetch_optional(&self.main().readers)
                .await?;
            Ok(ContactId(unsigned(WHAT, below.unwrap_or(0))?))
        })
    }

    fn forgot_below<'a>(
        &'a self,
        center: &'a CenterId,
        below: ContactId,
        waiting: &'a [ContactId],
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            for contact in waiting {
                sqlx::query(WAIT)
                    .bind(center.as_str())
                    .bind(signed(WHAT, contact.0)?)
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query(PUT_BELOW)
                .bind(center.as_str())
                .bind(signed(WHAT, below.0)?)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn forgetting_waits<'a>(
        &'a self,
        center: &'a CenterId,
        after: ContactId,
        limit: usize,
    ) -> Pending<'a, Result<Vec<ContactId>, Error>> {
        Box::pin(async move {
            let found: Vec<i64> = sqlx::query_scalar(WAITS)
                .bind(center.as_str())
                .bind(signed(WHAT, after.0)?)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&self.main().readers)
                .await?;
            let contact = |id| Ok(ContactId(unsigned(WHAT, id)?));
            found.into_iter().map(contact).collect()
        })
    }

    fn forgot_waiting<'a>(
        &'a self,
        center: &'a CenterId,
        contact: ContactId,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let writer = &mut *self.main().writer().await?;
            sqlx::query(WAITS_NO_MORE)
                .bind(center.as_str())
                .bind(signed(WHAT, contact.0)?)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }
}
