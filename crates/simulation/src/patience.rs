//! How long customers wait before they give up, from waits of which most were ended by an agent: those tell only
//! that the customer was patient at least so long (censored waits). Knows nothing of calls.

/// So many who gave up make a curve of one's own.
pub const EVENTS_MIN: usize = 60;
/// With fewer customers still waiting the curve says more about chance than about patience.
const AT_RISK_MIN: usize = 20;
/// Nobody waits longer, s.
pub const PATIENCE_MAX_S: f64 = 7_200.0;
/// The longest waits, by which the rate beyond the curve is known: this share of all.
const TAIL_SHARE: (usize, usize) = (1, 5);

/// A wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wait {
    /// How long, s.
    pub seconds: f64,
    /// How it ended.
    pub end: WaitEnd,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitEnd {
    /// The customer gave up: so long was the patience.
    GaveUp,
    /// Otherwise: the patience is at least so long.
    Censored,
}

/// The share of customers who are still patient, by the time that they waited: the Kaplan-Meier curve, and an
/// exponential beyond it.
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    /// Seconds, and the share that is patient for longer.
    steps: Vec<(f64, f64)>,
    /// How many of those left give up in a second beyond the last step.
    tail_rate: f64,
}

/// The exponential of maximum likelihood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    /// How many of those who wait give up in a second.
    pub rate: f64,
    /// The standard error of the rate.
    pub error: f64,
}

impl Patience {
    /// The curve of some waits, or none when too few gave up.
    #[must_use]
    pub fn fit(waits: &[Wait]) -> Option<Self> {
        let mut waits = waits.to_vec();
        waits.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let tail_from = waits.len() - waits.len() * TAIL_SHARE.0 / TAIL_SHARE.1;
        let tail_from = waits.get(tail_from).map_or(0.0, |it| it.seconds);
        let tail = Exponential::fit_beyond(&waits, tail_from);
        let (mut steps, mut share, mut at_risk) = (Vec::new(), 1.0, waits.len());
        for same in waits.chunk_by(|a, b| a.seconds.total_cmp(&b.seconds).is_eq()) {
            let gave_up = same.iter().filter(|it| it.end == WaitEnd::GaveUp).count();
            if gave_up > 0 && at_risk >= AT_RISK_MIN {
                share *= 1.0 - ratio(gave_up, at_risk);
                steps.push((same[0].seconds, share));
            }
            at_risk -= same.len();
        }
        let tail_rate = tail.or_else(|| Exponential::fit(&waits))?.rate;
        Some(Self { steps, tail_rate })
    }

    /// The share of customers who are patient for longer.
    #[must_use]
    pub fn patient(&self, seconds: f64) -> f64 {
        let n = self.steps.partition_point(|(at, _)| *at <= seconds);
        let Some((_, share)) = n.checked_sub(1).and_then(|it| self.steps.get(it)) else {
            return 1.0;
        };
        if n < self.steps.len() {
            return *share;
        }
        let beyond = seconds - self.observed_s();
        share * (-self.tail_rate * beyond).exp()
    }

    /// Until when the waits show it, s.
    #[must_use]
    pub fn observed_s(&self) -> f64 {
        self.steps.last().map_or(0.0, |(at, _)| *at)
    }

    /// The patience of a customer who has been patient for `least_s`, by a number from 0 to 1: those with a larger
    /// number are more patient.
    #[must_use]
    pub fn beyond(&self, least_s: f64, unit: f64) -> f64 {
        let wanted = self.patient(least_s) * (1.0 - unit);
        let reached = self
            .steps
            .iter()
            .find(|(at, share)| *share <= wanted && *at > least_s);
        let seconds = reached.map_or_else(
            || {
                let from = self.observed_s().max(least_s);
                from + (self.patient(from) / wanted).ln().max(0.0) / self.tail_rate
            },
            |(at, _)| *at,
        );
        seconds.min(PATIENCE_MAX_S).max(least_s)
    }

    /// So long half of them are patient, s.
    #[must_use]
    pub fn median_s(&self) -> f64 {
        self.beyond(0.0, 0.5)
    }

