//! The end of a conversation and the work after it.

use super::petition::Said;
use super::{OpenTurn, Reply};
use crate::capacity::Load;
use crate::contact::{Engagement, State, WrapUp};
use crate::effect::Effect;
use crate::event::{EndReason, Event, Side, WrapUpWished};
use crate::ids::{AgentId, ContactId, DispositionId, QueueId, ReasonId, SubjectRef};
use crate::input::IntentChoice;
use crate::limits;
use crate::queue::{WrapUpMode, WrapUpRule};
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::talk::{Talk, ThirdEnd, WrapUpWish};
use crate::time::Timestamp;

/// What an agent reports at the end of a wrap-up.
pub(super) struct Result {
    pub(super) disposition: Option<DispositionId>,
    pub(super) note: Option<SubjectRef>,
    pub(super) then: Option<ReasonId>,
}

type Asked = std::result::Result<Reply, Refusal>;

impl OpenTurn<'_> {
    pub(super) fn agent_hangs_up(&mut self, actor: &Actor, id: ContactId) -> Asked {
        let (agent, _) = self.agent_of(actor)?;
        if self.third_hangs_up(agent, id) || self.agent_gives_up(agent, id) {
            return Ok(Reply::Done);
        }
        let contact = self.contact(id);
        let own = contact.filter(|it| it.talk().is_some() && it.agent() == Some(agent));
        let own = own.ok_or(Refusal::NotYourContact)?;
        if own.third().is_some() {
            return Err(Refusal::ThirdInCall);
        }
        self.hang_up(id);
        self.end_conversation(id, Side::Agent);
        Ok(Reply::Done)
    }

    /// Ends the call for everybody, if it is known where it is.
    pub(super) fn hang_up(&mut self, id: ContactId) {
        if let Some(leg) = self
            .contact(id)
            .and_then(|contact| contact.call.leg.clone())
        {
            self.order(Effect::HangUp { contact: id, leg });
        }
    }

    /// The conversation is over; wrap-up follows as the queue says.
    pub(super) fn end_conversation(&mut self, id: ContactId, by: Side) {
        let Some((queue, engagement)) = self.conversation(id) else {
            return;
        };
        let agent = engagement.agent;
        let slot = { self.state.agents.get(agent) }.and_then(|it| it.slot(id));
        let load = slot.map_or_else(Load::call, |it| it.load.clone());
        self.third_is_gone(id, ThirdEnd::CustomerLeft);
        let work = self.work_after(id, queue);
        self.record(Event::ConversationEnded {
            contact: id,
            agent,
            by,
        });
        let Some(rule) = work else {
            let talk = self.contact(id).and_then(|it| it.talk());
            let reason = talk.map_or(EndReason::Handled, Talk::end_reason);
            self.record(Event::ContactEnded {
                contact: id,
                reason,
            });
            self.agent_is_free(agent);
            return;
        };
        let until = self.wrap_up_until(rule);
        self.record(Event::WrapUpStarted {
            contact: id,
            agent,
            until,
            load: Box::new(load),
        });
        // The work after a message may leave room.
        self.pull(agent);
    }

    fn conversation(&self, id: ContactId) -> Option<(QueueId, Engagement)> {
        match &self.contact(id)?.state {
            State::Connected(stay, engagement, _) => Some((stay.queue, *engagement)),
            State::Created
            | State::InFlow
            | State::Queued(_)
            | State::Offering(..)
            | State::Dialing(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        }
    }

    /// The rule of the work that follows a conversation which ends now, if any does.
    pub(super) fn work_after(&self, id: ContactId, queue: QueueId) -> Option<WrapUpRule> {
        let rule = self.wrap_up_rule(queue);
        let wish = self
            .contact(id)
            .and_then(|it| it.talk())
            .map(|it| it.wrap_up);
        let follows = match rule.mode {
            WrapUpMode::None => false,
            WrapUpMode::OnRequest => wish == Some(WrapUpWish::Wanted),
            WrapUpMode::Optional
            | WrapUpMode::Required
            | WrapUpMode::RequiredTimeboxed
            | WrapUpMode::RequiredFixed => true,
        };
        follows.then_some(rule)
    }

    /// Until when work by this rule goes on, if it ends by time.
    pub(super) fn wrap_up_until(&self, rule: WrapUpRule) -> Option<Timestamp> {
        let is_timed = rule.mode.is_timed();
        is_timed.then(|| self.now.plus_seconds(rule.seconds))
    }

    /// Who was only consulted has no say: it is the work of the agent who has the contact.
    pub(super) fn wish_wrap_up(&mut self, actor: &Actor, id: ContactId, wish: WrapUpWish) -> Asked {
        let (agent, _) = self.agent_of(actor)?;
        let own = self.conversation(id).filter(|(_, it)| it.agent == agent);
        let (queue, _) = own.ok_or(Refusal::NotYourContact)?;
        if self.wrap_up_rule(queue).mode != WrapUpMode::OnRequest {
            return Err(Refusal::WrapUpNotOnRequest);
        }
        let stands = self
            .contact(id)
            .and_then(|it| it.talk())
            .map(|it| it.wrap_up);
        if stands != Some(wish) {
            self.record(Event::WrapUpWished(WrapUpWished {
                contact: id,
                agent,
                wish,
            }));
        }
        Ok(Reply::Done)
    }

    fn wrap_up_rule(&self, queue: QueueId) -> WrapUpRule {
        let none = WrapUpRule {
            mode: WrapUpMode::None,
            seconds: 0,
        };
        self.state
            .settings
            .queue(queue)
            .map_or(none, |queue| queue.wrap_up)
    }

    fn own_wrap_up(
        &self,
        actor: &Actor,
        id: ContactId,
    ) -> std::result::Result<(AgentId, QueueId, WrapUp), Refusal> {
        let (agent, _) = self.agent_of(actor)?;
        if let Some(work) = self.state.owed.work(id, agent) {
            return Ok((agent, work.queue, work.wrap_up));
        }
        match self.contact(id).map(|contact| &contact.state) {
            Some(State::WrapUp(stay, engagement, wrap_up)) if engagement.agent == agent => {
                Ok((agent, stay.queue, *wrap_up))
            }
            Some(
                State::WrapUp(..)
                | State::Created
                | State::InFlow
                | State::Queued(_)
                | State::Offering(..)
                | State::Dialing(..)
                | State::Outside(..)
                | State::Connected(..),
            )
            | None => Err(Refusal::NotYourContact),
        }
    }

    pub(super) fn complete_wrap_up(
        &mut self,
        actor: &Actor,
        id: ContactId,
        result: Result,
    ) -> Asked {
        let (agent, queue, wrap_up) = self.own_wrap_up(actor, id)?;
        let Result {
            disposition,
            note,
            then,
        } = result;
        self.check_disposition(queue, disposition)?;
        match (self.wrap_up_rule(queue).mode, disposition) {
            (WrapUpMode::RequiredFixed, _) if wrap_up.until.is_some() => {
                return Err(Refusal::WrapUpFixed);
            }
            (WrapUpMode::Required | WrapUpMode::RequiredTimeboxed, None) => {
                return Err(Refusal::DispositionNeeded);
            }
            // A wrap-up that began before the queue was set to a fixed length has no end by time: the agent
            // must be able to end it.
            (WrapUpMode::Required | WrapUpMode::RequiredTimeboxed, Some(_))
            | (
                WrapUpMode::None
                | WrapUpMode::Optional
                | WrapUpMode::OnRequest
                | WrapUpMode::RequiredFixed,
                _,
            ) => {}
        }
        let then = then.map(|reason| self.said(actor, agent, IntentChoice::NotReady { reason }));
        match then.transpose()? {
            Some(Said::Wants(intent)) => {
                self.withdraw_petition(agent);
                self.pend(agent, intent);
            }
            // Until it is granted, the agent is what the agent was.
            Some(Said::Petitions(reason)) => drop(self.petition(agent, reason)),
            None => {}
        }
        self.finish(id, agent, disposition, note, false);
        Ok(Reply::Done)
    }

    fn check_disposition(
        &self,
        queue: QueueId,
        disposition: Option<DispositionId>,
    ) -> std::result::Result<(), Refusal> {
        let Some(id) = disposition else { return Ok(()) };
        let offered =
            self.state.settings.dispositions.get(&id).is_some_and(|it| {
                it.document.queues.is_empty() || it.document.queues.contains(&queue)
            });
        if offered {
            return Ok(());
        }
        Err(Refusal::NotFound {
            what: "disposition of this queue",
            id: id.0,
        })
    }

    fn finish(
        &mut self,
        contact: ContactId,
        agent: AgentId,
        disposition: Option<DispositionId>,
        note: Option<SubjectRef>,
        forced: bool,
    ) {
        // After a transfer the contact is somebody else's, or was over before.
        let is_owed = self.state.owed.work(contact, agent).is_some();
        let reason = match self.contact(contact).map(|it| &it.state) {
            Some(State::WrapUp(_, _, wrap_up)) => wrap_up.reason,
            Some(_) | None => EndReason::Handled,
        };
        self.record(Event::WrapUpEnded {
            contact,
            agent,
            disposition,
            note,
            forced,
        });
        if !is_owed {
            self.record(Event::ContactEnded { contact, reason });
        }
        self.agent_is_free(agent);
    }

    pub(super) fn extend_wrap_up(&mut self, actor: &Actor, id: ContactId) -> Asked {
        let (agent, queue, wrap_up) = self.own_wrap_up(actor, id)?;
        let until = wrap_up
            .until
            .filter(|_| wrap_up.extensions < limits::WRAP_UP_EXTENSIONS_MAX);
        let Some(until) = until else {
            return Err(Refusal::NoExtension);
        };
        if self.wrap_up_rule(queue).mode == WrapUpMode::RequiredFixed {
            return Err(Refusal::WrapUpFixed);
        }
        let until = until.plus_seconds(limits::WRAP_UP_EXTENSION_SECONDS);
        self.record(Event::WrapUpExtended {
            contact: id,
            agent,
            until,
        });
        Ok(Reply::Done)
    }

    /// Ends a wrap-up for its agent, with what was not said `unspecified`.
    pub(super) fn finish_for(&mut self, contact: ContactId, agent: AgentId) {
        self.finish(contact, agent, None, None, true);
    }

    /// As [`Self::wrap_up_runs_out`], after a transfer.
    pub(super) fn owed_runs_out(&mut self, agent: AgentId) {
        if let Some(contact) = self.state.owed.of(agent) {
            self.finish(contact, agent, None, None, true);
        }
    }

    /// Time ends the wrap-up; what was not said is `unspecified`.
    pub(super) fn wrap_up_runs_out(&mut self, id: ContactId) {
        if let Some(agent) = self.contact(id).and_then(|contact| contact.agent()) {
            self.finish(id, agent, None, None, true);
        }
    }
}
