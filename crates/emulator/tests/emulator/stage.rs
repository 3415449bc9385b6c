//! A running emulator, a signing client, and a receiver of Event Grid deliveries and callbacks.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tandem_emulator::{ClockKind, Options, Running, defaults, start};
use tandem_microsoft::acs::call::{AnswerCallRequest, CallIntelligenceOptions};
use tandem_microsoft::acs::hmac::{AccessKey, SignatureHeaders, Signed, sign};
use tandem_microsoft::acs::identifier::{Identifier, teams_extension_user};
use tandem_microsoft::acs::participant::AddParticipantRequest;
use tandem_microsoft::{Repeatability, Request, acs, event_grid};

const DEADLINE: Duration = Duration::from_secs(20);
pub(crate) const CALLER: &str = "+12065551212";
pub(crate) const AGENT: &str = defaults::FIRST_TEAMS_USER;

/// What arrived at the receiver.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Arrived {
    /// The callback event's name without its prefix, or the Event Grid type.
    pub(crate) fn kind(&self) -> String {
        let event = &self.body[0];
        let kind = event["type"]
            .as_str()
            .or_else(|| event["eventType"].as_str())
            .unwrap_or_default();
        kind.rsplit('.').next().unwrap_or_default().to_owned()
    }

    pub(crate) fn data(&self) -> &Value {
        &self.body[0]["data"]
    }
}

#[derive(Default)]
struct Inbox {
    arrived: Vec<Arrived>,
    /// Answers of the next requests; 200 when there are none.
    answers: VecDeque<u16>,
    validates: bool,
    /// What it lets the origin of CloudEvents be.
    allowed_origin: Option<&'static str>,
}

type Shared = Arc<Mutex<Inbox>>;

