//! The node `answer`: a flow decides before the call is answered, and may turn it away.

use crate::scene::{SUPPORT, Scene};
use tandem_core::flow::{Case, Flow, Node, Test};
use tandem_core::ids::ContactId;
use tandem_core::input::Input;
use tandem_core::refusal::Refusal;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, text};

fn answer(next: &str) -> Node {
    Node::Answer { next: next.into() }
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

/// Callers of the tier "unwanted" are turned away; everybody else waits.
fn picky() -> Flow {
    let unwanted = Case {
        attribute: "tier".into(),
        test: Test::Equals("unwanted".into()),
        next: "end".into(),
    };
    let choose = Node::Switch {
        cases: vec![unwanted],
        otherwise: "answer".into(),
    };
    let nodes = [
        ("choose", choose),
        ("answer", answer("wait")),
        ("wait", wait()),
        ("end", Node::End),
    ];
    flow("Picky", "choose", &nodes)
}

fn arrives(scene: &mut Scene, tier: &str) -> ContactId {
    let mut arrival = scene.arrival();
    arrival.attributes.insert("tier".into(), tier.into());
    let reply = scene.give(Input::Arrived(arrival));
    let Reply::Arrived(contact) = reply else {
        panic!("not arrived: {reply:?}")
    };
    contact
}

fn picky_line() -> Scene {
    let mut scene = Scene::with_flow(queue("Support"), picky());
    scene.skip();
    scene
}

#[test]
fn flow_decides_before_the_call_is_answered() {
    let mut scene = picky_line();
    let contact = arrives(&mut scene, "gold");
    scene.check("1 arrives\n> answer 1");
    let run = scene.state().contacts.get(contact).unwrap().run.clone();
    assert_eq!(run.expect("it walks").node, "answer");
    scene.comes_up(contact);
    scene.check("1 waits in 1\n> music 1");
}

#[test]
fn call_that_the_flow_does_not_want_is_turned_away_unanswered() {
    let mut scene = picky_line();
    let contact = arrives(&mut scene, "unwanted");
    scene.check("1 arrives\n> reject\n1 ends RejectedSpam");
    assert!(scene.state().contacts.get(contact).is_none());
}

#[test]
fn caller_who_hangs_up_before_the_call_came_up_abandoned_the_flow() {
    let mut scene = picky_line();
    let contact = arrives(&mut scene, "gold");
    scene.skip();
    scene.fact(contact, tandem_core::input::CallFact::LegDown);
    scene.check("1 ends AbandonedFlow");
}

#[test]
fn call_that_is_up_is_not_answered_again() {
    let twice = [
        ("first", answer("hello")),
        (
            "hello",
            Node::Play {
                prompt: text("Hello."),
                next: "second".into(),
                failed: "second".into(),
            },
        ),
        ("second", answer("wait")),
        ("wait", wait()),
        ("end", Node::End),
    ];
    let mut scene = Scene::with_flow(queue("Support"), flow("Twice", "first", &twice));
    scene.skip();
    let contact = scene.call();
    scene.check("1 arrives\n> answer 1\n> play 1");
    scene.hears(contact);
    scene.check("1 waits in 1\n> music 1");
}

#[test]
fn what_needs_an_answered_call_is_refused_before_the_answer() {
    let mut scene = picky_line();
    let mut document = picky();
    let greet = Node::Play {
        prompt: text("Hello."),
        next: "answer".into(),
        failed: "answer".into(),
    };
    document.nodes.insert("greet".into(), greet);
    let Some(Node::Switch { otherwise, .. }) = document.nodes.get_mut("choose") else {
        panic!("it chooses")
    };
    *otherwise = "greet".into();
    let reply = scene.change(1, 2, Document::Flow(document));
    let Reply::Refused(Refusal::Invalid { field, detail }) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(field, "nodes.greet");
    assert_eq!(
        detail,
        "is a \"play\" that is reached before the call is answered; put an \"answer\" node before it"
    );
}
