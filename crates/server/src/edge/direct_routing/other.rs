//! Other sides of tests: SIP by hand over UDP, on sockets that nobody else has.

use super::Exchange;
use super::teller::{Tell, Teller};
use super::trunks::Configured;
use crate::config::DirectRouting;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tandem_core::ids::TrunkId;
use tandem_core::trunk::{Codec, Headers, NumberFormat, Srtp, Transport, Trunk, TrunkKind};
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Method, Request, Response};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How soon an emergency call has to be at the carrier (B-236), and whatever else is waited for has come.
pub(super) const SOON: Duration = Duration::from_secs(1);

pub(super) struct Other {
    socket: UdpSocket,
    /// Where we listen, once we do.
    server: SocketAddr,
}

impl Other {
    pub(super) async fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        Self { socket, server }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    pub(super) async fn sends(&self, text: &str) {
        self.socket
            .send_to(text.as_bytes(), self.server)
            .await
            .unwrap();
    }

    async fn next(&self) -> Message {
        let mut datagram = [0; 8_192];
        let came = tokio::time::timeout(SOON, self.socket.recv_from(&mut datagram)).await;
        let (n, _) = came.expect("a message in time").unwrap();
        Message::parse(&datagram[..n]).unwrap()
    }

    pub(super) async fn asked(&self, method: Method) -> Request {
        loop {
            if let Message::Request(request) = self.next().await
                && request.method == method
            {
                return request;
            }
        }
    }

    pub(super) async fn told(&self, status: u16) -> Response {
        loop {
            if let Message::Response(response) = self.next().await
                && response.status() == status
            {
                return response;
            }
        }
    }

    pub(super) async fn answers(&self, request: &Request, status: u16, port: Option<u16>) {
        let mut response = Response::to(request, status, "other").unwrap();
        response
            .headers
            .push(Name::Contact, format!("<sip:{}>", self.address()));
        if let Some(port) = port {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body = description(port).into_bytes();
        }
        self.socket
            .send_to(&response.to_bytes(), self.server)
            .await
            .unwrap();
    }

    pub(super) fn invite(&self, to: &str, from: &str, kind: &str, body: &str) -> String {
        let own = self.address();
        let head = [
            format!("INVITE sip:{to}@127.0.0.1;user=phone SIP/2.0"),
            format!("Via: SIP/2.0/UDP {own};branch=z9hG4bK{to}"),
            format!("From: <sip:{from}@{own}>;tag=1"),
            format!("To: <sip:{to}@127.0.0.1>"),
            format!("Call-ID: {to}-{own}"),
            "CSeq: 1 INVITE".to_owned(),
            format!("Contact: <sip:{own}>"),
            "Max-Forwards: 70".to_owned(),
            "Geolocation: <cid:target@contoso.com>".to_owned(),
            format!("Content-Type: {kind}"),
            format!("Content-Length: {}", body.len()),
        ];
        format!("{}\r\n\r\n{body}", head.join("\r\n"))
    }
}

pub(super) fn description(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
    )
}

/// A trunk whose one host is that side.
pub(super) fn trunk(kind: TrunkKind, host: SocketAddr) -> Trunk {
    Trunk {
        name: "A trunk".to_owned(),
        enabled: true,
        kind,
        hosts: vec![host.to_string()],
        // Teams speaks TLS alone, which is the listeners' matter and not that of the way.
        transport: Transport::Udp,
        is_probed: false,
        sources: vec!["127.0.0.1".to_owned()],
        certificate_names: Vec::new(),
        own_name: None,
        digest_user: None,
        codecs: vec![Codec::Pcma],
        srtp: Srtp::Refused,
        headers: Headers::Hidden,
        number_format: NumberFormat::International,
        numbers: Vec::new(),
        phones: Vec::new(),
        calls_max: 10,
        emergency: None,
    }
}

/// An exchange with these trunks, numbered from 1, and what it tells the core of the contact center "contoso".
pub(super) async fn exchange(
    trunks: Vec<Trunk>,
    others: [&mut Other; 2],
) -> (Exchange, mpsc::Receiver<Tell>) {
    let config = DirectRouting {
        name: "127.0.0.1".to_owned(),
        udp: Some(([127, 0, 0, 1], 0).into()),
        tcp: None,
        tls: None,
        certificate: None,
        trust_root: None,
        media_address: [127, 0, 0, 1].into(),
        media_public_address: None,
        media_ports: 0..=0,
        hosts: BTreeMap::new(),
        speech: None,
    };
    let started = Exchange::start(&config, PathBuf::new(), &CancellationToken::new()).await;
    let (exchange, _running) = started.unwrap();
    let trunks = (1..).zip(trunks).map(|(id, trunk)| Configured {
        id: TrunkId(id),
        trunk,
        secrets: BTreeMap::new(),
    });
    let (teller, told) = Teller::new();
    exchange
        .set_trunks("contoso".into(), (teller, None), trunks.collect())
        .await;
    let server = exchange.listeners()[0].1;
    for other in others {
        other.server = server;
    }
    (exchange, told)
}
