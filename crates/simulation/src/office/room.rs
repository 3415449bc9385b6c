//! How much agents of the simulation may have at once, and what contacts of its queues take.

use crate::day::Day;
use crate::dice::Dice;
use crate::invariant::Broken;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::capacity::{
    AtWrapUp, Beside, Capacity, CapacityProfile, ChannelRule, Demand, Exclusive, Label, LabelRule,
};
use tandem_core::contact::Channel;
use tandem_core::ids::CapacityProfileId;
use tandem_core::settings::Document;

const N_PROFILES: u64 = 3;

impl Day {
    pub(super) fn set_capacities(&mut self) -> Result<(), Broken> {
        for index in 0..N_PROFILES {
            let profile = random_profile(&mut self.dice, index);
            self.create(Document::CapacityProfile(profile))?;
        }
        Ok(())
    }

    pub(super) fn change_capacity(&mut self) -> Result<(), Broken> {
        let index = self.dice.below(N_PROFILES);
        let id = CapacityProfileId(index + 1);
        let profiles = &self.state().settings.capacity_profiles;
        let version = profiles.get(&id).map(|it| it.version);
        let profile = random_profile(&mut self.dice, index);
        let document = Document::CapacityProfile(profile);
        self.save(Some(id.0), version, document).map(drop)
    }
}

/// Two of three agents have one contact at a time. A profile may have been removed: then the agent is refused.
pub(super) fn some_profile(dice: &mut Dice) -> Option<CapacityProfileId> {
    let id = CapacityProfileId(1 + dice.below(N_PROFILES));
    dice.chance(35).then_some(id)
}

fn random_profile(dice: &mut Dice, index: u64) -> CapacityProfile {
    let mut rule = |channel| {
        let max = match channel {
            Channel::Voice => u32::from(dice.chance(90)),
            Channel::Voicemail => dice.between(1, 4),
        };
        let interrupts = channel == Channel::Voice && dice.chance(60);
        let beside = if dice.chance(50) {
            Beside::AnyChannel
        } else {
            Beside::SameChannel
        };
        ChannelRule {
            max,
            beside,
            interrupts: { interrupts.then_some(Channel::Voicemail) }
                .into_iter()
                .collect::<BTreeSet<_>>(),
        }
    };
    let channels = Channel::ALL.map(|channel| (channel, rule(channel)));
    let vip = LabelRule {
        max: dice.between(0, 2),
        interrupts: BTreeSet::new(),
    };
    let labels: BTreeMap<_, _> = [(label(), vip)].into();
    let capacity = Capacity {
        units_total: dice.chance(40).then(|| dice.between(1, 5)),
        channels: channels.into(),
        labels,
    };
    let name = format!("profile {index}");
    CapacityProfile { name, capacity }
}

fn label() -> Label {
    Label("vip".to_owned())
}

pub(super) fn random_demand(dice: &mut Dice) -> Demand {
    if dice.chance(60) {
        return Demand::default();
    }
    let exclusive = [Exclusive::Calls, Exclusive::Everything, Exclusive::Nothing];
    Demand {
        units: dice.between(0, 3),
        label: dice.chance(50).then(label),
        exclusive: dice.pick(&exclusive).copied().unwrap_or_default(),
        message_wrap_up: if dice.chance(50) {
            AtWrapUp::Frees
        } else {
            AtWrapUp::Blocks
        },
    }
}
