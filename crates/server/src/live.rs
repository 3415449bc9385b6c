//! The live feed: one WebSocket for everything that moves. A board is worked out at most once a
//! second per contact center, whoever watches; an agent's own view is pushed when it changes.

pub(crate) mod board;
mod directory;
mod frame;
mod hub;
pub(crate) mod me;
mod merge_patch;
mod places;
mod socket;
mod viewer;

pub use hub::Hub;
pub use places::Places;
pub(crate) use socket::{__path_open, open};
