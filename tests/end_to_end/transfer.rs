//! Hold, consultation, transfer and tones over the wire: what the agents do at their desks, and what the
//! phones hear and receive.

use crate::cloud::CALLER;
use crate::path::told;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};

/// The colleague's queue.
const SALES: u64 = 2;
const OUTSIDE: &str = "+14255550177";

/// ann talks to a customer, and bob is ready.
async fn conversation(stage: &Stage) -> (Desk, Desk, u64) {
    let mut ann = stage.agent(0, "ann").await;
    let wrap_up = json!({"mode": "none", "seconds": 0});
    let sales = json!({"name": "Sales", "wrap_up": wrap_up});
    stage.alex.create("/queues", sales).await;
    stage.cloud.dial().await;
    ann.accept().await;
    let contact = ann.has("connected").await;
    let bob = stage.agent(1, "bob").await;
    (ann, bob, contact["id"].as_u64().unwrap())
}

async fn does(desk: &Desk, contact: u64, what: &str, body: Value) {
    desk.person
        .post(&format!("/contacts/{contact}/{what}"), body)
        .await;
}

/// What a desk is refused.
async fn refused(desk: &Desk, contact: u64, what: &str, body: Value) -> Value {
    let path = format!("/contacts/{contact}/{what}");
    let (status, problem) = desk.person.asks(Method::POST, &path, Some(body)).await;
    assert!(status.is_client_error(), "{status} {problem:#}");
    problem
}

/// Waits until the conversation of a desk's contact is like this.
async fn talk(desk: &mut Desk, what: &'static str, is_it: impl Fn(&Value) -> bool) -> Value {
    let me = desk
        .feed
        .until(what, |me| is_it(&me["contacts"][0]["conversation"]));
    me.await["contacts"][0].clone()
}

/// Waits until a transfer came to an end; answers the contact.
async fn transfer_ended(stage: &Stage, contact: u64) -> Value {
    let look = async || {
        let story = stage.alex.contact(contact).await;
        let timeline = story["timeline"].as_array()?;
        let is_over = timeline.iter().any(|it| it["what"] == "transfer_ended");
        is_over.then_some(story)
    };
    until("what came of the transfer", look).await
}

/// The calls of all phones.
async fn phones(stage: &Stage) -> Vec<Value> {
    let calls = stage.cloud.get("/_emulator/pstn-calls").await;
    calls.as_array().cloned().expect("a list of calls")
}

async fn customer_hears(stage: &Stage, what: &'static str, is_it: impl Fn(&Value) -> bool) {
    let look = async || {
        let phones = phones(stage).await;
        // A phone that the customer is put through to names the same caller.
        let mut of_customer = phones.iter().filter(|it| it["from"] == CALLER);
        of_customer.any(|it| is_it(&it["hears"])).then_some(())
    };
    until(what, look).await;
}

/// Waits until a phone has received these tones.
async fn received(stage: &Stage, tones: &str) {
    let look = async || {
        let phones = phones(stage).await;
        phones
            .iter()
            .any(|it| it["digits_received"] == tones)
            .then_some(())
    };
    until("the tones at a phone", look).await;
}

#[tokio::test]
async fn customer_on_hold_hears_music_until_the_agent_is_back() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, _bob, contact) = conversation(&stage).await;
    does(&ann, contact, "hold", json!({})).await;
    talk(&mut ann, "the hold", |it| it["held_since"].is_string()).await;
    customer_hears(&stage, "music on hold", |it| {
        it["on_hold"] == true && it["text"] == "Soft piano music."
    })
    .await;
    does(&ann, contact, "resume", json!({})).await;
    customer_hears(&stage, "the agent", |it| it["on_hold"] == false).await;
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn agent_is_told_that_the_customer_could_not_be_put_on_hold() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, _bob, contact) = conversation(&stage).await;
    let fault = json!({"kind": "hold_failed", "sub_code": 8501, "count": 1});
    stage.cloud.fault(fault).await;
    does(&ann, contact, "hold", json!({})).await;
    let timeline = async || {
        let contact = stage.alex.contact(contact).await;
        let timeline = contact["timeline"].as_array().cloned().unwrap_or_default();
        timeline
            .iter()
            .any(|it| it["what"] == "resumed")
            .then_some(())
    };
    until("that the hold failed", timeline).await;
    talk(&mut ann, "the end of the hold", |it| {
        it["held_since"].is_null()
    })
    .await;
}

