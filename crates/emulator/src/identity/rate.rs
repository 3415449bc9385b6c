//! How often the identity service takes each operation: the figures that Microsoft publishes for 30 seconds
//! (acs-call-automation.md 8, limits). What is beyond is 429 with `Retry-After`.

use super::IdentityCall;
use crate::limits::IDENTITY_WINDOW_MS;
use crate::rate::{Rate, Window};
use std::collections::BTreeMap;

/// When the operations of the last 30 seconds were taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates {
    taken: BTreeMap<IdentityCall, Window>,
}

impl IdentityCall {
    /// Requests in 30 seconds.
    const fn rate(self) -> Rate {
        let max = match self {
            Self::Create | Self::IssueToken => 1000,
            Self::Delete | Self::RevokeTokens | Self::ExchangeTeamsToken => 500,
        };
        Rate {
            window_ms: IDENTITY_WINDOW_MS,
            max,
        }
    }
}

impl Rates {
    /// Counts a request, or says after how many seconds there is room for one.
    pub(super) fn take(&mut self, call: IdentityCall, now_ms: u64) -> Result<(), u64> {
        let taken = self.taken.entry(call).or_default();
        taken.take(now_ms, call.rate(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
