//! Calls on virtual time over a bad network: phones with tones for voices, legs, a mixer, a recorder.

mod line;
mod network;
mod paused;
mod supervision;
