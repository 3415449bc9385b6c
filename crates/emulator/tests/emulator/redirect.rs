//! A redirect lets the target ring in the application's place; and Teams clients that forward.

use crate::stage::{AGENT, CALLER, Stage, agent, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::Request;
use tandem_microsoft::acs::call::{self, RedirectCallRequest};
use tandem_microsoft::acs::identifier::{
    Identifier, Identity, phone_number, teams_extension_user, teams_user,
};
use tandem_microsoft::acs::identity::{CreateIdentityRequest, create};
use tandem_microsoft::acs::participant::{self, AddParticipantRequest};

const EXPERT: &str = "+12065550177";
const SECOND_AGENT: &str = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6";

fn redirecting(stage: &Stage, context: &str, target: Identifier) -> Request {
    let body = RedirectCallRequest {
        incoming_call_context: context.to_owned(),
        target,
    };
    call::redirect(&body, stage.once())
}

async fn behaves(stage: &Stage, path: &str, behaviour: Value) {
    let body = json!({ "behaviour": behaviour });
    let (status, told) = stage
        .control("PUT", &format!("{path}/behaviour"), body)
        .await;
    assert!(status < 300, "{told}");
}

#[tokio::test]
async fn redirected_caller_talks_with_the_phone_that_answered() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (phone, context) = stage.ring(json!([])).await;
    let request = redirecting(&stage, &context, phone_number(EXPERT));
    assert_eq!(stage.acs(&request).await.0, 204);
    let rings = stage.phone_of(EXPERT).await;
    assert_eq!(
        (&rings["state"], &rings["from"]),
        (&json!("ringing"), &json!(CALLER))
    );
    assert_eq!(stage.phone(&phone).await["state"], "ringing");
    let late = call::answer(&stage.answering(&context), stage.once());
    assert_eq!(stage.acs(&late).await.0, 409);
    stage.advance(1_200).await;
    let (caller, expert) = (stage.phone(&phone).await, stage.phone_of(EXPERT).await);
    assert_eq!(caller["hears"]["with"], json!([EXPERT]));
    assert_eq!(expert["hears"]["with"], json!([CALLER]));
    assert_eq!(caller["hears"]["application_in_call"], false);
    // No callback follows a redirect.
    assert!(stage.callbacks().is_empty());
    let path = format!("/pstn-calls/{}/hang-up", text(&expert["id"]));
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    assert_eq!(stage.phone(&phone).await["state"], "ended");
}

#[tokio::test]
async fn redirect_that_nobody_takes_ends_the_call_for_the_caller() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    for (behaviour, waits_ms, why) in [
        (
            json!({"do": "decline", "after_ms": 50}),
            50,
            "The callee declined.",
        ),
        (
            json!({"do": "busy", "after_ms": 50}),
            50,
            "The callee is busy.",
        ),
        (
            json!({"do": "no_answer"}),
            115_000,
            "The invitation was not answered in time.",
        ),
    ] {
        behaves(&stage, &format!("/phones/{EXPERT}"), behaviour).await;
        let (phone, context) = stage.ring(json!([])).await;
        let request = redirecting(&stage, &context, phone_number(EXPERT));
        assert_eq!(stage.acs(&request).await.0, 204);
        stage.advance(waits_ms).await;
        let ended = stage.phone(&phone).await["ended"].clone();
        assert_eq!(ended, format!("redirected to 4:{EXPERT}: {why}"));
    }
}

#[tokio::test]
async fn caller_who_hangs_up_stops_the_phone_that_the_call_was_redirected_to() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (phone, context) = stage.ring(json!([])).await;
    let request = redirecting(&stage, &context, phone_number(EXPERT));
    assert_eq!(stage.acs(&request).await.0, 204);
    let path = format!("/pstn-calls/{phone}/hang-up");
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    assert_eq!(stage.phone(&phone).await["ended"], "hung up by hand");
    assert_eq!(stage.phone_of(EXPERT).await, Value::Null);
    stage.advance(200_000).await;
    let (_, calls) = stage.control("GET", "/calls", Value::Null).await;
    assert_eq!(calls, json!([]));
}

