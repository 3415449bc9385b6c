//! A supervisor switches a queue, and ends that sooner than it ends by itself. Nothing is switched without a reason
//! and an end, and nothing twice (guard rails); who waits is treated as at a boundary of hours (B4.6).

use super::{OpenTurn, Reply};
use crate::event::{Event, QueueSwitched, SwitchEnd, SwitchEnded};
use crate::flow::invalid;
use crate::ids::QueueId;
use crate::input::SwitchQueue;
use crate::limits;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::schedule::Hours;
use crate::settings::Kind;
use crate::switch::{Matter, Position};
use crate::time::Timestamp;

impl OpenTurn<'_> {
    pub(super) fn switch_queue(
        &mut self,
        actor: &Actor,
        wish: SwitchQueue,
    ) -> Result<Reply, Refusal> {
        let SwitchQueue {
            queue,
            to,
            until,
            reason,
        } = wish;
        self.may_be_switched(queue, to)?;
        let reason = stated(&reason)?;
        self.check_until(until)?;
        let standing = self.state.switches.holds(self.now, queue, to.matter());
        if let Some(standing) = standing {
            let position = standing.position;
            return Err(Refusal::AlreadySwitched { position });
        }
        // One that is over, and whose end was not looked at yet, ends before the next begins.
        self.switch_is_over(queue, to.matter());
        self.record(Event::QueueSwitched(QueueSwitched {
            queue,
            to,
            until,
            reason,
            before: self.state.hours_of(self.now, queue),
            by: actor.account,
        }));
        self.look_again();
        Ok(Reply::Done)
    }

    fn may_be_switched(&self, queue: QueueId, to: Position) -> Result<(), Refusal> {
        let document = self.state.settings.queue(queue).ok_or(Refusal::NotFound {
            what: Kind::Queue.word(),
            id: queue.0,
        })?;
        match to {
            Position::Closed | Position::Emergency => Ok(()),
            Position::NoCallbacks if document.callbacks.is_none() => Err(Refusal::NoCallbacks),
            Position::NoCallbacks => Ok(()),
            Position::Open => {
                let (_, schedule) = self.state.settings.schedule_of(queue).ok_or_else(|| {
                    let detail = "the queue has no schedule, and is open all the time";
                    invalid("position", detail.to_owned())
                })?;
                if schedule.document.at(self.now) == Hours::Emergency {
                    return Err(Refusal::ClosedByEmergency);
                }
                Ok(())
            }
        }
    }

    fn check_until(&self, until: Timestamp) -> Result<(), Refusal> {
        if until <= self.now {
            let detail = "is over already; choose a later time".to_owned();
            return Err(invalid("until", detail));
        }
        if until > self.now.plus_seconds(limits::SWITCH_SECONDS_MAX) {
            let detail = "is more than 24 hours ahead; choose an earlier time, or change the queue or its schedule";
            return Err(invalid("until", detail.to_owned()));
        }
        Ok(())
    }

    /// Somebody ends a switch before its time.
    pub(super) fn end_switch(
        &mut self,
        actor: &Actor,
        queue: QueueId,
        position: Position,
    ) -> Result<Reply, Refusal> {
        let matter = position.matter();
        let standing = self.state.switches.holds(self.now, queue, matter);
        if standing.is_none_or(|it| it.position != position) {
            return Err(Refusal::NotSwitched);
        }
        self.record_end(queue, position, SwitchEnd::Early(actor.account));
        Ok(Reply::Done)
    }

    /// Its time came; nothing is to be done where it ended sooner.
    pub(super) fn switch_is_over(&mut self, queue: QueueId, matter: Matter) {
        let standing = self.state.switches.about(queue, matter);
        if let Some(position) = standing.map(|it| it.position) {
            self.record_end(queue, position, SwitchEnd::Over);
        }
    }

    /// Its time came, and nobody looked at the clock yet.
    pub(super) fn ends_switch_that_is_over(&mut self, queue: QueueId) {
        let standing = self.state.switches.about(queue, Matter::Hours);
        if standing.is_some_and(|it| it.until <= self.now) {
            self.switch_is_over(queue, Matter::Hours);
        }
    }

    /// Those whose time came while nobody looked, before anybody is let in or out by them.
    pub(super) fn end_overdue_switches(&mut self) {
        for _ in 0..limits::TIMERS_PER_TURN_MAX {
            match self.state.switches.first() {
                Some((at, queue, matter)) if at <= self.now => self.switch_is_over(queue, matter),
                Some(_) | None => return,
            }
        }
    }

    fn record_end(&mut self, queue: QueueId, position: Position, why: SwitchEnd) {
        let after = self.state.hours_without(self.now, queue, position);
        self.record(Event::SwitchEnded(SwitchEnded {
            queue,
            position,
            why,
            after,
        }));
        self.look_again();
    }
}

fn stated(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    let max = limits::CLOSURE_CHARS_MAX;
    match reason.chars().count() {
        0 => {
            let detail = "say why; everybody who sees the queue reads it".to_owned();
            Err(invalid("reason", detail))
        }
        n if n > max => Err(invalid(
            "reason",
            format!("is longer than {max} characters"),
        )),
        _ => Ok(reason.to_owned()),
    }
}
