//! TLS of our own, and the word of a proxy.

use crate::server::{PASSWORD, config, send};
use reqwest::StatusCode;
use serde_json::json;
use std::net::TcpListener;
use std::path::Path;
use tandem_server::config::{Config, Transport};
use tandem_server::{Options, Running};
use tempfile::TempDir;

#[tokio::test]
async fn own_certificate_is_served_and_the_cookie_is_bound_to_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (
        folder.path().join("chain.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&certificate, own.cert.pem()).unwrap();
    std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let (running, token) = start(&folder, "https", |config| {
        config.server.transport = Transport::Tls { certificate, key };
    })
    .await;
    let root = reqwest::Certificate::from_pem(own.cert.pem().as_bytes()).unwrap();
    let http = reqwest::Client::builder()
        .add_root_certificate(root)
        .build()
        .unwrap();
    let base = format!("https://localhost:{}/api/v1/contoso", running.addr.port());
    let first = json!({"token": token, "username": "alex", "password": PASSWORD, "name": "Alex"});
    let made = send(http.post(format!("{base}/setup")).json(&first)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let sent = json!({"username": "alex", "password": PASSWORD});
    let answer = send(http.post(format!("{base}/sign-in")).json(&sent)).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-tandem=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    let page = http.get(format!("https://localhost:{}/", running.addr.port()));
    assert!(
        send(page)
            .await
            .headers
            .contains_key("strict-transport-security")
    );
    running.shutdown().await;
}

#[tokio::test]
async fn behind_a_proxy_each_client_fails_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (running, _) = start(&folder, "http", |config| {
        let trusted = vec!["127.0.0.1".parse().unwrap()];
        config.server.transport = Transport::Proxy { trusted };
    })
    .await;
    let http = reqwest::Client::new();
    let url = format!("http://{}/api/v1/contoso/sign-in", running.addr);
    let attempt = |client: &'static str, n: u32| {
        let sent = json!({"username": format!("guess{n}"), "password": "x"});
        http.post(&url)
            .header("x-forwarded-for", client)
            .json(&sent)
    };
    for n in 0..10 {
        send(attempt("198.51.100.7", n))
            .await
            .expect_problem(401, "wrong_credentials");
    }
    send(attempt("198.51.100.7", 10))
        .await
        .expect_problem(429, "rate_limited");
    send(attempt("198.51.100.8", 11))
        .await
        .expect_problem(401, "wrong_credentials");
    running.shutdown().await;
}

async fn start(
    folder: &TempDir,
    scheme: &str,
    change: impl FnOnce(&mut Config),
) -> (Running, String) {
    let data_dir: &Path = &folder.path().join("data");
    let token = tandem_server::setup::issue(data_dir, "contoso")
        .await
        .unwrap()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "{scheme}://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let mut config = config(data_dir, &url, &[("contoso", "UTC")]);
    change(&mut config);
    let options = Options {
        listener: Some(listener),
        ..Options::new(config)
    };
    let running = tandem_server::start(options).await.unwrap();
    (running, token.reveal().to_owned())
}
