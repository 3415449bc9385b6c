//! The key by which a customer who waits goes on elsewhere: it is asked for between the music, and the line is left
//! when it was pressed (B-016). An offer to an agent is worth more than a key that comes too late.

use super::OpenTurn;
use crate::contact::State;
use crate::event::{Event, QueueKeyPlanned};
use crate::flow::{Key, Node, NodeId, QueueKey};
use crate::ids::ContactId;
use crate::input::Collected;
use crate::limits;

impl OpenTurn<'_> {
    /// Somebody entered a queue by this node.
    pub(super) fn plan_key(&mut self, id: ContactId, node: &Node) {
        if let Node::Queue { key: Some(key), .. } = node {
            self.plan_key_in(id, key.first_s);
        }
    }

    pub(super) fn plan_key_in(&mut self, contact: ContactId, seconds: u32) {
        self.record(Event::QueueKeyPlanned(QueueKeyPlanned {
            contact,
            at: self.now.plus_seconds(seconds),
        }));
    }

    /// Asks, unless something else is being said at this moment. After a transfer it waits in another queue than that
    /// of its node, where nobody offered a key.
    pub(super) fn ask_queue_key(&mut self, id: ContactId) {
        let Some((contact, State::Queued(stay))) = self.contact(id).map(|it| (it, &it.state))
        else {
            return;
        };
        let is_said = contact.media.as_ref().is_some_and(|it| it.until.is_some());
        let waits_in = stay.queue;
        let Some((queue, key)) = self.queue_key(id) else {
            return;
        };
        if queue != waits_in {
            self.plan_key_in(id, limits::SECONDS_OF_A_DAY);
        } else if is_said {
            self.plan_key_in(id, limits::QUEUE_KEY_POSTPONED_SECONDS);
        } else {
            self.plan_key_in(id, key.every_s);
            self.ask_key(id, &key.prompt, limits::QUEUE_KEY_SECONDS);
        }
    }

    fn queue_key(&self, id: ContactId) -> Option<(crate::ids::QueueId, QueueKey)> {
        match self.node_of(id) {
            Some((
                _,
                Node::Queue {
                    queue,
                    key: Some(key),
                    ..
                },
            )) => Some((queue, *key)),
            Some(_) | None => None,
        }
    }

    /// The key leads out of the queue; after anything else the music goes on.
    pub(super) fn queue_key_answered(
        &mut self,
        id: ContactId,
        name: NodeId,
        node: Node,
        result: Collected,
    ) {
        let Node::Queue {
            queue,
            key: Some(key),
            ..
        } = node
        else {
            return;
        };
        let waits = matches!(
            self.contact(id).map(|it| &it.state),
            Some(State::Queued(stay)) if stay.queue == queue
        );
        match result {
            Collected::Digits(digits) if waits && pressed(&digits) == Some(key.key) => {
                if let Some(target) = self.leave(id, queue, "key", key.next) {
                    self.enter(id, target);
                }
                return;
            }
            Collected::Failed { code } => self.record(Event::ExitTaken {
                contact: id,
                node: name,
                exit: "silence".to_owned(),
                code: Some(code),
            }),
            Collected::Digits(_)
            | Collected::Masked(_)
            | Collected::NoInput
            | Collected::Canceled => {}
        }
        self.announcement_over(id);
    }
}

fn pressed(digits: &str) -> Option<Key> {
    digits.chars().next().and_then(Key::new)
}
