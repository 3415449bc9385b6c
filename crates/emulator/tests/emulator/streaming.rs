//! Media streaming: what an application hears of a call, and what it says into it.

use crate::socket::Application;
use crate::stage::{AGENT, CALLER, Stage, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::hold::{HoldRequest, hold};
use tandem_microsoft::acs::identifier::{phone_number, teams_extension_user};
use tandem_microsoft::acs::participant::{self, AddParticipantRequest};
use tandem_microsoft::acs::streaming::{
    ApplicationFrame, AudioChannel, AudioFormat, MediaStreamingOptions, MediaStreamingRequest,
    decode, start, stop,
};
use tandem_microsoft::acs::{self, call};
use tandem_microsoft::entra::jwt::{Expected, Jwks, bearer, verify};

/// An answered call whose stream starts by itself: the phone call's id and the connection's. Its caller
/// is in it since 40 ms of 100, and three frames were sent.
pub(crate) async fn streaming(stage: &Stage, options: MediaStreamingOptions) -> (String, String) {
    stage.subscribe().await;
    let (phone, context) = stage.ring(json!([])).await;
    let mut body = stage.answering(&context);
    body.media_streaming_options = Some(MediaStreamingOptions {
        start_media_streaming: Some(true),
        ..options
    });
    let (status, answered) = stage.acs(&call::answer(&body, stage.once())).await;
    assert_eq!(status, 200, "{answered}");
    assert_eq!(answered["mediaStreamingSubscription"]["state"], "inactive");
    stage.advance(100).await;
    let kinds = stage.kinds();
    assert_eq!(
        kinds,
        [
            "CallConnected",
            "ParticipantsUpdated",
            "MediaStreamingStarted"
        ]
    );
    (phone, text(&answered["callConnectionId"]))
}

pub(crate) fn samples(frame: &Value) -> Vec<i16> {
    assert_eq!(frame["kind"], "AudioData");
    decode(frame["audioData"]["data"].as_str().unwrap()).unwrap()
}

pub(crate) fn is_silent(frame: &Value) -> bool {
    let silent = frame["audioData"]["silent"].as_bool().unwrap();
    let zeros = samples(frame).iter().all(|sample| *sample == 0);
    assert_eq!(silent, zeros);
    silent
}

/// The tone of frames that follow each other.
fn hz(frames: &[&Value], rate: usize) -> usize {
    let heard: Vec<i16> = frames.iter().flat_map(|frame| samples(frame)).collect();
    let crossings = heard.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0);
    crossings.count() * rate / heard.len()
}

fn of<'a>(frames: &'a [Value], raw_id: &str) -> Vec<&'a Value> {
    let of = |frame: &&Value| frame["audioData"]["participantRawID"] == raw_id;
    frames.iter().filter(of).collect()
}

async fn speak(stage: &Stage, path: &str, words: &str) {
    let said = json!({ "text": words });
    let (status, answer) = stage.control("POST", path, said).await;
    assert_eq!(status, 200, "{answer}");
}

fn milliseconds(frame: &Value) -> i64 {
    let time = frame["audioData"]["timestamp"].as_str().unwrap();
    time.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

// B-173, B-174
#[tokio::test]
async fn stream_is_dialed_with_a_token_begins_with_metadata_and_is_silent_in_true_length() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed);
    let (_, id) = streaming(&stage, options).await;
    let frames = application.frames(4).await;
    let metadata = &frames[0]["audioMetadata"];
    assert_eq!(frames[0]["kind"], "AudioMetadata");
    assert_eq!(
        (
            &metadata["encoding"],
            &metadata["sampleRate"],
            &metadata["channels"],
            &metadata["length"]
        ),
        (&json!("PCM"), &json!(16_000), &json!(1), &json!(640))
    );
    let (_, shown) = stage.acs(&call::get(&id)).await;
    let subscription = &shown["mediaStreamingSubscription"];
    assert_eq!(subscription["id"], metadata["subscriptionId"]);
    assert_eq!(subscription["state"], "active");

    let silent = &frames[1..];
    assert_eq!(silent.len(), 3);
    for pair in silent.windows(2) {
        assert_eq!(milliseconds(&pair[1]) - milliseconds(&pair[0]), 20);
    }
    for frame in silent {
        assert!(is_silent(frame) && samples(frame).len() == 320);
        assert!(frame["audioData"].get("participantRawID").is_none());
    }
    token_is_good(&stage, &application).await;
    let headers = application.headers();
    assert_eq!(headers["x-ms-call-connection-id"].to_str().unwrap(), id);
}

