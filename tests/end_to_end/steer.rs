//! A supervisor decides about a customer who waits: the phone hears the other queue, or is hung up, and the story says why.

use crate::cloud::CALLER;
use crate::path::told;
use crate::stage::Stage;
use serde_json::json;

/// A line into the first of two queues, which have music of their own.
async fn two_queues(stage: &Stage) {
    for (name, music) in [("Support", "Piano music."), ("Sales", "Guitar music.")] {
        let queue = json!({"name": name, "music": music});
        stage.alex.create("/queues", queue).await;
    }
    let nodes = json!([
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    stage.flow(nodes).await;
}

#[tokio::test]
async fn customer_who_is_moved_hears_the_other_queue_and_the_story_says_why() {
    let stage = Stage::new().await;
    two_queues(&stage).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Piano music.").await;
    let moved = json!({"queue_id": 2, "why": "Wants to buy"});
    stage.alex.post("/contacts/1/move", moved).await;
    phone.hears("Guitar music.").await;
    let contact = stage.alex.contact(1).await;
    let steered = told(&contact, "steered")["detail"].clone();
    let expected = json!({"queue": 1, "to": {"queue": 2}, "by": 1, "why": "Wants to buy"});
    assert_eq!(steered, expected);
    let left = stage.alex.get("/queues/1/line").await;
    assert_eq!(left, json!({"total": 0, "items": []}));
    let line = stage.alex.get("/queues/2/line").await;
    let place = &line["items"][0];
    assert_eq!(
        (&line["total"], &place["contact_id"], &place["place"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(place["customer"]["number"], CALLER);
    assert_eq!(place["since"], contact["enqueued_at"]);
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn customer_who_is_removed_is_hung_up() {
    let stage = Stage::new().await;
    two_queues(&stage).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Piano music.").await;
    let why = json!({"why": "Prank call"});
    stage.alex.post("/contacts/1/remove", why).await;
    phone.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "admin_removed");
    stage.cloud.all_went_well().await;
}
