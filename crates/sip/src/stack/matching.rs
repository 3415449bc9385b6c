//! Which transaction a message belongs to, and what is answered without one.

use super::machine::Machine;
use super::{Event, Key, Stack, Transmit};
use crate::flow::Flow;
use crate::header::{MAGIC_COOKIE, Name};
use crate::message::{Essentials, Method, Request, Response};
use crate::transaction::{ServerInvite, ServerPlain};
use crate::uri::HostPort;
use crate::{Error, Micros};
use std::net::SocketAddr;

/// 17.1.3: the branch of the topmost Via and the method of CSeq.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClientKey {
    pub(super) branch: String,
    pub(super) method: Method,
}

/// 17.2.3: branch, sent-by, and the method, where ACK counts as INVITE.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ServerKey {
    branch: String,
    host: String,
    port: Option<u16>,
    method: Method,
}

impl ServerKey {
    fn new(branch: &str, sent_by: &HostPort, method: Method) -> Self {
        let host = sent_by.host.to_ascii_lowercase();
        Self {
            branch: branch.to_owned(),
            host,
            port: sent_by.port,
            method,
        }
    }
}

/// A branch that no other stack and no earlier one has: mixed from the seed and a counter, and
/// the counter itself, so that it cannot repeat within one seed.
pub(crate) fn branch(seed: u64, n: u64) -> String {
    format!("{MAGIC_COOKIE}{:016x}{n:x}", mix(seed ^ mix(n)))
}

/// The finalizer of `SplitMix64`: spreads, does not hide.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

impl Stack {
    /// Answers 503 to a request that its source has no right to send as often, without reading on; one that
    /// is not answered (an ACK) is dropped.
    pub fn turn_away(&mut self, flow: Flow, request: &Request) {
        self.refuse_overload(flow, request);
    }

    pub(super) fn handle_request(
        &mut self,
        now: Micros,
        flow: Flow,
        peer: SocketAddr,
        mut request: Request,
    ) {
        let essentials = match request.check() {
            Ok(essentials) => essentials,
            Err(error) => return self.refuse_bad(flow, &request, error),
        };
        let Some(branch) = essentials.via.branch() else {
            // RFC 3261 17.2.3 allows matching RFC 2543 peers by many headers. None is left in the
            // field, Teams is none, and the rules are a way to mix up two calls: refused.
            return self.refuse_bad(flow, &request, Error::Malformed("branch of RFC 2543"));
        };
        let is_ack = request.method == Method::Ack;
        let matched = if is_ack {
            Method::Invite
        } else {
            request.method.clone()
        };
        let key = ServerKey::new(branch, &essentials.via.sent_by, matched);
        note_source(&mut request, &essentials, peer);
        if is_ack {
            return self.handle_ack(now, flow, &key, request);
        }
        if let Some(&id) = self.servers.get(&key) {
            if let Some(transaction) = self.transactions.get_mut(&id) {
                match &mut transaction.machine {
                    Machine::ServerInvite(machine) => machine.handle_retransmission(),
                    Machine::ServerPlain(machine) => machine.handle_retransmission(),
                    Machine::ClientInvite(_) | Machine::ClientPlain(_) => {}
                }
            }
            return self.settle(id);
        }
        if self.is_overloaded(now, &request.method) {
            return self.refuse_overload(flow, &request);
        }
        if request.method == Method::Cancel {
            return self.handle_cancel(now, flow, key, &request);
        }
        self.start_server(now, flow, key, request);
    }

    pub(super) fn handle_response(&mut self, now: Micros, flow: Flow, response: Response) {
        let Ok(essentials) = response.check() else {
            self.counts.n_malformed += 1;
            return;
        };
        let key = essentials.via.branch().map(|branch| ClientKey {
            branch: branch.to_owned(),
            method: essentials.cseq.method.clone(),
        });
        let id = key.and_then(|key| self.clients.get(&key).copied());
        let Some((id, transaction)) = id.and_then(|id| Some((id, self.transactions.get_mut(&id)?)))
        else {
            if response.is_success() && essentials.cseq.method == Method::Invite {
                self.events
                    .push_back(Event::StraySuccess { flow, response });
            } else {
                self.counts.n_stray += 1;
            }
            return;
        };
        match &mut transaction.machine {
            Machine::ClientInvite(machine) => machine.handle_response(now, response),
            Machine::ClientPlain(machine) => machine.handle_response(now, response),
            Machine::ServerInvite(_) | Machine::ServerPlain(_) => {}
        }
        self.settle(id);
    }

    fn start_server(&mut self, now: Micros, flow: Flow, key: ServerKey, request: Request) {
        let (reliability, timers) = (flow.transport.reliability(), self.timers);
        let machine = if request.method == Method::Invite {
            match ServerInvite::new(&request, reliability, timers) {
                Ok(machine) => Machine::ServerInvite(machine),
                Err(error) => return self.refuse_bad(flow, &request, error),
            }
        } else {
            Machine::ServerPlain(ServerPlain::new(now, reliability, timers))
        };
        let id = self.insert(machine, Key::Server(key), flow);
        self.events.push_back(Event::Request { id, flow, request });
    }

