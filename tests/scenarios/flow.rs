//! Flows: prompts, questions, branches, queues and their exits (R-01, R-02, B-235).

use crate::scene::{SUPPORT, Scene};
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::{Digits, Entry, Flow, Node, Retry};
use tandem_core::ids::{ContactId, EffectId, FlowId};
use tandem_core::input::{CallFact, Collected, MediaEnd, Request};
use tandem_core::prompt::Heard;
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, text};

/// Greets, asks, and queues by the answer; whatever fails says sorry.
pub(crate) fn menu() -> Flow {
    let play = |next: &str, failed: &str| Node::Play {
        prompt: text("Hello."),
        next: next.into(),
        failed: failed.into(),
    };
    let ask = Node::Collect {
        prompt: text("Press 1."),
        max_digits: 1,
        timeout_s: 5,
        attribute: "choice".into(),
        entry: Entry::USUAL,
        retry: None,
        next: "choose".into(),
        no_input: "wait".into(),
        failed: "sorry".into(),
    };
    let choose = Node::Branch {
        attribute: "choice".into(),
        cases: [("1".to_owned(), "wait".to_owned())].into(),
        otherwise: "sorry".into(),
    };
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "sorry".into(),
        full: "end".into(),
        failed: Some("sorry".into()),
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    flow(
        "Menu",
        "greet",
        &[
            ("greet", play("ask", "sorry")),
            ("ask", ask),
            ("choose", choose),
            ("wait", wait),
            ("sorry", play("end", "end")),
            ("end", Node::End),
        ],
    )
}

fn is_media(effect: &Effect) -> bool {
    matches!(effect, Effect::Play { .. } | Effect::Collect { .. })
}

fn playing(scene: &Scene) -> EffectId {
    scene.last_order(is_media)
}

fn prompt_ends(scene: &mut Scene, contact: ContactId, end: MediaEnd) -> Reply {
    let effect = playing(scene);
    scene.fact(contact, CallFact::PromptEnded { effect, end })
}

fn answers(scene: &mut Scene, contact: ContactId, result: Collected) -> Reply {
    let effect = playing(scene);
    scene.fact(contact, CallFact::Collected { effect, result })
}

fn failed(code: &str) -> MediaEnd {
    MediaEnd::Failed { code: code.into() }
}

#[test]
fn digits_lead_to_the_queue() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    scene.skip();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    answers(&mut scene, contact, Collected::Digits("1".into()));
    scene.check("> collect 1\n1 waits in 1\n> music 1");
}

#[test]
fn silence_takes_the_declared_exit() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.skip();
    answers(&mut scene, contact, Collected::NoInput);
    scene.check("1 ask no_input -\n1 waits in 1\n> music 1");
}

// B-235
#[test]
fn prompt_that_fails_takes_the_declared_exit() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    scene.skip();
    prompt_ends(&mut scene, contact, failed("8535"));
    scene.check("1 greet failed 8535\n> play 1");
}

// B-235
#[test]
fn prompt_order_that_is_refused_takes_the_declared_exit() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    scene.call();
    scene.skip();
    let effect = playing(&scene);
    let code = "8565".to_owned();
    scene.settle(effect, Outcome::Failed { code });
    scene.check("1 greet failed 8565\n> play 1");
}

// B-235
#[test]
fn question_that_fails_takes_the_declared_exit() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.skip();
    let code = "8531".to_owned();
    answers(&mut scene, contact, Collected::Failed { code });
    scene.check("1 ask failed 8531\n> play 1");
}

// B-235
#[test]
fn music_that_fails_takes_the_declared_exit_and_ends_as_an_error() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    answers(&mut scene, contact, Collected::NoInput);
    scene.skip();
    prompt_ends(&mut scene, contact, failed("8536"));
    scene.check("1 leaves 1 by failed\n1 wait failed 8536\n> play 1");
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.check("> hang up 1\n1 ends ErrorMedia");
}

