//! An application's side of a WebSocket: it takes what the emulator dials, and keeps what comes.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Kept {
    headers: Vec<HeaderMap>,
    frames: Vec<Value>,
    ended: usize,
    /// Answer of the next upgrade, instead of taking it.
    refusal: Option<u16>,
    sender: Option<mpsc::UnboundedSender<Message>>,
}

#[derive(Clone, Default)]
struct Shared {
    kept: Arc<Mutex<Kept>>,
    changed: Arc<Notify>,
}

pub(crate) struct Application {
    pub(crate) url: String,
    shared: Shared,
}

impl Application {
    pub(crate) async fn start() -> Self {
        let shared = Shared::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/stream", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(crate) fn refuses(&self, status: u16) {
        self.shared.kept.lock().unwrap().refusal = Some(status);
    }

    /// Sends a frame, or ends the connection with `None`.
    pub(crate) fn send(&self, frame: Option<&str>) {
        let message = frame.map_or(Message::Close(None), Message::text);
        let kept = self.shared.kept.lock().unwrap();
        kept.sender.as_ref().unwrap().send(message).unwrap();
    }

    pub(crate) fn headers(&self) -> HeaderMap {
        let kept = self.shared.kept.lock().unwrap();
        kept.headers.last().unwrap().clone()
    }

    /// Takes the frames, once there are as many as that.
    pub(crate) async fn frames(&self, count: usize) -> Vec<Value> {
        self.until(|kept| kept.frames.len() >= count).await;
        std::mem::take(&mut self.shared.kept.lock().unwrap().frames)
    }

    pub(crate) async fn ended(&self) {
        self.until(|kept| kept.ended > 0).await;
    }

    async fn until(&self, holds: impl Fn(&Kept) -> bool) {
        let waiting = async {
            loop {
                let changed = self.shared.changed.notified();
                if holds(&self.shared.kept.lock().unwrap()) {
                    return;
                }
                changed.await;
            }
        };
        let outcome = tokio::time::timeout(DEADLINE, waiting).await;
        let kept = self.shared.kept.lock().unwrap();
        assert!(outcome.is_ok(), "only {} frames came", kept.frames.len());
    }
}

async fn take(
    State(shared): State<Shared>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let refusal = {
        let mut kept = shared.kept.lock().unwrap();
        kept.headers.push(headers);
        kept.refusal.take()
    };
    match refusal {
        Some(status) => StatusCode::from_u16(status).unwrap().into_response(),
        None => upgrade.on_upgrade(move |socket| serve(shared, socket)),
    }
}

async fn serve(shared: Shared, mut socket: WebSocket) {
    let (sender, mut outbox) = mpsc::unbounded_channel();
    shared.kept.lock().unwrap().sender = Some(sender);
    loop {
        tokio::select! {
            message = outbox.recv() => {
                if socket.send(message.unwrap()).await.is_err() {
                    break;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(text.as_str()).unwrap();
                    shared.kept.lock().unwrap().frames.push(frame);
                    shared.changed.notify_one();
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    shared.kept.lock().unwrap().ended += 1;
    shared.changed.notify_one();
}
