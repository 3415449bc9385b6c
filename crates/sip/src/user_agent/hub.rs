//! What all calls of a user agent share: transactions and whose they are, connections, tags, and
//! how messages of ours look. It must not know what a call is about.

use super::{CallId, Event, Settings};
use crate::digest::{self, Credentials};
use crate::flow::{Flow, FlowId, Hop, Transport};
use crate::header::Name;
use crate::message::{Method, Request, Response};
use crate::stack::{Stack, TransactionId, mix};
use crate::uri::HostPort;
use crate::{Error, Micros};
use std::collections::{BTreeMap, VecDeque};

/// Whom a transaction of ours belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Call(CallId),
    /// A probe, by the number that the user gave it.
    Probe(u64),
    /// Whatever comes of it.
    Nobody,
}

/// A request of ours and the way that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// Our name in Via.
    pub(crate) name: HostPort,
    pub(crate) way: Way,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    Hop(Hop),
    /// The connection of a phone behind NAT, which cannot be reached by another one.
    Flow(Flow),
}

/// How a call that came in is gone back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Back {
    /// On the connection of a registered phone.
    Flow(Flow),
    /// As Contact or the route set says, by this transport where they name none: the one that it came by.
    Named(Transport),
}

impl Back {
    pub(crate) const fn transport(self) -> Transport {
        match self {
            Self::Flow(flow) => flow.transport,
            Self::Named(transport) => transport,
        }
    }
}

impl Way {
    pub(crate) const fn transport(&self) -> Transport {
        match self {
            Self::Hop(hop) => hop.transport,
            Self::Flow(flow) => flow.transport,
        }
    }
}

/// Direct Routing A.3: connections are renewed at least every hour.
const FLOW_AGE_MAX: Micros = 3_600_000_000;
/// Connections of ours at most; beyond it all are opened anew, so that nobody who writes a new
/// Contact into each call makes the table grow.
const HOPS_MAX: usize = 4_096;

#[derive(Debug)]
struct Opened {
    flow: Flow,
    since: Micros,
}

#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) stack: Stack,
    pub(crate) settings: Settings,
    pub(crate) events: VecDeque<Event>,
    seed: u64,
    n_tags: u64,
    n_flows: u64,
    hops: BTreeMap<Hop, Opened>,
    /// Targets that asked for a rest, and until when.
    rests: BTreeMap<Hop, Micros>,
    owners: BTreeMap<TransactionId, Owner>,
}

impl Hub {
    pub(crate) fn new(settings: Settings, seed: u64) -> Self {
        Self {
            stack: Stack::new(seed, settings.limits, settings.timers),
            settings,
            events: VecDeque::new(),
            seed,
            n_tags: 0,
            n_flows: 0,
            hops: BTreeMap::new(),
            rests: BTreeMap::new(),
            owners: BTreeMap::new(),
        }
    }

    /// A tag or Call-ID that nobody guesses who does not know the seed and no other has.
    pub(crate) fn tag(&mut self) -> String {
        self.n_tags += 1;
        format!("{:016x}{:x}", self.chance(self.n_tags), self.n_tags)
    }

    /// Chance out of the seed: the same for the same question.
    pub(crate) const fn chance(&self, question: u64) -> u64 {
        mix(self.seed.rotate_left(17) ^ mix(question))
    }

    pub(crate) fn send(
        &mut self,
        now: Micros,
        owner: Owner,
        path: &Path,
        mut request: Request,
    ) -> Result<TransactionId, Error> {
        self.sign(&mut request.headers, &Name::UserAgent);
        let flow = self.flow(now, &path.way);
        let id = self.stack.request(now, flow, &path.name, request)?;
        self.owners.insert(id, owner);
        Ok(id)
    }

    /// The CANCEL is nobody's: its INVITE tells how it ended.
    pub(crate) fn cancel(&mut self, now: Micros, id: TransactionId) -> Result<(), Error> {
        self.stack.cancel(now, id).map(|_| ())
    }

    /// An ACK that cannot be sent is sent again when the 2xx comes again.
    pub(crate) fn acknowledge(&mut self, now: Micros, path: &Path, ack: Request) {
        let flow = self.flow(now, &path.way);
        self.stack
            .acknowledge(flow, &path.name, ack)
            .unwrap_or_default();
    }

    /// Where the transaction has ended, nobody waits for the response any more.
    pub(crate) fn respond(&mut self, now: Micros, id: TransactionId, response: &Response) {
        self.stack.respond(now, id, response).unwrap_or_default();
    }

    /// A response with the headers that all of ours have. `tag` goes where the request has none.
    pub(crate) fn response(&self, request: &Request, status: u16, tag: &str) -> Option<Response> {
        let mut response = Response::to(request, status, tag).ok()?;
        self.sign(&mut response.headers, &Name::Server);
        Some(response)
    }

    /// Answers with a status and no more.
    pub(crate) fn refuse(
        &mut self,
        now: Micros,
        id: TransactionId,
        request: &Request,
        status: u16,
    ) {
        self.refuse_with(now, id, request, status, &[]);
    }

