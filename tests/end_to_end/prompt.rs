//! Prompts that are kept, over the wire: the service fetches the sound of the caller's language by a link that
//! nobody else can make, and what cannot be fetched takes the declared exit.

use crate::cloud::{CALLER, Phone};
use crate::disk::files_with;
use crate::path::told;
use crate::stage::{CENTER, Stage};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// A tone of a third of a second, as a WAV file of 8 kHz.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a tone is less than full scale"
)]
fn tone() -> Vec<u8> {
    let samples = (0..2_700_u32).map(|at| {
        let turn = std::f64::consts::TAU / 8.0 * f64::from(at);
        (turn.sin() * 12_000.0) as i16
    });
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let length = u32::try_from(data.len()).unwrap();
    let head =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data";
    [head.as_slice(), &length.to_le_bytes(), &data].concat()
}

/// A menu for German, a welcome that is recorded in German, and the end; answers the sound.
async fn welcoming(stage: &Stage) -> String {
    let sound = stage.alex.upload(tone()).await;
    let languages = json!({"en-US": {"text": "Welcome."}, "de-DE": {"sound_id": sound}});
    let prompt = json!({"name": "Welcome", "default_language": "en-US", "languages": languages});
    let prompt = stage.alex.create("/prompts", prompt).await;
    stage
        .flow(json!([
            {"id": "which", "kind": "menu", "prompt": {"text": "For German press 1."}, "timeout_s": 1, "retries": 0,
             "choices": [{"key": "1", "label": "German", "next": "german"}],
             "no_input": "say", "invalid": "say", "failed": "say"},
            {"id": "german", "kind": "set", "attribute": "language", "value": "de-AT", "next": "say"},
            {"id": "say", "kind": "play", "prompt": {"prompt_id": prompt}, "next": "bye", "failed": "sorry"},
            {"id": "bye", "kind": "play", "prompt": {"text": "Goodbye."}, "next": "end", "failed": "end"},
            {"id": "sorry", "kind": "play", "prompt": {"text": "No sound."}, "next": "end", "failed": "end"},
            {"id": "end", "kind": "end"},
        ]))
        .await;
    sound
}

async fn german(stage: &Stage) -> Phone<'_> {
    let digits = json!({"script": [{"do": "digits", "keys": "1", "after_ms": 20}]});
    stage.cloud.dial_from(CALLER, digits).await
}

/// The source of the last prompt of this kind that the service was asked to play.
async fn played(stage: &Stage, kind: &str) -> Value {
    let plays = stage.cloud.requests("Play").await;
    let mut sources = plays.iter().map(|it| &it["body"]["playSources"][0]);
    let last = sources.rfind(|it| it["kind"] == kind);
    last.expect("it was played").clone()
}

#[tokio::test]
async fn caller_who_chose_german_hears_the_recording_and_others_the_text() {
    let stage = Stage::new().await;
    let sound = welcoming(&stage).await;
    let phone = german(&stage).await;
    phone.is("ended").await;
    let source = played(&stage, "file").await;
    assert_eq!(source["playSourceCacheId"], json!(sound));
    let uri = source["file"]["uri"].as_str().unwrap();
    let path = format!("{}/media/{CENTER}/{sound}.wav?", stage.server.url);
    assert!(uri.starts_with(&path), "{uri}");
    // The service fetched it: it was played to its end.
    let contact = stage.ended(1).await;
    let timeline = contact["timeline"].as_array().unwrap();
    assert!(
        !timeline.iter().any(|it| it["what"] == "prompt_failed"),
        "{contact:#}"
    );
    let english = stage.cloud.dial_from("+12065550102", json!({})).await;
    english.hears("Welcome.").await;
    english.is("ended").await;
    let source = played(&stage, "text").await;
    assert_eq!(source["text"]["sourceLocale"], "en-US");
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn link_opens_for_who_has_it_as_it_is_and_stands_in_no_file() {
    let stage = Stage::new().await;
    welcoming(&stage).await;
    german(&stage).await.is("ended").await;
    let source = played(&stage, "file").await;
    let uri = source["file"]["uri"].as_str().unwrap();
    let http = reqwest::Client::new();
    let fetch = async |uri: &str| http.get(uri).send().await.unwrap();
    let answer = fetch(uri).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "audio/wav");
    let forged = [
        uri.replace("expires=", "expires=9"),
        uri.replace("signature=", "signature=A"),
        uri.split_once('?').unwrap().0.to_owned(),
    ];
    for uri in forged {
        let answer = fetch(&uri).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{uri}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "link_forged");
    }
    let signature = uri.split_once("signature=").unwrap().1;
    let with_it = files_with(&stage.server.data_dir(), signature);
    assert!(with_it.is_empty(), "{with_it:?} hold the link");
}

// B-235
#[tokio::test]
async fn caller_takes_the_failed_exit_when_the_sound_was_removed() {
    let stage = Stage::new().await;
    welcoming(&stage).await;
    assert_eq!(stage.server.forget_sounds(CENTER, Duration::ZERO).await, 1);
    let phone = german(&stage).await;
    phone.hears("No sound.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    let exit = &told(&contact, "exit_taken");
    let taken: BTreeSet<_> = { contact["timeline"].as_array().unwrap().iter() }
        .filter(|it| it["what"] == "exit_taken")
        .map(|it| it["detail"]["exit"].to_string())
        .collect();
    assert!(taken.contains("\"failed\""), "{exit}");
}

#[tokio::test]
async fn change_of_a_prompt_is_heard_at_once_and_a_restart_changes_nothing() {
    let mut stage = Stage::new().await;
    welcoming(&stage).await;
    let prompt = stage.alex.get("/prompts/1").await;
    let languages = json!({"languages": {"en-US": {"text": "Good day."}}});
    stage.alex.change("/prompts/1", &prompt, languages).await;
    let phone = german(&stage).await;
    phone.hears("Good day.").await;
    phone.is("ended").await;
    stage.server.stop().await;
    stage.server.start_again().await;
    let prompt = stage.alex.get("/prompts/1").await;
    assert_eq!(prompt["version"], 2);
    let phone = stage.cloud.dial_from("+12065550103", json!({})).await;
    phone.hears("Good day.").await;
}
