//! Non-INVITE client transaction: RFC 3261 17.1.2.

use super::{ClientEvent, Outbox, Reliability, Repeat, Timers, Wire, earlier};
use crate::Micros;
use crate::message::{Request, Response};

#[derive(Debug, Clone)]
enum State {
    Trying { e: Option<Repeat>, f: Micros },
    Proceeding { e: Option<Repeat>, f: Micros },
    Completed { k: Micros },
    Terminated,
}

#[derive(Debug, Clone)]
pub struct ClientPlain {
    wire: Wire,
    reliability: Reliability,
    timers: Timers,
    state: State,
    outbox: Outbox<ClientEvent>,
}

impl ClientPlain {
    /// Sends the request; its topmost Via already has the branch of this transaction.
    #[must_use]
    pub fn new(now: Micros, request: &Request, reliability: Reliability, timers: Timers) -> Self {
        let wire: Wire = request.to_bytes().into();
        let mut outbox = Outbox::default();
        outbox.transmit(&wire);
        let e = reliability.repeat(now, timers.t1);
        let state = State::Trying {
            e,
            f: now + timers.long(),
        };
        Self {
            wire,
            reliability,
            timers,
            state,
            outbox,
        }
    }

    /// A response that matches this transaction.
    pub fn handle_response(&mut self, now: Micros, response: Response) {
        let (e, f) = match &self.state {
            State::Trying { e, f } | State::Proceeding { e, f } => (*e, *f),
            // 17.1.2.2: retransmitted finals are absorbed.
            State::Completed { .. } | State::Terminated => return,
        };
        self.state = if response.is_provisional() {
            State::Proceeding { e, f }
        } else {
            State::Completed {
                k: now + self.reliability.linger(self.timers.t4),
            }
        };
        self.outbox.event(ClientEvent::Response(response));
        self.handle_timeout(now);
    }

    pub fn handle_timeout(&mut self, now: Micros) {
        let is_trying = matches!(self.state, State::Trying { .. });
        match &mut self.state {
            State::Trying { e, f } | State::Proceeding { e, f } => {
                if now >= *f {
                    self.end(ClientEvent::TimedOut);
                } else if let Some(repeat) = e
                    && now >= repeat.at
                {
                    let t2 = self.timers.t2;
                    let next = if is_trying {
                        (repeat.interval * 2).min(t2)
                    } else {
                        t2
                    };
                    repeat.advance(now, next);
                    self.outbox.transmit(&self.wire);
                }
            }
            State::Completed { k } => {
                if now >= *k {
                    self.terminate();
                }
            }
            State::Terminated => {}
        }
    }

    /// The transport could not send, or the connection broke before a final response.
    pub fn handle_transport_error(&mut self) {
        match self.state {
            State::Trying { .. } | State::Proceeding { .. } => {
                self.end(ClientEvent::TransportFailed);
            }
            State::Completed { .. } => self.terminate(),
            State::Terminated => {}
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
            State::Trying { e, f } | State::Proceeding { e, f } => earlier(
                e.map(|repeat| (repeat.at, "timer E")),
                Some((*f, "timer F")),
            ),
            State::Completed { k } => Some((*k, "timer K")),
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
