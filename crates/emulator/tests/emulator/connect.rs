//! Several connections to one call, and participants who move from one call to another.

use crate::stage::{AGENT, Arrived, CALLER, Stage, agent, text};
use serde_json::{Value, json};
use tandem_microsoft::acs::connect::{ConnectRequest, MoveParticipantsRequest, connect, move_here};
use tandem_microsoft::acs::identifier::{Identifier, phone_number};
use tandem_microsoft::acs::media::{PlayRequest, PlaySource, play};
use tandem_microsoft::acs::participant::{self, RemoveParticipantRequest};
use tandem_microsoft::acs::recording::CallLocator;
use tandem_microsoft::acs::{call, participant::list};

fn connecting(stage: &Stage, locator: CallLocator) -> ConnectRequest {
    ConnectRequest {
        call_locator: locator,
        callback_uri: format!("{}/callbacks", stage.receiver),
        operation_context: Some("c-1".to_owned()),
        ..ConnectRequest::default()
    }
}

/// A second connection to the call of the first.
async fn second(stage: &Stage, first: &str) -> String {
    let (_, shown) = stage.acs(&call::get(first)).await;
    let locator = CallLocator::server_call(text(&shown["serverCallId"]));
    let request = connect(&connecting(stage, locator), stage.once());
    let (status, connected) = stage.acs(&request).await;
    assert_eq!(status, 200, "{connected}");
    assert_eq!(connected["callConnectionState"], "connecting");
    assert_eq!(connected["serverCallId"], shown["serverCallId"]);
    stage.advance(100).await;
    let arrived = stage.arrived();
    let kinds: Vec<String> = arrived.iter().map(Arrived::kind).collect();
    assert_eq!(kinds, ["CallConnected", "ParticipantsUpdated"]);
    assert_eq!(arrived[0].data()["operationContext"], "c-1");
    assert_eq!(arrived[1].data()["sequenceNumber"], 1);
    text(&connected["callConnectionId"])
}

/// Who of the connections was told what.
fn told(arrived: &[Arrived]) -> Vec<(String, String)> {
    let one = |event: &Arrived| (text(&event.data()["callConnectionId"]), event.kind());
    let mut all: Vec<(String, String)> = arrived.iter().map(one).collect();
    all.sort();
    all
}

