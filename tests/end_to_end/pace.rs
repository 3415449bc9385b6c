//! Callers at a pace of their own, over the wire: who needs more time, who presses too early, and who presses
//! everything.

use crate::agent::advancing;
use crate::cloud::CALLER;
use crate::demo::{self, Prompts, Spoken};
use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};
use tandem_emulator::{ClockKind, defaults};

/// A menu with a way to have more time, and a question for several digits.
async fn line() -> Stage {
    let stage = Stage::with_clock(ClockKind::Stepped).await;
    let choices = json!([
        {"key": "1", "label": "Balance", "next": "ask"},
        {"key": "*", "label": "More time", "next": "slow_menu"},
    ]);
    let menu = |id: &str, timeout_s: u32| {
        json!({
            "id": id, "kind": "menu", "prompt": {"text": "Press 1, or star for more time."},
            "retry_prompt": {"text": "Sorry, press 1."}, "timeout_s": timeout_s, "retries": 5,
            "choices": choices, "no_input": "bye", "invalid": "bye", "failed": "bye",
        })
    };
    let nodes = json!([
        menu("menu", 10),
        menu("slow_menu", 60),
        {"id": "ask", "kind": "collect", "prompt": {"text": "Your account, please."}, "max_digits": 3,
         "timeout_s": 60, "attribute": "account", "next": "thanks", "no_input": "bye", "failed": "bye"},
        {"id": "thanks", "kind": "message", "prompt": {"text": "Account {account}, thank you."}},
        {"id": "bye", "kind": "message", "prompt": {"text": "Good bye."}},
    ]);
    stage.flow(nodes).await;
    stage
}

/// What a caller does, step by step, and the contact that came of it.
async fn after(script: Value) -> (Stage, Value) {
    let stage = line().await;
    let call = json!({"script": script});
    let phone = stage.cloud.dial_from(CALLER, call).await;
    let is_over = async || (phone.look().await["state"] == "ended").then_some(());
    advancing(&stage, is_over).await;
    let contact = stage.ended(1).await;
    (stage, contact)
}

fn hear(says: &str, moment: &str) -> Value {
    json!({"do": "await_prompt", "says": says, "moment": moment})
}

/// After a while keys, one after the other.
fn press(keys: &str, after_ms: u32, pace_ms: u32) -> Value {
    json!({"do": "press", "keys": keys, "after_ms": after_ms, "pace_ms": pace_ms})
}

fn gave_the_account(contact: &Value) {
    assert_eq!(
        told(contact, "digits_collected")["detail"]["attribute"],
        "account"
    );
    assert_eq!(told(contact, "ended")["detail"]["reason"], "contained");
    let entered = contact["timeline"].as_array().unwrap().iter();
    let mut entered = entered.filter(|it| it["what"] == "node_entered");
    assert!(
        entered.any(|it| it["detail"]["node"] == "thanks"),
        "{contact:#}"
    );
}

