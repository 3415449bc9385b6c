//! Balance groups of the simulation: most of the day there is one, over some of the four queues.

use crate::day::Day;
use crate::dice::Dice;
use crate::invariant::Broken;
use tandem_core::balance::{BalanceGroup, Borrowing, Member, Objective};
use tandem_core::ids::QueueId;
use tandem_core::settings::Document;

impl Day {
    pub(super) fn balance_queues(&mut self) -> Result<(), Broken> {
        let group = random_group(&mut self.dice);
        self.create(Document::BalanceGroup(group))
    }

    /// The group is changed, or another is made: of queues that are taken, it is refused.
    pub(super) fn change_balance(&mut self) -> Result<(), Broken> {
        let group = random_group(&mut self.dice);
        let groups = self.state().settings.balance_groups.iter();
        let groups: Vec<_> = groups.map(|(id, it)| (id.0, it.version)).collect();
        let standing = self.dice.pick(&groups).copied();
        let changed = standing.filter(|_| self.dice.chance(70));
        let (id, version) = changed.unzip();
        let document = Document::BalanceGroup(group);
        self.save(id, version, document).map(drop)
    }
}

fn random_group(dice: &mut Dice) -> BalanceGroup {
    let n_members = 2 + dice.index(3);
    let first = dice.below(4);
    let members = (0..4).map(|n| Member {
        queue: QueueId(1 + (first + n) % 4),
        weight: dice.between(1, 5),
    });
    let members: Vec<_> = members.take(n_members).collect();
    let below_percent = dice.between(20, 80);
    BalanceGroup {
        name: format!("group {first}"),
        objective: dice
            .pick(&Objective::ALL)
            .copied()
            .unwrap_or(Objective::MaxSl),
        members,
        bound_s: dice.between(30, 300),
        borrowing: dice.chance(60).then(|| Borrowing {
            below_percent,
            above_percent: dice.between(below_percent + 1, 99),
            factor: dice.between(2, 5),
            dwell_s: dice.between(30, 120),
        }),
    }
}
