//! Which target takes a call, challenges, probes.

use super::by_hand::Hand;
use super::line::{SECOND, outgoing};
use tandem_sip::digest::Credentials;
use tandem_sip::flow::{FlowId, Hop, Transport};
use tandem_sip::header::Name;
use tandem_sip::message::{Method, Request};
use tandem_sip::uri::Uri;
use tandem_sip::user_agent::{Event, Sizes};
use tandem_sip::{Outgoing, Target};

/// Direct Routing A.1: three names, in this order.
fn teams() -> Outgoing {
    let target = |host: &str| Target {
        hop: Hop {
            host: host.to_owned(),
            port: 5_061,
            transport: Transport::Tls,
        },
        uri: Uri::parse(&format!("sip:+18005550100@{host};user=phone")).expect("a URI"),
        flow: None,
    };
    let hosts = [
        "sip.pstnhub.microsoft.com",
        "sip2.pstnhub.microsoft.com",
        "sip3.pstnhub.microsoft.com",
    ];
    Outgoing {
        targets: hosts.map(target).into(),
        ..outgoing(Transport::Tls)
    }
}

fn host(request: &Request) -> String {
    request.uri.as_sip().expect("a SIP URI").host.host.clone()
}

fn invites(hand: &mut Hand) -> Vec<Request> {
    hand.requests()
        .into_iter()
        .filter(|request| request.method == Method::Invite)
        .collect()
}

// A.5, A.11.3: what an INVITE toward Teams has, and what it never has
#[test]
fn invite_toward_teams_has_what_teams_wants() {
    let mut hand = Hand::new(|_| {});
    hand.ua.call(hand.now, teams()).unwrap();
    let invite = hand.requests().remove(0);
    assert_eq!(
        invite.uri.to_string(),
        "sip:+18005550100@sip.pstnhub.microsoft.com;user=phone"
    );
    let get = |name: Name| invite.headers.get(&name).unwrap_or_default().to_owned();
    assert_eq!(
        get(Name::Contact),
        "<sip:alice.example.com:5061;transport=tls>"
    );
    assert!(get(Name::From).starts_with("<sip:+4399@alice.example.com>;tag="));
    assert_eq!(
        (get(Name::XMsSbc), get(Name::ContentType)),
        ("Tandem/SBC/1".to_owned(), "application/sdp".to_owned())
    );
    for never in [
        Name::Replaces,
        Name::RecordRoute,
        Name::Route,
        Name::Require,
    ] {
        assert_eq!(get(never), "");
    }
}

// A.7, A.11.2, D.1: silence within ten seconds, 503, a broken connection; 603 is the end
#[test]
fn call_goes_on_to_the_next_target_when_one_is_silent_full_or_not_to_be_reached() {
    let mut hand = Hand::new(|_| {});
    hand.ua.call(hand.now, teams()).unwrap();
    let first = hand.requests().remove(0);
    hand.run_for(3 * SECOND);
    let second = invites(&mut hand).remove(0);
    assert_eq!(host(&second), "sip2.pstnhub.microsoft.com");
    assert_eq!(second.headers.cseq().unwrap().number, 2);
    hand.answer(&second, 503, "x", &[(Name::RetryAfter, "1")], "");
    let third = invites(&mut hand).remove(0);
    assert_eq!(host(&third), "sip3.pstnhub.microsoft.com");
    assert!(hand.told.iter().any(|event| matches!(
        event,
        Event::Retire {
            flow: FlowId::Opened(2)
        }
    )));
    // The first was only slow: its ringing is cancelled, its answer acknowledged and hung up.
    hand.answer(&first, 180, "slow", &[], "");
    assert_eq!(hand.requests()[0].method, Method::Cancel);
    hand.answer(&first, 200, "slow", &[], "late");
    let methods: Vec<Method> = hand
        .requests()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, [Method::Ack, Method::Bye]);
    hand.answer(&third, 200, "y", &[], "answer");
    assert_eq!(hand.facts(), ["answered answer"]);
}

#[test]
fn declined_call_is_not_tried_elsewhere() {
    for status in [603, 486, 404, 488] {
        let mut hand = Hand::new(|_| {});
        hand.ua.call(hand.now, teams()).unwrap();
        let invite = hand.requests().remove(0);
        hand.answer(&invite, status, "x", &[], "");
        assert!(invites(&mut hand).is_empty());
        assert_eq!(hand.facts(), [format!("ended Refused {status}")]);
        hand.run_for(40 * SECOND);
        assert_eq!(hand.ua.sizes(), Sizes::default());
    }
}

#[test]
fn target_that_asked_for_a_rest_is_asked_last_until_it_is_over() {
    let mut hand = Hand::new(|_| {});
    hand.ua.call(hand.now, teams()).unwrap();
    let first = hand.requests().remove(0);
    hand.answer(&first, 503, "x", &[(Name::RetryAfter, "60")], "");
    hand.heard();
    hand.ua.call(hand.now, teams()).unwrap();
    assert_eq!(host(&invites(&mut hand)[0]), "sip2.pstnhub.microsoft.com");
    hand.run_for(61 * SECOND);
    hand.heard();
    hand.ua.call(hand.now, teams()).unwrap();
    assert_eq!(host(&invites(&mut hand)[0]), "sip.pstnhub.microsoft.com");
}

