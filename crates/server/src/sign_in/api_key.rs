//! API keys: what a program may do that is nobody's browser. A key opens the doors that name its scope, and
//! no other; it acts in the core as a supervisor, or as an administrator where the scope is one of settings, under its
//! own name.

use std::collections::BTreeMap;
use std::sync::Mutex;
use tandem_core::role::Role;
use tandem_core::time::Timestamp;
use tandem_store::ApiKeyId;

/// How every key begins, so that a leaked one is found by those who look for secrets.
pub const KEY_PREFIX: &str = "tdk_";
/// Requests of one key within [`WINDOW_S`].
const REQUESTS_MAX: u32 = 600;
/// The window in which they are counted, s.
const WINDOW_S: u32 = 60;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Read contacts and what they have been through.
    ContactsRead,
    /// Read the floor board.
    BoardRead,
    /// Have recordings pause and go on: a payment page.
    RecordingPause,
    /// Have customers called back: a web page.
    CallbacksBook,
    /// Read all settings and apply drafts of them: files under version control.
    SettingsApply,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ContactsRead,
        Self::BoardRead,
        Self::RecordingPause,
        Self::CallbacksBook,
        Self::SettingsApply,
    ];

    /// Its word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ContactsRead => "contacts.read",
            Self::BoardRead => "board.read",
            Self::RecordingPause => "recording.pause",
            Self::CallbacksBook => "callbacks.book",
            Self::SettingsApply => "settings.apply",
        }
    }

    /// As what a key acts in the core by this scope. The door has let it through to nothing else.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::ContactsRead | Self::BoardRead | Self::RecordingPause | Self::CallbacksBook => {
                Role::Supervisor
            }
            Self::SettingsApply => Role::Administrator,
        }
    }
}

/// How often each key was used of late. Only keys that exist are counted, so that it is bounded.
#[derive(Default)]
pub struct KeyRates {
    windows: Mutex<BTreeMap<ApiKeyId, (Timestamp, u32)>>,
}

impl KeyRates {
    /// Counts a request.
    ///
    /// # Errors
    /// After how many seconds there may be another, when there were too many.
    pub fn count(&self, key: ApiKeyId, now: Timestamp) -> Result<(), u32> {
        let mut windows = self
            .windows
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (began, n_requests) = windows.entry(key).or_insert((now, 0));
        let ends = began.plus_seconds(WINDOW_S);
        if now >= ends {
            (*began, *n_requests) = (now, 0);
        } else if *n_requests >= REQUESTS_MAX {
            let left = ends.micros_since(now);
            return Err(u32::try_from(left / 1_000_000).unwrap_or(WINDOW_S) + 1);
        }
        *n_requests += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_that_asks_too_often_waits_for_the_next_minute() {
        let (rates, now) = (KeyRates::default(), Timestamp::from_micros(0));
        for _ in 0..REQUESTS_MAX {
            assert_eq!(rates.count(ApiKeyId(1), now), Ok(()));
        }
        assert_eq!(rates.count(ApiKeyId(1), now), Err(WINDOW_S + 1));
        assert_eq!(rates.count(ApiKeyId(2), now), Ok(()));
        assert_eq!(rates.count(ApiKeyId(1), now.plus_seconds(WINDOW_S)), Ok(()));
    }
}
