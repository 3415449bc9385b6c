//! A flow that leads outside, over the wire: what the phones hear, what the service is asked for, and what the
//! customer goes on to where nobody answers.

use crate::agent::advancing;
use crate::cloud::CALLER;
use crate::log;
use crate::path::told;
use crate::stage::Stage;
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};
use tandem_emulator::ClockKind;

const OUTSIDE: &str = "+14255550177";
const WAIT: &str = "We put you through.";
const SORRY: &str = "Nobody is there.";

fn nodes() -> Value {
    json!([
        {"id": "night", "kind": "transfer", "to": {"number": "+1 (425) 555-0177"}, "ring_s": 20,
         "prompt": {"text": WAIT}, "failed": "sorry"},
        {"id": "sorry", "kind": "message", "prompt": {"text": SORRY}},
    ])
}

/// A phone outside that does this when it is called.
async fn with_phone(stage: &Stage, behaviour: Value) {
    stage.flow(nodes()).await;
    let behaviour = json!({ "behaviour": behaviour });
    stage.cloud.phone_behaves(OUTSIDE, behaviour).await;
}

async fn stands(stage: &Stage, state: &str) -> Value {
    let look = async || {
        let contact = stage.alex.find_contact(1).await;
        contact.filter(|it| it["state"] == state)
    };
    until(&format!("a contact that is {state}"), look).await
}

/// The phone outside, if it is called at this moment.
async fn ringing(stage: &Stage) -> Option<String> {
    let phones = stage.cloud.get("/_emulator/pstn-calls").await;
    let mut phones = phones.as_array()?.iter();
    let found = phones.find(|it| it["to"] == OUTSIDE && it["state"] == "ringing")?;
    found["id"].as_str().map(str::to_owned)
}

/// The phone outside, once it is called.
async fn called(stage: &Stage) -> String {
    until("the phone outside", async || ringing(stage).await).await
}

async fn does(stage: &Stage, phone: &str, what: &str) {
    let path = format!("/_emulator/pstn-calls/{phone}/{what}");
    let (status, answer) = stage.cloud.post(&path, json!({})).await;
    assert!(status < 300, "{status} {answer}");
}

// B-182, R-01
#[tokio::test]
async fn customer_is_put_through_to_a_phone_outside_and_no_number_is_in_log_or_story() {
    let log = log::kept();
    let stage = Stage::new().await;
    with_phone(&stage, json!({"do": "no_answer"})).await;
    let customer = stage.cloud.dial().await;
    customer.hears(WAIT).await;
    let phone = called(&stage).await;
    let asked = stage.cloud.requests("AddParticipant").await;
    let body = &asked[0]["body"];
    assert_eq!(body["participantToAdd"]["phoneNumber"]["value"], OUTSIDE);
    assert_eq!(body["sourceCallerIdNumber"], Value::Null);
    assert_eq!(body["invitationTimeoutInSeconds"], 20);
    does(&stage, &phone, "answer").await;
    let contact = stands(&stage, "outside").await;
    assert_eq!(contact["hearing"][0]["text"], "somebody outside");
    customer.hears_nothing().await;
    does(&stage, &phone, "hang-up").await;
    customer.is("ended").await;
    let contact = stage.ended(1).await;
    let reason = &told(&contact, "ended")["detail"]["reason"];
    assert_eq!(reason, "overflow_external");
    assert_eq!(
        told(&contact, "number_dialed")["detail"],
        json!({"node": "night", "country": "1"})
    );
    told(&contact, "number_reached");
    let digits = OUTSIDE.trim_start_matches('+');
    assert!(!contact.to_string().contains(digits), "{contact:#}");
    assert!(!log.has(digits), "the number is in the log");
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn customer_who_hangs_up_outside_ends_the_call_for_the_phone_there_too() {
    let stage = Stage::new().await;
    with_phone(&stage, json!({"do": "answer", "after_ms": 20})).await;
    let customer = stage.cloud.dial().await;
    stands(&stage, "outside").await;
    customer.hang_up().await;
    let contact = stage.ended(1).await;
    let reason = &told(&contact, "ended")["detail"]["reason"];
    assert_eq!(reason, "overflow_external");
    let all_are_over = async || {
        let phones = stage.cloud.get("/_emulator/pstn-calls?live=true").await;
        phones.as_array()?.is_empty().then_some(())
    };
    until("that no phone is in a call", all_are_over).await;
}

// R-02f
#[tokio::test]
async fn customer_whom_a_busy_phone_does_not_take_hears_how_the_flow_goes_on() {
    let stage = Stage::new().await;
    with_phone(&stage, json!({"do": "busy"})).await;
    let customer = stage.cloud.dial().await;
    customer.hears(SORRY).await;
    customer.is("ended").await;
    let contact = stage.ended(1).await;
    assert_eq!(
        told(&contact, "exit_taken")["detail"],
        json!({"node": "night", "exit": "failed", "code": "busy"})
    );
    assert_eq!(told(&contact, "ended")["detail"]["reason"], "contained");
    stage.cloud.all_went_well().await;
}

// R-02f
#[tokio::test]
async fn phone_that_rings_out_leaves_the_customer_in_the_flow() {
    let stage = Stage::with_clock(ClockKind::Stepped).await;
    with_phone(&stage, json!({"do": "no_answer"})).await;
    let customer = stage.cloud.dial().await;
    advancing(&stage, async || ringing(&stage).await).await;
    stage.cloud.advance(20_000).await;
    let is_sorry = async || {
        let heard = customer.look().await["hears"]["text"].clone();
        (heard == SORRY).then_some(())
    };
    advancing(&stage, is_sorry).await;
    let contact = stage.alex.contact(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["code"], "no-answer");
}

// B-235
#[tokio::test]
async fn order_that_the_service_refuses_leaves_the_customer_in_the_flow() {
    let stage = Stage::new().await;
    with_phone(&stage, json!({"do": "answer", "after_ms": 20})).await;
    let refused = json!({
        "kind": "status", "status": 400, "match": {"operation": "AddParticipant"}, "count": 1,
    });
    stage.cloud.fault(refused).await;
    let customer = stage.cloud.dial().await;
    customer.hears(SORRY).await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["code"], "not-called");
}

