//! Digits that nobody is to know: the core has a reference, a business system has the digits, and nobody has
//! them when the contact is over.

use crate::scene::Scene;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::{Digits, Entry, Flow, HttpMethod, HttpRequest, Key, Node};
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_core::input::{CallFact, Collected};
use tandem_core::prompt::Heard;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, text};

/// Asks for the PIN, has it checked, and asks again when it was wrong.
fn checked() -> Flow {
    let ask = Node::Collect {
        prompt: text("Your PIN?"),
        max_digits: 6,
        timeout_s: 10,
        attribute: "pin".into(),
        entry: Entry {
            terminator: Some(Key::HASH),
            between_digits_s: 20,
            digits: Digits::Masked,
        },
        retry: None,
        next: "check".into(),
        no_input: "bye".into(),
        failed: "bye".into(),
    };
    let check = Node::Http {
        request: HttpRequest {
            system: "bank".into(),
            method: HttpMethod::Post,
            path: "/pins/{pin}".into(),
            body: Some(r#"{"pin":"{pin}"}"#.into()),
        },
        prompt: None,
        timeout_s: 5,
        save: [].into(),
        next: "bye".into(),
        failed: "ask".into(),
    };
    let bye = Node::Message {
        prompt: text("Bye{pin}."),
    };
    flow(
        "PIN",
        "ask",
        &[("ask", ask), ("check", check), ("bye", bye)],
    )
}

fn enters(scene: &mut Scene, contact: ContactId, subject: u64) -> Reply {
    let effect = scene.last_order(|it| matches!(it, Effect::Collect { .. }));
    let result = Collected::Masked(SubjectRef(subject));
    scene.fact(contact, CallFact::Collected { effect, result })
}

fn asked() -> (Scene, ContactId) {
    let mut scene = Scene::with_flow(queue("Support"), checked());
    let contact = scene.call();
    scene.skip();
    (scene, contact)
}

#[test]
fn masked_digits_have_a_place_in_a_document_and_nowhere_else() {
    let (mut scene, contact) = asked();
    enters(&mut scene, contact, 41);
    scene.check(concat!(
        "1 pin is masked, subject 41\n",
        "> Post bank/pins/ {\"pin\":\"\u{1a}pin\u{1a}\"} for 1 5 s",
    ));
    let contact = scene.state().contacts.get(contact).unwrap();
    assert!(!contact.attributes.contains_key("pin"));
    let order = scene.last_order(|it| {
        matches!(it, Effect::Request { masked, .. }
            if *masked == [("pin".to_owned(), SubjectRef(41))].into())
    });
    scene.settle(order, Outcome::Answered { values: [].into() });
    let order = scene.last_order(|it| matches!(it, Effect::Play { .. }));
    let Some(Effect::Play { prompt, .. }) = scene.state().orders.get(&order) else {
        panic!("nothing is said")
    };
    assert_eq!(*prompt, Heard::Text("Bye.".into()));
}

#[test]
fn masked_digits_are_forgotten_when_others_are_entered_and_when_the_contact_is_over() {
    let (mut scene, contact) = asked();
    enters(&mut scene, contact, 41);
    let order = scene.last_order(|it| matches!(it, Effect::Request { .. }));
    let code = "http-403".to_owned();
    scene.settle(order, Outcome::Failed { code });
    scene.skip();
    enters(&mut scene, contact, 42);
    let told = scene.told();
    assert!(
        told.starts_with("1 pin is masked, subject 42\n> forget 41\n"),
        "{told}"
    );
    scene.skip();
    scene.fact(contact, CallFact::LegDown);
    scene.check("1 ends AbandonedFlow\n> forget 42");
}

#[test]
fn masked_digits_that_come_late_are_ignored() {
    let (mut scene, contact) = asked();
    enters(&mut scene, contact, 41);
    scene.skip();
    assert_eq!(enters(&mut scene, contact, 42), Reply::Ignored);
    scene.check("");
}

#[test]
fn customer_who_needs_more_time_between_digits_has_it() {
    let (mut scene, _) = asked();
    let order = scene.last_order(|it| matches!(it, Effect::Collect { .. }));
    scene.done(order, "taken");
    // Ten seconds before the first and twenty between any two of six digits, and what the prompt takes.
    scene.pass(130);
    scene.check("");
}
