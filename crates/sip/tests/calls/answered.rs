//! A call from INVITE to BYE, and the races on its way.

use super::line::{End, Faults, Line, NONE, SECOND, outgoing};
use tandem_sip::Farewell;
use tandem_sip::flow::Transport;
use tandem_sip::header::Reason;
use tandem_sip::user_agent::Event;

// RFC 3261 13, 15
#[test]
fn call_rings_is_answered_and_is_hung_up_by_either_side() {
    for by_caller in [true, false] {
        let mut line = Line::new(1, Transport::Tls, NONE);
        let alices = line.call();
        line.run_for(SECOND);
        let bobs = line.incoming();
        line.bob.ring(line.now, bobs, 180, None).unwrap();
        line.bob
            .ring(line.now, bobs, 183, Some(b"early".to_vec()))
            .unwrap();
        line.run_for(SECOND);
        line.bob.answer(line.now, bobs, b"answer".to_vec()).unwrap();
        line.run_for(SECOND);
        let reason = Reason::q850(16);
        if by_caller {
            line.alice.hang_up(line.now, alices, Some(&reason)).unwrap();
        } else {
            line.bob.hang_up(line.now, bobs, Some(&reason)).unwrap();
        }
        line.run_out();
        let (first, second) = if by_caller {
            ("Ours", "HungUp")
        } else {
            ("HungUp", "Ours")
        };
        let alice = [
            "180 -",
            "183 early",
            "answered answer",
            &format!("ended {first}"),
        ];
        assert_eq!(line.facts(End::Alice), alice);
        let bob = ["incoming offer", "confirmed -", &format!("ended {second}")];
        assert_eq!(line.facts(End::Bob), bob);
        let told = line.told.iter().find_map(|(_, event)| {
            if let Event::Ended { end, .. } = event {
                end.reason.clone()
            } else {
                None
            }
        });
        assert_eq!(
            told.unwrap().as_q850(),
            Some(16),
            "RFC 3326: the reason arrives"
        );
        line.assert_empty();
    }
}

// RFC 3261 9: CANCEL, 487, ACK
#[test]
fn call_that_is_given_up_while_it_rings_is_cancelled() {
    let mut line = Line::new(2, Transport::Udp, NONE);
    let alices = line.call();
    line.run_for(SECOND);
    let bobs = line.incoming();
    line.bob.ring(line.now, bobs, 180, None).unwrap();
    line.run_for(SECOND);
    line.alice.hang_up(line.now, alices, None).unwrap();
    line.run_out();
    assert_eq!(line.facts(End::Alice), ["180 -", "ended Ours"]);
    assert_eq!(
        line.facts(End::Bob),
        ["incoming offer", "ended Cancelled 487"]
    );
    assert_eq!(
        (
            line.sent(End::Alice, "CANCEL"),
            line.sent(End::Alice, "ACK")
        ),
        (1, 1)
    );
    line.assert_empty();
}

// RFC 3261 9.1: a CANCEL may cross the answer; the caller acknowledges it and hangs up
#[test]
fn answer_that_crosses_a_cancel_is_acknowledged_and_hung_up() {
    let mut line = Line::new(3, Transport::Tls, NONE);
    let alices = line.call();
    line.run_for(SECOND);
    let bobs = line.incoming();
    line.alice.hang_up(line.now, alices, None).unwrap();
    line.bob.answer(line.now, bobs, b"answer".to_vec()).unwrap();
    line.run_out();
    assert_eq!(line.facts(End::Alice), ["ended Ours"]);
    assert_eq!(
        line.facts(End::Bob),
        ["incoming offer", "confirmed -", "ended HungUp"]
    );
    line.assert_empty();
}

// RFC 3261 9.1: no CANCEL before a provisional response
#[test]
fn call_given_up_before_anything_was_heard_is_cancelled_as_soon_as_something_is() {
    let mut line = Line::new(4, Transport::Tls, NONE);
    let alices = line.call();
    line.alice.hang_up(line.now, alices, None).unwrap();
    line.run_out();
    assert_eq!(line.sent(End::Alice, "CANCEL"), 1);
    assert_eq!(
        line.facts(End::Bob),
        ["incoming offer", "ended Cancelled 487"]
    );
    line.assert_empty();
}

// RFC 3261 15.1: both hang up at once
#[test]
fn byes_that_cross_end_the_call_once_on_each_side() {
    let mut line = Line::new(5, Transport::Tls, NONE);
    let (alices, bobs) = line.connect();
    line.alice.hang_up(line.now, alices, None).unwrap();
    line.bob.hang_up(line.now, bobs, None).unwrap();
    line.run_out();
    for end in [End::Alice, End::Bob] {
        assert_eq!(line.facts(end).last().unwrap(), "ended Ours");
        assert_eq!(
            line.facts(end)
                .iter()
                .filter(|fact| fact.starts_with("ended"))
                .count(),
            1
        );
    }
    line.assert_empty();
}

