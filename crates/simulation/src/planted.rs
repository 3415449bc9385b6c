//! Planted bugs: what a process does wrong on purpose, so that a test shows that it would be found. They stand
//! around the core's step; the core has no door for them.

use crate::dice::Dice;
use tandem_core::ContactCenter;
use tandem_core::agent::Display;
use tandem_core::event::Event;
use tandem_core::ids::OfferId;
use tandem_core::input::Input;
use tandem_core::time::Timestamp;
use tandem_core::turn::Turn;

/// A bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// Orders are carried out before their record is durable.
    EffectBeforeAppend,
    /// Some outcomes are dropped and never entered.
    LostOutcome,
    /// Some contacts are offered to two agents at once.
    DoubleOffer,
}

/// The process as it is, or with a bug in it.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    bug: Option<Planted>,
    dice: Dice,
}

impl Process {
    pub(crate) const fn new(bug: Option<Planted>, dice: Dice) -> Self {
        Self { bug, dice }
    }

    /// The core's step.
    pub(crate) fn step(
        &mut self,
        center: &mut ContactCenter,
        now: Timestamp,
        input: Input,
    ) -> Turn {
        let mut turn = center.handle(now, input);
        if self.bug == Some(Planted::DoubleOffer)
            && let Some(again) = offered_again(center, &turn)
            && self.dice.chance(50)
        {
            center.apply(now, std::slice::from_ref(&again));
            turn.events.push(again);
        }
        turn
    }

    /// Whether orders go out before their record is durable.
    pub(crate) fn is_hasty(&self) -> bool {
        self.bug == Some(Planted::EffectBeforeAppend)
    }

    /// Whether this outcome is dropped.
    pub(crate) fn forgets(&mut self) -> bool {
        self.bug == Some(Planted::LostOutcome) && self.dice.chance(2)
    }
}

/// The offer of the turn once more, to somebody else who is free.
#[expect(clippy::wildcard_enum_match_arm, reason = "one fact is an offer")]
fn offered_again(center: &ContactCenter, turn: &Turn) -> Option<Event> {
    let offered = turn.events.iter().rev().find_map(|event| match event {
        Event::Offered {
            offer,
            contact,
            queue,
            by,
            expires_at,
            load,
            ..
        } => Some((*offer, *contact, *queue, *by, *expires_at, load.clone())),
        _ => None,
    });
    let (offer, contact, queue, by, expires_at, load) = offered?;
    let mut agents = center.state().agents.iter();
    let (agent, _) = agents.find(|(_, agent)| agent.display == Display::Available)?;
    Some(Event::Offered {
        offer: OfferId(offer.0 + 1),
        contact,
        agent,
        queue,
        by,
        expires_at,
        load,
        interrupts: Vec::new(),
    })
}
