//! The media plane: RTP sockets and the threads that mix, relay, play and record what comes over them.
//!
//! A [`Plane`] owns some threads. A *conversation* lives on one of them, with its legs, what is played to them and its
//! recording; so nothing of a call is shared between threads and nothing is locked while sound passes. Orders go in by
//! the methods of [`Plane`], none of which waits for a thread; facts come out on one bounded channel, at most ten per
//! leg and second where the other side causes them ([`Fact`]). An order that can fail in the thread has an [`Answer`],
//! which may be awaited, waited for, or dropped.
//!
//! It must not know SIP, contacts, or where recordings lie. What the packets mean is `tandem_media`'s business.

mod answer;
mod asked;
mod checkpoint;
mod conversation;
mod error;
mod fact;
mod id;
mod leg;
mod plane;
mod ports;
mod record;
mod settings;
mod sink;
mod slots;
mod sound;
mod talk;
mod thread;
mod timers;
mod writer;

pub use answer::Answer;
pub use error::Error;
pub use fact::{Collected, Fact, How, Masked, Pressed, Quality, RecordingState, Why};
pub use id::{ConversationId, Key, LegId};
pub use plane::{Counts, Opened, Plane};
pub use settings::{
    Agreed, Collect, Control, Direction, Latching, LegSettings, Masking, Network, OnDigit, Remote,
    Settings, Target, Track,
};
pub use sink::{Finished, Lack, Piece, Sink};
pub use sound::Sound;
