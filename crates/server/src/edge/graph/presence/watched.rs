//! At whose presence somebody looks: agents whose account has Teams switched on (B-061).

use crate::center::Center;
use crate::people::PeopleError;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::AgentId;
use tandem_store::TeamsAccounts;

/// Those agents.
#[derive(Default)]
pub(super) struct Watched {
    by_id: BTreeMap<String, AgentId>,
    agents: BTreeSet<AgentId>,
}

impl Watched {
    /// As it stands now.
    ///
    /// # Errors
    /// When the store does not answer: nothing is known then.
    pub(super) async fn of(center: &Center) -> Result<Self, PeopleError> {
        let users = center.store.teams_users(center.id()).await?;
        if users.is_empty() {
            return Ok(Self::default());
        }
        let logins = center.people.logins().await?;
        let has_teams = |agent: &AgentId| {
            let login = logins.get(agent);
            login.is_some_and(|it| users.contains(&it.account))
        };
        let by_id: BTreeMap<String, AgentId> = center.engine.view().read(|projection| {
            let agents = projection.center.state().agents.iter();
            let watched = agents.filter(|(id, _)| has_teams(id));
            watched
                .map(|(id, agent)| (agent.profile.address.clone(), id))
                .collect()
        });
        let agents = by_id.values().copied().collect();
        Ok(Self { by_id, agents })
    }

    /// The agent who is a person, by object id.
    pub(super) fn agent(&self, id: &str) -> Option<AgentId> {
        self.by_id.get(id).copied()
    }

    pub(super) fn has(&self, agent: AgentId) -> bool {
        self.agents.contains(&agent)
    }

    /// All, by object id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, AgentId)> {
        self.by_id.iter().map(|(id, agent)| (id.as_str(), *agent))
    }
}
