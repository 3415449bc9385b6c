//! Queue performance and agent performance over the API: what a small day comes to, how it is asked for, who may ask, and
//! the contacts behind a figure.

use crate::history::{Floor, ids, lived};
use crate::server::Person;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The day of the test and the one after it, for whoever runs it at midnight.
fn days() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let yesterday = now.yesterday().unwrap().date();
    let tomorrow = now.tomorrow().unwrap().date();
    format!("first_day={yesterday}&last_day={tomorrow}&time_zone=UTC")
}

async fn figures(person: &Person, whose: &str, more: &str) -> Value {
    let path = format!("/figures/{whose}?{}{more}", days());
    person.get(&path).await.expect_status(StatusCode::OK)
}

// B15.1, B15.2, B15.3
#[tokio::test]
async fn small_day_comes_to_what_happened_in_it() {
    let floor = lived().await;
    let told = figures(&floor.sam, "queues", "&grain=hour").await;
    let sales = &told["queues"][0];
    assert_eq!(sales["queue"], json!({"id": 1, "name": "Sales"}));
    let total = &sales["total"];
    // One talked to ann, one left at once, one waits.
    for (field, n) in [
        ("carried_in", 0),
        ("offered", 3),
        ("answered", 1),
        ("answered_in_time", 1),
        ("short_abandoned", 1),
        ("abandoned", 0),
        ("carried_out", 1),
        ("handled", 1),
        ("wrapped_up", 1),
        ("transferred", 0),
    ] {
        assert_eq!(total[field], n, "{field}");
    }
    let level = json!({"part": 1, "of": 1, "permille": 1_000});
    assert_eq!(total["service_level"], level);
    assert_eq!(told["all"]["total"]["offered"], 3);
    let intervals = sales["intervals"].as_array().unwrap().iter();
    let offered = intervals.map(|it| it["figures"]["offered"].as_u64().unwrap());
    assert_eq!(offered.sum::<u64>(), 3);
    // The figure names the version of the settings that it was judged by.
    let judged = &told["service_level"];
    assert_eq!(judged["variant"], "sl.abandon_negative");
    assert_eq!(judged["in_force"][0]["queue_id"], 1);
    assert_eq!(judged["in_force"][0]["version"], 1);
    let metrics = told["metrics"].as_array().unwrap();
    let about = |field: &str| metrics.iter().find(|it| it["field"] == field);
    assert_eq!(about("service_level").unwrap()["id"], "sl.abandon_negative");
    assert!(about("asa_s").unwrap()["formula"].as_str().unwrap().len() > 10);
}

// B15.3, R-04
#[tokio::test]
async fn agents_come_to_their_engagements_offers_and_time() {
    let floor = lived().await;
    let told = figures(&floor.sam, "agents", "").await;
    assert_eq!(told["by"], "agent");
    let rows = told["rows"].as_array().unwrap();
    let ann = rows.iter().find(|it| it["of"]["name"] == "Agent ann");
    let total = &ann.unwrap()["total"];
    for (field, n) in [
        ("handled", 1),
        ("offers", 1),
        ("accepted", 1),
        ("missed", 0),
        ("held", 0),
    ] {
        assert_eq!(total[field], n, "{field}");
    }
    assert_eq!(total["answer_rate"]["permille"], 1_000);
    let chosen = total["not_ready"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&chosen["why"], &chosen["reason"]["id"]),
        (&json!("chosen"), &json!(1))
    );
    let one = figures(&floor.sam, "agents", "&agent_ids=1").await;
    assert_eq!(one["rows"].as_array().unwrap().len(), 1);
}

