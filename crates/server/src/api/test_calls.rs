//! Test calls: the emulator's control API rings an endpoint. Where none is configured, this is
//! refused.

use super::body::{At, Body};
use super::settings::not_found;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::FlowEditor;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reqwest::RequestBuilder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::EndpointId;
use tandem_core::settings::Kind;
use url::Url;
use utoipa::ToSchema;

/// How long the control API may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// Bytes of its answer that are read.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Who calls when nobody is named.
pub(super) const FROM_DEFAULT: &str = "+14255550199";

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTestCall {
    /// Who calls, E.164.
    from: Option<String>,
}

/// It rings.
#[derive(Serialize, ToSchema)]
pub(super) struct TestCall {
    call_id: String,
}

/// Rings an endpoint. Permission: edit_flows; endpoints whose flow is in scope.
#[utoipa::path(post, path = "/{center}/endpoints/{id}/test-call", tag = "endpoints",
    operation_id = "test_call", request_body = NewTestCall,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 202, body = TestCall),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn place(
    State(app): State<Arc<App>>,
    by: FlowEditor,
    At(id): At<u64>,
    Body(sent): Body<NewTestCall>,
) -> Result<(StatusCode, Json<TestCall>), Problem> {
    let endpoint = by.center.engine.view().read(|projection| {
        let endpoints = &projection.center.state().settings.endpoints;
        endpoints
            .get(EndpointId(id))
            .map(|endpoint| (endpoint.document.address.clone(), endpoint.document.flow))
    });
    let (address, flow) = endpoint.ok_or_else(|| not_found(Kind::Endpoint, id))?;
    by.must_reach_flow(flow).await?;
    let control = Control::of(&app, &by.center)?;
    let from = sent.from.unwrap_or_else(|| FROM_DEFAULT.to_owned());
    // Somebody who waits two minutes for an answer, and then talks for one.
    let script = json!([{ "do": "patience", "ms": 120_000 }, { "do": "talk", "ms": 60_000 }]);
    let call = TestCall {
        call_id: control.call(&address, &from, &script).await?,
    };
    Ok((StatusCode::ACCEPTED, Json(call)))
}

/// The emulator's control API, where it is configured.
pub(super) struct Control<'a> {
    client: &'a reqwest::Client,
    base: Url,
}

impl<'a> Control<'a> {
    pub(super) fn of(app: &'a App, center: &Center) -> Result<Self, Problem> {
        let base = center.config.test_calls_url.clone();
        let base = base.ok_or_else(|| {
            let detail = "test calls need the emulator: name its address as `test_calls_url` in the \
                          configuration, or call the endpoint's number from a phone";
            Problem::conflict("test_calls_not_configured", detail)
        })?;
        let client = &app.client;
        Ok(Self { client, base })
    }

    /// Has a phone call the number of a resource account; answers the emulator's name for the call.
    pub(super) async fn call(
        &self,
        address: &str,
        from: &str,
        script: &Value,
    ) -> Result<String, Problem> {
        let tenant = self.below("tenant")?;
        let tenant = answer(self.client.get(tenant)).await?;
        let number = number_of(&tenant, address).ok_or_else(|| {
            let detail = "the emulated tenant has no number for this endpoint's resource account; \
                          choose one of those that the emulator's page lists";
            Problem::conflict("no_number", detail)
        })?;
        let body = json!({ "from": from, "to": number, "script": script });
        let call = answer(self.client.post(self.base.clone()).json(&body)).await?;
        let id = call.get("id").and_then(Value::as_str);
        let id = id.ok_or_else(|| failed("the emulator did not name the call".to_owned()))?;
        Ok(id.to_owned())
    }

    /// How a phone stands.
    pub(super) async fn phone<T: DeserializeOwned>(&self, call: &str) -> Result<T, Problem> {
        let url = self.below(&format!("pstn-calls/{call}"))?;
        let told = answer(self.client.get(url)).await?;
        serde_json::from_value(told).map_err(|error| {
            tracing::warn!(%error, "the emulator's answer cannot be read");
            failed("the emulator's answer is of another version".to_owned())
        })
    }

    /// Does something with a phone.
    pub(super) async fn does(&self, call: &str, what: &str, body: &Value) -> Result<(), Problem> {
        let url = self.below(&format!("pstn-calls/{call}/{what}"))?;
        answer(self.client.post(url).json(body)).await.map(drop)
    }

    fn below(&self, path: &str) -> Result<Url, Problem> {
        let url = self.base.join(path);
        url.map_err(|error| failed(error.to_string()))
    }
}

/// The number at which customers reach a resource account.
fn number_of<'a>(tenant: &'a Value, address: &str) -> Option<&'a str> {
    let accounts = tenant.get("resource_accounts")?.as_array()?;
    let is_called = |account: &&Value| {
        let oid = account.get("oid").and_then(Value::as_str);
        oid.is_some_and(|oid| oid.eq_ignore_ascii_case(address))
    };
    accounts.iter().find(is_called)?.get("number")?.as_str()
}

/// What the control API answers.
async fn answer(request: RequestBuilder) -> Result<Value, Problem> {
    let mut answer = request
        .timeout(ANSWER_TIME_MAX)
        .send()
        .await
        .map_err(|error| {
            tracing::warn!(%error, "the emulator's control API cannot be reached");
            failed("the emulator cannot be reached; is it running at `test_calls_url`?".to_owned())
        })?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err(failed("the emulator's answer is too long".to_owned()));
        }
    }
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(answer);
    }
    let said = answer
        .get("error")
        .and_then(Value::as_str)
        .unwrap_or("no reason given");
    match status {
        StatusCode::NOT_FOUND => Err(Problem::not_found(said)),
        StatusCode::CONFLICT => Err(Problem::conflict("test_call_over", said)),
        _ => Err(failed(format!("the emulator answered {status}: {said}"))),
    }
}

fn failed(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_GATEWAY, "test_call_failed", detail)
}
