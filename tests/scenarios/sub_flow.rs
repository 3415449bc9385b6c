//! Sub-flows: a flow goes through another and on where that one ends.

use crate::scene::{SUPPORT, Scene};
use tandem_core::ContactCenter;
use tandem_core::contact::Run;
use tandem_core::flow::{Digits, Entry, Flow, Key, Node};
use tandem_core::ids::{ContactId, FlowId, QueueId};
use tandem_core::input::{CallFact, Request};
use tandem_core::limits::{FLOW_ATTRIBUTES_MAX, SUB_FLOWS_DEEP_MAX};
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::{Document, Kind};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, straight_to, text};

/// The flow of the endpoint.
const MAIN: FlowId = FlowId(1);
/// The next one that is saved.
const INNER: FlowId = FlowId(2);

fn sub_flow(flow: FlowId, next: &str) -> Node {
    Node::SubFlow {
        flow,
        next: next.into(),
        failed: None,
    }
}

fn play(words: &str, next: &str) -> Node {
    Node::Play {
        prompt: text(words),
        next: next.into(),
        failed: next.into(),
    }
}

fn ask(words: &str, attribute: &str, entry: Entry) -> Node {
    Node::Collect {
        prompt: text(words),
        max_digits: 4,
        timeout_s: 5,
        attribute: attribute.into(),
        entry,
        retry: None,
        next: "end".into(),
        no_input: "end".into(),
        failed: "end".into(),
    }
}

fn set(attribute: &str, next: &str) -> Node {
    Node::Set {
        attribute: attribute.into(),
        value: "x".into(),
        next: next.into(),
    }
}

fn message(words: &str) -> Node {
    Node::Message {
        prompt: text(words),
    }
}

/// Asks for the account.
fn identify(words: &str) -> Flow {
    let ask = ask(words, "account", Entry::USUAL);
    flow("Identify", "ask", &[("ask", ask), ("end", Node::End)])
}

/// Goes through [`INNER`], and says good bye.
fn around(last: &str) -> Flow {
    let nodes = [("inner", sub_flow(INNER, "bye")), ("bye", message(last))];
    flow("Main", "inner", &nodes)
}

/// The endpoint's flow goes through another one.
fn nested(inner: Flow) -> Scene {
    let mut scene = Scene::with(queue("Support"));
    scene.saved(Document::Flow(inner));
    changed(&mut scene, MAIN, 1, around("Bye."));
    scene
}

fn changed(scene: &mut Scene, id: FlowId, expected: u64, flow: Flow) {
    let reply = scene.change(id.0, expected, Document::Flow(flow));
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
}

fn refused(scene: &mut Scene, id: FlowId, expected: u64, flow: Flow) -> Refusal {
    let reply = scene.change(id.0, expected, Document::Flow(flow));
    let Reply::Refused(refusal) = reply else {
        panic!("not refused: {reply:?}")
    };
    refusal
}

fn place(refusal: &Refusal) -> (&str, &str) {
    let Refusal::Invalid { field, detail } = refusal else {
        panic!("{refusal:?}")
    };
    (field, detail)
}

fn remove(scene: &mut Scene, id: FlowId, expected: u64) -> Reply {
    let request = Request::Remove {
        kind: Kind::Flow,
        id: id.0,
        expected,
    };
    scene.ask(Actor::system(), request)
}

fn run(scene: &Scene, contact: ContactId) -> &Run {
    let contact = scene.state().contacts.get(contact).expect("it is there");
    contact.run.as_ref().expect("it walks")
}

#[test]
fn customer_goes_through_a_sub_flow_and_on_where_it_ends_with_what_was_learned_there() {
    let mut scene = nested(identify("Your account?"));
    scene.skip();
    let contact = scene.call();
    let told = scene.told();
    assert!(told.contains("1 inner leads into flow 2 at 1"), "{told}");
    assert_eq!(
        (
            run(&scene, contact).flow,
            run(&scene, contact).node.as_str()
        ),
        (INNER, "ask")
    );
    scene.skip();
    scene.presses(contact, "4711");
    scene.check("1 is back\n> play 1");
    let walk = run(&scene, contact);
    assert_eq!((walk.flow, walk.node.as_str()), (MAIN, "bye"));
    let known = scene.state().contacts.get(contact).expect("it is there");
    assert_eq!(known.attributes["account"], "4711");
    scene.hears(contact);
    scene.check("> hang up 1\n1 ends Contained");
}

