//! Opening hours: at a node of a flow, at the entry of a queue, and for those who wait (B4.6).
//! It is Saturday 2026-03-28, 13:13:20 in Berlin; the clock is set forward in the night.

mod switches;

use crate::scene::{SUPPORT, Scene, up};
use tandem_core::ContactCenter;
use tandem_core::event::{Event, HoursSeen};
use tandem_core::flow::{Flow, Node};
use tandem_core::ids::{AccountId, AgentId, ContactId, ScheduleId};
use tandem_core::input::{CallFact, Input, Request};
use tandem_core::permission::Permission;
use tandem_core::queue::{AtClosing, Queue};
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::schedule::{Block, Date, Exception, Repeats, Schedule, Week, Zone};
use tandem_core::scope::Scope;
use tandem_core::settings::{Document, Kind};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, straight_to, text};

const OFFICE: ScheduleId = ScheduleId(1);
/// From the beginning of a scenario to 14:00, s.
const UNTIL_14: u32 = 2_800;

/// Open every day until 14:00, and on Sunday from 02:30, which the clock does not show.
fn office() -> Schedule {
    let day = || {
        vec![Block {
            from: 8 * 60,
            to: 14 * 60,
        }]
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
            sunday: vec![Block { from: 150, to: 600 }],
        }),
        exceptions: Vec::new(),
        closed_now: None,
    }
}

fn queue_that(at_closing: AtClosing) -> Queue {
    Queue {
        hours: Some(OFFICE),
        at_closing,
        max_wait_s: 14_400,
        ..queue("Support")
    }
}

/// Straight into the queue; who finds it closed is told.
fn told_when_closed() -> Flow {
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "end".into(),
        full: "end".into(),
        failed: None,
        closed: Some("sorry".into()),
        emergency: None,
        keep_age: false,
        key: None,
    };
    let sorry = Node::Play {
        prompt: text("We are closed."),
        next: "end".into(),
        failed: "end".into(),
    };
    let nodes = [("wait", wait), ("sorry", sorry), ("end", Node::End)];
    flow("Told", "wait", &nodes)
}

/// Asks the schedule first.
fn by_hours(holiday: Option<&str>, emergency: Option<&str>) -> Flow {
    let hours = Node::Hours {
        schedule: OFFICE,
        open: "wait".into(),
        closed: "closed".into(),
        holiday: holiday.map(str::to_owned),
        emergency: emergency.map(str::to_owned),
    };
    let mut flow = told_when_closed();
    let sorry = flow.nodes["sorry"].clone();
    flow.start = "hours".into();
    flow.nodes.insert("hours".into(), hours);
    for name in ["closed", "holiday", "emergency"] {
        flow.nodes.insert(name.into(), sorry.clone());
    }
    flow
}

fn scene(schedule: Schedule, at_closing: AtClosing, flow: Flow) -> Scene {
    let mut scene = Scene::with(queue("Support"));
    assert_eq!(scene.saved(Document::Schedule(schedule)), OFFICE.0);
    scene.change(SUPPORT.0, 1, Document::Queue(queue_that(at_closing)));
    let reply = scene.change(1, 1, Document::Flow(flow));
    assert_eq!(reply, Reply::Saved { id: 1, version: 2 });
    scene.skip();
    scene
}

/// A contact that is being offered to ann, and bob, who came after it.
fn offered_while_another_is_idle(scene: &mut Scene) -> (ContactId, AgentId) {
    scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.offer_of(contact);
    (contact, scene.ready_agent("bob", 5))
}

fn supervisor() -> Actor {
    Actor {
        account: AccountId(7),
        roles: vec![Role::Supervisor],
        agent: None,
        scope: Scope::Everything,
    }
}

fn close(scene: &mut Scene) -> Reply {
    let request = Request::CloseSchedule {
        schedule: OFFICE,
        reason: "Fire alarm".into(),
    };
    scene.ask(supervisor(), request)
}

fn reopen(scene: &mut Scene) -> Reply {
    scene.ask(supervisor(), Request::ReopenSchedule { schedule: OFFICE })
}

