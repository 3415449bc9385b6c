//! A supervisor switches a queue for a while, whatever its schedule says (B4.6).

use super::{
    UNTIL_14, offered_while_another_is_idle, office, queue_that, scene, supervisor,
    told_when_closed,
};
use crate::scene::{SUPPORT, Scene};
use tandem_core::ContactCenter;
use tandem_core::flow::Node;
use tandem_core::ids::{AccountId, QueueId};
use tandem_core::input::{Input, Request, SwitchQueue};
use tandem_core::limits;
use tandem_core::permission::Permission;
use tandem_core::queue::{AtClosing, Queue};
use tandem_core::refusal::{CannotServe, Refusal};
use tandem_core::role::Actor;
use tandem_core::schedule::Hours;
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::{Document, Kind};
use tandem_core::switch::{Outlook, Position};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{callback_rules, queue};

fn wish(scene: &Scene, to: Position, seconds: u32) -> SwitchQueue {
    SwitchQueue {
        queue: SUPPORT,
        to,
        until: scene.now.plus_seconds(seconds),
        reason: "Team meeting".to_owned(),
    }
}

fn switch(scene: &mut Scene, to: Position, seconds: u32) -> Reply {
    let wish = wish(scene, to, seconds);
    scene.ask(supervisor(), Request::SwitchQueue(wish))
}

fn end(scene: &mut Scene, position: Position) -> Reply {
    let queue = SUPPORT;
    scene.ask(supervisor(), Request::EndSwitch { queue, position })
}

fn refused(scene: &mut Scene, wish: SwitchQueue) -> Refusal {
    let reply = scene.ask(supervisor(), Request::SwitchQueue(wish));
    scene.check("");
    let Reply::Refused(refusal) = reply else {
        panic!("not refused: {reply:?}")
    };
    refusal
}

/// Living through it and rebuilding it give the same, and nothing is lost on the way to a file.
fn rebuilds(scene: &Scene) {
    let mut rebuilt = ContactCenter::new();
    for (at, event) in &scene.journal {
        rebuilt.apply(*at, std::slice::from_ref(event));
    }
    assert_eq!(rebuilt, scene.center);
    let written = serde_json::to_string(&scene.center).expect("a state is written");
    let read: ContactCenter = serde_json::from_str(&written).expect("and read");
    assert_eq!(read, scene.center);
}

#[test]
fn queue_that_is_switched_to_closed_takes_nobody_until_its_time_and_opens_by_itself() {
    let mut scene = scene(office(), AtClosing::FinishWaiting, told_when_closed());
    let waits = scene.call();
    scene.skip();
    assert_eq!(switch(&mut scene, Position::Closed, 600), Reply::Done);
    // Who waits is treated as when the schedule closes: here served.
    scene.check("queue 1 is Closed +600");
    scene.call();
    scene.check("2 arrives\n> answer 2\n2 wait closed Closed\n2 leaves 1 by closed\n> play 2");
    rebuilds(&scene);
    let deadline = (
        scene.now.plus_seconds(600),
        "a queue is not switched any longer",
    );
    assert!(
        scene
            .center
            .next_deadline()
            .is_some_and(|it| it <= deadline)
    );
    scene.ready_agent("ann", 5);
    scene.offer_of(waits);
    scene.skip();
    scene.pass(600);
    assert!(
        scene
            .told()
            .contains("queue 1 is not Closed any more, Over: Open")
    );
    scene.skip();
    scene.call();
    assert!(scene.told().contains("3 waits in 1"), "{}", scene.told());
    rebuilds(&scene);
}

#[test]
fn who_waits_leaves_a_queue_that_is_switched_to_closed_where_it_says_so_of_closings() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.call();
    scene.skip();
    switch(&mut scene, Position::Closed, 600);
    scene.check(
        "queue 1 is Closed +600
        > stop media 1
        1 leaves 1 by closed
        > play 1",
    );
}

#[test]
fn queue_without_a_schedule_is_switched_too() {
    let mut scene = Scene::with_flow(queue("Support"), told_when_closed());
    scene.call();
    scene.skip();
    switch(&mut scene, Position::Closed, 600);
    scene.check("queue 1 is Closed +600");
    scene.call();
    scene.check("2 arrives\n> answer 2\n2 wait closed Closed\n2 leaves 1 by closed\n> play 2");
    end(&mut scene, Position::Closed);
    scene.check("queue 1 is not Closed any more, Early(AccountId(7)): Open");
    scene.call();
    scene.check("3 arrives\n> answer 3\n3 waits in 1\n> music 3");
}

