//! Scopes inside a turn: they are said, and what lies beyond one is refused. What the core has forgotten (contacts
//! that are over, recordings) is looked at by those who have it, before they ask.

use super::{OpenTurn, Reply};
use crate::event::{Event, ScopeSet, Steering};
use crate::ids::{AccountId, ContactId, QueueId, ScheduleId};
use crate::input::{Request, SwitchQueue};
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::scope::{Scope, Sight};
use crate::settings::WHOLE;
use crate::state::State;

impl OpenTurn<'_> {
    /// What an account's roles reach from now on. The account itself is the store's, and so is its scope.
    pub(super) fn set_scope(
        &mut self,
        actor: &Actor,
        account: AccountId,
        scope: Scope,
    ) -> Result<Reply, Refusal> {
        if let Scope::Parts(parts) = &scope {
            self.state.settings.validate_parts(parts)?;
        }
        self.record(Event::ScopeSet(ScopeSet {
            account,
            scope,
            by: actor.account,
        }));
        Ok(Reply::Done)
    }

    /// What a request is about, when that is there and beyond the actor's scope.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are about one's own desk, or about nothing that a scope names"
    )]
    pub(super) fn beyond(&self, actor: &Actor, request: &Request) -> Option<String> {
        if actor.scope.is_everything() {
            return None;
        }
        match request {
            Request::Save { id, document, .. } => {
                let settings = &self.state.settings;
                settings.beyond_saving(&actor.scope, *id, document)
            }
            Request::Remove { kind, id, .. } => {
                let settings = &self.state.settings;
                settings.beyond_standing(&actor.scope, *kind, *id)
            }
            Request::ApplySettings { .. } => Some(WHOLE.to_owned()),
            Request::CloseSchedule { schedule, .. } | Request::ReopenSchedule { schedule } => {
                let is_there = self.state.settings.schedules.contains_key(schedule);
                let is_within = self.state.reaches_schedule(&actor.scope, *schedule);
                (is_there && !is_within).then(|| format!("schedule {schedule}"))
            }
            Request::SwitchQueue(SwitchQueue { queue, .. }) | Request::EndSwitch { queue, .. } => {
                let is_there = self.state.settings.queue(*queue).is_some();
                let is_beyond = is_there && !actor.scope.has_queue(*queue);
                is_beyond.then(|| format!("queue {queue}"))
            }
            Request::BookCallback(wish) => {
                let is_there = self.state.settings.queue(wish.queue).is_some();
                let is_beyond = is_there && !self.reaches_callbacks(actor, wish.queue);
                is_beyond.then(|| format!("queue {}", wish.queue))
            }
            Request::CancelCallback { callback } | Request::RescheduleCallback { callback, .. } => {
                let found = self.state.callbacks.get(*callback)?;
                (!self.reaches_callbacks(actor, found.queue))
                    .then(|| format!("callback {callback}"))
            }
            Request::Direct { agent, .. } | Request::AnswerPetition { agent, .. } => {
                let is_there = self.state.agents.get(*agent).is_some();
                let is_within = self.state.sight_of(actor).has_agent(*agent);
                (is_there && !is_within).then(|| format!("agent {agent}"))
            }
            Request::Steer {
                contact,
                to: Steering::Queue(queue),
                ..
            } if self.state.settings.queue(*queue).is_some() && !actor.scope.has_queue(*queue) => {
                let is_there = self.state.contacts.get(*contact).is_some();
                is_there.then(|| format!("queue {queue}"))
            }
            Request::Steer {
                contact,
                to: Steering::Agent(agent),
                ..
            } if self.state.agents.get(*agent).is_some()
                && !self.state.sight_of(actor).has_agent(*agent) =>
            {
                let is_there = self.state.contacts.get(*contact).is_some();
                is_there.then(|| format!("agent {agent}"))
            }
            Request::Steer { contact, .. }
            | Request::AdjustPriority { contact, .. }
            | Request::OfferCallback { contact }
            | Request::PauseRecording { contact }
            | Request::ResumeRecording { contact }
            | Request::NotePayment { contact, .. } => {
                let sight = self.state.sight_of(actor);
                let is_within = self.state.sees_contact(&sight, *contact)?;
                (!is_within).then(|| format!("contact {contact}"))
            }
            _ => None,
        }
    }
}

impl OpenTurn<'_> {
    /// Whether somebody keeps the callbacks of a queue; an agent's own the turn looks at.
    fn reaches_callbacks(&self, actor: &Actor, queue: QueueId) -> bool {
        actor.scope.has_queue(queue) || !actor.may(Permission::KeepCallbacks)
    }
}

impl State {
    /// Whether a schedule may be closed and reopened: when a queue that is named keeps to it.
    #[must_use]
    pub fn reaches_schedule(&self, scope: &Scope, schedule: ScheduleId) -> bool {
        let mut queues = self.settings.queues.iter();
        scope.is_everything()
            || queues.any(|(id, it)| it.document.hours == Some(schedule) && scope.has_queue(id))
    }

    /// Whether a contact is in sight; none when there is none, or no longer.
    #[must_use]
    pub fn sees_contact(&self, sight: &Sight, contact: ContactId) -> Option<bool> {
        let contact = self.contacts.get(contact)?;
        let present = contact.agent().into_iter();
        let third = contact.third().and_then(crate::talk::Third::agent);
        let agents = contact.touched.agents.iter().copied();
        let agents = agents.chain(present).chain(third);
        let queues = contact.touched.queues.iter().copied();
        let queues = queues.chain(contact.stay().map(|stay| stay.queue));
        Some(sight.has_contact(queues, agents))
    }
}
