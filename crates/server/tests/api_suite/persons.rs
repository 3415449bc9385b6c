//! A person's data: found by the number, taken out, erased; and what is left after that.

use crate::desk::{arrive_from, fact_of, floor};
use crate::recordings::{keep_second, second_of};
use crate::server::{Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tandem_core::ids::{ContactId, EffectId, SubjectRef};
use tandem_core::input::CallFact;
use tandem_server::center::Center;
use tandem_server::replay::replay;
use tandem_store::{CenterId, DataKey, KeyFamily, Recordings, Store, Subjects};

const MIA: &str = "+12065550100";
const MIAS_DIGITS: &str = "2065550100";
const OTHER: &str = "+12065550177";

/// Mia called twice and was recorded both times, once with a legal hold; she is on the do-not-call list. Somebody
/// else called as well.
async fn lived() -> (Server, Arc<Center>, Person) {
    let server = Server::start().await;
    let (alex, _) = floor(&server).await;
    let center = Arc::clone(server.running.centers().get("contoso").unwrap());
    for (n, number) in [(1, MIA), (2, OTHER), (3, MIA)] {
        arrive_from(&center, number, "Mia Example", n).await;
        let contact = ContactId(n);
        let leg = format!("leg {n}");
        fact_of(&center, contact, CallFact::LegUp { leg }).await;
        fact_of(&center, contact, CallFact::LegDown).await;
        keep_second(&center, second_of(n)).await;
    }
    let reason = json!({"reason": "Case 12"});
    alex.post("/recordings/903/hold", reason)
        .await
        .expect_status(StatusCode::OK);
    let listed = json!({"number": MIA, "reason": "Mia Example asked for it"});
    alex.create("/do-not-call", listed).await;
    let seq = center.engine.view().read(|it| it.seq);
    center.followed.reaches(seq).await;
    (server, center, alex)
}

async fn found(alex: &Person, number: &str) -> Value {
    let found = alex.post("/persons/find", json!({"number": number})).await;
    found.expect_status(StatusCode::OK)
}

#[tokio::test]
async fn person_is_found_by_number_and_the_look_is_on_record() {
    let (_server, _center, alex) = lived().await;
    let mia = found(&alex, MIA).await;
    assert_eq!(
        (&mia["contacts"], &mia["recordings"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        (&mia["on_hold"], &mia["on_do_not_call"]),
        (&json!(1), &json!(true))
    );
    assert!(mia["first_at"].as_str() < mia["last_at"].as_str());
    let nobody = found(&alex, "+12065550999").await;
    assert_eq!(nobody["contacts"], 0);
    let audit = alex.get("/audit?limit=2").await;
    let audit = audit.expect_status(StatusCode::OK);
    assert_eq!(audit["items"][1]["action"], "customer_looked_up");
    let detail = audit["items"][1]["detail"].as_str().unwrap();
    assert!(detail.ends_with("2 contacts"), "{detail}");
    assert!(!audit.to_string().contains(MIAS_DIGITS), "{audit}");
    let wrong = alex.post("/persons/find", json!({"number": "12"})).await;
    wrong.expect_problem(422, "invalid");
}

#[tokio::test]
async fn person_is_taken_out_whole_and_nobody_else_is() {
    let (_server, _center, alex) = lived().await;
    let whole = alex.post("/persons/export", json!({"number": MIA})).await;
    let whole = whole.expect_status(StatusCode::OK);
    assert_eq!(whole["number"], MIA);
    assert!(whole["do_not_call"]["known"][0]["reason"].is_string());
    let contacts = whole["contacts"].as_array().unwrap();
    let ids: Vec<_> = contacts.iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [&json!(3), &json!(1)]);
    for contact in contacts {
        assert_eq!(contact["personal"][0]["number"], MIA);
        assert_eq!(contact["personal"][0]["name"], "Mia Example");
        assert_eq!(contact["recordings"].as_array().unwrap().len(), 1);
        let events = contact["events"].as_array().unwrap();
        assert!(events[0]["event"]["contact_arrived"].is_object());
    }
    assert!(!whole.to_string().contains(OTHER));
    let nobody = json!({"number": "+12065550999"});
    let nobody = alex.post("/persons/export", nobody).await;
    assert_eq!(nobody.expect_status(StatusCode::OK)["contacts"], json!([]));
}

/// Every piece of personal data that can still be opened.
async fn opened(data_dir: &Path) -> Vec<String> {
    let store = Store::open(data_dir).await.unwrap();
    let center = CenterId::parse("contoso").unwrap();
    let keys = KeyFamily::new(DataKey::new(1, [7; 32]));
    let all: Vec<SubjectRef> = (0..1_000).map(SubjectRef).collect();
    let mut opened = Vec::new();
    for stored in store.get_many(&center, &all).await.unwrap() {
        let plain = keys.open(&center, &stored).unwrap();
        opened.extend(plain.map(|it| String::from_utf8_lossy(&it).into_owned()));
    }
    store.close().await.unwrap();
    opened
}

/// Whether a file below a directory has these bytes.
fn has(directory: &Path, bytes: &[u8]) -> bool {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return has(&path, bytes);
        }
        let file = std::fs::read(&path).unwrap();
        file.windows(bytes.len()).any(|it| it == bytes)
    })
}

