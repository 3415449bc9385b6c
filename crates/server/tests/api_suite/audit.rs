//! The audit: every act of administration with what it changed, the chain over it, and what becomes of both when
//! somebody changes the file or the history is made again.

use crate::server::{PASSWORD, Person, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tandem_server::audit::{Findings, State, What, verify};
use tandem_store::{CenterId, Link, UnixMicros};

fn contoso() -> CenterId {
    CenterId::parse("contoso").unwrap()
}

async fn audit(person: &Person, query: &str) -> Value {
    let page = person.get(&format!("/audit{query}")).await;
    page.expect_status(StatusCode::OK)
}

/// Who did what to what, the newest first.
fn told(page: &Value) -> Vec<(String, String, String)> {
    let items = page["items"].as_array().unwrap().iter();
    let word = |item: &Value, name: &str| item[name].as_str().unwrap_or("-").to_owned();
    items
        .map(|it| {
            let object = format!("{} {}", word(it, "kind"), it["id"]);
            (word(it, "actor"), word(it, "action"), object)
        })
        .collect()
}

#[tokio::test]
async fn every_act_of_administration_is_in_the_audit_and_no_secret_is() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (agent, _) = alex.agent("ann", 1).await;
    let account = server
        .account("contoso", "sam", &["supervisor"], None)
        .await;
    let account = account.0;
    let sent = json!({"name": "Wallboard", "scopes": ["board.read"]});
    let key = alex.create("/api-keys", sent).await;
    alex.delete("/api-keys/1", 1).await;
    let url = "https://hooks.example.com/very-private";
    let sent = json!({"url": url, "events": ["contact.ended"]});
    let hook = alex.create("/webhooks", sent).await;
    alex.delete("/webhooks/1", 1).await;
    let link = alex.create("/tv-tokens", json!({"board": "floor"})).await;
    alex.delete("/tv-tokens/1", 1).await;
    let password = json!({"password": "another long password"});
    alex.post(&format!("/agents/{agent}/password"), password)
        .await;
    for standing in ["disabled", "active"] {
        let path = format!("/accounts/{account}/standing");
        alex.put(&path, 1, json!({"standing": standing})).await;
    }
    alex.delete(&format!("/accounts/{account}/sessions"), 1)
        .await;
    alex.post("/recordings/verify", json!({})).await;
    let page = audit(&alex, "").await;
    assert_eq!(page["is_complete"], true);
    let acts = told(&page);
    let acts: Vec<(&str, &str, &str)> = acts
        .iter()
        .rev()
        .skip_while(|(_, action, _)| action != "account_made")
        .map(|(actor, action, object)| (actor.as_str(), action.as_str(), object.as_str()))
        .collect();
    let of_sam = format!("account {account}");
    let expected = [
        ("system", "account_made", "account 1"),
        ("alex", "saved", "agent 1"),
        ("alex", "account_made", "account 2"),
        ("alex", "api_key_made", "api_key 1"),
        ("alex", "api_key_revoked", "api_key 1"),
        ("alex", "webhook_made", "webhook 1"),
        ("alex", "webhook_removed", "webhook 1"),
        ("alex", "tv_link_made", "tv_link 1"),
        ("alex", "tv_link_revoked", "tv_link 1"),
        ("alex", "password_set", "account 2"),
        ("alex", "account_closed", of_sam.as_str()),
        ("alex", "account_opened", of_sam.as_str()),
        ("alex", "sessions_ended", of_sam.as_str()),
        ("alex", "verification_begun", "- null"),
    ];
    assert_eq!(acts, expected);
    let whole = export(&alex, "format=jsonl").await.join("\n");
    let secrets = [&key["key"], &hook["secret"], &link["token"]];
    let secrets = secrets.iter().map(|it| it.as_str().unwrap());
    for secret in secrets.chain([url, "Wallboard", PASSWORD, "another long", "Agent ann"]) {
        assert!(!whole.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn act_that_cannot_be_done_is_not_in_the_audit() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let before = audit(&alex, "").await["head"].clone();
    for path in ["/api-keys/9", "/webhooks/9", "/tv-tokens/9"] {
        let answer = alex.delete(path, 1).await;
        answer.expect_problem(404, "not_found");
    }
    let resent = alex
        .post("/webhooks/9/deliveries/1/resend", json!({}))
        .await;
    resent.expect_problem(404, "not_found");
    assert_eq!(audit(&alex, "").await["head"], before);
}

#[tokio::test]
async fn saved_document_is_in_the_audit_with_what_was_changed() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/skills", json!({"name": "German"})).await;
    alex.put("/skills/1", 1, json!({"name": "Dutch"})).await;
    alex.delete("/skills/1", 2).await;
    let page = audit(&alex, "?kind=skill&id=1").await;
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 3, "{page}");
    assert!(items.iter().all(|it| it["has_change"] == true));
    let entry = async |item: &Value| {
        let entry = alex.get(&format!("/audit/{}", item["n"])).await;
        entry.expect_status(StatusCode::OK)
    };
    let (made, changed, removed) = (
        entry(&items[2]).await,
        entry(&items[1]).await,
        entry(&items[0]).await,
    );
    assert_eq!(made["before"], Value::Null);
    assert_eq!(
        (&made["after"]["name"], &made["version"]),
        (&json!("German"), &json!(1))
    );
    let expected = json!([{"path": "/name", "before": "German", "after": "Dutch"}]);
    assert_eq!(changed["changes"], expected);
    assert_eq!(changed["before"], made["after"]);
    assert_eq!(removed["before"], changed["after"]);
    assert_eq!(removed["after"], Value::Null);
    assert_eq!(removed["n"], page["head"]["n"]);
    assert_eq!(removed["link"], page["head"]["link"]);
    let unknown = alex.get("/audit/999").await;
    unknown.expect_problem(404, "not_found");
}

