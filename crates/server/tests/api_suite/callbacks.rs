//! The callback book over the API: who books, sees, changes and takes what, what is refused and why, and what is left
//! of it among a person's data.

use crate::desk::floor;
use crate::scope::talks;
use crate::server::{Answer, Person, Server, send};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use tandem_server::center::Center;

const MIA: &str = "+12065550101";
const OTHER: &str = "+12065550177";

struct Floor {
    server: Server,
    center: Arc<Center>,
    alex: Person,
    /// Serves Sales, and not Support.
    ann: Person,
}

/// Two queues that call North America back; ann is not ready.
async fn lived() -> Floor {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    let away = json!({"intent": "not_ready", "reason_id": 1});
    ann.post("/me/state", away)
        .await
        .expect_status(StatusCode::OK);
    alex.create("/skills", json!({"name": "Support"})).await;
    let calls_back = |name: &str, requirements: Value| {
        json!({
            "name": name, "requirements": requirements, "callbacks": {"duplicate": "refuse"},
            "calling_out": {"endpoint_id": 1, "countries": ["1"], "ring_s": 30},
        })
    };
    let sales = alex.put("/queues/1", 1, calls_back("Sales", json!([])));
    sales.await.expect_status(StatusCode::OK);
    let needs = json!([{"skill_id": 1, "min_level": 1}]);
    alex.create("/queues", calls_back("Support", needs)).await;
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    Floor {
        server,
        center,
        alex,
        ann,
    }
}

/// An instant from now, as the API writes it.
fn in_minutes(minutes: i64) -> String {
    (Timestamp::now() + SignedDuration::from_mins(minutes)).to_string()
}

/// An hour from now, for an hour.
fn window() -> Value {
    json!({"from": in_minutes(60), "to": in_minutes(120)})
}

fn wish(number: &str) -> Value {
    json!({"queue_id": 1, "number": number, "name": "Mia Example", "window": window()})
}

impl Floor {
    async fn person(&self, username: &str, role: &str) -> Person {
        self.server
            .account("contoso", username, &[role], None)
            .await;
        self.server.nobody().sign_in(username).await
    }

    /// Books an hour from now; answers which.
    async fn books(&self, number: &str) -> u64 {
        let booked = self.alex.create("/callbacks", wish(number)).await;
        booked["id"].as_u64().unwrap()
    }

    async fn book(&self, query: &str) -> Vec<Value> {
        items(&self.alex, &format!("/callbacks{query}")).await
    }
}

async fn items(person: &Person, path: &str) -> Vec<Value> {
    let list = person.get(path).await.expect_status(StatusCode::OK);
    list["items"].as_array().unwrap().clone()
}

async fn cancels(person: &Person, id: u64) -> Answer {
    send(person.request(Method::DELETE, &format!("/callbacks/{id}"))).await
}

//
#[tokio::test]
async fn booked_callback_stands_in_the_book_until_it_is_called_off_and_both_are_audited() {
    let floor = lived().await;
    let id = floor.books(MIA).await;
    let book = floor.book("").await;
    let booked = &book[0];
    assert_eq!(
        (&booked["id"], &booked["kind"], &booked["state"]),
        (&json!(id), &json!("scheduled"), &json!("booked"))
    );
    assert_eq!(
        booked["customer"],
        json!({"number": MIA, "name": "Mia Example"})
    );
    assert_eq!(booked["queue"]["name"], "Sales");
    assert_eq!(booked["next_at"], booked["window"]["from"]);
    assert_eq!(booked["promised_by"], booked["window"]["to"]);
    assert_eq!(floor.book("?queue_id=1").await.len(), 1);
    assert_eq!(floor.book("?queue_id=2").await, Vec::<Value>::new());
    cancels(&floor.alex, id).await.expect_status(StatusCode::OK);
    assert_eq!(floor.book("").await, Vec::<Value>::new());
    let ended = floor.book("?of=ended").await;
    assert_eq!(
        (&ended[0]["state"], &ended[0]["why"]),
        (&json!("cancelled"), &json!("asked"))
    );
    cancels(&floor.alex, id)
        .await
        .expect_problem(404, "not_found");
    let audit = floor.alex.get("/audit?limit=20").await;
    let audit = audit.expect_status(StatusCode::OK).to_string();
    for action in ["callback_booked", "callback_cancelled"] {
        assert!(audit.contains(action), "{action} is not in {audit}");
    }
    assert!(!audit.contains("2065550101"), "{audit}");
}

