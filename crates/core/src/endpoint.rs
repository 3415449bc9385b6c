//! Endpoints: where customers reach the contact center, and the flow that receives them.

use crate::ids::FlowId;
use serde::{Deserialize, Serialize};

/// An address at which customers reach the contact center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// What people call it.
    pub name: String,
    /// The opaque address that an edge resolves a call to (for Teams Phone extensibility the object id of
    /// the resource account), lower case.
    pub address: String,
    /// The flow that a contact starts in.
    pub flow: FlowId,
}
