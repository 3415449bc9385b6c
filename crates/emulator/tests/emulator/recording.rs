//! Recordings: their states, their refusals, and the file.

use crate::stage::{CALLER, Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::phone_number;
use tandem_microsoft::acs::recording::{
    self, CallLocator, RecordingChannel, RecordingContent, RecordingFormat, StartRecordingRequest,
};
use tandem_microsoft::{Method, Request};

pub(crate) fn starting(stage: &Stage, body: &StartRecordingRequest) -> Request {
    recording::start(body, stage.once())
}

pub(crate) fn of_call(stage: &Stage, id: &str) -> StartRecordingRequest {
    StartRecordingRequest {
        recording_state_callback_uri: Some(format!("{}/callbacks", stage.receiver)),
        ..StartRecordingRequest::of_call(id, RecordingChannel::Mixed)
    }
}

pub(crate) async fn start(stage: &Stage, id: &str) -> String {
    let (status, answer) = stage.acs(&starting(stage, &of_call(stage, id))).await;
    assert_eq!(
        (status, answer["recordingState"].as_str()),
        (202, Some("active"))
    );
    assert_eq!(answer["recordingKind"], "azureCommunicationServices");
    text(&answer["recordingId"])
}

/// The state that the only callback tells.
/// As [`start`], with a channel for each.
pub(crate) async fn start_unmixed(stage: &Stage, id: &str) -> String {
    let unmixed = StartRecordingRequest {
        recording_channel_type: Some(RecordingChannel::Unmixed),
        ..of_call(stage, id)
    };
    let (_, answer) = stage.acs(&starting(stage, &unmixed)).await;
    text(&answer["recordingId"])
}

async fn told(stage: &Stage) -> Value {
    stage.advance(0).await;
    let arrived = stage.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].kind(), "RecordingStateChanged");
    arrived[0].data()["state"].clone()
}

pub(crate) async fn file(stage: &Stage, id: &str) -> Vec<u8> {
    let url = format!(
        "{}/_emulator/recordings/{id}/content",
        stage.running.http_url()
    );
    let response = stage.http.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "audio/wav");
    response.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn recording_is_as_long_as_it_ran_and_silent_where_it_was_paused() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let recording = start(&stage, &id).await;
    stage.advance(0).await;
    let changed = stage.arrived().remove(0);
    assert_eq!(changed.kind(), "RecordingStateChanged");
    assert_eq!(changed.data()["recordingId"], recording.as_str());
    assert_ne!(
        changed.data()["callConnectionId"],
        id.as_str(),
        "the recorder has its own"
    );
    let server_call = text(&changed.data()["serverCallId"]);
    let subject = format!("calling/recordings/{server_call}/{recording}/RecordingStateChanged");
    assert_eq!(changed.body[0]["subject"], subject);

    stage.advance(1_000).await;
    assert_eq!(stage.acs(&recording::pause(&recording)).await.0, 202);
    assert_eq!(told(&stage).await, "inactive");
    let (_, state) = stage.acs(&recording::get(&recording)).await;
    assert_eq!(state["recordingState"], "inactive");
    let again = stage.refused(&recording::pause(&recording)).await;
    assert_eq!(again, (400, "8573".to_owned()));
    stage.advance(500).await;
    assert_eq!(stage.acs(&recording::resume(&recording)).await.0, 202);
    assert_eq!(told(&stage).await, "active");
    stage.advance(250).await;
    assert_eq!(stage.acs(&recording::stop(&recording)).await.0, 204);
    assert_eq!(told(&stage).await, "inactive");
    stage.advance(60_000).await;

    let (_, list) = stage.control("GET", "/recordings", Value::Null).await;
    assert_eq!(list[0]["duration_ms"], 1_750);
    assert_eq!(
        list[0]["pauses"],
        json!([{"start_ms": 1_000, "duration_ms": 500}])
    );
    let file = file(&stage, &recording).await;
    assert_eq!(list[0]["bytes"], file.len());
    assert_eq!(file.len(), 44 + 1_750 * 32);
    let silent =
        |from: usize, to: usize| file[44 + from * 32..44 + to * 32].iter().all(|b| *b == 0);
    assert!(silent(1_000, 1_500));
    assert!(!silent(0, 1) && !silent(999, 1_000) && !silent(1_500, 1_501));
    for request in [recording::get(&recording), recording::stop(&recording)] {
        assert_eq!(stage.refused(&request).await, (404, "8522".to_owned()));
    }
}

