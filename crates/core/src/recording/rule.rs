//! When the calls of a queue are recorded, what that needs of the customer, and what follows when it cannot be
//! done (R-24 b, i, j). A rule is looked up as it stands whenever it is needed.

use crate::flow::in_range;
use crate::limits;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The rule of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingRule {
    /// Which conversations.
    pub when: When,
    /// How the parties are kept apart.
    pub channels: Layout,
    /// What must be so of the customer before.
    pub consent: Needs,
    /// What follows when a conversation cannot be recorded.
    pub on_failure: OnFailure,
    /// How long a pause may be; then it is recorded again, s.
    pub pause_max_s: u32,
    /// What a later owner of the contact changes.
    pub after_transfer: AfterTransfer,
    /// How long the file is to be kept, days; without, as long as everything else of the contact.
    pub keep_days: Option<u32>,
}

/// Which conversations are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// All.
    Always,
}

/// How the parties are kept apart in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Not at all.
    #[default]
    Mixed,
    /// Each has a channel: the customer the first, the agent the second.
    Unmixed,
}

/// What must be so of the customer before a conversation is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Nothing.
    NotNeeded,
    /// The customer has heard it announced to the end.
    Announced,
    /// The customer was asked and agreed.
    Asked,
}

/// What is known of the customer's consent (B-237).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Nothing was said of it, or nothing was answered.
    #[default]
    None,
    /// The customer heard that the call is recorded.
    Announced,
    /// The customer agreed.
    Given,
    /// The customer does not want it.
    Refused,
}

/// What follows when a conversation that has to be recorded is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// It goes on, and the story tells.
    Continue,
    /// It goes on, and the agent is told.
    Warn,
    /// It ends.
    EndCall,
}

/// What a later owner of the contact changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterTransfer {
    /// The rule of the queue that has it holds.
    OwnRule,
    /// What is recorded once is recorded to the end of the call.
    Strictest,
}

/// Why a conversation that has to be recorded is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotRecorded {
    /// What the rule needs of the customer is not there.
    ConsentMissing,
    /// The customer does not want it.
    Refused,
    /// It did not begin, or it stopped.
    Failed {
        /// A short code.
        code: String,
    },
}

/// As which a conversation is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// One mix.
    #[default]
    Mixed,
    /// The customer on the first channel, and this agent, by the opaque address, on the second.
    Unmixed {
        /// The address.
        agent: String,
    },
}

impl Channels {
    pub(crate) const fn is_mixed(&self) -> bool {
        matches!(self, Self::Mixed)
    }

    pub(crate) const fn layout(&self) -> Layout {
        match self {
            Self::Mixed => Layout::Mixed,
            Self::Unmixed { .. } => Layout::Unmixed,
        }
    }
}

impl Consent {
    pub(crate) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Needs {
    /// Why a customer of this consent is not recorded; none: may be.
    pub(crate) const fn unmet(self, consent: Consent) -> Option<NotRecorded> {
        match (self, consent) {
            (_, Consent::Refused) => Some(NotRecorded::Refused),
            (Self::NotNeeded, _)
            | (Self::Announced, Consent::Announced | Consent::Given)
            | (Self::Asked, Consent::Given) => None,
            (Self::Announced, Consent::None)
            | (Self::Asked, Consent::None | Consent::Announced) => {
                Some(NotRecorded::ConsentMissing)
            }
        }
    }
}

impl RecordingRule {
    /// Whether a conversation that an agent begins is recorded. Nobody has told or asked a customer who is
    /// called, so that only a rule without such a need is met (B-237).
    #[must_use]
    pub fn records_calling_out(&self) -> bool {
        match self.when {
            When::Always => self.consent.unmet(Consent::None).is_none(),
        }
    }

    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        let (min, max) = limits::RECORDING_PAUSE_SECONDS;
        in_range("recording.pause_max_s", self.pause_max_s, min, max)?;
        let days = self.keep_days.unwrap_or(1);
        in_range(
            "recording.keep_days",
            days,
            1,
            limits::RECORDING_KEEP_DAYS_MAX,
        )
    }
}

/// A conversation that has to be recorded and is not, as it stands with the contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unrecorded {
    /// Since when.
    pub since: crate::time::Timestamp,
    /// Why.
    pub why: NotRecorded,
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-237
    #[test]
    fn customer_who_is_called_is_recorded_only_where_nothing_is_needed_of_customers() {
        let is_recorded = |consent| {
            let rule = RecordingRule {
                when: When::Always,
                channels: Layout::Mixed,
                consent,
                on_failure: OnFailure::Continue,
                pause_max_s: 300,
                after_transfer: AfterTransfer::OwnRule,
                keep_days: None,
            };
            rule.records_calling_out()
        };
        let answers = [Needs::NotNeeded, Needs::Announced, Needs::Asked].map(is_recorded);
        assert_eq!(answers, [true, false, false]);
    }
}
