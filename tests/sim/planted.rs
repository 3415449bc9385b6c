//! Bugs that are planted on purpose: the suite finds each, by the invariant that names it.

use tandem_simulation::{Invariant, Plan, Planted, run, run_each};

/// The seeds that are tried.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=10;

/// The invariants that broke, in the order of the seeds; a bug does not show in every seed.
fn broken_with(planted: Planted) -> Vec<Invariant> {
    let plans: Vec<_> = SEEDS
        .map(|seed| Plan::new(seed).with_planted(planted))
        .collect();
    let outcomes = run_each(&plans, |_| {});
    let failures = outcomes.into_iter().filter_map(Result::err);
    failures.map(|it| it.broken.invariant).collect()
}

fn assert_found(planted: Planted, by: Invariant) {
    let broken = broken_with(planted);
    assert!(!broken.is_empty(), "{planted:?} was not found");
    let other = broken.iter().find(|it| **it != by);
    assert_eq!(other, None, "{planted:?} was found by chance");
}

#[test]
fn effect_that_leaves_before_its_record_is_durable_is_found() {
    assert_found(
        Planted::EffectBeforeAppend,
        Invariant::NothingOutsideBeforeItIsDurable,
    );
}

#[test]
fn outcome_that_is_dropped_is_found() {
    assert_found(Planted::LostOutcome, Invariant::OpenOrderIsInHand);
}

//
#[test]
fn contact_that_is_offered_to_two_agents_is_found() {
    assert_found(Planted::DoubleOffer, Invariant::OneContactOneAgent);
}

#[test]
fn failure_names_seed_virtual_time_invariant_and_the_last_turns() {
    let plans = SEEDS.map(|seed| Plan::new(seed).with_planted(Planted::LostOutcome));
    let failure = plans.map(run).find_map(Result::err).unwrap();
    let told = failure.to_string();
    let first = format!(
        "seed {}: broken after {} turns, at 0:",
        failure.seed, failure.turns
    );
    assert!(told.starts_with(&first), "{told}");
    assert!(told.contains("an order that has not ended"), "{told}");
    assert!(told.contains("nobody carries out order"), "{told}");
    let n_last = failure.last.len();
    assert_eq!(told.lines().count(), 4 + n_last);
    assert!(n_last > 3, "{told}");
}

#[test]
fn same_seeds_hold_without_a_planted_bug() {
    for seed in SEEDS {
        if let Err(failure) = run(Plan::new(seed)) {
            panic!("{failure}");
        }
    }
}

#[test]
fn seed_gives_the_same_day_each_time() {
    let first = run(Plan::new(7)).unwrap();
    assert_eq!(run(Plan::new(7)).unwrap(), first);
    let planted = Plan::new(7).with_planted(Planted::DoubleOffer);
    assert_eq!(run(planted), run(planted));
}
