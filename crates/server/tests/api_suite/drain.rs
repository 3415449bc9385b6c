//! Stopping: feeds are closed with a reason, and everything ends in time.

use crate::server::Server;
use serde_json::json;
use std::time::Duration;
use tandem_store::Store;

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

#[tokio::test]
async fn data_directory_is_free_again_once_the_server_has_stopped() {
    let server = Server::start().await;
    let Server {
        running, folder, ..
    } = server;
    running.shutdown().await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    // What was under way ends a moment after the loops.
    while let Err(error) = Store::open(&folder.path().join("data")).await {
        assert!(tokio::time::Instant::now() < deadline, "{error}");
        // poll: nothing tells when the last user of a store is gone
        tokio::task::yield_now().await;
    }
}
