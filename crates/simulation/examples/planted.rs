//! The table of planted bugs in docs/simulation.md: `cargo run --release -p tandem-simulation --example planted`.

#![expect(clippy::print_stdout, reason = "it prints a table")]

use tandem_simulation::{Invariant, Plan, Planted, run};

/// The seeds that are tried, as in `tests/sim/planted.rs`.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=10;

fn main() {
    let bugs = [
        Planted::EffectBeforeAppend,
        Planted::LostOutcome,
        Planted::DoubleOffer,
    ];
    println!("| planted | found by | seeds of ten | after turns |\n|---|---|---|---|");
    for bug in bugs {
        let plans = SEEDS.map(|seed| Plan::new(seed).with_planted(bug));
        let failures: Vec<_> = plans.filter_map(|plan| run(plan).err()).collect();
        let turns = || failures.iter().map(|it| it.turns);
        let (first, last) = (turns().min().unwrap_or(0), turns().max().unwrap_or(0));
        let by: std::collections::BTreeSet<Invariant> =
            failures.iter().map(|it| it.broken.invariant).collect();
        let by: Vec<_> = by.into_iter().map(Invariant::sentence).collect();
        let (by, n) = (by.join("; "), failures.len());
        println!("| {bug:?} | {by} | {n} | {first} to {last} |");
    }
}
