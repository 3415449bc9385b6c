//! Bad input from outside: who is not Microsoft is turned away, what cannot be used changes nothing.

use crate::arrival::incoming_call;
use crate::cloud::CALLER;
use crate::stage::{Answer, Stage};
use crate::token::{Signer, callback_claims, event_grid_claims, forged, now_s, signed};
use serde_json::{Value, json};
use tandem_emulator::defaults;

const EVENT_GRID: &str = "/api/event-grid/contoso";
const CALLBACKS: &str = "/api/callbacks/contoso/1";

/// A problem document with this status.
#[track_caller]
fn refused(answer: &Answer, status: u16, case: &str) {
    assert_eq!(answer.status, status, "{case}: {:#}", answer.body);
    assert_eq!(answer.kind, "application/problem+json", "{case}");
    assert_eq!(answer.body["status"], status, "{case}");
    assert!(answer.body["trace_id"].is_string(), "{case}");
}

#[tokio::test]
async fn delivery_that_is_not_of_event_grid_is_turned_away() {
    let stage = Stage::with_floor("tandem").await;
    let body = incoming_call("some-context").to_string();
    refused(
        &stage.deliver(EVENT_GRID, None, body.clone()).await,
        401,
        "no token",
    );
    refused(
        &stage.deliver(EVENT_GRID, Some("a.b.c"), body.clone()).await,
        401,
        "no JWT",
    );
    let cases = [
        (
            "another audience",
            401,
            json!({"aud": "11111111-2222-3333-4444-555555555555"}),
        ),
        (
            "another issuer",
            401,
            json!({"iss": "https://login.microsoftonline.com/other/v2.0"}),
        ),
        ("expired", 401, json!({"exp": now_s() - 3600})),
        ("not valid yet", 401, json!({"nbf": now_s() + 3600})),
        ("another application", 403, json!({"azp": defaults::APP})),
        ("no application", 403, json!({"azp": null})),
    ];
    for (case, status, other) in cases {
        let token = signed(&stage.cloud, Signer::Entra, &event_grid_claims(other)).await;
        let answer = stage.deliver(EVENT_GRID, Some(&token), body.clone()).await;
        refused(&answer, status, case);
    }
    let claims = event_grid_claims(json!({}));
    let token = forged(&stage.cloud, Signer::Entra, &claims).await;
    refused(
        &stage.deliver(EVENT_GRID, Some(&token), body.clone()).await,
        401,
        "forged",
    );
    let token = signed(&stage.cloud, Signer::Callbacks, &claims).await;
    refused(
        &stage.deliver(EVENT_GRID, Some(&token), body.clone()).await,
        401,
        "unknown key",
    );
    assert_eq!(stage.cloud.requests("AnswerCall").await, [] as [Value; 0]);
    let token = signed(&stage.cloud, Signer::Entra, &claims).await;
    assert_eq!(
        stage.deliver(EVENT_GRID, Some(&token), body).await.status,
        200
    );
}

#[tokio::test]
async fn callback_that_is_not_of_call_automation_is_turned_away() {
    let stage = Stage::with_floor("tandem").await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    let call = phone.look().await["call_connection_id"].clone();
    let body = event("CallDisconnected", &call);
    refused(
        &stage.deliver(CALLBACKS, None, body.clone()).await,
        401,
        "no token",
    );
    let cases = [
        ("expired", json!({"exp": now_s() - 3600})),
        ("another resource", json!({"aud": defaults::APP})),
        (
            "another issuer",
            json!({"iss": "https://login.microsoftonline.com"}),
        ),
    ];
    for (case, other) in cases {
        let token = signed(&stage.cloud, Signer::Callbacks, &callback_claims(other)).await;
        refused(
            &stage.deliver(CALLBACKS, Some(&token), body.clone()).await,
            401,
            case,
        );
    }
    let claims = callback_claims(json!({}));
    let token = forged(&stage.cloud, Signer::Callbacks, &claims).await;
    refused(
        &stage.deliver(CALLBACKS, Some(&token), body.clone()).await,
        401,
        "forged",
    );
    let token = signed(&stage.cloud, Signer::Entra, &claims).await;
    refused(
        &stage.deliver(CALLBACKS, Some(&token), body.clone()).await,
        401,
        "unknown key",
    );
    let unsigned = format!(
        "{}.{}.",
        "eyJhbGciOiJub25lIn0",
        token.split('.').nth(1).unwrap()
    );
    refused(
        &stage
            .deliver(CALLBACKS, Some(&unsigned), body.clone())
            .await,
        401,
        "alg none",
    );
    assert_eq!(stage.alex.contact(1).await["state"], "queued");
    // With a good token it is believed.
    let token = signed(&stage.cloud, Signer::Callbacks, &claims).await;
    assert_eq!(
        stage.deliver(CALLBACKS, Some(&token), body).await.status,
        200
    );
    assert_eq!(stage.alex.contact(1).await["state"], "ended");
}

