//! Retransmission schedules of RFC 3261 section 17 and RFC 6026 on virtual time, with loss.

use tandem_sip::Micros;
use tandem_sip::message::{Message, Method, Request, Response};
use tandem_sip::transaction::{
    ClientEvent, ClientInvite, ClientPlain, Reliability, ServerEvent, ServerInvite, ServerPlain,
    Timers, Wire,
};

const MS: Micros = 1_000;
const START: Micros = 7_000_000;

fn request(method: &str) -> Request {
    let text = format!(
        "{method} sip:bob@example.com SIP/2.0\r\n\
         Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\n\
         Route: <sip:proxy.example.com;lr>\r\n\
         From: <sip:alice@example.com>;tag=1\r\n\
         To: <sip:bob@example.com>\r\n\
         Call-ID: c\r\nCSeq: 5 {method}\r\nMax-Forwards: 70\r\n\r\n"
    );
    match Message::parse(text.as_bytes()).expect("well formed") {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

fn response(method: &str, status: u16) -> Response {
    Response::to(&request(method), status, "tag-b").expect("a usual status")
}

fn parsed(wire: &Wire) -> Request {
    match Message::parse(wire).expect("what we send is well formed") {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

/// The four machines alike, as a driver sees them.
trait Machine {
    fn timeout(&self) -> Option<(Micros, &'static str)>;
    fn wake(&mut self, now: Micros);
    fn transmit(&mut self) -> Option<Wire>;
    fn fact(&mut self) -> Option<String>;
    fn is_over(&self) -> bool;
}

macro_rules! machine {
    ($($machine:ty),*) => {$(
        impl Machine for $machine {
            fn timeout(&self) -> Option<(Micros, &'static str)> { self.poll_timeout() }
            fn wake(&mut self, now: Micros) { self.handle_timeout(now); }
            fn transmit(&mut self) -> Option<Wire> { self.poll_transmit() }
            fn fact(&mut self) -> Option<String> { self.poll_event().map(|event| fact(&event.into())) }
            fn is_over(&self) -> bool { self.is_terminated() }
        }
    )*};
}

machine!(ClientInvite, ClientPlain, ServerInvite, ServerPlain);

enum Either {
    Client(ClientEvent),
    Server(ServerEvent),
}

impl From<ClientEvent> for Either {
    fn from(event: ClientEvent) -> Self {
        Self::Client(event)
    }
}

impl From<ServerEvent> for Either {
    fn from(event: ServerEvent) -> Self {
        Self::Server(event)
    }
}

fn fact(event: &Either) -> String {
    match event {
        Either::Client(ClientEvent::Response(response)) => format!("{}", response.status()),
        Either::Client(ClientEvent::TimedOut) | Either::Server(ServerEvent::TimedOut) => {
            "timed out".to_owned()
        }
        Either::Client(ClientEvent::TransportFailed)
        | Either::Server(ServerEvent::TransportFailed) => "transport failed".to_owned(),
        Either::Client(ClientEvent::Terminated) | Either::Server(ServerEvent::Terminated) => {
            "terminated".to_owned()
        }
        Either::Server(ServerEvent::Ack(_)) => "ack".to_owned(),
    }
}

fn facts(machine: &mut impl Machine) -> Vec<String> {
    std::iter::from_fn(|| machine.fact()).collect()
}

fn n_transmits(machine: &mut impl Machine) -> usize {
    std::iter::from_fn(|| machine.transmit()).count()
}

/// Fires every timer until `end` and gives the times of transmissions, in ms after `START`.
fn run(machine: &mut impl Machine, end: Micros) -> Vec<Micros> {
    let mut times = vec![0; n_transmits(machine)];
    while let Some((at, _)) = machine.timeout().filter(|(at, _)| *at <= START + end) {
        machine.wake(at - 1);
        assert_eq!(n_transmits(machine), 0, "nothing happens before its time");
        machine.wake(at);
        times.extend(vec![(at - START) / MS; n_transmits(machine)]);
    }
    times
}

fn client_invite(reliability: Reliability) -> ClientInvite {
    ClientInvite::new(START, request("INVITE"), reliability, Timers::default())
}

fn client_plain(reliability: Reliability) -> ClientPlain {
    ClientPlain::new(START, &request("OPTIONS"), reliability, Timers::default())
}

fn server_invite(reliability: Reliability) -> ServerInvite {
    ServerInvite::new(&request("INVITE"), reliability, Timers::default())
        .expect("a well-formed INVITE")
}

#[test]
fn unanswered_invite_is_sent_seven_times_in_32_seconds() {
    // Timers A and B
    let mut client = client_invite(Reliability::Unreliable);
    let times = run(&mut client, 100_000 * MS);
    assert_eq!(times, [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert_eq!(facts(&mut client), ["timed out", "terminated"]);
    assert!(client.is_over());
    assert_eq!(client.timeout(), None);
}

#[test]
fn unanswered_invite_on_tls_is_sent_once() {
    let mut client = client_invite(Reliability::Reliable);
    assert_eq!(client.timeout(), Some((START + 32_000 * MS, "timer B")));
    assert_eq!(run(&mut client, 100_000 * MS), [0]);
    assert_eq!(facts(&mut client), ["timed out", "terminated"]);
}

#[test]
fn unanswered_options_are_sent_eleven_times_in_32_seconds() {
    // Timers E and F: RFC 3261 17.1.2.2 gives 500 ms, 1 s, 2 s, 4 s, 4 s ...
    let mut client = client_plain(Reliability::Unreliable);
    let times = run(&mut client, 100_000 * MS);
    let expected = [
        0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ];
    assert_eq!(times, expected);
    assert_eq!(facts(&mut client), ["timed out", "terminated"]);
}

#[test]
fn provisional_response_slows_options_to_t2_and_stops_invite() {
    let mut plain = client_plain(Reliability::Unreliable);
    n_transmits(&mut plain);
    plain.handle_response(START + 100 * MS, response("OPTIONS", 100));
    assert_eq!(run(&mut plain, 10_000 * MS), [500, 4_500, 8_500]);

    let mut invite = client_invite(Reliability::Unreliable);
    n_transmits(&mut invite);
    invite.handle_response(START + 100 * MS, response("INVITE", 100));
    assert_eq!(run(&mut invite, 60_000 * MS), [0; 0]);
    assert_eq!(facts(&mut invite), ["100"]);
}

#[test]
fn failed_invite_is_acknowledged_each_time_and_kept_32_seconds_on_udp() {
    // Timer D
    let mut client = client_invite(Reliability::Unreliable);
    n_transmits(&mut client);
    client.handle_response(START, response("INVITE", 486));
    let ack = parsed(&client.transmit().unwrap());
    assert_eq!(ack.method, Method::Ack);
    let essentials = ack.check().unwrap();
    assert_eq!(
        (essentials.via.branch(), essentials.to.tag()),
        (Some("z9hG4bK1"), Some("tag-b"))
    );
    assert_eq!(essentials.cseq.number, 5);
    assert_eq!(
        ack.headers.get(&tandem_sip::header::Name::Route),
        Some("<sip:proxy.example.com;lr>")
    );
    client.handle_response(START + 9 * MS, response("INVITE", 486));
    assert_eq!(n_transmits(&mut client), 1);
    assert_eq!(facts(&mut client), ["486"]);
    assert_eq!(client.timeout(), Some((START + 32_000 * MS, "timer D")));
    run(&mut client, 40_000 * MS);
    assert_eq!(facts(&mut client), ["terminated"]);
}

#[test]
fn failed_invite_on_tls_is_acknowledged_and_over() {
    let mut client = client_invite(Reliability::Reliable);
    n_transmits(&mut client);
    client.handle_response(START, response("INVITE", 603));
    assert_eq!(n_transmits(&mut client), 1);
    assert_eq!(facts(&mut client), ["603", "terminated"]);
}

#[test]
fn every_success_of_a_forked_invite_is_passed_up_for_32_seconds() {
    // RFC 6026: state Accepted, timer M
    let mut client = client_invite(Reliability::Reliable);
    n_transmits(&mut client);
    client.handle_response(START, response("INVITE", 180));
    client.handle_response(START, response("INVITE", 200));
    client.handle_response(START + 5 * MS, response("INVITE", 200));
    client.handle_response(START + 6 * MS, response("INVITE", 486));
    assert_eq!(
        n_transmits(&mut client),
        0,
        "the ACK to a 2xx is the user's"
    );
    assert_eq!(facts(&mut client), ["180", "200", "200"]);
    assert_eq!(client.timeout(), Some((START + 32_000 * MS, "timer M")));
    run(&mut client, 40_000 * MS);
    assert_eq!(facts(&mut client), ["terminated"]);
}

#[test]
fn a_peer_that_rings_without_a_sign_of_life_is_given_up() {
    let mut client = client_invite(Reliability::Reliable);
    client.handle_response(START, response("INVITE", 180));
    client.handle_response(START + 60_000 * MS, response("INVITE", 180));
    let (at, reason) = client.timeout().unwrap();
    assert_eq!((at, reason), (START + 260_000 * MS, "timer C"));
    client.wake(at);
    assert_eq!(
        facts(&mut client),
        ["180", "180", "timed out", "terminated"]
    );
}

// RFC 3261 9.1
#[test]
fn who_does_not_answer_a_cancelled_invite_is_given_up_after_32_seconds() {
    let mut client = client_invite(Reliability::Unreliable);
    client.handle_response(START, response("INVITE", 180));
    client.cancel(START).unwrap();
    client.handle_response(START + 20_000 * MS, response("INVITE", 180));
    run(&mut client, 32_000 * MS);
    assert_eq!(
        facts(&mut client),
        ["180", "180", "timed out", "terminated"]
    );
}

#[test]
fn cancel_waits_for_a_provisional_response() {
    let mut client = client_invite(Reliability::Reliable);
    assert!(client.cancel(START).is_err());
    client.handle_response(START, response("INVITE", 180));
    let cancel = client.cancel(START).unwrap();
    let essentials = cancel.check().unwrap();
    assert_eq!((cancel.method, essentials.cseq.number), (Method::Cancel, 5));
    assert_eq!(
        (essentials.via.branch(), essentials.to.tag()),
        (Some("z9hG4bK1"), None)
    );
    client.handle_response(START, response("INVITE", 200));
    assert!(client.cancel(START).is_err());
}

#[test]
fn final_response_to_options_is_passed_up_once_and_kept_five_seconds() {
    // Timer K
    let mut client = client_plain(Reliability::Unreliable);
    client.handle_response(START, response("OPTIONS", 200));
    client.handle_response(START, response("OPTIONS", 200));
    assert_eq!(facts(&mut client), ["200"]);
    assert_eq!(client.timeout(), Some((START + 5_000 * MS, "timer K")));
    let mut on_tls = client_plain(Reliability::Reliable);
    on_tls.handle_response(START, response("OPTIONS", 200));
    assert_eq!(facts(&mut on_tls), ["200", "terminated"]);
}

// RFC 3261 17.2.1; Direct Routing A.11.4
#[test]
fn invite_is_answered_100_at_once_and_again_when_it_comes_again() {
    let mut server = server_invite(Reliability::Unreliable);
    assert_eq!(n_transmits(&mut server), 1);
    server.handle_retransmission();
    assert_eq!(n_transmits(&mut server), 1);
    assert_eq!(server.timeout(), None);
}

#[test]
fn failure_response_is_repeated_until_timer_h_without_an_ack() {
    // Timers G and H
    let mut server = server_invite(Reliability::Unreliable);
    n_transmits(&mut server);
    server.respond(START, &response("INVITE", 486)).unwrap();
    let times = run(&mut server, 100_000 * MS);
    let expected = [
        0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ];
    assert_eq!(times, expected);
    assert_eq!(facts(&mut server), ["timed out", "terminated"]);
}

#[test]
fn ack_ends_the_repetition_and_is_absorbed_for_five_seconds() {
    // Timer I
    let mut server = server_invite(Reliability::Unreliable);
    n_transmits(&mut server);
    server.respond(START, &response("INVITE", 486)).unwrap();
    n_transmits(&mut server);
    server.handle_ack(START, request("ACK"));
    server.handle_ack(START, request("ACK"));
    assert_eq!(server.timeout(), Some((START + 5_000 * MS, "timer I")));
    assert_eq!(run(&mut server, 10_000 * MS), [0; 0]);
    assert_eq!(facts(&mut server), ["terminated"]);
    let mut on_tls = server_invite(Reliability::Reliable);
    on_tls.respond(START, &response("INVITE", 486)).unwrap();
    assert_eq!(on_tls.timeout(), Some((START + 32_000 * MS, "timer H")));
    on_tls.handle_ack(START, request("ACK"));
    assert_eq!(facts(&mut on_tls), ["terminated"]);
}

#[test]
fn accepted_invite_absorbs_retransmissions_and_passes_more_successes_out() {
    // RFC 6026: state Accepted, timer L
    let mut server = server_invite(Reliability::Unreliable);
    n_transmits(&mut server);
    server.respond(START, &response("INVITE", 200)).unwrap();
    assert_eq!(n_transmits(&mut server), 1);
    server.handle_retransmission();
    assert_eq!(n_transmits(&mut server), 0);
    server.respond(START, &response("INVITE", 200)).unwrap();
    assert_eq!(n_transmits(&mut server), 1);
    assert!(server.respond(START, &response("INVITE", 486)).is_err());
    server.handle_ack(START, request("ACK"));
    assert_eq!(facts(&mut server), ["ack"]);
    assert_eq!(server.timeout(), Some((START + 32_000 * MS, "timer L")));
    run(&mut server, 40_000 * MS);
    assert_eq!(facts(&mut server), ["terminated"]);
    assert!(server.respond(START, &response("INVITE", 200)).is_err());
}

#[test]
fn plain_request_is_answered_again_for_32_seconds_on_udp() {
    // Timer J
    let mut server = ServerPlain::new(START, Reliability::Unreliable, Timers::default());
    server.handle_retransmission();
    assert_eq!(n_transmits(&mut server), 0);
    server.respond(START, &response("OPTIONS", 200)).unwrap();
    server.handle_retransmission();
    assert_eq!(n_transmits(&mut server), 2);
    assert!(server.respond(START, &response("OPTIONS", 500)).is_err());
    assert_eq!(server.timeout(), Some((START + 32_000 * MS, "timer J")));
    let mut on_tls = ServerPlain::new(START, Reliability::Reliable, Timers::default());
    on_tls.respond(START, &response("OPTIONS", 200)).unwrap();
    assert!(on_tls.is_terminated());
}

#[test]
fn request_that_nobody_answers_is_forgotten_after_32_seconds() {
    let mut server = ServerPlain::new(START, Reliability::Reliable, Timers::default());
    assert_eq!(server.timeout(), Some((START + 32_000 * MS, "unanswered")));
    run(&mut server, 32_000 * MS);
    assert_eq!(facts(&mut server), ["terminated"]);
}

#[test]
fn broken_transport_is_told_once() {
    let mut invite = client_invite(Reliability::Reliable);
    invite.handle_transport_error();
    invite.handle_transport_error();
    assert_eq!(facts(&mut invite), ["transport failed", "terminated"]);
    let mut accepted = client_invite(Reliability::Reliable);
    accepted.handle_response(START, response("INVITE", 200));
    accepted.handle_transport_error();
    assert_eq!(facts(&mut accepted), ["200", "terminated"]);
    let mut server = server_invite(Reliability::Reliable);
    server.handle_transport_error();
    assert_eq!(facts(&mut server), ["transport failed"]);
    assert!(server.respond(START, &response("INVITE", 500)).is_ok());
}

#[test]
fn a_very_late_wake_up_causes_no_burst() {
    let mut client = client_plain(Reliability::Unreliable);
    n_transmits(&mut client);
    client.wake(START + 20_000 * MS);
    assert_eq!(n_transmits(&mut client), 1);
    assert!(client.timeout().unwrap().0 > START + 20_000 * MS);
}

/// A client and a server over a line that loses what `is_lost` says, 30 ms each way.
fn exchange(mut client: ClientPlain, mut is_lost: impl FnMut() -> bool) -> Vec<String> {
    let delay = 30 * MS;
    let mut server: Option<ServerPlain> = None;
    let mut to_server: Vec<Micros> = Vec::new();
    let mut to_client: Vec<(Micros, Response)> = Vec::new();
    let mut all = Vec::new();
    let mut now = START;
    loop {
        for _ in 0..n_transmits(&mut client) {
            if !is_lost() {
                to_server.push(now + delay);
            }
        }
        if let Some(server) = &mut server {
            for _ in 0..n_transmits(server) {
                if !is_lost() {
                    to_client.push((now + delay, response("OPTIONS", 200)));
                }
            }
        }
        all.extend(facts(&mut client));
        let times = to_server
            .iter()
            .copied()
            .chain(to_client.iter().map(|(at, _)| *at));
        let timers = [client.timeout(), server.as_ref().and_then(Machine::timeout)];
        let timers = timers.into_iter().flatten().map(|(at, _)| at);
        let Some(next) = times.chain(timers).min() else {
            return all;
        };
        now = next;
        client.wake(now);
        if let Some(server) = &mut server {
            server.wake(now);
        }
        let arrived = to_server.extract_if(.., |at| *at <= now).count();
        for _ in 0..arrived {
            if let Some(server) = &mut server {
                server.handle_retransmission();
            } else {
                let mut fresh = ServerPlain::new(now, Reliability::Unreliable, Timers::default());
                fresh
                    .respond(now, &response("OPTIONS", 200))
                    .expect("the first answer");
                server = Some(fresh);
            }
        }
        for (_, response) in to_client.extract_if(.., |(at, _)| *at <= now) {
            client.handle_response(now, response);
        }
    }
}

#[test]
fn options_get_through_a_line_that_loses_up_to_nine_datagrams_in_a_row() {
    for n_lost in 0..=9 {
        let mut n = 0;
        let answered = exchange(client_plain(Reliability::Unreliable), || {
            n += 1;
            n % (n_lost + 2) < n_lost
        });
        assert_eq!(answered, ["200", "terminated"], "{n_lost} lost in a row");
    }
    let dead = exchange(client_plain(Reliability::Unreliable), || true);
    assert_eq!(dead, ["timed out", "terminated"]);
}
