//! What is told of single agents, and what is forgotten when its time is over.

use crate::desk::{arrive_from, connect_in, fact_of, floor};
use crate::recordings::{keep_second, second_of};
use crate::server::{Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::ContactId;
use tandem_core::input::CallFact;
use tandem_server::center::Center;

const MIA: &str = "+12065550100";
const DAY_MICROS: i64 = 86_400_000_000;

fn center(server: &Server) -> Arc<Center> {
    Arc::clone(server.running.centers().get("contoso").unwrap())
}

async fn followed(center: &Center) {
    let seq = center.engine.view().read(|it| it.seq);
    center.followed.reaches(seq).await;
}

async fn set(alex: &Person, version: u64, sent: Value) -> Value {
    let set = alex.put("/privacy", version, sent).await;
    set.expect_status(StatusCode::OK)
}

#[tokio::test]
async fn privacy_is_read_and_changed_on_the_version_that_was_read() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let open = json!({
        "version": 0, "agent_figures": "each", "keep_customers_days": null,
        "keep_messages_days": null,
    });
    let read = async || alex.get("/privacy").await.expect_status(StatusCode::OK);
    assert_eq!(read().await, open);
    let sent =
        json!({"agent_figures": "team", "keep_customers_days": 730, "keep_messages_days": 90});
    let refused = alex.put("/privacy", 3, sent.clone()).await;
    refused.expect_problem(409, "conflict");
    let changed = set(&alex, 0, sent.clone()).await;
    assert_eq!(
        (&changed["version"], &changed["keep_customers_days"]),
        (&json!(1), &json!(730))
    );
    assert_eq!(read().await, changed);
    alex.put("/privacy", 0, sent.clone())
        .await
        .expect_problem(409, "conflict");
    let changed = set(&alex, 1, json!({"agent_figures": "each"})).await;
    assert_eq!(
        (&changed["version"], &changed["keep_messages_days"]),
        (&json!(2), &Value::Null)
    );
    let none = json!({"agent_figures": "each", "keep_customers_days": 0});
    let refused = alex.put("/privacy", 2, none).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "keep_customers_days");
    let me = alex.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(me["center"]["agent_figures"], "each");
}

/// ann of the team Early talked to Mia.
async fn talked() -> (Server, Arc<Center>, Person, Person) {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let team = alex.create("/teams", json!({"name": "Early"})).await;
    alex.create("/teams", json!({"name": "Late"})).await;
    let found = alex.get("/agents/1").await.expect_status(StatusCode::OK);
    let sent = json!({
        "name": found["name"], "teams_user_id": found["teams_user_id"], "team_id": team["id"],
    });
    let version = found["version"].as_u64().unwrap();
    alex.put("/agents/1", version, sent)
        .await
        .expect_status(StatusCode::OK);
    let center = center(&server);
    let contact = ContactId(1);
    arrive_from(&center, MIA, "Mia Example", 1).await;
    fact_of(
        &center,
        contact,
        CallFact::LegUp {
            leg: "leg 1".into(),
        },
    )
    .await;
    let mut feed = ann.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let frame = feed
        .until(|frame| frame["data"]["offers"][0].is_object())
        .await;
    let offer = &frame["data"]["offers"][0]["id"];
    let accepted = ann
        .post(&format!("/offers/{offer}/accept"), json!({}))
        .await;
    accepted.expect_status(StatusCode::OK);
    connect_in(&center, contact).await;
    fact_of(&center, contact, CallFact::LegDown).await;
    let done = json!({"disposition_id": 1, "then": {"intent": "not_ready", "reason_id": 1}});
    let done = ann.post("/contacts/1/wrap-up/complete", done).await;
    done.expect_status(StatusCode::OK);
    followed(&center).await;
    (server, center, alex, ann)
}