#[tokio::test]
async fn book_is_read_page_by_page() {
    let floor = lived().await;
    let (first, second) = (floor.books(MIA).await, floor.books(OTHER).await);
    let page = floor.alex.get("/callbacks?limit=1").await;
    let page = page.expect_status(StatusCode::OK);
    assert_eq!(
        (&page["items"][0]["id"], &page["next_after"]),
        (&json!(first), &json!(first))
    );
    let rest = floor
        .alex
        .get(&format!("/callbacks?limit=1&after={first}"))
        .await;
    let rest = rest.expect_status(StatusCode::OK);
    assert_eq!(
        (&rest["items"][0]["id"], &rest["next_after"]),
        (&json!(second), &Value::Null)
    );
}

// by the customer's clock, and with another time that is the customer's too.
#[tokio::test]
async fn callback_is_given_another_time_by_the_customers_clock() {
    let floor = lived().await;
    let id = floor.books(MIA).await;
    let day = Timestamp::now() + SignedDuration::from_hours(48);
    let day = day.to_zoned(jiff::tz::TimeZone::UTC).date();
    let by_clock = json!({"from": format!("{day}T09:00"), "to": format!("{day}T10:00")});
    let path = format!("/callbacks/{id}/reschedule");
    let without_zone = json!({"window": by_clock});
    let refused = floor.alex.post(&path, without_zone).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "window.from");
    let sent = json!({"window": by_clock, "time_zone": "Etc/GMT+8"});
    floor
        .alex
        .post(&path, sent)
        .await
        .expect_status(StatusCode::OK);
    let book = floor.book("").await;
    let from = book[0]["window"]["from"].as_str().unwrap();
    assert!(from.starts_with(&format!("{day}T17:00:00")), "{from}");
    assert_eq!(
        (&book[0]["why"], &book[0]["next_at"]),
        (&json!("rescheduled"), &book[0]["window"]["from"])
    );
}

// B-236, R-30
#[tokio::test]
async fn what_cannot_be_booked_is_refused_with_the_rule_or_the_field() {
    let floor = lived().await;
    floor.books(MIA).await;
    let plain = json!({"name": "Plain"});
    floor.alex.create("/queues", plain).await;
    let entry = json!({"number": "+12065550111", "reason": "Asked not to be called"});
    floor.alex.create("/do-not-call", entry).await;
    let over = json!({"from": in_minutes(-120), "to": in_minutes(-60)});
    let backwards = json!({"from": in_minutes(120), "to": in_minutes(60)});
    let far = json!({"from": in_minutes(60), "to": in_minutes(50_000)});
    for (field, value, status, code) in [
        ("number", json!("112"), 422, "emergency_number"),
        ("number", json!("2065550199"), 422, "invalid_number"),
        ("number", json!("+4989123456"), 409, "country_not_allowed"),
        ("number", json!("+12065550111"), 409, "on_do_not_call_list"),
        ("number", json!(MIA), 409, "callback_pending"),
        ("queue_id", json!(3), 409, "no_callbacks"),
        ("queue_id", json!(99), 404, "not_found"),
        ("owner", json!({"agent_id": 99}), 404, "not_found"),
        ("name", json!("x".repeat(201)), 422, "invalid"),
        ("time_zone", json!("Nowhere/Town"), 422, "invalid"),
        ("window", over, 422, "invalid"),
        ("window", backwards, 422, "invalid"),
        ("window", far, 422, "invalid"),
    ] {
        let mut sent = wish(OTHER);
        sent[field] = value.clone();
        let refused = floor.alex.post("/callbacks", sent).await;
        assert_eq!(
            refused.status.as_u16(),
            status,
            "{field} {value}: {refused:?}"
        );
        refused.expect_problem(status, code);
        let named = &refused.body["errors"][0]["field"];
        if code == "invalid" {
            let expected = if field == "window" {
                "window.to"
            } else {
                field
            };
            assert_eq!(named, expected, "{refused:?}");
        }
        assert!(refused.body["detail"].as_str().unwrap().len() > 10);
    }
    assert_eq!(floor.book("").await.len(), 1);
}

