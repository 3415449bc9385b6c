//! How urgent a figure is. The rules, in one place:
//!
//! | figure | ok | watch | act |
//! |---|---|---|---|
//! | waiting | at most the target | above it | above twice the target |
//! | longest wait | at most half of the target | above half | above the target |
//! | service level | at least the target | up to 10 points below | lower still |
//! | available agents | at least one | none | none, and somebody waits |
//!
//! A target of 0 is none: the figure stays ok. So does a service level of which there is none yet. A
//! queue has the worst level of its waiting, its longest wait and its service level.

use serde::{Deserialize, Serialize};

/// How urgent a figure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As promised.
    #[default]
    Ok,
    /// Worth an eye.
    Watch,
    /// Somebody must do something.
    Act,
}

/// Points below the target up to which a service level is watched.
const SERVICE_LEVEL_MARGIN: u64 = 10;

impl Level {
    pub(crate) fn of_waiting(waiting: u64, target: u64) -> Self {
        if target == 0 || waiting <= target {
            Self::Ok
        } else if waiting <= 2 * target {
            Self::Watch
        } else {
            Self::Act
        }
    }

    pub(crate) fn of_longest_wait(wait_micros: i64, target_s: u32) -> Self {
        let target_micros = i64::from(target_s) * 1_000_000;
        if target_s == 0 || wait_micros <= target_micros / 2 {
            Self::Ok
        } else if wait_micros <= target_micros {
            Self::Watch
        } else {
            Self::Act
        }
    }

    /// `promised` is the sum of each queue's target times its contacts, so that several queues with
    /// different targets are judged by their own.
    pub(crate) fn of_service_level(in_time: u64, n: u64, promised: u64) -> Self {
        let reached = in_time * 100;
        if n == 0 || reached >= promised {
            Self::Ok
        } else if reached + SERVICE_LEVEL_MARGIN * n >= promised {
            Self::Watch
        } else {
            Self::Act
        }
    }

    pub(crate) const fn of_available(available: u64, waiting: u64) -> Self {
        match (available, waiting) {
            (0, 0) => Self::Watch,
            (0, _) => Self::Act,
            (_, _) => Self::Ok,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_watched_above_and_acted_on_above_twice_the_target() {
        let levels = [5, 6, 10, 11].map(|waiting| Level::of_waiting(waiting, 5));
        assert_eq!(levels, [Level::Ok, Level::Watch, Level::Watch, Level::Act]);
        assert_eq!(Level::of_waiting(9, 0), Level::Ok);
    }

    #[test]
    fn longest_wait_is_watched_above_half_and_acted_on_above_the_target() {
        let levels = [30, 31, 60, 61].map(|s| Level::of_longest_wait(s * 1_000_000, 60));
        assert_eq!(levels, [Level::Ok, Level::Watch, Level::Watch, Level::Act]);
    }

    #[test]
    fn service_level_is_watched_up_to_ten_points_below_its_target() {
        let levels = [80, 79, 70, 69].map(|n| Level::of_service_level(n, 100, 80 * 100));
        assert_eq!(levels, [Level::Ok, Level::Watch, Level::Watch, Level::Act]);
        assert_eq!(Level::of_service_level(0, 0, 0), Level::Ok);
    }

    #[test]
    fn nobody_available_needs_action_only_when_somebody_waits() {
        let levels = [(1, 9), (0, 0), (0, 1)].map(|(a, w)| Level::of_available(a, w));
        assert_eq!(levels, [Level::Ok, Level::Watch, Level::Act]);
    }
}
