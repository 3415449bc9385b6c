//! Prompts that are kept: each caller hears the own language, else a related one, else the default, and what
//! was saved when it is played.

use crate::scene::{SUPPORT, Scene};
use std::collections::BTreeMap;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::{Choice, Flow, Key, Node, Prompt};
use tandem_core::ids::{ContactId, PromptId};
use tandem_core::input::{CallFact, Input, MediaEnd, Request};
use tandem_core::prompt::{Heard, KeptPrompt, Language};
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::{Document, Kind};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, kept_prompt, queue, sound, straight_to, text};

const WELCOME: PromptId = PromptId(1);

fn welcome(words: &str) -> KeptPrompt {
    kept_prompt("Welcome", words, sound('a'))
}

fn language(tag: &str) -> Language {
    Language::parse(tag).expect("it is a tag")
}

fn say(next: &str) -> Node {
    Node::Play {
        prompt: Prompt::Kept(WELCOME),
        next: next.into(),
        failed: "wait".into(),
    }
}

fn set(language: &str) -> Node {
    Node::Set {
        attribute: "language".into(),
        value: language.into(),
        next: "say".into(),
    }
}

/// A menu for the language, the welcome twice, and the queue.
fn choosing() -> Flow {
    let choice = |key, next: &str| {
        let (label, next) = (next.to_owned(), next.to_owned());
        (Key::new(key).expect("a key"), Choice { label, next })
    };
    let menu = Node::Menu {
        prompt: text("For German press 1, for French 2."),
        again: None,
        choices: [choice('1', "german"), choice('2', "french")].into(),
        timeout_s: 5,
        retries: 0,
        no_input: "say".into(),
        invalid: "say".into(),
        failed: "say".into(),
    };
    let wait = Node::Queue {
        queue: SUPPORT,
        keep_age: false,
        key: None,
        timeout: "end".into(),
        full: "end".into(),
        failed: None,
        closed: None,
        emergency: None,
    };
    let nodes = [
        ("menu", menu),
        ("german", set("de-AT")),
        ("french", set("fr-FR")),
        ("say", say("again")),
        ("again", say("wait")),
        ("wait", wait),
        ("end", Node::End),
    ];
    flow("Choosing", "menu", &nodes)
}

fn scene() -> Scene {
    let mut scene = Scene::with(queue("Support"));
    let id = scene.saved(Document::Prompt(welcome("Hello {name}.")));
    assert_eq!(id, WELCOME.0);
    scene.change(1, 1, Document::Flow(choosing()));
    scene
}

/// Somebody calls and presses this key.
fn call_and_press(scene: &mut Scene, key: &str) -> ContactId {
    let contact = scene.call();
    scene.presses(contact, key);
    contact
}

fn is_play(effect: &Effect) -> bool {
    matches!(effect, Effect::Play { .. })
}

fn heard(scene: &Scene, contact: ContactId) -> Heard {
    let contact = scene.state().contacts.get(contact).expect("it is alive");
    contact.media.clone().expect("something is heard").prompt
}

fn ends(scene: &mut Scene, contact: ContactId, end: MediaEnd) {
    let effect = scene.last_order(is_play);
    scene.fact(contact, CallFact::PromptEnded { effect, end });
}

fn german(digit: char) -> Heard {
    let (id, length_ms) = (sound(digit).id, sound(digit).length_ms);
    let language = language("de-DE");
    Heard::Sound {
        id,
        language,
        length_ms,
    }
}

fn english(text: &str) -> Heard {
    let (text, language) = (text.into(), language("en-US"));
    Heard::Said { text, language }
}

#[test]
fn caller_who_chose_german_hears_the_german_sound() {
    let mut scene = scene();
    let contact = call_and_press(&mut scene, "1");
    assert_eq!(heard(&scene, contact), german('a'));
}

#[test]
fn caller_whose_language_is_not_there_or_not_known_hears_the_default() {
    for key in ["2", ""] {
        let mut scene = scene();
        let contact = call_and_press(&mut scene, key);
        assert_eq!(heard(&scene, contact), english("Hello ."), "{key}");
    }
}

#[test]
fn language_and_name_may_come_with_the_call() {
    let mut scene = scene();
    let mut arrival = scene.arrival();
    let pairs = [("language", "en-GB"), ("name", "Ada")];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    arrival.attributes = BTreeMap::from(pairs);
    let Reply::Arrived(contact) = scene.give(Input::Arrived(arrival)) else {
        panic!("not arrived")
    };
    scene.comes_up(contact);
    scene.presses(contact, "");
    assert_eq!(heard(&scene, contact), english("Hello Ada."));
}

