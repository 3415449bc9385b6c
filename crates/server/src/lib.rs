//! The contact center as a service.
//!
//! [`process`] starts it from values, [`config`] reads those from a file, [`center`] says what
//! there is. [`engine`] runs each contact center's loop; [`edge`] and [`effects`] face Microsoft;
//! people come in through [`api`] and [`live`], after [`sign_in`].

pub mod api;
pub mod app;
pub mod arrival;
pub mod center;
pub mod config;
pub mod edge;
pub mod effects;
pub mod engine;
pub mod health;
pub mod live;
pub mod people;
pub mod problem;
mod process;
pub mod sign_in;
pub mod telemetry;
pub mod web;

pub use process::{Options, Running, StartError, start};
