//! The contact center as a service.
//!
//! [`start`] starts it from values, [`config`] reads those from a file, [`center`] says what
//! there is. [`engine`] runs each contact center's loop; [`edge`] and [`effects`] face Microsoft;
//! people come in through [`api`] and [`live`], after [`sign_in`].

pub mod api;
pub mod app;
pub mod arrival;
pub mod audit;
pub mod backup;
pub mod bench;
pub mod center;
pub mod config;
pub mod edge;
pub mod effects;
pub mod engine;
pub mod forgetting;
pub mod health;
pub mod journal;
pub mod live;
pub mod media;
pub mod people;
pub mod phone;
pub mod problem;
mod process;
pub mod recordings;
pub mod replay;
pub mod restore;
mod rotation;
pub mod setup;
pub mod sign_in;
pub mod telemetry;
pub mod web;
pub mod webhooks;

pub use config::Emulator;
pub use process::{Between, Options, Running, StartError, start};

use std::path::Path;
use tandem_store::CenterId;
pub use tandem_store::{Store, rows_by_key};

/// The id of a contact center.
///
/// # Errors
/// When it is not one.
pub fn center_id(text: &str) -> Result<CenterId, tandem_store::Error> {
    CenterId::parse(text)
}

/// Opens a data directory that no process has open.
///
/// # Errors
/// When it cannot be used.
pub async fn open_store(directory: &Path) -> Result<Store, tandem_store::Error> {
    Store::open(directory).await
}
