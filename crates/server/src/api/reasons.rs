//! Reasons for being not ready.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::ids::ReasonId;
use tandem_core::settings::{self, Document, Kind, Versioned};
use tandem_core::state::State;
use utoipa::ToSchema;

/// A reason for being not ready.
#[derive(Serialize, ToSchema)]
pub(super) struct Reason {
    id: u64,
    version: u64,
    label: String,
    /// Whether the time counts as work.
    productive: bool,
    /// How long it should last at most.
    max_minutes: Option<u32>,
}

/// What is sent to create or change a reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonSent {
    label: String,
    #[serde(default)]
    productive: bool,
    max_minutes: Option<u32>,
}

settings_routes!(
    Reason,
    ReasonSent,
    "reasons",
    "/{center}/reasons",
    "/{center}/reasons/{id}"
);

impl Resource for Reason {
    type Sent = ReasonSent;
    const KIND: Kind = Kind::Reason;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .reasons
            .iter()
            .map(|(id, it)| Self::of(*id, it))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = ReasonId(id);
        state.settings.reasons.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: ReasonSent, _state: &State) -> Result<Document, Problem> {
        let ReasonSent {
            label,
            productive,
            max_minutes,
        } = sent;
        Ok(Document::Reason(settings::Reason {
            label,
            productive,
            max_minutes,
        }))
    }
}

impl Reason {
    fn of(id: ReasonId, it: &Versioned<settings::Reason>) -> Self {
        let settings::Reason {
            label,
            productive,
            max_minutes,
        } = it.document.clone();
        Self {
            id: id.0,
            version: it.version,
            label,
            productive,
            max_minutes,
        }
    }
}
