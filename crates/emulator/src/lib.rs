//! The Microsoft cloud on loopback: Entra, Graph, Event Grid, Call Automation, callers and Teams clients.
//!
//! [`start`] runs all of it in this process; `tandem emulator` and `tandem demo` are its callers.
//! One owner (`world::World`) has all state and decides without I/O; `actor` gives it requests,
//! timers and answers and performs what it orders. The emulator must not know Tandem: it speaks the
//! contract of Microsoft to whoever calls, and its control API lies below `/_emulator`.

mod access;
mod acs;
mod actor;
mod answer;
mod authority;
pub mod bench;
mod clock;
mod control;
mod delivery;
mod dice;
pub mod door;
mod entra;
mod event_grid;
mod fault;
mod graph;
mod identify;
mod identity;
mod limits;
mod location;
pub mod options;
mod people;
mod pipeline;
mod rate;
mod record;
mod repeatability;
mod server;
mod sip;
mod sound;
mod stamp;
mod storage;
mod stream;
mod tenant;
mod trace;
mod wave;
mod world;

pub use options::{ClockKind, Options, SIP_PORT, SipOptions, TokenUse, defaults};
pub use server::{Error, Running, start};
pub use sip::{SipAddresses, SipError};
