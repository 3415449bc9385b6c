//! A simulated contact center: the real core on virtual time, with an other side that loses, doubles and
//! delays, a store that fails and processes that end, against slow, plain re-statements of the rules. A seed
//! is a bug report. It knows no executor, no socket, no clock, and no chance but the seed's.

mod access;
mod carrier;
mod cloud;
mod day;
mod dice;
mod figures;
pub mod floor_plan;
mod flows;
mod invariant;
mod journal;
mod ledger;
mod life;
mod office;
mod oracles;
mod people;
mod planted;
mod report;
mod rules;
mod run;
mod slow_capacity;
mod slow_preference;
mod slow_router;
mod weather;
mod wires;

pub use invariant::{Broken, Invariant};
pub use planted::Planted;
pub use report::{Failure, Report};
pub use run::{Plan, TURNS, TURNS_MAX, lived, run, run_each};
pub use weather::Fault;
