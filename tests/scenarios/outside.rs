//! The node `transfer`: a flow has a phone outside called and leaves the customer to whoever answers (B-182);
//! else the customer goes on in the flow, and is never dumped (R-02f).

use crate::scene::{SUPPORT, Scene, up};
use tandem_core::calling_out::CallingOut;
use tandem_core::contact::State;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::event::{Event, NumberDialed};
use tandem_core::flow::{Flow, Node, Phone};
use tandem_core::ids::{ContactId, CustomerHash, EffectId, EndpointId, FlowId, SubjectRef};
use tandem_core::input::{Arrival, CallFact, Input, NotJoined, Request};
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::talk::Number;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, text};

const PHONE: &str = "phone-77";
const OWNER: CustomerHash = CustomerHash(77);

fn phone() -> Phone {
    Phone {
        number: "+493055501077".into(),
        country: "49".into(),
        known_as: Number {
            subject: SubjectRef(77),
            address: PHONE.into(),
        },
        owner: OWNER,
    }
}

fn transfer(to: Phone) -> Node {
    Node::Transfer {
        to,
        ring_s: 30,
        prompt: Some(text("We put you through.")),
        failed: "sorry".into(),
    }
}

/// Puts everybody through, and is sorry for those whom nobody takes.
fn night(to: Phone) -> Flow {
    let sorry = Node::Message {
        prompt: text("Nobody is there."),
    };
    flow(
        "Night",
        "night",
        &[("night", transfer(to)), ("sorry", sorry)],
    )
}

fn scene() -> Scene {
    let mut scene = Scene::with_flow(queue("Support"), night(phone()));
    scene.skip();
    scene
}

/// The phone outside rings for a customer.
fn ringing() -> (Scene, ContactId) {
    let mut scene = scene();
    let contact = scene.call();
    scene.done(dialed(&scene), "invitation");
    scene.skip();
    (scene, contact)
}

fn dialed(scene: &Scene) -> EffectId {
    scene.last_order(|it| matches!(it, Effect::AddNumber { .. }))
}

fn answers(scene: &mut Scene, contact: ContactId) -> Reply {
    let (effect, address) = (dialed(scene), PHONE.to_owned());
    scene.fact(contact, CallFact::AgentJoined { effect, address })
}

fn does_not_answer(scene: &mut Scene, contact: ContactId, why: NotJoined) -> Reply {
    let effect = dialed(scene);
    scene.fact(contact, CallFact::AgentNotJoined { effect, why })
}

fn is_outside(scene: &Scene, contact: ContactId) -> bool {
    let contact = scene.state().contacts.get(contact);
    contact.is_some_and(|it| matches!(it.state, State::Outside(_)))
}

// B-182, R-01
#[test]
fn customer_is_left_to_the_phone_that_answers_and_the_call_ends_with_either_of_the_two() {
    let (mut scene, contact) = ringing();
    answers(&mut scene, contact);
    scene.check("> stop media 1\n1 is left to phone-77");
    scene.roster(contact, true, &[PHONE]);
    scene.check("");
    scene.roster(contact, false, &[PHONE]);
    scene.check("> hang up 1\n1 ends OverflowExternal");

    let (mut scene, contact) = ringing();
    answers(&mut scene, contact);
    scene.roster(contact, true, &[PHONE]);
    scene.skip();
    scene.roster(contact, true, &[]);
    scene.check("> hang up 1\n1 ends OverflowExternal");
}

// B-182
#[test]
fn customer_hears_the_prompt_while_the_phone_outside_rings() {
    let mut scene = scene();
    scene.call();
    scene.check(
        "1 arrives
         > answer 1
         > music 1
         1 night dials phone-77
         > call phone-77 for 1 30 s",
    );
}

//
#[test]
fn what_was_looked_at_before_the_phone_was_called_stands_in_the_fact() {
    let mut scene = scene();
    scene.ask(
        Actor::system(),
        Request::SetDoNotCall {
            customer: CustomerHash(5),
            subject: SubjectRef(6),
            until: None,
        },
    );
    scene.call();
    let mut facts = scene.journal.iter().rev().map(|(_, event)| event);
    let checked = facts.find_map(|event| {
        let Event::NumberDialed(NumberDialed { checked, .. }) = event else {
            return None;
        };
        Some(checked)
    });
    let checked = checked.expect("the phone was called");
    assert_eq!(
        (checked.country.as_str(), checked.do_not_call_entries),
        ("49", 1)
    );
}

