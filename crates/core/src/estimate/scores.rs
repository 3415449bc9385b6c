//! Which method a queue goes by: the one with the lowest rolling squared error, and not another one at
//! every contact.

use super::{Method, Predictions};
use crate::limits;
use serde::{Deserialize, Serialize};

/// Contacts that a rolling squared error stands for.
const WINDOW: u32 = 256;
/// The largest weight in a blend.
const WEIGHT: u128 = 1 << 10;

/// The rolling squared errors of the methods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scores {
    of: [Score; 5],
    favorite: Option<Method>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Score {
    n: u32,
    /// Mean of the squared errors, ms^2.
    squared: u64,
}

impl Scores {
    /// What each method said came true after `actual_ms`.
    pub(super) fn add(&mut self, said: &Predictions, actual_ms: u32) {
        for (method, ms) in said.said() {
            if let Some(score) = self.of.get_mut(method.index()) {
                score.add(ms.abs_diff(actual_ms));
            }
        }
        let best = self.best(Method::ALL.into_iter());
        // Another one must be a tenth better before the queue goes by it.
        let keeps = |kept: Method, best: Method| {
            let (kept, best) = (self.squared(kept), self.squared(best));
            kept.zip(best)
                .is_some_and(|(kept, best)| best / 9 >= kept / 10)
        };
        if !self
            .favorite
            .zip(best)
            .is_some_and(|(kept, best)| keeps(kept, best))
        {
            self.favorite = best;
        }
    }

    /// The method to go by, of those that say something.
    pub(super) fn pick(&self, said: &Predictions) -> Option<Method> {
        let can = |method: &Method| said.of(*method).is_some();
        self.favorite
            .filter(can)
            .or_else(|| self.best(Method::ALL.into_iter().filter(can)))
    }

    /// The mean of what the methods say, each weighted by the inverse square of its squared error.
    pub(super) fn blend(&self, said: &Predictions) -> Option<u64> {
        let known = || {
            said.said()
                .filter_map(|(it, ms)| Some((ms, self.squared(it)?.max(1))))
        };
        let best = known().map(|(_, squared)| squared).min()?;
        let weighted = known().map(|(ms, squared)| {
            let weight = u128::from(best) * WEIGHT / u128::from(squared);
            (u128::from(ms) * weight * weight, weight * weight)
        });
        let (sum, weights) =
            weighted.fold((0, 0), |(sum, of), (ms, weight)| (sum + ms, of + weight));
        u64::try_from(sum / weights.max(1)).ok()
    }

    fn best(&self, of: impl Iterator<Item = Method>) -> Option<Method> {
        let known = of.filter_map(|method| Some((self.squared(method)?, method)));
        known.min().map(|(_, method)| method)
    }

    /// Nothing until enough contacts came true.
    fn squared(&self, method: Method) -> Option<u64> {
        let score = self.of.get(method.index())?;
        (score.n >= limits::ESTIMATE_SCORED_MIN).then_some(score.squared)
    }
}

impl Score {
    fn add(&mut self, error_ms: u32) {
        self.n = self.n.saturating_add(1);
        let n = u64::from(self.n.min(WINDOW));
        let error = u64::from(error_ms);
        let squared = error.saturating_mul(error);
        self.squared = self.squared - self.squared / n + squared / n;
    }
}
