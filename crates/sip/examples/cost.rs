//! What the engine costs: parsing and writing an INVITE as Teams sends it, and whole calls through
//! a bridge (two legs: INVITE, 100, 180, 200, ACK, BYE, 200 on each), at two hundred new calls a second of
//! virtual time, so that as many finished transactions lie about as would then.
//!
//! `cargo run --release -p tandem-sip --example cost`

#![expect(clippy::print_stdout, reason = "it is a table for people")]
#![expect(
    clippy::disallowed_methods,
    reason = "it measures time; the engine does not"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tandem_sip::bridge::{Bridge, Plan};
use tandem_sip::flow::{Flow, FlowId, Hop, Transport};
use tandem_sip::header::Address;
use tandem_sip::message::Message;
use tandem_sip::policy::HeaderPolicy;
use tandem_sip::sdp::SessionDescription;
use tandem_sip::uri::{HostPort, Uri};
use tandem_sip::user_agent::{Event, Settings, UserAgent};
use tandem_sip::{Micros, Outgoing, Target};

const SDP: &str = "v=0\r\no=- 12345 1 IN IP4 52.113.1.2\r\ns=session\r\nc=IN IP4 52.113.1.2\r\nb=CT:10000000\r\nt=0 0\r\n\
    m=audio 52000 RTP/SAVP 104 9 0 8 13 126\r\na=rtcp:52001\r\na=rtcp-mux\r\na=label:Audio\r\n\
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31\r\n\
    a=sendrecv\r\na=rtpmap:104 SILK/16000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:13 CN/8000\r\na=rtpmap:126 telephone-event/8000\r\na=fmtp:126 0-16\r\na=ptime:20\r\n";
const N_CALLS: u32 = 20_000;
/// From then on it is counted: what lies about is what will.
const N_WARM: u32 = 8_000;

fn invite() -> Vec<u8> {
    let text = format!(
        "INVITE sip:+441273652000@tenant1.customers.example:5061;user=phone;transport=tls SIP/2.0\r\n\
         FROM: John Doe<sip:+441273652002@sip.pstnhub.microsoft.com:5061;user=phone>;tag=0af10af10af10af10af10af10af10af1\r\n\
         TO: <sip:+441273652000@tenant1.customers.example:5061;user=phone>\r\nCSEQ: 1 INVITE\r\n\
         CALL-ID: 90ff90ff90ff90ff90ff90ff90ff90ff\r\nMAX-FORWARDS: 70\r\n\
         VIA: SIP/2.0/TLS 52.114.76.76:5061;branch=z9hG4bK5a0b1c2d\r\n\
         RECORD-ROUTE: <sip:sip-du-a-eu.pstnhub.microsoft.com:5061;transport=tls;lr>\r\n\
         CONTACT: <sip:api-du-a-uswe2.pstnhub.microsoft.com:443;x-i=0b4f22a1-7a1c-4b6e-9d2f-1c2d3e4f5a6b;x-c=90ff/d/8/00ff00ff00ff00ff>\r\n\
         MIN-SE: 300\r\nSUPPORTED: timer\r\nSESSION-EXPIRES: 3600\r\n\
         USER-AGENT: Microsoft.PSTNHub.SIPProxy v.2019.10.29.2 i.EUWE.3\r\n\
         ALLOW: INVITE,ACK,OPTIONS,CANCEL,BYE,NOTIFY\r\nP-ASSERTED-IDENTITY: <tel:+441273652002>,<sip:john@contoso.com>\r\n\
         PRIVACY: id\r\nCONTENT-TYPE: application/sdp\r\nCONTENT-LENGTH: {}\r\n\r\n{SDP}",
        SDP.len()
    );
    text.into_bytes()
}

fn main() {
    let bytes = invite();
    println!("INVITE of {} bytes", bytes.len());
    let parsed = Message::parse(&bytes).expect("well formed");
    each("parse", || Message::parse(&bytes).is_ok());
    each(
        "parse and type Via, From, To, CSeq, Call-ID",
        || match Message::parse(&bytes) {
            Ok(Message::Request(request)) => request.check().is_ok(),
            Ok(Message::Response(_)) | Err(_) => false,
        },
    );
    each("write", || !parsed.to_bytes().is_empty());
    let sdp = SessionDescription::parse(SDP.as_bytes()).expect("well formed");
    each("parse SDP", || {
        SessionDescription::parse(SDP.as_bytes()).is_ok()
    });
    each("write SDP", || !sdp.to_bytes().is_empty());
    let mut scene = Scene::new();
    let mut at_warm = (Duration::ZERO, 0);
    for n in 0..N_CALLS {
        if n == N_WARM {
            at_warm = (scene.spent, scene.n_messages);
        }
        scene.one_call();
    }
    let n_calls = N_CALLS - N_WARM;
    let (spent, n_messages) = (scene.spent - at_warm.0, scene.n_messages - at_warm.1);
    println!(
        "bridged call: {:.1} us, {:.1} messages",
        spent.as_secs_f64() * 1e6 / f64::from(n_calls),
        f64::from(n_messages) / f64::from(n_calls)
    );
    println!(
        "while {} transactions lie about",
        scene.sbc.sizes().n_transactions
    );
}

