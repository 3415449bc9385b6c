//! Whom the calls of a queue would rather have.

use serde::{Deserialize, Serialize};
use tandem_core::preferred;
use utoipa::ToSchema;

/// Whom the calls of a queue would rather have: the agent whom the attribute `preferred_agent` names by number, or else
/// the one whom the customer talked to last.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreferredRule {
    /// Days back to the last conversation, 1 to 90; only whom the attribute names when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_agent_days: Option<u32>,
    /// The longest wait for that agent alone, 1 to 3600, and less than the longest wait.
    for_s: u32,
    /// Who is not ready is waited for when the reason lasts no longer than this, 0 to 3600.
    #[serde(default)]
    max_not_ready_s: u32,
    /// Who is busy is waited for when that takes no longer than this, as far as the queue has learned, 0 to 3600.
    #[serde(default)]
    max_wait_if_busy_s: u32,
}

impl From<PreferredRule> for preferred::PreferredRule {
    fn from(sent: PreferredRule) -> Self {
        Self {
            last_agent_days: sent.last_agent_days,
            for_s: sent.for_s,
            max_not_ready_s: sent.max_not_ready_s,
            max_wait_if_busy_s: sent.max_wait_if_busy_s,
        }
    }
}

impl From<preferred::PreferredRule> for PreferredRule {
    fn from(it: preferred::PreferredRule) -> Self {
        Self {
            last_agent_days: it.last_agent_days,
            for_s: it.for_s,
            max_not_ready_s: it.max_not_ready_s,
            max_wait_if_busy_s: it.max_wait_if_busy_s,
        }
    }
}
