//! Digits that are sent to a phone, and keys that are reported one by one.

use crate::stage::{CALLER, Stage, agent};
use serde_json::{Value, json};
use tandem_microsoft::Request;
use tandem_microsoft::acs::digits::{
    self, ContinuousRequest, SendTonesRequest, start_continuous, stop_continuous,
};
use tandem_microsoft::acs::identifier::{Identifier, phone_number};
use tandem_microsoft::acs::media::{self, PlayRequest, PlaySource, Tone};

fn sending(stage: &Stage, id: &str, to: Identifier, tones: Vec<Tone>) -> Request {
    let body = SendTonesRequest {
        tones,
        target_participant: to,
        operation_context: Some("send-1".to_owned()),
        operation_callback_uri: None,
    };
    digits::send(id, &body, stage.once())
}

fn listening(context: &str) -> ContinuousRequest {
    ContinuousRequest {
        target_participant: phone_number(CALLER),
        operation_context: Some(context.to_owned()),
        operation_callback_uri: None,
    }
}

fn playing_to_one() -> PlayRequest {
    PlayRequest {
        play_sources: vec![PlaySource::text(
            "for you alone, and quite long",
            None,
            None,
        )],
        play_to: vec![phone_number(CALLER)],
        ..PlayRequest::default()
    }
}

#[tokio::test]
async fn sent_digits_reach_the_person_at_the_phone() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    let tones = digits::tones("12#").unwrap();
    let request = sending(&stage, &id, phone_number(CALLER), tones);
    let (status, answer) = stage.acs(&request).await;
    assert_eq!(
        (status, answer["operationContext"].as_str()),
        (202, Some("send-1"))
    );
    stage.advance(749).await;
    assert!(stage.arrived().is_empty());
    stage.advance(1).await;
    let completed = stage.arrived().remove(0);
    assert_eq!(completed.kind(), "SendDtmfTonesCompleted");
    assert_eq!(completed.data()["operationContext"], "send-1");
    assert_eq!(stage.phone(&phone).await["digits_received"], "12#");

    stage.fault(json!({"kind": "send_tones_failed"})).await;
    let tones = vec![Tone::Nine];
    stage
        .acs(&sending(&stage, &id, phone_number(CALLER), tones))
        .await;
    stage.advance(250).await;
    assert_eq!(stage.kinds(), ["SendDtmfTonesFailed"]);
    assert_eq!(stage.phone(&phone).await["digits_received"], "12#");
}

#[tokio::test]
async fn only_phones_take_digits_and_only_eighteen() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    for (to, count, expected) in [
        (agent(), 1, (400, "8523")),
        (phone_number(CALLER), 0, (400, "8523")),
        (phone_number(CALLER), 19, (400, "8523")),
        (phone_number("+12065559999"), 1, (404, "8558")),
    ] {
        let request = sending(&stage, &id, to, vec![Tone::One; count]);
        let (status, code) = stage.refused(&request).await;
        assert_eq!((status, code.as_str()), expected);
    }
    let request = sending(&stage, &id, phone_number(CALLER), vec![Tone::One; 18]);
    assert_eq!(stage.acs(&request).await.0, 202);
}

// acs-call-automation.md 3.1
#[tokio::test]
async fn targeted_operations_exclude_each_other_and_play_to_all_goes_on() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let tones = || vec![Tone::One; 4];
    let send = sending(&stage, &id, phone_number(CALLER), tones());
    assert_eq!(stage.acs(&send).await.0, 202);
    let again = sending(&stage, &id, phone_number(CALLER), tones());
    for request in [
        again,
        media::play(&id, &playing_to_one()),
        start_continuous(&id, &listening("c")),
    ] {
        let (status, code) = stage.refused(&request).await;
        assert_eq!(
            (status, code.as_str()),
            (412, "8583"),
            "{}",
            request.path_and_query
        );
    }
    let to_all = PlayRequest {
        play_to: vec![],
        ..playing_to_one()
    };
    assert_eq!(stage.acs(&media::play(&id, &to_all)).await.0, 202);
    assert_eq!(stage.acs(&media::cancel_all(&id)).await.0, 202);
    stage.advance(0).await;
    let kinds = stage.kinds();
    assert!(
        kinds.contains(&"SendDtmfTonesFailed".to_owned()),
        "{kinds:?}"
    );

    assert_eq!(stage.acs(&media::play(&id, &playing_to_one())).await.0, 202);
    let send = sending(&stage, &id, phone_number(CALLER), tones());
    assert_eq!(stage.refused(&send).await, (412, "8583".to_owned()));
}

#[tokio::test]
async fn every_key_is_reported_with_its_number_until_it_is_stopped() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    let start = start_continuous(&id, &listening("dtmf-1"));
    assert_eq!(stage.acs(&start).await, (200, Value::Null));
    assert_eq!(
        stage.acs(&media::play(&id, &playing_to_one())).await.0,
        202,
        "it blocks nothing"
    );
    let digits = format!("/pstn-calls/{phone}/digits");
    let (_, pressed) = stage
        .control("POST", &digits, json!({"digits": "4*"}))
        .await;
    assert_eq!(pressed["recognized_by_application"], 2);
    stage.advance(0).await;
    let arrived = stage.arrived();
    let tones: Vec<(&Value, &Value)> = arrived
        .iter()
        .filter(|one| one.kind() == "ContinuousDtmfRecognitionToneReceived")
        .map(|one| (&one.data()["tone"], &one.data()["sequenceId"]))
        .collect();
    assert_eq!(
        tones,
        [(&json!("four"), &json!(1)), (&json!("asterisk"), &json!(2))]
    );
    stage.advance(60_000).await;
    stage.arrived();

    stage.fault(json!({"kind": "tone_failed"})).await;
    stage.control("POST", &digits, json!({"digits": "7"})).await;
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["ContinuousDtmfRecognitionToneFailed"]);
    let stop = stop_continuous(&id, &listening("dtmf-2"));
    assert_eq!(stage.acs(&stop).await, (200, Value::Null));
    stage.advance(0).await;
    let stopped = stage.arrived().remove(0);
    assert_eq!(stopped.kind(), "ContinuousDtmfRecognitionStopped");
    assert_eq!(stopped.data()["operationContext"], "dtmf-2");
    let (_, pressed) = stage.control("POST", &digits, json!({"digits": "8"})).await;
    assert_eq!(pressed["recognized_by_application"], 0);
    assert_eq!(stage.refused(&stop).await, (400, "8585".to_owned()));
}
