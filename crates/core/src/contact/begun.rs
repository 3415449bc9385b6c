//! Contacts that begin here, and not by a customer's call: an agent calls a customer, or a callback is due.

use super::{Contact, Direction, State, Stay};
use crate::callback::Place;
use crate::dialing::{self, Dial};
use crate::event::{Apart, Event};
use crate::time::Timestamp;

/// The contact that begins here, and not by a customer's call.
pub(super) fn begun_here(now: Timestamp, event: &Event) -> Option<Contact> {
    dialed(now, event).or_else(|| attempt(now, event))
}

/// The attempt of a callback: it waits in the queue, and there is no call yet.
fn attempt(now: Timestamp, event: &Event) -> Option<Contact> {
    let Event::CallbackDue(due) = event else {
        return None;
    };
    let Place { since, seq } = due.place;
    let stay = Stay::begun(due.queue, since, due.band, seq, due.until);
    let state = State::Queued(stay);
    let mut contact = Contact::new(now, due.endpoint, due.arrival, due.customer, state);
    contact.direction = Direction::Outbound;
    contact.dialed = Some(due.number.clone());
    contact.callback = Some(due.callback);
    if let Some(Apart { agent, until }) = due.apart {
        contact.cool_down(agent, until);
    }
    Some(contact)
}

/// The contact that an agent's calling a customer makes. It has a stay, as if it had waited for no time at
/// all, so that everything that comes after the conversation's begin finds what it needs.
fn dialed(now: Timestamp, event: &Event) -> Option<Contact> {
    let Event::ContactDialed(crate::event::ContactDialed {
        agent,
        queue,
        endpoint,
        arrival,
        number,
        customer,
        band,
        ring_s,
        until,
        callback,
        ..
    }) = event
    else {
        return None;
    };
    let stay = Stay::begun(*queue, now, *band, 0, now);
    let dial = Dial {
        agent: *agent,
        ring_s: *ring_s,
        stage: dialing::Stage::Agent,
        since: now,
        until: *until,
    };
    let state = State::Dialing(stay, dial);
    let mut contact = Contact::new(now, *endpoint, *arrival, *customer, state);
    contact.direction = Direction::Outbound;
    contact.dialed = Some(number.clone());
    contact.callback = *callback;
    Some(contact)
}