#[tokio::test]
async fn word_of_unknown_calls_and_late_or_repeated_word_changes_nothing() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    ann.has("connected").await;
    let call = phone.look().await["call_connection_id"].clone();
    let before = stage.alex.contact(1).await;
    let token = signed(&stage.cloud, Signer::Callbacks, &callback_claims(json!({}))).await;
    let other_call = json!("11111111-2222-3333-4444-555555555555");
    let cases = [
        (
            "unknown contact",
            "/api/callbacks/contoso/4711",
            event("CallDisconnected", &call),
        ),
        (
            "no contact number",
            "/api/callbacks/contoso/abc",
            event("CallDisconnected", &call),
        ),
        (
            "another call",
            CALLBACKS,
            event("CallDisconnected", &other_call),
        ),
        ("repeated", CALLBACKS, event("CallConnected", &call)),
        ("an old prompt", CALLBACKS, event("PlayFailed", &call)),
        ("no events", CALLBACKS, "[]".to_owned()),
    ];
    for (case, path, body) in cases {
        let answer = stage.deliver(path, Some(&token), body).await;
        assert_eq!(answer.status, 200, "{case}: {:#}", answer.body);
    }
    for delivery in stage
        .cloud
        .get("/_emulator/deliveries")
        .await
        .as_array()
        .unwrap()
    {
        if let Some(data) = delivery["data"].as_object() {
            let kind = data["publicEventType"].as_str().unwrap();
            let repeated =
                json!([{"type": kind, "id": delivery["id"], "source": "s", "data": data}]);
            let answer = stage
                .deliver(CALLBACKS, Some(&token), repeated.to_string())
                .await;
            assert_eq!(answer.status, 200, "{kind} again: {:#}", answer.body);
        }
    }
    let after = stage.alex.contact(1).await;
    assert_eq!(after["timeline"], before["timeline"]);
    assert_eq!(after["state"], "connected");
    phone.hang_up().await;
    ann.has("wrap_up").await;
    let answer = stage
        .deliver(CALLBACKS, Some(&token), event("CallDisconnected", &call))
        .await;
    assert_eq!(answer.status, 200);
    ann.complete(1, 1).await;
    ann.is("available").await;
    let answer = stage
        .deliver(CALLBACKS, Some(&token), event("CallDisconnected", &call))
        .await;
    assert_eq!(answer.status, 200);
    ann.is("available").await;
}

#[tokio::test]
async fn what_cannot_be_parsed_or_is_too_large_is_refused_as_a_problem_document() {
    let stage = Stage::with_floor("tandem").await;
    let entra = signed(&stage.cloud, Signer::Entra, &event_grid_claims(json!({}))).await;
    let acs = signed(&stage.cloud, Signer::Callbacks, &callback_claims(json!({}))).await;
    let oversized = format!("[\"{}\"]", "x".repeat(1024 * 1024 + 1));
    for (path, token) in [(EVENT_GRID, &entra), (CALLBACKS, &acs)] {
        for garbage in ["", "{", "[1, 2", "\u{0}\u{1}", "\"text\""] {
            let answer = stage.deliver(path, Some(token), garbage.to_owned()).await;
            refused(&answer, 400, &format!("{path} {garbage:?}"));
        }
        let answer = stage.deliver(path, Some(token), oversized.clone()).await;
        refused(&answer, 413, path);
        let unknown = path.replace("contoso", "nowhere");
        let answer = stage.deliver(&unknown, Some(token), "[]".to_owned()).await;
        refused(&answer, 404, &unknown);
    }
    let mut long = incoming_call("c");
    long[0]["data"]["incomingCallContext"] = json!("x".repeat(70_000));
    let answer = stage
        .deliver(EVENT_GRID, Some(&entra), long.to_string())
        .await;
    refused(&answer, 400, "a context that is too long");
    // And a call still comes through.
    stage
        .cloud
        .dial_from(CALLER, json!({}))
        .await
        .hears("Hi.")
        .await;
}

/// A callback without an operation's context.
fn event(name: &str, call: &Value) -> String {
    let data = json!({
        "callConnectionId": call, "serverCallId": "s", "correlationId": "c",
        "operationContext": "effect:1",
        "resultInformation": {"code": 200, "subCode": 0, "message": ""},
    });
    let kind = format!("Microsoft.Communication.{name}");
    json!([{"id": "1", "source": "s", "specversion": "1.0", "type": kind, "data": data}])
        .to_string()
}
