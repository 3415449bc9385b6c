//! Stopping: feeds are closed with a reason, and everything ends in time.

use crate::server::Server;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn drain_closes_feeds_as_going_away_and_ends_in_time() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let mut feed = alex.live().await;
    feed.say(json!({"subscribe": ["board"]})).await;
    feed.until(|frame| frame["topic"] == "board").await;
    let Server { running, url, .. } = server;
    let stopping = tokio::spawn(running.shutdown());
    assert_eq!(feed.closed().await, Some(1001));
    let ended = tokio::time::timeout(Duration::from_secs(10), stopping).await;
    ended.expect("the drain ends in time").unwrap();
    assert!(
        alex.http
            .get(format!("{url}/healthz"))
            .send()
            .await
            .is_err(),
        "nobody listens"
    );
}