// RFC 3261 13.3.1.4: 2xx repeated until the ACK; without one the call ends after 64*T1
#[test]
fn answer_is_repeated_until_its_ack_and_the_call_ended_without_one() {
    let mut line = Line::new(6, Transport::Udp, NONE);
    line.call();
    line.run_for(SECOND);
    let bobs = line.incoming();
    line.faults = Faults {
        lost_percent: 100,
        ..NONE
    };
    line.bob.answer(line.now, bobs, b"answer".to_vec()).unwrap();
    line.run_for(31 * SECOND);
    assert_eq!(
        line.sent(End::Bob, "SIP/2.0 200"),
        10,
        "0.5, 1.5, 3.5, 7.5, then every 4 s"
    );
    // 15: no BYE before the ACK or the time-out, even when the user wants it.
    line.bob.hang_up(line.now, bobs, None).unwrap();
    line.collect();
    assert_eq!(line.sent(End::Bob, "BYE"), 0);
    line.run_for(2 * SECOND);
    assert!(line.sent(End::Bob, "BYE") >= 1);
    line.run_out();
    line.assert_empty();
}

#[test]
fn answer_nobody_acknowledges_ends_the_call_by_itself() {
    let mut line = Line::new(7, Transport::Udp, NONE);
    line.call();
    line.run_for(SECOND);
    let bobs = line.incoming();
    line.faults = Faults {
        lost_percent: 100,
        ..NONE
    };
    line.bob.answer(line.now, bobs, b"answer".to_vec()).unwrap();
    line.run_out();
    assert_eq!(
        line.facts(End::Bob),
        ["incoming offer", "ended NotAcknowledged"]
    );
    assert_eq!(line.facts(End::Alice), ["ended NotAnswered 408"]);
    line.assert_empty();
}

// RFC 3261 13.3.1.1: a sign of life every minute; 480 at the limit
#[test]
fn call_that_nobody_answers_rings_every_minute_and_is_refused_at_the_limit() {
    let mut line = Line::new(8, Transport::Tls, NONE);
    let mut patient = outgoing(Transport::Tls);
    patient.ring_seconds_max = 300;
    line.alice.call(line.now, patient).unwrap();
    line.run_for(SECOND);
    let bobs = line.incoming();
    line.bob.ring(line.now, bobs, 180, None).unwrap();
    line.run_for(170 * SECOND);
    assert_eq!(line.sent(End::Bob, "SIP/2.0 180"), 3);
    line.run_out();
    assert_eq!(
        line.facts(End::Bob).last().unwrap(),
        "ended NotAnswered 480"
    );
    line.assert_empty();
}

// RFC 3326, RFC 3261 21
#[test]
fn refusal_arrives_with_its_status_and_reason() {
    let mut line = Line::new(9, Transport::Tls, NONE);
    line.call();
    line.run_for(SECOND);
    let bobs = line.incoming();
    assert!(line.bob.refuse_call(line.now, bobs, 200, None).is_err());
    line.bob
        .refuse_call(line.now, bobs, 603, Some(&Reason::q850(21)))
        .unwrap();
    line.run_out();
    assert_eq!(line.facts(End::Alice), ["ended Refused 603"]);
    assert_eq!(line.facts(End::Bob), ["incoming offer", "ended Ours 603"]);
    line.assert_empty();
}

// The process that led a call is killed; the next one knows nothing but the farewell.
#[test]
fn call_of_a_process_that_is_gone_is_ended_by_another_with_its_farewell() {
    for by_caller in [true, false] {
        let mut line = Line::new(7, Transport::Udp, NONE);
        let alices = line.call();
        line.run_for(SECOND);
        let bobs = line.incoming();
        assert_eq!(line.bob.farewell(bobs), None, "nothing is up");
        line.bob.answer(line.now, bobs, b"answer".to_vec()).unwrap();
        line.run_for(SECOND);
        let (gone, call, left) = if by_caller {
            (End::Alice, alices, End::Bob)
        } else {
            (End::Bob, bobs, End::Alice)
        };
        let kept = line.side(gone).farewell(call).unwrap().to_text();
        line.restart(gone);
        let farewell = Farewell::parse(&kept).unwrap();
        let (now, reason) = (line.now, Reason::q850(41));
        line.side(gone).bid(now, &farewell, &reason).unwrap();
        line.run_out();
        assert!(line.facts(left).contains(&"ended HungUp".to_owned()));
        line.assert_empty();
    }
}

#[test]
fn what_is_no_farewell_is_refused() {
    let options =
        "UDP 5060 192.0.2.1\nalice.example.com\nOPTIONS sip:bob@192.0.2.1 SIP/2.0\r\n\r\n";
    for text in ["", "UDP 5060 192.0.2.1", "UDP x 192.0.2.1\na\nb", options] {
        assert!(Farewell::parse(text).is_err(), "{text}");
    }
}
