//! Contacts after the fact: the list with its filters, its sums, the file, the lanes and the raw events; and who
//! may see what of them.

use crate::desk::{arrive_from, connect_in, fact_of, floor};
use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use tandem_core::ids::ContactId;
use tandem_core::input::CallFact;
use tandem_server::center::Center;
use tandem_store::{History, HistoryBatch, HistoryEntry};

const MIA: &str = "+12065550100";
const EVIL: &str = "=cmd|' /C calc'!A0";

pub(crate) struct Floor {
    pub(crate) server: Server,
    pub(crate) center: Arc<Center>,
    pub(crate) alex: Person,
    pub(crate) sam: Person,
    pub(crate) ann: Person,
    pub(crate) bob: Person,
}

fn written(entries: Vec<HistoryEntry>) -> HistoryBatch {
    HistoryBatch {
        entries,
        ..HistoryBatch::default()
    }
}

/// ann talked to Mia and wrapped up; another customer left the queue; a third one waits.
pub(crate) async fn lived() -> Floor {
    let server = Server::start().await;
    let (alex, ann) = floor(&server).await;
    server
        .account("contoso", "sam", &["supervisor"], None)
        .await;
    let sam = server.nobody().sign_in("sam").await;
    let (_, bob) = alex.agent("bob", 2).await;
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    let (first, second, third) = (ContactId(1), ContactId(2), ContactId(3));
    arrive_from(&center, MIA, "Mia", 1).await;
    up(&center, first).await;
    let offer = offered(&ann).await;
    ann.post(&format!("/offers/{offer}/accept"), json!({}))
        .await
        .expect_status(StatusCode::OK);
    connect_in(&center, first).await;
    arrive_from(&center, "+12065550111", EVIL, 2).await;
    up(&center, second).await;
    fact_of(&center, second, CallFact::LegDown).await;
    fact_of(&center, first, CallFact::LegDown).await;
    ann.post(
        "/contacts/1/wrap-up/complete",
        json!({"disposition_id": 1, "then": {"intent": "not_ready", "reason_id": 1}}),
    )
    .await
    .expect_status(StatusCode::OK);
    arrive_from(&center, MIA, "Mia", 3).await;
    up(&center, third).await;
    let floor = Floor {
        server,
        center,
        alex,
        sam,
        ann,
        bob,
    };
    floor.followed().await;
    floor
}

async fn up(center: &Center, contact: ContactId) {
    let leg = format!("leg {contact}");
    fact_of(center, contact, CallFact::LegUp { leg }).await;
}

/// The offer that a desk shows.
async fn offered(ann: &Person) -> Value {
    let mut feed = ann.live().await;
    feed.say(json!({"subscribe": ["me"]})).await;
    let frame = feed
        .until(|frame| frame["data"]["offers"][0].is_object())
        .await;
    frame["data"]["offers"][0]["id"].clone()
}

impl Floor {
    /// Waits until the history has everything that happened.
    pub(crate) async fn followed(&self) {
        let seq = self.center.engine.view().read(|it| it.seq);
        self.center.followed.reaches(seq).await;
    }
}

