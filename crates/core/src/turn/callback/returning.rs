//! A customer who calls while a callback is pending, and waits in its queue: the customer waits at the place that was kept,
//! and nobody is called who is on the line. Who talks to an agent is not called back; who leaves before that is.

use super::super::OpenTurn;
use crate::callback::{CancelCause, End, Kind, OnReturn, Place, PutOff, State};
use crate::event::Event;
use crate::ids::{CallbackId, ContactId, QueueId};
use crate::limits;

impl OpenTurn<'_> {
    /// The callback at whose place a caller waits in this queue. One that was agreed for another time, or is an agent's
    /// own, stands; and while somebody calls the customer nothing is changed.
    pub(in crate::turn) fn place_kept(
        &self,
        caller: ContactId,
        queue: QueueId,
    ) -> Option<(CallbackId, Place)> {
        let rules = self.state.settings.queue(queue)?.callbacks.as_deref()?;
        let contact = self.contact(caller)?;
        contact.caller.as_ref()?;
        if rules.on_return == OnReturn::WaitsAnew {
            return None;
        }
        let mut own = self.state.callbacks.of_customer(contact.customer);
        let found = own.find(|(_, it)| {
            let keeps_place = matches!(it.kind, Kind::VirtualHold | Kind::Asap);
            let is_idle = matches!(it.state, State::Booked { .. } | State::Due { .. });
            it.queue == queue && keeps_place && is_idle && it.owner.is_none()
        });
        found.map(|(id, it)| (id, it.place))
    }

    /// The caller waits at that place: nobody calls meanwhile.
    pub(in crate::turn) fn is_on_the_line(&mut self, callback: CallbackId, caller: ContactId) {
        let at = self.now.plus_seconds(limits::CALLBACK_LOOK_AGAIN_SECONDS);
        self.put_off(callback, at, PutOff::OnTheLine(caller));
    }

    /// Whether the customer of a callback is on the line still; then it is looked at again.
    pub(super) fn is_still_on_the_line(&mut self, callback: CallbackId) -> bool {
        let it = self.state.callbacks.get(callback);
        let Some(PutOff::OnTheLine(caller)) = it.and_then(|it| it.put_off) else {
            return false;
        };
        let is_there = self.contact(caller).is_some();
        if is_there {
            self.is_on_the_line(callback, caller);
        }
        is_there
    }

    /// The callback whose customer is on the line in this contact.
    fn put_off_for(&self, caller: ContactId) -> Option<CallbackId> {
        let customer = self.contact(caller)?.customer;
        let mut own = self.state.callbacks.of_customer(customer);
        let found = own.find(|(_, it)| it.put_off == Some(PutOff::OnTheLine(caller)));
        found.map(|(id, _)| id)
    }

    /// The caller talks to an agent: nothing more is owed.
    pub(in crate::turn) fn supersedes(&mut self, caller: ContactId) {
        if let Some(callback) = self.put_off_for(caller) {
            let cause = CancelCause::Superseded(caller);
            self.end_callback(callback, End::Cancelled(cause));
        }
    }

    /// The callback whose customer leaves the line with this fact.
    pub(in crate::turn) fn left_by(&self, event: &Event) -> Option<CallbackId> {
        let Event::ContactEnded { contact, .. } = event else {
            return None;
        };
        self.put_off_for(*contact)
    }
}
