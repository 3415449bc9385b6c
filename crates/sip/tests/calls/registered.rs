//! Phones: a password, a binding, and calls that go back over the phone's own connection.

use super::by_hand::Hand;
use super::line::{SECOND, outgoing};
use tandem_sip::digest::{Authenticator, Credentials, Verdict, respond};
use tandem_sip::flow::{Flow, FlowId, Hop, Transport};
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Request, Response};
use tandem_sip::registrar::{Registrar, refusal_of_brief};
use tandem_sip::uri::HostPort;
use tandem_sip::user_agent::Registration;

fn register(cseq: u32, more: &str) -> Request {
    let text = format!(
        "REGISTER sip:sbc1.contoso.com SIP/2.0\r\nVia: SIP/2.0/TLS 10.0.0.9:5061;branch=z9hG4bKr{cseq}\r\n\
         From: <sip:anna@sbc1.contoso.com>;tag=1\r\nTo: <sip:anna@sbc1.contoso.com>\r\nCall-ID: reg\r\n\
         CSeq: {cseq} REGISTER\r\nMax-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
    );
    match Message::parse(text.as_bytes()).expect("well formed") {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

fn flow(id: u64) -> Flow {
    Flow {
        id: FlowId::Accepted(id),
        transport: Transport::Tls,
    }
}

const CONTACT: &str = "Contact: <sip:anna@10.0.0.9:5061;transport=tls>\r\n";

fn challenged(door: &mut Authenticator, now: i64, request: &Request, is_stale: bool) -> Response {
    let mut response = Response::to(request, 401, "t").expect("a status");
    for (name, value) in door.challenges(now, is_stale) {
        response.headers.push(name, value);
    }
    response
}

fn anna(password: &str) -> Vec<Credentials> {
    vec![Credentials {
        realm: Some("tandem".to_owned()),
        user: "anna".to_owned(),
        password: password.to_owned(),
    }]
}

// RFC 2617 3, RFC 8760
#[test]
fn phone_proves_its_password_once_for_each_count_and_only_for_its_request() {
    let mut door = Authenticator::new("tandem", "seed");
    let request = register(1, CONTACT);
    let judge = |door: &mut Authenticator, now, request: &Request| {
        door.judge(now, request, |user| (user == "anna").then_some("right"))
    };
    assert_eq!(
        judge(&mut door, 0, &request),
        Verdict::Unknown { is_stale: false }
    );
    let response = challenged(&mut door, 0, &request, false);
    let again = respond(&request, &response, &anna("right"), "c").expect("a known challenge");
    assert!(
        again
            .headers
            .get(&Name::Authorization)
            .unwrap()
            .contains("SHA-256")
    );
    let accepted = Verdict::Accepted {
        user: "anna".to_owned(),
    };
    assert_eq!(judge(&mut door, SECOND, &again), accepted);
    assert_eq!(
        judge(&mut door, SECOND, &again),
        Verdict::Unknown { is_stale: true },
        "replayed"
    );
    let wrong = respond(&request, &response, &anna("wrong"), "c").unwrap();
    assert_eq!(judge(&mut door, SECOND, &wrong), Verdict::Wrong);
    let mut other = again.clone();
    other.uri = tandem_sip::uri::Uri::parse("sip:elsewhere.example").unwrap();
    assert_eq!(
        judge(&mut door, SECOND, &other),
        Verdict::Wrong,
        "an answer to another request"
    );
    let forged = again
        .headers
        .get(&Name::Authorization)
        .unwrap()
        .replace("nonce=\"0.", "nonce=\"1.");
    let mut with_forged = request.clone();
    with_forged.headers.push(Name::Authorization, forged);
    assert_eq!(
        judge(&mut door, SECOND, &with_forged),
        Verdict::Unknown { is_stale: false }
    );
}

#[test]
fn nonce_is_stale_after_ten_minutes_and_the_phone_asks_with_a_new_one() {
    let mut door = Authenticator::new("tandem", "seed");
    let request = register(1, CONTACT);
    let response = challenged(&mut door, 0, &request, false);
    let old = respond(&request, &response, &anna("right"), "c").unwrap();
    let late = 601 * SECOND;
    assert_eq!(
        door.judge(late, &old, |_| Some("right")),
        Verdict::Unknown { is_stale: true }
    );
    let stale = challenged(&mut door, late, &old, true);
    let new = respond(&old, &stale, &anna("right"), "c").expect("stale is no refusal");
    assert!(matches!(
        door.judge(late, &new, |_| Some("right")),
        Verdict::Accepted { .. }
    ));
    let refused = challenged(&mut door, late, &new, false);
    assert_eq!(
        respond(&new, &refused, &anna("right"), "c"),
        None,
        "once is enough"
    );
}

// RFC 3261 10.3
#[test]
fn bindings_are_added_renewed_removed_and_expire() {
    let mut registrar = Registrar::new();
    let contacts = registrar
        .register(0, "anna", flow(1), &register(1, CONTACT))
        .unwrap();
    assert_eq!(
        contacts,
        [(
            Name::Contact,
            "<sip:anna@10.0.0.9:5061;transport=tls>;expires=3600".to_owned()
        )]
    );
    let short = format!("{CONTACT}Expires: 100\r\n");
    registrar
        .register(0, "anna", flow(2), &register(2, &short))
        .unwrap();
    assert_eq!(registrar.bindings("anna").len(), 1);
    assert_eq!(
        registrar.bindings("anna")[0].flow,
        flow(2),
        "the phone is where it was last"
    );
    let overtaken = registrar.register(0, "anna", flow(1), &register(1, CONTACT));
    assert_eq!(overtaken.unwrap_err().status, 500);
    assert_eq!(registrar.poll_timeout(), Some(100 * SECOND));
    assert_eq!(registrar.handle_timeout(100 * SECOND), ["anna"]);
    assert!(registrar.bindings("anna").is_empty());
    registrar
        .register(0, "anna", flow(1), &register(3, CONTACT))
        .unwrap();
    registrar
        .register(
            0,
            "anna",
            flow(1),
            &register(4, "Contact: *\r\nExpires: 0\r\n"),
        )
        .unwrap();
    assert!(registrar.bindings("anna").is_empty());
    assert_eq!(registrar.poll_timeout(), None);
}

#[test]
fn broken_registrations_are_refused_with_what_would_help() {
    let mut registrar = Registrar::new();
    let mut refused = |more: &str| {
        registrar
            .register(0, "anna", flow(1), &register(1, more))
            .unwrap_err()
            .status
    };
    assert_eq!(refused("Contact: *\r\n"), 400);
    assert_eq!(
        refused("Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\n"),
        400
    );
    assert_eq!(refused("Expires: soon\r\n"), 400);
    let nine: String = (0..9)
        .map(|n| format!("Contact: <sip:a@10.0.0.{n}>\r\n"))
        .collect();
    assert_eq!(refused(&nine), 400);
    let brief = refusal_of_brief(&register(1, "Expires: 5\r\n").headers).unwrap();
    assert_eq!(
        (brief.status, brief.headers),
        (423, vec![(Name::MinExpires, "60".to_owned())])
    );
    assert_eq!(
        refusal_of_brief(&register(1, "Expires: 0\r\n").headers),
        None
    );
}

// RFC 5626: the connection is the way back
#[test]
fn phone_is_called_over_its_own_connection_and_forgotten_when_that_breaks() {
    let mut registrar = Registrar::new();
    registrar
        .register(0, "anna", flow(9), &register(1, CONTACT))
        .unwrap();
    let binding = registrar.bindings("anna")[0].clone();
    let mut hand = Hand::new(|_| {});
    hand.ua.keep_flow(binding.flow.id);
    let mut call = outgoing(Transport::Tls);
    call.targets[0].uri = binding.contact;
    call.targets[0].flow = Some(binding.flow);
    hand.ua.call(hand.now, call).unwrap();
    let sent = hand.heard();
    assert_eq!(sent[0].0, FlowId::Accepted(9));
    let Message::Request(invite) = &sent[0].1 else {
        panic!("an INVITE")
    };
    hand.answer(
        invite,
        200,
        "p",
        &[(Name::Contact, "<sip:anna@10.0.0.9:5061>")],
        "answer",
    );
    assert_eq!(
        hand.heard()[0].0,
        FlowId::Accepted(9),
        "the ACK as well, not to the address behind NAT"
    );
    assert_eq!(registrar.handle_flow_failed(FlowId::Accepted(9)), ["anna"]);
    assert_eq!(
        (registrar.bindings("anna").len(), registrar.poll_timeout()),
        (0, None)
    );
}

// RFC 3261 10.2, 22.2: the other way round, as a phone
#[test]
fn registration_of_ours_answers_its_challenge_once_and_tells_how_it_ended() {
    let mut hand = Hand::new(|_| {});
    let mut door = Authenticator::new("tandem", "seed");
    for (password, expected) in [
        ("right", "probe 1 Some(200)"),
        ("wrong", "probe 1 Some(403)"),
    ] {
        let registration = Registration {
            registrar: Hop {
                host: "pbx.example".to_owned(),
                port: 5_061,
                transport: Transport::Tls,
            },
            domain: HostPort::parse("pbx.example").unwrap(),
            user: "anna".to_owned(),
            expires_seconds: 600,
            credentials: anna(password),
        };
        hand.ua.register(hand.now, 1, registration).unwrap();
        let asked = hand.requests().remove(0);
        assert_eq!(
            asked.headers.get(&Name::Contact),
            Some("<sip:anna@sbc1.contoso.com:5061;transport=tls>")
        );
        let challenge = door.challenges(0, false);
        let challenge: Vec<(Name, &str)> = challenge
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str()))
            .collect();
        hand.answer(&asked, 401, "t", &challenge, "");
        let proved = hand.requests().remove(0);
        assert_eq!(proved.headers.get(&Name::CSeq), Some("2 REGISTER"));
        let verdict = door.judge(1, &proved, |user| (user == "anna").then_some("right"));
        let status = if matches!(verdict, Verdict::Accepted { .. }) {
            200
        } else {
            403
        };
        hand.answer(&proved, status, "t", &[], "");
        assert_eq!(hand.facts(), [expected]);
        hand.told.clear();
    }
    hand.run_for(33 * SECOND);
    assert_eq!(hand.ua.sizes().n_owners, 0);
}
