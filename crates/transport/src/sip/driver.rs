//! The one task that owns a user agent, its owner and all sockets. It sleeps until something comes or a time
//! is due, takes a batch of everything that is there, and then lets out all that user agent and owner have to
//! say. It must not know what a call is about; that is its owner's.

pub(super) mod line;
mod listening;
mod opening;
mod sending;

use super::clock::{Clock, micros};
use super::connection::Inbound;
use super::counts::{Counts, Dropped};
use super::handle::{Command, Handle};
use super::look_up::LOOK_UPS_MAX;
use super::owner::{Owner, Side};
use super::peer::{Closing, Link, ListenerId, Peer, Peers};
use super::settings::{Limits, Names};
use super::sockets::{Listener, Socket, Sockets};
use super::tls::ClientTls;
use super::wire::{Direction, Wire, masked};
use line::{End, Line, Way};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tandem_sip::Micros;
use tandem_sip::admission::PerSource;
use tandem_sip::flow::{Flow, FlowId};
use tandem_sip::message::{MESSAGE_BYTES_MAX, Message};
use tandem_sip::user_agent::{Event, UserAgent};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::Sleep;

/// Taken of one kind before the others have their turn.
const BATCH: usize = 128;
/// Messages of connections that wait for the driver; beyond it their senders wait.
const INBOUND_MAX: usize = 1_024;

/// Drives one side; see the module above.
pub struct Driver<O: Owner> {
    clock: Clock,
    now: Micros,
    ua: UserAgent,
    owner: O,
    listeners: Vec<Listener>,
    rates: Vec<Option<PerSource>>,
    /// Where a listener is to rest after an error, and until when.
    resting: Vec<Micros>,
    client: Option<ClientTls>,
    names: Names,
    limits: Limits,
    seed: u64,
    peers: Peers,
    n_accepted_ever: u64,
    /// Connections of others that stand.
    n_accepted: usize,
    n_per_source: HashMap<IpAddr, usize>,
    retiring: VecDeque<(Micros, FlowId)>,
    /// Flows of which the user agent does not know yet that they are gone.
    failed: Vec<FlowId>,
    counts: Counts,
    tasks: JoinSet<()>,
    look_ups: Arc<Semaphore>,
    wants_wire: Arc<AtomicBool>,
    inbound: mpsc::Receiver<Inbound>,
    tell: mpsc::Sender<Inbound>,
    commands: mpsc::Receiver<Command<O::Order>>,
    has_handles: bool,
    datagram: Vec<u8>,
}

/// What came while the driver slept.
struct Batch<T> {
    inbound: Vec<Inbound>,
    commands: Vec<Command<T>>,
}

/// Whether the driver goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

impl<O: Owner> Driver<O> {
    /// `seed` decides by chance which sources share a place in the table of rates; it must not be guessable.
    #[must_use]
    pub fn new(sockets: Sockets, ua: UserAgent, owner: O, seed: u64) -> (Handle<O::Order>, Self) {
        let limits = sockets.limits;
        let (commands, receiver) = mpsc::channel(limits.orders);
        let (tell, inbound) = mpsc::channel(INBOUND_MAX);
        let known = sockets.listeners.iter();
        let handle = Handle {
            commands,
            listeners: known
                .map(|listener| (listener.transport(), listener.address))
                .collect(),
        };
        let rates = sockets.listeners.iter();
        let rates = rates.map(|listener| listener.rate.map(|rate| PerSource::new(rate, seed)));
        let clock = Clock::start();
        let driver = Self {
            now: clock.now(),
            clock,
            ua,
            owner,
            rates: rates.collect(),
            resting: sockets.listeners.iter().map(|_| Micros::MIN).collect(),
            listeners: sockets.listeners,
            client: sockets.client,
            names: sockets.names,
            limits,
            seed,
            peers: Peers::new(limits.datagram_peers),
            n_accepted_ever: 0,
            n_accepted: 0,
            n_per_source: HashMap::new(),
            retiring: VecDeque::new(),
            failed: Vec::new(),
            counts: Counts::default(),
            tasks: JoinSet::new(),
            look_ups: Arc::new(Semaphore::new(LOOK_UPS_MAX)),
            wants_wire: Arc::new(AtomicBool::new(false)),
            inbound,
            tell,
            commands: receiver,
            has_handles: true,
            datagram: vec![0; MESSAGE_BYTES_MAX],
        };
        (handle, driver)
    }

