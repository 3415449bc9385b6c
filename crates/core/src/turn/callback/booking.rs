//! Booking: who may be called back, and what a customer gets who books twice.

use super::super::OpenTurn;
use crate::callback::{
    CALLBACK_PENDING, CallbackRules, CancelCause, Duplicate, End, Kind, Origin, Owner, Person,
    Place, State, Window,
};
use crate::contact::Stay;
use crate::event::{CallbackBooked, CallbackJoined, Event};
use crate::flow::{CallbackWhen, Node, NodeId, invalid};
use crate::ids::{CallbackId, ContactId, QueueId};
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::Kind as Setting;
use crate::switch::Matter;
use crate::talk::Number;

/// What is to be booked.
pub(in crate::turn) struct Booking {
    pub(super) kind: Kind,
    pub(super) origin: Origin,
    pub(super) queue: QueueId,
    pub(super) person: Person,
    /// The place that is kept; a new one at the end of the line without.
    pub(super) place: Option<Place>,
    pub(super) window: Option<Window>,
    pub(super) owner: Option<Owner>,
}

/// Whether a callback may be booked.
pub(in crate::turn) enum MayBook {
    /// This one is pending, and counts for it.
    Pending(CallbackId),
    /// By these rules.
    By(CallbackRules),
}

impl OpenTurn<'_> {
    /// Books, unless the customer has one that counts for it; answers which.
    pub(in crate::turn) fn book(&mut self, booking: Booking) -> Result<CallbackId, Refusal> {
        let rules = match self.may_be_booked(&booking)? {
            MayBook::Pending(pending) => return Ok(pending),
            MayBook::By(rules) => rules,
        };
        self.replace_pending(&booking);
        let id = self.state.callbacks.next();
        let begins = booking.window.map_or(self.now, |it| it.from.max(self.now));
        let of_caller = self
            .now
            .plus_seconds(limits::CALLBACK_FAREWELL_SECONDS)
            .max(begins);
        let next_at = match (booking.owner, booking.origin) {
            (Some(owner), _) => owner.until,
            (None, Origin::Caller(_)) => of_caller,
            (None, Origin::Account(_)) => begins,
        };
        let seq = self.state.next.enqueued();
        let place = booking.place.unwrap_or(Place { since: begins, seq });
        let promise = self.now.plus_seconds(rules.promise_s);
        let over = booking.window.map_or(self.now, |it| it.to);
        self.record(Event::CallbackBooked(CallbackBooked {
            callback: id,
            kind: booking.kind,
            origin: booking.origin,
            queue: booking.queue,
            person: booking.person,
            place,
            window: booking.window,
            owner: booking.owner,
            next_at,
            promised_by: booking.window.map_or(promise, |it| it.to),
            expires_at: over.plus_seconds(rules.expires_after_s),
        }));
        if next_at <= self.now {
            self.callback_is_due(id);
        }
        Ok(id)
    }

    /// Whether somebody may be called back: by which rules, or whether one that is pending counts for it.
    pub(in crate::turn) fn may_be_booked(&self, booking: &Booking) -> Result<MayBook, Refusal> {
        let rules = self.rules_of(booking.queue)?;
        if let Some(pending) = self.pending_for(booking, rules.duplicate)? {
            return Ok(MayBook::Pending(pending));
        }
        let (now, queue) = (self.now, booking.queue);
        let switched = self.state.switches.holds(now, queue, Matter::Callbacks);
        if switched.is_some() {
            return Err(Refusal::NoNewCallbacks);
        }
        let (country, customer) = (&booking.person.country, booking.person.customer);
        self.state.line_from(now, queue, country, customer)?;
        self.has_room(booking, &rules)?;
        self.check_window(booking.window)?;
        Ok(MayBook::By(rules))
    }

    fn rules_of(&self, queue: QueueId) -> Result<CallbackRules, Refusal> {
        let found = self.state.settings.queue(queue).ok_or(Refusal::NotFound {
            what: Setting::Queue.word(),
            id: queue.0,
        })?;
        let rules = found.callbacks.as_deref().ok_or(Refusal::NoCallbacks)?;
        Ok(rules.clone())
    }

    /// The one that counts for a new one. Whoever is being called at this moment keeps that attempt.
    fn pending_for(
        &self,
        booking: &Booking,
        duplicate: Duplicate,
    ) -> Result<Option<CallbackId>, Refusal> {
        let mut own = self.state.callbacks.of_customer(booking.person.customer);
        let Some((id, pending)) = own.find(|(_, it)| it.queue == booking.queue) else {
            return Ok(None);
        };
        match (duplicate, pending.state) {
            (Duplicate::Refuse, _) => Err(Refusal::CallbackPending),
            (Duplicate::Keep, _) | (Duplicate::Replace, State::Dialing { .. }) => Ok(Some(id)),
            (Duplicate::Replace, State::Booked { .. } | State::Due { .. }) => Ok(None),
        }
    }

    fn has_room(&self, booking: &Booking, rules: &CallbackRules) -> Result<(), Refusal> {
        let book = &self.state.callbacks;
        let of_queue = usize::try_from(rules.max_pending).unwrap_or(usize::MAX);
        let n_own = book.of_customer(booking.person.customer).count();
        let counted = [
            ("callbacks at once", book.len(), limits::CALLBACKS_MAX),
            (
                "callbacks pending in this queue",
                book.n_in(booking.queue),
                of_queue,
            ),
            (
                "callbacks pending for one customer",
                n_own,
                limits::CALLBACKS_PER_CUSTOMER_MAX,
            ),
        ];
        let full = counted.into_iter().find(|(_, n, max)| n >= max);
        full.map_or(Ok(()), |(what, _, max)| {
            Err(Refusal::LimitReached { what, max })
        })
    }

    /// A window lies ahead, and not too far.
    pub(super) fn check_window(&self, window: Option<Window>) -> Result<(), Refusal> {
        let Some(window) = window else {
            return Ok(());
        };
        if window.to <= window.from {
            let detail = "is not after the begin of the window".to_owned();
            return Err(invalid("window.to", detail));
        }
        if window.to <= self.now {
            let detail = "is over already; choose a later time".to_owned();
            return Err(invalid("window.to", detail));
        }
        if window.to > self.now.plus_seconds(limits::CALLBACK_SECONDS_MAX) {
            let detail = "is more than thirty days ahead; choose an earlier time".to_owned();
            return Err(invalid("window.to", detail));
        }
        Ok(())
    }

    fn replace_pending(&mut self, booking: &Booking) {
        let own = self.state.callbacks.of_customer(booking.person.customer);
        let replaced: Vec<_> = own
            .filter(|(_, it)| it.queue == booking.queue)
            .map(|(id, _)| id)
            .collect();
        for id in replaced {
            self.end_callback(id, End::Cancelled(CancelCause::Replaced));
        }
    }

    /// A `callback` node: the caller is called at the number of this call.
    pub(in crate::turn) fn book_in_flow(
        &mut self,
        id: ContactId,
        name: &str,
        node: Node,
    ) -> Option<NodeId> {
        let Node::Callback {
            queue,
            when,
            booked,
            refused,
        } = node
        else {
            return None;
        };
        let stayed = self
            .contact(id)
            .and_then(|it| it.stayed.as_deref().copied());
        let done = self
            .booking_of_caller(id, stayed, queue, when)
            .and_then(|booking| self.book(booking).map_err(|refusal| code(&refusal)));
        match done {
            Ok(callback) => {
                self.joins_callback(id, callback, queue);
                Some(booked)
            }
            Err(code) => {
                self.record(Event::ExitTaken {
                    contact: id,
                    node: name.to_owned(),
                    exit: "refused".to_owned(),
                    code: Some(code.to_owned()),
                });
                Some(refused)
            }
        }
    }

    /// One that was pending counts for the new one: this contact has booked it all the same.
    pub(in crate::turn) fn joins_callback(
        &mut self,
        contact: ContactId,
        callback: CallbackId,
        queue: QueueId,
    ) {
        if self
            .contact(contact)
            .is_some_and(|it| it.booked != Some(callback))
        {
            self.record(Event::CallbackJoined(CallbackJoined {
                contact,
                callback,
                queue,
            }));
        }
    }

    /// The place that is kept is that of a stay in the same queue.
    pub(in crate::turn) fn booking_of_caller(
        &self,
        id: ContactId,
        stayed: Option<Stay>,
        queue: QueueId,
        when: CallbackWhen,
    ) -> Result<Booking, &'static str> {
        let contact = self.contact(id).ok_or("over")?;
        let caller = contact.caller.as_ref().ok_or("no-number")?;
        let stayed = stayed.filter(|it| it.queue == queue);
        let (kind, place, window) = match when {
            CallbackWhen::VirtualHold => {
                let place = stayed.map(|it| Place {
                    since: it.since,
                    seq: it.seq,
                });
                (Kind::VirtualHold, place, None)
            }
            CallbackWhen::Asap => (Kind::Asap, None, None),
            CallbackWhen::Later { after_s, within_s } => {
                let from = self.now.plus_seconds(after_s);
                let to = from.plus_seconds(within_s);
                (Kind::Scheduled, None, Some(Window { from, to }))
            }
        };
        Ok(Booking {
            kind,
            origin: Origin::Caller(id),
            queue,
            person: Person {
                number: Number {
                    subject: contact.arrival,
                    address: caller.address.clone(),
                },
                customer: contact.customer,
                country: caller.country.clone(),
                arrival: contact.arrival,
                zone: None,
            },
            place,
            window,
            owner: None,
        })
    }

    /// A caller who has a callback pending: the contact says so, and flows may branch on it.
    pub(in crate::turn) fn tell_of_callback(&mut self, id: ContactId) {
        let known = self.contact(id).filter(|it| it.caller.is_some());
        let customer = known.map(|it| it.customer);
        let pending = customer.and_then(|customer| {
            let mut own = self.state.callbacks.of_customer(customer);
            own.next().map(|(_, it)| it.queue)
        });
        if let Some(queue) = pending {
            self.record(Event::AttributeSet {
                contact: id,
                attribute: CALLBACK_PENDING.to_owned(),
                value: queue.to_string(),
            });
        }
    }
}

/// Why a flow could not book, as a story has it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other refusals have their own codes as they are"
)]
const fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::LimitReached { .. } => "full",
        Refusal::OnDoNotCallList => "do-not-call",
        Refusal::CountryNotAllowed => "country",
        Refusal::CallbackPending => "pending",
        other => other.code(),
    }
}
