//! Frames of the live feed, as text.

use crate::api::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_core::time::Timestamp;

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Topic {
    /// The agent's own view.
    Me,
    /// The floor.
    Board,
    /// How the system does.
    Health,
    /// What Teams shows of people.
    Directory,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Snapshot,
    Delta,
    Heartbeat,
    Error,
}

/// What a client says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) subscribe: Vec<String>,
    #[serde(default)]
    pub(super) unsubscribe: Vec<String>,
}

#[derive(Serialize)]
struct Frame<'a> {
    topic: &'a str,
    seq: u64,
    kind: Kind,
    data: &'a Value,
    ts: Instant,
}

impl Topic {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Board => "board",
            Self::Health => "health",
            Self::Directory => "directory",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Me, Self::Board, Self::Health, Self::Directory]
            .into_iter()
            .find(|topic| topic.word() == word)
    }
}

pub(super) fn text(topic: Topic, seq: u64, kind: Kind, data: &Value, now: Timestamp) -> String {
    write(&Frame {
        topic: topic.word(),
        seq,
        kind,
        data,
        ts: now.into(),
    })
}

pub(super) fn heartbeat(now: Timestamp) -> String {
    let data = json!({});
    write(&Frame {
        topic: "",
        seq: 0,
        kind: Kind::Heartbeat,
        data: &data,
        ts: now.into(),
    })
}

pub(super) fn error(topic: &str, code: &str, detail: &str, now: Timestamp) -> String {
    let data = json!({ "code": code, "detail": detail });
    write(&Frame {
        topic,
        seq: 0,
        kind: Kind::Error,
        data: &data,
        ts: now.into(),
    })
}

fn write(frame: &Frame<'_>) -> String {
    serde_json::to_string(frame).expect("frames have string keys only")
}
