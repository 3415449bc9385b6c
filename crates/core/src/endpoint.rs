//! Endpoints: where customers reach the contact center, and the flow that receives them.

use crate::ids::{ContactId, EndpointId, FlowId};
use crate::state::State;
use serde::{Deserialize, Serialize};

/// An address at which customers reach the contact center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// What people call it.
    pub name: String,
    /// The opaque address that an edge resolves a call to, lower case: for Teams Phone extensibility the object id of
    /// the resource account, for Direct Routing a number of a trunk, international with its plus.
    pub address: String,
    /// The flow that a contact starts in.
    pub flow: FlowId,
}

/// How calls reach Tandem, and agents from them (B-024).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Teams Phone extensibility.
    TeamsPhone,
    /// Trunks.
    DirectRouting,
}

impl Model {
    /// Of an endpoint's address.
    #[must_use]
    pub fn of(address: &str) -> Self {
        if address.starts_with('+') {
            Self::DirectRouting
        } else {
            Self::TeamsPhone
        }
    }
}

impl Endpoint {
    /// How its calls come.
    #[must_use]
    pub fn model(&self) -> Model {
        Model::of(&self.address)
    }

    /// The number that is called, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        (self.model() == Model::DirectRouting).then_some(self.address.as_str())
    }
}

impl State {
    /// How the calls of an endpoint come; one that contacts are on is not removed.
    pub(crate) fn model_at(&self, endpoint: EndpointId) -> Model {
        let endpoint = self.settings.endpoints.get(endpoint);
        endpoint.map_or(Model::TeamsPhone, |it| it.document.model())
    }

    /// How the call of a contact came.
    pub(crate) fn model_of(&self, contact: ContactId) -> Model {
        let contact = self.contacts.get(contact);
        contact.map_or(Model::TeamsPhone, |it| self.model_at(it.endpoint))
    }
}
