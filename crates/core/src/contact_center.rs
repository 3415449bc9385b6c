//! The one entry point: an input goes in, a turn comes out.

use crate::contact::Contact;
use crate::effect::Order;
use crate::event::Event;
use crate::input::Input;
use crate::state::{Next, State};
use crate::time::Timestamp;
use crate::turn::{OpenTurn, Turn};
use serde::{Deserialize, Serialize};

/// One contact center.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactCenter {
    state: State,
}

impl ContactCenter {
    /// An empty contact center.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one input at the instant `now`; instants must not run backwards.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Turn {
        OpenTurn::new(&mut self.state, now).take(input)
    }

    /// Rebuilds: makes the events of an earlier turn part of the state.
    pub fn apply(&mut self, now: Timestamp, events: &[Event]) {
        for event in events {
            self.state.apply(now, event);
        }
    }

    /// When the core wants [`Input::TimeReached`], and why.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Timestamp, &'static str)> {
        let (at, next) = self.state.next_due()?;
        let reason = match next {
            Next::Contact(id) => {
                let due = self.state.contacts.get(id).and_then(Contact::due);
                due.map_or("an alarm", |(_, due)| due.reason())
            }
            Next::Hours(step) => step.reason(),
            Next::File(_) => "the file of a recording did not come",
            Next::Callback(_) => "a callback is due, or its time is over",
            Next::Owed(_) => "a wrap-up after a transfer runs out",
            Next::Switch(..) => "a queue is not switched any longer",
            Next::Presence(_) => "an agent is kept in step with Teams",
        };
        Some((at, reason))
    }

    /// The state, to look at.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The orders that have not ended: after a restart they are given again, under the same keys.
    pub fn open_orders(&self) -> impl Iterator<Item = Order> + '_ {
        self.state.orders.iter().map(|(id, effect)| Order {
            id: *id,
            effect: effect.clone(),
        })
    }
}
