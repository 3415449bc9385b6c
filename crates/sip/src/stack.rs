//! Matches messages to transactions (RFC 3261 17.1.3 and 17.2.3) and keeps their number within
//! limits. It owns the transactions, their timers and the branches of requests; it must not know
//! dialogs: a request that needs one is an event like any other.
//!
//! Responses go back on the flow of their request, and each request goes out on the flow that the
//! user names: Direct Routing forbids connection aliasing (RFC 5923), so nothing is guessed here.

mod machine;
mod matching;

use crate::admission::{Bucket, Sources};
use crate::flow::{Flow, FlowId, Transport};
use crate::header::{Name, Via};
use crate::message::{Message, Method, Request, Response};
use crate::transaction::{ClientInvite, ClientPlain, Timers, Wire};
use crate::uri::{HostPort, Params};
use crate::{Error, Micros};
use machine::Machine;
pub(crate) use matching::mix;
use matching::{ClientKey, ServerKey};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

/// Names a transaction of this stack; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransactionId(u64);

/// How much the stack holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Live transactions of both sides.
    pub transactions: usize,
    /// INVITEs without a final answer or without its ACK: what a flood piles up first.
    pub open_invites: usize,
    /// New INVITEs a second, over time and at once.
    pub invites_per_second: u32,
    pub invites_at_once: u32,
    /// Told to the peer with the 503.
    pub retry_after_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            transactions: 100_000,
            open_invites: 10_000,
            invites_per_second: 1_000,
            invites_at_once: 1_000,
            retry_after_seconds: 5,
        }
    }
}

/// Bytes for a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    pub flow: FlowId,
    pub bytes: Wire,
}

/// What the user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A new request, to be answered with [`Stack::respond`].
    Request {
        id: TransactionId,
        flow: Flow,
        request: Request,
    },
    /// An ACK to a 2xx: it belongs to a dialog, not to a transaction (RFC 3261 13.3.1.4).
    Ack {
        flow: Flow,
        request: Request,
    },
    /// The INVITE is to be given up: answer it with 487. The CANCEL itself is answered.
    Cancelled {
        id: TransactionId,
    },
    /// To a request of ours.
    Response {
        id: TransactionId,
        response: Response,
    },
    /// A 2xx that matches no transaction any more: a late fork or retransmission, which the
    /// dialog must acknowledge (RFC 3261 13.2.2.4, RFC 6026 7.2).
    StraySuccess {
        flow: Flow,
        response: Response,
    },
    TimedOut {
        id: TransactionId,
    },
    TransportFailed {
        id: TransactionId,
    },
    /// The last event of a transaction.
    Terminated {
        id: TransactionId,
    },
}

/// Messages that ended here, by reason; for the metrics of the shell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams of sources that are not permitted.
    pub n_foreign: u64,
    /// Not parsed, or responses without the essentials.
    pub n_malformed: u64,
    /// Requests answered with 400 or 505 here.
    pub n_bad_requests: u64,
    /// Requests answered with 503 here.
    pub n_overload: u64,
    /// Responses and ACKs of no transaction, and what does not match.
    pub n_stray: u64,
}

#[derive(Debug)]
enum Key {
    Client(ClientKey),
    Server(ServerKey),
}

#[derive(Debug)]
struct Transaction {
    machine: Machine,
    key: Key,
    flow: Flow,
    /// As it stands in `Stack::wakeups`.
    wakeup: Option<Micros>,
    is_open_invite: bool,
}

#[derive(Debug)]
pub struct Stack {
    limits: Limits,
    timers: Timers,
    seed: u64,
    n_branches: u64,
    n_transactions: u64,
    n_open_invites: usize,
    sources: Sources,
    invites: Bucket,
    transactions: BTreeMap<TransactionId, Transaction>,
    clients: BTreeMap<ClientKey, TransactionId>,
    servers: BTreeMap<ServerKey, TransactionId>,
    /// So that a broken connection costs what hangs on it.
    flows: BTreeSet<(FlowId, TransactionId)>,
    /// Ordered by time, so that a timer costs a look-up and never a walk over all transactions.
    wakeups: BTreeSet<(Micros, TransactionId)>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    counts: Counts,
}

