//! Outbound HTTP: callbacks, Event Grid deliveries and prompt files, each one attempt.
//!
//! Order, retries and faults are the world's; an attempt gets its token here, with the real time.

mod token;

use crate::authority::Signer;
use crate::limits;
use crate::options::TokenUse;
use crate::server::Error;
use crate::stamp;
use std::time::Duration;
use token::Tokens;

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Post,
    /// The handshake of CloudEvents.
    Options,
}

/// What goes out.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) verb: Verb,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) bearer: Bearer,
}

/// One attempt.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) letter: Letter,
}

/// How an attempt ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delivered {
    /// `None` when no answer came at all.
    pub(crate) status: Option<u16>,
    pub(crate) error: String,
    pub(crate) body: Vec<u8>,
    /// `WebHook-Allowed-Origin`.
    pub(crate) allowed_origin: Option<String>,
    pub(crate) content_type: Option<String>,
}

/// The client half, shared by all attempts.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    client: reqwest::Client,
    /// For WebSockets: HTTP/1.1, and without an end.
    streams: reqwest::Client,
    tokens: Tokens,
}

impl Sender {
    pub(crate) fn new(
        ca_text: &str,
        entra: Signer,
        callbacks: Signer,
        token_use: TokenUse,
    ) -> Result<Self, Error> {
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
            tokens: Tokens::new(entra, callbacks, token_use),
        })
    }

    pub(crate) async fn send(&self, letter: Letter) -> Delivered {
        let method = match letter.verb {
            Verb::Post => reqwest::Method::POST,
            Verb::Options => reqwest::Method::OPTIONS,
        };
        let mut request = self.client.request(method, &letter.url).body(letter.body);
        for (name, value) in &letter.headers {
            request = request.header(name, value);
        }
        if let Some(token) = self.tokens.of(&letter.bearer, now_s()) {
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

    /// The upgrade to a WebSocket.
    pub(crate) fn upgrade(&self, url: &str) -> reqwest::RequestBuilder {
        self.streams
            .get(url)
            .bearer_auth(self.tokens.of_stream(now_s()))
    }
}

fn now_s() -> u64 {
    stamp::unix_s(jiff::Timestamp::now())
}

async fn read(mut response: reqwest::Response, bytes_max: usize) -> Delivered {
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let mut delivered = Delivered {
        status: Some(response.status().as_u16()),
        allowed_origin: header("webhook-allowed-origin"),
        content_type: header("content-type"),
        ..Delivered::default()
    };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if delivered.body.len() + chunk.len() <= bytes_max => {
                delivered.body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                delivered.error = format!("the answer is longer than {bytes_max} bytes");
                return delivered;
            }
            Ok(None) => return delivered,
            Err(error) => {
                return Delivered {
                    body: delivered.body,
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
        ..Delivered::default()
    }
}
