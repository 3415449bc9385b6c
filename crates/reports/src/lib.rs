//! Figures as folds over the events of the core: the live board, the stories of contacts, what queues and agents did,
//! the audit, and the catalogue that says what each figure means.
//!
//! A fold has no clock and no I/O: instants come with the events, and the same events give the same
//! figures. Counts and times are kept as integers; a ratio is made when it is read (R-31 e).

pub mod audit;
pub mod catalogue;
pub mod history;
pub mod live;
pub mod performance;
pub mod story;
