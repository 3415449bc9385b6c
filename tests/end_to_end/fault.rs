//! Whole calls while the Microsoft cloud loses, doubles, delays and refuses.

use crate::path::number;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};

/// From ring to board; both ways to offer, while the same fault strikes all the time.
async fn call_ends_well(fault: Value) {
    tokio::join!(ends_well("tandem", &fault), ends_well("teams", &fault));
}

async fn ends_well(offer_by: &str, fault: &Value) {
    let stage = Stage::with_floor(offer_by).await;
    // No other weather than this.
    stage.cloud.without_faults().await;
    stage.cloud.fault(fault.clone()).await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    if offer_by == "tandem" {
        ann.accept().await;
    }
    let contact = ann.has("connected").await;
    ann.hang_up(1).await;
    phone.is("ended").await;
    ann.has("wrap_up").await;
    ann.complete(contact["id"].as_u64().unwrap(), 1).await;
    let me = ann.is("available").await;
    assert_eq!(me["handled_today"], 1);
    stage.cloud.user_is(&ann.oid, "idle").await;
    let today = stage.alex.get("/board").await["today"].clone();
    let figures = ["offered", "answered", "abandoned"].map(|it| today[it].as_u64());
    assert_eq!(figures, [Some(1), Some(1), Some(0)], "{offer_by}");
    let counters = stage.cloud.get("/_emulator/counters").await;
    assert_eq!(
        (&counters["second_executions"], &counters["calls"]),
        (&json!(0), &json!(0))
    );
    let struck = stage.cloud.get("/_emulator/faults").await[0]["struck"].as_u64();
    assert!(struck > Some(0), "the fault struck");
}

#[tokio::test]
async fn call_ends_well_when_every_callback_comes_twice() {
    call_ends_well(json!({"kind": "callback_doubled", "probability": 1.0})).await;
}

#[tokio::test]
async fn call_ends_well_when_callbacks_come_late() {
    call_ends_well(json!({"kind": "callback_late", "ms": 120, "probability": 0.6})).await;
}

#[tokio::test]
async fn call_ends_well_when_callbacks_overtake_each_other() {
    call_ends_well(json!({"kind": "callback_reordered", "probability": 0.6})).await;
}

#[tokio::test]
async fn call_ends_well_when_nobody_says_that_the_agent_joined() {
    let lost = json!({"event": "AddParticipantSucceeded"});
    call_ends_well(json!({"kind": "callback_lost", "match": lost})).await;
}

#[tokio::test]
async fn call_ends_well_when_the_rosters_are_lost() {
    let lost = json!({"event": "ParticipantsUpdated"});
    call_ends_well(json!({"kind": "callback_lost", "match": lost, "probability": 1.0})).await;
}

#[tokio::test]
async fn call_ends_well_when_answers_are_lost_after_the_operation_was_carried_out() {
    let executed = json!({"kind": "status", "status": 503, "executed": true, "probability": 0.5});
    call_ends_well(executed).await;
}

#[tokio::test]
async fn call_ends_well_when_nobody_says_that_it_came_up() {
    let lost = json!({"event": "CallConnected"});
    call_ends_well(json!({"kind": "callback_lost", "match": lost})).await;
}

#[tokio::test]
async fn customer_who_left_is_known_to_have_left_although_nobody_says_that_the_call_is_over() {
    for offer_by in ["tandem", "teams"] {
        let stage = Stage::with_floor(offer_by).await;
        let lost = json!({"kind": "callback_lost", "match": {"event": "CallDisconnected"}});
        stage.cloud.fault(lost).await;
        let mut ann = stage.agent(0, "ann").await;
        let phone = stage.cloud.dial().await;
        if offer_by == "tandem" {
            ann.accept().await;
        }
        ann.has("connected").await;
        phone.hang_up().await;
        ann.has("wrap_up").await;
        stage.cloud.user_is(&ann.oid, "idle").await;
    }
}

