//! What those who wait hear of their position, and what supervisors read of the waits of a queue.

use crate::path::told;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_emulator::ClockKind;
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

fn announce() -> Value {
    json!({
        "first_s": 1, "every_s": 15,
        "position": "You are number {position} in line.",
        "wait": {"under_a_minute": "It takes less than a minute.",
            "minutes": "It takes about {minutes} minutes.", "over_an_hour": "It takes more than an hour."},
    })
}

async fn announcing(stage: &Stage) {
    stage.floor("tandem").await;
    let queue = stage.alex.get("/queues/1").await;
    let fields = json!({"announce": announce()});
    stage.alex.change("/queues/1", &queue, fields).await;
}

// B-017, R-19
#[tokio::test]
async fn with_two_ahead_the_third_hears_position_three_between_the_music() {
    let stage = Stage::with_clock(ClockKind::Real).await;
    announcing(&stage).await;
    let first = stage.cloud.dial().await;
    let second = stage.cloud.dial_from("+12065551213", json!({})).await;
    first.hears("Soft piano music.").await;
    second.hears("Soft piano music.").await;
    let third = stage.cloud.dial_from("+12065551214", json!({})).await;
    third.hears("You are number 3 in line.").await;
    third.hears("Soft piano music.").await;
    let story = async || {
        let contact = stage.alex.find_contact(3).await?;
        let timeline = contact["timeline"].as_array()?;
        let is_told = timeline.iter().any(|it| it["what"] == "announced");
        is_told.then_some(contact)
    };
    let contact = until("the announcement in the story", story).await;
    let announced = &told(&contact, "announced")["detail"];
    // Nothing was learned of the waits: nothing is said of them.
    assert_eq!(announced, &json!({"position": 3, "wait": null}));
    stage.cloud.all_went_well().await;
}

/// Customers who wait for one another, each for two minutes of talk, until the waits of the queue are known.
async fn waits_are_learned(stage: &Stage, clock: &SteppedClock, ann: &mut Desk) {
    const CALLS: u32 = 16;
    let mut contact = 1;
    let _first = stage.cloud.dial().await;
    for n in 0..CALLS {
        ann.accept().await;
        ann.has("connected").await;
        let caller = format!("+120655513{n:02}");
        let next = stage.cloud.dial_from(&caller, json!({})).await;
        next.hears("Soft piano music.").await;
        clock.advance(Duration::from_secs(120));
        ann.hang_up(contact).await;
        ann.has("wrap_up").await;
        ann.complete(contact, 1).await;
        contact += 1;
    }
    ann.accept().await;
    ann.has("connected").await;
}

// B-017, R-18, R-19
#[tokio::test]
async fn with_two_ahead_the_third_hears_position_three_and_the_estimate_again_at_the_interval() {
    let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
    let stage = Stage::with_time(Arc::clone(&clock)).await;
    announcing(&stage).await;
    let mut ann = stage.agent(0, "ann").await;
    waits_are_learned(&stage, &clock, &mut ann).await;
    let first = stage.cloud.dial_from("+12065551401", json!({})).await;
    first.hears("Soft piano music.").await;
    let second = stage.cloud.dial_from("+12065551402", json!({})).await;
    second.hears("Soft piano music.").await;
    let third = stage.cloud.dial_from("+12065551403", json!({})).await;
    third.hears("Soft piano music.").await;
    let sentences = "You are number 3 in line. It takes about ";
    clock.advance(Duration::from_secs(1));
    third.hears(sentences).await;
    third.hears("Soft piano music.").await;
    clock.advance(Duration::from_secs(15));
    third.hears(sentences).await;
    let waits = stage.alex.get("/queues/1/waits").await;
    assert!(waits["newcomer"]["p80_s"].is_u64(), "{waits:#}");
    assert!(
        waits["accuracy"]["p80"]["n"].as_u64() > Some(0),
        "{waits:#}"
    );
}

//
#[tokio::test]
async fn waits_of_a_queue_say_what_is_known_and_for_whom_they_are() {
    let stage = Stage::with_floor("tandem").await;
    let waits = stage.alex.get("/queues/1/waits").await;
    assert_eq!(waits["newcomer"], Value::Null);
    assert_eq!(waits["accuracy"]["p80"]["n"], 0);
    assert_eq!(waits["accuracy"]["methods"].as_array().unwrap().len(), 5);
    let ann = stage.agent(0, "ann").await;
    let waits = stage.alex.get("/queues/1/waits").await;
    assert_eq!(waits["servers"], 1);
    let asks = ann.person.asks(Method::GET, "/queues/1/waits", None).await;
    assert_eq!(asks.0.as_u16(), 403);
    let asks = stage.alex.asks(Method::GET, "/queues/9/waits", None).await;
    assert_eq!(asks.0.as_u16(), 404);
}

