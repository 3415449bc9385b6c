//! What queues and agents did: facts as folds over events (B15.5), what they come to by interval and in a time zone, and the
//! ratios that are made when they are read. Where facts are kept is the caller's; the store sums them.
//!
//! A stay is judged by the settings in force when it ends. Counts belong to the interval of their event; contact times
//! belong as a whole to the interval in which the stay or the engagement was over, and time of agents is split.

mod agents;
pub mod interval;
mod passage;
mod promises;
pub mod rates;
pub mod service_level;
pub mod tables;

pub use agents::{AgentStates, AgentThread, ReasonSeen};
pub use passage::Passage;
pub use promises::Promises;
pub(crate) use promises::end_of_wait;
