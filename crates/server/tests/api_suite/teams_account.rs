//! The Teams account: one or none, its secret written and never read, and every mistake named by its field.

use crate::server::{Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const SECRET: &str = "abc-a-secret-that-nobody-sees";

fn sent() -> Value {
    json!({
        "name": "Grüße aus 東京", "object_id": null,
        "tenant_id": "87D349ED-44d7-43e1-9a83-5f2406dee5bd",
        "client_id": "aa123456-1234-1234-1234-aaa123456789", "secret": SECRET,
        "licensing_mode": "production", "licensing_acknowledged": true,
        "features": ["directory", "presence_read"],
        "number_types": [
            {"type": "mobile", "is_shown": false}, {"type": "teams", "is_shown": true},
            {"type": "business", "is_shown": true}, {"type": "fax", "is_shown": true},
        ],
        "messages": {
            "joined": "joined the session", "left": "left the session",
            "invitation": "Will you join (YES/NO)?", "yes": "YES", "no": "NO",
            "ended": "Customer chat session ended", "bye": "BYE",
        },
        "drawer_limit": 300,
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut sent = sent();
    for (field, value) in changes {
        sent[*field] = value.clone();
    }
    sent
}

async fn made(alex: &Person) -> Value {
    let made = alex.post("/teams-account", sent()).await;
    made.expect_status(StatusCode::CREATED)
}

// B-058, B-059, B-060, B-061, B-063, B-067
#[tokio::test]
async fn center_has_one_teams_account_and_deleting_it_switches_teams_off_for_everybody() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (_, ann) = alex.agent("ann", 1).await;
    alex.get("/teams-account")
        .await
        .expect_problem(404, "no_teams_account");
    let on = |person: &Person| {
        send(
            person
                .request(Method::PUT, "/me/teams")
                .json(&json!({"is_enabled": true})),
        )
    };
    on(&ann).await.expect_problem(404, "no_teams_account");
    let account = made(&alex).await;
    assert_eq!(account["name"], "Grüße aus 東京");
    assert_eq!(account["tenant_id"], "87d349ed-44d7-43e1-9a83-5f2406dee5bd");
    assert_eq!(account["credential"]["hint"], "abc");
    assert_eq!(account["number_types"][0]["type"], "mobile");
    assert_eq!(account["expires_at_source"], "unknown");
    assert!(!account.to_string().contains(SECRET), "{account}");
    let second = alex.post("/teams-account", sent()).await;
    second.expect_problem(409, "teams_account_exists");
    let mine = on(&ann).await.expect_status(StatusCode::OK);
    assert_eq!(
        (&mine["has_account"], &mine["is_enabled"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(mine["login"], "not_needed");
    let account = alex
        .get("/teams-account")
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(
        (&account["n_enabled"], &account["n_agents"]),
        (&json!(1), &json!(1))
    );
    alex.delete("/teams-account", 9)
        .await
        .expect_problem(409, "conflict");
    let version = account["version"].as_u64().unwrap();
    let gone = alex.delete("/teams-account", version).await;
    gone.expect_status(StatusCode::NO_CONTENT);
    let mine = ann.get("/me/teams").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&mine["has_account"], &mine["is_enabled"]),
        (&json!(false), &json!(false))
    );
    let again = made(&alex).await;
    assert!(again["version"].as_u64() > Some(version));
    let mine = ann.get("/me/teams").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&mine["has_account"], &mine["is_enabled"]),
        (&json!(true), &json!(false))
    );
}

// B-067, B-068, B-078
#[tokio::test]
async fn change_keeps_the_secret_that_is_not_sent_and_is_on_record_without_it() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    made(&alex).await;
    let mut change = with(&[
        ("expires_at", json!("2099-01-31T00:00:00Z")),
        ("name", json!("Other")),
    ]);
    change.as_object_mut().unwrap().remove("secret");
    let changed = alex.put("/teams-account", 1, change.clone()).await;
    let changed = changed.expect_status(StatusCode::OK);
    assert_eq!(changed["credential"]["hint"], "abc");
    assert_eq!(changed["expires_at_source"], "entered");
    assert!(changed["days_left"].as_i64() > Some(20_000));
    let stale = alex.put("/teams-account", 1, change.clone()).await;
    stale.expect_problem(409, "conflict");
    // Another mode needs a tick of its own.
    change["licensing_mode"] = json!("evaluation");
    change["licensing_acknowledged"] = json!(false);
    let unread = alex.put("/teams-account", 2, change).await;
    unread.expect_problem(422, "invalid");
    assert_eq!(unread.body["errors"][0]["field"], "licensing_acknowledged");
    let audit = alex
        .get("/audit?limit=10")
        .await
        .expect_status(StatusCode::OK);
    let text = audit.to_string();
    for act in ["teams_account_made", "teams_account_changed"] {
        assert!(text.contains(act), "{act} in {text}");
    }
    assert!(
        text.contains("name, expires_at") && !text.contains(SECRET),
        "{text}"
    );
}

