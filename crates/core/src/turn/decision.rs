//! Nodes in which no time passes: what is known decides where a contact goes on.

use super::OpenTurn;
use crate::event::Event;
use crate::flow::{Case, Node, NodeId, QueueCase, QueueTest};
use crate::ids::{ContactId, QueueId};

/// Where a contact goes on, and what is to be recorded before.
pub(super) struct Decision {
    pub(super) fact: Option<Event>,
    pub(super) next: NodeId,
}

impl OpenTurn<'_> {
    /// What a node decides; none for nodes in which time passes. Nothing of the document is copied but
    /// the name of the next node.
    pub(super) fn decision(&self, id: ContactId, node: &str) -> Option<Decision> {
        let next = match self.flow_of(id)?.nodes.get(node)? {
            Node::Set {
                attribute,
                value,
                next,
            } => {
                let fact = Event::AttributeSet {
                    contact: id,
                    attribute: attribute.clone(),
                    value: value.clone(),
                };
                return Some(Decision {
                    fact: Some(fact),
                    next: next.clone(),
                });
            }
            Node::Loop { times, again, done } => {
                return Some(self.round(id, node, *times, again, done));
            }
            Node::Branch {
                attribute,
                cases,
                otherwise,
            } => {
                let case = self.attribute(id, attribute).and_then(|it| cases.get(it));
                case.unwrap_or(otherwise)
            }
            Node::Switch { cases, otherwise } => {
                let holds = |it: &&Case| it.test.holds(self.attribute(id, &it.attribute));
                let case = cases.iter().find(holds);
                case.map_or(otherwise, |case| &case.next)
            }
            Node::QueueStatus {
                queue,
                cases,
                otherwise,
            } => {
                let holds = |it: &&QueueCase| self.queue_is(*queue, it.when);
                let case = cases.iter().find(holds);
                case.map_or(otherwise, |case| &case.next)
            }
            Node::Hours { .. } => return self.by_hours(id, node),
            Node::Answer { .. }
            | Node::Play { .. }
            | Node::Collect { .. }
            | Node::Menu { .. }
            | Node::Message { .. }
            | Node::Http { .. }
            | Node::Queue { .. }
            | Node::Voicemail { .. }
            | Node::Record { .. }
            | Node::Transfer { .. }
            | Node::SubFlow { .. }
            | Node::Callback { .. }
            | Node::Consent { .. }
            | Node::End => return None,
        };
        let next = next.clone();
        Some(Decision { fact: None, next })
    }

    fn attribute(&self, id: ContactId, name: &str) -> Option<&str> {
        let value = self.contact(id)?.attributes.get(name)?;
        Some(value.as_str())
    }

    fn round(
        &self,
        id: ContactId,
        node: &str,
        times: u32,
        again: &NodeId,
        done: &NodeId,
    ) -> Decision {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        let rounds = run.and_then(|run| run.rounds.get(node));
        let round = rounds.copied().unwrap_or(0) + 1;
        let is_over = round > times;
        let fact = Event::LoopCounted {
            contact: id,
            node: node.to_owned(),
            round: (!is_over).then_some(round),
        };
        Decision {
            fact: Some(fact),
            next: if is_over { done } else { again }.clone(),
        }
    }

    fn queue_is(&self, queue: QueueId, test: QueueTest) -> bool {
        match test {
            QueueTest::WaitingAtLeast(n) => {
                u32::try_from(self.state.n_waiting(queue)).is_ok_and(|waiting| waiting >= n)
            }
            QueueTest::LongestWaitAtLeast(seconds) => {
                let oldest = self.state.oldest_in(queue);
                oldest.is_some_and(|since| since.plus_seconds(seconds) <= self.now)
            }
            QueueTest::EstimateAtLeast(seconds) => {
                let estimate = self.state.estimate_of_newcomer(self.now, queue);
                estimate.is_some_and(|it| it.p80_s >= seconds)
            }
            QueueTest::NoAgentReady => self.state.n_ready(queue) == 0,
        }
    }
}
