//! What the contacts of a queue take of an agent.

use super::{AtWrapUp, Label, Load};
use crate::contact::Channel;
use crate::flow::{in_range, invalid};
use crate::limits;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// What a queue says of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Demand {
    /// How many units each of its contacts takes.
    pub units: u32,
    /// Their class of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Which of them want the agent alone.
    #[serde(default)]
    pub exclusive: Exclusive,
    /// What the wrap-up of a message takes; that of a call always blocks.
    #[serde(default)]
    pub message_wrap_up: AtWrapUp,
}

/// Which contacts of a queue want the agent alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusive {
    /// Its calls.
    #[default]
    Calls,
    /// All.
    Everything,
    /// None: what comes beside them, the capacity profile of the agent says.
    Nothing,
}

impl Default for Demand {
    fn default() -> Self {
        Self {
            units: 1,
            label: None,
            exclusive: Exclusive::Calls,
            message_wrap_up: AtWrapUp::Blocks,
        }
    }
}

impl Demand {
    /// Whether nothing needs to be written, so that older documents are written as they were.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What a contact on a channel takes.
    #[must_use]
    pub fn load(&self, channel: Channel) -> Load<Channel> {
        let (is_exclusive, at_wrap_up) = match (channel, self.exclusive) {
            (Channel::Voice, it) => (it != Exclusive::Nothing, AtWrapUp::Blocks),
            (Channel::Voicemail, it) => (it == Exclusive::Everything, self.message_wrap_up),
        };
        Load {
            channel,
            units: self.units,
            label: self.label.clone(),
            is_exclusive,
            at_wrap_up,
        }
    }

    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        in_range("demand.units", self.units, 0, limits::CAPACITY_UNITS_MAX)?;
        self.label
            .as_ref()
            .map_or(Ok(()), |label| label.validate("demand.label"))
    }
}

impl Load<Channel> {
    /// What a call takes that an agent makes or is asked into: it has the agent alone.
    #[must_use]
    pub fn call() -> Self {
        Demand::default().load(Channel::Voice)
    }

    pub(crate) fn boxed_call() -> Box<Self> {
        Box::new(Self::call())
    }

    pub(crate) fn is_call(&self) -> bool {
        *self == Self::call()
    }
}

impl Label {
    pub(super) fn validate(&self, field: &str) -> Result<(), Refusal> {
        let n = self.0.trim().chars().count();
        let max = limits::CAPACITY_LABEL_CHARS_MAX;
        if n == 0 || n > max {
            return Err(invalid(field, format!("write 1 to {max} characters")));
        }
        Ok(())
    }
}
