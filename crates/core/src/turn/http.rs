//! Asking a business system: the contact waits in its node, for the answer or for the end of the time that
//! the node gives. What comes later is ignored.

use super::OpenTurn;
use crate::effect::{Effect, Outcome, Repeat};
use crate::event::Event;
use crate::flow::{Node, NodeId};
use crate::ids::{ContactId, EffectId};
use crate::limits;
use std::collections::BTreeMap;

impl OpenTurn<'_> {
    /// Gives the order; answers the next node when that is of no use.
    pub(super) fn ask_system(&mut self, id: ContactId, name: &str, node: Node) -> Option<NodeId> {
        let Node::Http {
            request,
            prompt,
            timeout_s,
            save,
            failed,
            ..
        } = node
        else {
            return None;
        };
        let contact = self.contact(id)?;
        let masked = request.masked_of(&contact.masked);
        let Some(request) = request.filled(&contact.attributes, &masked) else {
            return Some(self.fails(id, name, "too-long", failed));
        };
        if let Some(prompt) = prompt {
            self.play(id, &prompt, Repeat::Loop);
        }
        self.order(Effect::Request {
            contact: id,
            request,
            save,
            timeout_s,
            masked,
        });
        None
    }

    /// The system answered, or did not.
    pub(super) fn system_answered(
        &mut self,
        id: ContactId,
        effect: EffectId,
        save: &BTreeMap<String, String>,
        outcome: Outcome,
    ) {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        let awaits = run.and_then(|run| run.awaits);
        if awaits.is_none_or(|awaits| awaits.effect != effect) {
            return;
        }
        match outcome {
            Outcome::Answered { values } => match saved(save, values) {
                Some(values) => self.learn(id, values),
                None => self.not_answered_by_system(id, "no-value".to_owned()),
            },
            Outcome::Failed { code } => self.not_answered_by_system(id, code),
            Outcome::Done { .. }
            | Outcome::Kept { .. }
            | Outcome::Observed { .. }
            | Outcome::Unknown => {
                self.not_answered_by_system(id, "no-answer".to_owned());
            }
        }
    }

    /// Nobody said in time what became of the request.
    pub(super) fn system_overdue(&mut self, id: ContactId) {
        self.not_answered_by_system(id, "timeout".to_owned());
    }

    fn learn(&mut self, id: ContactId, values: BTreeMap<String, String>) {
        let Some((name, Node::Http { next, .. })) = self.node_of(id) else {
            return;
        };
        self.record(Event::RequestAnswered(crate::event::RequestAnswered {
            contact: id,
            node: name,
            values,
        }));
        self.stop_media(id);
        self.enter(id, next);
    }

    fn not_answered_by_system(&mut self, id: ContactId, code: String) {
        let Some((name, Node::Http { failed, .. })) = self.node_of(id) else {
            return;
        };
        self.stop_media(id);
        self.take_exit(id, name, "failed", Some(code), failed);
    }
}

/// The values that were asked for, each of a length that an attribute may have; none when one is missing.
fn saved(
    save: &BTreeMap<String, String>,
    mut values: BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let names = save.keys();
    let saved = names.map(|name| {
        let value = values.remove(name)?;
        let value = value.chars().take(limits::ATTRIBUTE_CHARS_MAX).collect();
        Some((name.clone(), value))
    });
    saved.collect()
}
