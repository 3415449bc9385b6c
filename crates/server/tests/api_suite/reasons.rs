//! Reasons for being not ready over the API: under headings, and granted by a supervisor.

use crate::desk::floor;
use crate::server::Server;
use reqwest::StatusCode;
use serde_json::{Value, json};

//
#[tokio::test]
async fn agent_asks_for_a_reason_and_a_supervisor_sees_and_grants_it() {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let coaching =
        json!({"label": "Coaching", "needs_supervisor": true, "paid": false, "max_minutes": 15});
    let made = alex.create("/reasons", coaching).await;
    let coaching = made["id"].as_u64().unwrap();
    let mut desk = ann.live().await;
    desk.say(json!({"subscribe": ["me"]})).await;
    let asks = json!({"intent": "not_ready", "reason_id": coaching});
    let said = ann.post("/me/state", asks.clone()).await;
    let said = said.expect_status(StatusCode::OK);
    assert_eq!(said, json!({"is_petition": true}));
    let has_petition = |frame: &Value| frame["data"]["agent"]["petition"].is_object();
    let frame = desk.until(has_petition).await;
    let agent = &frame["data"]["agent"];
    assert_eq!(agent["state"], "available");
    assert_eq!(agent["petition"]["reason"]["label"], "Coaching");
    let board = alex.get("/board").await.expect_status(StatusCode::OK);
    let line = &board["agent_list"][0];
    let asked = json!({"id": coaching, "name": "Coaching"});
    assert_eq!(line["petition"]["reason"], asked);
    assert_eq!(line["not_ready_until"], Value::Null);
    let answer = |answer: &str, reason: u64| json!({"answer": answer, "reason_id": reason});
    // What she asked for before is not what is granted.
    let refused = alex.post("/agents/1/petition", answer("granted", 1)).await;
    refused.expect_problem(409, "no_petition");
    let declined = alex
        .post("/agents/1/petition", answer("declined", coaching))
        .await;
    declined.expect_status(StatusCode::OK);
    let is_told = |frame: &Value| frame["data"]["agent"]["petition"]["declined"].is_object();
    let frame = desk.until(is_told).await;
    let told = &frame["data"]["agent"]["petition"]["declined"];
    assert_eq!(told["by"], "Alex Admin");
    ann.post("/me/state", asks)
        .await
        .expect_status(StatusCode::OK);
    let granted = alex
        .post("/agents/1/petition", answer("granted", coaching))
        .await;
    granted.expect_status(StatusCode::OK);
    let board = alex.get("/board").await.expect_status(StatusCode::OK);
    let line = &board["agent_list"][0];
    assert_eq!(
        (&line["state"], &line["reason"]),
        (&json!("not_ready"), &json!("Coaching"))
    );
    assert!(line["not_ready_until"].is_string(), "{line}");
    assert_eq!(line["petition"], Value::Null);
    for action in ["petition_declined", "petition_granted"] {
        let audit = alex.get(&format!("/audit?action={action}")).await;
        let audit = audit.expect_status(StatusCode::OK);
        let entry = &audit["items"][0];
        assert_eq!(entry["detail"], format!("agent 1: reason {coaching}"));
        assert_eq!(entry["actor"], "alex");
    }
}

//
#[tokio::test]
async fn reason_under_another_makes_that_one_a_heading() {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    // What was there before there were headings and pay.
    let lunch = alex.get("/reasons/1").await.expect_status(StatusCode::OK);
    assert_eq!(
        (
            &lunch["heading_id"],
            &lunch["paid"],
            &lunch["needs_supervisor"]
        ),
        (&Value::Null, &json!(true), &json!(false))
    );
    let tea = alex
        .create("/reasons", json!({"label": "Tea", "heading_id": 1}))
        .await;
    let asks = json!({"intent": "not_ready", "reason_id": 1});
    let refused = ann.post("/me/state", asks).await;
    refused.expect_problem(409, "reason_is_heading");
    // Without a word, it is the first that is to be had.
    let first = ann.post("/me/state", json!({"intent": "not_ready"})).await;
    first.expect_status(StatusCode::OK);
    let mut desk = ann.live().await;
    desk.say(json!({"subscribe": ["me"]})).await;
    let frame = desk.until(|frame| frame["topic"] == "me").await;
    assert_eq!(frame["data"]["agent"]["reason"]["label"], "Tea");
    let choices = frame["data"]["reasons"].as_array().unwrap();
    assert_eq!(choices.len(), 1);
    assert_eq!(
        choices[0]["heading"],
        json!({"id": 1, "label": "Lunch"}),
        "{tea}"
    );
    let wrong = json!({"label": "Third level", "heading_id": tea["id"]});
    let refused = alex.post("/reasons", wrong).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "heading_id");
}
