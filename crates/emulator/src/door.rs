//! A door for fuzzers: the whole path of requests and frames, without sockets, clock or keys on disk.
//!
//! An input of requests is text: each a line `METHOD path`, headers in lines that begin with `> `, a body of lines, and a
//! line `---`; a line `WS` instead sends the body as a frame of an application. They go through the edge of HTTP as they
//! would from a socket, signed with the access key unless a header says otherwise. What the emulator sends out is answered
//! with 200 at once, and a little time goes by after each request. `{call}`, `{context}`, `{recording}` and `{user}` stand
//! for what is there. An input of a WebSocket is bytes, as an application would write them to its connection.

use crate::acs::feed::Loss;
use crate::actor::Command;
use crate::answer::Answer;
use crate::authority::{self, Signer};
use crate::delivery::Delivered;
use crate::limits;
use crate::options::{ClockKind, defaults};
use crate::pipeline;
use crate::stream;
use crate::world::{Output, Setup, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use std::sync::OnceLock;
use tandem_microsoft::acs::hmac::{AccessKey, Signed, sign};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// Requests of one input.
const REQUESTS_MAX: usize = 64;
/// Time that goes by after each.
const STEP_MS: u64 = 700;
const HOST: &str = "127.0.0.1:8443";

/// A call whose application has a WebSocket in both directions.
const STREAMED_CALL: &str = r#"POST /calling/callConnections?api-version=2026-03-12
{"targets":[{"phoneNumber":{"value":"+12065550123"}}],"callbackUri":"http://127.0.0.1:1/c",
"teamsAppSource":{"appId":"cc123456-5678-5678-1234-ccc123456789"},"mediaStreamingOptions":{"transportType":"websocket",
"transportUrl":"ws://127.0.0.1:1/","contentType":"audio","audioChannelType":"mixed","startMediaStreaming":true,
"enableBidirectional":true,"enableDtmfTones":true}}
---
GET /_emulator/calls
---
GET /_emulator/calls"#;

/// A world behind the door.
pub struct Door {
    world: World,
    runtime: Runtime,
    tickets: u64,
    context: String,
    call: String,
    recording: String,
    socket: Option<u64>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Door").finish_non_exhaustive()
    }
}

/// Keys are dear and say nothing: one pair serves every input.
fn keys() -> &'static (Signer, Signer) {
    static KEYS: OnceLock<(Signer, Signer)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("tandem-door-{}", std::process::id()));
        let authority = authority::open(&folder, jiff::Timestamp::now())
            .expect("a temporary directory can be written");
        // What stays behind harms nobody.
        std::fs::remove_dir_all(&folder).ok();
        (authority.entra, authority.callbacks)
    })
}

impl Default for Door {
    fn default() -> Self {
        let (entra, callbacks) = keys().clone();
        let world = World::new(Setup {
            https_base: format!("https://{HOST}"),
            http_base: "http://127.0.0.1:8080".to_owned(),
            strict: false,
            seed: 1,
            teams_users: 2,
            clock: ClockKind::Stepped,
            entra,
            callbacks,
        });
        Self {
            world,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .expect("a runtime without sockets needs nothing of the system"),
            tickets: 0,
            context: String::new(),
            call: String::new(),
            recording: String::new(),
            socket: None,
        }
    }
}

impl Door {
    /// Carries an input out. It must come back, whatever the input is; every answer is one that HTTP can carry.
    pub fn run(&mut self, input: &str) {
        for part in input.split("\n---\n").take(REQUESTS_MAX) {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            if head.trim() == "WS" {
                if let Some(socket) = self.socket {
                    let body = body.get(..limits::STREAM_MESSAGE_BYTES_MAX).unwrap_or(body);
                    self.world.stream_text(socket, body);
                }
            } else {
                self.request(head, body);
            }
            self.settle();
        }
    }

    fn named(&self, text: &str) -> String {
        let user = defaults::FIRST_TEAMS_USER;
        let mut text = text.to_owned();
        for (name, value) in [
            ("{call}", self.call.as_str()),
            ("{context}", &self.context),
            ("{recording}", &self.recording),
            ("{user}", user),
        ] {
            text = text.replace(name, value);
        }
        text
    }

    /// Carries out what an application writes to the connection of its WebSocket, once a call has one.
    pub fn run_socket(&mut self, bytes: &[u8]) {
        self.run(STREAMED_CALL);
        let Some(id) = self.socket else {
            return;
        };
        for text in self.runtime.block_on(texts_of(id, bytes)) {
            self.world.stream_text(id, &text);
            self.settle();
        }
        self.world.stream_lost(id, &Loss::Interrupted);
        self.settle();
    }

