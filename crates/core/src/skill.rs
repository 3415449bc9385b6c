//! Skills, and the levels at which agents have and queues require them.

use crate::ids::SkillId;
use serde::{Deserialize, Serialize};

/// What an agent can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// What people call it.
    pub name: String,
}

/// How well: 1 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(pub u8);

impl Level {
    /// The lowest level.
    pub const MIN: Self = Self(1);
    /// The highest level.
    pub const MAX: Self = Self(10);
}

/// An agent's skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proficiency {
    /// Which skill.
    pub skill: SkillId,
    /// How well.
    pub level: Level,
}

/// What a queue asks of an agent: the skill, at least at this level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Which skill.
    pub skill: SkillId,
    /// The lowest level that serves.
    pub min_level: Level,
}
