//! Test calls to a flow: somebody who edits it calls it by a phone of the emulator, presses keys, and sees the
//! way that the contact takes.

use crate::stage::Stage;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};

async fn with_menu() -> Stage {
    let stage = Stage::new().await;
    let nodes = json!([
        {"id": "tier", "kind": "set", "attribute": "tier", "value": "gold", "next": "ask"},
        {"id": "ask", "kind": "menu", "prompt": {"text": "Press 1 or 2."}, "timeout_s": 30,
         "choices": [{"key": "1", "next": "one"}, {"key": "2", "next": "two"}],
         "no_input": "two", "invalid": "two", "failed": "two"},
        {"id": "one", "kind": "collect", "prompt": {"text": "Your account?"}, "max_digits": 4,
         "timeout_s": 30, "next": "two", "no_input": "two", "failed": "two"},
        {"id": "two", "kind": "message", "prompt": {"text": "Good bye."}},
    ]);
    stage.flow(nodes).await;
    stage
}

async fn seen(stage: &Stage, call: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let look = async || {
        let told = stage.alex.get(&format!("/flows/1/test-calls/{call}")).await;
        is_so(&told).then_some(told)
    };
    until("the test call", look).await
}

async fn does(stage: &Stage, call: &str, what: &str, body: Value) -> (u16, Value) {
    let path = format!("/flows/1/test-calls/{call}/{what}");
    let (status, answer) = stage.alex.asks(Method::POST, &path, Some(body)).await;
    (status.as_u16(), answer)
}

async fn placed(stage: &Stage) -> String {
    let asked = stage
        .alex
        .asks(Method::POST, "/flows/1/test-calls", Some(json!({})));
    let (status, placed) = asked.await;
    assert_eq!(status, 201, "{placed}");
    assert_eq!(placed["endpoint_id"], 1);
    placed["call_id"].as_str().unwrap().to_owned()
}

fn ways(call: &Value) -> Vec<(&str, &str, Option<&str>)> {
    let steps = call["steps"].as_array().unwrap().iter();
    steps
        .map(|it| {
            let (node, kind) = (it["node"].as_str(), it["kind"].as_str());
            (node.unwrap(), kind.unwrap(), it["exit"].as_str())
        })
        .collect()
}

#[tokio::test]
async fn somebody_who_edits_a_flow_calls_it_presses_keys_and_sees_its_way() {
    let stage = with_menu().await;
    let call = placed(&stage).await;
    let asked = seen(&stage, &call, |it| it["hears"] == "Press 1 or 2.").await;
    assert_eq!(
        (&asked["state"], &asked["contact_id"], &asked["node"]),
        (&json!("in_call"), &json!(1), &json!("ask"))
    );
    assert_eq!(asked["attributes"]["tier"], "gold");
    let pressed = does(&stage, &call, "keys", json!({"digits": "1"})).await;
    assert_eq!(pressed.0, 200, "{}", pressed.1);
    seen(&stage, &call, |it| it["hears"] == "Your account?").await;
    does(&stage, &call, "keys", json!({"digits": "12#"})).await;
    let over = seen(&stage, &call, |it| !it["end_reason"].is_null()).await;
    assert_eq!(over["end_reason"], "contained");
    assert_eq!(
        ways(&over),
        [
            ("tier", "set", Some("next")),
            ("ask", "menu", Some("1")),
            ("one", "collect", Some("next")),
            ("two", "message", None),
        ]
    );
    let ended = seen(&stage, &call, |it| it["state"] == "ended").await;
    assert_eq!(ended["contact_id"], 1);
    let (status, refused) = does(&stage, &call, "keys", json!({"digits": "1"})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("test_call_over")));
}

#[tokio::test]
async fn call_to_a_flow_is_hung_up_and_mistakes_are_refused_with_what_to_do() {
    let stage = with_menu().await;
    let call = placed(&stage).await;
    seen(&stage, &call, |it| it["node"] == "ask").await;
    let (status, refused) = does(&stage, &call, "keys", json!({"digits": "x"})).await;
    assert_eq!(
        (status, &refused["errors"][0]["field"]),
        (422, &json!("digits"))
    );
    assert_eq!(does(&stage, &call, "hang-up", json!({})).await.0, 200);
    let over = seen(&stage, &call, |it| !it["end_reason"].is_null()).await;
    assert_eq!(over["end_reason"], "abandoned_flow");
    let (status, _) = does(&stage, "nobody", "hang-up", json!({})).await;
    assert_eq!(status, 404);
    let other = json!({"name": "Other", "start": "end", "nodes": [{"id": "end", "kind": "end"}]});
    stage.alex.create("/flows", other).await;
    let asked = stage
        .alex
        .asks(Method::POST, "/flows/2/test-calls", Some(json!({})));
    let (status, refused) = asked.await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (409, &json!("no_endpoint"))
    );
}
