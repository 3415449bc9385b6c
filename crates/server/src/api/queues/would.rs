//! Where a contact would go that joined a queue now, at each step of the queue's plan; and why not to a certain agent.

use crate::api::body::{At, Query};
use crate::api::contacts::agent_named;
use crate::api::decisions::DecisionView;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::{Deserialize, Serialize};
use tandem_core::ids::{AgentId, QueueId, SubjectRef};
use tandem_core::routing::Exclusion;
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::story::Decided;
use utoipa::ToSchema;

/// Whom else it is asked about.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct About {
    /// Whether this agent is considered at each step, and why not.
    agent_id: Option<u64>,
}

/// Where a contact would go that nobody has called about yet.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Would {
    queue_id: u64,
    /// Contacts that wait in the queue and would be served before, unless their priority is a later one.
    waiting: u64,
    /// The queue's own requirement, then each step of its plan.
    steps: Vec<WouldAt>,
}

/// Where it would go at a step.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WouldAt {
    /// From so many seconds of waiting on.
    after_s: u32,
    /// As if it were made now; its contact and its place are those that the next one would have.
    decision: DecisionView,
    /// Whether the agent who was asked about is considered. Left out when nobody was.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Considered>,
}

/// Whether an agent is considered.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Considered {
    agent_id: u64,
    name: String,
    /// Why not; none when the agent is.
    #[schema(value_type = Option<String>)]
    excluded: Option<Exclusion>,
}

/// Where a contact would go that joined the queue now, at each step of its plan, and with `agent_id` whether that agent is
/// considered. Nothing is decided by asking. Permission: see_floor; queue and agent in scope.
#[utoipa::path(get, path = "/{center}/queues/{id}/would", tag = "floor", operation_id = "queue_would",
    params(("center" = String, Path), ("id" = u64, Path), About),
    responses((status = 200, body = Would),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn would(
    by: FloorReader,
    At(id): At<u64>,
    Query(about): Query<About>,
) -> Result<Json<Would>, Problem> {
    let (center, queue) = (&by.center, QueueId(id));
    let sight = by.sight();
    if !sight.has_contact([queue], []) {
        return Err(by.out_of_scope(format!("queue {id}")).await);
    }
    let agent = about.agent_id.map(AgentId);
    if let Some(agent) = agent.filter(|it| !sight.has_agent(*it)) {
        return Err(by.out_of_scope(format!("agent {agent}")).await);
    }
    let now = center.clock.now();
    let (decided, named) = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let decided = steps(state, now, queue);
        let named = persons(state, &decided, agent);
        (decided, named)
    });
    center.people.open(&named).await?;
    let found = center.engine.view().read(|projection| {
        let state = projection.center.state();
        if let Some(agent) = agent
            && state.agents.get(agent).is_none()
        {
            return Err(Problem::not_found(&format!("there is no agent {agent}")));
        }
        let steps = decided.into_iter().map(|(after_s, it)| {
            let step = it.decision.plan_step;
            let mut seen = it;
            seen.decision.next.retain(|it| sight.has_agent(it.agent));
            WouldAt {
                after_s,
                decision: DecisionView::of(center, state, &seen),
                agent: agent.map(|agent| considered(center, state, agent, queue, step)),
            }
        });
        let steps: Vec<_> = steps.collect();
        if steps.is_empty() {
            return Err(Problem::not_found(&format!("there is no queue {id}")));
        }
        Ok(Would {
            queue_id: id,
            waiting: u64::try_from(state.n_waiting(queue)).unwrap_or(u64::MAX),
            steps,
        })
    });
    found.map(Json)
}

/// What would be decided at each step, with its second; nothing when there is no such queue.
fn steps(state: &State, now: Timestamp, queue: QueueId) -> Vec<(u32, Decided)> {
    let Some(document) = state.settings.queue(queue) else {
        return Vec::new();
    };
    let seconds = document.plan.iter().map(|step| step.after_s);
    let seconds = std::iter::once(0).chain(seconds);
    let steps = (0..document.n_steps()).zip(seconds);
    let decided = steps.filter_map(|(step, after_s)| {
        let decision = state.would_decide(now, queue, step)?;
        Some((after_s, Decided { at: now, decision }))
    });
    decided.collect()
}

/// The names that will be told.
fn persons(state: &State, decided: &[(u32, Decided)], agent: Option<AgentId>) -> Vec<SubjectRef> {
    let candidates = decided
        .iter()
        .flat_map(|(_, it)| it.decision.chosen.iter().chain(&it.decision.next));
    let agents = candidates.map(|it| it.agent).chain(agent);
    let known = agents.filter_map(|it| state.agents.get(it));
    known.map(|it| it.profile.person).collect()
}

fn considered(
    center: &Center,
    state: &State,
    agent: AgentId,
    queue: QueueId,
    step: u32,
) -> Considered {
    let named = agent_named(center, state, agent);
    Considered {
        agent_id: named.id,
        name: named.name,
        excluded: state.why_not(agent, queue, step),
    }
}
