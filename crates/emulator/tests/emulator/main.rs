//! The emulator over its sockets: a client with its own signatures, a receiver of events, and people.
//!
//! Most tests use the stepped clock, where `advance` returns when every delivery is answered, so that
//! nothing has to be waited for.

mod call;
mod entra;
mod fault;
mod handshake;
mod media;
mod people;
mod stage;
