//! Asking a business system: what it says is spoken and branched by, whatever else it does takes the declared
//! exit, and nothing that comes late is heeded (B-020).

use crate::scene::{Scene, up};
use std::collections::BTreeMap;
use tandem_core::effect::{Class, Effect, Outcome};
use tandem_core::flow::{Entry, Flow, HttpMethod, HttpRequest, Node};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{CallFact, Input};
use tandem_core::prompt::Heard;
use tandem_core::refusal::Refusal;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, text};

fn request() -> HttpRequest {
    HttpRequest {
        system: "crm".into(),
        method: HttpMethod::Get,
        path: "/accounts/{account}?full=1".into(),
        body: None,
    }
}

fn ask(request: HttpRequest) -> Node {
    Node::Http {
        request,
        prompt: None,
        timeout_s: 5,
        save: [("balance".to_owned(), "/balance".to_owned())].into(),
        next: "tell".into(),
        failed: "sorry".into(),
    }
}

/// Asks for the account, then the system, and says what it said.
fn balance(ask: Node) -> Flow {
    let which = Node::Collect {
        prompt: text("Which account?"),
        max_digits: 4,
        timeout_s: 5,
        attribute: "account".into(),
        entry: Entry::USUAL,
        retry: None,
        next: "ask".into(),
        no_input: "sorry".into(),
        failed: "sorry".into(),
    };
    let message = |words: &str| Node::Message {
        prompt: text(words),
    };
    flow(
        "Balance",
        "which",
        &[
            ("which", which),
            ("ask", ask),
            ("tell", message("Account {account}: {balance}.")),
            ("sorry", message("Sorry.")),
        ],
    )
}

/// A scene in which somebody has entered the number of the account.
fn asked_by(ask: Node, account: &str) -> (Scene, ContactId) {
    let mut scene = Scene::with_flow(queue("Support"), balance(ask));
    let contact = scene.call();
    scene.skip();
    scene.presses(contact, account);
    (scene, contact)
}

fn asked() -> (Scene, ContactId) {
    asked_by(ask(request()), "1234")
}

fn order(scene: &Scene) -> EffectId {
    scene.last_order(|it| matches!(it, Effect::Request { .. }))
}

fn says(scene: &mut Scene, values: &[(&str, &str)]) -> Reply {
    let values = values.iter();
    let values = values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let values: BTreeMap<_, _> = values.collect();
    let effect = order(scene);
    scene.settle(effect, Outcome::Answered { values })
}

fn fails(scene: &mut Scene, code: &str) -> Reply {
    let (effect, code) = (order(scene), code.to_owned());
    scene.settle(effect, Outcome::Failed { code })
}

fn heard(scene: &Scene, contact: ContactId) -> String {
    let contact = scene.state().contacts.get(contact).expect("it is alive");
    match contact.media.as_ref().map(|it| &it.prompt) {
        Some(Heard::Text(text)) => text.clone(),
        other => panic!("no words: {other:?}"),
    }
}

#[test]
fn what_the_system_says_is_spoken() {
    let (mut scene, contact) = asked();
    scene.check("> Get crm/accounts/1234?full=1 - for 1 5 s");
    says(&mut scene, &[("balance", "42.50"), ("secret", "x")]);
    scene.check("1 ask learns {\"balance\": \"42.50\"}\n> play 1");
    assert_eq!(heard(&scene, contact), "Account 1234: 42.50.");
}

