//! The live feed: snapshots, deltas, roles, and who may open it.

use crate::server::{Live, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn agent_sees_the_own_state_at_once() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (id, ann) = alex.agent("ann", 1).await;
    alex.create("/reasons", json!({"label": "Lunch"})).await;
    let mut feed = ann.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let first = feed.until(|frame| frame["topic"] == "me").await;
    assert_eq!(
        (&first["kind"], &first["seq"]),
        (&json!("snapshot"), &json!(1))
    );
    let agent = &first["data"]["agent"];
    assert_eq!(
        (&agent["id"], &agent["name"]),
        (&json!(id), &json!("Agent ann"))
    );
    assert_eq!(agent["state"], "signed_out");
    assert_eq!(
        first["data"]["reasons"],
        json!([{"id": 1, "label": "Lunch", "heading": null, "needs_supervisor": false, "max_minutes": null}])
    );
    ann.post("/me/state", json!({"intent": "ready"}))
        .await
        .expect_status(StatusCode::OK);
    let ready = feed
        .until(|frame| frame["data"]["agent"]["state"] == "available")
        .await;
    assert_eq!(ready["seq"], 2);
    let sent = json!({"intent": "not_ready", "reason_id": 1});
    ann.post("/me/state", sent)
        .await
        .expect_status(StatusCode::OK);
    let lunch = feed
        .until(|frame| frame["data"]["agent"]["state"] == "not_ready")
        .await;
    assert_eq!(
        lunch["data"]["agent"]["reason"],
        json!({"id": 1, "label": "Lunch"})
    );
    // Settings that the view shows are pushed as well.
    alex.create("/dispositions", json!({"label": "Sold"})).await;
    feed.until(|frame| frame["data"]["dispositions"][0]["label"] == "Sold")
        .await;
}

#[tokio::test]
async fn deltas_of_the_board_lead_to_what_the_board_is() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (_, ann) = alex.agent("ann", 1).await;
    let mut feed = alex.live().await;
    feed.say(json!({"subscribe": ["board"]})).await;
    let first = feed.until(|frame| frame["topic"] == "board").await;
    assert_eq!(first["kind"], "snapshot");
    let mut board = first["data"].clone();
    let mut seq = first["seq"].as_u64().unwrap();
    alex.create("/queues", json!({"name": "Sales"})).await;
    ann.post("/me/state", json!({"intent": "ready"}))
        .await
        .expect_status(StatusCode::OK);
    while board["agents"]["available"] != 1 || board["queues"][0]["name"] != "Sales" {
        let frame = feed.until(|frame| frame["topic"] == "board").await;
        assert_eq!(frame["kind"], "delta");
        seq += 1;
        assert_eq!(frame["seq"], seq);
        merge(&mut board, &frame["data"]);
    }
    let mut now = alex.get("/board").await.expect_status(StatusCode::OK);
    now["as_of"] = Value::Null;
    board["as_of"] = Value::Null;
    assert_eq!(board, now);
}

#[tokio::test]
async fn second_viewer_gets_a_snapshot_that_the_same_deltas_go_on_from() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (mut one, mut two) = (alex.live().await, alex.live().await);
    one.say(json!({"subscribe": ["board"]})).await;
    one.until(|frame| frame["kind"] == "snapshot").await;
    alex.create("/queues", json!({"name": "Sales"})).await;
    let delta = one.until(|frame| frame["kind"] == "delta").await;
    two.say(json!({"subscribe": ["board"]})).await;
    let snapshot = two.until(|frame| frame["kind"] == "snapshot").await;
    assert!(snapshot["seq"].as_u64() >= delta["seq"].as_u64());
    alex.create("/queues", json!({"name": "Service"})).await;
    let is_service =
        |frame: &Value| frame["kind"] == "delta" && frame["data"]["queues"][1]["name"] == "Service";
    let (first, second) = (one.until(is_service).await, two.until(is_service).await);
    assert_eq!(first, second);
}