// R-02f
#[test]
fn customer_whom_nobody_takes_goes_on_in_the_flow_with_the_reason() {
    for (why, code) in [
        (NotJoined::Declined, "declined"),
        (NotJoined::Busy, "busy"),
        (NotJoined::NoAnswer, "no-answer"),
        (NotJoined::Failed, "not-called"),
    ] {
        let (mut scene, contact) = ringing();
        does_not_answer(&mut scene, contact, why);
        let told = scene.told();
        let expected = format!("> stop media 1\n1 night failed {code}\n> play 1");
        assert!(told.ends_with(&expected), "{told}");
        assert!(!told.contains("hang up"), "{told}");
    }
}

#[test]
fn order_that_the_service_refuses_leads_to_the_failed_exit() {
    let mut scene = scene();
    scene.call();
    scene.skip();
    let code = "8522".to_owned();
    scene.settle(dialed(&scene), Outcome::Failed { code });
    scene.check("> stop media 1\n1 night failed not-called\n> play 1");
}

/// Its outcome is not known: the other side is asked, and says who is there.
#[test]
fn order_of_which_nobody_knows_whether_it_was_carried_out_is_asked_about() {
    let mut scene = scene();
    scene.tells_questions = true;
    let contact = scene.call();
    scene.skip();
    scene.settle(dialed(&scene), Outcome::Unknown);
    scene.check("> ask about 1");
    scene.observed(contact, up(&[PHONE], None));
    assert!(is_outside(&scene, contact));
}

// The word of the answer is lost.
#[test]
fn roster_alone_tells_that_somebody_answered() {
    let (mut scene, contact) = ringing();
    scene.roster(contact, true, &[PHONE]);
    scene.check("> stop media 1\n1 is left to phone-77");
    assert_eq!(answers(&mut scene, contact), Reply::Ignored);
    scene.check("");
}

// All word of the answer is lost.
#[test]
fn other_side_is_asked_before_a_phone_is_given_up_of_which_no_word_came() {
    let (mut scene, contact) = ringing();
    scene.pass(36);
    // It is asked soon after the ringing began as well.
    scene.check("");
    scene.observed(contact, up(&[PHONE], None));
    scene.check("> stop media 1\n1 is left to phone-77");

    let (mut scene, contact) = ringing();
    scene.pass(36);
    scene.observed(contact, up(&[], None));
    scene.check(
        "> stop ringing for 1
         > stop media 1
         1 night failed no-answer
         > play 1",
    );
}

#[test]
fn phone_is_given_up_by_time_when_the_other_side_cannot_be_asked_either() {
    let (mut scene, _) = ringing();
    scene.pass(41);
    scene.check(
        "> stop ringing for 1
         > stop media 1
         1 night failed no-answer
         > play 1",
    );
}

#[test]
fn customer_who_leaves_while_the_phone_rings_ends_the_ringing_too() {
    let (mut scene, contact) = ringing();
    scene.roster(contact, false, &[]);
    scene.check("> hang up 1\n1 ends AbandonedFlow");
    let (mut scene, contact) = ringing();
    scene.fact(contact, CallFact::LegDown);
    scene.check("1 ends AbandonedFlow");
}

#[test]
fn phone_that_answers_after_it_was_given_up_is_taken_out() {
    let (mut scene, contact) = ringing();
    does_not_answer(&mut scene, contact, NotJoined::NoAnswer);
    scene.skip();
    answers(&mut scene, contact);
    scene.check("> remove phone-77 from 1");
    // Where that word was lost, a roster shows it.
    scene.roster(contact, true, &[PHONE]);
    scene.check("> remove phone-77 from 1");
}

#[test]
fn invitation_that_is_told_after_the_phone_was_given_up_is_taken_back() {
    let mut scene = scene();
    let contact = scene.call();
    let order = dialed(&scene);
    does_not_answer(&mut scene, contact, NotJoined::NoAnswer);
    scene.skip();
    scene.done(order, "invitation");
    scene.check("> stop ringing for 1");
}

/// Rosters are ordered among themselves alone: one may be older than the answer.
#[test]
fn roster_from_before_the_answer_ends_nothing_and_is_asked_about() {
    let (mut scene, contact) = ringing();
    scene.tells_questions = true;
    answers(&mut scene, contact);
    scene.skip();
    scene.roster(contact, true, &[]);
    scene.check("> ask about 1");
    scene.observed(contact, up(&[PHONE], None));
    assert!(is_outside(&scene, contact));
    // The other side's own word counts.
    scene.roster(contact, true, &[]);
    scene.skip();
    scene.observed(contact, up(&[], None));
    scene.check("> hang up 1\n1 ends OverflowExternal");
}

// The process dies while the phone rings, and somebody answers meanwhile.
#[test]
fn customer_put_through_while_the_process_was_gone_is_found_there() {
    let (mut scene, contact) = ringing();
    scene.give(Input::ServiceStarted);
    scene.give(Input::TimeReached);
    scene.skip();
    scene.observed(contact, up(&[PHONE], None));
    scene.check("> stop media 1\n1 is left to phone-77");
}

