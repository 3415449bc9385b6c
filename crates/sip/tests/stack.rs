//! Matching, overload and clean-up of the stack, with two stacks back to back on virtual time.

use tandem_sip::admission::{Sources, Subnet};
use tandem_sip::flow::{Flow, FlowId, Transport};
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Method, Request, Response};
use tandem_sip::stack::{Counts, Event, Limits, Stack, TransactionId};
use tandem_sip::transaction::Timers;
use tandem_sip::uri::HostPort;
use tandem_sip::{Error, Micros};

const NOW: Micros = 1_000_000;
const SECOND: Micros = 1_000_000;

fn flow(id: u64, transport: Transport) -> Flow {
    Flow {
        id: FlowId::Accepted(id),
        transport,
    }
}

fn peer() -> std::net::SocketAddr {
    ([192, 0, 2, 7], 5061).into()
}

fn tls() -> Flow {
    flow(1, Transport::Tls)
}

fn stack() -> Stack {
    Stack::new(42, Limits::default(), Timers::default())
}

fn limited(transactions: usize, open_invites: usize) -> Stack {
    let limits = Limits {
        transactions,
        open_invites,
        invites_per_second: 1_000_000,
        invites_at_once: 1_000_000,
        retry_after_seconds: 7,
    };
    Stack::new(42, limits, Timers::default())
}

fn incoming(method: &str, branch: &str) -> Message {
    let text = format!(
        "{method} sip:bob@sbc.example.com SIP/2.0\r\n\
         Via: SIP/2.0/TLS teams.example.com:5061;branch={branch}\r\n\
         From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n\
         Call-ID: {branch}@x\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\n\r\n"
    );
    Message::parse(text.as_bytes()).expect("well formed")
}

fn outgoing(method: Method) -> Request {
    let Message::Request(mut request) = incoming(method.as_str(), "z9hG4bKx") else {
        panic!("a request");
    };
    request.headers.remove(&Name::Via);
    request
}

fn events(stack: &mut Stack) -> Vec<Event> {
    std::iter::from_fn(|| stack.poll_event()).collect()
}

/// All but 100, which every INVITE is answered at once.
fn sent(stack: &mut Stack) -> Vec<Message> {
    let is_trying = |message: &Message| matches!(message, Message::Response(response) if response.status() == 100);
    std::iter::from_fn(|| stack.poll_transmit())
        .map(|transmit| Message::parse(&transmit.bytes).expect("what we send is well formed"))
        .filter(|message| !is_trying(message))
        .collect()
}

fn statuses(stack: &mut Stack) -> Vec<u16> {
    sent(stack)
        .iter()
        .map(|message| match message {
            Message::Response(response) => response.status(),
            Message::Request(_) => 0,
        })
        .collect()
}

fn requested(stack: &mut Stack) -> (TransactionId, Request) {
    match events(stack).as_slice() {
        [Event::Request { id, request, .. }] => (*id, request.clone()),
        other => panic!("one request expected: {other:?}"),
    }
}

fn run_out(stack: &mut Stack) {
    let mut n_wakeups = 0;
    while let Some((at, _)) = stack.poll_timeout() {
        stack.handle_timeout(at);
        n_wakeups += 1;
        assert!(n_wakeups < 100_000, "timers come to an end");
    }
}

fn request_out(stack: &mut Stack, method: Method) -> TransactionId {
    let sent_by = HostPort::parse("sbc.example.com:5061").expect("a host");
    stack
        .request(NOW, tls(), &sent_by, outgoing(method))
        .expect("room")
}

#[test]
fn a_request_is_told_once_and_its_retransmission_answered_again() {
    let mut stack = stack();
    let udp = flow(9, Transport::Udp);
    stack.handle_message(NOW, udp, peer(), incoming("OPTIONS", "z9hG4bK1"));
    let (id, request) = requested(&mut stack);
    stack
        .respond(NOW, id, &Response::to(&request, 200, "t").unwrap())
        .unwrap();
    stack.handle_message(NOW, udp, peer(), incoming("OPTIONS", "z9hG4bK1"));
    assert_eq!(statuses(&mut stack), [200, 200]);
    assert_eq!(events(&mut stack), []);
    run_out(&mut stack);
    assert_eq!(events(&mut stack), [Event::Terminated { id }]);
    assert_eq!(stack.n_transactions(), 0);
}

