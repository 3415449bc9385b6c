//! What becomes of an attempt: who is to blame, how often, and that nobody is called twice for one.

use super::{FIRST, refused, scene, scene_of, supervisor, wish};
use crate::scene::Scene;
use tandem_core::agent::{Display, Intent, NotReady};
use tandem_core::callback::{AttemptRules, CallbackRules, State};
use tandem_core::effect::{Effect, Outcome};
use tandem_core::ids::{AgentId, ContactId, CustomerHash, SubjectRef};
use tandem_core::input::{CallFact, Input, KeepFor, NotJoined, Request};
use tandem_core::refusal::Refusal;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::callback_rules;

/// ann is ready, and a customer is to be called back at once.
fn due() -> (Scene, AgentId, ContactId) {
    due_under(callback_rules())
}

fn due_under(rules: CallbackRules) -> (Scene, AgentId, ContactId) {
    let mut scene = scene_of(rules);
    let ann = scene.ready_agent("ann", 0);
    scene.book(wish(1, None, KeepFor::Nobody));
    let attempt = scene.attempt(FIRST);
    scene.skip();
    (scene, ann, attempt)
}

impl Scene {
    /// The next attempt comes, and the customer's phone does this.
    fn tries_again(&mut self, ann: AgentId, why: NotJoined) {
        let contact = self.dials(ann, "ann", FIRST);
        self.customer_does_not(contact, why);
        if matches!(why, NotJoined::NoAnswer | NotJoined::Failed) {
            let (customer, agents) = (false, vec!["ann".to_owned()]);
            let recording = None;
            let call = tandem_core::effect::Observation::Up {
                customer,
                agents,
                recording,
            };
            self.observed(contact, call);
        }
    }

    fn n_orders(&self, is_it: impl Fn(&Effect) -> bool) -> usize {
        let orders = self
            .journal
            .iter()
            .filter_map(|(_, event)| event.as_order());
        orders.filter(|order| is_it(&order.effect)).count()
    }
}

//
#[test]
fn failed_dial_frees_the_agent_without_wrap_up_and_comes_again_after_its_spacing() {
    let (mut scene, ann, attempt) = due();
    scene.dials(ann, "ann", FIRST);
    scene.skip();
    scene.customer_does_not(attempt, NotJoined::Busy);
    scene.check(
        "1 not reached Busy
        callback 1 put off NotReached(Busy) +300
        > hang up 1
        1 ends OutboundBusy",
    );
    assert_eq!(scene.display(ann), Display::Available);
    scene.pass(299);
    scene.check("");
    scene.pass(1);
    scene.check(
        "callback 1 waits as 2 in 1, since 300 s
        2 offered to ann +20",
    );
    scene.rebuilds();
}

//
#[test]
fn each_way_not_to_be_reached_has_its_own_spacing() {
    let (mut scene, ann, _) = due();
    for (why, spacing_s) in [(NotJoined::NoAnswer, 900), (NotJoined::Declined, 3_600)] {
        scene.tries_again(ann, why);
        let State::Booked { next_at } = scene.callback(FIRST).unwrap().state else {
            panic!("it is booked again")
        };
        assert_eq!(next_at, scene.now.plus_seconds(spacing_s), "{why:?}");
        scene.pass(spacing_s);
    }
}

//
#[test]
fn customer_is_called_as_often_as_allowed_and_not_once_more() {
    let (mut scene, ann, _) = due();
    for _ in 0..3 {
        scene.tries_again(ann, NotJoined::Busy);
        scene.pass(300);
    }
    assert!(scene.told().contains("callback 1 over Exhausted"));
    assert!(scene.state().callbacks.is_empty());
    assert_eq!(
        scene.n_orders(|it| matches!(it, Effect::AddNumber { .. })),
        3
    );
    assert_eq!(scene.center.next_deadline(), None);
    scene.rebuilds();
}

