//! Rows of accounts, sessions and links, and the columns that are text.

use super::{Account, DirectoryPerson, SetupToken, Standing, TvToken, TvTokenId, View};
use crate::center::{CenterId, UnixMicros};
use crate::error::{Error, unsigned};
use crate::sign_in::Renewal;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tandem_core::ids::{AccountId, AgentId, SubjectRef};
use tandem_core::scope::Scope;

pub(crate) fn roles_to_text(roles: &[String]) -> String {
    serde_json::Value::from(roles).to_string()
}

/// None is everything.
pub(super) fn scope_text(scope: &Scope) -> Result<Option<String>, Error> {
    if scope.is_everything() {
        return Ok(None);
    }
    let text = serde_json::to_string(scope).map_err(|error| Error::Invalid {
        what: "a scope",
        reason: error.to_string(),
    });
    text.map(Some)
}

/// What cannot be read opens nothing.
fn scope_of(text: Option<&str>) -> Result<Scope, Error> {
    let Some(text) = text else {
        return Ok(Scope::Everything);
    };
    serde_json::from_str(text)
        .map_err(|source| Error::damaged("the scope of an account", source.to_string()))
}

pub(super) fn account(row: &SqliteRow) -> Result<Account, Error> {
    let roles: &str = row.try_get(4)?;
    let number = |what, value: Option<i64>| value.map(|value| unsigned(what, value)).transpose();
    Ok(Account {
        id: AccountId(unsigned("an account's number", row.try_get(0)?)?),
        center: CenterId::parse(row.try_get(1)?)?,
        username: row.try_get(2)?,
        password_hash: row.try_get(3)?,
        roles: serde_json::from_str(roles)
            .map_err(|source| Error::damaged("the roles of an account", source.to_string()))?,
        agent: number("an agent's number", row.try_get(5)?)?.map(AgentId),
        name: number("a subject reference", row.try_get(6)?)?.map(SubjectRef),
        standing: if row.try_get(7)? {
            Standing::Disabled
        } else {
            Standing::Active
        },
        created: UnixMicros(row.try_get(8)?),
        person: match (row.try_get(9)?, row.try_get(10)?) {
            (Some(tenant), Some(object)) => Some(DirectoryPerson { tenant, object }),
            (None, _) | (_, None) => None,
        },
        is_key: row.try_get(11)?,
        scope: scope_of(row.try_get(12)?)?,
    })
}

pub(super) fn renewal(row: &SqliteRow) -> Result<Option<Renewal>, Error> {
    let (sealed, confirmed, due) = (row.try_get(16)?, row.try_get(17)?, row.try_get(18)?);
    let (Some(sealed), Some(confirmed), Some(due)) = (sealed, confirmed, due) else {
        return Ok(None);
    };
    Ok(Some(Renewal {
        sealed,
        confirmed: UnixMicros(confirmed),
        due: UnixMicros(due),
    }))
}

pub(super) fn view(row: &SqliteRow) -> Result<Option<View>, Error> {
    let (account, until) = (row.try_get::<Option<i64>, _>(19)?, row.try_get(20)?);
    let (Some(account), Some(until)) = (account, until) else {
        return Ok(None);
    };
    Ok(Some(View {
        account: AccountId(unsigned("an account's number", account)?),
        until: UnixMicros(until),
    }))
}

pub(super) fn setup_token(row: &SqliteRow) -> Result<SetupToken, Error> {
    let account: Option<i64> = row.try_get(1)?;
    Ok(SetupToken {
        center: CenterId::parse(row.try_get(0)?)?,
        account: account
            .map(|id| unsigned("an account's number", id))
            .transpose()?
            .map(AccountId),
        expires: UnixMicros(row.try_get(2)?),
    })
}

pub(super) fn tv_token(row: &SqliteRow) -> Result<TvToken, Error> {
    Ok(TvToken {
        id: TvTokenId(unsigned("a wall display token", row.try_get(0)?)?),
        center: CenterId::parse(row.try_get(1)?)?,
        board: row.try_get(2)?,
        created_by: AccountId(unsigned("an account's number", row.try_get(3)?)?),
        created: UnixMicros(row.try_get(4)?),
    })
}