#[test]
fn open_hours_lead_on_and_closed_hours_end_the_contact_as_such() {
    let mut scene = scene(office(), AtClosing::FinishWaiting, by_hours(None, None));
    scene.call();
    scene.check("1 arrives\n> answer 1\n1 hours open Open\n1 waits in 1\n> music 1");
    scene.pass(UNTIL_14);
    scene.skip();
    let late = scene.call();
    scene.check("2 arrives\n> answer 2\n2 hours closed Closed\n> play 2");
    scene.hears(late);
    scene.check("> hang up 2\n2 ends ClosedHours");
}

//
#[test]
fn who_waits_again_at_the_opening_goes_to_the_next_agent_at_once() {
    let mut pause = office();
    let after = Block {
        from: 14 * 60 + 1,
        to: 15 * 60,
    };
    pause.weekly.saturday.push(after);
    let mut scene = scene(pause, AtClosing::Leave, told_when_closed());
    scene.pass(UNTIL_14 - 10);
    let (contact, bob) = offered_while_another_is_idle(&mut scene);
    scene.pass(5);
    // The offer is over, and so is the pause, when the clock is looked at.
    scene.now = scene.now.plus_seconds(70);
    scene.give(Input::TimeReached);
    assert_eq!(scene.agent_of(contact), Some(bob), "{}", scene.told());
}

#[test]
fn holiday_and_emergency_have_exits_of_their_own_and_fall_back_to_closed() {
    let today = Date::constant(2026, 3, 28);
    let holiday = Exception {
        name: "Feast".into(),
        first: today,
        last: today,
        repeats: Repeats::Once,
        open: Vec::new(),
    };
    let schedule = Schedule {
        exceptions: vec![holiday],
        ..office()
    };
    for (exits, holiday, emergency) in [
        (Some(()), "holiday", "emergency"),
        (None, "closed", "closed"),
    ] {
        let flow = by_hours(exits.map(|()| "holiday"), exits.map(|()| "emergency"));
        let mut scene = scene(schedule.clone(), AtClosing::FinishWaiting, flow);
        scene.call();
        scene.check(&format!(
            "1 arrives\n> answer 1\n1 hours {holiday} Holiday {{ name: \"Feast\" }}\n> play 1"
        ));
        close(&mut scene);
        scene.call();
        scene.check(&format!(
            "2 arrives\n> answer 2\n2 hours {emergency} Emergency\n> play 2"
        ));
    }
}

#[test]
fn closed_queue_takes_nobody() {
    let mut scene = scene(office(), AtClosing::FinishWaiting, told_when_closed());
    scene.pass(UNTIL_14);
    let contact = scene.call();
    scene.check(
        "1 arrives
        > answer 1
        1 wait closed Closed
        1 leaves 1 by closed
        > play 1",
    );
    scene.hears(contact);
    scene.check("> hang up 1\n1 ends ClosedHours");
}

#[test]
fn closed_queue_without_the_exit_sends_on_by_timeout() {
    let mut scene = scene(office(), AtClosing::Leave, straight_to(SUPPORT));
    scene.pass(UNTIL_14);
    scene.call();
    scene.check(
        "1 arrives
        > answer 1
        1 wait closed Closed
        1 leaves 1 by closed
        > hang up 1
        1 ends ClosedHours",
    );
}

#[test]
fn who_waits_at_closing_is_served_by_default() {
    let mut scene = scene(office(), AtClosing::default(), told_when_closed());
    let contact = scene.call();
    scene.skip();
    scene.pass(UNTIL_14 + 60);
    scene.check("");
    scene.ready_agent("ann", 5);
    assert_eq!(scene.state().n_waiting(SUPPORT), 0);
    scene.offer_of(contact);
}

