//! How often somebody may fail to sign in: per username and per address, in a table of bounded size.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard};
use tandem_core::time::Timestamp;

/// Failures within [`WINDOW_S`] after which a key has to wait.
const FAILURES_MAX: usize = 10;
/// How long a failure counts, s.
const WINDOW_S: u32 = 300;
/// Keys that are remembered; the one that failed longest ago is forgotten first.
const KEYS_MAX: usize = 10_000;

/// Who fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Username(String),
    Address(IpAddr),
}

/// The failures of late.
#[derive(Default)]
pub struct Attempts {
    table: Mutex<Table>,
}

/// What each key failed, and the keys in the order of their last failure: the next to be forgotten is at hand
/// however many there are.
#[derive(Default)]
struct Table {
    failures: BTreeMap<Key, Failures>,
    by_age: BTreeMap<u64, Key>,
    next: u64,
}

#[derive(Default)]
struct Failures {
    times: VecDeque<Timestamp>,
    /// Its place among the keys by age.
    place: u64,
}

/// Somebody has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// How long, s.
    pub retry_after_s: u32,
}

impl Attempts {
    /// Whether another attempt may be made now.
    ///
    /// # Errors
    /// [`TooMany`] when it may not.
    pub fn check(
        &self,
        now: Timestamp,
        center: &str,
        username: &str,
        address: IpAddr,
    ) -> Result<(), TooMany> {
        let mut table = self.lock();
        for key in keys(center, username, address) {
            let Some(Failures { times, .. }) = table.failures.get_mut(&key) else {
                continue;
            };
            forget(times, now);
            if let (true, Some(first)) = (times.len() >= FAILURES_MAX, times.front()) {
                let left = first.plus_seconds(WINDOW_S).micros_since(now);
                let retry_after_s = u32::try_from(left / 1_000_000).unwrap_or(WINDOW_S) + 1;
                return Err(TooMany { retry_after_s });
            }
        }
        Ok(())
    }

    /// Notes a failure.
    pub fn failed(&self, now: Timestamp, center: &str, username: &str, address: IpAddr) {
        let mut table = self.lock();
        for key in keys(center, username, address) {
            table.failed(key, now);
        }
    }

    /// A username that got in starts anew; its address does not, because it may try other names.
    pub fn succeeded(&self, center: &str, username: &str) {
        self.lock().remove(&username_key(center, username));
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Table {
    fn failed(&mut self, key: Key, now: Timestamp) {
        let mut failures = self.remove(&key).unwrap_or_default();
        while self.failures.len() >= KEYS_MAX {
            let Some((_, oldest)) = self.by_age.pop_first() else {
                break;
            };
            self.failures.remove(&oldest);
        }
        forget(&mut failures.times, now);
        failures.times.push_back(now);
        failures.place = self.next;
        self.by_age.insert(self.next, key.clone());
        self.failures.insert(key, failures);
        self.next += 1;
    }

    fn remove(&mut self, key: &Key) -> Option<Failures> {
        let failures = self.failures.remove(key)?;
        self.by_age.remove(&failures.place);
        Some(failures)
    }
}

fn keys(center: &str, username: &str, address: IpAddr) -> [Key; 2] {
    [
        username_key(center, username),
        Key::Address(network(address)),
    ]
}

fn username_key(center: &str, username: &str) -> Key {
    Key::Username(format!("{center}/{}", username.to_lowercase()))
}

/// Whoever has one IPv6 address has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(bits.into())
        }
        IpAddr::V4(address) => IpAddr::V4(address),
    }
}

fn forget(times: &mut VecDeque<Timestamp>, now: Timestamp) {
    while times
        .front()
        .is_some_and(|at| at.plus_seconds(WINDOW_S) <= now)
    {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const NOW: Timestamp = Timestamp::from_micros(0);

    #[test]
    fn eleventh_attempt_after_ten_failures_has_to_wait_until_the_first_is_forgotten() {
        let attempts = Attempts::default();
        for _ in 0..FAILURES_MAX {
            assert_eq!(attempts.check(NOW, "c", "Ann", HOME), Ok(()));
            attempts.failed(NOW, "c", "ann", HOME);
        }
        let TooMany { retry_after_s } = attempts.check(NOW, "c", "ANN", HOME).unwrap_err();
        assert_eq!(retry_after_s, WINDOW_S + 1);
        let later = NOW.plus_seconds(WINDOW_S);
        assert_eq!(attempts.check(later, "c", "ann", HOME), Ok(()));
    }

    #[test]
    fn address_that_tries_many_names_has_to_wait() {
        let attempts = Attempts::default();
        for n in 0..FAILURES_MAX {
            attempts.failed(NOW, "c", &n.to_string(), HOME);
        }
        assert!(attempts.check(NOW, "c", "fresh", HOME).is_err());
        let other = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(attempts.check(NOW, "c", "fresh", other), Ok(()));
    }

    #[test]
    fn table_is_bounded_and_forgets_who_failed_longest_ago() {
        let attempts = Attempts::default();
        let fail = |n: u32, name: &str| {
            let address = IpAddr::from(n.to_be_bytes());
            attempts.failed(NOW.plus_micros(i64::from(n)), "c", name, address);
        };
        (0..10).for_each(|n| fail(n, "early"));
        let many = u32::try_from(KEYS_MAX).unwrap();
        (10..many).for_each(|n| fail(n, &n.to_string()));
        (many..many + 10).for_each(|n| fail(n, "late"));
        let table = attempts.lock();
        assert_eq!(table.failures.len(), KEYS_MAX);
        assert_eq!(table.by_age.len(), KEYS_MAX);
        drop(table);
        assert_eq!(attempts.check(NOW, "c", "early", HOME), Ok(()));
        assert!(attempts.check(NOW, "c", "late", HOME).is_err());
    }
}
