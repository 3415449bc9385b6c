//! Faults that were ordered over the control API, and whether one strikes now.
//!
//! A fault has a matcher, and a count or a probability; what it does is a closed set. Chance comes
//! from the emulator's seed.

use crate::dice::Dice;
use crate::entra::refusal;
use crate::limits;
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Effect {
    /// Answers this status: 429 and 503 with `Retry-After`. With `executed` the operation is done
    /// first and only its answer is lost, which is what repeatability is for.
    Status {
        status: u16,
        #[serde(default)]
        retry_after_s: Option<u32>,
        #[serde(default)]
        executed: bool,
    },
    Latency {
        ms: u64,
    },
    CallbackLost,
    CallbackDoubled,
    CallbackLate {
        ms: u64,
    },
    CallbackReordered,
    /// Event Grid, at least once: the same IncomingCall can be lost, come twice or come late.
    EventLost,
    EventDoubled,
    EventLate {
        ms: u64,
    },
    PlayFailed {
        #[serde(default)]
        sub_code: Option<i32>,
    },
    RecognizeFailed {
        #[serde(default)]
        sub_code: Option<i32>,
    },
    HoldFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    TransferFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    ConnectFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    AnswerFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    MoveFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    MediaStreamingFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    TranscriptionFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    /// The WebSocket of a media stream or transcription breaks off so long after its start.
    StreamBreaksOff {
        ms: u64,
    },
    SendTonesFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    /// A key that continuous recognition could not tell.
    ToneFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    StartRecordingFailed {
        #[serde(default)]
        sub_code: Option<u32>,
    },
    /// The start is answered with 204 and without a name, as a page of Microsoft has it.
    StartRecordingUnnamed,
    /// A pause is taken and told of, and what is said is recorded all the same.
    RecordingIgnoresPause,
    /// A recording stops by itself so long after its start.
    RecordingStops {
        ms: u64,
    },
    /// The download of a recording breaks off in the middle.
    DownloadBreaksOff,
    /// The file of a recording ends before its header says.
    RecordingTruncated,
    /// The file of a recording is whole, and half as long as was told.
    RecordingShortened,
    /// A token of a delta of Graph is not known any more (410).
    SyncStateLost,
    SecretExpired,
    ConsentRevoked,
    /// Conditional access blocks a sign-in (match `Authorize`) or a token (match `Token`).
    ConditionalAccess,
    /// The token endpoint answers with this error of Entra.
    TokenRefused {
        aadsts: u32,
    },
}

/// Where a fault strikes; members that are absent match everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Matcher {
    /// Operation name of the contract (`AnswerCall`), `Token`, ... Never the control API.
    pub(crate) operation: Option<String>,
    /// Part of the path.
    pub(crate) path: Option<String>,
    /// Callback event without its prefix (`CallConnected`).
    pub(crate) event: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Order {
    #[serde(flatten)]
    pub(crate) effect: Effect,
    #[serde(rename = "match", default)]
    pub(crate) matcher: Matcher,
    /// How often it strikes; absent with a probability means without end, absent alone means once.
    #[serde(default)]
    pub(crate) count: Option<u64>,
    #[serde(default)]
    pub(crate) probability: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Fault {
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) effect: Effect,
    #[serde(rename = "match")]
    pub(crate) matcher: Matcher,
    pub(crate) remaining: Option<u64>,
    pub(crate) probability: f64,
    pub(crate) struck: u64,
}

/// The kind of a fault, for whoever asks whether one strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symptom {
    Status,
    Latency,
    Callback,
    Event,
    PlayFailed,
    RecognizeFailed,
    HoldFailed,
    TransferFailed,
    ConnectFailed,
    AnswerFailed,
    MoveFailed,
    MediaStreamingFailed,
    TranscriptionFailed,
    StreamBreaksOff,
    SendTonesFailed,
    ToneFailed,
    StartRecordingFailed,
    StartRecordingUnnamed,
    RecordingIgnoresPause,
    RecordingStops,
    DownloadBreaksOff,
    RecordingTruncated,
    RecordingShortened,
    SyncStateLost,
    SecretExpired,
    ConsentRevoked,
    ConditionalAccess,
    TokenRefused,
}

impl Effect {
    const fn symptom(&self) -> Symptom {
        match self {
            Self::Status { .. } => Symptom::Status,
            Self::Latency { .. } => Symptom::Latency,
            Self::CallbackLost
            | Self::CallbackDoubled
            | Self::CallbackLate { .. }
            | Self::CallbackReordered => Symptom::Callback,
            Self::EventLost | Self::EventDoubled | Self::EventLate { .. } => Symptom::Event,
            Self::PlayFailed { .. } => Symptom::PlayFailed,
            Self::RecognizeFailed { .. } => Symptom::RecognizeFailed,
            Self::HoldFailed { .. } => Symptom::HoldFailed,
            Self::TransferFailed { .. } => Symptom::TransferFailed,
            Self::ConnectFailed { .. } => Symptom::ConnectFailed,
            Self::AnswerFailed { .. } => Symptom::AnswerFailed,
            Self::MoveFailed { .. } => Symptom::MoveFailed,
            Self::MediaStreamingFailed { .. } => Symptom::MediaStreamingFailed,
            Self::TranscriptionFailed { .. } => Symptom::TranscriptionFailed,
            Self::StreamBreaksOff { .. } => Symptom::StreamBreaksOff,
            Self::SendTonesFailed { .. } => Symptom::SendTonesFailed,
            Self::ToneFailed { .. } => Symptom::ToneFailed,
            Self::StartRecordingFailed { .. } => Symptom::StartRecordingFailed,
            Self::StartRecordingUnnamed => Symptom::StartRecordingUnnamed,
            Self::RecordingIgnoresPause => Symptom::RecordingIgnoresPause,
            Self::RecordingStops { .. } => Symptom::RecordingStops,
            Self::DownloadBreaksOff => Symptom::DownloadBreaksOff,
            Self::RecordingTruncated => Symptom::RecordingTruncated,
            Self::RecordingShortened => Symptom::RecordingShortened,
            Self::SyncStateLost => Symptom::SyncStateLost,
            Self::SecretExpired => Symptom::SecretExpired,
            Self::ConsentRevoked => Symptom::ConsentRevoked,
            Self::ConditionalAccess => Symptom::ConditionalAccess,
            Self::TokenRefused { .. } => Symptom::TokenRefused,
        }
    }
}