#[test]
fn who_waits_leaves_at_closing_where_the_queue_says_so() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.call();
    scene.call();
    scene.check(
        "1 arrives
        > answer 1
        schedule 1 Open +2800
        1 waits in 1
        > music 1
        2 arrives
        > answer 2
        2 waits in 1
        > music 2",
    );
    scene.pass(UNTIL_14 - 1);
    scene.check("");
    scene.pass(1);
    // Sunday's block begins at 02:30, which is skipped: at 03:00 of summer time, after 12 hours.
    scene.check(
        "schedule 1 Closed +43200
        > stop media 1
        1 leaves 1 by closed
        > play 1
        > stop media 2
        2 leaves 1 by closed
        > play 2",
    );
}

#[test]
fn nobody_is_woken_for_a_schedule_that_nobody_waits_under() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let contact = scene.call();
    scene.fact(contact, CallFact::LegDown);
    assert_eq!(scene.center.next_deadline(), None);
}

#[test]
fn contact_that_is_being_offered_at_closing_is_still_served_or_leaves_after_the_offer() {
    for is_accepted in [Some(()), None] {
        let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
        scene.pass(UNTIL_14 - 10);
        let ann = scene.ready_agent("ann", 5);
        let contact = scene.call();
        scene.skip();
        scene.pass(12);
        scene.check("schedule 1 Closed +43200");
        if is_accepted.is_some() {
            scene.accept(ann, contact);
            scene.joins(contact, "ann");
            scene.check(
                "1 accepted by ann
                > ring ann for 1 60 s
                > stop media 1
                1 talks to ann",
            );
            continue;
        }
        scene.decline(ann, contact);
        scene.check(
            "1 offer to ann ended Declined
            > stop media 1
            1 leaves 1 by closed
            > play 1",
        );
    }
}

#[test]
fn emergency_closure_sends_on_who_waits_at_once_and_reopening_ends_it() {
    let mut scene = scene(office(), AtClosing::FinishWaiting, told_when_closed());
    scene.call();
    scene.skip();
    assert_eq!(close(&mut scene), Reply::Saved { id: 1, version: 2 });
    scene.check(
        "> stop media 1
        1 leaves 1 by closed
        > play 1",
    );
    scene.call();
    scene.check("2 arrives\n> answer 2\n2 wait closed Emergency\n2 leaves 1 by closed\n> play 2");
    assert_eq!(reopen(&mut scene), Reply::Saved { id: 1, version: 3 });
    // Once more changes nothing.
    assert_eq!(reopen(&mut scene), Reply::Saved { id: 1, version: 3 });
    scene.call();
    scene.check("3 arrives\n> answer 3\n3 waits in 1\n> music 3");
}

#[test]
fn emergency_sends_on_more_than_one_turn_may_and_forgets_nobody() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let queue = Queue {
        max_waiting: 1_000,
        ..queue_that(AtClosing::Leave)
    };
    scene.change(SUPPORT.0, 2, Document::Queue(queue));
    let ann = scene.agent("ann", 5);
    for _ in 0..600 {
        scene.call();
    }
    close(&mut scene);
    assert_eq!(scene.state().n_waiting(SUPPORT), 600 - 256);
    // Nobody who has to leave is offered to an agent who comes free meanwhile.
    scene.ready(ann);
    assert_eq!(scene.state().n_waiting(SUPPORT), 600 - 2 * 256);
    let offered = scene
        .state()
        .contacts
        .iter()
        .filter(|(_, it)| it.agent().is_some());
    assert_eq!(offered.count(), 0);
    let (at, why) = scene.center.next_deadline().unwrap();
    assert_eq!((at, why), (scene.now, "a contact waits in a closed queue"));
    scene.give(Input::TimeReached);
    assert_eq!(scene.state().n_waiting(SUPPORT), 0);
}

#[test]
fn changed_hours_hold_at_once_for_those_who_wait() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.call();
    scene.skip();
    let mut earlier = office();
    earlier.weekly.saturday[0].to = 13 * 60;
    scene.change(OFFICE.0, 1, Document::Schedule(earlier));
    scene.check(
        "schedule 1 Closed +46000
        > stop media 1
        1 leaves 1 by closed
        > play 1",
    );
}