#[tokio::test]
async fn busy_floor_serves_everybody_while_everything_goes_wrong_at_once() {
    const CALLS: u64 = 6;
    let stage = Stage::with_floor("tandem").await;
    for fault in [
        json!({"kind": "callback_doubled", "probability": 0.2}),
        json!({"kind": "callback_late", "ms": 80, "probability": 0.2}),
        json!({"kind": "callback_reordered", "probability": 0.2}),
        json!({"kind": "event_doubled", "probability": 0.5}),
        json!({"kind": "status", "status": 503, "executed": true, "probability": 0.1}),
        json!({"kind": "status", "status": 500, "probability": 0.1}),
    ] {
        stage.cloud.fault(fault).await;
    }
    let (mut ann, mut bob) = (stage.agent(0, "ann").await, stage.agent(1, "bob").await);
    let mut phones = Vec::new();
    for n in 1..=CALLS {
        phones.push(
            stage
                .cloud
                .dial_from(&format!("+1206555010{n}"), json!({}))
                .await,
        );
    }
    let all_handled = until("the last wrap-up", async || {
        let mut ended = 0;
        for contact in 1..=CALLS {
            let contact = stage.alex.find_contact(contact).await;
            ended += u64::from(contact.is_some_and(|it| it["state"] == "ended"));
        }
        (ended == CALLS).then_some(())
    });
    tokio::select! {
        () = all_handled => {}
        () = serve(&mut ann) => {}
        () = serve(&mut bob) => {}
    }
    for phone in phones {
        phone.is("ended").await;
    }
    let today = stage.alex.get("/board").await["today"].clone();
    assert_eq!(
        (&today["answered"], &today["abandoned"]),
        (&json!(CALLS), &json!(0)),
        "{today}"
    );
    let counters = stage.cloud.get("/_emulator/counters").await;
    assert_eq!(
        (&counters["second_executions"], &counters["calls"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(stage.alex.find_contact(CALLS + 1).await, None);
}

/// An agent's shift: accept, hang up, wrap up, and again.
async fn serve(desk: &mut Desk) {
    loop {
        desk.accept().await;
        let contact = number(&desk.has("connected").await);
        desk.hang_up(contact).await;
        desk.has("wrap_up").await;
        desk.complete(contact, 1).await;
        let is_over = |me: &Value| me["contacts"] == json!([]);
        desk.feed.until("the end of the contact", is_over).await;
    }
}

// B-171
#[tokio::test]
async fn throttled_answer_waits_as_told_and_is_carried_out_once_under_the_same_id() {
    let fault = json!({"kind": "status", "status": 429, "retry_after_s": 1, "match": {"operation": "AnswerCall"}});
    let (waited, counters) = answered_again(fault, 429).await;
    assert!(waited >= 1.0, "it waited {waited} s");
    assert_eq!(counters["repeats"], 0);
}

// B-171
#[tokio::test]
async fn answer_that_failed_in_passing_is_carried_out_once_under_the_same_id() {
    let fault = json!({"kind": "status", "status": 503, "match": {"operation": "AnswerCall"}});
    let (_, counters) = answered_again(fault, 503).await;
    assert_eq!(counters["repeats"], 0);
}

// B-171
#[tokio::test]
async fn answer_whose_answer_was_lost_is_carried_out_once_under_the_same_id() {
    let fault = json!({"kind": "status", "status": 503, "executed": true, "match": {"operation": "AnswerCall"}});
    let (_, counters) = answered_again(fault, 503).await;
    assert_eq!(counters["repeats"], 1);
}

/// A call whose first answer fails with this status; answers the seconds between the two, and the
/// counters.
async fn answered_again(fault: Value, status: u16) -> (f64, Value) {
    let stage = Stage::with_floor("tandem").await;
    stage.cloud.fault(fault).await;
    let phone = stage.cloud.dial().await;
    phone.hears("Hi.").await;
    let asked = stage.cloud.requests("AnswerCall").await;
    let statuses: Vec<u64> = asked
        .iter()
        .filter_map(|it| it["status"].as_u64())
        .collect();
    assert_eq!(statuses, [u64::from(status), 200]);
    let id = |n: usize| {
        asked[n]["headers"]["repeatability-request-id"]
            .as_str()
            .unwrap()
    };
    assert_eq!(id(0), id(1));
    assert_eq!(asked[0]["body"], asked[1]["body"]);
    let connected = stage.cloud.deliveries("CallConnected").await;
    assert_eq!(connected.len(), 1);
    let counters = stage.cloud.get("/_emulator/counters").await;
    assert_eq!(
        (&counters["second_executions"], &counters["calls"]),
        (&json!(0), &json!(1))
    );
    (seconds(&asked[1]) - seconds(&asked[0]), counters)
}

/// The second of the day at which a request came.
fn seconds(request: &Value) -> f64 {
    let time = request["time"].as_str().unwrap();
    let (_, time) = time.split_once('T').unwrap();
    let time = time.trim_end_matches("+00:00").trim_end_matches('Z');
    time.split(':')
        .fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap())
}
