//! Sign-ins on SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

use super::{Admission, OpenSession, Renewal, SessionId, SignIns};
use crate::Pending;
use crate::account::row::roles_to_text;
use crate::account::sqlite::{create, optional};
use crate::account::token::TokenHash;
use crate::account::{
    Account, AccountError, Accounts as _, DirectoryPerson, NewAccount, check_roles,
};
use crate::center::{CenterId, UnixMicros};
use crate::database::{BEGIN, Store};
use crate::error::{Error, signed, unsigned};
use crate::limits::USERNAME_BYTES_MAX;
use tandem_core::ids::AccountId;

const BY_PERSON: &str = "SELECT id, disabled FROM accounts
     WHERE center = ?1 AND tenant = ?2 AND object = ?3";
const ID_OF_PERSON: &str = "SELECT id FROM accounts
     WHERE center = ?1 AND tenant = ?2 AND object = ?3";
const LOCAL_OF_AGENT: &str = "SELECT id, disabled FROM accounts
     WHERE center = ?1 AND agent = ?2 AND tenant IS NULL ORDER BY id LIMIT 1";
const IS_TAKEN: &str = "SELECT EXISTS
     (SELECT 1 FROM accounts WHERE center = ?1 AND username = ?2 AND id IS NOT ?3)";
/// A password no longer opens the account.
const BECOMES: &str =
    "UPDATE accounts SET tenant = ?2, object = ?3, password_hash = '' WHERE id = ?1";
const UPDATE: &str = "UPDATE accounts SET username = ?2, roles = ?3, agent = ?4, name_subject = ?5
     WHERE id = ?1";
const OTHERS_OF_AGENT: &str = "SELECT id FROM accounts
     WHERE center = ?1 AND agent = ?2 AND id <> ?3";
const CLOSE: &str = "UPDATE accounts SET agent = NULL, disabled = 1 WHERE id = ?1";
const END_ALL: &str = "DELETE FROM sessions WHERE account = ?1";
const CONFIRM: &str = "UPDATE sessions SET renewal = ?2, confirmed_us = ?3, due_us = ?4
     WHERE token_hash = ?1";
const OPEN: &str = "SELECT token_hash, created_us, expires_us, last_seen_us, due_us FROM sessions
     WHERE account = ?1 AND expires_us > ?2 ORDER BY created_us DESC, token_hash";
const TOKENS: &str = "SELECT token_hash FROM sessions WHERE account = ?1";
const END: &str = "DELETE FROM sessions WHERE token_hash = ?1";

impl SignIns for Store {
    fn account_of<'a>(
        &'a self,
        center: &'a CenterId,
        person: &'a DirectoryPerson,
    ) -> Pending<'a, Result<Option<Account>, AccountError>> {
        Box::pin(async move {
            let found: Option<i64> = sqlx::query_scalar(ID_OF_PERSON)
                .bind(center.as_str())
                .bind(&person.tenant)
                .bind(&person.object)
                .fetch_optional(&self.main().readers)
                .await?;
            match found {
                Some(id) => {
                    self.account(AccountId(unsigned("an account's number", id)?))
                        .await
                }
                None => Ok(None),
            }
        })
    }

    fn admit(
        &self,
        admission: Admission,
        now: UnixMicros,
    ) -> Pending<'_, Result<AccountId, AccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let id = admit(&mut transaction, admission, now).await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(id)
        })
    }

    fn confirm_session(
        &self,
        token: TokenHash,
        renewal: Renewal,
    ) -> Pending<'_, Result<(), AccountError>> {
        Box::pin(async move {
            let writer = &mut *self.main().writer().await?;
            let done = sqlx::query(CONFIRM)
                .bind(token.as_bytes())
                .bind(renewal.sealed)
                .bind(renewal.confirmed.0)
                .bind(renewal.due.0)
                .execute(writer)
                .await?;
            self.main().checkpointer.written(1);
            found(done.rows_affected())
        })
    }

    fn sessions(
        &self,
        account: AccountId,
        now: UnixMicros,
    ) -> Pending<'_, Result<Vec<OpenSession>, AccountError>> {
        Box::pin(async move {
            let rows = sqlx::query(OPEN)
                .bind(signed("an account's number", account.0)?)
                .bind(now.0)
                .fetch_all(&self.main().readers)
                .await?;
            Ok(rows.iter().map(open_session).collect::<Result<_, _>>()?)
        })
    }

    fn end_session(
        &self,
        account: AccountId,
        id: SessionId,
    ) -> Pending<'_, Result<(), AccountError>> {
        Box::pin(async move {
            let mut writer = self.main().writer().await?;
            let mut transaction = writer.begin_with(BEGIN).await?;
            let tokens: Vec<Vec<u8>> = sqlx::query_scalar(TOKENS)
                .bind(signed("an account's number", account.0)?)
                .fetch_all(&mut *transaction)
                .await?;
            let token = tokens
                .into_iter()
                .find(|token| session_id(token).is_ok_and(|it| it == id))
                .ok_or(AccountError::NotFound)?;
            sqlx::query(END)
                .bind(token)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            self.main().checkpointer.written(1);
            Ok(())
        })
    }
}

