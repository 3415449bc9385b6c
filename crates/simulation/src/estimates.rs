//! `tandem bench estimates`: the calls of a real contact center in the order of time; each one that joined the
//! line and was answered gets an estimate from the past alone, by published formulas and by the product's
//! own estimator. `docs/estimates.md` quotes what it prints.

mod calls;
mod formulas;
mod pool;

use crate::call_records;
use calls::{Call, End, Fact, What};
use formulas::{Formula, Formulas};
use pool::Pool;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::estimate::{Estimator, Figures, Line, Method, Unserved};
use tandem_core::ids::ContactId;

/// Waits up to this are left out of the second table: a percentage of them says nothing.
const LONG_FROM_MS: u32 = 20_000;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct EstimatesReport {
    /// Calls that joined the line and were answered.
    pub answered_from_line: usize,
    /// Those among them for which every formula and the estimator said something: the ones compared.
    pub compared: usize,
    /// All that were compared.
    pub all: Vec<Row>,
    /// Those that waited longer than 20 s.
    pub waited_over_20_s: Vec<Row>,
    /// The estimator's p50 by queue.
    pub p50_by_queue: Vec<Row>,
    /// What the estimator went by, calls.
    pub went_by: BTreeMap<String, usize>,
}

/// The figures of one way to estimate.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Which.
    pub estimate: String,
    /// Calls for which it said something.
    pub n: u32,
    /// Mean absolute error, seconds.
    pub mae_s: f64,
    /// Mean of estimate less wait, seconds.
    pub bias_s: f64,
    /// Nine of ten were off by at most this, seconds.
    pub p90_s: f64,
    /// Within 20 % of the wait, percent.
    pub within_20_percent: f64,
    /// Within 20 % of the wait or 15 s, percent.
    pub or_15_s: f64,
    /// Waited at most what was said, percent.
    pub not_longer: f64,
}

/// Measures with a record of calls.
///
/// # Errors
/// The line and the field that cannot be used.
pub fn estimates(text: &str) -> Result<EstimatesReport, String> {
    let records = call_records::parse(text)?;
    let calls: Vec<Call> = records.calls.iter().filter_map(Call::of).collect();
    let mut replay = Replay::default();
    for fact in calls::facts(&calls) {
        replay.happen(&fact);
    }
    Ok(report(&replay.measured))
}

/// The contact center while its calls happen again.
#[derive(Default)]
struct Replay<'a> {
    pool: Pool<'a>,
    queues: BTreeMap<&'a str, Queue>,
    said: BTreeMap<u64, Said>,
    measured: Vec<Measured<'a>>,
}

#[derive(Default)]
struct Queue {
    estimator: Estimator,
    formulas: Formulas,
}

/// What was said to one call, ms.
struct Said {
    formulas: BTreeMap<Formula, u32>,
    methods: BTreeMap<Method, u32>,
    told: Option<(u32, u32, Method)>,
}

/// What was said to one call, and what came true.
struct Measured<'a> {
    queue: &'a str,
    wait_ms: u32,
    said: Said,
}

impl<'a> Replay<'a> {
    fn happen(&mut self, fact: &Fact<'a>) {
        let (now, call) = (fact.at, fact.call);
        let agents = self.pool.agents(now, &call.queue);
        let queue = self.queues.entry(&call.queue).or_default();
        let contact = ContactId(call.number);
        queue.estimator.staffed(now, agents.servers);
        match fact.what {
            What::Joins => {
                let line = self.pool.line(now, call, agents.servers);
                let said = say(queue, now, &line, &agents);
                queue.estimator.entered(now, contact, &line);
                self.said.insert(call.number, said);
                self.pool.join(call);
            }
            What::IsAnswered => {
                queue.estimator.answered(now, contact, call.arrives);
                queue.formulas.answered(call.wait_ms());
                if let Some(said) = self.said.remove(&call.number) {
                    let (queue, wait_ms) = (call.queue.as_str(), call.wait_ms());
                    self.measured.push(Measured {
                        queue,
                        wait_ms,
                        said,
                    });
                }
                self.pool.answer(now, call);
            }
            What::GivesUp => {
                queue.estimator.left(now, contact, Unserved::GaveUp);
                self.said.remove(&call.number);
                self.pool.leave(call);
            }
            What::Ends => {
                if let End::Handled { handling_ms, .. } = call.end {
                    queue.estimator.handled(now, handling_ms);
                    queue.formulas.handled(handling_ms);
                }
                self.pool.end(now, call);
            }
        }
    }
}