    /// The largest difference between two curves, where both were observed (Kolmogorov's distance).
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        let until = self.observed_s().min(other.observed_s());
        let places = self.steps.iter().chain(&other.steps).map(|(at, _)| *at);
        let here = places.filter(|at| *at <= until);
        here.map(|at| (self.patient(at) - other.patient(at)).abs())
            .fold(0.0, f64::max)
    }
}

impl Exponential {
    /// Those who gave up by the time that all waited, or none when nobody gave up.
    #[must_use]
    pub fn fit(waits: &[Wait]) -> Option<Self> {
        Self::fit_beyond(waits, 0.0)
    }

    fn fit_beyond(waits: &[Wait], from_s: f64) -> Option<Self> {
        let waited_s: f64 = waits.iter().map(|it| (it.seconds - from_s).max(0.0)).sum();
        let events = waits
            .iter()
            .filter(|it| it.end == WaitEnd::GaveUp && it.seconds > from_s)
            .count();
        if events == 0 || waited_s <= 0.0 {
            return None;
        }
        let rate = count(events) / waited_s;
        let error = rate / count(events).sqrt();
        Some(Self { rate, error })
    }

    /// The largest difference to a curve, where that was observed.
    #[must_use]
    pub fn distance(&self, curve: &Patience) -> f64 {
        let differences = curve
            .steps
            .iter()
            .map(|(at, share)| ((-self.rate * at).exp() - share).abs());
        differences.fold(0.0, f64::max)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    count(part) / count(whole)
}

/// A count as a number to divide by.
pub(crate) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    const fn gave_up(seconds: f64) -> Wait {
        let end = WaitEnd::GaveUp;
        Wait { seconds, end }
    }

    const fn answered(seconds: f64) -> Wait {
        let end = WaitEnd::Censored;
        Wait { seconds, end }
    }

    fn about(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn curve_counts_an_answered_customer_as_patient_until_the_answer() {
        // Forty wait; ten give up after 10 s, ten are answered after 20 s, ten of the twenty left give up after 30 s.
        let mut waits = vec![gave_up(10.0); 10];
        waits.extend([answered(20.0); 10]);
        waits.extend([gave_up(30.0); 10]);
        waits.extend([answered(40.0); 10]);
        let patience = Patience::fit(&waits).expect("twenty gave up");
        assert!(about(patience.patient(9.0), 1.0));
        assert!(about(patience.patient(10.0), 0.75));
        assert!(about(patience.patient(29.0), 0.75));
        assert!(about(patience.patient(30.0), 0.375));
        assert!(about(patience.observed_s(), 30.0));
        // Counting those alone who gave up, the median would be 10 s.
        assert!(about(patience.median_s(), 30.0));
    }

    #[test]
    fn nobody_is_less_patient_than_was_seen() {
        let waits: Vec<_> = (1..200).map(|n| gave_up(f64::from(n))).collect();
        let patience = Patience::fit(&waits).expect("they gave up");
        for least_s in [0.0, 3.0, 150.0, 400.0] {
            for tenth in 0..10 {
                let drawn = patience.beyond(least_s, f64::from(tenth) / 10.0);
                assert!(drawn >= least_s, "{drawn} after {least_s}");
            }
        }
    }

    #[test]
    fn both_fits_find_the_rate_that_censored_waits_were_drawn_with() {
        let mut dice = Dice::new(7);
        let mut exponential = |mean: f64| -mean * (1.0 - dice.unit()).ln();
        let waits: Vec<Wait> = (0..20_000)
            .map(|_| {
                let (patience, answer) = (exponential(300.0), exponential(120.0));
                if patience < answer {
                    gave_up(patience)
                } else {
                    answered(answer)
                }
            })
            .collect();
        let fitted = Exponential::fit(&waits).expect("some gave up");
        assert!((fitted.rate * 300.0 - 1.0).abs() < 3.0 * fitted.error * 300.0);
        let curve = Patience::fit(&waits).expect("some gave up");
        assert!(
            fitted.distance(&curve) < 0.06,
            "{}",
            fitted.distance(&curve)
        );
        assert!((curve.median_s() - 300.0 * 2_f64.ln()).abs() < 12.0);
    }

    #[test]
    fn patience_of_whom_nobody_saw_give_up_is_not_known() {
        assert_eq!(Patience::fit(&[answered(5.0)]), None);
        assert_eq!(Exponential::fit(&[]), None);
    }
}
