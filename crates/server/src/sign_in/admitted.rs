//! Who asks, and whether the roles allow it: the only mechanism by which a route is opened. A handler
//! names its door in its signature; whoever is turned away is recorded for the audit.

use super::api_key::{KEY_PREFIX, Scope};
use super::attempts::TooMany;
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
use tandem_store::{Account, Accounts, ApiKeys, Session, TokenHash, UnixMicros};

/// Header that a page of our own origin sets, and a form of another cannot.
const REQUEST_HEADER: &str = "x-tandem-request";

/// Who may pass.
pub trait Door: Send + Sync + 'static {
    /// The roles of which one is needed; none means everybody who is signed in.
    const ANY_OF: &'static [Role];
    /// The scope with which an API key may pass as well.
    const SCOPE: Option<Scope>;
}

macro_rules! doors {
    ($($(#[$doc:meta])* $alias:ident = $door:ident [$($role:ident),*] $($scope:ident)?;)+) => {$(
        #[doc(hidden)]
        pub struct $door;
        impl Door for $door {
            const ANY_OF: &'static [Role] = &[$(Role::$role),*];
            const SCOPE: Option<Scope> = [$(Some(Scope::$scope),)? None][0];
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
    /// Agents and supervisors, and keys that may read contacts; the route looks closer.
    ContactReader = ContactReaderDoor [Agent, Supervisor] ContactsRead;
    /// Supervisors, and keys that may read the board.
    BoardReader = BoardReaderDoor [Supervisor] BoardRead;
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

    /// Turns away somebody who may come in, from what is another's: on record, and with the reason.
    pub(crate) async fn turned_away(&self, action: String, detail: &str) -> Problem {
        let denied = Input::TurnedAway {
            actor: Some(self.actor.clone()),
            action,
        };
        match self.center.engine.submit(denied).await {
            Ok(_) => Problem::forbidden(detail),
            Err(error) => error.into(),
        }
    }
}

impl<D: Door> FromRequestParts<Arc<App>> for Admitted<D> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let center = center_of(parts, app).await?;
        let (token, is_cookie) = presented(&parts.headers, app.is_https)
            .ok_or_else(|| Problem::unauthorized("sign in first"))?;
        let hash = TokenHash::of(token);
        if token.starts_with(KEY_PREFIX) {
            return by_key(app, center, hash, is_cookie, parts).await;
        }
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

/// A program that shows a key: its scope opens this door, or nothing does.
async fn by_key<D: Door>(
    app: &App,
    center: Arc<Center>,
    token: TokenHash,
    is_cookie: bool,
    parts: &Parts,
) -> Result<Admitted<D>, Problem> {
    let now = app.clock.now();
    let key = app
        .store
        .api_key(token, UnixMicros(now.as_micros()))
        .await?;
    let key = key.filter(|key| !is_cookie && key.center == *center.id());
    let unknown = || Problem::unauthorized("this API key is not known, was revoked or has expired");
    let key = key.ok_or_else(unknown)?;
    if let Err(retry_after_s) = app.key_rates.count(key.id, now) {
        return Err(TooMany { retry_after_s }.into());
    }
    let account = app.store.account(key.account).await?;
    let account = account.ok_or_else(unknown)?;
    let actor = Actor {
        account: account.id,
        roles: vec![Role::Supervisor],
        agent: None,
    };
    let detail = match D::SCOPE {
        Some(scope) if key.scopes.iter().any(|it| it == scope.word()) => {
            return Ok(Admitted {
                center,
                account,
                actor,
                token,
                door: PhantomData,
            });
        }
        Some(scope) => format!("this needs a key with the scope {}", scope.word()),
        None => {
            "API keys do not open this route; see docs/api-keys.md for those they do".to_owned()
        }
    };
    note_denial(&center, actor, parts).await;
    Err(Problem {
        code: "key_scope",
        ..Problem::forbidden(&detail)
    })
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
    note_denial(center, actor, parts).await;
    let words: Vec<&str> = D::ANY_OF.iter().map(|role| role.word()).collect();
    let detail = format!(
        "this needs the role {}; an administrator can grant it",
        words.join(" or ")
    );
    Problem::forbidden(&detail)
}

async fn note_denial(center: &Center, actor: Actor, parts: &Parts) {
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
}