fn say(
    queue: &Queue,
    now: tandem_core::time::Timestamp,
    line: &Line,
    agents: &pool::Agents,
) -> Said {
    let predictions = queue.estimator.predictions(now, line);
    let told = queue.estimator.estimate(now, line);
    Said {
        formulas: queue.formulas.all(line, agents),
        methods: Method::ALL
            .into_iter()
            .filter_map(|it| Some((it, predictions.of(it)?)))
            .collect(),
        told: told.map(|it| (it.p50_s * 1_000, it.p80_s * 1_000, it.by)),
    }
}

fn report(measured: &[Measured<'_>]) -> EstimatesReport {
    let comparable =
        |it: &&Measured<'_>| it.said.told.is_some() && it.said.formulas.len() == Formula::ALL.len();
    let compared: Vec<&Measured<'_>> = measured.iter().filter(comparable).collect();
    let long = compared
        .iter()
        .copied()
        .filter(|it| it.wait_ms > LONG_FROM_MS);
    let mut went_by = BTreeMap::new();
    let mut queues: BTreeMap<&str, Vec<&Measured<'_>>> = BTreeMap::new();
    for it in &compared {
        queues.entry(it.queue).or_default().push(it);
        if let Some((_, _, by)) = it.said.told {
            *went_by.entry(format!("{by:?}")).or_insert(0) += 1;
        }
    }
    let of_queue =
        |(queue, of): (&str, Vec<&Measured<'_>>)| Row::of(queue, &of, |said| Some(said.told?.0));
    EstimatesReport {
        answered_from_line: measured.len(),
        compared: compared.len(),
        all: rows(&compared),
        waited_over_20_s: rows(&long.collect::<Vec<_>>()),
        p50_by_queue: queues.into_iter().map(of_queue).collect(),
        went_by,
    }
}

fn rows(of: &[&Measured<'_>]) -> Vec<Row> {
    let formulas =
        Formula::ALL.map(|it| Row::of(it.name(), of, |said| said.formulas.get(&it).copied()));
    let methods = Method::ALL.map(|it| {
        Row::of(&format!("{it:?}"), of, |said| {
            said.methods.get(&it).copied()
        })
    });
    let told = [
        Row::of("Tandem p50", of, |said| Some(said.told?.0)),
        Row::of("Tandem p80", of, |said| Some(said.told?.1)),
    ];
    formulas.into_iter().chain(methods).chain(told).collect()
}

impl Row {
    fn of(estimate: &str, of: &[&Measured<'_>], said: impl Fn(&Said) -> Option<u32>) -> Self {
        let pairs = of
            .iter()
            .filter_map(|it| Some((said(&it.said)?, it.wait_ms)));
        let figures = Figures::of(pairs);
        let tenths = |number: f64| (number / 100.0).round() / 10.0;
        let percent = |permille: u32| f64::from(permille) / 10.0;
        Self {
            estimate: estimate.to_owned(),
            n: figures.n,
            mae_s: tenths(f64::from(figures.mae_ms)),
            bias_s: tenths(f64::from(figures.bias_ms)),
            p90_s: tenths(f64::from(figures.p90_ms)),
            within_20_percent: percent(figures.within_20_percent_permille),
            or_15_s: percent(figures.within_20_percent_or_15_s_permille),
            not_longer: percent(figures.not_longer_permille),
        }
    }
}