// A screen reader says the prompt again before a key is found.
#[tokio::test]
async fn caller_at_the_pace_of_a_screen_reader_gets_through_every_menu() {
    let script = json!([
        hear("star", "end"),
        press("1", 9_000, 0),
        hear("account", "end"),
        press("123", 20_000, 4_000),
    ]);
    let (stage, contact) = after(script).await;
    gave_the_account(&contact);
    let missed = contact["timeline"].as_array().unwrap().iter();
    assert_eq!(missed.filter(|it| it["what"] == "menu_missed").count(), 0);
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn caller_who_asks_for_more_time_has_it() {
    let script = json!([
        hear("star", "end"),
        press("*", 3_000, 0),
        hear("star", "end"),
        press("1", 20_000, 0),
        hear("account", "end"),
        press("123", 20_000, 4_500),
    ]);
    let (stage, contact) = after(script).await;
    gave_the_account(&contact);
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn caller_who_presses_over_the_prompt_is_understood() {
    let script = json!([
        hear("star", "start"),
        press("1", 100, 0),
        hear("account", "start"),
        press("123", 100, 100),
    ]);
    let (stage, contact) = after(script).await;
    gave_the_account(&contact);
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn caller_who_presses_everything_at_once_is_asked_again() {
    let script = json!([
        hear("star", "start"),
        press("987#", 0, 10),
        hear("Sorry", "end"),
        press("1", 500, 0),
        hear("account", "end"),
        press("123", 500, 100),
    ]);
    let (stage, contact) = after(script).await;
    assert_eq!(told(&contact, "menu_missed")["detail"]["key"], "9");
    gave_the_account(&contact);
    stage.cloud.all_went_well().await;
}

/// What people call the demo about.
const PROFILE: &str = include_str!("../../crates/tandem/profile/bank.json");

async fn prompt(stage: &Stage, prompt: &Spoken) -> u64 {
    let [english, german] = &prompt.texts;
    let languages = json!({"en-US": {"text": english}, "de-DE": {"text": german}});
    let sent = json!({"name": prompt.name, "default_language": "en-US", "languages": languages});
    stage.alex.create("/prompts", sent).await
}

/// The main menu of the demo, with all its queues; the voice of the service says the prompts.
async fn demo_line() -> Stage {
    let stage = Stage::with_clock(ClockKind::Stepped).await;
    let profile: Value = serde_json::from_str(PROFILE).unwrap();
    let mut queues = Vec::new();
    for subject in profile["queues"].as_array().unwrap() {
        let name = subject["name"].as_str().unwrap().to_owned();
        let queue = stage.alex.create("/queues", json!({"name": name})).await;
        queues.push((name, queue));
    }
    let hours = stage.alex.create("/schedules", demo::hours()).await;
    let texts = demo::texts(&queues);
    let prompts = Prompts {
        greeting: prompt(&stage, &texts.greeting).await,
        menu: prompt(&stage, &texts.menu).await,
        menu_again: prompt(&stage, &texts.menu_again).await,
        message: prompt(&stage, &texts.message).await,
        thanks: prompt(&stage, &texts.thanks).await,
        sorry: prompt(&stage, &texts.sorry).await,
    };
    let flow = demo::flow(&queues, &prompts, hours);
    let flow = stage.alex.create("/flows", flow).await;
    let endpoint = json!({
        "name": "Main number", "resource_account_id": defaults::RESOURCE_ACCOUNT, "flow_id": flow,
    });
    stage.alex.create("/endpoints", endpoint).await;
    stage
}

/// Where a contact has been, once it waits in the second queue of the demo.
async fn way_to_the_second_queue(stage: &Stage) -> Vec<String> {
    let look = async || {
        stage.cloud.advance(1_000).await;
        let contact = stage.alex.find_contact(1).await?;
        let timeline = contact["timeline"].as_array()?.iter();
        assert!(
            !timeline.clone().any(|it| it["what"] == "menu_missed"),
            "{contact:#}"
        );
        let entered = timeline.filter(|it| it["what"] == "node_entered");
        let nodes = entered.filter_map(|it| it["detail"]["node"].as_str().map(str::to_owned));
        let nodes: Vec<_> = nodes.collect();
        (nodes.last().map(String::as_str) == Some("queue_2")).then_some(nodes)
    };
    until("the wait in the second queue", look).await
}

/// After a prompt was heard to its end, however long it is.
fn heard(says: &str) -> Value {
    json!({"do": "await_prompt", "says": says, "moment": "end", "within_ms": 180_000})
}

// The menu is heard in both languages, and the key is found long after it.
#[tokio::test]
async fn caller_at_the_pace_of_a_screen_reader_gets_through_every_menu_of_the_demo() {
    let stage = demo_line().await;
    let script = json!([
        heard("press star"),
        press("9", 12_000, 0),
        heard("Sterntaste"),
        press("2", 12_000, 0),
    ]);
    let phone = stage
        .cloud
        .dial_from(CALLER, json!({"script": script}))
        .await;
    let way = way_to_the_second_queue(&stage).await;
    let expected = ["greeting", "hours", "ask", "german", "ask", "queue_2"];
    assert_eq!(way, expected);
    phone.hang_up().await;
    stage.cloud.all_went_well().await;
}

// Whoever asks for more time has a minute for each choice, also after the language was chosen.
#[tokio::test]
async fn caller_with_adjustable_time_outs_gets_through_every_menu_of_the_demo() {
    let stage = demo_line().await;
    let script = json!([
        heard("press star"),
        press("*", 12_000, 0),
        heard("press star"),
        press("9", 50_000, 0),
        heard("Sterntaste"),
        press("2", 50_000, 0),
    ]);
    let phone = stage
        .cloud
        .dial_from(CALLER, json!({"script": script}))
        .await;
    let way = way_to_the_second_queue(&stage).await;
    let expected = [
        "greeting",
        "hours",
        "ask",
        "ask_slowly",
        "german_slowly",
        "ask_slowly",
        "queue_2",
    ];
    assert_eq!(way, expected);
    phone.hang_up().await;
    stage.cloud.all_went_well().await;
}
