//! A whole SIP side of one process: transactions, calls, connections, and nothing that touches a
//! socket. Messages and time go in; messages, orders to open connections, and facts about calls
//! come out. It must not know contacts, queues or media; what is decided about a call is told to it.
//!
//! Driven like the machines below it: `handle_*` takes what happened, orders (`call`, `answer`,
//! `hang_up` ...) say what is wanted, then `poll_transmit`, `poll_event` and `poll_timeout` are
//! asked until they have nothing more.

mod asking;
mod event;
pub(crate) mod hub;
mod screening;
mod settings;

use crate::admission::Sources;
use crate::call::{Call, Outgoing, Silence};
use crate::flow::{Flow, FlowId, Hop};
use crate::header::{Address, Name, Reason};
use crate::message::{Message, Method, Request, Response};
use crate::stack::{self, Counts, TransactionId, Transmit};
use crate::uri::{HostPort, Uri};
use crate::{Error, Farewell, Micros};
use hub::{Hub, Owner, Path, Way};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

pub use asking::Registration;
pub use event::{Cause, End, Event};
pub use settings::{Probes, SessionTimers, Settings, Transfers};

/// Names a call of this user agent; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(u64);

/// What one user agent holds; all zero after every call has ended and its timers have passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    pub n_calls: usize,
    pub n_transactions: usize,
    pub n_owners: usize,
    pub n_tags: usize,
    pub n_origins: usize,
    pub n_wakeups: usize,
}

/// What makes an INVITE the same one that came by another way (RFC 3261 8.2.2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    call_id: String,
    from_tag: String,
    cseq: u32,
}

#[derive(Debug)]
struct Slot {
    call: Call,
    /// As it stands in `UserAgent::wakeups`.
    wakeup: Option<Micros>,
    origin: Option<Origin>,
}

#[derive(Debug)]
pub struct UserAgent {
    hub: Hub,
    n_calls: u64,
    calls: BTreeMap<CallId, Slot>,
    tags: BTreeMap<String, CallId>,
    /// Calls by the transaction of their INVITE, and INVITEs that may come by a second way.
    origins: BTreeMap<Origin, CallId>,
    wakeups: BTreeSet<(Micros, CallId)>,
    /// Connections of registered phones: what goes to them goes there.
    phones: BTreeSet<FlowId>,
    /// Registrations of ours that wait for their answer, by the number that they were given.
    asked: BTreeMap<u64, asking::Asked>,
}

impl UserAgent {
    /// `seed` makes tags, branches and Call-IDs unlike those of others and of an earlier run.
    #[must_use]
    pub fn new(settings: Settings, seed: u64) -> Self {
        Self {
            hub: Hub::new(settings, seed),
            n_calls: 0,
            calls: BTreeMap::new(),
            tags: BTreeMap::new(),
            origins: BTreeMap::new(),
            wakeups: BTreeSet::new(),
            phones: BTreeSet::new(),
            asked: BTreeMap::new(),
        }
    }

    /// Further names of ours from now on; calls that stand keep theirs.
    pub fn set_other_names(&mut self, names: Vec<String>) {
        self.hub.settings.other_names = names;
    }

    pub fn set_sources(&mut self, sources: Sources) {
        self.hub.stack.set_sources(sources);
    }

    pub fn handle_datagram(&mut self, now: Micros, flow: Flow, peer: SocketAddr, datagram: &[u8]) {
        self.hub.stack.handle_datagram(now, flow, peer, datagram);
        self.drain(now);
    }

    /// A message out of a `message::Stream`.
    pub fn handle_message(&mut self, now: Micros, flow: Flow, peer: SocketAddr, message: Message) {
        self.hub.stack.handle_message(now, flow, peer, message);
        self.drain(now);
    }

    /// Answers 503 to a request over the rate of its source ([`crate::admission::PerSource`]), without a transaction.
    pub fn turn_away(&mut self, flow: Flow, request: &Request) {
        self.hub.stack.turn_away(flow, request);
    }

    /// A connection could not be opened, broke, or was closed by the other side.
    pub fn handle_flow_failed(&mut self, now: Micros, flow: FlowId) {
        self.phones.remove(&flow);
        self.hub.flow_failed(flow);
        self.drain(now);
    }