#[test]
fn emergency_of_a_queue_sends_on_all_who_wait_whatever_it_says_of_closings() {
    let mut scene = scene(office(), AtClosing::FinishWaiting, told_when_closed());
    scene.call();
    scene.skip();
    switch(&mut scene, Position::Emergency, 600);
    scene.check(
        "queue 1 is Emergency +600
        > stop media 1
        1 leaves 1 by closed
        > play 1",
    );
    assert_eq!(scene.state().hours_of(scene.now, SUPPORT), Hours::Emergency);
}

#[test]
fn emergency_has_an_exit_of_its_own_for_who_waits_and_for_who_comes() {
    let mut flow = told_when_closed();
    let alarm = flow.nodes["sorry"].clone();
    flow.nodes.insert("alarm".into(), alarm);
    let Some(Node::Queue { emergency, .. }) = flow.nodes.get_mut("wait") else {
        panic!("it waits there")
    };
    *emergency = Some("alarm".into());
    let mut scene = scene(office(), AtClosing::FinishWaiting, flow);
    scene.call();
    scene.skip();
    switch(&mut scene, Position::Emergency, 600);
    scene.check(
        "queue 1 is Emergency +600
        > stop media 1
        1 leaves 1 by emergency
        > play 1",
    );
    let late = scene.call();
    scene.check(
        "2 arrives\n> answer 2\n2 wait emergency Emergency\n2 leaves 1 by emergency\n> play 2",
    );
    scene.hears(late);
    scene.check("> hang up 2\n2 ends ClosedHours");
    // That of its schedule leads the same way.
    end(&mut scene, Position::Emergency);
    super::close(&mut scene);
    scene.skip();
    scene.call();
    assert!(scene.told().contains("3 leaves 1 by emergency"));
}

#[test]
fn queue_that_is_switched_to_open_outlasts_its_schedule_and_then_keeps_to_it() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.pass(UNTIL_14 - 60);
    scene.call();
    scene.skip();
    switch(&mut scene, Position::Open, 600);
    scene.check("queue 1 is Open +600");
    scene.pass(60);
    // Its schedule closed, and nobody leaves.
    scene.check("schedule 1 Closed +43200");
    scene.call();
    scene.check("2 arrives\n> answer 2\n2 waits in 1\n> music 2");
    rebuilds(&scene);
    scene.pass(540);
    // The boundary of its hours is now.
    scene.check(
        "queue 1 is not Open any more, Over: Closed
        > stop media 1
        1 leaves 1 by closed
        > play 1
        > stop media 2
        2 leaves 1 by closed
        > play 2",
    );
    rebuilds(&scene);
}

#[test]
fn no_switch_opens_what_an_emergency_of_the_schedule_closed() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    switch(&mut scene, Position::Open, 600);
    super::close(&mut scene);
    scene.skip();
    scene.call();
    scene.check("1 arrives\n> answer 1\n1 wait closed Emergency\n1 leaves 1 by closed\n> play 1");
    end(&mut scene, Position::Open);
    scene.skip();
    let open = wish(&scene, Position::Open, 600);
    assert_eq!(refused(&mut scene, open), Refusal::ClosedByEmergency);
}

#[test]
fn switch_ends_sooner_when_somebody_ends_it_and_only_once() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    switch(&mut scene, Position::Closed, 600);
    scene.skip();
    scene.pass(60);
    assert_eq!(end(&mut scene, Position::Closed), Reply::Done);
    scene.check("queue 1 is not Closed any more, Early(AccountId(7)): Open");
    let again = end(&mut scene, Position::Closed);
    assert_eq!(again, Reply::Refused(Refusal::NotSwitched));
    // Nothing is left of it: its time passes without a word.
    scene.pass(600);
    scene.check("");
    assert_eq!(scene.center.next_deadline(), None);
}

#[test]
fn switch_that_ran_out_while_nothing_ran_ends_at_the_start_and_before_anybody_is_let_in() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    switch(&mut scene, Position::Closed, 60);
    scene.skip();
    // The process was away for longer, and nobody told it that time passed.
    scene.now = scene.now.plus_seconds(200);
    scene.give(Input::ServiceStarted);
    scene.check("queue 1 is not Closed any more, Over: Open");
    scene.call();
    scene.check("1 arrives\n> answer 1\nschedule 1 Open +2600\n1 waits in 1\n> music 1");
}

#[test]
fn clock_that_jumps_neither_loses_nor_repeats_the_end_of_a_switch() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    switch(&mut scene, Position::Closed, 60);
    scene.skip();
    // A call comes after the jump and before anybody looked at the clock: the switch is over.
    scene.now = scene.now.plus_seconds(1_000);
    scene.call();
    scene.check(
        "1 arrives
        > answer 1
        schedule 1 Open +1800
        queue 1 is not Closed any more, Over: Open
        1 waits in 1
        > music 1",
    );
    scene.give(Input::TimeReached);
    scene.check("");
    // One that is over makes room for the next, looked at or not.
    switch(&mut scene, Position::Closed, 60);
    scene.skip();
    scene.now = scene.now.plus_seconds(61);
    assert_eq!(switch(&mut scene, Position::Emergency, 60), Reply::Done);
    scene.check(
        "queue 1 is not Closed any more, Over: Open
        queue 1 is Emergency +60",
    );
}

