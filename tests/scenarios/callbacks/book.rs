//! The callback book: who books, who twice, who calls it off, and an agent's own.

use super::{FIRST, caller, person, refused, scene, scene_of, supervisor, support, wish};
use crate::scene::{SUPPORT, Scene};
use tandem_core::callback::{CALLBACK_PENDING, CallbackRules, Duplicate, Kind, State, Window};
use tandem_core::effect::Effect;
use tandem_core::ids::{AgentId, CallbackId, ContactId, CustomerHash, QueueId};
use tandem_core::input::{Arrival, Input, KeepFor, Request};
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::{Document, Kind as Setting};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{callback_rules, queue};

const SECOND: CallbackId = CallbackId(2);

fn twice(duplicate: Duplicate) -> Scene {
    let rules = CallbackRules {
        duplicate,
        ..callback_rules()
    };
    let mut scene = scene_of(rules);
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.skip();
    scene
}

fn again(scene: &mut Scene) -> Reply {
    let wish = wish(1, None, KeepFor::Nobody);
    scene.ask(supervisor(), Request::BookCallback(wish))
}

//
#[test]
fn customer_who_books_twice_keeps_the_first_one() {
    let mut scene = twice(Duplicate::Keep);
    assert_eq!(again(&mut scene), Reply::Booked(FIRST));
    scene.check("");
    let contact = scene.customer_calls(1);
    scene.presses_when_asked(contact, "1");
    scene.hangs_up(contact);
    let told = scene.told();
    assert!(told.contains("callback 1 counts for 2"), "{told}");
    assert!(told.contains("2 ends CallbackConverted"), "{told}");
    assert!(
        told.ends_with("callback 1 waits as 3 in 1, since 30 s"),
        "{told}"
    );
    scene.rebuilds();
}

//
#[test]
fn customer_who_books_twice_is_refused_where_the_queue_says_so() {
    let mut scene = twice(Duplicate::Refuse);
    assert_eq!(refused(again(&mut scene)), Refusal::CallbackPending);
    let contact = scene.customer_calls(1);
    scene.skip();
    scene.presses_when_asked(contact, "1");
    assert!(scene.told().contains("2 book refused pending"));
}

//
#[test]
fn new_booking_replaces_the_first_one_where_the_queue_says_so() {
    let mut scene = twice(Duplicate::Replace);
    assert_eq!(again(&mut scene), Reply::Booked(SECOND));
    let told = scene.told();
    assert!(
        told.contains("callback 1 over Cancelled(Replaced)"),
        "{told}"
    );
    assert_eq!(scene.state().callbacks.len(), 1);
    scene.rebuilds();
}

#[test]
fn withheld_number_cannot_be_called_back() {
    let mut scene = scene();
    let arrival = Arrival {
        caller: None,
        ..scene.arrival()
    };
    scene.give(Input::Arrived(arrival));
    scene.comes_up(ContactId(1));
    scene.skip();
    scene.presses_when_asked(ContactId(1), "1");
    assert!(scene.told().contains("1 book refused no-number"));
}

#[test]
fn country_that_is_not_called_is_refused_when_it_is_booked() {
    let mut scene = scene();
    let mut wish = wish(1, None, KeepFor::Nobody);
    wish.person.country = "1".to_owned();
    let reply = scene.ask(supervisor(), Request::BookCallback(wish));
    assert_eq!(refused(reply), Refusal::CountryNotAllowed);
}

#[test]
fn queue_that_calls_nobody_back_says_so() {
    let mut scene = Scene::with(queue("Support"));
    assert_eq!(refused(again(&mut scene)), Refusal::NoCallbacks);
}

#[test]
fn queue_has_room_for_as_many_as_it_says() {
    let rules = CallbackRules {
        max_pending: 1,
        ..callback_rules()
    };
    let mut scene = scene_of(rules);
    scene.book(wish(1, None, KeepFor::Nobody));
    let more = Request::BookCallback(wish(2, None, KeepFor::Nobody));
    let refusal = refused(scene.ask(supervisor(), more));
    assert!(matches!(refusal, Refusal::LimitReached { max: 1, .. }));
}

#[test]
fn callbacks_need_a_number_to_call_from() {
    let mut scene = scene();
    let mut queue = support(callback_rules());
    queue.calling_out = None;
    let refusal = refused(scene.change(1, 2, Document::Queue(queue)));
    assert!(matches!(&refusal, Refusal::Invalid { field, .. } if field == "callbacks"));
}

