//! What stands between Tandem and Teams: it looks at everybody in each cycle, carries out what the keeper wants, and gives
//! what it saw to the contact center. Its requests are lost, put off and answered with what was so before; the process dies
//! and is there again.

use super::looks::Looks;
use super::{PresenceBug, PresencePlan, PresenceReport};
use crate::dice::Dice;
use crate::presence::teams::Teams;
use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::event::Event;
use tandem_core::ids::AgentId;
use tandem_core::input::{Input, Request};
use tandem_core::presence::keeper::{Act, Keeper, Outcome, Pace, Write};
use tandem_core::presence::{Doing, PresenceRules, Seen, Status};
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;

/// How old what a look tells may be, s.
const STALE_S: u32 = 20;
/// After which a request that was put off may be sent again, s.
const RETRY_AFTER_S: u32 = 15;
/// So that the faults of a seed are not the steps of its people over again.
const WEATHER_SEED: u64 = 0x5EED_0000_0000_0003;

/// One person on the other side.
#[derive(Clone, Debug, Default)]
struct Outside {
    teams: Teams,
    looks: Looks,
    /// When somebody looked last and saw something.
    seen_at: Option<Timestamp>,
}

pub(super) struct Driver {
    pub(super) now: Timestamp,
    pub(super) rules: PresenceRules,
    pub(super) report: PresenceReport,
    center: ContactCenter,
    /// Nothing is kept while the process is away.
    keeper: Option<Keeper>,
    journal: Vec<(Timestamp, Event)>,
    people: BTreeMap<AgentId, Outside>,
    dice: Dice,
    is_calm: bool,
    bug: Option<PresenceBug>,
}

impl Driver {
    pub(super) fn new(now: Timestamp, plan: &PresencePlan) -> Self {
        let rules = super::rules(plan.mapping);
        Self {
            now,
            report: PresenceReport::default(),
            center: ContactCenter::new(),
            keeper: Some(Keeper::new(Pace::of(&rules))),
            rules,
            journal: Vec::new(),
            people: BTreeMap::new(),
            dice: Dice::new(plan.seed ^ WEATHER_SEED),
            is_calm: false,
            bug: plan.planted,
        }
    }

    pub(super) fn save(&mut self, document: Document) {
        let request = Request::Save {
            id: None,
            expected: None,
            document,
        };
        let actor = Actor::system();
        self.give(Input::Asked { actor, request });
    }

    pub(super) fn hire(&mut self, agent: AgentId) {
        self.people.insert(agent, Outside::default());
        self.shown(agent);
    }

    pub(super) fn teams(&mut self, agent: AgentId) -> &mut Teams {
        &mut self.people.entry(agent).or_default().teams
    }

    /// Notes what a person shows now.
    pub(super) fn shown(&mut self, agent: AgentId) {
        if let Some(person) = self.people.get_mut(&agent) {
            let seen = person.teams.shows(self.now);
            person.looks.note(self.now, seen);
        }
    }

