//! One of ours against messages written by hand: as Teams writes them, and the courses of events
//! that our own side never takes.

use super::line::{SECOND, fact, message, outgoing, settings};
use tandem_sip::Micros;
use tandem_sip::flow::{Flow, FlowId, Transport};
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Method, Request, Response};
use tandem_sip::user_agent::{CallId, Event, Settings, Sizes, Transfers, UserAgent};

pub(crate) struct Hand {
    pub(crate) now: Micros,
    pub(crate) ua: UserAgent,
    pub(crate) told: Vec<Event>,
}

impl Hand {
    pub(crate) fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings("sbc1.contoso.com:5061", Transport::Tls);
        settings.other_names = vec!["tenant1.customers.example".to_owned()];
        settings.sbc = Some("Tandem/SBC/1".to_owned());
        change(&mut settings);
        Self {
            now: 1_000_000,
            ua: UserAgent::new(settings, 7),
            told: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, head: &str, body: &str) {
        self.pass(message(head, body));
    }

    pub(crate) fn pass(&mut self, message: Message) {
        let flow = Flow {
            id: FlowId::Accepted(9),
            transport: Transport::Tls,
        };
        self.ua
            .handle_message(self.now, flow, ([52, 114, 76, 76], 5_061).into(), message);
    }

    /// The tag that the first response since the last look gives itself.
    fn tag(&mut self) -> String {
        let responses = self.responses();
        let to = { responses[0].headers.address(&Name::To) }.expect("ours is well formed");
        to.tag().expect("a response has a tag").to_owned()
    }

    /// All that was sent, but for 100; with the connection that it went out on.
    pub(crate) fn heard(&mut self) -> Vec<(FlowId, Message)> {
        while let Some(event) = self.ua.poll_event() {
            self.told.push(event);
        }
        let sent = std::iter::from_fn(|| self.ua.poll_transmit());
        let parsed = sent.map(|sent| {
            (
                sent.flow,
                Message::parse(&sent.bytes).expect("ours is well formed"),
            )
        });
        parsed.filter(|(_, message)| !matches!(message, Message::Response(response) if response.status() == 100)).collect()
    }

    pub(crate) fn requests(&mut self) -> Vec<Request> {
        self.heard()
            .into_iter()
            .filter_map(|(_, message)| match message {
                Message::Request(request) => Some(request),
                Message::Response(_) => None,
            })
            .collect()
    }

    pub(crate) fn responses(&mut self) -> Vec<Response> {
        self.heard()
            .into_iter()
            .filter_map(|(_, message)| match message {
                Message::Response(response) => Some(response),
                Message::Request(_) => None,
            })
            .collect()
    }

    pub(crate) fn statuses(&mut self) -> Vec<u16> {
        self.responses().iter().map(Response::status).collect()
    }

    pub(crate) fn facts(&mut self) -> Vec<String> {
        self.heard();
        self.told.iter().filter_map(fact).collect()
    }

    pub(crate) fn incoming(&mut self) -> CallId {
        self.heard();
        let found = self.told.iter().rev().find_map(|event| {
            if let Event::Incoming { call, .. } = event {
                Some(*call)
            } else {
                None
            }
        });
        found.expect("a call has come in")
    }

    pub(crate) fn run_for(&mut self, time: Micros) {
        let end = self.now + time;
        while let Some(at) = self.ua.poll_timeout().filter(|at| *at <= end) {
            self.now = at;
            self.ua.handle_timeout(at);
        }
        self.now = end;
    }

    /// Answers a request of ours.
    pub(crate) fn answer(
        &mut self,
        request: &Request,
        status: u16,
        tag: &str,
        more: &[(Name, &str)],
        body: &str,
    ) {
        let mut response = Response::to(request, status, tag).expect("a status");
        for (name, value) in more {
            response.headers.push(name.clone(), value);
        }
        if !body.is_empty() {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body = body.as_bytes().to_vec();
        }
        self.pass(Message::Response(response));
    }
}