impl Stack {
    /// `seed` makes branches and tags unlike those of other stacks and of an earlier run.
    #[must_use]
    pub fn new(seed: u64, limits: Limits, timers: Timers) -> Self {
        Self {
            limits,
            timers,
            seed,
            n_branches: 0,
            n_transactions: 0,
            n_open_invites: 0,
            sources: Sources::Any,
            invites: Bucket::new(limits.invites_per_second, limits.invites_at_once),
            transactions: BTreeMap::new(),
            clients: BTreeMap::new(),
            servers: BTreeMap::new(),
            flows: BTreeSet::new(),
            wakeups: BTreeSet::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// From now on datagrams of other sources are dropped unread. Connections are judged where they
    /// are accepted, by the same value.
    pub fn set_sources(&mut self, sources: Sources) {
        self.sources = sources;
    }

    /// A datagram has come. What cannot be parsed cannot be answered either, and is counted.
    pub fn handle_datagram(&mut self, now: Micros, flow: Flow, peer: SocketAddr, datagram: &[u8]) {
        if !self.sources.permits(peer.ip()) {
            self.counts.n_foreign += 1;
            return;
        }
        match Message::parse(datagram) {
            Ok(message) => self.handle_message(now, flow, peer, message),
            Err(Error::Empty) => {}
            Err(_) => self.counts.n_malformed += 1,
        }
    }

    /// A message has come, out of a datagram or a `message::Stream`.
    pub fn handle_message(&mut self, now: Micros, flow: Flow, peer: SocketAddr, message: Message) {
        match message {
            Message::Request(request) => self.handle_request(now, flow, peer, request),
            Message::Response(response) => self.handle_response(now, flow, response),
        }
    }

    /// Sends a request as a transaction of its own. The stack puts the Via on top.
    pub fn request(
        &mut self,
        now: Micros,
        flow: Flow,
        sent_by: &HostPort,
        mut request: Request,
    ) -> Result<TransactionId, Error> {
        if request.method == Method::Ack {
            return Err(Error::WrongState("an ACK to a 2xx is no transaction"));
        }
        let branch = self.next_branch();
        request
            .headers
            .push_front(Name::Via, via(flow.transport, sent_by, &branch).to_string());
        request.check()?;
        self.start_client(now, flow, branch, request)
    }

    /// Cancels an INVITE of ours: RFC 3261 9.1. The CANCEL is a transaction of its own.
    pub fn cancel(&mut self, now: Micros, id: TransactionId) -> Result<TransactionId, Error> {
        let transaction = self
            .transactions
            .get_mut(&id)
            .ok_or(Error::NoSuchTransaction)?;
        let Machine::ClientInvite(invite) = &mut transaction.machine else {
            return Err(Error::WrongState("only an INVITE of ours is cancelled"));
        };
        let (cancel, flow) = (invite.cancel(now)?, transaction.flow);
        self.settle(id);
        // 9.1: the CANCEL has the branch of its INVITE, the method tells them apart.
        let branch = cancel.check()?.via.branch().unwrap_or_default().to_owned();
        self.start_client(now, flow, branch, cancel)
    }

    /// Answers a request.
    pub fn respond(
        &mut self,
        now: Micros,
        id: TransactionId,
        response: &Response,
    ) -> Result<(), Error> {
        let transaction = self
            .transactions
            .get_mut(&id)
            .ok_or(Error::NoSuchTransaction)?;
        match &mut transaction.machine {
            Machine::ServerInvite(machine) => machine.respond(now, response)?,
            Machine::ServerPlain(machine) => machine.respond(now, response)?,
            Machine::ClientInvite(_) | Machine::ClientPlain(_) => {
                return Err(Error::WrongState("a request of ours is not answered by us"));
            }
        }
        self.settle(id);
        Ok(())
    }

    /// Sends an ACK to a 2xx. It gets a branch of its own (RFC 3261 13.2.2.4) and no transaction.
    pub fn acknowledge(
        &mut self,
        flow: Flow,
        sent_by: &HostPort,
        mut ack: Request,
    ) -> Result<(), Error> {
        if ack.method != Method::Ack {
            return Err(Error::WrongState("only an ACK goes without a transaction"));
        }
        let branch = self.next_branch();
        ack.headers
            .push_front(Name::Via, via(flow.transport, sent_by, &branch).to_string());
        ack.check()?;
        self.transmits.push_back(Transmit {
            flow: flow.id,
            bytes: ack.to_bytes().into(),
        });
        Ok(())
    }

    /// A connection broke or refused to send: every transaction on it learns that.
    pub fn handle_transport_error(&mut self, flow: FlowId) {
        let on_flow = (flow, TransactionId(0))..=(flow, TransactionId(u64::MAX));
        let ids: Vec<TransactionId> = self.flows.range(on_flow).map(|(_, id)| *id).collect();
        for id in ids {
            if let Some(transaction) = self.transactions.get_mut(&id) {
                transaction.machine.handle_transport_error();
            }
            self.settle(id);
        }
    }

    /// Fires every timer that is due.
    pub fn handle_timeout(&mut self, now: Micros) {
        while let Some(&(at, id)) = self.wakeups.first() {
            if at > now {
                return;
            }
            let Some(transaction) = self.transactions.get_mut(&id) else {
                self.wakeups.remove(&(at, id));
                continue;
            };
            transaction.machine.handle_timeout(now);
            self.settle(id);
        }
    }

    /// When and why to be woken.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        let (_, id) = self.wakeups.first()?;
        self.transactions.get(id)?.machine.poll_timeout()
    }

    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Live transactions; zero after every call has ended and its timers have passed.
    #[must_use]
    pub fn n_transactions(&self) -> usize {
        self.transactions.len()
    }

    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    fn start_client(
        &mut self,
        now: Micros,
        flow: Flow,
        branch: String,
        request: Request,
    ) -> Result<TransactionId, Error> {
        if self.transactions.len() >= self.limits.transactions {
            return Err(Error::Overloaded);
        }
        let key = ClientKey {
            branch,
            method: request.method.clone(),
        };
        if self.clients.contains_key(&key) {
            return Err(Error::WrongState("already cancelled"));
        }
        let (reliability, timers) = (flow.transport.reliability(), self.timers);
        let machine = if request.method == Method::Invite {
            Machine::ClientInvite(ClientInvite::new(now, request, reliability, timers))
        } else {
            Machine::ClientPlain(ClientPlain::new(now, &request, reliability, timers))
        };
        Ok(self.insert(machine, Key::Client(key), flow))
    }

    fn insert(&mut self, machine: Machine, key: Key, flow: Flow) -> TransactionId {
        let id = TransactionId(self.n_transactions);
        self.n_transactions += 1;
        match &key {
            Key::Client(key) => self.clients.insert(key.clone(), id),
            Key::Server(key) => self.servers.insert(key.clone(), id),
        };
        let transaction = Transaction {
            machine,
            key,
            flow,
            wakeup: None,
            is_open_invite: false,
        };
        self.flows.insert((flow.id, id));
        self.transactions.insert(id, transaction);
        self.settle(id);
        id
    }

    /// Takes out what a machine has to say, and files its next timer or forgets it.
    fn settle(&mut self, id: TransactionId) {
        let Some(transaction) = self.transactions.get_mut(&id) else {
            return;
        };
        let flow = transaction.flow;
        while let Some(bytes) = transaction.machine.poll_transmit() {
            self.transmits.push_back(Transmit {
                flow: flow.id,
                bytes,
            });
        }
        while let Some(event) = transaction.machine.poll_event(id, flow) {
            self.events.push_back(event);
        }
        let is_open = transaction.machine.is_open_invite();
        if is_open != transaction.is_open_invite {
            transaction.is_open_invite = is_open;
            self.n_open_invites = if is_open {
                self.n_open_invites + 1
            } else {
                self.n_open_invites - 1
            };
        }
        if let Some(at) = transaction.wakeup.take() {
            self.wakeups.remove(&(at, id));
        }
        if transaction.machine.is_terminated() {
            match &transaction.key {
                Key::Client(key) => self.clients.remove(key),
                Key::Server(key) => self.servers.remove(key),
            };
            self.flows.remove(&(flow.id, id));
            self.transactions.remove(&id);
        } else if let Some((at, _)) = transaction.machine.poll_timeout() {
            transaction.wakeup = Some(at);
            self.wakeups.insert((at, id));
        }
    }

    fn next_branch(&mut self) -> String {
        self.n_branches += 1;
        matching::branch(self.seed, self.n_branches)
    }
}

fn via(transport: Transport, sent_by: &HostPort, branch: &str) -> Via {
    let mut params = Params::default();
    params.set("branch", Some(branch));
    Via {
        transport: transport.as_str().to_owned(),
        sent_by: sent_by.clone(),
        params,
    }
}