// B6: an agent who does not accept is no failed attempt.
#[test]
fn agent_who_declines_costs_the_customer_no_attempt() {
    let (mut scene, ann, attempt) = due();
    let bob = scene.ready_agent("bob", 0);
    scene.decline(ann, attempt);
    let live = scene.state().contacts.get(attempt).unwrap();
    assert_eq!(live.agent(), Some(bob));
    assert_eq!(scene.callback(FIRST).unwrap().rang_at.len(), 0);
}

//
#[test]
fn agent_whose_client_does_not_answer_is_not_ready_and_the_next_one_is_asked_at_once() {
    let (mut scene, ann, attempt) = due();
    let bob = scene.ready_agent("bob", 0);
    scene.accept(ann, attempt);
    scene.skip();
    scene.pass(35);
    scene.check(
        "1 not reached AgentNoAnswer
        callback 1 put off NotReached(AgentNoAnswer) +0
        1 ends OutboundCancelled
        ann not ready: missed offer
        callback 1 waits as 2 in 1, since 35 s
        2 offered to bob +20",
    );
    let missed = Intent::NotReady(NotReady::MissedOffer);
    assert_eq!(scene.state().agents.get(ann).unwrap().intent, missed);
    assert_eq!(scene.callback(FIRST).unwrap().rang_at.len(), 0);
    assert_eq!(scene.display(bob), Display::Offering);
    scene.rebuilds();
}

#[test]
fn agent_who_gives_up_before_the_customer_is_called_is_not_asked_again_at_once() {
    let (mut scene, ann, attempt) = due();
    scene.accept(ann, attempt);
    scene.by(ann, Request::HangUp { contact: attempt });
    let again = scene.attempt(FIRST);
    assert_ne!(again, attempt);
    assert_eq!(scene.display(ann), Display::Available);
    scene.pass(60);
    let live = scene.state().contacts.get(again).unwrap();
    assert_eq!(live.agent(), Some(ann), "the cooldown is over");
}

#[test]
fn agent_who_leaves_while_the_customers_phone_rings_has_called_the_customer() {
    let (mut scene, ann, _) = due();
    let contact = scene.dials(ann, "ann", FIRST);
    scene.fact(contact, CallFact::LegDown);
    let callback = scene.callback(FIRST).unwrap();
    assert_eq!(callback.rang_at.len(), 1);
    assert!(matches!(callback.state, State::Booked { .. }));
}

#[test]
fn call_that_the_service_does_not_place_is_tried_again_soon() {
    let (mut scene, ann, attempt) = due();
    scene.accept(ann, attempt);
    let order = scene.last_order(|it| matches!(it, Effect::CallAgent { .. }));
    let code = "8500".to_owned();
    scene.skip();
    scene.settle(order, Outcome::Failed { code });
    assert!(scene.told().contains("put off NotReached(NotPlaced) +30"));
    scene.pass(30);
    assert_ne!(scene.attempt(FIRST), attempt);
}

//
#[test]
fn word_that_comes_twice_or_late_dials_nobody_twice() {
    let (mut scene, ann, _) = due();
    let contact = scene.dials(ann, "ann", FIRST);
    let leg = format!("leg-{contact}");
    scene.fact(contact, CallFact::LegUp { leg: leg.clone() });
    scene.roster(contact, false, &["ann"]);
    scene.give(Input::ServiceStarted);
    scene.fact(contact, CallFact::LegUp { leg });
    assert_eq!(
        scene.n_orders(|it| matches!(it, Effect::CallAgent { .. })),
        1
    );
    assert_eq!(
        scene.n_orders(|it| matches!(it, Effect::AddNumber { .. })),
        1
    );
    scene.picks_up(contact, 1);
    scene.picks_up(contact, 1);
    assert!(scene.state().callbacks.is_empty());
}

//
#[test]
fn attempt_that_waits_is_put_to_agents_after_a_start() {
    let mut scene = scene();
    scene.give(Input::DrainBegan);
    let ann = scene.ready_agent("ann", 0);
    scene.book(wish(1, None, KeepFor::Nobody));
    assert_eq!(scene.display(ann), Display::Available);
    scene.give(Input::ServiceStarted);
    assert_eq!(scene.display(ann), Display::Offering);
}