const CONTACT: &str = "sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=0b-1;x-c=9f/d/8/00ff";

/// Direct Routing A.6: upper case, no quotes, opaque Contact, Record-Route to 5061.
pub(crate) fn invite_of_teams(more: &str) -> String {
    format!(
        "INVITE sip:+441273652000@tenant1.customers.example:5061;user=phone;transport=tls SIP/2.0\n\
         FROM: John Doe<sip:+441273652002@sip.pstnhub.microsoft.com:5061;user=phone>;tag=0af1\n\
         TO: <sip:+441273652000@tenant1.customers.example:5061;user=phone>\n\
         CSEQ: 1 INVITE\nCALL-ID: 90ff\nMAX-FORWARDS: 70\n\
         VIA: SIP/2.0/TLS 52.114.76.76:5061;branch=z9hG4bK5a0b1c2d\n\
         RECORD-ROUTE: <sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>\n\
         CONTACT: <{CONTACT}>\nMIN-SE: 300\nSUPPORTED: timer\nSESSION-EXPIRES: 3600\n\
         USER-AGENT: Microsoft.PSTNHub.SIPProxy v.2020.1.1.1 i.EUWE.3\n\
         ALLOW: INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY\nCONTENT-TYPE: application/sdp{more}"
    )
}

/// A request of theirs inside the call, with the To tag that we gave.
pub(crate) fn inside(method: &str, cseq: u32, tag: &str, more: &str) -> String {
    format!(
        "{method} sip:+441273652000@tenant1.customers.example:5061 SIP/2.0\n\
         FROM: John Doe<sip:+441273652002@sip.pstnhub.microsoft.com:5061;user=phone>;tag=0af1\n\
         TO: <sip:+441273652000@tenant1.customers.example:5061;user=phone>;tag={tag}\n\
         CSEQ: {cseq} {method}\nCALL-ID: 90ff\nMAX-FORWARDS: 70\n\
         VIA: SIP/2.0/TLS 52.114.76.77:5061;branch=z9hG4bK{method}{cseq}{more}"
    )
}

/// A call of Teams that is up; its number and our tag.
pub(crate) fn up(hand: &mut Hand) -> (CallId, String) {
    hand.say(&invite_of_teams(""), "offer");
    let call = hand.incoming();
    hand.ua
        .answer(hand.now, call, b"answer".to_vec())
        .expect("it rings");
    let answered = hand.responses().remove(0);
    let tag = answered
        .headers
        .address(&Name::To)
        .expect("To")
        .tag()
        .expect("a tag")
        .to_owned();
    hand.say(&inside("ACK", 1, &tag, ""), "");
    (call, tag)
}

// A.3, A.5, A.6, A.11.4: tenant's name in Contact, Record-Route copied, refresher accepted
#[test]
fn call_of_teams_is_answered_under_the_tenants_name_with_its_route_copied() {
    let mut hand = Hand::new(|_| {});
    hand.say(&invite_of_teams(""), "offer");
    let sent: Vec<_> = std::iter::from_fn(|| hand.ua.poll_transmit()).collect();
    assert!(sent[0].bytes.starts_with(b"SIP/2.0 100 "), "at once");
    let call = hand.incoming();
    hand.ua.answer(hand.now, call, b"answer".to_vec()).unwrap();
    let answered = hand.responses().remove(0);
    let get = |name| answered.headers.get(&name).unwrap_or_default();
    assert_eq!(
        get(Name::Contact),
        "<sip:+441273652000@tenant1.customers.example:5061;transport=tls>"
    );
    assert_eq!(
        get(Name::RecordRoute),
        "<sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>"
    );
    assert_eq!(get(Name::SessionExpires), "3600;refresher=uac");
    assert_eq!(
        (get(Name::Require), get(Name::XMsSbc)),
        ("timer", "Tandem/SBC/1")
    );
    assert!(get(Name::From).starts_with("John Doe<"), "as it came");
    assert!(!get(Name::Allow).contains("REFER"), "A.8: not offered");
}

