//! What the service plays and recognizes, and the exits that a flow declares for its failures.

use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};

/// A question before queue 1 or 2, with an exit of its own for everything.
async fn asking() -> Stage {
    let stage = Stage::new().await;
    for name in ["Sales", "Service"] {
        let queue = json!({"name": name, "music": format!("The music of {name}.")});
        stage.alex.create("/queues", queue).await;
    }
    let nodes = json!([
        {"id": "hello", "kind": "play", "prompt": {"text": "Hi."}, "next": "ask", "failed": "no_voice"},
        {"id": "ask", "kind": "collect", "prompt": {"text": "1 or 2?"}, "attribute": "choice", "max_digits": 1, "timeout_s": 1, "next": "choose", "no_input": "silent", "failed": "deaf"},
        {"id": "choose", "kind": "branch", "attribute": "choice", "cases": [{"equals": "2", "next": "service"}], "otherwise": "sales"},
        {"id": "sales", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "service", "kind": "queue", "queue_id": 2, "timeout": "end", "full": "end"},
        {"id": "no_voice", "kind": "play", "prompt": {"text": "There was no voice."}, "next": "end", "failed": "end"},
        {"id": "deaf", "kind": "play", "prompt": {"text": "Nobody could hear."}, "next": "end", "failed": "end"},
        {"id": "silent", "kind": "play", "prompt": {"text": "Nothing was said."}, "next": "end", "failed": "end"},
        {"id": "end", "kind": "end"},
    ]);
    stage.flow(nodes).await;
    stage
}

// B-235
#[tokio::test]
async fn prompt_that_cannot_be_played_takes_the_declared_exit_and_the_story_says_so() {
    let stage = asking().await;
    stage
        .cloud
        .fault(json!({"kind": "play_failed", "sub_code": 8536}))
        .await;
    let phone = stage.cloud.dial().await;
    phone.hears("There was no voice.").await;
    phone.is("ended").await;
    failed_at(&stage, "hello", "8536").await;
}

// B-235
#[tokio::test]
async fn question_that_cannot_be_heard_takes_the_declared_exit_and_the_story_says_so() {
    let stage = asking().await;
    stage
        .cloud
        .fault(json!({"kind": "recognize_failed", "sub_code": 8511}))
        .await;
    let phone = stage.cloud.dial().await;
    phone.hears("Nobody could hear.").await;
    phone.is("ended").await;
    failed_at(&stage, "ask", "8511").await;
}

// B-235
#[tokio::test]
async fn refused_play_takes_the_declared_exit_too() {
    let stage = asking().await;
    let fault = json!({"kind": "status", "status": 400, "match": {"operation": "Play"}});
    stage.cloud.fault(fault).await;
    let phone = stage.cloud.dial().await;
    phone.hears("There was no voice.").await;
    let contact = stage.alex.contact(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["exit"], "failed");
}

// B-235
#[tokio::test]
async fn music_that_cannot_be_played_takes_its_exit_or_leaves_the_customer_waiting_in_silence() {
    for (failed, what) in [(json!("sorry"), "failed"), (Value::Null, "silence")] {
        let stage = Stage::new().await;
        stage
            .alex
            .create("/queues", json!({"name": "Service", "music": "Piano."}))
            .await;
        let nodes = json!([
            {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end", "failed": failed},
            {"id": "sorry", "kind": "play", "prompt": {"text": "There is no music."}, "next": "end", "failed": "end"},
            {"id": "end", "kind": "end"},
        ]);
        stage.flow(nodes).await;
        stage
            .cloud
            .fault(json!({"kind": "play_failed", "sub_code": 8535}))
            .await;
        let phone = stage.cloud.dial().await;
        let taken = until("the exit", async || {
            let contact = stage.alex.find_contact(1).await?;
            let timeline = contact["timeline"].as_array()?;
            timeline
                .iter()
                .find(|it| it["what"] == "exit_taken")
                .cloned()
        });
        let expected = json!({"node": "wait", "exit": what, "code": "8535"});
        assert_eq!(taken.await["detail"], expected);
        if what == "failed" {
            phone.hears("There is no music.").await;
        } else {
            let mut ann = stage.agent_who(0, "ann").await;
            ann.accept().await;
            ann.has("connected").await;
        }
    }
}

// B-235
#[tokio::test]
async fn digits_lead_to_the_queue_and_silence_to_its_exit() {
    let stage = asking().await;
    let digits = json!({"script": [{"do": "digits", "keys": "2", "after_ms": 20}]});
    let phone = stage.cloud.dial_from("+12065550101", digits).await;
    phone.hears("The music of Service.").await;
    let contact = stage.alex.contact(1).await;
    assert_eq!(told(&contact, "digits_collected")["detail"]["n_digits"], 1);
    let asked = stage.cloud.requests("Recognize").await;
    let options = &asked[0]["body"]["recognizeOptions"];
    assert_eq!(options["targetParticipant"]["rawId"], "4:+12065550101");
    let silent = stage.cloud.dial_from("+12065550102", json!({})).await;
    silent.hears("Nothing was said.").await;
}

/// The only exit that the contact took for a failure.
async fn failed_at(stage: &Stage, node: &str, code: &str) {
    let contact = stage.ended(1);
    let contact = contact.await;
    let exit = told(&contact, "exit_taken")["detail"].clone();
    let expected: Value = json!({"node": node, "exit": "failed", "code": code});
    assert_eq!(exit, expected, "{contact:#}");
    assert_eq!(told(&contact, "prompt_failed")["detail"]["code"], code);
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "contained");
    stage.cloud.all_went_well().await;
}
