//! What is played and recognized, and how it ends.

use crate::stage::{CALLER, Stage};
use serde_json::{Value, json};
use tandem_emulator::{ClockKind, defaults};
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::{MicrosoftTeamsApp, phone_number};
use tandem_microsoft::acs::media::{
    self, Choice, DtmfOptions, PlayOptions, PlayRequest, PlaySource, RecognizeInput,
    RecognizeOptions, RecognizeRequest, Tone,
};

fn text(words: &str) -> PlaySource {
    PlaySource::text(words, Some("en-US".to_owned()), None)
}

fn playing(source: PlaySource, context: &str) -> PlayRequest {
    PlayRequest {
        play_sources: vec![source],
        operation_context: Some(context.to_owned()),
        ..PlayRequest::default()
    }
}

fn recognizing(input: RecognizeInput, max: Option<u32>) -> RecognizeRequest {
    RecognizeRequest {
        recognize_input_type: input,
        play_prompt: Some(text("Press a key, please")),
        play_prompts: vec![],
        interrupt_call_media_operation: None,
        recognize_options: RecognizeOptions {
            target_participant: phone_number(CALLER),
            interrupt_prompt: Some(true),
            initial_silence_timeout_in_seconds: Some(5),
            dtmf_options: Some(DtmfOptions {
                max_tones_to_collect: max,
                inter_tone_timeout_in_seconds: Some(3),
                stop_tones: vec![Tone::Pound],
            }),
            choices: vec![
                Choice {
                    label: "Billing".into(),
                    phrases: vec!["bill".into()],
                    tone: Some(Tone::One),
                },
                Choice {
                    label: "Sales".into(),
                    phrases: vec!["buy".into()],
                    tone: Some(Tone::Two),
                },
            ],
            ..RecognizeOptions::default()
        },
        operation_context: Some("menu".to_owned()),
        operation_callback_uri: None,
    }
}

async fn play(stage: &Stage, id: &str, request: &PlayRequest) {
    let (status, body) = stage.acs(&media::play(id, request)).await;
    assert_eq!(status, 202, "{body}");
}

/// The outcome of the only recognition: event, subcode, data.
async fn outcome(stage: &Stage, ms: u64) -> (String, i64, Value) {
    stage.advance(ms).await;
    let arrived = stage.arrived().pop().expect("the recognition has ended");
    let sub_code = arrived.data()["resultInformation"]["subCode"]
        .as_i64()
        .unwrap();
    (arrived.kind(), sub_code, arrived.data().clone())
}

#[tokio::test]
async fn text_plays_as_long_as_a_voice_needs_and_the_caller_hears_it() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    play(
        &stage,
        &id,
        &playing(text("Welcome to Contoso, please hold"), "p1"),
    )
    .await;
    play(&stage, &id, &playing(text("Second"), "p2")).await;
    stage.advance(1).await;
    assert_eq!(stage.kinds(), ["PlayStarted"]);
    assert_eq!(
        stage.phone(&phone).await["hears"]["text"],
        "Welcome to Contoso, please hold"
    );
    stage.advance(2_100).await;
    assert_eq!(stage.kinds(), ["PlayCompleted", "PlayStarted"]);
    stage.advance(400).await;
    assert_eq!(stage.kinds(), ["PlayCompleted"]);
    assert_eq!(stage.phone(&phone).await["hears"]["text"], Value::Null);
}

#[tokio::test]
async fn loop_plays_until_it_is_canceled() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let mut request = playing(text("Music"), "loop");
    request.play_options = Some(PlayOptions { loops: true });
    play(&stage, &id, &request).await;
    stage.advance(60_000).await;
    assert_eq!(stage.kinds(), ["PlayStarted"]);
    assert_eq!(stage.acs(&media::cancel_all(&id)).await.0, 202);
    stage.advance(0).await;
    let canceled = stage.arrived().remove(0);
    assert_eq!(canceled.kind(), "PlayCanceled");
    assert_eq!(canceled.data()["resultInformation"]["subCode"], 8508);
    assert_eq!(canceled.data()["operationContext"], "loop");
}

#[tokio::test]
async fn file_plays_by_its_length_and_a_bad_one_fails_with_its_reason() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let url = format!("{}/prompt.wav", stage.receiver);
    play(&stage, &id, &playing(PlaySource::file(url), "file")).await;
    stage.advance(0).await;
    stage.advance(1_999).await;
    assert_eq!(stage.kinds(), ["PlayStarted"]);
    stage.advance(1).await;
    assert_eq!(stage.kinds(), ["PlayCompleted"]);
    for (source, sub_code) in [
        (PlaySource::file("http://127.0.0.1:1/gone.wav"), 8536),
        (
            PlaySource::file(format!("{}/not-a-wave", stage.receiver)),
            8535,
        ),
        (text("  "), 8582),
    ] {
        play(&stage, &id, &playing(source, "bad")).await;
        stage.advance(0).await;
        let failed = stage.arrived().pop().unwrap();
        assert_eq!(failed.kind(), "PlayFailed");
        assert_eq!(failed.data()["resultInformation"]["subCode"], sub_code);
        assert_eq!(failed.data()["failedPlaySourceIndex"], 0);
    }
}

