//! Scopes over the API: an administrator of one queue (B-005), a supervisor of one team (B-006), who says what
//! is reached, and how soon it holds.

use crate::desk::{arrive_from, connect_in, fact_of, floor};
use crate::recordings::{keep_second, second_of};
use crate::server::{Live, Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::input::CallFact;
use tandem_server::center::Center;
use tandem_server::recordings::About;

/// Two teams at two sites, two queues; ann of the early team had contact 1, bob of the late one talks in contact 2.
/// Recording 1 is of ann, recording 2 of bob.
struct Floor {
    server: Server,
    alex: Person,
    ann: Person,
}

const ANN: u64 = 1;
const BOB: u64 = 2;
const EARLY: u64 = 1;
const LATE: u64 = 2;

async fn lived() -> Floor {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let (_, bob) = alex.agent("bob", 2).await;
    alex.create("/queues", json!({"name": "Support"})).await;
    for (team, site) in [("Early", "Ghent"), ("Late", "Seattle")] {
        let site = alex.create("/sites", json!({"name": site})).await;
        let sent = json!({"name": team, "site_id": site["id"]});
        alex.create("/teams", sent).await;
    }
    joins(&alex, ANN, EARLY).await;
    joins(&alex, BOB, LATE).await;
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    talks(&center, &ann, 1).await;
    fact_of(&center, ContactId(1), CallFact::LegDown).await;
    let done = json!({"disposition_id": 1, "then": {"intent": "not_ready", "reason_id": 1}});
    ann.post("/contacts/1/wrap-up/complete", done)
        .await
        .expect_status(StatusCode::OK);
    bob.post("/me/state", json!({"intent": "ready"}))
        .await
        .expect_status(StatusCode::OK);
    talks(&center, &bob, 2).await;
    keep(&center, 1, ANN).await;
    keep(&center, 2, BOB).await;
    let seq = center.engine.view().read(|it| it.seq);
    center.followed.reaches(seq).await;
    Floor { server, alex, ann }
}

async fn joins(alex: &Person, agent: u64, team: u64) {
    let place = format!("/agents/{agent}");
    let found = alex.get(&place).await.expect_status(StatusCode::OK);
    let sent = json!({
        "name": found["name"], "teams_user_id": found["teams_user_id"], "team_id": team,
    });
    let version = found["version"].as_u64().unwrap();
    let changed = alex.put(&place, version, sent).await;
    let changed = changed.expect_status(StatusCode::OK);
    assert_eq!(changed["team_id"], team);
    // A team that is left out stays.
    let sent = json!({"name": found["name"], "teams_user_id": found["teams_user_id"]});
    let changed = alex.put(&place, version + 1, sent).await;
    assert_eq!(changed.expect_status(StatusCode::OK)["team_id"], team);
}

/// Somebody calls, and talks to the agent.
pub(crate) async fn talks(center: &Center, agent: &Person, contact: u64) {
    let id = ContactId(contact);
    let number = format!("+1206555010{contact}");
    arrive_from(center, &number, "Mia", contact).await;
    let leg = format!("leg {contact}");
    fact_of(center, id, CallFact::LegUp { leg }).await;
    let mut feed = agent.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let frame = feed
        .until(|frame| frame["data"]["offers"][0].is_object())
        .await;
    let offer = &frame["data"]["offers"][0]["id"];
    agent
        .post(&format!("/offers/{offer}/accept"), json!({}))
        .await
        .expect_status(StatusCode::OK);
    connect_in(center, id).await;
}

async fn keep(center: &Center, id: u64, agent: u64) {
    let about = About {
        queue: Some(QueueId(1)),
        agents: vec![AgentId(agent)],
        ..second_of(id)
    };
    keep_second(center, about).await;
}

impl Floor {
    /// Somebody with a role, within a scope.
    async fn scoped(&self, username: &str, role: &str, scope: Value) -> Person {
        let account = self
            .server
            .account("contoso", username, &[role], None)
            .await;
        let person = self.server.nobody().sign_in(username).await;
        set_scope(&self.alex, account.0, scope).await;
        person
    }
}

async fn set_scope(alex: &Person, account: u64, scope: Value) {
    let place = format!("/accounts/{account}/scope");
    let set = send(alex.request(Method::PUT, &place).json(&scope)).await;
    set.expect_status(StatusCode::NO_CONTENT);
}

fn ids(list: &Value) -> Vec<u64> {
    let items = list.as_array().unwrap().iter();
    items.map(|it| it["id"].as_u64().unwrap()).collect()
}

async fn read(person: &Person, path: &str) -> Value {
    person.get(path).await.expect_status(StatusCode::OK)
}

// B-005
#[tokio::test]
async fn administrator_of_one_queue_changes_it_and_is_turned_away_from_the_other() {
    let floor = lived().await;
    let quinn = { floor.scoped("quinn", "queue_administrator", json!({"queues": [1]})) }.await;
    assert_eq!(ids(&read(&quinn, "/queues").await["items"]), [1]);
    let own = json!({"name": "Sales and more"});
    let changed = quinn.put("/queues/1", 1, own).await;
    assert_eq!(
        changed.expect_status(StatusCode::OK)["name"],
        "Sales and more"
    );
    let other = json!({"name": "Support and more"});
    let beyond = quinn.put("/queues/2", 1, other).await;
    beyond.expect_problem(403, "out_of_scope");
    assert!(beyond.body["detail"].as_str().unwrap().contains("queue 2"));
    quinn
        .get("/queues/2")
        .await
        .expect_problem(403, "out_of_scope");
    quinn
        .get("/queues/2/waits")
        .await
        .expect_problem(403, "out_of_scope");
    quinn
        .get("/queues/99")
        .await
        .expect_problem(404, "not_found");
    // Making and removing queues is not changing one.
    let made = quinn.post("/queues", json!({"name": "Mine"})).await;
    made.expect_problem(403, "forbidden");
    quinn
        .delete("/queues/1", 2)
        .await
        .expect_problem(403, "forbidden");
    let audit = read(&floor.alex, "/audit?limit=20").await;
    let denied: Vec<_> = { audit["items"].as_array().unwrap().iter() }
        .filter(|it| it["actor"] == "quinn" && it["outcome"] == "denied")
        .map(|it| it["detail"].as_str().unwrap())
        .collect();
    assert!(
        denied.contains(&"queue 2, which is out of scope"),
        "{denied:?}"
    );
}

fn into_queue(queue: u64, words: &str) -> Value {
    let nodes = json!([
        {"id": "hello", "kind": "play", "prompt": {"text": words}, "next": "wait", "failed": "wait"},
        {"id": "wait", "kind": "queue", "queue_id": queue, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    json!({"name": format!("Into {queue}"), "start": "hello", "nodes": nodes})
}

// B-005: the menu and the holiday are changed without calling IT, and never somebody else's.
#[tokio::test]
async fn administrator_of_one_queue_changes_its_menu_and_its_holiday_and_tries_no_other() {
    let floor = lived().await;
    let quinn = { floor.scoped("quinn", "queue_administrator", json!({"queues": [1]})) }.await;
    let made = quinn.post("/flows", into_queue(1, "Hello.")).await;
    let own = made.expect_status(StatusCode::CREATED)["id"].clone();
    let changed = into_queue(1, "We are closed on Monday.");
    quinn
        .put(&format!("/flows/{own}"), 1, changed)
        .await
        .expect_status(StatusCode::OK);
    let holidays = json!({"name": "Holidays", "time_zone": "Europe/Berlin", "weekly": {}});
    quinn
        .post("/schedules", holidays)
        .await
        .expect_status(StatusCode::CREATED);
    let other = floor.alex.create("/flows", into_queue(2, "Hi.")).await["id"].clone();
    let place = format!("/flows/{other}");
    for refused in [
        quinn.post("/flows", into_queue(2, "Mine.")).await,
        quinn.put(&place, 1, into_queue(1, "Mine.")).await,
        quinn.delete(&place, 1).await,
        quinn.post(&format!("{place}/test-calls"), json!({})).await,
    ] {
        refused.expect_problem(403, "out_of_scope");
    }
    // Which number leads where is not a flow's business.
    let endpoint = json!({"name": "Mine", "resource_account_id": "x", "flow_id": own});
    quinn
        .post("/endpoints", endpoint)
        .await
        .expect_problem(403, "forbidden");
}

// B-006: no agent, call or recording of the other team, in any list, count or file.
#[tokio::test]
async fn supervisor_of_one_team_finds_nothing_of_another_in_a_list_a_count_or_a_file() {
    let floor = lived().await;
    let tess = { floor.scoped("tess", "supervisor", json!({"teams": [EARLY]})) }.await;
    assert_eq!(ids(&read(&tess, "/agents").await["items"]), [ANN]);
    let contacts = read(&tess, "/contacts").await;
    assert_eq!(ids(&contacts["contacts"]), [1]);
    assert_eq!(contacts["count"], json!({"exact": true, "n": 1}));
    for (query, n) in [("?agent_id=2", 0), ("?open=true", 0), ("?queue_id=1", 1)] {
        let found = read(&tess, &format!("/contacts{query}")).await;
        assert_eq!(found["count"]["n"], n, "{query}");
    }
    assert_eq!(read(&tess, "/contacts/summary").await["contacts"], 1);
    let file = tess.request(Method::GET, "/contacts/export").send().await;
    let file = file.unwrap().text().await.unwrap();
    assert!(
        file.contains("Agent ann") && !file.contains("Agent bob"),
        "{file}"
    );
    let recordings = read(&tess, "/recordings").await;
    assert_eq!(ids(&recordings["recordings"]), [901]);
    assert_eq!(recordings["count"]["n"], 1);
    let decisions = read(&tess, "/decisions").await;
    let of: BTreeSet<u64> = { decisions.as_array().unwrap().iter() }
        .map(|it| it["contact_id"].as_u64().unwrap())
        .collect();
    assert_eq!(of, [1].into());
    let board = read(&tess, "/board").await;
    assert_eq!(ids(&board["agent_list"]), [ANN]);
    assert_eq!(board["queues"], json!([]));
    assert_eq!(board["agents"]["on_contact"], 0);
    assert_eq!(board["today"]["answered"], 0);
    assert_eq!(board["series"]["minutes"], json!([]));
    for whole in [contacts, recordings, decisions, board] {
        assert!(!whole.to_string().contains("bob"), "{whole}");
    }
    // Whoever is not limited sees both.
    assert_eq!(
        ids(&read(&floor.alex, "/agents").await["items"]),
        [ANN, BOB]
    );
    assert_eq!(
        ids(&read(&floor.alex, "/contacts").await["contacts"]),
        [2, 1]
    );
}

// B-006: nor one by one, nor to act on.
#[tokio::test]
async fn supervisor_of_one_team_is_turned_away_from_every_single_thing_of_another() {
    let floor = lived().await;
    let tess = { floor.scoped("tess", "supervisor", json!({"teams": [EARLY]})) }.await;
    for place in [
        "/agents/1",
        "/contacts/1",
        "/contacts/1/recordings",
        "/recordings/901/accesses",
        "/recordings/901/waveform",
        "/recordings/901/sound?purpose=quality",
    ] {
        let answer = tess.get(place).await;
        assert_eq!(answer.status, StatusCode::OK, "{place}: {}", answer.body);
    }
    for place in [
        "/agents/2",
        "/contacts/2",
        "/contacts/2/recordings",
        "/recordings/902/accesses",
        "/recordings/902/waveform",
        "/recordings/902/sound?purpose=quality",
    ] {
        tess.get(place).await.expect_problem(403, "out_of_scope");
        let audit = read(&floor.alex, "/audit?limit=1").await;
        assert_eq!(audit["items"][0]["actor"], "tess", "{place}");
        let told = audit["items"][0]["detail"].as_str().unwrap();
        assert!(told.ends_with("which is out of scope"), "{place}: {told}");
    }
    for act in ["pause", "resume"] {
        let asked = tess
            .post(&format!("/contacts/2/recording/{act}"), json!({}))
            .await;
        asked.expect_problem(403, "out_of_scope");
    }
    let paid = tess
        .post("/contacts/2/payment", json!({"state": "opened"}))
        .await;
    paid.expect_problem(403, "out_of_scope");
    tess.get("/contacts/99")
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn site_has_the_agents_of_its_teams_and_a_desk_has_no_scope() {
    let floor = lived().await;
    let una = { floor.scoped("una", "analyst", json!({"sites": [2]})) }.await;
    assert_eq!(ids(&read(&una, "/agents").await["items"]), [BOB]);
    assert_eq!(ids(&read(&una, "/contacts").await["contacts"]), [2]);
    una.get("/contacts/1")
        .await
        .expect_problem(403, "out_of_scope");
    let accounts = read(&floor.alex, "/accounts").await;
    let of_ann = { accounts["items"].as_array().unwrap().iter() }
        .find(|it| it["username"] == "ann")
        .unwrap();
    set_scope(
        &floor.alex,
        of_ann["id"].as_u64().unwrap(),
        json!({"queues": []}),
    )
    .await;
    assert_eq!(ids(&read(&floor.ann, "/contacts").await["contacts"]), [1]);
    read(&floor.ann, "/contacts/1").await;
}

async fn seen(feed: &mut Live, n: usize) -> Vec<u64> {
    let frame = feed
        .until(|frame| {
            frame["kind"] == "snapshot"
                && frame["data"]["agent_list"]
                    .as_array()
                    .is_some_and(|it| it.len() == n)
        })
        .await;
    ids(&frame["data"]["agent_list"])
}

// what is watched narrows, and widens, with the scope; no sign-in in between.
#[tokio::test]
async fn sessions_sockets_and_tv_links_lose_sight_as_soon_as_the_scope_changes() {
    let floor = lived().await;
    let account = {
        floor
            .server
            .account("contoso", "sam", &["supervisor"], None)
    }
    .await;
    let sam = floor.server.nobody().sign_in("sam").await;
    let link = sam.create("/tv-tokens", json!({"board": "floor"})).await;
    let mut feed = sam.live().await;
    let query = format!("k={}", link["token"].as_str().unwrap());
    let mut wall = Live::open(&sam.url, "contoso", &query, &[]).await.unwrap();
    for feed in [&mut feed, &mut wall] {
        feed.say(json!({"subscribe": ["board"]})).await;
        assert_eq!(seen(feed, 2).await, [ANN, BOB]);
    }
    set_scope(&floor.alex, account.0, json!({"teams": [LATE]})).await;
    for feed in [&mut feed, &mut wall] {
        assert_eq!(seen(feed, 1).await, [BOB]);
    }
    assert_eq!(ids(&read(&sam, "/agents").await["items"]), [BOB]);
    sam.get("/agents/1")
        .await
        .expect_problem(403, "out_of_scope");
    // Who moves to another team is out of sight with the next look.
    joins(&floor.alex, ANN, LATE).await;
    assert_eq!(ids(&read(&sam, "/agents").await["items"]), [ANN, BOB]);
    set_scope(&floor.alex, account.0, json!({"everything": true})).await;
    for feed in [&mut feed, &mut wall] {
        assert_eq!(seen(feed, 2).await, [ANN, BOB]);
    }
}

#[tokio::test]
async fn scope_is_said_by_administrators_alone_of_what_there_is_and_stands_in_the_audit() {
    let floor = lived().await;
    let account = {
        floor
            .server
            .account("contoso", "sam", &["supervisor"], None)
    }
    .await;
    let sam = floor.server.nobody().sign_in("sam").await;
    let put = async |by: &Person, account: u64, scope: Value| {
        let place = format!("/accounts/{account}/scope");
        send(by.request(Method::PUT, &place).json(&scope)).await
    };
    let own = put(&sam, account.0, json!({"everything": true})).await;
    own.expect_problem(403, "forbidden");
    for (scope, field) in [
        (json!({"queues": [9]}), "queues"),
        (json!({"teams": [1, 9]}), "teams"),
        (json!({"sites": [9]}), "sites"),
        (json!({}), "everything"),
        (json!({"everything": true, "queues": [1]}), "everything"),
    ] {
        let refused = put(&floor.alex, account.0, scope).await;
        refused.expect_problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    let me = read(&floor.alex, "/me").await;
    let alex = me["account"]["id"].as_u64().unwrap();
    let limited = put(&floor.alex, alex, json!({"queues": [1]})).await;
    limited.expect_problem(409, "administrator");
    put(&floor.alex, account.0, json!({"queues": [1], "sites": [2]}))
        .await
        .expect_status(StatusCode::NO_CONTENT);
    let accounts = read(&floor.alex, "/accounts").await;
    let scope_of = |username: &str| {
        let items = accounts["items"].as_array().unwrap().iter();
        let mut of = items.filter(|it| it["username"] == username);
        of.next().unwrap()["scope"].clone()
    };
    assert_eq!(
        scope_of("sam"),
        json!({"queues": [1], "teams": [], "sites": [2]})
    );
    assert_eq!(scope_of("alex"), Value::Null);
    let audit = read(&floor.alex, "/audit?limit=1").await;
    assert_eq!(audit["items"][0]["action"], "scope_set");
    let told = format!("account {}: queue 1, site 2", account.0);
    assert_eq!(audit["items"][0]["detail"], told);
}

//
#[tokio::test]
async fn why_somebody_may_or_may_not_is_told() {
    let floor = lived().await;
    let account = {
        floor
            .server
            .account("contoso", "quinn", &["queue_administrator"], None)
    }
    .await;
    set_scope(
        &floor.alex,
        account.0,
        json!({"queues": [1], "teams": [LATE]}),
    )
    .await;
    let ask = async |query: &str| {
        let place = format!("/accounts/{}/may?{query}", account.0);
        floor.alex.get(&place).await
    };
    let may = ask("permission=edit_queues&queue=1")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(may["allowed"], true);
    assert_eq!(
        may["because"][0],
        json!({"code": "role", "role": "queue_administrator", "part": null})
    );
    let part = json!({"kind": "queue", "id": 1, "name": "Sales"});
    assert_eq!(
        may["because"][1],
        json!({"code": "part", "role": null, "part": part})
    );
    assert_eq!(may["missing"], Value::Null);
    let may = ask("permission=edit_queues&queue=2")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(
        (&may["allowed"], &may["missing"]["code"]),
        (&json!(false), &json!("scope"))
    );
    let may = ask("permission=see_floor&agent=2")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(may["because"][1]["part"]["name"], "Late");
    let may = ask("permission=see_contacts&contact=2")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(
        (&may["allowed"], &may["missing"]["code"]),
        (&json!(false), &json!("role"))
    );
    let roles = may["missing"]["roles"].as_array().unwrap();
    assert!(roles.contains(&json!("analyst")) && !roles.contains(&json!("agent")));
    let may = ask("permission=close_hours&contact=2")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(may["allowed"], true, "{may}");
    ask("permission=fly").await.expect_problem(422, "invalid");
    ask("permission=see_floor&queue=9")
        .await
        .expect_problem(404, "not_found");
    let both = ask("permission=see_floor&queue=1&agent=1").await;
    both.expect_problem(422, "invalid");
}
