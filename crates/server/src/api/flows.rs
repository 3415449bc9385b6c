//! Flows: what a customer goes through before an agent. A node that cannot be carried out yet is
//! refused by its name, so that no customer can reach one.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use tandem_core::flow;
use tandem_core::ids::{FlowId, QueueId, ScheduleId};
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use utoipa::ToSchema;

/// Kinds of nodes that can be carried out.
const KINDS: [&str; 6] = ["play", "collect", "branch", "queue", "hours", "end"];
/// Kinds of nodes that are planned.
const PLANNED: [&str; 15] = [
    "menu",
    "set",
    "switch",
    "loop",
    "sub_flow",
    "queue_status",
    "transfer",
    "voicemail",
    "message",
    "http",
    "record",
    "callback",
    "survey",
    "consent",
    "wait",
];

/// A flow.
#[derive(Serialize, ToSchema)]
pub(super) struct Flow {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: FlowSent,
}

/// What is sent to create or change a flow.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowSent {
    name: String,
    /// The node in which it starts.
    start: String,
    nodes: Vec<Node>,
}

/// A node: its id, and what it does.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Node {
    id: String,
    #[serde(flatten)]
    body: NodeBody,
}

/// What a node does. Exits name nodes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum NodeBody {
    /// Says or plays something.
    Play {
        prompt: Prompt,
        next: String,
        failed: String,
    },
    /// Asks for digits.
    Collect {
        prompt: Prompt,
        max_digits: u32,
        timeout_s: u32,
        /// What the digits are called afterwards; the node's id when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
        next: String,
        failed: String,
        no_input: String,
    },
    /// Goes on by what an attribute says.
    Branch {
        attribute: String,
        cases: Vec<Case>,
        otherwise: String,
    },
    /// Waits for an agent.
    Queue {
        queue_id: u64,
        timeout: String,
        full: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
        /// When the queue is closed; `timeout` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closed: Option<String>,
    },
    /// Goes on by what a schedule says.
    Hours {
        schedule_id: u64,
        open: String,
        closed: String,
        /// When it is closed for the whole day; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holiday: Option<String>,
        /// When it is closed until somebody reopens it; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<String>,
    },
    /// Hangs up.
    End {},
}

/// What is heard: a text that is spoken, or the address of a sound file.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Prompt {
    Text(String),
    Url(String),
}

/// One way out of a branch.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    equals: String,
    next: String,
}

settings_routes!(
    Flow,
    FlowSent,
    "flows",
    "/{center}/flows",
    "/{center}/flows/{id}"
);

impl Resource for Flow {
    type Sent = FlowSent;
    const KIND: Kind = Kind::Flow;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .flows
            .iter()
            .map(|(id, it)| Self::of(*id, it))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = FlowId(id);
        state.settings.flows.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: FlowSent, _state: &State) -> Result<Document, Problem> {
        let mut nodes = BTreeMap::new();
        for Node { id, body } in sent.nodes {
            let node = node(&id, body)?;
            if nodes.insert(id.clone(), node).is_some() {
                let field = format!("nodes.{id}.id");
                return Err(Problem::invalid(
                    &field,
                    "is used twice; give each node its own id",
                ));
            }
        }
        Ok(Document::Flow(flow::Flow {
            name: sent.name,
            start: sent.start,
            nodes,
        }))
    }

    /// Names the kind that cannot be carried out, before anything else is looked at.
    fn inspect(sent: &Value) -> Result<(), Problem> {
        let nodes = sent.get("nodes").and_then(Value::as_array);
        for (n, node) in nodes.into_iter().flatten().enumerate() {
            let id = node.get("id").and_then(Value::as_str);
            let id = id.map_or_else(|| n.to_string(), str::to_owned);
            let kind = node.get("kind").and_then(Value::as_str).unwrap_or_default();
            if KINDS.contains(&kind) {
                continue;
            }
            let use_others = format!("use {}", KINDS.join(", "));
            let detail = if PLANNED.contains(&kind) {
                format!("\"{kind}\" cannot be carried out yet; {use_others}")
            } else {
                format!("\"{kind}\" is not a kind of node; {use_others}")
            };
            return Err(Problem::invalid(&format!("nodes.{id}.kind"), detail));
        }
        Ok(())
    }
}