#[tokio::test]
async fn scripted_digits_end_by_count_by_stop_tone_or_by_silence() {
    let stage = Stage::stepped().await;
    let script = json!([{"do": "digits", "keys": "42"}, {"do": "digits", "keys": "7#"}, {"do": "digits", "keys": "1"}]);
    let (_, id) = stage.connect(script).await;
    for (max, event, sub_code, tones) in [
        (Some(2), "RecognizeCompleted", 8531, json!(["four", "two"])),
        (Some(4), "RecognizeCompleted", 8514, json!(["seven"])),
        (Some(4), "RecognizeFailed", 8532, Value::Null),
        (Some(1), "RecognizeFailed", 8510, Value::Null),
    ] {
        stage
            .acs(&media::recognize(
                &id,
                &recognizing(RecognizeInput::Dtmf, max),
            ))
            .await;
        let (kind, code, data) = outcome(&stage, 10_000).await;
        assert_eq!((kind.as_str(), code), (event, sub_code));
        assert_eq!(data["dtmfResult"]["tones"], tones);
        assert_eq!(data["operationContext"], "menu");
    }
}

#[tokio::test]
async fn choices_are_made_by_key_by_word_or_not_at_all() {
    let stage = Stage::stepped().await;
    let script = json!([{"do": "digits", "keys": "2"}, {"do": "speak", "text": "my bill"}, {"do": "digits", "keys": "9"}, {"do": "speak", "text": "weather"}]);
    let (_, id) = stage.connect(script).await;
    for (event, sub_code, label) in [
        ("RecognizeCompleted", 8533, json!("Sales")),
        ("RecognizeCompleted", 8545, json!("Billing")),
        ("RecognizeFailed", 8534, Value::Null),
        ("RecognizeFailed", 8547, Value::Null),
    ] {
        stage
            .acs(&media::recognize(
                &id,
                &recognizing(RecognizeInput::Choices, None),
            ))
            .await;
        let (kind, code, data) = outcome(&stage, 4_000).await;
        assert_eq!((kind.as_str(), code), (event, sub_code));
        assert_eq!(data["choiceResult"]["label"], label);
    }
}

#[tokio::test]
async fn caller_played_by_hand_interrupts_the_prompt_and_speaks() {
    let stage = Stage::stepped().await;
    let (phone, id) = stage.connect(json!([])).await;
    stage
        .acs(&media::recognize(
            &id,
            &recognizing(RecognizeInput::Dtmf, Some(1)),
        ))
        .await;
    stage.advance(100).await;
    let digits = format!("/pstn-calls/{phone}/digits");
    assert_eq!(
        stage
            .control("POST", &digits, json!({"digits": "x"}))
            .await
            .0,
        409
    );
    let (_, heard) = stage.control("POST", &digits, json!({"digits": "5"})).await;
    assert_eq!(heard["recognized_by_application"], 1);
    let (kind, code, data) = outcome(&stage, 0).await;
    assert_eq!(
        (kind.as_str(), code, &data["dtmfResult"]["tones"]),
        ("RecognizeCompleted", 8531, &json!(["five"]))
    );
    stage
        .acs(&media::recognize(
            &id,
            &recognizing(RecognizeInput::Speech, None),
        ))
        .await;
    stage.advance(2_000).await;
    stage
        .control(
            "POST",
            &format!("/pstn-calls/{phone}/speak"),
            json!({"text": "hello"}),
        )
        .await;
    let (_, code, data) = outcome(&stage, 0).await;
    assert_eq!(
        (code, data["speechResult"]["speech"].as_str()),
        (8569, Some("hello"))
    );
}

#[tokio::test]
async fn second_targeted_play_is_refused_while_one_runs() {
    let stage = Stage::stepped().await;
    let (_, id) = stage.connect(json!([])).await;
    let mut request = playing(text("For you alone, a long text"), "one");
    request.play_to = vec![phone_number(CALLER)];
    play(&stage, &id, &request).await;
    let (status, error) = stage.acs(&media::play(&id, &request)).await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (412, Some("8583"))
    );
    play(&stage, &id, &playing(text("For everybody"), "all")).await;
}

#[tokio::test]
async fn text_without_a_cognitive_endpoint_is_counted_and_fails_when_strict() {
    for strict in [false, true] {
        let stage = Stage::with(|options| {
            options.clock = ClockKind::Stepped;
            options.strict = strict;
        })
        .await;
        let body = CreateCallRequest {
            targets: vec![phone_number("+12065550123")],
            // Nobody listens: strict allows https only, and the attempts are recorded all the same.
            callback_uri: "https://127.0.0.1:1/callbacks".to_owned(),
            teams_app_source: Some(MicrosoftTeamsApp {
                app_id: defaults::RESOURCE_ACCOUNT.to_owned(),
                cloud: None,
            }),
            ..CreateCallRequest::default()
        };
        let (_, created) = stage.acs(&call::create(&body, stage.once())).await;
        let id = crate::stage::text(&created["callConnectionId"]);
        let early = stage
            .acs(&media::play(&id, &playing(text("Hi"), "early")))
            .await;
        assert_eq!(
            (early.0, early.1["error"]["code"].as_str()),
            (400, Some("8501"))
        );
        stage.advance(1_200).await;
        play(&stage, &id, &playing(text("Hi"), "t")).await;
        stage.advance(600_000).await;
        let (_, deliveries) = stage.control("GET", "/deliveries", Value::Null).await;
        let failed = |entry: &&Value| entry["data"]["resultInformation"]["subCode"] == 8565;
        assert_eq!(
            deliveries
                .as_array()
                .unwrap()
                .iter()
                .any(|entry| failed(&entry)),
            strict
        );
        let (_, counters) = stage.control("GET", "/counters", Value::Null).await;
        assert_eq!(
            counters["speech_without_cognitive_services"],
            u64::from(!strict)
        );
    }
}