/// A request of storage: status and body.
async fn storage(stage: &Stage, method: Method, address: &Value) -> (u16, Vec<u8>) {
    let response = asked(stage, method, address).await;
    let status = response.status().as_u16();
    (status, response.bytes().await.unwrap().to_vec())
}

/// The same, signed for the ACS endpoint.
async fn asked(stage: &Stage, method: Method, address: &Value) -> reqwest::Response {
    let address = text(address);
    let (host, path) = address
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once("/v1/"))
        .unwrap();
    let port = stage.running.listen.port();
    assert_eq!(host, format!("us-storage.asm.skype.com:{port}"));
    let request = Request {
        method,
        path_and_query: format!("/v1/{path}"),
        body: None,
        repeatability: None,
    };
    let host = stage.running.listen.to_string();
    let headers = Stage::headers(&request, &host, defaults::ACCESS_KEY);
    stage.send(&request, headers).await
}

// acs-call-automation.md 3.2 and 6.2
#[tokio::test]
async fn file_is_announced_fetched_and_deleted() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let recording = start(&stage, &id).await;
    stage.advance(400).await;
    stage.acs(&recording::pause(&recording)).await;
    stage.advance(100).await;
    stage.acs(&recording::stop(&recording)).await;
    stage.advance(1_499).await;
    stage.arrived();
    stage.advance(1).await;
    let event = stage.arrived().remove(0);
    assert_eq!(event.kind(), "RecordingFileStatusUpdated");
    let data = event.data();
    assert_eq!(
        (&data["recordingDurationMs"], &data["sessionEndReason"]),
        (&json!(500), &json!("SessionEnded"))
    );
    let subject = text(&event.body[0]["subject"]);
    assert!(
        subject.ends_with(&format!("/recordingId/{recording}")),
        "{subject}"
    );
    let chunk = &data["recordingStorageInfo"]["recordingChunks"][0];
    let (status, body) = storage(&stage, Method::Get, &chunk["contentLocation"]).await;
    assert_eq!((status, body), (200, file(&stage, &recording).await));
    let (_, body) = storage(&stage, Method::Get, &chunk["metadataLocation"]).await;
    let metadata: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        metadata["pauseResumeIntervals"],
        json!([{"startTime": 400, "duration": 100}])
    );
    assert_eq!(
        metadata["participants"][0]["participantId"],
        format!("4:{CALLER}")
    );
    let unsigned = stage
        .http
        .get(format!(
            "{}/v1/objects/{}/content/audio",
            stage.running.https_url(),
            text(&chunk["documentId"])
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(unsigned.status(), 401);
    let deleted = storage(&stage, Method::Delete, &chunk["deleteLocation"]).await;
    assert_eq!(deleted.0, 200);
    for (method, address) in [
        (Method::Get, &chunk["contentLocation"]),
        (Method::Delete, &chunk["deleteLocation"]),
    ] {
        assert_eq!(storage(&stage, method, address).await.0, 404);
    }
}

#[tokio::test]
async fn faulty_downloads_are_shorter_than_was_told() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let recording = start(&stage, &id).await;
    stage.advance(1_000).await;
    stage.acs(&recording::stop(&recording)).await;
    stage.arrived();
    stage.advance(1_500).await;
    let event = stage.arrived().pop().unwrap();
    assert_eq!(event.kind(), "RecordingFileStatusUpdated");
    let address = &event.data()["recordingStorageInfo"]["recordingChunks"][0]["contentLocation"];
    let whole = file(&stage, &recording).await;

    stage.fault(json!({"kind": "download_breaks_off"})).await;
    let mut response = asked(&stage, Method::Get, address).await;
    assert_eq!(
        response.headers()["content-length"],
        whole.len().to_string()
    );
    let mut arrived = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => arrived.extend(chunk),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(end.is_some(), "the connection breaks off");
    assert!(arrived == whole[..whole.len() / 2]);

    stage.fault(json!({"kind": "recording_truncated"})).await;
    let (_, truncated) = storage(&stage, Method::Get, address).await;
    assert!(truncated == whole[..whole.len() / 2]);
    stage.fault(json!({"kind": "recording_shortened"})).await;
    let (_, shortened) = storage(&stage, Method::Get, address).await;
    assert_eq!(shortened.len(), 44 + 500 * 32);
    assert_eq!(shortened[40..44], (500_u32 * 32).to_le_bytes());
    assert!(shortened[44..] == whole[44..44 + 500 * 32]);
}

