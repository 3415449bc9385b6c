//! Flows: what a contact goes through before, beside and instead of an agent, as a graph of nodes.
//!
//! Owns the document and its validation at save time; walking it is in [`crate::turn`]. A node that
//! cannot be executed is never saved, so that no contact can reach one.

use crate::ids::{QueueId, ScheduleId};
use crate::limits;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is played or said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Spoken by the service.
    Text(String),
    /// An audio file that the service fetches.
    Url(String),
}

impl Prompt {
    /// How long it may last until its end is told, s. How long a sound file is only the service knows.
    pub(crate) fn seconds_max(&self) -> u32 {
        match self {
            Self::Text(text) => {
                let chars = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                limits::PROMPT_END_SECONDS.saturating_add(chars / limits::PROMPT_CHARS_PER_SECOND)
            }
            Self::Url(_) => limits::PROMPT_SECONDS_MAX,
        }
    }
}

/// A name of a node within its flow.
pub type NodeId = String;

/// A flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What people call it.
    pub name: String,
    /// The node that a contact enters first.
    pub start: NodeId,
    /// The nodes.
    pub nodes: BTreeMap<NodeId, Node>,
}

/// One step of a flow. Every exit is declared: there is no way out that the document does not name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Node {
    /// Play a prompt to the customer.
    Play {
        /// What.
        prompt: Prompt,
        /// After its end.
        next: NodeId,
        /// When it cannot be played (B-235).
        failed: NodeId,
    },
    /// Ask, and collect digits into an attribute.
    Collect {
        /// The question.
        prompt: Prompt,
        /// At most this many digits.
        max_digits: u32,
        /// Silence before the first digit, s.
        timeout_s: u32,
        /// The attribute that the digits become.
        attribute: String,
        /// With digits.
        next: NodeId,
        /// Without.
        no_input: NodeId,
        /// When the question cannot be asked or the answer not heard (B-235).
        failed: NodeId,
    },
    /// Go on by the value of an attribute.
    Branch {
        /// Which.
        attribute: String,
        /// Where each value leads.
        cases: BTreeMap<String, NodeId>,
        /// Where every other value, and none, leads.
        otherwise: NodeId,
    },
    /// Wait in a queue for an agent.
    Queue {
        /// Which.
        queue: QueueId,
        /// After the queue's longest wait.
        timeout: NodeId,
        /// When the queue holds as many as it may.
        full: NodeId,
        /// When the music cannot be played; without it the contact waits in silence (B-235).
        failed: Option<NodeId>,
        /// When the queue is closed; `timeout` without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closed: Option<NodeId>,
    },
    /// Go on by what a schedule says now.
    Hours {
        /// Which.
        schedule: ScheduleId,
        /// When it is open.
        open: NodeId,
        /// Outside the hours of the day.
        closed: NodeId,
        /// When it is closed for the whole day; `closed` without.
        holiday: Option<NodeId>,
        /// When it is closed until somebody reopens it; `closed` without.
        emergency: Option<NodeId>,
    },
    /// End the contact.
    End,
}

impl Node {
    /// Every exit with its name.
    #[must_use]
    pub fn exits(&self) -> Vec<(&str, &NodeId)> {
        match self {
            Self::Play { next, failed, .. } => vec![("next", next), ("failed", failed)],
            Self::Collect {
                next,
                no_input,
                failed,
                ..
            } => {
                vec![("next", next), ("no_input", no_input), ("failed", failed)]
            }
            Self::Branch {
                cases, otherwise, ..
            } => cases
                .iter()
                .map(|(value, target)| (value.as_str(), target))
                .chain([("otherwise", otherwise)])
                .collect(),
            Self::Queue {
                timeout,
                full,
                failed,
                closed,
                ..
            } => [("timeout", timeout), ("full", full)]
                .into_iter()
                .chain(failed.iter().map(|target| ("failed", target)))
                .chain(closed.iter().map(|target| ("closed", target)))
                .collect(),
            Self::Hours {
                open,
                closed,
                holiday,
                emergency,
                ..
            } => [("open", open), ("closed", closed)]
                .into_iter()
                .chain(holiday.iter().map(|target| ("holiday", target)))
                .chain(emergency.iter().map(|target| ("emergency", target)))
                .collect(),
            Self::End => Vec::new(),
        }
    }

