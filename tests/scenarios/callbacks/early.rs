//! Early calls: the customer is called before an agent is there, because one will be free by the answer; and who
//! answered is never left alone with silence.

mod rush;

use super::{held_by, scene_of, wish};
use crate::scene::Scene;
use std::collections::VecDeque;
use tandem_core::callback::{CallbackRules, Early, State};
use tandem_core::contact::State as Stands;
use tandem_core::effect::{Effect, Observation, Outcome};
use tandem_core::ids::{AgentId, CallbackId, ContactId, CustomerHash};
use tandem_core::input::{CallFact, Input, KeepFor, NotJoined, Request};
use tandem_core::settings::Document;
use tandem_simulation::floor_plan::{callback_rules, customer_first};

/// Long enough for a queue to know what its waits are.
const LESSONS: u64 = 20;
/// How long everybody talks, s.
const TALK_S: u32 = 10;

fn calling_early() -> CallbackRules {
    CallbackRules {
        customer_first: Some(Box::new(customer_first())),
        ..callback_rules()
    }
}

/// ann talks to somebody and nobody waits, in a queue that has learned that she does so for some ten seconds.
fn busy() -> (Scene, AgentId) {
    let mut scene = scene_of(calling_early());
    let ann = scene.ready_agent("ann", 0);
    let mut line: VecDeque<ContactId> = (100..103).map(|it| scene.customer_calls(it)).collect();
    for customer in 103..103 + LESSONS {
        scene.serves(ann, line.pop_front());
        line.push_back(scene.customer_calls(customer));
    }
    while line.len() > 1 {
        scene.serves(ann, line.pop_front());
    }
    scene.talks(ann, line.pop_front().expect("the last one waits"));
    scene.skip();
    (scene, ann)
}

impl Scene {
    fn serves(&mut self, ann: AgentId, contact: Option<ContactId>) {
        let contact = contact.expect("somebody waits");
        self.talks(ann, contact);
        self.pass(TALK_S);
        self.by(ann, Request::HangUp { contact });
    }

    /// A callback that is due at once, and whose customer is called early; answers the attempt.
    fn called_early(&mut self, customer: u64) -> (CallbackId, ContactId) {
        let id = self.book(wish(customer, None, KeepFor::Nobody));
        let attempt = self.attempt(id);
        let early = self.state().contacts.get(attempt).and_then(|it| it.early);
        assert!(
            matches!(early, Some(Early::Ringing { .. })),
            "{}",
            self.told()
        );
        self.placed(attempt);
        (id, attempt)
    }

    /// The service took the order, and the phone rings.
    fn placed(&mut self, attempt: ContactId) {
        let order = self.last_order(
            |it| matches!(it, Effect::CallCustomer { contact, .. } if *contact == attempt),
        );
        self.done(order, &format!("leg-{attempt}"));
    }

    fn answers(&mut self, attempt: ContactId) {
        let leg = format!("leg-{attempt}");
        self.fact(attempt, CallFact::LegUp { leg });
        self.roster(attempt, true, &[]);
    }

    /// ann is done with whom she talks to.
    fn is_done(&mut self, ann: AgentId) {
        let contact = held_by(self, ann).expect("she talks");
        self.by(ann, Request::HangUp { contact });
    }

    fn n_early_calls(&self) -> usize {
        let calls = self.journal.iter();
        let calls = calls.filter_map(|(_, event)| event.as_order());
        let is_early = |it: &Effect| matches!(it, Effect::CallCustomer { .. });
        calls.filter(|order| is_early(&order.effect)).count()
    }
}

//
#[test]
fn customer_is_called_before_an_agent_is_there_when_one_will_be_free_by_the_answer() {
    let (mut scene, ann) = busy();
    let (_, attempt) = scene.called_early(1);
    let told = scene.told();
    let expected = format!(
        "callback 1 booked, Asap\ncallback 1 waits as {attempt} in 1, since 0 s\n\
         {attempt} is called early, at place 1\n> call phone-1 for {attempt} from main"
    );
    assert!(told.contains(&expected), "{told}");
    scene.skip();
    scene.pass(6);
    scene.answers(attempt);
    let told = scene.told();
    let expected = format!("{attempt} answers early, waits +20\n> play {attempt}");
    assert!(told.contains(&expected), "{told}");
    scene.is_done(ann);
    assert_eq!(held_by(&scene, ann), Some(attempt));
    scene.skip();
    scene.accept(ann, attempt);
    scene.joins(attempt, "ann");
    let told = scene.told();
    assert!(told.contains("callback 1 over Done"), "{told}");
    assert!(scene.state().callbacks.is_empty());
    assert_eq!(scene.n_early_calls(), 1);
    scene.rebuilds();
}

