//! Business systems that flows ask: a stub of one on a socket of its own, and what callers hear of it.

use crate::cloud::{CALLER, Phone};
use crate::disk::files_with;
use crate::log;
use crate::path::told;
use crate::stage::{HEADER_SECRET, Stage};
use crate::wait::until;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What a business system was asked.
#[derive(Clone, Debug)]
struct Asked {
    method: Method,
    /// The last segment of the path, which says how the stub behaves.
    which: String,
    headers: HeaderMap,
    body: Bytes,
}

type Log = Arc<Mutex<Vec<Asked>>>;

/// A business system.
struct Crm {
    url: String,
    log: Log,
}

impl Crm {
    async fn start() -> Self {
        let log = Log::default();
        let routes = axum::Router::new()
            .route("/api/accounts/{which}", any(answer))
            .with_state(Arc::clone(&log));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, log }
    }

    fn asked(&self, which: &str) -> Vec<Asked> {
        let log = self.log.lock().unwrap();
        log.iter().filter(|it| it.which == which).cloned().collect()
    }

    /// Waits until it was asked for something.
    async fn is_asked(&self, which: &str) -> Asked {
        let look = async || self.asked(which).pop();
        until("a request to the business system", look).await
    }
}

async fn answer(
    State(log): State<Log>,
    Path(which): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked {
        method,
        which: which.clone(),
        headers,
        body,
    };
    let n_before = {
        let mut log = log.lock().unwrap();
        log.push(asked);
        log.iter().filter(|it| it.which == which).count() - 1
    };
    match which.as_str() {
        "1234" => axum::Json(json!({"account": {"balance": "42.50"}})).into_response(),
        "0001" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        "0002" => "<html>".into_response(),
        "0003" => axum::Json(json!({"account": {"balance": null}})).into_response(),
        "0004" => {
            let to = [(header::LOCATION, "/api/accounts/1234")];
            (StatusCode::FOUND, to).into_response()
        }
        "0005" => "x".repeat(65 * 1024).into_response(),
        // Forgets to answer the first time.
        "0007" if n_before > 0 => axum::Json(json!({"account": {"balance": "7"}})).into_response(),
        _ => std::future::pending().await,
    }
}

fn asks(timeout_s: u32) -> Value {
    json!({
        "id": "ask", "kind": "http", "system": "crm", "method": "get", "path": "/accounts/{account}",
        "prompt": {"text": "One moment."}, "timeout_s": timeout_s,
        "save": {"balance": "/account/balance"}, "next": "tell", "failed": "sorry",
    })
}

fn nodes(ask: Value) -> Value {
    json!([
        {"id": "account", "kind": "collect", "prompt": {"text": "Enter your account."}, "max_digits": 4,
         "timeout_s": 5, "attribute": "account", "next": "ask", "no_input": "sorry", "failed": "sorry"},
        ask,
        {"id": "tell", "kind": "message", "prompt": {"text": "The balance of {account} is {balance}."}},
        {"id": "sorry", "kind": "message", "prompt": {"text": "Sorry, not now."}},
    ])
}

async fn with_crm(ask: Value) -> (Stage, Crm) {
    let crm = Crm::start().await;
    let stage = Stage::with_business_system(&crm.url).await;
    stage.flow(nodes(ask)).await;
    (stage, crm)
}

async fn dial<'a>(stage: &'a Stage, account: &str) -> Phone<'a> {
    let script = json!({"script": [{"do": "digits", "keys": account, "after_ms": 20}]});
    stage.cloud.dial_from(CALLER, script).await
}

// B-020
#[tokio::test]
async fn caller_keys_an_account_and_hears_what_the_business_system_says_of_it() {
    let (stage, crm) = with_crm(asks(10)).await;
    let phone = dial(&stage, "1234").await;
    phone.hears("The balance of 1234 is 42.50.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(
        told(&contact, "request_answered")["detail"],
        json!({"node": "ask", "attributes": ["balance"]})
    );
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "contained");
    let asked = crm.is_asked("1234").await;
    assert_eq!(asked.method, Method::GET);
    assert_eq!(asked.headers["x-api-key"], HEADER_SECRET);
    assert_eq!(crm.asked("1234").len(), 1);
    let kept = stage.alex.get("/flows/1").await;
    let kept = kept["nodes"].as_array().unwrap().iter();
    assert_eq!(kept.clone().find(|it| it["id"] == "ask"), Some(&asks(10)));
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn request_that_may_change_something_carries_its_document_and_a_key() {
    let mut ask = asks(10);
    ask["method"] = json!("post");
    ask["body"] = json!({"account": "{account}", "by": ["phone"]});
    let (stage, crm) = with_crm(ask).await;
    let phone = dial(&stage, "1234").await;
    phone.hears("The balance of 1234 is 42.50.").await;
    let asked = crm.is_asked("1234").await;
    assert_eq!(asked.method, Method::POST);
    assert_eq!(asked.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(asked.headers["idempotency-key"].len(), 36);
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, json!({"account": "1234", "by": ["phone"]}));
}

