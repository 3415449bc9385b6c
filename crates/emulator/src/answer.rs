//! What goes back to a client, and the refusals of the ACS error shape.

use serde_json::Value;
use std::time::Duration;
use tandem_microsoft::acs::error::ErrorResponse;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// A latency fault: real time, waited outside of the state's owner.
    pub(crate) delay: Duration,
    /// A fault of the network: the connection ends after so many bytes of the body.
    pub(crate) breaks_off_after: Option<usize>,
}

impl Answer {
    pub(crate) const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            breaks_off_after: None,
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// A model of the contract.
    pub(crate) fn model<T: serde::Serialize>(status: u16, model: &T) -> Self {
        let body = serde_json::to_string(model)
            .expect("wire structs have string keys and cannot fail to serialize");
        Self::text(status, "application/json", body)
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        let mut answer = Self::empty(status);
        answer
            .headers
            .push(("content-type", content_type.to_owned()));
        answer.body = body.into().into_bytes();
        answer
    }

    /// A file.
    pub(crate) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::text(status, content_type, "")
        }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A refusal of the ACS data plane.
    pub(crate) fn acs(status: u16, subcode: u32, message: impl Into<String>) -> Self {
        Self::model(status, &ErrorResponse::new(subcode, message))
    }

    /// A refusal of the control API; the text names the fix.
    pub(crate) fn refused(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &serde_json::json!({ "error": message.into() }))
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