async fn token_is_good(stage: &Stage, application: &Application) {
    let keys = format!("{}/calling/keys", stage.running.https_url());
    let keys = stage.http.get(keys).send().await.unwrap();
    let keys = Jwks::parse(&keys.bytes().await.unwrap()).unwrap();
    let headers = application.headers();
    let token = bearer(Some(headers["authorization"].to_str().unwrap())).unwrap();
    let expected = Expected {
        issuers: &[acs::CALLBACK_ISSUER],
        audiences: &[defaults::ACS_RESOURCE],
        now_s: u64::try_from(jiff::Timestamp::now().as_second()).unwrap(),
        leeway_s: 5,
    };
    let claims = verify(token, &keys, &expected).unwrap();
    assert_eq!(claims.exp - claims.iat.unwrap(), 24 * 3600);
}

// B-174
#[tokio::test]
async fn words_are_as_long_as_they_take_to_say_in_the_speakers_own_tone() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions {
        audio_format: Some(AudioFormat::Pcm24KMono),
        ..MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed)
    };
    let (phone, _) = streaming(&stage, options).await;
    application.frames(4).await;
    // 15 characters are a second.
    speak(
        &stage,
        &format!("/pstn-calls/{phone}/speak"),
        "what do I owe u",
    )
    .await;
    stage.advance(1_200).await;
    let frames = application.frames(60).await;
    assert_eq!(frames.len(), 60);
    let heard: Vec<&Value> = frames.iter().filter(|frame| !is_silent(frame)).collect();
    assert_eq!(heard.len(), 50);
    assert!(heard.iter().all(|frame| samples(frame).len() == 480));
    assert!(hz(&heard, 24_000).abs_diff(300) < 5);
}

// B-174
#[tokio::test]
async fn unmixed_stream_tells_who_speaks_and_nobody_on_hold_is_heard() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Unmixed);
    let (phone, id) = streaming(&stage, options).await;
    stage.add_agent(&id).await;
    // The last of them has the agent too.
    application.frames(4 + 61).await;
    speak(
        &stage,
        &format!("/teams-users/{AGENT}/speak"),
        "let me see first",
    )
    .await;
    stage.advance(400).await;
    let (caller, agent) = (
        format!("4:{CALLER}"),
        format!(
            "8:acs:{}_{}_{AGENT}",
            defaults::ACS_RESOURCE,
            defaults::TENANT
        ),
    );
    let frames = application.frames(40).await;
    let (of_caller, of_agent) = (of(&frames, &caller), of(&frames, &agent));
    assert_eq!((of_caller.len(), of_agent.len()), (20, 20));
    assert!(of_caller.iter().all(|frame| is_silent(frame)));
    assert!(hz(&of_agent, 16_000).abs_diff(400) < 5);

    let held = HoldRequest {
        target_participant: phone_number(CALLER),
        ..HoldRequest::default()
    };
    assert_eq!(stage.acs(&hold(&id, &held)).await.0, 200);
    speak(
        &stage,
        &format!("/pstn-calls/{phone}/speak"),
        "hello, are you there",
    )
    .await;
    stage.advance(400).await;
    let frames = application.frames(40).await;
    assert!(of(&frames, &caller).iter().all(|frame| is_silent(frame)));
}

