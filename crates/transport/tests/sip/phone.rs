//! A telephone as owner of a side: it rings and answers, tells what happens, and does what it is told.

use std::net::SocketAddr;
use std::time::Duration;
use tandem_sip::flow::{FlowId, Hop, Transport};
use tandem_sip::header::Address;
use tandem_sip::uri::{HostPort, Uri};
use tandem_sip::user_agent::{CallId, Event, Settings as Manners, UserAgent};
use tandem_sip::{Outgoing, Target};
use tandem_transport::sip::{
    Closing, Counts, Driver, Handle, Kind, Link, Listen, Names, Owner, Peer, Settings, Side,
    Sockets, Wire,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything takes that works, even on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 40000 RTP/SAVP 0\r\n\
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31\r\n\
    a=rtpmap:0 PCMU/8000\r\n";

type Act = Box<dyn FnOnce(&mut Side<'_>) + Send>;

/// What a telephone is told.
pub(crate) enum Order {
    Call(Box<Outgoing>, oneshot::Sender<CallId>),
    HangUp(CallId),
    Do(Act),
}

/// What it tells.
#[derive(Debug)]
pub(crate) enum Fact {
    Event(Event),
    Link(Link, Option<Peer>),
    Wire(Wire),
}

/// When a call of its own is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Talks,
    /// A call that it made it ends once it is answered, and tells nothing but the end.
    HangsUp,
    /// It tells each message as well.
    Traces,
}

pub(crate) struct Phone {
    facts: mpsc::UnboundedSender<Fact>,
    manner: Manner,
}

impl Phone {
    fn tell(&self, fact: Fact) {
        // A test that has seen enough does not listen any more.
        drop(self.facts.send(fact));
    }
}

impl Owner for Phone {
    type Order = Order;

    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        if let Event::Incoming { call, .. } = &event {
            side.ua.ring(side.now, *call, 180, None).unwrap();
            side.ua.answer(side.now, *call, SDP.into()).unwrap();
        }
        if self.manner == Manner::HangsUp {
            if let Event::Answered { call, .. } = &event {
                side.ua.hang_up(side.now, *call, None).unwrap();
            }
            if !matches!(event, Event::Ended { .. }) {
                return;
            }
        }
        self.tell(Fact::Event(event));
    }

    fn handle_order(&mut self, side: &mut Side<'_>, order: Order) {
        match order {
            Order::Call(outgoing, made) => {
                let call = side.ua.call(side.now, *outgoing).unwrap();
                made.send(call).unwrap_or_default();
            }
            Order::HangUp(call) => side.ua.hang_up(side.now, call, None).unwrap(),
            Order::Do(act) => act(side),
        }
    }

    fn handle_link(&mut self, side: &mut Side<'_>, link: &Link) {
        let flow = match link {
            Link::Accepted { flow } | Link::Opened { flow, .. } | Link::Closed { flow, .. } => flow,
        };
        let peer = side.peer(*flow).cloned();
        self.tell(Fact::Link(link.clone(), peer));
    }

    fn wants_wire(&self) -> bool {
        self.manner == Manner::Traces
    }

    fn handle_wire(&mut self, wire: Wire) {
        self.tell(Fact::Wire(wire));
    }
}

/// A telephone that runs, as a test holds it.
pub(crate) struct Line {
    pub(crate) handle: Handle<Order>,
    pub(crate) address: SocketAddr,
    pub(crate) host: String,
    pub(crate) transport: Transport,
    facts: mpsc::UnboundedReceiver<Fact>,
    task: JoinHandle<Phone>,
}

pub(crate) fn loopback() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// Settings with one listener on loopback.
pub(crate) fn settings(kind: Kind) -> Settings {
    Settings::new(vec![Listen::new(loopback(), kind)])
}

impl Line {
    /// One that is known by its address.
    pub(crate) async fn start(settings: Settings, manner: Manner) -> Self {
        Self::start_as("127.0.0.1", settings, manner).await
    }

    pub(crate) async fn start_as(host: &str, settings: Settings, manner: Manner) -> Self {
        let transport = settings.listeners[0].kind.transport();
        let sockets = Sockets::bind(settings).await.unwrap();
        let address = sockets.addresses().next().unwrap();
        let name = HostPort::parse(&format!("{host}:{}", address.port())).unwrap();
        let ua = UserAgent::new(Manners::new(name, transport), u64::from(address.port()));
        let (tell, facts) = mpsc::unbounded_channel();
        let phone = Phone {
            facts: tell,
            manner,
        };
        let (handle, driver) = Driver::new(sockets, ua, phone, 7);
        let task = tokio::spawn(driver.run());
        Self {
            handle,
            address,
            host: host.to_owned(),
            transport,
            facts,
            task,
        }
    }

