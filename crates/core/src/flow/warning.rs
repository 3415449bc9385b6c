//! What is suspicious about a flow and yet no reason to refuse it.

use super::fill::names;
use super::{Flow, HttpRequest, Node, NodeId, Prompt};
use std::collections::BTreeSet;

/// Something suspicious about a flow that can be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// At which node.
    pub node: NodeId,
    /// At which of its fields, as the API has it.
    pub field: String,
    /// What.
    pub code: Suspicion,
    /// In words, with what would be right.
    pub detail: String,
}

/// What is suspicious about a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// No way leads to the node.
    Unreachable,
    /// A masked value is used where it has no value, or a business system that has it may say it again.
    MaskedValueUsed,
    /// Contacts may come back to the same queue without having heard or pressed anything.
    CircleWithoutProgress,
}

impl Flow {
    /// Everything suspicious, in the order of the nodes.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let reachable = self.reachable_from(&self.start);
        let masked: BTreeSet<_> = self.nodes.values().filter_map(Node::masks).collect();
        let mut warnings = Vec::new();
        for (id, node) in &self.nodes {
            if !reachable.contains(id.as_str()) {
                warnings.push(Warning {
                    node: id.clone(),
                    field: format!("nodes.{id}"),
                    code: Suspicion::Unreachable,
                    detail: "no way leads here; connect it or remove it".to_owned(),
                });
            }
            warnings.extend(masked_used(id, node, &masked));
            warnings.extend(self.circle_at(id, node));
        }
        warnings
    }

    /// Whoever leaves the queue comes back to it by other queues and decisions alone.
    fn circle_at(&self, id: &str, node: &Node) -> Option<Warning> {
        let Node::Queue { queue, .. } = node else {
            return None;
        };
        let mut open = quiet_exits(node);
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            let Some(next) = self.nodes.get(at).filter(|_| seen.insert(at)) else {
                continue;
            };
            if matches!(next, Node::Queue { queue: it, .. } if it == queue) {
                return Some(Warning {
                    node: id.to_owned(),
                    field: format!("nodes.{id}.timeout"),
                    code: Suspicion::CircleWithoutProgress,
                    detail: format!(
                        "leads back to the same queue at \"{at}\" without anything being said or asked; put a \
                         node between that says how it goes on"
                    ),
                });
            }
            open.extend(quiet_exits(next));
        }
        None
    }
}

/// The ways out of a node in which nothing is heard, pressed or learned, and no round is counted.
fn quiet_exits(node: &Node) -> Vec<&str> {
    let is_quiet = match node {
        Node::Answer { .. }
        | Node::Queue { .. }
        | Node::Set { .. }
        | Node::Switch { .. }
        | Node::QueueStatus { .. }
        | Node::Branch { .. }
        | Node::Record { .. }
        | Node::Transfer { .. }
        | Node::Callback { .. }
        | Node::Hours { .. } => true,
        Node::Play { .. }
        | Node::Collect { .. }
        | Node::Menu { .. }
        | Node::Loop { .. }
        | Node::Message { .. }
        | Node::Http { .. }
        | Node::Voicemail { .. }
        | Node::SubFlow { .. }
        | Node::Consent { .. }
        | Node::End => false,
    };
    if !is_quiet {
        return Vec::new();
    }
    let exits = node.exits().into_iter();
    // A key is pressed.
    let quiet = exits.filter(|(exit, _)| exit != "key");
    quiet.map(|(_, to)| to.as_str()).collect()
}

fn masked_used(id: &str, node: &Node, masked: &BTreeSet<&str>) -> Vec<Warning> {
    let warning = |field: String, detail: String| Warning {
        node: id.to_owned(),
        field: format!("nodes.{id}.{field}"),
        code: Suspicion::MaskedValueUsed,
        detail,
    };
    let read = reads(node).into_iter();
    let read = read.filter(|(_, name)| masked.contains(name));
    let nothing = |(field, name): (String, &str)| {
        let detail = format!(
            "\"{name}\" is masked and has no value here; only the body of an http node may have it"
        );
        warning(field, detail)
    };
    let mut warnings: Vec<_> = read.map(nothing).collect();
    if let Node::Http { request, save, .. } = node
        && !save.is_empty()
        && let Some(name) = sent(request).into_iter().find(|it| masked.contains(it))
    {
        let detail = format!(
            "the system knows \"{name}\", which is masked; save nothing of its answer that may repeat it"
        );
        warnings.push(warning("save".to_owned(), detail));
    }
    warnings
}

fn sent(request: &HttpRequest) -> Vec<&str> {
    request.body.iter().flat_map(|body| names(body)).collect()
}

fn said<'a>(field: &str, prompt: &'a Prompt) -> Vec<(String, &'a str)> {
    let text = match prompt {
        Prompt::Text(text) => text,
        // What is kept changes without the flow; a masked value is silent in it.
        Prompt::Url(_) | Prompt::Kept(_) => return Vec::new(),
    };
    let names = names(text).into_iter();
    names.map(|name| (field.to_owned(), name)).collect()
}

/// The fields of a node that read attributes, and which; those of a body apart.
fn reads(node: &Node) -> Vec<(String, &str)> {
    let prompts = node.prompts().into_iter();
    let mut reads: Vec<_> = prompts.flat_map(|(field, it)| said(field, it)).collect();
    match node {
        Node::Http { request, .. } => {
            let path = names(&request.path).into_iter();
            reads.extend(path.map(|name| ("path".to_owned(), name)));
        }
        Node::Branch { attribute, .. } => reads.push(("attribute".to_owned(), attribute)),
        Node::Switch { cases, .. } => {
            let cases = cases.iter().enumerate();
            reads.extend(cases.map(|(n, it)| (format!("cases.{n}.attribute"), &*it.attribute)));
        }
        Node::Answer { .. }
        | Node::Play { .. }
        | Node::Collect { .. }
        | Node::Message { .. }
        | Node::Voicemail { .. }
        | Node::Menu { .. }
        | Node::Set { .. }
        | Node::Loop { .. }
        | Node::QueueStatus { .. }
        | Node::Queue { .. }
        | Node::Consent { .. }
        | Node::Record { .. }
        | Node::Transfer { .. }
        | Node::Callback { .. }
        | Node::SubFlow { .. }
        | Node::Hours { .. }
        | Node::End => {}
    }
    reads
}

#[cfg(test)]
mod tests;
