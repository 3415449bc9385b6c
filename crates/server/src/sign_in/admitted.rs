//! Who asks, and whether the permissions of their roles allow it: the only mechanism by which a route is opened. A handler
//! names its door in its signature; whoever is turned away is recorded for the audit.

use super::api_key::{KEY_PREFIX, Scope};
use super::attempts::TooMany;
use super::cookie::cookie_token;
use super::microsoft::still_vouched;
use super::standpoint::{Viewing, standpoint_of};
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::marker::PhantomData;
use std::sync::Arc;
use tandem_core::ids::{AccountId, AgentId, FlowId, QueueId};
use tandem_core::input::Input;
use tandem_core::permission::{self, Permission};
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Sight;
use tandem_core::settings::Kind;
use tandem_core::time::Timestamp;
use tandem_store::{Account, Accounts, ApiKeys, Session, TokenHash, UnixMicros};

/// Header that a page of our own origin sets, and a form of another cannot.
const REQUEST_HEADER: &str = "x-tandem-request";

/// Who may pass.
pub trait Door: Send + Sync + 'static {
    /// The permissions of which one is needed; none means everybody who is signed in.
    const ANY_OF: &'static [Permission];
    /// The scope with which an API key may pass as well.
    const SCOPE: Option<Scope>;
    /// What a look is worth that passes as another account.
    const IN_A_VIEW: InView;
}

/// Whether whoever looks as another account may pass; to change something they never may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InView {
    /// To see what the other sees.
    Open,
    /// It is more than a look: something is heard or taken away, for a purpose and on record.
    Shut,
}