// without an estimate an agent is there first.
#[test]
fn nobody_is_called_early_while_the_queue_has_not_learned_its_waits() {
    let mut scene = scene_of(calling_early());
    let id = scene.book(wish(1, None, KeepFor::Nobody));
    let attempt = scene.attempt(id);
    scene.pass(900);
    assert_eq!(scene.n_early_calls(), 0);
    let ann = scene.ready_agent("ann", 0);
    assert_eq!(held_by(&scene, ann), Some(attempt));
    scene.dials(ann, "ann", id);
    scene.picks_up(attempt, 1);
    assert!(scene.state().callbacks.is_empty());
}

//
#[test]
fn who_answered_and_met_nobody_is_told_so_and_has_an_agent_first_from_then_on() {
    let (mut scene, ann) = busy();
    let (id, attempt) = scene.called_early(1);
    scene.answers(attempt);
    scene.skip();
    scene.pass(20);
    let told = scene.told();
    let expected = format!(
        "{attempt} early in vain NobodyFree\ncallback 1 put off NobodyFree +300\n> play {attempt}"
    );
    assert!(told.contains(&expected), "{told}");
    scene.skip();
    scene.hears(attempt);
    scene.check(&format!(
        "> hang up {attempt}\n{attempt} ends OutboundAbandoned"
    ));
    scene.pass(300);
    let again = scene.attempt(id);
    assert_ne!(again, attempt);
    assert_eq!(scene.n_early_calls(), 1);
    scene.is_done(ann);
    assert_eq!(
        held_by(&scene, ann),
        Some(again),
        "by the way that calls the agent first"
    );
    let callback = scene.callback(id).unwrap();
    assert_eq!((callback.rang_at.len(), callback.met_nobody), (1, true));
    scene.rebuilds();
}

#[test]
fn customer_who_leaves_before_an_agent_comes_is_called_again_later() {
    let (mut scene, ann) = busy();
    let (id, attempt) = scene.called_early(1);
    scene.answers(attempt);
    scene.is_done(ann);
    scene.skip();
    scene.fact(attempt, CallFact::LegDown);
    let told = scene.told();
    assert!(told.contains("put off GaveUp +3600"), "{told}");
    assert!(
        told.contains(&format!("{attempt} ends OutboundAbandoned")),
        "{told}"
    );
    assert_eq!(held_by(&scene, ann), None);
    let State::Booked { .. } = scene.callback(id).unwrap().state else {
        panic!("it is booked again")
    };
    scene.rebuilds();
}

//
#[test]
fn phone_that_is_not_answered_counts_with_its_own_spacing() {
    for (why, put_off) in [
        (NotJoined::Busy, "put off NotReached(Busy) +300"),
        (NotJoined::Declined, "put off NotReached(Declined) +3600"),
        (NotJoined::NoAnswer, "put off NotReached(NoAnswer) +900"),
    ] {
        let (mut scene, _) = busy();
        let (id, attempt) = scene.called_early(1);
        scene.skip();
        scene.fact(attempt, CallFact::NotAnswered { why });
        let told = scene.told();
        assert!(told.contains(put_off), "{told}");
        // What the service says after it is about nobody any more.
        scene.fact(attempt, CallFact::LegDown);
        let callback = scene.callback(id).unwrap();
        assert_eq!((callback.rang_at.len(), callback.met_nobody), (1, false));
        scene.rebuilds();
    }
}