#[test]
fn customer_keeps_the_versions_that_stood_and_a_sub_flow_is_entered_as_it_stands_then() {
    let mut scene = nested(identify("Your account?"));
    let early = scene.call();
    changed(&mut scene, INNER, 1, identify("Your number?"));
    changed(&mut scene, MAIN, 2, around("Good bye."));
    let late = scene.call();
    let versions = |scene: &Scene, contact| {
        let walk = run(scene, contact);
        (walk.version, walk.outer[0].version)
    };
    assert_eq!(versions(&scene, early), (1, 2));
    assert_eq!(versions(&scene, late), (2, 3));
}

#[test]
fn message_in_a_sub_flow_ends_the_contact() {
    let mut scene = nested(flow("Closed", "say", &[("say", message("We are closed."))]));
    let contact = scene.call();
    scene.skip();
    scene.hears(contact);
    scene.check("> hang up 1\n1 ends Contained");
}

#[test]
fn rounds_of_a_flow_are_counted_on_after_a_sub_flow_that_counts_under_the_same_name() {
    let rounds = |again: &str, done: &str| Node::Loop {
        times: 2,
        again: again.into(),
        done: done.into(),
    };
    let inner = [
        ("rounds", rounds("say", "end")),
        ("say", play("Inner.", "rounds")),
        ("end", Node::End),
    ];
    let mut scene = Scene::with(queue("Support"));
    scene.saved(Document::Flow(flow("Inner", "rounds", &inner)));
    let outer = [
        ("rounds", rounds("inner", "bye")),
        ("inner", sub_flow(INNER, "say")),
        ("say", play("Outer.", "rounds")),
        ("bye", message("Bye.")),
    ];
    changed(&mut scene, MAIN, 1, flow("Outer", "rounds", &outer));
    let contact = scene.call();
    // Twice two prompts within and one without.
    for _ in 0..6 {
        scene.hears(contact);
    }
    assert_eq!(run(&scene, contact).node, "bye");
}

