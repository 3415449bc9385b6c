//! Facts about balance groups.

use crate::balance::Shift;
use crate::ids::{BalanceGroupId, QueueId};
use serde::{Deserialize, Serialize};

/// A queue of a balance group borrows shared agents of the others, or gives them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceShifted {
    /// Which group.
    pub group: BalanceGroupId,
    /// Which queue.
    pub queue: QueueId,
    /// Which of both.
    pub to: Shift,
    /// How many were answered in time of late.
    pub in_time: u32,
    /// Of how many who were answered or gave up.
    pub judged: u32,
}
