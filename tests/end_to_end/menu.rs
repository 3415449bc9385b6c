//! Menus and decisions of a flow over the wire: what a customer presses, and what is heard then.

use crate::cloud::CALLER;
use crate::path::told;
use crate::stage::Stage;
use serde_json::{Value, json};

/// Two rounds of deciding, a menu, a look at the queue; every node that takes no time is on the way.
fn nodes() -> Value {
    json!([
        {"id": "set", "kind": "set", "attribute": "tier", "value": "gold", "next": "by_tier"},
        {"id": "by_tier", "kind": "switch", "otherwise": "bye", "cases": [
            {"attribute": "tier", "equals": "silver", "next": "bye"},
            {"attribute": "tier", "starts_with": "go", "next": "rounds"},
        ]},
        {"id": "rounds", "kind": "loop", "times": 1, "again": "set", "done": "menu"},
        {"id": "menu", "kind": "menu", "prompt": {"text": "Press 1 for sales."},
         "retry_prompt": {"text": "Sorry, press 1."}, "timeout_s": 1, "retries": 1,
         "choices": [{"key": "1", "label": "Sales", "next": "look"}],
         "no_input": "bye", "invalid": "bye", "failed": "bye"},
        {"id": "look", "kind": "queue_status", "queue_id": 1, "otherwise": "queue", "cases": [
            {"when": "waiting_at_least", "value": 50, "next": "bye"},
            {"when": "no_agent_ready", "next": "closed"},
        ]},
        {"id": "queue", "kind": "queue", "queue_id": 1, "timeout": "bye", "full": "bye"},
        {"id": "closed", "kind": "message", "prompt": {"text": "Nobody works now."}},
        {"id": "bye", "kind": "message", "prompt": {"text": "Good bye."}},
    ])
}

async fn with_menu() -> Stage {
    let stage = Stage::new().await;
    let queue = json!({"name": "Support", "music": "Music."});
    stage.alex.create("/queues", queue).await;
    stage.flow(nodes()).await;
    stage
}

fn presses(keys: &[&str]) -> Value {
    let step = |key: &&str| json!({"do": "digits", "keys": key, "after_ms": 20});
    json!({"script": keys.iter().map(step).collect::<Vec<_>>()})
}

#[tokio::test]
async fn customer_who_presses_another_key_is_asked_again_and_then_led_on() {
    let stage = with_menu().await;
    let phone = stage.cloud.dial_from(CALLER, presses(&["9", "1"])).await;
    phone.hears("Press 1 for sales.").await;
    phone.hears("Sorry, press 1.").await;
    phone.hears("Nobody works now.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(
        told(&contact, "menu_missed")["detail"],
        json!({"node": "menu", "key": "9"})
    );
    assert_eq!(
        told(&contact, "attribute_set")["detail"],
        json!({"attribute": "tier", "value": "gold"})
    );
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "contained");
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn customer_who_presses_nothing_hears_the_last_message_and_is_let_go() {
    let stage = with_menu().await;
    let phone = stage.cloud.dial().await;
    phone.hears("Sorry, press 1.").await;
    phone.hears("Good bye.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["exit"], "no_input");
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn flow_comes_back_from_the_api_as_it_was_sent_and_mistakes_name_their_place() {
    let stage = with_menu().await;
    let kept = stage.alex.get("/flows/1").await;
    let by_id = |nodes: &Value, id: &str| {
        let nodes = nodes.as_array().unwrap().iter();
        nodes.clone().find(|it| it["id"] == id).cloned().unwrap()
    };
    for node in nodes().as_array().unwrap() {
        let id = node["id"].as_str().unwrap();
        assert_eq!(by_id(&kept["nodes"], id), *node);
    }
    for (pointer, wrong, field) in [
        ("/3/choices/0/key", json!("12"), "nodes.menu.choices"),
        (
            "/3/retry_prompt/text",
            json!(" "),
            "nodes.menu.retry_prompt",
        ),
        ("/3/choices/0/key", json!("a"), "nodes.menu.choices"),
        ("/3/choices/0/next", json!("nowhere"), "nodes.menu.1"),
        ("/1/cases/0/is_set", json!(true), "nodes.by_tier.cases.0"),
        ("/4/cases/1/value", json!(3), "nodes.look.cases.1.value"),
        ("/2/times", json!(0), "nodes.rounds.times"),
    ] {
        let mut nodes = nodes();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        nodes.pointer_mut(parent).unwrap()[name] = wrong;
        let flow = json!({"name": "Wrong", "start": "set", "nodes": nodes});
        let (status, refused) = stage
            .alex
            .asks(reqwest::Method::POST, "/flows", Some(flow))
            .await;
        assert_eq!(status, 422, "{pointer}: {refused}");
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
}