#[test]
fn customer_who_would_go_round_in_a_sub_flow_hears_the_words_of_the_flow_that_led_there() {
    let second = QueueId(2);
    let short = Queue {
        max_wait_s: 60,
        ..queue("Support")
    };
    let mut scene = Scene::with(short.clone());
    scene.saved(Document::Queue(Queue {
        name: "Second".into(),
        ..short
    }));
    let wait = |queue: QueueId, timeout: &str| Node::Queue {
        queue,
        timeout: timeout.into(),
        full: "end".into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    let inner = [
        ("first", wait(SUPPORT, "second")),
        ("second", wait(second, "first")),
        ("end", Node::End),
    ];
    scene.saved(Document::Flow(flow("Waiting", "first", &inner)));
    changed(&mut scene, MAIN, 1, around("Sorry."));
    let contact = scene.call();
    scene.pass(120);
    scene.skip();
    scene.pass(60);
    let told = scene.told();
    assert!(told.contains("1 first circle -\n1 is back"), "{told}");
    assert_eq!(run(&scene, contact).node, "bye");
    scene.skip();
    scene.hears(contact);
    scene.check("> hang up 1\n1 ends Timeout");
}

#[test]
fn flow_that_would_go_through_itself_is_refused_at_the_node_that_leads_there() {
    let mut scene = nested(identify("Your account?"));
    let back = [
        ("say", play("Hello.", "back")),
        ("back", sub_flow(MAIN, "end")),
        ("end", Node::End),
    ];
    let refusal = refused(&mut scene, INNER, 1, flow("Back", "say", &back));
    let (field, detail) = place(&refusal);
    assert_eq!(field, "nodes.back.flow_id");
    assert!(detail.contains("\"Main\""), "{detail}");
    let own = flow(
        "Own",
        "a",
        &[("a", sub_flow(INNER, "end")), ("end", Node::End)],
    );
    let refusal = refused(&mut scene, INNER, 1, own);
    assert_eq!(place(&refusal).0, "nodes.a.flow_id");
    let nowhere = flow(
        "No",
        "a",
        &[("a", sub_flow(FlowId(9), "end")), ("end", Node::End)],
    );
    let refusal = refused(&mut scene, INNER, 1, nowhere);
    assert_eq!(place(&refusal), ("nodes.a.flow_id", "there is no flow 9"));
}

#[test]
fn circle_through_a_sub_flow_without_anything_that_takes_time_is_refused() {
    let mut scene = nested(identify("Your account?"));
    let round = Node::SubFlow {
        flow: INNER,
        next: "again".into(),
        failed: Some("bye".into()),
    };
    let nodes = [
        ("inner", round),
        ("again", set("tier", "inner")),
        ("bye", message("Bye.")),
    ];
    let refusal = refused(&mut scene, MAIN, 2, flow("Main", "inner", &nodes));
    assert!(place(&refusal).1.contains("decisions alone"), "{refusal}");
}

/// Says something and leads into the next flow; the last one asks and ends.
fn link(next: Option<u64>) -> Flow {
    let last = next.map_or(Node::End, |next| sub_flow(FlowId(next), "end"));
    let nodes = [("go", set("tier", "on")), ("on", last), ("end", Node::End)];
    flow("Link", "go", &nodes)
}

/// A chain from the flow of the endpoint down to this one.
fn chain(to: u64) -> Scene {
    let mut scene = Scene::with(queue("Support"));
    for _ in 2..=to {
        scene.saved(Document::Flow(link(None)));
    }
    for flow in (1..to).rev() {
        changed(&mut scene, FlowId(flow), 1, link(Some(flow + 1)));
    }
    scene
}

#[test]
fn more_flows_than_a_contact_can_be_in_at_once_are_refused() {
    let deepest = 1 + u64::try_from(SUB_FLOWS_DEEP_MAX).expect("it is small");
    let mut scene = chain(deepest);
    let next = scene.saved(Document::Flow(link(None)));
    let refusal = refused(&mut scene, FlowId(deepest), 1, link(Some(next)));
    let (field, detail) = place(&refusal);
    assert_eq!(field, "nodes");
    assert!(detail.contains("more than 8 flows"), "{detail}");
    scene.skip();
    scene.call();
    let told = scene.told();
    assert_eq!(
        told.matches("leads into").count(),
        SUB_FLOWS_DEEP_MAX,
        "{told}"
    );
    assert_eq!(
        told.matches("is back").count(),
        SUB_FLOWS_DEEP_MAX,
        "{told}"
    );
    assert!(told.contains("1 ends Contained"), "{told}");
}

#[test]
fn customer_in_a_flow_of_before_is_led_past_a_sub_flow_that_would_be_too_deep() {
    let deepest = 1 + u64::try_from(SUB_FLOWS_DEEP_MAX).expect("it is small");
    let mut scene = chain(deepest);
    // Whoever is in the second flow as it was asks first, and goes on into the third as it will be.
    let waits = [
        ("say", play("Hello.", "on")),
        ("on", sub_flow(FlowId(3), "end")),
        ("end", Node::End),
    ];
    changed(&mut scene, FlowId(2), 2, flow("Waits", "say", &waits));
    let contact = scene.call();
    changed(&mut scene, MAIN, 2, straight_to(SUPPORT));
    let next = scene.saved(Document::Flow(link(None)));
    changed(&mut scene, FlowId(deepest), 1, link(Some(next)));
    scene.skip();
    scene.hears(contact);
    let told = scene.told();
    assert!(told.contains("1 on skipped too-deep"), "{told}");
    assert!(told.contains("1 ends Contained"), "{told}");
}

#[test]
fn flow_that_others_or_customers_go_through_cannot_be_removed() {
    let mut scene = nested(identify("Your account?"));
    let in_use = |reply: Reply| {
        let Reply::Refused(Refusal::InUse { used_by, .. }) = reply else {
            panic!("{reply:?}")
        };
        used_by
    };
    let reply = remove(&mut scene, INNER, 1);
    assert_eq!(in_use(reply), "the flow \"Main\"");
    let contact = scene.call();
    changed(&mut scene, MAIN, 2, straight_to(SUPPORT));
    let reply = remove(&mut scene, INNER, 1);
    assert_eq!(in_use(reply), "a contact");
    scene.fact(contact, CallFact::LegDown);
    assert_eq!(remove(&mut scene, INNER, 1), Reply::Done);
}

#[test]
fn attribute_is_masked_in_all_flows_that_lead_into_one_another_or_in_none() {
    let entry = Entry {
        terminator: Some(Key::HASH),
        between_digits_s: 5,
        digits: Digits::Masked,
    };
    let secret = flow(
        "Pin",
        "ask",
        &[("ask", ask("PIN?", "pin", entry)), ("end", Node::End)],
    );
    let mut scene = nested(secret);
    let plain = [
        ("set", set("pin", "inner")),
        ("inner", sub_flow(INNER, "end")),
        ("end", Node::End),
    ];
    let refusal = refused(&mut scene, MAIN, 2, flow("Main", "set", &plain));
    let (field, detail) = place(&refusal);
    assert_eq!(field, "nodes");
    assert!(detail.contains("\"pin\" is masked"), "{detail}");
    let identify = flow(
        "Pin",
        "set",
        &[("set", set("tier", "end")), ("end", Node::End)],
    );
    changed(&mut scene, INNER, 1, identify);
    changed(&mut scene, MAIN, 2, flow("Main", "set", &plain));
}

#[test]
fn flows_that_lead_into_one_another_give_no_more_attributes_than_one_alone_may() {
    let naming = |prefix: &str, n: usize, last: Node| {
        let names: Vec<_> = (0..n).map(|at| format!("{prefix}{at}")).collect();
        let next = |at: usize| names.get(at + 1).map_or("last", String::as_str);
        let nodes = names.iter().enumerate();
        let nodes = nodes.map(|(at, name)| (name.as_str(), set(name, next(at))));
        let nodes: Vec<_> = nodes.chain([("last", last), ("end", Node::End)]).collect();
        flow("Naming", &format!("{prefix}0"), &nodes)
    };
    let half = FLOW_ATTRIBUTES_MAX / 2;
    let mut scene = nested(naming("inner", half, Node::End));
    let into = |n| naming("outer", n, sub_flow(INNER, "end"));
    changed(&mut scene, MAIN, 2, into(half));
    let refusal = refused(&mut scene, MAIN, 3, into(half + 1));
    assert!(matches!(refusal, Refusal::LimitReached { .. }), "{refusal}");
    let more = naming("inner", half + 1, Node::End);
    let refusal = refused(&mut scene, INNER, 1, more);
    assert!(matches!(refusal, Refusal::LimitReached { .. }), "{refusal}");
}

//
#[test]
fn journal_and_snapshot_rebuild_a_contact_within_a_sub_flow() {
    let mut scene = nested(identify("Your account?"));
    let contact = scene.call();
    let mut rebuilt = ContactCenter::new();
    for (at, event) in &scene.journal {
        rebuilt.apply(*at, std::slice::from_ref(event));
    }
    assert_eq!(rebuilt, scene.center);
    let written = serde_json::to_string(&rebuilt).expect("it can be written");
    let read: ContactCenter = serde_json::from_str(&written).expect("it was written");
    let read = read.state().contacts.get(contact).expect("it is there");
    assert_eq!(read.run.as_ref(), Some(run(&scene, contact)));
    assert_eq!(run(&scene, contact).outer.len(), 1);
}