// B-208
#[tokio::test]
async fn secret_that_looks_like_an_id_is_kept_with_a_warning() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let secret = json!("ab123456-1234-1234-1234-abb123456789");
    let made = alex
        .post("/teams-account", with(&[("secret", secret)]))
        .await;
    let made = made.expect_status(StatusCode::CREATED);
    let warning = json!([{"field": "secret", "code": "secret_looks_like_id"}]);
    assert_eq!(made["warnings"], warning);
}

#[tokio::test]
async fn mistake_in_a_teams_account_is_named_by_its_field() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let types = json!([{"type": "mobile", "is_shown": true}]);
    let mut messages = sent()["messages"].clone();
    messages["bye"] = json!(" no ");
    let mut empty = sent()["messages"].clone();
    empty["joined"] = json!(" ");
    let certificate = json!({"pem": "x", "key_pem": "y"});
    let bad = [
        ("tenant_id", json!("contoso"), "tenant_id"),
        ("client_id", json!("aa123456"), "client_id"),
        ("object_id", json!("-"), "object_id"),
        ("name", json!("  "), "name"),
        ("secret", json!(""), "secret"),
        ("certificate", certificate, "certificate"),
        ("expires_at", json!("soon"), "expires_at"),
        ("features", json!(["telepathy"]), "features[0]"),
        ("features", json!(["presence_push"]), "features"),
        ("number_types", types, "number_types"),
        ("messages", messages, "messages"),
        ("messages", empty, "messages.joined"),
        ("drawer_limit", json!(0), "drawer_limit"),
        (
            "licensing_acknowledged",
            json!(false),
            "licensing_acknowledged",
        ),
    ];
    for (field, value, named) in bad {
        let answer = alex.post("/teams-account", with(&[(field, value)])).await;
        answer.expect_problem(422, "invalid");
        assert_eq!(answer.body["errors"][0]["field"], named, "{}", answer.body);
    }
    alex.get("/teams-account")
        .await
        .expect_problem(404, "no_teams_account");
}

// B-072
#[tokio::test]
async fn incomplete_account_is_told_when_tested_and_asks_nobody() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let test = || alex.post("/teams-account/test", json!({}));
    test().await.expect_problem(404, "no_teams_account");
    let made = alex
        .post("/teams-account", with(&[("client_id", json!(""))]))
        .await;
    made.expect_status(StatusCode::CREATED);
    let tested = test().await.expect_status(StatusCode::OK);
    let incomplete = "Error: Account credentials are incomplete";
    assert_eq!(tested["message"], incomplete);
    let outcomes: Vec<&str> = { tested["steps"].as_array().unwrap().iter() }
        .map(|step| step["outcome"].as_str().unwrap())
        .collect();
    let skipped = ["skipped"; 6];
    assert_eq!(outcomes[0], "failed");
    assert_eq!(outcomes[1..], skipped);
    let consent = alex.post("/teams-account/consent", json!({})).await;
    consent.expect_problem(422, "invalid");
    let rights = alex.get("/teams-account/rights").await;
    let rights = rights.expect_status(StatusCode::OK);
    assert_eq!(
        (&rights["state"], &rights["problem"]),
        (&json!("unknown"), &json!(incomplete))
    );
}