    /// Both know each other by name from now on.
    pub(crate) async fn introduce(&self, other: &Self) {
        for (one, another) in [(self, other), (other, self)] {
            let mut names = Names::default();
            names.set(&another.host, vec![another.address]);
            one.handle.set_names(names).await.unwrap();
        }
    }

    pub(crate) fn outgoing(&self, to_host: &str, port: u16) -> Outgoing {
        let target = Target {
            hop: Hop {
                host: to_host.to_owned(),
                port,
                transport: self.transport,
            },
            uri: Uri::parse(&format!("sip:bob@{to_host}:{port}")).unwrap(),
            flow: None,
        };
        let name = HostPort::parse(&format!("{}:{}", self.host, self.address.port())).unwrap();
        let from = Address::parse(&format!("<sip:alice@{name}>")).unwrap();
        Outgoing::new(target, name, from, SDP.into())
    }

    pub(crate) async fn call(&self, other: &Self) -> CallId {
        self.call_to(&other.host, other.address.port()).await
    }

    pub(crate) async fn call_to(&self, host: &str, port: u16) -> CallId {
        let (made, call) = oneshot::channel();
        let outgoing = Box::new(self.outgoing(host, port));
        self.handle
            .order(Order::Call(outgoing, made))
            .await
            .unwrap();
        timeout(DEADLINE, call).await.unwrap().unwrap()
    }

    pub(crate) async fn hang_up(&self, call: CallId) {
        self.handle.order(Order::HangUp(call)).await.unwrap();
    }

    pub(crate) async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Side<'_>) -> T + Send + 'static,
    ) -> T {
        let (tell, told) = oneshot::channel();
        let act = Box::new(move |side: &mut Side<'_>| drop(tell.send(act(side))));
        self.handle.order(Order::Do(act)).await.unwrap();
        timeout(DEADLINE, told).await.unwrap().unwrap()
    }

    /// The next fact that is looked for; others before it are passed over.
    pub(crate) async fn until<T>(
        &mut self,
        what: &str,
        mut is_it: impl FnMut(&Fact) -> Option<T>,
    ) -> T {
        let mut seen = Vec::new();
        let found = timeout(DEADLINE, async {
            loop {
                let fact = self.facts.recv().await.expect("the driver runs");
                if let Some(found) = is_it(&fact) {
                    return found;
                }
                if !matches!(fact, Fact::Wire(_)) {
                    seen.push(format!("{fact:.200?}"));
                }
            }
        });
        found
            .await
            .unwrap_or_else(|_elapsed| panic!("no {what} came, but {seen:#?}"))
    }

    pub(crate) async fn until_answered(&mut self) -> CallId {
        self.until("answer", |fact| {
            if let Fact::Event(Event::Answered { call, .. }) = fact {
                Some(*call)
            } else {
                None
            }
        })
        .await
    }

    pub(crate) async fn until_confirmed(&mut self) -> CallId {
        self.until("confirmed call", |fact| {
            if let Fact::Event(Event::Confirmed { call, .. }) = fact {
                Some(*call)
            } else {
                None
            }
        })
        .await
    }

    /// The cause of the next end of a call.
    pub(crate) async fn until_ended(&mut self) -> tandem_sip::user_agent::Cause {
        self.until("end", |fact| {
            if let Fact::Event(Event::Ended { end, .. }) = fact {
                Some(end.cause)
            } else {
                None
            }
        })
        .await
    }

    /// Why the next connection that closes does.
    pub(crate) async fn until_closed(&mut self, what: &str) -> Closing {
        self.until(what, |fact| {
            if let Fact::Link(Link::Closed { why, .. }, _) = fact {
                Some(why.clone())
            } else {
                None
            }
        })
        .await
    }

    /// The next connection that stands, and who is at its other end.
    pub(crate) async fn until_link(&mut self) -> (FlowId, Peer) {
        self.until("connection", |fact| {
            if let Fact::Link(Link::Accepted { flow } | Link::Opened { flow, .. }, peer) = fact {
                Some((*flow, peer.clone().unwrap()))
            } else {
                None
            }
        })
        .await
    }

    pub(crate) async fn counts(&self) -> Counts {
        self.handle.counts().await.unwrap()
    }

    /// Looks until the counts are as they should be.
    pub(crate) async fn until_counts(&self, what: &str, is_it: impl Fn(&Counts) -> bool) {
        let looked = timeout(DEADLINE, async {
            while !is_it(&self.counts().await) {
                // poll: until the driver has counted what was sent to it
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        if looked.await.is_err() {
            panic!("never {what}: {:?}", self.counts().await);
        }
    }

    pub(crate) async fn stop(self) {
        self.handle.stop().await.unwrap();
        timeout(DEADLINE, self.task).await.unwrap().unwrap();
    }
}