#[test]
fn phone_that_rings_out_is_asked_about_before_it_is_given_up() {
    let (mut scene, _) = busy();
    let (_, attempt) = scene.called_early(1);
    scene.skip();
    scene.pass(20);
    let early = scene.state().contacts.get(attempt).unwrap().early;
    assert!(matches!(early, Some(Early::Ringing { ended: Some(_), .. })));
    // The word that was lost: the customer answered.
    let (customer, agents, recording) = (true, Vec::new(), None);
    let up = Observation::Up {
        customer,
        agents,
        recording,
    };
    scene.observed(attempt, up);
    assert!(scene.told().contains("answers early"), "{}", scene.told());

    let (mut scene, _) = busy();
    let (_, attempt) = scene.called_early(1);
    scene.pass(20);
    scene.skip();
    scene.observed(attempt, Observation::Connecting);
    scene.pass(5);
    assert!(
        scene.told().contains("put off NotReached(NoAnswer)"),
        "{}",
        scene.told()
    );
}

#[test]
fn call_that_the_service_does_not_place_counts_for_nothing_and_comes_again_soon() {
    let (mut scene, _) = busy();
    let id = scene.book(wish(1, None, KeepFor::Nobody));
    let order = scene.last_order(|it| matches!(it, Effect::CallCustomer { .. }));
    let code = "8500".to_owned();
    scene.settle(order, Outcome::Failed { code });
    assert!(scene.told().contains("put off NotReached(NotPlaced) +30"));
    assert_eq!(scene.callback(id).unwrap().rang_at.len(), 0);
    scene.rebuilds();
}

// the credit of a queue is one call at first.
#[test]
fn no_more_are_called_than_may_meet_nobody() {
    let (mut scene, _) = busy();
    let (_, first) = scene.called_early(1);
    scene.book(wish(2, None, KeepFor::Nobody));
    scene.pass(15);
    assert_eq!(scene.n_early_calls(), 1, "{}", scene.told());
    scene.fact(
        first,
        CallFact::NotAnswered {
            why: NotJoined::Busy,
        },
    );
    scene.pass(10);
    assert_eq!(scene.n_early_calls(), 2, "nobody met nobody");
}

//
#[test]
fn word_that_comes_twice_and_a_start_in_between_call_nobody_twice() {
    let (mut scene, ann) = busy();
    let (_, attempt) = scene.called_early(1);
    scene.give(Input::ServiceStarted);
    scene.pass(0);
    scene.observed(attempt, Observation::Connecting);
    scene.answers(attempt);
    scene.answers(attempt);
    scene.placed(attempt);
    scene.give(Input::ServiceStarted);
    scene.pass(0);
    let (customer, agents, recording) = (true, Vec::new(), None);
    let up = Observation::Up {
        customer,
        agents,
        recording,
    };
    scene.observed(attempt, up);
    scene.is_done(ann);
    assert_eq!(held_by(&scene, ann), Some(attempt));
    assert_eq!(scene.n_early_calls(), 1);
    scene.rebuilds();
}

#[test]
fn who_is_called_early_stands_in_the_line_and_is_put_to_nobody_while_the_phone_rings() {
    let (mut scene, ann) = busy();
    let (_, attempt) = scene.called_early(1);
    let behind = scene.customer_calls(2);
    assert_eq!(scene.state().line_of(behind).unwrap().ahead, 1);
    scene.is_done(ann);
    assert_eq!(
        held_by(&scene, ann),
        Some(behind),
        "nobody waits for a phone"
    );
    scene.answers(attempt);
    scene.talks(ann, behind);
    scene.is_done(ann);
    assert_eq!(held_by(&scene, ann), Some(attempt));
}

// R-02d: what is due under settings that changed must not hold up everything behind it.
#[test]
fn attempt_that_was_to_be_called_early_waits_for_an_agent_where_the_queue_calls_early_no_more() {
    let mut scene = scene_of(calling_early());
    let id = scene.book(wish(1, None, KeepFor::Nobody));
    let attempt = scene.attempt(id);
    let early = |scene: &Scene| scene.state().contacts.get(attempt).and_then(|it| it.early);
    assert!(matches!(early(&scene), Some(Early::Planned { .. })));
    scene.change(1, 2, Document::Queue(super::support(callback_rules())));
    while early(&scene).is_some() {
        let (at, _) = scene.center.next_deadline().expect("it is looked at");
        scene.now = scene.now.max(at);
        scene.skip().give(Input::TimeReached);
        assert_ne!(scene.told(), "", "nothing comes of what is due at {at:?}");
    }
    assert_eq!(scene.told(), format!("{attempt} is not called early"));
    let ann = scene.ready_agent("ann", 0);
    assert_eq!(held_by(&scene, ann), Some(attempt));
    scene.rebuilds();
}

