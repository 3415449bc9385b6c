//! Users of the communication resource: identities, tokens, and calls with them.

use crate::stage::{Arrived, CALLER, Stage, agent, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::{CommunicationUser, Identifier, Identity, phone_number};
use tandem_microsoft::acs::identity::{
    CreateIdentityRequest, IssueTokenRequest, create, delete, issue_token, revoke_tokens,
};
use tandem_microsoft::acs::participant::{self, MuteParticipantsRequest, mute};

async fn user(stage: &Stage) -> String {
    let (status, created) = stage.acs(&create(&CreateIdentityRequest::default())).await;
    assert_eq!(status, 201, "{created}");
    text(&created["identity"]["id"])
}

fn named(id: &str) -> Identifier {
    Identity::parse(id).to_identifier()
}

fn calling(stage: &Stage, targets: Vec<Identifier>) -> CreateCallRequest {
    CreateCallRequest {
        targets,
        callback_uri: format!("{}/callbacks", stage.receiver),
        ..CreateCallRequest::default()
    }
}

fn kinds(arrived: &[Arrived]) -> Vec<String> {
    arrived.iter().map(Arrived::kind).collect()
}

/// What Event Grid told, beside the callbacks.
fn told(arrived: &[Arrived]) -> Vec<String> {
    let events = arrived.iter().filter(|one| one.path == "/events");
    events.map(Arrived::kind).collect()
}

// B-176
#[tokio::test]
async fn identity_has_tokens_until_they_are_revoked_and_is_gone_when_deleted() {
    let stage = Stage::stepped().await;
    let body = CreateIdentityRequest {
        create_token_with_scopes: vec!["voip".to_owned()],
        expires_in_minutes: Some(60),
    };
    let (status, created) = stage.acs(&create(&body)).await;
    assert_eq!(status, 201);
    let id = text(&created["identity"]["id"]);
    let first = text(&created["accessToken"]["token"]);
    assert_eq!(first.split('.').count(), 3);
    assert!(created["accessToken"]["expiresOn"].is_string());
    let wanted = IssueTokenRequest {
        scopes: vec!["chat".to_owned()],
        expires_in_minutes: None,
    };
    let (status, issued) = stage.acs(&issue_token(&id, &wanted)).await;
    assert_eq!((status, issued["token"].is_string()), (200, true));

    let other = user(&stage).await;
    let order = |token: &Value| json!({"from": id, "to": other, "token": token});
    // A token for chat is none for calls.
    let (status, _) = stage
        .control("POST", "/voip-calls", order(&issued["token"]))
        .await;
    assert_eq!(status, 409);
    assert_eq!(stage.acs(&revoke_tokens(&id)).await.0, 204);
    let (status, _) = stage
        .control("POST", "/voip-calls", order(&json!(first)))
        .await;
    assert_eq!(status, 409);
    assert_eq!(stage.acs(&delete(&id)).await.0, 204);
    for request in [delete(&id), revoke_tokens(&id), issue_token(&id, &wanted)] {
        let refused = stage.refused(&request).await;
        assert_eq!(refused, (404, "IdentityNotFound".to_owned()));
    }
}

#[tokio::test]
async fn token_that_the_service_does_not_give_is_refused() {
    let stage = Stage::stepped().await;
    let id = user(&stage).await;
    for (scopes, minutes) in [
        (vec![], None),
        (vec!["everything"], None),
        (vec!["voip"], Some(59)),
        (vec!["voip"], Some(1441)),
    ] {
        let body = IssueTokenRequest {
            scopes: scopes.into_iter().map(str::to_owned).collect(),
            expires_in_minutes: minutes,
        };
        let refused = stage.refused(&issue_token(&id, &body)).await;
        assert_eq!(refused, (400, "BadRequest".to_owned()));
    }
    let mut request = revoke_tokens(&id);
    request.path_and_query = request.path_and_query.replace("2023-10-01", "2020-01-01");
    assert_eq!(stage.acs(&request).await.0, 400);
}

// acs-call-automation.md 8, limits: 500 deletions in 30 seconds
#[tokio::test]
async fn operations_beyond_the_published_rate_are_told_when_to_come_again() {
    let stage = Stage::stepped().await;
    let request = delete("8:acs:nobody");
    for _ in 0..500 {
        assert_eq!(stage.acs(&request).await.0, 404);
    }
    let host = stage.running.listen.to_string();
    let headers = Stage::headers(&request, &host, defaults::ACCESS_KEY);
    let response = stage.send(&request, headers).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "30");
    let refusal: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(refusal["error"]["code"], "TooManyRequests");
    // Each operation has a rate of its own.
    user(&stage).await;
    stage.advance(30_000).await;
    assert_eq!(stage.acs(&request).await.0, 404);
}

