//! What the same frames cost when nothing is behind them: bare WebSockets, as many, both ways.

use super::Error;
use super::listener::SAMPLES;
use futures::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tandem_microsoft::acs::streaming::{AudioData, FRAME_MS, ServiceFrame, encode};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Opens so many WebSockets to a listener, and sends a frame on each every 20 ms until it is dropped.
///
/// # Errors
/// When one cannot be opened.
pub async fn floor(url: &str, n: u64) -> Result<tokio::task::JoinSet<()>, Error> {
    let address = url.trim_start_matches("ws://").trim_end_matches('/');
    let frame = frame();
    let mut sockets = tokio::task::JoinSet::new();
    for _ in 0..n {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await?;
        let frame = frame.clone();
        sockets.spawn(async move {
            let mut clock = interval(Duration::from_millis(u64::from(FRAME_MS)));
            clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
            loop {
                tokio::select! {
                    _ = clock.tick() => {
                        if socket.send(Message::Text(frame.clone())).await.is_err() {
                            return;
                        }
                    }
                    message = socket.next() => if !matches!(message, Some(Ok(_))) {
                        return;
                    },
                }
            }
        });
    }
    Ok(sockets)
}

/// A frame as long as one of the service.
fn frame() -> Utf8Bytes {
    let audio_data = AudioData {
        data: encode(&[0; SAMPLES]),
        timestamp: "2026-01-01T00:00:00.000Z".to_owned(),
        participant_raw_id: None,
        silent: false,
    };
    ServiceFrame::AudioData { audio_data }.to_text().into()
}