// A.3, A.6, A.11.9: along the Record-Route, on our own connection, opaque parameters byte for byte
#[test]
fn bye_of_ours_goes_along_the_route_on_our_own_connection_with_the_opaque_contact() {
    let mut hand = Hand::new(|_| {});
    let (call, _) = up(&mut hand);
    hand.heard();
    hand.ua.hang_up(hand.now, call, None).unwrap();
    let sent = hand.heard();
    let [(flow, Message::Request(bye))] = sent.as_slice() else {
        panic!("one BYE: {sent:?}")
    };
    assert_eq!(
        (bye.method.clone(), bye.uri.to_string().as_str()),
        (Method::Bye, CONTACT)
    );
    assert_eq!(
        bye.headers.get(&Name::Route),
        Some("<sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>")
    );
    let opened = hand.told.iter().find_map(|event| {
        if let Event::Open { flow, hop } = event {
            Some((*flow, hop.to_string()))
        } else {
            None
        }
    });
    assert_eq!(
        opened,
        Some((
            *flow,
            "sip-du-a-eu.pstnhub.microsoft.com:5061;tls".to_owned()
        ))
    );
    let bye = bye.clone();
    hand.answer(&bye, 200, "", &[], "");
    hand.run_for(60 * SECOND);
    assert_eq!(hand.ua.sizes(), Sizes::default());
}

// A.7: no UPDATE in Teams' Allow, so the refresh is a re-INVITE with the same description
#[test]
fn refresh_toward_teams_is_a_re_invite_and_theirs_is_answered_without_asking() {
    let mut hand = Hand::new(|_| {});
    let invite = invite_of_teams("").replace("3600", "600;refresher=uas");
    hand.say(&invite, "offer");
    let call = hand.incoming();
    hand.ua.answer(hand.now, call, b"answer".to_vec()).unwrap();
    let tag = hand.tag();
    hand.say(&inside("ACK", 1, &tag, ""), "");
    hand.run_for(301 * SECOND);
    let refresh = hand.requests().remove(0);
    assert_eq!(
        (refresh.method.clone(), refresh.body.as_slice()),
        (Method::Invite, &b"answer"[..])
    );
    assert_eq!(
        refresh.headers.get(&Name::SessionExpires),
        Some("600;refresher=uac")
    );
    hand.answer(
        &refresh,
        200,
        "",
        &[(Name::SessionExpires, "600;refresher=uac")],
        "offer",
    );
    assert_eq!(hand.requests()[0].method, Method::Ack);
    hand.say(
        &inside("INVITE", 2, &tag, "\nCONTENT-TYPE: application/sdp"),
        "offer",
    );
    let answered = hand.responses().remove(0);
    assert_eq!(
        (answered.status(), answered.body.as_slice()),
        (200, &b"answer"[..])
    );
    let facts = hand.facts();
    assert_eq!(facts, ["incoming offer", "confirmed -"], "nobody was asked");
}

// RFC 3261 13.2.1: INVITE without a description; the offer is ours, the answer in the ACK
#[test]
fn invite_without_an_offer_gets_ours_and_the_answer_comes_with_the_ack() {
    let mut hand = Hand::new(|_| {});
    let invite = invite_of_teams("").replace("\nCONTENT-TYPE: application/sdp", "");
    hand.say(&invite, "");
    let call = hand.incoming();
    hand.ua
        .answer(hand.now, call, b"our offer".to_vec())
        .unwrap();
    let tag = hand.tag();
    hand.say(
        &inside("ACK", 1, &tag, "\nCONTENT-TYPE: application/sdp"),
        "their answer",
    );
    assert_eq!(hand.facts(), ["incoming -", "confirmed their answer"]);
    let mut without = Hand::new(|_| {});
    without.say(&invite, "");
    let call = without.incoming();
    without
        .ua
        .answer(without.now, call, b"our offer".to_vec())
        .unwrap();
    let tag = without.tag();
    without.say(&inside("ACK", 1, &tag, ""), "");
    assert_eq!(
        without.requests()[0].method,
        Method::Bye,
        "nothing is agreed"
    );
    assert_eq!(without.facts().last().unwrap(), "ended Unusable");
}

