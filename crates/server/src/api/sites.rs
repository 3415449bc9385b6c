//! Sites: where teams work.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::ids::SiteId;
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use tandem_core::team;
use utoipa::ToSchema;

/// A site.
#[derive(Serialize, ToSchema)]
pub(super) struct Site {
    id: u64,
    version: u64,
    name: String,
}

/// What is sent to create or change a site.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteSent {
    name: String,
}

settings_routes!(
    Site,
    SiteSent,
    "sites",
    "/{center}/sites",
    "/{center}/sites/{id}"
);

impl Resource for Site {
    type Sent = SiteSent;
    const KIND: Kind = Kind::Site;

    fn all(state: &State) -> Vec<Self> {
        let sites = state.settings.sites.iter();
        sites.map(|(id, it)| Self::of(*id, it)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = SiteId(id);
        state.settings.sites.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: SiteSent, _state: &State) -> Result<Document, Problem> {
        Ok(Document::Site(team::Site { name: sent.name }))
    }
}

impl Site {
    fn of(id: SiteId, it: &Versioned<team::Site>) -> Self {
        Self {
            id: id.0,
            version: it.version,
            name: it.document.name.clone(),
        }
    }
}
