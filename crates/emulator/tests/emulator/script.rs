//! People who follow a menu, and phones that are called.

use crate::stage::{AGENT, CALLER, Stage, agent, text};
use serde_json::{Value, json};
use tandem_emulator::defaults;
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::{Identifier, MicrosoftTeamsApp, phone_number};
use tandem_microsoft::acs::media::{
    self, DtmfOptions, PlayRequest, PlaySource, RecognizeInput, RecognizeOptions, RecognizeRequest,
};
use tandem_microsoft::acs::participant::{self, AddParticipantRequest};
use tandem_microsoft::acs::transfer::{TransferRequest, transfer};

const EXPERT: &str = "+12065550177";

fn asking(words: &str, max: u32) -> RecognizeRequest {
    RecognizeRequest {
        recognize_input_type: RecognizeInput::SpeechOrDtmf,
        play_prompt: Some(PlaySource::text(words, None, None)),
        play_prompts: vec![],
        interrupt_call_media_operation: None,
        recognize_options: RecognizeOptions {
            target_participant: phone_number(CALLER),
            interrupt_prompt: Some(true),
            initial_silence_timeout_in_seconds: Some(5),
            dtmf_options: Some(DtmfOptions {
                max_tones_to_collect: Some(max),
                inter_tone_timeout_in_seconds: Some(3),
                stop_tones: vec![],
            }),
            ..RecognizeOptions::default()
        },
        operation_context: Some(words.to_owned()),
        operation_callback_uri: None,
    }
}

async fn ask(stage: &Stage, id: &str, words: &str, max: u32) {
    let (status, body) = stage.acs(&media::recognize(id, &asking(words, max))).await;
    assert_eq!(status, 202, "{body}");
}

fn creating(stage: &Stage, targets: Vec<Identifier>) -> CreateCallRequest {
    CreateCallRequest {
        targets,
        callback_uri: format!("{}/callbacks", stage.receiver),
        teams_app_source: Some(MicrosoftTeamsApp {
            app_id: defaults::RESOURCE_ACCOUNT.to_owned(),
            cloud: None,
        }),
        operation_context: Some("out".to_owned()),
        ..CreateCallRequest::default()
    }
}

#[tokio::test]
async fn caller_follows_a_menu_by_its_words_and_hangs_up() {
    let stage = Stage::stepped().await;
    let script = json!([
        {"do": "await_prompt", "says": "LANGUAGE", "within_ms": 10_000},
        {"do": "press", "keys": "1", "after_ms": 500},
        {"do": "await_prompt", "says": "account", "moment": "start"},
        {"do": "press", "keys": "427", "pace_ms": 400},
        {"do": "silence", "ms": 2_000},
        {"do": "leave"},
    ]);
    let (phone, id) = stage.connect(script).await;
    let welcome = PlayRequest {
        play_sources: vec![PlaySource::text("Welcome", None, None)],
        ..PlayRequest::default()
    };
    stage.acs(&media::play(&id, &welcome)).await;
    ask(&stage, &id, "Choose your language", 1).await;
    stage.advance(3_000).await;
    let kinds = stage.kinds();
    assert_eq!(
        kinds,
        ["PlayStarted", "PlayCompleted", "RecognizeCompleted"]
    );
    ask(
        &stage,
        &id,
        "Key in your account number, then wait for the tone",
        3,
    )
    .await;
    stage.advance(799).await;
    assert!(
        stage.arrived().is_empty(),
        "the third key comes after 800 ms"
    );
    stage.advance(1).await;
    let completed = stage.arrived().remove(0);
    assert_eq!(
        completed.data()["dtmfResult"]["tones"],
        json!(["four", "two", "seven"])
    );
    stage.advance(1_999).await;
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    stage.advance(1).await;
    let ended = stage.phone(&phone).await;
    assert_eq!(ended["ended"], "the script hung up");
    assert_eq!(ended["progress"]["step"], 6);
    let heard = &ended["progress"]["followed"][0]["outcome"]["heard"];
    assert_eq!(heard, "Choose your language");
}

#[tokio::test]
async fn caller_speaks_over_a_prompt_and_is_silent_at_another() {
    let stage = Stage::stepped().await;
    let script = json!([
        {"do": "await_prompt", "moment": "start"},
        {"do": "say", "text": "billing", "after_ms": 200},
        {"do": "await_prompt", "says": "second"},
        {"do": "silence", "ms": 20_000},
    ]);
    let (phone, id) = stage.connect(script).await;
    ask(
        &stage,
        &id,
        "A rather long question that nobody hears to its end",
        1,
    )
    .await;
    stage.advance(200).await;
    let completed = stage.arrived().remove(0);
    assert_eq!(completed.data()["speechResult"]["speech"], "billing");
    ask(&stage, &id, "The second", 1).await;
    stage.advance(10_000).await;
    let failed = stage.arrived().remove(0);
    assert_eq!(failed.data()["resultInformation"]["subCode"], 8510);
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
}

#[tokio::test]
async fn prompt_that_does_not_come_in_time_ends_the_call_and_names_the_step() {
    let stage = Stage::stepped().await;
    let script = json!([{"do": "await_prompt", "says": "goodbye", "within_ms": 5_000}]);
    let (phone, id) = stage.connect(script).await;
    ask(&stage, &id, "Hello", 1).await;
    stage.advance(4_000).await;
    assert_eq!(stage.phone(&phone).await["state"], "in_call");
    stage.advance(1_000).await;
    assert_eq!(
        stage.phone(&phone).await["ended"],
        "the script waited in vain for a prompt, step 0"
    );
}

