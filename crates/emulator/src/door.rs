//! A door for fuzzers: the whole path of requests and frames, without sockets, clock or keys on disk.
//!
//! An input is text: requests, each a line `METHOD path`, a body of lines, and a line `---`; a line `WS` instead sends the
//! body as a frame of an application. What the emulator sends out is answered with 200 at once, and a little time goes by
//! after each request. `{call}`, `{context}`, `{recording}` and `{user}` stand for what is there.

use crate::answer::Answer;
use crate::authority::{self, Signer};
use crate::delivery::Delivered;
use crate::limits;
use crate::options::{ClockKind, defaults};
use crate::pipeline::Received;
use crate::world::{Output, Setup, World};
use serde_json::Value;
use std::sync::OnceLock;
use tandem_microsoft::acs::hmac::{AccessKey, Signed, sign};

/// Requests of one input.
const REQUESTS_MAX: usize = 64;
/// Time that goes by after each.
const STEP_MS: u64 = 700;
const HOST: &str = "127.0.0.1:8443";

/// A world behind the door.
pub struct Door {
    world: World,
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

    fn request(&mut self, head: &str, body: &str) {
        let (method, target) = head.split_once(' ').unwrap_or((head, "/"));
        let (target, body) = (self.named(target), self.named(body));
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let body = body.into_bytes();
        if body.len() > limits::REQUEST_BYTES_MAX {
            return;
        }
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
                body: &body,
            },
        );
        let received = Received {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            path_and_query: target.clone(),
            host: HOST.to_owned(),
            headers: [
                ("authorization".to_owned(), signed.authorization),
                ("x-ms-date".to_owned(), signed.date),
                ("x-ms-content-sha256".to_owned(), signed.content_hash),
            ]
            .into(),
            body,
            tls: true,
        };
        self.tickets += 1;
        if let Some(answer) = self.world.request(self.tickets, &received) {
            self.answered(&answer);
        }
    }

    fn answered(&mut self, answer: &Answer) {
        assert!((100..600).contains(&answer.status), "{}", answer.status);
        for (name, value) in &answer.headers {
            let fits = axum::http::HeaderValue::from_str(value).is_ok();
            assert!(fits, "{name}: {value:?} is no header");
        }
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
