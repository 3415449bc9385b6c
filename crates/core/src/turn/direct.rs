//! Somebody else says what an agent is: ready, not ready, signed out. The agent is told who did it and why.

use super::{OpenTurn, Reply};
use crate::agent::{Agent, Direction, Intent, NotReady, Stage};
use crate::event::{AgentDirected, Event};
use crate::ids::{AgentId, ContactId, SubjectRef};
use crate::input::IntentChoice;
use crate::refusal::Refusal;
use crate::role::Actor;

impl OpenTurn<'_> {
    pub(super) fn direct(
        &mut self,
        actor: &Actor,
        id: AgentId,
        to: Direction,
        why: SubjectRef,
    ) -> Result<Reply, Refusal> {
        let (what, number) = ("agent", id.0);
        let agent = self.state.agents.get(id);
        let agent = agent.ok_or(Refusal::NotFound { what, id: number })?;
        if agent.session.is_none() {
            return Err(Refusal::AgentSignedOut);
        }
        match to {
            Direction::Ready if !agent.profile.enabled => return Err(Refusal::AgentDisabled),
            Direction::Ready => self.wants(id, Intent::Ready),
            Direction::NotReady(reason) => {
                let intent = self.intent(IntentChoice::NotReady { reason })?;
                self.grants_by_directing(actor, id, reason);
                self.wants(id, intent);
            }
            Direction::SignedOut => {
                let work = work_left(agent)?;
                self.signs_out(id, &work);
            }
        }
        self.record(Event::AgentDirected(AgentDirected {
            agent: id,
            by: actor.account,
            to,
            why,
        }));
        Ok(Reply::Done)
    }

    /// What is left of conversations is ended as if its time were over.
    fn signs_out(&mut self, id: AgentId, work: &[ContactId]) {
        if !work.is_empty() {
            // Nothing comes in between.
            self.pend(id, Intent::NotReady(NotReady::SignedIn));
        }
        for contact in work {
            self.finish_for(*contact, id);
        }
        self.record(Event::AgentSignedOut { agent: id });
    }
}

/// The wrap-ups that an agent has left, if that is all: nobody is taken from a customer.
fn work_left(agent: &Agent) -> Result<Vec<ContactId>, Refusal> {
    let has_contact = agent.slots.iter().any(|it| it.stage != Stage::WrapUp);
    if has_contact {
        return Err(Refusal::AgentOnContact);
    }
    Ok(agent.slots.iter().map(|it| it.contact).collect())
}
