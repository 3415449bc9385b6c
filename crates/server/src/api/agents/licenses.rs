//! What an agent's Teams user lacks to be rung (B-031), as far as the directory was read. Nobody is turned away for it:
//! the directory may be behind.

use crate::center::Center;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that is lacking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AgentWarning)]
pub(super) enum Warning {
    /// Nobody of the tenant has this object id.
    NotInDirectory,
    /// The license of Teams.
    NoTeams,
    /// The license of Teams Phone, without which no call reaches the agent.
    NoTeamsPhone,
}

pub(super) fn warnings(center: &Center, address: &str) -> Vec<Warning> {
    let standing = center.teams.directory.standing();
    if standing.synced.is_none() {
        return Vec::new();
    }
    let Some(person) = standing.person(address) else {
        return vec![Warning::NotInDirectory];
    };
    let lacking = [
        (Warning::NoTeams, person.has_teams),
        (Warning::NoTeamsPhone, person.has_teams_phone),
    ];
    let lacking = lacking.into_iter().filter(|(_, is_there)| !is_there);
    lacking.map(|(warning, _)| warning).collect()
}
