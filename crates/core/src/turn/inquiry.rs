//! Reconciliation: asking the other side what is true of a call, and taking the difference for the word
//! that was lost. After a start a contact waits for the answer before anything is decided about it.

use super::call::Gone;
use super::{OpenTurn, Reply};
use crate::call::Customer;
use crate::contact::State;
use crate::effect::{Effect, Observation};
use crate::event::Event;
use crate::ids::{ContactId, EffectId};
use crate::role::Actor;

impl OpenTurn<'_> {
    /// Has every open call asked about.
    pub(super) fn reconcile(&mut self, actor: &Actor) -> Reply {
        let open = self.state.contacts.iter();
        let n_calls = open.filter(|(_, it)| it.has_open_call()).count();
        self.record(Event::ReconciliationAsked { by: actor.account });
        Reply::Reconciling { n_calls }
    }

    /// Asks the other side about the contact's call.
    pub(super) fn ask(&mut self, contact: ContactId) {
        let open = self.contact(contact).filter(|it| it.has_open_call());
        let Some(open) = open else {
            return;
        };
        let recording = open.recording.as_ref().and_then(|it| it.reference());
        let recording = recording.cloned();
        if let Some(leg) = open.call.leg.clone() {
            self.order(Effect::Inquire {
                contact,
                leg,
                recording,
            });
        }
    }

    /// The other side told. That a call is gone is true whenever it was said; who is in it only if no other
    /// word came since the question.
    pub(super) fn observed(
        &mut self,
        id: ContactId,
        inquiry: EffectId,
        (leg, recording): (&str, Option<&str>),
        call: Observation,
    ) {
        let Some(contact) = self.contact(id) else {
            return;
        };
        if contact.call.leg.as_deref() != Some(leg) {
            return;
        }
        let is_present = contact.call.is_answered_by(inquiry);
        match call {
            Observation::Gone => drop(self.leg_down(id)),
            Observation::Up {
                customer,
                agents,
                recording: told,
            } if is_present => {
                self.is_up(id, leg, customer, &agents);
                if let (Some(reference), Some(told)) = (recording, told) {
                    self.recording_seen(id, reference, told);
                }
            }
            Observation::Up { .. } | Observation::Connecting => {}
        }
    }

    fn is_up(&mut self, id: ContactId, leg: &str, customer: bool, agents: &[String]) {
        self.leg_up(id, leg.to_owned());
        let Some(contact) = self.contact(id) else {
            return;
        };
        let was_there = contact.call.customer != Customer::Unseen;
        let talks = matches!(contact.state, State::Connected(..) | State::Dialing(..));
        let agent = self.is_among(id, agents);
        let gone = Gone {
            customer: !customer && was_there,
            agent: talks && !agent,
            third: contact
                .beside()
                .is_some_and(|it| it.is_in && !agents.iter().any(|a| a == it.address)),
        };
        self.present_or_dialed(id, gone, (customer, agent), agents);
        self.ring_is_over(id);
        self.dial_ring_is_over(id);
        self.third_ring_is_over(id);
        self.start_media_again(id);
    }

    pub(super) fn is_unconfirmed(&self, id: ContactId) -> bool {
        self.contact(id).is_some_and(|it| it.is_unconfirmed())
    }

    /// The other side cannot be asked: an agent who is free is worth more than certainty.
    pub(super) fn presume(&mut self, id: ContactId) {
        self.record(Event::LegPresumed { contact: id });
        self.go_on_when_confirmed(id, true);
    }

    /// What the contact was held back from since the start.
    pub(super) fn go_on_when_confirmed(&mut self, id: ContactId, was_unconfirmed: bool) {
        let goes_on = was_unconfirmed && !self.is_unconfirmed(id);
        let waits = matches!(self.contact(id).map(|it| &it.state), Some(State::Queued(_)));
        if goes_on && waits && !self.leave_when_overdue(id) {
            self.place(id);
        }
    }
}