/// A part of the file of the control API: status, what it says of its place, and its bytes.
async fn part(stage: &Stage, id: &str, range: &str) -> (u16, String, Vec<u8>) {
    let url = format!(
        "{}/_emulator/recordings/{id}/content",
        stage.running.http_url()
    );
    let request = stage.http.get(url).header("range", range);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let place = response.headers()["content-range"].to_str().unwrap();
    let place = place.to_owned();
    (status, place, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn long_file_is_sent_piece_by_piece_and_any_part_of_it_alone() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let recording = start_unmixed(&stage, &id).await;
    stage.advance(90_000).await;
    let whole = file(&stage, &recording).await;
    assert_eq!(whole.len(), 44 + 90_000 * 32 * 2);
    let length = whole.len();
    for (from, to) in [
        (0, 43),
        (44, 44),
        (64_043, 192_045),
        (length - 3, length - 1),
    ] {
        let (status, place, bytes) = part(&stage, &recording, &format!("bytes={from}-{to}")).await;
        assert_eq!(
            (status, place),
            (206, format!("bytes {from}-{to}/{length}"))
        );
        assert!(bytes == whole[from..=to], "{from}-{to}");
    }
    let (status, place, bytes) = part(&stage, &recording, &format!("bytes={length}-")).await;
    assert_eq!((status, place), (416, format!("bytes */{length}")));
    assert!(bytes.is_empty());
}

#[tokio::test]
async fn recording_ends_with_its_call() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage.add_agent(&id).await;
    let unmixed = StartRecordingRequest {
        recording_channel_type: Some(RecordingChannel::Unmixed),
        pause_on_start: Some(true),
        ..of_call(&stage, &id)
    };
    let (_, answer) = stage.acs(&starting(&stage, &unmixed)).await;
    assert_eq!(answer["recordingState"], "inactive");
    let recording = text(&answer["recordingId"]);
    stage.acs(&recording::resume(&recording)).await;
    stage.advance(100).await;
    stage.arrived();
    stage.acs(&call::terminate(&id, stage.once())).await;
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["RecordingStateChanged", "CallDisconnected"]);
    assert_eq!(stage.phone(&phone).await["state"], "ended");
    let (_, list) = stage.control("GET", "/recordings", Value::Null).await;
    assert_eq!(
        (&list[0]["ended"], &list[0]["channels"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(file(&stage, &recording).await.len(), 44 + 100 * 32 * 2);
}

#[tokio::test]
async fn start_that_fails_later_is_told_and_nothing_is_recorded() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    stage
        .fault(json!({"kind": "start_recording_failed", "sub_code": 8608}))
        .await;
    let recording = start(&stage, &id).await;
    stage.advance(0).await;
    let failed = stage.arrived().remove(0);
    assert_eq!(failed.kind(), "StartRecordingFailed");
    assert_eq!(failed.data()["recordingId"], recording.as_str());
    assert_eq!(failed.data()["resultInformation"]["subCode"], 8608);
    assert_eq!(stage.refused(&recording::get(&recording)).await.0, 404);
    start(&stage, &id).await;
}

// acs-call-automation.md 3 and 7.4
#[tokio::test]
async fn extensibility_records_by_connection_and_sound_as_wav_alone() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    let (_, properties) = stage.acs(&call::get(&id)).await;
    let good = of_call(&stage, &id);
    let by_server_call = StartRecordingRequest {
        call_connection_id: None,
        call_locator: Some(CallLocator {
            kind: "serverCallLocator".to_owned(),
            server_call_id: Some(text(&properties["serverCallId"])),
            ..CallLocator::default()
        }),
        ..good.clone()
    };
    let mut refused = vec![by_server_call, StartRecordingRequest::default()];
    for (content, format) in [
        (
            Some(RecordingContent::AudioVideo),
            Some(RecordingFormat::Mp4),
        ),
        (Some(RecordingContent::Audio), Some(RecordingFormat::Mp3)),
        (Some(RecordingContent::Audio), Some(RecordingFormat::Mp4)),
        (None, None),
    ] {
        refused.push(StartRecordingRequest {
            recording_content_type: content,
            recording_format_type: format,
            ..good.clone()
        });
    }
    for body in refused {
        let answer = stage.refused(&starting(&stage, &body)).await;
        assert_eq!(answer, (400, "8523".to_owned()), "{body:?}");
    }
    start(&stage, &id).await;
    let second = stage.refused(&starting(&stage, &good)).await;
    assert_eq!(second, (400, "8553".to_owned()));
    let gone = stage
        .refused(&starting(&stage, &of_call(&stage, "gone")))
        .await;
    assert_eq!(gone, (404, "8522".to_owned()));
    assert_eq!(stage.phone(&phone).await["from"], CALLER);
}

