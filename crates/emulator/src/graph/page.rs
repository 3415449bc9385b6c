//! Tokens of pages and deltas: opaque for clients, readable here.
//!
//! A token says all that is needed to go on, so that none has to be remembered.

use super::refusal::Refusal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest token that is read: a delta names its properties.
const BYTES_MAX: usize = 4096;

pub(super) fn token<T: Serialize>(content: &T) -> String {
    let text =
        serde_json::to_vec(content).expect("a token has string keys and cannot fail to serialize");
    URL_SAFE_NO_PAD.encode(text)
}

pub(super) fn read<T: DeserializeOwned>(name: &str, token: &str) -> Result<T, Refusal> {
    let bytes = Some(token).filter(|token| token.len() <= BYTES_MAX);
    let bytes = bytes.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok());
    let content = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    content
        .ok_or_else(|| Refusal::request(format!("The {name} is not one that this service gave.")))
}
