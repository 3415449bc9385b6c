//! How facts become stories: whose story a fact belongs to, and where a story begins. Where stories are kept
//! is the caller's: those of the last contacts in memory, those of all in the history.

use super::course::{Course, Span};
use super::entry::{self, What};
use super::order::OrderKind;
use super::{ORDERS_MAX, Story};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::contact::Direction;
use tandem_core::effect::{Observation, Outcome};
use tandem_core::event::Event;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::recording::{Message, Sound};
use tandem_core::time::Timestamp;

/// Where stories are kept.
pub(crate) trait Shelf {
    fn story(&mut self, contact: ContactId) -> Option<&mut Story>;

    fn begin(&mut self, contact: ContactId, story: Story);

    /// Hears of a fact that was told, and of the spans that ended with it.
    fn told(&mut self, contact: ContactId, now: Timestamp, event: &Event, spans: &[Span]);
}

impl Shelf for BTreeMap<ContactId, Story> {
    fn story(&mut self, contact: ContactId) -> Option<&mut Story> {
        self.get_mut(&contact)
    }

    fn begin(&mut self, contact: ContactId, story: Story) {
        self.insert(contact, story);
    }

    fn told(&mut self, _: ContactId, _: Timestamp, _: &Event, _: &[Span]) {}
}

/// Open orders: only they tell whose an outcome is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Teller {
    orders: BTreeMap<EffectId, (ContactId, OrderKind)>,
}

impl Teller {
    /// Tells the stories that a fact concerns of it.
    pub(crate) fn tell(&mut self, shelf: &mut impl Shelf, now: Timestamp, event: &Event) {
        self.ordered(event);
        if let Event::EffectSettled { id, outcome } = event {
            self.settled(shelf, now, *id, outcome);
            return;
        }
        let Some(contact) = contact_of(event) else {
            return;
        };
        begin(shelf, now, event);
        if let Some(story) = shelf.story(contact) {
            let what = What::of(event);
            let spans = what.map(|what| story.add(now, what)).unwrap_or_default();
            story.take(now, event);
            shelf.told(contact, now, event, &spans);
        }
    }

    /// The contacts whose stories a fact concerns and that have begun before it.
    pub(crate) fn concerned(&self, event: &Event) -> impl Iterator<Item = ContactId> {
        let begins = matches!(
            event,
            Event::ContactArrived { .. } | Event::ContactDialed(_) | Event::CallbackDue(_)
        );
        let contact = if let Event::EffectSettled { id, .. } = event {
            self.orders.get(id).map(|(contact, _)| *contact)
        } else if let Event::MessageLeft(tandem_core::event::MessageLeft { from, .. }) = event {
            Some(*from)
        } else {
            contact_of(event).filter(|_| !begins)
        };
        contact.into_iter()
    }

    fn ordered(&mut self, event: &Event) {
        let Event::EffectOrdered { id, effect } = event else {
            return;
        };
        if let Some(contact) = effect.contact() {
            self.orders.insert(*id, (contact, OrderKind::of(effect)));
        }
        if self.orders.len() > ORDERS_MAX {
            self.orders.pop_first();
        }
    }

    fn settled(&mut self, shelf: &mut impl Shelf, at: Timestamp, id: EffectId, outcome: &Outcome) {
        let Some((contact, order)) = self.orders.remove(&id) else {
            return;
        };
        let what = match outcome {
            Outcome::Observed {
                call: Observation::Gone,
            } => What::CallFoundGone,
            Outcome::Done { .. }
            | Outcome::Kept { .. }
            | Outcome::Observed { .. }
            | Outcome::Answered { .. } => return,
            // What followed tells.
            Outcome::Failed { .. } | Outcome::Unknown if order.tells_by_itself() => return,
            Outcome::Failed { code } => What::OrderFailed {
                order,
                code: entry::bounded(code),
            },
            Outcome::Unknown => What::OrderUnknown { order },
        };
        if let Some(story) = shelf.story(contact) {
            story.add(at, what);
        }
    }
}

/// The contact whose story a fact is told in.
fn contact_of(event: &Event) -> Option<ContactId> {
    if let Event::Decided(decision) = event {
        return Some(decision.contact);
    }
    event.contact()
}

/// A message begins with what is known of its caller; both stories tell of it.
fn begin_message(shelf: &mut impl Shelf, now: Timestamp, event: &Event) {
    let Event::MessageLeft(tandem_core::event::MessageLeft {
        contact,
        from,
        recording,
        seconds,
        queue,
        ..
    }) = event
    else {
        return;
    };
    let Some(caller) = shelf.story(*from) else {
        return;
    };
    if let Some(what) = What::of(event) {
        caller.add(now, what);
    }
    let mut story = Story::new(now, caller.endpoint, caller.arrival);
    story.course = Course::of_message();
    story.customer = caller.customer;
    story.correlation.clone_from(&caller.correlation);
    story.queue = Some(*queue);
    story.enqueued_at = Some(now);
    story.message = Some(Message {
        from: *from,
        recording: *recording,
        seconds: *seconds,
        sound: Sound::Arriving { held_until: None },
    });
    shelf.begin(*contact, story);
}

#[expect(clippy::wildcard_enum_match_arm, reason = "three facts begin a story")]
fn begin(shelf: &mut impl Shelf, now: Timestamp, event: &Event) {
    begin_message(shelf, now, event);
    let (contact, story) = match event {
        Event::ContactArrived {
            contact,
            endpoint,
            arrival,
            correlation,
            customer,
            ..
        } => {
            let mut story = Story::new(now, *endpoint, *arrival);
            story.correlation.clone_from(correlation);
            story.customer = Some(*customer);
            (*contact, story)
        }
        Event::ContactDialed(tandem_core::event::ContactDialed {
            contact,
            endpoint,
            arrival,
            queue,
            agent,
            customer,
            ..
        }) => {
            let mut story = Story::new(now, *endpoint, *arrival);
            story.direction = Direction::Outbound;
            story.customer = Some(*customer);
            story.queue = Some(*queue);
            // Who called may look at it, whoever was reached.
            story.agents.push(*agent);
            (*contact, story)
        }
        Event::CallbackDue(due) => {
            let mut story = Story::new(now, due.endpoint, due.arrival);
            story.direction = Direction::Outbound;
            story.customer = Some(due.customer);
            story.queue = Some(due.queue);
            (due.contact, story)
        }
        _ => return,
    };
    shelf.begin(contact, story);
}
