//! What agents say of themselves: ready, not ready, gone.

use super::petition::Said;
use super::{OpenTurn, Reply};
use crate::agent::{Agent, Intent, NotReady};
use crate::event::Event;
use crate::ids::AgentId;
use crate::input::IntentChoice;
use crate::refusal::Refusal;
use crate::role::Actor;

impl OpenTurn<'_> {
    /// The agent that the actor is.
    pub(super) fn agent_of(&self, actor: &Actor) -> Result<(AgentId, &Agent), Refusal> {
        let id = actor.agent.ok_or(Refusal::NotAnAgent)?;
        let agent = self.state.agents.get(id).ok_or(Refusal::NotAnAgent)?;
        Ok((id, agent))
    }

    pub(super) fn set_intent(
        &mut self,
        actor: &Actor,
        choice: IntentChoice,
    ) -> Result<Reply, Refusal> {
        let (id, agent) = self.agent_of(actor)?;
        let signed_in = agent.session.is_some();
        if !agent.profile.enabled && choice == IntentChoice::Ready {
            return Err(Refusal::AgentDisabled);
        }
        let said = self.said(actor, id, choice)?;
        if !signed_in {
            self.record(Event::AgentSignedIn { agent: id });
        }
        match said {
            Said::Petitions(reason) => Ok(self.petition(id, reason)),
            Said::Wants(intent) => {
                self.withdraw_petition(id);
                self.wants(id, intent);
                Ok(Reply::Done)
            }
        }
    }

    /// Now, or after the contacts that the agent has. Who could have more beside them is ready at once.
    pub(super) fn wants(&mut self, id: AgentId, intent: Intent) {
        let is_busy = { self.state.agents.get(id) }.is_some_and(|it| !it.slots.is_empty());
        let has_more_room = intent == Intent::Ready && self.state.has_room_for_more(id);
        if is_busy && !has_more_room {
            self.pend(id, intent);
        } else {
            self.record(Event::IntentSet { agent: id, intent });
        }
        // Who takes back a wish for a break may have room for what takes less than usual.
        self.pull(id);
    }

    pub(super) fn intent(&self, choice: IntentChoice) -> Result<Intent, Refusal> {
        match choice {
            IntentChoice::Ready => Ok(Intent::Ready),
            IntentChoice::NotReady { reason } => {
                self.state.settings.reason_to_choose(reason)?;
                Ok(Intent::NotReady(NotReady::Chosen(reason)))
            }
        }
    }

    /// While a contact holds the agent, a wish waits for its end.
    pub(super) fn pend(&mut self, id: AgentId, intent: Intent) {
        let Some(agent) = self.state.agents.get(id) else {
            return;
        };
        let pending = (agent.intent != intent).then_some(intent);
        if agent.pending != pending {
            self.record(Event::IntentPended {
                agent: id,
                intent: pending,
            });
        }
    }

    pub(super) fn sign_out(&mut self, actor: &Actor) -> Result<Reply, Refusal> {
        let (id, agent) = self.agent_of(actor)?;
        if !agent.slots.is_empty() {
            return Err(Refusal::OnContact);
        }
        if agent.session.is_some() {
            self.record(Event::AgentSignedOut { agent: id });
        }
        Ok(Reply::Done)
    }

    /// The agent is free of a contact: the pending wish comes true, and the next contact comes.
    pub(super) fn agent_is_free(&mut self, id: AgentId) {
        self.wish_comes_true(id);
        self.pull(id);
    }

    /// What the agent wanted is so, once nothing holds the agent any more.
    pub(super) fn wish_comes_true(&mut self, id: AgentId) {
        let idle = { self.state.agents.get(id) }.filter(|agent| agent.slots.is_empty());
        if let Some(intent) = idle.and_then(|agent| agent.pending) {
            self.record(Event::IntentSet { agent: id, intent });
        }
    }
}