#[tokio::test]
async fn application_is_heard_until_it_stops_its_audio() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions {
        enable_bidirectional: Some(true),
        enable_dtmf_tones: Some(true),
        ..MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed)
    };
    let (phone, id) = streaming(&stage, options).await;
    let said: Vec<i16> = (0..960).collect();
    let frame = ApplicationFrame::Audio {
        samples: said.clone(),
    }
    .to_text();
    application.send(Some(&frame));
    audio(&stage, "waiting_ms", 60).await;
    let hears = &stage.phone(&phone).await["hears"];
    assert_eq!(hears["text"], "[audio of the application]");
    stage.advance(40).await;
    audio(&stage, "heard_ms", 40).await;
    application.send(Some(
        r#"{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}"#,
    ));
    audio(&stage, "waiting_ms", 0).await;
    stage.advance(40).await;
    audio(&stage, "heard_ms", 40).await;
    let url = format!(
        "{}/_emulator/calls/{id}/application-audio",
        stage.running.http_url()
    );
    let file = stage
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let heard: Vec<i16> = file[44..]
        .chunks(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    assert_eq!(heard, said[..640]);

    for damaged in [
        "{",
        "[]",
        r#"{"kind":"AudioData","audioData":{"data":"!"}}"#,
    ] {
        application.send(Some(damaged));
    }
    stage
        .shows("/counters", "/stream_frames_ignored", json!(3))
        .await;
    application.frames(8).await;
    let (_, pressed) = stage
        .control(
            "POST",
            &format!("/pstn-calls/{phone}/digits"),
            json!({"digits": "5#"}),
        )
        .await;
    assert_eq!(pressed["recognized_by_application"], 0);
    let frames = application.frames(2).await;
    assert_eq!(
        frames[0],
        json!({"kind": "DtmfData", "dtmfData": {"data": "5"}})
    );
    assert_eq!(frames[1]["dtmfData"]["data"], "#");
}

async fn audio(stage: &Stage, member: &str, wanted: u64) {
    let pointer = format!("/0/media_streaming/application_audio/{member}");
    stage.shows("/calls", &pointer, json!(wanted)).await;
}

#[tokio::test]
async fn stream_is_stopped_and_started_again_by_operations_in_their_states() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed);
    let (_, id) = streaming(&stage, options).await;
    let body = MediaStreamingRequest {
        operation_context: Some("s-1".to_owned()),
        ..MediaStreamingRequest::default()
    };
    let refusal = (400, "8585".to_owned());
    assert_eq!(stage.refused(&start(&id, &body)).await, refusal);
    assert_eq!(stage.acs(&stop(&id, &body)).await.0, 202);
    stage.advance(0).await;
    let stopped = stage.arrived().remove(0);
    assert_eq!(stopped.kind(), "MediaStreamingStopped");
    assert_eq!(stopped.data()["operationContext"], "s-1");
    assert_eq!(
        stopped.data()["mediaStreamingUpdate"],
        json!({
            "contentType": "Audio", "mediaStreamingStatus": "mediaStreamingStopped",
            "mediaStreamingStatusDetails": "subscriptionStopped",
        })
    );
    application.ended().await;
    assert_eq!(stage.refused(&stop(&id, &body)).await, refusal);
    assert_eq!(stage.acs(&start(&id, &body)).await.0, 202);
    stage.advance(0).await;
    let started = stage.arrived().remove(0);
    assert_eq!(
        started.data()["mediaStreamingUpdate"]["mediaStreamingStatusDetails"],
        "subscriptionStarted"
    );
    let request = call::terminate(&id, stage.once());
    assert_eq!(stage.acs(&request).await.0, 204);
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["MediaStreamingStopped", "CallDisconnected"]);

    let (_, bare) = stage.connect(json!([])).await;
    let refusal = (405, "8522".to_owned());
    assert_eq!(stage.refused(&start(&bare, &body)).await, refusal);
}

#[tokio::test]
async fn connection_that_is_refused_lost_or_broken_is_told_with_its_reason() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Mixed);
    let (_, id) = streaming(&stage, options).await;
    let body = MediaStreamingRequest::default();
    application.send(None);
    failed(&stage, "streamConnectionInterrupted").await;
    for (status, details) in [
        (401, "authenticationFailure"),
        (403, "forbidden"),
        (404, "initialWebSocketConnectionFailed"),
    ] {
        application.refuses(status);
        assert_eq!(stage.acs(&start(&id, &body)).await.0, 202);
        failed(&stage, details).await;
    }
    stage
        .fault(json!({"kind": "media_streaming_failed", "sub_code": 8581}))
        .await;
    assert_eq!(stage.acs(&start(&id, &body)).await.0, 202);
    let data = failed(&stage, "unspecifiedError").await;
    assert_eq!(data["resultInformation"]["subCode"], 8581);
    stage
        .fault(json!({"kind": "stream_breaks_off", "ms": 50}))
        .await;
    assert_eq!(stage.acs(&start(&id, &body)).await.0, 202);
    stage.advance(0).await;
    assert_eq!(stage.kinds(), ["MediaStreamingStarted"]);
    stage.advance(50).await;
    failed(&stage, "streamConnectionInterrupted").await;
}

