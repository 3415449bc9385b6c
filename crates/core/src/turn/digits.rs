//! Questions for digits: asked when nobody else hears the answer that must not be heard, and asked again when
//! nothing was entered.

use super::OpenTurn;
use super::pause::Masked;
use crate::effect::Effect;
use crate::flow::{Digits, Node, NodeId, Retry};
use crate::ids::ContactId;

impl OpenTurn<'_> {
    /// Asks; by the other words when it was missed before. Answers the next node where it cannot be asked.
    pub(super) fn ask_digits(&mut self, id: ContactId, name: &str, node: Node) -> Option<NodeId> {
        let Node::Collect {
            prompt,
            max_digits,
            timeout_s,
            entry,
            retry,
            failed,
            ..
        } = node
        else {
            return None;
        };
        let leg = self.leg(id)?;
        if entry.digits == Digits::Masked {
            match self.ask_masked(id) {
                Masked::AtOnce => {}
                Masked::WhenPaused => return None,
                Masked::NotAtAll => return Some(self.fails(id, name, "not_paused", failed)),
            }
        }
        let again = retry
            .and_then(|it| it.again)
            .filter(|_| self.misses(id) > 0);
        let prompt = self.heard(id, &again.unwrap_or(prompt));
        self.order(Effect::Collect {
            contact: id,
            leg,
            prompt,
            max_digits,
            timeout_s,
            entry,
        });
        None
    }

    /// Nothing was entered: it is asked again, or that is enough.
    pub(super) fn digits_missed(
        &mut self,
        id: ContactId,
        name: NodeId,
        retry: Option<&Retry>,
        no_input: NodeId,
    ) {
        let Some(retry) = retry else {
            self.take_exit(id, name, "no_input", None, no_input);
            return;
        };
        let is_over = self.misses(id) >= retry.times;
        self.note_miss(id, &name, None);
        if is_over {
            self.take_exit(id, name, "no_input", None, no_input);
        } else if let Some(next) = self.execute(id, &name) {
            self.enter(id, next);
        }
    }
}
