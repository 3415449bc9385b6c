//! A supervisor has a caller who waits asked at once whether to be called back.

use super::{FIRST, person, refused, scene, supervisor, support, wish};
use crate::scene::{SUPPORT, Scene};
use tandem_core::callback::{Duplicate, Kind};
use tandem_core::effect::Effect;
use tandem_core::event::Event;
use tandem_core::ids::{AccountId, ContactId, QueueId};
use tandem_core::input::{CallFact, Collected, KeepFor, Request, SwitchQueue};
use tandem_core::prompt::Heard;
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::settings::Document;
use tandem_core::switch::Position;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{callback_rules, queue};

/// Support, whose flow asks nobody.
fn silent() -> Scene {
    let mut scene = Scene::with(queue("Support"));
    scene.change(1, 1, Document::Queue(support(callback_rules())));
    scene.skip();
    scene
}

fn offer(scene: &mut Scene, contact: ContactId) -> Reply {
    scene.ask(supervisor(), Request::OfferCallback { contact })
}

fn answers(scene: &mut Scene, contact: ContactId, result: Collected) {
    let effect = scene.last_order(|it| matches!(it, Effect::Collect { .. }));
    scene.fact(contact, CallFact::Collected { effect, result });
}

fn presses(scene: &mut Scene, contact: ContactId, keys: &str) {
    answers(scene, contact, Collected::Digits(keys.to_owned()));
}

//
#[test]
fn caller_who_takes_the_offer_keeps_the_place_hears_so_and_is_let_go() {
    let mut scene = silent();
    let contact = scene.customer_calls(1);
    scene.pass(40);
    scene.skip();
    assert_eq!(offer(&mut scene, contact), Reply::Done);
    scene.check("1 is offered a callback, Own\n> collect 1");
    presses(&mut scene, contact, "1");
    scene.check(
        "callback 1 booked, VirtualHold
        1 leaves 1 by callback
        1 answers: Taken
        > play 1",
    );
    let callback = scene.callback(FIRST).expect("it is booked").clone();
    let waited = scene.now.micros_since(callback.place.since);
    assert_eq!((callback.kind, waited), (Kind::VirtualHold, 40_000_000));
    scene.rebuilds();
    scene.hears(contact);
    assert!(
        scene
            .told()
            .contains("> hang up 1\n1 ends CallbackConverted")
    );
    scene.rebuilds();
}

#[test]
fn caller_who_does_not_take_the_offer_waits_on_with_the_music() {
    for result in [
        Collected::NoInput,
        Collected::Digits("5".to_owned()),
        Collected::Failed {
            code: "8531".to_owned(),
        },
    ] {
        let mut scene = silent();
        let contact = scene.customer_calls(1);
        offer(&mut scene, contact);
        scene.skip();
        answers(&mut scene, contact, result);
        scene.check("1 answers: NotTaken\n> music 1");
        assert_eq!(scene.state().n_waiting(SUPPORT), 1);
        // It may be offered once more.
        assert_eq!(offer(&mut scene, contact), Reply::Done);
    }
}

#[test]
fn flow_that_asks_for_a_callback_itself_asks_with_its_own_words_and_goes_its_own_way() {
    let mut scene = scene();
    let contact = scene.customer_calls(1);
    scene.skip();
    assert_eq!(offer(&mut scene, contact), Reply::Done);
    scene.check("1 is offered a callback, OfFlow\n> collect 1");
    let asked = scene.journal.iter().rev().find_map(|(_, event)| {
        let Effect::Collect { prompt, .. } = event.as_order()?.effect else {
            return None;
        };
        Some(prompt)
    });
    let words = "Press 1 to be called back.".to_owned();
    assert_eq!(asked, Some(Heard::Text(words)));
    presses(&mut scene, contact, "1");
    scene.check("1 leaves 1 by key\ncallback 1 booked, VirtualHold\n> play 1");
    assert!(scene.callback(FIRST).is_some());
}

#[test]
fn agent_who_is_offered_meanwhile_is_worth_more_than_the_answer() {
    let mut scene = silent();
    let contact = scene.customer_calls(1);
    offer(&mut scene, contact);
    scene.ready_agent("ann", 5);
    presses(&mut scene, contact, "1");
    scene.offer_of(contact);
    assert!(scene.callback(FIRST).is_none());
}