#[test]
fn same_branch_of_another_peer_or_method_is_another_transaction() {
    let mut stack = stack();
    stack.handle_message(NOW, tls(), peer(), incoming("OPTIONS", "z9hG4bK1"));
    stack.handle_message(NOW, tls(), peer(), incoming("BYE", "z9hG4bK1"));
    let Message::Request(mut other) = incoming("OPTIONS", "z9hG4bK1") else {
        panic!("a request")
    };
    other
        .headers
        .set(&Name::Via, "SIP/2.0/TLS other.example.com;branch=z9hG4bK1");
    stack.handle_message(NOW, tls(), peer(), Message::Request(other));
    assert_eq!(events(&mut stack).len(), 3);
    assert_eq!(stack.n_transactions(), 3);
}

#[test]
fn requests_without_a_branch_of_rfc_3261_are_refused() {
    let mut stack = stack();
    for branch in ["", "390skdjuw", "z9hG4bK"] {
        let branch = if branch.is_empty() { "\"\"" } else { branch };
        stack.handle_message(NOW, tls(), peer(), incoming("INVITE", branch));
    }
    assert_eq!(statuses(&mut stack), [400, 400, 400]);
    assert_eq!(stack.n_transactions(), 0);
    assert_eq!(stack.counts().n_bad_requests, 3);
}

#[test]
fn bad_requests_are_answered_400_with_the_same_tag_each_time() {
    let mut stack = stack();
    let Message::Request(mut bad) = incoming("INVITE", "z9hG4bK1") else {
        panic!("a request")
    };
    bad.headers.set(&Name::CSeq, "1 BYE");
    stack.handle_message(NOW, tls(), peer(), Message::Request(bad.clone()));
    stack.handle_message(NOW, tls(), peer(), Message::Request(bad.clone()));
    let answers = sent(&mut stack);
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0], answers[1]);
    bad.method = Method::Ack;
    stack.handle_message(NOW, tls(), peer(), Message::Request(bad));
    assert_eq!(sent(&mut stack), [], "an ACK is never answered");
    stack.handle_datagram(NOW, tls(), peer(), b"junk");
    stack.handle_datagram(NOW, tls(), peer(), b"\r\n\r\n");
    assert_eq!(sent(&mut stack), []);
    let expected = Counts {
        n_malformed: 1,
        n_bad_requests: 3,
        ..Counts::default()
    };
    assert_eq!(stack.counts(), expected);
}

#[test]
fn source_address_and_port_are_noted_in_the_top_via() {
    let mut stack = stack();
    let Message::Request(mut request) = incoming("OPTIONS", "z9hG4bK1") else {
        panic!("a request")
    };
    let vias = "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport, SIP/2.0/UDP far.example.com";
    request.headers.set(&Name::Via, vias);
    stack.handle_message(NOW, tls(), peer(), Message::Request(request));
    let (_, request) = requested(&mut stack);
    let vias = request.headers.vias().unwrap();
    assert_eq!(vias[0].params.get("received"), Some("192.0.2.7"));
    assert_eq!(vias[0].params.get("rport"), Some("5061"));
    assert_eq!((vias.len(), vias[1].params.get("received")), (2, None));
}

#[test]
fn flood_of_invites_is_answered_503_and_costs_no_transaction() {
    let mut stack = limited(100, 3);
    for n in 0..10 {
        stack.handle_message(
            NOW,
            tls(),
            peer(),
            incoming("INVITE", &format!("z9hG4bK{n}")),
        );
    }
    let answers = sent(&mut stack);
    assert_eq!(answers.len(), 7);
    let Message::Response(refusal) = &answers[0] else {
        panic!("a response")
    };
    assert_eq!(refusal.status(), 503);
    assert_eq!(refusal.headers.get(&Name::RetryAfter), Some("7"));
    assert_eq!((stack.n_transactions(), stack.counts().n_overload), (3, 7));
    // The plain requests of calls that are up still get through.
    stack.handle_message(NOW, tls(), peer(), incoming("BYE", "z9hG4bKbye"));
    assert_eq!(stack.n_transactions(), 4);
}