// history keeps the old name of a reason, and what it was.
#[tokio::test]
async fn time_for_a_reason_is_told_by_the_name_that_it_had_and_paid_or_not_as_it_was() {
    let floor = lived().await;
    let meal = json!({"label": "Meal", "paid": false, "productive": true});
    let renamed = floor.alex.put("/reasons/1", 1, meal).await;
    renamed.expect_status(StatusCode::OK);
    for wish in [
        json!({"intent": "signed_out"}),
        json!({"intent": "not_ready", "reason_id": 1}),
        json!({"intent": "signed_out"}),
    ] {
        let said = floor.ann.post("/me/state", wish).await;
        said.expect_status(StatusCode::OK);
    }
    floor.followed().await;
    let told = figures(&floor.sam, "agents", "&agent_ids=1").await;
    let total = &told["rows"][0]["total"];
    let rows = total["not_ready"].as_array().unwrap();
    let chosen = rows.iter().filter(|row| row["why"] == "chosen");
    let names: Vec<_> = chosen.map(|row| row["reason"]["name"].clone()).collect();
    assert_eq!(names, ["Lunch", "Meal"]);
    let of = |name: &str| rows.iter().find(|row| row["reason"]["name"] == name);
    let (lunch, meal) = (of("Lunch").unwrap(), of("Meal").unwrap());
    assert_eq!(
        (&lunch["unpaid_s"], &lunch["productive_s"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        (&meal["unpaid_s"], &meal["productive_s"]),
        (&meal["seconds"], &meal["seconds"])
    );
    let seconds = |field: &str| total[field].as_i64().unwrap();
    assert!(seconds("paid_s") <= seconds("signed_in_s"), "{total}");
    let metrics = told["metrics"].as_array().unwrap();
    let paid = metrics.iter().find(|it| it["field"] == "paid_s");
    assert_eq!(paid.unwrap()["id"], "agent.paid");
    let rows = file(&floor.sam, "agents", "").await;
    assert!(
        rows.iter()
            .all(|row| row.contains_key("paid_s[agent.paid]"))
    );
}

// U13: the list behind a number has as many contacts.
#[tokio::test]
async fn number_leads_to_its_contacts() {
    let floor = lived().await;
    let time = "figure_from=2020-01-01T00:00:00Z&figure_to=2100-01-01T00:00:00Z";
    let cases: [(&str, &[u64]); 7] = [
        ("queue_id=1&figure=queue.offered", &[3, 2, 1]),
        ("queue_id=1&figure=queue.answered", &[1]),
        ("queue_id=1&figure=queue.answered_in_time", &[1]),
        ("queue_id=1&figure=queue.short_abandoned", &[2]),
        ("queue_id=1&figure=queue.abandoned", &[]),
        ("agent_id=1&figure=agent.handled", &[1]),
        ("agent_id=1&figure=agent.offers", &[1]),
    ];
    for (figure, meant) in cases {
        let query = format!("?{figure}&{time}");
        assert_eq!(ids(&floor.sam, &query).await, meant, "{figure}");
    }
    let early = "?queue_id=1&figure=queue.offered&figure_from=2020-01-01T00:00:00Z&figure_to=2020-01-02T00:00:00Z";
    assert_eq!(ids(&floor.sam, early).await, [0_u64; 0]);
}

/// The rows of a CSV file of figures, each by the names of its columns.
async fn file(by: &Person, whose: &str, query: &str) -> Vec<BTreeMap<String, String>> {
    let path = format!("/figures/{whose}/export?{}{query}", days());
    let answer = by.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = text.lines();
    let names = cells(lines.next().unwrap());
    let rows = lines.map(|line| names.iter().cloned().zip(cells(line)).collect());
    rows.collect()
}

// B15.2, B15.3: a figure is told with its formula, its unit, its threshold and its zone.
#[tokio::test]
async fn figures_are_taken_away_as_a_file_that_says_what_they_are() {
    let floor = lived().await;
    let told = figures(&floor.sam, "queues", "&grain=day").await;
    let rows = file(&floor.sam, "queues", "&grain=day").await;
    let n_intervals = told["all"]["intervals"].as_array().unwrap().len();
    let n_queues = told["queues"].as_array().unwrap().len();
    assert_eq!(rows.len(), (n_queues + 1) * (n_intervals + 1));
    let whole = |name: &str| {
        let mut rows = rows.iter();
        let found = rows.find(|it| it["span"] == "period" && it["queue"] == name);
        found.unwrap_or_else(|| panic!("{name}: {rows:?}"))
    };
    let (queue, all) = (&told["queues"][0], whole("all"));
    let support = whole(queue["queue"]["name"].as_str().unwrap());
    for (field, id) in [("offered", "queue.offered"), ("answered", "queue.answered")] {
        let column = format!("{field}[{id}]");
        assert_eq!(
            support[&column],
            queue["total"][field].to_string(),
            "{column}"
        );
        assert_eq!(
            all[&column],
            told["all"]["total"][field].to_string(),
            "{column}"
        );
    }
    let level = &queue["total"]["service_level"];
    for part in ["part", "of", "permille"] {
        let column = format!("service_level_{part}[sl.abandon_negative]");
        assert_eq!(support[&column], level[part].to_string(), "{column}");
    }
    assert_eq!((&*support["time_zone"], &*support["grain"]), ("UTC", "day"));
    assert_eq!(support["threshold"], "in_force");
    let judged = &told["service_level"]["in_force"][0];
    let version = format!("version {}: {} s", judged["version"], judged["threshold_s"]);
    let in_force = &support["thresholds_in_force"];
    assert!(in_force.starts_with(&version), "{in_force}");

    let agents = file(&floor.sam, "agents", "").await;
    let mut agents = agents.iter().filter(|it| it["span"] == "period");
    let ann = agents.find(|it| it["agent"] == "Agent ann").unwrap();
    let handled = ann.keys().find(|it| it.starts_with("handled[")).unwrap();
    assert_eq!((&*ann[handled], &*ann["agent_id"]), ("1", "1"));
    assert!(
        ann.keys()
            .any(|it| it.starts_with("transfers_blind_queue["))
    );

    for (format, begins) in [("xlsx", b"PK\x03\x04"), ("parquet", b"PAR1")] {
        let path = format!("/figures/queues/export?{}&format={format}", days());
        let answer = floor.sam.request(Method::GET, &path).send().await.unwrap();
        let name = answer.headers()["content-disposition"].clone();
        assert_eq!(
            name,
            format!("attachment; filename=\"queue-performance.{format}\"")
        );
        assert!(
            answer.bytes().await.unwrap().starts_with(begins),
            "{format}"
        );
    }
    let refused = floor
        .sam
        .get("/figures/queues/export?first_day=today")
        .await;
    refused.expect_problem(422, "invalid");
}

#[tokio::test]
async fn question_that_cannot_be_answered_names_its_field() {
    let floor = lived().await;
    let refused = async |path: &str, field: &str| {
        let problem = floor.sam.get(path).await;
        problem.expect_problem(422, "invalid");
        assert_eq!(problem.body["errors"][0]["field"], field, "{path}");
    };
    refused("/figures/queues", "first_day").await;
    refused("/figures/queues?first_day=26.11.2026", "first_day").await;
    refused(
        "/figures/queues?first_day=2026-11-26&last_day=2026-11-25",
        "last_day",
    )
    .await;
    refused(
        "/figures/queues?first_day=2026-11-26&time_zone=Mars",
        "time_zone",
    )
    .await;
    refused(
        "/figures/queues?first_day=2024-01-01&last_day=2026-01-01",
        "last_day",
    )
    .await;
    refused(
        "/figures/queues?first_day=2026-01-01&last_day=2026-03-01&grain=hour",
        "last_day",
    )
    .await;
    refused(
        "/figures/queues?first_day=2026-11-26&variant=sl.best",
        "variant",
    )
    .await;
    refused(
        "/figures/queues?first_day=2026-11-26&variant=sl.removed_in_x",
        "x_s",
    )
    .await;
    refused(
        "/figures/queues?first_day=2026-11-26&queue_ids=1;2",
        "queue_ids",
    )
    .await;
    refused("/contacts?figure=queue.offered&queue_id=1", "figure_from").await;
}

// Figures of teams.
#[tokio::test]
async fn where_figures_are_of_teams_nobody_has_a_row() {
    let floor = lived().await;
    let Floor { alex, sam, .. } = &floor;
    let said =
        json!({"agent_figures": "team", "keep_customers_days": null, "keep_messages_days": null});
    alex.put("/privacy", 0, said)
        .await
        .expect_status(StatusCode::OK);
    let told = figures(sam, "agents", "").await;
    assert_eq!(told["by"], "team");
    let rows = told["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["of"], &rows[0]["total"]["handled"]),
        (&Value::Null, &json!(1))
    );
    let path = format!("/figures/agents?{}&agent_ids=1", days());
    sam.get(&path).await.expect_problem(403, "team_figures");
}
