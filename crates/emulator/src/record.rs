//! What was received and what was delivered: two bounded rings, with secrets removed.
//!
//! Signatures, tokens and client secrets are never stored, not even in part.

use crate::limits;
use crate::pipeline::Received;
use serde_json::{Value, json};
use std::collections::VecDeque;

#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    requests: VecDeque<Value>,
    deliveries: VecDeque<Value>,
    sequence: u64,
}

impl Records {
    pub(crate) fn request(&mut self, received: &Received, operation: &str, time: String) -> u64 {
        let entry = json!({
            "n": self.next(),
            "time": time,
            "method": received.method,
            "path": received.path_and_query,
            "host": received.host,
            "operation": operation,
            "headers": headers(received),
            "body": body(received),
        });
        push(&mut self.requests, entry);
        self.sequence
    }

    /// The next number of something that happened, whoever keeps it.
    pub(crate) const fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Adds the outcome to the request that is being answered, and which call it was about.
    pub(crate) fn answered(
        &mut self,
        n: u64,
        status: u16,
        note: Option<&str>,
        about: Option<(String, Value)>,
    ) {
        if let Some(entry) = self.requests.iter_mut().rev().find(|entry| entry["n"] == n) {
            entry["status"] = json!(status);
            if let Some((call, ids)) = about {
                entry["call"] = json!(call);
                entry["ids"] = ids;
            }
            if let Some(note) = note {
                entry["note"] = json!(note);
            }
        }
    }

    pub(crate) fn delivery(&mut self, mut entry: Value) {
        entry["n"] = json!(self.next());
        push(&mut self.deliveries, entry);
    }

    pub(crate) fn all_requests(&self) -> impl Iterator<Item = &Value> {
        self.requests.iter()
    }

    pub(crate) fn all_deliveries(&self) -> impl Iterator<Item = &Value> {
        self.deliveries.iter()
    }

    pub(crate) fn requests(&self) -> Value {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn deliveries(&self) -> Value {
        self.deliveries.iter().cloned().collect()
    }
}

fn push(ring: &mut VecDeque<Value>, entry: Value) {
    if ring.len() == limits::RECORDS_MAX {
        ring.pop_front();
    }
    ring.push_back(entry);
}

fn headers(received: &Received) -> Value {
    received
        .headers
        .iter()
        .map(|(name, value)| {
            let shown = match name.as_str() {
                "authorization" => {
                    format!("{} (removed)", value.split(' ').next().unwrap_or_default())
                }
                "cookie" | "set-cookie" | "proxy-authorization" => "(removed)".to_owned(),
                _ => value.clone(),
            };
            (name.clone(), Value::String(shown))
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn body(received: &Received) -> Value {
    if received.body.is_empty() {
        return Value::Null;
    }
    if received.body.len() > limits::RECORD_BODY_BYTES_MAX {
        return json!(format!("({} bytes, not kept)", received.body.len()));
    }
    if let Ok(mut value) = serde_json::from_slice::<Value>(&received.body) {
        // The one body of JSON with a secret: the exchange of a Teams user's token.
        if received.path.starts_with("/teamsUser/") && value["token"].is_string() {
            value["token"] = json!("(removed)");
        }
        remove_authorization(&mut value);
        // What a subscriber knows notices of Graph by.
        if value["clientState"].is_string() {
            value["clientState"] = json!("(removed)");
        }
        return value;
    }
    let Ok(text) = std::str::from_utf8(&received.body) else {
        return json!(format!("({} bytes, not text)", received.body.len()));
    };
    let fields: Vec<String> = text
        .split('&')
        .map(|field| match field.split_once('=') {
            Some((
                name @ ("client_secret" | "client_assertion" | "refresh_token" | "code"
                | "code_verifier" | "assertion" | "device_code"),
                _,
            )) => {
                format!("{name}=(removed)")
            }
            _ => field.to_owned(),
        })
        .collect();
    json!(fields.join("&"))
}

/// Parts of a batch of Graph may have tokens of their own.
fn remove_authorization(body: &mut Value) {
    let parts = body.get_mut("requests").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten() {
        if let Some(headers) = part.get_mut("headers").and_then(Value::as_object_mut) {
            headers.retain(|name, _| !name.eq_ignore_ascii_case("authorization"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let mut records = Records::default();
        let received = Received {
            method: "POST".into(),
            path_and_query: "/t/oauth2/v2.0/token".into(),
            headers: [("authorization".to_owned(), "Bearer eyJsecret".to_owned())].into(),
            body: b"grant_type=client_credentials&client_secret=hush&scope=x".to_vec(),
            ..Received::default()
        };
        records.request(&received, "Token", String::new());
        let text = records.requests().to_string();
        assert!(!text.contains("hush") && !text.contains("eyJsecret"));
        assert!(text.contains("grant_type=client_credentials"));
    }

    #[test]
    fn ring_keeps_the_newest() {
        let mut records = Records::default();
        for _ in 0..=limits::RECORDS_MAX {
            records.request(&Received::default(), "x", String::new());
        }
        assert_eq!(
            records.requests().as_array().unwrap().len(),
            limits::RECORDS_MAX
        );
        assert_eq!(records.requests()[0]["n"], 2);
    }
}
