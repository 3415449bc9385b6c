//! What Graph does not do, in its words: the error envelope of microsoft-graph.md 2.
//!
//! Texts that Microsoft does not publish are our own; docs/emulator.md says which.

use crate::answer::Answer;
use serde_json::json;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// What a token is asked of a client that has none, or one that does not open Graph.
const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
     client_id=\"00000003-0000-0000-c000-000000000000\"";

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn token(message: impl Into<String>) -> Self {
        Self::new(401, "InvalidAuthenticationToken", message)
            .with_header("www-authenticate", CHALLENGE.to_owned())
    }

    /// A query or a body that the directory does not take.
    pub(super) fn request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub(super) fn not_found(key: &str) -> Self {
        let text = format!(
            "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(404, "Request_ResourceNotFound", text)
    }

    pub(super) fn throttled(seconds: u64) -> Self {
        Self::new(429, "TooManyRequests", "Too many requests.")
            .with_header("retry-after", seconds.to_string())
    }

    /// Microsoft has it, and the emulator does not.
    pub(super) fn not_built(what: &str) -> Self {
        let text = format!("the emulator does not have {what}; docs/emulator.md lists what it has");
        Self::new(501, "NotImplemented", text)
    }

    /// What a fault of the control API makes of a status.
    pub(crate) fn fault(status: u16) -> Self {
        let code = match status {
            400 => "BadRequest",
            401 => "InvalidAuthenticationToken",
            402 => "PaymentRequired",
            403 => "Forbidden",
            404 => "ResourceNotFound",
            409 => "Directory_ConcurrencyViolation",
            410 => "syncStateNotFound",
            429 => "TooManyRequests",
            503 => "serviceNotAvailable",
            504 => "gatewayTimeout",
            500..=599 => "generalException",
            _ => "UnknownError",
        };
        Self::new(status, code, "a fault of the emulator's control API")
    }

    pub(crate) fn answer(self, trace: &Trace) -> Answer {
        let body = json!({"error": {
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": trace.date,
                "request-id": trace.request_id,
                "client-request-id": trace.client_request_id,
            },
        }});
        let mut answer = Answer::json(self.status, &body);
        answer.headers.extend(self.headers);
        answer
    }
}

/// What tells a request apart from every other, in headers and errors.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    pub(super) date: String,
    pub(super) request_id: String,
    pub(super) client_request_id: String,
}
