//! Calling out over the wire: what agents do at their desks, what the service is asked, and what becomes of
//! it when somebody is not there.

use crate::cloud::CALLER;
use crate::path::told;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tandem_emulator::defaults;

const CUSTOMER: &str = "+4989123456";

/// A floor whose queue calls Germany and North America.
async fn floor() -> Stage {
    let stage = Stage::with_floor("tandem").await;
    let queue = stage.alex.get("/queues/1").await;
    let rules = json!({"endpoint_id": 1, "countries": ["49", "1"], "ring_s": 30});
    let fields = json!({"calling_out": rules});
    stage.alex.change("/queues/1", &queue, fields).await;
    stage
}

async fn calls(desk: &Desk, number: &str) -> u64 {
    let call = json!({"queue_id": 1, "number": number});
    let called = desk.person.post("/calls", call).await;
    called["contact_id"].as_u64().unwrap()
}

/// What is asked at the desk and refused: status and code.
async fn refused(desk: &Desk, path: &str, body: Value) -> (u16, String) {
    let (status, problem) = desk.person.asks(Method::POST, path, Some(body)).await;
    let code = problem["code"].as_str().unwrap_or_default().to_owned();
    (status.as_u16(), code)
}

fn reason(story: &Value) -> Value {
    told(story, "ended")["detail"]["reason"].clone()
}

async fn phone_is_in_call(stage: &Stage, number: &str) {
    let look = async || {
        let calls = stage.cloud.get("/_emulator/pstn-calls").await;
        let mut calls = calls.as_array()?.iter();
        let is_there = calls.any(|it| it["to"] == number && it["state"] == "in_call");
        is_there.then_some(())
    };
    until("the customer in the call", look).await;
}

// B12
#[tokio::test]
async fn customer_who_is_called_talks_to_the_agent_and_sees_the_number_of_the_account() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    let contact = calls(&ann, "+49 89 123456").await;
    let view = ann.has("connected").await;
    assert_eq!(view["direction"], "outbound");
    assert_eq!(view["customer"]["number"], CUSTOMER);
    phone_is_in_call(&stage, CUSTOMER).await;
    let created = stage.cloud.requests("CreateCall").await;
    assert_eq!(created.len(), 1, "{created:#?}");
    let body = &created[0]["body"];
    assert_eq!(body["teamsAppSource"]["appId"], defaults::RESOURCE_ACCOUNT);
    assert_eq!(
        body["targets"][0]["teamsExtensionUser"]["userId"],
        ann.oid.as_str()
    );
    assert_eq!(body["sourceCallerIdNumber"], Value::Null);
    let added = stage.cloud.requests("AddParticipant").await;
    assert_eq!(added.len(), 1, "{added:#?}");
    let body = &added[0]["body"];
    assert_eq!(body["participantToAdd"]["phoneNumber"]["value"], CUSTOMER);
    assert_eq!(body["invitationTimeoutInSeconds"], 30);
    ann.person
        .post(&format!("/contacts/{contact}/hold"), json!({}))
        .await;
    ann.person
        .post(&format!("/contacts/{contact}/resume"), json!({}))
        .await;
    ann.hang_up(contact).await;
    ann.has("wrap_up").await;
    ann.complete(contact, 1).await;
    ann.is("available").await;
    let story = stage.ended(contact).await;
    for what in ["dialed", "customer_ringing", "customer_reached"] {
        told(&story, what);
    }
    assert_eq!(reason(&story), "handled");
    // The name under which Microsoft's support finds the call.
    let connected = stage.cloud.deliveries("CallConnected").await;
    let name = &connected[0]["data"]["correlationId"];
    assert!(name.is_string(), "{connected:#?}");
    assert_eq!(story["correlation_id"], *name);
    let today = &stage.alex.get("/board").await["today"];
    let figures = ["dialed", "reached", "offered", "answered"];
    let figures = figures.map(|it| today[it].as_u64().unwrap());
    assert_eq!(figures, [1, 1, 0, 0]);
    stage.cloud.all_went_well().await;
}

#[tokio::test]
async fn agent_sees_whose_phone_rings_and_is_told_why_the_customer_was_not_reached() {
    for (behaviour, why, end) in [
        (
            json!({"do": "busy", "after_ms": 300}),
            "busy",
            "outbound_busy",
        ),
        (
            json!({"do": "decline", "after_ms": 300}),
            "declined",
            "outbound_no_answer",
        ),
    ] {
        let stage = floor().await;
        let mut ann = stage.agent(0, "ann").await;
        let habit = json!({"behaviour": behaviour});
        stage.cloud.phone_behaves(CUSTOMER, habit).await;
        let contact = calls(&ann, CUSTOMER).await;
        let view = ann.has("dialing").await;
        // The own client answers by itself, and may have done so already.
        let stages = [json!("agent"), json!("customer")];
        assert!(stages.contains(&view["dialing"]["stage"]), "{view:#}");
        let story = stage.ended(contact).await;
        let not_reached = told(&story, "customer_not_reached");
        assert_eq!(not_reached["detail"]["why"], why);
        assert_eq!(reason(&story), end);
        ann.is("available").await;
        stage.cloud.user_is(&ann.oid, "idle").await;
    }
}

