//! Outbound HTTP: callbacks, Event Grid deliveries and prompt files, each one attempt.
//!
//! Order, retries and faults are the world's; a fresh token is signed here for every attempt
//! (acs-call-automation.md 4.3), with the real time.

use crate::authority::Signer;
use crate::limits;
use crate::options::defaults;
use crate::server::Error;
use crate::stamp;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tandem_microsoft::{acs, event_grid};

const CALLBACK_TOKEN_S: u64 = 300;
const STREAM_TOKEN_S: u64 = 24 * 3600;

/// Which token an attempt carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bearer {
    None,
    /// Call Automation: audience is the immutable resource id.
    Callback,
    /// Event Grid to an Entra-protected webhook.
    EventGrid {
        audience: String,
    },
}

/// One attempt.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) bearer: Bearer,
}

/// How an attempt ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delivered {
    /// `None` when no answer came at all.
    pub(crate) status: Option<u16>,
    pub(crate) error: String,
    pub(crate) body: Vec<u8>,
}

/// The client half, shared by all attempts.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    client: reqwest::Client,
    /// For WebSockets: HTTP/1.1, and without an end.
    streams: reqwest::Client,
    entra: Arc<Signer>,
    callbacks: Arc<Signer>,
}

impl Sender {
    pub(crate) fn new(ca_text: &str, entra: Signer, callbacks: Signer) -> Result<Self, Error> {
        let authority =
            reqwest::Certificate::from_pem(ca_text.as_bytes()).map_err(Error::Client)?;
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .tls_certs_merge([authority.clone()])
        };
        let client = builder()
            .timeout(Duration::from_secs(limits::DELIVERY_TIMEOUT_S))
            .build()
            .map_err(Error::Client)?;
        let streams = builder().http1_only().build().map_err(Error::Client)?;
        Ok(Self {
            client,
            streams,
            entra: Arc::new(entra),
            callbacks: Arc::new(callbacks),
        })
    }

    pub(crate) async fn post(&self, delivery: Delivery) -> Delivered {
        let mut request = self.client.post(&delivery.url).body(delivery.body);
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        if let Some(token) = self.token(&delivery.bearer) {
            request = request.bearer_auth(token);
        }
        match request.send().await {
            Ok(response) => read(response, limits::DELIVERY_ANSWER_BYTES_MAX).await,
            Err(error) => failed(&error),
        }
    }

    pub(crate) async fn fetch(&self, url: &str) -> Delivered {
        match self.client.get(url).send().await {
            Ok(response) => read(response, limits::PROMPT_BYTES_MAX).await,
            Err(error) => failed(&error),
        }
    }

    /// The upgrade to a WebSocket, with a token that lives as long as a call may (reference 5).
    pub(crate) fn upgrade(&self, url: &str) -> reqwest::RequestBuilder {
        let now = stamp::unix_s(jiff::Timestamp::now());
        let token = self.callbacks.sign(&callback_claims(now, STREAM_TOKEN_S));
        self.streams.get(url).bearer_auth(token)
    }

    fn token(&self, bearer: &Bearer) -> Option<String> {
        let now = stamp::unix_s(jiff::Timestamp::now());
        match bearer {
            Bearer::None => None,
            Bearer::Callback => Some(self.callbacks.sign(&callback_claims(now, CALLBACK_TOKEN_S))),
            Bearer::EventGrid { audience } => {
                Some(self.entra.sign(&event_grid_claims(audience, now)))
            }
        }
    }
}

fn callback_claims(now: u64, lives_s: u64) -> serde_json::Value {
    json!({
        "iss": acs::CALLBACK_ISSUER, "aud": defaults::ACS_RESOURCE,
        "iat": now, "nbf": now, "exp": now + lives_s,
    })
}

/// An application that takes v2 tokens is named by its client id, one that takes v1 tokens by its URI;
/// issuer and the name of the calling application's claim follow from that.
fn event_grid_claims(audience: &str, now: u64) -> serde_json::Value {
    let tenant = defaults::TENANT;
    let mut claims = json!({
        "aud": audience, "iat": now, "nbf": now, "exp": now + 3600, "tid": tenant,
        "roles": ["AzureEventGridSecureWebhookSubscriber"],
    });
    let version = if uuid::Uuid::parse_str(audience).is_ok() {
        json!({
            "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0"), "ver": "2.0",
            "azp": event_grid::DELIVERY_APP_ID, "azpacr": "2",
        })
    } else {
        json!({
            "iss": format!("https://sts.windows.net/{tenant}/"), "ver": "1.0",
            "appid": event_grid::DELIVERY_APP_ID, "appidacr": "2",
        })
    };
    if let (Some(claims), serde_json::Value::Object(version)) = (claims.as_object_mut(), version) {
        claims.extend(version);
    }
    claims
}

async fn read(mut response: reqwest::Response, bytes_max: usize) -> Delivered {
    let status = Some(response.status().as_u16());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= bytes_max => {
                body.extend_from_slice(&chunk)
            }
            Ok(Some(_)) => {
                return Delivered {
                    status,
                    error: format!("the answer is longer than {bytes_max} bytes"),
                    body,
                };
            }
            Ok(None) => {
                return Delivered {
                    status,
                    error: String::new(),
                    body,
                };
            }
            Err(error) => {
                return Delivered {
                    body,
                    ..failed(&error)
                };
            }
        }
    }
}

fn failed(error: &reqwest::Error) -> Delivered {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    Delivered {
        status: None,
        error: text,
        body: Vec::new(),
    }
}
