//! The path of a call, whole: ring, greeting, queue, offer, conversation, hang-up, wrap-up, board.

use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn call_offered_in_tandem_is_counted_on_the_board_after_the_customer_hung_up() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.seated(0, "ann").await;
    ann.wants("ready").await;
    let phone = stage.cloud.dial().await;
    phone.hears("Hi.").await;
    let offer = ann.offered().await;
    assert_eq!(offer["mode"], "tandem");
    phone.hears("Soft piano music.").await;
    assert_eq!(stage.cloud.user(&ann.oid).await["state"], "idle");
    ann.accept().await;
    let contact = talk(&stage, &mut ann).await;
    phone.hears_nothing().await;
    phone.hang_up().await;
    wrap_up(&stage, &mut ann, &contact).await;
    counted(&stage, &contact, "customer").await;
}

#[tokio::test]
async fn call_that_rings_in_teams_is_counted_after_the_agent_hung_up_in_tandem() {
    let stage = Stage::with_floor("teams").await;
    let mut ann = stage.agent(0, "ann").await;
    stage
        .cloud
        .behaves(&ann.oid, json!({"do": "no_answer"}))
        .await;
    let phone = stage.cloud.dial().await;
    let offer = ann.offered().await;
    assert_eq!(offer["mode"], "teams");
    let path = format!("/offers/{}/accept", offer["id"]);
    let (status, refused) = ann.person.asks(Method::POST, &path, Some(json!({}))).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (409, &json!("answer_in_teams"))
    );
    stage.cloud.user_is(&ann.oid, "ringing").await;
    stage.cloud.user_does(&ann.oid, "answer").await;
    let contact = talk(&stage, &mut ann).await;
    ann.hang_up(number(&contact)).await;
    phone.is("ended").await;
    wrap_up(&stage, &mut ann, &contact).await;
    counted(&stage, &contact, "agent").await;
}

#[tokio::test]
async fn call_is_over_for_the_customer_when_the_agent_hangs_up_in_teams() {
    for offer_by in ["tandem", "teams"] {
        let stage = Stage::with_floor(offer_by).await;
        let mut ann = stage.agent(0, "ann").await;
        let phone = stage.cloud.dial().await;
        if offer_by == "tandem" {
            ann.accept().await;
        }
        let contact = talk(&stage, &mut ann).await;
        stage.cloud.user_does(&ann.oid, "hang-up").await;
        phone.is("ended").await;
        wrap_up(&stage, &mut ann, &contact).await;
        counted(&stage, &contact, "agent").await;
    }
}

#[tokio::test]
async fn declined_call_goes_to_the_next_agent_whoever_declined_where() {
    for offer_by in ["tandem", "teams"] {
        let stage = Stage::with_floor(offer_by).await;
        let mut ann = stage.agent(0, "ann").await;
        let mut bob = stage.agent(1, "bob").await;
        let decline = json!({"do": "decline", "after_ms": 20});
        stage.cloud.behaves(&ann.oid, decline).await;
        let phone = stage.cloud.dial().await;
        let offer = ann.offered().await;
        if offer_by == "tandem" {
            let path = format!("/offers/{}/decline", offer["id"]);
            ann.person.post(&path, json!({})).await;
            bob.accept().await;
        }
        talk(&stage, &mut bob).await;
        // Whoever declines stays ready.
        ann.is("available").await;
        phone.hang_up().await;
        bob.has("wrap_up").await;
        stage.cloud.all_went_well().await;
    }
}

