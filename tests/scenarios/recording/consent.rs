//! Consent to being recorded (B-237): announced, asked for, refused.

use super::{of, recorded, talking};
use crate::scene::{SUPPORT, Scene};
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::{AskConsent, Flow, Key, Node, RecordAction};
use tandem_core::ids::{AgentId, ContactId};
use tandem_core::recording::{Consent, Needs, RecordingRule};
use tandem_simulation::floor_plan::{flow, queue, recording_rule, text};

fn key(key: char) -> Key {
    Key::new(key).expect("phones have it")
}

/// One for yes and two for no.
fn keys() -> Option<AskConsent> {
    Some(AskConsent {
        accept: key('1'),
        refuse: key('2'),
        timeout_s: 5,
        retries: 1,
    })
}

fn consenting(ask: Option<AskConsent>) -> Flow {
    let consent = Node::Consent {
        prompt: text("Calls are recorded."),
        ask,
        given: "wait".into(),
        refused: "wait".into(),
        failed: "end".into(),
    };
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
    flow(
        "Consent",
        "consent",
        &[("consent", consent), ("wait", wait), ("end", Node::End)],
    )
}

/// A caller who is at the consent node of a queue that needs this.
fn asked(needs: Needs, ask: Option<AskConsent>) -> (Scene, AgentId, ContactId) {
    let rule = RecordingRule {
        consent: needs,
        ..recording_rule()
    };
    let mut scene = Scene::with_flow(recorded("Support", rule), consenting(ask));
    let ada = scene.ready_agent("ada", 5);
    let contact = scene.call();
    scene.skip();
    (scene, ada, contact)
}

fn answered(scene: &mut Scene, ada: AgentId, contact: ContactId) {
    scene.accept(ada, contact);
    scene.skip();
    scene.joins(contact, "ada");
}

// B-237
#[test]
fn announcement_counts_when_it_was_heard_to_its_end_and_nothing_is_recorded_before() {
    let (mut scene, ada, contact) = asked(Needs::Announced, None);
    scene.hears(contact);
    scene.check("1 consent Announced\n1 waits in 1\n> music 1\n1 offered to ada +20");
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n> record 1 Call");

    // That it is over by time is no word that it was heard.
    let (mut scene, _, contact) = asked(Needs::Announced, None);
    let play = scene.last_order(|it| matches!(it, Effect::Play { .. }));
    scene.settle(play, Outcome::Done { reference: None });
    scene.pass(60);
    scene.check("1 consent failed silent\n> hang up 1\n1 ends Contained");
    assert!(scene.state().contacts.get(contact).is_none());
}

// B-237
#[test]
fn who_refuses_is_served_unrecorded() {
    let (mut scene, ada, contact) = asked(Needs::Asked, keys());
    scene.presses(contact, "2");
    scene.check(
        "1 consent Refused
        1 consent refused -
        1 waits in 1
        > music 1
        1 offered to ada +20",
    );
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: Refused");
    assert_eq!(of(&scene, contact).consent, Consent::Refused);
}

// B-237
#[test]
fn who_agrees_is_recorded_and_silence_is_no_yes() {
    let (mut scene, ada, contact) = asked(Needs::Asked, keys());
    scene.presses(contact, "7");
    scene.check("1 consent missed 7\n> collect 1");
    scene.presses(contact, "1");
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n> record 1 Call");

    let (mut scene, ada, contact) = asked(Needs::Asked, keys());
    for _ in 0..2 {
        scene.presses(contact, "");
    }
    scene.check(
        "1 consent missed -
        > collect 1
        1 consent missed -
        1 consent refused no_answer
        1 waits in 1
        > music 1
        1 offered to ada +20",
    );
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: ConsentMissing");
}

// B-237
#[test]
fn refusal_holds_against_every_rule_and_against_the_flow() {
    let (mut scene, ada, contact) = asked(Needs::NotNeeded, keys());
    scene.presses(contact, "2");
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: Refused");

    let mut refusing = consenting(keys());
    let record = Node::Record {
        action: RecordAction::Start,
        next: "wait".into(),
        failed: "wait".into(),
    };
    refusing.nodes.insert("record".into(), record);
    if let Some(Node::Consent { refused, .. }) = refusing.nodes.get_mut("consent") {
        *refused = "record".into();
    }
    let mut scene = Scene::with_flow(queue("Support"), refusing);
    let contact = scene.call();
    scene.skip();
    scene.presses(contact, "2");
    scene.check(
        "1 consent Refused
        1 consent refused -
        1 record failed refused
        1 waits in 1
        > music 1",
    );
}

// B-237
#[test]
fn conversation_without_the_consent_that_its_queue_needs_is_not_recorded() {
    let asked = RecordingRule {
        consent: Needs::Asked,
        ..recording_rule()
    };
    let (mut scene, _, contact) = talking(asked);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: ConsentMissing");
    assert!(of(&scene, contact).recording.is_none());
}
