//! What was against what the core makes of it: for each day of a record, waits, who gave up and what each agent
//! did, on record and in reruns of several seeds. The difference is told as it is.

use crate::call_records::{CallEnd, CallRecord};
use crate::import::{Import, wait_of};
use crate::patience::{EVENTS_MIN, Exponential, Patience, Wait, WaitEnd, count};
use crate::rerun::{Figures, Lived};
use crate::traffic::seconds;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::AgentId;

/// The days, and what all of them come to.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The seeds that were lived through.
    pub seeds: Vec<u64>,
    /// One for each day.
    pub days: Vec<DayCompared>,
    /// Over the days.
    pub all: Errors,
}

/// A day.
#[derive(Clone, Debug, Serialize)]
pub struct DayCompared {
    /// Which.
    pub day: String,
    /// Calls that asked for an agent.
    pub calls: u32,
    /// Agents who were seen.
    pub agents: usize,
    /// Mean wait on record, of all who asked, s.
    pub wait_s: f64,
    /// The same in the rerun, mean of the seeds.
    pub rerun_wait_s: f64,
    /// Half of the difference between the longest and the shortest of the seeds, s.
    pub wait_spread_s: f64,
    /// Who gave up, on record, percent.
    pub abandoned_percent: f64,
    /// The same in the rerun, mean of the seeds.
    pub rerun_abandoned_percent: f64,
    /// Conversations of the day on record, minutes for an agent.
    pub load_min: f64,
    /// The same in the rerun.
    pub rerun_load_min: f64,
    /// How far an agent's conversations are off, percent of all conversations: half of the sum of the differences, which
    /// is what would have to go to other agents.
    pub load_moved_percent: f64,
}

/// How far the rerun was off, over days.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Errors {
    /// Mean absolute difference of the mean waits, s.
    pub wait_mae_s: f64,
    /// Mean difference, s: positive when the rerun waits longer.
    pub wait_bias_s: f64,
    /// Mean absolute difference of the shares who gave up, percentage points.
    pub abandoned_mae: f64,
    /// Mean difference, percentage points.
    pub abandoned_bias: f64,
    /// Mean of what would have to go to other agents, percent.
    pub load_moved_percent: f64,
}

impl Comparison {
    /// Lives through the record once for each seed.
    ///
    /// # Errors
    /// The document that the core refused.
    pub fn of(import: &Import, seeds: &[u64]) -> Result<Self, String> {
        let lived: Result<Vec<Lived>, String> =
            seeds.iter().map(|seed| import.rerun(*seed, None)).collect();
        let lived = lived?;
        let days = import.days().into_iter();
        let days: Vec<_> = days.map(|day| compare(import, &lived, day)).collect();
        let all = Errors::over(&days);
        let seeds = seeds.to_vec();
        Ok(Self { seeds, days, all })
    }
}

impl Errors {
    /// Of some of the days.
    #[must_use]
    pub fn over(days: &[DayCompared]) -> Self {
        let mean = |of: &dyn Fn(&DayCompared) -> f64| {
            days.iter().map(of).sum::<f64>() / count(days.len().max(1))
        };
        let wait = |it: &DayCompared| it.rerun_wait_s - it.wait_s;
        let abandoned = |it: &DayCompared| it.rerun_abandoned_percent - it.abandoned_percent;
        Self {
            wait_mae_s: mean(&|it| wait(it).abs()),
            wait_bias_s: mean(&wait),
            abandoned_mae: mean(&|it| abandoned(it).abs()),
            abandoned_bias: mean(&abandoned),
            load_moved_percent: mean(&|it| it.load_moved_percent),
        }
    }
}

fn compare(import: &Import, lived: &[Lived], day: Date) -> DayCompared {
    let calls: Vec<&CallRecord> = import.calls.iter().filter(|it| it.day == day).collect();
    let asked: Vec<_> = calls.iter().filter_map(|it| it.stay()).collect();
    let waited_s: f64 = asked.iter().map(|it| f64::from(it.waited_s)).sum();
    let gave_up = calls.iter().filter(|it| it.gave_up()).count();
    let figures: Vec<Figures> = lived
        .iter()
        .map(|it| Figures::of(it, |n| import.calls[n].day == day))
        .collect();
    let mean = |of: &dyn Fn(&Figures) -> f64| {
        figures.iter().map(of).sum::<f64>() / count(figures.len().max(1))
    };
    let waits = figures.iter().map(|it| it.wait_s);
    let (least, most) = (
        waits.clone().fold(f64::MAX, f64::min),
        waits.fold(0.0, f64::max),
    );
    let on_record = talk_on_record(import, &calls);
    let reruns: Vec<_> = lived.iter().map(|it| talk_of(import, it, day)).collect();
    let moved = reruns.iter().map(|it| moved_percent(&on_record, it));
    let minutes = |talk: &Talk| talk.values().sum::<f64>() / 60.0 / count(on_record.len().max(1));
    let n = count(reruns.len().max(1));
    DayCompared {
        day: day.to_string(),
        calls: u32::try_from(asked.len()).unwrap_or(u32::MAX),
        agents: on_record.len(),
        wait_s: waited_s / count(asked.len().max(1)),
        rerun_wait_s: mean(&|it| it.wait_s),
        wait_spread_s: (most - least).max(0.0) / 2.0,
        abandoned_percent: 100.0 * count(gave_up) / count(asked.len().max(1)),
        rerun_abandoned_percent: mean(&|it| it.abandoned_percent),
        load_min: minutes(&on_record),
        rerun_load_min: reruns.iter().map(minutes).sum::<f64>() / n,
        load_moved_percent: moved.sum::<f64>() / n,
    }
}

