//! Whole calls: answer, agents, ends, the rules of Teams Phone extensibility, and repeatability.

use crate::stage::{AGENT, CALLER, Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::identifier::{
    Identifier, phone_number, teams_extension_user, teams_user,
};
use tandem_microsoft::acs::participant::{
    self, AddParticipantRequest, CancelAddParticipantRequest, RemoveParticipantRequest,
};
use tandem_microsoft::acs::recording::{self, StartRecordingRequest};
use tandem_microsoft::acs::{self, call};
use tandem_microsoft::entra::jwt::{Expected, Jwks, bearer, verify};

fn agent() -> Identifier {
    teams_extension_user(AGENT, defaults::TENANT, defaults::ACS_RESOURCE)
}

fn adding(who: Identifier) -> AddParticipantRequest {
    AddParticipantRequest {
        participant_to_add: who,
        invitation_timeout_in_seconds: Some(20),
        operation_context: Some("add-1".to_owned()),
        ..AddParticipantRequest::default()
    }
}

async fn add(stage: &Stage, id: &str, who: Identifier) -> (u16, Value) {
    let request = participant::add(id, &adding(who), stage.once());
    stage.acs(&request).await
}

// B-166, B-171, B-181
#[tokio::test]
async fn caller_is_answered_joined_by_an_agent_and_hangs_up_after_the_talk() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage
        .connect(json!([{"do": "patience", "ms": 60_000}, {"do": "talk", "ms": 30_000}]))
        .await;
    let (status, added) = add(&stage, &id, agent()).await;
    assert_eq!(
        (status, added["operationContext"].as_str()),
        (202, Some("add-1"))
    );
    assert!(added["invitationId"].is_string());
    stage.advance(1_200).await;
    let arrived = stage.arrived();
    let kinds: Vec<String> = arrived.iter().map(crate::stage::Arrived::kind).collect();
    assert_eq!(kinds, ["AddParticipantSucceeded", "ParticipantsUpdated"]);
    assert_eq!(
        arrived[0].data()["participant"]["kind"],
        "teamsExtensionUser"
    );
    assert_eq!(arrived[1].data()["sequenceNumber"], 2);
    assert_eq!(
        stage.phone(&phone).await["hears"]["with"],
        json!(["Adele Vance"])
    );

    let (_, list) = stage.acs(&participant::list(&id)).await;
    assert_eq!(list["value"].as_array().unwrap().len(), 2);
    let (status, one) = stage
        .acs(&participant::get(&id, &format!("4:{CALLER}")))
        .await;
    assert_eq!(
        (status, &one["identifier"]["phoneNumber"]["value"]),
        (200, &json!(CALLER))
    );
    assert_eq!(stage.acs(&participant::get(&id, "4:+1999")).await.0, 404);

    stage.advance(30_000).await;
    assert_eq!(stage.kinds(), ["ParticipantsUpdated"]);
    assert_eq!(
        stage.phone(&phone).await["ended"],
        "the conversation was over"
    );
    stage
        .control(
            "POST",
            &format!("/teams-users/{AGENT}/hang-up"),
            Value::Null,
        )
        .await;
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["ParticipantsUpdated", "CallDisconnected"]);
    let (status, error) = stage.acs(&call::get(&id)).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (404, Some("8522"))
    );
}

#[tokio::test]
async fn callback_has_the_recorded_envelope_and_a_token_that_verifies() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (_, context) = stage.ring(json!([])).await;
    let (_, call) = stage
        .acs(&call::answer(&stage.answering(&context), stage.once()))
        .await;
    assert_eq!(call["callConnectionState"], "connecting");
    assert_eq!(call["answeredFor"]["value"], "+14255550100");
    stage.advance(100).await;
    let arrived = stage.arrived().remove(0);
    let event = &arrived.body[0];
    let source = format!(
        "calling/callConnections/{}",
        text(&call["callConnectionId"])
    );
    assert_eq!(
        (event["source"].as_str(), event["subject"].as_str()),
        (Some(source.as_str()), Some(source.as_str()))
    );
    assert_eq!(
        (
            event["specversion"].as_str(),
            event["datacontenttype"].as_str()
        ),
        (Some("1.0"), Some("application/json"))
    );
    let data = &event["data"];
    assert_eq!(
        data["publicEventType"],
        "Microsoft.Communication.CallConnected"
    );
    assert_eq!(data["version"], acs::API_VERSION);
    assert_eq!(data["operationContext"], "answer-1");
    assert_eq!(
        data["resultInformation"],
        json!({"code": 200, "subCode": 0, "message": ""})
    );

    let keys = stage
        .http
        .get(format!("{}/calling/keys", stage.running.https_url()))
        .send()
        .await
        .unwrap();
    let keys = Jwks::parse(&keys.bytes().await.unwrap()).unwrap();
    let now_s = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    let expected = Expected {
        issuers: &[acs::CALLBACK_ISSUER],
        audiences: &[defaults::ACS_RESOURCE],
        now_s,
        leeway_s: 5,
    };
    let token = bearer(Some(arrived.headers["authorization"].to_str().unwrap())).unwrap();
    let claims = verify(token, &keys, &expected).unwrap();
    assert_eq!(claims.exp - claims.iat.unwrap(), 300);
}

