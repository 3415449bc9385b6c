//! A line between two user agents: loss, duplication, delay and so reordering, out of a seed.

use std::collections::BTreeMap;
use tandem_sip::Micros;
use tandem_sip::flow::{Flow, FlowId, Hop, Transport};
use tandem_sip::header::Address;
use tandem_sip::message::Message;
use tandem_sip::uri::{HostPort, Uri};
use tandem_sip::user_agent::{CallId, Event, Settings, Sizes, UserAgent};
use tandem_sip::{Outgoing, Target};

pub(crate) const SECOND: Micros = 1_000_000;

/// Xorshift: chance out of a seed, for tests.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end.max(1)
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn micros(&mut self, end: Micros) -> Micros {
        Micros::try_from(self.below(u64::try_from(end).unwrap_or(0))).unwrap_or(0)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    pub(crate) lost_percent: u64,
    pub(crate) doubled_percent: u64,
    pub(crate) delay_max: Micros,
}

pub(crate) const NONE: Faults = Faults {
    lost_percent: 0,
    doubled_percent: 0,
    delay_max: 10_000,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Alice,
    Bob,
}

impl End {
    const fn other(self) -> Self {
        match self {
            Self::Alice => Self::Bob,
            Self::Bob => Self::Alice,
        }
    }
}

pub(crate) struct Line {
    pub(crate) now: Micros,
    pub(crate) alice: UserAgent,
    pub(crate) bob: UserAgent,
    pub(crate) faults: Faults,
    pub(crate) chance: Chance,
    transport: Transport,
    under_way: BTreeMap<(Micros, u64), (End, Vec<u8>)>,
    n_sent: u64,
    pub(crate) last_sent_at: Micros,
    /// When there was last anything to do for either side.
    pub(crate) last_due_at: Micros,
    pub(crate) told: Vec<(End, Event)>,
    /// First line of everything sent, with its sender.
    pub(crate) trace: Vec<(End, String)>,
    sent_at: Vec<Micros>,
}

pub(crate) fn settings(name: &str, transport: Transport) -> Settings {
    let name = HostPort::parse(name).expect("a host");
    Settings::new(name, transport)
}

fn new_side(end: End, transport: Transport, seed: u64) -> UserAgent {
    let name = match end {
        End::Alice => "alice.example.com:5061",
        End::Bob => "bob.example.com:5061",
    };
    UserAgent::new(settings(name, transport), seed)
}

impl Line {
    pub(crate) fn new(seed: u64, transport: Transport, faults: Faults) -> Self {
        Self {
            now: 1_000_000,
            alice: new_side(End::Alice, transport, seed),
            bob: new_side(End::Bob, transport, seed ^ 0x5555),
            faults,
            chance: Chance::new(seed + 1),
            transport,
            under_way: BTreeMap::new(),
            n_sent: 0,
            last_sent_at: 0,
            last_due_at: 0,
            told: Vec::new(),
            trace: Vec::new(),
            sent_at: Vec::new(),
        }
    }

    /// The process of one side is gone with all that it knew, and another has begun.
    pub(crate) fn restart(&mut self, end: End) {
        *self.side(end) = new_side(end, self.transport, 0xAAAA);
    }

    pub(crate) const fn side(&mut self, end: End) -> &mut UserAgent {
        match end {
            End::Alice => &mut self.alice,
            End::Bob => &mut self.bob,
        }
    }

    /// Takes out what both say, and puts what they send on the line.
    pub(crate) fn collect(&mut self) {
        for end in [End::Alice, End::Bob] {
            while let Some(event) = self.side(end).poll_event() {
                self.told.push((end, event));
            }
            while let Some(transmit) = self.side(end).poll_transmit() {
                let bytes = transmit.bytes.to_vec();
                let text = String::from_utf8_lossy(&bytes);
                self.trace
                    .push((end, text.lines().next().unwrap_or_default().to_owned()));
                self.put(end.other(), bytes);
            }
        }
    }

    fn put(&mut self, to: End, bytes: Vec<u8>) {
        self.last_sent_at = self.now;
        let is_lossy = self.transport == Transport::Udp;
        if is_lossy && self.chance.percent(self.faults.lost_percent) {
            return;
        }
        let n_copies = if is_lossy && self.chance.percent(self.faults.doubled_percent) {
            2
        } else {
            1
        };
        for _ in 0..n_copies {
            // A stream keeps its order.
            let delay = if is_lossy {
                1 + self.chance.micros(self.faults.delay_max)
            } else {
                5_000
            };
            self.n_sent += 1;
            self.under_way
                .insert((self.now + delay, self.n_sent), (to, bytes.clone()));
        }
    }

    /// Every connection breaks: what was on its way is lost, and both sides notice.
    pub(crate) fn break_connections(&mut self) {
        self.under_way.clear();
        let opened: Vec<(End, FlowId)> = self
            .told
            .iter()
            .filter_map(|(end, event)| {
                if let Event::Open { flow, .. } = event {
                    Some((*end, *flow))
                } else {
                    None
                }
            })
            .collect();
        let accepted = [End::Alice, End::Bob].map(|end| (end, FlowId::Accepted(1)));
        let now = self.now;
        for (end, flow) in opened.into_iter().chain(accepted) {
            self.side(end).handle_flow_failed(now, flow);
        }
        self.collect();
    }

    pub(crate) fn next_at(&self) -> Option<Micros> {
        let message = self.under_way.keys().next().map(|(at, _)| *at);
        let timers = [self.alice.poll_timeout(), self.bob.poll_timeout()];
        timers.into_iter().chain([message]).flatten().min()
    }