    /// Runs until [`Handle::stop`] and gives the owner back. Without any handle left it runs on.
    pub async fn run(mut self) -> O {
        let mut batch = Batch {
            inbound: Vec::with_capacity(BATCH),
            commands: Vec::with_capacity(BATCH),
        };
        let sleep = tokio::time::sleep_until(self.clock.instant(self.now).into());
        let mut sleep = std::pin::pin!(sleep);
        let mut sleeps_until = self.now;
        self.settle();
        loop {
            let next = self.deadline();
            if let Some(at) = next
                && at != sleeps_until
            {
                sleep.as_mut().reset(self.clock.instant(at).into());
                sleeps_until = at;
            }
            let timer = next.map(|_| sleep.as_mut());
            poll_something(&mut self, &mut batch, timer).await;
            self.now = self.clock.now();
            if self.take(&mut batch) == Next::Stop {
                // Connections end with their tasks, and those with their set.
                return self.owner;
            }
        }
    }

    /// Takes what has come, in turns of its kinds, and lets out what follows from it.
    fn take(&mut self, batch: &mut Batch<O::Order>) -> Next {
        for inbound in batch.inbound.drain(..) {
            self.handle_inbound(inbound);
        }
        for listener in 0..self.listeners.len() {
            self.receive(ListenerId(listener));
        }
        if self.ua.poll_timeout().is_some_and(|at| at <= self.now) {
            self.ua.handle_timeout(self.now);
        }
        self.settle();
        for command in batch.commands.drain(..) {
            if self.handle_command(command) == Next::Stop {
                return Next::Stop;
            }
        }
        if self.owner.poll_timeout().is_some_and(|at| at <= self.now) {
            let (owner, mut side) = self.owner();
            owner.handle_timeout(&mut side);
        }
        self.retire_due();
        self.settle();
        let wants_wire = self.owner.wants_wire();
        self.wants_wire.store(wants_wire, Ordering::Relaxed);
        while self.tasks.try_join_next().is_some() {}
        Next::GoOn
    }

    fn handle_inbound(&mut self, inbound: Inbound) {
        match inbound {
            Inbound::Up {
                flow,
                remote,
                names,
            } => self.handle_up(flow, remote, names),
            Inbound::Message {
                flow,
                message,
                bytes,
            } => self.handle_message(flow, message, bytes),
            Inbound::LookedUp { flow, addresses } => self.handle_looked_up(flow, &addresses),
            Inbound::Closed { flow, why } => self.close(flow, why),
        }
    }

    fn handle_up(&mut self, flow: FlowId, remote: SocketAddr, names: Vec<String>) {
        let Some(line) = self.peers.lines.get_mut(&flow) else {
            return;
        };
        let (link, transport, listener) = match &line.end {
            End::Theirs(_, listener) => {
                let transport = self.listeners[listener.0].transport();
                (Link::Accepted { flow }, transport, Some(*listener))
            }
            End::Ours(hop) => {
                let (hop, transport) = (hop.clone(), hop.transport);
                (Link::Opened { flow, hop }, transport, None)
            }
        };
        line.peer = Some(Peer {
            address: remote,
            transport,
            listener,
            names,
        });
        let (owner, mut side) = self.owner();
        owner.handle_link(&mut side, &link);
    }

