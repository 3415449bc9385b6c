//! A supervisor of the simulation switches queues for a while, and ends that sooner.

use crate::day::Day;
use crate::invariant::Broken;
use tandem_core::ids::{AccountId, QueueId};
use tandem_core::input::{Input, Request, SwitchQueue};
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::switch::Position;

impl Day {
    /// Some of it is refused: a queue that is switched already, an end that is over, callbacks where there are none.
    pub(super) fn switch_something(&mut self) -> Result<(), Broken> {
        let queue = QueueId(1 + self.dice.below(4));
        let position = self.dice.pick(&Position::ALL).copied();
        let position = position.unwrap_or(Position::Closed);
        let request = if self.dice.chance(30) {
            Request::EndSwitch { queue, position }
        } else {
            let seconds = self.dice.between(0, 200);
            Request::SwitchQueue(SwitchQueue {
                queue,
                to: position,
                until: self.now.plus_seconds(seconds),
                reason: "Team meeting".to_owned(),
            })
        };
        let actor = Actor {
            account: AccountId(8),
            roles: vec![Role::Supervisor],
            agent: None,
            scope: Scope::Everything,
        };
        self.give(Input::Asked { actor, request }).map(drop)
    }
}
