//! An administrator looks as another account: sees what it sees, changes nothing, and is on record.

use crate::desk::floor;
use crate::server::{Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

struct Stage {
    server: Server,
    alex: Person,
    /// Of sam, a supervisor of queue 1 alone.
    sam: u64,
}

async fn staged() -> Stage {
    let server = Server::start().await;
    let (alex, _ann) = floor(&server).await;
    alex.create("/queues", json!({"name": "Support"})).await;
    let sam = server.account("contoso", "sam", &["supervisor"], None);
    let sam = sam.await.0;
    let place = format!("/accounts/{sam}/scope");
    let scope = json!({"queues": [1]});
    let set = send(alex.request(Method::PUT, &place).json(&scope)).await;
    set.expect_status(StatusCode::NO_CONTENT);
    Stage { server, alex, sam }
}

impl Stage {
    async fn begin(&self) -> Value {
        let place = format!("/accounts/{}/view", self.sam);
        let begun = self.alex.post(&place, json!({})).await;
        begun.expect_status(StatusCode::OK)
    }

    async fn queues(&self) -> usize {
        let queues = self.alex.get("/queues").await;
        let queues = queues.expect_status(StatusCode::OK);
        queues["items"].as_array().unwrap().len()
    }
}

async fn end(person: &Person) {
    let ended = send(person.request(Method::DELETE, "/view")).await;
    ended.expect_status(StatusCode::NO_CONTENT);
}

//
#[tokio::test]
async fn whoever_looks_as_another_sees_what_that_one_sees_until_it_ends() {
    let stage = staged().await;
    assert_eq!(stage.queues().await, 2);
    let begun = stage.begin().await;
    assert_eq!(begun["account"]["username"], "sam");
    let me = stage.alex.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(me["account"]["username"], "sam");
    assert_eq!(me["account"]["roles"], json!(["supervisor"]));
    assert_eq!(me["view"]["by"]["username"], "alex");
    assert_eq!(me["view"]["by"]["name"], "Alex Admin");
    assert_eq!(me["view"]["until"], begun["until"]);
    assert_eq!(stage.queues().await, 1, "the scope is sam's");
    let other = stage.alex.get("/queues/2").await;
    other.expect_problem(403, "out_of_scope");
    let people = stage.alex.get("/accounts").await;
    people.expect_problem(403, "forbidden");
    end(&stage.alex).await;
    let me = stage.alex.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&me["account"]["username"], &me["view"]),
        (&json!("alex"), &Value::Null)
    );
    assert_eq!(stage.queues().await, 2);
    // A view that is over is ended again without harm.
    end(&stage.alex).await;
}

#[tokio::test]
async fn nothing_is_changed_heard_or_taken_away_in_a_view() {
    let stage = staged().await;
    stage.begin().await;
    for (method, path) in [
        (Method::POST, "/schedules/1/close"),
        (Method::POST, "/do-not-call"),
        (Method::GET, "/contacts/export"),
        (Method::GET, "/recordings/1/sound?purpose=quality"),
        (Method::GET, "/contacts/1/message"),
    ] {
        let asked = send(stage.alex.request(method.clone(), path).json(&json!({}))).await;
        asked.expect_problem(403, "viewing_only");
    }
    // Whoever signs out is signed out, whatever they looked as.
    let out = stage.alex.post("/sign-out", json!({})).await;
    out.expect_status(StatusCode::NO_CONTENT);
    let alex = stage.server.nobody().sign_in("alex").await;
    let me = alex.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(me["view"], Value::Null, "a view is of one sign-in");
}

#[tokio::test]
async fn view_is_on_record_under_whoever_looked() {
    let stage = staged().await;
    stage.begin().await;
    stage
        .alex
        .get("/queues/2")
        .await
        .expect_problem(403, "out_of_scope");
    end(&stage.alex).await;
    let audit = stage.alex.get("/audit?limit=3").await;
    let audit = audit.expect_status(StatusCode::OK);
    let items = audit["items"].as_array().unwrap().iter();
    let acts: Vec<_> = items.map(|it| (&it["actor"], &it["action"])).collect();
    let alex = json!("alex");
    let expected = ["view_ended", "denied", "view_begun"].map(|it| json!(it));
    let expected: Vec<_> = expected.iter().map(|it| (&alex, it)).collect();
    assert_eq!(acts, expected, "{audit}");
}

#[tokio::test]
async fn own_closed_and_key_accounts_are_not_looked_as_and_nobody_else_may() {
    let stage = staged().await;
    let view = async |person: &Person, id: u64| {
        let place = format!("/accounts/{id}/view");
        person.post(&place, json!({})).await
    };
    let me = stage.alex.get("/me").await.expect_status(StatusCode::OK);
    let own = me["account"]["id"].as_u64().unwrap();
    view(&stage.alex, own).await.expect_problem(409, "view_own");
    view(&stage.alex, 987_654)
        .await
        .expect_problem(404, "not_found");
    let sam = stage.server.nobody().sign_in("sam").await;
    view(&sam, own).await.expect_problem(403, "forbidden");
    let closed = json!({"standing": "disabled"});
    let place = format!("/accounts/{}/standing", stage.sam);
    let set = send(stage.alex.request(Method::PUT, &place).json(&closed)).await;
    set.expect_status(StatusCode::NO_CONTENT);
    let closed = view(&stage.alex, stage.sam).await;
    closed.expect_problem(409, "account_closed");
}

#[tokio::test]
async fn view_ends_with_the_account_and_a_feed_that_is_open_with_whom_it_watched() {
    let stage = staged().await;
    let mut feed = stage.alex.live().await;
    feed.say(json!({"subscribe": ["board"]})).await;
    feed.until(|frame| frame["kind"] == "snapshot").await;
    stage.begin().await;
    assert_eq!(feed.closed().await, Some(1008));
    let closed = json!({"standing": "disabled"});
    let other = stage.server.nobody().sign_in("alex").await;
    let place = format!("/accounts/{}/standing", stage.sam);
    let set = send(other.request(Method::PUT, &place).json(&closed)).await;
    set.expect_status(StatusCode::NO_CONTENT);
    let me = stage.alex.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(me["account"]["username"], "alex");
}
