//! All contacts that are not over, and what facts make of them as a whole.

use super::{Contact, State, begun, contact_of};
use crate::by_id::ById;
use crate::call::Call;
use crate::effect::{Effect, Outcome};
use crate::event::Event;
use crate::ids::{ContactId, EffectId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// All contacts that are not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// In a place of its own each: contacts are large, and a map moves its entries.
    by_id: ById<ContactId, Box<Contact>>,
}

impl Contacts {
    /// One contact.
    #[must_use]
    pub fn get(&self, id: ContactId) -> Option<&Contact> {
        self.by_id.get(id).map(Box::as_ref)
    }

    /// All contacts, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (ContactId, &Contact)> {
        { self.by_id.iter() }.map(|(id, contact)| (id, contact.as_ref()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Notes how an order ended and names the contact that it was for.
    pub(crate) fn settled(
        &mut self,
        now: Timestamp,
        id: EffectId,
        effect: &Effect,
        outcome: &Outcome,
    ) -> Option<ContactId> {
        let contact = effect.contact()?;
        if let Some(contact) = self.by_id.get_mut(contact) {
            contact.settled(now, id, effect, outcome);
        }
        Some(contact)
    }

    /// The process starts: what happened to the calls meanwhile is not known. Answers whose.
    pub(crate) fn left_alone(&mut self, now: Timestamp) -> Vec<ContactId> {
        for (_, contact) in self.by_id.iter_mut() {
            if matches!(contact.state, State::Created) {
                contact.call.awaited(now);
            }
        }
        self.each_call(|call| call.left_alone(now))
    }

    /// Every call is to be asked about at once. Answers whose.
    pub(crate) fn doubted(&mut self, now: Timestamp) -> Vec<ContactId> {
        self.each_call(|call| call.doubted(now))
    }

    /// Changes every open call; answers which contacts may have changed.
    fn each_call(&mut self, change: impl Fn(&mut Call)) -> Vec<ContactId> {
        let open = self.by_id.iter_mut().filter(|(_, it)| it.has_open_call());
        for (_, contact) in open {
            change(&mut contact.call);
        }
        self.by_id.iter().map(|(id, _)| id).collect()
    }

    /// Applies a fact and names the contact that it changed.
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) -> Option<ContactId> {
        let id = contact_of(event)?;
        if let Event::ContactArrived {
            endpoint,
            arrival,
            customer,
            correlation,
            attributes,
            caller,
            ..
        } = event
        {
            let mut contact = Contact::new(now, *endpoint, *arrival, *customer, State::Created);
            contact.correlation.clone_from(correlation);
            contact.attributes.clone_from(attributes);
            contact.caller.clone_from(caller);
            contact.call.awaited(now);
            self.by_id.insert(id, Box::new(contact));
        } else if let Some(contact) = begun::begun_here(now, event) {
            self.by_id.insert(id, Box::new(contact));
        } else if let Event::MessageLeft(crate::event::MessageLeft { from, .. }) = event {
            if let Some(caller) = self.by_id.get_mut(*from) {
                caller.has_left_message = true;
                let message = caller.message_left(now, event);
                self.by_id
                    .extend(message.map(|message| (id, Box::new(message))));
            }
        } else if matches!(event, Event::ContactEnded { .. }) {
            self.by_id.remove(id);
        } else if let Some(contact) = self.by_id.get_mut(id) {
            contact.take(now, event);
        }
        if let Some(contact) = self.by_id.get_mut(id) {
            contact.touched.note(event);
        }
        Some(id)
    }
}
