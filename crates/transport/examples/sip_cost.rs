//! What a plain bridged two-leg call costs over UDP on loopback, sockets included: CPU time of the one thread that
//! drives the side in the middle. Beside it, in the same run, the floor: as many packets of the same sizes received
//! and sent by bare system calls.
//!
//! `cargo run --release -p tandem-transport --example sip_cost`

#![expect(clippy::print_stdout, reason = "it is a table for people")]

use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use tandem_sip::bridge::{Bridge, Plan};
use tandem_sip::flow::{Hop, Transport};
use tandem_sip::header::Address;
use tandem_sip::message::Request;
use tandem_sip::policy::HeaderPolicy;
use tandem_sip::uri::{HostPort, Uri};
use tandem_sip::user_agent::{CallId, Event, Settings as Manners, UserAgent};
use tandem_sip::{Micros, Outgoing, Target};
use tandem_transport::sip::{
    Direction, Driver, Handle, Kind, Listen, Owner, Settings, Side, Sockets, Wire,
};

const PER_SECOND: i64 = 200;
const N_WARM: u32 = 1_000;
const N_MEASURED: u32 = 4_000;
/// Of a call: INVITE, 100, 180, 200, ACK, BYE, 200 on each leg.
const N_MESSAGES: usize = 14;
const SDP: &str = "v=0\r\no=- 12345 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 52000 RTP/AVP 9 0 8 13 101\r\na=sendrecv\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n\
    a=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n\
    a=ptime:20\r\n";

fn main() {
    let (called, _called) = start(|_| Called);
    let (middle, look) = start(move |own| Middle {
        own,
        to: called,
        bridges: BTreeMap::new(),
        callers: BTreeMap::new(),
        packets: Vec::new(),
    });
    let (ended, ends) = mpsc::channel();
    let (_, calls) = start(move |own| Caller {
        own,
        to: middle,
        ended,
        due: None,
        n_left: 0,
    });
    let run = |n_calls: u32| {
        calls.try_order(n_calls).expect("one order has room");
        for _ in 0..n_calls {
            ends.recv().expect("the caller runs");
        }
    };
    run(N_WARM);
    let before = look_at(&look);
    run(N_MEASURED);
    let after = look_at(&look);
    let floor = floor(after.packets.clone());
    let per_call = |spent: Duration| spent.as_secs_f64() * 1e6 / f64::from(N_MEASURED);
    let (cost, floor) = (per_call(after.cpu - before.cpu), per_call(floor));
    println!(
        "bridged two-leg call over UDP, {N_MEASURED} calls at {PER_SECOND} a second: {cost:.0} us (goal: 700)"
    );
    println!(
        "its {} packets by bare system calls (floor): {floor:.0} us; ratio {:.2}",
        after.packets.len(),
        cost / floor
    );
}

fn cpu_of_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("CPU time is never negative")
}

/// Drives a side on a thread of its own.
fn start<O: Owner>(
    make: impl FnOnce(SocketAddr) -> O + Send + 'static,
) -> (SocketAddr, Handle<O::Order>) {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let listen = Listen::new(([127, 0, 0, 1], 0).into(), Kind::Udp);
            let sockets = Sockets::bind(Settings::new(vec![listen])).await;
            let sockets = sockets.expect("a free port");
            let own = sockets.addresses().next().expect("one listener");
            let manners = Manners::new(host(own), Transport::Udp);
            let ua = UserAgent::new(manners, u64::from(own.port()));
            let (handle, driver) = Driver::new(sockets, ua, make(own), 7);
            tell.send((own, handle)).expect("main waits");
            driver.run().await;
        });
    });
    told.recv().expect("the side starts")
}

fn host(address: SocketAddr) -> HostPort {
    HostPort::parse(&address.to_string()).expect("an address is a host")
}

fn outgoing(from: SocketAddr, to: SocketAddr) -> Outgoing {
    let target = Target {
        hop: Hop {
            host: to.ip().to_string(),
            port: to.port(),
            transport: Transport::Udp,
        },
        uri: Uri::parse(&format!("sip:+4312345@{to};user=phone")).expect("a URI"),
        flow: None,
    };
    let caller = Address::parse(&format!("<sip:+4399@{from}>")).expect("an address");
    Outgoing::new(target, host(from), caller, SDP.into())
}

/// Calls at its pace, and hangs up what is answered.
struct Caller {
    own: SocketAddr,
    to: SocketAddr,
    ended: mpsc::Sender<()>,
    due: Option<Micros>,
    n_left: u32,
}

