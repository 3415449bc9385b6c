//! `$batch`: up to twenty requests in one (microsoft-graph.md 2).
//!
//! Each part goes the whole way of a request: its own faults, its own rate, its own record. One whose forerunner failed is 424.

use super::Asked;
use super::refusal::Refusal;
use crate::answer::Answer;
use crate::limits;
use crate::pipeline::Received;
use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// `POST /$batch`
pub(super) fn carry_out(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let batch: Batch = serde_json::from_value(asked.body()?)
        .map_err(|error| Refusal::bad(format!("Invalid batch payload format: {error}.")))?;
    check(&batch)?;
    let mut statuses: BTreeMap<String, u16> = BTreeMap::new();
    let mut responses = Vec::new();
    for part in batch.requests {
        let has_failed = |id: &String| {
            statuses
                .get(&id.to_lowercase())
                .is_none_or(|status| *status >= 400)
        };
        let answered = if part.depends_on.iter().any(has_failed) {
            json!({"id": part.id, "status": 424, "headers": {}, "body": {"error": {
                "code": "FailedDependency", "message": "A request that this one depends on has failed.",
            }}})
        } else {
            served(world, asked, &part)
        };
        let status = answered["status"]
            .as_u64()
            .and_then(|it| u16::try_from(it).ok());
        statuses.insert(part.id.to_lowercase(), status.unwrap_or(500));
        responses.push(answered);
    }
    Ok(Answer::json(200, &json!({ "responses": responses })))
}

fn check(batch: &Batch) -> Result<(), Refusal> {
    let n_parts = batch.requests.len();
    if n_parts == 0 || n_parts > limits::BATCH_PARTS_MAX {
        let text = format!(
            "Number of batch request steps exceeds the maximum value of {} or is none.",
            limits::BATCH_PARTS_MAX
        );
        return Err(Refusal::bad(text));
    }
    let mut known: Vec<String> = Vec::new();
    for part in &batch.requests {
        let id = part.id.to_lowercase();
        if id.is_empty() || known.contains(&id) {
            return Err(Refusal::bad(format!(
                "Request Id {} has to be unique in a batch.",
                part.id
            )));
        }
        let is_before = |other: &String| known.contains(&other.to_lowercase());
        if let Some(unknown) = part.depends_on.iter().find(|other| !is_before(other)) {
            return Err(Refusal::bad(format!(
                "Request {} depends on {unknown}, which does not come before it.",
                part.id
            )));
        }
        let has_type = part
            .headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case("content-type"));
        if part.body.is_some() && !has_type {
            return Err(Refusal::bad(format!(
                "Request {} has a body and no Content-Type header.",
                part.id
            )));
        }
        known.push(id);
    }
    Ok(())
}

/// A part, as a request of its own: who asks, and by which host, is said once for all.
fn served(world: &mut World, asked: &Asked<'_>, part: &Part) -> Value {
    let outer = asked.received;
    let relative = part.url.trim_start_matches('/');
    let path_and_query = format!("/{}/{relative}", asked.version.name());
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((&path_and_query, ""));
    let mut headers: BTreeMap<String, String> = part
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect();
    if let Some(authorization) = outer.header("authorization") {
        headers
            .entry("authorization".to_owned())
            .or_insert_with(|| authorization.to_owned());
    }
    let received = Received {
        method: part.method.to_uppercase(),
        path: path.to_owned(),
        query: query.to_owned(),
        path_and_query: path_and_query.clone(),
        host: outer.host.clone(),
        headers,
        body: part
            .body
            .as_ref()
            .map(|body| body.to_string().into_bytes())
            .unwrap_or_default(),
        tls: outer.tls,
    };
    let answer = world.part(&received);
    shown(&part.id, &answer)
}

fn shown(id: &str, answer: &Answer) -> Value {
    let headers = answer
        .headers
        .iter()
        .map(|(name, value)| (title(name), json!(value)));
    let headers: Map<String, Value> = headers.collect();
    let bytes = answer.body.bytes();
    let mut shown = json!({"id": id, "status": answer.status, "headers": headers});
    if !bytes.is_empty() {
        // What is no JSON comes in base64.
        shown["body"] =
            serde_json::from_slice(bytes).unwrap_or_else(|_error| json!(STANDARD.encode(bytes)));
    }
    shown
}

/// `Retry-After`, as bodies write it: clients look for that very spelling.
fn title(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect::<Vec<_>>().join("-")
}