#[test]
fn answered_invites_make_room_again() {
    let mut stack = limited(100, 1);
    stack.handle_message(NOW, tls(), peer(), incoming("INVITE", "z9hG4bK1"));
    let (id, request) = requested(&mut stack);
    stack
        .respond(NOW, id, &Response::to(&request, 200, "t").unwrap())
        .unwrap();
    stack.handle_message(NOW, tls(), peer(), incoming("INVITE", "z9hG4bK2"));
    let (id, request) = requested(&mut stack);
    // A failure is open until its ACK.
    stack
        .respond(NOW, id, &Response::to(&request, 486, "t").unwrap())
        .unwrap();
    sent(&mut stack);
    stack.handle_message(NOW, tls(), peer(), incoming("INVITE", "z9hG4bK3"));
    assert_eq!(statuses(&mut stack), [503]);
    stack.handle_message(NOW, tls(), peer(), incoming("ACK", "z9hG4bK2"));
    stack.handle_message(NOW, tls(), peer(), incoming("INVITE", "z9hG4bK4"));
    assert_eq!(statuses(&mut stack), [0_u16; 0]);
}

#[test]
fn full_stack_refuses_new_requests_of_both_sides_but_lets_calls_end() {
    let mut stack = limited(20, 20);
    for n in 0..25 {
        stack.handle_message(
            NOW,
            tls(),
            peer(),
            incoming("OPTIONS", &format!("z9hG4bK{n}")),
        );
    }
    assert_eq!(stack.n_transactions(), 20);
    let sent_by = HostPort::parse("sbc.example.com").unwrap();
    let refused = stack.request(NOW, tls(), &sent_by, outgoing(Method::Options));
    assert_eq!(refused, Err(Error::Overloaded));
    for n in 0..25 {
        stack.handle_message(NOW, tls(), peer(), incoming("BYE", &format!("z9hG4bK{n}")));
    }
    assert_eq!(stack.n_transactions(), 22);
}

#[test]
fn cancel_is_answered_and_the_invite_told_once() {
    let mut stack = stack();
    stack.handle_message(NOW, tls(), peer(), incoming("INVITE", "z9hG4bK1"));
    let (id, invite) = requested(&mut stack);
    stack.handle_message(NOW, tls(), peer(), incoming("CANCEL", "z9hG4bK1"));
    assert_eq!(statuses(&mut stack), [200]);
    assert!(events(&mut stack).contains(&Event::Cancelled { id }));
    stack
        .respond(NOW, id, &Response::to(&invite, 487, "t").unwrap())
        .unwrap();
    stack.handle_message(NOW, tls(), peer(), incoming("ACK", "z9hG4bK1"));
    assert_eq!(events(&mut stack), [Event::Terminated { id }]);
    stack.handle_message(NOW, tls(), peer(), incoming("CANCEL", "z9hG4bKother"));
    assert_eq!(statuses(&mut stack), [487, 481]);
    assert_eq!(stack.n_transactions(), 0);
}

#[test]
fn cancel_after_the_answer_is_too_late() {
    let mut stack = stack();
    stack.handle_message(NOW, tls(), peer(), incoming("INVITE", "z9hG4bK1"));
    let (id, invite) = requested(&mut stack);
    stack
        .respond(NOW, id, &Response::to(&invite, 200, "t").unwrap())
        .unwrap();
    stack.handle_message(NOW, tls(), peer(), incoming("CANCEL", "z9hG4bK1"));
    assert_eq!(statuses(&mut stack), [200, 200]);
    assert!(!events(&mut stack).contains(&Event::Cancelled { id }));
}

#[test]
fn response_is_matched_by_branch_and_method() {
    let mut stack = stack();
    let id = request_out(&mut stack, Method::Options);
    let Message::Request(options) = sent(&mut stack).remove(0) else {
        panic!("a request")
    };
    let ok = Response::to(&options, 200, "t").unwrap();
    let mut of_other_method = ok.clone();
    of_other_method.headers.set(&Name::CSeq, "1 BYE");
    stack.handle_message(NOW, tls(), peer(), Message::Response(of_other_method));
    assert_eq!(events(&mut stack), []);
    // Teams may answer on any connection: the flow does not matter.
    stack.handle_message(
        NOW,
        flow(77, Transport::Tls),
        peer(),
        Message::Response(ok.clone()),
    );
    let told = events(&mut stack);
    assert_eq!(
        told,
        [
            Event::Response {
                id,
                response: ok.clone()
            },
            Event::Terminated { id }
        ]
    );
    stack.handle_message(NOW, tls(), peer(), Message::Response(ok));
    assert_eq!(stack.counts().n_stray, 2);
}

