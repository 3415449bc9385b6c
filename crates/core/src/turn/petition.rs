//! Reasons that a supervisor must grant (R-05, decision 0043): an agent petitions for one and stays what the agent is; a
//! supervisor grants it or declines it.

use super::{OpenTurn, Reply};
use crate::agent::{Intent, NotReady};
use crate::event::Event;
use crate::ids::{AgentId, ReasonId};
use crate::input::IntentChoice;
use crate::permission::Permission;
use crate::reason::{PetitionAnswer, PetitionEnd, PetitionEnded, ReasonPetitioned};
use crate::refusal::Refusal;
use crate::role::Actor;

/// What an agent's own choice comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The agent may have it.
    Wants(Intent),
    /// A supervisor must grant it.
    Petitions(ReasonId),
}

impl OpenTurn<'_> {
    /// What is chosen is asked of a supervisor, if it needs one. It is not of whoever could grant it themselves, nor of
    /// whoever has it, or will have it after the present contact.
    pub(super) fn said(
        &self,
        actor: &Actor,
        id: AgentId,
        choice: IntentChoice,
    ) -> Result<Said, Refusal> {
        let intent = self.intent(choice)?;
        let IntentChoice::NotReady { reason } = choice else {
            return Ok(Said::Wants(intent));
        };
        let reason_needs = { self.state.settings.reasons.get(&reason) }
            .is_some_and(|it| it.document.needs_supervisor);
        let agent = self.state.agents.get(id);
        let has_it = agent.is_some_and(|it| it.pending.unwrap_or(it.intent) == intent);
        if reason_needs && !has_it && !actor.may(Permission::DirectAgents) {
            return Ok(Said::Petitions(reason));
        }
        Ok(Said::Wants(intent))
    }

    /// Whoever asks again has asked already.
    pub(super) fn petition(&mut self, id: AgentId, reason: ReasonId) -> Reply {
        if self.open_petition(id) != Some(reason) {
            self.withdraw_petition(id);
            let agent = id;
            self.record(Event::ReasonPetitioned(ReasonPetitioned { agent, reason }));
        }
        Reply::Petitioned
    }

    /// The agent's next word takes the place of what was asked for.
    pub(super) fn withdraw_petition(&mut self, id: AgentId) {
        if let Some(reason) = self.open_petition(id) {
            self.petition_ended(id, reason, PetitionEnd::Withdrawn);
        }
    }

    /// A supervisor who sets the reason has granted it.
    pub(super) fn grants_by_directing(&mut self, actor: &Actor, id: AgentId, reason: ReasonId) {
        if self.open_petition(id) == Some(reason) {
            let by = actor.account;
            self.petition_ended(id, reason, PetitionEnd::Granted { by });
        }
    }

    /// An answer names the reason: it is not one to what the agent asked for meanwhile.
    pub(super) fn answer_petition(
        &mut self,
        actor: &Actor,
        id: AgentId,
        reason: ReasonId,
        answer: PetitionAnswer,
    ) -> Result<Reply, Refusal> {
        let (what, number) = ("agent", id.0);
        if self.state.agents.get(id).is_none() {
            return Err(Refusal::NotFound { what, id: number });
        }
        if self.open_petition(id) != Some(reason) {
            return Err(Refusal::NoPetition);
        }
        let by = actor.account;
        match answer {
            PetitionAnswer::Declined => {
                self.petition_ended(id, reason, PetitionEnd::Declined { by });
            }
            PetitionAnswer::Granted => {
                self.state.settings.reason_to_choose(reason)?;
                self.petition_ended(id, reason, PetitionEnd::Granted { by });
                self.wants(id, Intent::NotReady(NotReady::Chosen(reason)));
            }
        }
        Ok(Reply::Done)
    }

    fn open_petition(&self, id: AgentId) -> Option<ReasonId> {
        let petition = self.state.agents.get(id)?.petition()?;
        petition.is_open().then_some(petition.reason)
    }

    fn petition_ended(&mut self, agent: AgentId, reason: ReasonId, end: PetitionEnd) {
        self.record(Event::PetitionEnded(PetitionEnded { agent, reason, end }));
    }
}