pub(crate) struct Stage {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
    pub(crate) receiver: String,
    inbox: Shared,
    repeats: std::sync::atomic::AtomicU32,
    _data: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn stepped() -> Self {
        Self::with(|options| options.clock = ClockKind::Stepped).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut options = Options::on_free_ports(data.path());
        change(&mut options);
        let running = start(options).await.unwrap();
        let inbox = Shared::default();
        inbox.lock().unwrap().validates = true;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&inbox));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let authority =
            reqwest::Certificate::from_pem(&std::fs::read(&running.ca_pem).unwrap()).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([authority])
            .build()
            .unwrap();
        Self {
            running,
            http,
            receiver,
            inbox,
            repeats: 0.into(),
            _data: data,
        }
    }

    /// Answers that the receiver gives next, instead of 200.
    pub(crate) fn receiver_answers(&self, statuses: &[u16]) {
        self.inbox.lock().unwrap().answers = statuses.iter().copied().collect();
    }

    pub(crate) fn receiver_allows(&self, origin: &'static str) {
        self.inbox.lock().unwrap().allowed_origin = Some(origin);
    }

    pub(crate) fn receiver_validates(&self, validates: bool) {
        self.inbox.lock().unwrap().validates = validates;
    }

    /// Takes everything that has arrived.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        let arrived = std::mem::take(&mut self.inbox.lock().unwrap().arrived);
        for callback in arrived.iter().filter(|one| one.path == "/callbacks") {
            crate::contract::event(&callback.body[0]);
        }
        arrived
    }

    /// The same without what Event Grid sent.
    pub(crate) fn callbacks(&self) -> Vec<Arrived> {
        let mut arrived = self.arrived();
        arrived.retain(|one| one.path == "/callbacks");
        arrived
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        self.arrived().iter().map(Arrived::kind).collect()
    }

    pub(crate) async fn control(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/_emulator{path}", self.running.http_url());
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null),
        )
    }

    pub(crate) async fn advance(&self, ms: u64) {
        let (status, body) = self
            .control("POST", "/clock/advance", json!({ "ms": ms }))
            .await;
        assert_eq!(status, 200, "{body}");
    }

    pub(crate) fn headers(request: &Request, host: &str, key: &str) -> SignatureHeaders {
        let date = jiff::Timestamp::now()
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        let signed = Signed {
            method: request.method.as_str(),
            path_and_query: &request.path_and_query,
            host,
            date: &date,
            body: request.body_bytes(),
        };
        sign(&AccessKey::from_base64(key).unwrap(), &signed)
    }

    /// Signs and sends a request of the data plane.
    pub(crate) async fn acs(&self, request: &Request) -> (u16, Value) {
        let host = self.running.listen.to_string();
        let headers = Self::headers(request, &host, defaults::ACCESS_KEY);
        let response = self.send(request, headers).await;
        let status = response.status().as_u16();
        let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null);
        crate::contract::answer(request, status, &body);
        (status, body)
    }

    pub(crate) async fn send(
        &self,
        request: &Request,
        headers: SignatureHeaders,
    ) -> reqwest::Response {
        let url = format!("{}{}", self.running.https_url(), request.path_and_query);
        let mut builder = self
            .http
            .request(request.method.as_str().parse().unwrap(), url)
            .header("authorization", headers.authorization)
            .header("x-ms-date", headers.date)
            .header("x-ms-content-sha256", headers.content_hash);
        if let Some(repeatability) = &request.repeatability {
            builder = builder
                .header(Repeatability::REQUEST_ID_HEADER, &repeatability.request_id)
                .header(Repeatability::FIRST_SENT_HEADER, &repeatability.first_sent);
        }
        if let Some(body) = &request.body {
            builder = builder
                .header("content-type", "application/json")
                .body(body.clone());
        }
        builder.send().await.unwrap()
    }

    /// A repeatability of its own for each request.
    pub(crate) fn once(&self) -> Repeatability {
        let number = self
            .repeats
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Repeatability {
            request_id: format!("2c6f3b9a-6d0c-4a66-9a59-{number:012}"),
            first_sent: "Sat, 01 Aug 2026 10:00:00 GMT".to_owned(),
        }
    }

    pub(crate) async fn subscribe(&self) -> (u16, Value) {
        self.control(
            "POST",
            "/event-subscriptions",
            json!({"endpoint": format!("{}/events", self.receiver)}),
        )
        .await
    }

    /// A call that rings: the phone call's id and the context to answer it with.
    pub(crate) async fn ring(&self, script: Value) -> (String, String) {
        let order =
            json!({"from": CALLER, "to": defaults::RESOURCE_ACCOUNT_NUMBER, "script": script});
        let (status, phone) = self.control("POST", "/pstn-calls", order).await;
        assert_eq!(status, 201, "{phone}");
        self.advance(0).await;
        let incoming = self
            .arrived()
            .pop()
            .expect("the IncomingCall was delivered");
        assert_eq!(incoming.kind(), "IncomingCall");
        (
            text(&phone["id"]),
            text(&incoming.data()["incomingCallContext"]),
        )
    }

    pub(crate) fn answering(&self, context: &str) -> AnswerCallRequest {
        AnswerCallRequest {
            incoming_call_context: context.to_owned(),
            callback_uri: format!("{}/callbacks", self.receiver),
            operation_context: Some("answer-1".to_owned()),
            call_intelligence_options: Some(CallIntelligenceOptions {
                cognitive_services_endpoint: Some("https://cognitive.example".to_owned()),
            }),
            ..AnswerCallRequest::default()
        }
    }

    /// A connected call with its caller: the phone call's id and the call connection's.
    pub(crate) async fn connect(&self, script: Value) -> (String, String) {
        self.subscribe().await;
        let (phone, context) = self.ring(script).await;
        let request = acs::call::answer(&self.answering(&context), self.once());
        let (status, call) = self.acs(&request).await;
        assert_eq!(status, 200, "{call}");
        self.advance(100).await;
        assert_eq!(self.kinds(), ["CallConnected", "ParticipantsUpdated"]);
        (phone, text(&call["callConnectionId"]))
    }

    /// An agent joins the call.
    pub(crate) async fn add_agent(&self, id: &str) {
        let body = AddParticipantRequest {
            participant_to_add: agent(),
            ..AddParticipantRequest::default()
        };
        let (status, added) = self
            .acs(&acs::participant::add(id, &body, self.once()))
            .await;
        assert_eq!(status, 202, "{added}");
        self.advance(1_200).await;
        assert_eq!(
            self.kinds(),
            ["AddParticipantSucceeded", "ParticipantsUpdated"]
        );
    }

    /// Waits until the control API shows this value there.
    pub(crate) async fn shows(&self, path: &str, pointer: &str, wanted: Value) {
        let deadline = tokio::time::Instant::now() + DEADLINE;
        loop {
            let (_, shown) = self.control("GET", path, Value::Null).await;
            let found = shown.pointer(pointer);
            if found == Some(&wanted) {
                return;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{pointer}: {found:?}"
            );
            // poll: until what is on a socket has arrived
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// A request that is refused: status and subcode.
    pub(crate) async fn refused(&self, request: &Request) -> (u16, String) {
        let (status, body) = self.acs(request).await;
        (status, text(&body["error"]["code"]))
    }

    pub(crate) async fn fault(&self, fault: Value) {
        assert_eq!(self.control("POST", "/faults", fault).await.0, 201);
    }

    /// The live phone call of a number.
    pub(crate) async fn phone_of(&self, number: &str) -> Value {
        let (_, phones) = self
            .control("GET", "/pstn-calls?live=true", Value::Null)
            .await;
        let of_number = |phone: &&Value| phone["to"] == number || phone["from"] == number;
        let found = phones.as_array().unwrap().iter().find(of_number).cloned();
        found.unwrap_or(Value::Null)
    }

    pub(crate) async fn phone(&self, id: &str) -> Value {
        self.control("GET", &format!("/pstn-calls/{id}"), Value::Null)
            .await
            .1
    }
}

pub(crate) fn agent() -> Identifier {
    teams_extension_user(AGENT, defaults::TENANT, defaults::ACS_RESOURCE)
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

async fn receive(
    State(inbox): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut inbox = inbox.lock().unwrap();
    let status = inbox.answers.pop_front().unwrap_or(200);
    let code = parsed[0]["data"]["validationCode"]
        .as_str()
        .filter(|_| inbox.validates && status == 200);
    let answer = code
        .map(event_grid::validation_response)
        .unwrap_or_default();
    if let Some(token) = validation_token(&uri).filter(|_| inbox.validates && status == 200) {
        let text = [("content-type", "text/plain")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        return (
            StatusCode::OK,
            HeaderMap::from_iter(text),
            token.into_bytes(),
        );
    }
    if uri.path() == "/prompt.wav" {
        return (StatusCode::OK, HeaderMap::new(), wav());
    }
    inbox.arrived.push(Arrived {
        path: uri.path().to_owned(),
        headers,
        body: parsed,
    });
    let mut allowed = HeaderMap::new();
    if let Some(origin) = inbox.allowed_origin.filter(|_| method == Method::OPTIONS) {
        allowed.insert("webhook-allowed-origin", origin.parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), allowed, answer)
}

/// The token of a handshake of Graph, as it must come back.
fn validation_token(uri: &Uri) -> Option<String> {
    let query = uri.query()?.strip_prefix("validationToken=")?;
    let mut bytes = Vec::new();
    let mut rest = query.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// What `/prompt.wav` sounds like: two seconds that count up, so that every sample is another one for a while.
pub(crate) fn prompt_samples() -> impl Iterator<Item = i16> {
    (0..2 * 16_000_i32).map(|n| i16::try_from(n % 20_000).unwrap())
}

fn wav() -> Vec<u8> {
    let data = 2 * 16_000 * 2_u32;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(16_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(data.to_le_bytes());
    file.extend(prompt_samples().flat_map(i16::to_le_bytes));
    file
}