#[tokio::test]
async fn customer_who_gives_up_while_the_agent_is_rung_leaves_nobody_in_the_call() {
    let stage = Stage::with_floor("teams").await;
    let mut ann = stage.agent(0, "ann").await;
    stage
        .cloud
        .behaves(&ann.oid, json!({"do": "no_answer"}))
        .await;
    let phone = stage.cloud.dial().await;
    let offer = ann.offered().await;
    stage.cloud.user_is(&ann.oid, "ringing").await;
    phone.hang_up().await;
    ann.is("available").await;
    stage.cloud.user_is(&ann.oid, "idle").await;
    let contact = offer["contact_id"].as_u64().unwrap();
    let contact = stage.alex.contact(contact).await;
    let ended = told(&contact, "ended");
    assert_eq!(
        ended["detail"]["reason"], "abandoned_ringing",
        "{contact:#}"
    );
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn customer_who_leaves_early_is_counted_by_how_far_the_call_was() {
    let stage = Stage::with_floor("tandem").await;
    let queue = stage.alex.get("/queues/1").await;
    stage
        .alex
        .change("/queues/1", &queue, json!({"short_abandon_s": 0}))
        .await;
    // Told to wait, so that the customer has gone when the answer is tried again.
    let throttled = json!({"kind": "status", "status": 429, "retry_after_s": 1, "match": {"operation": "AnswerCall"}});
    stage.cloud.fault(throttled).await;
    let ringing = stage.cloud.dial().await;
    until("the throttled answer", async || {
        let asked = stage.cloud.requests("AnswerCall").await;
        (asked.first()?["status"] == 429).then_some(())
    })
    .await;
    ringing.hang_up().await;
    ended_as(&stage, 1, "error_media").await;
    let greeted = stage.cloud.dial().await;
    greeted.hears("Hi.").await;
    greeted.hang_up().await;
    ended_as(&stage, 2, "abandoned_flow").await;
    let queued = stage.cloud.dial().await;
    queued.hears("Soft piano music.").await;
    queued.hang_up().await;
    ended_as(&stage, 3, "abandoned_queue").await;
    let today = stage.alex.get("/board").await["today"].clone();
    assert_eq!(today["abandoned"], 1, "{today}");
    stage.cloud.all_went_well().await;
}

async fn ended_as(stage: &Stage, contact: u64, reason: &str) {
    let ended = stage.ended(contact);
    let ended = ended.await;
    assert_eq!(
        told(&ended, "ended")["detail"]["reason"],
        reason,
        "{ended:#}"
    );
}

pub(crate) fn number(contact: &Value) -> u64 {
    contact["id"].as_u64().unwrap()
}

/// The line of a contact's timeline with this code.
pub(crate) fn told(contact: &Value, what: &str) -> Value {
    let timeline = contact["timeline"].as_array().unwrap();
    let line = timeline.iter().find(|it| it["what"] == what);
    line.unwrap_or_else(|| panic!("no {what} in {timeline:#?}"))
        .clone()
}

/// Waits until customer and agent talk, in Tandem and in Teams; answers the contact.
async fn talk(stage: &Stage, desk: &mut Desk) -> Value {
    let contact = desk.has("connected").await;
    desk.is("on_contact").await;
    assert_eq!(contact["customer"]["number"], crate::cloud::CALLER);
    stage.cloud.user_is(&desk.oid, "in_call").await;
    contact
}

/// Nobody is in the call any more, and the agent says what came of it.
async fn wrap_up(stage: &Stage, desk: &mut Desk, contact: &Value) {
    desk.has("wrap_up").await;
    stage.cloud.user_is(&desk.oid, "idle").await;
    let path = format!("/contacts/{}/wrap-up/complete", contact["id"]);
    let (status, refused) = desk.person.asks(Method::POST, &path, Some(json!({}))).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (409, &json!("disposition_needed"))
    );
    desk.complete(number(contact), 1).await;
    let me = desk.is("available").await;
    assert_eq!(me["handled_today"], 1);
}

/// The board and the contact's story say what was.
async fn counted(stage: &Stage, contact: &Value, ended_by: &str) {
    let board = stage.alex.get("/board").await;
    let today = &board["today"];
    let figures = ["offered", "answered", "abandoned"].map(|it| today[it].as_u64());
    assert_eq!(figures, [Some(1), Some(1), Some(0)], "{board:#}");
    assert_eq!(board["queues"][0]["answered"], 1);
    assert_eq!(board["headlines"]["service_level"]["percent"], 100);
    let contact = stage.alex.contact(number(contact)).await;
    assert_eq!(contact["state"], "ended");
    assert_eq!(
        told(&contact, "conversation_ended")["detail"]["by"],
        ended_by
    );
    assert_eq!(told(&contact, "wrap_up_ended")["detail"]["disposition"], 1);
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "handled");
    stage.cloud.all_went_well().await;
}
