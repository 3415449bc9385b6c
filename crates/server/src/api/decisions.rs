//! Routing decisions, explained.

use super::body::{Limit, Query};
use super::contacts::agent_named;
use super::time::Instant;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::Serialize;
use tandem_core::balance::{Balanced, BalancedBy, Objective};
use tandem_core::routing::{Candidate, Exclusion};
use tandem_core::scope::Sight;
use tandem_core::state::State;
use tandem_reports::story::Decided;
use utoipa::ToSchema;

/// Why a contact went to whom it went.
#[derive(Serialize, ToSchema)]
pub(super) struct DecisionView {
    at: Instant,
    contact_id: u64,
    queue_id: u64,
    /// The step of the queue's plan; 0 is the queue's own requirement.
    plan_step: u32,
    key: WaitKeyView,
    /// Nobody: the contact waits.
    chosen: Option<ChosenView>,
    /// Who would have been next, best first.
    next: Vec<CandidateView>,
    /// How many agents were free and able.
    considered: u32,
    /// How many were not, by the first reason that holds.
    excluded: Vec<ExcludedView>,
    /// Why the contact came before the others of its balance group, where an agent who became free got it.
    balanced: Option<BalancedView>,
}

/// By what a contact came before the others of its balance group.
#[derive(Serialize, ToSchema)]
struct BalancedView {
    group_id: u64,
    #[schema(value_type = String)]
    objective: Objective,
    /// `objective`, or `bound`: it waited longer than the group lets anybody.
    #[schema(value_type = String)]
    by: BalancedBy,
    /// What was left of the threshold of its queue; below 0, it was late.
    slack_s: i64,
    /// What its queue counted for.
    weight: u32,
    /// By what it was first; lower is first.
    score: i64,
    /// The first of each other queue that the agent serves, best first.
    rivals: Vec<RivalView>,
}

/// A contact of another queue of the group, which the agent could have had.
#[derive(Serialize, ToSchema)]
struct RivalView {
    contact_id: u64,
    queue_id: u64,
    slack_s: i64,
    weight: u32,
    score: i64,
}

/// The contact's place among those who wait.
#[derive(Serialize, ToSchema)]
struct WaitKeyView {
    priority: u8,
    since: Instant,
    seq: u64,
}

/// Who was chosen, and the key that the choice went by: lower is better, first `rank`, then `order`.
#[derive(Serialize, ToSchema)]
struct ChosenView {
    agent_id: u64,
    name: String,
    idle_since: Instant,
    rank: i64,
    order: i64,
}

#[derive(Serialize, ToSchema)]
struct CandidateView {
    agent_id: u64,
    name: String,
    idle_since: Instant,
    /// By the skills: what preferred levels weigh, and required ones for `best_skill`, below 0.
    rank: i64,
    /// By the queue's strategy.
    order: i64,
}

#[derive(Serialize, ToSchema)]
struct ExcludedView {
    #[schema(value_type = String)]
    reason: Exclusion,
    count: u32,
}

/// The last routing decisions, newest first. Permission: see_floor; what is in scope.
#[utoipa::path(get, path = "/{center}/decisions", tag = "floor", operation_id = "decisions",
    params(("center" = String, Path), Limit),
    responses((status = 200, body = Vec<DecisionView>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    by: FloorReader,
    Query(limit): Query<Limit>,
) -> Result<Json<Vec<DecisionView>>, Problem> {
    let center = &by.center;
    let sight = by.sight();
    let decided: Vec<Decided> = center.engine.view().read(|projection| {
        let decisions = projection.stories.decisions();
        let seen = decisions.filter_map(|it| seen(it, &sight));
        seen.take(limit.or(50)).collect()
    });
    let persons: Vec<_> = center.engine.view().read(|projection| {
        let agents = &projection.center.state().agents;
        let named = decided
            .iter()
            .flat_map(|it| it.decision.chosen.iter().chain(&it.decision.next));
        named
            .filter_map(|it| agents.get(it.agent))
            .map(|agent| agent.profile.person)
            .collect()
    });
    center.people.open(&persons).await?;
    let views = center.engine.view().read(|projection| {
        let state = projection.center.state();
        decided.iter().map(|it| view(center, state, it)).collect()
    });
    Ok(Json(views))
}

/// A decision about a contact in sight, without the agents who are not and did not get it.
fn seen(decided: &Decided, sight: &Sight) -> Option<Decided> {
    let chosen = decided.decision.chosen.iter().map(|it| it.agent);
    if !sight.has_contact([decided.decision.queue], chosen) {
        return None;
    }
    let mut decided = decided.clone();
    decided.decision.next.retain(|it| sight.has_agent(it.agent));
    if let Some(balanced) = &mut decided.decision.balanced {
        balanced
            .rivals
            .retain(|it| sight.has_contact([it.queue], []));
    }
    Some(decided)
}

impl DecisionView {
    pub(super) fn of(center: &Center, state: &State, decided: &Decided) -> Self {
        view(center, state, decided)
    }
}

fn view(center: &Center, state: &State, decided: &Decided) -> DecisionView {
    let decision = &decided.decision;
    let chosen = |candidate: &Candidate| {
        let agent = agent_named(center, state, candidate.agent);
        ChosenView {
            agent_id: agent.id,
            name: agent.name,
            idle_since: candidate.idle_since.into(),
            rank: candidate.rank,
            order: candidate.order,
        }
    };
    let next = |candidate: &Candidate| {
        let agent = agent_named(center, state, candidate.agent);
        CandidateView {
            agent_id: agent.id,
            name: agent.name,
            idle_since: candidate.idle_since.into(),
            rank: candidate.rank,
            order: candidate.order,
        }
    };
    let excluded = decision.excluded.iter();
    DecisionView {
        at: decided.at.into(),
        contact_id: decision.contact.0,
        queue_id: decision.queue.0,
        plan_step: decision.plan_step,
        key: WaitKeyView {
            priority: decision.key.band,
            since: decision.key.since.into(),
            seq: decision.key.seq,
        },
        chosen: decision.chosen.as_ref().map(chosen),
        next: decision.next.iter().map(next).collect(),
        considered: decision.considered,
        excluded: excluded
            .map(|(reason, count)| ExcludedView {
                reason: *reason,
                count: *count,
            })
            .collect(),
        balanced: decision.balanced.as_deref().map(BalancedView::of),
    }
}

impl BalancedView {
    fn of(it: &Balanced) -> Self {
        let rivals = it.rivals.iter().map(|it| RivalView {
            contact_id: it.contact.0,
            queue_id: it.queue.0,
            slack_s: it.slack_s,
            weight: it.weight,
            score: it.score,
        });
        Self {
            group_id: it.group.0,
            objective: it.objective,
            by: it.by,
            slack_s: it.slack_s,
            weight: it.weight,
            score: it.score,
            rivals: rivals.collect(),
        }
    }
}
