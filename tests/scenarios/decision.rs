//! Menus, and nodes in which no time passes: keys, attributes, rounds, how a queue stands.

use crate::scene::{SUPPORT, Scene};
use std::collections::BTreeMap;
use tandem_core::effect::Effect;
use tandem_core::flow::{Case, Choice, Flow, Key, Node, QueueCase, QueueTest, Test};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{CallFact, MediaEnd, Request};
use tandem_core::settings::Document;
use tandem_simulation::floor_plan::{flow, queue, straight_to, text};

/// Asks for 1, waits by it; asks twice more; says good bye.
fn menu() -> Flow {
    let sales = Choice {
        label: "Sales".into(),
        next: "wait".into(),
    };
    let ask = Node::Menu {
        prompt: text("Press 1 for sales."),
        again: Some(text("Sorry, press 1.")),
        choices: BTreeMap::from([(Key::new('1').expect("a key"), sales)]),
        timeout_s: 5,
        retries: 2,
        no_input: "silent".into(),
        invalid: "lost".into(),
        failed: "end".into(),
    };
    flow(
        "Menu",
        "ask",
        &[
            ("ask", ask),
            ("wait", wait()),
            ("silent", message()),
            ("lost", message()),
            ("end", Node::End),
        ],
    )
}

fn wait() -> Node {
    Node::Queue {
        queue: SUPPORT,
        timeout: "end".into(),
        full: "end".into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    }
}

fn message() -> Node {
    Node::Message {
        prompt: text("Good bye."),
    }
}

fn is_media(effect: &Effect) -> bool {
    matches!(effect, Effect::Play { .. } | Effect::Collect { .. })
}

fn playing(scene: &Scene) -> EffectId {
    scene.last_order(is_media)
}

fn asked(scene: &Scene, contact: ContactId) -> String {
    let contact = scene.state().contacts.get(contact);
    let media = contact.and_then(|it| it.media.as_ref());
    format!("{:?}", media.map(|it| &it.prompt))
}

#[test]
fn key_that_leads_somewhere_is_followed() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    scene.skip();
    scene.presses(contact, "1");
    scene.check("1 ask 1 -\n1 waits in 1\n> music 1");
}

#[test]
fn missed_menu_is_asked_again_in_other_words_and_then_takes_the_exit_of_the_last_miss() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    assert!(asked(&scene, contact).contains("Press 1 for sales."));
    scene.skip();
    scene.presses(contact, "");
    assert!(asked(&scene, contact).contains("Sorry"));
    scene.presses(contact, "9");
    scene.presses(contact, "");
    scene.check(
        "1 ask missed -
         > collect 1
         1 ask missed 9
         > collect 1
         1 ask missed -
         1 ask no_input -
         > play 1",
    );
}

#[test]
fn keys_that_lead_nowhere_take_the_invalid_exit_at_last() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    for keys in ["*", "4711", "é"] {
        scene.skip();
        scene.presses(contact, keys);
    }
    scene.check("1 ask missed é\n1 ask invalid -\n> play 1");
}

#[test]
fn message_is_the_last_thing_that_is_said() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    for _ in 0..3 {
        scene.presses(contact, "");
    }
    scene.skip();
    let effect = playing(&scene);
    let end = MediaEnd::Completed;
    scene.fact(contact, CallFact::PromptEnded { effect, end });
    scene.check("> hang up 1\n1 ends Contained");
}

/// Whatever is not heard any more, the contact still ends.
#[test]
fn message_that_cannot_be_said_ends_the_contact_all_the_same() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    for _ in 0..3 {
        scene.presses(contact, "");
    }
    scene.skip();
    let effect = playing(&scene);
    let code = "8535".to_owned();
    let end = MediaEnd::Failed { code };
    scene.fact(contact, CallFact::PromptEnded { effect, end });
    scene.check("> hang up 1\n1 ends ErrorMedia");
}

/// Sets, decides by what was set, goes three rounds, and waits.
#[test]
fn attribute_decides_and_rounds_are_counted() {
    let set = Node::Set {
        attribute: "tier".into(),
        value: "gold".into(),
        next: "by_tier".into(),
    };
    let case = |test, next: &str| Case {
        attribute: "tier".into(),
        test,
        next: next.into(),
    };
    let by_tier = Node::Switch {
        cases: vec![
            case(Test::Equals("silver".into()), "end"),
            case(Test::StartsWith("go".into()), "rounds"),
            case(Test::IsSet, "end"),
        ],
        otherwise: "end".into(),
    };
    let rounds = Node::Loop {
        times: 2,
        again: "set".into(),
        done: "wait".into(),
    };
    let nodes = [
        ("set", set),
        ("by_tier", by_tier),
        ("rounds", rounds),
        ("wait", wait()),
        ("end", Node::End),
    ];
    let mut scene = Scene::with_flow(queue("Support"), flow("Rounds", "set", &nodes));
    scene.call();
    let told = scene.told();
    assert!(
        told.ends_with(
            "1 tier is gold
1 rounds round 1
1 tier is gold
1 rounds round 2
1 tier is gold
1 rounds round over
1 waits in 1
> music 1"
        ),
        "{told}"
    );
    assert_eq!(told.matches("tier is gold").count(), 3);
}

