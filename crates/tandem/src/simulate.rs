//! `tandem simulate`: seeds lived through on virtual time; a seed that fails is a bug report.

mod presence;

use crate::outcome::{Outcome, line};
use anyhow::ensure;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use tandem_simulation::{Failure, Fault, Plan, Report, TURNS, TURNS_MAX, run_each};

/// Failures that are told in full; of more, the seeds alone.
const FAILURES_TOLD_MAX: usize = 3;

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  tandem simulate --seed 7\n  tandem simulate --count 1000\n  tandem simulate --seed 7 --turns 20000 --json\n  tandem simulate --presence 2000\n\nThe same seed gives the same day with the same build. A seed that fails is a bug report:\nsend the printed lines with the output of `tandem --version`.\n\nExit codes: 0 every invariant held, 1 one broke, 2 wrong usage."
)]
pub(crate) struct Arguments {
    /// Chance: the same seed, the same day.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// So many seeds, from that one on.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Turns of each seed before the calm in which everything must drain.
    #[arg(long, value_name = "N", default_value_t = TURNS, value_parser = clap::value_parser!(u64).range(1..=TURNS_MAX))]
    turns: u64,
    /// Instead of calls: eight hours of so many people whose status in Teams and in Tandem is kept in step.
    #[arg(long, value_name = "PEOPLE", conflicts_with = "turns", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    presence: Option<u32>,
    /// For machines.
    #[arg(long)]
    json: bool,
}

/// Lives through the seeds and tells what happened.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let Arguments {
        seed, count, turns, ..
    } = *arguments;
    let last = seed.checked_add(count - 1);
    ensure!(
        last.is_some(),
        "there are no {count} seeds from {seed} on; choose a smaller --seed"
    );
    if let Some(people) = arguments.presence {
        return presence::run(arguments, people);
    }
    let seeds = (0..count).map(|n| seed + n);
    let plans: Vec<Plan> = seeds.map(|it| Plan::new(it).with_turns(turns)).collect();
    let shows_progress = std::io::stderr().is_terminal() && count > 1;
    let outcomes = run_each(&plans, |n_over| {
        if shows_progress {
            // Progress that cannot be shown is no failure.
            drop(write!(std::io::stderr(), "\r{n_over} of {count} seeds"));
        }
    });
    if shows_progress {
        drop(writeln!(std::io::stderr()));
    }
    let mut report = Report::default();
    let mut failures = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(one) => report.add(&one),
            Err(failure) => failures.push(*failure),
        }
    }
    tell(arguments, &report, &failures)
}

fn tell(arguments: &Arguments, report: &Report, failures: &[Failure]) -> anyhow::Result<Outcome> {
    if arguments.json {
        let ok = failures.is_empty();
        line(&json!({ "ok": ok, "report": report, "failures": failures }).to_string())?;
    } else {
        for part in told(arguments, report, failures)? {
            line(&part)?;
        }
    }
    Ok(if failures.is_empty() {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

fn told(
    arguments: &Arguments,
    report: &Report,
    failures: &[Failure],
) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    if report.seeds > 0 {
        let Arguments { seed, count, .. } = arguments;
        let which = match count {
            1 => format!("seed {seed}"),
            _ => format!(
                "{} of the seeds {seed} to {}",
                report.seeds,
                seed + (count - 1)
            ),
        };
        lines.extend(held(&which, report)?);
    }
    for failure in failures.iter().take(FAILURES_TOLD_MAX) {
        lines.push(failure.to_string());
        lines.push(format!("  again: {}", again(arguments, failure.seed)));
    }
    for failure in failures.iter().skip(FAILURES_TOLD_MAX) {
        let rule = failure.broken.invariant.sentence();
        lines.push(format!("seed {}: {rule}", failure.seed));
    }
    Ok(lines)
}

/// The command that shows the same.
fn again(arguments: &Arguments, seed: u64) -> String {
    match arguments.turns {
        TURNS => format!("tandem simulate --seed {seed}"),
        turns => format!("tandem simulate --seed {seed} --turns {turns}"),
    }
}

fn held(which: &str, report: &Report) -> anyhow::Result<Vec<String>> {
    let Report {
        contacts,
        offers,
        conversations,
        orders,
        turns,
        events,
        records,
        refused,
        rebuilds,
        ..
    } = report;
    let lived = duration(report.lived_s);
    let drained = duration(report.drained_s_max);
    let mut lines = vec![
        format!("{which}: every invariant held: {turns} turns in {lived} of virtual time"),
        format!("  contacts    {contacts}, {offers} offers, {conversations} conversations"),
        format!("  ended       {}", counted(&report.ends)?),
        format!("  journal     {records} records, {events} events, rebuilt from {rebuilds} times"),
        format!("  outside     {orders} orders; {refused} inputs were not taken by the store"),
        "  faults".to_owned(),
    ];
    for fault in Fault::ALL {
        let n = report.faults.get(&fault).copied().unwrap_or(0);
        lines.push(format!("    {n:>8} times  {}", fault.words()));
    }
    lines.push("  invariants examined".to_owned());
    for (invariant, n) in &report.examined {
        lines.push(format!("    {n:>8} times  {}", invariant.sentence()));
    }
    lines.push(format!("  drained     after {drained} of calm at most"));
    Ok(lines)
}

/// The counts by their names on the wire.
fn counted<K: Serialize>(counts: &BTreeMap<K, u64>) -> anyhow::Result<String> {
    let counts = serde_json::to_value(counts)?;
    let counts = counts.as_object().into_iter().flatten();
    let counts: Vec<_> = counts.map(|(name, n)| format!("{name} {n}")).collect();
    Ok(counts.join(", "))
}

fn duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{hours}:{minutes:02}:{seconds:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use tandem_simulation::{Planted, run};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn seed_that_fails_is_told_with_its_rule_and_the_command_that_shows_it_again() {
        let line = ["simulate", "--seed", "1", "--count", "5", "--turns", "900"];
        let Line { arguments } = Line::try_parse_from(line).unwrap();
        // Not every seed comes to two agents who are free at the same moment.
        let plans = (1..).map(|seed| Plan::new(seed).with_turns(900));
        let outcomes = plans.map(|plan| run(plan.with_planted(Planted::DoubleOffer)));
        let failures = outcomes.filter_map(Result::err).map(|it| *it).take(5);
        let failures: Vec<_> = failures.collect();
        let (first, fourth) = (failures[0].seed, failures[3].seed);
        let told = told(&arguments, &Report::default(), &failures).unwrap();
        let begins = format!("seed {first}: broken after");
        assert!(told[0].starts_with(&begins), "{}", told[0]);
        let again = format!("  again: tandem simulate --seed {first} --turns 900");
        assert_eq!(told[1], again);
        let shortly = format!("seed {fourth}: R-02b");
        assert!(told[6].starts_with(&shortly), "{}", told[6]);
        assert_eq!(told.len(), 2 * FAILURES_TOLD_MAX + 2);
        let outcome = tell(&arguments, &Report::default(), &failures).unwrap();
        assert_eq!(outcome, Outcome::Failed);
    }
}