    pub fn handle_timeout(&mut self, now: Micros) {
        self.hub.stack.handle_timeout(now);
        self.drain(now);
        while let Some(&(at, id)) = self.wakeups.first() {
            if at > now {
                return;
            }
            self.with(id, |call, hub| call.handle_timeout(now, hub));
            self.drain(now);
        }
    }

    #[must_use]
    pub fn poll_timeout(&self) -> Option<Micros> {
        let calls = self.wakeups.first().map(|(at, _)| *at);
        let stack = self.hub.stack.poll_timeout().map(|(at, _)| at);
        [calls, stack].into_iter().flatten().min()
    }

    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.hub.stack.poll_transmit()
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.hub.events.pop_front()
    }

    /// Begins a call.
    pub fn call(&mut self, now: Micros, outgoing: Outgoing) -> Result<CallId, Error> {
        if self.calls.len() >= self.hub.settings.calls_max {
            return Err(Error::Overloaded);
        }
        let id = self.next_call();
        let call = Call::start(now, &mut self.hub, id, outgoing)?;
        self.insert(call, None);
        self.drain(now);
        Ok(id)
    }

    /// Tells the caller that it rings; with a description it hears early media.
    pub fn ring(
        &mut self,
        now: Micros,
        id: CallId,
        status: u16,
        sdp: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.ring(now, hub, status, sdp))
    }

    /// Answers a call that came in. The call that it replaces, if any, is ended.
    pub fn answer(&mut self, now: Micros, id: CallId, sdp: Vec<u8>) -> Result<(), Error> {
        let replaced = self.order(now, id, |call, hub| call.answer(now, hub, sdp))?;
        if let Some(replaced) = replaced {
            let end = End::new(Cause::Replaced);
            self.with(replaced, |call, hub| call.hang_up(now, hub, end, None));
            self.drain(now);
        }
        Ok(())
    }

    /// Refuses a call that came in, with a status from 300 on.
    pub fn refuse_call(
        &mut self,
        now: Micros,
        id: CallId,
        status: u16,
        reason: Option<&Reason>,
    ) -> Result<(), Error> {
        if !(300..700).contains(&status) {
            return Err(Error::WrongState("a refusal has a status from 300 to 699"));
        }
        let end = End::with_status(Cause::Ours, status);
        self.order(now, id, |call, hub| {
            call.hang_up(now, hub, end, reason);
            Ok(())
        })
    }

    /// Refuses a call that came in with headers of one's own: a challenge, Retry-After, a text with the cause.
    pub fn refuse_call_with(
        &mut self,
        now: Micros,
        id: CallId,
        status: u16,
        headers: &[(Name, String)],
    ) -> Result<(), Error> {
        if !(300..700).contains(&status) {
            return Err(Error::WrongState("a refusal has a status from 300 to 699"));
        }
        self.order(now, id, |call, hub| {
            call.refuse_with(now, hub, status, headers)
        })
    }

    /// Ends a call in whatever state it is: BYE, CANCEL or a refusal. [`Event::Ended`] comes at once.
    pub fn hang_up(
        &mut self,
        now: Micros,
        id: CallId,
        reason: Option<&Reason>,
    ) -> Result<(), Error> {
        self.order(now, id, |call, hub| {
            call.hang_up(now, hub, End::new(Cause::Ours), reason);
            Ok(())
        })
    }

    /// How another process would end a call that is up, if this one is gone by then.
    #[must_use]
    pub fn farewell(&self, id: CallId) -> Option<Farewell> {
        self.calls.get(&id)?.call.farewell()
    }

    /// Ends a call of a process that is gone. Whether the other side has heard it nobody is told; a challenge stays
    /// unanswered.
    pub fn bid(&mut self, now: Micros, farewell: &Farewell, reason: &Reason) -> Result<(), Error> {
        let path = Path {
            name: farewell.name.clone(),
            way: Way::Hop(farewell.hop.clone()),
        };
        self.hub
            .send(now, Owner::Nobody, &path, farewell.saying(reason))?;
        Ok(())
    }

    /// Offers a new description in a call that is up (hold, for example); sent in its turn.
    pub fn offer(&mut self, now: Micros, id: CallId, sdp: Vec<u8>) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.offer(now, hub, sdp))
    }

    /// Answers [`Event::Offered`].
    pub fn agree(&mut self, now: Micros, id: CallId, sdp: Vec<u8>) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.agree(now, hub, sdp))
    }

    /// Refuses [`Event::Offered`]; the call stands as it was.
    pub fn refuse(&mut self, now: Micros, id: CallId, status: u16) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.refuse_offer(now, hub, status))
    }

    /// Asks the other side to call somebody else (RFC 3515).
    pub fn refer(
        &mut self,
        now: Micros,
        id: CallId,
        refer_to: &str,
        referred_by: Option<&str>,
    ) -> Result<(), Error> {
        self.order(now, id, |call, hub| {
            call.refer(now, hub, refer_to, referred_by)
        })
    }

    pub fn accept_refer(&mut self, now: Micros, id: CallId) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.accept_refer(now, hub))
    }

    pub fn refuse_refer(&mut self, now: Micros, id: CallId, status: u16) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.refuse_refer(now, hub, status))
    }

    /// Tells the other side how the call goes that it asked for.
    pub fn report_refer(&mut self, now: Micros, id: CallId, status: u16) -> Result<(), Error> {
        self.order(now, id, |call, hub| call.report_refer(now, hub, status))
    }

    /// Looks whether a target is there. Contact is ours without a user part: Teams looks at it
    /// first, and probes back by it (Direct Routing A.4). The number comes back with the answer.
    pub fn probe(&mut self, now: Micros, probe: u64, target: &Hop, uri: Uri) -> Result<(), Error> {
        let host = self.hub.settings.name.host.clone();
        self.probe_as(now, probe, target, uri, host)
    }

    /// The same under another name of ours: each tenant knows us by its own (A.5).
    pub fn probe_as(
        &mut self,
        now: Micros,
        probe: u64,
        target: &Hop,
        uri: Uri,
        host: String,
    ) -> Result<(), Error> {
        let port = self.hub.settings.port(target.transport);
        let name = HostPort { host, port };
        let from = Uri::parse(&format!("sip:{name}"))?;
        let tag = self.hub.tag();
        let call_id = self.hub.tag();
        let mut options = Request::new(Method::Options, uri.clone());
        let headers = &mut options.headers;
        headers.push(Name::MaxForwards, "70");
        headers.push(
            Name::From,
            crate::dialog::with_tag(Address::new(from), &tag),
        );
        headers.push(Name::To, Address::new(uri).to_string());
        headers.push(Name::CallId, call_id);
        headers.push(Name::CSeq, "1 OPTIONS");
        headers.push(
            Name::Contact,
            self.hub.contact(target.transport, &name, None),
        );
        headers.push(Name::Accept, crate::body::SDP);
        let way = Way::Hop(target.clone());
        self.hub
            .send(now, Owner::Probe(probe), &Path { name, way }, options)?;
        Ok(())
    }

    /// Answers a request outside of calls ([`Event::RegisterAsked`], [`Event::Probed`] with a number).
    pub fn reply(
        &mut self,
        now: Micros,
        id: TransactionId,
        response: &Response,
    ) -> Result<(), Error> {
        self.hub.stack.respond(now, id, response)?;
        self.drain(now);
        Ok(())
    }

    /// A response to such a request, with a tag and the headers that all of ours have.
    pub fn response(&mut self, request: &Request, status: u16) -> Result<Response, Error> {
        let tag = self.hub.tag();
        self.hub
            .response(request, status, &tag)
            .ok_or(Error::Malformed("status code"))
    }

    /// From now on calls with the phone on this connection use it both ways.
    pub fn keep_flow(&mut self, flow: FlowId) {
        self.phones.insert(flow);
    }

    pub fn release_flow(&mut self, flow: FlowId) {
        self.phones.remove(&flow);
    }

    /// Every next request opens a new connection: our certificate has changed (A.2).
    pub fn retire_flows(&mut self) {
        self.hub.retire_all();
    }

    #[must_use]
    pub fn sizes(&self) -> Sizes {
        Sizes {
            n_calls: self.calls.len(),
            n_transactions: self.hub.stack.n_transactions(),
            n_owners: self.hub.n_owners(),
            n_tags: self.tags.len(),
            n_origins: self.origins.len(),
            n_wakeups: self.wakeups.len(),
        }
    }

    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.hub.stack.counts()
    }

    fn next_call(&mut self) -> CallId {
        self.n_calls += 1;
        CallId(self.n_calls)
    }

    fn insert(&mut self, call: Call, origin: Option<Origin>) {
        let id = CallId(self.n_calls);
        self.tags.insert(call.tag().to_owned(), id);
        if let Some(origin) = &origin {
            self.origins.insert(origin.clone(), id);
        }
        self.calls.insert(
            id,
            Slot {
                call,
                wakeup: None,
                origin,
            },
        );
        self.settle(id);
    }

    fn order<T>(
        &mut self,
        now: Micros,
        id: CallId,
        order: impl FnOnce(&mut Call, &mut Hub) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let slot = self.calls.get_mut(&id).ok_or(Error::NoSuchCall)?;
        let result = order(&mut slot.call, &mut self.hub);
        self.settle(id);
        self.drain(now);
        result
    }

    fn with(&mut self, id: CallId, act: impl FnOnce(&mut Call, &mut Hub)) {
        if let Some(slot) = self.calls.get_mut(&id) {
            act(&mut slot.call, &mut self.hub);
            self.settle(id);
        }
    }

    /// Files the next deadline of a call, or forgets the call.
    fn settle(&mut self, id: CallId) {
        let Some(slot) = self.calls.get_mut(&id) else {
            return;
        };
        if let Some(at) = slot.wakeup.take() {
            self.wakeups.remove(&(at, id));
        }
        if slot.call.is_over() {
            self.tags.remove(slot.call.tag());
            if let Some(origin) = &slot.origin {
                self.origins.remove(origin);
            }
            self.calls.remove(&id);
        } else if let Some(at) = slot.call.deadline() {
            slot.wakeup = Some(at);
            self.wakeups.insert((at, id));
        }
    }

    /// Gives what the transactions say to whom it concerns.
    fn drain(&mut self, now: Micros) {
        while let Some(event) = self.hub.stack.poll_event() {
            match event {
                stack::Event::Request { id, flow, request } => {
                    self.handle_request(now, id, flow, request)
                }
                stack::Event::Ack { request, .. } => {
                    if let Some(call) = self.call_of(&request) {
                        self.with(call, |call, hub| call.handle_ack(now, hub, &request));
                    }
                }
                stack::Event::Cancelled { id } => self.handle_cancelled(now, id),
                stack::Event::Response { id, response } => self.handle_response(now, id, response),
                stack::Event::StraySuccess { response, .. } => self.handle_stray(now, &response),
                stack::Event::TimedOut { id } => self.handle_silence(now, id, Silence::TimedOut),
                stack::Event::TransportFailed { id } => {
                    self.handle_silence(now, id, Silence::TransportFailed);
                }
                stack::Event::Terminated { id } => {
                    if let Some(Owner::Call(call)) = self.hub.forget(id) {
                        self.with(call, |call, _| call.handle_terminated(id));
                    }
                }
            }
        }
    }

    fn call_of(&self, request: &Request) -> Option<CallId> {
        let to = request.headers.address(&Name::To).ok()?;
        self.tags.get(to.tag()?).copied()
    }

    fn handle_response(&mut self, now: Micros, id: TransactionId, response: Response) {
        match self.hub.owner(id) {
            Some(Owner::Call(call)) => {
                self.with(call, |call, hub| {
                    call.handle_response(now, hub, id, response)
                });
            }
            Some(Owner::Probe(probe)) if !response.is_provisional() => {
                self.handle_asked(now, probe, &response);
            }
            Some(Owner::Probe(_) | Owner::Nobody) | None => {}
        }
    }

    fn handle_stray(&mut self, now: Micros, response: &Response) {
        let from = response.headers.address(&Name::From);
        let call = from
            .ok()
            .and_then(|from| self.tags.get(from.tag()?).copied());
        if let Some(call) = call {
            self.with(call, |call, hub| {
                call.handle_stray_success(now, hub, response)
            });
        }
    }

    fn handle_silence(&mut self, now: Micros, id: TransactionId, silence: Silence) {
        match self.hub.owner(id) {
            Some(Owner::Call(call)) => {
                self.with(call, |call, hub| call.handle_silence(now, hub, id, silence));
            }
            Some(Owner::Probe(probe)) => self.handle_unanswered(probe),
            Some(Owner::Nobody) | None => {}
        }
    }

    fn handle_cancelled(&mut self, now: Micros, id: TransactionId) {
        if let Some(Owner::Call(call)) = self.hub.owner(id) {
            self.with(call, |call, hub| call.handle_cancelled(now, hub, id));
        }
    }
}
