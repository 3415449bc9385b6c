//! What each queue has learned about its waits, from the facts of the journal.

use super::{Estimator, Line, Unserved};
use crate::by_id::ById;
use crate::contact::{Contacts, State};
use crate::event::{CallbackDialed, EndReason, Event};
use crate::ids::{ContactId, QueueId};
use crate::owed::Owed;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The estimators of all queues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimates {
    by_queue: ById<QueueId, Estimator>,
}

impl Estimates {
    /// That of one queue, if anything was learned about it.
    #[must_use]
    pub fn of(&self, queue: QueueId) -> Option<&Estimator> {
        self.by_queue.get(queue)
    }

    pub(crate) fn forget(&mut self, queue: QueueId) {
        self.by_queue.remove(queue);
    }

    /// A contact began to wait, and nobody was free.
    pub(crate) fn entered(
        &mut self,
        now: Timestamp,
        queue: QueueId,
        contact: ContactId,
        line: &Line,
    ) {
        let estimator = self.by_queue.get_or_default(queue);
        estimator.entered(now, contact, line);
    }

    /// What a fact says about a wait or a conversation that it ends, given the state before it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts end no wait and no conversation"
    )]
    pub(crate) fn learn_ends(
        &mut self,
        now: Timestamp,
        event: &Event,
        contacts: &Contacts,
        owed: &Owed,
    ) {
        // Nobody waits on the line for a message, and a message is not talked to.
        let contact = event.contact().and_then(|it| contacts.get(it));
        if contact.is_some_and(|it| it.message.is_some()) {
            return;
        }
        match event {
            Event::Connected { contact, .. } => {
                let stay = contacts.get(*contact).and_then(|it| it.stay());
                if let Some(stay) = stay {
                    let estimator = self.by_queue.get_or_default(stay.queue);
                    estimator.answered(now, *contact, stay.since);
                }
            }
            // An attempt of a callback that reaches an agent waited as if the customer had stayed on the line.
            Event::CallbackDialed(CallbackDialed { contact, queue, .. }) => {
                let stay = contacts.get(*contact).and_then(|it| it.stay());
                if let Some(stay) = stay {
                    let estimator = self.by_queue.get_or_default(*queue);
                    estimator.answered(now, *contact, stay.since);
                }
            }
            Event::LeftQueue { contact, queue, .. } => {
                self.left(now, *queue, *contact, Unserved::Moved);
            }
            Event::HandedOver {
                queue,
                talked_since,
                work: None,
                ..
            } => self.handled(now, *queue, *talked_since),
            Event::WrapUpEnded { contact, agent, .. } => {
                if let Some(work) = owed.work(*contact, *agent) {
                    self.handled(now, work.queue, work.talked_since);
                }
            }
            Event::ContactEnded { contact, reason } => {
                self.ended(now, *contact, *reason, contacts);
            }
            _ => {}
        }
    }

    fn ended(
        &mut self,
        now: Timestamp,
        contact: ContactId,
        reason: EndReason,
        contacts: &Contacts,
    ) {
        match contacts.get(contact).map(|it| &it.state) {
            Some(State::Queued(stay) | State::Offering(stay, _)) => {
                self.left(now, stay.queue, contact, why(reason));
            }
            Some(State::Connected(stay, engagement, _) | State::WrapUp(stay, engagement, _)) => {
                self.handled(now, stay.queue, engagement.since)
            }
            Some(State::Created | State::InFlow | State::Dialing(..) | State::Outside(..))
            | None => {}
        }
    }

    fn left(&mut self, now: Timestamp, queue: QueueId, contact: ContactId, why: Unserved) {
        if let Some(estimator) = self.by_queue.get_mut(queue) {
            estimator.left(now, contact, why);
        }
    }

    fn handled(&mut self, now: Timestamp, queue: QueueId, since: Timestamp) {
        let ms = now.micros_since(since).unsigned_abs() / 1_000;
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        self.by_queue.get_or_default(queue).handled(now, ms);
    }
}

const fn why(reason: EndReason) -> Unserved {
    if reason.gives_up_waiting() {
        Unserved::GaveUp
    } else {
        Unserved::Moved
    }
}
