//! Somebody else decides about a contact that waits: it goes to another queue, to an agent, or home. Why is on record.

use super::{OpenTurn, Reply};
use crate::contact::{State, Stay};
use crate::event::{ContactSteered, EndReason, Event, Steering};
use crate::ids::{AgentId, ContactId, QueueId, SubjectRef};
use crate::limits;
use crate::refusal::{CannotServe, Refusal};
use crate::role::Actor;
use crate::schedule::Hours;

impl OpenTurn<'_> {
    pub(super) fn steer(
        &mut self,
        actor: &Actor,
        id: ContactId,
        to: Steering,
        why: SubjectRef,
    ) -> Result<Reply, Refusal> {
        let stay = self.stay_to_steer(id)?;
        match to {
            Steering::Queue(queue) => self.may_move(id, &stay, queue)?,
            Steering::Agent(agent) => self.may_assign(id, &stay, agent)?,
            Steering::Removed => {}
        }
        self.record(Event::ContactSteered(ContactSteered {
            contact: id,
            queue: stay.queue,
            to,
            by: actor.account,
            why,
        }));
        match to {
            Steering::Queue(queue) => self.move_to(id, &stay, queue),
            Steering::Agent(agent) => self.offer(id, stay, agent),
            Steering::Removed => self.close(id, EndReason::AdminRemoved),
        }
        Ok(Reply::Done)
    }

    /// Who is being offered is decided about already: an agent may be about to answer.
    pub(super) fn stay_to_steer(&self, id: ContactId) -> Result<Stay, Refusal> {
        let contact = self.contact(id).ok_or(Refusal::NotFound {
            what: "contact",
            id: id.0,
        })?;
        if contact.is_attempt() {
            return Err(Refusal::IsCallback);
        }
        match contact.state {
            State::Queued(stay) => Ok(stay),
            State::Offering(..) => Err(Refusal::BeingOffered),
            State::Created
            | State::InFlow
            | State::Dialing(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => Err(Refusal::NotWaiting),
        }
    }

    fn may_move(&self, id: ContactId, stay: &Stay, queue: QueueId) -> Result<(), Refusal> {
        let document = self.state.settings.queue(queue).ok_or(Refusal::NotFound {
            what: "queue",
            id: queue.0,
        })?;
        if stay.queue == queue {
            let (field, detail) = ("queue_id".to_owned(), "is where it waits; choose another");
            let detail = detail.to_owned();
            return Err(Refusal::Invalid { field, detail });
        }
        let is_closed = self.state.hours_of(self.now, queue) != Hours::Open;
        let (n_there, max) = if self.is_message(id) {
            (
                self.state.floor.n_messages(queue),
                limits::MESSAGES_WAITING_MAX,
            )
        } else {
            let max = usize::try_from(document.max_waiting).unwrap_or(usize::MAX);
            (self.state.n_waiting(queue), max)
        };
        // Nobody hurries a message: it may wait for the opening.
        let why = if is_closed && !self.is_message(id) {
            CannotServe::Closed
        } else if n_there >= max {
            CannotServe::Full
        } else {
            return Ok(());
        };
        Err(Refusal::QueueCannotServe { why })
    }

    /// That the agent lacks a skill, or declined it a moment ago, is for the one who decides to know.
    fn may_assign(&self, id: ContactId, stay: &Stay, agent: AgentId) -> Result<(), Refusal> {
        if self.state.agents.get(agent).is_none() {
            let (what, id) = ("agent", agent.0);
            return Err(Refusal::NotFound { what, id });
        }
        if self.contact(id).is_some_and(|it| it.is_held_back()) {
            return Err(Refusal::CallNotUp);
        }
        if self.state.is_draining {
            return Err(Refusal::Draining);
        }
        let channel = self.contact(id).map(|it| it.channel());
        let queue = self.state.settings.queue(stay.queue);
        let load = queue
            .zip(channel)
            .map(|(it, channel)| it.demand.load(channel));
        if load.is_some_and(|load| self.state.takes(agent, &load)) {
            return Ok(());
        }
        Err(Refusal::AgentNotReady)
    }

    /// It waits on there as if it had come there first: since when it waits, and before whom, stays.
    fn move_to(&mut self, id: ContactId, stay: &Stay, queue: QueueId) {
        let document = self.state.settings.queue(queue);
        let (band, max_wait_s) = document.map_or((0, 0), |it| (it.priority, it.max_wait_s));
        let until = if self.is_message(id) {
            stay.until
        } else {
            self.now.plus_seconds(max_wait_s)
        };
        self.record(Event::LeftQueue {
            contact: id,
            queue: stay.queue,
            exit: "moved".to_owned(),
        });
        self.record(Event::Enqueued {
            contact: id,
            queue,
            seq: stay.seq,
            band,
            until,
            since: Some(stay.since),
        });
        let entered = self.begin_plan(id);
        if !self.is_message(id) {
            self.begin_music(id, queue, entered);
            self.plan_announcement(id, queue);
        }
        self.place_first(id);
    }
}
