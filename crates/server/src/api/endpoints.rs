//! Endpoints: where customers call, and the flow that receives them.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::endpoint;
use tandem_core::ids::{EndpointId, FlowId};
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use tandem_core::trunk::is_international;
use utoipa::ToSchema;

/// An endpoint.
#[derive(Serialize, ToSchema)]
pub(super) struct Endpoint {
    id: u64,
    version: u64,
    name: String,
    /// The Teams resource account that is called: its object id; none where a number of a trunk is called.
    resource_account_id: Option<String>,
    /// The number of a trunk that is called, international with a plus; none where a resource account is called.
    number: Option<String>,
    flow_id: u64,
    /// The first queue of the flow.
    queue_id: Option<u64>,
}

/// What is sent to create or change an endpoint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndpointSent {
    name: String,
    /// Either this ...
    #[serde(default)]
    resource_account_id: Option<String>,
    /// ... or the number of a trunk, international with a plus.
    #[serde(default)]
    number: Option<String>,
    flow_id: u64,
    /// May be left out; if it is there, it must be a queue of the flow.
    queue_id: Option<u64>,
}

settings_routes!(
    Endpoint,
    EndpointSent,
    "endpoints",
    "/{center}/endpoints",
    "/{center}/endpoints/{id}"
);

impl Resource for Endpoint {
    type Sent = EndpointSent;
    const KIND: Kind = Kind::Endpoint;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .endpoints
            .iter()
            .map(|(id, it)| Self::of(id, it, state))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = EndpointId(id);
        state
            .settings
            .endpoints
            .get(id)
            .map(|it| Self::of(id, it, state))
    }

    fn document(sent: EndpointSent, state: &State) -> Result<Document, Problem> {
        let flow = FlowId(sent.flow_id);
        if let Some(queue) = sent.queue_id {
            let flow = state.settings.flows.get(flow);
            if !flow.is_some_and(|flow| flow.document.queues().any(|it| it.0 == queue)) {
                let detail = "is not a queue of this flow; change the flow, or leave it out";
                return Err(Problem::invalid("queue_id", detail));
            }
        }
        let address = address(&sent)?;
        Ok(Document::Endpoint(endpoint::Endpoint {
            name: sent.name,
            address,
            flow,
        }))
    }
}

impl Endpoint {
    fn of(id: EndpointId, it: &Versioned<endpoint::Endpoint>, state: &State) -> Self {
        let flow = state.settings.flows.get(it.document.flow);
        let is_number = it.document.number().is_some();
        Self {
            id: id.0,
            version: it.version,
            name: it.document.name.clone(),
            resource_account_id: (!is_number).then(|| it.document.address.clone()),
            number: it.document.number().map(str::to_owned),
            flow_id: it.document.flow.0,
            queue_id: flow
                .and_then(|flow| flow.document.queues().next())
                .map(|queue| queue.0),
        }
    }
}

fn address(sent: &EndpointSent) -> Result<String, Problem> {
    match (&sent.resource_account_id, &sent.number) {
        (Some(account), None) => object_id("resource_account_id", account),
        (None, Some(number)) if is_international(number) => Ok(number.clone()),
        (None, Some(_)) => {
            let detail = "write the number with + and the country, for example +14255550123";
            Err(Problem::invalid("number", detail))
        }
        (Some(_), Some(_)) | (None, None) => {
            let detail = "name either the resource account or the number of a trunk that is called";
            Err(Problem::invalid("resource_account_id", detail))
        }
    }
}

/// An object id of Entra, in the one spelling by which an edge finds it.
pub(super) fn object_id(field: &str, text: &str) -> Result<String, Problem> {
    match uuid::Uuid::try_parse(text.trim()) {
        Ok(id) => Ok(id.hyphenated().to_string()),
        Err(_) => {
            let detail = "is not an object id; write it as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
            Err(Problem::invalid(field, detail))
        }
    }
}
