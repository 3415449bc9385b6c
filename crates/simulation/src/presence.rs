//! Presence on virtual time: a contact center and a keeper on one side, a slow model of Teams on the other, people who change
//! both at random, and faults in between.

mod crowd;
mod day;
mod teams;

pub use crowd::{CrowdPlan, CrowdReport, keep_crowd};
pub use day::{Mapping, PresenceBug, PresencePlan, PresenceReport, presence_day};
pub use teams::{Chosen, Client, Overwritten, Teams};