#[tokio::test]
async fn audit_is_read_page_by_page_and_by_what_was_done() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for n in 0..5 {
        alex.create("/skills", json!({"name": format!("Skill {n}")}))
            .await;
    }
    let all = audit(&alex, "").await;
    let all = all["items"].as_array().unwrap();
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = audit(&alex, &format!("?limit=2{next}")).await;
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(before) = page["next_before"].as_u64() else {
            break;
        };
        next = format!("&before={before}");
    }
    assert_eq!(paged, *all);
    let by_alex = audit(&alex, "?actor=alex&action=saved&kind=skill").await;
    assert_eq!(by_alex["items"].as_array().unwrap().len(), 5);
    let by_system = audit(&alex, "?actor=system").await;
    let by_system = by_system["items"].as_array().unwrap();
    assert!(by_system.iter().all(|it| it["actor"] == "system"));
    assert!(!by_system.is_empty());
    let until = audit(&alex, "?until=2000-01-01T00:00:00Z").await;
    assert_eq!(until["items"], json!([]));
    let from = audit(&alex, "?from=2000-01-01T00:00:00Z").await;
    assert_eq!(from["items"].as_array().unwrap().len(), all.len());
    for wrong in ["actor=nobody", "actr=alex", "id=3", "limit=0", "from=today"] {
        let refused = alex.get(&format!("/audit?{wrong}")).await;
        refused.expect_problem(422, "invalid");
    }
}

async fn export(person: &Person, query: &str) -> Vec<String> {
    let request = person.request(Method::GET, &format!("/audit/export?{query}"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn exported_audit_is_whole_proves_its_chain_and_is_on_record() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    // More than one portion.
    for n in 0..130 {
        alex.create("/skills", json!({"name": format!("Skill {n}")}))
            .await;
    }
    let head = audit(&alex, "?limit=1").await["head"].clone();
    let lines = export(&alex, "format=jsonl").await;
    assert_eq!(json!(lines.len()), head["n"]);
    let mut link = Link::ORIGIN;
    for line in lines.iter().rev() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let at = UnixMicros(entry["at_us"].as_i64().unwrap());
        link = link.next_of_audit(at, entry["fact"].to_string().as_bytes());
        assert_eq!(entry["link"], link.to_string());
    }
    assert_eq!(head["link"], link.to_string());
    let noted = audit(&alex, "?limit=1").await;
    assert_eq!(noted["items"][0]["action"], "audit_exported");
    let detail = format!("{} entries: format=jsonl", lines.len());
    assert_eq!(noted["items"][0]["detail"], detail);
    let rows = export(&alex, "kind=skill&id=2").await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].starts_with("n,at,at_us,account,actor,action"));
    assert!(rows[1].contains(",alex,saved,done,skill,2,1,"), "{rows:?}");
    let refused = alex.get("/audit/export?format=xlsx").await;
    refused.expect_problem(422, "invalid");
}

/// A data directory that nobody serves, with an entry that names a skill nobody else does.
async fn left_behind() -> (tempfile::TempDir, String, Person, Value, Findings) {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/skills", json!({"name": "Zwinglian"})).await;
    alex.create("/skills", json!({"name": "German"})).await;
    let head = audit(&alex, "?limit=1").await["head"].clone();
    let Server {
        running,
        url,
        folder,
        ..
    } = server;
    running.shutdown().await;
    let findings = verify(&data(folder.path()), &contoso()).await.unwrap();
    (folder, url, alex, head, findings)
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Changes one byte of the history.
fn flip(data_dir: &Path) {
    let file = data_dir.join("history.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let places = bytes.windows(9).enumerate();
    let places: Vec<usize> = places
        .filter(|(_, it)| it == b"Zwinglian")
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty(), "the document is in the file");
    for place in places {
        bytes[place] ^= 1;
    }
    std::fs::write(file, bytes).unwrap();
}

// R-24 h
#[tokio::test]
async fn verification_names_the_first_entry_of_which_a_byte_was_changed() {
    let (folder, _, _, head, sound) = left_behind().await;
    let n = head["n"].as_u64().unwrap();
    assert_eq!((sound.state, sound.n_checked), (State::Present, n));
    assert!(sound.is_sound(), "{sound:?}");
    assert_eq!(sound.last_link.as_deref(), head["link"].as_str());
    let data_dir = data(folder.path());
    flip(&data_dir);
    let findings = verify(&data_dir, &contoso()).await.unwrap();
    let fault = findings.first_fault.clone().unwrap();
    assert_eq!((fault.n, fault.what), (n - 1, What::ChainBroken));
    assert_eq!((findings.n_faults, findings.n_checked), (1, n));
    let nothing = tempfile::tempdir().unwrap();
    let missing = verify(nothing.path(), &contoso()).await.unwrap();
    assert_eq!(missing.state, State::Missing);
}

// R-31 e
#[tokio::test]
async fn audit_that_is_made_again_from_the_journal_has_the_same_head() {
    let (folder, url, alex, head, _) = left_behind().await;
    let data_dir = data(folder.path());
    flip(&data_dir);
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
    let again = audit(&alex, "?limit=1").await;
    assert_eq!(again["head"], head);
    running.shutdown().await;
    let findings = verify(&data_dir, &contoso()).await.unwrap();
    assert!(findings.is_sound(), "{findings:?}");
    assert_eq!(findings.last_link.as_deref(), head["link"].as_str());
}
