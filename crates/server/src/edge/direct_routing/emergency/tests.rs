use crate::config::DirectRouting;
use crate::edge::direct_routing::Exchange;
use crate::edge::direct_routing::teller::{Tell, Teller};
use crate::edge::direct_routing::trunks::Configured;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tandem_core::ids::TrunkId;
use tandem_core::trunk::{
    Codec, Emergency, EmergencyRoute, Headers, NumberFormat, Srtp, Transport, Trunk, TrunkKind,
};
use tandem_sip::header::Name;
use tandem_sip::message::{Message, Method, Request, Response};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How soon an emergency call has to be at the carrier (B-236).
const SOON: Duration = Duration::from_secs(1);

const LOCATION: &str = "<presence xmlns='urn:ietf:params:xml:ns:pidf'><tuple id='1'/></presence>";

struct Other {
    socket: UdpSocket,
    server: SocketAddr,
}

impl Other {
    async fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        Self { socket, server }
    }

    fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    async fn sends(&self, text: &str) {
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

    async fn asked(&self, method: Method) -> Request {
        loop {
            if let Message::Request(request) = self.next().await
                && request.method == method
            {
                return request;
            }
        }
    }

    async fn told(&self, status: u16) -> Response {
        loop {
            if let Message::Response(response) = self.next().await
                && response.status() == status
            {
                return response;
            }
        }
    }

    async fn answers(&self, request: &Request, status: u16, port: Option<u16>) {
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

    fn invite(&self, to: &str, from: &str, kind: &str, body: &str) -> String {
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

fn description(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
    )
}

fn trunk(kind: TrunkKind, host: SocketAddr, emergency: Option<Emergency>) -> Trunk {
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
        // No limit keeps a call for help out.
        calls_max: 0,
        emergency,
    }
}

async fn between(teams: &mut Other, carrier: &mut Other) -> (Exchange, mpsc::Receiver<Tell>) {
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
    };
    let started = Exchange::start(&config, &CancellationToken::new()).await;
    let (exchange, _running) = started.unwrap();
    let route = EmergencyRoute {
        trunk: TrunkId(2),
        numbers: vec!["112".to_owned()],
        call_back_minutes: 30,
    };
    let trunks = [
        (
            1,
            trunk(
                TrunkKind::Teams,
                teams.address(),
                Some(Emergency::Route(route)),
            ),
        ),
        (2, trunk(TrunkKind::Carrier, carrier.address(), None)),
    ];
    let trunks = trunks.map(|(id, trunk)| Configured {
        id: TrunkId(id),
        trunk,
        secrets: BTreeMap::new(),
    });
    let (teller, told) = Teller::new();
    exchange
        .set_trunks("contoso".into(), teller, trunks.into())
        .await;
    let server = exchange.listeners()[0].1;
    (teams.server, carrier.server) = (server, server);
    (exchange, told)
}

// B-236
#[tokio::test]
async fn call_for_help_is_at_the_carrier_at_once_with_its_location_and_is_called_back() {
    let (mut teams, mut carrier) = (Other::new().await, Other::new().await);
    let (exchange, mut told) = between(&mut teams, &mut carrier).await;
    let body = format!(
        "--b\r\nContent-Type: application/sdp\r\n\r\n{}\r\n--b\r\nContent-Type: application/pidf+xml\r\n\
         Content-ID: <target@contoso.com>\r\n\r\n{LOCATION}\r\n--b--\r\n",
        description(40_000)
    );
    let kind = "multipart/mixed; boundary=b";
    teams
        .sends(&teams.invite("112", "+4989100", kind, &body))
        .await;
    let invite = carrier.asked(Method::Invite).await;
    assert!(
        invite.uri.to_string().starts_with("sip:112@"),
        "{}",
        invite.uri
    );
    assert_eq!(invite.headers.get(&Name::ContentType), Some(kind));
    let text = String::from_utf8(invite.body.clone()).unwrap();
    let behind = |text: &str| {
        text.split_once("--b\r\nContent-Type: application/pidf+xml")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(behind(&text), behind(&body));
    assert!(
        !text.contains("m=audio 40000"),
        "the sound goes by our media"
    );
    let location = invite
        .headers
        .iter()
        .find(|it| it.name.as_str() == "Geolocation");
    assert_eq!(
        location.map(|it| it.value()),
        Some("<cid:target@contoso.com>")
    );
    let from = invite.headers.address(&Name::From).unwrap();
    assert_eq!(from.uri.phone_number().as_deref(), Some("+4989100"));
    carrier.answers(&invite, 200, Some(50_000)).await;
    teams.told(200).await;
    let noted = tokio::time::timeout(SOON, told.recv()).await.unwrap();
    assert!(matches!(noted, Some(Tell::Emergency { trunk: TrunkId(1) })));

    let back = carrier.invite("+4989100", "112", "application/sdp", &description(50_002));
    carrier.sends(&back).await;
    let invite = teams.asked(Method::Invite).await;
    assert_eq!(invite.uri.phone_number().as_deref(), Some("+4989100"));
    exchange.stop().await;
}
