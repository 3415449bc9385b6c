//! Load for `tandem bench emulator`: a client of many calls, the receiver of their events, and an application
//! that takes media streams. It uses the emulator as any client does, over its sockets; it measures and never judges.

mod floor;
mod listener;
mod load;

pub use floor::floor;
pub use listener::{Arrivals, Listener};
pub use load::{Heard, Load, Served};

/// Why a benchmark did not finish.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
