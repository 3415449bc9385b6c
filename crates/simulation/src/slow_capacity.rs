//! R-09 once more, in plain words and without the rule's code: whether an agent has room for a contact.

use tandem_core::agent::{Agent, Slot, Stage};
use tandem_core::capacity::{AtWrapUp, Beside, CapacityProfile, Exclusive, Label};
use tandem_core::contact::Channel;
use tandem_core::queue::Queue;
use tandem_core::state::State;

/// Whether an agent, if willing, has room for a contact of a queue.
pub(crate) fn has_room(state: &State, agent: &Agent, queue: &Queue, channel: Channel) -> bool {
    let profile = profile_of(state, agent);
    let label = queue.demand.label.as_ref();
    let mut there: Vec<&Slot> = agent.slots.iter().collect();
    there.retain(|it| it.stage != Stage::WrapUp || it.load.at_wrap_up == AtWrapUp::Blocks);
    there.retain(|it| !gives_way(profile, it, channel));
    let wants_all = match queue.demand.exclusive {
        Exclusive::Nothing => false,
        Exclusive::Everything => true,
        Exclusive::Calls => channel == Channel::Voice,
    };
    if !there.is_empty() && (wants_all || there.iter().any(|it| it.load.is_exclusive)) {
        return false;
    }
    // Without a profile it is one contact at a time.
    let Some(profile) = profile else {
        return there.is_empty();
    };
    let of_channel = there.iter().filter(|it| it.load.channel == channel);
    fits(of_channel.count(), max_of(profile, channel))
        && !there.iter().any(|it| shuts_out(profile, it, channel))
        && label.is_none_or(|label| label_fits(profile, label, &there))
        && units_fit(profile, queue.demand.units, &there)
}

/// Of agents who have no profile, everything shuts everything else out.
fn profile_of<'a>(state: &'a State, agent: &Agent) -> Option<&'a CapacityProfile> {
    let id = agent.profile.capacity?;
    Some(&state.settings.capacity_profiles.get(&id)?.document)
}

fn gives_way(profile: Option<&CapacityProfile>, slot: &Slot, channel: Channel) -> bool {
    let rule = profile.and_then(|it| it.capacity.channels.get(&channel));
    rule.is_some_and(|it| it.interrupts.contains(&slot.load.channel))
}

fn max_of(profile: &CapacityProfile, channel: Channel) -> u32 {
    let rule = profile.capacity.channels.get(&channel);
    rule.map_or(0, |it| it.max)
}

fn fits(n: usize, max: u32) -> bool {
    u32::try_from(n).is_ok_and(|n| n < max)
}

fn shuts_out(profile: &CapacityProfile, slot: &Slot, channel: Channel) -> bool {
    let rule = profile.capacity.channels.get(&slot.load.channel);
    let is_closed = rule.is_some_and(|it| it.beside == Beside::SameChannel);
    is_closed && slot.load.channel != channel
}

fn label_fits(profile: &CapacityProfile, label: &Label, there: &[&Slot]) -> bool {
    let same = there
        .iter()
        .filter(|it| it.load.label.as_ref() == Some(label));
    let rule = profile.capacity.labels.get(label);
    rule.is_none_or(|it| fits(same.count(), it.max))
}

fn units_fit(profile: &CapacityProfile, units: u32, there: &[&Slot]) -> bool {
    let used: u32 = there.iter().map(|it| it.load.units).sum();
    let total = profile.capacity.units_total;
    total.is_none_or(|total| used + units <= total)
}

/// Units that an agent has left; more than any contact takes where nobody counts them.
pub(crate) fn free_units(state: &State, agent: &Agent) -> u32 {
    let total = profile_of(state, agent).and_then(|it| it.capacity.units_total);
    let frees = |it: &Slot| it.stage == Stage::WrapUp && it.load.at_wrap_up == AtWrapUp::Frees;
    let there = agent.slots.iter().filter(|it| !frees(it));
    let used: u32 = there.map(|it| it.load.units).sum();
    total.unwrap_or(u32::MAX).saturating_sub(used)
}
