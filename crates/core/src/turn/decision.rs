//! Nodes in which no time passes: what is known decides where a contact goes on.

use super::OpenTurn;
use crate::event::Event;
use crate::flow::{Case, Node, NodeId, QueueCase, QueueTest};
use crate::ids::{ContactId, QueueId};

impl OpenTurn<'_> {
    /// Where the contact goes on; none for nodes in which time passes.
    pub(super) fn decide(&mut self, id: ContactId, node: Node) -> Option<NodeId> {
        match node {
            Node::Set {
                attribute,
                value,
                next,
            } => {
                self.record(Event::AttributeSet {
                    contact: id,
                    attribute,
                    value,
                });
                Some(next)
            }
            Node::Branch {
                attribute,
                cases,
                otherwise,
            } => {
                let case = self.attribute(id, &attribute).and_then(|it| cases.get(it));
                Some(case.unwrap_or(&otherwise).clone())
            }
            Node::Switch { cases, otherwise } => Some(self.switch(id, &cases, otherwise)),
            Node::Loop { times, again, done } => Some(self.count(id, times, again, done)),
            Node::QueueStatus {
                queue,
                cases,
                otherwise,
            } => {
                let holds = |it: &&QueueCase| self.queue_is(queue, it.when);
                let case = cases.iter().find(holds);
                Some(case.map_or(otherwise, |case| case.next.clone()))
            }
            Node::Play { .. }
            | Node::Collect { .. }
            | Node::Menu { .. }
            | Node::Message { .. }
            | Node::Queue { .. }
            | Node::End => None,
        }
    }

    fn attribute(&self, id: ContactId, name: &str) -> Option<&str> {
        let value = self.contact(id)?.attributes.get(name)?;
        Some(value.as_str())
    }

    fn switch(&self, id: ContactId, cases: &[Case], otherwise: NodeId) -> NodeId {
        let holds = |it: &&Case| it.test.holds(self.attribute(id, &it.attribute));
        let case = cases.iter().find(holds);
        case.map_or(otherwise, |case| case.next.clone())
    }

    fn count(&mut self, id: ContactId, times: u32, again: NodeId, done: NodeId) -> NodeId {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        let Some(run) = run else { return done };
        let node = run.node.clone();
        let round = run.rounds.get(&node).copied().unwrap_or(0) + 1;
        let is_over = round > times;
        self.record(Event::LoopCounted {
            contact: id,
            node,
            round: (!is_over).then_some(round),
        });
        if is_over { done } else { again }
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
            QueueTest::NoAgentReady => self.state.n_ready(queue) == 0,
        }
    }
}