#[tokio::test]
async fn microsoft_that_cannot_be_reached_is_told_when_tested() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    made(&alex).await;
    let tested = alex.post("/teams-account/test", json!({})).await;
    let tested = tested.expect_status(StatusCode::OK);
    assert_eq!(tested["message"], "Error: Microsoft cannot be reached");
    assert_eq!(tested["steps"][1]["explanation"], "unreachable");
}

// B-205, B-206
#[tokio::test]
async fn owner_and_backup_are_chosen_among_open_accounts_and_asked_only_while_it_is_needed() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (_, ann) = alex.agent("ann", 1).await;
    let number = async |of: &Person| {
        let me = of.get("/me").await.expect_status(StatusCode::OK);
        me["account"]["id"].as_u64().unwrap()
    };
    let (owner, backup) = (number(&alex).await, number(&ann).await);
    let delegates = "/teams-account/delegates";
    let both = json!({"owner": owner, "backup": backup});
    let none = alex.get(delegates).await;
    none.expect_problem(404, "no_teams_account");
    made(&alex).await;
    let told = alex.get(delegates).await.expect_status(StatusCode::OK);
    let nobody = json!({"version": 1, "owner": null, "backup": null, "is_needed": false});
    assert_eq!(told, nobody);
    let found = alex.get("/teams-account/candidates?search=AN").await;
    let found = found.expect_status(StatusCode::OK);
    assert_eq!(found, json!([{"account": backup, "name": "Agent ann"}]));
    for (sent, field) in [
        (json!({"owner": 999, "backup": null}), "owner"),
        (json!({"owner": owner, "backup": owner}), "backup"),
    ] {
        let refused = alex.put(delegates, 1, sent).await;
        refused.expect_problem(422, "invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    let stale = alex.put(delegates, 7, both.clone()).await;
    stale.expect_problem(409, "conflict");
    let set = alex.put(delegates, 1, both).await;
    let set = set.expect_status(StatusCode::OK);
    assert_eq!(
        (&set["version"], &set["owner"]["login"]),
        (&json!(2), &json!("needed"))
    );
    // While nothing needs it nobody is asked.
    let mine = ann.get("/me/teams").await.expect_status(StatusCode::OK);
    assert_eq!(
        (&mine["login"], &mine["is_owner"]),
        (&json!("not_needed"), &json!("backup"))
    );
    let early = alex.post("/me/teams/login", json!({})).await;
    early.expect_problem(409, "login_not_needed");
    let push = with(&[("features", json!(["presence_push"]))]);
    let alone = alex.put("/teams-account", 2, push).await;
    alone.expect_problem(422, "invalid");
    assert_eq!(alone.body["errors"][0]["field"], "features");
    // Another change of the account leaves them.
    let push = with(&[("features", json!(["presence_read", "presence_push"]))]);
    let on = alex.put("/teams-account", 2, push).await;
    on.expect_status(StatusCode::OK);
    let mine = ann.get("/me/teams").await.expect_status(StatusCode::OK);
    assert_eq!(mine["login"], "needed");
    let login = ann.post("/me/teams/login", json!({})).await;
    let url = login.expect_status(StatusCode::OK)["url"].clone();
    let url = url.as_str().unwrap();
    for part in [
        "response_mode=query",
        "code_challenge_method=S256",
        "offline_access",
        "Presence.Read.All",
    ] {
        assert!(url.contains(part), "{part} in {url}");
    }
    let audit = alex
        .get("/audit?limit=10")
        .await
        .expect_status(StatusCode::OK);
    assert!(audit.to_string().contains("teams_delegates_set"), "{audit}");
}
