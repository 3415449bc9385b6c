//! API keys on SQLite.

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

use super::{ApiKey, ApiKeyId, ApiKeys, NewApiKey};
use crate::Pending;
use crate::account::sqlite::{create, refuse_too_many};
use crate::account::token::TokenHash;
use crate::account::{AccountError, NewAccount};
use crate::center::{CenterId, UnixMicros};
use crate::database::{BEGIN, Store};
use crate::error::{Error, check_size, signed, unsigned};
use crate::limits::{
    API_KEY_NAME_BYTES_MAX, API_KEYS_PER_CENTER_MAX, SCOPES_PER_KEY_MAX, SESSION_TOUCH_INTERVAL,
};
use tandem_core::ids::AccountId;

const COUNT: &str = "SELECT COUNT(*) FROM api_keys WHERE center = ?1";
const MARK: &str = "UPDATE accounts SET is_key = 1 WHERE id = ?1";
const CREATE: &str = "INSERT INTO api_keys
     (token_hash, center, account, name, scopes, created_by, created_us, expires_us)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const ONE: &str = "SELECT id, center, account, name, scopes, created_by, created_us, expires_us,
     last_used_us FROM api_keys
     WHERE token_hash = ?1 AND (expires_us IS NULL OR expires_us > ?2)";
const ALL: &str = "SELECT id, center, account, name, scopes, created_by, created_us, expires_us,
     last_used_us FROM api_keys WHERE center = ?1 ORDER BY id";
const TOUCH: &str = "UPDATE api_keys SET last_used_us = ?2 WHERE id = ?1";
const CLOSE: &str = "UPDATE accounts SET disabled = 1
     WHERE id = (SELECT account FROM api_keys WHERE center = ?1 AND id = ?2)";
const REVOKE: &str = "DELETE FROM api_keys WHERE center = ?1 AND id = ?2";

impl ApiKeys for Store {
    fn create_api_key(
        &self,
        token: TokenHash,
        key: NewApiKey,
        now: UnixMicros,
    ) -> Pending<'_, Result<ApiKeyId, AccountError>> {
        Box::pin(async move {
            check_size("the name in bytes", key.name.len(), API_KEY_NAME_BYTES_MAX)?;
            check_size("the scopes", key.scopes.len(), SCOPES_PER_KEY_MAX)?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let (center, max) = (key.center.as_str(), API_KEYS_PER_CENTER_MAX);
            refuse_too_many(&mut transaction, COUNT, center, "API keys", max).await?;
            let account = NewAccount {
                center: key.center.clone(),
                username: format!("API key {}", key.name),
                password_hash: String::new(),
                roles: Vec::new(),
                agent: None,
                name: None,
            };
            let account = create(&mut transaction, account, now).await?;
            let account = signed("an account's number", account.0)?;
            sqlx::query(MARK)
                .bind(account)
                .execute(&mut *transaction)
                .await?;
            let done = sqlx::query(CREATE)
                .bind(token.as_bytes())
                .bind(center)
                .bind(account)
                .bind(&key.name)
                .bind(serde_json::Value::from(key.scopes).to_string())
                .bind(signed("an account's number", key.created_by.0)?)
                .bind(now.0)
                .bind(key.expires.map(|expires| expires.0))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            let id = unsigned("an API key", done.last_insert_rowid())?;
            Ok(ApiKeyId(id))
        })
    }

    fn api_key(
        &self,
        token: TokenHash,
        now: UnixMicros,
    ) -> Pending<'_, Result<Option<ApiKey>, AccountError>> {
        Box::pin(async move {
            let row = sqlx::query(ONE)
                .bind(token.as_bytes())
                .bind(now.0)
                .fetch_optional(&self.main().readers)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let key = api_key(&row)?;
            let unused_us = key.last_used.map(|at| now.0.saturating_sub(at.0));
            let interval = SESSION_TOUCH_INTERVAL.as_micros();
            let is_old = |us: i64| u128::try_from(us).is_ok_and(|us| us >= interval);
            if unused_us.is_none_or(is_old) {
                let writer = &mut *self.main().writer().await?;
                sqlx::query(TOUCH)
                    .bind(signed("an API key", key.id.0)?)
                    .bind(now.0)
                    .execute(writer)
                    .await?;
                self.main().checkpointer.written(1);
            }
            Ok(Some(key))
        })
    }

    fn api_keys<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<ApiKey>, AccountError>> {
        Box::pin(async move {
            let rows = sqlx::query(ALL)
                .bind(center.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(api_key).collect::<Result<_, _>>()?)
        })
    }

    fn revoke_api_key<'a>(
        &'a self,
        center: &'a CenterId,
        id: ApiKeyId,
    ) -> Pending<'a, Result<(), AccountError>> {
        Box::pin(async move {
            let id = signed("an API key", id.0)?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let mut rows = 0;
            for statement in [CLOSE, REVOKE] {
                let done = sqlx::query(statement)
                    .bind(center.as_str())
                    .bind(id)
                    .execute(&mut *transaction)
                    .await?;
                rows = done.rows_affected();
            }
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            if rows == 0 {
                return Err(AccountError::NotFound);
            }
            Ok(())
        })
    }
}

fn api_key(row: &SqliteRow) -> Result<ApiKey, Error> {
    let scopes: &str = row.try_get(4)?;
    let (expires, used): (Option<i64>, Option<i64>) = (row.try_get(7)?, row.try_get(8)?);
    Ok(ApiKey {
        id: ApiKeyId(unsigned("an API key", row.try_get(0)?)?),
        center: CenterId::parse(row.try_get(1)?)?,
        account: AccountId(unsigned("an account's number", row.try_get(2)?)?),
        name: row.try_get(3)?,
        scopes: serde_json::from_str(scopes)
            .map_err(|source| Error::damaged("the scopes of an API key", source.to_string()))?,
        created_by: AccountId(unsigned("an account's number", row.try_get(5)?)?),
        created: UnixMicros(row.try_get(6)?),
        expires: expires.map(UnixMicros),
        last_used: used.map(UnixMicros),
    })
}
