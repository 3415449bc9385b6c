//! What is refused before a call is made of it (RFC 3261 8.2), and what is answered outside calls.

use super::by_hand::{Hand, inside, invite_of_teams, up};
use super::line::SECOND;
use tandem_sip::header::Name;
use tandem_sip::user_agent::{Event, Probes, Sizes};

// RFC 3261 8.2; RFC 4475 3.3
#[test]
fn invites_that_cannot_become_calls_are_refused_with_what_would_help() {
    let usual = invite_of_teams("");
    let uri = "sip:+441273652000@tenant1.customers.example:5061;user=phone;transport=tls SIP";
    for (invite, status, name, value) in [
        (
            usual.replace(uri, "soap.beep://192.0.2.103:3002 SIP"),
            416,
            None,
            "",
        ),
        (
            format!("{usual}\nREQUIRE: nothing, timer, nix"),
            420,
            Some(Name::Unsupported),
            "nothing, nix",
        ),
        (
            usual.replace("application/sdp", "application/x"),
            415,
            Some(Name::Accept),
            "application/sdp",
        ),
        (
            format!("{usual}\nCONTENT-ENCODING: gzip"),
            415,
            Some(Name::Accept),
            "application/sdp",
        ),
        (usual.replace("3600", "60"), 422, Some(Name::MinSe), "90"),
        (usual.replace("CONTACT:", "X-CONTACT:"), 400, None, ""),
        (
            format!("{usual}\nREPLACES: none;to-tag=1;from-tag=2"),
            481,
            None,
            "",
        ),
        (format!("{usual}\nREPLACES: broken"), 400, None, ""),
    ] {
        let mut hand = Hand::new(|_| {});
        hand.say(&invite, "offer");
        let refused = hand.responses().remove(0);
        assert_eq!(refused.status(), status, "{invite}");
        assert_eq!(
            name.map_or("", |name| refused.headers.get(&name).unwrap_or_default()),
            value
        );
        assert!(hand.facts().is_empty(), "nobody is told");
        hand.run_for(40 * SECOND);
        assert_eq!(hand.ua.sizes(), Sizes::default());
    }
}

#[test]
fn calls_beyond_the_limit_are_refused_with_a_time_and_calls_that_are_up_go_on() {
    let mut hand = Hand::new(|settings| settings.calls_max = 1);
    let (_, tag) = up(&mut hand);
    hand.heard();
    let other = invite_of_teams("")
        .replace("90ff", "other")
        .replace("5a0b1c2d", "other");
    hand.say(&other, "offer");
    let refused = hand.responses().remove(0);
    assert_eq!(
        (refused.status(), refused.headers.get(&Name::RetryAfter)),
        (503, Some("5"))
    );
    hand.say(&inside("BYE", 2, &tag, ""), "");
    assert_eq!(hand.statuses(), [200]);
}

fn outside(method: &str, more: &str) -> String {
    format!(
        "{method} sip:sbc1.contoso.com:5061;transport=tls SIP/2.0\n\
         FROM: <sip:sip-du-a-eu.pstnhub.microsoft.com:5061>;tag=1\nTO: <sip:sbc1.contoso.com>\n\
         CALL-ID: {method}{}\nCSEQ: 1 {method}\nMAX-FORWARDS: 70\n\
         VIA: SIP/2.0/TLS 52.114.76.76:5061;branch=z9hG4bK{method}{}\n\
         CONTACT: <sip:sip-du-a-eu.pstnhub.microsoft.com:5061>{more}",
        more.len(),
        more.len()
    )
}

// RFC 3261 11.2; Direct Routing A.4, A.11.2
#[test]
fn options_are_answered_with_what_we_can_do_and_told() {
    let mut hand = Hand::new(|_| {});
    hand.say(&outside("OPTIONS", ""), "");
    let answered = hand.responses().remove(0);
    assert_eq!(answered.status(), 200);
    assert_eq!(
        answered.headers.get(&Name::Contact),
        Some("<sip:sbc1.contoso.com:5061;transport=tls>")
    );
    assert!(answered.headers.has_token(&Name::Allow, "INVITE"));
    assert_eq!(hand.facts(), ["probed"]);
    hand.say(&outside("OPTIONS", "\nREQUIRE: x"), "");
    assert_eq!(hand.statuses(), [420]);
}

// Direct Routing A.4: whose name is not known is not answered 200
#[test]
fn options_that_the_user_answers_are_answered_by_nobody_else() {
    let mut hand = Hand::new(|settings| settings.probes = Probes::Asked);
    hand.say(&outside("OPTIONS", ""), "");
    assert_eq!(hand.statuses(), [0; 0]);
    let asked = hand.told.pop();
    let Some(Event::Probed {
        id: Some(id),
        request,
        ..
    }) = asked
    else {
        panic!("a probe: {asked:?}");
    };
    let forbidden = hand.ua.response(&request, 403).unwrap();
    hand.ua.reply(hand.now, id, &forbidden).unwrap();
    assert_eq!(hand.statuses(), [403]);
}

// RFC 3261 8.2.1, 21.5.2
#[test]
fn methods_outside_calls_are_refused_as_not_allowed_not_known_or_of_no_call() {
    let mut hand = Hand::new(|_| {});
    for (method, status) in [
        ("MESSAGE", 405),
        ("SUBSCRIBE", 405),
        ("REFER", 405),
        ("PUBLISH", 405),
        ("INFO", 405),
        ("FANCY", 501),
        ("BYE", 481),
        ("UPDATE", 481),
        ("PRACK", 481),
        ("NOTIFY", 481),
    ] {
        hand.say(&outside(method, ""), "");
        let refused = hand.responses().remove(0);
        assert_eq!(refused.status(), status, "{method}");
        assert_eq!(
            refused.headers.get(&Name::Allow).is_some(),
            status != 481,
            "{method}"
        );
    }
}
