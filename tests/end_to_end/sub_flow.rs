//! A sub-flow over the wire: what a customer hears of it, and what its story and a test call tell.

use crate::cloud::CALLER;
use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};

/// Asks for one key.
fn identify() -> Value {
    json!({"name": "Identify", "start": "ask", "nodes": [
        {"id": "ask", "kind": "collect", "prompt": {"text": "Your tier?"}, "max_digits": 1,
         "timeout_s": 5, "attribute": "tier", "next": "end", "failed": "end", "no_input": "end"},
        {"id": "end", "kind": "end"},
    ]})
}

/// Says what was entered in the other flow.
fn main_nodes() -> Value {
    json!([
        {"id": "who", "kind": "sub_flow", "flow_id": 1, "next": "tell"},
        {"id": "tell", "kind": "message", "prompt": {"text": "You have tier {tier}."}},
    ])
}

#[tokio::test]
async fn customer_is_asked_in_a_sub_flow_and_hears_the_answer_in_the_flow_that_led_there() {
    let stage = Stage::new().await;
    stage.alex.create("/flows", identify()).await;
    stage.flow(main_nodes()).await;
    let script = json!({"script": [{"do": "digits", "keys": "7", "after_ms": 20}]});
    let phone = stage.cloud.dial_from(CALLER, script).await;
    phone.hears("Your tier?").await;
    phone.hears("You have tier 7.").await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(
        told(&contact, "sub_flow_entered")["detail"],
        json!({"node": "who", "flow": 1, "version": 1})
    );
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "contained");
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn steps_in_a_sub_flow_are_shown_as_those_of_another_flow() {
    let stage = Stage::new().await;
    stage.alex.create("/flows", identify()).await;
    stage.flow(main_nodes()).await;
    let placed = stage.alex.post("/flows/2/test-calls", json!({})).await;
    let call = format!(
        "/flows/2/test-calls/{}",
        placed["call_id"].as_str().unwrap()
    );
    let seen = async |is_so: &dyn Fn(&Value) -> bool| {
        let look = async || {
            let told = stage.alex.get(&call).await;
            is_so(&told).then_some(told)
        };
        until("the test call", look).await
    };
    let asked = seen(&|it| it["hears"] == "Your tier?").await;
    assert_eq!(
        (&asked["flow_id"], &asked["node"]),
        (&json!(1), &json!("ask"))
    );
    let keys = json!({"digits": "3"});
    stage.alex.post(&format!("{call}/keys"), keys).await;
    let over = seen(&|it| !it["end_reason"].is_null()).await;
    let steps = over["steps"].as_array().unwrap().iter();
    let steps = steps.map(|it| json!([it["flow_id"], it["node"], it["kind"], it["exit"]]));
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            json!([2, "who", "sub_flow", "next"]),
            json!([1, "ask", "collect", "next"]),
            json!([1, "end", "end", null]),
            json!([2, "tell", "message", null]),
        ]
    );
}