    /// Lets happen what is due at `at`.
    pub(crate) fn step_to(&mut self, at: Micros) {
        self.now = self.now.max(at);
        let now = self.now;
        if self.next_at().is_some_and(|due| due <= now) {
            self.last_due_at = now;
        }
        while let Some(entry) = self
            .under_way
            .first_entry()
            .filter(|entry| entry.key().0 <= now)
        {
            let (to, bytes) = entry.remove();
            let flow = Flow {
                id: FlowId::Accepted(1),
                transport: self.transport,
            };
            let peer = ([192, 0, 2, 1], 5060).into();
            self.side(to).handle_datagram(now, flow, peer, &bytes);
            self.collect();
        }
        self.alice.handle_timeout(now);
        self.bob.handle_timeout(now);
        self.collect();
    }

    pub(crate) fn run_for(&mut self, time: Micros) {
        let end = self.now + time;
        self.collect();
        while let Some(at) = self.next_at().filter(|at| *at <= end) {
            self.step_to(at);
        }
        self.now = end;
    }

    pub(crate) fn run_out(&mut self) {
        let mut n_steps = 0;
        self.collect();
        while let Some(at) = self.next_at() {
            self.step_to(at);
            n_steps += 1;
            assert!(
                n_steps < 200_000,
                "comes to an end: {:?}",
                self.trace.last()
            );
        }
    }

    /// The last messages with their times: what a failure shows.
    pub(crate) fn tail(&self) -> Vec<(Micros, &(End, String))> {
        let all = self.sent_at.iter().copied().zip(&self.trace);
        all.skip(self.trace.len().saturating_sub(12)).collect()
    }

    pub(crate) fn assert_empty(&self) {
        assert_eq!(self.alice.sizes(), Sizes::default());
        assert_eq!(self.bob.sizes(), Sizes::default());
    }

    /// Alice calls Bob with an offer `offer`.
    pub(crate) fn call(&mut self) -> CallId {
        let outgoing = outgoing(self.transport);
        let id = self.alice.call(self.now, outgoing).expect("room");
        self.collect();
        id
    }

    /// Bob's number for the call that came in last.
    pub(crate) fn incoming(&self) -> CallId {
        let found = self.told.iter().rev().find_map(|(end, event)| {
            if let Event::Incoming { call, .. } = event {
                (*end == End::Bob).then_some(*call)
            } else {
                None
            }
        });
        found.expect("a call has come in")
    }

    /// A call that is up, by both numbers.
    pub(crate) fn connect(&mut self) -> (CallId, CallId) {
        let alices = self.call();
        self.run_for(SECOND);
        let bobs = self.incoming();
        self.bob
            .answer(self.now, bobs, b"answer".to_vec())
            .expect("it rings");
        self.run_for(SECOND);
        (alices, bobs)
    }

    /// What one side was told, in short.
    pub(crate) fn facts(&self, end: End) -> Vec<String> {
        self.told
            .iter()
            .filter(|(who, _)| *who == end)
            .filter_map(|(_, event)| fact(event))
            .collect()
    }

    pub(crate) fn sent(&self, end: End, start: &str) -> usize {
        self.trace
            .iter()
            .filter(|(who, line)| *who == end && line.starts_with(start))
            .count()
    }
}

pub(crate) fn outgoing(transport: Transport) -> Outgoing {
    let uri = Uri::parse("sip:+4312345@bob.example.com;user=phone").expect("a URI");
    let hop = Hop {
        host: "bob.example.com".to_owned(),
        port: 5_061,
        transport,
    };
    let name = HostPort::parse("alice.example.com:5061").expect("a host");
    let from = Address::parse("<sip:+4399@alice.example.com>").expect("an address");
    let target = Target {
        hop,
        uri,
        flow: None,
    };
    Outgoing::new(target, name, from, b"offer".to_vec())
}

fn text(sdp: Option<&Vec<u8>>) -> String {
    sdp.map_or_else(
        || "-".to_owned(),
        |sdp| String::from_utf8_lossy(sdp).into_owned(),
    )
}

pub(crate) fn fact(event: &Event) -> Option<String> {
    Some(match event {
        Event::Open { .. } | Event::Retire { .. } => return None,
        Event::Incoming { sdp, .. } => format!("incoming {}", text(sdp.as_ref())),
        Event::Progress { sdp, response, .. } => {
            format!("{} {}", response.status(), text(sdp.as_ref()))
        }
        Event::Answered { sdp, .. } => format!("answered {}", text(Some(sdp))),
        Event::Confirmed { sdp, .. } => format!("confirmed {}", text(sdp.as_ref())),
        Event::Offered { sdp, .. } => format!("offered {}", text(sdp.as_ref())),
        Event::Agreed { sdp, .. } => format!("agreed {}", text(Some(sdp))),
        Event::OfferRefused { status, .. } => format!("offer refused {status}"),
        Event::ReferAsked { refer_to, .. } => format!("refer {refer_to}"),
        Event::ReferProgress { status, .. } => format!("refer progress {status}"),
        Event::Ended { end, .. } => match end.status {
            Some(status) => format!("ended {:?} {status}", end.cause),
            None => format!("ended {:?}", end.cause),
        },
        Event::RegisterAsked { .. } => "register".to_owned(),
        Event::Probed { .. } => "probed".to_owned(),
        Event::ProbeEnded { probe, status } => format!("probe {probe} {status:?}"),
    })
}

/// A message written with plain line ends; `Content-Length` is worked out.
pub(crate) fn message(head: &str, body: &str) -> Message {
    let body = body.replace('\n', "\r\n");
    let text = format!(
        "{}\r\nContent-Length: {}\r\n\r\n{body}",
        head.trim().replace('\n', "\r\n"),
        body.len()
    );
    Message::parse(text.as_bytes()).expect(head)
}
