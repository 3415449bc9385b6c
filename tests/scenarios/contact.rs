//! A contact from its arrival to its end.

use crate::scene::{Scene, up};
use tandem_core::effect::{Effect, Outcome};
use tandem_core::ids::ContactId;
use tandem_core::input::{CallFact, Input};
use tandem_core::refusal::Refusal;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

//
#[test]
fn call_is_answered_queued_offered_connected_and_ended() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.pass(30);
    scene.fact(contact, CallFact::LegDown);
    scene.check(
        "1 arrives
         > answer 1
         1 waits in 1
         > music 1
         1 offered to ann +20
         1 accepted by ann
         > ring ann for 1 60 s
         > stop media 1
         1 talks to ann
         1 over by Customer
         1 ends Handled",
    );
}

// B-172
#[test]
fn duplicate_arrival_is_answered_once() {
    let mut scene = Scene::with(queue("Support"));
    let arrival = scene.arrival();
    let first = scene.give(Input::Arrived(arrival.clone()));
    let second = scene.give(Input::Arrived(arrival));
    assert_eq!(first, Reply::Arrived(ContactId(1)));
    assert_eq!(second, Reply::ArrivedBefore(Some(ContactId(1))));
    scene.check("1 arrives\n> answer 1");
}

// B-172
#[test]
fn duplicate_of_a_rejected_arrival_is_rejected_once() {
    let mut scene = Scene::with(queue("Support"));
    let mut arrival = scene.arrival();
    arrival.address = "nobody".into();
    scene.give(Input::Arrived(arrival.clone()));
    assert_eq!(
        scene.give(Input::Arrived(arrival)),
        Reply::ArrivedBefore(None)
    );
    scene.check("rejected UnknownAddress\n> reject");
}

//
#[test]
fn call_that_never_comes_up_is_given_up() {
    let mut scene = Scene::with(queue("Support"));
    let arrival = scene.arrival();
    scene.give(Input::Arrived(arrival));
    scene.pass(59);
    scene.check("1 arrives\n> answer 1");
    scene.pass(1);
    scene.check("1 ends ErrorMedia");
}

//
#[test]
fn call_that_comes_up_after_it_was_given_up_is_hung_up() {
    let mut scene = Scene::with(queue("Support"));
    let arrival = scene.arrival();
    scene.give(Input::Arrived(arrival));
    scene.pass(60);
    scene.skip();
    let leg = "leg-1".to_owned();
    scene.fact(ContactId(1), CallFact::LegUp { leg });
    scene.check("> hang up 1");
    let leg = "leg-9".to_owned();
    assert_eq!(
        scene.fact(ContactId(9), CallFact::LegUp { leg }),
        Reply::Ignored
    );
}

//
#[test]
fn answer_that_succeeds_after_the_contact_was_given_up_is_hung_up() {
    let mut scene = Scene::with(queue("Support"));
    let arrival = scene.arrival();
    scene.give(Input::Arrived(arrival));
    let answer = scene.last_order(|effect| matches!(effect, Effect::Answer { .. }));
    scene.pass(60);
    scene.skip();
    scene.done(answer, "leg-1");
    scene.check("> hang up 1");
}

//
#[test]
fn failed_repetition_of_an_answer_does_not_end_a_call_that_is_up() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    let answer = scene.last_order(|effect| matches!(effect, Effect::Answer { .. }));
    let code = "8501".to_owned();
    scene.settle(answer, Outcome::Failed { code });
    scene.check("");
    assert_eq!(scene.state().contacts.len(), 1);
}

#[test]
fn answer_that_fails_ends_the_contact() {
    let mut scene = Scene::with(queue("Support"));
    let arrival = scene.arrival();
    scene.give(Input::Arrived(arrival));
    scene.skip();
    let answer = scene.last_order(|effect| matches!(effect, Effect::Answer { .. }));
    let code = "8501".to_owned();
    scene.settle(answer, Outcome::Failed { code });
    scene.check("1 ends ErrorMedia");
}

#[test]
fn customer_who_leaves_at_once_is_a_short_abandon() {
    let mut scene = Scene::with(queue("Support"));
    let first = scene.call();
    scene.pass(4);
    scene.fact(first, CallFact::LegDown);
    let second = scene.call();
    scene.pass(5);
    scene.skip();
    scene.fact(second, CallFact::LegDown);
    scene.check("2 ends AbandonedQueue");
    let reasons = scene.journal.iter().filter(|(_, event)| {
        matches!(event, tandem_core::event::Event::ContactEnded { reason, .. }
            if *reason == tandem_core::event::EndReason::ShortAbandon)
    });
    assert_eq!(reasons.count(), 1);
}

//
#[test]
fn customer_who_leaves_while_ringing_frees_the_agent_for_the_next() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let first = scene.call();
    scene.call();
    scene.accept(ann, first);
    let ringing = scene.ringing(first);
    scene.done(ringing, "invitation");
    scene.pass(10);
    scene.skip();
    scene.fact(first, CallFact::LegDown);
    scene.check(
        "> stop ringing for 1
         1 offer to ann ended CustomerLeft
         1 ends AbandonedRinging
         2 offered to ann +20",
    );
}

#[test]
fn agent_hangs_up_and_the_late_word_of_it_changes_nothing() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    scene.by(ann, tandem_core::input::Request::HangUp { contact });
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
    assert_eq!(scene.fact(contact, CallFact::LegDown), Reply::Ignored);
}

#[test]
fn roster_tells_what_lost_callbacks_did_not() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.skip();
    scene.roster(contact, true, &["ann"]);
    scene.check("> stop media 1\n1 talks to ann");
    scene.roster(contact, true, &[]);
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
}

#[test]
fn roster_without_the_customer_ends_the_conversation() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    scene.roster(contact, false, &["ann"]);
    scene.check("> hang up 1\n1 over by Customer\n1 ends Handled");
}

#[test]
fn older_roster_says_nothing() {
    let mut scene = Scene::with(queue("Support"));
    let contact = scene.call();
    scene.roster(contact, true, &[]);
    scene.skip();
    let stale = CallFact::Roster {
        sequence: 1,
        customer: false,
        agents: vec![],
    };
    assert_eq!(scene.fact(contact, stale), Reply::Ignored);
    scene.check("");
}

#[test]
fn roster_from_before_the_join_does_not_end_the_conversation() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    scene.roster(contact, true, &[]);
    scene.check("");
}

#[test]
fn drain_makes_no_new_offers_and_leaves_arrivals_to_the_process_that_follows() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    scene.call();
    scene.give(Input::DrainBegan);
    scene.skip();
    scene.ready(ann);
    let arrival = scene.arrival();
    let reply = scene.give(Input::Arrived(arrival));
    assert_eq!(reply, Reply::Refused(Refusal::Draining));
    scene.check("ann signs in\nann ready");
}

//
#[test]
fn offers_held_back_by_a_drain_are_made_at_the_next_start() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    let ben = scene.agent("ben", 5);
    for _ in 0..3 {
        scene.call();
        scene.pass(1);
    }
    scene.give(Input::DrainBegan);
    scene.ready(ann);
    scene.pass(1);
    scene.ready(ben);
    scene.skip();
    scene.give(Input::ServiceStarted);
    scene.pass(0);
    scene.check("");
    for contact in 1..=3 {
        scene.observed(ContactId(contact), up(&[], None));
    }
    scene.check("1 offered to ann +20\n2 offered to ben +20");
}
