//! The edge of the emulator: an HTTP request becomes `Received`, an `Answer` becomes a response.
//!
//! The fixed order identify, record, fault, authenticate, parse, operate, answer is in
//! `world::request`; here is only what needs a socket. It holds no state.

use crate::acs::recording::reel::Reel;
use crate::actor::Command;
use crate::answer::{self, Answer};
use crate::control;
use crate::limits;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use futures::{Stream, StreamExt as _, stream};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use tandem_microsoft::acs::error::subcode;
use tokio::sync::{mpsc, oneshot};

/// A request as the state's owner sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Percent-encoded, as signed.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) path_and_query: String,
    pub(crate) host: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
    pub(crate) tls: bool,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

#[derive(Clone)]
struct Edge {
    commands: mpsc::Sender<Command>,
    tls: bool,
}

pub(crate) fn router(commands: mpsc::Sender<Command>, tls: bool) -> Router {
    Router::new()
        .fallback(serve)
        .with_state(Edge { commands, tls })
}

async fn serve(State(edge): State<Edge>, request: Request) -> Response {
    let received = match receive(request, edge.tls).await {
        Ok(received) => received,
        Err(answer) => return respond(answer),
    };
    let (reply, answer) = oneshot::channel();
    let command = Command::Request {
        received: Box::new(received),
        reply,
    };
    if edge.commands.send(command).await.is_err() {
        return respond(Answer::refused(503, "the emulator is shutting down"));
    }
    let answer = answer
        .await
        .unwrap_or_else(|_| Answer::refused(503, "the emulator is shutting down"));
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    respond(answer)
}

pub(crate) async fn receive(request: Request, tls: bool) -> Result<Received, Answer> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, limits::REQUEST_BYTES_MAX).await else {
        return Err(too_long(parts.uri.path()));
    };
    let headers: BTreeMap<String, String> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    // HTTP/2 carries the host in the request target.
    let host = match parts.uri.authority() {
        Some(authority) => authority.as_str().to_owned(),
        None => headers.get("host").cloned().unwrap_or_default(),
    };
    Ok(Received {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        path_and_query: parts
            .uri
            .path_and_query()
            .map(|target| target.as_str().to_owned())
            .unwrap_or_default(),
        host,
        headers,
        body: body.to_vec(),
        tls,
    })
}

/// In the words of whoever was asked: the control API, or the services (no code of the reference's 4.4 says it better).
fn too_long(path: &str) -> Answer {
    let text = "the body is longer than 1 MiB";
    if control::is_below(path) {
        return Answer::refused(413, text);
    }
    Answer::acs(413, subcode::INVALID_ARGUMENT, text)
}

pub(crate) fn respond(answer: Answer) -> Response {
    let mut builder = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    let body = match answer.body {
        _ if answer.status == 204 => Body::empty(),
        answer::Body::Bytes(bytes) => Body::from(bytes),
        answer::Body::Recording(reel) => {
            builder = builder.header("content-length", reel.len());
            Body::from_stream(pieces(*reel).map(Ok::<_, Infallible>))
        }
        answer::Body::BrokenOff(reel) => {
            builder = builder.header("content-length", reel.len());
            broken_off(*reel)
        }
    };
    builder
        .body(body)
        .expect("the emulator's own header names and values are valid")
}

/// The pieces of a file, as fast as the client takes them. In between others have their turn: frames of media streams must
/// not be late because somebody fetches a recording.
fn pieces(reel: Reel) -> impl Stream<Item = Vec<u8>> {
    stream::iter(reel).then(|piece| async {
        tokio::task::yield_now().await;
        piece
    })
}

/// How long what was sent has to leave before the connection ends.
const BROKEN_OFF_AFTER: Duration = Duration::from_millis(50);

/// A body that ends in the middle of the length that was told of.
fn broken_off(reel: Reel) -> Body {
    let half = reel.len() / 2;
    let broken = async {
        tokio::time::sleep(BROKEN_OFF_AFTER).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let sent = pieces(reel.part(&(0..half))).map(Ok);
    Body::from_stream(sent.chain(stream::once(broken)))
}