#[test]
fn queue_with_callbacks_cannot_be_removed() {
    let mut scene = scene();
    let from = scene.now.plus_seconds(600);
    let to = from.plus_seconds(600);
    scene.book(wish(1, Some(Window { from, to }), KeepFor::Nobody));
    let flow = tandem_simulation::floor_plan::flow(
        "Empty",
        "end",
        &[("end", tandem_core::flow::Node::End)],
    );
    scene.change(1, 2, Document::Flow(flow));
    let remove = Request::Remove {
        kind: Setting::Queue,
        id: SUPPORT.0,
        expected: 2,
    };
    let refusal = refused(scene.ask(Actor::system(), remove));
    assert!(
        matches!(&refusal, Refusal::InUse { used_by, .. } if used_by == "a callback that is pending"),
        "{refusal:?}"
    );
}

#[test]
fn supervisor_calls_a_callback_off_while_it_is_put_to_an_agent() {
    let mut scene = scene();
    let ann = scene.ready_agent("ann", 0);
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.skip();
    let cancel = Request::CancelCallback { callback: FIRST };
    assert_eq!(scene.ask(supervisor(), cancel.clone()), Reply::Done);
    scene.check(
        "callback 1 over Cancelled(Asked(AccountId(90)))
        1 offer to ann ended Withdrawn
        1 ends CallbackCancelled",
    );
    let again = refused(scene.ask(supervisor(), cancel));
    assert!(matches!(again, Refusal::NotFound { .. }));
    assert!(scene.state().agents.get(ann).unwrap().slots.is_empty());
}

#[test]
fn callback_that_came_to_nothing_leaves_no_personal_data() {
    let mut scene = scene();
    let from = scene.now.plus_seconds(600);
    let to = from.plus_seconds(600);
    scene.book(wish(1, Some(Window { from, to }), KeepFor::Nobody));
    scene.skip();
    scene.ask(supervisor(), Request::CancelCallback { callback: FIRST });
    scene.check(
        "callback 1 over Cancelled(Asked(AccountId(90)))
        > forget 601 501",
    );
}

#[test]
fn customer_who_is_forgotten_is_not_called_back() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    scene.book(wish(2, None, KeepFor::Nobody));
    let customer = CustomerHash(1);
    scene.ask(Actor::system(), Request::ForgetCallbacks { customer });
    let left: Vec<_> = scene.state().callbacks.iter().map(|(id, _)| id).collect();
    assert_eq!(left, [SECOND]);
}

#[test]
fn caller_who_has_a_callback_pending_is_told_apart_and_its_agent_may_call_it_off() {
    let mut scene = scene();
    let ann = scene.ready_agent("ann", 0);
    let from = scene.now.plus_seconds(3_600);
    let to = from.plus_seconds(600);
    scene.book(wish(1, Some(Window { from, to }), KeepFor::Nobody));
    let cancel = Request::CancelCallback { callback: FIRST };
    let not_hers = refused(scene.by(ann, cancel.clone()));
    assert_eq!(not_hers, Refusal::NotYourCallback);
    let contact = scene.customer_calls(1);
    let live = scene.state().contacts.get(contact).unwrap();
    let pending = live.attributes.get(CALLBACK_PENDING);
    assert_eq!(pending.map(String::as_str), Some("1"));
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    assert_eq!(scene.by(ann, cancel), Reply::Done);
    let told = scene.told();
    assert!(
        told.contains("over Cancelled(TakenOver(ContactId(1)))"),
        "{told}"
    );
}

#[test]
fn another_time_is_chosen_and_kept_to() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    let from = scene.now.plus_seconds(7_200);
    let window = Window {
        from,
        to: from.plus_seconds(3_600),
    };
    let reschedule = Request::RescheduleCallback {
        callback: FIRST,
        window,
        keep: KeepFor::Nobody,
    };
    scene.skip();
    scene.ask(supervisor(), reschedule);
    scene.check(
        "callback 1 put off Rescheduled +7200
        1 ends CallbackPutOff",
    );
    let callback = scene.callback(FIRST).unwrap();
    assert_eq!(callback.kind, Kind::Scheduled);
    assert_eq!(callback.promised_by, window.to);
    scene.pass(7_200);
    scene.check("callback 1 waits as 2 in 1, since 0 s");
    scene.rebuilds();
}

fn keep_for(agent: AgentId) -> KeepFor {
    KeepFor::Agent {
        agent,
        fallback_after_s: 600,
    }
}

/// ann wants to call a customer back herself; bob is ready.
fn owned() -> (Scene, AgentId, AgentId) {
    let mut scene = scene();
    let (ann, bob) = (scene.ready_agent("ann", 0), scene.ready_agent("bob", 0));
    let reply = scene.by(ann, Request::BookCallback(wish(1, None, keep_for(ann))));
    assert_eq!(reply, Reply::Booked(FIRST));
    scene.skip();
    (scene, ann, bob)
}

