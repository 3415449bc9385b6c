//! A door for fuzzers: the whole path of requests and frames, without sockets, clock or keys on disk.
//!
//! An input of requests is made of parts with a line `---` between them. A part is a request: a line `METHOD path`, headers
//! in lines that begin with `> `, and a body; or a frame of an application, a line `WS` and its text; or the name of a
//! script (`script`), which sets a scene in one word. Requests go through the edge of HTTP as they would from a socket, signed
//! with the access key unless a header says otherwise. What the emulator sends out is answered with 200 at once, and a little
//! time goes by after each part. Scripts that an input begins with are set once (`scene`). A name in braces stands for what is there (`names`). An input of a WebSocket is bytes, as an
//! application would write them to its connection.

mod names;
mod scene;
mod script;

use crate::acs::feed::Loss;
use crate::acs::recording::reel::Reel;
use crate::actor::Command;
use crate::answer::{self, Answer};
use crate::authority::{self, Signer};
use crate::delivery::{Delivered, Delivery};
use crate::identify;
use crate::limits;
use crate::options::{ClockKind, defaults};
use crate::pipeline;
use crate::stream;
use crate::world::{Output, Setup, World};
use axum::body::Body;
use axum::http::Request;
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use names::Names;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use tandem_microsoft::acs::hmac::{AccessKey, Signed, sign};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// Parts of one input.
const PARTS_MAX: usize = 64;
/// Time that goes by after each.
const STEP_MS: u64 = 700;
/// The same after each text of a WebSocket: three frames of its stream.
const STEP_OF_TEXT_MS: u64 = 60;
/// Timers of an advance that fire after each.
const STEPS_MAX: usize = 200;
const HOST: &str = "127.0.0.1:8443";
/// What is read of the file of a recording: seconds of its begin, and its end.
const PIECES_MAX: usize = 8;
const END_BYTES: u64 = 50_000;
/// What stands between the requests of an input.
pub const BETWEEN_PARTS: &[u8] = b"\n---\n";
/// When a world behind the door begins, so that an input does the same on every day.
const BEGIN_S: i64 = 1_800_000_000;

/// The name and the value of a header.
type Header<'a> = (&'a [u8], &'a [u8]);

/// A world behind the door.
#[derive(Clone)]
pub struct Door {
    world: World,
    tickets: BTreeMap<u64, &'static str>,
    n_requests: u64,
    names: Names,
    socket: Option<u64>,
    answered: Vec<(&'static str, u16)>,
    /// Answers that came with a copied scene.
    n_copied: usize,
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
        let authority =
            authority::open(&folder, Timestamp::now()).expect("a temporary directory is writable");
        // What stays behind harms nobody.
        std::fs::remove_dir_all(&folder).ok();
        (
            authority.entra.remembering(),
            authority.callbacks.remembering(),
        )
    })
}

/// One for every input, because it costs more than most of them. It drives no socket.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime without sockets needs nothing of the system")
    })
}

fn access_key() -> &'static AccessKey {
    static KEY: OnceLock<AccessKey> = OnceLock::new();
    KEY.get_or_init(|| {
        AccessKey::from_base64(defaults::ACCESS_KEY).expect("the constant is base64")
    })
}

/// Method and path of every route, as the tables have them: parameters are names in braces.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    identify::routes()
}

impl Default for Door {
    fn default() -> Self {
        scene::after(&[])
    }
}

impl Door {
    /// Carries an input out. It must come back, whatever the input is; every answer is one that HTTP can carry.
    pub fn run(&mut self, input: &[u8]) {
        let mut rest = Some(input);
        let mut n_parts = 0;
        if self.is_new() {
            let (scripts, after) = script::at_head(input);
            (rest, n_parts) = (after, scripts.len());
            *self = scene::after(&scripts);
        }
        for _ in n_parts..PARTS_MAX {
            let Some(input) = rest else {
                return;
            };
            let (part, after) = split_once(input, BETWEEN_PARTS);
            rest = after;
            self.part(part);
        }
    }