//
#[tokio::test]
async fn contact_goes_to_another_queue_and_its_agent_wraps_up_while_it_goes_on() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, mut bob, contact) = conversation(&stage).await;
    does(&ann, contact, "transfer", json!({"queue_id": SALES})).await;
    ann.is("wrap_up").await;
    let own = ann.feed.picture["contacts"][0].clone();
    assert_eq!(
        (&own["state"], &own["id"]),
        (&json!("wrap_up"), &json!(contact))
    );
    bob.accept().await;
    bob.has("connected").await;
    ann.complete(contact, 1).await;
    ann.is("available").await;
    stage.cloud.user_is(&ann.oid, "idle").await;
    bob.hang_up(contact).await;
    let ended = stage.ended(contact).await;
    assert_eq!(
        told(&ended, "transfer_ended")["detail"]["result"],
        "completed"
    );
    assert_eq!(told(&ended, "ended")["detail"]["reason"], "handled");
    let board = stage.alex.get("/board").await;
    let queues = board["queues"].as_array().unwrap();
    let answered: Vec<_> = queues.iter().map(|it| it["answered"].clone()).collect();
    assert_eq!(answered, [1, 1]);
    stage.cloud.all_went_well().await;
}

// R-02f
#[tokio::test]
async fn queue_that_nobody_serves_is_refused_with_the_reason_and_the_customer_stays() {
    let stage = Stage::with_floor("tandem").await;
    let (ann, mut bob, contact) = conversation(&stage).await;
    bob.wants("signed_out").await;
    bob.is("signed_out").await;
    let problem = refused(&ann, contact, "transfer", json!({"queue_id": SALES})).await;
    assert_eq!(problem["code"], "queue_cannot_serve");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("nobody who serves it is ready"), "{detail}");
    assert_eq!(stage.alex.contact(contact).await["state"], "connected");
}

//
#[tokio::test]
async fn colleague_who_answers_has_the_contact_and_one_who_declines_leaves_it() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, mut bob, contact) = conversation(&stage).await;
    let targets = ann.person.get("/transfer-targets?search=B").await;
    let bob_id = targets["colleagues"][0]["id"].clone();
    assert_eq!(targets["colleagues"][0]["is_free"], true, "{targets:#}");
    let behaviour = json!({"do": "decline"});
    stage.cloud.behaves(&bob.oid, behaviour).await;
    does(&ann, contact, "transfer", json!({"agent_id": bob_id})).await;
    let story = transfer_ended(&stage, contact).await;
    assert_eq!(told(&story, "third_left")["detail"]["why"], "declined");
    assert_eq!(
        told(&story, "transfer_ended")["detail"]["result"],
        "returned"
    );
    let behaviour = json!({"do": "answer", "after_ms": 20});
    stage.cloud.behaves(&bob.oid, behaviour).await;
    does(&ann, contact, "transfer", json!({"agent_id": bob_id})).await;
    bob.has("connected").await;
    ann.is("wrap_up").await;
    stage.cloud.user_is(&ann.oid, "idle").await;
    customer_hears(&stage, "bob", |it| it["on_hold"] == false).await;
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn agent_consults_a_colleague_swaps_merges_and_leaves() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, mut bob, contact) = conversation(&stage).await;
    let targets = ann.person.get("/transfer-targets").await;
    let bob_id = targets["colleagues"][0]["id"].clone();
    does(&ann, contact, "consult", json!({"agent_id": bob_id})).await;
    talk(&mut ann, "bob in the call", |it| {
        it["third"]["stage"] == "talking"
    })
    .await;
    customer_hears(&stage, "music", |it| it["on_hold"] == true).await;
    let seen = bob.has("connected").await;
    assert_eq!(seen["conversation"]["third"]["agent"]["id"], bob_id);
    let problem = refused(&ann, contact, "hang-up", json!({})).await;
    assert_eq!(problem["code"], "third_in_call");
    does(&ann, contact, "consult/swap", json!({})).await;
    customer_hears(&stage, "ann", |it| it["on_hold"] == false).await;
    talk(&mut ann, "bob on hold", |it| it["third"]["is_held"] == true).await;
    does(&ann, contact, "consult/merge", json!({})).await;
    talk(&mut ann, "all together", |it| {
        it["third"]["is_held"] == false
    })
    .await;
    does(&ann, contact, "consult/complete", json!({})).await;
    ann.is("wrap_up").await;
    bob.feed
        .until("that the contact is bob's", |me| {
            me["contacts"][0]["agent"]["id"] == bob_id
        })
        .await;
    bob.hang_up(contact).await;
    stage.cloud.all_went_well().await;
}

// B-182
#[tokio::test]
async fn number_outside_is_called_without_a_caller_number_and_hears_tones() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, _bob, contact) = conversation(&stage).await;
    let problem = refused(&ann, contact, "consult", json!({"number": "0170 555"})).await;
    assert_eq!(problem["errors"][0]["field"], "number");
    let number = json!({"number": "+1 (425) 555-0177"});
    does(&ann, contact, "consult", number).await;
    let own = talk(&mut ann, "the number in the call", |it| {
        it["third"]["stage"] == "talking"
    });
    assert_eq!(own.await["conversation"]["third"]["number"], OUTSIDE);
    let asked = stage.cloud.requests("AddParticipant").await;
    let asked = asked.last().unwrap();
    assert_eq!(asked["status"], 202, "{asked:#}");
    let body = &asked["body"];
    assert_eq!(body["participantToAdd"]["phoneNumber"]["value"], OUTSIDE);
    assert_eq!(body["sourceCallerIdNumber"], Value::Null);
    assert_eq!(body["invitationTimeoutInSeconds"], 60);
    let context = body["operationContext"].as_str().unwrap();
    assert!(context.starts_with("addParticipantAsync"), "{context}");
    does(&ann, contact, "digits", json!({"digits": "4711#"})).await;
    received(&stage, "4711#").await;
    does(&ann, contact, "consult/complete", json!({})).await;
    ann.is("wrap_up").await;
    assert_eq!(stage.alex.contact(contact).await["state"], "outside");
    stage.cloud.all_went_well().await;
}

