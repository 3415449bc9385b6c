//! Flows that lead into one another: none into itself, not too deep, and together no more attributes than a
//! contact carries, each masked in all of them or in none.

use super::Settings;
use crate::flow::{Flow, Node, invalid};
use crate::ids::{FlowId, QueueId};
use crate::limits;
use crate::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// The flows as they would stand.
struct Nesting<'a> {
    flows: BTreeMap<FlowId, &'a Flow>,
    /// The one that is saved; a new one has no number yet, so nothing leads into it.
    saved: &'a Flow,
    id: Option<FlowId>,
}

impl Settings {
    /// Checks a flow together with those that it leads into, and those that lead into it.
    pub(super) fn validate_nesting(&self, id: Option<FlowId>, flow: &Flow) -> Result<(), Refusal> {
        let nesting = Nesting::of(self, id, flow);
        nesting.validate_circle()?;
        nesting.validate_depth()?;
        let together = nesting.with_outer().into_iter();
        let mut together = together.map(|outermost| nesting.below(outermost));
        together.try_for_each(|flows| validate_attributes(&flows))
    }

    /// The queues that callers come to who go through a flow: by itself, by those that it leads into, and by those that
    /// lead into it.
    pub(crate) fn queues_around(&self, id: Option<FlowId>, flow: &Flow) -> BTreeSet<QueueId> {
        let nesting = Nesting::of(self, id, flow);
        let flows = nesting.with_outer().into_iter();
        let flows = flows.flat_map(|outermost| nesting.below(outermost));
        flows.flat_map(Flow::queues).collect()
    }
}

impl<'a> Nesting<'a> {
    fn of(settings: &'a Settings, id: Option<FlowId>, saved: &'a Flow) -> Self {
        let flows = settings.flows.iter().map(|(id, it)| (id, &it.document));
        let mut flows: BTreeMap<_, _> = flows.collect();
        if let Some(id) = id {
            flows.insert(id, saved);
        }
        Self { flows, saved, id }
    }

    /// The flow and all those that it leads into, each once.
    fn below(&self, flow: &'a Flow) -> Vec<&'a Flow> {
        let mut seen = BTreeSet::new();
        let mut found = vec![flow];
        let mut open = vec![flow];
        while let Some(flow) = open.pop() {
            for (_, id) in flow.sub_flows() {
                if let Some(inner) = self.flows.get(&id).filter(|_| seen.insert(id)) {
                    found.push(inner);
                    open.push(inner);
                }
            }
        }
        found
    }

    /// The saved flow, and all that lead into it.
    fn with_outer(&self) -> Vec<&'a Flow> {
        let mut outer: BTreeMap<FlowId, Vec<FlowId>> = BTreeMap::new();
        for (id, flow) in &self.flows {
            for (_, inner) in flow.sub_flows() {
                outer.entry(inner).or_default().push(*id);
            }
        }
        let mut seen = BTreeSet::new();
        let mut open: Vec<_> = self.id.into_iter().collect();
        while let Some(id) = open.pop() {
            let into = outer.get(&id).into_iter().flatten();
            open.extend(into.filter(|it| seen.insert(**it)));
        }
        let leading = seen.iter().filter_map(|id| self.flows.get(id).copied());
        std::iter::once(self.saved).chain(leading).collect()
    }

    /// What stands leads in no circle, so one can only go through the saved flow.
    fn validate_circle(&self) -> Result<(), Refusal> {
        for (place, inner) in self.saved.sub_flows() {
            let Some(flow) = self.flows.get(&inner) else {
                continue;
            };
            let mut ways = self.below(flow).into_iter().flat_map(Flow::sub_flows);
            if self.id == Some(inner) || ways.any(|(_, id)| self.id == Some(id)) {
                let detail = format!(
                    "leads back into this flow by \"{}\"; a flow cannot go through itself: choose another",
                    flow.name
                );
                return Err(invalid(&place, detail));
            }
        }
        Ok(())
    }

    /// From every flow that leads here no more others follow than a contact can go into at once.
    fn validate_depth(&self) -> Result<(), Refusal> {
        for outermost in self.with_outer() {
            let mut level = vec![outermost];
            for _ in 0..=limits::SUB_FLOWS_DEEP_MAX {
                let mut seen = BTreeSet::new();
                let next = level.into_iter().flat_map(Flow::sub_flows);
                let next = next.filter(|(_, id)| seen.insert(*id));
                level = next
                    .filter_map(|(_, id)| self.flows.get(&id).copied())
                    .collect();
            }
            if !level.is_empty() {
                let detail = format!(
                    "from \"{}\" more than {} flows lead into one another; go on in one of them",
                    outermost.name,
                    limits::SUB_FLOWS_DEEP_MAX
                );
                return Err(invalid("nodes", detail));
            }
        }
        Ok(())
    }
}

/// They share the attributes of the contact.
fn validate_attributes(flows: &[&Flow]) -> Result<(), Refusal> {
    let nodes = || flows.iter().flat_map(|flow| flow.nodes.values());
    let named: BTreeSet<_> = nodes().flat_map(Node::attributes).collect();
    let max = limits::FLOW_ATTRIBUTES_MAX;
    if named.len() > max {
        let what = "attributes that a flow and its sub-flows give values";
        return Err(Refusal::LimitReached { what, max });
    }
    let masked: BTreeSet<_> = nodes().filter_map(Node::masks).collect();
    let plain = nodes().filter(|node| node.masks().is_none());
    let mut plain = plain.flat_map(Node::attributes);
    let Some(name) = plain.find(|it| masked.contains(it)) else {
        return Ok(());
    };
    let detail = format!(
        "\"{name}\" is masked in one of the flows that lead into one another, and plain in another; choose another name"
    );
    Err(invalid("nodes", detail))
}
