//! Sockets under `sip` and `media`: what both engines need of the outside world, and nothing of what calls are for.
//!
//! An SBC and the telephones that it is tried against stand on the same sockets, so server and emulator share them.
//! It must not know contacts, queues, trunks' names or settings' files: addresses, certificates and limits come in as
//! values, facts go out as values.

pub mod description;
pub mod media;
pub mod sip;
