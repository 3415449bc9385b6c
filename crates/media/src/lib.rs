//! Media of a call, sans-I/O: packets and PCM in, packets and PCM out.
//!
//! A [`leg::Leg`] turns one party's datagrams into a frame of sound every 20 ms and back: [`session`] (whose packets are
//! taken, SRTP, RTCP), [`jitter`] (order and delay), [`codec`], [`concealment`], [`noise`], [`dtmf`] and [`resample`]. A
//! [`mixer::Mixer`] decides who hears whom, a [`player::Player`] brings prompts and music into it, a
//! [`recording::Recorder`] keeps what may be kept. Where two legs speak the same codec and nobody else listens, a
//! [`relay::Relay`] passes packets on without decoding them. [`wav`] and [`sound`] are about files.
//!
//! It must not know sockets, clocks, SIP, or what a contact is: time comes in as microseconds on the caller's clock,
//! chance as numbers that the caller drew, facts go out as values. Remote bytes never panic; what does not belong to a
//! call is dropped and counted. Not here: DTLS-SRTP, Opus.
//!
//! What it costs is measured by `cargo run --release --package tandem-media --example cost`; docs/decisions/0055 has the
//! figures.

pub mod checkpoint;
pub mod codec;
pub mod concealment;
pub mod dtmf;
mod error;
pub mod g711;
pub mod g722;
pub mod ice;
pub mod jitter;
pub mod leg;
pub mod mixer;
pub mod noise;
pub mod player;
pub mod recording;
pub mod relay;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod session;
pub mod sound;
pub mod srtp;
pub mod tone;
pub mod wav;

pub use error::Error;

/// Microseconds on the caller's clock; only differences and order matter.
pub type Micros = i64;
