//! One media operation of a call: what it plays, to whom, how far it is, and what it does besides.

use super::super::prompt::{Part, spoken};
use super::super::recognize::Recognition;
use serde_json::{Value, json};
use tandem_microsoft::acs::media::{PlaySource, Tone};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Files are being fetched; nothing is heard.
    Preparing,
    Playing,
    /// The prompt is over, digits or speech are awaited.
    Listening,
}

#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: u64,
    pub(crate) context: Option<String>,
    pub(crate) url: Option<String>,
    /// `None`: everybody hears it.
    pub(crate) only: Option<String>,
    pub(in crate::acs) sources: Vec<PlaySource>,
    /// What is heard of each source, once it is known.
    pub(in crate::acs) parts: Vec<Option<Part>>,
    pub(in crate::acs) loops: bool,
    pub(in crate::acs) round: u64,
    /// Begin of this round.
    pub(in crate::acs) since_ms: u64,
    pub(crate) stage: Stage,
    pub(crate) task: Task,
}

/// What an operation does besides its prompt.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    Play,
    Recognize(Recognition),
    /// Tones go out to the phone that the operation is for; nothing else is heard of it.
    Send(Vec<Tone>),
}

impl Operation {
    pub(crate) fn new(id: u64, sources: Vec<PlaySource>) -> Self {
        Self {
            id,
            context: None,
            url: None,
            only: None,
            parts: vec![None; sources.len()],
            sources,
            loops: false,
            round: 0,
            since_ms: 0,
            stage: Stage::Preparing,
            task: Task::Play,
        }
    }

    pub(crate) const fn recognition(&self) -> Option<&Recognition> {
        match &self.task {
            Task::Recognize(recognition) => Some(recognition),
            Task::Play | Task::Send(_) => None,
        }
    }

    pub(crate) const fn recognition_mut(&mut self) -> Option<&mut Recognition> {
        match &mut self.task {
            Task::Recognize(recognition) => Some(recognition),
            Task::Play | Task::Send(_) => None,
        }
    }

    /// Whether this participant hears its prompt, when there is one.
    pub(crate) fn is_for(&self, raw_id: &str) -> bool {
        self.only
            .as_deref()
            .is_none_or(|only| only.eq_ignore_ascii_case(raw_id))
    }

    pub(super) fn length_ms(&self) -> Option<u64> {
        self.parts.iter().try_fold(0_u64, |sum, part| {
            Some(sum.saturating_add(part.as_ref()?.length_ms))
        })
    }

    /// What a person hears of it: the words, or the address of a file.
    pub(crate) fn words(&self) -> String {
        let words: Vec<String> = self.sources.iter().map(spoken).collect();
        words.join(" ")
    }

    pub(super) fn show(&self) -> Value {
        let stage = match self.stage {
            Stage::Preparing => "preparing",
            Stage::Playing => "playing",
            Stage::Listening => "listening",
        };
        let kind = match self.task {
            Task::Play => "play",
            Task::Recognize(_) => "recognize",
            Task::Send(_) => "send tones",
        };
        json!({
            "kind": kind,
            "stage": stage, "to": self.only, "loop": self.loops, "text": self.words(),
            "operation_context": self.context,
        })
    }
}