#[tokio::test]
async fn agent_whose_client_declines_has_called_nobody() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    stage
        .cloud
        .behaves(&ann.oid, json!({"do": "decline"}))
        .await;
    let contact = calls(&ann, CUSTOMER).await;
    let story = stage.ended(contact).await;
    let why = &told(&story, "customer_not_reached")["detail"]["why"];
    assert_eq!(why, "agent_no_answer");
    assert_eq!(reason(&story), "outbound_cancelled");
    ann.is("available").await;
    assert!(stage.cloud.requests("AddParticipant").await.is_empty());
}

#[tokio::test]
async fn agent_who_gives_it_up_stops_the_ringing() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    let habit = json!({"behaviour": {"do": "no_answer"}});
    stage.cloud.phone_behaves(CUSTOMER, habit).await;
    let contact = calls(&ann, CUSTOMER).await;
    let rings = |me: &Value| me["contacts"][0]["dialing"]["stage"] == "customer";
    ann.feed.until("the ringing", rings).await;
    ann.hang_up(contact).await;
    let story = stage.ended(contact).await;
    let why = &told(&story, "customer_not_reached")["detail"]["why"];
    assert_eq!(why, "withdrawn");
    ann.is("available").await;
    stage.cloud.user_is(&ann.oid, "idle").await;
}

// B-236, R-30
#[tokio::test]
async fn what_must_not_be_called_is_refused_with_the_rule_and_nobody_is_called() {
    let stage = floor().await;
    let ann = stage.agent(0, "ann").await;
    let entry = json!({"number": "+4989777777", "reason": "Asked not to be called"});
    let id = stage.alex.create("/do-not-call", entry).await;
    for (number, code) in [
        ("112", "emergency_number"),
        ("+49110", "emergency_number"),
        ("089123456", "invalid_number"),
        ("+33123456789", "country_not_allowed"),
        ("+4989777777", "on_do_not_call_list"),
    ] {
        let call = json!({"queue_id": 1, "number": number});
        let (_, told) = refused(&ann, "/calls", call.clone()).await;
        assert_eq!(told, code, "{number}");
        let check = ann.person.post("/calling-out/check", call).await;
        assert_eq!(
            (&check["allowed"], &check["code"]),
            (&json!(false), &json!(code))
        );
        assert!(check["detail"].as_str().unwrap().len() > 10, "{check}");
    }
    let check = json!({"queue_id": 1, "number": "+49 89 123456"});
    let check = ann.person.post("/calling-out/check", check).await;
    assert_eq!(check["allowed"], true, "{check}");
    assert_eq!(
        (&check["number"], &check["country"], &check["caller_name"]),
        (&json!(CUSTOMER), &json!("49"), &json!("Main number"))
    );
    assert!(stage.cloud.requests("CreateCall").await.is_empty());
    let list = stage.alex.get("/do-not-call").await;
    assert_eq!(list["items"][0]["number"], "+4989777777");
    assert_eq!(list["items"][0]["by"], "alex");
    let path = format!("/do-not-call/{id}");
    let (status, _) = stage.alex.asks(Method::DELETE, &path, None).await;
    assert_eq!(status, StatusCode::OK);
    let call = json!({"queue_id": 1, "number": "+4989777777"});
    let check = ann.person.post("/calling-out/check", call).await;
    assert_eq!(check["allowed"], true, "{check}");
    let audit = stage.alex.get("/audit").await.to_string();
    for action in ["do_not_call_set", "do_not_call_removed"] {
        assert!(audit.contains(action), "{audit}");
    }
}

/// The queue records its conversations, if this is so of the customer.
async fn records(stage: &Stage, consent: &str) {
    let queue = stage.alex.get("/queues/1").await;
    let fields = json!({"recording": {"consent": consent}});
    stage.alex.change("/queues/1", &queue, fields).await;
}

async fn is_told_recorded(desk: &Desk) -> Value {
    let call = json!({"queue_id": 1, "number": CUSTOMER});
    let check = desk.person.post("/calling-out/check", call).await;
    assert_eq!(check["allowed"], true, "{check}");
    check["recorded"].clone()
}

// B-022
#[tokio::test]
async fn agent_reads_before_the_call_that_it_is_recorded_and_there_is_a_file_of_it() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    assert_eq!(is_told_recorded(&ann).await, false);
    records(&stage, "not_needed").await;
    assert_eq!(is_told_recorded(&ann).await, true);
    let contact = calls(&ann, CUSTOMER).await;
    let records = |me: &Value| me["contacts"][0]["recording"]["state"] == "recording";
    ann.feed.until("the recording", records).await;
    stage.cloud.recorded_for(1_500).await;
    ann.hang_up(contact).await;
    let look = async || {
        let story = stage.alex.find_contact(contact).await?;
        (story["recordings"][0]["state"] == "kept").then_some(())
    };
    until("the file", look).await;
}

