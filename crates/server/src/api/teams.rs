//! Teams of agents.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::ids::{SiteId, TeamId};
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use tandem_core::team;
use utoipa::ToSchema;

/// A team.
#[derive(Serialize, ToSchema)]
pub(super) struct Team {
    id: u64,
    version: u64,
    name: String,
    /// Where it works.
    site_id: Option<u64>,
}

/// What is sent to create or change a team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamSent {
    name: String,
    site_id: Option<u64>,
}

settings_routes!(
    Team,
    TeamSent,
    "teams",
    "/{center}/teams",
    "/{center}/teams/{id}",
    NamesReader,
    SettingsEditor
);

impl Resource for Team {
    type Sent = TeamSent;
    const KIND: Kind = Kind::Team;

    fn all(state: &State) -> Vec<Self> {
        let teams = state.settings.teams.iter();
        teams.map(|(id, it)| Self::of(*id, it)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = TeamId(id);
        state.settings.teams.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: TeamSent, _state: &State) -> Result<Document, Problem> {
        Ok(Document::Team(team::Team {
            name: sent.name,
            site: sent.site_id.map(SiteId),
        }))
    }
}

impl Team {
    fn of(id: TeamId, it: &Versioned<team::Team>) -> Self {
        Self {
            id: id.0,
            version: it.version,
            name: it.document.name.clone(),
            site_id: it.document.site.map(|site| site.0),
        }
    }
}
