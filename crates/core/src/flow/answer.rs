//! Flows that answer their calls themselves: what may come before, and which calls are never answered.

use super::validation::invalid;
use super::{Flow, Node};
use crate::refusal::Refusal;
use std::collections::BTreeSet;

impl Flow {
    /// Whether its calls are answered by one of its nodes, and not before it begins.
    #[must_use]
    pub fn answers_itself(&self) -> bool {
        self.nodes
            .values()
            .any(|node| matches!(node, Node::Answer { .. }))
    }

    /// Before the call is answered nothing can be heard, asked or waited for: there are decisions alone, and an
    /// end, which turns the call away.
    pub(super) fn validate_unanswered(&self) -> Result<(), Refusal> {
        if !self.answers_itself() {
            return Ok(());
        }
        let mut seen = BTreeSet::from([self.start.as_str()]);
        let mut open = vec![self.start.as_str()];
        while let Some(id) = open.pop() {
            let Some(node) = self.nodes.get(id) else {
                continue;
            };
            match node {
                Node::Answer { .. } | Node::End => {}
                Node::Set { .. }
                | Node::Switch { .. }
                | Node::Loop { .. }
                | Node::QueueStatus { .. }
                | Node::Branch { .. }
                | Node::Hours { .. } => {
                    let exits = node.exits().into_iter();
                    let exits = exits.map(|(_, to)| to.as_str());
                    open.extend(exits.filter(|to| seen.insert(to)));
                }
                Node::Play { .. }
                | Node::Collect { .. }
                | Node::Menu { .. }
                | Node::Message { .. }
                | Node::Http { .. }
                | Node::Queue { .. }
                | Node::Voicemail { .. }
                | Node::Callback { .. }
                | Node::Consent { .. }
                | Node::Record { .. }
                | Node::Transfer { .. }
                | Node::SubFlow { .. } => return Err(needs_answer(id, node)),
            }
        }
        Ok(())
    }
}

fn needs_answer(id: &str, node: &Node) -> Refusal {
    let kind = node.kind();
    invalid(
        &format!("nodes.{id}"),
        format!(
            "is a \"{kind}\" that is reached before the call is answered; put an \"answer\" node before it"
        ),
    )
}
