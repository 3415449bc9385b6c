//! What the contacts of a queue take of an agent.

use serde::{Deserialize, Serialize};
use tandem_core::capacity;
use utoipa::ToSchema;

/// What the contacts of a queue take of an agent.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Demand {
    /// Units of each contact, 0 to 1000; 1 when left out. They count where the agent's capacity profile has a total.
    #[serde(default = "one")]
    units: u32,
    /// Their class of work, of which a capacity profile may limit how many an agent has at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// Which of them want the agent alone.
    #[serde(default = "calls")]
    exclusive: Exclusive,
    /// What the work after a message takes; that after a call always blocks.
    #[serde(default = "blocks")]
    message_wrap_up: AtWrapUp,
}

/// Which contacts of a queue want the agent alone.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Exclusive {
    Calls,
    Everything,
    Nothing,
}

/// What a contact takes of an agent in its wrap-up.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AtWrapUp {
    /// As much as before.
    Blocks,
    /// Nothing.
    Frees,
}

same_words! {
    Exclusive = capacity::Exclusive { Calls, Everything, Nothing }
    AtWrapUp = capacity::AtWrapUp { Blocks, Frees }
}

const fn one() -> u32 {
    1
}

const fn calls() -> Exclusive {
    Exclusive::Calls
}

const fn blocks() -> AtWrapUp {
    AtWrapUp::Blocks
}

impl Default for Demand {
    fn default() -> Self {
        Self::from(&capacity::Demand::default())
    }
}

impl From<Demand> for capacity::Demand {
    fn from(sent: Demand) -> Self {
        Self {
            units: sent.units,
            label: sent.label.map(capacity::Label),
            exclusive: sent.exclusive.into(),
            message_wrap_up: sent.message_wrap_up.into(),
        }
    }
}

impl From<&capacity::Demand> for Demand {
    fn from(it: &capacity::Demand) -> Self {
        Self {
            units: it.units,
            label: it.label.as_ref().map(|label| label.0.clone()),
            exclusive: it.exclusive.into(),
            message_wrap_up: it.message_wrap_up.into(),
        }
    }
}