// A.3: a reset connection is tolerated silently, once
#[test]
fn broken_connections_are_tried_anew_once_and_then_the_next_target() {
    let mut hand = Hand::new(|_| {});
    hand.ua.call(hand.now, teams()).unwrap();
    let mut hosts = Vec::new();
    for flow in 1..=6 {
        hosts.extend(invites(&mut hand).iter().map(host));
        hand.ua.handle_flow_failed(hand.now, FlowId::Opened(flow));
    }
    let expected = ["sip.", "sip.", "sip2.", "sip2.", "sip3.", "sip3."];
    assert_eq!(
        hosts,
        expected.map(|start| format!("{start}pstnhub.microsoft.com"))
    );
    assert_eq!(hand.facts(), ["ended Unreachable 503"]);
    assert_eq!(hand.ua.sizes(), Sizes::default());
}

// RFC 3261 22.2, RFC 8760 2.4: the best algorithm, a new number, once
#[test]
fn challenge_of_a_carrier_is_answered_once_and_with_the_best_algorithm() {
    let mut hand = Hand::new(|_| {});
    let mut call = outgoing(Transport::Tls);
    call.credentials = vec![Credentials {
        realm: None,
        user: "trunk".to_owned(),
        password: "secret".to_owned(),
    }];
    hand.ua.call(hand.now, call).unwrap();
    let invite = hand.requests().remove(0);
    let asks = [
        (
            Name::ProxyAuthenticate,
            r#"Digest realm="carrier", nonce="n1", qop="auth", algorithm=MD5"#,
        ),
        (
            Name::ProxyAuthenticate,
            r#"Digest realm="carrier", nonce="n2", qop="auth,auth-int", algorithm=SHA-256"#,
        ),
    ];
    hand.answer(&invite, 407, "x", &asks, "");
    let again = invites(&mut hand).remove(0);
    let answer = again.headers.get(&Name::ProxyAuthorization).unwrap();
    assert!(
        answer.contains(r#"nonce="n2""#)
            && answer.contains("SHA-256")
            && answer.contains("nc=00000001"),
        "{answer}"
    );
    assert_eq!(
        (
            again.headers.cseq().unwrap().number,
            again.headers.call_id()
        ),
        (2, invite.headers.call_id())
    );
    hand.answer(&again, 407, "x", &asks, "");
    assert_eq!(
        hand.facts(),
        ["ended Refused 407"],
        "a wrong password is not tried for ever"
    );
}

// RFC 3261 16.4
#[test]
fn route_that_leads_to_ourselves_is_left_out_of_the_dialog() {
    let mut hand = Hand::new(|_| {});
    let call = hand.ua.call(hand.now, teams()).unwrap();
    let invite = invites(&mut hand).remove(0);
    let answered = [
        (
            Name::RecordRoute,
            "<sip:edge.example:5061;transport=tls;lr>, <sip:Tenant1.customers.example:5061;lr>",
        ),
        (Name::Contact, "<sip:bob@inner.example:443>"),
    ];
    hand.answer(&invite, 200, "x", &answered, "answer");
    hand.ua.hang_up(hand.now, call, None).unwrap();
    let sent = hand.requests();
    assert_eq!(sent.len(), 2, "ACK and BYE");
    for request in sent {
        let routes: Vec<&str> = request.headers.all(&Name::Route).collect();
        assert_eq!(routes, ["<sip:edge.example:5061;transport=tls;lr>"]);
    }
}

// A.4: FQDN in Contact, no user part; one answer or none
#[test]
fn probes_are_told_how_they_ended() {
    let mut hand = Hand::new(|_| {});
    let hop = Hop {
        host: "sip.pstnhub.microsoft.com".to_owned(),
        port: 5_061,
        transport: Transport::Tls,
    };
    let uri = || Uri::parse("sip:sip.pstnhub.microsoft.com:5061").unwrap();
    hand.ua.probe(hand.now, 1, &hop, uri()).unwrap();
    let options = hand.requests().remove(0);
    assert_eq!(
        options.headers.get(&Name::Contact),
        Some("<sip:sbc1.contoso.com:5061;transport=tls>")
    );
    assert_eq!(options.headers.get(&Name::CSeq), Some("1 OPTIONS"));
    hand.answer(&options, 403, "x", &[], "");
    hand.ua.probe(hand.now, 2, &hop, uri()).unwrap();
    hand.run_for(33 * SECOND);
    assert_eq!(hand.facts(), ["probe 1 Some(403)", "probe 2 None"]);
    assert_eq!(hand.ua.sizes(), Sizes::default());
}

// A.3: connections are renewed each hour
#[test]
fn connection_is_renewed_after_an_hour() {
    let mut hand = Hand::new(|_| {});
    let hop = Hop {
        host: "p.example".to_owned(),
        port: 5_061,
        transport: Transport::Tls,
    };
    for minutes in [0, 59, 61] {
        hand.now = minutes * 60 * SECOND;
        hand.ua
            .probe(hand.now, 1, &hop, Uri::parse("sip:p.example").unwrap())
            .unwrap();
    }
    hand.heard();
    let flows: Vec<String> = hand
        .told
        .iter()
        .map(|event| {
            if let Event::Open { flow, .. } = event {
                format!("open {flow:?}")
            } else if let Event::Retire { flow } = event {
                format!("retire {flow:?}")
            } else {
                String::new()
            }
        })
        .collect();
    assert_eq!(
        flows,
        ["open Opened(1)", "retire Opened(1)", "open Opened(2)"]
    );
}