impl Owner for Caller {
    type Order = u32;

    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        if let Event::Answered { call, .. } = event {
            side.ua.hang_up(side.now, call, None).expect("it is up");
        } else if let Event::Ended { .. } = event {
            self.ended.send(()).expect("main waits");
        }
    }

    fn handle_order(&mut self, side: &mut Side<'_>, n_calls: u32) {
        self.n_left = n_calls;
        self.due = Some(side.now);
    }

    fn poll_timeout(&self) -> Option<Micros> {
        self.due
    }

    fn handle_timeout(&mut self, side: &mut Side<'_>) {
        let outgoing = outgoing(self.own, self.to);
        side.ua.call(side.now, outgoing).expect("room for a call");
        self.n_left -= 1;
        let next = self.due.map(|due| due + 1_000_000 / PER_SECOND);
        self.due = next.filter(|_| self.n_left > 0);
    }
}

struct Called;

impl Owner for Called {
    type Order = ();

    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        if let Event::Incoming { call, .. } = event {
            side.ua.ring(side.now, call, 180, None).expect("it rings");
            side.ua
                .answer(side.now, call, SDP.into())
                .expect("it rings");
        }
    }

    fn handle_order(&mut self, _: &mut Side<'_>, (): ()) {}
}

/// The measured one.
struct Middle {
    own: SocketAddr,
    to: SocketAddr,
    /// By the calls that came in.
    bridges: BTreeMap<CallId, Bridge>,
    /// By the calls that went on.
    callers: BTreeMap<CallId, CallId>,
    packets: Vec<(Direction, usize)>,
}

/// What the measured one has used and handled.
struct Look {
    cpu: Duration,
    packets: Vec<(Direction, usize)>,
}

fn look_at(handle: &Handle<mpsc::Sender<Look>>) -> Look {
    let (tell, told) = mpsc::channel();
    handle.try_order(tell).expect("one order has room");
    told.recv().expect("the side runs")
}

impl Middle {
    fn begin(&mut self, side: &mut Side<'_>, caller: CallId, invite: &Request) {
        let plan = Plan {
            outgoing: outgoing(self.own, self.to),
            policy: HeaderPolicy::hiding(),
            answer: SDP.into(),
        };
        let bridge = Bridge::begin(side.now, side.ua, caller, invite, plan);
        let bridge = bridge.expect("room for a call");
        self.callers.insert(bridge.called(), caller);
        self.bridges.insert(caller, bridge);
    }

    fn handle_bridged(&mut self, side: &mut Side<'_>, event: &Event) {
        let Some(call) = event.call() else {
            return;
        };
        let caller = self.callers.get(&call).copied().unwrap_or(call);
        if let Some(bridge) = self.bridges.get_mut(&caller) {
            bridge.handle_event(side.now, side.ua, event);
            if bridge.is_over() {
                self.callers.remove(&bridge.called());
                self.bridges.remove(&caller);
            }
        }
    }
}

impl Owner for Middle {
    type Order = mpsc::Sender<Look>;

    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        if let Event::Incoming { call, request, .. } = &event {
            self.begin(side, *call, request);
        } else {
            self.handle_bridged(side, &event);
        }
    }

    fn handle_order(&mut self, _: &mut Side<'_>, tell: mpsc::Sender<Look>) {
        let look = Look {
            cpu: cpu_of_thread(),
            packets: self.packets.clone(),
        };
        tell.send(look).expect("main waits");
    }

    /// The first call alone is looked at.
    fn wants_wire(&self) -> bool {
        self.packets.len() < N_MESSAGES
    }

    fn handle_wire(&mut self, wire: Wire) {
        self.packets.push((wire.direction, wire.bytes.len()));
    }
}

/// CPU time of a thread that receives and sends such packets, in step with another one.
fn floor(packets: Vec<(Direction, usize)>) -> Duration {
    let near = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let far = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let to = far.local_addr().expect("it is bound");
    far.connect(near.local_addr().expect("it is bound"))
        .expect("loopback");
    let far_packets = packets.clone();
    let other = thread::spawn(move || {
        let mut bytes = [0; 65_536];
        for (direction, n_bytes) in (0..N_MEASURED).flat_map(|_| &far_packets) {
            match direction {
                Direction::Received => far.send(&bytes[..*n_bytes]).expect("room"),
                Direction::Sent => far.recv(&mut bytes).expect("loopback loses nothing"),
            };
        }
    });
    let mut bytes = [0; 65_536];
    let before = cpu_of_thread();
    for (direction, n_bytes) in (0..N_MEASURED).flat_map(|_| &packets) {
        match direction {
            Direction::Received => {
                near.recv_from(&mut bytes).expect("loopback loses nothing");
            }
            Direction::Sent => {
                near.send_to(&bytes[..*n_bytes], to).expect("room");
            }
        }
    }
    let spent = cpu_of_thread() - before;
    other.join().expect("it has sent and received as many");
    spent
}