    pub(crate) fn refuse_with(
        &mut self,
        now: Micros,
        id: TransactionId,
        request: &Request,
        status: u16,
        headers: &[(Name, String)],
    ) {
        let tag = self.tag();
        if let Some(mut response) = self.response(request, status, &tag) {
            for (name, value) in headers {
                response.headers.push(name.clone(), value);
            }
            self.respond(now, id, &response);
        }
    }

    fn sign(&self, headers: &mut crate::header::Headers, product: &Name) {
        headers.set(product, &self.settings.product);
        if let Some(sbc) = &self.settings.sbc {
            headers.set(&Name::XMsSbc, sbc);
        }
    }

    pub(crate) fn owner(&self, id: TransactionId) -> Option<Owner> {
        self.owners.get(&id).copied()
    }

    pub(crate) fn own(&mut self, id: TransactionId, owner: Owner) {
        self.owners.insert(id, owner);
    }

    pub(crate) fn forget(&mut self, id: TransactionId) -> Option<Owner> {
        self.owners.remove(&id)
    }

    /// The name under which a request came to us, if it is one of ours, with our port of this transport.
    pub(crate) fn name_of(&self, request: &Request, transport: Transport) -> HostPort {
        let ours = &self.settings.name;
        let host = request.uri.as_sip().map(|uri| uri.host.host.as_str());
        let known = self.settings.other_names.iter();
        let named = known
            .into_iter()
            .find(|name| host.is_some_and(|host| host.eq_ignore_ascii_case(name)));
        HostPort {
            host: named.unwrap_or(&ours.host).clone(),
            port: self.settings.port(transport),
        }
    }

    /// Whether a host is one of our names.
    pub(crate) fn is_ours(&self, host: &str) -> bool {
        let others = self.settings.other_names.iter();
        let mut names = others.chain([&self.settings.name.host]);
        names.any(|name| name.eq_ignore_ascii_case(host))
    }

    /// Contact of ours on a transport, with the user part that the other side knows us by.
    pub(crate) fn contact(
        &self,
        transport: Transport,
        name: &HostPort,
        user: Option<&str>,
    ) -> String {
        let transport = transport.parameter();
        match user {
            Some(user) => format!("<sip:{user}@{name};transport={transport}>"),
            None => format!("<sip:{name};transport={transport}>"),
        }
    }

    fn flow(&mut self, now: Micros, way: &Way) -> Flow {
        let hop = match way {
            Way::Flow(flow) => return *flow,
            Way::Hop(hop) => hop,
        };
        if let Some(opened) = self.hops.get(hop) {
            if now - opened.since < FLOW_AGE_MAX {
                return opened.flow;
            }
            self.retire(&hop.clone());
        }
        if self.hops.len() >= HOPS_MAX {
            self.retire_all();
        }
        self.n_flows += 1;
        let id = FlowId::Opened(self.n_flows);
        let flow = Flow {
            id,
            transport: hop.transport,
        };
        self.hops.insert(hop.clone(), Opened { flow, since: now });
        self.events.push_back(Event::Open {
            flow: id,
            hop: hop.clone(),
        });
        flow
    }

    /// The next request to this hop opens a new connection: after an hour, a 503 with Retry-After
    /// (A.7), or a change of our certificate (A.2).
    pub(crate) fn retire(&mut self, hop: &Hop) {
        if let Some(opened) = self.hops.remove(hop) {
            let flow = opened.flow.id;
            self.events.push_back(Event::Retire { flow });
        }
    }

    /// RFC 3261 21.5.4: the target is asked last for so long, and on a new connection then.
    pub(crate) fn rest(&mut self, now: Micros, hop: &Hop, seconds: u32) {
        self.rests.retain(|_, until| *until > now);
        let until = now + Micros::from(seconds) * 1_000_000;
        self.rests.insert(hop.clone(), until);
        self.retire(hop);
    }

    pub(crate) fn rests(&self, now: Micros, hop: &Hop) -> bool {
        self.rests.get(hop).is_some_and(|until| *until > now)
    }

    pub(crate) fn retire_all(&mut self) {
        let hops: Vec<Hop> = self.hops.keys().cloned().collect();
        for hop in hops {
            self.retire(&hop);
        }
    }

    pub(crate) fn flow_failed(&mut self, flow: FlowId) {
        self.hops.retain(|_, opened| opened.flow.id != flow);
        self.stack.handle_transport_error(flow);
    }

    /// The same request with an answer to a challenge, where we have one (RFC 3261 22.2).
    pub(crate) fn with_credentials(
        &mut self,
        request: &Request,
        response: &Response,
        credentials: &[Credentials],
    ) -> Option<Request> {
        let nonce = self.tag();
        digest::respond(request, response, credentials, &nonce)
    }

    pub(crate) fn n_owners(&self) -> usize {
        self.owners.len()
    }

    /// Whether we let a request of this method in at all.
    pub(crate) fn allows(&self, method: &Method) -> bool {
        self.settings.allowed().contains(method) || *method == Method::Register
    }
}