// B-182, B-183: in one call the customer and a third party of the same number could not be told apart.
#[tokio::test]
async fn customer_s_own_number_is_refused_for_a_transfer_and_a_consultation_however_it_is_written()
{
    let stage = Stage::with_floor("tandem").await;
    let (ann, _bob, contact) = conversation(&stage).await;
    // The same number as people write it.
    assert_eq!(CALLER, "+12065551212");
    for what in ["transfer", "consult"] {
        for number in [CALLER, "+1 (206) 555 / 1212"] {
            let problem = refused(&ann, contact, what, json!({"number": number})).await;
            assert_eq!(problem["status"], 422, "{what} {number} {problem:#}");
            assert_eq!(problem["code"], "own_number", "{what} {number} {problem:#}");
            assert_eq!(problem["errors"][0]["field"], "number", "{problem:#}");
        }
    }
    // Nobody was called, and the customer still talks to ann.
    assert!(
        stage
            .cloud
            .requests("TransferToParticipant")
            .await
            .is_empty()
    );
    let added = stage.cloud.requests("AddParticipant").await;
    let mut added = added.iter().map(|it| &it["body"]["participantToAdd"]);
    assert!(added.all(|it| it["phoneNumber"].is_null()));
    let conversation = &stage.alex.contact(contact).await;
    assert_eq!(conversation["state"], "connected");
    stage.cloud.all_went_well().await;
}

// B-183
#[tokio::test]
async fn customer_is_given_to_a_number_and_the_automation_leg_is_left() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, _bob, contact) = conversation(&stage).await;
    does(&ann, contact, "transfer", json!({"number": OUTSIDE})).await;
    ann.is("wrap_up").await;
    let asked = stage.cloud.requests("TransferToParticipant").await;
    assert_eq!(asked.len(), 1, "{asked:#?}");
    assert_eq!(asked[0]["status"], 202, "{:#}", asked[0]);
    let body = &asked[0]["body"];
    assert_eq!(body["targetParticipant"]["phoneNumber"]["value"], OUTSIDE);
    assert_eq!(body["sourceCallerIdNumber"], Value::Null);
    let context = body["operationContext"].as_str().unwrap();
    assert!(context.starts_with("transferParticipantAsync"), "{context}");
    let accepted = stage.cloud.deliveries("CallTransferAccepted").await;
    assert_eq!(accepted[0]["data"]["operationContext"], context);
    let gone = async || {
        let down = stage.cloud.deliveries("CallDisconnected").await;
        (!down.is_empty()).then_some(())
    };
    until("the end of the automation leg", gone).await;
    let story = stage.alex.contact(contact).await;
    assert_eq!(
        told(&story, "transfer_ended")["detail"]["result"],
        "completed"
    );
}

// B-183, R-23
#[tokio::test]
async fn customer_whom_a_busy_number_does_not_take_is_back_with_the_agent() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, _bob, contact) = conversation(&stage).await;
    let busy = json!({"behaviour": {"do": "busy"}});
    stage.cloud.phone_behaves(OUTSIDE, busy).await;
    does(&ann, contact, "transfer", json!({"number": OUTSIDE})).await;
    let story = transfer_ended(&stage, contact).await;
    assert_eq!(
        told(&story, "transfer_ended")["detail"]["result"],
        "returned"
    );
    talk(&mut ann, "the customer back", |it| {
        it["third"].is_null() && it["held_since"].is_null()
    })
    .await;
    customer_hears(&stage, "ann", |it| it["on_hold"] == false).await;
}

/// What was sent is in no place where anybody would look for it.
#[tokio::test]
async fn tones_and_numbers_are_in_no_journal() {
    let stage = Stage::with_floor("tandem").await;
    let (mut ann, _bob, contact) = conversation(&stage).await;
    does(&ann, contact, "digits", json!({"digits": "8642097531"})).await;
    does(&ann, contact, "consult", json!({"number": OUTSIDE})).await;
    talk(&mut ann, "the number", |it| {
        it["third"]["stage"] == "talking"
    })
    .await;
    received(&stage, "8642097531").await;
    for entry in std::fs::read_dir(stage.server.data_dir()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in ["8642097531", "4255550177"] {
            let is_there = bytes
                .windows(secret.len())
                .any(|it| it == secret.as_bytes());
            assert!(!is_there, "{secret} is in {}", path.display());
        }
    }
}