#[test]
fn nobody_is_put_through_to_the_phone_from_which_they_call() {
    let mut scene = scene();
    let own = Arrival {
        customer: OWNER,
        ..scene.arrival()
    };
    scene.give(Input::Arrived(own));
    scene.skip();
    scene.comes_up(ContactId(1));
    scene.check("1 night failed own-number\n> play 1");
}

fn open_to(country: &str) -> Queue {
    Queue {
        calling_out: Some(Box::new(CallingOut {
            endpoint: EndpointId(1),
            countries: vec![country.to_owned()],
            ring_s: 20,
        })),
        ..queue("Support")
    }
}

//
#[test]
fn rules_of_calling_out_that_changed_since_it_was_saved_are_looked_at_again() {
    let mut scene = scene();
    scene.change(SUPPORT.0, 1, Document::Queue(open_to("43")));
    scene.skip();
    scene.call();
    let told = scene.told();
    assert!(told.ends_with("1 night failed country\n> play 1"), "{told}");
    assert!(!told.contains("> call"), "{told}");
    scene.change(SUPPORT.0, 2, Document::Queue(open_to("49")));
    let request = Request::SetDoNotCall {
        customer: OWNER,
        subject: SubjectRef(6),
        until: None,
    };
    scene.ask(Actor::system(), request);
    scene.skip();
    scene.call();
    let told = scene.told();
    assert!(
        told.ends_with("2 night failed do-not-call\n> play 2"),
        "{told}"
    );
}

fn refused(scene: &mut Scene, flow: Flow) -> (String, String) {
    let request = Request::Save {
        id: None,
        expected: None,
        document: Document::Flow(flow),
    };
    let reply = scene.ask(Actor::system(), request);
    let Reply::Refused(Refusal::Invalid { field, detail }) = reply else {
        panic!("not refused: {reply:?}")
    };
    (field, detail)
}

//
#[test]
fn flow_that_leads_where_nobody_may_be_called_is_refused_with_the_place_and_the_reason() {
    let mut scene = scene();
    scene.change(SUPPORT.0, 1, Document::Queue(open_to("43")));
    let (field, detail) = refused(&mut scene, night(phone()));
    assert_eq!(field, "nodes.night.to.number");
    assert!(detail.contains("no queue calls the country 49"), "{detail}");
    scene.change(SUPPORT.0, 2, Document::Queue(queue("Support")));
    let request = Request::SetDoNotCall {
        customer: OWNER,
        subject: SubjectRef(6),
        until: None,
    };
    scene.ask(Actor::system(), request);
    let (field, detail) = refused(&mut scene, night(phone()));
    assert_eq!(field, "nodes.night.to.number");
    assert!(detail.contains("do-not-call list"), "{detail}");
}

#[test]
fn ringing_that_is_too_short_or_leads_back_at_once_is_refused() {
    let mut scene = scene();
    let mut short = night(phone());
    if let Some(Node::Transfer { ring_s, .. }) = short.nodes.get_mut("night") {
        *ring_s = 9;
    }
    let (field, _) = refused(&mut scene, short);
    assert_eq!(field, "nodes.night.ring_s");
    let mut round = night(phone());
    if let Some(Node::Transfer { failed, .. }) = round.nodes.get_mut("night") {
        *failed = "again".into();
    }
    let again = Node::Set {
        attribute: "x".into(),
        value: "y".into(),
        next: "night".into(),
    };
    round.nodes.insert("again".into(), again);
    let (field, detail) = refused(&mut scene, round);
    assert!(field.starts_with("nodes."), "{field} {detail}");
}

// B4.6, R-02e: whom no agent took in time goes outside; the queue counts them as gone on in the flow.
#[test]
fn customer_whom_no_agent_took_in_time_is_put_through() {
    let mut scene = Scene::with_flow(queue("Support"), night(phone()));
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "night".into(),
        full: "night".into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    let mut waiting = night(phone());
    waiting.nodes.insert("wait".into(), wait);
    waiting.start = "wait".into();
    scene.change(FlowId(1).0, 2, Document::Flow(waiting));
    let contact = scene.call();
    scene.skip();
    let max_wait_s = queue("Support").max_wait_s;
    scene.pass(max_wait_s);
    scene.check(
        "> stop media 1
         1 leaves 1 by timeout
         > music 1
         1 night dials phone-77
         > call phone-77 for 1 30 s",
    );
    answers(&mut scene, contact);
    scene.fact(contact, CallFact::LegDown);
    scene.check("> stop media 1\n1 is left to phone-77\n1 ends OverflowExternal");
}
