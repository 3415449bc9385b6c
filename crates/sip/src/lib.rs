//! SIP for a Direct Routing SBC, sans-I/O: bytes in, bytes and facts out.
//!
//! It owns the grammar of messages (RFC 3261 section 25), the transaction machines (section 17 with
//! RFC 6026) and their matching. It must not know sockets, TLS, clocks, randomness or what a
//! contact is: time comes in as microseconds, the seed for branches as a number. Dialogs and SDP
//! are not built yet; a caller sees requests, responses and time-outs of transactions.

pub mod admission;
mod error;
pub mod flow;
pub mod header;
pub mod message;
mod scan;
pub mod sdp;
pub mod stack;
pub mod transaction;
pub mod uri;

pub use error::Error;

/// Microseconds on the caller's clock; only differences and order matter.
pub type Micros = i64;