// acs-call-automation.md 7.4
#[tokio::test]
async fn redirect_goes_where_a_call_of_teams_phone_extensibility_may_go() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (phone, context) = stage.ring(json!([])).await;
    let (_, created) = stage.acs(&create(&CreateIdentityRequest::default())).await;
    let user = text(&created["identity"]["id"]);
    for (target, refusal) in [
        (teams_user(AGENT), (400, "8523")),
        (Identity::parse(&user).to_identifier(), (400, "8523")),
        (phone_number("12"), (400, "8523")),
        (phone_number(CALLER), (400, "8559")),
        (
            teams_extension_user(AGENT, defaults::APP, defaults::ACS_RESOURCE),
            (403, "7505"),
        ),
    ] {
        let refused = stage.refused(&redirecting(&stage, &context, target)).await;
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()));
    }
    // What was refused changed nothing.
    let request = redirecting(&stage, &context, agent());
    assert_eq!(stage.acs(&request).await.0, 204);
    stage.advance(1_200).await;
    let (_, shown) = stage
        .control("GET", &format!("/teams-users/{AGENT}"), Value::Null)
        .await;
    assert_eq!(shown["hears"]["with"], json!([CALLER]));
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
}

#[tokio::test]
async fn call_of_a_user_is_redirected_to_another_user() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let mut users = Vec::new();
    for _ in 0..3 {
        let (_, created) = stage.acs(&create(&CreateIdentityRequest::default())).await;
        users.push(text(&created["identity"]["id"]));
    }
    let order = json!({"from": users[0], "to": users[1]});
    stage.control("POST", "/voip-calls", order).await;
    stage.advance(0).await;
    let context = text(&stage.arrived().pop().unwrap().data()["incomingCallContext"]);
    let target = Identity::parse(&users[2]).to_identifier();
    let request = redirecting(&stage, &context, target);
    assert_eq!(stage.acs(&request).await.0, 204);
    let shown = async |id: &str| {
        let path = format!("/acs-users/{id}");
        stage.control("GET", &path, Value::Null).await.1
    };
    assert_eq!(shown(&users[0]).await["state"], "calling");
    assert_eq!(shown(&users[2]).await["state"], "ringing");
    stage.advance(1_200).await;
    assert_eq!(shown(&users[0]).await["hears"]["with"], json!([users[2]]));
    assert_eq!(shown(&users[2]).await["state"], "in_call");
    assert_eq!(shown(&users[1]).await["state"], "idle");
    let path = format!("/acs-users/{}/hang-up", users[0]);
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    assert_eq!(shown(&users[2]).await["state"], "idle");
}

#[tokio::test]
async fn user_declines_the_call_of_another_user() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let mut users = Vec::new();
    for _ in 0..2 {
        let (_, created) = stage.acs(&create(&CreateIdentityRequest::default())).await;
        users.push(text(&created["identity"]["id"]));
    }
    let order = json!({"from": users[0], "to": users[1]});
    stage.control("POST", "/voip-calls", order).await;
    stage.advance(0).await;
    let context = text(&stage.arrived().pop().unwrap().data()["incomingCallContext"]);
    let path = format!("/acs-users/{}/decline", users[1]);
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 409);
    let (_, caller) = stage
        .control("GET", &format!("/acs-users/{}", users[0]), Value::Null)
        .await;
    assert_eq!(caller["state"], "idle");
    let late = call::answer(&stage.answering(&context), stage.once());
    assert_eq!(stage.refused(&late).await, (404, "8522".to_owned()));
}