    /// Nothing is taken while the process is away.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not the keeper's"
    )]
    pub(super) fn give(&mut self, input: Input) {
        let Some(keeper) = &mut self.keeper else {
            return;
        };
        let turn = self.center.handle(self.now, input);
        for event in turn.events {
            match &event {
                Event::PresenceWanted(it) => {
                    keeper.want(self.now, it.agent, it.wanted);
                    self.report.wanted += 1;
                }
                Event::PresenceUnwatched { agent } => keeper.want(self.now, *agent, None),
                Event::PresenceMapped(_) => self.report.followed_teams += 1,
                _ => {}
            }
            self.journal.push((self.now, event));
        }
    }

    /// What is due until an instant: alarms of the contact center, and what the keeper wants.
    pub(super) fn pass_to(&mut self, end: Timestamp) -> Result<(), String> {
        while let Some(keeper) = &mut self.keeper {
            let alarm = self.center.next_deadline().map(|(at, _)| at);
            let at = alarm.into_iter().chain(keeper.next_deadline()).min();
            let Some(at) = at.filter(|at| *at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            match keeper.next(self.now) {
                Some((agent, act)) => self.carry_out(agent, act)?,
                None => self.give(Input::TimeReached),
            }
        }
        self.now = self.now.max(end);
        Ok(())
    }

    fn carry_out(&mut self, agent: AgentId, act: Act) -> Result<(), String> {
        let outcome = match act {
            Act::Look => self.look_before_writing(agent),
            Act::Write(write) => self.write(agent, write)?,
        };
        if let Some(keeper) = &mut self.keeper {
            keeper.done(self.now, agent, outcome);
        }
        Ok(())
    }

    fn is_put_off(&mut self) -> bool {
        let is_put_off = !self.is_calm && self.dice.chance(2);
        self.report.throttled += u64::from(is_put_off);
        is_put_off
    }

    fn look_before_writing(&mut self, agent: AgentId) -> Outcome {
        self.shown(agent);
        if self.is_put_off() {
            return Outcome::Again {
                after_s: RETRY_AFTER_S,
            };
        }
        let seen = if self.bug == Some(PresenceBug::WritesUnseen) {
            // It tells what the keeper hopes for.
            let (status, doing) = (Status::Available, Doing::Nothing);
            Some(Seen { status, doing })
        } else {
            self.people.get(&agent).map(|it| it.teams.shows(self.now))
        };
        self.sees(agent, seen);
        Outcome::Done
    }

    fn write(&mut self, agent: AgentId, write: Write) -> Result<Outcome, String> {
        if self.is_put_off() {
            return Ok(Outcome::Again {
                after_s: RETRY_AFTER_S,
            });
        }
        self.report.writes += 1;
        let is_lost = !self.is_calm && self.dice.chance(4);
        let is_done = !is_lost || self.dice.chance(50);
        self.report.lost += u64::from(is_lost);
        if is_done && !self.is_left_out(agent, write) {
            let person = self.people.entry(agent).or_default();
            let written = person.teams.write(self.now, write);
            written.map_err(|it| format!("{it:?} of {agent} by {write:?}"))?;
            self.shown(agent);
        }
        Ok(if is_lost {
            Outcome::Unknown
        } else {
            Outcome::Done
        })
    }

    /// Of a planted bug: whoever has something of ours already gets nothing again.
    fn is_left_out(&self, agent: AgentId, write: Write) -> bool {
        let sets = matches!(write, Write::SetSession { .. } | Write::SetPreferred { .. });
        let has_ours = { self.people.get(&agent) }.is_some_and(|it| it.teams.has_ours(self.now));
        self.bug == Some(PresenceBug::NeverRenews) && sets && has_ours
    }

    /// Somebody looks at everybody, unless the whole request is put off.
    pub(super) fn poll(&mut self) -> Result<(), String> {
        if self.keeper.is_none() {
            return Ok(());
        }
        let all: Vec<_> = self.people.keys().copied().collect();
        let is_away = self.is_put_off() || !self.is_calm && self.is_dark();
        for agent in all {
            self.shown(agent);
            if !is_away {
                let instant = self.looked_at();
                let seen = self.people.get(&agent).and_then(|it| it.looks.at(instant));
                self.sees(agent, seen);
            }
            self.ages(agent);
            self.is_believed_rightly(agent)?;
        }
        Ok(())
    }

    /// For some minutes of each half hour nobody can look.
    const fn is_dark(&self) -> bool {
        let minute = self.now.as_micros() / 60_000_000;
        minute % 37 < 5
    }

    fn looked_at(&mut self) -> Timestamp {
        let is_stale = !self.is_calm && self.dice.chance(5);
        self.report.stale += u64::from(is_stale);
        if is_stale {
            return self.now.plus_micros(-i64::from(STALE_S) * 1_000_000);
        }
        self.now
    }

    fn sees(&mut self, agent: AgentId, seen: Option<Seen>) {
        self.report.looks += 1;
        let Some(keeper) = &mut self.keeper else {
            return;
        };
        let is_echo = keeper.read(self.now, agent, seen).is_echo;
        if let Some(person) = self.people.get_mut(&agent) {
            person.seen_at = Some(self.now);
        }
        let is_echo = is_echo && self.bug != Some(PresenceBug::TakesEchoForWord);
        self.give(Input::PresenceSeen {
            agent,
            seen,
            is_echo,
        });
    }

    /// What was seen too long ago is not known any more.
    fn ages(&mut self, agent: AgentId) {
        let seen_at = self.people.get(&agent).and_then(|it| it.seen_at);
        let is_old = seen_at.is_none_or(|at| at.plus_seconds(self.age_max_s()) < self.now);
        if is_old && self.bug != Some(PresenceBug::ForgetsAge) {
            let (seen, is_echo) = (None, false);
            self.give(Input::PresenceSeen {
                agent,
                seen,
                is_echo,
            });
        }
    }

    const fn age_max_s(&self) -> u32 {
        self.rules.cycle_s.saturating_mul(self.rules.max_age_cycles)
    }

    /// What Tandem believes was shown within the bound.
    fn is_believed_rightly(&self, agent: AgentId) -> Result<(), String> {
        let believed = { self.center.state().agents.get(agent) }
            .and_then(|it| it.presence.as_ref())
            .and_then(|it| it.seen);
        let (Some(believed), Some(person)) = (believed, self.people.get(&agent)) else {
            return Ok(());
        };
        let bound_s = self.age_max_s() + self.rules.cycle_s + STALE_S;
        let since = self.now.plus_micros(-i64::from(bound_s) * 1_000_000);
        if person.looks.was_shown_since(since, believed) {
            return Ok(());
        }
        Err(format!(
            "{agent} is believed to show {believed:?}, and has not for {bound_s} s"
        ))
    }

    /// The process dies.
    pub(super) fn crash(&mut self) {
        self.keeper = None;
    }

    /// It is there again: the contact center as its journal has it, and a keeper that knows what is wanted.
    pub(super) fn start(&mut self) -> Result<(), String> {
        self.report.restarts += 1;
        let mut rebuilt = ContactCenter::new();
        for (at, event) in &self.journal {
            rebuilt.apply(*at, std::slice::from_ref(event));
        }
        if rebuilt != self.center {
            return Err("the journal says something else than was lived".to_owned());
        }
        self.center = rebuilt;
        let mut keeper = Keeper::new(Pace::of(&self.rules));
        for (agent, it) in self.center.state().agents.iter() {
            let presence = it.presence.as_ref();
            let wanted = presence.and_then(|it| it.wanted);
            let before = presence.and_then(|it| it.wanted_before);
            keeper.resume(self.now, agent, wanted, before);
        }
        self.keeper = Some(keeper);
        for person in self.people.values_mut() {
            person.seen_at = None;
        }
        Ok(())
    }

    /// Nothing goes wrong from now on.
    pub(super) fn calm(&mut self) -> Result<(), String> {
        self.is_calm = true;
        if self.keeper.is_none() {
            self.start()?;
        }
        Ok(())
    }

    /// At the end: of everybody who was not left alone both sides say the same, or what the person or the calendar
    /// says goes first.
    pub(super) fn both_sides_say_the_same(&mut self) -> Result<(), String> {
        for (id, agent) in self.center.state().agents.iter() {
            let (Some(person), Some(presence)) = (self.people.get(&id), &agent.presence) else {
                return Err(format!("nobody looks at {id}"));
            };
            if presence.paused.is_some() {
                self.report.left_alone += 1;
                continue;
            }
            let shown = person.teams.shows(self.now);
            if presence.seen != Some(shown) {
                let believed = presence.seen;
                return Err(format!("{id} shows {shown:?}, believed {believed:?}"));
            }
            if person.teams.speaks_first() {
                continue;
            }
            let wanted = self.rules.status_of(agent.standing());
            let is_same = match wanted {
                Some(status) => shown.status == status,
                None => !person.teams.has_ours(self.now),
            };
            if !is_same {
                let standing = agent.standing();
                return Err(format!(
                    "{id} is {standing:?} and shows {shown:?}: {person:?}, {presence:?}"
                ));
            }
        }
        Ok(())
    }
}