pub(crate) async fn ids(person: &Person, query: &str) -> Vec<u64> {
    let page = person.get(&format!("/contacts{query}")).await;
    let page = page.expect_status(StatusCode::OK);
    let contacts = page["contacts"].as_array().unwrap().iter();
    contacts.map(|it| it["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn contacts_are_listed_newest_first_with_what_they_came_to() {
    let floor = lived().await;
    let page = floor.sam.get("/contacts").await;
    let page = page.expect_status(StatusCode::OK);
    assert_eq!(page["count"], json!({"exact": true, "n": 3}));
    assert_eq!(page["next_cursor"], Value::Null);
    let first = &page["contacts"][2];
    assert_eq!(
        (&first["id"], &first["direction"], &first["channel"]),
        (&json!(1), &json!("in"), &json!("voice"))
    );
    assert_eq!(first["customer"], json!({"number": MIA, "name": "Mia"}));
    assert_eq!(first["queue"], json!({"id": 1, "name": "Sales"}));
    assert_eq!(first["endpoint"], json!({"id": 1, "name": "Main"}));
    assert_eq!(first["agents"][0]["name"], "Agent ann");
    assert_eq!(first["end_reason"], "handled");
    assert_eq!(first["disposition"], json!({"id": 1, "label": "Sold"}));
    assert!(first["ended_at"].is_string());
    let open = &page["contacts"][0];
    assert_eq!(
        (&open["id"], &open["ended_at"], &open["end_reason"]),
        (&json!(3), &Value::Null, &Value::Null)
    );
    let limited = floor.sam.get("/contacts?limit=2").await;
    let limited = limited.expect_status(StatusCode::OK);
    let cursor = limited["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&floor.sam, "?limit=2").await, [3, 2]);
    let next = format!("?limit=2&sort=-arrived_at&cursor={cursor}");
    assert_eq!(ids(&floor.sam, &next).await, [1]);
}

#[tokio::test]
async fn every_filter_narrows_the_list_and_its_sums_alike() {
    let floor = lived().await;
    let cases: [(&str, &[u64]); 16] = [
        ("?number=%2B12065550100", &[3, 1]),
        ("?number=%2B1%20206%20555%200100&open=true", &[3]),
        ("?number=%2B12065550199", &[]),
        ("?agent_id=1", &[1]),
        ("?queue_id=1", &[3, 2, 1]),
        ("?queue_id=9", &[]),
        ("?end_reason=handled", &[1]),
        ("?disposition_id=1", &[1]),
        ("?open=false", &[2, 1]),
        ("?direction=out", &[]),
        ("?direction=in&channel=voice", &[3, 2, 1]),
        ("?channel=voicemail", &[]),
        ("?min_wait_s=3600", &[]),
        ("?has_recording=true", &[]),
        ("?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z", &[]),
        ("?from=2020-01-01T00:00:00Z", &[3, 2, 1]),
    ];
    for (query, meant) in cases {
        assert_eq!(ids(&floor.sam, query).await, meant, "{query}");
        let sums = floor.sam.get(&format!("/contacts/summary{query}")).await;
        let sums = sums.expect_status(StatusCode::OK);
        assert_eq!(sums["contacts"], json!(meant.len()), "{query}");
        let by_reason = sums["by_end_reason"].as_array().unwrap().iter();
        let n: u64 = by_reason.map(|it| it["contacts"].as_u64().unwrap()).sum();
        assert_eq!(json!(n), sums["contacts"], "{query}");
    }
}

#[tokio::test]
async fn mistakes_in_a_query_name_their_place() {
    let floor = lived().await;
    for (query, field) in [
        ("?queue=1", "queue"),
        ("?number=555", "number"),
        ("?from=yesterday", "from"),
        ("?end_reason=gone_fishing", "end_reason"),
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?sort=wait", "sort"),
        ("?cursor=abc", "cursor"),
    ] {
        let answer = floor.sam.get(&format!("/contacts{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn agent_lists_own_contacts_only_and_asking_for_others_is_audited() {
    let floor = lived().await;
    assert_eq!(ids(&floor.ann, "").await, [1]);
    assert_eq!(ids(&floor.ann, "?agent_id=1").await, [1]);
    assert_eq!(ids(&floor.ann, "?number=%2B12065550100").await, [1]);
    assert_eq!(ids(&floor.bob, "").await, [0_u64; 0]);
    let sums = floor.bob.get("/contacts/summary?queue_id=1").await;
    assert_eq!(sums.expect_status(StatusCode::OK)["contacts"], 0);
    floor
        .bob
        .get("/contacts?agent_id=1")
        .await
        .expect_problem(403, "forbidden");
    let audit = floor.alex.get("/audit?limit=1").await;
    let audit = audit.expect_status(StatusCode::OK);
    assert_eq!(
        (
            &audit["items"][0]["actor"],
            &audit["items"][0]["outcome"],
            &audit["items"][0]["detail"]
        ),
        (
            &json!("bob"),
            &json!("denied"),
            &json!("list contacts of another agent")
        )
    );
}

// B-001
#[tokio::test]
async fn contact_is_told_as_lanes_beside_its_timeline() {
    let floor = lived().await;
    let contact = floor.ann.get("/contacts/1").await;
    let contact = contact.expect_status(StatusCode::OK);
    let story = &contact["story"];
    assert_eq!(story["from"], contact["arrived_at"]);
    assert!(story["until"].is_string(), "{story:#}");
    let lanes = story["lanes"].as_array().unwrap();
    let names: Vec<_> = lanes.iter().map(|it| (&it["lane"], &it["name"])).collect();
    assert_eq!(
        names,
        [
            (&json!("customer"), &Value::Null),
            (&json!("flow"), &json!("Main")),
            (&json!("queue"), &json!("Sales")),
            (&json!("agent"), &json!("Agent ann")),
        ]
    );
    let spans = lanes[3]["spans"].as_array().unwrap().iter();
    let whats: Vec<_> = spans.map(|it| it["what"].as_str().unwrap()).collect();
    assert!(
        whats.contains(&"talking") && whats.contains(&"wrap_up"),
        "{whats:?}"
    );
    let marks = lanes[0]["marks"].as_array().unwrap();
    assert_eq!(marks.last().unwrap()["what"], "ended");
}

#[tokio::test]
async fn contact_that_memory_has_forgotten_is_told_out_of_the_history() {
    let floor = lived().await;
    let (store, id) = (&floor.center.store, floor.center.id());
    // As if thousands had ended since: the history has a contact that memory has not.
    let mark = store.history_mark(id).await.unwrap().unwrap();
    let mut entry = store
        .history_entry(id, ContactId(1))
        .await
        .unwrap()
        .unwrap();
    entry.row.contact = ContactId(900);
    store
        .put_history(id, mark, written(vec![entry]))
        .await
        .unwrap();
    let remembered = floor.ann.get("/contacts/1").await;
    let remembered = remembered.expect_status(StatusCode::OK);
    let told = floor.ann.get("/contacts/900").await;
    let told = told.expect_status(StatusCode::OK);
    for part in ["story", "timeline", "customer", "state", "queue", "agent"] {
        assert_eq!(told[part], remembered[part], "{part}");
    }
    floor
        .bob
        .get("/contacts/900")
        .await
        .expect_problem(403, "forbidden");
    floor
        .sam
        .get("/contacts/901")
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn raw_events_are_for_administrators_and_each_look_is_on_record() {
    let floor = lived().await;
    let events = floor.alex.get("/contacts/1/events").await;
    let events = events.expect_status(StatusCode::OK);
    let raw = events["events"].as_array().unwrap();
    let first = raw[0]["event"].as_object().unwrap();
    assert!(first.contains_key("contact_arrived"), "{first:?}");
    let last = raw
        .iter()
        .rev()
        .find(|it| it["event"]["contact_ended"].is_object());
    assert!(last.is_some());
    assert!(!events.to_string().contains(MIA), "persons are references");
    let other = raw
        .iter()
        .filter(|it| it["event"]["contact_arrived"].is_object());
    assert_eq!(other.count(), 1, "no event of another contact");
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = floor
            .alex
            .get(&format!("/contacts/1/events?limit=2{cursor}"))
            .await;
        let page = page.expect_status(StatusCode::OK);
        pages.extend(page["events"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(pages, *raw);
    let audit = floor.alex.get("/audit?limit=1").await;
    let audit = audit.expect_status(StatusCode::OK);
    assert_eq!(
        (
            &audit["items"][0]["actor"],
            &audit["items"][0]["action"],
            &audit["items"][0]["detail"]
        ),
        (&json!("alex"), &json!("events_read"), &json!("contact 1"))
    );
    floor
        .alex
        .get("/contacts/99/events")
        .await
        .expect_problem(404, "not_found");
    floor
        .sam
        .get("/contacts/1/events")
        .await
        .expect_problem(403, "forbidden");
}

#[tokio::test]
async fn exported_contacts_are_those_of_the_list_and_no_cell_is_a_formula() {
    let floor = lived().await;
    let request = floor
        .sam
        .request(reqwest::Method::GET, "/contacts/export?open=false");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0].starts_with("contact_id,version,arrived_at"),
        "{text}"
    );
    assert!(lines[1].starts_with("2,1,"), "{text}");
    assert!(
        lines[1].contains(",+12065550111,\"'=cmd|' /C calc'!A0\","),
        "{text}"
    );
    assert!(lines[2].contains(",Agent ann,"), "{text}");
    assert!(lines[2].contains(&format!(",{MIA},Mia,")), "{text}");
    assert!(lines[2].contains(",handled,1,Sold,0,false,false"), "{text}");
    let audit = floor.alex.get("/audit?limit=1").await;
    let audit = audit.expect_status(StatusCode::OK);
    assert_eq!(
        (
            &audit["items"][0]["actor"],
            &audit["items"][0]["action"],
            &audit["items"][0]["detail"]
        ),
        (
            &json!("sam"),
            &json!("contacts_exported"),
            &json!("2 contacts as csv: open=false")
        )
    );
    let request = floor
        .sam
        .request(reqwest::Method::GET, "/contacts/export?format=xlsx");
    let workbook = request.send().await.unwrap();
    let name = workbook.headers()["content-disposition"].clone();
    assert_eq!(name, "attachment; filename=\"contacts.xlsx\"");
    assert!(workbook.bytes().await.unwrap().starts_with(b"PK\x03\x04"));
    let request = floor
        .sam
        .request(reqwest::Method::GET, "/contacts/export?format=parquet");
    let table = request.send().await.unwrap().bytes().await.unwrap();
    assert!(table.starts_with(b"PAR1") && table.ends_with(b"PAR1"));
    let refused = floor.ann.get("/contacts/export").await;
    refused.expect_problem(403, "forbidden");
    floor
        .sam
        .get("/contacts/export?format=pdf")
        .await
        .expect_problem(422, "invalid");
}

#[tokio::test]
async fn exported_file_of_several_pages_is_whole_and_in_the_order_of_the_list() {
    let floor = lived().await;
    let (store, id) = (&floor.center.store, floor.center.id());
    let one = store.history_entry(id, ContactId(2)).await.unwrap();
    let one = one.expect("it is over");
    let copies = (1_001..=6_000).map(|n| {
        let mut copy = one.clone();
        copy.row.contact = ContactId(n);
        copy
    });
    let mark = store.history_mark(id).await.unwrap().expect("it is there");
    let put = store.put_history(id, mark, written(copies.collect()));
    put.await.unwrap();
    let path = "/contacts/export?open=false";
    let request = floor.sam.request(reqwest::Method::GET, path);
    let text = request.send().await.unwrap().text().await.unwrap();
    let ids: Vec<u64> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().parse().unwrap())
        .collect();
    let expected = (1_001..=6_000).rev().chain([2, 1]);
    assert_eq!(ids, expected.collect::<Vec<u64>>());
}

#[tokio::test]
async fn history_that_was_deleted_is_made_again_from_the_journal() {
    let Floor {
        server,
        center,
        sam,
        ..
    } = lived().await;
    let before = sam.get("/contacts").await.expect_status(StatusCode::OK);
    let data_dir = server.folder.path().join("data");
    let url = server.url.clone();
    drop(center);
    let folder = server.folder;
    server.running.shutdown().await;
    for file in ["history.db", "history.db-wal", "history.db-shm"] {
        std::fs::remove_file(data_dir.join(file)).ok();
    }
    let listener = std::net::TcpListener::bind(url.strip_prefix("http://").unwrap()).unwrap();
    let options = tandem_server::Options {
        listener: Some(listener),
        ..tandem_server::Options::new(crate::server::config(
            &data_dir,
            &url,
            &[("contoso", "UTC")],
        ))
    };
    let running = tandem_server::start(options).await.unwrap();
    let center = Arc::clone(running.centers().get("contoso").unwrap());
    let seq = center.engine.view().read(|it| it.seq);
    center.followed.reaches(seq).await;
    let after = sam.get("/contacts").await.expect_status(StatusCode::OK);
    assert_eq!(after["contacts"], before["contacts"]);
    assert_eq!(after["count"], before["count"]);
    drop(center);
    running.shutdown().await;
    drop(folder);
}
