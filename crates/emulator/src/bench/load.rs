//! Many calls and many requests: signed as the SDKs sign them, and every callback waited for.

use super::Error;
use crate::options::defaults;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tandem_microsoft::acs::call::{AnswerCallRequest, answer};
use tandem_microsoft::acs::hmac::{AccessKey, Signed, sign};
use tandem_microsoft::acs::media::{PlayRequest, PlaySource, cancel_all, play};
use tandem_microsoft::acs::streaming::{AudioChannel, MediaStreamingOptions};
use tandem_microsoft::{Repeatability, Request, event_grid};
use tokio::sync::mpsc;

/// Requests under way at a time.
const WORKERS: u64 = 64;
/// How long nothing may happen before the emulator is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at what has come back.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What came back so far.
#[derive(Debug, Default)]
struct Back {
    callbacks: AtomicU64,
    connected: AtomicU64,
}

#[derive(Clone)]
struct Receiver {
    back: Arc<Back>,
    contexts: mpsc::UnboundedSender<String>,
}

/// A client of an emulator.
pub struct Load {
    http: reqwest::Client,
    base: String,
    key: AccessKey,
    receiver: String,
    back: Arc<Back>,
    contexts: mpsc::UnboundedReceiver<String>,
    calls: Vec<String>,
    n_sent: AtomicU64,
}

impl std::fmt::Debug for Load {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Load")
            .field("base", &self.base)
            .field("calls", &self.calls.len())
            .finish_non_exhaustive()
    }
}

/// What a run of requests came to.
#[derive(Debug)]
pub struct Served {
    /// From the first request to the last callback.
    pub took: Duration,
    pub callbacks: u64,
    /// Of each request, until its answer.
    pub answers: Vec<Duration>,
}

/// What became of what the applications said.
#[derive(Debug)]
pub struct Heard {
    /// Of the stream of which least was heard.
    pub least_ms: u64,
    /// Frames that were damaged, too many, or not asked for.
    pub frames_ignored: u64,
}

impl Load {
    /// A client of the emulator whose plain HTTP listener is there; it receives the events.
    ///
    /// # Errors
    /// When no port is free, or the emulator does not take the subscription.
    pub async fn start(http_url: &str) -> Result<Self, Error> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let receiver = format!("http://{}", listener.local_addr()?);
        let (sender, contexts) = mpsc::unbounded_channel();
        let back = Arc::new(Back::default());
        let router = Router::new().fallback(receive).with_state(Receiver {
            back: Arc::clone(&back),
            contexts: sender,
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        let load = Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            base: http_url.to_owned(),
            key: AccessKey::from_base64(defaults::ACCESS_KEY)?,
            receiver,
            back,
            contexts,
            calls: Vec::new(),
            n_sent: AtomicU64::new(0),
        };
        let endpoint = format!("{}/events", load.receiver);
        load.control("/event-subscriptions", &json!({ "endpoint": endpoint }))
            .await?;
        Ok(load)
    }

    /// Lets so many customers call, and answers them all; with a stream to an application when it is named.
    ///
    /// # Errors
    /// When a call is refused or does not come up.
    pub async fn take_calls(&mut self, n: u64, stream_url: Option<&str>) -> Result<(), Error> {
        let wanted = self.back.connected.load(Ordering::Relaxed) + n;
        let mut n_placed = 0;
        while n_placed < n {
            // As many ring at a time as there are workers.
            let ringing = (n - n_placed).min(WORKERS);
            for index in n_placed..n_placed + ringing {
                self.place(index, stream_url).await?;
            }
            for _ in 0..ringing {
                let context = tokio::time::timeout(PATIENCE, self.contexts.recv()).await?;
                let context = context.ok_or("the receiver has ended")?;
                let id = self.answer(&context, stream_url).await?;
                self.calls.push(id);
            }
            n_placed += ringing;
        }
        self.until(|back| back.connected.load(Ordering::Relaxed) >= wanted)
            .await
    }

    async fn place(&self, index: u64, stream_url: Option<&str>) -> Result<(), Error> {
        let from = format!("+1206{index:07}");
        // Whoever is streamed talks without end; others are quiet.
        let script = match stream_url {
            Some(_) => json!([{"do": "say", "text": "a".repeat(9_000)}]),
            None => json!([]),
        };
        let order =
            json!({"from": from, "to": defaults::RESOURCE_ACCOUNT_NUMBER, "script": script});
        self.control("/pstn-calls", &order).await
    }

    async fn answer(&self, context: &str, stream_url: Option<&str>) -> Result<String, Error> {
        let streaming = stream_url.map(|url| MediaStreamingOptions {
            start_media_streaming: Some(true),
            enable_bidirectional: Some(true),
            ..MediaStreamingOptions::audio(url, AudioChannel::Mixed)
        });
        let body = AnswerCallRequest {
            incoming_call_context: context.to_owned(),
            callback_uri: format!("{}/callbacks", self.receiver),
            media_streaming_options: streaming,
            ..AnswerCallRequest::default()
        };
        let request = answer(&body, self.once());
        let answered: Value = serde_json::from_slice(&self.send(&request, 200).await?)?;
        let id = answered["callConnectionId"].as_str();
        Ok(id.ok_or("the answer names no call")?.to_owned())
    }

