//! Direct Routing: calls over SIP trunks, with media of our own.
//!
//! One [`Exchange`] serves the process: listeners, the [`switchboard`] inside the SIP driver, which holds the wire state
//! of calls, and the media plane. Each contact center has a [`Line`] to it, which carries out the core's orders
//! ([`perform`]) and tells the core what happened ([`teller`]). The leg of a contact is a conversation here: the customer,
//! agents and phones are parties of it, each a SIP call of its own, so that hold, consultation and transfer are a matter
//! of who hears whom and not of the other side's abilities.

mod arrival;
mod conversation;
mod description;
mod emergency;
mod exchange;
mod line;
mod order;
#[cfg(test)]
mod other;
mod perform;
mod phones;
mod recording;
mod roll;
mod sounds;
mod speech;
mod switchboard;
mod teller;
mod trunks;

pub use exchange::{Exchange, ExchangeError};
pub use line::Line;
pub(crate) use order::{HostState, HostTried, TrunkState};

/// What every reference of this edge begins with: legs, recordings, contexts of arrivals.
const SCHEME: &str = "direct:";

/// Whether a reference is one of this edge.
#[must_use]
pub fn is_ours(reference: &str) -> bool {
    reference.starts_with(SCHEME)
}
