//! A simulated contact center: the real core on virtual time, against an other side that loses, doubles
//! and delays, and against slow, plain re-statements of the rules. A seed is a bug report.

mod cloud;
mod day;
mod dice;
mod figures;
pub mod floor_plan;
mod ledger;
mod life;
mod office;
mod people;
mod rules;
mod run;
mod slow_router;

pub use run::live_through;
