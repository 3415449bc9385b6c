//! One participant on hold while the others talk on.

use crate::stage::{CALLER, Stage, agent};
use serde_json::{Value, json};
use tandem_microsoft::acs::hold::{self, HoldRequest, UnholdRequest};
use tandem_microsoft::acs::identifier::{Identifier, phone_number};
use tandem_microsoft::acs::media::{self, PlayRequest, PlaySource};
use tandem_microsoft::{Method, Request};

fn holding(who: Identifier, music: Option<&str>) -> HoldRequest {
    HoldRequest {
        target_participant: who,
        play_source_info: music.map(|words| PlaySource::text(words, None, None)),
        operation_context: Some("hold-1".to_owned()),
        ..HoldRequest::default()
    }
}

fn unholding(who: Identifier) -> UnholdRequest {
    UnholdRequest {
        target_participant: who,
        ..UnholdRequest::default()
    }
}

/// Who is on hold by the last ParticipantsUpdated, which must be all that arrived.
async fn on_hold(stage: &Stage) -> Vec<bool> {
    stage.advance(0).await;
    let arrived = stage.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].kind(), "ParticipantsUpdated");
    let participants = arrived[0].data()["participants"].as_array().unwrap();
    participants
        .iter()
        .map(|one| one["isOnHold"].as_bool().unwrap())
        .collect()
}

#[tokio::test]
async fn held_customer_hears_hold_media_and_neither_the_agent_nor_a_prompt() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let request = hold::hold(&id, &holding(phone_number(CALLER), Some("soft music")));
    assert_eq!(stage.acs(&request).await, (200, Value::Null));
    assert_eq!(on_hold(&stage).await, [true, false]);
    let body = PlayRequest {
        play_sources: vec![PlaySource::text("for the agent", None, None)],
        ..PlayRequest::default()
    };
    stage.acs(&media::play(&id, &body)).await;
    let hears = &stage.phone(&phone).await["hears"];
    assert_eq!(hears["text"], "soft music");
    assert_eq!(
        (&hears["with"], &hears["on_hold"]),
        (&json!([]), &json!(true))
    );
    let (_, user) = stage
        .control(
            "GET",
            &format!("/teams-users/{}", crate::stage::AGENT),
            Value::Null,
        )
        .await;
    assert_eq!(user["hears"]["with"], json!([]));
    assert_eq!(user["hears"]["text"], "for the agent");

    stage.advance(60_000).await;
    stage.arrived();
    let request = hold::unhold(&id, &unholding(phone_number(CALLER)));
    assert_eq!(stage.acs(&request).await, (200, Value::Null));
    assert_eq!(on_hold(&stage).await, [false, false]);
    let hears = &stage.phone(&phone).await["hears"];
    assert_eq!(hears["with"], json!(["Adele Vance"]));
    assert_eq!(hears["text"], Value::Null);
}

#[tokio::test]
async fn hold_without_media_is_silence_and_said_twice_changes_nothing() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let request = hold::hold(&id, &holding(phone_number(CALLER), None));
    stage.acs(&request).await;
    assert_eq!(on_hold(&stage).await, [true, false]);
    assert_eq!(stage.phone(&phone).await["hears"]["text"], Value::Null);
    assert_eq!(stage.acs(&request).await.0, 200);
    stage.advance(1_000).await;
    assert!(stage.arrived().is_empty());
    let unhold = hold::unhold(&id, &unholding(agent()));
    assert_eq!(stage.acs(&unhold).await.0, 200);
    stage.advance(1_000).await;
    assert!(stage.arrived().is_empty());
}

#[tokio::test]
async fn hold_that_fails_says_so_and_holds_nobody() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage
        .fault(json!({"kind": "hold_failed", "sub_code": 8535}))
        .await;
    let request = hold::hold(&id, &holding(phone_number(CALLER), Some("music")));
    assert_eq!(stage.acs(&request).await.0, 200);
    stage.advance(0).await;
    let failed = stage.arrived().remove(0);
    assert_eq!(failed.kind(), "HoldFailed");
    assert_eq!(failed.data()["operationContext"], "hold-1");
    assert_eq!(failed.data()["resultInformation"]["subCode"], 8535);
    assert_eq!(stage.phone(&phone).await["hears"]["on_hold"], false);
}

#[tokio::test]
async fn hold_of_a_whole_call_or_of_nobody_and_mute_are_refused() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let post = |action: &str, body: Value| Request {
        method: Method::Post,
        path_and_query: format!("/calling/callConnections/{id}{action}?api-version=2026-03-12"),
        body: Some(body.to_string().into_bytes()),
        repeatability: None,
    };
    for (request, expected) in [
        (post(":hold", json!({})), (400, "8523")),
        (
            post(":hold", json!({"targetParticipant": {}})),
            (400, "8523"),
        ),
        (
            post(":unhold", json!({"targetParticipant": null})),
            (400, "8523"),
        ),
        (
            hold::hold(&id, &holding(phone_number("+1999"), None)),
            (404, "8558"),
        ),
        (
            hold::hold("gone", &holding(phone_number(CALLER), None)),
            (404, "8522"),
        ),
        (
            post(
                "/participants:mute",
                json!({"targetParticipants": [phone_number(CALLER)]}),
            ),
            (400, "8523"),
        ),
    ] {
        let (status, code) = stage.refused(&request).await;
        assert_eq!(
            (status, code.as_str()),
            expected,
            "{}",
            request.path_and_query
        );
    }
}