/// What is going on, for the matcher.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Occasion<'a> {
    pub(crate) operation: &'a str,
    pub(crate) path: &'a str,
    pub(crate) event: &'a str,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    faults: Vec<Fault>,
    next_id: u64,
}

impl Faults {
    pub(crate) fn add(&mut self, order: Order) -> Result<&Fault, &'static str> {
        if self.faults.len() >= limits::FAULTS_MAX {
            return Err("too many faults are set; delete some first");
        }
        let probability = order.probability.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&probability) {
            return Err("probability must be between 0 and 1");
        }
        if let Effect::Status { status, .. } = order.effect
            && !(400..600).contains(&status)
        {
            return Err("status must be 400 to 599");
        }
        if let Effect::TokenRefused { aadsts } = order.effect
            && !refusal::is_known(aadsts)
        {
            return Err("aadsts must be a code of the token endpoint; docs/emulator.md lists them");
        }
        self.next_id += 1;
        let remaining = if order.count.is_none() && order.probability.is_none() {
            Some(1)
        } else {
            order.count
        };
        self.faults.push(Fault {
            id: self.next_id,
            effect: order.effect,
            matcher: order.matcher,
            remaining,
            probability,
            struck: 0,
        });
        Ok(self.faults.last().expect("one was just pushed"))
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.faults.len();
        self.faults.retain(|fault| fault.id != id);
        self.faults.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn list(&self) -> &[Fault] {
        &self.faults
    }

    /// The first fault of this kind that strikes here and now.
    pub(crate) fn draw(
        &mut self,
        symptom: Symptom,
        occasion: Occasion<'_>,
        dice: &mut Dice,
    ) -> Option<Effect> {
        let at = self.faults.iter().position(|fault| {
            fault.effect.symptom() == symptom
                && fault.matcher.fits(occasion)
                && fault.remaining != Some(0)
                && dice.chance(fault.probability)
        })?;
        let fault = &mut self.faults[at];
        fault.struck += 1;
        if let Some(remaining) = &mut fault.remaining {
            *remaining -= 1;
        }
        Some(fault.effect.clone())
    }
}

impl Matcher {
    fn fits(&self, occasion: Occasion<'_>) -> bool {
        let operation = self.operation.as_deref().is_none_or(|wanted| {
            wanted == occasion.operation || occasion.operation.rsplit('_').next() == Some(wanted)
        });
        let path = self
            .path
            .as_deref()
            .is_none_or(|wanted| occasion.path.contains(wanted));
        let event = self
            .event
            .as_deref()
            .is_none_or(|wanted| wanted == occasion.event);
        operation && path && event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Order {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn fault_without_count_strikes_once_and_only_where_it_was_aimed() {
        let mut faults = Faults::default();
        faults.add(order(r#"{"kind":"status","status":429,"retry_after_s":1,"match":{"operation":"AnswerCall"}}"#)).unwrap();
        let mut dice = Dice::new(1);
        let elsewhere = Occasion {
            operation: "CreateCall",
            ..Occasion::default()
        };
        let here = Occasion {
            operation: "AnswerCall",
            ..Occasion::default()
        };
        assert_eq!(faults.draw(Symptom::Status, elsewhere, &mut dice), None);
        assert!(faults.draw(Symptom::Status, here, &mut dice).is_some());
        assert_eq!(faults.draw(Symptom::Status, here, &mut dice), None);
        assert_eq!(faults.list()[0].struck, 1);
    }

    #[test]
    fn probability_without_count_strikes_without_end() {
        let mut faults = Faults::default();
        faults
            .add(order(r#"{"kind":"callback_lost","probability":1.0}"#))
            .unwrap();
        let mut dice = Dice::new(1);
        for _ in 0..50 {
            assert!(
                faults
                    .draw(Symptom::Callback, Occasion::default(), &mut dice)
                    .is_some()
            );
        }
    }

    #[test]
    fn wrong_orders_are_refused() {
        let mut faults = Faults::default();
        assert!(
            faults
                .add(order(r#"{"kind":"status","status":200}"#))
                .is_err()
        );
        assert!(
            faults
                .add(order(r#"{"kind":"callback_lost","probability":2}"#))
                .is_err()
        );
        assert!(serde_json::from_str::<Order>(r#"{"kind":"meteor"}"#).is_err());
    }
}
