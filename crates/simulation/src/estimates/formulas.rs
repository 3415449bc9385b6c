//! Published ways to estimate a wait, on the same calls. Where a publication names no window, its means are
//! taken over the queue's last 100 calls.

use super::pool::Agents;
use std::collections::{BTreeMap, VecDeque};
use tandem_core::estimate::Line;

/// Calls that a mean is taken over.
const WINDOW: usize = 100;
/// What Genesys takes for the handling time before there is one.
const GENESYS_HANDLING_MS: f64 = 90_000.0;
/// What Mitel says before there is an answer time.
const MITEL_DEFAULT_MS: f64 = 60_000.0;

/// A published formula.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Formula {
    AppQueue,
    GenesysDefault,
    GenesysShare,
    Mitel,
    Expertflow,
    QueueLength,
    QueueLengthOfPool,
}

impl Formula {
    pub(super) const ALL: [Self; 7] = [
        Self::AppQueue,
        Self::GenesysDefault,
        Self::GenesysShare,
        Self::Mitel,
        Self::Expertflow,
        Self::QueueLength,
        Self::QueueLengthOfPool,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AppQueue => "Asterisk app_queue",
            Self::GenesysDefault => "Genesys Engage, EP 1",
            Self::GenesysShare => "Genesys Engage, EP measured",
            Self::Mitel => "Mitel",
            Self::Expertflow => "Cisco/Expertflow",
            Self::QueueLength => "QL (n+1)/(s mu)",
            Self::QueueLengthOfPool => "QL, n of the pool",
        }
    }
}

/// What the formulas go by in one queue.
#[derive(Default)]
pub(super) struct Formulas {
    hold_s: Option<u32>,
    handling_ms: VecDeque<u32>,
    waits_ms: VecDeque<u32>,
}

impl Formulas {
    pub(super) fn answered(&mut self, wait_ms: u32) {
        // app_queue counts whole seconds, in integers.
        self.hold_s = Some((3 * self.hold_s.unwrap_or(0) + wait_ms / 1_000) / 4);
        keep(&mut self.waits_ms, wait_ms);
    }

    pub(super) fn handled(&mut self, handling_ms: u32) {
        keep(&mut self.handling_ms, handling_ms);
    }

    /// What each formula says, ms; nothing where it divides by nobody.
    pub(super) fn all(&self, line: &Line, agents: &Agents) -> BTreeMap<Formula, u32> {
        let said = |it: Formula| Some((it, whole(self.one(it, line, agents)?)));
        Formula::ALL.into_iter().filter_map(said).collect()
    }

    fn one(&self, formula: Formula, line: &Line, agents: &Agents) -> Option<f64> {
        let handling = mean(&self.handling_ms);
        let places = f64::from(line.ahead) + 1.0;
        let free = f64::from(agents.servers) - f64::from(agents.busy);
        let per = |agents: u32| (agents > 0).then_some(1.0 / f64::from(agents));
        match formula {
            Formula::AppQueue => Some(f64::from(self.hold_s?) * 1_000.0),
            Formula::GenesysDefault | Formula::GenesysShare => {
                let share = if formula == Formula::GenesysShare {
                    agents.share
                } else {
                    1.0
                };
                // Published: 0.0001 where nobody is busy, which makes one call an estimate of weeks.
                let busy = f64::from(agents.busy.max(1));
                let waiting = (places - free).max(0.0);
                Some(handling.unwrap_or(GENESYS_HANDLING_MS) * waiting / (busy * share))
            }
            Formula::Mitel if free > 0.0 => Some(handling? * places / free),
            Formula::Mitel => Some(mean(&self.waits_ms).unwrap_or(MITEL_DEFAULT_MS) * places),
            Formula::Expertflow => Some(handling? * places * per(agents.servers)?),
            Formula::QueueLength => Some(handling? * places * per(agents.busy)?),
            Formula::QueueLengthOfPool => {
                Some(handling? * f64::from(line.position()) * per(agents.busy)?)
            }
        }
    }
}

fn keep(last: &mut VecDeque<u32>, ms: u32) {
    if last.len() >= WINDOW {
        last.pop_front();
    }
    last.push_back(ms);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "at most 100 times of at most a day"
)]
fn mean(of: &VecDeque<u32>) -> Option<f64> {
    let sum: u64 = of.iter().copied().map(u64::from).sum();
    (!of.is_empty()).then(|| sum as f64 / of.len() as f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds from 0 to a day"
)]
fn whole(ms: f64) -> u32 {
    ms.clamp(0.0, 86_400_000.0) as u32
}