#[tokio::test]
async fn customer_is_outside_although_nobody_says_that_the_phone_answered() {
    let stage = Stage::new().await;
    let lost = json!({"event": "AddParticipantSucceeded"});
    let lost = json!({"kind": "callback_lost", "match": lost, "probability": 1.0});
    stage.cloud.fault(lost).await;
    with_phone(&stage, json!({"do": "answer", "after_ms": 20})).await;
    stage.cloud.dial().await;
    stands(&stage, "outside").await;
}

#[tokio::test]
async fn phone_that_is_answered_while_no_process_runs_has_the_customer_afterwards() {
    let mut stage = Stage::new().await;
    with_phone(&stage, json!({"do": "no_answer"})).await;
    let customer = stage.cloud.dial().await;
    let phone = called(&stage).await;
    stage.server.stop().await;
    does(&stage, &phone, "answer").await;
    stage.server.start_again().await;
    stands(&stage, "outside").await;
    does(&stage, &phone, "hang-up").await;
    customer.is("ended").await;
    let contact = stage.ended(1).await;
    let reason = &told(&contact, "ended")["detail"]["reason"];
    assert_eq!(reason, "overflow_external");
    let asked = stage.cloud.requests("AddParticipant").await;
    let keys: std::collections::BTreeSet<_> = { asked.iter() }
        .map(|it| it["body"]["operationContext"].to_string())
        .collect();
    assert_eq!(keys.len(), 1, "the phone was called once: {asked:#?}");
}

/// The two could not be told apart in the call.
#[tokio::test]
async fn customer_who_calls_from_the_phone_outside_is_not_put_through_to_it() {
    let stage = Stage::new().await;
    with_phone(&stage, json!({"do": "answer", "after_ms": 20})).await;
    let customer = stage.cloud.dial_from(OUTSIDE, json!({})).await;
    customer.hears(SORRY).await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["code"], "own-number");
    assert_eq!(
        stage.cloud.requests("AddParticipant").await,
        [Value::Null; 0]
    );
}

// B-236, R-30
#[tokio::test]
async fn flow_comes_back_with_its_number_and_one_that_nobody_may_call_is_refused_with_its_place() {
    let stage = Stage::new().await;
    let flow = |number: &str| {
        let mut nodes = nodes();
        nodes[0]["to"]["number"] = json!(number);
        json!({"name": "Night", "start": "night", "nodes": nodes})
    };
    let made = stage.alex.post("/flows", flow("+1 (425) 555-0177")).await;
    assert_eq!(made["nodes"][0]["to"], json!({"number": OUTSIDE}));
    assert_eq!(made["nodes"][0]["ring_s"], 20);
    let refused = async |number: &str| {
        let sent = flow(number);
        let asked = stage.alex.asks(Method::POST, "/flows", Some(sent.clone()));
        let (status, problem) = asked.await;
        assert_eq!(status, 422, "{number}: {problem:#}");
        assert_eq!(problem["errors"][0]["field"], "nodes.night.to.number");
        let checked = stage.alex.post("/flows/check", sent).await;
        assert_eq!(checked["errors"][0]["field"], "nodes.night.to.number");
        problem["errors"][0]["detail"].as_str().unwrap().to_owned()
    };
    for emergency in ["112", "+49 110", "911"] {
        let detail = refused(emergency).await;
        assert!(detail.contains("emergency"), "{emergency}: {detail}");
    }
    let detail = refused("0425 5550177").await;
    assert!(detail.contains("+14255550123"), "{detail}");
    let entry = json!({"number": "+4989123456", "reason": "Asked us not to."});
    stage.alex.post("/do-not-call", entry).await;
    let detail = refused("+49 89 123456").await;
    assert!(detail.contains("do-not-call"), "{detail}");
    stage.flow(nodes()).await;
    let calling_out = json!({"endpoint_id": 1, "countries": ["49"], "ring_s": 30});
    let queue = json!({"name": "Service", "music": "Music.", "calling_out": calling_out});
    stage.alex.create("/queues", queue).await;
    let detail = refused(OUTSIDE).await;
    assert!(detail.contains("no queue calls the country 1"), "{detail}");
    // Saved before that rule; at its time the rule holds.
    let customer = stage.cloud.dial_from(CALLER, json!({})).await;
    customer.hears(SORRY).await;
    let contact = stage.ended(1).await;
    assert_eq!(told(&contact, "exit_taken")["detail"]["code"], "country");
}
