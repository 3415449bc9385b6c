//! Capacity: how much an agent may have at once. [`Capacity::admits`] is the one rule by which a contact comes
//! to an agent who may have others, for any set of channels; it knows no agent, no queue and no time.

mod demand;
mod preset;
mod profile;
#[cfg(test)]
mod tests;

pub use demand::{Demand, Exclusive};
pub use preset::{AmazonChannel, CrossChannel, GenesysLabel, GenesysMedia};
pub use profile::{Capacities, CapacityProfile};

use crate::ids::ContactId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an agent may have at once. What it does not name of channels is not taken; what it does not name of labels is
/// not limited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity<C: Ord> {
    /// How many units there are; without, units are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units_total: Option<u32>,
    /// The channels that are taken.
    pub channels: BTreeMap<C, ChannelRule<C>>,
    /// The labels that are limited.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Label, LabelRule>,
}

/// How contacts of one channel are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRule<C: Ord> {
    /// How many at once.
    pub max: u32,
    /// What else comes while one of them is there.
    pub beside: Beside,
    /// The channels whose contacts do not count against one of this channel: it interrupts them.
    #[serde(default = "BTreeSet::new", skip_serializing_if = "BTreeSet::is_empty")]
    pub interrupts: BTreeSet<C>,
}

/// What else comes to an agent who has a contact of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// Contacts of any channel.
    AnyChannel,
    /// More of the same channel, and what interrupts it.
    SameChannel,
}

/// A class of work across channels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(pub String);

/// How contacts of one label are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRule {
    /// How many at once.
    pub max: u32,
    /// The labels whose contacts do not count against one of this label: it interrupts them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub interrupts: BTreeSet<Label>,
}

/// What a contact takes of an agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Load<C> {
    /// On what it comes.
    pub channel: C,
    /// How many units.
    pub units: u32,
    /// Its class of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Whether it wants the agent alone.
    pub is_exclusive: bool,
    /// Whether the work after it takes as much.
    #[serde(default, skip_serializing_if = "AtWrapUp::is_default")]
    pub at_wrap_up: AtWrapUp,
}

/// What a contact takes of an agent in its wrap-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtWrapUp {
    /// As much as before.
    #[default]
    Blocks,
    /// Nothing.
    Frees,
}

impl AtWrapUp {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What an agent has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held<C> {
    /// Which contact.
    pub contact: ContactId,
    /// What it takes.
    pub load: Load<C>,
}

/// What the rule says of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// There is room.
    Admitted,
    /// There is, when these are interrupted.
    Interrupting(Vec<ContactId>),
    /// There is none.
    Refused(NoRoom),
}

/// Why there is no room: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// One that is there wants the agent alone, or the new one does and something is there.
    Exclusive,
    /// As many of its channel are there as may be, or none may.
    Channel,
    /// One that is there lets only its own channel come beside it.
    OtherChannel,
    /// As many of its label are there as may be.
    Label,
    /// It takes more units than are left.
    Units,
}

/// What may be interrupted.
#[derive(Clone, Copy)]
enum Interrupting {
    Nothing,
    ByChannel,
    ByChannelAndLabel,
}

impl<C: Ord + Copy> Capacity<C> {
    /// Whether a contact comes to an agent who has these. What is there and does not count (a wrap-up that frees)
    /// is left out by whoever asks.
    #[must_use]
    pub fn admits(&self, held: &[Held<C>], load: &Load<C>) -> Admission {
        let Some(refused) = self.refusal(held, load, Interrupting::Nothing) else {
            return Admission::Admitted;
        };
        // Interruption comes last: by the channel, then by the label too.
        for how in [Interrupting::ByChannel, Interrupting::ByChannelAndLabel] {
            if self.refusal(held, load, how).is_none() {
                let interrupted = held.iter().filter(|it| self.interrupts(load, it, how));
                return Admission::Interrupting(interrupted.map(|it| it.contact).collect());
            }
        }
        Admission::Refused(refused)
    }

    /// As [`Self::admits`], where nobody asks how.
    #[must_use]
    pub fn has_room(&self, held: &[Held<C>], load: &Load<C>) -> bool {
        self.refusal(held, load, Interrupting::ByChannelAndLabel)
            .is_none()
    }

    /// Units that are left; more than any contact takes where they are not counted.
    #[must_use]
    pub fn free_units(&self, held: &[Held<C>]) -> u32 {
        let used = held.iter().map(|it| it.load.units);
        let used = used.fold(0, u32::saturating_add);
        self.units_total.unwrap_or(u32::MAX).saturating_sub(used)
    }

    fn refusal(&self, held: &[Held<C>], load: &Load<C>, how: Interrupting) -> Option<NoRoom> {
        let held = held.iter().filter(|it| !self.interrupts(load, it, how));
        let mut counted = held.clone();
        if counted.any(|it| it.load.is_exclusive || load.is_exclusive) {
            return Some(NoRoom::Exclusive);
        }
        let max = self.channels.get(&load.channel).map_or(0, |it| it.max);
        if at_once(held.clone(), |it| it.channel == load.channel) >= max {
            return Some(NoRoom::Channel);
        }
        let shuts_out = |it: &Held<C>| {
            let beside = self.channels.get(&it.load.channel).map(|it| it.beside);
            it.load.channel != load.channel && beside == Some(Beside::SameChannel)
        };
        if held.clone().any(shuts_out) {
            return Some(NoRoom::OtherChannel);
        }
        let label = load.label.as_ref();
        if let Some(rule) = label.and_then(|it| self.labels.get(it))
            && at_once(held.clone(), |it| it.label.as_ref() == label) >= rule.max
        {
            return Some(NoRoom::Label);
        }
        let used = held.map(|it| it.load.units);
        let needed = used.fold(load.units, u32::saturating_add);
        self.units_total
            .is_some_and(|total| needed > total)
            .then_some(NoRoom::Units)
    }

    fn interrupts(&self, load: &Load<C>, held: &Held<C>, how: Interrupting) -> bool {
        let by_channel = || {
            let rule = self.channels.get(&load.channel);
            rule.is_some_and(|it| it.interrupts.contains(&held.load.channel))
        };
        let by_label = || {
            let rule = load.label.as_ref().and_then(|it| self.labels.get(it));
            let label = held.load.label.as_ref();
            rule.zip(label)
                .is_some_and(|(rule, label)| rule.interrupts.contains(label))
        };
        match how {
            Interrupting::Nothing => false,
            Interrupting::ByChannel => by_channel(),
            Interrupting::ByChannelAndLabel => by_channel() || by_label(),
        }
    }
}

fn at_once<'a, C: Ord + 'a>(
    held: impl Iterator<Item = &'a Held<C>>,
    is_counted: impl Fn(&Load<C>) -> bool,
) -> u32 {
    let n = held.filter(|it| is_counted(&it.load)).count();
    u32::try_from(n).unwrap_or(u32::MAX)
}