// RFC 3261 12.2.2, 8.2.2.2, A.1: requests in a call may come from another address
#[test]
fn requests_out_of_order_unknown_or_doubled_by_another_way_are_told_apart() {
    let mut hand = Hand::new(|_| {});
    let (_, tag) = up(&mut hand);
    hand.heard();
    hand.say(&inside("OPTIONS", 5, &tag, ""), "");
    hand.say(&inside("OPTIONS", 4, &tag, ""), "");
    assert_eq!(hand.statuses(), [200, 500]);
    hand.say(&inside("BYE", 6, "unknown", ""), "");
    hand.say(&inside("BYE", 7, &tag, "").replace("0af1", "other"), "");
    assert_eq!(
        hand.statuses(),
        [481, 481],
        "whoever does not know both tags ends nothing"
    );
    hand.say(&inside("INFO", 8, &tag, ""), "");
    assert_eq!(hand.statuses(), [405]);
    hand.say(
        &invite_of_teams("").replace("z9hG4bK5a0b1c2d", "z9hG4bKother"),
        "offer",
    );
    assert_eq!(hand.statuses(), [482]);
    hand.say(&inside("BYE", 9, &tag, "\nREASON: Q.850;cause=16"), "");
    assert_eq!(hand.statuses(), [200]);
    assert_eq!(hand.facts().last().unwrap(), "ended HungUp");
}

// RFC 3261 14.2
#[test]
fn second_re_invite_before_the_first_is_answered_gets_500_with_a_time() {
    let mut hand = Hand::new(|_| {});
    let (call, tag) = up(&mut hand);
    hand.heard();
    let sdp = "\nCONTENT-TYPE: application/sdp";
    hand.say(&inside("INVITE", 2, &tag, sdp), "hold");
    hand.say(&inside("INVITE", 3, &tag, sdp), "hold again");
    let refused = hand.responses().remove(0);
    assert_eq!(refused.status(), 500);
    assert!(refused.headers.get(&Name::RetryAfter).is_some());
    hand.say(
        &inside("CANCEL", 2, &tag, "").replace("z9hG4bKCANCEL2", "z9hG4bKINVITE2"),
        "",
    );
    assert_eq!(hand.statuses(), [200, 487]);
    assert!(
        hand.ua.agree(hand.now, call, b"held".to_vec()).is_err(),
        "the offer was taken back"
    );
}

fn calling(hand: &mut Hand) -> Request {
    hand.ua
        .call(hand.now, outgoing(Transport::Tls))
        .expect("room");
    hand.requests().remove(0)
}

const CARRIER: (Name, &str) = (Name::Contact, "<sip:b@192.0.2.20:5061;transport=tls>");

// RFC 3261 13.2.2.4; A.7, A.11.5
#[test]
fn every_fork_that_answers_is_acknowledged_and_all_but_the_first_are_hung_up() {
    let mut hand = Hand::new(|_| {});
    let invite = calling(&mut hand);
    for (tag, status) in [("f1", 180), ("f2", 180), ("f1", 183)] {
        let body = if status == 183 { "early" } else { "" };
        hand.answer(&invite, status, tag, &[CARRIER], body);
    }
    hand.answer(&invite, 181, "f3", &[], "");
    hand.answer(&invite, 200, "f2", &[CARRIER], "answer two");
    hand.answer(&invite, 200, "f1", &[CARRIER], "answer one");
    let sent = hand.requests();
    let to = |request: &Request| {
        request
            .headers
            .address(&Name::To)
            .unwrap()
            .tag()
            .unwrap()
            .to_owned()
    };
    let order: Vec<_> = sent
        .iter()
        .map(|request| (request.method.clone(), to(request)))
        .collect();
    let expected = [
        (Method::Ack, "f2"),
        (Method::Ack, "f1"),
        (Method::Bye, "f1"),
    ];
    assert_eq!(
        order,
        expected.map(|(method, tag)| (method, tag.to_owned()))
    );
    hand.answer(&invite, 200, "f2", &[CARRIER], "answer two");
    assert_eq!(
        hand.requests()[0].method,
        Method::Ack,
        "and again when it comes again"
    );
    assert_eq!(
        hand.facts(),
        [
            "180 -",
            "180 -",
            "183 early",
            "181 -",
            "answered answer two"
        ]
    );
    let forks: std::collections::BTreeSet<String> = hand
        .told
        .iter()
        .filter_map(|event| {
            if let Event::Progress { fork, .. } = event {
                Some(fork.clone())
            } else {
                None
            }
        })
        .collect();
    assert_eq!(forks.len(), 3);
}