#[tokio::test]
async fn topics_are_opened_by_roles_and_mistakes_are_told() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (_, ann) = alex.agent("ann", 1).await;
    let mut feed = ann.live().await;
    feed.say(json!({"subscribe": ["board"]})).await;
    let error = feed.until(|frame| frame["kind"] == "error").await;
    assert_eq!(
        (&error["topic"], &error["data"]["code"]),
        (&json!("board"), &json!("forbidden"))
    );
    feed.say(json!({"subscribe": ["weather"]})).await;
    let error = feed.until(|frame| frame["kind"] == "error").await;
    assert_eq!(error["data"]["code"], "unknown_topic");
    feed.say(json!({"watch": []})).await;
    let error = feed.until(|frame| frame["kind"] == "error").await;
    assert_eq!(error["data"]["code"], "invalid");
    feed.until(|frame| frame["kind"] == "heartbeat" && frame["topic"] == "")
        .await;
    let mut feed = alex.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let error = feed.until(|frame| frame["kind"] == "error").await;
    assert_eq!(error["data"]["code"], "forbidden");
    let audit = alex.get("/audit").await.expect_status(StatusCode::OK);
    let watched = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .any(|it| it["detail"] == "watch board");
    assert!(watched, "{audit}");
}

#[tokio::test]
async fn tv_link_shows_the_board_alone_until_it_is_revoked() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let link = alex.create("/tv-tokens", json!({"board": "floor"})).await;
    let url = link["url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{}/tv/floor?center=contoso&k=", server.url)),
        "{url}"
    );
    let query = format!("k={}", link["token"].as_str().unwrap());
    let mut tv = Live::open(&server.url, "contoso", &query, &[])
        .await
        .unwrap();
    tv.say(json!({"subscribe": ["board", "me"]})).await;
    tv.until(|frame| frame["topic"] == "board" && frame["kind"] == "snapshot")
        .await;
    let error = tv.until(|frame| frame["kind"] == "error").await;
    assert_eq!(error["topic"], "me");
    let listed = alex.get("/tv-tokens").await.expect_status(StatusCode::OK);
    let id = listed["items"][0]["id"].as_u64().unwrap();
    let revoked = alex.delete(&format!("/tv-tokens/{id}"), 0).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    let refused = Live::open(&server.url, "contoso", &query, &[]).await.err();
    assert_eq!(refused, Some(401));
}

#[tokio::test]
async fn page_of_another_origin_cannot_open_the_feed_with_the_cookie() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let cookie = format!("tandem={}", alex.token.as_deref().unwrap());
    let open = |origin: &'static str| {
        let headers = [("cookie", cookie.clone()), ("origin", origin.to_owned())];
        let url = server.url.clone();
        async move {
            let headers: Vec<(&'static str, &str)> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            Live::open(&url, "contoso", "", &headers).await.err()
        }
    };
    assert_eq!(open("https://evil.example").await, Some(403));
    let headers = [("cookie", cookie.as_str()), ("origin", server.url.as_str())];
    assert!(
        Live::open(&server.url, "contoso", "", &headers)
            .await
            .is_ok()
    );
    assert_eq!(
        Live::open(&server.url, "contoso", "", &[]).await.err(),
        Some(401)
    );
}

/// RFC 7396 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in patch {
        if value.is_null() {
            // A field that is null is one that is not there.
            target[key] = Value::Null;
        } else {
            merge(&mut target[key], value);
        }
    }
}

// B-061
#[tokio::test]
async fn directory_is_told_to_nobody_where_there_is_no_teams_account() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let mut feed = alex.live().await;
    feed.say(json!({"subscribe": ["directory"]})).await;
    let told = feed.until(|frame| frame["topic"] == "directory").await;
    assert_eq!(
        (&told["kind"], &told["data"]["code"]),
        (&json!("error"), &json!("no_teams_account"))
    );
}