    fn request(&mut self, head: &str, rest: &str) {
        let (method, target) = head.split_once(' ').unwrap_or((head, "/"));
        let (target, rest) = (self.named(target), self.named(rest));
        let (headers, body) = headers_and_body(&rest);
        let now = jiff::Timestamp::now();
        self.world.tick(self.world.now_ms(), now);
        let date = crate::stamp::rfc1123(now);
        let key = AccessKey::from_base64(defaults::ACCESS_KEY).expect("the constant is base64");
        let signed = sign(
            &key,
            &Signed {
                method,
                path_and_query: &target,
                host: HOST,
                date: &date,
                body: body.as_bytes(),
            },
        );
        let own = [
            ("host", HOST),
            ("authorization", &signed.authorization),
            ("x-ms-date", &signed.date),
            ("x-ms-content-sha256", &signed.content_hash),
        ];
        let is_replaced = |name: &str| headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
        let own = own.into_iter().filter(|(name, _)| !is_replaced(name));
        let mut request = Request::builder().method(method).uri(&target);
        for (name, value) in headers.iter().copied().chain(own) {
            request = request.header(name, value);
        }
        // What HTTP has no form for never gets as far as this.
        let Ok(request) = request.body(Body::from(body.to_owned())) else {
            return;
        };
        let received = match self.runtime.block_on(pipeline::receive(request, true)) {
            Ok(received) => received,
            Err(answer) => return self.answered(&answer),
        };
        self.tickets += 1;
        if let Some(answer) = self.world.request(self.tickets, &received) {
            self.answered(&answer);
        }
    }

    /// The answer leaves as HTTP, which fails if it cannot.
    fn answered(&mut self, answer: &Answer) {
        let response = pipeline::respond(answer.clone());
        assert!(response.status().as_u16() >= 200, "{}", response.status());
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        for (member, slot) in [
            ("callConnectionId", &mut self.call),
            ("recordingId", &mut self.recording),
        ] {
            if let Some(id) = body[member].as_str() {
                id.clone_into(slot);
            }
        }
    }

    /// Answers all that goes out, and lets a little time go by.
    fn settle(&mut self) {
        let until = self.world.now_ms().saturating_add(STEP_MS);
        loop {
            let outputs = self.world.take_outputs();
            let is_quiet = outputs.is_empty();
            for output in outputs {
                self.perform(output);
            }
            if !is_quiet {
                continue;
            }
            match self.world.next_due_ms().filter(|due| *due <= until) {
                Some(due) => {
                    self.world.tick(due, self.world.wall);
                    self.world.fire_due();
                }
                None => break,
            }
        }
        self.world.tick(until, self.world.wall);
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Send(delivery) => {
                let body: Value = serde_json::from_slice(&delivery.letter.body).unwrap_or_default();
                let data = &body[0]["data"];
                if let Some(context) = data["incomingCallContext"].as_str() {
                    context.clone_into(&mut self.context);
                }
                let code = data["validationCode"].as_str().unwrap_or_default();
                let outcome = Delivered {
                    status: Some(200),
                    body: tandem_microsoft::event_grid::validation_response(code),
                    allowed_origin: Some("*".to_owned()),
                    ..Delivered::default()
                };
                self.world.delivered(delivery.id, &outcome);
            }
            Output::Fetch { id, url } => {
                let body = crate::wave::write(&[1; 1600], 1, 16_000);
                let status = if url.contains("gone") { 404 } else { 200 };
                let outcome = Delivered {
                    status: Some(status),
                    body,
                    ..Delivered::default()
                };
                self.world.fetched(id, &outcome);
            }
            Output::Dial(dial) => {
                self.socket = Some(dial.socket);
                self.world.stream_opened(dial.socket);
            }
            Output::Reply { answer, .. } => self.answered(&answer),
            Output::Frames { .. } | Output::Hang { .. } => {}
        }
    }
}

/// The header lines at the head of what follows a request's first line, and its body.
fn headers_and_body(mut rest: &str) -> (Vec<(&str, &str)>, &str) {
    let mut headers = Vec::new();
    while let Some(line) = rest.strip_prefix("> ") {
        let (line, after) = line.split_once('\n').unwrap_or((line, ""));
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        headers.push((name.trim(), value.trim()));
        rest = after;
    }
    (headers, rest)
}

/// What the emulator's own WebSocket makes of these bytes.
async fn texts_of(id: u64, bytes: &[u8]) -> Vec<String> {
    // As much room as there are bytes: nothing waits for a reader.
    let (ours, mut theirs) = tokio::io::duplex(bytes.len().max(limits::STREAM_BUFFER_BYTES));
    theirs.write_all(bytes).await.expect("there is room for it");
    theirs.shutdown().await.expect("a pipe can be closed");
    let (_batches, frames) = mpsc::channel(1);
    let (commands, mut told) = mpsc::channel(limits::COMMANDS_MAX);
    let socket = stream::over(ours).await;
    let listen = async {
        let mut texts = Vec::new();
        while let Some(command) = told.recv().await {
            if let Command::StreamText { text, .. } = command {
                texts.push(text);
            }
        }
        texts
    };
    let carry = async {
        stream::carry(id, socket, frames, &commands).await;
        drop(commands);
    };
    futures::join!(listen, carry).0
}
