//! Reliable provisional responses in both roles (RFC 3262).

use super::by_hand::{Hand, inside, invite_of_teams};
use super::line::{SECOND, outgoing};
use tandem_sip::flow::Transport;
use tandem_sip::header::Name;
use tandem_sip::message::{Method, Response};

const CONTACT: (Name, &str) = (Name::Contact, "<sip:b@192.0.2.20:5061;transport=tls>");

fn rseq(response: &Response) -> u32 {
    response
        .headers
        .get(&Name::RSeq)
        .expect("reliable")
        .parse()
        .expect("a number")
}

fn tag(response: &Response) -> String {
    response
        .headers
        .address(&Name::To)
        .expect("To")
        .tag()
        .expect("a tag")
        .to_owned()
}

// 3: only where the caller requires it, one after the other, the answer after its PRACK
#[test]
fn provisional_responses_wait_for_each_other_and_the_answer_for_the_last() {
    let mut hand = Hand::new(|_| {});
    hand.say(&invite_of_teams("\nREQUIRE: 100rel"), "offer");
    let call = hand.incoming();
    hand.ua
        .ring(hand.now, call, 183, Some(b"early".to_vec()))
        .unwrap();
    hand.ua.ring(hand.now, call, 180, None).unwrap();
    let first = hand.responses();
    assert_eq!(first.len(), 1, "the second waits");
    assert!(first[0].headers.has_token(&Name::Require, "100rel"));
    hand.run_for(2 * SECOND);
    assert_eq!(hand.statuses(), [183, 183], "repeated after 0.5 and 1.5 s");
    hand.ua.answer(hand.now, call, b"answer".to_vec()).unwrap();
    assert_eq!(hand.statuses(), [0_u16; 0], "its answer must arrive first");
    let (rseq, tag) = (rseq(&first[0]), tag(&first[0]));
    hand.say(
        &inside("PRACK", 2, &tag, &format!("\nRACK: {} 1 INVITE", rseq + 5)),
        "",
    );
    assert_eq!(hand.statuses(), [481]);
    hand.say(
        &inside("PRACK", 3, &tag, &format!("\nRACK: {rseq} 1 INVITE")),
        "",
    );
    assert_eq!(hand.statuses(), [200, 200], "the PRACK's and the answer");
}

// 3: without a PRACK the call is refused after 64*T1
#[test]
fn call_whose_ringing_is_never_acknowledged_is_refused_504() {
    let mut hand = Hand::new(|_| {});
    hand.say(&invite_of_teams("\nREQUIRE: 100rel"), "offer");
    let call = hand.incoming();
    hand.ua.ring(hand.now, call, 180, None).unwrap();
    hand.run_for(33 * SECOND);
    assert_eq!(hand.statuses().last(), Some(&504));
    assert_eq!(hand.facts().last().unwrap(), "ended NoPrack 504");
}

// 4: acknowledged in order, repetitions and those that overtook passed over
#[test]
fn reliable_responses_of_the_other_side_are_acknowledged_in_their_order() {
    let mut hand = Hand::new(|_| {});
    hand.ua.call(hand.now, outgoing(Transport::Tls)).unwrap();
    let invite = hand.requests().remove(0);
    let mut ring = |rseq: &str, status| {
        let more = [CONTACT, (Name::Require, "100rel"), (Name::RSeq, rseq)];
        hand.answer(&invite, status, "f", &more, "");
        hand.requests()
    };
    let prack = ring("100", 183).remove(0);
    assert_eq!(prack.method, Method::Prack);
    assert_eq!(prack.headers.get(&Name::RAck), Some("100 1 INVITE"));
    assert!(ring("100", 183).is_empty(), "a repetition");
    assert!(ring("102", 183).is_empty(), "one is missing");
    assert_eq!(
        ring("101", 180)[0].headers.get(&Name::RAck),
        Some("101 1 INVITE")
    );
    // The numbers of the dialog go on after the PRACKs.
    hand.answer(&invite, 200, "f", &[CONTACT], "answer");
    assert_eq!(
        hand.requests()[0].headers.cseq().unwrap().number,
        1,
        "the ACK has the INVITE's"
    );
    assert_eq!(hand.facts(), ["183 -", "180 -", "answered answer"]);
}
