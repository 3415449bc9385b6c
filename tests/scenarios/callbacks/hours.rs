//! When customers are called: while the queue is open, and at the times of their own day that it allows (R-21.4,
//!

use super::{FIRST, refused, scene_of, supervisor, support, wish, zones};
use crate::scene::{SUPPORT, Scene};
use tandem_core::callback::{AtClosing, CallbackRules, Person, State, Window};
use tandem_core::ids::{QueueId, ScheduleId};
use tandem_core::input::{BookCallback, KeepFor, Request};
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::schedule::{Block, Schedule, Week, Zone};
use tandem_core::settings::Document;
use tandem_simulation::floor_plan::callback_rules;

const OFFICE: ScheduleId = ScheduleId(1);

/// Every day from eight to two, by the clock of Berlin. The scene begins at 13:13 there.
fn office() -> Schedule {
    let day = || {
        let (from, to) = (8 * 60, 14 * 60);
        vec![Block { from, to }]
    };
    Schedule {
        name: "Office".into(),
        time_zone: Zone::named("Europe/Berlin"),
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

fn scene_with(schedule: Schedule, queue: impl Fn(Queue) -> Queue, rules: CallbackRules) -> Scene {
    let mut scene = scene_of(callback_rules());
    scene.saved(Document::Schedule(schedule));
    scene.change(1, 2, Document::Queue(queue(support(rules))));
    scene.skip();
    scene
}

fn closing(at_closing: AtClosing) -> Scene {
    let rules = CallbackRules {
        at_closing,
        ..callback_rules()
    };
    let open = |queue: Queue| Queue {
        hours: Some(OFFICE),
        ..queue
    };
    scene_with(office(), open, rules)
}

fn shown(scene: &Scene, zone: &str) -> String {
    let State::Booked { next_at } = scene.callback(FIRST).expect("it is kept").state else {
        panic!("it is not booked")
    };
    Zone::named(zone).write(next_at).expect("the zone is known")
}

//
#[test]
fn callback_is_carried_to_the_next_opening_and_stands_at_the_head() {
    let mut scene = closing(AtClosing::Carry);
    let contact = scene.customer_calls(1);
    scene.books_on_the_line(contact);
    scene.pass(3_600);
    assert!(scene.told().contains("callback 1 put off Closed"));
    assert_eq!(shown(&scene, "Europe/Berlin"), "2026-03-29T08:00:00+02:00");
    scene.pass(64_800);
    let early = scene.customer_calls(2);
    let ann = scene.ready_agent("ann", 0);
    let attempt = scene.attempt(FIRST);
    assert_ne!(attempt, early);
    let live = scene.state().contacts.get(attempt).unwrap();
    assert_eq!(live.agent(), Some(ann));
    scene.rebuilds();
}

//
#[test]
fn callback_expires_at_closing_where_the_queue_says_so() {
    let mut scene = closing(AtClosing::Expire);
    let contact = scene.customer_calls(1);
    scene.books_on_the_line(contact);
    scene.skip();
    scene.pass(3_600);
    assert!(scene.told().contains("callback 1 over Expired"));
    assert!(scene.state().callbacks.is_empty());
}

#[test]
fn emergency_puts_callbacks_off_and_they_come_again_when_it_is_over() {
    let mut scene = closing(AtClosing::Carry);
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.skip();
    let reason = "fire".to_owned();
    let close = Request::CloseSchedule {
        schedule: OFFICE,
        reason,
    };
    scene.ask(supervisor(), close);
    assert!(
        scene.told().contains("callback 1 put off Closed +900"),
        "{}",
        scene.told()
    );
    scene.ask(supervisor(), Request::ReopenSchedule { schedule: OFFICE });
    scene.pass(900);
    scene.attempt(FIRST);
}

fn local_hours() -> Scene {
    let rules = CallbackRules {
        hours: Some(OFFICE),
        zones: zones(&[("49", "Europe/Berlin"), ("1", "America/New_York")]),
        ..callback_rules()
    };
    let world = |queue: Queue| {
        let mut queue = queue;
        let rules = queue.calling_out.as_mut().expect("it calls out");
        rules.countries = vec!["49".to_owned(), "1".to_owned()];
        queue
    };
    scene_with(office(), world, rules)
}

//
#[test]
fn customer_is_called_at_the_allowed_times_of_the_customers_own_day() {
    let mut scene = local_hours();
    // 13:13 in Berlin is 08:13 in New York, and 05:13 in Los Angeles.
    for (customer, country, zone) in [(1, "1", Some("America/Los_Angeles")), (2, "1", None)] {
        let wish = wish(customer, None, KeepFor::Nobody);
        scene.book(BookCallback {
            person: Person {
                country: country.to_owned(),
                zone: zone.map(Zone::named),
                ..wish.person
            },
            ..wish
        });
    }
    assert_eq!(
        shown(&scene, "America/Los_Angeles"),
        "2026-03-28T08:00:00-07:00"
    );
    let second = scene.state().callbacks.iter().nth(1).unwrap().1;
    assert!(matches!(second.state, State::Due { .. }));
}

//
#[test]
fn attempt_that_waited_until_the_allowed_time_was_over_is_not_put_to_an_agent() {
    let mut scene = local_hours();
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.pass(3_600);
    scene.skip();
    scene.agent("ann", 0);
    let ann = tandem_core::ids::AgentId(1);
    scene.ready(ann);
    let told = scene.told();
    assert!(told.contains("callback 1 put off OutsideHours"), "{told}");
    assert!(!told.contains("offered"), "{told}");
    assert_eq!(shown(&scene, "Europe/Berlin"), "2026-03-29T08:00:00+02:00");
}

#[test]
fn window_is_kept_to() {
    let mut scene = scene_of(callback_rules());
    scene.ready_agent("ann", 0);
    let from = scene.now.plus_seconds(3_600);
    let to = from.plus_seconds(1_800);
    let id = scene.book(wish(1, Some(Window { from, to }), KeepFor::Nobody));
    scene.skip();
    scene.pass(3_599);
    scene.check("");
    scene.pass(1);
    scene.check(
        "callback 1 waits as 1 in 1, since 0 s
        1 offered to ann +20",
    );
    assert_eq!(scene.callback(id).unwrap().promised_by, to);
}

#[test]
fn window_that_is_over_or_too_far_ahead_is_refused_with_its_field() {
    let mut scene = scene_of(callback_rules());
    let now = scene.now;
    let at = |s: i64| now.plus_micros(s * 1_000_000);
    for (from, to) in [(60, 30), (-120, -60), (60, 40 * 86_400)] {
        let window = Window {
            from: at(from),
            to: at(to),
        };
        let wish = wish(1, Some(window), KeepFor::Nobody);
        let refusal = refused(scene.ask(supervisor(), Request::BookCallback(wish)));
        assert!(
            matches!(&refusal, Refusal::Invalid { field, .. } if field == "window.to"),
            "{refusal:?}"
        );
    }
}

#[test]
fn schedule_that_callbacks_keep_to_cannot_be_removed() {
    let mut scene = local_hours();
    let remove = Request::Remove {
        kind: tandem_core::settings::Kind::Schedule,
        id: OFFICE.0,
        expected: 1,
    };
    let refusal = refused(scene.ask(tandem_core::role::Actor::system(), remove));
    assert!(matches!(refusal, Refusal::InUse { .. }), "{refusal:?}");
    assert_eq!(SUPPORT, QueueId(1));
}
