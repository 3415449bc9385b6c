//! Answering: before the flow begins, or where the flow says so; and turning away a call that was never answered.

use super::OpenTurn;
use crate::contact::State;
use crate::effect::Effect;
use crate::flow::{Node, NodeId};
use crate::ids::{ContactId, EndpointId};

impl OpenTurn<'_> {
    /// A call came in. A flow that answers it itself decides first; no time passes in that.
    pub(super) fn begin_call(&mut self, id: ContactId, endpoint: EndpointId) {
        if self.state.settings.flow_answers(endpoint) {
            self.start_flow(id);
        } else {
            self.order_answer(id);
        }
    }

    /// The call is up: the flow goes on where it had it answered, or begins.
    pub(super) fn begin_talk(&mut self, id: ContactId) {
        match self.node_of(id) {
            Some((_, Node::Answer { next })) => self.enter(id, next),
            Some(_) | None => self.start_flow(id),
        }
    }

    /// Has the call answered; goes on at once where it is up already.
    pub(super) fn answer(&mut self, id: ContactId, next: NodeId) -> Option<NodeId> {
        if !self.is_unanswered(id) {
            return Some(next);
        }
        self.order_answer(id);
        None
    }

    /// Nobody has heard of the call and nobody is to: the caller is told that the line is busy.
    pub(super) fn turn_away(&mut self, id: ContactId) {
        let answers = self.node_of(id).map(|(_, node)| node);
        if !self.is_unanswered(id) || matches!(answers, None | Some(Node::Answer { .. })) {
            return;
        }
        if let Some(arrival) = self.contact(id).map(|it| it.arrival) {
            self.order(Effect::RejectArrival { arrival });
        }
    }

    pub(super) fn is_unanswered(&self, id: ContactId) -> bool {
        self.contact(id)
            .is_some_and(|it| matches!(it.state, State::Created))
    }

    fn order_answer(&mut self, id: ContactId) {
        if let Some(arrival) = self.contact(id).map(|it| it.arrival) {
            self.order(Effect::Answer {
                contact: id,
                arrival,
            });
        }
    }
}
