//! The place that is kept: a customer who is called back is served when one who stayed on the line would be.

use super::{FIRST, held_by, scene, scene_of, wish};
use crate::scene::SUPPORT;
use tandem_core::callback::{CallbackRules, OnReturn, Window};
use tandem_core::contact::Adjustment;
use tandem_core::ids::CustomerHash;
use tandem_core::input::{KeepFor, Request};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::callback_rules;

// R-21, B-016
#[test]
fn caller_who_presses_the_key_is_called_when_the_place_comes_to_the_front() {
    let mut scene = scene();
    let first = scene.customer_calls(1);
    scene.pass(30);
    scene.skip();
    let second = scene.customer_calls(2);
    scene.presses(first, "1");
    scene.pass(10);
    scene.hangs_up(first);
    scene.check(
        "2 arrives
        > answer 2
        2 waits in 1
        > music 2
        1 leaves 1 by key
        callback 1 booked, VirtualHold
        > play 1
        1 ends CallbackConverted
        callback 1 waits as 3 in 1, since 40 s",
    );
    let ann = scene.ready_agent("ann", 0);
    let attempt = scene.attempt(FIRST);
    assert_eq!(held_by(&scene, ann), Some(attempt));
    scene.accept(ann, attempt);
    scene.check(
        "3 accepted by ann
        > call ann for 3 from main",
    );
    scene.comes_into(attempt, "ann");
    scene.check(
        "3 customer dialed +25
        > call phone-1 for 3 20 s",
    );
    scene.picks_up(attempt, 1);
    scene.check(
        "3 reached by ann
        callback 1 over Done",
    );
    assert!(scene.state().callbacks.is_empty());
    // Whoever stayed on the line is next.
    scene.by(ann, Request::HangUp { contact: attempt });
    assert_eq!(held_by(&scene, ann), Some(second));
    scene.rebuilds();
}

#[test]
fn other_keys_and_silence_leave_the_caller_on_the_line() {
    let mut scene = scene();
    let contact = scene.customer_calls(1);
    scene.pass(30);
    scene.skip();
    scene.presses(contact, "5");
    scene.check("> music 1");
    scene.pass(60);
    scene.check("> collect 1");
    scene.presses(contact, "");
    scene.check("> music 1");
    assert_eq!(scene.state().n_waiting(SUPPORT), 1);
}

#[test]
fn key_that_is_pressed_while_an_agent_is_asked_changes_nothing() {
    let mut scene = scene();
    let contact = scene.customer_calls(1);
    scene.pass(30);
    let ann = scene.ready_agent("ann", 0);
    scene.presses(contact, "1");
    scene.check("> music 1");
    assert_eq!(held_by(&scene, ann), Some(contact));
}

#[test]
fn caller_who_listens_to_the_end_of_the_flow_is_called_all_the_same() {
    let mut scene = scene();
    let contact = scene.customer_calls(1);
    scene.presses_when_asked(contact, "1");
    scene.skip();
    scene.hears(contact);
    scene.check(
        "> hang up 1
        1 ends CallbackConverted
        callback 1 waits as 2 in 1, since 30 s",
    );
}

#[test]
fn customer_who_does_not_hang_up_is_due_a_minute_later() {
    let mut scene = scene();
    let contact = scene.customer_calls(1);
    scene.presses_when_asked(contact, "1");
    scene.skip();
    scene.pass(59);
    scene.check("");
    scene.pass(1);
    scene.check("callback 1 waits as 2 in 1, since 90 s");
}

/// In which order ten callers are talked to, some of whom trade their places for callbacks.
fn served(who_books: &[u64]) -> Vec<CustomerHash> {
    let mut scene = scene();
    for customer in 1..=10 {
        scene.pass(3);
        let contact = scene.customer_calls(customer);
        if who_books.contains(&customer) {
            scene.books_on_the_line(contact);
        } else {
            scene.pass(30);
        }
    }
    let ann = scene.ready_agent("ann", 0);
    let mut order = Vec::new();
    while let Some(contact) = held_by(&scene, ann) {
        order.push(scene.talks(ann, contact));
        scene.pass(30);
        scene.by(ann, Request::HangUp { contact });
    }
    scene.rebuilds();
    order
}

// the oracle of B18, a ghost caller who stayed on the line.
#[test]
fn those_who_are_called_back_are_served_in_the_order_of_those_who_stayed() {
    let stayed = served(&[]);
    assert_eq!(stayed, (1..=10).map(CustomerHash).collect::<Vec<_>>());
    assert_eq!(served(&[1]), stayed);
    assert_eq!(served(&[3, 4, 9]), stayed);
    assert_eq!(served(&(1..=10).collect::<Vec<_>>()), stayed);
}

