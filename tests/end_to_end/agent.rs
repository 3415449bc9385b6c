//! An agent is brought into the call as a Teams Phone user (B-181), and what follows when that fails.

use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};
use tandem_emulator::{ClockKind, defaults};

// B-181
#[tokio::test]
async fn agent_is_added_as_an_extension_user_and_word_comes_back_with_the_context() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    stage.cloud.dial().await;
    ann.accept().await;
    ann.has("connected").await;
    let asked = asked_to_add(&stage).await;
    let user = &asked["participantToAdd"];
    assert_eq!(user["kind"], "teamsExtensionUser");
    let identity = &user["teamsExtensionUser"];
    assert_eq!(identity["userId"], ann.oid);
    assert_eq!(identity["tenantId"], defaults::TENANT);
    assert_eq!(identity["resourceId"], defaults::ACS_RESOURCE);
    assert_eq!(asked["invitationTimeoutInSeconds"], 60);
    let context = asked["operationContext"].as_str().unwrap();
    assert!(context.starts_with("addParticipantAsync"), "{context}");
    assert_eq!(came_back(&stage, "AddParticipantSucceeded").await, context);
    stage.cloud.all_went_well().await;
}

// B-181
#[tokio::test]
async fn agent_who_cannot_be_rung_is_not_ready_and_the_contact_waits_on() {
    let stage = Stage::with_floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    stage.cloud.take_license(&ann.oid).await;
    let phone = stage.cloud.dial().await;
    let offer = ann.accept().await;
    let me = ann.is("not_ready").await;
    assert_eq!(me["contacts"], json!([]));
    let context = asked_to_add(&stage).await["operationContext"].clone();
    assert_eq!(came_back(&stage, "AddParticipantFailed").await, context);
    let contact = stage
        .alex
        .contact(offer["contact_id"].as_u64().unwrap())
        .await;
    assert_eq!(contact["state"], "queued");
    assert_eq!(
        told(&contact, "offer_ended")["detail"]["why"],
        "ring_failed"
    );
    phone.hears("Soft piano music.").await;
}

// B-181, R-07
#[tokio::test]
async fn contact_keeps_its_place_when_teams_is_not_answered_in_60_s_and_the_agent_is_not_ready() {
    let stage = Stage::with_clock(ClockKind::Stepped).await;
    stage.floor("tandem").await;
    let mut ann = stage.agent(0, "ann").await;
    stage
        .cloud
        .behaves(&ann.oid, json!({"do": "no_answer"}))
        .await;
    let first = stage.cloud.dial().await;
    let offer = advancing(&stage, async || {
        ann.feed.glance().await;
        Some(ann.feed.picture["offers"][0].clone()).filter(Value::is_object)
    });
    let offer = offer.await;
    let (contact, second) = (
        offer["contact_id"].as_u64().unwrap(),
        stage.cloud.dial().await,
    );
    advancing(&stage, async || {
        let heard = second.look().await["hears"]["text"] == "Soft piano music.";
        heard.then_some(())
    })
    .await;
    ann.accept().await;
    stage.cloud.user_is(&ann.oid, "ringing").await;
    ann.is("connecting").await;
    stage.cloud.advance(59_000).await;
    assert_eq!(
        stage.cloud.deliveries("AddParticipantFailed").await,
        [] as [Value; 0]
    );
    stage.cloud.advance(1_000).await;
    let context = asked_to_add(&stage).await["operationContext"].clone();
    assert_eq!(came_back(&stage, "AddParticipantFailed").await, context);
    let me = ann.is("not_ready").await;
    assert_eq!(me["agent"]["missed_offer"], true);
    assert_eq!(stage.alex.contact(contact).await["state"], "queued");
    // The one who came first is still the first.
    let mut bob = stage.seated(1, "bob").await;
    bob.wants("ready").await;
    assert_eq!(bob.offered().await["contact_id"], contact);
    assert_eq!(first.look().await["state"], "in_call");
}

//
#[tokio::test]
async fn agent_who_lets_an_offer_run_out_is_not_ready_and_the_next_one_gets_the_contact() {
    let stage = Stage::with_floor("tandem").await;
    let queue = stage.alex.get("/queues/1").await;
    stage
        .alex
        .change("/queues/1", &queue, json!({"offer_timeout_s": 5}))
        .await;
    let mut ann = stage.agent(0, "ann").await;
    let mut bob = stage.agent(1, "bob").await;
    stage.cloud.dial().await;
    let missed = ann.offered().await;
    let me = ann.is("not_ready").await;
    assert_eq!(
        (&me["agent"]["missed_offer"], &me["offers"]),
        (&json!(true), &json!([]))
    );
    let offer = bob.accept().await;
    assert_eq!(offer["contact_id"], missed["contact_id"]);
    assert_eq!(offer["enqueued_at"], missed["enqueued_at"]);
    bob.has("connected").await;
    assert_eq!(stage.cloud.user(&ann.oid).await["state"], "idle");
    stage.cloud.all_went_well().await;
}

/// The one request to add somebody.
async fn asked_to_add(stage: &Stage) -> Value {
    let asked = stage.cloud.requests("AddParticipant").await;
    assert_eq!(asked.len(), 1, "{asked:#?}");
    assert_eq!(asked[0]["status"], 202, "{:#}", asked[0]);
    asked[0]["body"].clone()
}

/// The context of the one event of this kind, which was acknowledged.
async fn came_back(stage: &Stage, event: &str) -> Value {
    let all = stage.cloud.deliveries(event).await;
    assert_eq!((all.len(), &all[0]["status"]), (1, &json!(200)), "{all:#?}");
    all[0]["data"]["operationContext"].clone()
}

/// Lets the stepped cloud go on until there is something.
pub(crate) async fn advancing<T>(stage: &Stage, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let step = async || {
        stage.cloud.advance(50).await;
        look().await
    };
    until("what the stepped cloud leads to", step).await
}