#[test]
fn what_a_customer_keys_changes_neither_path_nor_document() {
    let post = HttpRequest {
        method: HttpMethod::Post,
        path: "/tickets/{account}".into(),
        body: Some(r#"{"account":"{account}"}"#.into()),
        ..request()
    };
    let (mut scene, _) = asked_by(ask(post), "#*\"/");
    scene.check(r##"> Post crm/tickets/%23%2A%22%2F {"account":"#*\"/"} for 1 5 s"##);
}

#[test]
fn system_that_is_down_takes_the_declared_exit() {
    let (mut scene, contact) = asked();
    scene.skip();
    fails(&mut scene, "http-503");
    scene.check("1 ask failed http-503\n> play 1");
    assert_eq!(heard(&scene, contact), "Sorry.");
}

#[test]
fn answer_without_what_was_asked_for_takes_the_declared_exit() {
    let (mut scene, _) = asked();
    scene.skip();
    says(&mut scene, &[("name", "Ann")]);
    scene.check("1 ask failed no-value\n> play 1");
}

#[test]
fn request_of_unknown_outcome_takes_the_declared_exit() {
    let (mut scene, _) = asked();
    scene.skip();
    let effect = order(&scene);
    scene.settle(effect, Outcome::Unknown);
    scene.check("1 ask failed no-answer\n> play 1");
}

#[test]
fn overlong_value_is_cut_to_the_length_of_an_attribute() {
    let (mut scene, contact) = asked();
    says(&mut scene, &[("balance", &"9".repeat(1_000))]);
    let contact = scene.state().contacts.get(contact).expect("it is alive");
    assert_eq!(contact.attributes["balance"].len(), 256);
}

#[test]
fn system_that_says_nothing_takes_the_declared_exit_and_its_late_answer_is_ignored() {
    let (mut scene, contact) = asked();
    scene.skip();
    scene.pass(6);
    scene.check("");
    scene.pass(1);
    scene.check("1 ask failed timeout\n> play 1");
    says(&mut scene, &[("balance", "42.50")]);
    scene.check("");
    assert_eq!(heard(&scene, contact), "Sorry.");
}

#[test]
fn answer_for_a_customer_who_left_is_ignored() {
    let (mut scene, contact) = asked();
    scene.fact(contact, CallFact::LegDown);
    scene.skip();
    says(&mut scene, &[("balance", "42.50")]);
    scene.check("");
}

#[test]
fn answer_to_an_earlier_round_says_nothing_about_the_present_one() {
    let Node::Http { request, save, .. } = ask(request()) else {
        panic!("it is one")
    };
    let again = Node::Http {
        request,
        prompt: None,
        timeout_s: 5,
        save,
        next: "tell".into(),
        failed: "ask".into(),
    };
    let (mut scene, _) = asked_by(again, "1234");
    let first = order(&scene);
    scene.pass(7);
    scene.skip();
    let values = [("balance".to_owned(), "1".to_owned())].into();
    scene.settle(first, Outcome::Answered { values });
    scene.check("");
    says(&mut scene, &[("balance", "2")]);
    scene.check("1 ask learns {\"balance\": \"2\"}\n> play 1");
}

#[test]
fn customer_hears_something_meanwhile_and_no_longer() {
    let Node::Http {
        request,
        timeout_s,
        save,
        next,
        failed,
        ..
    } = ask(request())
    else {
        panic!("it is one")
    };
    let prompt = Some(text("One moment, {account}."));
    let with_sound = Node::Http {
        request,
        prompt,
        timeout_s,
        save,
        next,
        failed,
    };
    let (mut scene, contact) = asked_by(with_sound, "7");
    scene.check("> music 1\n> Get crm/accounts/7?full=1 - for 1 5 s");
    assert_eq!(heard(&scene, contact), "One moment, 7.");
    says(&mut scene, &[("balance", "42.50")]);
    scene.check("1 ask learns {\"balance\": \"42.50\"}\n> stop media 1\n> play 1");
}

#[test]
fn restart_leaves_the_request_open_and_its_answer_counts() {
    let (mut scene, contact) = asked();
    let effect = order(&scene);
    scene.give(Input::ServiceStarted);
    let open = scene.state().orders.get(&effect);
    assert!(matches!(open, Some(Effect::Request { .. })), "{open:?}");
    scene.skip();
    scene.pass(3);
    scene.observed(contact, up(&[], None));
    scene.check("");
    says(&mut scene, &[("balance", "42.50")]);
    scene.check("1 ask learns {\"balance\": \"42.50\"}\n> play 1");
}

#[test]
fn only_what_changes_nothing_may_be_asked_twice_without_a_key() {
    let (scene, _) = asked();
    let looked_up = &scene.state().orders[&order(&scene)];
    assert_eq!(looked_up.class(), Class::Restart);
    let post = HttpRequest {
        method: HttpMethod::Post,
        ..request()
    };
    let (scene, _) = asked_by(ask(post), "1");
    let changed = &scene.state().orders[&order(&scene)];
    assert_eq!(changed.class(), Class::Keyed);
}

#[test]
fn request_that_cannot_be_right_is_refused_with_its_field() {
    let get_with_body = HttpRequest {
        body: Some("{}".into()),
        ..request()
    };
    let elsewhere = HttpRequest {
        path: "//evil.example/".into(),
        ..request()
    };
    let unnamed = HttpRequest {
        system: String::new(),
        ..request()
    };
    for (wrong, name) in [
        (get_with_body, "nodes.ask.body"),
        (elsewhere, "nodes.ask.path"),
        (unnamed, "nodes.ask.system"),
    ] {
        let refused = balance(ask(wrong)).validate();
        let Err(Refusal::Invalid { field, .. }) = refused else {
            panic!("accepted: {refused:?}")
        };
        assert_eq!(field, name);
    }
}

#[test]
fn prompts_of_every_kind_say_what_is_known_of_the_contact() {
    let play = Node::Play {
        prompt: text("You said {account} {nothing}{not a name}"),
        next: "tell".into(),
        failed: "sorry".into(),
    };
    let (mut scene, contact) = asked_by(play, "12");
    assert_eq!(heard(&scene, contact), "You said 12 {not a name}");
    scene.hears(contact);
    assert_eq!(heard(&scene, contact), "Account 12: .");
}
