//! Bad input: every refusal is a problem document that says what is wrong and where.

use crate::server::{Server, send};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn unknown_route_method_and_center_are_problems() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.get("/nothing").await.expect_problem(404, "not_found");
    let wrong_method = send(alex.request(Method::DELETE, "/me")).await;
    wrong_method.expect_problem(405, "method_not_allowed");
    assert!(wrong_method.headers.contains_key("allow"));
    let elsewhere = format!("{}/api/v1/nowhere/me", server.url);
    send(alex.http.get(elsewhere))
        .await
        .expect_problem(404, "not_found");
    alex.get("/skills/first")
        .await
        .expect_problem(404, "not_found");
    for query in [
        "/audit?limit=many",
        "/accounts?after=x",
        "/webhooks/1/deliveries?before=x",
        "/recordings?queue_id=x",
    ] {
        let refused = alex.get(query).await;
        assert!(refused.body["detail"].is_string(), "{query}");
        refused.expect_problem(422, "invalid");
    }
    let resend = "/webhooks/1/deliveries/first/resend";
    let refused = alex.post(resend, json!({})).await;
    refused.expect_problem(404, "not_found");
}

#[tokio::test]
async fn body_that_is_no_json_is_refused_with_its_place() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let json = |body: &'static str| {
        alex.request(Method::POST, "/skills")
            .header("content-type", "application/json")
            .body(body)
    };
    let broken = send(json("{\n  \"name\": }")).await;
    broken.expect_problem(400, "bad_request");
    assert!(
        broken.body["detail"]
            .as_str()
            .unwrap()
            .contains("line 2, column 11"),
        "{}",
        broken.body
    );
    send(json("[1]")).await.expect_problem(422, "invalid");
    let form = alex
        .request(Method::POST, "/skills")
        .form(&[("name", "German")]);
    send(form)
        .await
        .expect_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn body_above_the_limit_is_refused() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let name = "x".repeat(300 * 1024);
    alex.post("/skills", json!({ "name": name }))
        .await
        .expect_problem(413, "too_large");
}

#[tokio::test]
async fn trace_id_of_the_caller_is_kept() {
    let server = Server::start().await;
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = server.nobody().request(Method::GET, "/me");
    let answer = send(request.header("traceparent", format!("00-{id}-00f067aa0ba902b7-01"))).await;
    answer.expect_problem(401, "not_signed_in");
    assert_eq!(answer.body["trace_id"], id);
}

#[tokio::test]
async fn health_needs_no_sign_in() {
    let server = Server::start().await;
    let http = server.nobody().http;
    let ready = send(http.get(format!("{}/readyz", server.url)))
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(ready["centers"][0]["center"], "contoso");
    let alive = send(http.get(format!("{}/healthz", server.url))).await;
    assert_eq!(alive.status, StatusCode::OK);
    let metrics = http
        .get(format!("{}/metrics", server.url))
        .send()
        .await
        .unwrap();
    let text = metrics.text().await.unwrap();
    assert!(
        text.contains("tandem_http_requests_total{route=\"/readyz\",status=\"2xx\"}"),
        "{text}"
    );
}
