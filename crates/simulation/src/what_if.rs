//! What would have changed: the traffic of a journal, lived through as it was and with something changed, with the
//! same chance for both (common random numbers), once for each of several seeds. Differences are of pairs.

mod change;
mod offer;
mod stage;
#[cfg(test)]
mod tests;

pub use change::Change;
pub use offer::{Asked, Offer};

use crate::patience::count;
use crate::rerun::{Assumed, CallbackFigures, Figures, Lived};
use crate::retrospect::{LeftOut, Recorded};
use serde::Serialize;
use stage::Stage;
use tandem_core::ids::QueueId;

/// Quantiles of Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on.
const T_95: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];
const NORMAL_95: f64 = 1.960;

/// What would have changed.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    /// The seeds of the pairs.
    pub seeds: Vec<u64>,
    /// What was, on record.
    pub recorded: Figures,
    /// What the reruns are without.
    pub left_out: LeftOut,
    /// Each figure, as it was lived through again and changed.
    pub figures: Vec<Compared>,
    /// What became of those who were asked to be called back, where that is what is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callbacks: Option<Callbacks>,
}

/// A figure.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Which.
    pub figure: &'static str,
    /// On record.
    pub recorded: f64,
    /// Lived through again, mean of the seeds.
    pub again: f64,
    /// With the change, mean of the seeds.
    pub changed: f64,
    /// Mean of the differences of the pairs.
    pub difference: f64,
    /// Half of the interval in which that mean lies with 95 %.
    pub plus_minus: f64,
}

/// What became of those who were asked to be called back.
#[derive(Clone, Debug, Serialize)]
pub struct Callbacks {
    /// What nothing on record says and whoever asked did.
    pub assumed: Vec<AssumedIn>,
    /// Figures that there are with callbacks alone.
    pub figures: Vec<WithCallbacks>,
}

/// What is assumed of the customers of a queue.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AssumedIn {
    /// Which queue.
    pub queue: QueueId,
    /// What.
    #[serde(flatten)]
    pub assumed: Assumed,
}

/// A figure that there is with callbacks alone.
#[derive(Clone, Debug, Serialize)]
pub struct WithCallbacks {
    /// Which.
    pub figure: &'static str,
    /// On record, where it is known.
    pub recorded: Option<f64>,
    /// Mean of the seeds in which there was one.
    pub changed: Option<f64>,
    /// Half of the interval in which that mean lies with 95 %.
    pub plus_minus: Option<f64>,
}

/// What one seed came to.
struct Came {
    all: Figures,
    /// Of those who would not be called back.
    on_the_line: Figures,
    callbacks: CallbackFigures,
}

/// Lives through what a journal told, as it was and changed, once for each seed.
#[must_use]
pub fn what_if(recorded: &Recorded, changes: &[Change], seeds: &[u64]) -> WhatIf {
    let again = Stage::of(recorded);
    let mut changed = again.clone();
    for change in changes {
        changed.make(*change);
    }
    let came = |lived: &Lived, seed: u64| Came {
        all: lived.figures(),
        on_the_line: Figures::of(lived, |n| {
            changed.stays_on_the_line(seed, n, lived.courses[n].queue)
        }),
        callbacks: lived.callback_figures(),
    };
    let each = |live: &dyn Fn(u64) -> Came| seeds.iter().map(|seed| live(*seed)).collect();
    // Who would be called back depends on the seed, on record too.
    let worlds = Worlds {
        recorded: each(&|seed| came(&recorded.lived, seed)),
        again: each(&|seed| came(&again.live(seed), seed)),
        changed: each(&|seed| came(&changed.live(seed), seed)),
    };
    let assumed = changed.assumed.iter();
    let assumed: Vec<AssumedIn> = assumed
        .map(|(queue, assumed)| AssumedIn {
            queue: *queue,
            assumed: *assumed,
        })
        .collect();
    let mut figures = worlds.figures();
    let callbacks = (!assumed.is_empty()).then(|| {
        figures.extend(worlds.figures_beside_callbacks());
        let figures = worlds.callbacks(&recorded.lived.callback_figures());
        Callbacks { assumed, figures }
    });
    WhatIf {
        seeds: seeds.to_vec(),
        recorded: recorded.lived.figures(),
        left_out: recorded.left_out,
        figures,
        callbacks,
    }
}

