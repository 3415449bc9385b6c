//! Skills.

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::ids::SkillId;
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::skill;
use tandem_core::state::State;
use utoipa::ToSchema;

/// A skill.
#[derive(Serialize, ToSchema)]
pub(super) struct Skill {
    id: u64,
    version: u64,
    name: String,
}

/// What is sent to create or change a skill.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillSent {
    name: String,
}

settings_routes!(
    Skill,
    SkillSent,
    "skills",
    "/{center}/skills",
    "/{center}/skills/{id}"
);

impl Resource for Skill {
    type Sent = SkillSent;
    const KIND: Kind = Kind::Skill;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .skills
            .iter()
            .map(|(id, it)| Self::of(*id, it))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = SkillId(id);
        state.settings.skills.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: SkillSent, _state: &State) -> Result<Document, Problem> {
        Ok(Document::Skill(skill::Skill { name: sent.name }))
    }
}

impl Skill {
    fn of(id: SkillId, it: &Versioned<skill::Skill>) -> Self {
        Self {
            id: id.0,
            version: it.version,
            name: it.document.name.clone(),
        }
    }
}