// B-237
#[tokio::test]
async fn customer_whom_nobody_told_or_asked_is_called_unrecorded_and_the_agent_reads_so() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    for consent in ["announced", "asked"] {
        records(&stage, consent).await;
        assert_eq!(is_told_recorded(&ann).await, false, "{consent}");
    }
    let contact = calls(&ann, CUSTOMER).await;
    ann.has("connected").await;
    ann.hang_up(contact).await;
    ann.has("wrap_up").await;
    ann.complete(contact, 1).await;
    let story = stage.ended(contact).await;
    told(&story, "not_recorded");
    assert_eq!(story["recordings"], json!([]), "{story:#}");
    assert!(stage.cloud.requests("StartRecording").await.is_empty());
}

#[tokio::test]
async fn agent_is_told_from_where_to_call_and_why_not_now() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    let rules = ann.person.get("/calling-out").await;
    assert_eq!(rules["can_call"], true, "{rules}");
    assert_eq!(rules["queues"][0]["countries"][0]["code"], "49");
    assert_eq!(rules["queues"][0]["caller_name"], "Main number");
    let habit = json!({"behaviour": {"do": "no_answer"}});
    stage.cloud.phone_behaves(CUSTOMER, habit).await;
    calls(&ann, CUSTOMER).await;
    ann.has("dialing").await;
    let rules = ann.person.get("/calling-out").await;
    assert_eq!(rules["why_not"], "agent_not_free", "{rules}");
    let call = json!({"queue_id": 1, "number": CUSTOMER});
    let told = refused(&ann, "/calls", call).await;
    assert_eq!(told, (409, "agent_not_free".to_owned()));
}

#[tokio::test]
async fn dropped_customer_is_called_back_out_of_the_wrap_up() {
    let stage = floor().await;
    let mut ann = stage.agent(0, "ann").await;
    let phone = stage.cloud.dial().await;
    ann.accept().await;
    let first = ann.has("connected").await["id"].as_u64().unwrap();
    let path = format!("/contacts/{first}/call-back");
    let told_early = refused(&ann, &path, json!({})).await;
    assert_eq!(told_early, (409, "contact_not_over".to_owned()));
    phone.hang_up().await;
    ann.has("wrap_up").await;
    let called = ann.person.post(&path, json!({})).await;
    let second = called["contact_id"].as_u64().unwrap();
    let talks = |me: &Value| {
        let mut contacts = me["contacts"].as_array().into_iter().flatten();
        contacts.any(|it| it["id"] == second && it["state"] == "connected")
    };
    ann.feed.until("the customer again", talks).await;
    let added = stage.cloud.requests("AddParticipant").await;
    let last = &added.last().unwrap()["body"]["participantToAdd"];
    assert_eq!(last["phoneNumber"]["value"], CALLER);
    ann.hang_up(second).await;
    ann.complete(first, 1).await;
    stage.ended(first).await;
    let wraps_up = |me: &Value| {
        let contact = &me["contacts"][0];
        contact["id"] == second && contact["state"] == "wrap_up"
    };
    ann.feed.until("the second wrap-up", wraps_up).await;
    ann.complete(second, 1).await;
    ann.is("available").await;
    let story = stage.ended(second).await;
    assert_eq!(told(&story, "dialed")["detail"]["again"], first);
    // Somebody who never had it is not let near the customer.
    let bob = stage.agent(1, "bob").await;
    assert_eq!(refused(&bob, &path, json!({})).await.0, 403);
}

/// The process dies while the customer's phone rings, and another goes on: the customer is called once.
#[tokio::test]
async fn customer_is_called_once_although_the_process_dies_while_the_phone_rings() {
    let mut stage = floor().await;
    let ann = stage.agent(0, "ann").await;
    let habit = json!({"behaviour": {"do": "answer", "after_ms": 4_000}});
    stage.cloud.phone_behaves(CUSTOMER, habit).await;
    calls(&ann, CUSTOMER).await;
    let look = async || {
        let asked = stage.cloud.requests("AddParticipant").await;
        (!asked.is_empty()).then_some(())
    };
    until("the ringing", look).await;
    stage.server.die().await;
    stage.server.start_again().await;
    let feed = ann.person.watch("me").await;
    let mut ann = Desk { feed, ..ann };
    ann.has("connected").await;
    let calls = stage.cloud.get("/_emulator/pstn-calls").await;
    let of_customer = calls.as_array().unwrap().iter();
    let n = of_customer.filter(|it| it["to"] == CUSTOMER).count();
    assert_eq!(n, 1, "{calls:#}");
    assert_eq!(stage.cloud.requests("CreateCall").await.len(), 1);
}
