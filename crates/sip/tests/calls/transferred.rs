//! Transfers: REFER both ways (RFC 3515, 3892), Replaces (RFC 3891).

use super::by_hand::{Hand, inside, invite_of_teams, up};
use super::line::{End, Line, NONE, SECOND};
use tandem_sip::flow::Transport;
use tandem_sip::header::Name;
use tandem_sip::message::{Method, Request};
use tandem_sip::user_agent::{Event, Transfers};

fn offering() -> Hand {
    Hand::new(|settings| settings.transfers = Transfers::Offered)
}

fn fragment(notify: &Request) -> (String, String) {
    let state = notify
        .headers
        .get(&Name::SubscriptionState)
        .unwrap_or_default();
    (
        String::from_utf8_lossy(&notify.body).trim().to_owned(),
        state.to_owned(),
    )
}

// A.8, A.11.7: both values byte for byte, however long; 202, NOTIFY 100, 180, 200
#[test]
fn transfer_of_teams_is_handed_over_verbatim_and_reported() {
    let mut hand = offering();
    let (call, tag) = up(&mut hand);
    hand.heard();
    let opaque = format!(
        "<sip:proxy.example;x-m=8:orgid:1-2;x-t=3;x-ti=4;x-tt={}%25/>",
        "Ab".repeat(180)
    );
    let target = "<sip:sip.pstnhub.microsoft.com:5061;x-m=8:orgid:ab-1;x-t=87d3;transport=tls>";
    hand.say(
        &inside(
            "REFER",
            2,
            &tag,
            &format!("\nREFER-TO: {target}\nREFERRED-BY: {opaque}"),
        ),
        "",
    );
    hand.heard();
    let asked = hand.told.iter().find_map(|event| {
        if let Event::ReferAsked {
            refer_to,
            referred_by,
            ..
        } = event
        {
            Some((refer_to.clone(), referred_by.clone()))
        } else {
            None
        }
    });
    assert_eq!(asked, Some((target.to_owned(), Some(opaque))));
    hand.ua.accept_refer(hand.now, call).unwrap();
    hand.ua.report_refer(hand.now, call, 180).unwrap();
    hand.ua.report_refer(hand.now, call, 200).unwrap();
    assert!(
        hand.ua.report_refer(hand.now, call, 200).is_err(),
        "that was the last word"
    );
    let notifies = hand.requests();
    assert_eq!(notifies[0].headers.get(&Name::Event), Some("refer;id=2"));
    let told: Vec<_> = notifies.iter().map(fragment).collect();
    assert_eq!(
        told[0],
        (
            "SIP/2.0 100 Trying".to_owned(),
            "active;expires=180".to_owned()
        )
    );
    assert_eq!(
        told[2],
        (
            "SIP/2.0 200 OK".to_owned(),
            "terminated;reason=noresource".to_owned()
        )
    );
    hand.say(&inside("BYE", 3, &tag, ""), "");
    assert_eq!(
        hand.facts().last().unwrap(),
        "ended HungUp",
        "Teams ends the old call itself"
    );
}

// RFC 3515 2.4.2
#[test]
fn broken_or_second_transfers_are_refused_and_so_is_what_the_user_refuses() {
    let mut hand = offering();
    let (call, tag) = up(&mut hand);
    hand.heard();
    hand.say(&inside("REFER", 2, &tag, ""), "");
    hand.say(
        &inside(
            "REFER",
            3,
            &tag,
            "\nREFER-TO: <sip:a@b>\nREFER-TO: <sip:c@d>",
        ),
        "",
    );
    hand.say(&inside("REFER", 4, &tag, "\nREFER-TO: <sip:a@b>"), "");
    hand.say(&inside("REFER", 5, &tag, "\nREFER-TO: <sip:a@b>"), "");
    assert_eq!(hand.statuses(), [400, 400, 491]);
    hand.ua.refuse_refer(hand.now, call, 603).unwrap();
    assert_eq!(hand.statuses(), [603]);
    hand.say(
        &inside(
            "NOTIFY",
            6,
            &tag,
            "\nEVENT: refer\nSUBSCRIPTION-STATE: active",
        ),
        "SIP/2.0 200 OK",
    );
    assert_eq!(hand.statuses(), [481], "of no transfer of ours");
}

#[test]
fn transfer_that_we_ask_for_is_followed_to_its_end() {
    let mut line = Line::new(1, Transport::Tls, NONE);
    let (alices, _) = line.connect();
    line.alice
        .refer(
            line.now,
            alices,
            "<sip:carol@example.com>",
            Some("<sip:alice@example.com>"),
        )
        .unwrap();
    line.run_for(SECOND);
    assert_eq!(
        line.facts(End::Alice).last().unwrap(),
        "refer progress 405",
        "not offered by default"
    );
    let mut hand = offering();
    let (call, tag) = up(&mut hand);
    hand.heard();
    hand.ua
        .refer(
            hand.now,
            call,
            "<sip:carol@example.com>",
            Some("<sip:alice@example.com>"),
        )
        .unwrap();
    let refer = hand.requests().remove(0);
    assert_eq!(
        (&refer.method, refer.headers.get(&Name::ReferredBy)),
        (&Method::Refer, Some("<sip:alice@example.com>"))
    );
    let notify = |cseq, state: &str| {
        inside(
            "NOTIFY",
            cseq,
            &tag,
            &format!(
                "\nEVENT: refer;id=1\nSUBSCRIPTION-STATE: {state}\nCONTENT-TYPE: message/sipfrag"
            ),
        )
    };
    // It may overtake the 202.
    hand.say(&notify(2, "active"), "SIP/2.0 100 Trying\n");
    hand.answer(&refer, 202, "", &[], "");
    hand.say(&notify(3, "active"), "nonsense");
    hand.say(&notify(4, "terminated"), "SIP/2.0 486 Busy Here\n");
    hand.say(&notify(5, "terminated"), "SIP/2.0 486 Busy Here\n");
    assert_eq!(hand.statuses(), [200, 400, 200, 481]);
    assert_eq!(
        hand.facts()[2..],
        ["refer progress 100", "refer progress 486"]
    );
}

// RFC 3891 3; A.8 (2), A.11.7
#[test]
fn call_with_replaces_takes_the_place_of_another_once_it_is_answered() {
    let mut hand = Hand::new(|_| {});
    let (old, tag) = up(&mut hand);
    hand.heard();
    let other = |replaces: &str| {
        let invite = invite_of_teams(&format!("\nREPLACES: {replaces}"));
        invite
            .replace("CALL-ID: 90ff", "CALL-ID: new")
            .replace("5a0b1c2d", &format!("x{}", replaces.len()))
    };
    hand.say(
        &other(&format!("90ff;to-tag={tag};from-tag=0af1;early-only")),
        "offer",
    );
    hand.say(
        &other(&format!("90ff;to-tag={tag};from-tag=wrong")),
        "offer",
    );
    assert_eq!(hand.statuses(), [486, 481]);
    hand.say(&other(&format!("90ff;to-tag={tag};from-tag=0af1")), "offer");
    let new = hand.incoming();
    assert!(hand.told.iter().any(
        |event| matches!(event, Event::Incoming { replaces: Some(call), .. } if *call == old)
    ));
    hand.ua.answer(hand.now, new, b"answer".to_vec()).unwrap();
    let bye = hand.requests().remove(0);
    assert_eq!(bye.headers.call_id(), Ok("90ff"));
    assert_eq!(hand.facts().last().unwrap(), "ended Replaced");
}