//
#[tokio::test]
async fn agents_book_for_their_queues_and_keep_their_own() {
    let floor = lived().await;
    let (_, bob) = floor.alex.agent("bob", 2).await;
    let own = |queue: u64, agent: u64| {
        let mut own = wish(MIA);
        own["queue_id"] = queue.into();
        own["owner"] = json!({"agent_id": agent});
        own
    };
    for (sent, code) in [
        (own(2, 1), "not_your_queue"),
        (own(1, 2), "not_your_callback"),
    ] {
        let refused = floor.ann.post("/callbacks", sent).await;
        assert_eq!(refused.body["code"], code, "{refused:?}");
    }
    let booked = floor.ann.create("/callbacks", own(1, 1)).await;
    let id = booked["id"].as_u64().unwrap();
    let mine = items(&floor.ann, "/callbacks/own").await;
    assert_eq!(
        (
            &mine[0]["id"],
            &mine[0]["kind"],
            &mine[0]["owner"]["agent"]["name"]
        ),
        (&json!(id), &json!("agent_owned"), &json!("Agent ann"))
    );
    assert_eq!(items(&bob, "/callbacks/own").await, Vec::<Value>::new());
    floor
        .ann
        .get("/callbacks")
        .await
        .expect_problem(403, "forbidden");
    let take = format!("/callbacks/{id}/take");
    let time = format!("/callbacks/{id}/reschedule");
    for refused in [
        bob.post(&take, json!({})).await,
        bob.post(&time, json!({"window": window()})).await,
        cancels(&bob, id).await,
    ] {
        assert_eq!(refused.body["code"], "not_your_callback", "{refused:?}");
    }
    floor
        .ann
        .post(&time, json!({"window": window(), "owner": {"agent_id": 1}}))
        .await
        .expect_status(StatusCode::OK);
    let taken = floor.ann.post(&take, json!({})).await;
    let taken = taken.expect_status(StatusCode::CREATED);
    let book = floor.book("").await;
    assert_eq!(
        (&book[0]["state"], &book[0]["contact_id"]),
        (&json!("dialing"), &taken["contact_id"])
    );
    // While somebody is being called nothing is changed.
    for refused in [
        cancels(&floor.alex, id).await,
        floor.alex.post(&time, json!({"window": window()})).await,
        floor.ann.post(&take, json!({})).await,
    ] {
        refused.expect_problem(409, "callback_under_way");
    }
}

//
#[tokio::test]
async fn roles_scopes_and_keys_say_who_reaches_which_callbacks() {
    let floor = lived().await;
    let id = floor.books(MIA).await;
    let analyst = floor.person("nora", "analyst").await;
    for refused in [
        analyst.get("/callbacks").await,
        analyst.post("/callbacks", wish(OTHER)).await,
        cancels(&analyst, id).await,
    ] {
        refused.expect_problem(403, "forbidden");
    }
    let account = { floor.server }
        .account("contoso", "quinn", &["supervisor"], None)
        .await;
    let place = format!("/accounts/{}/scope", account.0);
    let limited = json!({"queues": [2]});
    send(floor.alex.request(Method::PUT, &place).json(&limited))
        .await
        .expect_status(StatusCode::NO_CONTENT);
    let quinn = Person {
        token: None,
        ..floor.alex.clone()
    };
    let quinn = quinn.sign_in("quinn").await;
    assert_eq!(items(&quinn, "/callbacks").await, Vec::<Value>::new());
    for refused in [
        quinn.get("/callbacks?queue_id=1").await,
        quinn.post("/callbacks", wish(OTHER)).await,
        cancels(&quinn, id).await,
    ] {
        refused.expect_problem(403, "out_of_scope");
    }
    let figures = quinn.get("/callbacks/figures").await;
    let figures = figures.expect_status(StatusCode::OK);
    assert_eq!(figures["all"]["requested"], 0);
    assert_eq!(figures["queues"][0]["queue"]["name"], "Support");
    let sent = json!({"name": "Web page", "scopes": ["callbacks.book"]});
    let key = floor.alex.create("/api-keys", sent).await;
    let page = Person {
        token: key["key"].as_str().map(str::to_owned),
        ..floor.alex.clone()
    };
    page.create("/callbacks", wish(OTHER)).await;
    let refused = page.get("/callbacks").await;
    refused.expect_problem(403, "key_scope");
    let figures = floor.alex.get("/callbacks/figures").await;
    let figures = figures.expect_status(StatusCode::OK);
    let all = ["pending", "requested", "attempted", "connected"];
    let all = all.map(|it| figures["all"][it].as_u64());
    assert_eq!(all, [Some(2), Some(2), Some(0), Some(0)]);
}

// everything that is kept of a person is told, and nothing of anybody else.
#[tokio::test]
async fn callbacks_of_a_person_are_found_taken_out_and_called_off_with_the_erasure() {
    let floor = lived().await;
    let over = floor.books(MIA).await;
    cancels(&floor.alex, over)
        .await
        .expect_status(StatusCode::OK);
    let pending = floor.books(MIA).await;
    floor.books(OTHER).await;
    let seq = floor.center.engine.view().read(|it| it.seq);
    floor.center.followed.reaches(seq).await;
    let mia = json!({"number": MIA});
    let found = floor.alex.post("/persons/find", mia.clone()).await;
    let found = found.expect_status(StatusCode::OK);
    assert_eq!(
        (&found["contacts"], &found["callbacks_pending"]),
        (&json!(0), &json!(1))
    );
    let whole = floor.alex.post("/persons/export", mia.clone()).await;
    let whole = whole.expect_status(StatusCode::OK);
    let told = whole["callbacks"].as_array().unwrap();
    let told: Vec<_> = told.iter().map(|it| (&it["id"], &it["state"])).collect();
    assert_eq!(
        told,
        [
            (&json!(pending), &json!("booked")),
            (&json!(over), &json!("cancelled"))
        ]
    );
    assert_eq!(whole["callbacks"][0]["customer"]["number"], MIA);
    assert!(!whole.to_string().contains(OTHER), "{whole}");
    let erase = json!({"number": MIA, "reason": "Asked for by letter"});
    floor
        .alex
        .post("/persons/erase", erase)
        .await
        .expect_status(StatusCode::OK);
    let book = floor.book("").await;
    assert_eq!(book.len(), 1);
    assert_eq!(book[0]["customer"]["number"], OTHER);
    let ended = floor.book("?of=ended").await;
    assert_eq!(
        (&ended[0]["why"], &ended[0]["customer"]["number"]),
        (&json!("forgotten"), &Value::Null)
    );
}

