//! The story of a contact (B-001): what the events of a call amount to on lanes and in figures, to the second.

use crate::scene::{SUPPORT, Scene};
use std::collections::BTreeMap;
use tandem_core::flow::{Choice, Flow, Key, Node};
use tandem_core::ids::{AgentId, ContactId, FlowId};
use tandem_core::input::{CallFact, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::settings::{Disposition, Document};
use tandem_core::talk::Target;
use tandem_reports::story::{Doing, Lane, Stories, Story, What, key};
use tandem_simulation::floor_plan::{flow, queue, text};

fn key_of(character: char) -> Key {
    Key::new(character).expect("a key")
}

fn menu(key: char, next: &str) -> Node {
    let choice = Choice {
        label: "Further".into(),
        next: next.into(),
    };
    Node::Menu {
        prompt: text("Choose."),
        again: None,
        choices: BTreeMap::from([(key_of(key), choice)]),
        timeout_s: 60,
        retries: 2,
        no_input: "end".into(),
        invalid: "end".into(),
        failed: "end".into(),
    }
}

/// 1, then 3, then the queue.
fn two_menus() -> Flow {
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "end".into(),
        full: "end".into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    let nodes = [
        ("first", menu('1', "second")),
        ("second", menu('3', "wait")),
        ("wait", wait),
        ("end", Node::End),
    ];
    flow("Two menus", "first", &nodes)
}

fn story(scene: &Scene, contact: ContactId) -> Story {
    let mut stories = Stories::default();
    for (now, event) in &scene.journal {
        stories.apply(*now, event);
    }
    stories.story(contact).expect("a story").clone()
}

/// The spans of a lane: what, and for how many seconds.
fn spans(story: &Story, lane: Lane) -> Vec<(Doing, i64)> {
    let lanes = story.lanes();
    let found = lanes.iter().find(|(it, _)| *it == lane);
    let spans = found.iter().flat_map(|(_, strip)| &strip.spans);
    spans
        .map(|span| {
            let until = span.until.expect("it is over");
            (span.doing, until.micros_since(span.from) / 1_000_000)
        })
        .collect()
}

const fn seconds(us: i64) -> i64 {
    us / 1_000_000
}

/// ann has the customer after 2 s in the flow and 7 s of waiting; ben is ready.
fn conversation() -> (Scene, AgentId, AgentId, ContactId) {
    let wrap_up = WrapUpRule {
        mode: WrapUpMode::Required,
        seconds: 0,
    };
    let support = Queue {
        wrap_up,
        ..queue("Support")
    };
    let mut scene = Scene::with_flow(support, two_menus());
    scene.saved(Document::Disposition(Disposition {
        label: "solved".into(),
        queues: vec![],
    }));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.pass(2);
    scene.presses(contact, "1");
    scene.presses(contact, "3");
    scene.pass(4);
    scene.accept(ann, contact);
    scene.pass(3);
    scene.joins(contact, "ann");
    scene.roster(contact, true, &["ann"]);
    let ben = scene.ready_agent("ben", 5);
    (scene, ann, ben, contact)
}

fn wraps_up(scene: &mut Scene, agent: AgentId, contact: ContactId) {
    let request = Request::CompleteWrapUp {
        contact,
        disposition: Some(tandem_core::ids::DispositionId(1)),
        note: None,
        then: None,
    };
    scene.by(agent, request);
}

// B-001
#[test]
fn story_shows_the_path_through_the_menus_both_agents_and_both_durations_to_the_second() {
    let (mut scene, ann, ben, contact) = conversation();
    scene.pass(40);
    let to = Target::Agent(ben);
    scene.by(ann, Request::Transfer { contact, to });
    scene.pass(5);
    scene.joins(contact, "ben");
    scene.roster(contact, true, &["ben"]);
    scene.pass(11);
    wraps_up(&mut scene, ann, contact);
    scene.pass(54);
    scene.fact(contact, CallFact::LegDown);
    scene.pass(9);
    wraps_up(&mut scene, ben, contact);
    let story = story(&scene, contact);
    assert_eq!(story.figures.menu, [key_of('1'), key_of('3')]);
    let talk = |agent| story.figures.talk_us_by_agent.get(&agent).copied();
    assert_eq!(talk(ann).map(seconds), Some(40));
    assert_eq!(talk(ben).map(seconds), Some(65));
    assert_eq!(story.agents, [ann, ben]);
    let figures = &story.figures;
    assert_eq!(seconds(figures.wait_us), 7);
    assert_eq!(seconds(figures.talk_us), 105);
    assert_eq!(seconds(figures.hold_us), 5);
    assert_eq!(seconds(figures.wrap_up_us), 11 + 9);
    assert_eq!((figures.transfers, figures.consult_us), (1, 0));
    assert_eq!(
        spans(&story, Lane::Customer),
        [
            (Doing::InFlow, 2),
            (Doing::Waiting, 7),
            (Doing::Talking, 40),
            (Doing::OnHold, 5),
            (Doing::Talking, 65),
        ]
    );
    assert_eq!(
        spans(&story, Lane::Agent(ann)),
        [
            (Doing::Offered, 4),
            (Doing::Ringing, 3),
            (Doing::Talking, 40),
            (Doing::Holding, 5),
            (Doing::WrapUp, 11),
        ]
    );
    assert_eq!(
        spans(&story, Lane::Agent(ben)),
        [
            (Doing::Ringing, 5),
            (Doing::Talking, 65),
            (Doing::WrapUp, 9),
        ]
    );
    assert_eq!(spans(&story, Lane::Queue(SUPPORT)), [(Doing::Waiting, 7)]);
    let lanes = story.lanes();
    let flow = lanes
        .iter()
        .find(|(lane, _)| *lane == Lane::Flow(FlowId(1)));
    let marks = flow.map(|(_, strip)| strip.marks.as_slice());
    let marks = marks.unwrap_or_default().iter();
    let chosen = marks.filter_map(|mark| {
        let What::ExitTaken { exit, .. } = &mark.what else {
            return None;
        };
        key(exit)
    });
    assert_eq!(chosen.collect::<Vec<_>>(), [key_of('1'), key_of('3')]);
    assert_eq!(story.until(), Some(scene.now));
}

#[test]
fn consultation_is_neither_hold_nor_talk_and_a_conference_is_talk_of_both() {
    let (mut scene, ann, ben, contact) = conversation();
    scene.pass(10);
    let with = Target::Agent(ben);
    scene.by(ann, Request::Consult { contact, with });
    scene.pass(3);
    scene.joins(contact, "ben");
    scene.roster(contact, true, &["ann", "ben"]);
    scene.pass(20);
    scene.by(ann, Request::Merge { contact });
    scene.pass(30);
    scene.fact(contact, CallFact::LegDown);
    let story = story(&scene, contact);
    assert_eq!(
        spans(&story, Lane::Agent(ben)),
        [
            (Doing::Ringing, 3),
            (Doing::Consulted, 20),
            (Doing::Talking, 30),
        ]
    );
    let figures = &story.figures;
    assert_eq!(
        seconds(figures.talk_us),
        40,
        "time in which two talk counts once"
    );
    assert_eq!(seconds(figures.hold_us), 3);
    assert_eq!(seconds(figures.consult_us), 20);
    let talk = |agent| figures.talk_us_by_agent.get(&agent).copied().map(seconds);
    assert_eq!((talk(ann), talk(ben)), (Some(40), Some(30)));
    assert_eq!(
        story.agents,
        [ann, ben],
        "who talked to the customer may look at it"
    );
    assert_eq!(story.until(), None, "ann owes wrap-up");
}

#[test]
fn offer_that_comes_to_nothing_does_not_interrupt_the_wait() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.pass(4);
    scene.decline(ann, contact);
    scene.pass(6);
    scene.fact(contact, CallFact::LegDown);
    let story = story(&scene, contact);
    assert_eq!(spans(&story, Lane::Queue(SUPPORT)), [(Doing::Waiting, 10)]);
    assert_eq!(spans(&story, Lane::Agent(ann)), [(Doing::Offered, 4)]);
    assert_eq!(seconds(story.figures.wait_us), 10);
    assert!(story.agents.is_empty(), "ann never talked to the customer");
    assert_eq!(story.until(), Some(scene.now));
}
