//! Simulation: the real core against naive models, on virtual time. A seed is a bug report: run one with
//! `TANDEM_SIM_SEED=n`, more of them with `TANDEM_SIM_SEEDS=n`.

use std::collections::BTreeSet;
use std::io::Write as _;
use tandem_core::event::Event;
use tandem_simulation::live_through;

/// Seeds of an ordinary run.
const SEEDS: u64 = 200;

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
