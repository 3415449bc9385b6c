//! How many agents are kept in step, and how many Microsoft's limits carry (docs/presence.md).

use super::writing::RENEWALS_PER_S;
use crate::center::Center;
use crate::edge::graph::account::{Account, Feature};
use tandem_core::presence::keeper::Pace;

/// Agents who may be kept in step at one time, and how many can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crowd {
    pub(crate) n: usize,
    pub(crate) n_max: usize,
}

impl Crowd {
    /// Nothing where they are few enough, or nothing is written to Teams.
    pub(crate) fn too_many(center: &Center, account: &Account) -> Option<Self> {
        let writes = [Feature::PresenceRead, Feature::PresenceWrite];
        if !writes.iter().all(|it| account.has(*it)) {
            return None;
        }
        let (is_on, n) = center.engine.view().read(|projection| {
            let state = projection.center.state();
            let agents = state.agents.iter();
            let watched = agents.filter(|(_, it)| it.presence.is_some());
            let rules = state.settings.presence_rules();
            (rules.to_teams.is_on, watched.count())
        });
        { is_on }.then(|| Self::of(n)).flatten()
    }

    fn of(n: usize) -> Option<Self> {
        let n_max = usize::try_from(Pace::people_max(RENEWALS_PER_S)).unwrap_or(usize::MAX);
        (n > n_max).then_some(Self { n, n_max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-225, B-227
    #[test]
    fn more_people_than_the_limits_carry_are_told_of() {
        assert_eq!(Crowd::of(20_000), None);
        assert_eq!(Crowd::of(21_600), None);
        let (n, n_max) = (21_601, 21_600);
        assert_eq!(Crowd::of(21_601), Some(Crowd { n, n_max }));
    }
}
