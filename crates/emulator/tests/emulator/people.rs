//! Patience, hands on the phone, the stepped clock, and the control API itself.

use crate::stage::{AGENT, CALLER, Stage};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::call;
use tandem_microsoft::acs::identifier::teams_extension_user;
use tandem_microsoft::acs::participant::{self, AddParticipantRequest};

#[tokio::test]
async fn impatient_caller_hangs_up_while_ringing_and_while_waiting() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (phone, _) = stage.ring(json!([{"do": "patience", "ms": 5_000}])).await;
    stage.advance(4_999).await;
    assert_eq!(stage.phone(&phone).await["state"], "ringing");
    stage.advance(1).await;
    assert_eq!(
        stage.phone(&phone).await["ended"],
        "the caller lost patience"
    );

    let (phone, _) = stage
        .connect(json!([{"do": "patience", "ms": 5_000}]))
        .await;
    stage.advance(5_000).await;
    assert_eq!(stage.kinds(), ["ParticipantsUpdated", "CallDisconnected"]);
    assert_eq!(stage.phone(&phone).await["state"], "ended");
}

#[tokio::test]
async fn caller_who_hangs_up_while_being_connected_fails_the_answer() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (phone, context) = stage.ring(json!([])).await;
    stage
        .acs(&call::answer(&stage.answering(&context), stage.once()))
        .await;
    stage
        .control("POST", &format!("/pstn-calls/{phone}/hang-up"), Value::Null)
        .await;
    stage.advance(1_000).await;
    assert_eq!(stage.kinds(), ["AnswerFailed", "CallDisconnected"]);
}

#[tokio::test]
async fn patience_counts_again_when_the_agent_leaves() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage
        .connect(json!([{"do": "patience", "ms": 10_000}]))
        .await;
    let body = AddParticipantRequest {
        participant_to_add: teams_extension_user(AGENT, defaults::TENANT, defaults::ACS_RESOURCE),
        ..AddParticipantRequest::default()
    };
    stage
        .control(
            "PUT",
            &format!("/teams-users/{AGENT}/behaviour"),
            json!({"behaviour": {"do": "no_answer"}}),
        )
        .await;
    let request = participant::add(&id, &body, stage.once());
    stage.acs(&request).await;
    let (_, user) = stage
        .control("GET", &format!("/teams-users/{AGENT}"), Value::Null)
        .await;
    assert_eq!(user["state"], "ringing");
    assert_eq!(
        stage
            .control("POST", &format!("/teams-users/{AGENT}/answer"), Value::Null)
            .await
            .0,
        204
    );
    assert_eq!(
        stage
            .control("POST", &format!("/teams-users/{AGENT}/answer"), Value::Null)
            .await
            .0,
        409
    );
    stage.advance(60_000).await;
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    stage
        .control(
            "POST",
            &format!("/teams-users/{AGENT}/hang-up"),
            Value::Null,
        )
        .await;
    stage.advance(9_999).await;
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    stage.advance(1).await;
    assert_eq!(
        stage.phone(&phone).await["ended"],
        "the caller lost patience"
    );
}

#[tokio::test]
async fn real_clock_refuses_to_be_advanced_and_rings_by_itself() {
    let stage = Stage::with(|_| {}).await;
    assert_eq!(
        stage
            .control("POST", "/clock/advance", json!({"ms": 1}))
            .await
            .0,
        409
    );
    stage.subscribe().await;
    let order = json!({"from": CALLER, "to": "+14255550100", "script": [{"do": "hang_up", "after_ms": 20}]});
    let (_, phone) = stage.control("POST", "/pstn-calls", order).await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    while stage.phone(phone["id"].as_str().unwrap()).await["state"] != "ended" {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the script hangs up"
        );
    }
}

#[tokio::test]
async fn control_api_describes_itself_and_refuses_foreign_pages() {
    let stage = Stage::stepped().await;
    assert_eq!(stage.control("GET", "/ready", Value::Null).await.0, 200);
    let (_, document) = stage.control("GET", "/openapi.json", Value::Null).await;
    assert!(document["paths"]["/_emulator/pstn-calls"]["post"]["requestBody"].is_object());
    let (_, tenant) = stage.control("GET", "/tenant", Value::Null).await;
    assert_eq!(tenant["teams_users"].as_array().unwrap().len(), 40);
    assert_eq!(tenant["resource_accounts"].as_array().unwrap().len(), 6);
    let url = format!("{}/_emulator/faults", stage.running.http_url());
    let foreign = stage
        .http
        .get(&url)
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let page = stage
        .http
        .get(format!("{}/_emulator", stage.running.http_url()))
        .send()
        .await
        .unwrap();
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!(
        stage
            .control(
                "POST",
                "/pstn-calls",
                json!({"from": CALLER, "to": "+1999"})
            )
            .await
            .0,
        404
    );
    assert_eq!(stage.control("GET", "/nothing", Value::Null).await.0, 404);
}

#[tokio::test]
async fn same_seed_gives_the_same_call_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let stage = Stage::stepped().await;
        ids.push(stage.connect(json!([])).await);
        stage.running.shutdown().await;
    }
    assert_eq!(ids[0], ids[1]);
}

// acs-call-automation.md 6.3 and 7.4
#[tokio::test]
async fn agent_is_shown_what_the_application_tells_of_the_customer() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let adding = |context: &Value| {
        let body = AddParticipantRequest {
            participant_to_add: teams_extension_user(
                AGENT,
                defaults::TENANT,
                defaults::ACS_RESOURCE,
            ),
            ..AddParticipantRequest::default()
        };
        let mut request = participant::add(&id, &body, stage.once());
        let mut sent: Value = serde_json::from_slice(request.body_bytes()).unwrap();
        sent["customCallingContext"] = context.clone();
        request.body = Some(sent.to_string().into_bytes());
        request
    };
    let long = "x".repeat(49);
    for wrong in [
        json!({"sipHeaders": {"a": "x".repeat(257)}}),
        json!({"voipHeaders": {"x".repeat(65): "b"}}),
        json!({"teamsPhoneCallDetails": {"callTopic": long}}),
    ] {
        assert_eq!(
            stage.refused(&adding(&wrong)).await,
            (400, "8523".to_owned())
        );
    }
    let path = format!("/teams-users/{AGENT}");
    assert_eq!(
        stage.control("GET", &path, Value::Null).await.1["custom_calling_context"],
        Value::Null
    );
    let told = json!({
        "voipHeaders": {"X-customer": "4711"}, "sipHeaders": {"User-To-User": "1"},
        "teamsPhoneCallDetails": {"callTopic": "A broken oven"},
    });
    assert_eq!(stage.acs(&adding(&told)).await.0, 202);
    let (_, shown) = stage.control("GET", &path, Value::Null).await;
    assert_eq!(shown["custom_calling_context"], told);
}