macro_rules! doors {
    ($($(#[$doc:meta])* $alias:ident = $door:ident [$($permission:ident),*] $($scope:ident)? $(=> $view:ident)?;)+) => {$(
        #[doc(hidden)]
        pub struct $door;
        impl Door for $door {
            const ANY_OF: &'static [Permission] = &[$(Permission::$permission),*];
            const SCOPE: Option<Scope> = [$(Some(Scope::$scope),)? None][0];
            const IN_A_VIEW: InView = [$(InView::$view,)? InView::Open][0];
        }
        $(#[$doc])*
        pub type $alias = Admitted<$door>;
    )+};
}

doors! {
    /// Everybody who is signed in.
    Anyone = AnyoneDoor [];
    /// Those who have a desk.
    Agent = AgentDoor [TakeContacts];
    /// Those who watch the floor.
    FloorReader = FloorReaderDoor [SeeFloor];
    /// Those who watch the floor, and keys that may read the board.
    BoardReader = BoardReaderDoor [SeeFloor] BoardRead;
    /// Agents and those who read contacts; the route looks closer.
    ContactLister = ContactListerDoor [TakeContacts, SeeContacts];
    /// The same, and keys that may read contacts; the route looks closer.
    ContactReader = ContactReaderDoor [TakeContacts, SeeContacts] ContactsRead;
    /// Those who take contacts away.
    Exporter = ExporterDoor [ExportContacts] => Shut;
    /// Agents and those who hear recordings; the route looks closer.
    Listener = ListenerDoor [TakeContacts, HearRecordings] => Shut;
    /// Agents and those who have others' recordings pause, and keys of payment pages; the core looks closer.
    RecordingPauser = RecordingPauserDoor [TakeContacts, PauseRecordings] RecordingPause;
    /// Those who hear recordings, or have them verified.
    RecordingsReader = RecordingsReaderDoor [HearRecordings, VerifyRecordings];
    /// Those who look at who did what with a recording.
    AccessesReader = AccessesReaderDoor [HearRecordings, ReadAudit];
    /// Those who have recordings verified.
    RecordingsVerifier = RecordingsVerifierDoor [VerifyRecordings];
    /// Those who hold and erase recordings.
    RecordingsHolder = RecordingsHolderDoor [HoldRecordings];
    /// Those who change the places of who waits.
    WaitingSteerer = WaitingSteererDoor [SteerWaiting];
    /// Those who say what other agents are.
    AgentDirector = AgentDirectorDoor [DirectAgents];
    /// Those who close hours.
    HoursCloser = HoursCloserDoor [CloseHours];
    /// Agents, and those who keep the callback book; the core looks closer.
    CallbackBooker = CallbackBookerDoor [TakeContacts, KeepCallbacks];
    /// The same, and keys of web pages that book.
    WebBooker = WebBookerDoor [TakeContacts, KeepCallbacks] CallbacksBook;
    /// Those who keep the callback book.
    CallbackKeeper = CallbackKeeperDoor [KeepCallbacks];
    /// Those who keep the do-not-call list.
    DoNotCallKeeper = DoNotCallKeeperDoor [KeepDoNotCall];
    /// Those who read settings.
    SettingsReader = SettingsReaderDoor [ReadSettings];
    /// Those who must know what queues, agents and dispositions are called: to read settings, figures or contacts.
    NamesReader = NamesReaderDoor [ReadSettings, SeeFloor, SeeContacts];
    /// The same, and keys that may apply settings.
    DraftReader = DraftReaderDoor [ReadSettings] SettingsApply;
    /// Those who change queues.
    QueueEditor = QueueEditorDoor [EditQueues];
    /// Those who change flows, and what these say and ask.
    FlowEditor = FlowEditorDoor [EditFlows];
    /// Those who change settings.
    SettingsEditor = SettingsEditorDoor [EditSettings];
    /// The same, and keys that may apply settings.
    DraftEditor = DraftEditorDoor [EditSettings] SettingsApply;
    /// Those who read a contact's events.
    EventsReader = EventsReaderDoor [ReadEvents];
    /// Those who read the audit.
    AuditReader = AuditReaderDoor [ReadAudit];
    /// Those who say who may do what.
    AccessManager = AccessManagerDoor [ManageAccess];
    /// Those who act on the running system.
    Operator = OperatorDoor [Operate];
    /// Those who see how the system does.
    HealthReader = HealthReaderDoor [SeeHealth];
}

/// Somebody who passed a door.
pub struct Admitted<D> {
    /// The contact center that the route names.
    pub center: Arc<Center>,
    /// The account; in a view the one that is seen as.
    pub account: Account,
    /// As whom the core knows it.
    pub actor: Actor,
    /// The token that was presented.
    pub token: TokenHash,
    /// Who looks as the account, when it is another.
    pub viewing: Option<Viewing>,
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

    /// What the one who asks sees at this moment.
    pub fn sight(&self) -> Sight {
        let view = self.center.engine.view();
        view.read(|projection| projection.center.state().sight_of(&self.actor))
    }

    /// Turns away from one thing that is there, and beyond the scope: on record.
    pub(crate) async fn out_of_scope(&self, what: String) -> Problem {
        let denied = Input::TurnedAway {
            actor: Some(self.actor.clone()),
            action: format!("{what}, which is out of scope"),
        };
        match self.center.engine.submit(denied).await {
            Ok(_) => tandem_core::refusal::Refusal::OutOfScope { what }.into(),
            Err(error) => error.into(),
        }
    }

    /// Lets through whoever sees a queue, if there is one.
    ///
    /// # Errors
    /// A refusal when it is there and out of scope.
    pub async fn must_see_queue(&self, queue: QueueId) -> Result<(), Problem> {
        let is_there = self.center.engine.view().read(|projection| {
            let settings = &projection.center.state().settings;
            settings.queue(queue).is_some()
        });
        if is_there && !self.actor.scope.has_queue(queue) {
            return Err(self.out_of_scope(format!("queue {queue}")).await);
        }
        Ok(())
    }

    /// Whether a flow is in the scope, to be changed or tried out.
    ///
    /// # Errors
    /// 403 when it is beyond.
    pub async fn must_reach_flow(&self, flow: FlowId) -> Result<(), Problem> {
        let beyond = self.center.engine.view().read(|projection| {
            let settings = &projection.center.state().settings;
            settings.beyond_standing(&self.actor.scope, Kind::Flow, flow.0)
        });
        match beyond {
            Some(what) => Err(self.out_of_scope(what).await),
            None => Ok(()),
        }
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
        let shown = Shown::by(parts, app)?;
        if shown.is_key {
            return by_key(app, center, shown, parts).await;
        }
        shown.check_origin(parts)?;
        let session = session_of(app, &center, shown.token).await?;
        let standpoint = standpoint_of(app, session).await?;
        if !D::ANY_OF.is_empty() && !standpoint.actor.may_any(D::ANY_OF) {
            return Err(turn_away::<D>(&center, standpoint.actor, parts).await);
        }
        let is_look = parts.method.is_safe() && D::IN_A_VIEW == InView::Open;
        if let Some(viewing) = standpoint.viewing.as_ref().filter(|_| !is_look) {
            return Err(viewing.refusal(&standpoint.account));
        }
        Ok(Self {
            center,
            account: standpoint.account,
            actor: standpoint.actor,
            token: shown.token,
            viewing: standpoint.viewing,
            door: PhantomData,
        })
    }
}

/// Somebody who is signed in, whomever they look as: for what is about the sign-in itself.
pub struct Oneself {
    /// The contact center that the route names.
    pub center: Arc<Center>,
    /// The session's own account.
    pub account: Account,
    /// As whom it looks, if that is another.
    pub seen_as: Option<AccountId>,
    /// The token that was presented.
    pub token: TokenHash,
}

impl FromRequestParts<Arc<App>> for Oneself {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let center = center_of(parts, app).await?;
        let shown = Shown::by(parts, app)?;
        if shown.is_key {
            return Err(Problem::unauthorized("an API key is not signed in"));
        }
        shown.check_origin(parts)?;
        let session = session_of(app, &center, shown.token).await?;
        Ok(Self {
            center,
            account: session.account,
            seen_as: session.view.map(|view| view.account),
            token: shown.token,
        })
    }
}

/// What a request shows to be let in.
struct Shown {
    token: TokenHash,
    is_key: bool,
    is_cookie: bool,
}

impl Shown {
    fn by(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let (token, is_cookie) = presented(&parts.headers, app.is_https)
            .ok_or_else(|| Problem::unauthorized("sign in first"))?;
        Ok(Self {
            token: TokenHash::of(token),
            is_key: token.starts_with(KEY_PREFIX),
            is_cookie,
        })
    }

    /// A change that is asked for with the cookie comes from a page of our own.
    fn check_origin(&self, parts: &Parts) -> Result<(), Problem> {
        let is_change = self.is_cookie && !parts.method.is_safe();
        if !is_change || parts.headers.contains_key(REQUEST_HEADER) {
            return Ok(());
        }
        let detail = format!("a request with the cookie needs the header {REQUEST_HEADER}: 1");
        Err(Problem {
            code: "request_header_missing",
            ..Problem::forbidden(&detail)
        })
    }
}

/// A program that shows a key: its scope opens this door, or nothing does.
async fn by_key<D: Door>(
    app: &App,
    center: Arc<Center>,
    shown: Shown,
    parts: &Parts,
) -> Result<Admitted<D>, Problem> {
    let Shown {
        token, is_cookie, ..
    } = shown;
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
        roles: vec![D::SCOPE.map_or(Role::Supervisor, Scope::role)],
        agent: None,
        scope: account.scope.clone(),
    };
    let detail = match D::SCOPE {
        Some(scope) if key.scopes.iter().any(|it| it == scope.word()) => {
            return Ok(Admitted {
                center,
                account,
                actor,
                token,
                viewing: None,
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
    let held = |role: &Role| account.roles.iter().any(|word| word == role.word());
    Role::ALL.into_iter().filter(held).collect()
}

/// As whom the core knows an account. Administrators are never limited: whoever says what others reach could widen the
/// own scope anyhow.
#[must_use]
pub fn actor_of(account: &Account) -> Actor {
    let roles = account_roles(account);
    let scope = if roles.contains(&Role::Administrator) {
        tandem_core::scope::Scope::Everything
    } else {
        account.scope.clone()
    };
    Actor {
        account: account.id,
        roles,
        agent: account.agent,
        scope,
    }
}

async fn turn_away<D: Door>(center: &Center, actor: Actor, parts: &Parts) -> Problem {
    note_denial(center, actor, parts).await;
    Problem::forbidden(&permission::lacking(D::ANY_OF))
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
