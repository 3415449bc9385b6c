//! Scopes: which queues and agents somebody's roles reach. A scope is everything or named parts; what is in no
//! part is out. Taking a part away never lets anybody see more: every answer here only asks whether something is named.

use crate::ids::{AgentId, QueueId, SiteId, TeamId};
use crate::permission::Permission;
use crate::role::Actor;
use crate::state::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod setting;

/// What an account's roles reach.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// No limit.
    Everything,
    /// These, and nothing else.
    Parts(Parts),
}

/// The parts of a scope. None at all is a scope in which nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Parts {
    /// Queues, and whatever was in them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub queues: BTreeSet<QueueId>,
    /// Teams: their agents, and whatever these had.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<TeamId>,
    /// Sites: the agents of their teams, and whatever these had.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sites: BTreeSet<SiteId>,
}

/// One part of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A queue.
    Queue(QueueId),
    /// A team.
    Team(TeamId),
    /// A site.
    Site(SiteId),
}

/// Where an agent belongs. Nobody's agent is in no scope but everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Belongs {
    /// The agent's team.
    pub team: Option<TeamId>,
    /// The team's site.
    pub site: Option<SiteId>,
}

impl Scope {
    /// Whether there is no limit.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        matches!(self, Self::Everything)
    }

    /// Whether a queue is in it: when it is named.
    #[must_use]
    pub fn has_queue(&self, queue: QueueId) -> bool {
        match self {
            Self::Everything => true,
            Self::Parts(parts) => parts.queues.contains(&queue),
        }
    }

    /// Whether an agent is in it: when the team is named, or its site.
    #[must_use]
    pub fn has_agent(&self, belongs: Belongs) -> bool {
        self.part_of_agent(belongs).is_some() || self.is_everything()
    }

    /// The part that has the agent.
    pub(crate) fn part_of_agent(&self, belongs: Belongs) -> Option<Part> {
        let Self::Parts(parts) = self else {
            return None;
        };
        let team = belongs.team.filter(|team| parts.teams.contains(team));
        let site = belongs.site.filter(|site| parts.sites.contains(site));
        team.map(Part::Team).or_else(|| site.map(Part::Site))
    }
}

/// The queues and agents that somebody's scope comes to at this moment, the own agent among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sight {
    /// No limit.
    #[default]
    Everything,
    /// These.
    Of(Seen),
}

/// Queues and agents that are in somebody's sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Queues.
    pub queues: BTreeSet<QueueId>,
    /// Agents.
    pub agents: BTreeSet<AgentId>,
}

impl Sight {
    /// Whether a queue is.
    #[must_use]
    pub fn has_queue(&self, queue: QueueId) -> bool {
        match self {
            Self::Everything => true,
            Self::Of(seen) => seen.queues.contains(&queue),
        }
    }

    /// Whether an agent is.
    #[must_use]
    pub fn has_agent(&self, agent: AgentId) -> bool {
        match self {
            Self::Everything => true,
            Self::Of(seen) => seen.agents.contains(&agent),
        }
    }

    /// Whether a contact, or a recording, is: when any of its queues or agents is.
    #[must_use]
    pub fn has_contact(
        &self,
        queues: impl IntoIterator<Item = QueueId>,
        agents: impl IntoIterator<Item = AgentId>,
    ) -> bool {
        match self {
            Self::Everything => true,
            Self::Of(seen) => {
                queues.into_iter().any(|it| seen.queues.contains(&it))
                    || agents.into_iter().any(|it| seen.agents.contains(&it))
            }
        }
    }
}

impl State {
    /// Where an agent belongs; nowhere when there is no such agent any more.
    #[must_use]
    pub fn belongs(&self, agent: AgentId) -> Belongs {
        let team = self.agents.get(agent).and_then(|it| it.profile.team);
        let standing = team.and_then(|team| self.settings.teams.get(&team));
        Belongs {
            team,
            site: standing.and_then(|it| it.document.site),
        }
    }

    /// What a scope comes to at this moment. O(agents), for those who are limited.
    #[must_use]
    pub fn sight(&self, scope: &Scope) -> Sight {
        let Scope::Parts(parts) = scope else {
            return Sight::Everything;
        };
        let agents = self.agents.iter().map(|(id, _)| id);
        let within = agents.filter(|id| scope.has_agent(self.belongs(*id)));
        Sight::Of(Seen {
            queues: parts.queues.clone(),
            agents: within.collect(),
        })
    }

    /// What somebody sees at this moment. Agents see themselves and what they had, whatever their scope.
    #[must_use]
    pub fn sight_of(&self, actor: &Actor) -> Sight {
        let own = actor.agent.filter(|_| actor.may(Permission::TakeContacts));
        match self.sight(&actor.scope) {
            Sight::Everything => Sight::Everything,
            Sight::Of(mut seen) => {
                seen.agents.extend(own);
                Sight::Of(seen)
            }
        }
    }
}

#[cfg(test)]
mod tests;
