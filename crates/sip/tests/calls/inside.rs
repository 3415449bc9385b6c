//! Inside a call: hold, glare, refresh, expiry.

use super::line::{End, Faults, Line, NONE, SECOND};
use tandem_sip::flow::Transport;
use tandem_sip::user_agent::{CallId, Event};

fn offered_to(line: &Line, end: End) -> CallId {
    let found = line.told.iter().rev().find_map(|(who, event)| {
        if let Event::Offered { call, .. } = event {
            (*who == end).then_some(*call)
        } else {
            None
        }
    });
    found.expect("an offer")
}

// RFC 3261 14, RFC 3264 8; Direct Routing A.11.6
#[test]
fn hold_and_resume_are_offered_and_agreed_in_both_directions() {
    let mut line = Line::new(1, Transport::Tls, NONE);
    let (alices, bobs) = line.connect();
    line.alice
        .offer(line.now, alices, b"hold".to_vec())
        .unwrap();
    line.run_for(SECOND);
    assert_eq!(offered_to(&line, End::Bob), bobs);
    line.bob.agree(line.now, bobs, b"held".to_vec()).unwrap();
    line.run_for(SECOND);
    line.bob.offer(line.now, bobs, b"resume".to_vec()).unwrap();
    line.run_for(SECOND);
    line.alice
        .agree(line.now, alices, b"resumed".to_vec())
        .unwrap();
    line.run_for(SECOND);
    assert_eq!(
        line.facts(End::Alice),
        ["answered answer", "agreed held", "offered resume"]
    );
    assert_eq!(
        line.facts(End::Bob),
        [
            "incoming offer",
            "confirmed -",
            "offered hold",
            "agreed resumed"
        ]
    );
}

#[test]
fn refused_offer_leaves_the_call_as_it_was() {
    let mut line = Line::new(2, Transport::Tls, NONE);
    let (alices, bobs) = line.connect();
    line.alice
        .offer(line.now, alices, b"video".to_vec())
        .unwrap();
    line.run_for(SECOND);
    line.bob.refuse(line.now, bobs, 488).unwrap();
    line.run_for(SECOND);
    assert_eq!(line.facts(End::Alice).last().unwrap(), "offer refused 488");
    line.bob.offer(line.now, bobs, b"other".to_vec()).unwrap();
    line.run_for(SECOND);
    assert_eq!(
        line.facts(End::Alice).last().unwrap(),
        "offered other",
        "it goes on"
    );
}

// RFC 3261 14.1, 14.2: 491 for both, then the called side first
#[test]
fn offers_that_cross_both_get_through_one_after_the_other() {
    for seed in 0..20 {
        let mut line = Line::new(seed, Transport::Tls, NONE);
        let (alices, bobs) = line.connect();
        line.alice
            .offer(line.now, alices, b"from alice".to_vec())
            .unwrap();
        line.bob
            .offer(line.now, bobs, b"from bob".to_vec())
            .unwrap();
        line.run_for(SECOND / 50);
        assert_eq!(
            (
                line.sent(End::Alice, "SIP/2.0 491"),
                line.sent(End::Bob, "SIP/2.0 491")
            ),
            (1, 1)
        );
        line.run_for(2 * SECOND + SECOND / 100);
        assert_eq!(line.facts(End::Alice).last().unwrap(), "offered from bob");
        line.alice.agree(line.now, alices, b"yes".to_vec()).unwrap();
        line.run_for(3 * SECOND);
        assert_eq!(line.facts(End::Bob).last().unwrap(), "offered from alice");
        line.bob.agree(line.now, bobs, b"yes".to_vec()).unwrap();
        line.run_for(SECOND);
        assert_eq!(line.facts(End::Alice).last().unwrap(), "agreed yes");
    }
}

#[test]
fn offer_made_during_another_waits_for_its_turn_and_the_latest_counts() {
    let mut line = Line::new(3, Transport::Tls, NONE);
    let (alices, bobs) = line.connect();
    for sdp in ["one", "two", "three"] {
        line.alice.offer(line.now, alices, sdp.into()).unwrap();
    }
    line.run_for(SECOND);
    line.bob.agree(line.now, bobs, b"a1".to_vec()).unwrap();
    line.run_for(SECOND);
    line.bob.agree(line.now, bobs, b"a3".to_vec()).unwrap();
    line.run_for(SECOND);
    assert_eq!(line.facts(End::Bob)[2..], ["offered one", "offered three"]);
    assert_eq!(line.facts(End::Alice)[1..], ["agreed a1", "agreed a3"]);
}

