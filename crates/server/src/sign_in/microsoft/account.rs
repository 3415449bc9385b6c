//! The account of somebody for whom Entra vouches: made at the first sign-in, brought up to date at every
//! other and at every renewal. Roles are what Entra says now, and nothing else.

use super::refusal::Refused;
use super::{Microsoft, Vouched};
use crate::app::App;
use crate::center::Center;
use crate::people::PeopleError;
use secrecy::ExposeSecret;
use tandem_core::ids::{AgentId, SubjectRef};
use tandem_core::time::Timestamp;
use tandem_store::{
    Account, AccountError, AccountId, Accounts, Admission, Renewal, SealedFor, SignIns, Subjects,
    Token, TokenHash, UnixMicros,
};

/// An open session.
pub(super) struct Opened {
    pub(super) token: Token,
    pub(super) account: AccountId,
}

/// Lets somebody in. Whoever has no role is not; what they had before is taken away.
pub(super) async fn open(
    app: &App,
    center: &Center,
    microsoft: &Microsoft,
    vouched: &Vouched,
    now: Timestamp,
) -> Result<Opened, Refused> {
    let account = admit(app, center, vouched, now).await?;
    let token = Token::generate().map_err(|error| store_failed(&error))?;
    let lifetime = crate::sign_in::SESSION_LIFETIME.as_micros();
    let until = now.plus_micros(i64::try_from(lifetime).unwrap_or(i64::MAX));
    let opened = app.store.open_session(
        token.hash(),
        account,
        UnixMicros(now.as_micros()),
        UnixMicros(until.as_micros()),
    );
    opened.await.map_err(not_opened)?;
    confirm(app, center, microsoft, token.hash(), vouched, now).await?;
    Ok(Opened { token, account })
}

/// Brings the account up to date.
pub(super) async fn admit(
    app: &App,
    center: &Center,
    vouched: &Vouched,
    now: Timestamp,
) -> Result<AccountId, Refused> {
    let known = app.store.account_of(center.id(), &vouched.person).await;
    let known = known.map_err(not_opened)?;
    let no_role = Refused::NoRole {
        username: vouched.username.clone(),
        has_more_groups: vouched.has_more_groups,
    };
    if vouched.roles.is_empty() && known.is_none() {
        return Err(no_role);
    }
    let agent = agent(center, vouched);
    let name = name(app, center, vouched, known.as_ref(), agent).await?;
    let admission = Admission {
        center: center.id().clone(),
        person: vouched.person.clone(),
        username: vouched.username.clone(),
        roles: vouched
            .roles
            .iter()
            .map(|it| it.word().to_owned())
            .collect(),
        agent: agent.map(|(agent, _)| agent),
        name,
    };
    let admitted = app
        .store
        .admit(admission, UnixMicros(now.as_micros()))
        .await;
    let id = admitted.map_err(not_opened)?;
    center.people.accounts_changed();
    if let Some(old) = known.as_ref().and_then(|it| it.name)
        && Some(old) != name
        && known.as_ref().is_some_and(|it| it.agent.is_none())
        && let Err(error) = app.store.erase(center.id(), old).await
    {
        tracing::warn!(center = %center.id(), %error, "an earlier name is left in the store");
    }
    if !vouched.roles.is_empty() {
        return Ok(id);
    }
    // B-043: whoever was unassigned has nothing open either.
    app.store.revoke_sessions(id).await.map_err(not_opened)?;
    Err(no_role)
}

/// Notes with a session until when Entra's word holds, and what it is asked with then.
pub(super) async fn confirm(
    app: &App,
    center: &Center,
    microsoft: &Microsoft,
    token: TokenHash,
    vouched: &Vouched,
    now: Timestamp,
) -> Result<(), Refused> {
    let refresh = vouched.refresh_token.as_ref();
    let refresh = refresh.map_or("", |token| token.expose_secret());
    let sealed = center
        .keys
        .seal_text(center.id(), SealedFor::Renewal, refresh)
        .map_err(|error| store_failed(&error))?;
    let held = i64::try_from(microsoft.confirmed_for().as_micros()).unwrap_or(i64::MAX);
    let renewal = Renewal {
        sealed,
        confirmed: UnixMicros(now.as_micros()),
        due: UnixMicros(now.plus_micros(held).as_micros()),
    };
    let confirmed = app.store.confirm_session(token, renewal).await;
    confirmed.map_err(not_opened)
}

/// The agent whose Teams user this is.
fn agent(center: &Center, vouched: &Vouched) -> Option<(AgentId, SubjectRef)> {
    if vouched.person.tenant != center.config.acs.tenant_id {
        return None;
    }
    center.engine.view().read(|projection| {
        let mut agents = projection.center.state().agents.iter();
        let found = agents.find(|(_, agent)| agent.profile.address == vouched.person.object);
        found.map(|(id, agent)| (id, agent.profile.person))
    })
}

/// The reference of the name: the agent's own, the one from before, or a new one.
async fn name(
    app: &App,
    center: &Center,
    vouched: &Vouched,
    known: Option<&Account>,
    agent: Option<(AgentId, SubjectRef)>,
) -> Result<Option<SubjectRef>, Refused> {
    if let Some((_, person)) = agent {
        return Ok(Some(person));
    }
    let Some(name) = &vouched.name else {
        return Ok(None);
    };
    let failed = |error: PeopleError| store_failed(&error);
    let before = known.and_then(|account| account.name);
    if let Some(before) = before
        && center.people.name(before).await.map_err(failed)?.as_deref() == Some(name.as_str())
    {
        return Ok(Some(before));
    }
    let (fresh, sealed) = center.people.seal(name).await.map_err(failed)?;
    let put = app.store.put(center.id(), vec![sealed]).await;
    put.map_err(|error| store_failed(&error))?;
    Ok(Some(fresh))
}

fn not_opened(error: AccountError) -> Refused {
    match error {
        AccountError::Disabled => Refused::AccountDisabled,
        AccountError::UsernameTaken
        | AccountError::NotFound
        | AccountError::SetupTokenInvalid
        | AccountError::TooMany { .. }
        | AccountError::Store(_) => store_failed(&error),
    }
}

fn store_failed(error: &dyn std::fmt::Display) -> Refused {
    tracing::error!(%error, "a sign-in could not be noted");
    Refused::Store
}