#[test]
fn caller_hears_what_was_saved_when_it_is_played() {
    let mut scene = scene();
    let contact = call_and_press(&mut scene, "1");
    let newer = kept_prompt("Welcome", "Hi.", sound('b'));
    scene.change(WELCOME.0, 1, Document::Prompt(newer));
    assert_eq!(heard(&scene, contact), german('a'), "it plays already");
    ends(&mut scene, contact, MediaEnd::Completed);
    assert_eq!(heard(&scene, contact), german('b'));
    // What was heard stands in the order, so the journal gives the same whatever is saved later.
    let orders = { scene.journal.iter() }.filter_map(|(_, it)| it.as_order());
    let orders = orders.filter_map(|order| {
        let Effect::Play { prompt, .. } = order.effect else {
            return None;
        };
        Some(prompt)
    });
    assert_eq!(orders.collect::<Vec<_>>(), [german('a'), german('b')]);
}

// B-235
#[test]
fn caller_goes_on_by_the_failed_exit_when_the_sound_cannot_be_played() {
    let mut scene = scene();
    let contact = call_and_press(&mut scene, "1");
    scene.skip();
    let code = "8535".to_owned();
    ends(&mut scene, contact, MediaEnd::Failed { code });
    scene.check("1 say failed 8535\n1 waits in 1\n> music 1");
}

#[test]
fn sound_that_nobody_says_the_end_of_is_over_after_its_length() {
    let mut scene = scene();
    let contact = call_and_press(&mut scene, "1");
    let effect = scene.last_order(is_play);
    scene.settle(effect, Outcome::Done { reference: None });
    scene.pass(12);
    assert_eq!(scene.last_order(is_play), effect, "3 s, and 10 to be told");
    scene.pass(1);
    assert_ne!(scene.last_order(is_play), effect);
    assert_eq!(heard(&scene, contact), german('a'), "the second time");
}

#[test]
fn music_of_queue_and_hold_has_the_language_of_the_caller() {
    let mut scene = scene();
    let music = Queue {
        music: Prompt::Kept(WELCOME),
        ..queue("Support")
    };
    scene.change(SUPPORT.0, 1, Document::Queue(music));
    let contact = call_and_press(&mut scene, "1");
    for _ in 0..2 {
        ends(&mut scene, contact, MediaEnd::Completed);
    }
    assert_eq!(heard(&scene, contact), german('a'));
    let ann = scene.ready_agent("ann", 5);
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.by(ann, Request::Hold { contact });
    let is_german = |it: &Effect| matches!(it, Effect::Hold { music, .. } if *music == german('a'));
    scene.last_order(is_german);
}

#[test]
fn prompt_in_use_cannot_be_removed() {
    let mut scene = scene();
    let music = Queue {
        music: Prompt::Kept(WELCOME),
        ..queue("Support")
    };
    scene.change(SUPPORT.0, 1, Document::Queue(music));
    let contact = scene.call();
    let remove = |scene: &mut Scene| {
        let request = Request::Remove {
            kind: Kind::Prompt,
            id: WELCOME.0,
            expected: 1,
        };
        let reply = scene.ask(Actor::system(), request);
        if let Reply::Refused(Refusal::InUse { used_by, .. }) = reply {
            return used_by;
        }
        format!("{reply:?}")
    };
    assert_eq!(remove(&mut scene), "the queue \"Support\"");
    scene.change(SUPPORT.0, 2, Document::Queue(queue("Support")));
    assert_eq!(remove(&mut scene), "the flow \"Choosing\"");
    scene.change(1, 2, Document::Flow(straight_to(SUPPORT)));
    // A contact keeps the version of the flow that it entered.
    assert_eq!(remove(&mut scene), "a contact");
    scene.fact(contact, CallFact::LegDown);
    assert_eq!(remove(&mut scene), "Done");
}

#[test]
fn unknown_prompt_is_refused_with_its_place() {
    let mut scene = Scene::with(queue("Support"));
    let music = Queue {
        music: Prompt::Kept(PromptId(9)),
        ..queue("Support")
    };
    let refused = [
        scene.change(1, 1, Document::Flow(choosing())),
        scene.change(SUPPORT.0, 1, Document::Queue(music)),
    ];
    let expected = [
        ("nodes.again.prompt", "there is no prompt 1"),
        ("music", "there is no prompt 9"),
    ];
    for (reply, expected) in refused.into_iter().zip(expected) {
        let Reply::Refused(Refusal::Invalid { field, detail }) = reply else {
            panic!("{reply:?}")
        };
        assert_eq!((field.as_str(), detail.as_str()), expected);
    }
}

#[test]
fn two_prompts_of_one_name_are_refused() {
    let mut scene = scene();
    let request = Request::Save {
        id: None,
        expected: None,
        document: Document::Prompt(kept_prompt("WELCOME", "Hi.", sound('c'))),
    };
    let reply = scene.ask(Actor::system(), request);
    let is_refused =
        matches!(&reply, Reply::Refused(Refusal::Invalid { field, .. }) if field == "name");
    assert!(is_refused, "{reply:?}");
}