/// Waits for the event of a failure, and what it says.
async fn failed(stage: &Stage, details: &str) -> Value {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        if let Some(event) = stage.arrived().pop() {
            assert_eq!(event.kind(), "MediaStreamingFailed");
            let update = &event.data()["mediaStreamingUpdate"];
            assert_eq!(update["mediaStreamingStatus"], "mediaStreamingFailed");
            assert_eq!(update["mediaStreamingStatusDetails"], details);
            return event.data().clone();
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "no event of {details}"
        );
        // poll: until the end of the connection was noticed
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        stage.advance(0).await;
    }
}

#[tokio::test]
async fn options_that_the_service_does_not_take_are_refused() {
    let stage = Stage::with(|options| options.clock = tandem_emulator::ClockKind::Stepped).await;
    stage.subscribe().await;
    let (_, context) = stage.ring(json!([])).await;
    let good = MediaStreamingOptions::audio("ws://127.0.0.1:1/", AudioChannel::Mixed);
    for options in [
        MediaStreamingOptions {
            transport_url: None,
            ..good.clone()
        },
        MediaStreamingOptions {
            transport_url: Some("https://x".to_owned()),
            ..good.clone()
        },
        MediaStreamingOptions {
            transport_url: Some("ws://example.com".to_owned()),
            ..good.clone()
        },
        MediaStreamingOptions {
            transport_type: "tcp".to_owned(),
            ..good.clone()
        },
        MediaStreamingOptions {
            content_type: Some("video".to_owned()),
            ..good.clone()
        },
        MediaStreamingOptions {
            audio_channel_type: "stereo".to_owned(),
            ..good.clone()
        },
        MediaStreamingOptions {
            audio_format: Some(AudioFormat::Unknown),
            ..good.clone()
        },
    ] {
        let mut body = stage.answering(&context);
        body.media_streaming_options = Some(options.clone());
        let refused = stage.refused(&call::answer(&body, stage.once())).await;
        assert_eq!(refused, (400, "8523".to_owned()), "{options:?}");
    }
    let mut body = stage.answering(&context);
    body.media_streaming_options = Some(good);
    assert_eq!(stage.acs(&call::answer(&body, stage.once())).await.0, 200);
}

// acs-call-automation.md 5.1: up to four dominant speakers.
#[tokio::test]
async fn unmixed_stream_has_four_of_five_people_and_those_who_speak_first() {
    let stage = Stage::stepped().await;
    let application = Application::start().await;
    let options = MediaStreamingOptions::audio(&application.url, AudioChannel::Unmixed);
    let (phone, id) = streaming(&stage, options).await;
    let stem = AGENT.strip_suffix("d5").unwrap();
    let agents = ["d5", "d6", "d7", "d8"].map(|end| format!("{stem}{end}"));
    for oid in &agents {
        let body = AddParticipantRequest {
            participant_to_add: teams_extension_user(oid, defaults::TENANT, defaults::ACS_RESOURCE),
            ..AddParticipantRequest::default()
        };
        let request = participant::add(&id, &body, stage.once());
        assert_eq!(stage.acs(&request).await.0, 202);
        stage.advance(1_200).await;
    }
    // Each moment has a frame for each of those who are there, in its last one with whoever has just come.
    application.frames(4 + 61 + 121 + 181 + 240).await;
    let long = "one two three four five six seven eight nine ten eleven twelve thirteen";
    for oid in &agents {
        speak(&stage, &format!("/teams-users/{oid}/speak"), long).await;
    }
    let raw_id = |oid: &String| {
        let (resource, tenant) = (defaults::ACS_RESOURCE, defaults::TENANT);
        format!("8:acs:{resource}_{tenant}_{oid}")
    };
    let names: Vec<String> = agents.iter().map(raw_id).collect();
    let caller = format!("4:{CALLER}");
    stage.advance(200).await;
    let frames = application.frames(40).await;
    assert_eq!(of(&frames, &caller).len(), 0);
    for name in &names {
        assert_eq!(of(&frames, name).len(), 10);
    }
    speak(&stage, &format!("/pstn-calls/{phone}/speak"), long).await;
    stage.advance(200).await;
    let frames = application.frames(40).await;
    for name in [&caller, &names[0], &names[1], &names[2]] {
        let heard = of(&frames, name);
        assert_eq!(heard.len(), 10, "{name}");
        assert!(heard.iter().all(|frame| !is_silent(frame)), "{name}");
    }
    assert_eq!(of(&frames, &names[3]).len(), 0);
}
