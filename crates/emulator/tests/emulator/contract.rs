//! What goes over the wire against the contract's own tables, and what comes in damaged.
//!
//! `stage` checks every callback and every answer of every test with `event` and `answer`.

use crate::stage::{CALLER, Stage};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tandem_microsoft::{Method, Request};

fn contract() -> &'static Value {
    static CONTRACT: OnceLock<Value> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        serde_json::from_str(include_str!("../../testdata/operations.json")).unwrap()
    })
}

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// A callback has a type of the contract and no members that the contract does not know.
pub(crate) fn event(envelope: &Value) {
    let kind = envelope["type"].as_str().unwrap();
    let fields = &contract()["events"][kind];
    assert!(fields.is_array(), "{kind} is no event of the contract");
    let mut known = names(fields);
    // Undocumented, but in every recording.
    known.extend(["version", "publicEventType"]);
    for member in envelope["data"].as_object().unwrap().keys() {
        assert!(known.contains(member.as_str()), "{kind} has no {member}");
    }
    for member in [
        "id",
        "source",
        "subject",
        "time",
        "specversion",
        "datacontenttype",
    ] {
        assert!(envelope[member].is_string(), "{kind} lacks {member}");
    }
}

/// An answer has a status of the contract and no members that it does not know.
pub(crate) fn answer(request: &Request, status: u16, body: &Value) {
    let Some(operation) = operation(request) else {
        return;
    };
    let name = &operation["operationId"];
    if status >= 400 {
        assert!(
            body["error"]["code"].is_string() && body["error"]["message"].is_string(),
            "{name}: {body}"
        );
        return;
    }
    assert!(
        operation["successStatus"]
            .as_array()
            .unwrap()
            .contains(&json!(status)),
        "{name}: {status}"
    );
    match operation["responseFields"].as_array() {
        Some(fields) if !fields.is_empty() => {
            let known = names(&operation["responseFields"]);
            for member in body.as_object().unwrap().keys() {
                assert!(known.contains(member.as_str()), "{name} has no {member}");
            }
        }
        Some(_) | None => assert!(body.is_null(), "{name} has no body"),
    }
}

fn operation(request: &Request) -> Option<&'static Value> {
    let path = request.path_and_query.split('?').next()?;
    contract()["operations"]
        .as_array()?
        .iter()
        .find(|operation| {
            let template = operation["path"].as_str().unwrap();
            operation["method"] == request.method.as_str() && fits(template, path)
        })
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(given)
            .all(|(wanted, given)| match wanted.split_once('}') {
                Some((_, verb)) if !verb.is_empty() => given.ends_with(verb),
                Some(_) => !given.contains(':'),
                None => *wanted == given,
            })
}

#[tokio::test]
async fn damaged_requests_are_refused_and_break_nothing() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "\"x\"",
        "{\"a\":",
        "\u{0}",
        deep.as_str(),
        "{\"targets\":[{}],\"callbackUri\":\"::\"}",
    ];
    for operation in contract()["operations"].as_array().unwrap() {
        if operation["method"] != "POST" || operation["requestModel"].is_null() {
            continue;
        }
        let path = operation["path"]
            .as_str()
            .unwrap()
            .replace("{callConnectionId}", &id)
            .replace("{recordingId}", "r");
        for body in bodies {
            let request = Request {
                method: Method::Post,
                path_and_query: format!("{path}?api-version=2026-03-12"),
                body: Some(body.as_bytes().to_vec()),
                repeatability: None,
            };
            let (status, answered) = stage.acs(&request).await;
            assert!(
                (400..500).contains(&status) || status == 501,
                "{path} {body}: {status} {answered}"
            );
        }
    }
    for path in [
        "/calling/%zz",
        "/calling/callConnections/%00",
        "//",
        "/_emulator/%2e%2e",
        "/x?%ff=%",
    ] {
        let response = stage
            .http
            .get(format!("{}{path}", stage.running.http_url()))
            .send()
            .await
            .unwrap();
        assert!(response.status().is_client_error(), "{path}");
    }
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    assert_eq!(stage.phone(&phone).await["from"], CALLER);
}

#[tokio::test]
async fn damaged_orders_to_the_control_api_are_refused() {
    let stage = Stage::stepped().await;
    for (method, path) in [
        ("POST", "/pstn-calls"),
        ("POST", "/event-subscriptions"),
        ("POST", "/faults"),
        ("POST", "/clock/advance"),
        ("PUT", "/phones/+1/behaviour"),
        (
            "PUT",
            "/teams-users/0269be4d-5be0-4770-bf9c-a1bf50ee78d5/behaviour",
        ),
    ] {
        for body in [
            json!([]),
            json!("x"),
            json!({"unknown": 1}),
            json!({"ms": u64::MAX, "from": 1, "endpoint": "x"}),
        ] {
            let (status, refusal) = stage.control(method, path, body.clone()).await;
            assert!(
                (400..500).contains(&status),
                "{method} {path} {body}: {status}"
            );
            assert!(refusal["error"].is_string());
        }
    }
}
