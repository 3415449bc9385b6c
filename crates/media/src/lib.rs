//! Media of a call, sans-I/O: packets and PCM in, packets and PCM out.
//!
//! It owns RTP headers, G.711, DTMF (RFC 4733 events and tone pairs), who-hears-whom mixing, the
//! reorder buffer, WAV files, and what becomes of an uploaded sound. It must not know sockets, clocks, SIP, or what a contact is:
//! time comes in as microseconds on the caller's clock, facts go out as values.

pub mod codec;
pub mod concealment;
pub mod dtmf;
mod error;
pub mod g711;
pub mod g722;
pub mod jitter;
pub mod mixer;
pub mod noise;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sound;
pub mod srtp;
pub mod tone;
pub mod wav;

pub use error::Error;

/// Microseconds on the caller's clock; only differences and order matter.
pub type Micros = i64;
