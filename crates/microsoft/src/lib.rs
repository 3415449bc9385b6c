//! Wire contracts of the Microsoft cloud, as data: what is sent, what comes back, how it is signed.
//!
//! This crate opens no socket, reads no clock and makes no random number: dates, ids and keys are
//! handed in as values, so that the server edge and the emulator share one contract. It must not
//! know what a contact, a queue or an agent is.

pub mod acs;
pub mod entra;
pub mod event_grid;
pub mod graph;
pub mod limits;
pub mod request;
mod wire;

pub use request::{Method, Repeatability, Request};