// B-020
#[tokio::test]
async fn whatever_else_a_business_system_does_takes_the_declared_exit() {
    let (stage, crm) = with_crm(asks(10)).await;
    let cases = ["http-503", "not-json", "no-value", "http-302", "too-large"];
    for (case, code) in (1..).zip(cases) {
        let phone = dial(&stage, &format!("{case:04}")).await;
        phone.hears("Sorry, not now.").await;
        phone.hang_up().await;
        let contact = stage.ended(case).await;
        assert_eq!(
            told(&contact, "exit_taken")["detail"],
            json!({"node": "ask", "exit": "failed", "code": code})
        );
    }
    assert_eq!(crm.asked("1234").len(), 0, "nothing is followed elsewhere");
}

#[tokio::test]
async fn slow_business_system_takes_the_declared_exit_within_its_time() {
    let (stage, crm) = with_crm(asks(1)).await;
    let phone = dial(&stage, "0009").await;
    crm.is_asked("0009").await;
    phone.hears("Sorry, not now.").await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["code"], "timeout");
}

#[tokio::test]
async fn slow_business_system_holds_up_neither_another_call_nor_the_end_of_its_own() {
    let (stage, crm) = with_crm(asks(30)).await;
    let slow = dial(&stage, "0009").await;
    crm.is_asked("0009").await;
    slow.hears("One moment.").await;
    let other = dial(&stage, "1234").await;
    other.hears("The balance of 1234 is 42.50.").await;
    other.is("ended").await;
    slow.hears("One moment.").await;
    slow.hang_up().await;
    let contact = stage.ended(1).await;
    assert_eq!(
        told(&contact, "ended")["detail"]["reason"],
        "abandoned_flow"
    );
}

#[tokio::test]
async fn request_under_way_when_the_process_died_is_sent_again_under_its_key() {
    let mut ask = asks(30);
    ask["method"] = json!("post");
    let (mut stage, crm) = with_crm(ask).await;
    let script = json!({"script": [{"do": "digits", "keys": "0007", "after_ms": 20}]});
    let phone = stage.cloud.dial_from(CALLER, script).await;
    crm.is_asked("0007").await;
    stage.server.die().await;
    stage.server.start_again().await;
    phone.hears("The balance of 0007 is 7.").await;
    let asked = crm.asked("0007");
    let keys: Vec<_> = { asked.iter() }
        .map(|it| &it.headers["idempotency-key"])
        .collect();
    assert_eq!(keys, [keys[0], keys[0]]);
}

/// Secure digits are where they were meant for, and in no place where anybody would look for them.
#[tokio::test]
async fn masked_digits_reach_the_business_system_and_neither_file_nor_log() {
    const PIN: &str = "86420975";
    let log = log::kept();
    let crm = Crm::start().await;
    let mut stage = Stage::with_business_system(&crm.url).await;
    let nodes = json!([
        {"id": "ask", "kind": "collect", "prompt": {"text": "Enter your PIN."}, "max_digits": 12,
         "timeout_s": 5, "attribute": "pin", "masked": true, "between_digits_s": 20, "next": "check",
         "no_input": "bye", "failed": "bye"},
        {"id": "check", "kind": "http", "system": "crm", "method": "post", "path": "/accounts/1234",
         "body": {"pin": "{pin}", "by": "phone"}, "timeout_s": 10, "next": "bye", "failed": "sorry"},
        {"id": "bye", "kind": "message", "prompt": {"text": "Thank you{pin}."}},
        {"id": "sorry", "kind": "message", "prompt": {"text": "Sorry."}},
    ]);
    stage.flow(nodes).await;
    let phone = dial(&stage, &format!("{PIN}#")).await;
    phone.hears("Thank you.").await;
    let asked = crm.is_asked("1234").await;
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, json!({"pin": PIN, "by": "phone"}));
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(
        told(&contact, "masked_digits_collected")["detail"],
        json!({"attribute": "pin"})
    );
    assert!(!contact.to_string().contains(PIN));
    let asked = stage.cloud.requests("Recognize").await;
    let options = &asked[0]["body"]["recognizeOptions"]["dtmfOptions"];
    let expected = json!({
        "interToneTimeoutInSeconds": 20, "maxTonesToCollect": 12, "stopTones": ["pound"],
    });
    assert_eq!(*options, expected);
    stage.cloud.all_went_well().await;
    stage.server.stop().await;
    let with_it = files_with(&stage.server.data_dir(), PIN);
    assert!(with_it.is_empty(), "the digits are in {with_it:?}");
    assert!(!log.has(PIN), "the digits are in the log");
}

#[tokio::test]
async fn system_that_is_not_configured_is_refused_with_what_to_do() {
    let crm = Crm::start().await;
    for (stage, system, fix) in [
        (Stage::new().await, "crm", "[[centers.business_systems]]"),
        (
            Stage::with_business_system(&crm.url).await,
            "erp",
            "use crm",
        ),
    ] {
        let mut ask = asks(5);
        ask["system"] = json!(system);
        let flow = json!({"name": "Wrong", "start": "account", "nodes": nodes(ask)});
        let asked = stage.alex.asks(Method::POST, "/flows", Some(flow));
        let (status, refused) = asked.await;
        assert_eq!(status, 422, "{refused}");
        let error = &refused["errors"][0];
        assert_eq!(error["field"], "nodes.ask.system", "{refused}");
        assert!(error["detail"].as_str().unwrap().contains(fix), "{refused}");
    }
}
