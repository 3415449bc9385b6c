//! Texts that are read aloud to those who call by trunks: by espeak-ng, which is not ours, and by a service.

use super::sound::{Mouth, Voice, tone_file};
use super::trunk::{NUMBER, World};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

impl World {
    /// Whoever waits hears this text.
    async fn waits_with(&self, text: &str) {
        let queue = self.stage.alex.get("/queues/1").await;
        let change = json!({ "music": text });
        self.stage.alex.change("/queues/1", &queue, change).await;
    }
}

#[tokio::test]
async fn text_is_read_aloud_by_espeak_ng() {
    let world = World::with_reader("espeak_ng = \"/usr/bin/espeak-ng\"").await;
    world
        .waits_with("All our colleagues are talking to other customers.")
        .await;
    let mut caller = Voice::new(Mouth::Silence).await;
    let call = world.call(NUMBER, &caller);
    caller.hears_speech().await;
    let why = json!({"why": "It was heard."});
    world.stage.alex.post("/contacts/1/remove", why).await;
    call.ended().await;
}

#[tokio::test]
async fn text_is_read_aloud_by_a_service_once_and_in_its_language() {
    let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
    let log = Arc::clone(&asked);
    let reads = post(async move |axum::Json(text): axum::Json<Value>| {
        log.lock().unwrap().push(text);
        tone_file(620)
    });
    let reader = service(axum::Router::new().route("/speak", reads)).await;
    let world = World::with_reader(&format!("{reader}\nlanguage = \"de-DE\"")).await;
    world.waits_with("Bitte warten Sie.").await;
    for _ in 0..2 {
        let mut caller = Voice::new(Mouth::Silence).await;
        let _call = world.call(NUMBER, &caller);
        caller.hears(620).await;
    }
    let wanted = json!({"text": "Bitte warten Sie.", "language": "de-DE"});
    assert_eq!(*asked.lock().unwrap(), [wanted]);
}

#[tokio::test]
async fn flow_goes_on_by_its_exit_where_a_text_cannot_be_read() {
    let fails = post(async || StatusCode::INTERNAL_SERVER_ERROR.into_response());
    let reader = service(axum::Router::new().route("/speak", fails)).await;
    let world = World::with_reader(&reader).await;
    let nodes = json!([
        {"id": "say", "kind": "play", "prompt": {"text": "Welcome."}, "next": "end", "failed": "wait"},
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    let flow = world.stage.alex.get("/flows/1").await;
    let change = json!({"start": "say", "nodes": nodes});
    world.stage.alex.change("/flows/1", &flow, change).await;
    let mut caller = Voice::new(Mouth::Silence).await;
    let _call = world.call(NUMBER, &caller);
    caller.hears(world.music).await;
}

/// A service on a socket of its own, as the configuration names it.
async fn service(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/speak", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    format!("url = \"{url}\"")
}