#[test]
fn question_that_nobody_hears_of_again_gives_the_music_back() {
    let mut scene = silent();
    let contact = scene.customer_calls(1);
    offer(&mut scene, contact);
    let question = scene.last_order(|it| matches!(it, Effect::Collect { .. }));
    scene.done(question, "asked");
    scene.skip();
    scene.pass(400);
    assert!(scene.told().contains("> music 1"), "{}", scene.told());
}

#[test]
fn offer_that_would_come_to_nothing_is_refused_with_the_reason() {
    let mut scene = silent();
    let withheld = scene.call();
    let mut refuse = |contact| {
        let reply = offer(&mut scene, contact);
        refused(reply)
    };
    assert_eq!(refuse(withheld), Refusal::NumberUnknown);
    let (what, id) = ("contact", 9);
    assert_eq!(refuse(ContactId(9)), Refusal::NotFound { what, id });
    let contact = scene.customer_calls(2);
    offer(&mut scene, contact);
    assert_eq!(refused(offer(&mut scene, contact)), Refusal::BeingTold);
    answers(&mut scene, contact, Collected::NoInput);
    let until = scene.now.plus_seconds(60);
    let off = SwitchQueue {
        queue: SUPPORT,
        to: Position::NoCallbacks,
        until,
        reason: "Nobody to call".to_owned(),
    };
    scene.ask(supervisor(), Request::SwitchQueue(off));
    assert_eq!(refused(offer(&mut scene, contact)), Refusal::NoNewCallbacks);
    scene.pass(60);
    let entry = Request::SetDoNotCall {
        customer: person(2).customer,
        subject: person(2).arrival,
        until: None,
    };
    scene.ask(Actor::system(), entry);
    assert_eq!(
        refused(offer(&mut scene, contact)),
        Refusal::OnDoNotCallList
    );
    let queue = Queue {
        callbacks: None,
        ..support(callback_rules())
    };
    scene.change(1, 2, Document::Queue(queue));
    assert_eq!(refused(offer(&mut scene, contact)), Refusal::NoCallbacks);
}

#[test]
fn contact_that_waits_for_nothing_such_is_not_offered_a_callback() {
    let mut scene = silent();
    let ann = scene.ready_agent("ann", 5);
    let offered = scene.customer_calls(1);
    assert_eq!(refused(offer(&mut scene, offered)), Refusal::BeingOffered);
    scene.accept(ann, offered);
    scene.joins(offered, "ann");
    assert_eq!(refused(offer(&mut scene, offered)), Refusal::NotWaiting);
    scene.book(wish(3, None, KeepFor::Nobody));
    let attempt = scene.attempt(FIRST);
    assert_eq!(refused(offer(&mut scene, attempt)), Refusal::IsCallback);
}

#[test]
fn customer_who_may_book_once_only_is_offered_nothing_while_a_callback_is_pending() {
    let mut scene = Scene::with(queue("Support"));
    let rules = tandem_core::callback::CallbackRules {
        duplicate: Duplicate::Refuse,
        on_return: tandem_core::callback::OnReturn::WaitsAnew,
        ..callback_rules()
    };
    scene.change(1, 1, Document::Queue(support(rules)));
    scene.book(wish(1, None, KeepFor::Nobody));
    let contact = scene.customer_calls(1);
    assert_eq!(
        refused(offer(&mut scene, contact)),
        Refusal::CallbackPending
    );
}

//
#[test]
fn who_offers_a_callback_needs_the_permission_and_the_queue_and_is_on_record() {
    let mut scene = silent();
    let contact = scene.customer_calls(1);
    let scope = tandem_core::scope::Scope::Parts(tandem_core::scope::Parts {
        queues: [QueueId(9)].into(),
        ..Default::default()
    });
    let beyond = Actor {
        scope,
        ..supervisor()
    };
    let reply = scene.ask(beyond, Request::OfferCallback { contact });
    let what = "contact 1".to_owned();
    assert_eq!(refused(reply), Refusal::OutOfScope { what });
    let analyst = Actor {
        roles: vec![Role::Analyst],
        ..supervisor()
    };
    let reply = scene.ask(analyst, Request::OfferCallback { contact });
    assert!(matches!(refused(reply), Refusal::Forbidden { .. }));
    offer(&mut scene, contact);
    let by = scene.journal.iter().find_map(|(_, event)| {
        if let Event::CallbackOffered(it) = event {
            return Some(it.by);
        }
        None
    });
    assert_eq!(by, Some(AccountId(90)));
}