/// Looks at the queue before it waits there.
fn looks_first() -> Flow {
    let case = |when, next: &str| QueueCase {
        when,
        next: next.into(),
    };
    let look = Node::QueueStatus {
        queue: SUPPORT,
        cases: vec![
            case(QueueTest::NoAgentReady, "closed"),
            case(QueueTest::LongestWaitAtLeast(60), "busy"),
            case(QueueTest::WaitingAtLeast(2), "busy"),
        ],
        otherwise: "wait".into(),
    };
    let nodes = [
        ("look", look),
        ("wait", wait()),
        ("closed", Node::End),
        ("busy", message()),
        ("end", Node::End),
    ];
    flow("Looks", "look", &nodes)
}

#[test]
fn queue_in_which_nobody_is_ready_is_told_apart_from_a_busy_one() {
    let mut scene = Scene::with_flow(queue("Support"), looks_first());
    let ann = scene.agent("ann", 3);
    let (_, last) = (scene.call(), scene.told());
    assert!(last.ends_with("1 ends Contained"), "{last}");

    scene.ready(ann);
    let second = scene.call();
    scene.accept(ann, second);
    // Ann is busy, and so somebody is ready; the next two wait, the fourth finds two waiting.
    for _ in 0..2 {
        scene.skip();
        scene.call();
        assert!(scene.told().ends_with("> music 3") || scene.told().ends_with("> music 4"));
    }
    scene.skip();
    scene.call();
    assert!(scene.told().ends_with("> play 5"), "{}", scene.told());
}

/// A look that sends on whoever would wait a minute or longer by the estimate.
fn looks_at_the_estimate() -> Flow {
    let look = Node::QueueStatus {
        queue: SUPPORT,
        cases: vec![QueueCase {
            when: QueueTest::EstimateAtLeast(60),
            next: "busy".into(),
        }],
        otherwise: "wait".into(),
    };
    let nodes = [
        ("look", look),
        ("wait", wait()),
        ("busy", message()),
        ("end", Node::End),
    ];
    flow("Looks", "look", &nodes)
}

// no data, no number, and no case that holds.
#[test]
fn estimate_sends_nobody_on_until_it_is_learned_and_nobody_who_is_served_at_once() {
    let mut scene = Scene::with_flow(queue("Support"), looks_at_the_estimate());
    let ann = scene.ready_agent("ann", 3);
    let mut waiting: Vec<_> = (0..2).map(|_| scene.call()).collect();
    assert!(scene.told().ends_with("> music 2"), "{}", scene.told());
    scene.change(1, 2, Document::Flow(straight_to(SUPPORT)));
    for _ in 0..20 {
        let first = waiting.remove(0);
        scene.accept(ann, first);
        scene.joins(first, "ann");
        scene.roster(first, true, &["ann"]);
        waiting.push(scene.call());
        scene.pass(120);
        scene.by(ann, Request::HangUp { contact: first });
    }
    scene.change(1, 3, Document::Flow(looks_at_the_estimate()));
    scene.skip();
    let late = scene.call();
    let played = format!("> play {late}");
    assert!(scene.told().ends_with(&played), "{}", scene.told());
    // Nobody waits any more, and ann is free: the estimate says nothing of a wait.
    for contact in waiting {
        scene.fact(contact, CallFact::LegDown);
    }
    scene.skip();
    let next = scene.call();
    let waits = format!("{next} waits in 1");
    assert!(scene.told().contains(&waits), "{}", scene.told());
}

#[test]
fn longest_wait_is_that_of_whoever_waits_longest() {
    let mut scene = Scene::with_flow(queue("Support"), looks_first());
    let ann = scene.agent("ann", 3);
    scene.ready(ann);
    let first = scene.call();
    scene.accept(ann, first);
    scene.call();
    scene.pass(59);
    scene.skip();
    scene.call();
    assert!(scene.told().ends_with("> music 3"), "{}", scene.told());
    let mut scene = Scene::with_flow(queue("Support"), looks_first());
    let ann = scene.agent("ann", 3);
    scene.ready(ann);
    let first = scene.call();
    scene.accept(ann, first);
    scene.call();
    scene.pass(60);
    scene.skip();
    scene.call();
    assert!(scene.told().ends_with("> play 3"), "{}", scene.told());
}
