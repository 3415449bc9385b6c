//! The story of a contact (B-001), over the wire: through two menus, by a transfer from one agent to another, and
//! after the process was killed.

use crate::cloud::CALLER;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};

/// 1, then 3, then the queue.
fn nodes() -> Value {
    let menu = |id: &str, key: &str, next: &str| {
        json!({"id": id, "kind": "menu", "prompt": {"text": format!("Press {key}.")},
            "timeout_s": 5, "retries": 1,
            "choices": [{"key": key, "label": "Further", "next": next}],
            "no_input": "end", "invalid": "end", "failed": "end"})
    };
    json!([
        menu("first", "1", "second"),
        menu("second", "3", "wait"),
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ])
}

async fn with_menus() -> Stage {
    let stage = Stage::new().await;
    let wrap_up = json!({"mode": "required", "seconds": 0});
    let queue = json!({"name": "Service", "music": "Soft piano music.", "wrap_up": wrap_up});
    stage.alex.create("/queues", queue).await;
    let disposition = json!({"label": "Sold", "queue_ids": [1]});
    stage.alex.create("/dispositions", disposition).await;
    stage.flow(nodes()).await;
    stage
}

/// A customer presses 1 and 3, talks to ann and, by a transfer, to bob; answers the contact.
async fn transferred(stage: &Stage) -> u64 {
    let mut ann = stage.agent(0, "ann").await;
    let step = |key: &str| json!({"do": "digits", "keys": key, "after_ms": 20});
    let script = json!({"script": [step("1"), step("3")]});
    let phone = stage.cloud.dial_from(CALLER, script).await;
    ann.accept().await;
    let contact = ann.has("connected").await["id"].as_u64().unwrap();
    let mut bob = stage.agent(1, "bob").await;
    let behaviour = json!({"do": "answer", "after_ms": 20});
    stage.cloud.behaves(&bob.oid, behaviour).await;
    let path = format!("/contacts/{contact}/transfer");
    ann.person.post(&path, json!({"agent_id": bob.id})).await;
    bob.has("connected").await;
    ann.is("wrap_up").await;
    ann.complete(contact, 1).await;
    phone.hang_up().await;
    bob.is("wrap_up").await;
    bob.complete(contact, 1).await;
    contact
}

/// The row of a contact that is over, as the list has it.
async fn listed(stage: &Stage, contact: u64) -> Value {
    let look = async || {
        let page = stage.alex.get("/contacts?open=false").await;
        let rows = page["contacts"].as_array()?;
        rows.iter().find(|it| it["id"] == contact).cloned()
    };
    until("the contact in the list", look).await
}

fn lane<'a>(story: &'a Value, lane: &str, name: &str) -> &'a Value {
    let mut lanes = story["lanes"].as_array().unwrap().iter();
    let found = lanes.find(|it| it["lane"] == lane && it["name"] == name);
    found.unwrap_or_else(|| panic!("no lane {lane} {name} in {story:#}"))
}

/// Spans without length are none: where the clock stands still, some of them are not there.
fn in_order<T: AsRef<str>>(seen: &[T], whole: &[&str]) {
    let seen: Vec<&str> = seen.iter().map(AsRef::as_ref).collect();
    let mut rest = whole.iter();
    assert!(seen.iter().all(|it| rest.any(|of| of == it)), "{seen:?}");
    assert!(!seen.is_empty());
}

fn whats(lane: &Value, of: &str) -> Vec<String> {
    let told = lane[of].as_array().unwrap().iter();
    told.map(|it| it["what"].as_str().unwrap().to_owned())
        .collect()
}

// B-001
#[tokio::test]
async fn report_of_a_call_shows_its_path_through_the_menus_and_every_agent() {
    let stage = with_menus().await;
    let contact = transferred(&stage).await;
    let row = listed(&stage, contact).await;
    assert_eq!(row["menu"], json!(["1", "3"]));
    let agents: Vec<_> = row["agents"].as_array().unwrap().iter().collect();
    let names: Vec<_> = agents.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["Agent ann", "Agent bob"]);
    assert_eq!(row["transfers"], 1);
    assert_eq!(row["end_reason"], "handled");
    assert_eq!(row["customer"]["number"], CALLER);
    let told = stage.alex.contact(contact).await;
    let story = &told["story"];
    let flow = lane(story, "flow", "Main");
    let choices = flow["marks"].as_array().unwrap().iter();
    let choices = choices.filter(|it| it["what"] == "menu_choice");
    let keys: Vec<_> = choices.map(|it| &it["detail"]["key"]).collect();
    assert_eq!(keys, ["1", "3"]);
    let of_ann = whats(lane(story, "agent", "Agent ann"), "spans");
    in_order(
        &of_ann,
        &["offered", "ringing", "talking", "on_hold", "wrap_up"],
    );
    let of_bob = whats(lane(story, "agent", "Agent bob"), "spans");
    in_order(&of_bob, &["ringing", "talking", "wrap_up"]);
    assert!(story["until"].is_string());
    let sums = stage.alex.get("/contacts/summary?open=false").await;
    assert_eq!(
        (&sums["contacts"], &sums["talk_s"]),
        (&json!(1), &row["talk_s"])
    );
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn history_is_whole_and_without_doubles_after_the_process_was_killed() {
    let mut stage = with_menus().await;
    let contact = transferred(&stage).await;
    // Killed without waiting for the history: it goes on where it was.
    stage.server.die().await;
    stage.server.start_again().await;
    let row = listed(&stage, contact).await;
    assert_eq!(row["menu"], json!(["1", "3"]));
    assert_eq!(row["agents"].as_array().unwrap().len(), 2);
    let page = stage.alex.get("/contacts").await;
    assert_eq!(page["count"], json!({"exact": true, "n": 1}));
    let told = stage.alex.contact(contact).await;
    assert_eq!(told["story"]["lanes"][0]["lane"], "customer");
    stage.server.die().await;
    stage.server.start_again().await;
    assert_eq!(listed(&stage, contact).await, row);
}
