//! The simulation over its seeds. A seed is a bug report: `tandem simulate --seed n` runs one,
//! `TANDEM_SIM_SEEDS=n` more of them here.

mod figures;
mod history;
mod planted;
mod presence;
mod slow_figures;

use std::io::Write as _;
use tandem_core::event::Event;
use tandem_simulation::{Failure, Fault, Plan, Report, run_each};

/// Seeds of an ordinary run, in [`PARTS`] tests, each within its time.
const SEEDS: u64 = 200;
/// The tests that share the seeds.
const PARTS: u64 = 4;

/// What hardly a seed comes to. The first three take a queue that has learned its waits: `tests/scenarios/callbacks/early/rush.rs`
/// has dice of its own for it. The others take a supervisor who offers a callback to somebody who could have one, at that
/// moment: `tests/scenarios/callbacks/offered.rs`.
const ELSEWHERE: [&str; 3] = ["early_called", "early_answered", "early_failed"];

/// Past failures, always replayed.
const PAST_FAILURES: &str = include_str!("seeds.txt");

//
#[test]
fn no_invariant_breaks_in_the_first_quarter_of_the_seeds() {
    part(1);
}

//
#[test]
fn no_invariant_breaks_in_the_second_quarter_of_the_seeds() {
    part(2);
}

//
#[test]
fn no_invariant_breaks_in_the_third_quarter_of_the_seeds() {
    part(3);
}

//
#[test]
fn no_invariant_breaks_in_the_last_quarter_of_the_seeds() {
    part(4);
}

#[test]
fn no_invariant_breaks_in_a_seed_that_failed_once() {
    all_hold(&past_failures().collect::<Vec<_>>());
}

fn part(n: u64) {
    let n_seeds = std::env::var("TANDEM_SIM_SEEDS").ok();
    let n_seeds = n_seeds.map_or(SEEDS, |it| it.parse().expect("a number of seeds"));
    let seeds: Vec<u64> = (1..=n_seeds).filter(|it| it % PARTS == n - 1).collect();
    let report = all_hold(&seeds);
    if n_seeds < SEEDS {
        return;
    }
    let missing: Vec<_> = all_events()
        .filter(|it| !report.happened.contains(it) && !ELSEWHERE.contains(&it.as_str()))
        .collect();
    assert!(missing.is_empty(), "these never happened: {missing:?}");
    let missing: Vec<_> = { Fault::ALL.into_iter() }
        .filter(|it| !report.faults.contains_key(it))
        .collect();
    assert!(missing.is_empty(), "these never struck: {missing:?}");
}

fn all_hold(seeds: &[u64]) -> Report {
    let plans: Vec<_> = seeds.iter().copied().map(Plan::new).collect();
    let mut report = Report::default();
    let mut failures = Vec::new();
    for outcome in run_each(&plans, |_| {}) {
        match outcome {
            Ok(one) => report.add(&one),
            Err(failure) => failures.push(failure),
        }
    }
    remember(&failures);
    let first = failures.first();
    assert!(
        first.is_none(),
        "{} of {} seeds failed; {}",
        failures.len(),
        seeds.len(),
        first.map_or_else(String::new, ToString::to_string)
    );
    report
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

fn past_failures() -> impl Iterator<Item = u64> {
    PAST_FAILURES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.trim().parse().expect("a seed per line"))
}

/// Failing seeds are replayed from now on.
fn remember(failures: &[Box<Failure>]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sim/seeds.txt");
    let new = failures
        .iter()
        .filter(|failure| past_failures().all(|past| past != failure.seed));
    for failure in new {
        let file = std::fs::OpenOptions::new().append(true).open(path);
        let mut file = file.expect("the list of seeds can be written");
        writeln!(file, "{}", failure.seed).expect("the list of seeds can be written");
    }
}
