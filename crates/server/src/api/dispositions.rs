//! Dispositions: what came of a contact.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::ids::{DispositionId, QueueId};
use tandem_core::settings::{self, Document, Kind, Versioned};
use tandem_core::state::State;
use utoipa::ToSchema;

/// A disposition.
#[derive(Serialize, ToSchema)]
pub(crate) struct Disposition {
    id: u64,
    version: u64,
    label: String,
    /// The queues that offer it; none means all.
    queue_ids: Vec<u64>,
}

/// What is sent to create or change a disposition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DispositionSent {
    label: String,
    #[serde(default)]
    queue_ids: Vec<u64>,
}

settings_routes!(
    Disposition,
    DispositionSent,
    "dispositions",
    "/{center}/dispositions",
    "/{center}/dispositions/{id}",
    NamesReader,
    SettingsEditor
);

impl Resource for Disposition {
    type Sent = DispositionSent;
    const KIND: Kind = Kind::Disposition;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .dispositions
            .iter()
            .map(|(id, it)| Self::of(*id, it))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = DispositionId(id);
        state
            .settings
            .dispositions
            .get(&id)
            .map(|it| Self::of(id, it))
    }

    fn document(sent: DispositionSent, _state: &State) -> Result<Document, Problem> {
        let queues = sent.queue_ids.into_iter().map(QueueId).collect();
        Ok(Document::Disposition(settings::Disposition {
            label: sent.label,
            queues,
        }))
    }
}

impl Disposition {
    fn of(id: DispositionId, it: &Versioned<settings::Disposition>) -> Self {
        Self {
            id: id.0,
            version: it.version,
            label: it.document.label.clone(),
            queue_ids: it.document.queues.iter().map(|queue| queue.0).collect(),
        }
    }
}
