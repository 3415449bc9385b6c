//! Callbacks over the wire: a caller books one in a flow, hangs up, and is called when an agent has time (B-016).

use crate::cloud::CALLER;
use crate::path::told;
use crate::stage::Stage;
use serde_json::{Value, json};

/// A floor whose flow books a callback at once, and whose queue calls North America back.
async fn floor() -> Stage {
    let stage = Stage::with_floor("tandem").await;
    let queue = stage.alex.get("/queues/1").await;
    let fields = json!({
        "calling_out": {"endpoint_id": 1, "countries": ["1"], "ring_s": 30},
        "callbacks": {"attempts": 2},
    });
    stage.alex.change("/queues/1", &queue, fields).await;
    let flow = stage.alex.get("/flows/1").await;
    let nodes = json!([
        {"id": "book", "kind": "callback", "queue_id": 1, "when": "asap", "booked": "bye", "refused": "sorry"},
        {"id": "bye", "kind": "message", "prompt": {"text": "We call you back."}},
        {"id": "sorry", "kind": "message", "prompt": {"text": "Please call again."}},
    ]);
    let fields = json!({"start": "book", "nodes": nodes});
    stage.alex.change("/flows/1", &flow, fields).await;
    stage
}

// B-016, R-21
#[tokio::test]
async fn caller_who_books_is_called_back_by_the_agent_who_takes_the_attempt() {
    let stage = floor().await;
    let phone = stage.cloud.dial_from(CALLER, json!({})).await;
    phone.hears("We call you back.").await;
    phone.is("ended").await;
    let story = stage.ended(1).await;
    let reason = &told(&story, "ended")["detail"]["reason"];
    assert_eq!(*reason, "callback_converted");
    let book = stage.alex.get("/callbacks").await;
    assert_eq!(book["items"][0]["customer"]["number"], CALLER);
    assert_eq!(book["items"][0]["from_contact_id"], 1);
    let mut ann = stage.seated(0, "ann").await;
    ann.wants("ready").await;
    ann.offered().await;
    ann.accept().await;
    let view = ann.has("connected").await;
    assert_eq!(view["direction"], "outbound");
    assert_eq!(view["customer"]["number"], CALLER);
    let added = stage.cloud.requests("AddParticipant").await;
    assert_eq!(added.len(), 1, "{added:#?}");
    let body = &added[0]["body"];
    assert_eq!(body["participantToAdd"]["phoneNumber"]["value"], CALLER);
    let book = stage.alex.get("/callbacks?of=ended").await;
    assert_eq!(book["items"][0]["state"], "done");
    let figures = stage.alex.get("/callbacks/figures").await;
    let all = ["requested", "attempted", "connected", "promise_kept"];
    let all = all.map(|it| figures["all"][it].as_u64());
    assert_eq!(all, [Some(1); 4]);
    assert_eq!(
        stage.alex.get("/callbacks").await["items"],
        Value::Array(Vec::new())
    );
}