#[tokio::test]
async fn erased_person_is_nowhere_and_everything_else_is_as_it_was() {
    let (server, center, alex) = lived().await;
    let listed = async || {
        let listed = alex.get("/contacts/summary").await;
        listed.expect_status(StatusCode::OK)
    };
    let figures = listed().await;
    let sent = json!({"number": MIA, "reason": "Asked for by letter"});
    let erased = alex.post("/persons/erase", sent.clone()).await;
    let erased = erased.expect_status(StatusCode::OK);
    assert_eq!(
        (&erased["contacts"], &erased["recordings"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        erased["subjects"], 2,
        "an arrival and the entry of the list"
    );
    let kept = json!([
        {"kind": "contact", "id": 3, "why": "legal_hold"},
        {"kind": "recording", "id": 903, "why": "legal_hold"},
    ]);
    assert_eq!(erased["kept"], kept);
    let closed = json!({"reason": "Case 12 is closed"});
    let released = alex.request(Method::DELETE, "/recordings/903/hold");
    send(released.json(&closed))
        .await
        .expect_status(StatusCode::OK);
    for subjects in [1, 0] {
        let again = alex.post("/persons/erase", sent.clone()).await;
        let again = again.expect_status(StatusCode::OK);
        assert_eq!(
            (&again["subjects"], &again["recordings"]),
            (&json!(subjects), &json!(subjects))
        );
    }
    assert_eq!(listed().await, figures);
    let contact = alex.get("/contacts/1").await.expect_status(StatusCode::OK);
    assert_eq!(contact["customer"]["number"], Value::Null);
    let other = alex.get("/contacts/2").await.expect_status(StatusCode::OK);
    assert_eq!(other["customer"]["number"], OTHER);
    let list = alex.get("/do-not-call").await.expect_status(StatusCode::OK);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "it still holds");
    assert_eq!(list["items"][0]["number"], Value::Null);
    let heard = center.store.recording(center.id(), EffectId(901));
    assert!(heard.await.unwrap().unwrap().key.is_none());
    let audit = alex.get("/audit?action=customer_erased").await;
    let audit = audit.expect_status(StatusCode::OK);
    assert_eq!(audit["items"].as_array().unwrap().len(), 3);

    let data_dir = server.folder.path().join("data");
    drop(center);
    server.running.shutdown().await;
    let opened = opened(&data_dir).await;
    assert!(opened.iter().any(|it| it.contains(OTHER)));
    for trace in [MIAS_DIGITS, "asked for it"] {
        assert!(!opened.iter().any(|it| it.contains(trace)), "{trace}");
        assert!(!has(&data_dir, trace.as_bytes()), "{trace}");
    }
    let store = Store::open(&data_dir).await.unwrap();
    let contoso = CenterId::parse("contoso").unwrap();
    let replayed = replay(&store, &contoso, |_| {}).await.unwrap();
    assert!(replayed.records > 0, "and the state is the same");
    store.close().await.unwrap();
}

#[tokio::test]
async fn contact_that_is_not_over_is_kept_back_with_its_reason() {
    let (_server, center, alex) = lived().await;
    arrive_from(&center, MIA, "Mia Example", 4).await;
    let sent = json!({"number": MIA, "reason": "Asked for by letter"});
    let erased = alex.post("/persons/erase", sent).await;
    let erased = erased.expect_status(StatusCode::OK);
    let kept = erased["kept"].as_array().unwrap();
    let open = json!({"kind": "contact", "id": 4, "why": "open"});
    assert!(kept.contains(&open), "{erased}");
    let mia = alex.get("/contacts/4").await.expect_status(StatusCode::OK);
    assert_eq!(mia["customer"]["number"], MIA);
    let without = json!({"number": MIA, "reason": " "});
    let refused = alex.post("/persons/erase", without).await;
    refused.expect_problem(422, "invalid");
}