/// By agent, seconds of conversation.
type Talk = BTreeMap<AgentId, f64>;

fn talk_on_record(import: &Import, calls: &[&CallRecord]) -> Talk {
    let mut talk = Talk::new();
    let names = { import.staffing.agents.iter() }.zip(1..);
    let ids: BTreeMap<&str, AgentId> = names
        .map(|(it, n)| (it.name.as_str(), AgentId(n)))
        .collect();
    for call in calls {
        let CallEnd::Answered {
            service_s,
            agent: Some(agent),
            ..
        } = &call.end
        else {
            continue;
        };
        if let Some(id) = ids.get(agent.as_str()) {
            *talk.entry(*id).or_default() += f64::from(*service_s);
        }
    }
    talk
}

/// Of the agents with a name: nobody knows who the others were.
fn talk_of(import: &Import, lived: &Lived, day: Date) -> Talk {
    let mut talk = Talk::new();
    let n_named = import
        .staffing
        .agents
        .iter()
        .filter(|it| it.name != crate::staffing::UNNAMED);
    let n_named = u64::try_from(n_named.count()).unwrap_or(u64::MAX);
    for (call, course) in import.calls.iter().zip(&lived.courses) {
        let (Some(joined), Some(us)) = (course.joined, course.talk_us()) else {
            continue;
        };
        if call.day == day && joined.agent.0 <= n_named {
            *talk.entry(joined.agent).or_default() += seconds(us);
        }
    }
    talk
}

fn moved_percent(on_record: &Talk, rerun: &Talk) -> f64 {
    let agents: BTreeSet<_> = on_record.keys().chain(rerun.keys()).collect();
    let of = |talk: &Talk, agent: &AgentId| talk.get(agent).copied().unwrap_or(0.0);
    let moved: f64 = agents
        .iter()
        .map(|it| (of(on_record, it) - of(rerun, it)).abs())
        .sum();
    100.0 * moved / 2.0 / on_record.values().sum::<f64>().max(1.0)
}

/// How patient the customers of a kind are, and how well half of the days tell it of the others.
#[derive(Clone, Debug, Serialize)]
pub struct PatienceOfKind {
    /// Which.
    pub kind: String,
    /// Waits.
    pub waited: usize,
    /// Of them, customers who gave up.
    pub gave_up: usize,
    /// So long half of them are patient, by the curve, s.
    pub median_s: f64,
    /// Until when the curve was observed, s.
    pub observed_s: f64,
    /// The mean of the exponential of maximum likelihood, s ...
    pub exponential_mean_s: f64,
    /// ... and its standard error, s.
    pub exponential_error_s: f64,
    /// The exponential against the curve of the same days: the largest difference of the shares who are patient.
    pub exponential_distance: f64,
    /// The curve of the first half of the days against that of the others.
    pub held_out_distance: f64,
    /// The exponential of the first half of the days against the curve of the others.
    pub exponential_held_out_distance: f64,
}

/// The patience of each kind of which enough gave up in either half of the days.
#[must_use]
pub fn patience_by_kind(import: &Import) -> Vec<PatienceOfKind> {
    let days = import.days();
    let middle = days.get(days.len() / 2).copied();
    let kinds = import.kinds.iter();
    kinds
        .filter_map(|kind| patience_of(import, kind, middle?))
        .collect()
}

fn patience_of(import: &Import, kind: &str, middle: Date) -> Option<PatienceOfKind> {
    let waits = |is_in: &dyn Fn(Date) -> bool| -> Vec<Wait> {
        let own = import
            .calls
            .iter()
            .filter(|it| it.kind == kind && is_in(it.day));
        own.filter_map(wait_of).collect()
    };
    let all = waits(&|_| true);
    let (learned, held_out) = (waits(&|it| it < middle), waits(&|it| it >= middle));
    let gave_up = |waits: &[Wait]| {
        let waits = waits.iter();
        waits.filter(|it| it.end == WaitEnd::GaveUp).count()
    };
    if gave_up(&learned) < EVENTS_MIN || gave_up(&held_out) < EVENTS_MIN {
        return None;
    }
    let (curve, exponential) = (Patience::fit(&all)?, Exponential::fit(&all)?);
    let (early, late) = (Patience::fit(&learned)?, Patience::fit(&held_out)?);
    Some(PatienceOfKind {
        kind: kind.to_owned(),
        waited: all.len(),
        gave_up: gave_up(&all),
        median_s: curve.median_s(),
        observed_s: curve.observed_s(),
        exponential_mean_s: 1.0 / exponential.rate,
        exponential_error_s: exponential.error / exponential.rate / exponential.rate,
        exponential_distance: exponential.distance(&curve),
        held_out_distance: early.distance(&late),
        exponential_held_out_distance: Exponential::fit(&learned)?.distance(&late),
    })
}