    fn handle_message(&mut self, flow: FlowId, message: Message, bytes: Option<Vec<u8>>) {
        let line = self.peers.lines.get(&flow);
        // It was closed while this waited: nobody could be answered.
        let Some(peer) = line.and_then(|line| line.peer.as_ref()) else {
            self.counts.add(Dropped::NoWay);
            return;
        };
        let (address, listener) = (peer.address, peer.listener);
        let flow = Flow {
            id: flow,
            transport: peer.transport,
        };
        self.counts.n_received += 1;
        if self.owner.wants_wire() {
            let bytes = bytes.unwrap_or_else(|| message.to_bytes());
            self.trace(flow.id, Direction::Received, Some(address), &bytes);
        }
        if let (Message::Request(request), Some(listener)) = (&message, listener)
            && sending::begins_something(request)
            && !self.admits(listener, address.ip())
        {
            self.counts.add(Dropped::OverRate);
            self.ua.turn_away(flow, request);
            return;
        }
        self.ua.handle_message(self.now, flow, address, message);
    }

    fn handle_command(&mut self, command: Command<O::Order>) -> Next {
        match command {
            Command::Order(order) => {
                let (owner, mut side) = self.owner();
                owner.handle_order(&mut side, order);
            }
            Command::Sources(listener, sources, done) => {
                self.set_sources(listener, sources);
                tell(done, ());
            }
            Command::Rate(listener, rate, done) => {
                self.rates[listener.0] = rate.map(|rate| PerSource::new(rate, self.seed));
                tell(done, ());
            }
            Command::ServerTls(listener, new, done) => {
                if let Socket::Connections { tls, .. } = &mut self.listeners[listener.0].socket {
                    *tls = Some(new);
                }
                tell(done, ());
            }
            Command::ClientTls(client, done) => {
                self.client = client;
                self.ua.retire_flows();
                tell(done, ());
            }
            Command::Names(names, done) => {
                self.names = names;
                tell(done, ());
            }
            Command::Counts(tell_counts) => tell(tell_counts, self.counts()),
            Command::Stop => return Next::Stop,
        }
        self.settle();
        Next::GoOn
    }

    fn counts(&self) -> Counts {
        let mut counts = self.counts;
        counts.n_accepted = self.n_accepted;
        counts.n_opened = self.peers.lines.len() - self.n_accepted;
        counts
    }

    /// Lets out all that there is to say, until nobody says anything more.
    fn settle(&mut self) {
        loop {
            let mut is_quiet = true;
            while let Some(event) = self.ua.poll_event() {
                is_quiet = false;
                if let Event::Open { flow, hop } = event {
                    self.open(flow, hop);
                } else if let Event::Retire { flow } = event {
                    let at = self.now.saturating_add(micros(self.limits.retired));
                    self.retiring.push_back((at, flow));
                } else {
                    let (owner, mut side) = self.owner();
                    owner.handle_event(&mut side, event);
                }
            }
            while let Some(transmit) = self.ua.poll_transmit() {
                is_quiet = false;
                self.send(transmit);
            }
            while let Some(flow) = self.failed.pop() {
                is_quiet = false;
                self.ua.handle_flow_failed(self.now, flow);
            }
            if is_quiet {
                return;
            }
        }
    }

    /// The end of a connection, once for each: owner and user agent are told.
    fn close(&mut self, flow: FlowId, why: Closing) {
        let Some(line) = self.peers.lines.remove(&flow) else {
            return;
        };
        if let Some(dropped) = dropped(&why, &line) {
            self.counts.add(dropped);
        }
        let abrupt = matches!(why, Closing::NotTaken | Closing::NotPermitted);
        if let Way::Connection { task, .. } = &line.way
            && abrupt
        {
            task.abort();
        }
        let hop = match line.end {
            End::Ours(hop) => Some(hop),
            End::Theirs(address, _) => {
                self.leave(address.ip());
                None
            }
        };
        let link = Link::Closed {
            flow,
            peer: line.peer,
            hop,
            why,
        };
        let (owner, mut side) = self.owner();
        owner.handle_link(&mut side, &link);
        self.failed.push(flow);
    }

