//! API keys: made, used, seen in the audit, revoked.

use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn with_key(server: &Server, key: &Value) -> Person {
    Person {
        token: key.as_str().map(str::to_owned),
        ..server.nobody()
    }
}

#[tokio::test]
async fn key_is_shown_once_noted_when_used_and_gone_when_revoked() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let sent = json!({
        "name": "Wallboard", "scopes": ["board.read"], "expires_at": "2999-01-01T00:00:00Z",
    });
    let made = alex.post("/api-keys", sent.clone()).await;
    let made = made.expect_status(StatusCode::CREATED);
    assert!(made["key"].as_str().unwrap().starts_with("tdk_"));
    let program = with_key(&server, &made["key"]);
    program.get("/board").await.expect_status(StatusCode::OK);
    let listed = alex.get("/api-keys").await.expect_status(StatusCode::OK);
    let listed = &listed["items"][0];
    assert_eq!(listed["name"], "Wallboard");
    assert_eq!(listed["scopes"], json!(["board.read"]));
    assert_eq!(listed["expires_at"], "2999-01-01T00:00:00.000Z");
    assert!(listed["last_used_at"].is_string());
    assert_eq!(listed.get("key"), None);
    let twice = alex.post("/api-keys", sent).await;
    twice.expect_problem(422, "invalid");
    let denied = program.get("/contacts/1").await;
    denied.expect_problem(403, "key_scope");
    let audit = alex
        .get("/audit?limit=1")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(audit["items"][0]["actor"], "API key Wallboard");
    assert_eq!(
        audit["items"][0]["detail"],
        "GET /api/v1/{center}/contacts/{id}"
    );
    let path = format!("/api-keys/{}", made["id"]);
    alex.delete(&path, 1)
        .await
        .expect_status(StatusCode::NO_CONTENT);
    program
        .get("/board")
        .await
        .expect_problem(401, "not_signed_in");
    alex.delete(&path, 1).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn key_without_a_name_a_scope_or_a_future_is_refused() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for (sent, field) in [
        (json!({"name": " ", "scopes": ["board.read"]}), "name"),
        (json!({"name": "a", "scopes": []}), "scopes"),
        (
            json!({"name": "a", "scopes": ["board.read"], "expires_at": "2001-01-01T00:00:00Z"}),
            "expires_at",
        ),
    ] {
        let answer = alex.post("/api-keys", sent).await;
        answer.expect_problem(422, "invalid");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn account_of_a_key_is_nobodys_sign_in_and_stays_with_its_key() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let sent = json!({"name": "Wallboard", "scopes": ["board.read"]});
    let made = alex.post("/api-keys", sent).await;
    made.expect_status(StatusCode::CREATED);
    let accounts = alex.get("/accounts").await.expect_status(StatusCode::OK);
    let account = &accounts["items"][1];
    assert_eq!(account["origin"], "api_key");
    let credentials = json!({"username": account["username"], "password": ""});
    let refused = server.nobody().post("/sign-in", credentials).await;
    refused.expect_problem(401, "wrong_credentials");
    let path = format!("/accounts/{}/standing", account["id"]);
    let answer = alex.put(&path, 1, json!({"standing": "disabled"})).await;
    answer.expect_problem(409, "api_key");
}
