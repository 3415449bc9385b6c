//! Schedules: as people write them, what they come to, and closing at once.

use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn office() -> Value {
    let day = json!([{"from": "08:00", "to": "12:00"}, {"from": "13:00", "to": "24:00"}]);
    json!({
        "name": "Office",
        "time_zone": "Europe/Berlin",
        "weekly": {"monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
                   "saturday": [], "sunday": []},
        "exceptions": [{"name": "Christmas", "first": "2026-12-25", "last": "2026-12-26",
                        "yearly": true, "open": []}],
        "closed_now": null,
    })
}

#[tokio::test]
async fn schedule_comes_back_as_it_was_sent_and_is_kept_while_a_queue_uses_it() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let mut made = alex.create("/schedules", office()).await;
    let changed = alex.put("/schedules/1", 1, made.clone()).await;
    assert_eq!(changed.expect_status(StatusCode::OK)["version"], 2);
    for key in ["id", "version"] {
        made.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(made, office());
    let queue = json!({"name": "Sales", "hours_id": 1, "at_closing": "leave"});
    let queue = alex.create("/queues", queue).await;
    assert_eq!(queue["hours_id"], 1);
    assert_eq!(queue["at_closing"], "leave");
    let answer = alex.delete("/schedules/1", 2).await;
    answer.expect_problem(409, "in_use");
    alex.put("/queues/1", 1, json!({"name": "Sales"})).await;
    let answer = alex.delete("/schedules/1", 2).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn mistakes_are_named_with_their_place_and_the_fix() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let block = |from: &str, to: &str| json!([{"from": from, "to": to}]);
    for (place, value, field, words) in [
        (
            "/time_zone",
            json!("Europe/Berln"),
            "time_zone",
            "Europe/Berlin",
        ),
        (
            "/weekly/sunday",
            block("8:00", "12:00"),
            "weekly.sunday.0.from",
            "HH:MM",
        ),
        (
            "/weekly/sunday",
            block("08:00", "24:30"),
            "weekly.sunday.0.to",
            "24:00",
        ),
        (
            "/weekly/sunday",
            block("22:00", "06:00"),
            "weekly.sunday.0",
            "next day",
        ),
        (
            "/exceptions/0/first",
            json!("25.12.2026"),
            "exceptions.0.first",
            "YYYY-MM-DD",
        ),
        (
            "/exceptions/0/last",
            json!("2026-12-24"),
            "exceptions.0.last",
            "before",
        ),
    ] {
        let mut sent = office();
        *sent.pointer_mut(place).unwrap() = value;
        for path in ["/schedules", "/schedules/preview"] {
            let answer = alex.post(path, sent.clone()).await;
            answer.expect_problem(422, "invalid");
            let problem = &answer.body["errors"][0];
            assert_eq!(problem["field"], field, "{}", answer.body);
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(words), "{detail}");
        }
    }
}

#[tokio::test]
async fn preview_shows_days_with_their_offsets_for_saved_and_unsaved_schedules() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let mut always = office();
    for day in [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ] {
        always["weekly"][day] = json!([{"from": "00:00", "to": "24:00"}]);
    }
    always["exceptions"] = json!([]);
    always["time_zone"] = json!("Asia/Kolkata");
    alex.create("/schedules", always.clone()).await;
    let saved = alex.get("/schedules/1/preview?days=60").await;
    let saved = saved.expect_status(StatusCode::OK);
    assert_eq!(saved["days"].as_array().unwrap().len(), 60);
    assert_eq!(
        saved["now"],
        json!({"state": "open", "name": null, "until": null})
    );
    let day = &saved["days"][0];
    let date = day["date"].as_str().unwrap();
    assert_eq!(day["open"][0]["from"], format!("{date}T00:00:00+05:30"));
    assert_eq!(day["exception"], Value::Null);

    always["exceptions"] = json!([
        {"name": "Holidays", "first": "2020-01-01", "last": "2020-12-31", "yearly": true, "open": []},
    ]);
    let unsaved = alex.post("/schedules/preview?days=1", always).await;
    let unsaved = unsaved.expect_status(StatusCode::OK);
    assert_eq!(unsaved["now"]["state"], "holiday");
    assert_eq!(unsaved["now"]["name"], "Holidays");
    assert_eq!(unsaved["days"][0]["exception"], "Holidays");
    assert_eq!(unsaved["days"][0]["open"], json!([]));
    for days in ["0", "61"] {
        let answer = alex.get(&format!("/schedules/1/preview?days={days}")).await;
        answer.expect_problem(422, "invalid");
    }
    let missing = alex.get("/schedules/9/preview").await;
    missing.expect_problem(404, "not_found");
}

#[tokio::test]
async fn supervisor_closes_and_reopens_without_an_administrator() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/schedules", office()).await;
    server
        .account("contoso", "sam", &["supervisor"], None)
        .await;
    let sam: Person = server.nobody().sign_in("sam").await;
    let closed = sam
        .post("/schedules/1/close", json!({"reason": "Fire alarm"}))
        .await;
    let closed = closed.expect_status(StatusCode::OK);
    assert_eq!(closed["closed_now"], json!({"reason": "Fire alarm"}));
    assert_eq!(closed["version"], 2);
    let preview = sam.get("/schedules/1/preview").await;
    let preview = preview.expect_status(StatusCode::OK);
    assert_eq!(preview["now"]["state"], "emergency");
    // Whoever edited the schedule meanwhile does not reopen it by saving.
    let stale = alex.put("/schedules/1", 1, office()).await;
    stale.expect_problem(409, "conflict");
    let silent = sam.post("/schedules/1/close", json!({"reason": ""})).await;
    silent.expect_problem(422, "invalid");
    let reopened = sam.post("/schedules/1/reopen", json!({})).await;
    assert_eq!(
        reopened.expect_status(StatusCode::OK)["closed_now"],
        Value::Null
    );
}

#[tokio::test]
async fn flow_with_hours_comes_back_as_it_was_sent() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/schedules", office()).await;
    alex.create("/queues", json!({"name": "Sales", "hours_id": 1}))
        .await;
    let nodes = json!([
        {"id": "end", "kind": "end"},
        {"id": "hours", "kind": "hours", "schedule_id": 1, "open": "wait", "closed": "end", "holiday": "end"},
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end", "closed": "end"},
    ]);
    let flow = json!({"name": "Main", "start": "hours", "nodes": nodes});
    let made = alex.create("/flows", flow).await;
    assert_eq!(made["nodes"], nodes);
}