#[test]
fn late_success_of_a_forgotten_invite_is_told_for_its_ack() {
    let mut stack = stack();
    request_out(&mut stack, Method::Invite);
    let Message::Request(invite) = sent(&mut stack).remove(0) else {
        panic!("a request")
    };
    run_out(&mut stack);
    events(&mut stack);
    let ok = Response::to(&invite, 200, "fork-2").unwrap();
    stack.handle_message(NOW, tls(), peer(), Message::Response(ok.clone()));
    assert_eq!(
        events(&mut stack),
        [Event::StraySuccess {
            flow: tls(),
            response: ok
        }]
    );
}

#[test]
fn cancel_of_ours_has_the_branch_of_its_invite_and_goes_once() {
    let mut stack = stack();
    let id = request_out(&mut stack, Method::Invite);
    assert!(stack.cancel(NOW, id).is_err());
    let Message::Request(invite) = sent(&mut stack).remove(0) else {
        panic!("a request")
    };
    let ringing = Response::to(&invite, 180, "t").unwrap();
    stack.handle_message(NOW, tls(), peer(), Message::Response(ringing));
    stack.cancel(NOW, id).unwrap();
    let Message::Request(cancel) = sent(&mut stack).remove(0) else {
        panic!("a request")
    };
    assert_eq!(cancel.method, Method::Cancel);
    assert_eq!(cancel.headers.top_via(), invite.headers.top_via());
    assert!(matches!(stack.cancel(NOW, id), Err(Error::WrongState(_))));
}

#[test]
fn branches_never_repeat_and_differ_by_seed() {
    let mut branches = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let mut stack = Stack::new(seed, Limits::default(), Timers::default());
        for _ in 0..50 {
            request_out(&mut stack, Method::Options);
        }
        for message in sent(&mut stack) {
            let via = message.headers().top_via().unwrap();
            assert!(branches.insert(via.branch().unwrap().to_owned()));
        }
    }
    assert_eq!(branches.len(), 1_000);
}

#[test]
fn broken_connection_ends_its_transactions_and_no_others() {
    let mut stack = stack();
    let id = request_out(&mut stack, Method::Invite);
    stack.handle_message(
        NOW,
        flow(2, Transport::Tls),
        peer(),
        incoming("INVITE", "z9hG4bK1"),
    );
    events(&mut stack);
    stack.handle_transport_error(FlowId::Accepted(1));
    assert_eq!(
        events(&mut stack),
        [Event::TransportFailed { id }, Event::Terminated { id }]
    );
    assert_eq!(stack.n_transactions(), 1);
}

#[test]
fn ack_to_a_success_is_told_without_a_transaction_and_sent_with_its_own_branch() {
    let mut stack = stack();
    stack.handle_message(NOW, tls(), peer(), incoming("ACK", "z9hG4bKfresh"));
    assert!(matches!(events(&mut stack).as_slice(), [Event::Ack { .. }]));
    let sent_by = HostPort::parse("sbc.example.com").unwrap();
    stack
        .acknowledge(tls(), &sent_by, outgoing(Method::Ack))
        .unwrap();
    let acks = sent(&mut stack);
    assert!(acks[0].headers().top_via().unwrap().branch().is_some());
    assert!(
        stack
            .request(NOW, tls(), &sent_by, outgoing(Method::Ack))
            .is_err()
    );
    assert!(
        stack
            .acknowledge(tls(), &sent_by, outgoing(Method::Bye))
            .is_err()
    );
    assert_eq!(stack.n_transactions(), 0);
}

/// Two stacks over a line that loses every `lost_each`-th datagram; gives the caller's statuses.
fn call(lost_each: u64) -> (Vec<u16>, usize) {
    let (mut alice, mut bob) = (stack(), Stack::new(7, Limits::default(), Timers::default()));
    let udp = flow(1, Transport::Udp);
    let sent_by = HostPort::parse("alice.example.com").expect("a host");
    alice
        .request(NOW, udp, &sent_by, outgoing(Method::Invite))
        .expect("room");
    let (mut now, mut n_datagrams) = (NOW, 0_u64);
    let mut statuses = Vec::new();
    loop {
        let mut is_quiet = false;
        while !is_quiet {
            is_quiet = true;
            for (from, to) in [(true, false), (false, true)] {
                let (sender, receiver) = if from {
                    (&mut alice, &mut bob)
                } else {
                    (&mut bob, &mut alice)
                };
                assert_ne!(from, to);
                while let Some(transmit) = sender.poll_transmit() {
                    is_quiet = false;
                    n_datagrams += 1;
                    if !n_datagrams.is_multiple_of(lost_each) {
                        receiver.handle_datagram(now, udp, peer(), &transmit.bytes);
                    }
                }
            }
            for event in events(&mut bob) {
                if let Event::Request { id, request, .. } = event {
                    is_quiet = false;
                    let busy = Response::to(&request, 486, "b").expect("a status");
                    bob.respond(now, id, &busy).expect("the first answer");
                }
            }
        }
        for event in events(&mut alice) {
            if let Event::Response { response, .. } = event
                && response.status() > 100
            {
                statuses.push(response.status());
            }
        }
        let next = [alice.poll_timeout(), bob.poll_timeout()]
            .into_iter()
            .flatten()
            .min();
        let Some((at, _)) = next else { break };
        now = at;
        alice.handle_timeout(now);
        bob.handle_timeout(now);
    }
    (statuses, alice.n_transactions() + bob.n_transactions())
}

