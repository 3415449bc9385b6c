//! Live transcription: who said what, in words, over a WebSocket.

use crate::socket::Application;
use crate::stage::{CALLER, Stage, text};
use serde_json::{Value, json};
use tandem_microsoft::acs::call;
use tandem_microsoft::acs::transcription::{
    TranscriptionOptions, TranscriptionRequest, start, stop, update,
};

fn options(application: &Application) -> TranscriptionOptions {
    TranscriptionOptions {
        transport_type: "websocket".to_owned(),
        locale: "en-US".to_owned(),
        transport_url: Some(application.url.clone()),
        start_transcription: Some(true),
        enable_intermediate_results: Some(true),
        ..TranscriptionOptions::default()
    }
}

/// An answered call that is transcribed: its caller says what the script has.
async fn transcribed(stage: &Stage, application: &Application, script: Value) -> (String, String) {
    stage.subscribe().await;
    let (phone, context) = stage.ring(script).await;
    let mut body = stage.answering(&context);
    body.transcription_options = Some(options(application));
    let (status, answered) = stage.acs(&call::answer(&body, stage.once())).await;
    assert_eq!(status, 200, "{answered}");
    assert_eq!(answered["transcriptionSubscription"]["locale"], "en-US");
    stage.advance(100).await;
    (phone, text(&answered["callConnectionId"]))
}

#[tokio::test]
async fn words_of_a_callers_script_are_heard_half_and_whole() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let script = json!([{"do": "say", "text": "Hello, my bill is wrong.", "after_ms": 400}]);
    let (_, id) = transcribed(&stage, &application, script).await;
    assert_eq!(
        stage.kinds(),
        [
            "CallConnected",
            "ParticipantsUpdated",
            "TranscriptionStarted"
        ]
    );
    stage.advance(3_000).await;
    let frames = application.frames(3).await;
    let metadata = &frames[0]["transcriptionMetadata"];
    assert_eq!(
        (
            metadata["locale"].as_str(),
            metadata["callConnectionId"].as_str()
        ),
        (Some("en-US"), Some(id.as_str()))
    );
    let (half, whole) = (
        &frames[1]["transcriptionData"],
        &frames[2]["transcriptionData"],
    );
    assert_eq!(half["resultStatus"], "Intermediate");
    assert_eq!(half["text"], "Hello, my bill");
    assert_eq!(whole["resultStatus"], "Final");
    assert_eq!(whole["text"], "Hello, my bill is wrong.");
    assert_eq!(whole["participantRawID"], format!("4:{CALLER}"));
    assert_eq!(whole["words"][0]["text"], "hello");
    // 24 characters are 1.6 seconds, in ticks of 100 ns.
    assert_eq!(whole["duration"], 16_000_000);
    let offset = |word: usize| whole["words"][word]["offset"].as_u64().unwrap();
    assert!(offset(4) > offset(0) && offset(0) > 9_007_199_254_740_991);
}

#[tokio::test]
async fn language_is_changed_and_transcription_stopped_and_started() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let (phone, id) = transcribed(&stage, &application, json!([])).await;
    stage.arrived();
    application.frames(1).await;
    let body = TranscriptionRequest {
        locale: Some("de-DE".to_owned()),
        operation_context: Some("t-1".to_owned()),
        ..TranscriptionRequest::default()
    };
    assert_eq!(stage.acs(&update(&id, &body)).await.0, 202);
    stage.advance(0).await;
    let updated = stage.arrived().remove(0);
    assert_eq!(updated.kind(), "TranscriptionUpdated");
    assert_eq!(
        updated.data()["transcriptionUpdate"],
        json!({
            "transcriptionStatus": "transcriptionUpdated",
            "transcriptionStatusDetails": "transcriptionLocaleUpdated",
        })
    );
    let (_, shown) = stage.acs(&call::get(&id)).await;
    assert_eq!(shown["transcriptionSubscription"]["locale"], "de-DE");

    let stopping = TranscriptionRequest {
        locale: None,
        ..body.clone()
    };
    assert_eq!(stage.acs(&stop(&id, &stopping)).await.0, 202);
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["TranscriptionStopped"]);
    let refusal = (400, "8585".to_owned());
    assert_eq!(stage.refused(&update(&id, &body)).await, refusal);
    assert_eq!(stage.refused(&stop(&id, &stopping)).await, refusal);
    let said = json!({"text": "nobody hears this"});
    stage
        .control("POST", &format!("/pstn-calls/{phone}/speak"), said)
        .await;
    stage.advance(2_000).await;
    assert_eq!(stage.acs(&start(&id, &body)).await.0, 202);
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["TranscriptionStarted"]);
    let frames = application.frames(1).await;
    assert_eq!(frames[0]["transcriptionMetadata"]["locale"], "de-DE");
    let wrong = TranscriptionRequest {
        locale: Some("no language".to_owned()),
        ..body
    };
    let refusal = (400, "8523".to_owned());
    assert_eq!(stage.refused(&update(&id, &wrong)).await, refusal);
}

#[tokio::test]
async fn transcription_without_options_or_by_a_fault_does_not_start() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let (_, bare) = stage.connect(json!([])).await;
    let body = TranscriptionRequest::default();
    let refusal = (405, "8522".to_owned());
    for request in [
        start(&bare, &body),
        stop(&bare, &body),
        update(&bare, &body),
    ] {
        assert_eq!(stage.refused(&request).await, refusal);
    }
    stage
        .fault(json!({"kind": "transcription_failed", "sub_code": 8579}))
        .await;
    transcribed(&stage, &application, json!([])).await;
    let failed = stage.arrived().pop().unwrap();
    assert_eq!(failed.kind(), "TranscriptionFailed");
    assert_eq!(failed.data()["resultInformation"]["subCode"], 8579);
    assert_eq!(
        failed.data()["transcriptionUpdate"]["transcriptionStatus"],
        "transcriptionFailed"
    );
}
