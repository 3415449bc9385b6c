//! Offers: accepted, declined, missed, not joined, answered late.

use crate::scene::{Scene, up};
use tandem_core::effect::{Observation, Outcome};
use tandem_core::input::{CallFact, NotJoined, Request};
use tandem_core::queue::{OfferBy, Queue};
use tandem_core::refusal::Refusal;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

fn teams() -> Queue {
    Queue {
        offer_by: OfferBy::Teams,
        ..queue("Support")
    }
}

//
#[test]
fn caller_keeps_position_when_offer_expires() {
    let mut scene = Scene::with(queue("Support"));
    scene.ready_agent("ann", 5);
    let first = scene.call();
    let since = scene.now;
    scene.pass(5);
    scene.call();
    scene.skip();
    scene.pass(15);
    scene.check("1 offer to ann ended Missed\nann not ready: missed offer");
    let stay = *scene.state().contacts.get(first).unwrap().stay().unwrap();
    assert_eq!((stay.since, stay.seq), (since, 1));
    let ben = scene.agent("ben", 5);
    scene.ready(ben);
    scene.check("ben signs in\nben ready\n1 offered to ben +20");
}

//
#[test]
fn agent_who_missed_an_offer_stays_not_ready_until_the_agent_says_otherwise() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    scene.call();
    scene.pass(20);
    scene.skip();
    scene.pass(500);
    scene.check("");
    scene.ready(ann);
    scene.check("ann ready\n1 offered to ann +20");
}

//
#[test]
fn declined_contact_goes_to_the_next_agent_and_returns_after_the_cooldown() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.skip();
    scene.decline(ann, contact);
    scene.check("1 offer to ann ended Declined");
    scene.pass(59);
    scene.check("");
    scene.pass(1);
    scene.check("1 offered to ann +20");
}

//
#[test]
fn cooldown_keeps_apart_one_contact_only() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let first = scene.call();
    scene.call();
    scene.skip();
    scene.decline(ann, first);
    scene.check("1 offer to ann ended Declined\n2 offered to ann +20");
}

//
#[test]
fn agent_who_accepts_and_does_not_answer_in_teams_has_missed() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    let ringing = scene.ringing(contact);
    scene.done(ringing, "invitation");
    scene.skip();
    scene.pass(60);
    scene.check("");
    scene.pass(5);
    scene.check(
        "> stop ringing for 1
         1 offer to ann ended NotJoined
         ann not ready: missed offer",
    );
}

// B-181
#[test]
fn accepting_rings_the_client_for_sixty_seconds_and_joining_connects() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.skip();
    scene.accept(ann, contact);
    scene.check("1 accepted by ann\n> ring ann for 1 60 s");
    scene.joins(contact, "ann");
    scene.check("> stop media 1\n1 talks to ann");
    assert_eq!(scene.joins(contact, "ann"), Reply::Ignored);
}

// B-181
#[test]
fn client_that_rings_out_is_a_missed_offer() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.skip();
    let effect = scene.ringing(contact);
    scene.pass(59);
    let why = NotJoined::NoAnswer;
    scene.fact(contact, CallFact::AgentNotJoined { effect, why });
    scene.check("1 offer to ann ended NotJoined\nann not ready: missed offer");
}

//
#[test]
fn agent_whose_client_stops_ringing_early_is_blamed_only_if_the_customer_is_still_there() {
    for (call, expected) in [
        (
            Observation::Gone,
            "1 offer to ann ended CustomerLeft\n1 ends AbandonedRinging",
        ),
        (
            up(&[], None),
            "1 offer to ann ended NotJoined\nann not ready: missed offer",
        ),
    ] {
        let mut scene = Scene::with(queue("Support"));
        let ann = scene.ready_agent("ann", 5);
        let contact = scene.call();
        scene.accept(ann, contact);
        scene.skip();
        let effect = scene.ringing(contact);
        let why = NotJoined::NoAnswer;
        scene.fact(contact, CallFact::AgentNotJoined { effect, why });
        scene.check("");
        scene.observed(contact, call);
        scene.check(expected);
    }
}

#[test]
fn accepting_twice_rings_once() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.skip();
    assert_eq!(scene.accept(ann, contact), Reply::Done);
    scene.check("");
}

