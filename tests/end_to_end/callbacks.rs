//! Callbacks over the wire: a caller books one in a flow, hangs up, and is called when an agent has time (B-016).

use crate::cloud::{CALLER, Cloud};
use crate::path::told;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tandem_emulator::defaults;
use tandem_server::engine::{Clock, SteppedClock, SystemClock};

/// A floor whose flow books a callback at once, and whose queue calls North America back.
async fn floor() -> Stage {
    let stage = Stage::with_floor("tandem").await;
    furnish(&stage, book_at_once()).await;
    stage
}

/// The queue calls North America back, and the flow is this.
async fn furnish(stage: &Stage, mut nodes: Vec<Value>) {
    let queue = stage.alex.get("/queues/1").await;
    let fields = json!({
        "calling_out": {"endpoint_id": 1, "countries": ["1"], "ring_s": 30},
        "callbacks": {"attempts": 2, "busy_s": 60},
    });
    stage.alex.change("/queues/1", &queue, fields).await;
    let flow = stage.alex.get("/flows/1").await;
    let start = nodes[0]["id"].clone();
    nodes.extend([
        json!({"id": "bye", "kind": "message", "prompt": {"text": "We call you back."}}),
        json!({"id": "sorry", "kind": "message", "prompt": {"text": "Please call again."}}),
    ]);
    let fields = json!({"start": start, "nodes": nodes});
    stage.alex.change("/flows/1", &flow, fields).await;
}

fn book_at_once() -> Vec<Value> {
    vec![json!({
        "id": "book", "kind": "callback", "queue_id": 1, "when": "asap",
        "booked": "bye", "refused": "sorry",
    })]
}

/// Whoever waits is asked for a key, which trades the place for a callback.
fn book_by_key() -> Vec<Value> {
    let key = json!({
        "key": "1", "prompt": {"text": "Press 1 to be called back."},
        "first_s": 1, "every_s": 60, "next": "book",
    });
    vec![
        json!({
            "id": "wait", "kind": "queue", "queue_id": 1, "timeout": "sorry", "full": "sorry",
            "key": key,
        }),
        json!({
            "id": "book", "kind": "callback", "queue_id": 1, "when": "virtual_hold",
            "booked": "bye", "refused": "sorry",
        }),
    ]
}

/// How often the service called the customer's phone.
async fn n_dialed(cloud: &Cloud) -> usize {
    let calls = cloud.get("/_emulator/pstn-calls").await;
    let calls = calls.as_array().unwrap().iter();
    calls.filter(|it| it["to"] == CALLER).count()
}

/// The orders of an operation that were given, each under its key, however often they were sent.
async fn orders(cloud: &Cloud, operation: &str) -> BTreeSet<String> {
    let sent = cloud.requests(operation).await;
    let key = |it: &Value| it["headers"]["repeatability-request-id"].to_string();
    sent.iter().map(key).collect()
}

/// Waits until a state of the book is this; answers the callback.
async fn booked(stage: &Stage, state: &str) -> Value {
    let look = async || {
        let book = stage.alex.get("/callbacks").await;
        Some(book["items"][0].clone()).filter(|it| it["state"] == state)
    };
    until(&format!("a callback that is {state}"), look).await
}

