//! Opening hours in a contact's way: at an `hours` node, at the entry of a queue, and for those who wait.
//! What a schedule says is asked here alone, and recorded.

use super::decision::Decision;
use super::leaving::{Leaving, WayOut};
use super::{OpenTurn, Reply};
use crate::contact::{Contact, State};
use crate::event::{Event, SwitchMet};
use crate::flow::{Node, NodeId};
use crate::ids::{ContactId, QueueId, ScheduleId};
use crate::limits;
use crate::queue::AtClosing;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::schedule::{Hours, Schedule};
use crate::settings::{Document, Kind, Versioned};
use crate::switch::Matter;
use crate::watch::Step;

impl OpenTurn<'_> {
    /// The way out of an `hours` node.
    pub(super) fn by_hours(&self, id: ContactId, node: &str) -> Option<Decision> {
        let Node::Hours {
            schedule,
            open,
            closed,
            holiday,
            emergency,
        } = self.flow_of(id)?.nodes.get(node)?
        else {
            return None;
        };
        let Some(standing) = self.state.settings.schedules.get(schedule) else {
            let next = closed.clone();
            return Some(Decision { fact: None, next });
        };
        let (version, hours) = (standing.version, standing.document.at(self.now));
        let (exit, next) = match (&hours, holiday, emergency) {
            (Hours::Open, _, _) => ("open", open),
            (Hours::Holiday { .. }, Some(holiday), _) => ("holiday", holiday),
            (Hours::Emergency, _, Some(emergency)) => ("emergency", emergency),
            (Hours::Closed | Hours::Holiday { .. } | Hours::Emergency, _, _) => ("closed", closed),
        };
        let fact = Event::HoursChecked(crate::event::HoursChecked {
            contact: id,
            node: node.to_owned(),
            schedule: *schedule,
            version,
            hours,
            exit: exit.to_owned(),
        });
        Some(Decision {
            fact: Some(fact),
            next: next.clone(),
        })
    }

    /// A queue that is closed takes nobody: the way out of its node. While it is open, those who must not
    /// wait beyond its closing have it watched.
    pub(super) fn way_out_of_closed(&mut self, id: ContactId, queue: QueueId) -> Option<WayOut> {
        let hours = self.state.hours_of(self.now, queue);
        if hours == Hours::Open {
            self.watch_for(queue);
            self.ends_switch_that_is_over(queue);
            return None;
        }
        let (name, node) = self.node_of(id)?;
        let way_out = Leaving::by(&hours).way_out(&node)?;
        let exit = way_out.exit.to_owned();
        let fact = self.why_closed(queue, hours, (id, name, exit))?;
        self.record(fact);
        Some(way_out)
    }

    /// What a queue is closed by: its schedule, or a switch, which an emergency of the schedule goes before.
    fn why_closed(
        &self,
        queue: QueueId,
        hours: Hours,
        (contact, node, exit): (ContactId, NodeId, String),
    ) -> Option<Event> {
        let schedule = self.state.settings.schedule_of(queue);
        let is_emergency = |it: &Versioned<Schedule>| it.document.closed_now.is_some();
        let switch = self.state.switches.holds(self.now, queue, Matter::Hours);
        if let Some(switch) = switch
            && !schedule.is_some_and(|(_, it)| is_emergency(it))
        {
            return Some(Event::SwitchMet(SwitchMet {
                contact,
                node,
                queue,
                position: switch.position,
                exit,
            }));
        }
        let (schedule, standing) = schedule?;
        Some(Event::HoursChecked(crate::event::HoursChecked {
            contact,
            node,
            schedule,
            version: standing.version,
            hours,
            exit,
        }))
    }

    /// Who begins to wait, or waits again, is to leave because it is closed: what closes it may be over, and nobody
    /// looked at the clock yet. Then nobody leaves, or is kept from an agent, by it.
    pub(super) fn leaves_by_what_holds(&mut self, id: ContactId) {
        if !self.state.watch.is_leaving(id) {
            return;
        }
        let Some(queue) = self.contact(id).and_then(Contact::stay).map(|it| it.queue) else {
            return;
        };
        self.ends_switch_that_is_over(queue);
        let schedule = self.state.settings.schedule_of(queue).map(|(id, _)| id);
        let watch = &self.state.watch;
        let is_over = |it: &ScheduleId| watch.is_closed(*it) && !watch.is_current(*it, self.now);
        if let Some(schedule) = schedule.filter(is_over) {
            self.look(schedule);
        }
    }

    /// Looks at the schedule of a queue whose contacts leave at its closing, unless it is known.
    pub(super) fn watch_for(&mut self, queue: QueueId) {
        let settings = &self.state.settings;
        let leaves = settings
            .queue(queue)
            .is_some_and(|it| it.at_closing == AtClosing::Leave);
        if leaves {
            self.watch_schedule_of(queue);
        }
    }

    /// Looks at the schedule of a queue, unless it is known.
    pub(super) fn watch_schedule_of(&mut self, queue: QueueId) {
        let schedule = self.state.settings.schedule_of(queue).map(|(id, _)| id);
        if let Some(schedule) = schedule
            && !self.state.watch.is_current(schedule, self.now)
        {
            self.look(schedule);
        }
    }

    /// Records what a schedule says now, and until when.
    fn look(&mut self, schedule: ScheduleId) {
        let Some(standing) = self.state.settings.schedules.get(&schedule) else {
            return;
        };
        let Versioned { version, document } = standing;
        self.record(Event::HoursSeen(crate::event::HoursSeen {
            schedule,
            version: *version,
            hours: document.at(self.now),
            until: document.next_change(self.now),
        }));
    }

    /// Hours may say something else since a start or a change of settings.
    pub(super) fn look_again(&mut self) {
        let watched: Vec<_> = self.state.watch.watched().collect();
        for schedule in watched {
            if !self.state.watch.is_current(schedule, self.now) {
                self.look(schedule);
            }
        }
    }

    /// Sends on who waits in a closed queue, as many as one turn may. The next one follows at once.
    pub(super) fn let_go(&mut self) {
        for _ in 0..limits::TIMERS_PER_TURN_MAX {
            let Some(id) = self.state.watch.next_leaving() else {
                return;
            };
            self.leave_closed(id);
        }
    }

    /// Does what is due.
    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Leave(contact) => self.leave_closed(contact),
            Step::Look(schedule) => self.look(schedule),
        }
    }

    fn leave_closed(&mut self, id: ContactId) {
        let Some(State::Queued(stay)) = self.contact(id).map(|contact| &contact.state) else {
            return;
        };
        let queue = stay.queue;
        if self.is_attempt(id) {
            self.attempt_meets_closing(id);
            return;
        }
        if self.waits_after_early_call(id) {
            self.early_parts(id);
            return;
        }
        let hours = self.state.hours_of(self.now, queue);
        self.leave_unserved(id, queue, Leaving::by(&hours));
    }

    /// Closes a schedule until it is reopened.
    pub(super) fn close_schedule(
        &mut self,
        actor: &Actor,
        id: ScheduleId,
        reason: String,
    ) -> Result<Reply, Refusal> {
        self.set_closure(actor, id, Some(reason))
    }

    /// Ends the closure of a schedule. Where there is none, nothing is to be done.
    pub(super) fn reopen_schedule(
        &mut self,
        actor: &Actor,
        id: ScheduleId,
    ) -> Result<Reply, Refusal> {
        self.set_closure(actor, id, None)
    }

    fn set_closure(
        &mut self,
        actor: &Actor,
        id: ScheduleId,
        closed_now: Option<String>,
    ) -> Result<Reply, Refusal> {
        let standing = self.state.settings.schedules.get(&id);
        let Some(Versioned { version, document }) = standing.cloned() else {
            let what = Kind::Schedule.word();
            return Err(Refusal::NotFound { what, id: id.0 });
        };
        let id = id.0;
        if document.closed_now == closed_now {
            return Ok(Reply::Saved { id, version });
        }
        let document = Schedule {
            closed_now,
            ..document
        };
        document.validate()?;
        let version = version + 1;
        self.record(Event::Saved {
            id,
            version,
            document: Document::Schedule(document),
            by: actor.account,
        });
        self.look_again();
        Ok(Reply::Saved { id, version })
    }
}