//
#[test]
fn customer_who_comes_on_the_do_not_call_list_meanwhile_is_not_called() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    let listed = Request::SetDoNotCall {
        customer: CustomerHash(1),
        subject: SubjectRef(5),
        until: None,
    };
    scene.ask(supervisor(), listed);
    scene.skip();
    scene.ready_agent("ann", 0);
    assert!(scene.state().callbacks.is_empty());
    assert_eq!(
        scene.n_orders(|it| matches!(it, Effect::CallAgent { .. })),
        0
    );
}

//
#[test]
fn rules_that_change_between_offer_and_acceptance_are_looked_at_again() {
    let (mut scene, ann, attempt) = due();
    let listed = Request::SetDoNotCall {
        customer: CustomerHash(1),
        subject: SubjectRef(5),
        until: None,
    };
    scene.ask(supervisor(), listed);
    let reply = scene.accept(ann, attempt);
    assert_eq!(refused(reply), Refusal::OfferGone);
    assert!(scene.state().callbacks.is_empty());
    assert_eq!(scene.display(ann), Display::Available);
}

//
#[test]
fn country_that_is_not_called_any_more_ends_the_callback() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    let mut queue = super::support(callback_rules());
    queue.calling_out.as_mut().unwrap().countries = vec!["1".to_owned()];
    scene.skip();
    scene.change(1, 2, Document::Queue(queue));
    assert!(
        scene.told().contains("over Cancelled(CountryNotAllowed)"),
        "{}",
        scene.told()
    );
}

#[test]
fn callback_that_nobody_takes_expires_and_nobody_is_called_any_more() {
    let rules = CallbackRules {
        expires_after_s: 3_600,
        ..callback_rules()
    };
    let (mut scene, ann, attempt) = due_under(rules);
    scene.decline(ann, attempt);
    scene.lunch(ann);
    scene.skip();
    scene.pass(3_600);
    scene.check(
        "callback 1 over Expired
        1 ends CallbackExpired",
    );
    assert_eq!(scene.center.next_deadline(), None);
}

#[test]
fn callback_that_expires_while_an_agent_is_asked_takes_the_offer_back() {
    let rules = CallbackRules {
        expires_after_s: 60,
        ..callback_rules()
    };
    let mut scene = scene_of(rules);
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.pass(50);
    let ann = scene.ready_agent("ann", 0);
    scene.pass(10);
    scene.check(
        "callback 1 over Expired
        1 offer to ann ended Withdrawn
        1 ends CallbackExpired",
    );
    assert_eq!(scene.display(ann), Display::Available);
}

//
#[test]
fn customer_is_not_called_more_often_on_one_day_than_the_queue_says() {
    let rules = CallbackRules {
        attempts: AttemptRules {
            max: 5,
            per_day: 2,
            ..callback_rules().attempts
        },
        expires_after_s: 259_200,
        zones: super::zones(&[("49", "Europe/Berlin")]),
        ..callback_rules()
    };
    // The scene begins on a Saturday at 13:13 in Berlin.
    let (mut scene, ann, _) = due_under(rules);
    scene.tries_again(ann, NotJoined::Busy);
    scene.pass(300);
    scene.tries_again(ann, NotJoined::Busy);
    scene.skip();
    scene.pass(300);
    let State::Booked { next_at } = scene.callback(FIRST).unwrap().state else {
        panic!("it is booked for the next day")
    };
    let zone = tandem_core::schedule::Zone::named("Europe/Berlin");
    assert_eq!(
        zone.write(next_at).as_deref(),
        Some("2026-03-29T00:00:00+01:00")
    );
}

#[test]
fn reply_of_a_booking_names_it() {
    let mut scene = scene();
    let booked = scene.ask(
        supervisor(),
        Request::BookCallback(wish(1, None, KeepFor::Nobody)),
    );
    assert_eq!(booked, Reply::Booked(FIRST));
}
