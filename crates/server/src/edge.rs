//! Edges: the code that faces one outside system each. An edge translates; it holds no business
//! state, and what it needs after a restart is in the journal or among the personal data.

pub mod business;
pub(crate) mod graph;
pub mod teams_phone;