#[test]
fn offer_in_teams_rings_at_once_and_answering_accepts() {
    let mut scene = Scene::with(teams());
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.check(
        "1 arrives
         > answer 1
         1 waits in 1
         > music 1
         1 offered to ann +20
         > ring ann for 1 20 s",
    );
    let refused = scene.accept(ann, contact);
    assert_eq!(refused, Reply::Refused(Refusal::AnswerInTeams));
    scene.joins(contact, "ann");
    scene.check("> stop media 1\n1 talks to ann");
}

//
#[test]
fn declining_in_teams_is_declining() {
    let mut scene = Scene::with(teams());
    scene.ready_agent("ann", 5);
    scene.ready_agent("ben", 5);
    let contact = scene.call();
    scene.skip();
    let effect = scene.ringing(contact);
    let why = NotJoined::Declined;
    scene.fact(contact, CallFact::AgentNotJoined { effect, why });
    scene.check(
        "1 offer to ann ended Declined
         1 offered to ben +20
         > ring ben for 1 20 s",
    );
}

#[test]
fn client_that_cannot_be_rung_takes_the_agent_out() {
    let mut scene = Scene::with(teams());
    scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.skip();
    let effect = scene.ringing(contact);
    let code = "8522".to_owned();
    scene.settle(effect, Outcome::Failed { code });
    scene.check("");
    scene.observed(contact, up(&[], None));
    scene.check("1 offer to ann ended RingFailed\nann not ready: ring failed");
}

#[test]
fn late_answer_after_the_offer_ended_is_removed() {
    let mut scene = Scene::with(teams());
    scene.ready_agent("ann", 5);
    let contact = scene.call();
    let late = scene.ringing(contact);
    scene.pass(25);
    scene.ready_agent("ben", 5);
    let address = "ann".to_owned();
    let effect = late;
    scene.fact(contact, CallFact::AgentJoined { effect, address });
    scene.check("> remove ann from 1");
}

#[test]
fn late_answer_whose_word_is_lost_is_removed_by_the_roster() {
    let mut scene = Scene::with(teams());
    scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.pass(25);
    scene.skip();
    scene.roster(contact, true, &["ann"]);
    scene.check("> remove ann from 1");
}

#[test]
fn late_answer_of_an_agent_who_is_rung_again_connects_and_stops_the_second_ringing() {
    let mut scene = Scene::with(Queue {
        cooldown_s: 0,
        ..teams()
    });
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    let effect = scene.ringing(contact);
    scene.pass(25);
    scene.ready(ann);
    let again = scene.ringing(contact);
    scene.done(again, "invitation");
    scene.skip();
    let address = "ann".to_owned();
    scene.fact(contact, CallFact::AgentJoined { effect, address });
    scene.check("> stop ringing for 1\n> stop media 1\n1 talks to ann");
}

#[test]
fn ringing_that_starts_after_the_offer_ended_is_stopped() {
    let mut scene = Scene::with(teams());
    scene.ready_agent("ann", 5);
    let contact = scene.call();
    let ringing = scene.ringing(contact);
    scene.pass(25);
    scene.skip();
    scene.done(ringing, "invitation");
    scene.check("> stop ringing for 1");
}

#[test]
fn offer_of_somebody_else_cannot_be_accepted() {
    let mut scene = Scene::with(queue("Support"));
    scene.ready_agent("ann", 5);
    let contact = scene.call();
    let ben = scene.ready_agent("ben", 5);
    let refused = scene.accept(ben, contact);
    assert_eq!(refused, Reply::Refused(Refusal::OfferGone));
}

//
#[test]
fn wish_to_go_not_ready_comes_true_when_the_contact_is_done() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    scene.lunch(ann);
    scene.by(ann, Request::HangUp { contact });
    scene.check(
        "ann later not ready: chosen
         > hang up 1
         1 over by Agent
         1 ends Handled
         ann not ready: chosen",
    );
}

#[test]
fn agent_with_a_contact_cannot_sign_out() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    scene.call();
    let refused = scene.by(ann, Request::SignOut);
    assert_eq!(refused, Reply::Refused(Refusal::OnContact));
}

//
#[test]
fn overdue_contact_leaves_when_its_offer_comes_to_nothing() {
    let mut scene = Scene::with(Queue {
        max_wait_s: 10,
        cooldown_s: 0,
        ..queue("Support")
    });
    let ann = scene.ready_agent("ann", 5);
    let first = scene.call();
    scene.pass(15);
    scene.call();
    scene.skip();
    scene.decline(ann, first);
    scene.check(
        "1 offer to ann ended Declined
         2 offered to ann +20
         > stop media 1
         1 leaves 1 by timeout
         > hang up 1
         1 ends Timeout",
    );
}
