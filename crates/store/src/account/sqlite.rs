//! Accounts on SQLite.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

use super::row::{account, renewal, roles_to_text, scope_text, setup_token, tv_token, view};
use super::{
    Account, AccountChange, AccountError, Accounts, NewAccount, Redemption, Session, SetupToken,
    Standing, TvToken, TvTokenId, View, check_password_hash, check_roles,
};
use crate::Pending;
use crate::account::token::TokenHash;
use crate::center::{CenterId, UnixMicros};
use crate::database::{BEGIN, Store};
use crate::error::{Error, check_size, signed, unsigned};
use crate::limits::{
    ACCOUNTS_PER_CENTER_MAX, ACCOUNTS_PER_READ_MAX, BOARD_BYTES_MAX, SESSION_TOUCH_INTERVAL,
    SESSIONS_PER_ACCOUNT_MAX, SETUP_TOKENS_PER_CENTER_MAX, TV_TOKENS_PER_CENTER_MAX,
};
use tandem_core::ids::AccountId;

const COUNT: &str = "SELECT COUNT(*) FROM accounts WHERE center = ?1";
const CREATE: &str = "INSERT INTO accounts
     (center, username, password_hash, roles, agent, name_subject, created_us)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const BY_ID: &str = "SELECT id, center, username, password_hash, roles, agent, name_subject,
     disabled, created_us, tenant, object, is_key, scope FROM accounts WHERE id = ?1";
const BY_USERNAME: &str = "SELECT id, center, username, password_hash, roles, agent, name_subject,
     disabled, created_us, tenant, object, is_key, scope FROM accounts WHERE center = ?1 AND username = ?2";
const PAGE: &str = "SELECT id, center, username, password_hash, roles, agent, name_subject,
     disabled, created_us, tenant, object, is_key, scope FROM accounts WHERE center = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
const SET_PASSWORD: &str = "UPDATE accounts SET password_hash = ?2 WHERE id = ?1";
const SET_ROLES: &str = "UPDATE accounts SET roles = ?2 WHERE id = ?1";
const SET_AGENT: &str = "UPDATE accounts SET agent = ?2 WHERE id = ?1";
const SET_NAME: &str = "UPDATE accounts SET name_subject = ?2 WHERE id = ?1";
const SET_SCOPE: &str = "UPDATE accounts SET scope = ?2 WHERE id = ?1";
const SET_DISABLED: &str = "UPDATE accounts SET disabled = ?2 WHERE id = ?1";
const OPEN_SESSION: &str = "INSERT INTO sessions
     (token_hash, account, created_us, expires_us, last_seen_us)
     SELECT ?1, id, ?3, ?4, ?3 FROM accounts WHERE id = ?2 AND disabled = 0";
const CLOSE_OLDEST: &str = "DELETE FROM sessions WHERE account = ?1 AND token_hash NOT IN
     (SELECT token_hash FROM sessions WHERE account = ?1
      ORDER BY created_us DESC, token_hash = ?3 DESC LIMIT ?2)";
const SESSION: &str = "SELECT a.id, a.center, a.username, a.password_hash, a.roles, a.agent,
     a.name_subject, a.disabled, a.created_us, a.tenant, a.object, a.is_key, a.scope, s.created_us, s.expires_us,
     s.last_seen_us, s.renewal, s.confirmed_us, s.due_us, s.views, s.views_until_us
     FROM sessions s JOIN accounts a ON a.id = s.account
     WHERE s.token_hash = ?1 AND s.expires_us > ?2 AND a.disabled = 0";
const TOUCH: &str = "UPDATE sessions SET last_seen_us = ?2 WHERE token_hash = ?1";
const SET_VIEW: &str = "UPDATE sessions SET views = ?2, views_until_us = ?3 WHERE token_hash = ?1";
const REVOKE_ONE: &str = "DELETE FROM sessions WHERE token_hash = ?1";
const REVOKE_ALL: &str = "DELETE FROM sessions WHERE account = ?1";
const PURGE_SESSIONS: &str = "DELETE FROM sessions WHERE expires_us <= ?1";
const PURGE_SETUP: &str = "DELETE FROM setup_tokens WHERE expires_us <= ?1";
const PUT_SETUP: &str = "INSERT INTO setup_tokens (token_hash, center, account, expires_us)
     VALUES (?1, ?2, ?3, ?4)";
const COUNT_SETUP: &str = "SELECT COUNT(*) FROM setup_tokens WHERE center = ?1";
const SETUP: &str = "SELECT center, account, expires_us FROM setup_tokens
     WHERE token_hash = ?1 AND expires_us > ?2";