async fn ids(person: &Person, place: &str) -> Vec<u64> {
    let page = person.get(place).await.expect_status(StatusCode::OK);
    let contacts = page["contacts"].as_array().unwrap().iter();
    contacts.map(|it| it["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn contacts_of_a_team_are_listed_summed_and_exported() {
    let (_server, _center, alex, _ann) = talked().await;
    assert_eq!(ids(&alex, "/contacts?team_id=1").await, [1]);
    assert!(ids(&alex, "/contacts?team_id=2").await.is_empty());
    let sums = alex.get("/contacts/summary?team_id=1").await;
    assert_eq!(sums.expect_status(StatusCode::OK)["contacts"], 1);
    let unknown = alex.get("/contacts?team_id=9").await;
    unknown.expect_problem(422, "invalid");
}

#[tokio::test]
async fn figures_of_one_agent_are_the_agents_alone_where_figures_are_of_teams() {
    let (_server, _center, alex, ann) = talked().await;
    let rows = alex.get("/contacts").await.expect_status(StatusCode::OK);
    assert!(rows["contacts"][0]["agents"][0]["talk_s"].is_number());
    set(&alex, 0, json!({"agent_figures": "team"})).await;
    for place in [
        "/contacts?agent_id=1",
        "/contacts/summary?agent_id=1",
        "/contacts/export?agent_id=1",
        "/recordings?agent_id=1",
    ] {
        alex.get(place).await.expect_problem(403, "team_figures");
    }
    assert_eq!(ids(&alex, "/contacts?team_id=1").await, [1]);
    let rows = alex.get("/contacts").await.expect_status(StatusCode::OK);
    let agent = &rows["contacts"][0]["agents"][0];
    assert_eq!(
        (&agent["name"], &agent["talk_s"]),
        (&json!("Agent ann"), &Value::Null)
    );
    let file = alex.request(Method::GET, "/contacts/export?format=csv");
    let file = file.send().await.unwrap().text().await.unwrap();
    let mut lines = file.lines();
    let columns: Vec<_> = lines.next().unwrap().split(',').collect();
    let row: Vec<_> = lines.next().unwrap().split(',').collect();
    let cell = |name: &str| row[columns.iter().position(|it| *it == name).unwrap()];
    assert_eq!(
        (cell("agents"), cell("agent_ids"), cell("agent_talk_ms")),
        ("Early", "", "")
    );
    // One's own are one's own.
    assert_eq!(ids(&ann, "/contacts?agent_id=1").await, [1]);
    let rows = ann.get("/contacts").await.expect_status(StatusCode::OK);
    assert!(rows["contacts"][0]["agents"][0]["talk_s"].is_number());
    let audit = alex
        .get("/audit?action=denied")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(audit["items"].as_array().unwrap().len(), 4);
}

/// Three contacts: one that is over, one on legal hold, one that waits still.
async fn three() -> (Server, Arc<Center>, Person) {
    let server = Server::start().await;
    let (alex, _ann) = floor(&server).await;
    let center = center(&server);
    for n in 1..=3 {
        arrive_from(&center, MIA, "Mia Example", n).await;
        let contact = ContactId(n);
        let leg = format!("leg {n}");
        fact_of(&center, contact, CallFact::LegUp { leg }).await;
        if n < 3 {
            fact_of(&center, contact, CallFact::LegDown).await;
        }
    }
    keep_second(&center, second_of(2)).await;
    let reason = json!({"reason": "Case 12"});
    let held = alex.post("/recordings/902/hold", reason).await;
    held.expect_status(StatusCode::OK);
    followed(&center).await;
    (server, center, alex)
}

/// Waits until retention has had its turn and the numbers of contacts that are known are these.
async fn known(alex: &Person, expected: &[u64]) {
    let look = async || {
        let page = alex.get("/contacts").await.expect_status(StatusCode::OK);
        let contacts = page["contacts"].as_array().unwrap().iter();
        let known = contacts.filter(|it| it["customer"]["number"].is_string());
        known.filter_map(|it| it["id"].as_u64()).collect::<Vec<_>>()
    };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let known = look().await;
        if known == expected {
            return;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "{known:?} and not {expected:?}"
        );
        // poll: until retention has had its turn
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn customers_are_forgotten_when_their_time_is_over_and_what_must_wait_waits() {
    let (server, center, alex) = three().await;
    let days = json!({"agent_figures": "each", "keep_customers_days": 30});
    set(&alex, 0, days).await;
    known(&alex, &[3, 2, 1]).await;
    let later = center.clock.now().plus_micros(31 * DAY_MICROS);
    center.clock.at_least(later);
    // The sign-in of a month ago is over.
    let alex = server.nobody().sign_in("alex").await;
    let figures = alex
        .get("/contacts/summary")
        .await
        .expect_status(StatusCode::OK);
    set(
        &alex,
        1,
        json!({"agent_figures": "each", "keep_customers_days": 29}),
    )
    .await;
    known(&alex, &[3, 2]).await;
    let audit = alex.get("/audit?action=customers_expired").await;
    let audit = audit.expect_status(StatusCode::OK);
    assert_eq!(audit["items"][0]["detail"], "1 contacts: 1 pieces");
    // The hold is released, and the last call is over for a month.
    let closed = json!({"reason": "Case closed"});
    let released = alex.request(Method::DELETE, "/recordings/902/hold");
    let released = send(released.json(&closed)).await;
    released.expect_status(StatusCode::OK);
    known(&alex, &[3]).await;
    fact_of(&center, ContactId(3), CallFact::LegDown).await;
    followed(&center).await;
    center.clock.at_least(later.plus_micros(31 * DAY_MICROS));
    let alex = server.nobody().sign_in("alex").await;
    set(
        &alex,
        2,
        json!({"agent_figures": "each", "keep_customers_days": 28}),
    )
    .await;
    known(&alex, &[]).await;
    let after = alex
        .get("/contacts/summary")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(after["contacts"], figures["contacts"], "contacts stay");
}

#[tokio::test]
async fn nobody_is_forgotten_where_nothing_was_said() {
    let (server, center, alex) = three().await;
    center
        .clock
        .at_least(center.clock.now().plus_micros(4_000 * DAY_MICROS));
    center.reminder.wake();
    let alex_later = server.nobody().sign_in("alex").await;
    known(&alex_later, &[3, 2, 1]).await;
    drop(alex);
    set(
        &alex_later,
        0,
        json!({"agent_figures": "each", "keep_customers_days": 5_000}),
    )
    .await;
    known(&alex_later, &[3, 2, 1]).await;
}
