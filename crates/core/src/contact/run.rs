//! Where a contact is in its flow, and in those that the flow leads into.

use crate::flow::NodeId;
use crate::ids::{EffectId, FlowId};
use crate::offer::Ring;
use crate::talk::{Number, Purpose, Stage, Target, Third};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A contact's walk through a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which flow.
    pub flow: FlowId,
    /// The version that it entered.
    pub version: u64,
    /// The node that it is in.
    pub node: NodeId,
    /// How many nodes it has entered.
    pub visits: u32,
    /// How often the other side was silent about the media of this node.
    #[serde(default)]
    pub silences: u32,
    /// How often the menu of this node was answered by nothing, or by a key that leads nowhere.
    #[serde(default)]
    pub misses: u32,
    /// What the node asked of a business system and waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<Awaits>,
    /// The phone outside that the node has called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) third: Option<Box<Third>>,
    /// A phone outside that was called, is no longer and may answer all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dropped: Option<Number>,
    /// Rounds of the loops that are under way.
    #[serde(default)]
    pub rounds: BTreeMap<NodeId, u32>,
    /// The flows that wait for the end of this one, that of the endpoint first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outer: Vec<Outer>,
}

/// A flow that led into a sub-flow and waits for its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outer {
    /// Which flow.
    pub flow: FlowId,
    /// The version that the contact entered.
    pub version: u64,
    /// The node that led into the sub-flow.
    pub node: NodeId,
    rounds: BTreeMap<NodeId, u32>,
}

impl Run {
    /// Before the first node.
    pub(super) const fn new(flow: FlowId, version: u64) -> Self {
        Self {
            flow,
            version,
            node: NodeId::new(),
            visits: 0,
            silences: 0,
            misses: 0,
            awaits: None,
            third: None,
            dropped: None,
            rounds: BTreeMap::new(),
            outer: Vec::new(),
        }
    }

    /// The flows that it is in, with version and node: the present one first, that of the endpoint last.
    pub(crate) fn places(&self) -> impl Iterator<Item = (FlowId, u64, &NodeId)> {
        let present = (self.flow, self.version, &self.node);
        let outer = self.outer.iter().rev();
        let outer = outer.map(|it| (it.flow, it.version, &it.node));
        std::iter::once(present).chain(outer)
    }

    /// A node is entered: what belonged to the one before is over.
    pub(super) fn enter(&mut self, node: &str) {
        node.clone_into(&mut self.node);
        self.visits += 1;
        self.silences = 0;
        self.misses = 0;
        self.awaits = None;
        if let Some(third) = self.third.take() {
            self.dropped = third.into_number();
        }
    }

    /// The phone outside that the node has called is being rung.
    pub(super) fn dials(&mut self, now: Timestamp, number: &Number, until: Timestamp) {
        self.third = Some(Box::new(Third {
            target: Target::Number(number.clone()),
            purpose: Purpose::Transfer,
            address: number.address.clone(),
            since: now,
            stage: Stage::Ringing {
                until,
                ring: Ring::default(),
            },
        }));
    }

    /// The present flow waits for the end of another.
    pub(super) fn step_in(&mut self, flow: FlowId, version: u64) {
        self.outer.push(Outer {
            flow: self.flow,
            version: self.version,
            node: std::mem::take(&mut self.node),
            rounds: std::mem::take(&mut self.rounds),
        });
        self.flow = flow;
        self.version = version;
    }

    /// Back to the flow that led here.
    pub(super) fn step_out(&mut self) {
        if let Some(outer) = self.outer.pop() {
            self.flow = outer.flow;
            self.version = outer.version;
            self.node = outer.node;
            self.rounds = outer.rounds;
        }
    }
}

/// An answer of a business system that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaits {
    /// The order that asked; answers to an older one are ignored.
    pub effect: EffectId,
    /// Until when.
    pub until: Timestamp,
}
