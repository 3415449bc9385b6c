//! What a contact center decides, and nothing else.
//!
//! One [`ContactCenter`] is a deterministic, single-writer state machine: it takes an [`input::Input`]
//! with the time at which it happened and answers with a [`turn::Turn`]: the events that now are
//! facts, and the reply. It has no clock, no I/O, no randomness and no locks, and it knows no wire
//! name: what lies behind a leg is an opaque reference.
//!
//! ```
//! use tandem_core::{ContactCenter, input::Input, time::Timestamp};
//!
//! let mut center = ContactCenter::new();
//! let turn = center.handle(Timestamp::from_micros(0), Input::TimeReached);
//! assert!(turn.events.is_empty());
//! ```

pub mod access;
pub mod administration;
pub mod agent;
mod alarm;
pub mod balance;
pub mod by_id;
pub mod call;
pub mod callback;
pub mod calling_out;
pub mod capacity;
pub mod condition;
pub mod contact;
mod contact_center;
pub mod dialing;
pub mod do_not_call;
pub mod effect;
pub mod endpoint;
pub mod estimate;
pub mod event;
pub mod explain;
pub mod flow;
mod gate;
pub mod history;
pub mod ids;
pub mod input;
pub mod limits;
pub mod offer;
pub mod owed;
pub mod performance;
pub mod permission;
pub mod plan;
pub mod preferred;
pub mod presence;
pub mod privacy;
pub mod prompt;
pub mod queue;
pub mod reason;
pub mod recording;
pub mod refusal;
pub mod role;
pub mod routing;
pub mod schedule;
pub mod scope;
pub mod settings;
pub mod skill;
pub mod state;
pub mod switch;
pub mod talk;
pub mod team;
pub mod time;
pub mod trunk;
pub mod turn;
mod watch;

pub use contact_center::ContactCenter;

/// Version of the rules: an identical re-run of the inputs is promised within one version only.
pub const CORE_VERSION: u32 = 7;

/// Version of the vocabulary in [`event`]: a journal written with a newer one is refused. 2 brought reconciliation
/// and restores, 3 schedules and the nodes of menus and decisions,
/// 4 hold, consultation and transfer, 5 recordings and messages, calling out, prompts that are kept, teams, sites and
/// scopes, callbacks.
pub const EVENT_SCHEMA: u32 = 5;
