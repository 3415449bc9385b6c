//! How many customers of callbacks answered, and how many of them met nobody, by the facts alone: a slow, plain
//! re-statement of what a queue may risk (R-28, decision 0036).

use std::collections::BTreeMap;
use tandem_core::event::{CallbackDue, ContactDialed, Event};
use tandem_core::ids::{ContactId, QueueId};

/// What came of the calls of one queue.
#[derive(Clone, Copy, Debug, Default)]
struct Called {
    answered: u64,
    met_nobody: u64,
}

/// What came of the calls of each queue.
#[derive(Debug, Default)]
pub(crate) struct Risk {
    called: BTreeMap<QueueId, Called>,
    attempts: BTreeMap<ContactId, QueueId>,
}

impl Risk {
    /// Takes a fact, or says that more customers met nobody than may: one, and three in a hundred.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no customer who answered a callback"
    )]
    pub(crate) fn apply(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::CallbackDue(CallbackDue { contact, queue, .. })
            | Event::ContactDialed(ContactDialed {
                contact,
                queue,
                callback: Some(_),
                ..
            }) => drop(self.attempts.insert(*contact, *queue)),
            Event::CustomerReached { contact, .. } => {
                if let Some(queue) = self.attempts.get(contact) {
                    self.called.entry(*queue).or_default().answered += 1;
                }
            }
            Event::EarlyAnswered(it) => self.called.entry(it.queue).or_default().answered += 1,
            Event::EarlyFailed(it) if it.why.met_nobody() => {
                let called = self.called.entry(it.queue).or_default();
                called.met_nobody += 1;
                if called.met_nobody > 1 + called.answered * 3 / 100 {
                    return Err(format!("queue {} calls too many: {called:?}", it.queue));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