    fn handle_ack(&mut self, now: Micros, flow: Flow, key: &ServerKey, ack: Request) {
        let Some(&id) = self.servers.get(key) else {
            // An ACK to a 2xx has a branch of its own.
            self.events.push_back(Event::Ack { flow, request: ack });
            return;
        };
        if let Some(transaction) = self.transactions.get_mut(&id)
            && let Machine::ServerInvite(machine) = &mut transaction.machine
        {
            machine.handle_ack(now, ack);
        }
        self.settle(id);
    }

    /// RFC 3261 9.2: 200 if there is an INVITE to cancel, whether or not it is answered already;
    /// else 481.
    fn handle_cancel(&mut self, now: Micros, flow: Flow, key: ServerKey, cancel: &Request) {
        let invite_key = ServerKey {
            method: Method::Invite,
            ..key.clone()
        };
        let invite = self.servers.get(&invite_key).copied();
        let is_unanswered = invite
            .and_then(|id| self.transactions.get(&id))
            .is_some_and(|transaction| match &transaction.machine {
                Machine::ServerInvite(machine) => machine.is_unanswered(),
                Machine::ClientInvite(_) | Machine::ClientPlain(_) | Machine::ServerPlain(_) => {
                    false
                }
            });
        let machine = Machine::ServerPlain(ServerPlain::new(
            now,
            flow.transport.reliability(),
            self.timers,
        ));
        let status = if invite.is_some() { 200 } else { 481 };
        let tag = self.stateless_tag(cancel);
        let id = self.insert(machine, Key::Server(key), flow);
        // The transaction is new and the status final, so neither step can fail; a CANCEL that
        // were not answered would only be repeated by its sender.
        if let Ok(response) = Response::to(cancel, status, &tag) {
            self.respond(now, id, &response).unwrap_or_default();
        }
        if let Some(id) = invite.filter(|_| is_unanswered) {
            self.events.push_back(Event::Cancelled { id });
        }
    }

    /// A CANCEL lightens the load, and a BYE ends a call: both get a tenth more room.
    fn is_overloaded(&mut self, now: Micros, method: &Method) -> bool {
        let limit = self.limits.transactions;
        match method {
            Method::Invite => {
                self.transactions.len() >= limit
                    || self.n_open_invites >= self.limits.open_invites
                    || !self.invites.take(now)
            }
            Method::Cancel | Method::Bye => self.transactions.len() >= limit + limit / 10,
            Method::Ack
            | Method::Options
            | Method::Register
            | Method::Prack
            | Method::Update
            | Method::Info
            | Method::Refer
            | Method::Notify
            | Method::Subscribe
            | Method::Message
            | Method::Publish
            | Method::Other(_) => self.transactions.len() >= limit,
        }
    }

    /// Without a transaction: a flood costs no memory (RFC 3261 21.5.4).
    fn refuse_overload(&mut self, flow: Flow, request: &Request) {
        self.counts.n_overload += 1;
        self.answer_stateless(flow, request, 503, self.limits.retry_after_seconds);
    }

    fn refuse_bad(&mut self, flow: Flow, request: &Request, error: Error) {
        self.counts.n_bad_requests += 1;
        let status = if error == Error::Version { 505 } else { 400 };
        self.answer_stateless(flow, request, status, 0);
    }

    /// RFC 3261 8.2.7. An ACK is never answered, and without a Via there is nowhere to answer to.
    fn answer_stateless(&mut self, flow: Flow, request: &Request, status: u16, retry_after: u32) {
        if request.method == Method::Ack || request.headers.get(&Name::Via).is_none() {
            return;
        }
        let tag = self.stateless_tag(request);
        let Ok(mut response) = Response::to(request, status, &tag) else {
            return;
        };
        if retry_after > 0 {
            response
                .headers
                .push(Name::RetryAfter, retry_after.to_string());
        }
        self.transmits.push_back(Transmit {
            flow: flow.id,
            bytes: response.to_bytes().into(),
        });
    }

    /// The same for every retransmission of a request, as 8.2.7 demands.
    fn stateless_tag(&self, request: &Request) -> String {
        let mut hash = mix(self.seed);
        for name in [Name::Via, Name::CallId, Name::CSeq, Name::From] {
            for byte in request.headers.get(&name).unwrap_or_default().bytes() {
                hash = mix(hash ^ u64::from(byte));
            }
        }
        format!("{hash:016x}")
    }
}

/// RFC 3261 18.2.1 and RFC 3581 4: where the request really came from goes into its top Via,
/// before anybody builds a response from it.
fn note_source(request: &mut Request, essentials: &Essentials, peer: SocketAddr) {
    let mut via = essentials.via.clone();
    let host = via.sent_by.host.trim_matches(['[', ']']);
    let is_same = host
        .parse()
        .is_ok_and(|address: std::net::IpAddr| address == peer.ip());
    let wants_port = via.params.get("rport").is_some();
    if is_same && !wants_port {
        return;
    }
    via.params.set("received", Some(&peer.ip().to_string()));
    if wants_port {
        via.params.set("rport", Some(&peer.port().to_string()));
    }
    // The Via was read a moment ago, so it can be replaced; if not, it stays as it was.
    request.headers.set_top_via(&via).unwrap_or_default();
}