const USE_SETUP: &str = "DELETE FROM setup_tokens WHERE token_hash = ?1";
const COUNT_TV: &str = "SELECT COUNT(*) FROM tv_tokens WHERE center = ?1";
const CREATE_TV: &str = "INSERT INTO tv_tokens (token_hash, center, board, created_by, created_us)
     VALUES (?1, ?2, ?3, ?4, ?5)";
const TV: &str = "SELECT id, center, board, created_by, created_us FROM tv_tokens
     WHERE token_hash = ?1";
const TV_OF_CENTER: &str = "SELECT id, center, board, created_by, created_us FROM tv_tokens
     WHERE center = ?1 ORDER BY id";
const REVOKE_TV: &str = "DELETE FROM tv_tokens WHERE center = ?1 AND id = ?2";

impl Accounts for Store {
    fn create_account<'a>(
        &'a self,
        account: NewAccount,
        now: UnixMicros,
    ) -> Pending<'a, Result<AccountId, AccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let id = create(&mut transaction, account, now).await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(id)
        })
    }

    fn account(&self, id: AccountId) -> Pending<'_, Result<Option<Account>, AccountError>> {
        Box::pin(async move {
            let row = sqlx::query(BY_ID)
                .bind(signed("an account's number", id.0)?)
                .fetch_optional(&self.main().readers)
                .await?;
            Ok(row.as_ref().map(account).transpose()?)
        })
    }

    fn account_by_username<'a>(
        &'a self,
        center: &'a CenterId,
        username: &'a str,
    ) -> Pending<'a, Result<Option<Account>, AccountError>> {
        Box::pin(async move {
            let row = sqlx::query(BY_USERNAME)
                .bind(center.as_str())
                .bind(username)
                .fetch_optional(&self.main().readers)
                .await?;
            Ok(row.as_ref().map(account).transpose()?)
        })
    }

    fn accounts<'a>(
        &'a self,
        center: &'a CenterId,
        after: Option<AccountId>,
    ) -> Pending<'a, Result<Vec<Account>, AccountError>> {
        Box::pin(async move {
            let rows = sqlx::query(PAGE)
                .bind(center.as_str())
                .bind(signed("an account's number", after.map_or(0, |id| id.0))?)
                .bind(i64::try_from(ACCOUNTS_PER_READ_MAX).unwrap_or(i64::MAX))
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(account).collect::<Result<_, _>>()?)
        })
    }

    fn change_account(
        &self,
        id: AccountId,
        change: AccountChange,
    ) -> Pending<'_, Result<(), AccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            apply(&mut transaction, id, change).await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn open_session<'a>(
        &'a self,
        token: TokenHash,
        account: AccountId,
        now: UnixMicros,
        expires: UnixMicros,
    ) -> Pending<'a, Result<(), AccountError>> {
        Box::pin(async move {
            let id = signed("an account's number", account.0)?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let opened = sqlx::query(OPEN_SESSION)
                .bind(token.as_bytes())
                .bind(id)
                .bind(now.0)
                .bind(expires.0)
                .execute(&mut *transaction)
                .await
                .map_err(Error::from)?;
            if opened.rows_affected() == 0 {
                let row = sqlx::query(BY_ID)
                    .bind(id)
                    .fetch_optional(&mut *transaction)
                    .await?;
                return Err(row.map_or(AccountError::NotFound, |_| AccountError::Disabled));
            }
            sqlx::query(CLOSE_OLDEST)
                .bind(id)
                .bind(SESSIONS_PER_ACCOUNT_MAX)
                .bind(token.as_bytes())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn session(
        &self,
        token: TokenHash,
        now: UnixMicros,
    ) -> Pending<'_, Result<Option<Session>, AccountError>> {
        Box::pin(async move {
            let row = sqlx::query(SESSION)
                .bind(token.as_bytes())
                .bind(now.0)
                .fetch_optional(&self.main().readers)
                .await?;
            let Some(row) = row else {
                return Ok(None);
            };
            let session = Session {
                account: account(&row)?,
                created: UnixMicros(row.try_get(13)?),
                expires: UnixMicros(row.try_get(14)?),
                last_seen: UnixMicros(row.try_get(15)?),
                renewal: renewal(&row)?,
                view: view(&row)?,
            };
            let unseen_us = now.0.saturating_sub(session.last_seen.0);
            if u128::try_from(unseen_us).is_ok_and(|us| us >= SESSION_TOUCH_INTERVAL.as_micros()) {
                let writer = &mut *self.main().writer().await?;
                sqlx::query(TOUCH)
                    .bind(token.as_bytes())
                    .bind(now.0)
                    .execute(writer)
                    .await?;
                self.main().checkpointer.written(1);
            }
            Ok(Some(session))
        })
    }

    fn set_view(
        &self,
        token: TokenHash,
        view: Option<View>,
    ) -> Pending<'_, Result<(), AccountError>> {
        Box::pin(async move {
            let account = optional("an account's number", view.map(|view| view.account.0))?;
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(SET_VIEW)
                .bind(token.as_bytes())
                .bind(account)
                .bind(view.map(|view| view.until.0))
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            if done.rows_affected() == 0 {
                return Err(AccountError::NotFound);
            }
            Ok(())
        })
    }

    fn revoke_session(&self, token: TokenHash) -> Pending<'_, Result<(), AccountError>> {
        Box::pin(async move {
            let writer = &mut *self.main().writer().await?;
            sqlx::query(REVOKE_ONE)
                .bind(token.as_bytes())
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn revoke_sessions(&self, account: AccountId) -> Pending<'_, Result<u64, AccountError>> {
        Box::pin(async move {
            let id = signed("an account's number", account.0)?;
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(REVOKE_ALL).bind(id).execute(writer).await?;
            self.main().checkpointer.written(1);
            Ok(done.rows_affected())
        })
    }

    fn purge_expired(&self, now: UnixMicros) -> Pending<'_, Result<u64, AccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let sessions = sqlx::query(PURGE_SESSIONS)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
            let links = sqlx::query(PURGE_SETUP)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(sessions.rows_affected() + links.rows_affected())
        })
    }

    fn put_setup_token(
        &self,
        token: TokenHash,
        setup: SetupToken,
    ) -> Pending<'_, Result<(), AccountError>> {
        Box::pin(async move {
            let center = setup.center.as_str();
            let for_account = optional("an account's number", setup.account.map(|id| id.0))?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let max = SETUP_TOKENS_PER_CENTER_MAX;
            refuse_too_many(&mut transaction, COUNT_SETUP, center, "set-up links", max).await?;
            sqlx::query(PUT_SETUP)
                .bind(token.as_bytes())
                .bind(center)
                .bind(for_account)
                .bind(setup.expires.0)
                .execute(&mut *transaction)
                .await
                .map_err(unknown_account)?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }

    fn setup_token(
        &self,
        token: TokenHash,
        now: UnixMicros,
    ) -> Pending<'_, Result<Option<SetupToken>, AccountError>> {
        Box::pin(async move {
            let row = sqlx::query(SETUP)
                .bind(token.as_bytes())
                .bind(now.0)
                .fetch_optional(&self.main().readers)
                .await?;
            Ok(row.as_ref().map(setup_token).transpose()?)
        })
    }

    fn redeem_setup_token(
        &self,
        token: TokenHash,
        redemption: Redemption,
        now: UnixMicros,
    ) -> Pending<'_, Result<AccountId, AccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            // Refused on the way, the transaction is rolled back and the link stays good.
            let mut transaction = writer.begin_with(BEGIN).await?;
            let row = sqlx::query(SETUP)
                .bind(token.as_bytes())
                .bind(now.0)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(row) = row else {
                return Err(AccountError::SetupTokenInvalid);
            };
            let setup = setup_token(&row)?;
            sqlx::query(USE_SETUP)
                .bind(token.as_bytes())
                .execute(&mut *transaction)
                .await?;
            let id = match (redemption, setup.account) {
                (Redemption::Create(account), None) if account.center == setup.center => {
                    create(&mut transaction, account, now).await?
                }
                (Redemption::PasswordHash(hash), Some(id)) => {
                    apply(&mut transaction, id, AccountChange::PasswordHash(hash)).await?;
                    id
                }
                (Redemption::Create(_) | Redemption::PasswordHash(_), _) => {
                    return Err(AccountError::SetupTokenInvalid);
                }
            };
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(id)
        })
    }

    fn create_tv_token<'a>(
        &'a self,
        token: TokenHash,
        center: &'a CenterId,
        board: &'a str,
        created_by: AccountId,
        now: UnixMicros,
    ) -> Pending<'a, Result<TvTokenId, AccountError>> {
        Box::pin(async move {
            check_size("the board's name in bytes", board.len(), BOARD_BYTES_MAX)?;
            let creator = signed("an account's number", created_by.0)?;
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let (center, max) = (center.as_str(), TV_TOKENS_PER_CENTER_MAX);
            refuse_too_many(
                &mut transaction,
                COUNT_TV,
                center,
                "wall display tokens",
                max,
            )
            .await?;
            let done = sqlx::query(CREATE_TV)
                .bind(token.as_bytes())
                .bind(center)
                .bind(board)
                .bind(creator)
                .bind(now.0)
                .execute(&mut *transaction)
                .await
                .map_err(unknown_account)?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(TvTokenId(unsigned(
                "a wall display token",
                done.last_insert_rowid(),
            )?))
        })
    }

    fn tv_token(&self, token: TokenHash) -> Pending<'_, Result<Option<TvToken>, AccountError>> {
        Box::pin(async move {
            let row = sqlx::query(TV)
                .bind(token.as_bytes())
                .fetch_optional(&self.main().readers)
                .await?;
            Ok(row.as_ref().map(tv_token).transpose()?)
        })
    }

    fn tv_tokens<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<TvToken>, AccountError>> {
        Box::pin(async move {
            let rows = sqlx::query(TV_OF_CENTER)
                .bind(center.as_str())
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(tv_token).collect::<Result<_, _>>()?)
        })
    }

    fn revoke_tv_token<'a>(
        &'a self,
        center: &'a CenterId,
        id: TvTokenId,
    ) -> Pending<'a, Result<(), AccountError>> {
        Box::pin(async move {
            let id = signed("a wall display token", id.0)?;
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(REVOKE_TV)
                .bind(center.as_str())
                .bind(id)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            if done.rows_affected() == 0 {
                Err(AccountError::NotFound)
            } else {
                Ok(())
            }
        })
    }
}