async fn admit(
    connection: &mut SqliteConnection,
    admission: Admission,
    now: UnixMicros,
) -> Result<AccountId, AccountError> {
    check_roles(&admission.roles)?;
    let known = known(connection, &admission).await?;
    if known.is_some_and(|(_, is_disabled)| is_disabled) {
        return Err(AccountError::Disabled);
    }
    let known = known.map(|(id, _)| id);
    let username = free_username(connection, &admission, known).await?;
    let id = match known {
        Some(id) => id,
        None => make(connection, &admission, &username, now).await?,
    };
    let number = signed("an account's number", id.0)?;
    let agent = optional("an agent's number", admission.agent.map(|agent| agent.0))?;
    let name = optional("a subject reference", admission.name.map(|name| name.0))?;
    sqlx::query(UPDATE)
        .bind(number)
        .bind(username)
        .bind(roles_to_text(&admission.roles))
        .bind(agent)
        .bind(name)
        .execute(&mut *connection)
        .await?;
    close_others(connection, &admission, number).await?;
    Ok(id)
}

/// The account of this person, or the local one of the agent that the person is, which becomes theirs.
async fn known(
    connection: &mut SqliteConnection,
    admission: &Admission,
) -> Result<Option<(AccountId, bool)>, AccountError> {
    let (center, person) = (admission.center.as_str(), &admission.person);
    let row = sqlx::query(BY_PERSON)
        .bind(center)
        .bind(&person.tenant)
        .bind(&person.object)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(row) = row {
        return Ok(Some(account_id(&row)?));
    }
    let Some(agent) = admission.agent else {
        return Ok(None);
    };
    let row = sqlx::query(LOCAL_OF_AGENT)
        .bind(center)
        .bind(signed("an agent's number", agent.0)?)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (id, is_disabled) = account_id(&row)?;
    if !is_disabled {
        let number = signed("an account's number", id.0)?;
        sqlx::query(BECOMES)
            .bind(number)
            .bind(&person.tenant)
            .bind(&person.object)
            .execute(&mut *connection)
            .await?;
        sqlx::query(END_ALL)
            .bind(number)
            .execute(connection)
            .await?;
    }
    Ok(Some((id, is_disabled)))
}

async fn make(
    connection: &mut SqliteConnection,
    admission: &Admission,
    username: &str,
    now: UnixMicros,
) -> Result<AccountId, AccountError> {
    let account = NewAccount {
        center: admission.center.clone(),
        username: username.to_owned(),
        password_hash: String::new(),
        roles: admission.roles.clone(),
        agent: admission.agent,
        name: admission.name,
    };
    let id = create(connection, account, now).await?;
    sqlx::query(BECOMES)
        .bind(signed("an account's number", id.0)?)
        .bind(&admission.person.tenant)
        .bind(&admission.person.object)
        .execute(connection)
        .await?;
    Ok(id)
}

/// A local account, or one of somebody who had the name before, keeps it.
async fn free_username(
    connection: &mut SqliteConnection,
    admission: &Admission,
    own: Option<AccountId>,
) -> Result<String, AccountError> {
    let wanted = admission.username.trim();
    let object = &admission.person.object;
    let own = optional("an account's number", own.map(|id| id.0))?;
    for candidate in [wanted.to_owned(), format!("{wanted} (Microsoft)")] {
        if wanted.is_empty() || candidate.len() > USERNAME_BYTES_MAX {
            break;
        }
        let is_taken: bool = sqlx::query_scalar(IS_TAKEN)
            .bind(admission.center.as_str())
            .bind(&candidate)
            .bind(own)
            .fetch_one(&mut *connection)
            .await?;
        if !is_taken {
            return Ok(candidate);
        }
    }
    Ok(format!("{object} ({})", admission.person.tenant))
}

/// One person, one account: another that was the agent's is closed.
async fn close_others(
    connection: &mut SqliteConnection,
    admission: &Admission,
    own: i64,
) -> Result<(), AccountError> {
    let Some(agent) = admission.agent else {
        return Ok(());
    };
    let others: Vec<i64> = sqlx::query_scalar(OTHERS_OF_AGENT)
        .bind(admission.center.as_str())
        .bind(signed("an agent's number", agent.0)?)
        .bind(own)
        .fetch_all(&mut *connection)
        .await?;
    for other in others {
        for statement in [CLOSE, END_ALL] {
            sqlx::query(statement)
                .bind(other)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

fn found(rows: u64) -> Result<(), AccountError> {
    if rows == 0 {
        Err(AccountError::NotFound)
    } else {
        Ok(())
    }
}

fn account_id(row: &SqliteRow) -> Result<(AccountId, bool), Error> {
    let id = unsigned("an account's number", row.try_get(0)?)?;
    Ok((AccountId(id), row.try_get(1)?))
}

fn session_id(token: &[u8]) -> Result<SessionId, Error> {
    let start = token.first_chunk();
    let start = start
        .ok_or_else(|| Error::damaged("a session", "its token's hash is too short".to_owned()))?;
    Ok(SessionId(u64::from_be_bytes(*start)))
}

fn open_session(row: &SqliteRow) -> Result<OpenSession, Error> {
    let due: Option<i64> = row.try_get(4)?;
    Ok(OpenSession {
        id: session_id(row.try_get(0)?)?,
        created: UnixMicros(row.try_get(1)?),
        expires: UnixMicros(row.try_get(2)?),
        last_seen: UnixMicros(row.try_get(3)?),
        due: due.map(UnixMicros),
    })
}
