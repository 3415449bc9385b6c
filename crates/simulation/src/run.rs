//! The course of a seed: turmoil, then a calm in which everything must drain.

use crate::day::Day;
use crate::invariant::{Broken, Invariant};
use crate::planted::Planted;
use crate::report::{Failure, Report};
use std::sync::atomic::{AtomicUsize, Ordering};
use tandem_core::contact::State;
use tandem_core::input::Input;

/// Turns of a seed before the calm, unless told otherwise.
pub const TURNS: u64 = 2_000;
/// Turns of a seed at most: what a day was is kept in memory, to compare with.
pub const TURNS_MAX: u64 = 100_000;
/// Rounds in which the calm must have drained everything.
const CALM_ROUNDS: u64 = 400;

/// What is to be simulated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    seed: u64,
    turns: u64,
    planted: Option<Planted>,
}

impl Plan {
    /// A seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            turns: TURNS,
            planted: None,
        }
    }

    /// So many turns before the calm, at most [`TURNS_MAX`]. The first turns are the same however many follow.
    #[must_use]
    pub fn with_turns(self, turns: u64) -> Self {
        let turns = turns.min(TURNS_MAX);
        Self { turns, ..self }
    }

    /// With a bug in it.
    #[must_use]
    pub const fn with_planted(self, planted: Planted) -> Self {
        Self {
            planted: Some(planted),
            ..self
        }
    }
}

/// Lives through a seed.
///
/// # Errors
/// [`Failure`] names the invariant that did not hold, and what came before.
pub fn run(plan: Plan) -> Result<Report, Box<Failure>> {
    let (day, drained_micros) = live(plan)?;
    Ok(day.report(drained_micros))
}

fn live(plan: Plan) -> Result<(Day, i64), Box<Failure>> {
    let mut day = Day::new(plan.seed, plan.planted);
    match live_through(&mut day, plan.turns) {
        Ok(drained_micros) => Ok((day, drained_micros)),
        Err(broken) => Err(Box::new(day.failure(broken))),
    }
}

/// Lives through a seed, and answers the records of its journal as well, as they were written: for whoever reads
/// journals.
///
/// # Errors
/// [`Failure`] names the invariant that did not hold, and what came before.
pub fn lived(plan: Plan) -> Result<(Report, Vec<String>), Box<Failure>> {
    let (day, drained_micros) = live(plan)?;
    let written = day.written().to_vec();
    Ok((day.report(drained_micros), written))
}

/// Lives through seeds, as many at once as the machine can; `passed` hears how many are over.
pub fn run_each(
    plans: &[Plan],
    passed: impl Fn(usize) + Sync,
) -> Vec<Result<Report, Box<Failure>>> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, n_over) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut outcomes: Vec<_> = std::thread::scope(|scope| {
        let work = || {
            let mut outcomes = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(plan) = plans.get(index) else { break };
                outcomes.push((index, run(*plan)));
                passed(1 + n_over.fetch_add(1, Ordering::Relaxed));
            }
            outcomes
        };
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined
            .flat_map(|it| it.expect("a seed ends in a report, not in a panic"))
            .collect()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Answers how long the calm took.
fn live_through(day: &mut Day, turns: u64) -> Result<i64, Broken> {
    day.open()?;
    day.weather_begins();
    while day.n_turns() < turns {
        step(day)?;
        day.carry_some()?;
    }
    let before = day.elapsed_micros();
    calm_down(day)?;
    Ok(day.elapsed_micros() - before)
}

/// One thing happens.
fn step(day: &mut Day) -> Result<(), Broken> {
    let micros = day.dice.below(3_000_000);
    day.pass(micros);
    match day.dice.below(100) {
        0..=13 => day.somebody_calls(),
        14..=44 => day.deliver(),
        45..=54 => {
            day.something_happens_on_a_call();
            day.deliver()
        }
        55..=64 => {
            day.something_happens_on_a_client();
            day.deliver()
        }
        65..=89 => day.an_agent_acts(),
        90..=94 => day.wait(),
        96 if day.dice.chance(30) => day.offer_callback(),
        95 | 96 => day.change_something(),
        99 if day.dice.chance(60) => day.teams_shows_something(),
        97 if day.dice.chance(20) => day.give(Input::DrainBegan).map(drop),
        97 | 98 => day.reconcile(),
        _ => {
            let micros = day.dice.below(40_000_000);
            day.pass(micros);
            Ok(())
        }
    }
}

/// Once all word has arrived, no agent is in the call of a customer who waits: whoever answered after
/// the offer had ended was removed.
fn nobody_talks_to_a_waiting_customer(day: &Day) -> Result<(), String> {
    for (id, contact) in day.state().contacts.iter() {
        let waits = matches!(contact.state, State::Queued(_));
        let call = day.cloud.calls.get(&id);
        if waits && call.is_some_and(|call| !call.agents.is_empty()) {
            return Err(format!(
                "contact {id} waits, and somebody is in the call: {call:?}"
            ));
        }
    }
    Ok(())
}

/// Faults stop and everybody works: every queue must drain, and no customer may be left in a call that
/// belongs to nobody.
fn calm_down(day: &mut Day) -> Result<(), Broken> {
    day.weather.calm();
    day.start_again()?;
    day.staff_for_everything()?;
    // Whoever answered unheard in the turmoil is found by asking.
    day.reconcile()?;
    for round in 0..CALM_ROUNDS {
        day.let_all_word_arrive()?;
        if round > 1 {
            let seen = nobody_talks_to_a_waiting_customer(day);
            day.look(Invariant::NobodyTalksToAWaitingCustomer, seen)?;
        }
        day.everybody_works()?;
        day.wait()?;
        let is_quiet = day.cloud.facts.is_empty() && day.carrier.is_empty();
        let state = day.state();
        let is_over =
            state.contacts.is_empty() && state.orders.is_empty() && state.callbacks.is_empty();
        if is_quiet && is_over && day.cloud.live_calls().is_empty() {
            return day.look(Invariant::CalmDrains, Ok(()));
        }
    }
    let contacts: Vec<_> = day.state().contacts.iter().collect();
    let left = format!(
        "after {CALM_ROUNDS} rounds: contacts {contacts:?}, callbacks {:?}, orders {:?}, calls {:?}",
        day.state().callbacks,
        day.state().orders,
        day.cloud.live_calls()
    );
    day.look(Invariant::CalmDrains, Err(left))
}
