//! Teams accounts on SQLite.

use super::{
    NewTeamsAccount, TeamsAccount, TeamsAccountError, TeamsAccounts, TeamsSwitch, check_findings,
    check_sign_in,
};
use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::database::{BEGIN, Store};
use crate::error::{Error, signed, unsigned};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::AccountId;

const READ: &str = "SELECT version, document, secret, findings, changed_us FROM teams_accounts
     WHERE center = ?1 AND document IS NOT NULL";
const STANDING: &str = "SELECT version, document IS NOT NULL FROM teams_accounts WHERE center = ?1";
const PUT: &str =
    "INSERT INTO teams_accounts (center, version, document, secret, findings, changed_us)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (center) DO UPDATE SET version = excluded.version,
     document = excluded.document, secret = excluded.secret, findings = excluded.findings,
     changed_us = excluded.changed_us";
const NOTE: &str = "UPDATE teams_accounts SET findings = ?3
     WHERE center = ?1 AND version = ?2 AND document IS NOT NULL";
const SWITCH_ON: &str = "INSERT INTO teams_users (center, account) VALUES (?1, ?2)
     ON CONFLICT (center, account) DO NOTHING";
const SWITCH_OFF: &str = "DELETE FROM teams_users WHERE center = ?1 AND account = ?2";
const SWITCH_ALL_OFF: &str = "DELETE FROM teams_users WHERE center = ?1";
const USERS: &str = "SELECT account FROM teams_users WHERE center = ?1";
const SIGN_INS: &str = "SELECT account, sealed FROM teams_sign_ins WHERE center = ?1";
const KEEP_SIGN_IN: &str =
    "INSERT INTO teams_sign_ins (center, account, sealed) VALUES (?1, ?2, ?3)
     ON CONFLICT (center, account) DO UPDATE SET sealed = excluded.sealed";
const FORGET_SIGN_IN: &str = "DELETE FROM teams_sign_ins WHERE center = ?1 AND account = ?2";
const FORGET_SIGN_INS: &str = "DELETE FROM teams_sign_ins WHERE center = ?1";
const ACCOUNT: &str = "an account's number";
const VERSION: &str = "a version";

impl TeamsAccounts for Store {
    fn teams_account<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<TeamsAccount>, Error>> {
        Box::pin(async move {
            let row = sqlx::query(READ)
                .bind(center.as_str())
                .fetch_optional(&self.main().readers)
                .await?;
            row.as_ref().map(account).transpose()
        })
    }

    fn create_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        new: NewTeamsAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<u64, TeamsAccountError>> {
        Box::pin(async move {
            new.check_size()?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let before = match standing(&mut transaction, center).await? {
                Some((_, true)) => return Err(TeamsAccountError::Exists),
                Some((version, false)) => version,
                None => 0,
            };
            put(&mut transaction, center, before + 1, Some(new), now).await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(before + 1)
        })
    }

    fn change_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        new: NewTeamsAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<u64, TeamsAccountError>> {
        Box::pin(async move {
            new.check_size()?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            must_stand(&mut transaction, center, version).await?;
            put(&mut transaction, center, version + 1, Some(new), now).await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(version + 1)
        })
    }

