//! What a flow names beside its own nodes: queues, schedules, other flows, prompts that are kept.

use super::{Flow, Node, Prompt};
use crate::ids::{FlowId, PromptId, QueueId, ScheduleId};

impl Flow {
    /// The queues that the flow names.
    pub fn queues(&self) -> impl Iterator<Item = QueueId> + '_ {
        self.nodes.values().filter_map(|node| match node {
            Node::Queue { queue, .. }
            | Node::QueueStatus { queue, .. }
            | Node::Callback { queue, .. }
            | Node::Voicemail { queue, .. } => Some(*queue),
            Node::Answer { .. }
            | Node::Play { .. }
            | Node::Collect { .. }
            | Node::Menu { .. }
            | Node::Set { .. }
            | Node::Switch { .. }
            | Node::Loop { .. }
            | Node::Message { .. }
            | Node::Branch { .. }
            | Node::Http { .. }
            | Node::Consent { .. }
            | Node::Record { .. }
            | Node::Transfer { .. }
            | Node::SubFlow { .. }
            | Node::Hours { .. }
            | Node::End => None,
        })
    }

    /// The schedules that the flow names.
    pub fn schedules(&self) -> impl Iterator<Item = ScheduleId> + '_ {
        self.nodes.values().filter_map(|node| match node {
            Node::Hours { schedule, .. } => Some(*schedule),
            Node::Answer { .. }
            | Node::Callback { .. }
            | Node::Play { .. }
            | Node::Collect { .. }
            | Node::Menu { .. }
            | Node::Set { .. }
            | Node::Switch { .. }
            | Node::Loop { .. }
            | Node::QueueStatus { .. }
            | Node::Message { .. }
            | Node::Branch { .. }
            | Node::Http { .. }
            | Node::Queue { .. }
            | Node::Voicemail { .. }
            | Node::Consent { .. }
            | Node::Record { .. }
            | Node::Transfer { .. }
            | Node::SubFlow { .. }
            | Node::End => None,
        })
    }

    /// The flows that the flow leads into, with the places.
    pub fn sub_flows(&self) -> impl Iterator<Item = (String, FlowId)> + '_ {
        self.nodes.iter().filter_map(|(id, node)| match node {
            Node::SubFlow { flow, .. } => Some((format!("nodes.{id}.flow_id"), *flow)),
            Node::Answer { .. }
            | Node::Callback { .. }
            | Node::Play { .. }
            | Node::Collect { .. }
            | Node::Menu { .. }
            | Node::Set { .. }
            | Node::Switch { .. }
            | Node::Loop { .. }
            | Node::QueueStatus { .. }
            | Node::Message { .. }
            | Node::Branch { .. }
            | Node::Http { .. }
            | Node::Queue { .. }
            | Node::Voicemail { .. }
            | Node::Consent { .. }
            | Node::Record { .. }
            | Node::Transfer { .. }
            | Node::Hours { .. }
            | Node::End => None,
        })
    }

    /// The prompts that are kept which the flow names, with the places.
    pub fn kept_prompts(&self) -> impl Iterator<Item = (String, PromptId)> + '_ {
        self.nodes.iter().flat_map(|(id, node)| {
            let prompts = node.prompts().into_iter();
            prompts.filter_map(move |(name, prompt)| match prompt {
                Prompt::Kept(prompt) => Some((format!("nodes.{id}.{name}"), *prompt)),
                Prompt::Text(_) | Prompt::Url(_) => None,
            })
        })
    }
}
