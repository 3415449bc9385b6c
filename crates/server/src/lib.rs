//! The contact center as a service.
//!
//! [`config`] says how it starts, [`center`] what there is, [`engine`] runs each contact center's
//! loop; people come in through the API and the live feed.

pub mod center;
pub mod config;
pub mod engine;
pub mod people;
