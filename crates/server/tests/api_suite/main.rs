//! The public side of a real server: HTTP and WebSocket on a loopback port, a fresh data directory,
//! and a Microsoft side that cannot be reached.

#![expect(clippy::unwrap_used, reason = "support of tests")]

mod api_keys;
mod audit;
mod boundaries;
mod callbacks;
mod centers;
mod config;
mod desk;
mod direct;
mod draft;
mod drain;
mod figures;
mod flow_versions;
mod flows;
mod history;
mod live;
mod persons;
mod presence;
mod privacy;
mod problems;
mod prompts;
mod reasons;
mod recordings;
mod roles;
mod schedules;
mod scope;
mod server;
mod settings;
mod sign_in;
mod switches;
mod teams_account;
mod transport;
mod views;
mod webhooks;
