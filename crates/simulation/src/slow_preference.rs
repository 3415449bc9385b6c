//! R-14 once more: nobody is held for an agent who will not come.

use crate::slow_router;
use tandem_core::agent::{Agent, Intent, NotReady};
use tandem_core::contact::{Contact, State as Place};
use tandem_core::ids::AgentId;
use tandem_core::preferred::PreferredRule;
use tandem_core::state::State;

/// Whoever waits for one agent alone waits for one who may come.
pub(crate) fn nobody_is_held_in_vain(state: &State) -> Result<(), String> {
    for (id, contact) in state.contacts.iter() {
        let (Place::Queued(stay), Some(preferred)) = (&contact.state, contact.preferred) else {
            continue;
        };
        let rule = state
            .settings
            .queue(stay.queue)
            .and_then(|it| it.preferred.as_deref());
        let agent = state.agents.get(preferred.agent);
        let is_able = slow_router::serves(state, preferred.agent, stay);
        let may_come = agent.zip(rule).is_some_and(|(it, rule)| {
            is_able && may_come(state, rule, contact, preferred.agent, it)
        });
        if !may_come {
            return Err(format!("contact {id} waits for {preferred:?}: {agent:?}"));
        }
    }
    Ok(())
}

fn may_come(
    state: &State,
    rule: &PreferredRule,
    contact: &Contact,
    id: AgentId,
    agent: &Agent,
) -> bool {
    let is_here = agent.session.is_some() && agent.profile.enabled;
    let is_short = match agent.pending.unwrap_or(agent.intent) {
        Intent::Ready => true,
        Intent::NotReady(NotReady::Chosen(reason)) => {
            let reason = state.settings.reasons.get(&reason);
            let minutes = reason.and_then(|it| it.document.max_minutes);
            minutes.is_some_and(|it| it * 60 <= rule.max_not_ready_s)
        }
        Intent::NotReady(NotReady::SignedIn | NotReady::MissedOffer | NotReady::RingFailed) => {
            false
        }
    };
    is_here && is_short && !contact.is_cooling(id)
}
