//! What was promised of a callback is judged once: its first attempt begins when the customer's phone is called (B15.2).

use super::{FIRST, refused, scene_of, supervisor, wish};
use crate::scene::Scene;
use tandem_core::callback::CallbackRules;
use tandem_core::event::{Event, Promise, PromiseJudged};
use tandem_core::ids::ContactId;
use tandem_core::input::{CallFact, KeepFor, NotJoined, Request};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::callback_rules;

/// Promised within ten minutes, and given up after a quarter of an hour.
fn scene() -> Scene {
    scene_of(CallbackRules {
        promise_s: 600,
        expires_after_s: 900,
        ..callback_rules()
    })
}

fn judged(scene: &Scene) -> Vec<PromiseJudged> {
    let facts = scene.journal.iter();
    let judged = facts.filter_map(|(_, event)| {
        if let Event::PromiseJudged(it) = event {
            return Some(*it);
        }
        None
    });
    judged.collect()
}

fn nobody_answers(scene: &mut Scene, contact: ContactId) {
    let effect = scene.last_order(|it| matches!(it, tandem_core::effect::Effect::AddNumber { .. }));
    let why = NotJoined::NoAnswer;
    scene.fact(contact, CallFact::AgentNotJoined { effect, why });
}

//
#[test]
fn first_attempt_in_time_keeps_the_promise_whatever_comes_of_it_and_later_ones_say_nothing() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.pass(60);
    let ann = scene.ready_agent("ann", 5);
    assert_eq!(judged(&scene), []);
    let contact = scene.dials(ann, "ann", FIRST);
    let kept = PromiseJudged {
        callback: FIRST,
        queue: crate::scene::SUPPORT,
        contact: Some(contact),
        promise: Promise::Kept,
    };
    assert_eq!(judged(&scene), [kept]);
    nobody_answers(&mut scene, contact);
    scene.pass(800);
    assert_eq!(judged(&scene), [kept]);
    scene.rebuilds();
}

//
#[test]
fn first_attempt_after_the_time_breaks_the_promise() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.pass(601);
    let ann = scene.ready_agent("ann", 5);
    scene.dials(ann, "ann", FIRST);
    let promises: Vec<_> = judged(&scene).iter().map(|it| it.promise).collect();
    assert_eq!(promises, [Promise::Broken]);
}

//
#[test]
fn callback_that_expires_without_any_attempt_breaks_the_promise() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.pass(899);
    assert_eq!(judged(&scene), []);
    scene.pass(1);
    let [it] = judged(&scene)[..] else {
        panic!("{:?}", judged(&scene))
    };
    assert_eq!(it.promise, Promise::Broken);
    assert!(scene.told().contains("ends CallbackExpired"));
}

#[test]
fn callback_that_is_called_off_in_time_was_promised_in_vain_and_nothing_is_broken() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    let callback = FIRST;
    let off = Request::CancelCallback { callback };
    assert_eq!(scene.ask(supervisor(), off.clone()), Reply::Done);
    assert_eq!(judged(&scene), []);
    refused(scene.ask(supervisor(), off));
}
