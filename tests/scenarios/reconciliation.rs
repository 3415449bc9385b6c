//! Reconciliation: no word is the only source of a fact (design 2.6), at a start, on silence and on demand.

use crate::scene::{Scene, actor, up};
use tandem_core::contact::State;
use tandem_core::effect::{Effect, Observation, Outcome};
use tandem_core::ids::{AgentId, ContactId};
use tandem_core::input::{CallFact, Input, MediaEnd, Request};
use tandem_core::role::Actor;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

/// A contact that talks to ann.
fn talk(scene: &mut Scene) -> (AgentId, ContactId) {
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    let effect = scene.ringing(contact);
    let address = "ann".to_owned();
    scene.fact(contact, CallFact::AgentJoined { effect, address });
    scene.roster(contact, true, &["ann"]);
    scene.skip().tells_questions = true;
    (ann, contact)
}

//
#[test]
fn silent_call_is_asked_about_ever_more_rarely_until_word_comes() {
    let mut scene = Scene::with(queue("Support"));
    let (_, contact) = talk(&mut scene);
    scene.pass(59);
    scene.check("");
    scene.pass(1);
    scene.check("> ask about 1");
    scene.observed(contact, up(&["ann"], None));
    // Answered or not: after two minutes, four, eight and no more.
    for seconds in [120, 240, 480, 480] {
        scene.pass(seconds - 1);
        scene.check("");
        scene.pass(1);
        scene.check("> ask about 1");
    }
    scene.roster(contact, true, &["ann"]);
    scene.pass(60);
    scene.check("> ask about 1");
}

//
#[test]
fn conversation_whose_end_was_never_told_ends_when_the_call_is_found_gone() {
    let mut scene = Scene::with(queue("Support"));
    let (_, contact) = talk(&mut scene);
    scene.pass(60);
    scene.skip();
    scene.observed(contact, Observation::Gone);
    scene.check("1 over by Customer\n1 ends Handled");
}

#[test]
fn agent_who_left_unheard_is_found_missing() {
    let mut scene = Scene::with(queue("Support"));
    let (_, contact) = talk(&mut scene);
    scene.pass(60);
    scene.skip();
    scene.observed(contact, up(&[], None));
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
}

#[test]
fn answer_that_word_of_the_call_overtook_says_nothing_about_who_is_in_it() {
    let mut scene = Scene::with(queue("Support"));
    let (_, contact) = talk(&mut scene);
    scene.pass(60);
    scene.roster(contact, true, &["ann"]);
    scene.skip();
    // Read before ann joined.
    scene.observed(contact, up(&[], None));
    scene.check("");
    assert_eq!(scene.state().n_waiting(tandem_core::ids::QueueId(1)), 0);
}

//
#[test]
fn roster_from_before_the_agent_joined_is_asked_about_and_ends_no_conversation() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    let effect = scene.ringing(contact);
    let address = "ann".to_owned();
    scene.fact(contact, CallFact::AgentJoined { effect, address });
    scene.give(Input::ServiceStarted);
    scene.pass(0);
    scene.observed(contact, up(&["ann"], None));
    scene.skip().tells_questions = true;
    // Late: it is older than the answer, and its number does not tell.
    scene.roster(contact, true, &[]);
    scene.check("> ask about 1");
    scene.observed(contact, up(&["ann"], None));
    scene.check("");
    scene.roster(contact, true, &[]);
    scene.skip();
    scene.observed(contact, up(&[], None));
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
}

#[test]
fn call_that_came_up_unheard_starts_its_flow() {
    let mut scene = Scene::with(queue("Support"));
    let arrival = scene.arrival();
    scene.give(Input::Arrived(arrival));
    let contact = ContactId(1);
    let answer = scene.last_order(|it| matches!(it, Effect::Answer { .. }));
    scene.done(answer, "leg-1");
    scene.skip().tells_questions = true;
    scene.pass(5);
    scene.check("> ask about 1");
    scene.observed(contact, Observation::Connecting);
    scene.check("");
    scene.pass(5);
    scene.skip();
    scene.observed(contact, up(&[], None));
    scene.check("1 waits in 1\n> music 1");
}

//
#[test]
fn agent_who_answered_in_teams_unheard_talks() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.skip();
    scene.give(Input::ServiceStarted);
    scene.pass(0);
    scene.observed(contact, up(&["ann"], None));
    scene.check("> stop media 1\n1 talks to ann");
}