fn each(what: &str, mut run: impl FnMut() -> bool) {
    const N: u32 = 50_000;
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        for _ in 0..N {
            assert!(std::hint::black_box(run()));
        }
        best = best.min(began.elapsed());
    }
    println!("{what}: {:.0} ns", best.as_secs_f64() * 1e9 / f64::from(N));
}

/// A caller, the measured one in the middle, and a called side.
struct Scene {
    now: Micros,
    caller: UserAgent,
    sbc: UserAgent,
    called: UserAgent,
    bridges: Vec<Bridge>,
    hops: BTreeMap<FlowId, String>,
    spent: Duration,
    n_messages: u32,
}

fn side(name: &str, seed: u64) -> UserAgent {
    let name = HostPort::parse(name).expect("a host");
    UserAgent::new(Settings::new(name, Transport::Udp), seed)
}

fn outgoing(from: &str, to: &str) -> Outgoing {
    let target = Target {
        hop: Hop {
            host: to.to_owned(),
            port: 5_060,
            transport: Transport::Udp,
        },
        uri: Uri::parse(&format!("sip:+4312345@{to};user=phone")).expect("a URI"),
        flow: None,
    };
    let address = Address::parse(&format!("<sip:+4399@{from}>")).expect("an address");
    Outgoing::new(
        target,
        HostPort::parse(from).expect("a host"),
        address,
        SDP.into(),
    )
}

const FROM_CALLER: u64 = 1;
const FROM_CALLED: u64 = 2;

impl Scene {
    fn new() -> Self {
        Self {
            now: 1_000_000,
            caller: side("caller.example:5060", 1),
            sbc: side("sbc.example:5060", 2),
            called: side("called.example:5060", 3),
            bridges: Vec::new(),
            hops: BTreeMap::new(),
            spent: Duration::ZERO,
            n_messages: 0,
        }
    }

    fn one_call(&mut self) {
        self.now += 5_000;
        let now = self.now;
        let call = self
            .caller
            .call(now, outgoing("caller.example", "sbc.example"))
            .expect("room");
        self.settle();
        self.caller.hang_up(now, call, None).expect("it is up");
        self.settle();
        self.caller.handle_timeout(now);
        self.called.handle_timeout(now);
        let began = Instant::now();
        self.sbc.handle_timeout(now);
        self.spent += began.elapsed();
        self.settle();
        self.bridges.retain(|bridge| !bridge.is_over());
    }

    fn settle(&mut self) {
        while self.step_ends() | self.step_middle() {}
    }

    fn step_ends(&mut self) -> bool {
        let peer = ([192, 0, 2, 1], 5_060).into();
        let mut has_moved = false;
        for (number, end) in [
            (FROM_CALLER, &mut self.caller),
            (FROM_CALLED, &mut self.called),
        ] {
            while let Some(event) = end.poll_event() {
                if let Event::Incoming { call, .. } = event {
                    end.ring(self.now, call, 180, None).expect("it rings");
                    end.answer(self.now, call, SDP.into()).expect("it rings");
                }
            }
            while let Some(sent) = end.poll_transmit() {
                has_moved = true;
                let flow = Flow {
                    id: FlowId::Accepted(number),
                    transport: Transport::Udp,
                };
                let began = Instant::now();
                self.sbc.handle_datagram(self.now, flow, peer, &sent.bytes);
                self.spent += began.elapsed();
                self.n_messages += 1;
            }
        }
        has_moved
    }

    fn step_middle(&mut self) -> bool {
        let began = Instant::now();
        let mut sent = Vec::new();
        while let Some(event) = self.sbc.poll_event() {
            if let Event::Open { flow, hop } = &event {
                self.hops.insert(*flow, hop.host.clone());
            } else if let Event::Incoming { call, request, .. } = &event {
                let plan = Plan {
                    outgoing: outgoing("sbc.example", "called.example"),
                    policy: HeaderPolicy::hiding(),
                    answer: SDP.into(),
                };
                let bridge = Bridge::begin(self.now, &mut self.sbc, *call, request, plan);
                self.bridges.push(bridge.expect("room"));
            } else {
                for bridge in &mut self.bridges {
                    bridge.handle_event(self.now, &mut self.sbc, &event);
                }
            }
        }
        while let Some(transmit) = self.sbc.poll_transmit() {
            sent.push(transmit);
        }
        self.spent += began.elapsed();
        let has_moved = !sent.is_empty();
        let flow = Flow {
            id: FlowId::Accepted(1),
            transport: Transport::Udp,
        };
        let peer = ([192, 0, 2, 2], 5_060).into();
        for transmit in sent {
            self.n_messages += 1;
            let is_for_caller = match transmit.flow {
                FlowId::Accepted(number) => number == FROM_CALLER,
                FlowId::Opened(_) => self
                    .hops
                    .get(&transmit.flow)
                    .is_some_and(|host| host.starts_with("caller")),
            };
            let end = if is_for_caller {
                &mut self.caller
            } else {
                &mut self.called
            };
            end.handle_datagram(self.now, flow, peer, &transmit.bytes);
        }
        has_moved
    }
}
