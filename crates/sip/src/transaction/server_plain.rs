//! Non-INVITE server transaction: RFC 3261 17.2.2.

use super::{Outbox, Reliability, ServerEvent, Timers, Wire};
use crate::message::Response;
use crate::{Error, Micros};

#[derive(Debug, Clone)]
enum State {
    Trying { until: Micros },
    Proceeding { last: Wire, until: Micros },
    Completed { response: Wire, j: Micros },
    Terminated,
}

#[derive(Debug, Clone)]
pub struct ServerPlain {
    reliability: Reliability,
    timers: Timers,
    state: State,
    outbox: Outbox<ServerEvent>,
}

impl ServerPlain {
    /// A request has come; the stack has passed it to the user. Its sender waits for 64*T1 (timer
    /// F), so what is not answered by then is forgotten.
    #[must_use]
    pub fn new(now: Micros, reliability: Reliability, timers: Timers) -> Self {
        Self {
            reliability,
            timers,
            state: State::Trying {
                until: now + timers.long(),
            },
            outbox: Outbox::default(),
        }
    }

    /// The request again.
    pub fn handle_retransmission(&mut self) {
        match &self.state {
            State::Proceeding { last: wire, .. } | State::Completed { response: wire, .. } => {
                self.outbox.transmit(wire);
            }
            State::Trying { .. } | State::Terminated => {}
        }
    }

    /// The user's answer.
    pub fn respond(&mut self, now: Micros, response: &Response) -> Result<(), Error> {
        let until = match self.state {
            State::Trying { until } | State::Proceeding { until, .. } => until,
            State::Completed { .. } => {
                return Err(Error::WrongState("the request has its final response"));
            }
            State::Terminated => return Err(Error::NoSuchTransaction),
        };
        let wire: Wire = response.to_bytes().into();
        self.outbox.transmit(&wire);
        self.state = if response.is_provisional() {
            State::Proceeding { last: wire, until }
        } else {
            let j = now + self.reliability.linger(self.timers.long());
            State::Completed { response: wire, j }
        };
        self.handle_timeout(now);
        Ok(())
    }

    pub fn handle_timeout(&mut self, now: Micros) {
        match self.state {
            State::Trying { until: end }
            | State::Proceeding { until: end, .. }
            | State::Completed { j: end, .. } => {
                if now >= end {
                    self.terminate();
                }
            }
            State::Terminated => {}
        }
    }

    /// The transport could not send the response (17.2.2: the user is told).
    pub fn handle_transport_error(&mut self) {
        match self.state {
            State::Trying { .. } | State::Proceeding { .. } | State::Completed { .. } => {
                self.outbox.event(ServerEvent::TransportFailed);
                self.terminate();
            }
            State::Terminated => {}
        }
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
            State::Completed { j, .. } => Some((*j, "timer J")),
            State::Trying { until } | State::Proceeding { until, .. } => {
                Some((*until, "unanswered"))
            }
            State::Terminated => None,
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
