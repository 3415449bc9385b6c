//! SIP over real sockets on loopback: our own sides against each other, and against programs that we did not
//! write. Every wait is for a condition and has a deadline.

#![expect(clippy::unwrap_used, reason = "support of tests")]

mod calls;
mod flood;
mod framing;
mod gate;
mod phone;
mod secure;
mod sipp;
