//! How good the last estimates of a queue were: what was said when a contact joined the line, beside
//! what came true. Contacts that left unserved are not among them: nobody knows what their wait would have been.

use super::{Method, Predictions, Told};
use crate::limits;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The last contacts that joined the line and were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accuracy {
    last: VecDeque<Record>,
}

/// What was said to one contact, and what came true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) actual_ms: u32,
    pub(super) said: Predictions,
    pub(super) told: Option<Told>,
}

/// The figures of some estimates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Estimates that came true or did not.
    pub n: u32,
    /// Mean absolute error, ms.
    pub mae_ms: u32,
    /// Mean of estimate less wait, ms: below 0, too little was said.
    pub bias_ms: i32,
    /// Nine of ten estimates were off by at most this, ms.
    pub p90_ms: u32,
    /// Estimates within 20 % of the wait, of 1,000.
    pub within_20_percent_permille: u32,
    /// Estimates within 20 % of the wait or 15 s, of 1,000: for short waits a percentage says little.
    pub within_20_percent_or_15_s_permille: u32,
    /// Waits that were at most as long as was said, of 1,000.
    pub not_longer_permille: u32,
}

impl Accuracy {
    /// What was told: the half that is waited at most.
    #[must_use]
    pub fn p50(&self) -> Figures {
        Figures::of(self.told(|told| told.p50_ms))
    }

    /// What was told: what four of five wait at most.
    #[must_use]
    pub fn p80(&self) -> Figures {
        Figures::of(self.told(|told| told.p80_ms))
    }

    /// One method alone.
    #[must_use]
    pub fn of(&self, method: Method) -> Figures {
        let said = |record: &Record| Some((record.said.of(method)?, record.actual_ms));
        Figures::of(self.last.iter().filter_map(said))
    }

    pub(super) fn add(&mut self, record: Record) {
        if self.last.len() >= limits::ESTIMATES_MEASURED {
            self.last.pop_front();
        }
        self.last.push_back(record);
    }

    fn told(&self, ms: fn(&Told) -> u32) -> impl Iterator<Item = (u32, u32)> {
        let pair = move |record: &Record| Some((ms(record.told.as_ref()?), record.actual_ms));
        self.last.iter().filter_map(pair)
    }
}

impl Figures {
    /// Of pairs of what was said and what came true, ms.
    #[must_use]
    pub fn of(pairs: impl Iterator<Item = (u32, u32)>) -> Self {
        let pairs: Vec<(u32, u32)> = pairs.collect();
        let Ok(n @ 1..) = u64::try_from(pairs.len()) else {
            return Self::default();
        };
        let mut errors: Vec<u32> = pairs
            .iter()
            .map(|(said, actual)| said.abs_diff(*actual))
            .collect();
        errors.sort_unstable();
        let signed: i64 = pairs
            .iter()
            .map(|(said, actual)| i64::from(*said) - i64::from(*actual))
            .sum();
        let sum: u64 = errors.iter().copied().map(u64::from).sum();
        let permille = |holds: fn(u32, u32) -> bool| {
            let n_held = pairs
                .iter()
                .filter(|(said, actual)| holds(*said, *actual))
                .count();
            small(u64::try_from(n_held).unwrap_or(0) * 1_000 / n)
        };
        let bias = signed / i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            n: small(n),
            mae_ms: small(sum / n),
            bias_ms: i32::try_from(bias).unwrap_or(0),
            p90_ms: errors.get(errors.len() * 9 / 10).copied().unwrap_or(0),
            within_20_percent_permille: permille(within_20_percent),
            within_20_percent_or_15_s_permille: permille(|said, actual| {
                within_20_percent(said, actual) || said.abs_diff(actual) <= 15_000
            }),
            not_longer_permille: permille(|said, actual| actual <= said),
        }
    }
}

fn within_20_percent(said: u32, actual: u32) -> bool {
    u64::from(said.abs_diff(actual)) * 5 <= u64::from(actual)
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
