//! How often the identity service takes each operation: the figures that Microsoft publishes for 30 seconds
//! (acs-call-automation.md 8, limits). What is beyond is 429 with `Retry-After`.

use super::IdentityCall;
use crate::limits::IDENTITY_WINDOW_MS;
use std::collections::{BTreeMap, VecDeque};

/// When the operations of the last 30 seconds were taken, by the emulator's clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates {
    taken: BTreeMap<IdentityCall, VecDeque<u64>>,
}

impl IdentityCall {
    /// Requests in 30 seconds.
    const fn rate_max(self) -> usize {
        match self {
            Self::Create | Self::IssueToken => 1000,
            Self::Delete | Self::RevokeTokens | Self::ExchangeTeamsToken => 500,
        }
    }
}

impl Rates {
    /// Counts a request, or says after how many seconds there is room for one. Microsoft's page: whoever comes again at
    /// once is counted too.
    pub(super) fn take(&mut self, call: IdentityCall, now_ms: u64) -> Result<(), u64> {
        let taken = self.taken.entry(call).or_default();
        let is_over = |at: &u64| at.saturating_add(IDENTITY_WINDOW_MS) <= now_ms;
        while taken.front().is_some_and(is_over) {
            taken.pop_front();
        }
        taken.push_back(now_ms);
        if taken.len() <= call.rate_max() {
            return Ok(());
        }
        taken.pop_front();
        let free_ms = taken
            .front()
            .map_or(now_ms, |oldest| oldest.saturating_add(IDENTITY_WINDOW_MS));
        Err(free_ms.saturating_sub(now_ms).div_ceil(1000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_rate_waits_until_the_oldest_is_thirty_seconds_old() {
        let mut rates = Rates::default();
        for n in 0..500 {
            assert_eq!(rates.take(IdentityCall::Delete, n), Ok(()));
        }
        assert_eq!(rates.take(IdentityCall::Delete, 500), Err(30));
        // Who comes too early has taken a place of those to come.
        assert_eq!(rates.take(IdentityCall::Delete, 29_500), Err(1));
        assert_eq!(rates.take(IdentityCall::Delete, 30_001), Err(1));
        assert_eq!(rates.take(IdentityCall::Delete, 30_003), Ok(()));
    }

    #[test]
    fn each_operation_has_a_rate_of_its_own() {
        let mut rates = Rates::default();
        for _ in 0..1000 {
            assert_eq!(rates.take(IdentityCall::Create, 0), Ok(()));
        }
        assert_eq!(rates.take(IdentityCall::Create, 0), Err(30));
        assert_eq!(rates.take(IdentityCall::IssueToken, 0), Ok(()));
    }
}