    /// Sends so many requests over the calls that are up: plays and cancels, each with a callback of its own.
    ///
    /// # Errors
    /// When a request is refused or a callback does not come.
    pub async fn serve(&self, n: u64) -> Result<Served, Error> {
        let n_calls = u64::try_from(self.calls.len())?;
        let n_workers = WORKERS.min(n_calls);
        if n_workers == 0 {
            return Err("there are no calls".into());
        }
        let pairs = n.div_ceil(2 * n_workers);
        let before = self.back.callbacks.load(Ordering::Relaxed);
        let began = Instant::now();
        let work = (0..n_workers).map(|worker| async move {
            let mut answers = Vec::new();
            for round in 0..pairs {
                let index = usize::try_from((worker + round * n_workers) % n_calls)?;
                let call = &self.calls[index];
                for request in [play(call, &prompt()), cancel_all(call)] {
                    let sent = Instant::now();
                    self.send(&request, 202).await?;
                    answers.push(sent.elapsed());
                }
            }
            Ok::<_, Error>(answers)
        });
        let answers = futures::future::try_join_all(work).await?.concat();
        let wanted = before + u64::try_from(answers.len())?;
        self.until(|back| back.callbacks.load(Ordering::Relaxed) >= wanted)
            .await?;
        Ok(Served {
            took: began.elapsed(),
            callbacks: self.back.callbacks.load(Ordering::Relaxed) - before,
            answers,
        })
    }

    /// What the emulator heard of the applications' own audio.
    ///
    /// # Errors
    /// When the emulator does not tell.
    pub async fn heard(&self) -> Result<Heard, Error> {
        let calls = self.shown("/calls").await?;
        let heard =
            |call: &Value| call["media_streaming"]["application_audio"]["heard_ms"].as_u64();
        let of_calls = calls.as_array().into_iter().flatten().filter_map(heard);
        let counters = self.shown("/counters").await?;
        Ok(Heard {
            least_ms: of_calls.min().unwrap_or(0),
            frames_ignored: counters["stream_frames_ignored"]
                .as_u64()
                .unwrap_or(u64::MAX),
        })
    }

    async fn shown(&self, path: &str) -> Result<Value, Error> {
        let url = format!("{}/_emulator{path}", self.base);
        let response = self.http.get(url).send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&response.bytes().await?)?)
    }

    async fn until(&self, holds: impl Fn(&Back) -> bool) -> Result<(), Error> {
        let began = Instant::now();
        while !holds(&self.back) {
            if began.elapsed() > PATIENCE {
                return Err(format!("not everything came back: {:?}", self.back).into());
            }
            // poll: until the last callback has come
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    async fn control(&self, path: &str, order: &Value) -> Result<(), Error> {
        let url = format!("{}/_emulator{path}", self.base);
        let response = self.http.post(url).json(order).send().await?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(format!("{path}: {}", response.text().await?).into())
    }

    async fn send(&self, request: &Request, wanted: u16) -> Result<Bytes, Error> {
        let host = self.base.trim_start_matches("http://");
        let date = crate::stamp::rfc1123(jiff::Timestamp::now());
        let signed = Signed {
            method: request.method.as_str(),
            path_and_query: &request.path_and_query,
            host,
            date: &date,
            body: request.body_bytes(),
        };
        let headers = sign(&self.key, &signed);
        let url = format!("{}{}", self.base, request.path_and_query);
        let mut builder = self
            .http
            .request(request.method.as_str().parse()?, url)
            .header("authorization", headers.authorization)
            .header("x-ms-date", headers.date)
            .header("x-ms-content-sha256", headers.content_hash)
            .body(request.body_bytes().to_vec());
        if let Some(once) = &request.repeatability {
            builder = builder
                .header(Repeatability::REQUEST_ID_HEADER, &once.request_id)
                .header(Repeatability::FIRST_SENT_HEADER, &once.first_sent);
        }
        let response = builder.send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        if status == wanted {
            return Ok(body);
        }
        let text = String::from_utf8_lossy(&body);
        Err(format!("{}: {status} {text}", request.path_and_query).into())
    }

    fn once(&self) -> Repeatability {
        let n = self.n_sent.fetch_add(1, Ordering::Relaxed);
        Repeatability {
            request_id: format!("2c6f3b9a-6d0c-4a66-9a59-{n:012}"),
            first_sent: crate::stamp::rfc1123(jiff::Timestamp::now()),
        }
    }
}

fn prompt() -> PlayRequest {
    PlayRequest {
        play_sources: vec![PlaySource::text("Please hold the line", None, None)],
        ..PlayRequest::default()
    }
}

async fn receive(State(receiver): State<Receiver>, uri: Uri, body: Bytes) -> Vec<u8> {
    if uri.path() == "/callbacks" {
        receiver.back.callbacks.fetch_add(1, Ordering::Relaxed);
        let is_connected = String::from_utf8_lossy(&body).contains("CallConnected\"");
        receiver
            .back
            .connected
            .fetch_add(u64::from(is_connected), Ordering::Relaxed);
        return Vec::new();
    }
    let events: Value = serde_json::from_slice(&body).unwrap_or_default();
    let data = &events[0]["data"];
    if let Some(code) = data["validationCode"].as_str() {
        return event_grid::validation_response(code);
    }
    if let Some(context) = data["incomingCallContext"].as_str() {
        // Nobody waits any more when the run has ended.
        receiver.contexts.send(context.to_owned()).ok();
    }
    Vec::new()
}
