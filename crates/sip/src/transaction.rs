//! The four transaction machines of RFC 3261 section 17, with the corrections of RFC 6026, on
//! virtual time. They own retransmission, time-outs and the ACK to a failed INVITE; they must not
//! know sockets or dialogs, nor which other transactions exist (that is `stack`).
//!
//! Each machine is driven alike: `handle_*` takes what happened, then `poll_transmit`,
//! `poll_event` and `poll_timeout` are asked until they have nothing more.

mod client_invite;
mod client_plain;
mod server_invite;
mod server_plain;

use crate::Micros;
use crate::message::{Request, Response};
use std::collections::VecDeque;
use std::sync::Arc;

pub use client_invite::ClientInvite;
pub use client_plain::ClientPlain;
pub use server_invite::ServerInvite;
pub use server_plain::ServerPlain;

/// A message as it goes out; retransmissions share the bytes.
pub type Wire = Arc<[u8]>;

/// The base timers of RFC 3261 table 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Round-trip estimate.
    pub t1: Micros,
    /// Longest interval between retransmissions.
    pub t2: Micros,
    /// How long a message stays in the network.
    pub t4: Micros,
    /// Longest silence of a peer that rings: it says so at least every minute (RFC 3261
    /// 13.3.1.1), and a proxy gives up after three (Timer C, 16.6).
    pub ringing: Micros,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: 500_000,
            t2: 4_000_000,
            t4: 5_000_000,
            ringing: 200_000_000,
        }
    }
}

impl Timers {
    /// Timers B, F, H, J, L and M.
    const fn long(&self) -> Micros {
        64 * self.t1
    }
}

/// Whether the transport itself repeats what was lost (TCP, TLS) or not (UDP).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliability {
    Reliable,
    Unreliable,
}

impl Reliability {
    /// Zero where the transport is reliable (timers D, I, J, K).
    const fn linger(self, unreliable: Micros) -> Micros {
        match self {
            Self::Reliable => 0,
            Self::Unreliable => unreliable,
        }
    }

    /// The first retransmission, where there are any (timers A, E, G).
    fn repeat(self, now: Micros, interval: Micros) -> Option<Repeat> {
        match self {
            Self::Reliable => None,
            Self::Unreliable => Some(Repeat {
                at: now + interval,
                interval,
            }),
        }
    }
}

/// What a client transaction tells its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEvent {
    /// A response that is not a retransmission, and every 2xx to an INVITE: forks answer
    /// separately, and each 2xx wants its own ACK from the user (RFC 6026 7.2).
    Response(Response),
    /// No answer in time (timers B, F; treat as 408), or ringing without a sign of life.
    TimedOut,
    /// The transport refused or failed (RFC 3261 8.1.3.1: treat as 503).
    TransportFailed,
    /// The last event.
    Terminated,
}

/// What a server transaction tells its user. The request itself is the stack's event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEvent {
    /// An ACK for a 2xx that came with the INVITE's own branch.
    Ack(Request),
    /// No ACK came for a failure response (timer H).
    TimedOut,
    TransportFailed,
    /// The last event.
    Terminated,
}

/// The earlier of two reasons to be woken.
fn earlier(
    one: Option<(Micros, &'static str)>,
    other: Option<(Micros, &'static str)>,
) -> Option<(Micros, &'static str)> {
    [one, other].into_iter().flatten().min()
}

/// A retransmission timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Repeat {
    at: Micros,
    interval: Micros,
}

impl Repeat {
    /// Counts from when it was due, so that a late wake-up does not stretch the schedule, but
    /// never lies in the past, so that a very late one does not cause a burst.
    fn advance(&mut self, now: Micros, interval: Micros) {
        self.interval = interval;
        self.at = (self.at + interval).max(now + 1);
    }
}

/// What waits for the driver to take it.
#[derive(Debug, Clone)]
struct Outbox<E> {
    transmits: VecDeque<Wire>,
    events: VecDeque<E>,
}

impl<E> Default for Outbox<E> {
    fn default() -> Self {
        Self {
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }
}

impl<E> Outbox<E> {
    fn transmit(&mut self, wire: &Wire) {
        self.transmits.push_back(Arc::clone(wire));
    }

    fn event(&mut self, event: E) {
        self.events.push_back(event);
    }
}
