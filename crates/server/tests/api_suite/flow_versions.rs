//! The versions of a flow: every one that was saved is read back, and is taken back by saving it again.

use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A flow that says something and hangs up.
fn flow(says: &str) -> Value {
    json!({"name": "Main", "start": "bye", "nodes": [
        {"id": "bye", "kind": "message", "prompt": {"text": says}},
    ]})
}

async fn read(person: &Person, path: &str) -> Value {
    person.get(path).await.expect_status(StatusCode::OK)
}

#[tokio::test]
async fn every_version_of_a_flow_is_read_back_with_who_saved_it_and_when() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    server
        .account("contoso", "quinn", &["queue_administrator"], None)
        .await;
    let quinn = server.nobody().sign_in("quinn").await;
    alex.create("/flows", flow("One.")).await;
    let changed = quinn.put("/flows/1", 1, flow("Two.")).await;
    changed.expect_status(StatusCode::OK);
    // Another flow has versions of its own.
    alex.create("/flows", flow("Other.")).await;
    let page = read(&quinn, "/flows/1/versions").await;
    assert_eq!(page["is_complete"], true);
    assert_eq!(page["next_before"], Value::Null);
    let items = page["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|it| (it["version"].as_u64(), it["saved_by"].as_str()))
        .collect();
    assert_eq!(
        told,
        [(Some(2), Some("quinn")), (Some(1), Some("alex"))],
        "{page:#}"
    );
    assert!(items[0]["saved_at"].as_str() >= items[1]["saved_at"].as_str());
    let first = read(&quinn, "/flows/1/versions/1").await;
    assert_eq!(first["saved_by"], "alex");
    assert_eq!(first["flow"], flow("One."));
    assert_eq!(
        read(&alex, "/flows/1/versions/2").await["flow"],
        flow("Two.")
    );
}

#[tokio::test]
async fn version_is_taken_back_by_saving_it_again_and_validated_as_any_other() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/queues", json!({"name": "Sales"})).await;
    let waiting = json!({"name": "Main", "start": "wait", "nodes": [
        {"id": "end", "kind": "end"},
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
    ]});
    alex.create("/flows", waiting.clone()).await;
    let changed = alex.put("/flows/1", 1, flow("Two.")).await;
    changed.expect_status(StatusCode::OK);
    let first = read(&alex, "/flows/1/versions/1").await["flow"].clone();
    assert_eq!(first, waiting);
    let back = alex.put("/flows/1", 2, first.clone()).await;
    assert_eq!(back.expect_status(StatusCode::OK)["version"], 3);
    let again = read(&alex, "/flows/1").await;
    assert_eq!(again["nodes"], waiting["nodes"]);
    // The queue is gone meanwhile: what led to it is not saved again, and says where.
    alex.put("/flows/1", 3, flow("Four.")).await;
    alex.delete("/queues/1", 1).await;
    let refused = alex.put("/flows/1", 4, first).await;
    refused.expect_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "nodes");
}

#[tokio::test]
async fn number_outside_of_an_older_version_is_read_back_and_can_be_saved_again() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let night = json!({"name": "Night", "start": "out", "nodes": [
        {"id": "bye", "kind": "end"},
        {"id": "out", "kind": "transfer", "to": {"number": "+14255550177"}, "ring_s": 30, "failed": "bye"},
    ]});
    alex.create("/flows", night).await;
    alex.put("/flows/1", 1, flow("Two.")).await;
    let first = read(&alex, "/flows/1/versions/1").await["flow"].clone();
    assert_eq!(first["nodes"][1]["to"]["number"], "+14255550177");
    let back = alex.put("/flows/1", 2, first).await;
    back.expect_status(StatusCode::OK);
}

#[tokio::test]
async fn more_than_a_page_of_versions_is_read_page_by_page_and_none_is_lost() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/flows", flow("1")).await;
    for version in 1..60 {
        let says = (version + 1).to_string();
        let put = alex.put("/flows/1", version, flow(&says)).await;
        put.expect_status(StatusCode::OK);
    }
    let newest = read(&alex, "/flows/1/versions").await;
    let before = newest["next_before"]
        .as_u64()
        .expect("there are older ones");
    let older = read(&alex, &format!("/flows/1/versions?before={before}")).await;
    let versions = [&newest, &older].map(|page| page["items"].as_array().unwrap().clone());
    let versions = versions.concat();
    let versions: Vec<_> = versions
        .iter()
        .filter_map(|it| it["version"].as_u64())
        .collect();
    assert_eq!(versions, (1..=60).rev().collect::<Vec<_>>());
    // The core remembers fifty; every one is read back.
    assert_eq!(read(&alex, "/flows/1/versions/1").await["flow"], flow("1"));
}

#[tokio::test]
async fn flow_or_version_that_is_not_there_is_not_found() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/flows", flow("One.")).await;
    for path in [
        "/flows/9/versions",
        "/flows/9/versions/1",
        "/flows/1/versions/2",
        "/flows/1/versions/latest",
    ] {
        alex.get(path).await.expect_problem(404, "not_found");
    }
    let misspelled = alex.get("/flows/1/versions?after=1").await;
    misspelled.expect_problem(422, "invalid");
}