    /// Carries out what an application writes to the connection of its WebSocket, once a call has one.
    pub fn run_socket(&mut self, bytes: &[u8]) {
        if self.is_new() {
            *self = scene::after(&["STREAM"]);
        } else {
            self.part(b"STREAM");
        }
        let Some(id) = self.socket else {
            return;
        };
        for text in runtime().block_on(texts_of(id, bytes)) {
            self.world.stream_text(id, &text);
            self.settle(STEP_OF_TEXT_MS);
        }
        self.world.stream_lost(id, &Loss::Interrupted);
        self.settle(STEP_OF_TEXT_MS);
    }

    /// Every answer until now: of which operation, with which status.
    #[must_use]
    pub fn answered(&self) -> &[(&'static str, u16)] {
        &self.answered
    }

    /// The same without those that were there when the scene was copied.
    #[must_use]
    pub fn answered_anew(&self) -> &[(&'static str, u16)] {
        &self.answered[self.n_copied..]
    }

    /// Before a world in which nothing has happened.
    fn new() -> Self {
        let (entra, callbacks) = keys().clone();
        let world = World::new(Setup {
            https_base: format!("https://{HOST}"),
            http_base: "http://127.0.0.1:8080".to_owned(),
            strict: false,
            seed: 1,
            teams_users: 2,
            people: 2,
            clock: ClockKind::Stepped,
            entra,
            callbacks,
            has_sip: false,
        });
        Self {
            world,
            tickets: BTreeMap::new(),
            n_requests: 0,
            names: Names::default(),
            socket: None,
            answered: Vec::new(),
            n_copied: 0,
        }
    }

    const fn is_new(&self) -> bool {
        self.n_requests == 0 && self.world.now_ms() == 0
    }

    fn part(&mut self, part: &[u8]) {
        let (head, body) = split_once(part, b"\n");
        let head = head.trim_ascii();
        if let Some(script) = script::named(head) {
            for part in script.split("\n---\n") {
                self.part(part.as_bytes());
            }
            return;
        }
        let body = body.unwrap_or_default();
        if head == b"WS" {
            let body = body.get(..limits::STREAM_MESSAGE_BYTES_MAX).unwrap_or(body);
            if let Some(socket) = self.socket {
                self.world
                    .stream_text(socket, &String::from_utf8_lossy(body));
            }
        } else {
            self.request(head, body);
        }
        self.settle(STEP_MS);
    }

    fn request(&mut self, head: &[u8], rest: &[u8]) {
        let (method, target) = split_once(head, b" ");
        let target = self.names.put_into(target.unwrap_or(b"/"));
        let rest = self.names.put_into(rest);
        let (headers, body) = headers_and_body(&rest);
        let Some(request) = signed(self.wall(), method, &target, &headers, body) else {
            // What HTTP has no form for never gets as far as this.
            return;
        };
        let received = pipeline::receive(request, true).now_or_never();
        let received = match received.expect("a body that is there makes nobody wait") {
            Ok(received) => received,
            Err(answer) => return self.answer("Unread", answer),
        };
        let operation = identify::identify(&received.method, &received.path).operation;
        self.n_requests += 1;
        let ticket = self.n_requests;
        self.world.tick(self.world.now_ms(), self.wall());
        match self.world.request(ticket, &received) {
            Some(answer) => self.answer(operation.name(), answer),
            None => {
                self.tickets.insert(ticket, operation.name());
            }
        }
    }

    fn wall(&self) -> Timestamp {
        let elapsed = SignedDuration::from_millis(i64::try_from(self.world.now_ms()).unwrap_or(0));
        Timestamp::from_second(BEGIN_S)
            .and_then(|begin| begin.checked_add(elapsed))
            .unwrap_or(Timestamp::MAX)
    }

    /// The answer leaves as HTTP, which fails if it cannot.
    fn answer(&mut self, operation: &'static str, answer: Answer) {
        self.answered.push((operation, answer.status));
        self.names.learn_of_answer(operation, &answer);
        if let answer::Body::Recording(reel) | answer::Body::BrokenOff(reel) = &answer.body {
            read(reel);
        }
        let response = pipeline::respond(answer);
        assert!(response.status().as_u16() >= 200, "{}", response.status());
    }

    /// Answers all that goes out, and lets a little time go by.
    fn settle(&mut self, step_ms: u64) {
        let until = self.world.now_ms().saturating_add(step_ms);
        self.answer_all();
        while let Some(due) = self.world.next_due_ms().filter(|due| *due <= until) {
            self.world.tick(due, self.wall());
            self.world.fire_due();
            self.answer_all();
        }
        self.world.tick(until, self.wall());
        // An advance that an input ordered: the rest of a long one comes after the next part.
        for _ in 0..STEPS_MAX {
            if !self.world.step() {
                return;
            }
            self.answer_all();
        }
    }

    fn answer_all(&mut self) {
        loop {
            let outputs = self.world.take_outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                self.perform(output);
            }
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Send(delivery) => self.take(&delivery),
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
            Output::Reply { ticket, answer } => {
                let operation = self.tickets.remove(&ticket).unwrap_or("Unknown");
                self.answer(operation, answer);
            }
            Output::Frames { .. }
            | Output::Hang { .. }
            | Output::SipAsked { .. }
            | Output::SipCalled(_) => {}
        }
    }

    /// An application that takes everything, and validates its webhooks.
    fn take(&mut self, delivery: &Delivery) {
        let body: Value = serde_json::from_slice(&delivery.letter.body).unwrap_or_default();
        self.names.learn_of_delivery(&body);
        let code = body[0]["data"]["validationCode"]
            .as_str()
            .unwrap_or_default();
        let query = delivery.letter.url.split_once('?');
        let token = query.and_then(|(_, query)| identify::field(query, "validationToken"));
        let body = match token {
            Some(token) => token.into_bytes(),
            None => tandem_microsoft::event_grid::validation_response(code),
        };
        let outcome = Delivered {
            status: Some(200),
            body,
            allowed_origin: Some("*".to_owned()),
            content_type: Some("text/plain".to_owned()),
            ..Delivered::default()
        };
        self.world.delivered(delivery.id, &outcome);
    }
}

/// Reads the begin and the end of a file that is made while it is sent.
fn read(reel: &Reel) {
    let begin = reel.clone().take(PIECES_MAX);
    let from = reel.len().saturating_sub(END_BYTES);
    let end = reel.clone().part(&(from..reel.len()));
    let n_bytes: usize = begin.chain(end).map(|piece| piece.len()).sum();
    assert!(n_bytes > 0 || reel.len() == 0, "a file has its bytes");
}

/// The part before, and the part behind if `between` is there.
pub fn split_once<'a>(text: &'a [u8], between: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    let at = text
        .windows(between.len())
        .position(|window| window == between);
    match at {
        Some(at) => (&text[..at], text.get(at + between.len()..)),
        None => (text, None),
    }
}

