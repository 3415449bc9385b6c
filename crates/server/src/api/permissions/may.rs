//! "Why can X do Y": what the doors and the core would say, and why. Nothing is decided here.

use crate::api::accounts;
use crate::api::body::{At, Query};
use crate::api::contacts::past;
use crate::api::settings::not_found;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{AccessManager, actor_of};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::explain::{Because, Explanation, Missing, Object, explain};
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::permission::{Permission, lacking};
use tandem_core::role::Role;
use tandem_core::scope::Part;
use tandem_core::settings::Kind;
use tandem_core::state::State as CenterState;
use tandem_store::Standing;
use utoipa::ToSchema;

/// What is asked about.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Asked {
    /// A permission's word.
    permission: String,
    /// With this queue.
    queue: Option<u64>,
    /// With this agent.
    agent: Option<u64>,
    /// With this contact.
    contact: Option<u64>,
}

/// Whether an account may, and why.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct May {
    allowed: bool,
    because: Vec<BecauseView>,
    /// None: it is allowed.
    missing: Option<MissingView>,
}

/// What speaks for it.
#[derive(Serialize, ToSchema)]
struct BecauseView {
    /// `role`, `everything`, `part` or `own`.
    code: &'static str,
    /// The role that allows it.
    role: Option<&'static str>,
    /// The part of the scope that has the object.
    part: Option<PartView>,
}

/// A part of a scope.
#[derive(Serialize, ToSchema)]
struct PartView {
    /// `queue`, `team` or `site`.
    kind: &'static str,
    id: u64,
    name: String,
}

/// What speaks against it.
#[derive(Serialize, ToSchema)]
struct MissingView {
    /// `role`, `scope` or `standing`.
    code: &'static str,
    /// The roles that would allow it.
    roles: Vec<&'static str>,
    /// For people.
    detail: String,
}

/// Why an account may do something, or what is missing. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/accounts/{id}/may", tag = "accounts",
    operation_id = "accounts_may",
    params(("center" = String, Path), ("id" = u64, Path), Asked),
    responses((status = 200, body = May),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    Query(asked): Query<Asked>,
) -> Result<Json<May>, Problem> {
    let account = accounts::find(&app, &by, id).await?;
    let mut permissions = Permission::ALL.into_iter();
    let permission = permissions.find(|it| it.word() == asked.permission);
    let permission = permission.ok_or_else(|| {
        let words = Permission::ALL.map(Permission::word).join(", ");
        Problem::invalid("permission", format!("is none; write one of {words}"))
    })?;
    let object = object(&by.center, &asked).await?;
    let actor = actor_of(&account);
    let mut told = by.center.engine.view().read(|projection| {
        let state = projection.center.state();
        view(
            state,
            permission,
            &explain(state, &actor, permission, &object),
        )
    });
    if account.standing == Standing::Disabled {
        told.allowed = false;
        told.missing = Some(MissingView {
            code: "standing",
            roles: Vec::new(),
            detail: "this account is disabled; open it first".to_owned(),
        });
    }
    Ok(Json(told))
}

async fn object(center: &Center, asked: &Asked) -> Result<Object, Problem> {
    match (asked.queue, asked.agent, asked.contact) {
        (None, None, None) => Ok(Object::Nothing),
        (Some(id), None, None) => {
            let view = center.engine.view();
            let is_there = view.read(|projection| {
                let settings = &projection.center.state().settings;
                settings.queue(QueueId(id)).is_some()
            });
            let queue = is_there.then_some(Object::Queue(QueueId(id)));
            queue.ok_or_else(|| not_found(Kind::Queue, id))
        }
        (None, Some(id), None) => {
            let view = center.engine.view();
            let is_there = view.read(|projection| {
                let agents = &projection.center.state().agents;
                agents.get(AgentId(id)).is_some()
            });
            let agent = is_there.then_some(Object::Agent(AgentId(id)));
            agent.ok_or_else(|| not_found(Kind::Agent, id))
        }
        (None, None, Some(id)) => contact(center, ContactId(id)).await,
        _ => Err(Problem::invalid(
            "queue",
            "name a queue, an agent or a contact, and only one of them",
        )),
    }
}

async fn contact(center: &Center, id: ContactId) -> Result<Object, Problem> {
    let holders: Vec<AgentId> = center.engine.view().read(|projection| {
        let live = projection.center.state().contacts.get(id);
        let third = live.and_then(|it| it.third()?.agent());
        let holder = live.and_then(tandem_core::contact::Contact::agent);
        holder.into_iter().chain(third).collect()
    });
    let looked = past::look(center, id, |story| {
        let queues = story.figures.queues.iter().copied().chain(story.queue);
        Object::Contact {
            queues: queues.collect(),
            agents: story.agents.iter().chain(&holders).copied().collect(),
        }
    });
    let unknown = || Problem::not_found(&format!("there is no contact {id}"));
    looked.await?.ok_or_else(unknown)
}

fn view(state: &CenterState, permission: Permission, explained: &Explanation) -> May {
    May {
        allowed: explained.is_allowed(),
        because: { explained.because.iter() }
            .map(|it| because(state, *it))
            .collect(),
        missing: explained.missing.map(|it| missing(permission, it)),
    }
}

fn because(state: &CenterState, because: Because) -> BecauseView {
    let (code, role, part) = match because {
        Because::Role(role) => ("role", Some(role.word()), None),
        Because::Everything => ("everything", None, None),
        Because::Part(part) => ("part", None, Some(part_view(state, part))),
        Because::Own => ("own", None, None),
    };
    BecauseView { code, role, part }
}

fn part_view(state: &CenterState, part: Part) -> PartView {
    let settings = &state.settings;
    let (kind, id, name) = match part {
        Part::Queue(id) => ("queue", id.0, settings.queue(id).map(|it| &it.name)),
        Part::Team(id) => {
            let team = settings.teams.get(&id);
            ("team", id.0, team.map(|it| &it.document.name))
        }
        Part::Site(id) => {
            let site = settings.sites.get(&id);
            ("site", id.0, site.map(|it| &it.document.name))
        }
    };
    PartView {
        kind,
        id,
        name: name.cloned().unwrap_or_default(),
    }
}

fn missing(permission: Permission, missing: Missing) -> MissingView {
    match missing {
        Missing::Role => MissingView {
            code: "role",
            roles: { Role::that_allow(&[permission]).into_iter() }
                .map(Role::word)
                .collect(),
            detail: lacking(&[permission]),
        },
        Missing::Scope => MissingView {
            code: "scope",
            roles: Vec::new(),
            detail: "a role allows it, but this is in no part of the scope; widen the scope"
                .to_owned(),
        },
    }
}
