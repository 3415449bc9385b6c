//! An agent's work on one contact, with facts about the call handed to the loop directly.

use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::contact::Caller;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{Arrival, CallFact, Input};
use tandem_server::arrival::ArrivalDetail;
use tandem_server::center::Center;

const ACCOUNT: &str = "cc123456-5678-5678-1234-ccc123456789";
const CONTACT: ContactId = ContactId(1);

//
#[tokio::test]
async fn contact_goes_from_offer_to_wrap_up() {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let mut feed = ann.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    arrive(&center).await;
    let frame = feed
        .until(|frame| frame["data"]["offers"][0].is_object())
        .await;
    let offer = &frame["data"]["offers"][0];
    assert_eq!(
        offer["customer"],
        json!({"number": "+12065550100", "name": "Mia"})
    );
    assert_eq!(
        (&offer["queue"]["name"], &offer["mode"]),
        (&json!("Sales"), &json!("tandem"))
    );
    let path = format!("/offers/{}/accept", offer["id"]);
    ann.post(&path, json!({}))
        .await
        .expect_status(StatusCode::OK);
    feed.until(|frame| frame["data"]["contacts"][0]["state"] == "connecting")
        .await;
    // Asking twice is as good as once.
    ann.post(&path, json!({}))
        .await
        .expect_status(StatusCode::OK);
    ann.post("/offers/99/accept", json!({}))
        .await
        .expect_problem(409, "offer_gone");
    connect(&center).await;
    let frame = feed
        .until(|frame| frame["data"]["contacts"][0]["state"] == "connected")
        .await;
    assert_eq!(frame["data"]["agent"]["state"], "on_contact");
    assert_eq!(frame["data"]["contacts"][0]["hearing"][1]["party"], "agent");
    fact(&center, CallFact::LegDown).await;
    feed.until(|frame| frame["data"]["contacts"][0]["state"] == "wrap_up")
        .await;
    let complete = "/contacts/1/wrap-up/complete";
    ann.post(complete, json!({}))
        .await
        .expect_problem(409, "disposition_needed");
    let result = json!({
        "disposition_id": 1, "note": "Wants two.", "then": {"intent": "not_ready", "reason_id": 1},
    });
    ann.post(complete, result)
        .await
        .expect_status(StatusCode::OK);
    let frame = feed
        .until(|frame| frame["data"]["agent"]["state"] == "not_ready")
        .await;
    assert_eq!(frame["data"]["handled_today"], 1);
    story(&alex, &ann).await;
}