//
#[test]
fn agents_own_callback_is_taken_by_the_agent_and_dialed_like_any_call() {
    let (mut scene, ann, bob) = owned();
    let take = Request::TakeCallback { callback: FIRST };
    assert_eq!(
        refused(scene.by(bob, take.clone())),
        Refusal::NotYourCallback
    );
    assert_eq!(scene.by(ann, take.clone()), Reply::Dialed(ContactId(1)));
    assert_eq!(refused(scene.by(ann, take)), Refusal::CallbackUnderWay);
    scene.check(
        "ann calls out 1
        > call ann for 1 from main",
    );
    scene.comes_into(ContactId(1), "ann");
    scene.picks_up(ContactId(1), 1);
    assert!(scene.told().ends_with("callback 1 over Done"));
    scene.rebuilds();
}

//
#[test]
fn agents_own_callback_is_the_queues_when_the_agent_does_not_call_in_time() {
    let (mut scene, ann, _) = owned();
    scene.lunch(ann);
    scene.skip();
    scene.pass(599);
    scene.check("");
    scene.pass(1);
    scene.check(
        "callback 1 waits as 1 in 1, since 600 s
        1 offered to bob +20",
    );
    let take = Request::TakeCallback { callback: FIRST };
    assert_eq!(refused(scene.by(ann, take)), Refusal::NotYourCallback);
}

#[test]
fn own_callback_that_nobody_answered_stays_the_agents_own() {
    let (mut scene, ann, _) = owned();
    scene.by(ann, Request::TakeCallback { callback: FIRST });
    scene.comes_into(ContactId(1), "ann");
    scene.customer_does_not(ContactId(1), tandem_core::input::NotJoined::Busy);
    let callback = scene.callback(FIRST).unwrap();
    assert_eq!(callback.kept_for(scene.now), Some(ann));
    let until = callback.owner.unwrap().until;
    assert_eq!(callback.state, State::Booked { next_at: until });
}

#[test]
fn agent_chooses_another_time_for_an_own_callback_and_for_no_other() {
    let (mut scene, ann, bob) = owned();
    let from = scene.now.plus_seconds(1_200);
    let window = Window {
        from,
        to: from.plus_seconds(600),
    };
    let reschedule = |agent| Request::RescheduleCallback {
        callback: FIRST,
        window,
        keep: keep_for(agent),
    };
    assert_eq!(
        refused(scene.by(bob, reschedule(bob))),
        Refusal::NotYourCallback
    );
    assert_eq!(
        refused(scene.by(ann, reschedule(bob))),
        Refusal::NotYourCallback
    );
    assert_eq!(scene.by(ann, reschedule(ann)), Reply::Done);
    assert_eq!(
        scene.callback(FIRST).unwrap().owner.unwrap().until,
        from.plus_seconds(600)
    );
}

#[test]
fn agent_books_for_own_queues_and_for_no_other_agent() {
    let mut scene = scene();
    let (ann, bob) = (scene.ready_agent("ann", 0), scene.ready_agent("bob", 0));
    let of_bob = Request::BookCallback(wish(1, None, keep_for(bob)));
    assert_eq!(refused(scene.by(ann, of_bob)), Refusal::NotYourCallback);
    let mut elsewhere = wish(1, None, KeepFor::Nobody);
    elsewhere.queue = QueueId(9);
    let reply = scene.by(ann, Request::BookCallback(elsewhere));
    assert_eq!(refused(reply), Refusal::NotYourQueue);
}

//
#[test]
fn callbacks_of_a_queue_out_of_scope_are_nobodys_business() {
    let mut scene = scene();
    scene.book(wish(1, None, KeepFor::Nobody));
    let limited = Actor {
        scope: Scope::Parts(Parts::default()),
        ..supervisor()
    };
    for request in [
        Request::CancelCallback { callback: FIRST },
        Request::BookCallback(wish(2, None, KeepFor::Nobody)),
    ] {
        let reply = scene.ask(limited.clone(), request);
        assert!(matches!(refused(reply), Refusal::OutOfScope { .. }));
    }
    let analyst = Actor {
        roles: vec![Role::Analyst],
        ..supervisor()
    };
    let cancel = Request::CancelCallback { callback: FIRST };
    let reply = scene.ask(analyst, cancel);
    assert!(matches!(refused(reply), Refusal::Forbidden { .. }));
}

#[test]
fn one_number_is_known_by_the_same_address_however_it_was_booked() {
    let mut scene = scene();
    let contact = scene.customer_calls(7);
    scene.books_on_the_line(contact);
    let callback = scene.callback(FIRST).unwrap();
    assert_eq!(callback.person.number.address, person(7).number.address);
    assert_eq!(callback.person.country, caller(7).country);
    let ordered = scene.journal.iter().filter_map(|(_, it)| it.as_order());
    assert_eq!(
        ordered
            .filter(|it| matches!(it.effect, Effect::Forget { .. }))
            .count(),
        0
    );
}
