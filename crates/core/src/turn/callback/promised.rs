//! Whether what was promised of a callback is kept: its first attempt begins when the customer's phone is called (R-21,
//! B15.2).

use super::super::OpenTurn;
use crate::callback::Callback;
use crate::event::{CallbackEnded, EarlyCalled, Event, Promise, PromiseJudged};
use crate::ids::{CallbackId, ContactId};

impl OpenTurn<'_> {
    /// What follows from a fact for the promise of a callback, which is judged once.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts say nothing of a promise"
    )]
    pub(in crate::turn) fn promise_judged_by(&self, event: &Event) -> Option<PromiseJudged> {
        let book = &self.state.callbacks;
        match event {
            Event::CustomerDialed { contact, .. } => {
                let (id, callback) = book.of_attempt(*contact)?;
                self.judged(id, callback, Some(*contact))
            }
            Event::EarlyCalled(EarlyCalled {
                callback, contact, ..
            }) => self.judged(*callback, book.get(*callback)?, Some(*contact)),
            Event::CallbackEnded(CallbackEnded {
                callback, contact, ..
            }) => {
                let pending = book.get(*callback)?;
                // Called off in time, nothing was broken.
                let is_late = pending.rang_at.is_empty() && pending.promised_by < self.now;
                is_late.then(|| self.judged(*callback, pending, *contact))?
            }
            _ => None,
        }
    }

    fn judged(
        &self,
        id: CallbackId,
        callback: &Callback,
        contact: Option<ContactId>,
    ) -> Option<PromiseJudged> {
        let is_kept = self.now <= callback.promised_by;
        (!callback.is_judged).then_some(PromiseJudged {
            callback: id,
            queue: callback.queue,
            contact,
            promise: if is_kept {
                Promise::Kept
            } else {
                Promise::Broken
            },
        })
    }
}
