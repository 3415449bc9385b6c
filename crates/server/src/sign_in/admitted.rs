//! Who asks, and whether the roles allow it: the only mechanism by which a route is opened. A handler
//! names its door in its signature; whoever is turned away is recorded for the audit.

use super::cookie::cookie_token;
use super::microsoft::still_vouched;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::marker::PhantomData;
use std::sync::Arc;
use tandem_core::ids::AgentId;
use tandem_core::input::Input;
use tandem_core::role::{Actor, Role};
use tandem_core::time::Timestamp;
use tandem_store::{Account, Accounts, Session, TokenHash, UnixMicros};

/// Header that a page of our own origin sets, and a form of another cannot.
const REQUEST_HEADER: &str = "x-tandem-request";

/// Who may pass.
pub trait Door: Send + Sync + 'static {
    /// The roles of which one is needed; none means everybody who is signed in.
    const ANY_OF: &'static [Role];
}

macro_rules! doors {
    ($($(#[$doc:meta])* $alias:ident = $door:ident [$($role:ident),*];)+) => {$(
        #[doc(hidden)]
        pub struct $door;
        impl Door for $door {
            const ANY_OF: &'static [Role] = &[$(Role::$role),*];
        }
        $(#[$doc])*
        pub type $alias = Admitted<$door>;
    )+};
}

doors! {
    /// Everybody who is signed in.
    Anyone = AnyoneDoor [];
    /// Agents.
    Agent = AgentDoor [Agent];
    /// Supervisors, and administrators.
    Supervisor = SupervisorDoor [Supervisor];
    /// Administrators.
    Administrator = AdministratorDoor [Administrator];
    /// Agents and supervisors; the route looks closer.
    AgentOrSupervisor = AgentOrSupervisorDoor [Agent, Supervisor];
}

/// Somebody who passed a door.
pub struct Admitted<D> {
    /// The contact center that the route names.
    pub center: Arc<Center>,
    /// The account.
    pub account: Account,
    /// As whom the core knows it.
    pub actor: Actor,
    /// The token that was presented.
    pub token: TokenHash,
    door: PhantomData<D>,
}

impl<D> Admitted<D> {
    /// The agent that the account is.
    ///
    /// # Errors
    /// A refusal when it is none.
    pub fn agent(&self) -> Result<AgentId, Problem> {
        self.actor
            .agent
            .ok_or_else(|| tandem_core::refusal::Refusal::NotAnAgent.into())
    }
}

impl<D: Door> FromRequestParts<Arc<App>> for Admitted<D> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let center = center_of(parts, app).await?;
        let (token, is_cookie) = presented(&parts.headers, app.is_https)
            .ok_or_else(|| Problem::unauthorized("sign in first"))?;
        let hash = TokenHash::of(token);
        if is_cookie && !parts.method.is_safe() && !parts.headers.contains_key(REQUEST_HEADER) {
            let detail = format!("a request with the cookie needs the header {REQUEST_HEADER}: 1");
            return Err(Problem {
                code: "request_header_missing",
                ..Problem::forbidden(&detail)
            });
        }
        let session = session_of(app, &center, hash).await?;
        let actor = actor_of(&session.account);
        if !D::ANY_OF.is_empty() && !D::ANY_OF.iter().any(|role| actor.holds(*role)) {
            return Err(turn_away::<D>(&center, actor, parts).await);
        }
        Ok(Self {
            center,
            account: session.account,
            actor,
            token: hash,
            door: PhantomData,
        })
    }
}

async fn center_of(parts: &mut Parts, app: &App) -> Result<Arc<Center>, Problem> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|_none| Problem::not_found("there is no such route"))?;
    let named = params.iter().find(|(name, _)| *name == "center");
    app.center(named.map_or("", |(_, id)| id))
}

/// The token of a request, and whether it came by cookie. The header wins.
fn presented(headers: &HeaderMap, is_https: bool) -> Option<(&str, bool)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then_some((token.trim(), false));
    }
    cookie_token(headers, is_https).map(|token| (token, true))
}

/// The open session behind a token, if it is one of this contact center.
///
/// # Errors
/// 401 when there is none, 503 when the store does not answer.
pub async fn session_of(app: &App, center: &Center, token: TokenHash) -> Result<Session, Problem> {
    let session = open_session(app, center, token, app.clock.now()).await?;
    still_vouched(app, center, token, session).await
}

/// As the store has it; whether a directory still vouches for it is not asked.
pub(super) async fn open_session(
    app: &App,
    center: &Center,
    token: TokenHash,
    now: Timestamp,
) -> Result<Session, Problem> {
    let session = app
        .store
        .session(token, UnixMicros(now.as_micros()))
        .await?;
    session
        .filter(|session| session.account.center == *center.id())
        .ok_or_else(|| Problem::unauthorized("your sign-in has ended; sign in again"))
}

/// The roles of an account; a word that is not one gives nothing.
#[must_use]
pub fn account_roles(account: &Account) -> Vec<Role> {
    [Role::Agent, Role::Supervisor, Role::Administrator]
        .into_iter()
        .filter(|role| account.roles.iter().any(|word| word == role.word()))
        .collect()
}

/// As whom the core knows an account.
#[must_use]
pub fn actor_of(account: &Account) -> Actor {
    Actor {
        account: account.id,
        roles: account_roles(account),
        agent: account.agent,
    }
}

async fn turn_away<D: Door>(center: &Center, actor: Actor, parts: &Parts) -> Problem {
    let path = parts
        .extensions
        .get::<MatchedPath>()
        .map_or("?", MatchedPath::as_str);
    let action = format!("{} {path}", parts.method);
    let denied = Input::TurnedAway {
        actor: Some(actor),
        action,
    };
    if let Err(error) = center.engine.submit(denied).await {
        // Nothing is let in without a record, and nothing is told that is not recorded.
        tracing::warn!(center = %center.id(), %error, "a denial could not be recorded");
    }
    let words: Vec<&str> = D::ANY_OF.iter().map(|role| role.word()).collect();
    let detail = format!(
        "this needs the role {}; an administrator can grant it",
        words.join(" or ")
    );
    Problem::forbidden(&detail)
}
