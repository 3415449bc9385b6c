use super::*;

/// A queue whose contacts are answered one by one, `EVERY_S` seconds apart, with `AHEAD` always ahead.
const EVERY_S: u32 = 30;
const AHEAD: u64 = 3;

fn at(seconds: u32) -> Timestamp {
    Timestamp::from_micros(0).plus_seconds(seconds)
}

fn line(now: Timestamp, ahead: u32, servers: u32) -> Line {
    Line {
        waits_since: now,
        ahead,
        ahead_in_pool: ahead,
        servers,
        head_waits_since: None,
    }
}

/// After `n` contacts of that queue, and when it is then.
fn steady(n: u32) -> (Estimator, Timestamp) {
    let mut queue = Estimator::default();
    let mut joined = Vec::new();
    for number in 0..n {
        let now = at(number * EVERY_S);
        let contact = u64::from(number);
        let ahead = contact.min(AHEAD);
        let mut found = line(now, u32::try_from(ahead).expect("at most three"), 2);
        found.head_waits_since = joined
            .get(usize::try_from(contact - ahead).expect("small"))
            .copied();
        queue.entered(now, ContactId(contact), &found);
        joined.push(now);
        if let Some(served) = contact.checked_sub(AHEAD) {
            let since = joined[usize::try_from(served).expect("small")];
            queue.answered(now.plus_seconds(EVERY_S), ContactId(served), since);
            queue.handled(now.plus_seconds(EVERY_S), 60_000);
        }
    }
    (queue, at(n * EVERY_S))
}

// no data, no number.
#[test]
fn nothing_is_said_before_enough_contacts_were_answered() {
    let now = at(0);
    assert_eq!(Estimator::default().estimate(now, &line(now, 5, 3)), None);
    let (queue, now) = steady(12);
    assert_eq!(queue.estimate(now, &line(now, 2, 2)), None);
    let (queue, now) = steady(40);
    assert!(queue.estimate(now, &line(now, 2, 2)).is_some());
}

//
#[test]
fn nothing_is_said_while_no_agent_serves_the_queue() {
    let (queue, now) = steady(40);
    assert_eq!(queue.estimate(now, &line(now, 2, 0)), None);
}

//
#[test]
fn a_steady_line_is_estimated_within_a_fifth() {
    let (queue, now) = steady(200);
    let said = queue.estimate(now, &line(now, 3, 2)).expect("enough data");
    assert!((96..=144).contains(&said.p50_s), "{said:?}");
    assert!(said.p50_s <= said.p80_s, "{said:?}");
}

// fewer agents, a longer wait, before any longer wait was seen.
#[test]
fn queue_length_follows_the_agents_who_come_and_go() {
    let (queue, now) = steady(200);
    let say = |servers| {
        queue
            .predictions(now, &line(now, 3, servers))
            .of(Method::QueueLength)
    };
    let (one, two) = (say(1).expect("known"), say(2).expect("known"));
    assert!(one.abs_diff(2 * two) <= 4, "{one} {two}");
}

// those who give up shorten the way of those behind.
#[test]
fn those_who_give_up_make_the_line_shorter() {
    let (mut queue, now) = steady(200);
    let say = |queue: &Estimator| {
        queue
            .predictions(now, &line(now, 30, 2))
            .of(Method::QueueLength)
    };
    let patient = say(&queue).expect("known");
    for number in 1_000..1_100 {
        queue.entered(now, ContactId(number), &line(now, 3, 2));
        queue.left(now.plus_seconds(30), ContactId(number), Unserved::GaveUp);
    }
    let impatient = say(&queue).expect("known");
    assert!(impatient < patient * 3 / 4, "{impatient} {patient}");
}

// whoever was moved says nothing about patience.
#[test]
fn those_who_are_moved_do_not_make_the_line_shorter() {
    let (mut queue, now) = steady(200);
    let say = |queue: &Estimator| {
        queue
            .predictions(now, &line(now, 30, 2))
            .of(Method::QueueLength)
    };
    let before = say(&queue);
    for number in 1_000..1_100 {
        queue.entered(now, ContactId(number), &line(now, 3, 2));
        queue.left(now, ContactId(number), Unserved::Moved);
    }
    assert_eq!(say(&queue), before);
}

// a whole wait that is already over says nothing about the rest.
#[test]
fn an_overrun_makes_a_method_silent_instead_of_growing() {
    let (queue, now) = steady(200);
    let mut found = line(now, 3, 2);
    found.waits_since = now.plus_micros(-3_600_000_000);
    found.head_waits_since = Some(now.plus_micros(-60_000_000));
    let said = queue.predictions(now, &found);
    assert_eq!(said.of(Method::HeadOfLine), None);
    assert_eq!(said.of(Method::LastEntered), None);
    assert!(said.of(Method::Pace).is_some());
}

//
#[test]
fn the_queue_goes_by_the_method_with_the_lowest_squared_error() {
    let mut scores = Scores::default();
    let mut said = Predictions::default();
    said.set(Method::QueueLength, 300_000);
    said.set(Method::Pace, 110_000);
    for _ in 0..20 {
        scores.add(&said, 100_000);
    }
    assert_eq!(scores.pick(&said), Some(Method::Pace));
    let mut without = Predictions::default();
    without.set(Method::QueueLength, 300_000);
    assert_eq!(scores.pick(&without), Some(Method::QueueLength));
}

