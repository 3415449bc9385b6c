//! The node that asks a business system, as the API has it.

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_core::flow;
use utoipa::ToSchema;

/// How a business system is asked.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum HttpMethod {
    /// Changes nothing there.
    #[default]
    Get,
    /// May change something; carries an `Idempotency-Key`.
    Post,
}

/// The request of the core that is meant.
pub(super) fn request(
    system: String,
    method: HttpMethod,
    path: String,
    body: Option<Value>,
) -> flow::HttpRequest {
    flow::HttpRequest {
        system,
        method: method.into(),
        path,
        body: body.map(|body| body.to_string()),
    }
}

impl From<HttpMethod> for flow::HttpMethod {
    fn from(method: HttpMethod) -> Self {
        match method {
            HttpMethod::Get => Self::Get,
            HttpMethod::Post => Self::Post,
        }
    }
}

impl From<flow::HttpMethod> for HttpMethod {
    fn from(method: flow::HttpMethod) -> Self {
        match method {
            flow::HttpMethod::Get => Self::Get,
            flow::HttpMethod::Post => Self::Post,
        }
    }
}

/// Whom a node asks in vain.
pub(super) fn unknown_system(id: &str, system: &str, known: &[&str]) -> Problem {
    let detail = if known.is_empty() {
        "no business system is configured; add one as [[centers.business_systems]] to the \
         configuration and restart"
            .to_owned()
    } else {
        format!(
            "\"{system}\" is not a business system of the configuration; use {}",
            known.join(", ")
        )
    };
    Problem::invalid(&format!("nodes.{id}.system"), detail)
}
