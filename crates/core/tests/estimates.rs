//! The estimator on simulated days, second by second, with dice of its own: what it tells is about as good as the
//! best of its methods, whatever the day is like, and its p50 and p80 mean what they say.

use std::collections::BTreeMap;
use tandem_core::estimate::{Estimator, Figures, Line, Method, Unserved};
use tandem_core::ids::ContactId;
use tandem_core::time::Timestamp;

const DAY_S: u32 = 86_400;

/// A day: by the second, agents at work and calls in a thousand seconds.
struct Day {
    servers: fn(u32) -> u32,
    calls_per_1000_s: fn(u32) -> u32,
    /// Queues that share the agents.
    queues: u32,
}

const HANDLING_S: u32 = 180;
const PATIENCE_S: u32 = 400;

/// Dice (splitmix64).
struct Dice(u64);

impl Dice {
    fn one_in(&mut self, sides: u32) -> bool {
        self.below(sides) == 0
    }

    fn below(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = (bits ^ (bits >> 31)) % u64::from(sides.max(1));
        u32::try_from(bits).expect("below a u32")
    }
}

#[derive(Clone, Copy)]
struct Waiting {
    contact: ContactId,
    queue: u32,
    since: Timestamp,
}

/// What each way to estimate said, beside what came true, ms.
#[derive(Default)]
struct Outcome {
    methods: BTreeMap<Method, Vec<(u32, u32)>>,
    p50: Vec<(u32, u32)>,
    p80: Vec<(u32, u32)>,
}

type Said = (Vec<(Method, u32)>, Option<(u32, u32)>);

fn live_through(day: &Day) -> Outcome {
    let mut dice = Dice(7);
    let mut estimators = BTreeMap::<u32, Estimator>::new();
    let (mut line, mut busy) = (Vec::<Waiting>::new(), Vec::<(u32, Timestamp)>::new());
    let mut said = BTreeMap::<ContactId, Said>::new();
    let mut outcome = Outcome::default();
    let mut number = 0;
    for second in 0..DAY_S {
        let now = Timestamp::from_micros(0).plus_seconds(second);
        let servers = (day.servers)(second);
        let ended = busy
            .extract_if(.., |_| dice.one_in(HANDLING_S))
            .collect::<Vec<_>>();
        for (queue, since) in ended {
            let handling_ms = u32::try_from(now.micros_since(since) / 1_000).expect("a day");
            estimators
                .entry(queue)
                .or_default()
                .handled(now, handling_ms);
        }
        for gone in line.extract_if(.., |_| dice.one_in(PATIENCE_S)) {
            let estimator = estimators.entry(gone.queue).or_default();
            estimator.left(now, gone.contact, Unserved::GaveUp);
        }
        while !line.is_empty() && busy.len() < usize::try_from(servers).expect("a few") {
            let next = line.remove(0);
            let estimator = estimators.entry(next.queue).or_default();
            estimator.answered(now, next.contact, next.since);
            busy.push((next.queue, now));
            let wait_ms = u32::try_from(now.micros_since(next.since) / 1_000).expect("a day");
            note(&mut outcome, said.remove(&next.contact), wait_ms);
        }
        if dice.below(1_000) < (day.calls_per_1000_s)(second) {
            number += 1;
            let new = Waiting {
                contact: ContactId(number),
                queue: dice.below(day.queues),
                since: now,
            };
            let estimator = estimators.entry(new.queue).or_default();
            let found = found(&line, new, servers);
            said.insert(new.contact, say(estimator, now, &found));
            estimator.entered(now, new.contact, &found);
            line.push(new);
        }
    }
    outcome
}

fn found(line: &[Waiting], new: Waiting, servers: u32) -> Line {
    let own = || line.iter().filter(|it| it.queue == new.queue);
    Line {
        waits_since: new.since,
        ahead: u32::try_from(own().count()).expect("a few"),
        ahead_in_pool: u32::try_from(line.len()).expect("a few"),
        servers,
        head_waits_since: own().map(|it| it.since).next(),
    }
}

fn say(estimator: &Estimator, now: Timestamp, found: &Line) -> Said {
    let predictions = estimator.predictions(now, found);
    let methods = Method::ALL
        .into_iter()
        .filter_map(|it| Some((it, predictions.of(it)?)));
    let told = estimator
        .estimate(now, found)
        .map(|it| (it.p50_s * 1_000, it.p80_s * 1_000));
    (methods.collect(), told)
}

/// Compares on contacts that every method said something about and that waited.
fn note(outcome: &mut Outcome, said: Option<Said>, wait_ms: u32) {
    let Some((methods, Some((p50, p80)))) = said else {
        return;
    };
    if methods.len() < Method::ALL.len() || wait_ms < 5_000 {
        return;
    }
    for (method, ms) in methods {
        outcome
            .methods
            .entry(method)
            .or_default()
            .push((ms, wait_ms));
    }
    outcome.p50.push((p50, wait_ms));
    outcome.p80.push((p80, wait_ms));
}

/// `percent`: how much of the best method's error what is told may have.
fn is_about_as_good_as_the_best_method(day: &Day, percent: u64) {
    let outcome = live_through(day);
    let mae = |pairs: &[(u32, u32)]| Figures::of(pairs.iter().copied()).mae_ms;
    let of_methods = outcome
        .methods
        .iter()
        .map(|(it, pairs)| (*it, mae(pairs)))
        .collect::<Vec<_>>();
    let single = of_methods
        .iter()
        .filter(|(it, _)| *it != Method::Blend)
        .map(|(_, mae)| *mae);
    let (best, told) = (
        single.min().expect("methods said something"),
        mae(&outcome.p50),
    );
    assert!(outcome.p50.len() >= 300, "{}", outcome.p50.len());
    assert!(
        u64::from(told) * 100 <= u64::from(best) * percent,
        "{told} {of_methods:?}"
    );
    let not_longer = |pairs: &[(u32, u32)]| Figures::of(pairs.iter().copied()).not_longer_permille;
    let (half, most) = (not_longer(&outcome.p50), not_longer(&outcome.p80));
    assert!(
        (430..=570).contains(&half) && (740..=860).contains(&most),
        "{half} {most}"
    );
}

// M/M/s+M.
#[test]
fn on_a_steady_day_what_is_told_is_about_as_good_as_the_best_method() {
    let day = Day {
        servers: |_| 8,
        calls_per_1000_s: |_| 50,
        queues: 1,
    };
    is_about_as_good_as_the_best_method(&day, 105);
}

// calls in bursts of twenty minutes, and agents who leave for lunch. The factors of p50 and p80
// follow such bursts late, which costs more than the 5 % of other days.
#[test]
fn on_a_day_of_bursts_what_is_told_is_about_as_good_as_the_best_method() {
    let day = Day {
        servers: |second| {
            if (30_000..45_000).contains(&second) {
                5
            } else {
                9
            }
        },
        calls_per_1000_s: |second| if second % 3_600 < 1_200 { 90 } else { 35 },
        queues: 1,
    };
    is_about_as_good_as_the_best_method(&day, 110);
}

// three queues with the same agents.
#[test]
fn on_a_day_of_shared_agents_what_is_told_is_about_as_good_as_the_best_method() {
    let day = Day {
        servers: |second| 6 + second / 7_200 % 3,
        calls_per_1000_s: |_| 48,
        queues: 3,
    };
    is_about_as_good_as_the_best_method(&day, 105);
}
