//! Sub-flows: a flow leads into another, waits at that node, and goes on where the other one ends.

use super::OpenTurn;
use crate::event::{EndReason, Event, SubFlowEntered};
use crate::flow::{Node, NodeId};
use crate::ids::{ContactId, FlowId};
use crate::limits;

impl OpenTurn<'_> {
    /// Enters a sub-flow as it stands; answers its first node. Where it cannot be entered, the node that comes
    /// then.
    pub(super) fn enter_sub_flow(
        &mut self,
        id: ContactId,
        name: &str,
        node: Node,
    ) -> Option<NodeId> {
        let Node::SubFlow { flow, next, failed } = node else {
            return None;
        };
        let (version, start) = match self.way_into(id, flow) {
            Ok(way) => way,
            Err(code) => {
                let exit = failed.as_ref().map_or("skipped", |_| "failed");
                self.record(Event::ExitTaken {
                    contact: id,
                    node: name.to_owned(),
                    exit: exit.to_owned(),
                    code: Some(code.to_owned()),
                });
                return Some(failed.unwrap_or(next));
            }
        };
        self.record(Event::SubFlowEntered(SubFlowEntered {
            contact: id,
            node: name.to_owned(),
            flow,
            version,
        }));
        Some(start)
    }

    /// Saving refuses what would be too deep or is not there; yet a contact may be in a flow as it was long
    /// ago, and that may lead into others as they are now.
    fn way_into(&self, id: ContactId, flow: FlowId) -> Result<(u64, NodeId), &'static str> {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        let deep = run.map_or(0, |run| run.outer.len());
        if deep >= limits::SUB_FLOWS_DEEP_MAX {
            return Err("too-deep");
        }
        let standing = self.state.settings.flows.get(flow).ok_or("no-flow")?;
        Ok((standing.version, standing.document.start.clone()))
    }

    /// The end of a sub-flow leads back; that of the endpoint's flow ends the contact.
    pub(super) fn reach_end(&mut self, id: ContactId) -> Option<NodeId> {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        if run.is_none_or(|run| run.outer.is_empty()) {
            let reason = self.end_reason(id);
            self.close(id, reason);
            return None;
        }
        self.record(Event::SubFlowLeft { contact: id });
        let Some((_, Node::SubFlow { next, .. })) = self.node_of(id) else {
            self.close(id, EndReason::ErrorInternal);
            return None;
        };
        Some(next)
    }

    /// Leads a contact that goes round to the nearest words after its node: those of its flow, else those of
    /// the flows that wait for its end.
    pub(super) fn lead_to_words(&mut self, id: ContactId) -> Option<NodeId> {
        let (node, _) = self.node_of(id)?;
        let (n_left, words) = self.words_ahead(id)?;
        self.record(Event::ExitTaken {
            contact: id,
            node,
            exit: "circle".to_owned(),
            code: None,
        });
        for _ in 0..n_left {
            self.record(Event::SubFlowLeft { contact: id });
        }
        Some(words)
    }

    /// How many sub-flows are left on the way to the nearest words, and where these are.
    fn words_ahead(&self, id: ContactId) -> Option<(usize, NodeId)> {
        let run = self.contact(id)?.run.as_ref()?;
        let settings = &self.state.settings;
        let mut places = run.places().enumerate();
        places.find_map(|(n, (flow, version, node))| {
            let flow = settings.flow_at(flow, version)?;
            Some((n, flow.words_after(node)?))
        })
    }
}
