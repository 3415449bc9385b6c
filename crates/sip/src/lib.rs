//! SIP for a Direct Routing SBC, sans-I/O: bytes in, bytes and facts out.
//!
//! From below: the grammar of messages ([`message`], [`header`], [`uri`], [`sdp`]), the transaction
//! machines and their matching ([`transaction`], [`stack`]), dialogs ([`dialog`]), calls with forks,
//! offers, refreshes and transfers, all of them together as one SIP side ([`user_agent`]).
//!
//! It must not know sockets, TLS, DNS, clocks, randomness or what a contact is: time comes in as
//! microseconds, chance as a seed, connections as numbers. Remote bytes never panic, every table has
//! a limit, and after the last timer nothing is left in any of them.

pub mod admission;
pub mod body;
pub mod bridge;
mod call;
pub mod dialog;
pub mod digest;
mod error;
mod farewell;
pub mod flow;
pub mod header;
pub mod health;
pub mod history;
pub mod identity;
pub mod message;
pub mod policy;
pub mod registrar;
mod scan;
pub mod sdp;
pub mod stack;
pub mod transaction;
pub mod uri;
pub mod user_agent;

pub use call::{Failover, Outgoing, Target};
pub use error::Error;
pub use farewell::Farewell;

/// Microseconds on the caller's clock; only differences and order matter.
pub type Micros = i64;
