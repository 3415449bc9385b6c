//! Pages beside the API: what browsers get, and what they do not.

use crate::server::Server;
use reqwest::StatusCode;

#[tokio::test]
async fn every_address_of_the_ui_answers_with_a_page_under_a_policy() {
    let server = Server::start().await;
    let http = server.nobody().http;
    for path in ["/", "/desk", "/admin/queues/3"] {
        let request = http
            .get(format!("{}{path}", server.url))
            .header("accept", "text/html");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("frame-ancestors 'self' https://teams.microsoft.com"),
            "{policy}"
        );
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        let page = answer.text().await.unwrap();
        assert!(page.contains(&nonce), "{path}");
        assert!(!page.contains("__CSP_NONCE__"));
    }
}

#[tokio::test]
async fn missing_asset_and_unknown_file_are_not_pages() {
    let server = Server::start().await;
    let http = server.nobody().http;
    for (path, accept) in [
        ("/assets/gone.js", "text/html"),
        ("/gone.json", "application/json"),
    ] {
        let request = http
            .get(format!("{}{path}", server.url))
            .header("accept", accept);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let posted = http
        .post(format!("{}/desk", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}
