//! The other ways to prove who is who: an application of Entra towards Call Automation, a secret
//! header from Event Grid.

use crate::stage::{CENTER, HEADER_SECRET, Proofs, Stage};
use serde_json::{Value, json};
use tandem_emulator::ClockKind;

async fn stage() -> Stage {
    let stage = Stage::with_proofs(ClockKind::Real, Proofs::SecretAndHeader).await;
    stage.floor("tandem").await;
    stage
}

async fn subscribe(stage: &Stage, secret: &str) -> u16 {
    let subscription = json!({
        "endpoint": format!("{}/api/event-grid/{CENTER}", stage.server.url),
        "headers": {"x-subscription-secret": secret},
    });
    let path = "/_emulator/event-subscriptions";
    stage.cloud.post(path, subscription).await.0
}

// B-165
#[tokio::test]
async fn call_is_carried_by_an_application_of_entra_and_events_with_a_secret_header() {
    let stage = stage().await;
    assert_eq!(subscribe(&stage, "another secret").await, 400);
    assert_eq!(subscribe(&stage, HEADER_SECRET).await, 201);
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    ann.has("connected").await;
    ann.hang_up(1).await;
    phone.is("ended").await;
    // One token serves them all.
    assert_eq!(stage.cloud.requests("Token").await.len(), 1);
    let answer = &stage.cloud.requests("AnswerCall").await[0];
    assert_eq!(answer["headers"]["authorization"], "Bearer (removed)");
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn event_without_the_secret_header_is_turned_away() {
    let stage = stage().await;
    let body = crate::arrival::incoming_call("a-context").to_string();
    let answer = stage.deliver("/api/event-grid/contoso", None, body).await;
    assert_eq!(
        (answer.status, answer.kind.as_str()),
        (401, "application/problem+json")
    );
    assert_eq!(stage.cloud.requests("AnswerCall").await, [] as [Value; 0]);
}

// B-171
#[tokio::test]
async fn call_is_answered_although_entra_gives_no_token_at_first() {
    let stage = stage().await;
    assert_eq!(subscribe(&stage, HEADER_SECRET).await, 201);
    let fault =
        json!({"kind": "status", "status": 503, "match": {"operation": "Token"}, "count": 2});
    stage.cloud.fault(fault).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    assert_eq!(stage.cloud.requests("Token").await.len(), 3);
    assert_eq!(stage.cloud.requests("AnswerCall").await.len(), 1);
}

// B-171
#[tokio::test]
async fn call_is_answered_with_a_fresh_token_when_the_kept_one_is_refused_and_no_third_time() {
    let stage = stage().await;
    assert_eq!(subscribe(&stage, HEADER_SECRET).await, 201);
    let fault = json!({"kind": "status", "status": 401, "match": {"operation": "AnswerCall"}});
    stage.cloud.fault(fault).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    assert_eq!(stage.cloud.requests("Token").await.len(), 2);
    let asked = stage.cloud.requests("AnswerCall").await;
    let id = |n: usize| &asked[n]["headers"]["repeatability-request-id"];
    assert_eq!((asked.len(), id(0)), (2, id(1)));
    let fault =
        json!({"kind": "status", "status": 401, "match": {"operation": "AnswerCall"}, "count": 9});
    stage.cloud.fault(fault).await;
    stage.cloud.dial().await;
    stage.ended(2).await;
    assert_eq!(stage.cloud.requests("AnswerCall").await.len(), 4);
}

#[tokio::test]
async fn contact_ends_when_entra_refuses_the_secret() {
    let stage = stage().await;
    assert_eq!(subscribe(&stage, HEADER_SECRET).await, 201);
    stage
        .cloud
        .fault(json!({"kind": "secret_expired", "probability": 1.0}))
        .await;
    stage.cloud.dial().await;
    let ended = stage.ended(1);
    let failed = crate::path::told(&ended.await, "order_failed");
    assert_eq!(
        failed["detail"],
        json!({"order": "answer", "code": "not-sent"})
    );
    assert_eq!(stage.cloud.requests("Token").await.len(), 1);
}
