//! What somebody did with a kept recording: heard it, held it, erased it. The file is not known here; that it was done
//! is on record before it is done (R-24 g).

use crate::ids::SubjectRef;
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Heard.
    Played {
        /// What for.
        purpose: Aim,
        /// A note on it, among the personal data.
        note: Option<SubjectRef>,
    },
    /// Taken away as a file.
    Downloaded {
        /// What for.
        purpose: Aim,
        /// A note on it, among the personal data.
        note: Option<SubjectRef>,
    },
    /// Put on legal hold.
    HoldSet {
        /// Why, among the personal data.
        reason: SubjectRef,
    },
    /// Taken off legal hold.
    HoldReleased {
        /// Why, among the personal data.
        reason: SubjectRef,
    },
    /// Erased because somebody wanted it.
    Erased {
        /// Why, among the personal data.
        reason: SubjectRef,
    },
    /// Erased because its time was over.
    Expired,
}

/// What a recording is heard for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// To judge how somebody was served.
    Quality,
    /// To settle a complaint.
    Complaint,
    /// For a court or an authority.
    Legal,
    /// To teach.
    Training,
    /// By the agent who was in it.
    OwnContact,
}

impl Access {
    /// Whether it changes what is there, and not only who knows it.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        match self {
            Self::Played { .. } | Self::Downloaded { .. } => false,
            Self::HoldSet { .. }
            | Self::HoldReleased { .. }
            | Self::Erased { .. }
            | Self::Expired => true,
        }
    }
}
