//! Every fault strikes where it was aimed, as often as it was told, and is listed.

use crate::stage::Stage;
use serde_json::{Value, json};
use tandem_microsoft::acs::call;
use tandem_microsoft::acs::media::{self, PlayRequest, PlaySource};

async fn order(stage: &Stage, fault: Value) {
    let (status, body) = stage.control("POST", "/faults", fault).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test]
async fn throttling_comes_with_retry_after_and_ends() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    order(&stage, json!({"kind": "status", "status": 429, "retry_after_s": 7, "match": {"operation": "GetCall"}})).await;
    let headers = Stage::headers(
        &call::get(&id),
        &stage.running.listen.to_string(),
        tandem_emulator::defaults::ACCESS_KEY,
    );
    let response = stage.send(&call::get(&id), headers).await;
    assert_eq!(
        (
            response.status().as_u16(),
            response.headers()["retry-after"].to_str().unwrap()
        ),
        (429, "7")
    );
    assert_eq!(stage.acs(&call::get(&id)).await.0, 200);
    let (_, faults) = stage.control("GET", "/faults", Value::Null).await;
    assert_eq!(
        (
            faults[0]["struck"].as_u64(),
            faults[0]["remaining"].as_u64()
        ),
        (Some(1), Some(0))
    );
    let path = format!("/faults/{}", faults[0]["id"]);
    assert_eq!(stage.control("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(stage.control("DELETE", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn answer_lost_after_execution_is_repaired_by_the_same_id() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (_, context) = stage.ring(json!([])).await;
    order(&stage, json!({"kind": "status", "status": 503, "executed": true, "match": {"operation": "AnswerCall"}})).await;
    let request = call::answer(&stage.answering(&context), stage.once());
    assert_eq!(stage.acs(&request).await.0, 503);
    assert_eq!(stage.acs(&request).await.0, 200);
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(
        (
            counters["repeats"].as_u64(),
            counters["second_executions"].as_u64()
        ),
        (Some(1), Some(0))
    );
}

#[tokio::test]
async fn latency_delays_the_answer() {
    let stage = Stage::stepped().await;
    order(
        &stage,
        json!({"kind": "latency", "ms": 150, "match": {"path": "/calling/keys"}}),
    )
    .await;
    let begun = std::time::Instant::now();
    stage
        .http
        .get(format!("{}/calling/keys", stage.running.https_url()))
        .send()
        .await
        .unwrap();
    assert!(begun.elapsed() >= std::time::Duration::from_millis(150));
}

#[tokio::test]
async fn callbacks_are_lost_doubled_late_and_reordered() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    for (fault, at_once, later) in [
        (
            json!({"kind": "callback_lost"}),
            vec!["ParticipantsUpdated"],
            vec![],
        ),
        (
            json!({"kind": "callback_doubled"}),
            vec!["CallConnected", "CallConnected", "ParticipantsUpdated"],
            vec![],
        ),
        (
            json!({"kind": "callback_late", "ms": 5_000}),
            vec!["ParticipantsUpdated"],
            vec!["CallConnected"],
        ),
        (
            json!({"kind": "callback_reordered"}),
            vec!["ParticipantsUpdated", "CallConnected"],
            vec![],
        ),
    ] {
        let (_, context) = stage.ring(json!([])).await;
        let mut fault = fault;
        fault["match"] = json!({"event": "CallConnected"});
        order(&stage, fault).await;
        stage
            .acs(&call::answer(&stage.answering(&context), stage.once()))
            .await;
        stage.advance(1_000).await;
        assert_eq!(stage.kinds(), at_once);
        stage.advance(5_000).await;
        assert_eq!(stage.kinds(), later);
    }
}

#[tokio::test]
async fn callback_that_fails_is_retried_in_order_and_one_that_is_refused_is_not() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (_, context) = stage.ring(json!([])).await;
    stage
        .acs(&call::answer(&stage.answering(&context), stage.once()))
        .await;
    stage.receiver_answers(&[500, 200, 404]);
    stage.advance(10_000).await;
    let arrived = stage.arrived();
    let kinds: Vec<String> = arrived.iter().map(crate::stage::Arrived::kind).collect();
    assert_eq!(
        kinds,
        ["CallConnected", "CallConnected", "ParticipantsUpdated"]
    );
    assert_eq!(arrived[0].body[0]["id"], arrived[1].body[0]["id"]);
    assert!(arrived.iter().all(|one| one.path == "/callbacks"));
    let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
    assert_eq!(
        (
            counters["callbacks_delivered"].as_u64(),
            counters["callbacks_given_up"].as_u64()
        ),
        (Some(1), Some(1))
    );
}

#[tokio::test]
async fn play_and_recognize_fail_by_order() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    order(&stage, json!({"kind": "play_failed", "sub_code": 8535})).await;
    let body = PlayRequest {
        play_sources: vec![PlaySource::text("Hi", None, None)],
        ..PlayRequest::default()
    };
    stage.acs(&media::play(&id, &body)).await;
    stage.advance(0).await;
    let failed = stage.arrived().remove(0);
    assert_eq!(
        (
            failed.kind().as_str(),
            &failed.data()["resultInformation"]["subCode"]
        ),
        ("PlayFailed", &json!(8535))
    );
    stage.acs(&media::play(&id, &body)).await;
    stage.advance(1_000).await;
    assert_eq!(stage.kinds(), ["PlayStarted", "PlayCompleted"]);
}

#[tokio::test]
async fn wrong_faults_are_refused() {
    let stage = Stage::stepped().await;
    for fault in [
        json!({"kind": "meteor"}),
        json!({"kind": "status", "status": 200}),
        json!({}),
    ] {
        assert_eq!(stage.control("POST", "/faults", fault).await.0, 400);
    }
}

// B-172
#[tokio::test]
async fn incoming_call_is_lost_comes_twice_or_late() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    stage.arrived();
    for (fault, at_once, later) in [
        (json!({"kind": "event_lost"}), 0, 0),
        (json!({"kind": "event_doubled"}), 2, 0),
        (json!({"kind": "event_late", "ms": 3_000}), 0, 1),
    ] {
        order(&stage, fault).await;
        let call = json!({"from": "+12065551212", "to": "+14255550100", "script": [{"do": "patience", "ms": 100}]});
        stage.control("POST", "/pstn-calls", call).await;
        stage.advance(2_999).await;
        let arrived = stage.arrived();
        assert_eq!(arrived.len(), at_once);
        assert!(
            arrived
                .iter()
                .all(|one| one.body[0]["id"] == arrived[0].body[0]["id"])
        );
        stage.advance(100_000).await;
        assert_eq!(stage.arrived().len(), later);
    }
}

#[tokio::test]
async fn answer_that_fails_is_told_and_the_call_is_gone() {
    let stage = Stage::stepped().await;
    stage.subscribe().await;
    let (_, context) = stage.ring(json!([])).await;
    order(&stage, json!({"kind": "answer_failed", "sub_code": 8501})).await;
    let request = call::answer(&stage.answering(&context), stage.once());
    let (status, answered) = stage.acs(&request).await;
    assert_eq!(status, 200);
    stage.advance(100).await;
    let arrived = stage.callbacks();
    assert_eq!(arrived[0].kind(), "AnswerFailed");
    assert_eq!(arrived[0].data()["operationContext"], "answer-1");
    assert_eq!(arrived[0].data()["resultInformation"]["subCode"], 8501);
    let id = answered["callConnectionId"].as_str().unwrap();
    let gone = stage.refused(&call::get(id)).await;
    assert_eq!(gone, (404, "8522".to_owned()));
}