/// What is left of a contact that is over.
async fn story(alex: &Person, ann: &Person) {
    let contact = ann.get("/contacts/1").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&contact["state"], &contact["agent"]["name"]),
        (&json!("ended"), &json!("Agent ann"))
    );
    let told: Vec<&str> = contact["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["what"].as_str())
        .collect();
    for what in [
        "arrived",
        "enqueued",
        "offered",
        "offer_accepted",
        "connected",
        "ended",
    ] {
        assert!(told.contains(&what), "{what} is not in {told:?}");
    }
    let decisions = alex.get("/decisions").await.expect_status(StatusCode::OK);
    let last = &decisions[0];
    assert_eq!(
        (&last["contact_id"], &last["chosen"]["name"]),
        (&json!(1), &json!("Agent ann"))
    );
    let (_, bob) = alex.agent("bob", 2).await;
    bob.get("/contacts/1")
        .await
        .expect_problem(403, "forbidden");
    alex.get("/contacts/99")
        .await
        .expect_problem(404, "not_found");
    let board = alex.get("/board").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&board["today"]["answered"], &board["queues"][0]["answered"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn offer_of_another_agent_cannot_be_taken() {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let (_, bob) = alex.agent("bob", 2).await;
    let mut feed = ann.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    arrive(&center).await;
    let frame = feed
        .until(|frame| frame["data"]["offers"][0].is_object())
        .await;
    let offer = frame["data"]["offers"][0]["id"].clone();
    let answer = bob
        .post(&format!("/offers/{offer}/accept"), json!({}))
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    bob.post("/contacts/1/hang-up", json!({}))
        .await
        .expect_problem(409, "not_your_contact");
    ann.post(&format!("/offers/{offer}/decline"), json!({}))
        .await
        .expect_status(StatusCode::OK);
    feed.until(|frame| frame["data"]["offers"] == json!([]))
        .await;
}

/// A queue with a flow and an endpoint before it, and one agent who is ready.
pub(crate) async fn floor(server: &Server) -> (Person, Person) {
    let alex = server.administrator().await;
    let wrap_up = json!({"mode": "required", "seconds": 0});
    alex.create("/queues", json!({"name": "Sales", "wrap_up": wrap_up}))
        .await;
    let nodes: Value = json!([
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    alex.create(
        "/flows",
        json!({"name": "Main", "start": "wait", "nodes": nodes}),
    )
    .await;
    let endpoint =
        json!({"name": "Main", "resource_account_id": ACCOUNT, "flow_id": 1, "queue_id": 1});
    alex.create("/endpoints", endpoint).await;
    alex.create("/dispositions", json!({"label": "Sold", "queue_ids": [1]}))
        .await;
    alex.create("/reasons", json!({"label": "Lunch"})).await;
    let (_, ann) = alex.agent("ann", 1).await;
    ann.post("/me/state", json!({"intent": "ready"}))
        .await
        .expect_status(StatusCode::OK);
    (alex, ann)
}

async fn arrive(center: &Center) {
    arrive_from(center, "+12065550100", "Mia", 7).await;
    fact(center, CallFact::LegUp { leg: "leg".into() }).await;
}

/// A call arrives and is not answered yet.
pub(crate) async fn arrive_from(center: &Center, number: &str, name: &str, key: u64) {
    let detail = ArrivalDetail {
        number: Some(number.to_owned()),
        name: Some(name.to_owned()),
        ..ArrivalDetail::default()
    };
    let (arrival, sealed) = center
        .people
        .seal(&serde_json::to_string(&detail).unwrap())
        .await
        .unwrap();
    let input = Input::Arrived(Arrival {
        address: ACCOUNT.into(),
        arrival,
        key,
        customer: center.keys.phone_hash(center.id(), number).customer(),
        correlation: "correlation".into(),
        attributes: BTreeMap::new(),
        caller: Some(Caller {
            address: format!("phone {key}"),
            country: "1".into(),
        }),
    });
    center
        .engine
        .submit_with(input, vec![sealed])
        .await
        .unwrap();
}

/// The agent's client is rung, and answers.
async fn connect(center: &Center) {
    connect_in(center, CONTACT).await;
}

pub(crate) async fn connect_in(center: &Center, contact: ContactId) {
    let (effect, address) = ring(center);
    let done = Outcome::Done {
        reference: Some("invitation".into()),
    };
    let settled = Input::Settled {
        effect,
        outcome: done,
    };
    center.engine.submit(settled).await.unwrap();
    let joined = CallFact::AgentJoined {
        effect,
        address: address.clone(),
    };
    fact_of(center, contact, joined).await;
    let roster = CallFact::Roster {
        sequence: 1,
        customer: true,
        agents: vec![address],
    };
    fact_of(center, contact, roster).await;
}

fn ring(center: &Center) -> (EffectId, String) {
    let found = center.engine.view().read(|projection| {
        projection.center.open_orders().find_map(|order| {
            let Effect::AddAgent { address, .. } = order.effect else {
                return None;
            };
            Some((order.id, address))
        })
    });
    found.expect("the agent is rung")
}

async fn fact(center: &Center, fact: CallFact) {
    fact_of(center, CONTACT, fact).await;
}

pub(crate) async fn fact_of(center: &Center, contact: ContactId, fact: CallFact) {
    let input = Input::Call { contact, fact };
    center
        .engine
        .submit_and_see(input, Vec::new())
        .await
        .unwrap();
}
