//! Callers at a pace of their own, over the wire: who needs more time, who presses too early, and who presses
//! everything.

use crate::agent::advancing;
use crate::cloud::CALLER;
use crate::path::told;
use crate::stage::Stage;
use serde_json::{Value, json};
use tandem_emulator::ClockKind;

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
