//! What goes back to a client, and the refusals of the ACS error shape.

use crate::acs::recording::reel::Reel;
use serde_json::Value;
use std::time::Duration;
use tandem_microsoft::acs::error::ErrorResponse;

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    /// A latency fault: real time, waited outside of the state's owner.
    pub(crate) delay: Duration,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// A file that is made while it is sent.
    Recording(Box<Reel>),
    /// The same; a fault of the network ends the connection in the middle of it.
    BrokenOff(Box<Reel>),
}

impl Body {
    /// What is there as a whole; of a recording nothing.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Recording(_) | Self::BrokenOff(_) => &[],
        }
    }

    /// The connection ends in the middle of a file; of anything else everything arrives.
    pub(crate) fn broken_off(self) -> Self {
        match self {
            Self::Recording(reel) => Self::BrokenOff(reel),
            Self::Bytes(_) | Self::BrokenOff(_) => self,
        }
    }
}

impl Answer {
    pub(crate) const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
            delay: Duration::ZERO,
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
        answer.body = Body::Bytes(body.into().into_bytes());
        answer
    }

    /// A WAV file.
    pub(crate) fn sound(status: u16, body: Body) -> Self {
        Self {
            body,
            ..Self::text(status, "audio/wav", "")
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