/// A request as it comes from a socket; `None`: HTTP has no form for it.
fn signed(
    now: Timestamp,
    method: &[u8],
    target: &[u8],
    headers: &[Header<'_>],
    body: &[u8],
) -> Option<Request<Body>> {
    let (method_text, target_text) = (
        std::str::from_utf8(method).ok()?,
        std::str::from_utf8(target).ok()?,
    );
    let date = crate::stamp::rfc1123(now);
    let signed = sign(
        access_key(),
        &Signed {
            method: method_text,
            path_and_query: target_text,
            host: HOST,
            date: &date,
            body,
        },
    );
    let own: [Header<'_>; 4] = [
        (b"host", HOST.as_bytes()),
        (b"authorization", signed.authorization.as_bytes()),
        (b"x-ms-date", signed.date.as_bytes()),
        (b"x-ms-content-sha256", signed.content_hash.as_bytes()),
    ];
    let is_replaced = |name: &[u8]| headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
    let own = own.into_iter().filter(|(name, _)| !is_replaced(name));
    let mut request = Request::builder().method(method_text).uri(target_text);
    for (name, value) in headers.iter().copied().chain(own) {
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_vec())).ok()
}

/// The header lines at the head of what follows a request's first line, and its body.
fn headers_and_body(mut rest: &[u8]) -> (Vec<Header<'_>>, &[u8]) {
    let mut headers = Vec::new();
    while let Some(line) = rest.strip_prefix(b"> ") {
        let (line, after) = split_once(line, b"\n");
        let (name, value) = split_once(line, b":");
        headers.push((name.trim_ascii(), value.unwrap_or_default().trim_ascii()));
        rest = after.unwrap_or_default();
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
