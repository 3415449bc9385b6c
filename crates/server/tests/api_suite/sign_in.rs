//! Signing in and out, cookies, the one-time link, and how often one may fail.

use crate::server::{PASSWORD, Person, Server, send};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn one_time_link_makes_the_first_administrator_once() {
    let server = Server::start().await;
    let info = server.http_info().await;
    assert_eq!(
        (&info["setup_needed"], &info["notice"]),
        (&json!(true), &json!("A notice."))
    );
    let alex = server.administrator().await;
    let me = alex.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(me["account"]["name"], "Alex Admin");
    assert_eq!(
        me["account"]["roles"],
        json!(["supervisor", "administrator"])
    );
    assert_eq!(
        me["center"],
        json!({
            "id": "contoso", "name": "The contoso center", "time_zone": "UTC",
            "sign_in": {"password": true, "microsoft": false}, "agent_figures": "each",
        })
    );
    assert!(me["view"].is_null());
    assert_eq!(server.http_info().await["setup_needed"], false);
    let again = json!({
        "token": server.setup_token.reveal(), "username": "eve", "password": PASSWORD, "name": "Eve",
    });
    server
        .nobody()
        .post("/setup", again)
        .await
        .expect_problem(409, "link_invalid");
}

#[tokio::test]
async fn wrong_password_and_unknown_name_look_the_same_and_are_audited() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for username in ["alex", "nobody"] {
        let sent = json!({"username": username, "password": "not the password"});
        let answer = server.nobody().post("/sign-in", sent).await;
        answer.expect_problem(401, "wrong_credentials");
        assert_eq!(
            answer.body["detail"],
            "the username or the password is not right"
        );
    }
    let audit = alex.get("/audit").await.expect_status(StatusCode::OK);
    let denied = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["detail"] == "sign in")
        .count();
    assert_eq!(denied, 2, "{audit}");
}

#[tokio::test]
async fn after_ten_failures_even_the_right_password_has_to_wait() {
    let server = Server::start().await;
    server.administrator().await;
    let nobody = server.nobody();
    for _ in 0..10 {
        let sent = json!({"username": "alex", "password": "not the password"});
        nobody
            .post("/sign-in", sent)
            .await
            .expect_problem(401, "wrong_credentials");
    }
    let sent = json!({"username": "alex", "password": PASSWORD});
    let answer = nobody.post("/sign-in", sent).await;
    answer.expect_problem(429, "rate_limited");
    let seconds: u32 = answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=301).contains(&seconds));
}

#[tokio::test]
async fn cookie_signs_in_and_changes_need_the_request_header() {
    let server = Server::start().await;
    server.administrator().await;
    let nobody = server.nobody();
    let sent = json!({"username": "alex", "password": PASSWORD});
    let answer = nobody.post("/sign-in", sent).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let with = |method, path: &str| nobody.request(method, path).header("cookie", &cookie);
    let read = send(with(Method::GET, "/skills")).await;
    assert_eq!(read.status, StatusCode::OK);
    let skill = json!({"name": "German"});
    let forged = send(with(Method::POST, "/skills").json(&skill)).await;
    forged.expect_problem(403, "request_header_missing");
    let ours = with(Method::POST, "/skills")
        .header("x-tandem-request", "1")
        .json(&skill);
    assert_eq!(send(ours).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn signing_out_ends_the_token() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let answer = send(alex.request(Method::POST, "/sign-out")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    alex.get("/me").await.expect_problem(401, "not_signed_in");
}

#[tokio::test]
async fn removed_agent_is_signed_out_and_the_name_is_free_again() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (id, ann) = alex.agent("ann", 1).await;
    ann.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(
        alex.delete(&format!("/agents/{id}"), 1).await.status,
        StatusCode::NO_CONTENT
    );
    ann.get("/me").await.expect_problem(401, "not_signed_in");
    let (again, ann) = alex.agent("ann", 1).await;
    assert_ne!(again, id);
    let me = ann.get("/me").await.expect_status(StatusCode::OK);
    assert_eq!(me["account"]["agent_id"], again);
}

#[tokio::test]
async fn new_password_ends_the_sign_ins_of_the_agent() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let (id, ann) = alex.agent("ann", 1).await;
    let path = format!("/agents/{id}/password");
    alex.post(&path, json!({"password": "short"}))
        .await
        .expect_problem(422, "invalid");
    let set = alex
        .post(&path, json!({"password": "another long one"}))
        .await;
    assert_eq!(set.status, StatusCode::NO_CONTENT);
    ann.get("/me").await.expect_problem(401, "not_signed_in");
}

impl Server {
    async fn http_info(&self) -> serde_json::Value {
        let Person { http, url, .. } = self.nobody();
        send(http.get(format!("{url}/api/v1/info")))
            .await
            .expect_status(StatusCode::OK)
    }
}
