//! Webhooks that lead inside, or are told of what there is not, are refused.

use crate::server::Server;
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn webhook_is_made_for_public_addresses_and_known_events_alone() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let refused = [
        ("http://hooks.example.com/", "contact.ended", "url"),
        ("https://127.0.0.1/", "contact.ended", "url"),
        (
            "https://169.254.169.254/latest/meta-data",
            "contact.ended",
            "url",
        ),
        ("https://[::1]/", "contact.ended", "url"),
        ("https://hooks.example.com/", "contact.sold", "events"),
    ];
    for (url, event, field) in refused {
        let answer = alex
            .post("/webhooks", json!({"url": url, "events": [event]}))
            .await;
        answer.expect_problem(422, "invalid");
        assert_eq!(answer.body["errors"][0]["field"], field, "{url}");
    }
    let sent = json!({"url": "https://hooks.example.com/", "events": ["contact.ended"]});
    let made = alex.post("/webhooks", sent).await;
    let made = made.expect_status(StatusCode::CREATED);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let listed = alex.get("/webhooks").await.expect_status(StatusCode::OK);
    assert_eq!(listed["items"][0]["events"], json!(["contact.ended"]));
    assert_eq!(listed["items"][0].get("secret"), None);
    let path = format!("/webhooks/{}", made["id"]);
    let log = alex.get(&format!("{path}/deliveries")).await;
    assert_eq!(log.expect_status(StatusCode::OK)["items"], json!([]));
    let gone = alex.delete(&path, 1).await;
    gone.expect_status(StatusCode::NO_CONTENT);
    let log = alex.get(&format!("{path}/deliveries")).await;
    log.expect_problem(404, "not_found");
}
