//! Queues are switched for a while, and callers who wait are offered a callback.

use crate::desk::{arrive_from, fact_of, floor};
use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use tandem_core::ids::ContactId;
use tandem_core::input::CallFact;
use tandem_core::time::Timestamp;

fn in_seconds(server: &Server, seconds: u32) -> String {
    let center = server.running.centers().get("contoso").unwrap();
    let at: Timestamp = center.clock.now().plus_seconds(seconds);
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap();
    at.to_string()
}

async fn supervisor(server: &Server) -> Person {
    let roles = &["supervisor"];
    server.account("contoso", "sam", roles, None).await;
    server.nobody().sign_in("sam").await
}

#[tokio::test]
async fn switched_queue_says_so_on_the_board_until_it_is_ended_and_the_audit_has_both() {
    let server = Server::start().await;
    let (alex, _ann) = floor(&server).await;
    let sam = supervisor(&server).await;
    let mut board = sam.live().await;
    board.say(json!({"subscribe": ["board"]})).await;
    let frame = board.until(|frame| frame["topic"] == "board").await;
    assert_eq!(frame["data"]["queues"][0]["switches"], json!([]));
    let until = in_seconds(&server, 600);
    let sent = json!({"position": "closed", "until": until, "reason": " Team meeting "});
    let switched = sam.post("/queues/1/switches", sent).await;
    let switched = switched.expect_status(StatusCode::OK);
    assert_eq!(switched["hours"], "closed");
    let standing = &switched["items"][0];
    assert_eq!(
        (&standing["position"], &standing["reason"], &standing["by"]),
        (&json!("closed"), &json!("Team meeting"), &json!("sam"))
    );
    let told = board
        .until(|frame| frame["data"]["queues"][0]["switches"][0]["position"] == "closed")
        .await;
    let told = &told["data"]["queues"][0]["switches"][0];
    assert_eq!(told["reason"], "Team meeting");
    let ended = sam
        .post("/queues/1/switches/end", json!({"position": "closed"}))
        .await;
    let ended = ended.expect_status(StatusCode::OK);
    assert_eq!(
        (&ended["hours"], &ended["items"]),
        (&json!("open"), &json!([]))
    );
    board
        .until(|frame| frame["data"]["queues"][0]["switches"] == json!([]))
        .await;
    for (action, words) in [
        ("queue_switched", "open before: Team meeting"),
        ("switch_ended", "open from now on"),
    ] {
        let audit = alex.get(&format!("/audit?action={action}")).await;
        let audit = audit.expect_status(StatusCode::OK);
        let entry = &audit["items"][0];
        assert_eq!(
            (&entry["actor"], &entry["kind"]),
            (&json!("sam"), &json!("queue"))
        );
        let detail = entry["detail"].as_str().unwrap();
        assert!(detail.ends_with(words), "{detail}");
    }
}

#[tokio::test]
async fn switch_without_reason_end_or_sense_is_refused_with_the_field() {
    let server = Server::start().await;
    let (_alex, _ann) = floor(&server).await;
    let sam = supervisor(&server).await;
    let soon = in_seconds(&server, 600);
    for (sent, field) in [
        (json!({"position": "closed", "reason": "Meeting"}), "until"),
        (
            json!({"position": "closed", "until": "tomorrow", "reason": "Meeting"}),
            "until",
        ),
        (
            json!({"position": "closed", "until": "2020-01-01T00:00:00Z", "reason": "Meeting"}),
            "until",
        ),
        (
            json!({"position": "closed", "until": in_seconds(&server, 90_000), "reason": "Meeting"}),
            "until",
        ),
        (json!({"position": "closed", "until": soon}), "reason"),
        (
            json!({"position": "closed", "until": soon, "reason": " "}),
            "reason",
        ),
        (
            json!({"position": "ajar", "until": soon, "reason": "Meeting"}),
            "position",
        ),
        (
            json!({"position": "open", "until": soon, "reason": "Meeting"}),
            "position",
        ),
    ] {
        let refused = sam.post("/queues/1/switches", sent.clone()).await;
        refused.expect_problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{sent}");
    }
    let closed = json!({"position": "closed", "until": soon, "reason": "Meeting"});
    let missing = sam.post("/queues/9/switches", closed.clone()).await;
    missing.expect_problem(404, "not_found");
    let first = sam.post("/queues/1/switches", closed.clone()).await;
    first.expect_status(StatusCode::OK);
    let second = sam.post("/queues/1/switches", closed).await;
    second.expect_problem(409, "already_switched");
    let other = json!({"position": "emergency"});
    let other = sam.post("/queues/1/switches/end", other).await;
    other.expect_problem(409, "not_switched");
    let none = json!({"position": "no_callbacks", "until": soon, "reason": "Meeting"});
    let none = sam.post("/queues/1/switches", none).await;
    none.expect_problem(409, "no_callbacks");
}

#[tokio::test]
async fn before_a_queue_is_switched_it_is_told_how_many_wait_and_what_becomes_of_them() {
    let server = Server::start().await;
    let (_alex, ann) = floor(&server).await;
    let sam = supervisor(&server).await;
    let leaves = json!({"intent": "not_ready", "reason_id": 1});
    ann.post("/me/state", leaves)
        .await
        .expect_status(StatusCode::OK);
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    arrive_from(&center, "+12065550100", "Mia", 1).await;
    let leg = "leg 1".to_owned();
    fact_of(&center, ContactId(1), CallFact::LegUp { leg }).await;
    let read = sam.get("/queues/1/switches").await;
    let read = read.expect_status(StatusCode::OK);
    let outlook = |position: &str, part: &str| -> Value {
        let all = read["outlook"].as_array().unwrap();
        let it = all.iter().find(|it| it["position"] == position);
        it.unwrap()[part].clone()
    };
    assert_eq!(outlook("closed", "stay"), 1);
    assert_eq!(outlook("closed", "leave"), 0);
    assert_eq!(outlook("emergency", "leave"), 1);
    assert_eq!(outlook("open", "stay"), 1);
    // The queue calls nobody back.
    let offered = sam.post("/contacts/1/offer-callback", json!({})).await;
    offered.expect_problem(409, "no_callbacks");
}