//
#[test]
fn a_slightly_better_method_does_not_take_over() {
    let mut scores = Scores::default();
    let said = |queue_length, pace| {
        let mut said = Predictions::default();
        said.set(Method::QueueLength, queue_length);
        said.set(Method::Pace, pace);
        said
    };
    for _ in 0..200 {
        scores.add(&said(110_000, 120_000), 100_000);
    }
    assert_eq!(scores.pick(&said(1, 1)), Some(Method::QueueLength));
    for _ in 0..400 {
        scores.add(&said(110_000, 109_800), 100_000);
    }
    assert_eq!(scores.pick(&said(1, 1)), Some(Method::QueueLength));
    for _ in 0..400 {
        scores.add(&said(110_000, 101_000), 100_000);
    }
    assert_eq!(scores.pick(&said(1, 1)), Some(Method::Pace));
}

// p50 and p80 mean what they say.
#[test]
fn half_and_four_of_five_wait_at_most_what_is_said() {
    let mut calibration = Calibration::default();
    let (mut half, mut most) = (0, 0);
    for number in 0_u32..4_000 {
        // Waits of 10 to 209 s, evenly, in an order without a pattern.
        let actual_ms = 10_000 + number.wrapping_mul(7_919) % 200 * 1_000;
        let (p50, p80) = calibration.quantiles(3, 60_000);
        half += u32::from(actual_ms <= p50);
        most += u32::from(actual_ms <= p80);
        calibration.add(3, 60_000, actual_ms);
    }
    assert!((1_900..=2_100).contains(&half), "{half}");
    assert!((3_100..=3_300).contains(&most), "{most}");
}

//
#[test]
fn the_position_counts_the_contacts_of_the_pool() {
    let mut found = line(at(0), 2, 1);
    assert_eq!(found.position(), 3);
    found.ahead_in_pool = 5;
    assert_eq!(found.position(), 6);
}

//
#[test]
fn what_was_announced_never_grows_unless_that_is_allowed() {
    use Announcement::{AboutMinutes, UnderAMinute};
    let first = announce_wait(190, None, Growth::Never);
    assert_eq!(first, AboutMinutes(3));
    assert_eq!(
        announce_wait(290, Some(first), Growth::Never),
        AboutMinutes(3)
    );
    assert_eq!(
        announce_wait(290, Some(first), Growth::Allowed),
        AboutMinutes(5)
    );
    assert_eq!(announce_wait(20, Some(first), Growth::Never), UnderAMinute);
    assert_eq!(announce_position(4, Some(2), Growth::Never), 2);
    assert_eq!(announce_position(4, Some(2), Growth::Allowed), 4);
}

//
#[test]
fn waits_are_spoken_no_more_exactly_than_they_are_known() {
    use Announcement::{AboutMinutes, OverAnHour, UnderAMinute};
    let spoken = [0, 59, 60, 89, 90, 599, 600, 800, 1_799, 1_800, 3_600, 3_601]
        .map(|seconds| announce_wait(seconds, None, Growth::Never));
    let minutes = AboutMinutes;
    let expected = [
        UnderAMinute,
        UnderAMinute,
        minutes(1),
        minutes(1),
        minutes(2),
        minutes(10),
        minutes(10),
        minutes(15),
        minutes(30),
        minutes(30),
        minutes(60),
        OverAnHour,
    ];
    assert_eq!(spoken, expected);
    assert!(spoken.is_sorted());
}

//
#[test]
fn accuracy_is_error_bias_tail_and_share_within_a_fifth() {
    let pairs = [
        (100_000, 100_000),
        (90_000, 100_000),
        (150_000, 100_000),
        (10_000, 20_000),
    ];
    let figures = Figures::of(pairs.into_iter());
    assert_eq!(figures.n, 4);
    assert_eq!(figures.mae_ms, 17_500);
    assert_eq!(figures.bias_ms, 7_500);
    assert_eq!(figures.p90_ms, 50_000);
    assert_eq!(figures.within_20_percent_permille, 500);
    assert_eq!(figures.within_20_percent_or_15_s_permille, 750);
    assert_eq!(figures.not_longer_permille, 500);
    assert_eq!(Figures::of(std::iter::empty()), Figures::default());
}

//
#[test]
fn a_steady_line_has_good_figures() {
    let (queue, _) = steady(400);
    let p50 = queue.accuracy().p50();
    assert_eq!(usize::try_from(p50.n), Ok(limits::ESTIMATES_MEASURED));
    assert!(p50.within_20_percent_permille >= 950, "{p50:?}");
    assert!(queue.accuracy().of(Method::Pace).mae_ms <= 6_000);
}

#[test]
fn a_queue_that_gets_every_answer_of_two_agents_has_two_effective_servers() {
    let (queue, _) = steady(200);
    let tenths = queue.effective_servers_tenths().expect("known");
    assert!((19..=21).contains(&tenths), "{tenths}");
}

#[test]
fn what_was_learned_survives_a_snapshot() {
    let (queue, now) = steady(60);
    let text = serde_json::to_string(&queue).expect("it is plain data");
    let again: Estimator = serde_json::from_str(&text).expect("it was just written");
    assert_eq!(again, queue);
    assert_eq!(
        again.estimate(now, &line(now, 2, 2)),
        queue.estimate(now, &line(now, 2, 2))
    );
}

#[test]
fn a_flood_is_measured_up_to_the_limit_and_absurd_numbers_do_no_harm() {
    let (mut queue, now) = steady(60);
    for number in 0..10_000 {
        queue.entered(
            now,
            ContactId(1_000_000 + number),
            &line(now, u32::MAX, u32::MAX),
        );
    }
    assert_eq!(queue.waiting.len(), limits::ESTIMATES_OPEN_MAX);
    queue.staffed(Timestamp::MAX, u32::MAX);
    queue.answered(Timestamp::MAX, ContactId(1_000_000), now);
    queue.handled(Timestamp::MAX, u32::MAX);
    let said = queue
        .estimate(Timestamp::MAX, &line(now, u32::MAX, 1))
        .expect("enough data");
    assert!(said.p80_s <= limits::SECONDS_OF_A_DAY);
}