#[tokio::test]
async fn repeated_answer_is_executed_once_and_another_id_is_a_conflict() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (_, context) = stage.ring(json!([])).await;
    let request = call::answer(&stage.answering(&context), stage.once());
    let first = stage.acs(&request).await;
    assert_eq!(stage.acs(&request).await, first);
    let other = call::answer(&stage.answering(&context), stage.once());
    let (status, error) = stage.acs(&other).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (409, Some("8519"))
    );
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(
        (
            counters["repeats"].as_u64(),
            counters["second_executions"].as_u64()
        ),
        (Some(1), Some(0))
    );
    stage.advance(100).await;
    assert_eq!(stage.kinds(), ["CallConnected", "ParticipantsUpdated"]);
}

#[tokio::test]
async fn same_request_under_a_new_id_is_counted_as_second_execution() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let body = RemoveParticipantRequest {
        participant_to_remove: phone_number("+1999"),
        ..RemoveParticipantRequest::default()
    };
    for _ in 0..2 {
        let request = participant::remove(&id, &body, stage.once());
        assert_eq!(stage.acs(&request).await.0, 202);
    }
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(counters["second_executions"], 1);
    stage.advance(50).await;
    assert_eq!(
        stage.kinds(),
        ["RemoveParticipantFailed", "RemoveParticipantFailed"]
    );
}

#[tokio::test]
async fn extension_call_refuses_caller_numbers_plain_users_and_doubles() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let mut with_number = adding(agent());
    with_number.source_caller_id_number = phone_number("+14255550100").phone_number;
    let request = participant::add(&id, &with_number, stage.once());
    let (status, error) = stage.acs(&request).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (400, Some("8523"))
    );
    let (status, error) = add(&stage, &id, teams_user(AGENT)).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (400, Some("8523"))
    );
    let (status, error) = add(&stage, &id, phone_number(CALLER)).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (400, Some("8559"))
    );
    assert_eq!(
        add(&stage, &id, teams_extension_user(AGENT, "t", "r"))
            .await
            .0,
        403
    );
    assert_eq!(add(&stage, &id, phone_number("+12065550199")).await.0, 202);
    stage.advance(1_200).await;
    assert_eq!(
        stage.kinds(),
        ["AddParticipantSucceeded", "ParticipantsUpdated"]
    );
}

#[tokio::test]
async fn agent_who_declines_does_not_answer_or_has_no_license_is_told_apart() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    for (order, after_ms, code, sub_code) in [
        (
            json!({"behaviour": {"do": "decline", "after_ms": 100}}),
            100,
            603,
            8538,
        ),
        (
            json!({"behaviour": {"do": "no_answer"}}),
            20_000,
            408,
            10_057,
        ),
        (json!({"teams_phone": false}), 1_000, 403, 10_105),
    ] {
        stage
            .control("PUT", &format!("/teams-users/{AGENT}/behaviour"), order)
            .await;
        assert_eq!(add(&stage, &id, agent()).await.0, 202);
        stage.advance(after_ms).await;
        let failed = stage.arrived().remove(0);
        assert_eq!(failed.kind(), "AddParticipantFailed");
        let result = &failed.data()["resultInformation"];
        assert_eq!(
            (result["code"].as_i64(), result["subCode"].as_i64()),
            (Some(code), Some(sub_code))
        );
    }
}

#[tokio::test]
async fn invitation_is_withdrawn_and_participant_removed() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let (_, added) = add(&stage, &id, agent()).await;
    let cancel = CancelAddParticipantRequest {
        invitation_id: text(&added["invitationId"]),
        ..CancelAddParticipantRequest::default()
    };
    for _ in 0..2 {
        let request = participant::cancel_add(&id, &cancel, stage.once());
        assert_eq!(stage.acs(&request).await.0, 202);
    }
    stage.advance(30_000).await;
    assert_eq!(
        stage.kinds(),
        [
            "CancelAddParticipantSucceeded",
            "CancelAddParticipantFailed"
        ]
    );
    add(&stage, &id, agent()).await;
    stage.advance(1_200).await;
    stage.arrived();
    let body = RemoveParticipantRequest {
        participant_to_remove: agent(),
        ..RemoveParticipantRequest::default()
    };
    let request = participant::remove(&id, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
    stage.advance(50).await;
    assert_eq!(
        stage.kinds(),
        ["RemoveParticipantSucceeded", "ParticipantsUpdated"]
    );
}

