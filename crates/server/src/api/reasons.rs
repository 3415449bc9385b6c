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
    /// The reason under which it stands; that one is a heading then, which nobody chooses.
    heading_id: Option<u64>,
    /// Whether the time counts as work.
    productive: bool,
    /// Whether the time is paid.
    paid: bool,
    /// How long it should last at most.
    max_minutes: Option<u32>,
    /// Whether an agent asks a supervisor for it.
    needs_supervisor: bool,
}

/// What is sent to create or change a reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonSent {
    label: String,
    /// A reason that stands under no other one itself; not for one under which others stand.
    heading_id: Option<u64>,
    #[serde(default)]
    productive: bool,
    /// True when left out.
    #[serde(default = "paid")]
    paid: bool,
    /// 1 to 1440.
    max_minutes: Option<u32>,
    #[serde(default)]
    needs_supervisor: bool,
}

const fn paid() -> bool {
    true
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
            heading_id,
            productive,
            paid,
            max_minutes,
            needs_supervisor,
        } = sent;
        Ok(Document::Reason(settings::Reason {
            label,
            heading: heading_id.map(ReasonId),
            productive,
            paid,
            max_minutes,
            needs_supervisor,
        }))
    }
}

impl Reason {
    fn of(id: ReasonId, it: &Versioned<settings::Reason>) -> Self {
        let settings::Reason {
            label,
            heading,
            productive,
            paid,
            max_minutes,
            needs_supervisor,
        } = it.document.clone();
        Self {
            id: id.0,
            version: it.version,
            label,
            heading_id: heading.map(|it| it.0),
            productive,
            paid,
            max_minutes,
            needs_supervisor,
        }
    }
}
