//! Contacts that would rather have one agent (R-14, decision 0026): waited for as long as that can come true.

use crate::scene::{SUPPORT, Scene};
use std::collections::BTreeMap;
use tandem_core::effect::Effect;
use tandem_core::flow::{Entry, Flow, Node};
use tandem_core::ids::{AgentId, ContactId, CustomerHash, ReasonId};
use tandem_core::input::{Arrival, CallFact, Collected, Input, IntentChoice, Request};
use tandem_core::preferred::{PREFERRED_AGENT, PassedBecause, PreferredRule};
use tandem_core::queue::Queue;
use tandem_core::routing::Exclusion;
use tandem_core::settings::{Document, Reason};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, reason, recording_rule, text};

const RULE: PreferredRule = PreferredRule {
    last_agent_days: Some(30),
    for_s: 45,
    max_not_ready_s: 300,
    max_wait_if_busy_s: 120,
};

fn preferring(rule: PreferredRule) -> Queue {
    Queue {
        preferred: Some(Box::new(rule)),
        ..queue("Support")
    }
}

/// A customer calls, whose agent may be named by the flow.
fn call_of(scene: &mut Scene, customer: u64, agent: Option<&str>) -> ContactId {
    let named = agent.map(|it| (PREFERRED_AGENT.to_owned(), it.to_owned()));
    let arrival = Arrival {
        customer: CustomerHash(customer),
        attributes: named.into_iter().collect::<BTreeMap<_, _>>(),
        ..scene.arrival()
    };
    let Reply::Arrived(contact) = scene.give(Input::Arrived(arrival)) else {
        panic!("the call was not taken");
    };
    scene.comes_up(contact);
    contact
}

/// The customer talks to the agent for so long.
fn talked(scene: &mut Scene, agent: AgentId, name: &str, contact: ContactId, seconds: u32) {
    assert_eq!(scene.accept(agent, contact), Reply::Done);
    scene.joins(contact, name);
    scene.pass(seconds);
    scene.by(agent, Request::HangUp { contact });
    scene.skip();
}

/// Customer 7 talked to ann for a minute, long ago; ben is idle for longer than she is.
fn known_customer(rule: PreferredRule) -> (Scene, AgentId, AgentId) {
    let mut scene = Scene::with(preferring(rule));
    let ann = scene.ready_agent("ann", 5);
    let first = call_of(&mut scene, 7, None);
    talked(&mut scene, ann, "ann", first, 60);
    let ben = scene.ready_agent("ben", 5);
    scene.pass(3_600);
    let other = call_of(&mut scene, 8, None);
    talked(&mut scene, ann, "ann", other, 60);
    scene.pass(10);
    scene.skip();
    (scene, ann, ben)
}

fn passed(scene: &Scene) -> Option<PassedBecause> {
    let mut events = scene.journal.iter().rev();
    events.find_map(|(_, event)| {
        if let tandem_core::event::Event::PreferredPassed(it) = event {
            return Some(it.why);
        }
        None
    })
}

fn waits(scene: &Scene, contact: ContactId) -> bool {
    let contact = scene.state().contacts.get(contact);
    contact.is_some_and(|it| it.preferred.is_some())
}

//
#[test]
fn customer_gets_the_agent_of_last_time_although_another_is_idle_for_longer() {
    let (mut scene, ann, _) = known_customer(RULE);
    call_of(&mut scene, 7, None);
    scene.check(
        "3 arrives
         > answer 3
         3 waits in 1
         3 waits for agent 1 alone
         > music 3
         3 offered to ann +20",
    );
    let decision = scene.last_decision();
    assert_eq!(decision.chosen.map(|it| it.agent), Some(ann));
    assert_eq!(decision.excluded, [(Exclusion::NotPreferred, 1)]);
}

//
#[test]
fn stranger_and_customer_of_long_ago_go_by_the_plan() {
    let (mut scene, _, ben) = known_customer(RULE);
    let stranger = call_of(&mut scene, 9, None);
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ben));
    assert!(!waits(&scene, stranger));
    scene.pass(31 * 86_400);
    scene.skip();
    let known = call_of(&mut scene, 7, None);
    assert!(!waits(&scene, known));
}

// nobody is kept for who is not here.
#[test]
fn agent_who_is_signed_out_is_passed_over_at_once() {
    let (mut scene, ann, ben) = known_customer(RULE);
    scene.by(ann, Request::SignOut);
    scene.skip();
    call_of(&mut scene, 7, None);
    scene.check(
        "3 arrives
         > answer 3
         3 waits in 1
         3 not for agent 1: SignedOut
         > music 3
         3 offered to ben +20",
    );
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ben));
}

// never for longer than the queue lets wait, by the longest time of the reason.
#[test]
fn agent_in_a_break_is_waited_for_only_when_the_reason_is_short() {
    let (mut scene, ann, _) = known_customer(RULE);
    scene.lunch(ann);
    let first = call_of(&mut scene, 7, None);
    assert_eq!(passed(&scene), Some(PassedBecause::NotReady));
    assert!(!waits(&scene, first));
    let coffee = Document::Reason(Reason {
        max_minutes: Some(5),
        ..reason("coffee")
    });
    let reason = ReasonId(scene.saved(coffee));
    let intent = IntentChoice::NotReady { reason };
    scene.by(ann, Request::SetIntent { intent });
    let second = call_of(&mut scene, 7, None);
    assert!(waits(&scene, second));
    // Who turns to a longer reason is not waited for any more.
    scene.lunch(ann);
    assert!(!waits(&scene, second));
}