#[tokio::test]
async fn user_is_called_added_and_muted() {
    let stage = Stage::stepped().await;
    let (one, two) = (user(&stage).await, user(&stage).await);
    let body = calling(&stage, vec![named(&one)]);
    let (status, created) = stage.acs(&call::create(&body, stage.once())).await;
    assert_eq!(status, 201, "{created}");
    let id = text(&created["callConnectionId"]);
    stage.advance(1_200).await;
    let arrived = stage.arrived();
    assert_eq!(kinds(&arrived), ["CallConnected", "ParticipantsUpdated"]);
    let first = &arrived[1].data()["participants"][0]["identifier"];
    assert_eq!(first["kind"], "communicationUser");
    assert_eq!(first["communicationUser"]["id"], one);
    let body = participant::AddParticipantRequest {
        participant_to_add: named(&two),
        ..participant::AddParticipantRequest::default()
    };
    let request = participant::add(&id, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
    stage.advance(1_200).await;
    stage.arrived();

    let quiet = |targets: Vec<Identifier>| MuteParticipantsRequest {
        target_participants: targets,
        operation_context: Some("quiet".to_owned()),
    };
    let request = mute(&id, &quiet(vec![named(&two)]), stage.once());
    let (status, muted) = stage.acs(&request).await;
    assert_eq!((status, &muted["operationContext"]), (200, &json!("quiet")));
    stage.advance(0).await;
    let arrived = stage.arrived();
    assert_eq!(kinds(&arrived), ["ParticipantsUpdated"]);
    let (_, shown) = stage.acs(&participant::get(&id, &two)).await;
    assert_eq!(shown["isMuted"], true);
    for targets in [vec![], vec![named(&one), named(&two)]] {
        let request = mute(&id, &quiet(targets), stage.once());
        assert_eq!(stage.refused(&request).await, (400, "8523".to_owned()));
    }
    let (_, tpe) = stage.connect(json!([])).await;
    let request = mute(&tpe, &quiet(vec![phone_number(CALLER)]), stage.once());
    assert_eq!(stage.refused(&request).await, (400, "8523".to_owned()));
    let body = participant::AddParticipantRequest {
        participant_to_add: named(&one),
        ..participant::AddParticipantRequest::default()
    };
    let request = participant::add(&tpe, &body, stage.once());
    assert_eq!(stage.refused(&request).await, (400, "8523".to_owned()));
}

#[tokio::test]
async fn call_of_a_user_is_announced_answered_and_ended() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (caller, bot) = (user(&stage).await, user(&stage).await);
    let order = json!({"from": caller, "to": bot});
    let (status, placed) = stage.control("POST", "/voip-calls", order.clone()).await;
    assert_eq!((status, &placed["state"]), (201, &json!("calling")));
    assert_eq!(stage.control("POST", "/voip-calls", order).await.0, 409);
    stage.advance(0).await;
    let incoming = stage.arrived().pop().unwrap();
    assert_eq!(incoming.data()["to"]["communicationUser"]["id"], bot);
    assert_eq!(incoming.data()["from"]["rawId"], caller);
    let context = text(&incoming.data()["incomingCallContext"]);
    let mut body = stage.answering(&context);
    body.answered_by = Some(CommunicationUser { id: bot.clone() });
    let (status, answered) = stage.acs(&call::answer(&body, stage.once())).await;
    assert_eq!(status, 200, "{answered}");
    assert_eq!(answered["answeredBy"]["id"], bot);
    assert!(answered.get("answeredFor").is_none());
    stage.advance(100).await;
    let arrived = stage.arrived();
    assert_eq!(told(&arrived), ["CallStarted", "CallParticipantAdded"]);
    let added = arrived
        .iter()
        .find(|one| one.kind() == "CallParticipantAdded");
    let added = added.unwrap().data();
    assert_eq!(added["user"]["communicationIdentifier"]["rawId"], caller);
    assert_eq!(
        added["startedBy"]["communicationIdentifier"]["rawId"],
        caller
    );
    assert_eq!(added["isTwoParty"], true);
    stage.advance(7_000).await;
    let path = format!("/acs-users/{caller}/hang-up");
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    stage.advance(0).await;
    let arrived = stage.arrived();
    assert_eq!(told(&arrived), ["CallParticipantRemoved", "CallEnded"]);
    let ended = arrived.iter().find(|one| one.kind() == "CallEnded");
    let ended = ended.unwrap().data();
    assert_eq!(ended["callDurationInSeconds"], 7);
    assert_eq!(ended["reason"]["subCode"], 7000);
    let last = arrived.iter().filter(|one| one.path == "/callbacks");
    let last: Vec<String> = last.map(Arrived::kind).collect();
    assert_eq!(last, ["ParticipantsUpdated", "CallDisconnected"]);
}

#[tokio::test]
async fn users_who_talk_by_themselves_are_joined_by_a_connection() {
    use tandem_microsoft::acs::connect::{ConnectRequest, connect};
    use tandem_microsoft::acs::recording::CallLocator;
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (caller, callee) = (user(&stage).await, user(&stage).await);
    let order = json!({"from": caller, "to": callee});
    stage.control("POST", "/voip-calls", order).await;
    stage.advance(0).await;
    let incoming = stage.arrived().pop().unwrap();
    let path = format!("/acs-users/{callee}/answer");
    assert_eq!(stage.control("POST", &path, Value::Null).await.0, 204);
    let context = text(&incoming.data()["incomingCallContext"]);
    let late = call::answer(&stage.answering(&context), stage.once());
    assert_eq!(stage.acs(&late).await.0, 409);
    let body = ConnectRequest {
        call_locator: CallLocator::server_call(text(&incoming.data()["serverCallId"])),
        callback_uri: format!("{}/callbacks", stage.receiver),
        ..ConnectRequest::default()
    };
    let (_, connected) = stage.acs(&connect(&body, stage.once())).await;
    stage.advance(100).await;
    let arrived = stage.callbacks();
    assert_eq!(kinds(&arrived), ["CallConnected", "ParticipantsUpdated"]);
    let id = text(&connected["callConnectionId"]);
    let (_, people) = stage.acs(&participant::list(&id)).await;
    assert_eq!(people["value"].as_array().unwrap().len(), 2);
    let body = participant::AddParticipantRequest {
        participant_to_add: agent(),
        ..participant::AddParticipantRequest::default()
    };
    let request = participant::add(&id, &body, stage.once());
    assert_eq!(stage.refused(&request).await, (400, "8523".to_owned()));
}