// B-235
#[test]
fn music_that_fails_without_an_exit_leaves_the_caller_waiting_in_silence() {
    let mut scene = Scene::with(queue("Support"));
    let contact = scene.call();
    scene.skip();
    prompt_ends(&mut scene, contact, failed("8536"));
    scene.check("1 wait silence 8536");
    scene.ready_agent("ann", 5);
    assert!(
        scene
            .state()
            .contacts
            .get(contact)
            .unwrap()
            .agent()
            .is_some()
    );
}

//
#[test]
fn prompt_whose_end_is_never_told_fails_after_its_longest_time() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    scene.call();
    scene.skip();
    scene.pass(299);
    scene.check("");
    scene.pass(1);
    scene.check("1 greet failed silent\n> play 1");
}

//
#[test]
fn prompt_canceled_by_its_own_restart_plays_on() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    scene.skip();
    let reply = prompt_ends(&mut scene, contact, MediaEnd::Canceled);
    assert_eq!(reply, Reply::Ignored);
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.check("> collect 1");
}

#[test]
fn end_of_an_older_prompt_says_nothing() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    let old = playing(&scene);
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.skip();
    let end = MediaEnd::Completed;
    let reply = scene.fact(contact, CallFact::PromptEnded { effect: old, end });
    assert_eq!(reply, Reply::Ignored);
    scene.check("");
}

//
#[test]
fn longest_wait_leads_to_the_timeout_exit() {
    let short = Queue {
        max_wait_s: 30,
        ..queue("Support")
    };
    let mut scene = Scene::with_flow(short, menu());
    let contact = scene.call();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    answers(&mut scene, contact, Collected::NoInput);
    scene.skip();
    scene.pass(30);
    scene.check("> stop media 1\n1 leaves 1 by timeout\n> play 1");
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.check("> hang up 1\n1 ends Timeout");
}

/// Asks for digits, and again if it says so; a flow for that alone.
fn asking(entry: Entry, retry: Option<Retry>) -> Flow {
    let ask = Node::Collect {
        prompt: text("Your number."),
        max_digits: 4,
        timeout_s: 5,
        attribute: "number".into(),
        entry,
        retry: retry.map(Box::new),
        next: "end".into(),
        no_input: "sorry".into(),
        failed: "sorry".into(),
    };
    let sorry = Node::Message {
        prompt: text("Sorry."),
    };
    let nodes = [("ask", ask), ("sorry", sorry), ("end", Node::End)];
    flow("Asking", "ask", &nodes)
}

fn asked(scene: &Scene, contact: ContactId) -> Heard {
    let contact = scene.state().contacts.get(contact).expect("it is alive");
    contact.media.clone().expect("something is asked").prompt
}

fn twice_more() -> Retry {
    Retry {
        times: 2,
        again: Some(text("Once more.")),
    }
}

//
#[test]
fn digits_that_nobody_enters_are_asked_for_again_in_other_words_and_then_the_exit_is_taken() {
    let flow = asking(Entry::USUAL, Some(twice_more()));
    let mut scene = Scene::with_flow(queue("Support"), flow);
    let contact = scene.call();
    assert_eq!(asked(&scene, contact), Heard::Text("Your number.".into()));
    for _ in 0..2 {
        scene.skip();
        answers(&mut scene, contact, Collected::NoInput);
        assert!(scene.told().ends_with("> collect 1"), "{}", scene.told());
        assert_eq!(asked(&scene, contact), Heard::Text("Once more.".into()));
    }
    scene.skip();
    answers(&mut scene, contact, Collected::NoInput);
    assert!(
        scene.told().contains("1 ask no_input -"),
        "{}",
        scene.told()
    );
    assert_eq!(asked(&scene, contact), Heard::Text("Sorry.".into()));
}

//
#[test]
fn digits_that_come_at_the_second_question_are_taken() {
    let flow = asking(Entry::USUAL, Some(twice_more()));
    let mut scene = Scene::with_flow(queue("Support"), flow);
    let contact = scene.call();
    answers(&mut scene, contact, Collected::NoInput);
    scene.skip();
    answers(&mut scene, contact, Collected::Digits("4711".into()));
    scene.check("> hang up 1\n1 ends Contained");
}