async fn invite(stage: &Stage, id: &str) {
    let body = AddParticipantRequest {
        participant_to_add: agent(),
        ..AddParticipantRequest::default()
    };
    let request = participant::add(id, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
}

#[tokio::test]
async fn agent_who_forwards_is_told_of_and_whoever_answered_is_in_the_call() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    let forwards = json!({"do": "forward", "to": EXPERT, "after_ms": 500});
    behaves(&stage, &format!("/teams-users/{AGENT}"), forwards).await;
    invite(&stage, &id).await;
    stage.advance(500).await;
    assert_eq!(stage.phone_of(EXPERT).await["state"], "ringing");
    let path = format!("/teams-users/{AGENT}");
    let (_, shown) = stage.control("GET", &path, Value::Null).await;
    assert_eq!(shown["state"], "idle");
    stage.advance(1_200).await;
    let arrived = stage.callbacks();
    let invited = &arrived[0].data()["participant"]["rawId"];
    assert_eq!(arrived[0].kind(), "AddParticipantSucceeded");
    assert_eq!(invited.as_str(), agent().raw_id().as_deref());
    let (_, listed) = stage.acs(&participant::list(&id)).await;
    let names: Vec<&Value> = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["identifier"]["rawId"])
        .collect();
    assert_eq!(names, [&format!("4:{CALLER}"), &format!("4:{EXPERT}")]);
    assert_eq!(stage.phone(&phone).await["hears"]["with"], json!([EXPERT]));
}

#[tokio::test]
async fn ringing_agent_forwards_by_hand_and_clients_that_forward_in_a_circle_are_given_up() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let path = |oid: &str| format!("/teams-users/{oid}");
    behaves(&stage, &path(AGENT), json!({"do": "no_answer"})).await;
    let by_hand = format!("{}/forward", path(AGENT));
    let order = json!({ "to": SECOND_AGENT });
    assert_eq!(stage.control("POST", &by_hand, order.clone()).await.0, 409);
    invite(&stage, &id).await;
    assert_eq!(stage.control("POST", &by_hand, order.clone()).await.0, 204);
    stage.advance(1_200).await;
    let (_, second) = stage.control("GET", &path(SECOND_AGENT), Value::Null).await;
    assert_eq!(second["state"], "in_call");
    stage.arrived();

    let (_, other) = stage.connect(json!([])).await;
    let third = "0269be4d-5be0-4770-bf9c-a1bf50ee78d7";
    for (from, to) in [(AGENT, third), (third, AGENT)] {
        let forwards = json!({"do": "forward", "to": to, "after_ms": 10});
        behaves(&stage, &path(from), forwards).await;
    }
    invite(&stage, &other).await;
    stage.advance(200).await;
    let arrived = stage.callbacks();
    assert_eq!(arrived[0].kind(), "AddParticipantFailed");
    let result = &arrived[0].data()["resultInformation"];
    // Back to whoever was invited: their line is taken by this very call.
    assert_eq!(
        (&result["code"], &result["subCode"]),
        (&json!(486), &json!(8539))
    );
}

#[tokio::test]
async fn call_that_is_forwarded_too_often_fails() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let user = |n: usize| format!("0269be4d-5be0-4770-bf9c-a1bf50ee78{:02x}", 0xd5 + n);
    for n in 0..7 {
        let forwards = json!({"do": "forward", "to": user(n + 1), "after_ms": 10});
        behaves(&stage, &format!("/teams-users/{}", user(n)), forwards).await;
    }
    invite(&stage, &id).await;
    stage.advance(200).await;
    let arrived = stage.callbacks();
    let result = &arrived[0].data()["resultInformation"];
    assert_eq!(
        (&result["code"], &result["subCode"]),
        (&json!(483), &json!(8521))
    );
}

#[tokio::test]
async fn forwarding_to_nobody_or_by_a_phone_is_refused() {
    let stage = Stage::stepped().await;
    let agent = format!("/teams-users/{AGENT}/behaviour");
    let phone = format!("/phones/{EXPERT}/behaviour");
    for (path, to) in [
        (&agent, "nobody"),
        (&agent, "+1"),
        (&agent, "00000000-0000-0000-0000-000000000001"),
        (&phone, CALLER),
    ] {
        let body = json!({"behaviour": {"do": "forward", "to": to}});
        let (status, refusal) = stage.control("PUT", path, body).await;
        assert_eq!(status, 400, "{path} {to}");
        assert!(refusal["error"].is_string());
    }
}
