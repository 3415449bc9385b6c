use super::*;
use crate::engine::{Clock, SteppedClock};
use crate::health::signals::{Signals, Went};
use std::sync::Arc;

fn facts() -> Facts {
    Facts {
        now: Timestamp::from_micros(100 * MICROS_PER_DAY),
        started: Timestamp::from_micros(100 * MICROS_PER_DAY - 1),
        noticed: Noticed::default(),
        calls: (3, 0),
        recordings: 0,
        lag: Ok(Duration::from_millis(1)),
        append: Some(Duration::from_millis(2)),
        records: (7, 7),
        free_bytes: Some(1 << 40),
        behind: Duration::ZERO,
        certificate: Certificate::Elsewhere,
        secret: Secret::AccessKey,
        teams: None,
        presence: None,
    }
}

fn at(facts: &Facts, id: &str) -> (Level, &'static str) {
    let check = all(facts).into_iter().find(|it| it.id == id).unwrap();
    assert_eq!(check.fix.is_some(), check.level > Level::Ok, "{check:?}");
    assert!(!check.what.is_empty());
    (check.level, check.code)
}

#[test]
fn quiet_surroundings_ask_for_nothing() {
    assert!(all(&facts()).iter().all(|check| check.level == Level::Ok));
    assert_eq!(all(&facts()).len(), 16);
}

#[test]
fn store_that_does_not_answer_and_a_slow_one_are_told_apart() {
    let failing = Facts {
        lag: Err("disk full".to_owned()),
        ..facts()
    };
    assert_eq!(at(&failing, "store_speed"), (Level::Act, "store_failing"));
    let slow = Facts {
        append: Some(Duration::from_secs(1)),
        lag: Ok(Duration::from_millis(400)),
        ..facts()
    };
    assert_eq!(at(&slow, "store_speed"), (Level::Act, "store_slow"));
    assert_eq!(at(&slow, "loop"), (Level::Watch, "loop_late"));
}

#[test]
fn disk_is_watched_before_it_is_full() {
    let at_free = |free| {
        let facts = Facts {
            free_bytes: Some(free),
            ..facts()
        };
        at(&facts, "store_space")
    };
    assert_eq!(at_free(SPACE_LOW), (Level::Ok, "space_enough"));
    assert_eq!(at_free(SPACE_LOW - 1), (Level::Watch, "space_low"));
    assert_eq!(at_free(SPACE_OUT - 1), (Level::Act, "space_out"));
}

#[test]
fn history_that_is_being_made_again_is_told_with_its_progress() {
    let records = (100_000, 25_000);
    let behind = Facts { records, ..facts() };
    assert_eq!(at(&behind, "history"), (Level::Watch, "history_behind"));
    let told = all(&behind).into_iter().find(|it| it.id == "history");
    assert!(told.is_some_and(|it| it.what.contains("25 %")));
    let records = (100_000, 99_000);
    let passing = Facts { records, ..facts() };
    assert_eq!(at(&passing, "history"), (Level::Ok, "history_up_to_date"));
}

#[test]
fn certificate_and_secret_are_announced_a_month_and_a_week_ahead() {
    let in_days = |days: i64| {
        let until = facts().now.plus_micros(days * MICROS_PER_DAY);
        let facts = Facts {
            certificate: Certificate::Until(until),
            secret: Secret::Until(until),
            ..facts()
        };
        (at(&facts, "certificate").0, at(&facts, "secret").1)
    };
    assert_eq!(in_days(31), (Level::Ok, "secret_good"));
    assert_eq!(in_days(30), (Level::Watch, "secret_expiring"));
    assert_eq!(in_days(7), (Level::Act, "secret_expiring"));
    assert_eq!(in_days(-1), (Level::Act, "secret_expired"));
}

#[test]
fn webhook_is_judged_by_what_came_and_what_was_refused() {
    let clock = Arc::new(SteppedClock::at(facts().now));
    let signals = Signals::new(Arc::clone(&clock) as Arc<dyn Clock>);
    let now = |clock: &SteppedClock| Facts {
        now: clock.now(),
        noticed: signals.noticed(),
        ..facts()
    };
    clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(at(&now(&clock), "webhook"), (Level::Watch, "webhook_never"));
    signals.webhook(Went::Well);
    assert_eq!(at(&now(&clock), "webhook"), (Level::Ok, "webhook_heard"));
    signals.webhook(Went::Badly);
    assert_eq!(at(&now(&clock), "webhook"), (Level::Act, "webhook_refused"));
    clock.advance(Duration::from_secs(25 * 3_600));
    assert_eq!(
        at(&now(&clock), "webhook"),
        (Level::Watch, "webhook_silent")
    );
}

#[test]
fn lost_word_and_failing_requests_are_counted() {
    let clock = Arc::new(SteppedClock::at(facts().now));
    let signals = Signals::new(Arc::clone(&clock) as Arc<dyn Clock>);
    signals.inquiry(Went::Badly);
    clock.advance(Duration::from_secs(61));
    let now = || Facts {
        now: clock.now(),
        noticed: signals.noticed(),
        ..facts()
    };
    // What was not heard before the start was not lost.
    assert_eq!(at(&now(), "callbacks"), (Level::Ok, "callbacks_none"));
    for _ in 0..3 {
        signals.inquiry(Went::Badly);
        signals.operation(Went::Badly, "8522");
    }
    assert_eq!(at(&now(), "callbacks"), (Level::Act, "callbacks_lost"));
    assert_eq!(at(&now(), "operations"), (Level::Act, "operations_failing"));
    signals.token(Some("AADSTS7000222".to_owned()));
    assert_eq!(at(&now(), "secret"), (Level::Act, "secret_refused"));
}
