//! What of an agent is a setting among others, for drafts: skills, team and capacity profile. Who agents are and
//! whether they may come in is with their accounts.

use super::super::endpoints::object_id;
use super::super::settings::Resource;
use super::{Phone, SkillLevel};
use crate::center::Center;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::agent::Profile;
use tandem_core::ids::{AgentId, CapacityProfileId, SkillId, TeamId};
use tandem_core::settings::{Document, Kind};
use tandem_core::skill::{Level, Proficiency};
use tandem_core::state::State;
use tandem_store::SealedSubject;

/// The settings of an agent.
#[derive(Serialize)]
pub(in crate::api) struct AgentSettings {
    id: u64,
    version: u64,
    teams_user_id: String,
    phone: Option<Phone>,
    skills: Vec<SkillLevel>,
    team_id: Option<u64>,
    capacity_profile_id: Option<u64>,
}

/// What a draft says of an agent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AgentSettingsSent {
    teams_user_id: String,
    /// For those who read; must be right if it is there.
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    phone: Option<Phone>,
    #[serde(default)]
    skills: Vec<SkillLevel>,
    #[serde(default)]
    team_id: Option<u64>,
    #[serde(default)]
    capacity_profile_id: Option<u64>,
}

impl AgentSettings {
    fn of(id: AgentId, version: u64, profile: &Profile) -> Self {
        // Every field of a profile is told here or is the account's business.
        let Profile {
            person: _,
            address,
            phone,
            skills,
            enabled: _,
            team,
            capacity,
        } = profile;
        let skills = skills.iter().map(|it| SkillLevel {
            skill_id: it.skill.0,
            level: it.level.0,
        });
        Self {
            id: id.0,
            version,
            teams_user_id: address.clone(),
            phone: phone.as_ref().map(Phone::of),
            skills: skills.collect(),
            team_id: team.map(|it| it.0),
            capacity_profile_id: capacity.map(|it| it.0),
        }
    }
}

impl Resource for AgentSettings {
    type Sent = AgentSettingsSent;
    const KIND: Kind = Kind::Agent;

    fn all(state: &State) -> Vec<Self> {
        let agents = state.agents.iter();
        agents
            .map(|(id, agent)| Self::of(id, agent.version, &agent.profile))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let agent = state.agents.get(AgentId(id))?;
        Some(Self::of(AgentId(id), agent.version, &agent.profile))
    }

    /// A name is changed with the account; one that is not right would be a promise that nobody keeps.
    async fn prepare(
        sent: &mut AgentSettingsSent,
        center: &Center,
    ) -> Result<Vec<SealedSubject>, Problem> {
        let Some(name) = &sent.name else {
            return Ok(Vec::new());
        };
        let address = object_id("teams_user_id", &sent.teams_user_id)?;
        let person = center.engine.view().read(|projection| {
            let found = by_address(projection.center.state(), &address);
            found.map(|(_, profile)| profile.person)
        });
        if let Some(person) = person {
            let known = center.people.name(person).await?;
            if known.is_some_and(|known| *known != *name.trim()) {
                let detail = "is another one here; names are changed with the account, so change it there or \
                              leave it out";
                return Err(Problem::invalid("name", detail));
            }
        }
        Ok(Vec::new())
    }

    fn document(sent: AgentSettingsSent, state: &State) -> Result<Document, Problem> {
        let address = object_id("teams_user_id", &sent.teams_user_id)?;
        let Some((_, before)) = by_address(state, &address) else {
            let detail = "is no agent of this contact center; make the agent first";
            return Err(Problem::invalid("teams_user_id", detail));
        };
        let skills = sent.skills.iter().map(|it| Proficiency {
            skill: SkillId(it.skill_id),
            level: Level(it.level),
        });
        Ok(Document::Agent(Profile {
            phone: sent.phone.map(Phone::into_core),
            skills: skills.collect(),
            team: sent.team_id.map(TeamId),
            capacity: sent.capacity_profile_id.map(CapacityProfileId),
            ..before.clone()
        }))
    }
}

fn by_address<'a>(state: &'a State, address: &str) -> Option<(AgentId, &'a Profile)> {
    let mut agents = state.agents.iter();
    let found = agents.find(|(_, agent)| agent.profile.address == address)?;
    Some((found.0, &found.1.profile))
}
