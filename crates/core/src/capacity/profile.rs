//! Capacity profiles: what administrators say of how much agents may have at once, and what of that can be carried
//! out.

use super::{Beside, Capacity, ChannelRule, Label, LabelRule};
use crate::contact::Channel;
use crate::flow::{in_range, invalid};
use crate::ids::CapacityProfileId;
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::{self, Settings, Versioned};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A capacity profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityProfile {
    /// What people call it.
    pub name: String,
    /// What it says.
    pub capacity: Capacity<Channel>,
}

/// The capacities of all profiles, and that of whoever has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacities {
    usual: Capacity<Channel>,
    by_profile: BTreeMap<CapacityProfileId, Capacity<Channel>>,
}

impl Default for Capacities {
    fn default() -> Self {
        Self {
            usual: Capacity::one_at_a_time(),
            by_profile: BTreeMap::new(),
        }
    }
}

impl Capacities {
    /// That of a profile; where there is none, one contact at a time.
    #[must_use]
    pub fn of(&self, profile: Option<CapacityProfileId>) -> &Capacity<Channel> {
        let named = profile.and_then(|it| self.by_profile.get(&it));
        named.unwrap_or(&self.usual)
    }

    pub(crate) fn set(&mut self, id: CapacityProfileId, capacity: Option<&Capacity<Channel>>) {
        match capacity {
            Some(capacity) => self.by_profile.insert(id, capacity.clone()),
            None => self.by_profile.remove(&id),
        };
    }
}

impl Capacity<Channel> {
    /// One contact at a time, whatever it is: what agents have of whom nothing else is said.
    #[must_use]
    pub fn one_at_a_time() -> Self {
        let rule = || ChannelRule {
            max: 1,
            beside: Beside::SameChannel,
            interrupts: BTreeSet::new(),
        };
        Self {
            units_total: None,
            channels: Channel::ALL.map(|channel| (channel, rule())).into(),
            labels: BTreeMap::new(),
        }
    }

    fn validate(&self) -> Result<(), Refusal> {
        if let Some(total) = self.units_total {
            in_range("units_total", total, 1, limits::CAPACITY_UNITS_MAX)?;
        }
        if self.channels.values().all(|it| it.max == 0) {
            let detail = "takes nothing; let it take one contact of a channel".to_owned();
            return Err(invalid("channels", detail));
        }
        for (channel, rule) in &self.channels {
            rule.validate(*channel)?;
        }
        let max = limits::CAPACITY_LABELS_MAX;
        if self.labels.len() > max {
            return Err(invalid("labels", format!("has more than {max} labels")));
        }
        let mut labels = self.labels.iter();
        labels.try_for_each(|(label, rule)| rule.validate(label))
    }
}

impl ChannelRule<Channel> {
    /// A profile that the rest of an agent's work cannot carry out is refused: a Teams client is in one call at a
    /// time, and nobody puts a customer on hold for another.
    fn validate(&self, channel: Channel) -> Result<(), Refusal> {
        let at = |field: &str| format!("channels.{}.{field}", channel.word());
        match channel {
            Channel::Voice if self.max > 1 => {
                let detail = "a Teams client is in one call at a time; write 0 or 1".to_owned();
                return Err(invalid(&at("max"), detail));
            }
            Channel::Voice => {}
            Channel::Voicemail => {
                in_range(&at("max"), self.max, 0, limits::MESSAGES_PER_AGENT_MAX)?;
            }
        }
        if self.interrupts.contains(&Channel::Voice) {
            let detail =
                "a call cannot be interrupted: its customer would be left; name other channels";
            return Err(invalid(&at("interrupts"), detail.to_owned()));
        }
        if self.interrupts.contains(&channel) {
            let detail = "a message does not interrupt a message; raise max instead".to_owned();
            return Err(invalid(&at("interrupts"), detail));
        }
        Ok(())
    }
}

impl LabelRule {
    fn validate(&self, label: &Label) -> Result<(), Refusal> {
        label.validate("labels.label")?;
        let max = limits::MESSAGES_PER_AGENT_MAX;
        in_range("labels.max", self.max, 0, max)?;
        if !self.interrupts.is_empty() {
            let detail =
                "interruption by label is not built: it could interrupt a call; leave it out";
            return Err(invalid("labels.interrupts", detail.to_owned()));
        }
        Ok(())
    }
}

impl Settings {
    pub(crate) fn validate_capacity_profile(
        &self,
        id: Option<u64>,
        profile: &CapacityProfile,
    ) -> Result<(), Refusal> {
        settings::name("name", &profile.name)?;
        let twin = |(other, it): (&CapacityProfileId, &Versioned<CapacityProfile>)| {
            Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&profile.name)
        };
        settings::unique("name", self.capacity_profiles.iter().any(twin))?;
        profile.capacity.validate()
    }
}
