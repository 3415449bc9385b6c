//! Privacy: whether figures are told of single agents, and how long it is kept what is known of customers. One
//! document for a contact center; where none was saved, nothing is limited and everything is kept.

use crate::flow::in_range;
use crate::refusal::Refusal;
use crate::settings::Settings;
use serde::{Deserialize, Serialize};

/// The longest that anything can be kept that is not kept for good, days.
const DAYS_MAX: u32 = 36_500;

/// What is told, and what is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Of whom figures are told.
    pub agent_figures: AgentFigures,
    /// How long numbers, names and notes are kept after a contact is over, days; for good without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_customers_days: Option<u32>,
    /// How long messages are kept after they were left, days; for good without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_messages_days: Option<u32>,
}

/// Of whom figures are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentFigures {
    /// Of each agent.
    #[default]
    Each,
    /// Of teams alone: nobody but the agent sees those of one agent.
    Team,
}

impl Privacy {
    pub(crate) fn validate(&self) -> Result<(), Refusal> {
        let days = [
            ("keep_customers_days", self.keep_customers_days),
            ("keep_messages_days", self.keep_messages_days),
        ];
        days.into_iter()
            .filter_map(|(field, days)| Some((field, days?)))
            .try_for_each(|(field, days)| in_range(field, days, 1, DAYS_MAX))
    }
}

impl Settings {
    /// As it stands, or what holds when nobody said anything.
    #[must_use]
    pub fn privacy(&self) -> Privacy {
        let said = self.privacies.values().next();
        said.map_or_else(Privacy::default, |it| it.document.clone())
    }
}
