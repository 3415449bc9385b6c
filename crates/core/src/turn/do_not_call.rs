//! The do-not-call list: entries are set and removed.

use super::{OpenTurn, Reply};
use crate::event::{DoNotCallSet, Event};
use crate::ids::{CustomerHash, SubjectRef};
use crate::limits;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::time::Timestamp;

impl OpenTurn<'_> {
    /// Puts a customer on the list; one who is on it has the entry changed.
    pub(super) fn set_do_not_call(
        &mut self,
        actor: &Actor,
        customer: CustomerHash,
        subject: SubjectRef,
        until: Option<Timestamp>,
    ) -> Result<Reply, Refusal> {
        let list = &self.state.do_not_call;
        let id = list.id_for(customer);
        let is_new = list.get(id).is_none();
        let n_entries = usize::try_from(list.len()).unwrap_or(usize::MAX);
        if is_new && n_entries >= limits::DO_NOT_CALL_MAX {
            return Err(Refusal::LimitReached {
                what: "numbers on the do-not-call list",
                max: limits::DO_NOT_CALL_MAX,
            });
        }
        self.record(Event::DoNotCallSet(DoNotCallSet {
            id,
            customer,
            subject,
            until,
            by: actor.account,
        }));
        let version = self.state.do_not_call.version();
        Ok(Reply::Saved { id, version })
    }

    pub(super) fn remove_do_not_call(&mut self, actor: &Actor, id: u64) -> Result<Reply, Refusal> {
        if self.state.do_not_call.get(id).is_none() {
            let what = "entry of the do-not-call list";
            return Err(Refusal::NotFound { what, id });
        }
        self.record(Event::DoNotCallRemoved {
            id,
            by: actor.account,
        });
        Ok(Reply::Done)
    }
}