pub(crate) async fn create(
    connection: &mut SqliteConnection,
    account: NewAccount,
    now: UnixMicros,
) -> Result<AccountId, AccountError> {
    account.check()?;
    let (center, max) = (account.center.as_str(), ACCOUNTS_PER_CENTER_MAX);
    refuse_too_many(connection, COUNT, center, "accounts", max).await?;
    let done = sqlx::query(CREATE)
        .bind(account.center.as_str())
        .bind(account.username)
        .bind(account.password_hash)
        .bind(roles_to_text(&account.roles))
        .bind(optional(
            "an agent's number",
            account.agent.map(|agent| agent.0),
        )?)
        .bind(optional(
            "a subject reference",
            account.name.map(|name| name.0),
        )?)
        .bind(now.0)
        .execute(connection)
        .await?;
    Ok(AccountId(unsigned(
        "an account's number",
        done.last_insert_rowid(),
    )?))
}

pub(crate) async fn refuse_too_many(
    connection: &mut SqliteConnection,
    count: &'static str,
    center: &str,
    what: &'static str,
    max: i64,
) -> Result<(), AccountError> {
    let found: i64 = sqlx::query_scalar(count)
        .bind(center)
        .fetch_one(connection)
        .await?;
    if found >= max {
        Err(AccountError::TooMany { what, max })
    } else {
        Ok(())
    }
}