//
#[test]
fn who_waits_again_at_the_end_of_a_switch_goes_to_the_next_agent_at_once() {
    for position in [Position::Closed, Position::Emergency] {
        let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
        let (contact, bob) = offered_while_another_is_idle(&mut scene);
        switch(&mut scene, position, 60);
        // The offer is over, and so is the switch, when the clock is looked at.
        scene.now = scene.now.plus_seconds(70);
        scene.give(Input::TimeReached);
        assert_eq!(scene.agent_of(contact), Some(bob), "{}", scene.told());
        rebuilds(&scene);
    }
}

#[test]
fn switch_without_reason_end_or_sense_is_refused_with_the_field_and_the_fix() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let sound = wish(&scene, Position::Closed, 600);
    let mut invalid = |wish: SwitchQueue| {
        let refusal = refused(&mut scene, wish);
        let Refusal::Invalid { field, detail } = refusal else {
            panic!("{refusal:?}")
        };
        format!("{field} {detail}")
    };
    let reason = |reason: &str| SwitchQueue {
        reason: reason.to_owned(),
        ..sound.clone()
    };
    let until = |until| SwitchQueue {
        until,
        ..sound.clone()
    };
    let began = sound.until.plus_micros(-600_000_000);
    assert_eq!(
        [
            invalid(reason("  ")),
            invalid(reason(&"x".repeat(201))),
            invalid(until(began)),
            invalid(until(began.plus_seconds(limits::SWITCH_SECONDS_MAX + 1))),
        ],
        [
            "reason say why; everybody who sees the queue reads it",
            "reason is longer than 200 characters",
            "until is over already; choose a later time",
            "until is more than 24 hours ahead; choose an earlier time, or change the queue or its schedule",
        ]
    );
    let nowhere = SwitchQueue {
        queue: QueueId(9),
        ..sound.clone()
    };
    let (what, id) = ("queue", 9);
    assert_eq!(refused(&mut scene, nowhere), Refusal::NotFound { what, id });
    let no_callbacks = SwitchQueue {
        to: Position::NoCallbacks,
        ..sound
    };
    assert_eq!(refused(&mut scene, no_callbacks), Refusal::NoCallbacks);
}

#[test]
fn queue_that_is_always_open_is_not_switched_to_open() {
    let mut scene = Scene::with(queue("Support"));
    scene.skip();
    let open = wish(&scene, Position::Open, 600);
    let Refusal::Invalid { field, .. } = refused(&mut scene, open) else {
        panic!("another refusal")
    };
    assert_eq!(field, "position");
}

#[test]
fn queue_has_one_switch_about_its_hours_at_a_time() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    switch(&mut scene, Position::Closed, 600);
    scene.skip();
    let emergency = wish(&scene, Position::Emergency, 60);
    let position = Position::Closed;
    let refusal = refused(&mut scene, emergency);
    assert_eq!(refusal, Refusal::AlreadySwitched { position });
    assert_eq!(
        refusal.to_string(),
        "position: this queue is switched to closed already; end that first"
    );
}

//
#[test]
fn whoever_may_not_close_hours_or_has_not_the_queue_in_scope_switches_nothing() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let ann = scene.agent("ann", 5);
    let wish = wish(&scene, Position::Closed, 600);
    let reply = scene.by(ann, Request::SwitchQueue(wish.clone()));
    let needs: &[_] = &[Permission::CloseHours];
    assert_eq!(reply, Reply::Refused(Refusal::Forbidden { needs }));
    let of_another = Actor {
        scope: Scope::Parts(Parts {
            queues: [QueueId(5)].into(),
            ..Parts::default()
        }),
        ..supervisor()
    };
    let what = "queue 1".to_owned();
    let beyond = Reply::Refused(Refusal::OutOfScope { what });
    let reply = scene.ask(of_another.clone(), Request::SwitchQueue(wish));
    assert_eq!(reply, beyond);
    switch(&mut scene, Position::Closed, 600);
    let (queue, position) = (SUPPORT, Position::Closed);
    let reply = scene.ask(of_another, Request::EndSwitch { queue, position });
    assert_eq!(reply, beyond);
}