#[tokio::test]
async fn script_with_what_no_telephone_has_is_refused() {
    let stage = Stage::stepped().await;
    for step in [
        json!({"do": "press", "keys": "12x"}),
        json!({"do": "press", "keys": ""}),
        json!({"do": "await_prompt", "moment": "middle"}),
        json!({"do": "silence"}),
    ] {
        let order =
            json!({"from": CALLER, "to": defaults::RESOURCE_ACCOUNT_NUMBER, "script": [step]});
        assert_eq!(
            stage.control("POST", "/pstn-calls", order).await.0,
            400,
            "{step}"
        );
    }
}

#[tokio::test]
async fn called_phone_follows_the_script_of_its_number() {
    let stage = Stage::stepped().await;
    let habit = json!({
        "behaviour": {"do": "answer", "after_ms": 3_000},
        "script": [{"do": "await_prompt", "says": "survey"}, {"do": "leave"}],
    });
    stage
        .control("PUT", &format!("/phones/{EXPERT}/behaviour"), habit)
        .await;
    let body = creating(&stage, vec![phone_number(EXPERT)]);
    let (_, created) = stage.acs(&call::create(&body, stage.once())).await;
    let id = text(&created["callConnectionId"]);
    stage.advance(2_999).await;
    assert!(stage.arrived().is_empty());
    stage.advance(1).await;
    assert_eq!(stage.kinds(), ["CallConnected", "ParticipantsUpdated"]);
    let survey = PlayRequest {
        play_sources: vec![PlaySource::text("A short survey", None, None)],
        ..PlayRequest::default()
    };
    stage.acs(&media::play(&id, &survey)).await;
    stage.advance(2_000).await;
    assert_eq!(
        stage.kinds(),
        [
            "PlayStarted",
            "PlayCompleted",
            "ParticipantsUpdated",
            "CallDisconnected"
        ]
    );
}

#[tokio::test]
async fn called_phone_that_hangs_up_at_once_leaves_nobody_behind() {
    let stage = Stage::stepped().await;
    let habit = json!({"behaviour": {"do": "answer", "after_ms": 10}, "script": [{"do": "leave"}]});
    stage
        .control("PUT", &format!("/phones/{EXPERT}/behaviour"), habit)
        .await;
    let body = creating(&stage, vec![phone_number(EXPERT)]);
    stage.acs(&call::create(&body, stage.once())).await;
    stage.advance(10).await;
    assert_eq!(
        stage.kinds(),
        [
            "CallConnected",
            "ParticipantsUpdated",
            "ParticipantsUpdated",
            "CallDisconnected"
        ]
    );
    let (phone, id) = stage.connect(json!([])).await;
    let body = TransferRequest {
        target_participant: phone_number(EXPERT),
        ..TransferRequest::default()
    };
    stage.acs(&transfer(&id, &body, stage.once())).await;
    stage.advance(10).await;
    assert_eq!(stage.phone(&phone).await["ended"], "the call ended");
    assert_eq!(stage.phone_of(EXPERT).await, Value::Null);
}

#[tokio::test]
async fn called_phone_declines_is_busy_or_is_not_answered() {
    for (behaviour, wait, code, sub_code) in [
        (json!({"do": "decline", "after_ms": 100}), 100, 603, 8538),
        (json!({"do": "busy", "after_ms": 100}), 100, 486, 8539),
        (json!({"do": "no_answer"}), 115_000, 408, 10_057),
    ] {
        let stage = Stage::stepped().await;
        let habit = json!({ "behaviour": behaviour });
        stage
            .control("PUT", &format!("/phones/{EXPERT}/behaviour"), habit)
            .await;
        let body = creating(&stage, vec![phone_number(EXPERT)]);
        stage.acs(&call::create(&body, stage.once())).await;
        stage.advance(wait).await;
        let arrived = stage.arrived();
        let kinds: Vec<String> = arrived.iter().map(crate::stage::Arrived::kind).collect();
        assert_eq!(kinds, ["CreateCallFailed", "CallDisconnected"]);
        let result = &arrived[0].data()["resultInformation"];
        assert_eq!(
            (&result["code"], &result["subCode"]),
            (&json!(code), &json!(sub_code))
        );

        let (_, id) = stage.connect(json!([])).await;
        let adding = AddParticipantRequest {
            participant_to_add: phone_number(EXPERT),
            ..AddParticipantRequest::default()
        };
        stage
            .acs(&participant::add(&id, &adding, stage.once()))
            .await;
        stage.advance(wait).await;
        let failed = stage.arrived().remove(0);
        assert_eq!(failed.kind(), "AddParticipantFailed");
        assert_eq!(failed.data()["resultInformation"]["subCode"], sub_code);
    }
}

#[tokio::test]
async fn agent_is_called_and_nobody_is_dialled_twice() {
    let stage = Stage::stepped().await;
    let twice = creating(&stage, vec![phone_number(EXPERT), phone_number(EXPERT)]);
    let refused = stage.refused(&call::create(&twice, stage.once())).await;
    assert_eq!(refused, (400, "8559".to_owned()));
    let body = creating(&stage, vec![agent()]);
    let (status, created) = stage.acs(&call::create(&body, stage.once())).await;
    assert_eq!(
        (status, created["callConnectionState"].as_str()),
        (201, Some("connecting"))
    );
    stage.advance(1_200).await;
    assert_eq!(stage.kinds(), ["CallConnected", "ParticipantsUpdated"]);
    let (_, user) = stage
        .control("GET", &format!("/teams-users/{AGENT}"), Value::Null)
        .await;
    assert_eq!(user["state"], "in_call");
}
