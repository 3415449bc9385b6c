//! Favorites on SQLite.

use super::{Favor, FavoriteError, Favorites, check_person};
use crate::Pending;
use crate::center::CenterId;
use crate::database::{BEGIN, Store};
use crate::error::{Error, signed};
use crate::limits::FAVORITES_MAX;
use sqlx::Connection;
use std::collections::BTreeSet;
use tandem_core::ids::AccountId;

const READ: &str = "SELECT person FROM favorites WHERE center = ?1 AND account = ?2";
const COUNT_OTHERS: &str =
    "SELECT count(*) FROM favorites WHERE center = ?1 AND account = ?2 AND person <> ?3";
const KEEP: &str = "INSERT INTO favorites (center, account, person) VALUES (?1, ?2, ?3)
     ON CONFLICT (center, account, person) DO NOTHING";
const DROP: &str = "DELETE FROM favorites WHERE center = ?1 AND account = ?2 AND person = ?3";
const ACCOUNT: &str = "an account's number";

impl Favorites for Store {
    fn favorites<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
    ) -> Pending<'a, Result<BTreeSet<String>, Error>> {
        Box::pin(async move {
            let found: Vec<String> = sqlx::query_scalar(READ)
                .bind(center.as_str())
                .bind(signed(ACCOUNT, account.0)?)
                .fetch_all(&self.main().readers)
                .await?;
            Ok(found.into_iter().collect())
        })
    }

    fn favor<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        person: &'a str,
        to: Favor,
    ) -> Pending<'a, Result<(), FavoriteError>> {
        Box::pin(async move {
            check_person(person)?;
            let account = signed(ACCOUNT, account.0)?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let n_others: i64 = sqlx::query_scalar(COUNT_OTHERS)
                .bind(center.as_str())
                .bind(account)
                .bind(person)
                .fetch_one(&mut *transaction)
                .await?;
            let n_others = usize::try_from(n_others).unwrap_or(usize::MAX);
            let statement = match to {
                Favor::Dropped => DROP,
                Favor::Kept if n_others < FAVORITES_MAX => KEEP,
                Favor::Kept => return Err(FavoriteError::Full),
            };
            sqlx::query(statement)
                .bind(center.as_str())
                .bind(account)
                .bind(person)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }
}