#[tokio::test]
async fn outbound_call_rings_a_phone_from_the_resource_account() {
    let stage = Stage::stepped().await;
    let mut body = call::CreateCallRequest {
        targets: vec![phone_number("+12065550123")],
        callback_uri: format!("{}/callbacks", stage.receiver),
        teams_app_source: Some(acs::identifier::MicrosoftTeamsApp {
            app_id: defaults::RESOURCE_ACCOUNT.to_owned(),
            cloud: None,
        }),
        ..call::CreateCallRequest::default()
    };
    let request = call::create(&body, stage.once());
    let (status, created) = stage.acs(&request).await;
    assert_eq!(
        (status, created["callConnectionState"].as_str()),
        (201, Some("connecting"))
    );
    let (_, phones) = stage.control("GET", "/pstn-calls", Value::Null).await;
    assert_eq!(
        (phones[0]["direction"].as_str(), phones[0]["from"].as_str()),
        (Some("outbound"), Some("+14255550100"))
    );
    stage.advance(1_200).await;
    assert_eq!(stage.kinds(), ["CallConnected", "ParticipantsUpdated"]);

    let habit = json!({"behaviour": {"do": "decline", "after_ms": 10}});
    stage
        .control("PUT", "/phones/+12065550123/behaviour", habit)
        .await;
    let request = call::create(&body, stage.once());
    stage.acs(&request).await;
    stage.advance(10).await;
    assert_eq!(stage.kinds(), ["CreateCallFailed", "CallDisconnected"]);

    body.source_display_name = Some("Tandem".to_owned());
    let request = call::create(&body, stage.once());
    let (status, error) = stage.acs(&request).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (400, Some("8523"))
    );
}

#[tokio::test]
async fn hanging_up_leaves_the_others_talking_and_terminating_ends_for_all() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([{"do": "talk", "ms": 10_000}])).await;
    add(&stage, &id, agent()).await;
    stage.advance(1_200).await;
    stage.arrived();
    assert_eq!(stage.acs(&call::hang_up(&id)).await.0, 204);
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["CallDisconnected"]);
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    stage.advance(10_000).await;
    assert_eq!(stage.phone(&phone).await["state"], "ended");
    assert_eq!(stage.kinds().len(), 0);

    let (phone, id) = stage.connect(json!([])).await;
    let request = call::terminate(&id, stage.once());
    assert_eq!(stage.acs(&request).await.0, 204);
    assert_eq!(stage.phone(&phone).await["ended"], "the call ended");
}

#[tokio::test]
async fn rejected_and_unanswered_calls_end_for_the_caller() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (phone, context) = stage.ring(json!([])).await;
    let body = call::RejectCallRequest {
        incoming_call_context: context.clone(),
        call_reject_reason: Some(call::CallRejectReason::Busy),
    };
    let request = call::reject(&body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 204);
    assert_eq!(stage.phone(&phone).await["ended"], "rejected: busy");
    let late = call::answer(&stage.answering(&context), stage.once());
    assert_eq!(stage.acs(&late).await.0, 409);

    let (phone, context) = stage.ring(json!([])).await;
    stage.advance(60_000).await;
    assert_eq!(stage.phone(&phone).await["ended"], "nobody answered");
    let late = call::answer(&stage.answering(&context), stage.once());
    assert_eq!(stage.acs(&late).await.0, 404);
}

#[tokio::test]
async fn operations_that_are_not_built_and_bad_requests_are_refused_clearly() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let body = call::CreateCallRequest {
        targets: vec![phone_number("+12065550123")],
        callback_uri: format!("{}/callbacks", stage.receiver),
        source_caller_id_number: phone_number("+14255550100").phone_number,
        ..call::CreateCallRequest::default()
    };
    let (_, created) = stage.acs(&call::create(&body, stage.once())).await;
    stage.advance(1_200).await;
    let video = StartRecordingRequest {
        call_connection_id: Some(text(&created["callConnectionId"])),
        ..StartRecordingRequest::default()
    };
    let request = recording::start(&video, stage.once());
    assert_eq!(stage.refused(&request).await, (501, "8520".to_owned()));
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(
        counters["refused"],
        json!({"CallRecording_StartRecording": 1})
    );
    let mut request = call::get(&id);
    request.path_and_query = request
        .path_and_query
        .replace("?api-version=2026-03-12", "");
    assert_eq!(stage.acs(&request).await.0, 400);
    let mut request = call::answer(&stage.answering("x"), stage.once());
    assert_eq!(stage.acs(&request).await.0, 400);
    request.body = Some(b"{".to_vec());
    request.repeatability = None;
    assert_eq!(stage.acs(&request).await.0, 400);
}

#[tokio::test]
async fn strict_emulator_wants_https_for_callbacks() {
    let stage = Stage::with(|options| options.strict = true).await;
    let (status, refusal) = stage.subscribe().await;
    assert_eq!(status, 400);
    assert!(text(&refusal["error"]).contains("https"));
}