#[tokio::test]
async fn kinds_of_recording_that_are_not_built_are_refused_with_what_to_send_instead() {
    let stage = Stage::stepped().await;
    let body = CreateCallRequest {
        targets: vec![phone_number("+12065550146")],
        callback_uri: format!("{}/callbacks", stage.receiver),
        source_caller_id_number: phone_number("+14255550100").phone_number,
        ..CreateCallRequest::default()
    };
    let (_, created) = stage.acs(&call::create(&body, stage.once())).await;
    let id = text(&created["callConnectionId"]);
    stage.advance(2_000).await;
    let sound = of_call(&stage, &id);
    let kind = |content, format| StartRecordingRequest {
        recording_content_type: content,
        recording_format_type: format,
        ..sound.clone()
    };
    let elsewhere = StartRecordingRequest {
        external_storage: Some(json!({"recordingStorageKind": "azureBlobStorage"})),
        ..sound.clone()
    };
    let audio = Some(RecordingContent::Audio);
    for (body, member, fix) in [
        (kind(None, None), "recordingContentType", "Send audio"),
        (
            kind(Some(RecordingContent::AudioVideo), None),
            "recordingContentType",
            "Send audio",
        ),
        (
            kind(audio, Some(RecordingFormat::Mp3)),
            "recordingFormatType",
            "Send wav",
        ),
        (kind(audio, None), "recordingFormatType", "Send wav"),
        (elsewhere, "externalStorage", "Leave it out"),
    ] {
        let (status, refusal) = stage.acs(&starting(&stage, &body)).await;
        assert_eq!((status, &refusal["error"]["code"]), (501, &json!("8520")));
        let message = text(&refusal["error"]["message"]);
        assert!(
            message.contains(member) && message.contains(fix),
            "{message}"
        );
    }
    start(&stage, &id).await;
}