#[test]
fn a_call_is_answered_once_over_any_line_that_lets_something_through() {
    for lost_each in 2..9 {
        assert_eq!(
            call(lost_each),
            (vec![486], 0),
            "every {lost_each}th is lost"
        );
    }
}

#[test]
fn no_transaction_leaks_after_thousands_of_calls_with_lost_acks_and_cancel_races() {
    let mut stack = limited(1_000_000, 1_000_000);
    let udp = flow(1, Transport::Udp);
    let mut now = NOW;
    let mut most = 0;
    for n in 0..25_000_u32 {
        // 50 s in all: the long timers of the first calls pass while the last ones come.
        now += SECOND / 500;
        let branch = format!("z9hG4bK{n}");
        stack.handle_message(now, udp, peer(), incoming("INVITE", &branch));
        let (id, request) = requested(&mut stack);
        if n % 3 == 0 {
            stack.handle_message(now, udp, peer(), incoming("CANCEL", &branch));
        }
        let status = if n % 2 == 0 { 200 } else { 486 };
        stack
            .respond(now, id, &Response::to(&request, status, "t").unwrap())
            .unwrap();
        if n % 5 != 0 {
            stack.handle_message(now, udp, peer(), incoming("ACK", &branch));
        }
        stack.handle_timeout(now);
        while stack.poll_transmit().is_some() {}
        events(&mut stack);
        most = most.max(stack.n_transactions());
    }
    assert!(most < 24_000, "timers free what is over: {most}");
    run_out(&mut stack);
    assert_eq!(stack.n_transactions(), 0);
    assert_eq!(stack.poll_timeout(), None);
}

#[test]
fn datagrams_of_other_sources_are_dropped_unread_and_unanswered() {
    let mut stack = stack();
    stack.set_sources(Sources::Only(vec![
        Subnet::parse("198.51.100.0/24").unwrap(),
    ]));
    let options = incoming("OPTIONS", "z9hG4bK1").to_bytes();
    stack.handle_datagram(NOW, flow(1, Transport::Udp), peer(), &options);
    assert_eq!((events(&mut stack), sent(&mut stack)), (vec![], vec![]));
    let permitted = ([198, 51, 100, 9], 5060).into();
    stack.handle_datagram(NOW, flow(1, Transport::Udp), permitted, &options);
    assert_eq!(events(&mut stack).len(), 1);
    assert_eq!(stack.counts().n_foreign, 1);
}

#[test]
fn invites_beyond_their_rate_are_answered_503_and_others_are_not() {
    let limits = Limits {
        invites_per_second: 10,
        invites_at_once: 2,
        ..Limits::default()
    };
    let mut stack = Stack::new(42, limits, Timers::default());
    let mut come = |now, branch: &str, method: &str| {
        stack.handle_message(now, tls(), peer(), incoming(method, branch));
        statuses(&mut stack)
    };
    assert_eq!(come(NOW, "z9hG4bK1", "INVITE"), []);
    assert_eq!(come(NOW, "z9hG4bK2", "INVITE"), []);
    assert_eq!(come(NOW, "z9hG4bK3", "INVITE"), [503]);
    assert_eq!(come(NOW, "z9hG4bK4", "OPTIONS"), []);
    assert_eq!(
        come(NOW, "z9hG4bK1", "INVITE"),
        [],
        "a retransmission is no new call"
    );
    assert_eq!(come(NOW + SECOND / 10, "z9hG4bK5", "INVITE"), []);
}