//
#[test]
fn customer_who_calls_while_a_callback_is_pending_waits_at_the_place_that_was_kept() {
    let mut scene = scene();
    let first = scene.customer_calls(1);
    scene.books_on_the_line(first);
    let second = scene.customer_calls(2);
    scene.pass(20);
    scene.skip();
    let back = scene.customer_calls(1);
    let told = scene.told();
    let expected = format!("callback 1 put off OnTheLine({back:?}) +900");
    assert!(told.contains(&expected), "{told}");
    assert_eq!(scene.state().line_of(second).unwrap().ahead, 1);
    let ann = scene.ready_agent("ann", 0);
    assert_eq!(held_by(&scene, ann), Some(back));
    scene.skip();
    scene.talks(ann, back);
    let told = scene.told();
    let expected = format!("callback 1 over Cancelled(Superseded({back:?}))");
    assert!(told.contains(&expected), "{told}");
    assert!(scene.state().callbacks.is_empty());
    scene.rebuilds();
}

//
#[test]
fn customer_who_calls_and_leaves_the_line_again_is_called_back_all_the_same() {
    let mut scene = scene();
    let first = scene.customer_calls(1);
    scene.books_on_the_line(first);
    let back = scene.customer_calls(1);
    // The longest wait of the queue is shorter than that.
    scene.pass(500);
    assert!(scene.callback(FIRST).unwrap().attempt().is_none());
    scene.hangs_up(back);
    let attempt = scene.attempt(FIRST);
    let ann = scene.ready_agent("ann", 0);
    assert_eq!(held_by(&scene, ann), Some(attempt));
    scene.rebuilds();
}

//
#[test]
fn whom_the_customer_leaves_looks_at_the_line_before_the_customer_is_called_back() {
    let mut scene = scene();
    let first = scene.customer_calls(1);
    scene.books_on_the_line(first);
    let back = scene.customer_calls(1);
    let ann = scene.ready_agent("ann", 0);
    assert_eq!(held_by(&scene, ann), Some(back));
    let urgent = scene.customer_calls(2);
    let sooner = Adjustment {
        band: Some(0),
        age_s: 0,
    };
    let request = Request::AdjustPriority {
        contact: urgent,
        to: sooner,
    };
    assert_eq!(scene.ask(super::supervisor(), request), Reply::Done);
    scene.hangs_up(back);
    assert_eq!(held_by(&scene, ann), Some(urgent), "{}", scene.told());
    let waits = scene.attempt(FIRST);
    assert_eq!(scene.state().contacts.get(waits).unwrap().agent(), None);
    scene.rebuilds();
}

#[test]
fn attempt_that_is_put_to_an_agent_gives_way_to_the_customer_on_the_line() {
    let mut scene = scene();
    let first = scene.customer_calls(1);
    scene.books_on_the_line(first);
    let ann = scene.ready_agent("ann", 0);
    assert_eq!(held_by(&scene, ann), Some(scene.attempt(FIRST)));
    let back = scene.customer_calls(1);
    assert_eq!(held_by(&scene, ann), Some(back), "{}", scene.told());
    scene.rebuilds();
}

#[test]
fn customer_waits_anew_where_the_queue_says_so_or_another_time_was_agreed() {
    let rules = CallbackRules {
        on_return: OnReturn::WaitsAnew,
        ..callback_rules()
    };
    let mut scene = scene_of(rules);
    let first = scene.customer_calls(1);
    scene.books_on_the_line(first);
    scene.customer_calls(1);
    assert!(scene.callback(FIRST).is_some());
    let mut scene = super::scene();
    let from = scene.now.plus_seconds(600);
    let to = from.plus_seconds(600);
    scene.book(wish(1, Some(Window { from, to }), KeepFor::Nobody));
    scene.customer_calls(1);
    assert!(scene.callback(FIRST).is_some());
}

//
#[test]
fn who_is_called_back_counts_before_those_behind_and_not_among_those_on_the_line() {
    let mut scene = scene();
    let first = scene.customer_calls(1);
    scene.books_on_the_line(first);
    let second = scene.customer_calls(2);
    assert_eq!(scene.state().line_of(second).unwrap().ahead, 1);
    assert_eq!(scene.state().n_waiting(SUPPORT), 1);
    let stay = scene.state().contacts.get(second).unwrap().stay().copied();
    assert_eq!(scene.state().oldest_in(SUPPORT), stay.map(|it| it.since));
    let newcomer = scene.state().line_of_newcomer(scene.now, SUPPORT);
    assert_eq!(newcomer.ahead, 2);
}

#[test]
fn callback_as_soon_as_possible_stands_behind_those_who_wait() {
    let mut scene = scene();
    let waits = scene.customer_calls(1);
    let id = scene.book(wish(2, None, KeepFor::Nobody));
    scene.pass(20);
    let later = scene.customer_calls(3);
    let attempt = scene.attempt(id);
    let ann = scene.ready_agent("ann", 0);
    for contact in [waits, attempt, later] {
        assert_eq!(held_by(&scene, ann), Some(contact));
        scene.talks(ann, contact);
        scene.by(ann, Request::HangUp { contact });
    }
}
