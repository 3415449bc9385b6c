//! A phone outside that a flow leads to. An administrator wrote its number, which is no personal data but part
//! of the document; what an order and a fact carry is the reference, as for every other number.

use super::{Node, NodeId, in_range, invalid, validate_prompt};
use crate::ids::CustomerHash;
use crate::limits;
use crate::refusal::Refusal;
use crate::talk::Number;
use serde::{Deserialize, Serialize};

/// A phone outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// In E.164 form.
    pub number: String,
    /// The calling code of its country, without the plus.
    pub country: String,
    /// As orders and facts name it.
    pub known_as: Number,
    /// The keyed hash by which its owner would be recognized, calling.
    pub owner: CustomerHash,
}

/// What is left to be checked where the edge made the number.
pub(super) fn validate_transfer(id: &str, node: &Node) -> Result<(), Refusal> {
    let Node::Transfer {
        to, ring_s, prompt, ..
    } = node
    else {
        return Ok(());
    };
    let field = |name: &str| format!("nodes.{id}.{name}");
    if to.number.is_empty() || to.known_as.address.is_empty() {
        let detail = "write the number with + and the country, for example +14255550123";
        return Err(invalid(&field("to.number"), detail.to_owned()));
    }
    let (min, max) = limits::RING_SECONDS;
    in_range(&field("ring_s"), *ring_s, min, max)?;
    prompt
        .as_ref()
        .map_or(Ok(()), |it| validate_prompt(&field("prompt"), it))
}

impl super::Flow {
    /// The phones outside that the flow leads to, with the nodes.
    pub fn phones(&self) -> impl Iterator<Item = (&NodeId, &Phone)> + '_ {
        self.nodes.iter().filter_map(|(id, node)| match node {
            Node::Transfer { to, .. } => Some((id, to)),
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
            | Node::SubFlow { .. }
            | Node::Hours { .. }
            | Node::End => None,
        })
    }
}
