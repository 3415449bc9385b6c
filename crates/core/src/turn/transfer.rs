//! Transfer: a contact goes from an agent to a queue, a colleague or a phone outside. The agent is let go
//! when the target has taken it, and not before; nothing ends the contact but the customer (R-02f, R-23).

use super::hold::Conversation;
use super::{OpenTurn, Reply};
use crate::effect::Effect;
use crate::event::{Event, OwedWork, Side};
use crate::ids::{AgentId, ContactId, QueueId};
use crate::queue::Queue;
use crate::refusal::{CannotServe, Refusal};
use crate::role::Actor;
use crate::schedule::Hours;
use crate::talk::{Party, Purpose, Target, Third, TransferResult};
use crate::time::Timestamp;

/// How long an agent is at least not offered the contact that the agent gave away, s.
const APART_S: u32 = 30;

/// How a contact comes back to a queue.
#[derive(Clone, Copy)]
struct Place {
    since: Timestamp,
    seq: u64,
    band: u8,
}

impl OpenTurn<'_> {
    pub(super) fn transfer(
        &mut self,
        actor: &Actor,
        id: ContactId,
        to: Target,
    ) -> Result<Reply, Refusal> {
        match to {
            Target::Queue(queue) => self.transfer_to_queue(actor, id, queue),
            Target::Agent(_) | Target::Number(_) => {
                self.call_third(actor, id, to, Purpose::Transfer)
            }
        }
    }

    fn transfer_to_queue(
        &mut self,
        actor: &Actor,
        id: ContactId,
        queue: QueueId,
    ) -> Result<Reply, Refusal> {
        let it = self.own_conversation_of_two(actor, id)?;
        let Some(document) = self.state.settings.queue(queue).cloned() else {
            let what = crate::settings::Kind::Queue.word();
            return Err(Refusal::NotFound { what, id: queue.0 });
        };
        if let Some(why) = self.cannot_serve(it.engagement.agent, queue, &document) {
            return Err(Refusal::QueueCannotServe { why });
        }
        self.resume_customer(id, &it);
        let to = Target::Queue(queue);
        self.let_go_of(id, &it, to.clone(), Purpose::Transfer);
        self.record(Event::TransferEnded(crate::event::TransferEnded {
            contact: id,
            from: it.engagement.agent,
            to,
            purpose: Purpose::Transfer,
            result: TransferResult::Completed,
        }));
        let place = Place {
            since: self.now,
            seq: self.state.next.enqueued(),
            band: document.priority,
        };
        self.wait_again(id, it.engagement.agent, queue, place);
        Ok(Reply::Done)
    }

    fn cannot_serve(&self, from: AgentId, queue: QueueId, document: &Queue) -> Option<CannotServe> {
        let is_closed = self.state.hours_of(self.now, queue) != Hours::Open;
        let n_waiting = u32::try_from(self.state.n_waiting(queue)).unwrap_or(u32::MAX);
        // Whoever gives the contact away is not meant to get it back.
        let n_own = u32::from(self.state.served_by(from).any(|it| it == queue));
        if is_closed {
            Some(CannotServe::Closed)
        } else if n_waiting >= document.max_waiting {
            Some(CannotServe::Full)
        } else if self.state.n_ready(queue) <= n_own {
            Some(CannotServe::NobodyReady)
        } else {
            None
        }
    }

    pub(super) fn complete_transfer(
        &mut self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<Reply, Refusal> {
        self.consultation(actor, id)?;
        self.hand_over_to_third(id);
        Ok(Reply::Done)
    }

    /// The third party, who is in the call, has the contact from now on.
    pub(super) fn hand_over_to_third(&mut self, id: ContactId) {
        let Some(it) = self.conversation_of(id) else {
            return;
        };
        let Some(third) = it.talk.third.clone().filter(|it| it.is_talking()) else {
            return;
        };
        self.resume_customer(id, &it);
        if third.is_held() {
            self.resume_party(id, &it, Party::Third, third.who());
        }
        self.let_go_of(id, &it, third.target.clone(), third.purpose);
        self.transfer_ended(id, &it, &third, TransferResult::Completed);
        self.owner_changed(id);
        self.agent_is_free(it.engagement.agent);
    }

    /// The agent leaves the call, and owes work as after any conversation.
    fn let_go_of(&mut self, id: ContactId, it: &Conversation, to: Target, purpose: Purpose) {
        let from = it.engagement.agent;
        if let Some(agent) = self.state.agents.get(from) {
            let address = agent.profile.address_on(self.state.model_of(id));
            self.order(Effect::RemoveAgent {
                contact: id,
                leg: it.leg.clone(),
                address,
            });
        }
        let work = self.work_after(id, it.stay.queue).map(|rule| OwedWork {
            until: self.wrap_up_until(rule),
        });
        self.record(Event::HandedOver {
            contact: id,
            from,
            queue: it.stay.queue,
            talked_since: it.engagement.since,
            to,
            purpose,
            work,
        });
    }

    /// Neither target nor agent is there: the customer waits at the old place in the queue of before.
    pub(super) fn reroute(&mut self, id: ContactId, third: &Third) {
        let Some(it) = self.conversation_of(id) else {
            return;
        };
        self.resume_customer(id, &it);
        let queue = it.stay.queue;
        self.let_go_of(id, &it, Target::Queue(queue), third.purpose);
        self.transfer_ended(id, &it, third, TransferResult::Rerouted);
        let place = Place {
            since: it.stay.since,
            seq: it.stay.seq,
            band: it.stay.band,
        };
        self.wait_again(id, it.engagement.agent, queue, place);
    }

    fn wait_again(&mut self, id: ContactId, from: AgentId, queue: QueueId, place: Place) {
        let document = self.state.settings.queue(queue);
        let (max_wait_s, cooldown_s) = document.map_or((0, 0), |it| (it.max_wait_s, it.cooldown_s));
        let Place { since, seq, band } = place;
        self.record(Event::Requeued {
            contact: id,
            queue,
            since,
            seq,
            band,
            until: self.now.plus_seconds(max_wait_s),
            from,
            apart_until: self.now.plus_seconds(cooldown_s.max(APART_S)),
        });
        let entered = self.begin_plan(id);
        self.owner_changed(id);
        self.watch_for(queue);
        self.begin_music(id, queue, entered);
        self.plan_announcement(id, queue);
        self.place_first(id);
        self.agent_is_free(from);
    }

    /// The phone outside took the customer, who left this call with that.
    pub(super) fn transfer_accepted(&mut self, id: ContactId) {
        self.transfer_over(id, TransferResult::Completed);
    }

    /// The customer left this call to go outside, or may have: what is left of it is ended.
    pub(super) fn transfer_over(&mut self, id: ContactId, result: TransferResult) {
        let Some(it) = self.conversation_of(id) else {
            return;
        };
        let Some(third) = it.talk.third.clone() else {
            return;
        };
        self.transfer_ended(id, &it, &third, result);
        self.hang_up(id);
        self.end_conversation(id, Side::Agent);
    }

    /// Whether the customer is being given away at this moment: then that the customer is not in the call
    /// any more may be what was wanted.
    pub(super) fn is_giving_away(&self, id: ContactId) -> bool {
        let talk = self.contact(id).and_then(|it| it.talk());
        let third = talk.and_then(|talk| talk.third.as_ref());
        third.is_some_and(|third| {
            third.purpose == Purpose::Transfer
                && !third.is_talking()
                && matches!(third.target, Target::Number(_))
        })
    }
}
