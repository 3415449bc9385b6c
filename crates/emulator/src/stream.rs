//! WebSockets that the emulator dials, as the service does: one task each, which holds no state.
//!
//! The upgrade goes through the client of deliveries, so that the same authorities are trusted. What
//! is dialed, sent and hung up is the world's decision; what comes back is a command.

use crate::acs::feed::Loss;
use crate::actor::Command;
use crate::delivery::Sender;
use crate::limits;
use futures::{SinkExt as _, StreamExt as _};
use reqwest::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// What a WebSocket runs over: a connection of HTTP, or what a fuzzer holds in its hand.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin {}

impl<C: AsyncRead + AsyncWrite + Unpin> Connection for C {}

/// Frames of one moment.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) texts: Vec<String>,
    /// The stepped clock stands still until they are written.
    pub(crate) is_awaited: bool,
}

/// Whom to dial, and what to say of the call.
#[derive(Debug, Clone)]
pub(crate) struct Dial {
    pub(crate) socket: u64,
    pub(crate) url: String,
    pub(crate) call_id: String,
    pub(crate) correlation_id: String,
}

/// Dials, and carries frames both ways until one side ends it.
pub(crate) async fn run(
    sender: Sender,
    dial: Dial,
    batches: mpsc::Receiver<Batch>,
    commands: mpsc::Sender<Command>,
) {
    let id = dial.socket;
    let limit = Duration::from_secs(limits::STREAM_TIMEOUT_S);
    let outcome = tokio::time::timeout(limit, open(&sender, &dial)).await;
    let loss = match outcome.unwrap_or(Err(Loss::TimedOut)) {
        Ok(socket) => {
            // A closed channel means shutdown, here and below: nobody waits for the outcome.
            commands.send(Command::StreamOpened { id }).await.ok();
            carry(id, socket, batches, &commands).await;
            Loss::Interrupted
        }
        Err(loss) => {
            commands
                .send(Command::StreamRefused { id, loss })
                .await
                .ok();
            return;
        }
    };
    commands.send(Command::StreamEnded { id, loss }).await.ok();
}

async fn open(sender: &Sender, dial: &Dial) -> Result<WebSocketStream<reqwest::Upgraded>, Loss> {
    let key = generate_key();
    // The client knows HTTP; a WebSocket begins as that.
    let url = dial.url.replacen("ws", "http", 1);
    let request = sender
        .upgrade(&url)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header("sec-websocket-version", "13")
        .header(SEC_WEBSOCKET_KEY, &key)
        .header("x-ms-call-connection-id", &dial.call_id)
        .header("x-ms-call-correlation-id", &dial.correlation_id);
    let response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status().as_u16();
    if status != 101 {
        return Err(Loss::Refused { status });
    }
    let accepts = response
        .headers()
        .get(SEC_WEBSOCKET_ACCEPT)
        .is_some_and(|accept| accept.as_bytes() == derive_accept_key(key.as_bytes()).as_bytes());
    if !accepts {
        return Err(Loss::Unreachable);
    }
    let upgraded = response
        .upgrade()
        .await
        .map_err(|error| unreachable(&error))?;
    Ok(over(upgraded).await)
}

/// A WebSocket over a connection that was upgraded, within our limits.
pub(crate) async fn over<C: Connection>(connection: C) -> WebSocketStream<C> {
    let config = WebSocketConfig::default()
        .read_buffer_size(limits::STREAM_BUFFER_BYTES)
        .max_message_size(Some(limits::STREAM_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(limits::STREAM_MESSAGE_BYTES_MAX));
    WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await
}

fn unreachable(error: &reqwest::Error) -> Loss {
    tracing::debug!(%error, "a WebSocket cannot be opened");
    if error.is_timeout() {
        Loss::TimedOut
    } else {
        Loss::Unreachable
    }
}

/// Carries frames until one side ends it.
pub(crate) async fn carry<C: Connection>(
    id: u64,
    mut socket: WebSocketStream<C>,
    mut batches: mpsc::Receiver<Batch>,
    commands: &mpsc::Sender<Command>,
) {
    loop {
        tokio::select! {
            batch = batches.recv() => {
                let Some(batch) = batch else {
                    return hang_up(socket).await;
                };
                if !write(&mut socket, batch.texts).await {
                    return;
                }
                if batch.is_awaited {
                    commands.send(Command::StreamWritten { id }).await.ok();
                }
            }
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let text = text.as_str().to_owned();
                    commands.send(Command::StreamText { id, text }).await.ok();
                }
                // Pings are answered by the library, and nothing else is expected.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}

/// Whether the frames are on their way; a client that takes nothing is given up.
async fn write<C: Connection>(socket: &mut WebSocketStream<C>, texts: Vec<String>) -> bool {
    let all = async {
        for text in texts {
            socket.feed(Message::text(text)).await?;
        }
        socket.flush().await
    };
    let limit = Duration::from_secs(limits::STREAM_TIMEOUT_S);
    matches!(tokio::time::timeout(limit, all).await, Ok(Ok(())))
}

/// Says good-bye; whether it is heard matters to nobody.
async fn hang_up<C: Connection>(mut socket: WebSocketStream<C>) {
    let limit = Duration::from_secs(limits::STREAM_TIMEOUT_S);
    let bye = socket.close(None);
    if let Ok(Err(error)) = tokio::time::timeout(limit, bye).await {
        tracing::debug!(%error, "a WebSocket ended without a good-bye");
    }
}