// the wait for a busy agent is what the queue has learned of its conversations, less what has passed.
#[test]
fn busy_agent_is_waited_for_when_the_queue_has_learned_that_it_will_be_short() {
    let (mut scene, ann, _) = known_customer(RULE);
    let other = call_of(&mut scene, 9, Some("1"));
    scene.accept(ann, other);
    scene.joins(other, "ann");
    scene.pass(30);
    let second = call_of(&mut scene, 7, None);
    assert!(waits(&scene, second), "about half a minute is left");
    scene.skip();
    scene.by(ann, Request::HangUp { contact: other });
    assert!(scene.told().contains(&format!("{second} offered to ann")));
}

//
#[test]
fn busy_agent_is_passed_over_when_it_would_take_too_long_or_nobody_knows() {
    let short = PreferredRule {
        max_wait_if_busy_s: 20,
        ..RULE
    };
    let (mut scene, ann, ben) = known_customer(short);
    let other = call_of(&mut scene, 9, Some("1"));
    scene.accept(ann, other);
    scene.joins(other, "ann");
    let second = call_of(&mut scene, 7, None);
    assert_eq!(passed(&scene), Some(PassedBecause::Busy));
    assert!(!waits(&scene, second));
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ben));
}

//
#[test]
fn time_for_one_agent_alone_ends_and_the_plan_goes_on() {
    let (mut scene, ann, ben) = known_customer(RULE);
    let other = call_of(&mut scene, 9, Some("1"));
    scene.accept(ann, other);
    scene.joins(other, "ann");
    scene.pass(30);
    let second = call_of(&mut scene, 7, None);
    scene.pass(44);
    assert!(waits(&scene, second));
    scene.skip();
    scene.pass(1);
    assert_eq!(passed(&scene), Some(PassedBecause::TimeIsUp));
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ben));
}

// whoever declines is not asked again in the end.
#[test]
fn agent_who_declines_is_waited_for_no_more() {
    let (mut scene, ann, ben) = known_customer(RULE);
    let call = call_of(&mut scene, 7, None);
    scene.decline(ann, call);
    assert_eq!(passed(&scene), Some(PassedBecause::CoolingDown));
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ben));
}

// a flow, or a business system through it, names somebody.
#[test]
fn agent_who_is_named_comes_before_the_one_of_last_time_and_must_be_able() {
    let (mut scene, _, ben) = known_customer(RULE);
    call_of(&mut scene, 7, Some("2"));
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ben));
    call_of(&mut scene, 7, Some("99"));
    assert_eq!(passed(&scene), Some(PassedBecause::Gone));
    let skilled = Queue {
        requirements: vec![tandem_simulation::floor_plan::requirement(
            crate::scene::ES,
            9,
        )],
        ..preferring(RULE)
    };
    scene.change(SUPPORT.0, 1, Document::Queue(skilled));
    call_of(&mut scene, 8, Some("1"));
    assert_eq!(passed(&scene), Some(PassedBecause::LacksSkill));
}

// what is changed of the queue or the agent reaches who waits.
#[test]
fn who_waits_for_an_agent_who_is_disabled_or_unwanted_goes_by_the_plan() {
    let (mut scene, ann, _) = known_customer(RULE);
    let other = call_of(&mut scene, 9, Some("1"));
    scene.accept(ann, other);
    scene.joins(other, "ann");
    scene.pass(30);
    let second = call_of(&mut scene, 7, None);
    assert!(waits(&scene, second));
    scene.change(SUPPORT.0, 1, Document::Queue(queue("Support")));
    assert!(!waits(&scene, second));
}

//
#[test]
fn rule_that_leaves_nobody_else_any_time_is_refused_with_its_field() {
    let mut scene = Scene::with(queue("Support"));
    let forever = PreferredRule { for_s: 600, ..RULE };
    let saved = scene.change(SUPPORT.0, 1, Document::Queue(preferring(forever)));
    let Reply::Refused(refusal) = saved else {
        panic!("taken: {saved:?}");
    };
    assert_eq!(
        refusal.to_string(),
        "preferred.for_s: leaves nobody else any time; write less than max_wait_s"
    );
}

/// Asks for an extension, which is the number of an agent, and queues.
fn switchboard() -> Flow {
    let end = || "end".to_owned();
    let ask = Node::Collect {
        prompt: text("Enter the extension."),
        max_digits: 4,
        timeout_s: 5,
        attribute: PREFERRED_AGENT.to_owned(),
        entry: Entry::USUAL,
        retry: None,
        next: "wait".to_owned(),
        no_input: "wait".to_owned(),
        failed: "wait".to_owned(),
    };
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: end(),
        full: end(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    let nodes = [("ask", ask), ("wait", wait), ("end", Node::End)];
    flow("Switchboard", "ask", &nodes)
}

// B-192, R-14: a colleague in Teams dials the number, and the extension after it.
#[test]
fn caller_who_enters_an_extension_rings_that_agent_and_is_recorded_by_the_rule_of_the_queue() {
    let mut inbound = preferring(RULE);
    inbound.recording = Some(Box::new(recording_rule()));
    let mut scene = Scene::with_flow(inbound, switchboard());
    let ben = scene.ready_agent("ben", 5);
    scene.pass(60);
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    let effect = scene.last_order(|it| matches!(it, Effect::Collect { .. }));
    let result = Collected::Digits(ann.to_string());
    scene.fact(contact, CallFact::Collected { effect, result });
    assert_eq!(scene.agent_of(contact), Some(ann), "not {ben}");
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.roster(contact, true, &["ann"]);
    let started = scene.last_order(|it| matches!(it, Effect::StartRecording { .. }));
    scene.done(started, "rec-1");
}