#[test]
fn nothing_is_changed_while_the_customer_is_called() {
    let (mut scene, _) = busy();
    let (id, attempt) = scene.called_early(1);
    for answered in [false, true] {
        if answered {
            scene.answers(attempt);
        }
        let cancel = Request::CancelCallback { callback: id };
        let refusal = super::refused(scene.ask(super::supervisor(), cancel));
        assert_eq!(refusal, tandem_core::refusal::Refusal::CallbackUnderWay);
    }
}

/// A day of fourteen callers, one a second, some of whom trade their places when they are asked; phones are answered
/// after so long.
struct Day<'a> {
    who_books: &'a [u64],
    answer_s: u32,
    ann: AgentId,
    order: Vec<CustomerHash>,
}

impl Day<'_> {
    fn lived(who_books: &[u64], answer_s: u32) -> (Vec<CustomerHash>, usize) {
        let (mut scene, ann) = busy();
        let order = Vec::new();
        let mut day = Day {
            who_books,
            answer_s,
            ann,
            order,
        };
        for customer in 1..=14 {
            scene.customer_calls(customer);
            day.second(&mut scene);
        }
        for _ in 0..400 {
            day.second(&mut scene);
        }
        scene.rebuilds();
        (day.order, scene.n_early_calls())
    }

    fn second(&mut self, scene: &mut Scene) {
        let contacts = scene.state().contacts.iter();
        let contacts: Vec<ContactId> = contacts.map(|(id, _)| id).collect();
        for contact in contacts {
            self.customer(scene, contact);
        }
        self.agent(scene);
        scene.pass(1);
    }

    fn customer(&self, scene: &mut Scene, contact: ContactId) {
        let live = scene.state().contacts.get(contact).cloned();
        let Some(live) = live else { return };
        let answer_s = self.answer_s;
        let answers =
            |since: tandem_core::time::Timestamp| since.plus_seconds(answer_s) <= scene.now;
        if matches!(live.early, Some(Early::Ringing { since, .. }) if answers(since)) {
            scene.placed(contact);
            scene.answers(contact);
        }
        let is_asked = live.media.as_ref().is_some_and(|it| it.until.is_some());
        let waits = matches!(live.state, Stands::Queued(_)) && live.run.is_some();
        if is_asked && waits && self.who_books.contains(&live.customer.0) {
            scene.presses(contact, "1");
            scene.hangs_up(contact);
        }
    }

    fn agent(&mut self, scene: &mut Scene) {
        let Some(contact) = held_by(scene, self.ann) else {
            return;
        };
        match scene
            .state()
            .contacts
            .get(contact)
            .map(|it| it.state.clone())
        {
            Some(Stands::Offering(..)) => self.order.push(scene.talks(self.ann, contact)),
            Some(Stands::Connected(_, it, _)) if it.since.plus_seconds(TALK_S) <= scene.now => {
                scene.is_done(self.ann);
            }
            Some(_) | None => {}
        }
    }
}

// the oracle of B18, a ghost caller who stayed on the line. Who is called early may be passed by as many as there
// are agents who become free while the phone rings: here one.
#[test]
fn who_is_called_early_is_passed_by_no_more_than_agents_became_free_while_the_phone_rang() {
    let (stayed, _) = Day::lived(&[], 1);
    assert_eq!(stayed, (1..=14).map(CustomerHash).collect::<Vec<_>>());
    for answer_s in [2, 6, 9] {
        let who_books = [5, 8, 9, 13];
        let (served, n_early_calls) = Day::lived(&who_books, answer_s);
        assert!(n_early_calls > 0, "answered after {answer_s} s: {served:?}");
        assert_eq!(served.len(), stayed.len(), "{served:?}");
        for (place, customer) in served.iter().enumerate() {
            let ghost = stayed.iter().position(|it| it == customer);
            let ghost = ghost.expect("the ghost is served");
            assert!(place <= ghost + 1, "{customer:?} in {served:?}");
        }
    }
}
