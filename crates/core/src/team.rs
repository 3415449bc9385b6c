//! Teams of agents, and the sites where they work: what a scope can name beside queues. Of routing a queue, or a step
//! of its plan, may be for the agents of some teams alone.

use crate::flow::invalid;
use crate::ids::{SiteId, TeamId};
use crate::refusal::Refusal;
use crate::settings::{Settings, Versioned, exists, name, unique};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A team. Its agents name it in their profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// What people call it.
    pub name: String,
    /// Where it works, if that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
}

/// A site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// What people call it.
    pub name: String,
}

/// Of which teams agents are asked: of any where none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Teams(BTreeSet<TeamId>);

impl Teams {
    /// As a queue has them: nothing where none is named.
    #[must_use]
    pub fn of(teams: BTreeSet<TeamId>) -> Option<Box<Self>> {
        (!teams.is_empty()).then(|| Box::new(Self(teams)))
    }

    /// Whether agents of any team are asked, and those of none.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an agent of this team is asked.
    #[must_use]
    pub fn take(&self, team: Option<TeamId>) -> bool {
        self.is_any() || team.is_some_and(|it| self.0.contains(&it))
    }

    /// Whether every agent whom the other asks is asked.
    pub(crate) fn include(&self, other: &Self) -> bool {
        self.is_any() || (!other.is_any() && other.0.is_subset(&self.0))
    }

    /// Which.
    pub fn iter(&self) -> impl Iterator<Item = TeamId> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<TeamId> for Teams {
    fn from_iter<I: IntoIterator<Item = TeamId>>(teams: I) -> Self {
        Self(teams.into_iter().collect())
    }
}

impl Settings {
    pub(crate) fn validate_team(&self, id: Option<u64>, team: &Team) -> Result<(), Refusal> {
        name("name", &team.name)?;
        let twin = |(other, it): (&TeamId, &Versioned<Team>)| {
            Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&team.name)
        };
        unique("name", self.teams.iter().any(twin))?;
        match team.site {
            Some(site) => exists("site_id", "site", site.0, self.sites.contains_key(&site)),
            None => Ok(()),
        }
    }

    pub(crate) fn validate_site(&self, id: Option<u64>, site: &Site) -> Result<(), Refusal> {
        name("name", &site.name)?;
        let twin = |(other, it): (&SiteId, &Versioned<Site>)| {
            Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&site.name)
        };
        unique("name", self.sites.iter().any(twin))
    }

    /// The team that works at a site.
    pub(crate) fn site_used_by(&self, id: SiteId) -> Option<String> {
        let mut teams = self.teams.values();
        let there = teams.find(|it| it.document.site == Some(id));
        there.map(|it| format!("the team \"{}\"", it.document.name))
    }

    /// Every part of a scope must be there when it is said.
    pub(crate) fn validate_parts(&self, parts: &crate::scope::Parts) -> Result<(), Refusal> {
        for queue in &parts.queues {
            exists("queues", "queue", queue.0, self.queues.contains(*queue))?;
        }
        for team in &parts.teams {
            exists("teams", "team", team.0, self.teams.contains_key(team))?;
        }
        for site in &parts.sites {
            exists("sites", "site", site.0, self.sites.contains_key(site))?;
        }
        let n_parts = parts.queues.len() + parts.teams.len() + parts.sites.len();
        let max = crate::limits::SCOPE_PARTS_MAX;
        if n_parts > max {
            let detail = format!("has more than {max} parts; name teams or sites instead");
            return Err(invalid("scope", detail));
        }
        Ok(())
    }
}
