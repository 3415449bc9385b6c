//! What Teams shows of agents of the simulation, and the rules for it.

use crate::day::Day;
use crate::dice::Dice;
use crate::invariant::Broken;
use crate::office::reasons::N_REASONS;
use tandem_core::ids::ReasonId;
use tandem_core::input::Input;
use tandem_core::presence::{
    Doing, Gate, Permit, PresenceRules, Seen, Standing, Status, StatusRule, Target, TargetRule,
    UnknownPresence, When,
};
use tandem_core::settings::Document;

impl Day {
    /// Somebody looks at an agent: at something new or old, our own or not, known or not; or nobody looks any more.
    pub(crate) fn teams_shows_something(&mut self) -> Result<(), Broken> {
        let agents: Vec<_> = self.state().agents.iter().map(|(id, _)| id).collect();
        let Some(agent) = self.dice.pick(&agents).copied() else {
            return Ok(());
        };
        let input = if self.dice.chance(10) {
            Input::PresenceUnwatched { agent }
        } else {
            Input::PresenceSeen {
                agent,
                seen: self.some_sight(),
                is_echo: self.dice.chance(15),
            }
        };
        self.give(input).map(drop)
    }

    fn some_sight(&mut self) -> Option<Seen> {
        let status = self.dice.pick(&Status::ALL).copied();
        let doing = self.dice.pick(&Doing::ALL).copied();
        let (status, doing) = status.zip(doing)?;
        let is_known = self.dice.chance(85);
        is_known.then_some(Seen { status, doing })
    }

    pub(super) fn change_presence_rules(&mut self) -> Result<(), Broken> {
        let said = self.state().settings.presences.iter().next();
        let standing = said.map(|(id, it)| (id.0, it.version));
        let rules = random_rules(&mut self.dice);
        let document = Document::Presence(Box::new(rules));
        let (id, version) = standing.unzip();
        self.save(id, version, document).map(drop)
    }
}

/// What a queue makes of presence that is not known.
pub(super) fn some_word(dice: &mut Dice) -> UnknownPresence {
    if dice.chance(30) {
        UnknownPresence::Offer
    } else {
        UnknownPresence::DoNotOffer
    }
}

/// Rules that may answer each other; a reason may have been removed: then they are refused.
fn random_rules(dice: &mut Dice) -> PresenceRules {
    let mut rules = PresenceRules::default();
    rules.to_teams.is_on = dice.chance(70);
    rules.from_teams.is_on = dice.chance(70);
    rules.ignore_shorter_than_s = dice.between(0, 30);
    rules.resets_timer_on_force = dice.chance(30);
    rules.force_every_s = 300;
    rules.allow_loop = true;
    rules.loop_guard.within_s = 600;
    let some_reason = |dice: &mut Dice| ReasonId(1 + dice.below(N_REASONS));
    for rule in &mut rules.from_teams.map {
        rule.to = match dice.below(5) {
            0 => Some(Target::Available),
            1 | 2 => Some(Target::NotReady {
                reason: some_reason(dice),
            }),
            3 => Some(Target::SignedOut),
            _ => None,
        };
    }
    if dice.chance(30) {
        rules.from_teams.doing.push(TargetRule {
            from: Doing::Meeting,
            to: Some(Target::Available),
        });
    }
    for rule in &mut rules.to_teams.map {
        rule.to = dice.pick(&Status::ALL).copied();
    }
    rules.to_teams.map.push(StatusRule {
        from: Standing::Reason {
            reason: some_reason(dice),
        },
        to: dice.pick(&Status::ALL).copied(),
    });
    if dice.chance(50) {
        rules.gate.push(Gate {
            when: When::Status(Status::Busy),
            voice: if dice.chance(50) {
                Permit::NoRoute
            } else {
                Permit::Route
            },
            messages: Permit::NoRoute,
        });
    }
    rules
}
