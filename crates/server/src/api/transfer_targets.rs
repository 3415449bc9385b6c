//! To whom an agent can hand a contact over, or whom the agent can ask, as it stands now.

use super::body::{Query, Search};
use super::time::Instant;
use super::{Named, agent_named, queue_named};
use crate::center::Center;
use crate::engine::Projection;
use crate::problem::Problem;
use crate::sign_in::Agent;
use axum::Json;
use serde::Serialize;
use tandem_core::agent::Agent as Colleague;
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::schedule::Hours;
use tandem_core::state::State;
use utoipa::ToSchema;

/// Of each kind, at most.
const EACH_MAX: usize = 50;

/// Queues and colleagues whose name has the searched part, at most 50 of each.
#[derive(Serialize, ToSchema)]
pub(super) struct TransferTargets {
    queues: Vec<QueueTarget>,
    colleagues: Vec<ColleagueTarget>,
}

/// A queue.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueTarget {
    #[serde(flatten)]
    queue: Named,
    waiting: u64,
    longest_since: Option<Instant>,
    /// Those who may serve it and want contacts, busy or not, without the one who asks.
    ready: u32,
    /// What its hours say.
    is_open: bool,
}

/// A colleague who is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct ColleagueTarget {
    #[serde(flatten)]
    agent: Named,
    /// As on the board.
    state: &'static str,
    since: Instant,
    /// Whether the colleague can be called now.
    is_free: bool,
}

/// To whom a contact can go. Role: agent.
#[utoipa::path(get, path = "/{center}/transfer-targets", tag = "desk",
    operation_id = "transfer_targets", params(("center" = String, Path), Search),
    responses((status = 200, body = TransferTargets),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    by: Agent,
    Query(Search { search }): Query<Search>,
) -> Result<Json<TransferTargets>, Problem> {
    let own = by.agent()?;
    let center = &by.center;
    let view = center.engine.view();
    let persons: Vec<_> = view.read(|projection| {
        let here = projection.center.state().agents.iter();
        let here = here.filter(|(_, agent)| agent.session.is_some());
        here.map(|(_, agent)| agent.profile.person).collect()
    });
    center.people.open(&persons).await?;
    let wanted = search.trim().to_lowercase();
    Ok(Json(view.read(|projection| {
        targets(center, projection, own, &wanted)
    })))
}

fn targets(
    center: &Center,
    projection: &Projection,
    own: AgentId,
    wanted: &str,
) -> TransferTargets {
    let state = projection.center.state();
    let matches = |named: &Named| named.name.to_lowercase().contains(wanted);
    let queues = state
        .settings
        .queues
        .keys()
        .map(|id| queue_named(state, id));
    let queues = queues.filter(matches).take(EACH_MAX);
    let colleagues = state.agents.iter();
    let colleagues = colleagues.filter(|(id, it)| *id != own && it.session.is_some());
    let colleagues = colleagues.map(|(id, it)| (agent_named(center, state, id), it));
    let colleagues = colleagues
        .filter(|(named, _)| matches(named))
        .take(EACH_MAX);
    TransferTargets {
        queues: queues
            .map(|queue| queue_target(center, projection, own, queue))
            .collect(),
        colleagues: colleagues
            .map(|(named, it)| colleague(state, named, it))
            .collect(),
    }
}

fn queue_target(
    center: &Center,
    projection: &Projection,
    own: AgentId,
    queue: Named,
) -> QueueTarget {
    let state = projection.center.state();
    let id = QueueId(queue.id);
    QueueTarget {
        waiting: projection.board.n_waiting(id),
        longest_since: projection.board.longest_since(id).map(Instant),
        ready: n_ready(state, own, id),
        is_open: state.hours_of(center.clock.now(), id) == Hours::Open,
        queue,
    }
}

/// Without the one who asks: whoever gives a contact away is not meant to get it back.
fn n_ready(state: &State, own: AgentId, queue: QueueId) -> u32 {
    let is_own = state.served_by(own).any(|it| it == queue);
    state.n_ready(queue).saturating_sub(u32::from(is_own))
}

fn colleague(state: &State, agent: Named, it: &Colleague) -> ColleagueTarget {
    ColleagueTarget {
        state: crate::live::board::display_word(it.display),
        since: it.since.into(),
        is_free: state.is_free_to_call(AgentId(agent.id), None).is_ok(),
        agent,
    }
}