    fn leave(&mut self, source: IpAddr) {
        self.n_accepted -= 1;
        if let Some(n) = self.n_per_source.get_mut(&source) {
            *n -= 1;
            if *n == 0 {
                self.n_per_source.remove(&source);
            }
        }
    }

    fn retire_due(&mut self) {
        while let Some((at, flow)) = self.retiring.front().copied() {
            if at > self.now {
                return;
            }
            self.retiring.pop_front();
            self.close(flow, Closing::Retired);
        }
    }

    fn trace(
        &mut self,
        flow: FlowId,
        direction: Direction,
        remote: Option<SocketAddr>,
        bytes: &[u8],
    ) {
        self.owner.handle_wire(Wire {
            at: self.now,
            flow,
            direction,
            remote,
            bytes: masked(bytes),
        });
    }

    fn owner(&mut self) -> (&mut O, Side<'_>) {
        let side = Side {
            now: self.now,
            ua: &mut self.ua,
            peers: &self.peers,
        };
        (&mut self.owner, side)
    }

    fn deadline(&self) -> Option<Micros> {
        let retiring = self.retiring.front().map(|(at, _)| *at);
        let resting = self.resting.iter().filter(|at| **at > self.now);
        let resting = resting.min().copied();
        [
            self.ua.poll_timeout(),
            self.owner.poll_timeout(),
            retiring,
            resting,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
        batch: &mut Batch<O::Order>,
        timer: Option<Pin<&mut Sleep>>,
    ) -> Poll<()> {
        let mut is_ready = self
            .inbound
            .poll_recv_many(context, &mut batch.inbound, BATCH)
            .is_ready();
        if self.has_handles {
            let polled = self
                .commands
                .poll_recv_many(context, &mut batch.commands, BATCH);
            self.has_handles = polled != Poll::Ready(0);
            is_ready |= polled.is_ready() && self.has_handles;
        }
        for listener in 0..self.listeners.len() {
            is_ready |= self.poll_listener(context, ListenerId(listener)).is_ready();
        }
        is_ready |= timer.is_some_and(|timer| timer.poll(context).is_ready());
        if is_ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl<O: Owner> std::fmt::Debug for Driver<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver")
            .field("listeners", &self.listeners)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

async fn poll_something<O: Owner>(
    driver: &mut Driver<O>,
    batch: &mut Batch<O::Order>,
    mut timer: Option<Pin<&mut Sleep>>,
) {
    poll_fn(|context| driver.poll(context, batch, timer.as_mut().map(Pin::as_mut))).await;
}

/// Who asked may have gone; then nobody waits for the answer.
fn tell<T>(asker: tokio::sync::oneshot::Sender<T>, answer: T) {
    drop(asker.send(answer));
}

/// Which count an end of a connection is, if any.
const fn dropped(why: &Closing, line: &Line) -> Option<Dropped> {
    let is_ours = matches!(line.end, End::Ours(_));
    match why {
        Closing::NoAddress
        | Closing::NoTls
        | Closing::NotConnected(_)
        | Closing::ConnectTimedOut => Some(Dropped::NotOpened),
        Closing::TooManyOpened => Some(Dropped::TooManyOpened),
        Closing::Handshake(_) | Closing::HandshakeTimedOut => Some(if is_ours {
            Dropped::NotOpened
        } else {
            Dropped::Handshake
        }),
        Closing::Idle => Some(Dropped::Idle),
        Closing::Slow => Some(Dropped::Slow),
        Closing::Malformed(_) => Some(Dropped::Malformed),
        Closing::NotTaken => Some(Dropped::NotTaken),
        Closing::NotPermitted => Some(Dropped::ForeignConnection),
        Closing::ByPeer | Closing::Broken(_) | Closing::Retired | Closing::Fault => None,
    }
}
