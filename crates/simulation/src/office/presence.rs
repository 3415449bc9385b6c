//! What Teams shows of agents of the simulation, and the rules for it.

use crate::day::Day;
use crate::dice::Dice;
use crate::invariant::Broken;
use crate::office::reasons::N_REASONS;
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::input::Input;
use tandem_core::presence::{
    Doing, Gate, Permit, PresenceRules, Seen, Standing, Status, StatusRule, Target, TargetRule,
    UnknownPresence, When,
};
use tandem_core::settings::Document;

/// What passes in these rules without an answer.
const IGNORED_SECONDS_MAX: u32 = 30;
const IGNORED_MICROS_MAX: u64 = 1_000_000 * (IGNORED_SECONDS_MAX as u64 + 1);

impl Day {
    /// Somebody looks at an agent: at something new or old, our own or not, known or not; or nobody looks any more.
    pub(crate) fn teams_shows_something(&mut self) -> Result<(), Broken> {
        let agents: Vec<_> = self.state().agents.iter().map(|(id, _)| id).collect();
        let Some(agent) = self.dice.pick(&agents).copied() else {
            return Ok(());
        };
        if self.dice.chance(30) {
            return self.teams_insists(agent);
        }
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

    /// Teams shows one thing after the other, each for long enough to be followed and answered (B-202, B-203).
    fn teams_insists(&mut self, agent: AgentId) -> Result<(), Broken> {
        for _ in 0..5 {
            let status = self.dice.pick(&Status::ALL).copied();
            let doing = Doing::Nothing;
            let seen = status.map(|status| Seen { status, doing });
            let is_echo = false;
            self.give(Input::PresenceSeen {
                agent,
                seen,
                is_echo,
            })?;
            for _ in 0..2 {
                self.pass(IGNORED_MICROS_MAX);
                self.give(Input::TimeReached)?;
            }
        }
        Ok(())
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
    rules.ignore_shorter_than_s = dice.between(0, IGNORED_SECONDS_MAX);
    rules.resets_timer_on_force = dice.chance(30);
    rules.force_every_s = 300;
    rules.allow_loop = true;
    rules.loop_guard.within_s = 600;
    rules.loop_guard.max_changes = dice.between(2, 4);
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
