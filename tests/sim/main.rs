//! Simulation: the real core against naive models, on virtual time. A seed is a bug report: run one with
//! `TANDEM_SIM_SEED=n`, more of them with `TANDEM_SIM_SEEDS=n`.

mod cloud;
mod day;
mod figures;
mod life;
mod office;
mod people;
mod rules;

use crate::cloud::Faults;
use crate::day::Day;
use std::collections::BTreeSet;
use std::io::Write as _;
use tandem_core::contact::State;
use tandem_core::event::Event;
use tandem_core::input::Input;

/// Seeds of an ordinary run.
const SEEDS: u64 = 200;
/// Transitions of one seed before the calm.
const TRANSITIONS: u64 = 2_000;
/// Rounds in which the calm must have drained every queue.
const CALM_ROUNDS: u64 = 400;

/// Past failures, always replayed.
const PAST_FAILURES: &str = include_str!("seeds.txt");

//
#[test]
fn no_rule_breaks_whatever_happens() {
    let seeds = seeds();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    let happened = std::sync::Mutex::new(BTreeSet::new());
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(seed) = seeds.get(index) else { break };
                    match live_through(*seed) {
                        Ok(names) => happened.lock().unwrap().extend(names),
                        Err(error) => failures.lock().unwrap().push((*seed, error)),
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    remember(&failures);
    if seeds.len() >= usize::try_from(SEEDS).unwrap() {
        let happened = happened.into_inner().unwrap();
        let missing: Vec<_> = all_events().filter(|it| !happened.contains(it)).collect();
        assert!(
            missing.is_empty(),
            "these events never happened: {missing:?}"
        );
    }
    let first = failures.first();
    assert!(
        first.is_none(),
        "{} of {} seeds failed; seed {}",
        failures.len(),
        seeds.len(),
        first.map_or_else(String::new, |(seed, error)| format!("{seed}: {error}"))
    );
}

/// The names of all events: the error about an unknown one lists them.
fn all_events() -> impl Iterator<Item = String> {
    let error = serde_json::from_str::<Event>("\"?\"").expect_err("no event is called that");
    let text = error.to_string();
    let names: Vec<_> = text
        .split('`')
        .skip(3)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    names.into_iter()
}

fn seeds() -> Vec<u64> {
    let from_environment = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    if let Some(seed) = from_environment("TANDEM_SIM_SEED") {
        return vec![seed];
    }
    let n = from_environment("TANDEM_SIM_SEEDS").unwrap_or(SEEDS);
    past_failures().chain(1..=n).collect()
}

fn past_failures() -> impl Iterator<Item = u64> {
    PAST_FAILURES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.trim().parse().expect("a seed per line"))
}

/// Failing seeds are replayed from now on.
fn remember(failures: &[(u64, String)]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sim/seeds.txt");
    let new = failures
        .iter()
        .filter(|(seed, _)| past_failures().all(|past| past != *seed));
    for (seed, _) in new {
        let file = std::fs::OpenOptions::new().append(true).open(path);
        let mut file = file.expect("the list of seeds can be written");
        writeln!(file, "{seed}").expect("the list of seeds can be written");
    }
}

/// Lives through a seed; answers which events happened.
fn live_through(seed: u64) -> Result<BTreeSet<String>, String> {
    let mut day = Day::new(seed);
    day.open()?;
    while day.n_turns() < TRANSITIONS {
        step(&mut day)?;
    }
    calm_down(&mut day)?;
    Ok(day.happened)
}

/// One thing happens.
fn step(day: &mut Day) -> Result<(), String> {
    let micros = day.dice.below(3_000_000);
    day.pass(micros);
    match day.dice.below(100) {
        0..=13 => day.somebody_calls(),
        14..=44 => deliver(day),
        45..=54 => {
            day.something_happens_on_a_call();
            deliver(day)
        }
        55..=64 => {
            day.something_happens_on_a_client();
            deliver(day)
        }
        65..=89 => day.an_agent_acts(),
        90..=94 => day.wait(),
        95 | 96 => day.change_something(),
        97 if day.dice.chance(20) => day.give(Input::DrainBegan).map(drop),
        97 if day.dice.chance(60) => day.take_over(),
        97 | 98 => day.reconcile(),
        _ => {
            let micros = day.dice.below(40_000_000);
            day.pass(micros);
            Ok(())
        }
    }
}

/// Some of the facts that are on their way arrive.
fn deliver(day: &mut Day) -> Result<(), String> {
    for _ in 0..day.dice.between(1, 4) {
        if let Some(fact) = day.cloud.deliver(&mut day.dice) {
            day.give(fact)?;
        }
    }
    Ok(())
}

/// Once every fact has arrived, no agent is in the call of a customer who waits: whoever answered after
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
fn calm_down(day: &mut Day) -> Result<(), String> {
    day.cloud.faults = Faults::default();
    day.take_over()?;
    day.staff_for_everything()?;
    // Whoever answered unheard in the turmoil is found by asking.
    day.reconcile()?;
    for round in 0..CALM_ROUNDS {
        while let Some(fact) = day.cloud.deliver(&mut day.dice) {
            day.give(fact)?;
        }
        let orders: Vec<_> = day.center.open_orders().collect();
        for order in orders {
            day.cloud.carry_out(&mut day.dice, order);
        }
        if round > 1 {
            nobody_talks_to_a_waiting_customer(day)?;
        }
        day.everybody_works()?;
        day.wait()?;
        let is_quiet = day.cloud.facts.is_empty() && day.state().orders.is_empty();
        if day.state().contacts.is_empty() && is_quiet && day.cloud.live_calls().is_empty() {
            return Ok(());
        }
    }
    let contacts: Vec<_> = day.state().contacts.iter().collect();
    Err(format!(
        "not drained: contacts {contacts:?}, orders {:?}, calls {:?}",
        day.state().orders,
        day.cloud.live_calls()
    ))
}