//
#[test]
fn masked_digits_are_asked_for_again_as_well() {
    let masked = Entry {
        digits: Digits::Masked,
        ..Entry::USUAL
    };
    let flow = asking(masked, Some(twice_more()));
    let mut scene = Scene::with_flow(queue("Support"), flow);
    let contact = scene.call();
    answers(&mut scene, contact, Collected::NoInput);
    assert_eq!(asked(&scene, contact), Heard::Text("Once more.".into()));
    assert!(!scene.state().may_be_heard(contact));
}

#[test]
fn digits_are_not_asked_for_again_where_nothing_is_said_of_it() {
    let mut scene = Scene::with_flow(queue("Support"), asking(Entry::USUAL, None));
    let contact = scene.call();
    scene.skip();
    answers(&mut scene, contact, Collected::NoInput);
    scene.check("1 ask no_input -\n> play 1");
}

//
#[test]
fn full_queue_leads_to_the_full_exit() {
    let small = Queue {
        max_waiting: 1,
        ..queue("Support")
    };
    let mut scene = Scene::with(small);
    scene.call();
    scene.skip();
    scene.call();
    scene.check(
        "2 arrives
         > answer 2
         2 leaves 1 by full
         > hang up 2
         2 ends QueueFull",
    );
}

//
#[test]
fn flow_that_ends_by_itself_contained_the_contact() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    answers(&mut scene, contact, Collected::Digits("9".into()));
    scene.skip();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.check("> hang up 1\n1 ends Contained");
}

//
#[test]
fn customer_who_leaves_in_the_menu_abandons_the_flow() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    scene.skip();
    scene.fact(contact, CallFact::LegDown);
    scene.check("1 ends AbandonedFlow");
}

#[test]
fn contact_keeps_the_version_of_the_flow_that_it_entered() {
    let mut scene = Scene::with_flow(queue("Support"), menu());
    let contact = scene.call();
    let changed = flow("Menu", "end", &[("end", Node::End)]);
    scene.change(1, 2, Document::Flow(changed));
    scene.skip();
    prompt_ends(&mut scene, contact, MediaEnd::Completed);
    scene.check("> collect 1");
    scene.call();
    scene.check("2 arrives\n> answer 2\n> hang up 2\n2 ends Contained");
}

#[test]
fn flow_with_an_exit_into_nothing_is_refused_with_its_place() {
    let mut scene = Scene::with(queue("Support"));
    let mut broken = menu();
    broken.nodes.remove("sorry");
    let request = Request::Save {
        id: None,
        expected: None,
        document: Document::Flow(broken),
    };
    let Reply::Refused(Refusal::Invalid { field, .. }) = scene.ask(Actor::system(), request) else {
        panic!("accepted")
    };
    assert_eq!(field, "nodes.ask.failed");
}

// Saving is not forgetting: who is in a call goes on in the version that they entered.
#[test]
fn older_versions_are_remembered_while_contacts_are_in_them_and_the_last_fifty_beside() {
    const SAVED: u64 = 60;
    let mut scene = Scene::with(queue("Support"));
    let flow_id = FlowId(1);
    let first = scene.call();
    for version in 1..=SAVED {
        let reply = scene.change(1, version, Document::Flow(menu()));
        assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    }
    let newest = SAVED + 1;
    let remembered = |scene: &Scene| {
        let settings = &scene.state().settings;
        let all = (1..=newest).filter(|it| settings.flow_at(flow_id, *it).is_some());
        all.collect::<Vec<_>>()
    };
    let last_fifty: Vec<_> = (newest - 49..=newest).collect();
    let with_first: Vec<_> = std::iter::once(1).chain(last_fifty.clone()).collect();
    assert_eq!(remembered(&scene), with_first);
    // Who is in it still is led by it.
    scene.skip();
    scene.pass(3_600);
    let told = scene.told();
    assert!(told.contains("1 leaves 1 by timeout"), "{told}");
    assert!(!told.contains("ErrorInternal"), "{told}");
    scene.fact(first, CallFact::LegDown);
    scene.change(1, newest, Document::Flow(menu()));
    assert_eq!(scene.state().settings.flow_at(flow_id, 1), None);
    assert!(
        scene
            .state()
            .settings
            .flow_at(flow_id, newest + 1)
            .is_some()
    );
}
