//! A simulated contact center: the real core on virtual time, with an other side that loses, doubles and
//! delays, a store that fails and processes that end, against slow, plain re-statements of the rules. A seed
//! is a bug report. It knows no executor, no socket, no clock, and no chance but the seed's.

mod access;
pub mod call_records;
mod carrier;
mod cloud;
pub mod comparison;
mod day;
mod dice;
mod estimates;
mod figures;
pub mod floor_plan;
mod flows;
pub mod import;
mod invariant;
mod journal;
mod ledger;
mod life;
mod office;
mod oracles;
pub mod patience;
mod people;
mod planted;
pub mod presence;
mod report;
pub mod rerun;
pub mod retrospect;
mod risk;
mod rules;
mod run;
mod slow_balance;
mod slow_capacity;
mod slow_preference;
mod slow_presence;
mod slow_router;
mod slow_switches;
pub mod staffing;
pub mod traffic;
mod weather;
pub mod what_if;
mod wires;

pub use estimates::{EstimatesReport, estimates};
pub use invariant::{Broken, Invariant};
pub use planted::Planted;
pub use report::{Failure, Report};
pub use run::{Plan, TURNS, TURNS_MAX, lived, run, run_each};
pub use weather::Fault;
