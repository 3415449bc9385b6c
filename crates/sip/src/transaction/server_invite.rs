//! INVITE server transaction: RFC 3261 17.2.1, with the Accepted state of RFC 6026 7.1.

use super::{Outbox, Reliability, Repeat, ServerEvent, Timers, Wire, earlier};
use crate::message::{Request, Response};
use crate::{Error, Micros};

#[derive(Debug, Clone)]
enum State {
    Proceeding {
        last: Wire,
    },
    Completed {
        response: Wire,
        g: Option<Repeat>,
        h: Micros,
    },
    Confirmed {
        i: Micros,
    },
    Accepted {
        l: Micros,
    },
    Terminated,
}

#[derive(Debug, Clone)]
pub struct ServerInvite {
    reliability: Reliability,
    timers: Timers,
    state: State,
    outbox: Outbox<ServerEvent>,
}

impl ServerInvite {
    /// An INVITE has come; the stack has passed it to the user. The 100 goes out at once and not
    /// after 200 ms (17.2.1 allows both): Teams tries its next trunk when nothing comes (A.7).
    pub fn new(request: &Request, reliability: Reliability, timers: Timers) -> Result<Self, Error> {
        let trying: Wire = Response::to(request, 100, "")?.to_bytes().into();
        let mut outbox = Outbox::default();
        outbox.transmit(&trying);
        let state = State::Proceeding { last: trying };
        Ok(Self {
            reliability,
            timers,
            state,
            outbox,
        })
    }

    /// The INVITE again.
    pub fn handle_retransmission(&mut self) {
        match &self.state {
            State::Proceeding { last: wire } | State::Completed { response: wire, .. } => {
                self.outbox.transmit(wire);
            }
            // RFC 6026 7.1: absorbed; the user repeats its 2xx itself (RFC 3261 13.3.1.4).
            State::Accepted { .. } | State::Confirmed { .. } | State::Terminated => {}
        }
    }

    /// An ACK with the INVITE's branch.
    pub fn handle_ack(&mut self, now: Micros, ack: Request) {
        match self.state {
            State::Completed { .. } => {
                self.state = State::Confirmed {
                    i: now + self.reliability.linger(self.timers.t4),
                };
                self.handle_timeout(now);
            }
            State::Accepted { .. } => self.outbox.event(ServerEvent::Ack(ack)),
            State::Proceeding { .. } | State::Confirmed { .. } | State::Terminated => {}
        }
    }

    /// The user's answer: provisional ones, then one final one; a 2xx as often as it likes.
    pub fn respond(&mut self, now: Micros, response: &Response) -> Result<(), Error> {
        match (&self.state, response.is_success()) {
            (State::Proceeding { .. }, _) => {}
            (State::Accepted { .. }, true) => {
                self.outbox.transmit(&response.to_bytes().into());
                return Ok(());
            }
            (State::Accepted { .. } | State::Completed { .. } | State::Confirmed { .. }, _) => {
                return Err(Error::WrongState("the INVITE has its final response"));
            }
            (State::Terminated, _) => return Err(Error::NoSuchTransaction),
        }
        let wire: Wire = response.to_bytes().into();
        self.outbox.transmit(&wire);
        self.state = if response.is_provisional() {
            State::Proceeding { last: wire }
        } else if response.is_success() {
            State::Accepted {
                l: now + self.timers.long(),
            }
        } else {
            let g = self.reliability.repeat(now, self.timers.t1);
            State::Completed {
                response: wire,
                g,
                h: now + self.timers.long(),
            }
        };
        Ok(())
    }

    pub fn handle_timeout(&mut self, now: Micros) {
        match &mut self.state {
            State::Completed { response, g, h } => {
                if now >= *h {
                    self.outbox.event(ServerEvent::TimedOut);
                    self.terminate();
                } else if let Some(repeat) = g
                    && now >= repeat.at
                {
                    repeat.advance(now, (repeat.interval * 2).min(self.timers.t2));
                    self.outbox.transmit(response);
                }
            }
            State::Confirmed { i: until } | State::Accepted { l: until } => {
                if now >= *until {
                    self.terminate();
                }
            }
            State::Proceeding { .. } | State::Terminated => {}
        }
    }

    /// The transport could not send. RFC 6026 7.1: the transaction goes on in Proceeding, and in
    /// Accepted, where a repeated 2xx may still get through.
    pub fn handle_transport_error(&mut self) {
        match self.state {
            State::Completed { .. } => {
                self.outbox.event(ServerEvent::TransportFailed);
                self.terminate();
            }
            State::Proceeding { .. } | State::Accepted { .. } => {
                self.outbox.event(ServerEvent::TransportFailed);
            }
            State::Confirmed { .. } | State::Terminated => {}
        }
    }

    /// Whether an ACK is still awaited or the user has not answered: what a flood piles up.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(
            self.state,
            State::Proceeding { .. } | State::Completed { .. }
        )
    }

    /// Whether the user may still give a final response.
    #[must_use]
    pub const fn is_unanswered(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    pub fn poll_transmit(&mut self) -> Option<Wire> {
        self.outbox.transmits.pop_front()
    }

    pub fn poll_event(&mut self) -> Option<ServerEvent> {
        self.outbox.events.pop_front()
    }

    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        match &self.state {
            State::Completed { g, h, .. } => earlier(
                g.map(|repeat| (repeat.at, "timer G")),
                Some((*h, "timer H")),
            ),
            State::Confirmed { i } => Some((*i, "timer I")),
            State::Accepted { l } => Some((*l, "timer L")),
            State::Proceeding { .. } | State::Terminated => None,
        }
    }

    #[must_use]
    pub const fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }

    fn terminate(&mut self) {
        self.state = State::Terminated;
        self.outbox.event(ServerEvent::Terminated);
    }
}