    fn remove_teams_account<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), TeamsAccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            must_stand(&mut transaction, center, version).await?;
            put(&mut transaction, center, version + 1, None, now).await?;
            for statement in [SWITCH_ALL_OFF, FORGET_SIGN_INS] {
                sqlx::query(statement)
                    .bind(center.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn note_teams_findings<'a>(
        &'a self,
        center: &'a CenterId,
        version: u64,
        findings: String,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            check_findings(&findings)?;
            let writer = &mut *self.main().writer().await?;
            sqlx::query(NOTE)
                .bind(center.as_str())
                .bind(signed(VERSION, version)?)
                .bind(findings)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn switch_teams<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        to: TeamsSwitch,
    ) -> Pending<'a, Result<(), TeamsAccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let is_there = standing(&mut transaction, center).await?;
            let statement = match (to, is_there) {
                (TeamsSwitch::Off, _) => SWITCH_OFF,
                (TeamsSwitch::On, Some((_, true))) => SWITCH_ON,
                (TeamsSwitch::On, Some((_, false)) | None) => {
                    return Err(TeamsAccountError::NotFound);
                }
            };
            sqlx::query(statement)
                .bind(center.as_str())
                .bind(signed(ACCOUNT, account.0)?)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn teams_users<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeSet<AccountId>, Error>> {
        Box::pin(async move {
            let found: Vec<i64> = sqlx::query_scalar(USERS)
                .bind(center.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            let numbers = found.into_iter();
            numbers
                .map(|it| Ok(AccountId(unsigned(ACCOUNT, it)?)))
                .collect()
        })
    }

    fn teams_sign_ins<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<BTreeMap<AccountId, String>, Error>> {
        Box::pin(async move {
            let found: Vec<(i64, String)> = sqlx::query_as(SIGN_INS)
                .bind(center.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            let found = found.into_iter();
            let found = found.map(|(it, sealed)| Ok((AccountId(unsigned(ACCOUNT, it)?), sealed)));
            found.collect()
        })
    }

    fn keep_teams_sign_in<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
        sealed: String,
    ) -> Pending<'a, Result<(), TeamsAccountError>> {
        Box::pin(async move {
            check_sign_in(&sealed)?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            match standing(&mut transaction, center).await? {
                Some((_, true)) => {}
                Some((_, false)) | None => return Err(TeamsAccountError::NotFound),
            }
            sqlx::query(KEEP_SIGN_IN)
                .bind(center.as_str())
                .bind(signed(ACCOUNT, account.0)?)
                .bind(sealed)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn forget_teams_sign_in<'a>(
        &'a self,
        center: &'a CenterId,
        account: AccountId,
    ) -> Pending<'a, Result<(), Error>> {
        Box::pin(async move {
            let writer = &mut *self.main().writer().await?;
            sqlx::query(FORGET_SIGN_IN)
                .bind(center.as_str())
                .bind(signed(ACCOUNT, account.0)?)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }
}

/// The version, and whether there is an account.
async fn standing(
    connection: &mut SqliteConnection,
    center: &CenterId,
) -> Result<Option<(u64, bool)>, Error> {
    let found: Option<(i64, bool)> = sqlx::query_as(STANDING)
        .bind(center.as_str())
        .fetch_optional(connection)
        .await?;
    let found = found.map(|(version, is_there)| Ok((unsigned(VERSION, version)?, is_there)));
    found.transpose()
}

async fn must_stand(
    connection: &mut SqliteConnection,
    center: &CenterId,
    version: u64,
) -> Result<(), TeamsAccountError> {
    match standing(connection, center).await? {
        Some((actual, true)) if actual == version => Ok(()),
        Some((actual, true)) => Err(TeamsAccountError::Conflict { actual }),
        Some((_, false)) | None => Err(TeamsAccountError::NotFound),
    }
}

/// Writes what stands from now on; nothing but the version when there is no account any more.
async fn put(
    connection: &mut SqliteConnection,
    center: &CenterId,
    version: u64,
    new: Option<NewTeamsAccount>,
    now: UnixMicros,
) -> Result<(), Error> {
    let (document, secret, findings) = match new {
        Some(new) => (Some(new.document), new.secret, new.findings),
        None => (None, None, None),
    };
    sqlx::query(PUT)
        .bind(center.as_str())
        .bind(signed(VERSION, version)?)
        .bind(document)
        .bind(secret)
        .bind(findings)
        .bind(now.0)
        .execute(connection)
        .await?;
    Ok(())
}

fn account(row: &SqliteRow) -> Result<TeamsAccount, Error> {
    Ok(TeamsAccount {
        version: unsigned(VERSION, row.try_get(0)?)?,
        document: row.try_get(1)?,
        secret: row.try_get(2)?,
        findings: row.try_get(3)?,
        changed: UnixMicros(row.try_get(4)?),
    })
}