//
#[tokio::test]
async fn caller_whose_callback_is_pending_is_known_to_the_agent_who_may_call_it_off() {
    let floor = lived().await;
    let id = floor.books(MIA).await;
    let ready = floor.ann.post("/me/state", json!({"intent": "ready"}));
    ready.await.expect_status(StatusCode::OK);
    cancels(&floor.ann, id)
        .await
        .expect_problem(409, "not_your_callback");
    // The first caller there has Mia's number.
    talks(&floor.center, &floor.ann, 1).await;
    let caller = floor.alex.get("/contacts/1").await;
    let caller = caller.expect_status(StatusCode::OK);
    assert_eq!(
        (&caller["customer"]["number"], &caller["callback_id"]),
        (&json!(MIA), &json!(id))
    );
    cancels(&floor.ann, id).await.expect_status(StatusCode::OK);
    let ended = floor.book("?of=ended").await;
    assert_eq!(ended[0]["why"], "taken_over");
}

//
#[tokio::test]
async fn customer_first_comes_back_as_it_was_sent_and_mistakes_name_their_field() {
    let floor = lived().await;
    let queue = floor.alex.get("/queues/1").await;
    let queue = queue.expect_status(StatusCode::OK);
    let version = queue["version"].as_u64().unwrap();
    let with = |customer_first: &Value| {
        let mut sent = queue.clone();
        for own in ["id", "version"] {
            sent.as_object_mut().unwrap().remove(own);
        }
        sent["callbacks"]["customer_first"] = customer_first.clone();
        sent
    };
    let rules = json!({
        "greeting": {"text": "You asked us to call you back."},
        "nobody_free": {"url": "https://sounds.example/sorry.wav"}, "wait_s": 20, "at_once_max": 2,
    });
    for (name, value) in [
        ("greeting", json!({"text": " "})),
        ("nobody_free", json!({"prompt_id": 7})),
        ("wait_s", json!(4)),
        ("at_once_max", json!(21)),
    ] {
        let mut wrong = rules.clone();
        wrong[name] = value;
        let refused = floor.alex.put("/queues/1", version, with(&wrong)).await;
        assert_eq!(refused.status.as_u16(), 422, "{name}: {refused:?}");
        let field = &refused.body["errors"][0]["field"];
        assert_eq!(*field, format!("callbacks.customer_first.{name}"));
    }
    let saved = floor.alex.put("/queues/1", version, with(&rules)).await;
    let saved = saved.expect_status(StatusCode::OK);
    assert_eq!(saved["callbacks"]["customer_first"], rules);
}

//
#[tokio::test]
async fn agent_is_told_of_an_own_callback_whose_time_has_come() {
    let floor = lived().await;
    let own = |from: i64| {
        let mut own = wish(MIA);
        own["owner"] = json!({"agent_id": 1});
        own["window"] = json!({"from": in_minutes(from), "to": in_minutes(from + 60)});
        own
    };
    let later = floor.ann.create("/callbacks", own(30)).await;
    let mut feed = floor.ann.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let me = feed.until(|frame| frame["data"]["agent"].is_object()).await;
    assert_eq!(me["data"]["callbacks_due"], json!([]));
    let path = format!("/callbacks/{}/reschedule", later["id"]);
    let mut sent = own(-1);
    for extra in ["queue_id", "number", "name"] {
        sent.as_object_mut().unwrap().remove(extra);
    }
    floor
        .ann
        .post(&path, sent)
        .await
        .expect_status(StatusCode::OK);
    let due = json!([later["id"]]);
    feed.until(|frame| frame["data"]["callbacks_due"] == due)
        .await;
    let take = format!("/callbacks/{}/take", later["id"]);
    floor
        .ann
        .post(&take, json!({}))
        .await
        .expect_status(StatusCode::CREATED);
    feed.until(|frame| frame["data"]["callbacks_due"] == json!([]))
        .await;
}
