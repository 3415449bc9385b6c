//! The slow router: a full scan over all agents or all contacts that re-states without
//! any index. What the core decides must equal it (B18).

use std::collections::BTreeMap;
use tandem_core::agent::{Agent, Display};
use tandem_core::contact::{State as Place, Stay};
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::limits;
use tandem_core::queue::{AtClosing, Queue, Strategy};
use tandem_core::routing::{Candidate, Decision, Exclusion, WaitKey};
use tandem_core::schedule::Hours;
use tandem_core::state::State;
use tandem_core::time::Timestamp;

/// The sum of the required levels, or none when a requirement is not met.
fn levels(queue: &Queue, agent: &Agent) -> Option<i64> {
    let mut sum = 0;
    for requirement in &queue.requirements {
        let have = agent
            .profile
            .skills
            .iter()
            .find(|it| it.skill == requirement.skill)?;
        if have.level < requirement.min_level {
            return None;
        }
        sum += i64::from(have.level.0);
    }
    Some(sum)
}

/// Whether the agent has what the queue asks.
pub(crate) fn serves(state: &State, agent: AgentId, queue: QueueId) -> bool {
    match (state.agents.get(agent), state.settings.queue(queue)) {
        (Some(agent), Some(queue)) => levels(queue, agent).is_some(),
        (_, _) => false,
    }
}

/// Whether the agent could take a contact: derived from the axes of R-04, not from the display.
pub(crate) fn is_routable(agent: &Agent) -> bool {
    agent.profile.enabled
        && agent.session.is_some()
        && agent.intent == tandem_core::agent::Intent::Ready
        && agent.slots.is_empty()
}

/// The decision that a full scan takes for a waiting contact.
pub(crate) fn decide(state: &State, id: ContactId) -> Option<Decision> {
    let contact = state.contacts.get(id)?;
    let Place::Queued(stay) = contact.state else {
        return None;
    };
    let queue = state.settings.queue(stay.queue)?;
    let mut candidates = Vec::new();
    let mut excluded: BTreeMap<Exclusion, u32> = BTreeMap::new();
    for (agent_id, agent) in state.agents.iter() {
        let Some(levels) = levels(queue, agent) else {
            *excluded.entry(Exclusion::LacksSkill).or_default() += 1;
            continue;
        };
        let reason = match agent.display {
            Display::SignedOut => Exclusion::SignedOut,
            Display::NotReady => Exclusion::NotReady,
            Display::Offering => Exclusion::Offering,
            Display::Connecting | Display::OnContact => Exclusion::OnContact,
            Display::WrapUp => Exclusion::WrapUp,
            Display::Available if contact.is_cooling(agent_id) => Exclusion::CoolingDown,
            Display::Available => {
                candidates.push(Candidate {
                    rank: match queue.strategy {
                        Strategy::LongestIdle => 0,
                        Strategy::BestSkill => -levels,
                    },
                    idle_since: agent.idle_since(),
                    agent: agent_id,
                });
                continue;
            }
        };
        *excluded.entry(reason).or_default() += 1;
    }
    candidates.sort_unstable();
    Some(Decision {
        contact: id,
        queue: stay.queue,
        chosen: candidates.first().copied(),
        next: candidates
            .iter()
            .skip(1)
            .take(limits::DECISION_NEXT_MAX)
            .copied()
            .collect(),
        considered: u32::try_from(candidates.len()).unwrap_or(u32::MAX),
        excluded: excluded.into_iter().collect(),
        plan_step: 0,
        key: WaitKey {
            band: stay.band,
            since: stay.since,
            seq: stay.seq,
        },
    })
}

/// Whether the hours of its queue send a contact away that waits (B4.6), by asking the schedule.
pub(crate) fn must_leave(state: &State, now: Timestamp, stay: &Stay) -> bool {
    let Some(queue) = state.settings.queue(stay.queue) else {
        return false;
    };
    let schedule = queue.hours.and_then(|it| state.settings.schedules.get(&it));
    schedule.is_some_and(|it| match it.document.at(now) {
        Hours::Open => false,
        Hours::Emergency => true,
        Hours::Closed | Hours::Holiday { .. } => queue.at_closing == AtClosing::Leave,
    })
}

/// A waiting contact that the agent could take and that comes before `contact` by (band, since, seq). One
/// whose longest wait is over at `now`, or whose queue is closed, may be passed over: it is on its way out.
pub(crate) fn comes_before(
    state: &State,
    now: Timestamp,
    agent: AgentId,
    contact: ContactId,
) -> Option<ContactId> {
    let key = |stay: &Stay| (stay.band, stay.since, stay.seq);
    let own = state.contacts.get(contact)?.stay().map(key)?;
    let mut others = state.contacts.iter().filter_map(|(id, other)| {
        let Place::Queued(stay) = other.state else {
            return None;
        };
        // One of whose call, or sound, nothing was heard is not put to anybody yet.
        let stays = other.message.is_some() || !must_leave(state, now, &stay);
        let is_patient = stay.until > now && !other.is_held_back() && stays;
        let is_able = !other.is_cooling(agent) && serves(state, agent, stay.queue);
        (key(&stay) < own && is_patient && is_able).then_some(id)
    });
    others.next()
}
