//! What must hold for any bytes given to the SIP parser, the stream and the stack.

use tandem_sip::Error;
use tandem_sip::flow::{Flow, FlowId, Transport};
use tandem_sip::header::{Address, CSeq, Via};
use tandem_sip::message::{Item, Message, Response, Stream};
use tandem_sip::sdp::SessionDescription;
use tandem_sip::stack::{Event, Limits, Stack};
use tandem_sip::transaction::Timers;
use tandem_sip::uri::HostPort;
use tandem_sip::user_agent::{self, Settings, Sizes, UserAgent};

pub(crate) fn check(bytes: &[u8]) {
    if let Ok(message) = Message::parse(bytes) {
        let written = message.to_bytes();
        if written.len() <= tandem_sip::message::MESSAGE_BYTES_MAX {
            assert_eq!(
                Message::parse(&written),
                Ok(message.clone()),
                "reads back the same"
            );
        }
        check_headers(&message);
    }
    check_stream(bytes);
    check_stack(bytes);
    check_user_agent(bytes);
    if let Ok(read) = SessionDescription::parse(bytes) {
        assert_eq!(SessionDescription::parse(&read.to_bytes()), Ok(read));
    }
}

fn check_headers(message: &Message) {
    let headers = message.headers();
    for field in headers.iter() {
        if let Ok(address) = Address::parse(field.value()) {
            assert_eq!(Address::parse(&address.to_string()), Ok(address));
        }
        if let Ok(via) = Via::parse(field.value()) {
            assert_eq!(Via::parse(&via.to_string()), Ok(via));
        }
        if let Ok(cseq) = CSeq::parse(field.value()) {
            assert_eq!(CSeq::parse(&cseq.to_string()), Ok(cseq));
        }
        let list = headers.addresses(&field.name);
        assert!(list.map_or(0, |list| list.len()) <= tandem_sip::header::VALUES_MAX);
    }
}

/// Wherever the stream is cut, the same items come out.
fn check_stream(bytes: &[u8]) {
    let whole = items(&[bytes]);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    assert_eq!(items(&[first, second]), whole);
}

fn items(parts: &[&[u8]]) -> (Vec<Item>, Option<Error>) {
    let mut stream = Stream::default();
    let mut items = Vec::new();
    for part in parts {
        if let Err(error) = stream.handle_bytes(part) {
            return (items, Some(error));
        }
        loop {
            match stream.poll_item() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return (items, Some(error)),
            }
        }
    }
    (items, None)
}

/// Whatever comes, a user that answers everything is left with no transaction.
fn check_stack(bytes: &[u8]) {
    let mut stack = Stack::new(1, Limits::default(), Timers::default());
    let peer = ([192, 0, 2, 1], 5060).into();
    for transport in [Transport::Udp, Transport::Tls] {
        let id = FlowId::Accepted(1);
        let flow = Flow { id, transport };
        stack.handle_datagram(0, flow, peer, bytes);
        stack.handle_datagram(1, flow, peer, bytes);
    }
    while let Some(event) = stack.poll_event() {
        if let Event::Request { id, request, .. } = event
            && let Ok(response) = Response::to(&request, 486, "tag")
        {
            // Nobody else answers, so the transaction is there.
            assert_eq!(stack.respond(2, id, &response), Ok(()));
        }
    }
    while let Some((at, _)) = stack.poll_timeout() {
        stack.handle_timeout(at);
    }
    assert_eq!(stack.n_transactions(), 0);
}

/// Whatever comes, a user that answers and hangs up is left with nothing.
fn check_user_agent(bytes: &[u8]) {
    let name = HostPort {
        host: "sbc.example.com".to_owned(),
        port: Some(5_061),
    };
    let mut ua = UserAgent::new(Settings::new(name, Transport::Udp), 1);
    let id = FlowId::Accepted(1);
    let flow = Flow {
        id,
        transport: Transport::Udp,
    };
    ua.handle_datagram(0, flow, ([192, 0, 2, 1], 5060).into(), bytes);
    while let Some(event) = ua.poll_event() {
        if let user_agent::Event::Incoming { call, .. } = event {
            assert_eq!(ua.ring(1, call, 180, None), Ok(()));
            assert_eq!(ua.answer(1, call, b"v=0".to_vec()), Ok(()));
            assert_eq!(ua.hang_up(1, call, None), Ok(()));
        }
    }
    while let Some(at) = ua.poll_timeout() {
        ua.handle_timeout(at);
        while let Some(sent) = ua.poll_transmit() {
            assert!(Message::parse(&sent.bytes).is_ok(), "ours is well formed");
        }
    }
    assert_eq!(ua.sizes(), Sizes::default());
}
