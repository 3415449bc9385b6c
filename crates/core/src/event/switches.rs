//! Facts about switches of queues.

use crate::ids::{AccountId, ContactId, QueueId};
use crate::schedule::Hours;
use crate::switch::Position;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody switched a queue for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSwitched {
    /// Which.
    pub queue: QueueId,
    /// To what.
    pub to: Position,
    /// Until when.
    pub until: Timestamp,
    /// Why; everybody who sees the queue reads it.
    pub reason: String,
    /// What held of its hours before.
    pub before: Hours,
    /// Who did it.
    pub by: AccountId,
}

/// A queue is not switched any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchEnded {
    /// Which.
    pub queue: QueueId,
    /// To what it was switched.
    pub position: Position,
    /// Why it is over.
    pub why: SwitchEnd,
    /// What holds of its hours now.
    pub after: Hours,
}

/// Why a switch is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchEnd {
    /// Its time was over.
    Over,
    /// Somebody ended it sooner.
    Early(AccountId),
}

/// A contact was not let into a queue that was switched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchMet {
    /// Which contact.
    pub contact: ContactId,
    /// At which node.
    pub node: String,
    /// Which queue.
    pub queue: QueueId,
    /// To what it was switched.
    pub position: Position,
    /// The exit that was taken.
    pub exit: String,
}