async fn apply(
    connection: &mut SqliteConnection,
    id: AccountId,
    change: AccountChange,
) -> Result<(), AccountError> {
    let id = signed("an account's number", id.0)?;
    let ends_sessions = match &change {
        AccountChange::PasswordHash(_) | AccountChange::Standing(Standing::Disabled) => true,
        AccountChange::Roles(_)
        | AccountChange::Agent(_)
        | AccountChange::Name(_)
        | AccountChange::Scope(_)
        | AccountChange::Standing(Standing::Active) => false,
    };
    let done = match change {
        AccountChange::PasswordHash(hash) => {
            check_password_hash(&hash)?;
            sqlx::query(SET_PASSWORD).bind(id).bind(hash)
        }
        AccountChange::Roles(roles) => {
            check_roles(&roles)?;
            sqlx::query(SET_ROLES).bind(id).bind(roles_to_text(&roles))
        }
        AccountChange::Agent(agent) => sqlx::query(SET_AGENT)
            .bind(id)
            .bind(optional("an agent's number", agent.map(|agent| agent.0))?),
        AccountChange::Name(name) => {
            let name = optional("a subject reference", name.map(|name| name.0))?;
            sqlx::query(SET_NAME).bind(id).bind(name)
        }
        AccountChange::Scope(scope) => sqlx::query(SET_SCOPE).bind(id).bind(scope_text(&scope)?),
        AccountChange::Standing(standing) => sqlx::query(SET_DISABLED)
            .bind(id)
            .bind(standing == Standing::Disabled),
    }
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(AccountError::NotFound);
    }
    if ends_sessions {
        sqlx::query(REVOKE_ALL).bind(id).execute(connection).await?;
    }
    Ok(())
}

/// The only foreign key of the statement is the account that created it.
fn unknown_account(error: sqlx::Error) -> AccountError {
    if error
        .as_database_error()
        .is_some_and(|e| e.is_foreign_key_violation())
    {
        AccountError::NotFound
    } else {
        AccountError::Store(error.into())
    }
}

pub(crate) fn optional(what: &'static str, value: Option<u64>) -> Result<Option<i64>, Error> {
    value.map(|value| signed(what, value)).transpose()
}