#[test]
fn contact_is_neither_moved_nor_transferred_into_a_queue_that_is_switched_to_closed() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let sales = QueueId(scene.saved(Document::Queue(queue("Sales"))));
    let contact = scene.call();
    let closed = SwitchQueue {
        queue: sales,
        ..wish(&scene, Position::Closed, 600)
    };
    scene.ask(supervisor(), Request::SwitchQueue(closed));
    let to = tandem_core::event::Steering::Queue(sales);
    let why = tandem_core::ids::SubjectRef(4);
    let reply = scene.ask(supervisor(), Request::Steer { contact, to, why });
    let why = CannotServe::Closed;
    assert_eq!(reply, Reply::Refused(Refusal::QueueCannotServe { why }));
}

#[test]
fn outlook_says_what_becomes_of_those_who_wait() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.ready_agent("ann", 5);
    scene.call();
    scene.call();
    scene.call();
    let outlook = |scene: &Scene, to| scene.state().outlook(SUPPORT, to);
    let leave = Outlook {
        n_leave: 2,
        n_offered: 1,
        ..Outlook::default()
    };
    let stay = Outlook {
        n_stay: 2,
        n_offered: 1,
        ..Outlook::default()
    };
    assert_eq!(outlook(&scene, Position::Closed), leave);
    assert_eq!(outlook(&scene, Position::Emergency), leave);
    assert_eq!(outlook(&scene, Position::Open), stay);
    let finish = queue_that(AtClosing::FinishWaiting);
    scene.change(SUPPORT.0, 2, Document::Queue(finish));
    assert_eq!(outlook(&scene, Position::Closed), stay);
    assert_eq!(outlook(&scene, Position::Emergency), leave);
    // It comes true.
    switch(&mut scene, Position::Emergency, 60);
    assert_eq!(scene.state().n_waiting(SUPPORT), 0);
}

#[test]
fn switch_goes_with_its_queue() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    let sales = QueueId(scene.saved(Document::Queue(queue("Sales"))));
    let closed = SwitchQueue {
        queue: sales,
        ..wish(&scene, Position::Closed, 600)
    };
    scene.ask(supervisor(), Request::SwitchQueue(closed));
    assert_eq!(scene.state().switches.iter().count(), 1);
    let request = Request::Remove {
        kind: Kind::Queue,
        id: sales.0,
        expected: 1,
    };
    assert_eq!(scene.ask(Actor::system(), request), Reply::Done);
    assert_eq!(scene.state().switches.iter().count(), 0);
    assert_eq!(scene.center.next_deadline(), None);
}

#[test]
fn who_switched_a_queue_and_what_held_before_is_on_record() {
    let mut scene = scene(office(), AtClosing::Leave, told_when_closed());
    scene.pass(UNTIL_14 + 10);
    switch(&mut scene, Position::Open, 600);
    let standing = scene.state().switches.of(SUPPORT).next().cloned();
    let standing = standing.expect("it is switched");
    assert_eq!((standing.by, standing.since), (AccountId(7), scene.now));
    let before = scene.journal.iter().find_map(|(_, event)| {
        if let tandem_core::event::Event::QueueSwitched(it) = event {
            return Some(it.before.clone());
        }
        None
    });
    assert_eq!(before, Some(Hours::Closed));
}

//
#[test]
fn queue_that_takes_no_new_callbacks_keeps_those_that_it_has() {
    let with_callbacks = Queue {
        calling_out: Some(Box::new(tandem_core::calling_out::CallingOut {
            endpoint: tandem_core::ids::EndpointId(1),
            countries: vec!["49".to_owned()],
            ring_s: 20,
        })),
        callbacks: Some(Box::new(callback_rules())),
        ..queue("Support")
    };
    let mut scene = Scene::with(queue("Support"));
    scene.change(1, 1, Document::Queue(with_callbacks));
    let first = crate::callbacks::wish(1, None, tandem_core::input::KeepFor::Nobody);
    let second = crate::callbacks::wish(2, None, tandem_core::input::KeepFor::Nobody);
    let book = |scene: &mut Scene, wish| scene.ask(supervisor(), Request::BookCallback(wish));
    assert!(matches!(book(&mut scene, first.clone()), Reply::Booked(_)));
    assert_eq!(switch(&mut scene, Position::NoCallbacks, 600), Reply::Done);
    // It is beside a switch about the hours.
    assert_eq!(switch(&mut scene, Position::Closed, 60), Reply::Done);
    let reply = book(&mut scene, second.clone());
    assert_eq!(reply, Reply::Refused(Refusal::NoNewCallbacks));
    assert!(matches!(book(&mut scene, first), Reply::Booked(_)));
    assert_eq!(scene.state().callbacks.n_in(SUPPORT), 1);
    scene.pass(600);
    assert!(matches!(book(&mut scene, second), Reply::Booked(_)));
}
