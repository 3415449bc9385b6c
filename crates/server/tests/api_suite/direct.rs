//! A supervisor says what an agent is, and the agent reads who did it and why.

use crate::desk::floor;
use crate::server::Server;
use reqwest::StatusCode;
use serde_json::{Value, json};

//
#[tokio::test]
async fn agent_reads_on_the_desk_who_set_the_state_and_why_until_the_own_word() {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let mut desk = ann.live().await;
    desk.say(json!({"subscribe": ["me"]})).await;
    let frame = desk.until(|frame| frame["topic"] == "me").await;
    assert_eq!(frame["data"]["agent"]["directed"], Value::Null);
    let sent = json!({"state": "not_ready", "reason_id": 1, "why": "Fire drill"});
    let set = alex.post("/agents/1/state", sent).await;
    set.expect_status(StatusCode::OK);
    let is_told = |frame: &Value| frame["data"]["agent"]["directed"].is_object();
    let frame = desk.until(is_told).await;
    let agent = &frame["data"]["agent"];
    assert_eq!(agent["state"], "not_ready");
    let directed = &agent["directed"];
    assert_eq!(
        (&directed["by"], &directed["why"], &directed["to"]),
        (
            &json!("Alex Admin"),
            &json!("Fire drill"),
            &json!("not_ready")
        )
    );
    let own = ann.post("/me/state", json!({"intent": "ready"})).await;
    own.expect_status(StatusCode::OK);
    desk.until(|frame| frame["data"]["agent"]["directed"].is_null())
        .await;
    let audit = alex.get("/audit?action=agent_directed").await;
    let audit = audit.expect_status(StatusCode::OK);
    let entry = &audit["items"][0];
    assert_eq!(
        (&entry["actor"], &entry["kind"], &entry["detail"]),
        (
            &json!("alex"),
            &json!("agent"),
            &json!("agent 1: not ready, reason 1")
        )
    );
    assert!(!audit.to_string().contains("Fire drill"), "{audit}");
}

#[tokio::test]
async fn state_without_a_reason_or_of_somebody_who_is_not_here_is_refused() {
    let server = Server::start().await;
    let (alex, _ann) = floor(&server).await;
    for (sent, field) in [
        (json!({"state": "not_ready", "why": "Lunch"}), "reason_id"),
        (
            json!({"state": "ready", "reason_id": 1, "why": "Lunch"}),
            "reason_id",
        ),
        (json!({"state": "ready", "why": "  "}), "why"),
        (json!({"state": "ready", "why": "x".repeat(201)}), "why"),
    ] {
        let refused = alex.post("/agents/1/state", sent.clone()).await;
        refused.expect_problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{sent}");
    }
    let leaves = json!({"state": "signed_out", "why": "Gone home"});
    let set = alex.post("/agents/1/state", leaves.clone()).await;
    set.expect_status(StatusCode::OK);
    let again = alex.post("/agents/1/state", leaves).await;
    again.expect_problem(409, "agent_signed_out");
}