// RFC 3261 12.1.2, 12.2.1.1: route set reversed; a strict router takes the Request-URI
#[test]
fn routes_of_the_answer_are_followed_in_reverse_and_strict_ones_as_they_want() {
    for (last, uri, route) in [
        (
            "<sip:p1.example;lr>",
            "sip:b@192.0.2.20:5061;transport=tls",
            "<sip:p1.example;lr>",
        ),
        ("<sip:p1.example>", "sip:p1.example", "<sip:p2.example;lr>"),
    ] {
        let mut hand = Hand::new(|_| {});
        let invite = calling(&mut hand);
        let routes = format!("<sip:p2.example;lr>, {last}");
        hand.answer(
            &invite,
            200,
            "x",
            &[CARRIER, (Name::RecordRoute, &routes)],
            "answer",
        );
        let ack = hand.requests().remove(0);
        assert_eq!(
            (ack.uri.to_string().as_str(), ack.headers.get(&Name::Route)),
            (uri, Some(route))
        );
    }
}

// RFC 4028 7.3
#[test]
fn session_that_is_too_short_for_the_other_side_is_asked_for_longer() {
    let mut hand = Hand::new(|_| {});
    let invite = calling(&mut hand);
    hand.answer(&invite, 422, "x", &[(Name::MinSe, "7200")], "");
    let sent = hand.requests();
    assert_eq!(
        (&sent[0].method, &sent[1].method),
        (&Method::Ack, &Method::Invite)
    );
    assert_eq!(sent[1].headers.get(&Name::SessionExpires), Some("7200"));
    assert_eq!(sent[1].headers.cseq().unwrap().number, 2);
    let again = sent[1].clone();
    hand.answer(&again, 422, "x", &[(Name::MinSe, "7200")], "");
    assert_eq!(
        hand.facts(),
        ["ended Refused 422"],
        "the same again is nonsense"
    );
}

// RFC 3261 13.2.2.4: what cannot be used is acknowledged and hung up
#[test]
fn answer_without_a_description_ends_the_call_and_one_that_came_early_counts() {
    let mut hand = Hand::new(|_| {});
    let invite = calling(&mut hand);
    hand.answer(&invite, 200, "x", &[CARRIER], "");
    let methods: Vec<Method> = hand
        .requests()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, [Method::Ack, Method::Bye]);
    assert_eq!(hand.facts(), ["ended Unusable"]);
    let mut hand = Hand::new(|_| {});
    let invite = calling(&mut hand);
    hand.answer(&invite, 183, "x", &[CARRIER], "early");
    hand.answer(&invite, 200, "x", &[CARRIER], "");
    assert_eq!(hand.facts(), ["183 early", "answered early"]);
}

#[test]
fn transfers_are_refused_where_they_are_not_offered() {
    let mut hand = Hand::new(|settings| settings.transfers = Transfers::Refused);
    let (_, tag) = up(&mut hand);
    hand.heard();
    hand.say(&inside("REFER", 2, &tag, "\nREFER-TO: <sip:x@y>"), "");
    assert_eq!(hand.statuses(), [405]);
}
