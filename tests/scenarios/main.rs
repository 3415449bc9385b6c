//! Scenarios: one rule each, told in sentences, on virtual time.

mod administration;
mod announce;
mod business;
mod calling_out;
mod contact;
mod decision;
mod direct;
mod flow;
mod hours;
mod kinds;
mod masked;
mod offer;
mod outside;
mod overflow;
mod prompt;
mod reconciliation;
mod recording;
mod replay;
mod routing;
mod scene;
mod scope;
mod story;
mod sub_flow;
mod transfer;
mod voicemail;
mod wrap_up;
