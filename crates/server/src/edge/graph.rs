//! The Teams account of a contact center, and what Tandem asks of Microsoft Graph through it. Holds no business
//! state: what is found out here is told or put into the core as inputs.

pub(crate) mod account;
mod client;
pub(crate) mod consent;
pub(crate) mod credential;
pub(crate) mod delegates;
pub(crate) mod directory;
mod expiry;
pub(crate) mod findings;
pub(crate) mod link;
pub(crate) mod presence;
mod returning;
pub(crate) mod rights;
mod token;
pub(crate) mod trial;
pub(crate) mod trouble;
mod watch;

pub(crate) use link::Link;
pub(crate) use watch::keep;