#[test]
fn offer_that_nobody_answers_is_refused_after_ten_seconds() {
    let mut line = Line::new(4, Transport::Tls, NONE);
    let (alices, bobs) = line.connect();
    line.alice
        .offer(line.now, alices, b"hold".to_vec())
        .unwrap();
    line.run_for(11 * SECOND);
    assert_eq!(line.facts(End::Alice).last().unwrap(), "offer refused 500");
    assert!(line.bob.agree(line.now, bobs, b"late".to_vec()).is_err());
}

// RFC 4028 7, 10: with UPDATE where it is known, and nobody is asked anything
#[test]
fn call_of_three_hours_is_refreshed_and_stands() {
    let mut line = Line::new(5, Transport::Tls, NONE);
    let (alices, _) = line.connect();
    line.run_for(3 * 3_600 * SECOND);
    assert_eq!(
        line.sent(End::Alice, "UPDATE"),
        12,
        "every 900 s by the caller"
    );
    assert_eq!(line.facts(End::Alice), ["answered answer"]);
    assert_eq!(line.facts(End::Bob), ["incoming offer", "confirmed -"]);
    line.alice.hang_up(line.now, alices, None).unwrap();
    line.run_out();
    line.assert_empty();
}

// RFC 4028 10: no refresh, no call
#[test]
fn call_whose_other_side_has_vanished_ends_on_both_sides() {
    let mut line = Line::new(6, Transport::Udp, NONE);
    line.connect();
    line.faults = Faults {
        lost_percent: 100,
        ..NONE
    };
    line.run_out();
    assert_eq!(line.facts(End::Bob).last().unwrap(), "ended Expired");
    assert_eq!(line.facts(End::Alice).last().unwrap(), "ended Gone 408");
    line.assert_empty();
}

// RFC 3261 15.1.2: what waits for an answer gets 487
#[test]
fn hanging_up_over_an_open_offer_answers_it() {
    let mut line = Line::new(7, Transport::Tls, NONE);
    let (alices, bobs) = line.connect();
    line.alice
        .offer(line.now, alices, b"hold".to_vec())
        .unwrap();
    line.run_for(SECOND);
    line.bob.hang_up(line.now, bobs, None).unwrap();
    line.run_out();
    assert_eq!(
        line.facts(End::Alice),
        ["answered answer", "offer refused 487", "ended HungUp"]
    );
    assert_eq!(line.sent(End::Bob, "SIP/2.0 487"), 1);
    line.assert_empty();
}

#[test]
fn broken_connection_is_replaced_and_the_call_is_still_hung_up() {
    let mut line = Line::new(8, Transport::Tls, NONE);
    let (alices, _) = line.connect();
    line.alice.hang_up(line.now, alices, None).unwrap();
    // The BYE went into a connection that was reset under it.
    let opened = tandem_sip::flow::FlowId::Opened(1);
    while line.alice.poll_transmit().is_some() {}
    line.alice.handle_flow_failed(line.now, opened);
    line.run_out();
    assert_eq!(line.facts(End::Bob).last().unwrap(), "ended HungUp");
    line.assert_empty();
}

// RFC 4028 7.2: an other side without timers is looked after all the same
#[test]
fn other_side_without_timers_is_refreshed_and_missed_when_it_has_gone() {
    let mut hand = super::by_hand::Hand::new(|_| {});
    hand.ua
        .call(hand.now, super::line::outgoing(Transport::Tls))
        .unwrap();
    let invite = hand.requests().remove(0);
    hand.answer(&invite, 200, "x", &[], "answer");
    hand.run_for(901 * SECOND);
    let sent = hand.requests();
    assert_eq!(
        sent.last().unwrap().body,
        b"offer",
        "a re-INVITE, for it lists no UPDATE"
    );
    hand.run_for(33 * SECOND);
    assert_eq!(hand.facts().last().unwrap(), "ended Gone 408");
}