#[test]
fn contact_of_an_unconfirmed_call_leaves_when_the_call_is_found_up() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let contact = scene.call();
    scene.pass(UNTIL_14 - 5);
    scene.give(Input::ServiceStarted);
    scene.skip();
    scene.pass(5);
    scene.check("schedule 1 Closed +43200");
    scene.observed(contact, up(&[], None));
    scene.check(
        "> stop media 1
        1 leaves 1 by closed
        > play 1",
    );
}

#[test]
fn journal_with_hours_rebuilds_the_state_without_asking_the_schedule() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.call();
    scene.pass(60);
    let mut rebuilt = ContactCenter::new();
    for (at, event) in &scene.journal {
        rebuilt.apply(*at, std::slice::from_ref(event));
    }
    assert_eq!(rebuilt, scene.center);
    let written = serde_json::to_string(&scene.center).unwrap();
    let read: ContactCenter = serde_json::from_str(&written).unwrap();
    assert_eq!(read, scene.center);
    // What is recorded holds: a boundary that the schedule does not have is kept to.
    let seen = scene.journal.iter().rev().find_map(|(_, event)| {
        let Event::HoursSeen(seen) = event else {
            return None;
        };
        Some(Event::HoursSeen(HoursSeen {
            schedule: OFFICE,
            version: 1,
            hours: seen.hours.clone(),
            until: Some(scene.now.plus_seconds(1)),
        }))
    });
    rebuilt.apply(scene.now, &Vec::from_iter(seen));
    let next = rebuilt.next_deadline();
    assert_eq!(
        next,
        Some((scene.now.plus_seconds(1), "opening hours change"))
    );
}

#[test]
fn schedule_in_use_cannot_be_removed() {
    let mut scene = scene(office(), AtClosing::Leave, by_hours(None, None));
    let remove = |scene: &mut Scene| {
        let request = Request::Remove {
            kind: Kind::Schedule,
            id: OFFICE.0,
            expected: 1,
        };
        let reply = scene.ask(Actor::system(), request);
        if let Reply::Refused(Refusal::InUse { used_by, .. }) = reply {
            return used_by;
        }
        format!("{reply:?}")
    };
    scene.call();
    assert_eq!(remove(&mut scene), "the queue \"Support\"");
    scene.change(SUPPORT.0, 2, Document::Queue(queue("Support")));
    assert_eq!(remove(&mut scene), "the flow \"Told\"");
    scene.change(1, 2, Document::Flow(straight_to(SUPPORT)));
    // A contact keeps the version that it entered.
    assert_eq!(remove(&mut scene), "a contact");
    scene.fact(ContactId(1), CallFact::LegDown);
    assert_eq!(remove(&mut scene), "Done");
}

#[test]
fn queue_or_flow_of_an_unknown_schedule_is_refused() {
    let mut scene = Scene::with(queue("Support"));
    let refusals = [
        scene.change(1, 1, Document::Queue(queue_that(AtClosing::Leave))),
        scene.change(1, 1, Document::Flow(by_hours(None, None))),
    ];
    for (reply, place) in refusals.into_iter().zip(["hours_id", "nodes"]) {
        let Reply::Refused(Refusal::Invalid { field, detail }) = reply else {
            panic!("{reply:?}")
        };
        assert_eq!(
            (field.as_str(), detail.as_str()),
            (place, "there is no schedule 1")
        );
    }
}

#[test]
fn closing_needs_a_supervisor_and_a_reason() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let ann = scene.agent("ann", 5);
    let request = |reason: &str| Request::CloseSchedule {
        schedule: OFFICE,
        reason: reason.into(),
    };
    let reply = scene.by(ann, request("Lunch"));
    let needs: &[_] = &[Permission::CloseHours];
    assert_eq!(reply, Reply::Refused(Refusal::Forbidden { needs }));
    let Reply::Refused(Refusal::Invalid { field, .. }) = scene.ask(supervisor(), request(" "))
    else {
        panic!("accepted")
    };
    assert_eq!(field, "closed_now.reason");
}
