//! Flows: what a customer goes through before an agent. A node that cannot be carried out yet is
//! refused by its name, so that no customer can reach one.

mod case;
pub(super) mod check;
mod http;
pub(super) mod node;
mod outside;
mod parsed;
pub(super) mod test_pane;
mod told;
pub(super) mod versions;

use self::check::FlowWarning;
use self::node::{Node, NodeBody};
use super::settings::{Resource, settings_routes};
use crate::center::Center;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use tandem_core::flow;
use tandem_core::ids::FlowId;
use tandem_core::settings::{Document, Kind, Settings, Versioned};
use tandem_core::state::State;
use tandem_store::SealedSubject;
use utoipa::ToSchema;

/// Kinds of nodes that can be carried out.
const KINDS: [&str; 20] = [
    "answer",
    "play",
    "collect",
    "menu",
    "set",
    "branch",
    "switch",
    "loop",
    "queue_status",
    "http",
    "queue",
    "hours",
    "voicemail",
    "callback",
    "consent",
    "record",
    "transfer",
    "sub_flow",
    "message",
    "end",
];
/// Kinds of nodes that are planned.
const PLANNED: [&str; 2] = ["survey", "wait"];

/// A flow.
#[derive(Serialize, ToSchema)]
pub(super) struct Flow {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: FlowSent,
    /// What is suspicious about it.
    warnings: Vec<FlowWarning>,
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

settings_routes!(
    Flow,
    FlowSent,
    "flows",
    "/{center}/flows",
    "/{center}/flows/{id}",
    SettingsReader,
    FlowEditor,
    FlowEditor
);

impl Resource for Flow {
    type Sent = FlowSent;
    const KIND: Kind = Kind::Flow;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .flows
            .iter()
            .map(|(id, it)| Self::of(id, it, &state.settings))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = FlowId(id);
        let settings = &state.settings;
        settings.flows.get(id).map(|it| Self::of(id, it, settings))
    }

    /// What the core knows a number by.
    async fn prepare(sent: &mut FlowSent, center: &Center) -> Result<Vec<SealedSubject>, Problem> {
        let mut subjects = Vec::new();
        for Node { id, body } in &mut sent.nodes {
            if let NodeBody::Transfer { to, .. } = body {
                subjects.extend(to.look_up(id, center).await?);
            }
        }
        Ok(subjects)
    }

    fn document(sent: FlowSent, _state: &State) -> Result<Document, Problem> {
        let mut nodes = BTreeMap::new();
        for Node { id, body } in sent.nodes {
            let node = parsed::parsed(&id, body)?;
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

    /// A system that is not configured could never be asked.
    fn fits(document: &Document, center: &Center) -> Result<(), Problem> {
        let Document::Flow(flow) = document else {
            return Ok(());
        };
        let known = &center.config.business_systems;
        for (id, node) in &flow.nodes {
            if let flow::Node::Http { request, .. } = node
                && !known.contains_key(&request.system)
            {
                let names: Vec<_> = known.keys().map(String::as_str).collect();
                return Err(http::unknown_system(id, &request.system, &names));
            }
        }
        Ok(())
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

impl FlowSent {
    /// As it would be sent to save it.
    fn told(flow: &flow::Flow) -> Self {
        let nodes = flow.nodes.iter().map(|(id, node)| Node {
            id: id.clone(),
            body: told::body(node),
        });
        Self {
            name: flow.name.clone(),
            start: flow.start.clone(),
            nodes: nodes.collect(),
        }
    }
}

impl Flow {
    fn of(id: FlowId, it: &Versioned<flow::Flow>, settings: &Settings) -> Self {
        let flow = &it.document;
        Self {
            id: id.0,
            version: it.version,
            body: FlowSent::told(flow),
            warnings: FlowWarning::all_of(flow, settings),
        }
    }
}
