//! The emulator over its sockets: a client with its own signatures, a receiver of events, and people.
//!
//! Most tests use the stepped clock, where `advance` returns when every delivery is answered, so that
//! nothing has to be waited for.

#[cfg(test)]
mod access;
#[cfg(test)]
mod application;
#[cfg(test)]
mod assertion;
#[cfg(test)]
mod call;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod digits;
#[cfg(test)]
mod entra;
#[cfg(test)]
mod fault;
#[cfg(test)]
mod graph;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod hold;
#[cfg(test)]
mod media;
#[cfg(test)]
mod neighbors;
#[cfg(test)]
mod people;
#[cfg(test)]
mod presence;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod redirect;
#[cfg(test)]
mod script;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod sound;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod streaming;
#[cfg(test)]
mod subscription;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod transcription;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod users;
#[cfg(test)]
mod wire;
