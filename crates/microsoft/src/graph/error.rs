//! How Graph refuses: one envelope for all resources (microsoft-graph.md 2).

use serde::Deserialize;

/// What is inside the envelope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GraphError {
    pub code: String,
    #[serde(default)]
    pub message: String,
}

#[derive(Deserialize)]
struct Envelope {
    error: GraphError,
}

impl GraphError {
    /// The error in a body, if it is one.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let envelope: Envelope = serde_json::from_slice(body).ok()?;
        Some(envelope.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_and_what_is_no_envelope_is_none() {
        let body = br#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","innerError":{"date":"2026-08-01T10:00:00","request-id":"a","client-request-id":"a"}}}"#;
        let error = GraphError::parse(body).unwrap();
        assert_eq!(error.code, "Authorization_RequestDenied");
        assert_eq!(GraphError::parse(b"<html>"), None);
        assert_eq!(GraphError::parse(br#"{"error":"invalid_client"}"#), None);
    }
}