    /// Whether time passes in the node, so that a cycle through it cannot spin.
    const fn takes_time(&self) -> bool {
        match self {
            Self::Play { .. } | Self::Collect { .. } | Self::Queue { .. } => true,
            Self::Branch { .. } | Self::Hours { .. } | Self::End => false,
        }
    }
}

impl Flow {
    /// The queues that the flow names.
    pub fn queues(&self) -> impl Iterator<Item = QueueId> + '_ {
        self.nodes.values().filter_map(|node| match node {
            Node::Queue { queue, .. } => Some(*queue),
            Node::Play { .. }
            | Node::Collect { .. }
            | Node::Branch { .. }
            | Node::Hours { .. }
            | Node::End => None,
        })
    }

    /// The schedules that the flow names.
    pub fn schedules(&self) -> impl Iterator<Item = ScheduleId> + '_ {
        self.nodes.values().filter_map(|node| match node {
            Node::Hours { schedule, .. } => Some(*schedule),
            Node::Play { .. }
            | Node::Collect { .. }
            | Node::Branch { .. }
            | Node::Queue { .. }
            | Node::End => None,
        })
    }

    /// Checks everything that can be checked before a contact enters.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the node and the exit in the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        if self.nodes.len() > limits::FLOW_NODES_MAX {
            return Err(Refusal::LimitReached {
                what: "nodes of a flow",
                max: limits::FLOW_NODES_MAX,
            });
        }
        if !self.nodes.contains_key(&self.start) {
            return Err(invalid(
                "start",
                format!("there is no node \"{}\"", self.start),
            ));
        }
        for (id, node) in &self.nodes {
            self.validate_node(id, node)?;
        }
        self.validate_ends()?;
        self.validate_pace()
    }

    fn validate_node(&self, id: &str, node: &Node) -> Result<(), Refusal> {
        for (exit, target) in node.exits() {
            if !self.nodes.contains_key(target) {
                return Err(invalid(
                    &format!("nodes.{id}.{exit}"),
                    format!(
                        "leads to \"{target}\", which does not exist; add it or choose another"
                    ),
                ));
            }
        }
        match node {
            Node::Play { prompt, .. } => validate_prompt(&format!("nodes.{id}.prompt"), prompt),
            Node::Collect {
                prompt,
                max_digits,
                timeout_s,
                attribute,
                ..
            } => {
                validate_prompt(&format!("nodes.{id}.prompt"), prompt)?;
                in_range(&format!("nodes.{id}.max_digits"), *max_digits, 1, 20)?;
                in_range(&format!("nodes.{id}.timeout_s"), *timeout_s, 1, 60)?;
                validate_attribute(&format!("nodes.{id}.attribute"), attribute)
            }
            Node::Branch {
                attribute, cases, ..
            } => {
                if cases.len() > limits::BRANCH_CASES_MAX {
                    return Err(Refusal::LimitReached {
                        what: "cases of a branch",
                        max: limits::BRANCH_CASES_MAX,
                    });
                }
                validate_attribute(&format!("nodes.{id}.attribute"), attribute)
            }
            Node::Queue { .. } | Node::Hours { .. } | Node::End => Ok(()),
        }
    }

    /// From every node that can be reached, an `end` node can be reached: no loop without exit.
    fn validate_ends(&self) -> Result<(), Refusal> {
        let reachable = self.reachable_from(&self.start);
        for id in &reachable {
            let ends = self
                .reachable_from(id)
                .iter()
                .any(|other| matches!(self.nodes.get(*other), Some(Node::End)));
            if !ends {
                return Err(invalid(
                    &format!("nodes.{id}"),
                    "is in a loop without exit: lead one of its exits to an \"end\" node"
                        .to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// No cycle of branches alone: it would spin without time passing.
    fn validate_pace(&self) -> Result<(), Refusal> {
        for (id, node) in &self.nodes {
            let timeless: BTreeSet<&str> = self.reachable_without_time(id);
            if !node.takes_time() && timeless.contains(id.as_str()) {
                return Err(invalid(
                    &format!("nodes.{id}"),
                    "leads back to itself through branches alone; put a node between that plays or waits"
                        .to_owned(),
                ));
            }
        }
        Ok(())
    }

    fn reachable_from<'a>(&'a self, start: &'a str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(node) = open.pop().and_then(|id| self.nodes.get(id)) {
            for (_, target) in node.exits() {
                if seen.insert(target.as_str()) {
                    open.push(target.as_str());
                }
            }
        }
        seen
    }

    fn reachable_without_time<'a>(&'a self, start: &'a str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            let Some(node) = self.nodes.get(id) else {
                continue;
            };
            if node.takes_time() {
                continue;
            }
            for (_, target) in node.exits() {
                if seen.insert(target.as_str()) {
                    open.push(target.as_str());
                }
            }
        }
        seen
    }
}

