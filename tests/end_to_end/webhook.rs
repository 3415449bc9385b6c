//! Outgoing webhooks over real sockets: what a receiver is told of a whole call, signed, again after trouble,
//! and after the process died.

use crate::stage::Stage;
use crate::wait::until;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// What came, and what is answered next (200 when nothing is said).
#[derive(Default)]
struct Inbox {
    arrived: Vec<(String, Value)>,
    answers: VecDeque<u16>,
}

#[derive(Clone, Default)]
struct Receiver {
    inbox: Arc<Mutex<Inbox>>,
    url: String,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn arrived(&self) -> Vec<(String, Value)> {
        self.inbox.lock().unwrap().arrived.clone()
    }

    fn types(&self) -> Vec<String> {
        let arrived = self.arrived();
        let types = arrived
            .iter()
            .map(|(_, body)| body["type"].as_str().unwrap());
        types.map(str::to_owned).collect()
    }

    async fn hears(&self, kind: &str) {
        let look = async || self.types().iter().any(|it| it == kind).then_some(());
        until(kind, look).await;
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let mut inbox = receiver.inbox.lock().unwrap();
    let status = inbox.answers.pop_front().unwrap_or(200);
    if status == 200 {
        let signature = headers["tandem-signature"].to_str().unwrap().to_owned();
        let body = serde_json::from_str(&body).unwrap();
        inbox.arrived.push((signature, body));
    }
    StatusCode::from_u16(status).unwrap()
}

async fn webhook(stage: &Stage, receiver: &Receiver, events: Value) -> String {
    let sent = json!({"url": receiver.url, "events": events});
    let made = stage.alex.post("/webhooks", sent).await;
    format!("/webhooks/{}/deliveries", made["id"])
}

#[tokio::test]
async fn receiver_is_told_of_a_call_from_its_arrival_to_its_end() {
    let stage = Stage::with_floor("tandem").await;
    let receiver = Receiver::start().await;
    let events = json!(["contact.arrived", "contact.queued", "contact.ended"]);
    let log = webhook(&stage, &receiver, events).await;
    let phone = stage.cloud.dial().await;
    receiver.hears("contact.queued").await;
    phone.hang_up().await;
    receiver.hears("contact.ended").await;
    let arrived = receiver.arrived();
    let (signature, ended) = arrived.last().unwrap();
    assert!(
        signature.starts_with("t=") && signature.contains(",v1="),
        "{signature}"
    );
    assert_eq!(ended["center"], "contoso");
    assert!(ended["data"]["contact_id"].is_u64());
    let text = json!(arrived.iter().map(|(_, body)| body).collect::<Vec<_>>()).to_string();
    assert!(!text.contains("+1206"), "no personal data: {text}");
    let look = async || {
        let log = stage.alex.get(&log).await;
        let items = log["items"].as_array()?;
        let all = items
            .iter()
            .all(|it| it["state"] == "delivered" && it["answer"] == "200");
        (items.len() == 3 && all).then_some(())
    };
    until("the log", look).await;
}

#[tokio::test]
async fn delivery_that_failed_waits_in_the_log_and_can_be_sent_at_once() {
    let stage = Stage::with_floor("tandem").await;
    let receiver = Receiver::start().await;
    // A redirect is not followed: it is a failure as well.
    receiver.inbox.lock().unwrap().answers.extend([302]);
    let log = webhook(&stage, &receiver, json!(["contact.ended"])).await;
    let phone = stage.cloud.dial().await;
    phone.hang_up().await;
    let look = async || {
        let log = stage.alex.get(&log).await;
        let first = log["items"].as_array()?.first()?.clone();
        (first["answer"] == "302").then_some(first)
    };
    let failed = until("the failed attempt", look).await;
    assert_eq!(
        (&failed["state"], &failed["n_attempts"]),
        (&json!("waiting"), &json!(1))
    );
    assert!(failed["next_attempt_at"].is_string());
    assert!(receiver.types().is_empty());
    let resend = format!("{log}/{}/resend", failed["id"]);
    let (status, body) = stage.alex.asks(Method::POST, &resend, None).await;
    assert_eq!(status, 204, "{body}");
    receiver.hears("contact.ended").await;
}

#[tokio::test]
async fn what_was_on_record_before_the_process_died_is_told_afterwards() {
    let mut stage = Stage::with_floor("tandem").await;
    let receiver = Receiver::start().await;
    let log = webhook(&stage, &receiver, json!(["contact.queued"])).await;
    receiver.inbox.lock().unwrap().answers.extend([503; 3]);
    let _phone = stage.cloud.dial().await;
    let look = async || {
        let log = stage.alex.get(&log).await;
        (log["items"][0]["answer"] == "503").then_some(())
    };
    until("an attempt", look).await;
    stage.server.die().await;
    receiver.inbox.lock().unwrap().answers.clear();
    stage.server.start_again().await;
    let failed = stage.alex.get(&log).await["items"][0].clone();
    let resend = format!("{log}/{}/resend", failed["id"]);
    stage.alex.asks(Method::POST, &resend, None).await;
    receiver.hears("contact.queued").await;
    let ids: Vec<Value> = receiver
        .arrived()
        .iter()
        .map(|(_, it)| it["id"].clone())
        .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
}
