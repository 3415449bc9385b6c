//! INVITE client transaction: RFC 3261 17.1.1, with the Accepted state of RFC 6026 7.2 and 8.4.

use super::{ClientEvent, Outbox, Reliability, Repeat, Timers, Wire, earlier};
use crate::header::Name;
use crate::message::{Method, Request, Response};
use crate::{Error, Micros};

#[derive(Debug, Clone)]
enum State {
    Calling { a: Option<Repeat>, b: Micros },
    Proceeding { until: Micros, is_cancelled: bool },
    Completed { ack: Wire, d: Micros },
    Accepted { m: Micros },
    Terminated,
}

#[derive(Debug, Clone)]
pub struct ClientInvite {
    request: Request,
    wire: Wire,
    reliability: Reliability,
    timers: Timers,
    state: State,
    outbox: Outbox<ClientEvent>,
}

impl ClientInvite {
    /// Sends the INVITE; its topmost Via already has the branch of this transaction.
    #[must_use]
    pub fn new(now: Micros, request: Request, reliability: Reliability, timers: Timers) -> Self {
        let wire: Wire = request.to_bytes().into();
        let mut outbox = Outbox::default();
        outbox.transmit(&wire);
        let a = reliability.repeat(now, timers.t1);
        let state = State::Calling {
            a,
            b: now + timers.long(),
        };
        Self {
            request,
            wire,
            reliability,
            timers,
            state,
            outbox,
        }
    }

    /// A response that matches this transaction.
    pub fn handle_response(&mut self, now: Micros, response: Response) {
        match &self.state {
            State::Calling { .. } | State::Proceeding { .. } => self.first_responses(now, response),
            State::Completed { ack, .. } => {
                // 17.1.1.2: a retransmitted failure is acknowledged again and not passed up.
                if !response.is_provisional() && !response.is_success() {
                    self.outbox.transmit(&ack.clone());
                }
            }
            State::Accepted { .. } => {
                // RFC 6026 7.2: only 2xx are passed up; they are retransmissions or other forks.
                if response.is_success() {
                    self.outbox.event(ClientEvent::Response(response));
                }
            }
            State::Terminated => {}
        }
    }

    fn first_responses(&mut self, now: Micros, response: Response) {
        if response.is_provisional() {
            if !matches!(
                self.state,
                State::Proceeding {
                    is_cancelled: true,
                    ..
                }
            ) {
                self.state = State::Proceeding {
                    until: now + self.timers.ringing,
                    is_cancelled: false,
                };
            }
        } else if response.is_success() {
            self.state = State::Accepted {
                m: now + self.timers.long(),
            };
        } else {
            let ack: Wire = ack_for_failure(&self.request, &response).to_bytes().into();
            self.outbox.transmit(&ack);
            // Timer D is at least 32 s on UDP, whatever T1 is.
            let d = now + self.reliability.linger(32_000_000.max(self.timers.long()));
            self.state = State::Completed { ack, d };
        }
        self.outbox.event(ClientEvent::Response(response));
        self.handle_timeout(now);
    }

    pub fn handle_timeout(&mut self, now: Micros) {
        match &mut self.state {
            State::Calling { a, b } => {
                if now >= *b {
                    self.end(ClientEvent::TimedOut);
                } else if let Some(repeat) = a
                    && now >= repeat.at
                {
                    // 17.1.1.2: the interval doubles without the bound T2.
                    repeat.advance(now, repeat.interval * 2);
                    self.outbox.transmit(&self.wire);
                }
            }
            State::Proceeding { until, .. } => {
                if now >= *until {
                    self.end(ClientEvent::TimedOut);
                }
            }
            State::Completed { d: until, .. } | State::Accepted { m: until } => {
                if now >= *until {
                    self.terminate();
                }
            }
            State::Terminated => {}
        }
    }

    /// The transport could not send, or the connection broke before a final response.
    pub fn handle_transport_error(&mut self) {
        match self.state {
            State::Calling { .. } | State::Proceeding { .. } | State::Completed { .. } => {
                self.end(ClientEvent::TransportFailed);
            }
            // RFC 6026 8.4: the 2xx is there; the user's ACK fails for itself.
            State::Accepted { .. } => self.terminate(),
            State::Terminated => {}
        }
    }

    /// A CANCEL for this INVITE (RFC 3261 9.1), to be sent as a transaction of its own. Before a
    /// provisional response it must not be sent. Who does not answer the INVITE within 64*T1 then
    /// is given up, however often it says that it rings.
    pub fn cancel(&mut self, now: Micros) -> Result<Request, Error> {
        match self.state {
            State::Proceeding { .. } => {
                self.state = State::Proceeding {
                    until: now + self.timers.long(),
                    is_cancelled: true,
                };
                let mut cancel = derived(&self.request, Method::Cancel);
                if let Some(to) = self.request.headers.get(&Name::To) {
                    cancel.headers.push(Name::To, to);
                }
                Ok(cancel)
            }
            State::Calling { .. } => Err(Error::WrongState("no provisional response yet")),
            State::Completed { .. } | State::Accepted { .. } | State::Terminated => {
                Err(Error::WrongState("the INVITE has its final response"))
            }
        }
    }

    pub fn poll_transmit(&mut self) -> Option<Wire> {
        self.outbox.transmits.pop_front()
    }

    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.outbox.events.pop_front()
    }

    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        match &self.state {
            State::Calling { a, b } => earlier(
                a.map(|repeat| (repeat.at, "timer A")),
                Some((*b, "timer B")),
            ),
            State::Proceeding { until, .. } => Some((*until, "timer C")),
            State::Completed { d, .. } => Some((*d, "timer D")),
            State::Accepted { m } => Some((*m, "timer M")),
            State::Terminated => None,
        }
    }

    #[must_use]
    pub const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }

    fn end(&mut self, event: ClientEvent) {
        self.outbox.event(event);
        self.terminate();
    }

    fn terminate(&mut self) {
        self.state = State::Terminated;
        self.outbox.event(ClientEvent::Terminated);
    }
}

/// 17.1.1.3: the ACK to a failure is part of the transaction and has its branch; To is that of
/// the response, the rest that of the INVITE.
fn ack_for_failure(invite: &Request, response: &Response) -> Request {
    let mut ack = derived(invite, Method::Ack);
    if let Some(to) = response.headers.get(&Name::To) {
        ack.headers.push(Name::To, to);
    }
    ack
}

/// What ACK and CANCEL have in common with their INVITE (9.1, 17.1.1.3): all but To.
fn derived(invite: &Request, method: Method) -> Request {
    let mut request = Request::new(method.clone(), invite.uri.clone());
    if let Ok(via) = invite.headers.top_via() {
        request.headers.push(Name::Via, via.to_string());
    }
    for name in [Name::Route, Name::From, Name::CallId] {
        for value in invite.headers.all(&name) {
            request.headers.push(name.clone(), value);
        }
    }
    if let Ok(cseq) = invite.headers.cseq() {
        request
            .headers
            .push(Name::CSeq, format!("{} {method}", cseq.number));
    }
    request.headers.push(Name::MaxForwards, "70");
    request
}
