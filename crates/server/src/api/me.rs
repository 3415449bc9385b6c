//! Whoever asks: the account, and what an agent wants.

pub(super) mod favorites;
pub(super) mod teams;

use super::body::Body;
use super::info::CenterInfo;
use super::refusal::done;
use super::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{Admitted, Agent, Anyone, Viewing, account_roles};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::ids::ReasonId;
use tandem_core::input::{Input, IntentChoice, Request};
use tandem_core::permission::Permission;
use tandem_core::privacy::AgentFigures;
use tandem_core::turn::Reply;
use tandem_store::{Account, SealedSubject};
use utoipa::ToSchema;

/// An account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountView {
    id: u64,
    username: String,
    name: Option<String>,
    roles: Vec<&'static str>,
    /// What the roles allow; whether something is in the scope is asked with each thing.
    permissions: Vec<&'static str>,
    origin: Origin,
    /// The agent that the account is, if it is one.
    agent_id: Option<u64>,
}

/// Who vouches for an account.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Origin {
    /// This contact center, by a password.
    Local,
    /// Microsoft Entra.
    Microsoft,
    /// An API key acts through it; nobody signs in.
    ApiKey,
}

impl Origin {
    pub(super) const fn of(account: &Account) -> Self {
        match account.person {
            Some(_) => Self::Microsoft,
            None if account.is_key => Self::ApiKey,
            None => Self::Local,
        }
    }
}

impl AccountView {
    pub(super) async fn of(center: &Center, account: &Account) -> Result<Self, Problem> {
        let name = match account.name {
            Some(name) => center.people.name(name).await?,
            None => None,
        };
        let roles = account_roles(account);
        let allows = |it: &Permission| roles.iter().any(|role| role.permissions().contains(it));
        Ok(Self {
            id: account.id.0,
            username: account.username.clone(),
            name: name.map(|name| name.to_string()),
            roles: roles.iter().map(|role| role.word()).collect(),
            permissions: { Permission::ALL.into_iter() }
                .filter(allows)
                .map(Permission::word)
                .collect(),
            origin: Origin::of(account),
            agent_id: account.agent.map(|agent| agent.0),
        })
    }
}

/// Whoever asks.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    account: AccountView,
    center: CenterSeen,
    /// Who looks as the account, if it is somebody else's.
    view: Option<ViewOn>,
    /// For clocks that tick in the browser.
    server_time: Instant,
}

/// The contact center, for whoever is signed in.
#[derive(Serialize, ToSchema)]
struct CenterSeen {
    #[serde(flatten)]
    info: CenterInfo,
    /// Of whom figures are told: `each` agent, or of a `team` alone.
    #[schema(value_type = String)]
    agent_figures: AgentFigures,
}

/// Somebody looks as the account: nothing can be changed.
#[derive(Serialize, ToSchema)]
struct ViewOn {
    by: Looker,
    /// When it ends by itself.
    until: Instant,
}

/// Who looks.
#[derive(Serialize, ToSchema)]
struct Looker {
    id: u64,
    username: String,
    name: Option<String>,
}

impl ViewOn {
    async fn of(center: &Center, viewing: &Viewing) -> Result<Self, Problem> {
        let name = match viewing.by.name {
            Some(name) => center.people.name(name).await?,
            None => None,
        };
        Ok(Self {
            by: Looker {
                id: viewing.by.id.0,
                username: viewing.by.username.clone(),
                name: name.map(|name| name.to_string()),
            },
            until: viewing.until.into(),
        })
    }
}

/// What an agent wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    intent: Intent,
    /// Needed with `not_ready`.
    reason_id: Option<u64>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Intent {
    Ready,
    NotReady,
    SignedOut,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Said {
    /// Whether a supervisor was asked, and nothing has changed until one grants it.
    is_petition: bool,
}

/// It was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Nothing {}

/// Whoever asks. Anybody who is signed in.
#[utoipa::path(get, path = "/{center}/me", tag = "desk", operation_id = "me",
    params(("center" = String, Path)),
    responses((status = 200, body = Me),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(State(app): State<Arc<App>>, by: Anyone) -> Result<Json<Me>, Problem> {
    let privacy = {
        let view = by.center.engine.view();
        view.read(|projection| projection.center.state().settings.privacy())
    };
    let view = match &by.viewing {
        Some(viewing) => Some(ViewOn::of(&by.center, viewing).await?),
        None => None,
    };
    Ok(Json(Me {
        account: AccountView::of(&by.center, &by.account).await?,
        center: CenterSeen {
            info: CenterInfo::of(&by.center.config),
            agent_figures: privacy.agent_figures,
        },
        view,
        server_time: app.clock.now().into(),
    }))
}

/// What the agent wants: contacts, none, or to leave; signs the agent in. For a reason that a supervisor must grant, one is
/// asked, and until then the agent stays what the agent is. Role: agent.
#[utoipa::path(post, path = "/{center}/me/state", tag = "desk", operation_id = "set_state",
    params(("center" = String, Path)), request_body = Wish,
    responses((status = 200, body = Said),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn set_state(by: Agent, Body(wish): Body<Wish>) -> Result<Json<Said>, Problem> {
    let request = match wish.intent {
        Intent::Ready => Request::SetIntent {
            intent: IntentChoice::Ready,
        },
        Intent::NotReady => Request::SetIntent {
            intent: not_ready(&by.center, wish.reason_id)?,
        },
        Intent::SignedOut => Request::SignOut,
    };
    let actor = by.actor;
    let input = Input::Asked { actor, request };
    let committed = by.center.engine.submit_and_see(input, Vec::new()).await?;
    let is_petition = committed.reply == Reply::Petitioned;
    if !is_petition {
        done(committed)?;
    }
    Ok(Json(Said { is_petition }))
}

/// Without a reason, the first one that is to be had: an agent who has only just come has not chosen yet.
fn not_ready(center: &Center, reason_id: Option<u64>) -> Result<IntentChoice, Problem> {
    let first = || {
        center.engine.view().read(|projection| {
            let mut reasons = projection.center.state().settings.reasons_to_choose();
            let found = reasons.find(|(_, reason)| !reason.needs_supervisor);
            found.map(|(id, _)| id)
        })
    };
    let reason = reason_id.map(ReasonId).or_else(first);
    let missing = || Problem::invalid("reason_id", "choose a reason; an administrator makes them");
    Ok(IntentChoice::NotReady {
        reason: reason.ok_or_else(missing)?,
    })
}

/// Asks the core on behalf of whoever passed a door.
pub(super) async fn ask<D>(by: Admitted<D>, request: Request) -> Result<Json<Nothing>, Problem> {
    ask_keeping(by, request, Vec::new()).await
}

/// As [`ask`], with the personal data that the request names: they become durable with it.
pub(super) async fn ask_keeping<D>(
    by: Admitted<D>,
    request: Request,
    subjects: Vec<SealedSubject>,
) -> Result<Json<Nothing>, Problem> {
    let input = Input::Asked {
        actor: by.actor,
        request,
    };
    done(by.center.engine.submit_and_see(input, subjects).await?)?;
    Ok(Json(Nothing {}))
}