#[tokio::test]
async fn second_connection_sees_the_same_people_and_both_are_told_of_changes() {
    let stage = Stage::stepped().await;
    let (phone, first) = stage.connect(json!([])).await;
    let second = second(&stage, &first).await;
    let body = participant::AddParticipantRequest {
        participant_to_add: agent(),
        ..participant::AddParticipantRequest::default()
    };
    let request = participant::add(&second, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
    stage.advance(1_200).await;
    let mut expected = [
        (first.clone(), "ParticipantsUpdated".to_owned()),
        (second.clone(), "AddParticipantSucceeded".to_owned()),
        (second.clone(), "ParticipantsUpdated".to_owned()),
    ];
    expected.sort();
    assert_eq!(told(&stage.arrived()), expected);
    for id in [&first, &second] {
        let (_, people) = stage.acs(&list(id)).await;
        assert_eq!(people["value"].as_array().unwrap().len(), 2);
    }
    let prompt = PlayRequest {
        play_sources: vec![PlaySource::text("Second voice", None, None)],
        ..PlayRequest::default()
    };
    assert_eq!(stage.acs(&play(&second, &prompt)).await.0, 202);
    assert_eq!(stage.phone(&phone).await["hears"]["text"], "Second voice");
    stage.advance(1_000).await;
    stage.arrived();

    // The first leaves: the call goes on with the second, and ends with its people.
    assert_eq!(stage.acs(&call::hang_up(&first)).await.0, 204);
    stage.advance(0).await;
    assert_eq!(
        told(&stage.arrived()),
        [(first, "CallDisconnected".to_owned())]
    );
    assert_eq!(stage.phone(&phone).await["call_connection_id"], second);
    stage
        .control(
            "POST",
            &format!("/teams-users/{AGENT}/hang-up"),
            Value::Null,
        )
        .await;
    stage
        .control("POST", &format!("/pstn-calls/{phone}/hang-up"), Value::Null)
        .await;
    stage.advance(0).await;
    let last = stage.kinds().pop();
    assert_eq!(last.as_deref(), Some("CallDisconnected"));
}

#[tokio::test]
async fn call_that_was_left_is_joined_again_and_ends_for_every_connection() {
    let stage = Stage::stepped().await;
    let (phone, first) = stage.connect(json!([])).await;
    stage.add_agent(&first).await;
    let (_, shown) = stage.acs(&call::get(&first)).await;
    assert_eq!(stage.acs(&call::hang_up(&first)).await.0, 204);
    stage.advance(0).await;
    stage.arrived();
    let locator = CallLocator::server_call(text(&shown["serverCallId"]));
    let request = connect(&connecting(&stage, locator), stage.once());
    let (_, connected) = stage.acs(&request).await;
    let again = text(&connected["callConnectionId"]);
    stage.advance(100).await;
    stage.arrived();
    let (_, people) = stage.acs(&list(&again)).await;
    assert_eq!(people["value"].as_array().unwrap().len(), 2);

    let third = second(&stage, &again).await;
    let request = call::terminate(&again, stage.once());
    assert_eq!(stage.acs(&request).await.0, 204);
    stage.advance(0).await;
    let mut expected = [again, third].map(|id| (id, "CallDisconnected".to_owned()));
    expected.sort();
    assert_eq!(told(&stage.arrived()), expected);
    assert_eq!(stage.phone(&phone).await["ended"], "the call ended");
}

#[tokio::test]
async fn call_that_is_not_there_fails_the_connection_and_a_bad_locator_the_request() {
    let stage = Stage::stepped().await;
    let nowhere = [
        CallLocator::server_call("bm93aGVyZQ=="),
        CallLocator {
            kind: "groupCallLocator".to_owned(),
            group_call_id: Some("29228d3e-040e-4656-a70e-890ab4e173e5".to_owned()),
            ..CallLocator::default()
        },
    ];
    for locator in nowhere {
        let request = connect(&connecting(&stage, locator), stage.once());
        assert_eq!(stage.acs(&request).await.0, 200);
        stage.advance(100).await;
        let arrived = stage.arrived();
        let kinds: Vec<String> = arrived.iter().map(Arrived::kind).collect();
        assert_eq!(kinds, ["ConnectFailed", "CallDisconnected"]);
        let result = &arrived[0].data()["resultInformation"];
        assert_eq!(
            (&result["code"], &result["subCode"]),
            (&json!(404), &json!(8522))
        );
        assert_eq!(arrived[0].data()["operationContext"], "c-1");
    }
    for locator in [
        CallLocator::default(),
        CallLocator {
            kind: "roomCallLocator".to_owned(),
            server_call_id: Some("x".to_owned()),
            ..CallLocator::default()
        },
    ] {
        let request = connect(&connecting(&stage, locator), stage.once());
        assert_eq!(stage.refused(&request).await, (400, "8523".to_owned()));
    }
    let (_, first) = stage.connect(json!([])).await;
    stage
        .fault(json!({"kind": "connect_failed", "sub_code": 8578}))
        .await;
    let (_, shown) = stage.acs(&call::get(&first)).await;
    let locator = CallLocator::server_call(text(&shown["serverCallId"]));
    let request = connect(&connecting(&stage, locator), stage.once());
    stage.acs(&request).await;
    stage.advance(100).await;
    let failed = stage.arrived().remove(0);
    assert_eq!(failed.data()["resultInformation"]["subCode"], 8578);
    assert_eq!(stage.acs(&call::get(&first)).await.0, 200);
}

fn moving(from: &str, numbers: &[&str]) -> MoveParticipantsRequest {
    MoveParticipantsRequest {
        target_participants: numbers.iter().map(|number| phone_number(number)).collect(),
        from_call: from.to_owned(),
        operation_context: Some("m-1".to_owned()),
        ..MoveParticipantsRequest::default()
    }
}

#[tokio::test]
async fn participant_moves_into_another_call_and_the_call_that_is_left_empty_ends() {
    let stage = Stage::stepped().await;
    let (waiting, from) = stage.connect(json!([{"do": "talk", "ms": 5_000}])).await;
    let (first, to) = other(&stage, "+12065550188").await;
    let request = move_here(&to, &moving(&from, &[CALLER]), stage.once());
    let (status, answer) = stage.acs(&request).await;
    assert_eq!(
        (status, answer["fromCall"].as_str()),
        (202, Some(from.as_str()))
    );
    assert_eq!(
        answer["participants"][0]["identifier"]["rawId"],
        format!("4:{CALLER}")
    );
    stage.advance(30).await;
    let arrived = stage.arrived();
    let mut expected = [
        (to.clone(), "MoveParticipantSucceeded".to_owned()),
        (to.clone(), "ParticipantsUpdated".to_owned()),
        (from.clone(), "ParticipantsUpdated".to_owned()),
        (from.clone(), "CallDisconnected".to_owned()),
    ];
    expected.sort();
    assert_eq!(told(&arrived), expected);
    let moved = arrived
        .iter()
        .find(|it| it.kind() == "MoveParticipantSucceeded")
        .unwrap();
    assert_eq!(moved.data()["fromCall"], from);
    assert_eq!(moved.data()["participant"]["rawId"], format!("4:{CALLER}"));
    assert_eq!(moved.data()["operationContext"], "m-1");
    let shown = stage.phone(&waiting).await;
    assert_eq!(shown["call_connection_id"], to);
    assert_eq!(shown["hears"]["with"], json!(["+12065550188"]));
    assert_eq!(stage.phone(&first).await["state"], "in_call");
}

/// Another caller in a call of their own.
async fn other(stage: &Stage, number: &str) -> (String, String) {
    let order = json!({"from": number, "to": "+14255550100", "script": []});
    let (_, phone) = stage.control("POST", "/pstn-calls", order).await;
    stage.advance(0).await;
    let incoming = stage.arrived().pop().unwrap();
    let context = text(&incoming.data()["incomingCallContext"]);
    let request = call::answer(&stage.answering(&context), stage.once());
    let (_, answered) = stage.acs(&request).await;
    stage.advance(100).await;
    stage.arrived();
    (text(&phone["id"]), text(&answered["callConnectionId"]))
}

#[tokio::test]
async fn move_that_cannot_be_is_refused_or_told_to_have_failed() {
    let stage = Stage::stepped().await;
    let (_, from) = stage.connect(json!([])).await;
    let (_, to) = other(&stage, "+12065550188").await;
    for (body, refusal) in [
        (moving(&to, &[CALLER]), (400, "8523")),
        (moving(&from, &[]), (400, "8523")),
        (moving("nobody", &[CALLER]), (404, "8522")),
    ] {
        let request = move_here(&to, &body, stage.once());
        let (status, code) = stage.refused(&request).await;
        assert_eq!((status, code.as_str()), refusal);
    }
    stage
        .fault(json!({"kind": "move_failed", "sub_code": 8500}))
        .await;
    for (number, code, sub_code) in [
        ("+12065550188", 400, 8500),
        ("+12065550188", 400, 8559),
        ("+12065550199", 404, 8558),
    ] {
        let request = move_here(&to, &moving(&from, &[number]), stage.once());
        assert_eq!(stage.acs(&request).await.0, 202);
        stage.advance(30).await;
        let failed = stage.arrived().remove(0);
        assert_eq!(failed.kind(), "MoveParticipantFailed");
        let result = &failed.data()["resultInformation"];
        assert_eq!(
            (&result["code"], &result["subCode"]),
            (&json!(code), &json!(sub_code))
        );
        assert_eq!(failed.data()["fromCall"], from);
    }
    let body = RemoveParticipantRequest {
        participant_to_remove: phone_number(CALLER),
        ..RemoveParticipantRequest::default()
    };
    let request = participant::remove(&from, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
}

// Microsoft's Python client sends no kind, and reads a participant without one as an unknown identifier.
#[tokio::test]
async fn whoever_cannot_be_moved_or_removed_is_named_with_their_kind() {
    let stage = Stage::stepped().await;
    let (_, from) = stage.connect(json!([])).await;
    let (_, to) = other(&stage, "+12065550188").await;
    let nobody = Identifier {
        raw_id: Some("4:+12065550199".to_owned()),
        ..Identifier::default()
    };
    let body = MoveParticipantsRequest {
        target_participants: vec![nobody.clone()],
        ..moving(&from, &[])
    };
    stage.acs(&move_here(&to, &body, stage.once())).await;
    let body = RemoveParticipantRequest {
        participant_to_remove: nobody,
        ..RemoveParticipantRequest::default()
    };
    let request = participant::remove(&from, &body, stage.once());
    assert_eq!(stage.acs(&request).await.0, 202);
    stage.advance(30).await;
    let arrived = stage.arrived();
    assert_eq!(arrived.len(), 2);
    for failed in arrived {
        let named = &failed.data()["participant"];
        assert_eq!(
            *named,
            json!(phone_number("+12065550199")),
            "{}",
            failed.kind()
        );
    }
}
