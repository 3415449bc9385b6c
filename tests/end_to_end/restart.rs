//! The process stops in mid-call, as on SIGTERM, and another one goes on; so do browsers.

use crate::arrival::incoming_call;
use crate::path::told;
use crate::person::Desk;
use crate::stage::Stage;
use crate::token::{Signer, event_grid_claims, signed};
use crate::wait::until;
use serde_json::json;
use std::time::{Duration, Instant};
use tandem_emulator::ClockKind;

/// How long a drain may take.
const DRAIN_MAX: Duration = Duration::from_secs(10);

#[tokio::test]
async fn call_lives_on_while_the_process_is_replaced_and_can_be_hung_up_by_the_next() {
    let mut stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    let before = ann.has("connected").await;
    let began = Instant::now();
    stage.server.stop().await;
    assert!(began.elapsed() < DRAIN_MAX, "it took {:?}", began.elapsed());
    ann.feed.closed().await;
    assert_eq!(phone.look().await["state"], "in_call");
    assert_eq!(stage.cloud.user(&ann.oid).await["state"], "in_call");
    stage.server.start_again().await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    let after = ann.has("connected").await;
    assert_eq!(
        (&after["id"], &after["connected_at"]),
        (&before["id"], &before["connected_at"])
    );
    assert_eq!(after["customer"], before["customer"]);
    ann.hang_up(1).await;
    phone.is("ended").await;
    ann.has("wrap_up").await;
    ann.complete(1, 1).await;
    ann.is("available").await;
    let board = stage.alex.get("/board").await;
    assert_eq!(board["today"]["answered"], 1);
    assert_eq!(
        told(&stage.alex.contact(1).await, "ended")["detail"]["reason"],
        "handled"
    );
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn customer_who_hangs_up_while_no_process_runs_is_known_to_have_left_afterwards() {
    let mut stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    ann.has("connected").await;
    stage.server.stop().await;
    phone.hang_up().await;
    phone.is("ended").await;
    stage.server.start_again().await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    ann.has("wrap_up").await;
    stage.cloud.user_is(&ann.oid, "idle").await;
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn customer_who_waits_is_offered_by_the_next_process() {
    let mut stage = Stage::with_floor("tandem").await;
    let phone = stage.cloud.dial().await;
    phone.hears("Soft piano music.").await;
    let before = stage.alex.contact(1).await;
    stage.server.stop().await;
    assert_eq!(phone.look().await["hears"]["text"], "Soft piano music.");
    stage.server.start_again().await;
    let mut ann = stage.agent_who(0, "ann").await;
    let offer = ann.accept().await;
    assert_eq!(offer["contact_id"], 1);
    assert_eq!(offer["enqueued_at"], before["enqueued_at"]);
    ann.has("connected").await;
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn agent_who_answers_in_teams_while_no_process_runs_is_connected_afterwards() {
    let mut stage = Stage::with_floor("teams").await;
    let mut ann = stage.agent(0, "ann").await;
    stage
        .cloud
        .behaves(&ann.oid, json!({"do": "no_answer"}))
        .await;
    stage.cloud.dial().await;
    ann.offered().await;
    stage.cloud.user_is(&ann.oid, "ringing").await;
    stage.server.stop().await;
    stage.cloud.user_does(&ann.oid, "answer").await;
    stage.server.start_again().await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    ann.has("connected").await;
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn call_that_rings_while_no_process_runs_is_answered_by_the_next() {
    let mut stage = Stage::with_clock(ClockKind::Stepped).await;
    stage.floor("tandem").await;
    stage.server.stop().await;
    let phone = stage.cloud.dial().await;
    stage.server.start_again().await;
    // Event Grid tries again after ten seconds.
    stage.cloud.advance(10_000).await;
    phone.is("in_call").await;
    assert_eq!(stage.cloud.requests("AnswerCall").await.len(), 1);
}

#[tokio::test]
async fn order_that_was_under_way_is_finished_by_the_next_process_under_the_same_id() {
    let mut stage = Stage::with_floor("teams").await;
    let mut ann = stage.agent(0, "ann").await;
    stage
        .cloud
        .behaves(&ann.oid, json!({"do": "no_answer"}))
        .await;
    // Carried out, but its answer is lost, and the process is told to wait longer than it lives.
    let lost = json!({
        "kind": "status", "status": 503, "executed": true, "retry_after_s": 30,
        "match": {"operation": "AddParticipant"},
    });
    stage.cloud.fault(lost).await;
    stage.cloud.dial().await;
    ann.offered().await;
    stage.cloud.user_is(&ann.oid, "ringing").await;
    let began = Instant::now();
    stage.server.stop().await;
    assert!(began.elapsed() < DRAIN_MAX, "it took {:?}", began.elapsed());
    stage.server.start_again().await;
    let asked = until("the second request", async || {
        let asked = stage.cloud.requests("AddParticipant").await;
        (asked.len() == 2 && asked[1]["status"].is_number()).then_some(asked)
    });
    let asked = asked.await;
    let id = |n: usize| asked[n]["headers"]["repeatability-request-id"].clone();
    assert_eq!((id(0), &asked[1]["status"]), (id(1), &json!(202)));
    assert_eq!(stage.cloud.get("/_emulator/counters").await["repeats"], 1);
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    stage.cloud.user_does(&ann.oid, "answer").await;
    ann.has("connected").await;
    stage.cloud.all_went_well().await;
}

// B-172
#[tokio::test]
async fn event_that_was_taken_is_not_taken_again_by_the_next_process() {
    let mut stage = Stage::with_floor("tandem").await;
    let body = incoming_call("a-context-of-one-call").to_string();
    let token = signed(&stage.cloud, Signer::Entra, &event_grid_claims(json!({}))).await;
    let path = "/api/event-grid/contoso";
    assert_eq!(
        stage.deliver(path, Some(&token), body.clone()).await.status,
        200
    );
    stage.ended(1).await;
    stage.server.stop().await;
    stage.server.start_again().await;
    assert_eq!(stage.deliver(path, Some(&token), body).await.status, 200);
    assert_eq!(stage.alex.find_contact(2).await, None);
    assert_eq!(stage.cloud.requests("AnswerCall").await.len(), 1);
}

#[tokio::test]
async fn process_that_dies_in_mid_call_is_followed_by_one_that_goes_on() {
    let mut stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    let before = ann.has("connected").await;
    stage.server.die().await;
    stage.server.start_again().await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    let after = ann.has("connected").await;
    assert_eq!(
        (&after["id"], &after["connected_at"]),
        (&before["id"], &before["connected_at"])
    );
    phone.hang_up().await;
    ann.has("wrap_up").await;
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn browser_that_goes_away_leaves_the_customer_connected_and_finds_the_same_contact_again() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    let before = ann.has("connected").await;
    let Desk {
        person,
        feed,
        id,
        oid,
    } = ann;
    feed.vanish();
    let person = person.sign_in("ann").await;
    assert_eq!(phone.look().await["state"], "in_call");
    let feed = person.watch("me").await;
    let mut ann = Desk {
        person,
        feed,
        id,
        oid,
    };
    let after = ann.has("connected").await;
    assert_eq!(
        (&after["id"], &after["connected_at"]),
        (&before["id"], &before["connected_at"])
    );
    assert_eq!(ann.feed.picture["agent"]["state"], "on_contact");
    assert_eq!(stage.cloud.user(&ann.oid).await["state"], "in_call");
    ann.hang_up(1).await;
    phone.is("ended").await;
    ann.has("wrap_up").await;
}