/// What was, what came of it once more, and with the change: for each seed.
struct Worlds {
    recorded: Vec<Came>,
    again: Vec<Came>,
    changed: Vec<Came>,
}

impl Worlds {
    fn figures(&self) -> Vec<Compared> {
        vec![
            self.compared("mean wait, s", |it| it.all.wait_s),
            self.compared("abandoned, %", |it| it.all.abandoned_percent),
            self.compared("service level, %", |it| it.all.service_level_percent),
            self.compared("answered", |it| f64::from(it.all.answered)),
            self.compared("occupancy, %", |it| it.all.occupancy_percent),
        ]
    }

    /// Who trades the place is on the line for a shorter time whatever comes of it: how long it was until an agent talked,
    /// to whom none did, and how those fared who stayed on the line is the other half.
    fn figures_beside_callbacks(&self) -> Vec<Compared> {
        let mut figures = vec![
            self.compared("until an agent, s", |it| it.all.until_agent_s),
            self.compared("talked to nobody, %", |it| it.all.not_served_percent),
        ];
        if self.again.iter().any(|it| it.on_the_line.offered > 0) {
            figures.push(self.compared("wait of who says no, s", |it| it.on_the_line.wait_s));
        }
        figures
    }

    fn compared(&self, figure: &'static str, of: fn(&Came) -> f64) -> Compared {
        let each = |came: &[Came]| -> Vec<f64> { came.iter().map(of).collect() };
        let recorded = mean(&each(&self.recorded));
        compare(figure, recorded, [each(&self.again), each(&self.changed)])
    }

    fn callbacks(&self, recorded: &CallbackFigures) -> Vec<WithCallbacks> {
        let told = |figure, of: fn(&CallbackFigures) -> Option<f64>| {
            let seen = self.changed.iter().filter_map(|it| of(&it.callbacks));
            let seen: Vec<f64> = seen.collect();
            WithCallbacks {
                figure,
                recorded: of(recorded),
                changed: (!seen.is_empty()).then(|| mean(&seen)),
                plus_minus: (seen.len() > 1).then(|| half_interval(&seen)),
            }
        };
        let mut figures = vec![
            told("asked", |it| some(it.asked)),
            told("traded the place", |it| some(it.taken)),
            told("of them called back", |it| some(it.called_back)),
            told("of them served in another call", |it| {
                some(it.served_in_another_call)
            }),
            told("of them not reached", |it| some(it.not_reached)),
            told("of them expired", |it| some(it.expired)),
            told("of them called off", |it| some(it.called_off)),
            told("of them open at the end", |it| some(it.still_open)),
            told("phones rung", |it| some(it.rung)),
            told("virtual wait, s", |it| it.virtual_wait_s),
            told("promise kept, %", |it| it.promise_kept_percent),
        ];
        // A journal does not tell who was asked.
        figures[0].recorded = None;
        figures
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a count is there always, where a mean may be of nothing"
)]
fn some(n: u32) -> Option<f64> {
    Some(f64::from(n))
}

fn compare(figure: &'static str, recorded: f64, [again, changed]: [Vec<f64>; 2]) -> Compared {
    let pairs = again.iter().zip(&changed);
    let differences: Vec<f64> = pairs.map(|(before, after)| after - before).collect();
    Compared {
        figure,
        recorded,
        again: mean(&again),
        changed: mean(&changed),
        difference: mean(&differences),
        plus_minus: half_interval(&differences),
    }
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / count(of.len().max(1))
}

/// Half of the interval in which the mean of such numbers lies with 95 %.
fn half_interval(of: &[f64]) -> f64 {
    let mean = mean(of);
    let freedom = of.len().saturating_sub(1);
    let squares = of.iter().map(|it| (it - mean).powi(2));
    let variance = squares.sum::<f64>() / count(freedom.max(1));
    let quantile = T_95.get(freedom.saturating_sub(1)).copied();
    let error = (variance / count(of.len().max(1))).sqrt();
    quantile.unwrap_or(NORMAL_95) * error
}