#[tokio::test]
async fn announcement_comes_back_as_it_was_sent_and_mistakes_name_their_place() {
    let stage = Stage::new().await;
    announcing(&stage).await;
    let queue = stage.alex.get("/queues/1").await;
    let mut kept = announce();
    kept["may_grow"] = json!(false);
    assert_eq!(queue["announce"], kept);
    let fields = json!({"announce": in_languages()});
    stage.alex.change("/queues/1", &queue, fields).await;
    let queue = stage.alex.get("/queues/1").await;
    let mut kept = in_languages();
    kept["may_grow"] = json!(false);
    assert_eq!(queue["announce"], kept);
    let mut wrong = announce();
    wrong["wait"]["minutes"] = json!("It takes a while.");
    let body = json!({"name": "Other", "announce": wrong});
    let (status, problem) = stage.alex.asks(Method::POST, "/queues", Some(body)).await;
    assert_eq!(status.as_u16(), 422);
    assert_eq!(problem["errors"][0]["field"], "announce.wait.minutes");
    let refused = async |languages: Value| {
        let mut wrong = announce();
        wrong["languages"] = languages;
        let body = json!({"name": "Other", "announce": wrong});
        let (status, problem) = stage.alex.asks(Method::POST, "/queues", Some(body)).await;
        assert_eq!(status.as_u16(), 422);
        problem["errors"][0]["field"].clone()
    };
    let german = in_languages()["languages"]["de-DE"].clone();
    let field = refused(json!({"german": german})).await;
    assert_eq!(field, "announce.languages.german");
    let field = refused(json!({"de-DE": german, "DE_de": german})).await;
    assert_eq!(field, "announce.languages.de-DE");
    let less = json!({"position": german["position"]});
    let field = refused(json!({"de-DE": less})).await;
    assert_eq!(field, "announce.languages.de-DE.wait");
}

/// The same in English, as it says, and in German.
fn in_languages() -> Value {
    let mut announce = announce();
    announce["language"] = json!("en-US");
    announce["languages"] = json!({"de-DE": {
        "position": "Sie sind Nummer {position} in der Reihe.",
        "wait": {"under_a_minute": "Es dauert weniger als eine Minute.",
            "minutes": "Es dauert etwa {minutes} Minuten.", "over_an_hour": "Es dauert mehr als eine Stunde."},
    }});
    announce
}

// B-017
#[tokio::test]
async fn caller_who_chose_german_hears_the_position_in_german_and_the_service_is_told_the_language()
{
    let stage = Stage::with_clock(ClockKind::Real).await;
    let queue =
        json!({"name": "Service", "music": "Soft piano music.", "announce": in_languages()});
    let queue = stage.alex.create("/queues", queue).await;
    stage
        .flow(json!([
            {"id": "which", "kind": "menu", "prompt": {"text": "For German press 1."}, "timeout_s": 1, "retries": 0,
             "choices": [{"key": "1", "label": "German", "next": "german"}],
             "no_input": "wait", "invalid": "wait", "failed": "wait"},
            {"id": "german", "kind": "set", "attribute": "language", "value": "de-AT", "next": "wait"},
            {"id": "wait", "kind": "queue", "queue_id": queue, "timeout": "end", "full": "end", "failed": "end"},
            {"id": "end", "kind": "end"},
        ]))
        .await;
    let digits = json!({"script": [{"do": "digits", "keys": "1", "after_ms": 20}]});
    let german = stage.cloud.dial_from("+12065551213", digits).await;
    german.hears("Sie sind Nummer 1 in der Reihe.").await;
    german.hears("Soft piano music.").await;
    let english = stage.cloud.dial_from("+12065551214", json!({})).await;
    english.hears("You are number 2 in line.").await;
    let plays = stage.cloud.requests("Play").await;
    let locale = |words: &str| {
        let mut texts = plays.iter().map(|it| &it["body"]["playSources"][0]["text"]);
        let found = texts.find(|it| it["text"].as_str().is_some_and(|it| it.contains(words)));
        found.expect("it was played")["sourceLocale"].clone()
    };
    assert_eq!(locale("Sie sind Nummer 1"), "de-DE");
    assert_eq!(locale("You are number 2"), "en-US");
    stage.cloud.all_went_well().await;
}
