//! From queue to queue: who overflows keeps its age where the flow says so, and is not led in circles (R-02, B4.6).

use crate::scene::{SUPPORT, Scene};
use tandem_core::contact::Stay;
use tandem_core::flow::{Flow, Node};
use tandem_core::ids::{ContactId, QueueId};
use tandem_core::queue::Queue;
use tandem_core::settings::Document;
use tandem_simulation::floor_plan::{flow, queue, text};

const SECOND: QueueId = QueueId(2);

fn short(name: &str) -> Queue {
    Queue {
        max_wait_s: 60,
        max_waiting: 1,
        ..queue(name)
    }
}

fn wait(queue: QueueId, next: &str, keep_age: bool) -> Node {
    Node::Queue {
        queue,
        timeout: next.into(),
        full: next.into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age,
        key: None,
    }
}

/// Two queues, the second of which leads on as said.
fn overflowing(keep_age: bool, after: &str, second: Queue) -> Scene {
    let sorry = Node::Message {
        prompt: text("Sorry."),
    };
    let mut nodes = vec![
        ("first", wait(SUPPORT, "second", false)),
        ("second", wait(SECOND, after, keep_age)),
        ("sorry", sorry),
    ];
    if after == "first"
        && let Some((_, Node::Queue { failed, .. })) = nodes.get_mut(1)
    {
        *failed = Some("sorry".into());
    }
    let mut scene = Scene::with(short("Support"));
    scene.saved(Document::Queue(second));
    let flow: Flow = flow("Overflow", "first", &nodes);
    scene.change(1, 1, Document::Flow(flow));
    scene
}

fn stay(scene: &Scene, contact: ContactId) -> Stay {
    let contact = scene.state().contacts.get(contact).expect("it is there");
    *contact.stay().expect("it waits")
}

#[test]
fn customer_who_overflows_keeps_age_and_place_and_waits_the_longest_wait_of_the_second_queue() {
    let mut scene = overflowing(true, "sorry", queue("Second"));
    let early = scene.call();
    let before = stay(&scene, early);
    scene.pass(30);
    // The first queue is full: this one never waited there.
    let late = scene.call();
    assert_eq!(stay(&scene, late).queue, SECOND);
    scene.pass(30);
    let after = stay(&scene, early);
    assert_eq!(after.queue, SECOND);
    assert_eq!((after.since, after.seq), (before.since, before.seq));
    let longest = queue("Second").max_wait_s;
    assert_eq!(after.until, before.since.plus_seconds(60 + longest));
    let waiting: Vec<_> = scene.state().waiting_in(SECOND).collect();
    assert_eq!(waiting, [early, late]);
}

#[test]
fn customer_who_overflows_waits_anew_where_the_flow_does_not_keep_the_age() {
    let mut scene = overflowing(false, "sorry", queue("Second"));
    let early = scene.call();
    let before = stay(&scene, early);
    scene.pass(30);
    let late = scene.call();
    scene.pass(30);
    let after = stay(&scene, early);
    assert_eq!(after.since, before.since.plus_seconds(60));
    let waiting: Vec<_> = scene.state().waiting_in(SECOND).collect();
    assert_eq!(waiting, [late, early]);
}

#[test]
fn customer_who_would_go_round_hears_the_nearest_words_instead() {
    let mut scene = overflowing(true, "first", short("Second"));
    let contact = scene.call();
    scene.pass(119);
    scene.skip();
    // Both queues were left by their longest waits; the first one is entered once more.
    scene.pass(1);
    assert_eq!(stay(&scene, contact).queue, SUPPORT);
    scene.skip();
    scene.pass(60);
    let told = scene.told();
    assert!(told.contains("1 first circle -"), "{told}");
    scene.skip();
    scene.hears(contact);
    scene.check("> hang up 1\n1 ends Timeout");
}

#[test]
fn customer_for_whom_two_queues_are_full_is_told_so_at_once() {
    let mut scene = overflowing(true, "first", short("Second"));
    scene.call();
    scene.call();
    scene.skip();
    let third = scene.call();
    let told = scene.told();
    assert!(told.contains("3 first circle -"), "{told}");
    scene.skip();
    scene.hears(third);
    scene.check("> hang up 3\n3 ends QueueFull");
}