/// The process ends without a word and another one goes on; the agent's screen is opened again.
async fn dies(stage: &mut Stage, agent: Desk) -> Desk {
    stage.server.die().await;
    stage.server.start_again().await;
    let feed = agent.person.watch("me").await;
    Desk { feed, ..agent }
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

// B-016, R-21
#[tokio::test]
async fn caller_who_presses_the_key_and_hangs_up_is_called_when_the_turn_comes() {
    let stage = Stage::with_floor("tandem").await;
    furnish(&stage, book_by_key()).await;
    let script = json!({"script": [
        {"do": "digits", "keys": "1", "after_ms": 20},
        {"do": "await_prompt", "says": "We call you back.", "moment": "start"},
        {"do": "leave"},
    ]});
    let first = stage.cloud.dial_from(CALLER, script).await;
    first.is("in_call").await;
    let stays = stage.cloud.dial_from("+12065550177", json!({})).await;
    stays.is("in_call").await;
    first.is("ended").await;
    let story = stage.ended(1).await;
    assert_eq!(
        told(&story, "ended")["detail"]["reason"],
        "callback_converted"
    );
    let callback = booked(&stage, "due").await;
    assert_eq!(callback["kind"], "virtual_hold");
    let mut ann = stage.agent_who(0, "ann").await;
    // The one who hung up entered before the one who stayed.
    let offer = ann.accept().await;
    assert_eq!(offer["customer"]["number"], CALLER);
    let talks = ann.has("connected").await;
    assert_eq!(talks["customer"]["number"], CALLER);
    assert_eq!(n_dialed(&stage.cloud).await, 1);
    ann.hang_up(talks["id"].as_u64().unwrap()).await;
    ann.has("wrap_up").await;
    ann.complete(talks["id"].as_u64().unwrap(), 1).await;
    let offer = ann.offered().await;
    assert_eq!(offer["contact_id"], 2, "{offer:#}");
    stage.cloud.all_went_well().await;
}

/// The process dies while the agent's client rings and while the customer's phone does, in an attempt that comes to
/// nothing; the next attempt is another call.
// B-016, R-21.8
#[tokio::test]
async fn customer_is_dialed_once_for_each_attempt_although_the_process_dies_in_it() {
    let clock = Arc::new(SteppedClock::at(SystemClock::default().now()));
    let mut stage = Stage::with_time(Arc::clone(&clock)).await;
    stage.floor("tandem").await;
    furnish(&stage, book_at_once()).await;
    let habit = json!({"behaviour": {"do": "busy", "after_ms": 2_500}});
    stage.cloud.phone_behaves(CALLER, habit).await;
    let phone = stage.cloud.dial_from(CALLER, json!({})).await;
    phone.is("ended").await;
    booked(&stage, "due").await;
    let mut ann = stage.agent_who(0, "ann").await;
    let late = json!({"do": "answer", "after_ms": 2_500});
    stage.cloud.behaves(&ann.oid, late).await;
    ann.accept().await;
    stage.cloud.user_is(&ann.oid, "ringing").await;
    ann = dies(&mut stage, ann).await;
    let look = async || (n_dialed(&stage.cloud).await > 0).then_some(());
    until("the customer's phone", look).await;
    ann = dies(&mut stage, ann).await;
    let callback = booked(&stage, "booked").await;
    assert_eq!(
        (&callback["why"], &callback["attempts"]),
        (&json!("busy"), &json!(1))
    );
    assert_eq!(n_dialed(&stage.cloud).await, 1);

    let habit = json!({"behaviour": {"do": "answer", "after_ms": 20}});
    stage.cloud.phone_behaves(CALLER, habit).await;
    clock.advance(Duration::from_secs(61));
    ann.accept().await;
    let talks = ann.has("connected").await;
    assert_ne!(talks["id"], callback["contact_id"], "an attempt of its own");
    assert_eq!(n_dialed(&stage.cloud).await, 2);
    for operation in ["CreateCall", "AddParticipant"] {
        let orders = orders(&stage.cloud, operation).await;
        assert_eq!(
            orders.len(),
            2,
            "{operation}: one for each attempt: {orders:?}"
        );
    }
    let created = stage.cloud.requests("CreateCall").await;
    let from = &created[0]["body"]["teamsAppSource"]["appId"];
    assert_eq!(from, defaults::RESOURCE_ACCOUNT);
    let ended = stage.alex.get("/callbacks?of=ended").await;
    let done = &ended["items"][0];
    assert_eq!(
        (&done["state"], &done["attempts"]),
        (&json!("done"), &json!(2))
    );
    stage.cloud.all_went_well().await;
}

/// How many have to be answered out of the line before a queue says what its waits are, and some to spare.
const LESSONS: u64 = 16;

/// A queue that has learned its waits: callers waited for ann, each behind others, and she talks to the last one.
async fn learned() -> (Stage, Desk, u64) {
    let stage = Stage::with_floor("tandem").await;
    let queue = stage.alex.get("/queues/1").await;
    let words = |text: &str| json!({"text": text});
    let fields = json!({
        "wrap_up": {"mode": "none"},
        "calling_out": {"endpoint_id": 1, "countries": ["1"], "ring_s": 30},
        "callbacks": {"customer_first": {
            "greeting": words("You asked us to call you back."),
            "nobody_free": words("Nobody is free. We call you again."),
            "wait_s": 60,
        }},
    });
    stage.alex.change("/queues/1", &queue, fields).await;
    let mut ann = stage.agent(0, "ann").await;
    for contact in 1..=3 {
        joins_the_line(&stage, contact).await;
    }
    let last = LESSONS + 3;
    for contact in 1..last {
        talks(&mut ann, contact).await;
        if contact <= LESSONS {
            joins_the_line(&stage, contact + 3).await;
        }
        ann.hang_up(contact).await;
    }
    talks(&mut ann, last).await;
    (stage, ann, last)
}

/// Somebody calls, and waits or is put to an agent.
async fn joins_the_line(stage: &Stage, contact: u64) {
    let from = format!("+120655502{contact:02}");
    stage.cloud.dial_from(&from, json!({})).await;
    let look = async || {
        let found = stage.alex.find_contact(contact).await?;
        let state = found["state"].as_str()?.to_owned();
        ["queued", "offering"]
            .contains(&state.as_str())
            .then_some(())
    };
    until("somebody in the line", look).await;
}

/// ann takes the contact that is put to her.
async fn talks(ann: &mut Desk, contact: u64) {
    let is_it = |me: &Value| me["offers"][0]["contact_id"] == contact;
    let me = ann.feed.until("the next one", is_it).await;
    let path = format!("/offers/{}/accept", me["offers"][0]["id"]);
    ann.person.post(&path, json!({})).await;
    let talks = |me: &Value| {
        let held = &me["contacts"][0];
        held["id"] == contact && held["state"] == "connected"
    };
    ann.feed.until("the conversation", talks).await;
}

// and one call is one, although the process dies while the phone rings.
#[tokio::test]
async fn customer_who_is_called_before_an_agent_is_free_hears_who_calls_and_talks_to_the_next_one()
{
    let (mut stage, ann, last) = learned().await;
    let habit = json!({"behaviour": {"do": "answer", "after_ms": 3_000}});
    stage.cloud.phone_behaves(CALLER, habit).await;
    let wish = json!({"queue_id": 1, "number": CALLER});
    stage.alex.create("/callbacks", wish).await;
    booked(&stage, "dialing").await;
    let look = async || (n_dialed(&stage.cloud).await > 0).then_some(());
    until("the customer's phone", look).await;
    let mut ann = dies(&mut stage, ann).await;
    let heard = async || {
        let calls = stage.cloud.get("/_emulator/pstn-calls").await;
        let mut calls = calls.as_array()?.iter();
        let own = calls.find(|it| it["to"] == CALLER)?;
        let text = own["hears"]["text"].as_str()?;
        text.starts_with("You asked us").then_some(())
    };
    until("the greeting", heard).await;
    ann.hang_up(last).await;
    let offer = ann.accept().await;
    assert_eq!(offer["customer"]["number"], CALLER);
    let talks = |me: &Value| {
        let contact = &me["contacts"][0];
        contact["state"] == "connected" && contact["customer"]["number"] == CALLER
    };
    ann.feed.until("the customer", talks).await;
    assert_eq!(n_dialed(&stage.cloud).await, 1);
    assert_eq!(orders(&stage.cloud, "CreateCall").await.len(), 1);
    let created = stage.cloud.requests("CreateCall").await;
    let body = &created[0]["body"];
    assert_eq!(body["targets"][0]["phoneNumber"]["value"], CALLER);
    assert_eq!(body["teamsAppSource"]["appId"], defaults::RESOURCE_ACCOUNT);
    let figures = stage.alex.get("/callbacks/figures").await;
    let all = ["called_early", "answered_early", "connected", "nobody_free"];
    let all = all.map(|it| figures["all"][it].as_u64());
    assert_eq!(all, [Some(1), Some(1), Some(1), Some(0)]);
    let ended = stage.alex.get("/callbacks?of=ended").await;
    assert_eq!(ended["items"][0]["state"], "done");
    stage.cloud.all_went_well().await;
}
