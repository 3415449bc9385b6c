//! What goes over the wire against the contract's own tables, and what comes in damaged.
//!
//! `stage` checks every callback and every answer of every test with `event` and `answer`.

use crate::stage::{CALLER, Stage};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tandem_microsoft::acs::call;
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
        let wanted = match path {
            // A call that might be there: who asks comes first.
            "/calling/callConnections/%00" => 401,
            _ => 501,
        };
        assert_eq!(response.status(), wanted, "{path}");
    }
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    assert_eq!(stage.phone(&phone).await["from"], CALLER);
}

fn posting(path: &str) -> Request {
    Request {
        method: Method::Post,
        path_and_query: format!("{path}?api-version=2026-03-12"),
        body: Some(b"{}".to_vec()),
        repeatability: None,
    }
}

#[tokio::test]
async fn what_the_emulator_does_not_know_is_not_implemented_and_says_so() {
    let stage = Stage::stepped().await;
    for path in [
        "/calling/callConnections/c:explode",
        "/calling/rooms",
        "/sms",
        "/phoneNumbers/operations/1",
        "/tenant/oauth2/v2.0/nothing",
        "/",
    ] {
        let (status, refusal) = stage.acs(&posting(path)).await;
        assert_eq!((status, &refusal["error"]["code"]), (501, &json!("8520")));
        let message = refusal["error"]["message"].as_str().unwrap();
        assert!(message.contains(path), "{message}");
    }
    // The control API is our own, and knows what it has.
    let (status, refusal) = stage.control("POST", "/nothing", json!({})).await;
    assert_eq!((status, refusal["error"].is_string()), (404, true));
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(counters["refused"]["Unknown"], 6);
}

// acs-call-automation.md 3 (what the GA version does not have), 4.4 and 5.3
#[tokio::test]
async fn operations_of_previews_are_refused_with_the_documented_error() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    for verb in [
        ":summarizeCall",
        ":startDialog",
        ":stopDialog",
        ":updateDialog",
        ":interruptAudioAndAnnounce",
        "/participants:unmute",
    ] {
        let request = posting(&format!("/calling/callConnections/{id}{verb}"));
        let (status, refusal) = stage.acs(&request).await;
        assert_eq!(
            (status, &refusal["error"]["code"]),
            (405, &json!("8520")),
            "{verb}"
        );
        let mut of_preview = request;
        of_preview.path_and_query = of_preview
            .path_and_query
            .replace("2026-03-12", "2025-08-15-preview");
        assert_eq!(stage.acs(&of_preview).await.0, 405, "{verb}");
    }
    let unsigned = format!(
        "{}/calling/callConnections/{id}:summarizeCall?api-version=2026-03-12",
        stage.running.http_url()
    );
    let response = stage.http.post(unsigned).send().await.unwrap();
    assert_eq!(response.status(), 401);
}

// Reference 1.4: the versions that the SDKs know. An event has the version of the request that made its call.
#[tokio::test]
async fn every_general_version_makes_calls_and_stands_in_their_events() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    for version in [
        "2023-03-06",
        "2023-10-15",
        "2024-04-15",
        "2024-09-15",
        "2025-05-15",
        "2025-06-15",
        "2026-03-12",
    ] {
        let (_, context) = stage.ring(json!([])).await;
        let dated = |mut request: Request| {
            request.path_and_query = request.path_and_query.replace("2026-03-12", version);
            assert!(request.path_and_query.ends_with(version));
            request
        };
        let request = dated(call::answer(&stage.answering(&context), stage.once()));
        let (status, answered) = stage.acs(&request).await;
        assert_eq!(status, 200, "{version}: {answered}");
        let id = answered["callConnectionId"].as_str().unwrap();
        stage.advance(100).await;
        assert_eq!(stage.acs(&dated(call::get(id))).await.0, 200);
        // Another operation may be asked for in another version.
        let hang_up = call::hang_up(id);
        assert_eq!(stage.acs(&hang_up).await.0, 204);
        stage.advance(0).await;
        let callbacks = stage.callbacks();
        assert_eq!(callbacks.len(), 3, "{version}");
        for callback in callbacks {
            assert_eq!(callback.data()["version"], version);
        }
    }
}

#[tokio::test]
async fn body_that_is_too_long_is_refused_in_the_words_of_whoever_was_asked() {
    let stage = Stage::stepped().await;
    let long = vec![b' '; 1024 * 1024 + 1];
    let post = async |path: &str| {
        let url = format!("{}{path}", stage.running.http_url());
        let response = stage
            .http
            .post(url)
            .body(long.clone())
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        (status, body)
    };
    let (status, refusal) = post("/calling/callConnections?api-version=2026-03-12").await;
    assert_eq!((status, &refusal["error"]["code"]), (413, &json!("8523")));
    let (status, refusal) = post("/_emulator/pstn-calls").await;
    assert_eq!((status, refusal["error"].is_string()), (413, true));
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