#[test]
fn who_waits_is_not_offered_after_a_start_before_the_call_was_found_up() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    let first = scene.call();
    scene.pass(1);
    let second = scene.call();
    scene.skip().tells_questions = true;
    scene.give(Input::ServiceStarted);
    scene.ready(ann);
    scene.pass(0);
    scene.check("ann signs in\nann ready\n> ask about 1\n> ask about 2");
    scene.observed(first, Observation::Gone);
    scene.check("1 ends ShortAbandon");
    scene.observed(second, up(&[], None));
    scene.check("2 offered to ann +20");
}

#[test]
fn who_waits_is_offered_ten_seconds_after_a_start_when_nobody_can_be_asked() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    scene.call();
    scene.give(Input::ServiceStarted);
    scene.ready(ann);
    scene.pass(0);
    let inquiry = scene.last_order(|it| matches!(it, Effect::Inquire { .. }));
    scene.skip().tells_questions = true;
    scene.settle(inquiry, Outcome::Unknown);
    // Asked again meanwhile.
    scene.pass(2);
    scene.check("> ask about 1");
    scene.pass(7);
    scene.skip();
    scene.pass(1);
    scene.check("1 offered to ann +20");
}

#[test]
fn wait_that_ran_out_while_no_process_ran_ends_after_the_call_was_found_up() {
    let mut scene = Scene::with(queue("Support"));
    let contact = scene.call();
    scene.pass(599);
    scene.skip();
    scene.now = scene.now.plus_seconds(60);
    scene.give(Input::ServiceStarted);
    scene.give(Input::TimeReached);
    scene.check("");
    scene.observed(contact, up(&[], None));
    scene.check("> stop media 1\n1 leaves 1 by timeout\n> hang up 1\n1 ends Timeout");
}

// B-235
#[test]
fn prompt_that_was_taken_and_whose_end_is_never_told_was_heard() {
    let mut scene = Scene::with_flow(queue("Support"), crate::flow::menu());
    scene.call();
    let play = scene.last_order(|it| matches!(it, Effect::Play { .. }));
    scene.settle(play, Outcome::Done { reference: None });
    scene.skip();
    scene.pass(11);
    scene.check("> collect 1");
}

// B-235
#[test]
fn question_whose_answer_is_never_told_is_asked_again_and_then_fails() {
    let mut scene = Scene::with_flow(queue("Support"), crate::flow::menu());
    let contact = scene.call();
    let play = scene.last_order(|it| matches!(it, Effect::Play { .. }));
    let end = MediaEnd::Completed;
    scene.fact(contact, CallFact::PromptEnded { effect: play, end });
    for _ in 0..2 {
        let collect = scene.last_order(|it| matches!(it, Effect::Collect { .. }));
        scene.settle(collect, Outcome::Done { reference: None });
        scene.skip();
        scene.pass(60);
        scene.check("> collect 1");
    }
    scene.presses(contact, "1");
    let state = scene.state().contacts.get(contact).map(|it| &it.state);
    assert!(matches!(state, Some(State::Queued(_))), "{state:?}");
}

#[test]
fn music_of_unknown_outcome_is_started_again_once_the_call_is_found_up() {
    let mut scene = Scene::with(queue("Support"));
    let contact = scene.call();
    let music = scene.last_order(|it| matches!(it, Effect::Play { .. }));
    scene.skip().tells_questions = true;
    scene.settle(music, Outcome::Unknown);
    scene.check("> ask about 1");
    scene.observed(contact, up(&[], None));
    scene.check("> music 1");
}

#[test]
fn administrator_has_every_open_call_asked_about_and_an_agent_may_not() {
    let mut scene = Scene::with(queue("Support"));
    let (ann, contact) = talk(&mut scene);
    scene.call();
    scene.skip();
    let reply = scene.ask(Actor::system(), Request::Reconcile);
    assert_eq!(reply, Reply::Reconciling { n_calls: 2 });
    scene.pass(0);
    scene.check("> ask about 1\n> ask about 2");
    assert!(matches!(
        scene.ask(actor(ann), Request::Reconcile),
        Reply::Refused(_)
    ));
    scene.observed(contact, up(&["ann"], None));
    scene.skip();
}