/// Checks a prompt.
///
/// # Errors
/// [`Refusal::Invalid`] when it is empty, too long, or not an address that the service can fetch.
pub fn validate_prompt(field: &str, prompt: &Prompt) -> Result<(), Refusal> {
    match prompt {
        Prompt::Text(text) if text.trim().is_empty() => {
            Err(invalid(field, "write what is said".to_owned()))
        }
        Prompt::Text(text) if text.chars().count() > limits::PROMPT_CHARS_MAX => Err(invalid(
            field,
            format!(
                "is longer than {} characters; split it",
                limits::PROMPT_CHARS_MAX
            ),
        )),
        Prompt::Url(url) if !(url.starts_with("https://") || url.starts_with("http://")) => {
            Err(invalid(
                field,
                "write an address that starts with https://".to_owned(),
            ))
        }
        Prompt::Text(_) | Prompt::Url(_) => Ok(()),
    }
}

fn validate_attribute(field: &str, attribute: &str) -> Result<(), Refusal> {
    let acceptable = !attribute.is_empty()
        && attribute.len() <= 64
        && attribute
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if acceptable {
        return Ok(());
    }
    Err(invalid(
        field,
        "use 1 to 64 letters, digits, \"-\" or \"_\"".to_owned(),
    ))
}

pub(crate) fn in_range(field: &str, value: u32, min: u32, max: u32) -> Result<(), Refusal> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(invalid(
        field,
        format!("{value} is not between {min} and {max}"),
    ))
}

pub(crate) fn invalid(field: &str, detail: String) -> Refusal {
    Refusal::Invalid {
        field: field.to_owned(),
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_whose_exits_all_lead_somewhere_is_accepted() {
        assert_eq!(greeting().validate(), Ok(()));
    }

    #[test]
    fn missing_target_is_refused_with_node_and_exit() {
        let mut flow = greeting();
        flow.nodes.insert("greet".into(), play("nowhere", "end"));
        let Err(Refusal::Invalid { field, .. }) = flow.validate() else {
            panic!("accepted")
        };
        assert_eq!(field, "nodes.greet.next");
    }

    #[test]
    fn loop_without_exit_is_refused() {
        let mut flow = greeting();
        flow.nodes.insert("greet".into(), play("greet", "greet"));
        let Err(Refusal::Invalid { field, detail }) = flow.validate() else {
            panic!("accepted")
        };
        assert_eq!(field, "nodes.greet");
        assert!(detail.contains("loop without exit"));
    }

    #[test]
    fn cycle_of_branches_alone_is_refused() {
        let mut flow = greeting();
        flow.start = "a".into();
        flow.nodes.insert("a".into(), branch("b", "end"));
        flow.nodes.insert("b".into(), branch("a", "end"));
        let Err(Refusal::Invalid { detail, .. }) = flow.validate() else {
            panic!("accepted")
        };
        assert!(detail.contains("branches alone"));
    }

    #[test]
    fn overlong_prompt_is_refused() {
        let prompt = Prompt::Text("a".repeat(limits::PROMPT_CHARS_MAX + 1));
        assert!(validate_prompt("p", &prompt).is_err());
    }

    fn greeting() -> Flow {
        Flow {
            name: "Greeting".into(),
            start: "greet".into(),
            nodes: BTreeMap::from([
                ("greet".into(), play("end", "end")),
                ("end".into(), Node::End),
            ]),
        }
    }

    fn play(next: &str, failed: &str) -> Node {
        Node::Play {
            prompt: Prompt::Text("Welcome.".into()),
            next: next.into(),
            failed: failed.into(),
        }
    }

    fn branch(one: &str, otherwise: &str) -> Node {
        Node::Branch {
            attribute: "choice".into(),
            cases: BTreeMap::from([("1".into(), one.into())]),
            otherwise: otherwise.into(),
        }
    }
}