fn node(id: &str, body: NodeBody) -> Result<flow::Node, Problem> {
    Ok(match body {
        NodeBody::Play {
            prompt,
            next,
            failed,
        } => flow::Node::Play {
            prompt: prompt.into(),
            next,
            failed,
        },
        NodeBody::Collect {
            prompt,
            max_digits,
            timeout_s,
            attribute,
            next,
            failed,
            no_input,
        } => {
            let attribute = attribute.unwrap_or_else(|| id.to_owned());
            let prompt = prompt.into();
            flow::Node::Collect {
                prompt,
                max_digits,
                timeout_s,
                attribute,
                next,
                no_input,
                failed,
            }
        }
        NodeBody::Branch {
            attribute,
            cases,
            otherwise,
        } => branch(id, attribute, cases, otherwise)?,
        NodeBody::Queue {
            queue_id,
            timeout,
            full,
            failed,
            closed,
        } => flow::Node::Queue {
            queue: QueueId(queue_id),
            timeout,
            full,
            failed,
            closed,
        },
        NodeBody::Hours {
            schedule_id,
            open,
            closed,
            holiday,
            emergency,
        } => flow::Node::Hours {
            schedule: ScheduleId(schedule_id),
            open,
            closed,
            holiday,
            emergency,
        },
        NodeBody::End {} => flow::Node::End,
    })
}

fn branch(
    id: &str,
    attribute: String,
    cases: Vec<Case>,
    otherwise: String,
) -> Result<flow::Node, Problem> {
    let mut by_value = BTreeMap::new();
    for case in cases {
        if by_value.insert(case.equals.clone(), case.next).is_some() {
            let detail = format!("has \"{}\" twice", case.equals);
            return Err(Problem::invalid(&format!("nodes.{id}.cases"), detail));
        }
    }
    Ok(flow::Node::Branch {
        attribute,
        cases: by_value,
        otherwise,
    })
}

impl Flow {
    fn of(id: FlowId, it: &Versioned<flow::Flow>) -> Self {
        let flow = &it.document;
        let nodes = flow.nodes.iter().map(|(id, node)| Node {
            id: id.clone(),
            body: body(node),
        });
        let (name, start) = (flow.name.clone(), flow.start.clone());
        let body = FlowSent {
            name,
            start,
            nodes: nodes.collect(),
        };
        Self {
            id: id.0,
            version: it.version,
            body,
        }
    }
}

fn body(node: &flow::Node) -> NodeBody {
    match node.clone() {
        flow::Node::Play {
            prompt,
            next,
            failed,
        } => NodeBody::Play {
            prompt: prompt.into(),
            next,
            failed,
        },
        flow::Node::Collect {
            prompt,
            max_digits,
            timeout_s,
            attribute,
            next,
            no_input,
            failed,
        } => NodeBody::Collect {
            prompt: prompt.into(),
            max_digits,
            timeout_s,
            attribute: Some(attribute),
            next,
            failed,
            no_input,
        },
        flow::Node::Branch {
            attribute,
            cases,
            otherwise,
        } => {
            let cases = cases
                .into_iter()
                .map(|(equals, next)| Case { equals, next })
                .collect();
            NodeBody::Branch {
                attribute,
                cases,
                otherwise,
            }
        }
        flow::Node::Queue {
            queue,
            timeout,
            full,
            failed,
            closed,
        } => NodeBody::Queue {
            queue_id: queue.0,
            timeout,
            full,
            failed,
            closed,
        },
        flow::Node::Hours {
            schedule,
            open,
            closed,
            holiday,
            emergency,
        } => NodeBody::Hours {
            schedule_id: schedule.0,
            open,
            closed,
            holiday,
            emergency,
        },
        flow::Node::End => NodeBody::End {},
    }
}

impl From<Prompt> for flow::Prompt {
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::Text(text) => Self::Text(text),
            Prompt::Url(url) => Self::Url(url),
        }
    }
}

impl From<flow::Prompt> for Prompt {
    fn from(prompt: flow::Prompt) -> Self {
        match prompt {
            flow::Prompt::Text(text) => Self::Text(text),
            flow::Prompt::Url(url) => Self::Url(url),
        }
    }
}
