//! Pauses of a recording (R-24 c, d; B-023): asked for, confirmed by the other side, and over again. What is
//! not confirmed is not a pause.

use crate::ids::EffectId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a recording pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The agent asked.
    Agent,
    /// A supervisor asked.
    Supervisor,
    /// The flow asks for what nobody is to know.
    Flow,
    /// The customer's payment page is open.
    PaymentPage,
}

/// Who or what ends a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeCause {
    /// The agent asked.
    Agent,
    /// A supervisor asked.
    Supervisor,
    /// The flow went on.
    Flow,
    /// The payment page was closed.
    PaymentPage,
    /// It was as long as may be.
    TimeLimit,
}

impl From<PauseCause> for ResumeCause {
    fn from(cause: PauseCause) -> Self {
        match cause {
            PauseCause::Agent => Self::Agent,
            PauseCause::Supervisor => Self::Supervisor,
            PauseCause::Flow => Self::Flow,
            PauseCause::PaymentPage => Self::PaymentPage,
        }
    }
}

/// What a payment page did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentPage {
    /// It is open: what the customer says from now on may be a card number.
    Opened,
    /// It is closed.
    Closed,
}

/// A pause of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why.
    pub cause: PauseCause,
    /// Where it stands.
    pub stage: PauseStage,
    /// Since when it stands there.
    pub since: Timestamp,
    /// The order that is under way for it.
    pub(crate) order: Option<EffectId>,
}

/// Where a pause stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseStage {
    /// Asked for; what is said is still recorded.
    Pausing {
        /// Until when the confirmation is waited for.
        until: Timestamp,
    },
    /// Confirmed: nothing is recorded.
    Paused {
        /// Until when; then it is recorded again.
        until: Timestamp,
    },
    /// Its end is asked for.
    Resuming {
        /// Until when the confirmation is waited for.
        until: Timestamp,
        /// Why.
        cause: ResumeCause,
    },
}

impl Pause {
    pub(crate) const fn due(&self) -> Timestamp {
        match self.stage {
            PauseStage::Pausing { until }
            | PauseStage::Paused { until }
            | PauseStage::Resuming { until, .. } => until,
        }
    }

    /// Whether it was confirmed and its end was not asked for.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        matches!(self.stage, PauseStage::Paused { .. })
    }

    /// Until when it lasts at most, once confirmed.
    #[must_use]
    pub const fn resumes_at(&self) -> Option<Timestamp> {
        match self.stage {
            PauseStage::Paused { until } => Some(until),
            PauseStage::Pausing { .. } | PauseStage::Resuming { .. } => None,
        }
    }

    /// Whether its end was asked for.
    pub(crate) const fn is_ending(&self) -> bool {
        matches!(self.stage, PauseStage::Resuming { .. })
    }
}

/// A pause that is to be silent in the file, by our own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// When it was asked for.
    pub from: Timestamp,
    /// When its end was confirmed; until the end of the recording without.
    pub until: Option<Timestamp>,
}

/// What is to be silent in a file, by its own time: no earlier and no later can the pause have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// From here on, ms.
    pub from_ms: u64,
    /// To here, ms; to the end without.
    pub until_ms: Option<u64>,
    /// How long the pause itself was, ms.
    pub paused_ms: u64,
}

/// What is to be silent in a file that was paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// How long the recording was by our clock, pauses included, ms.
    pub whole_ms: u64,
    /// The pauses, in order.
    pub silences: Vec<Silence>,
}
