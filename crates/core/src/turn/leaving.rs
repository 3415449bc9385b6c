//! Who waits in vain leaves the queue: by an exit of the node by which it came. A customer who was called came by none,
//! and is not hung up on without a word either: the flow of the number that the customer saw goes on with them.

use super::OpenTurn;
use crate::contact::{Contact, State};
use crate::event::{EndReason, Event};
use crate::flow::{Flow, Node, NodeId};
use crate::ids::{ContactId, FlowId, QueueId};
use crate::schedule::Hours;

/// Why somebody has to leave a queue.
#[derive(Clone, Copy)]
pub(super) enum Leaving {
    /// The longest wait is over.
    Overdue,
    /// The queue has closed.
    AtClosing,
    /// An emergency closed it.
    Emergency,
}

/// An exit of a queue's node, and where it leads.
pub(super) struct WayOut {
    pub(super) exit: &'static str,
    pub(super) target: NodeId,
}

impl Leaving {
    /// What closed hours are to those who wait, or come.
    pub(super) const fn by(hours: &Hours) -> Self {
        match hours {
            Hours::Emergency => Self::Emergency,
            Hours::Open | Hours::Closed | Hours::Holiday { .. } => Self::AtClosing,
        }
    }

    /// Where no node says better.
    const fn exit(self) -> &'static str {
        match self {
            Self::Overdue => "timeout",
            Self::AtClosing | Self::Emergency => "closed",
        }
    }

    const fn reason(self) -> EndReason {
        match self {
            Self::Overdue => EndReason::Timeout,
            Self::AtClosing | Self::Emergency => EndReason::ClosedHours,
        }
    }

    /// Where a queue's node leads then.
    pub(super) fn way_out(self, node: &Node) -> Option<WayOut> {
        let Node::Queue {
            timeout,
            closed,
            emergency,
            ..
        } = node
        else {
            return None;
        };
        let (exit, target) = match (self, emergency) {
            (Self::Emergency, Some(emergency)) => ("emergency", emergency),
            (Self::Emergency, None) | (Self::AtClosing, _) => {
                (self.exit(), closed.as_ref().unwrap_or(timeout))
            }
            (Self::Overdue, _) => (self.exit(), timeout),
        };
        let target = target.clone();
        Some(WayOut { exit, target })
    }
}

impl OpenTurn<'_> {
    /// Leaves a queue by an exit of its node; the contact remembers by which. Who left it by that exit before,
    /// and has heard, pressed and learned nothing since, is led no further round (B4.6): it goes on at the
    /// nearest node that says something, and is over where there is none.
    pub(super) fn leave(
        &mut self,
        id: ContactId,
        queue: QueueId,
        exit: &str,
        target: NodeId,
    ) -> Option<NodeId> {
        let goes_round = self
            .contact(id)
            .is_some_and(|it| it.goes_round(queue, exit));
        self.record(Event::LeftQueue {
            contact: id,
            queue,
            exit: exit.to_owned(),
        });
        if !goes_round {
            return Some(target);
        }
        let words = self.lead_to_words(id);
        if words.is_none() {
            let reason = self.end_reason(id);
            self.close(id, reason);
        }
        words
    }

    pub(super) fn wait_over(&mut self, id: ContactId) {
        self.leave_when_overdue(id);
    }

    pub(super) fn is_overdue(&self, id: ContactId) -> bool {
        let Some(contact) = self.contact(id) else {
            return false;
        };
        if contact.is_called_early() {
            return self.early_wait_is_over(id);
        }
        matches!(contact.state, State::Queued(stay) if stay.until <= self.now)
    }

    /// A contact whose longest wait is over takes the `timeout` exit; answers whether it did.
    pub(super) fn leave_when_overdue(&mut self, id: ContactId) -> bool {
        let Some(State::Queued(stay)) = self.contact(id).map(|contact| &contact.state) else {
            return false;
        };
        let queue = stay.queue;
        if !self.is_overdue(id) {
            return false;
        }
        if self.is_attempt(id) {
            self.attempt_is_overdue(id);
            return true;
        }
        if self.waits_after_early_call(id) {
            self.early_parts(id);
            return true;
        }
        self.leave_unserved(id, queue, Leaving::Overdue);
        true
    }

    pub(super) fn leave_unserved(&mut self, id: ContactId, queue: QueueId, why: Leaving) {
        let own = self.node_of(id).and_then(|(_, node)| why.way_out(&node));
        if let Some(WayOut { exit, target }) = own {
            self.stop_media(id);
            if let Some(target) = self.leave(id, queue, exit, target) {
                self.enter(id, target);
            }
            return;
        }
        let Some((flow, version, WayOut { exit, target })) = self.flow_for_called(id, queue, why)
        else {
            self.close(id, why.reason());
            return;
        };
        self.stop_media(id);
        if let Some(target) = self.leave(id, queue, exit, target) {
            self.begin_flow(id, flow, version);
            self.enter(id, target);
        }
    }

    /// Where a customer goes on who was called and is in no flow: behind the queue in the flow of the number that the
    /// customer saw, or at its start where it does not know the queue.
    fn flow_for_called(
        &self,
        id: ContactId,
        queue: QueueId,
        why: Leaving,
    ) -> Option<(FlowId, u64, WayOut)> {
        let is_called = |it: &&Contact| it.run.is_none() && it.call.leg.is_some();
        self.contact(id).filter(is_called)?;
        let (flow, version, document) = self.flow_of_endpoint(id)?;
        let start = || WayOut {
            exit: why.exit(),
            target: document.start.clone(),
        };
        let way_out = behind(document, queue, why).unwrap_or_else(start);
        Some((flow, version, way_out))
    }
}

/// Where those go on in a flow who wait in a queue in vain.
fn behind(flow: &Flow, queue: QueueId, why: Leaving) -> Option<WayOut> {
    let is_of_queue = |node: &&Node| matches!(node, Node::Queue { queue: it, .. } if *it == queue);
    let node = flow.nodes.values().find(is_of_queue)?;
    why.way_out(node)
}
