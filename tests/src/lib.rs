//! What simulation and scenarios share: chance from a seed, settings to start from, and slow, plain
//! re-statements of the rules that serve as oracles.

pub mod dice;
pub mod floor_plan;
pub mod ledger;
pub mod slow_router;
