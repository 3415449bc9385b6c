//! The traffic profile: how often people call, what they want, how long they wait and talk. Fitted
//! from a real contact center's calls; see docs/traffic-profile.md.

use anyhow::{Context, ensure};
use serde::Deserialize;

/// The profile that ships.
const BANK: &str = include_str!("../../profile/bank.json");
/// Quarter hours of a day.
pub(crate) const QUARTERS: usize = 96;

/// How people call.
#[derive(Debug, Deserialize)]
pub(crate) struct Profile {
    calls_per_hour: Vec<f64>,
    levels: Vec<f64>,
    ivr_s: Vec<f64>,
    pub(crate) queues: Vec<Subject>,
}

/// What people call about.
#[derive(Debug, Deserialize)]
pub(crate) struct Subject {
    pub(crate) name: String,
    share: f64,
    patience_s: Vec<f64>,
    service_s: Vec<f64>,
}

impl Profile {
    /// The profile that ships with the program.
    pub(crate) fn bank() -> anyhow::Result<Self> {
        let profile: Self = serde_json::from_str(BANK).context("the traffic profile is damaged")?;
        let whole = profile.calls_per_hour.len() == QUARTERS && !profile.queues.is_empty();
        ensure!(whole, "the traffic profile is damaged");
        Ok(profile)
    }

    /// Calls per second, `elapsed_s` after a busy morning began. The day turns within its busy hours,
    /// from ten to six, so that the demo is busy whenever it is started.
    pub(crate) fn calls_per_second(&self, elapsed_s: u64) -> f64 {
        const FROM: u64 = 40;
        const BUSY: u64 = 32;
        let quarter = FROM + (elapsed_s / 900) % BUSY;
        let quarter = usize::try_from(quarter).unwrap_or(0);
        self.calls_per_hour.get(quarter).copied().unwrap_or(0.0) / 3_600.0
    }

    /// Calls of an hour, by the quarter hours of the day.
    pub(crate) fn calls_per_hour(&self) -> &[f64] {
        &self.calls_per_hour
    }

    /// How long the caller is in the flow, s.
    pub(crate) fn flow_s(&self, dice: &mut Dice) -> f64 {
        self.quantile(&self.ivr_s, dice.unit())
    }

    /// What the next caller wants.
    pub(crate) fn subject(&self, dice: &mut Dice) -> (usize, &Subject) {
        let mut left = dice.unit() * self.queues.iter().map(|subject| subject.share).sum::<f64>();
        let mut last = (0, &self.queues[0]);
        for (index, subject) in self.queues.iter().enumerate() {
            last = (index, subject);
            left -= subject.share;
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// How long the caller waits for an agent before hanging up, s.
    pub(crate) fn patience_s(&self, subject: &Subject, dice: &mut Dice) -> f64 {
        self.quantile(&subject.patience_s, dice.unit())
    }

    /// How long the caller talks to the agent, s.
    pub(crate) fn service_s(&self, subject: &Subject, dice: &mut Dice) -> f64 {
        self.quantile(&subject.service_s, dice.unit())
    }

    /// Reads a quantile table. Beyond its last row, which some tables of patience do not reach because
    /// nobody was seen to wait longer, the last row holds.
    fn quantile(&self, table: &[f64], level: f64) -> f64 {
        let above = self.levels.iter().position(|known| *known >= level);
        let above = above
            .unwrap_or(table.len())
            .min(table.len().saturating_sub(1));
        let below = above.saturating_sub(1);
        let (Some(low), Some(high)) = (table.get(below), table.get(above)) else {
            return 0.0;
        };
        let (from, to) = (self.levels[below], self.levels[above]);
        let part = if to > from {
            ((level - from) / (to - from)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        low + (high - low) * part
    }
}

/// Chance, from a seed (splitmix64): a demo with the same seed draws the same people.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or(0);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// Between two values.
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Whether something happens that happens with this probability.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// The time to the next of many independent arrivals, s.
    pub(crate) fn gap_s(&mut self, per_second: f64) -> f64 {
        if per_second <= 0.0 {
            return 60.0;
        }
        -(1.0 - self.unit()).ln() / per_second
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_profile_is_whole_and_busy_at_any_hour() {
        let profile = Profile::bank().unwrap();
        for hour in 0..24 {
            assert!(
                profile.calls_per_second(hour * 3_600) * 3_600.0 > 60.0,
                "hour {hour}"
            );
        }
    }

    #[test]
    fn same_seed_draws_the_same_people() {
        let profile = Profile::bank().unwrap();
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            let (_, subject) = profile.subject(&mut dice);
            (
                subject.name.clone(),
                profile.service_s(subject, &mut dice).to_bits(),
            )
        };
        assert_eq!(draw(7), draw(7));
    }

    #[test]
    fn drawn_service_times_have_the_mean_of_the_fitted_ones() {
        let profile = Profile::bank().unwrap();
        let mut dice = Dice::new(1);
        let subject = &profile.queues[0];
        let n = 20_000;
        let sum: f64 = (0..n).map(|_| profile.service_s(subject, &mut dice)).sum();
        let mean = sum / f64::from(n);
        assert!((120.0..260.0).contains(&mean), "{mean}");
    }
}
