//! A day of many people who change their status on both sides, and of everything that goes wrong between them.

mod driver;
mod looks;

use super::teams::{Chosen, Client};
use crate::dice::Dice;
use driver::Driver;
use serde::Serialize;
use std::collections::BTreeSet;
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::input::{Input, IntentChoice, Request};
use tandem_core::presence::{
    PresenceRules, Standing, Status, StatusRule, System, Target, TargetRule,
};
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;

/// A bug that a test plants in what stands between Tandem and Teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceBug {
    /// What is written goes out without the look that was asked for.
    WritesUnseen,
    /// What was written is never written again.
    NeverRenews,
    /// Nobody is told that what was seen is too old.
    ForgetsAge,
    /// What Tandem wrote is taken for somebody's word.
    TakesEchoForWord,
}

/// What the rules make of one side on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// Both directions say the same.
    Agreeing,
    /// Each direction says the opposite of the other: they would answer each other for ever, were what was written not known
    /// again.
    Crossed,
}

/// What is to be lived through.
#[derive(Clone, Copy, Debug)]
pub struct PresencePlan {
    /// The same seed gives the same day.
    pub seed: u64,
    /// How many people.
    pub people: u32,
    /// How long they change their status, min; then an hour in which nobody does, and nothing goes wrong.
    pub minutes: u32,
    /// By which rules.
    pub mapping: Mapping,
    /// What is wrong.
    pub planted: Option<PresenceBug>,
}

/// What a day came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PresenceReport {
    /// Changes by people in Tandem.
    pub changes_in_tandem: u64,
    /// Changes by people in Teams.
    pub changes_in_teams: u64,
    /// What somebody was seen to show.
    pub looks: u64,
    /// What was written.
    pub writes: u64,
    /// Requests that were lost before or after they were done.
    pub lost: u64,
    /// Requests that were put off.
    pub throttled: u64,
    /// Looks that told what was so before.
    pub stale: u64,
    /// Starts of the process.
    pub restarts: u64,
    /// People who are not kept in step in the end, because both sides had answered each other.
    pub left_alone: u64,
    /// What agents became because of Teams.
    pub followed_teams: u64,
    /// What Teams was to show because of Tandem.
    pub wanted: u64,
}

/// The instant at which each of these days begins.
const START: Timestamp = Timestamp::from_micros(1_774_728_000_000_000);
const LUNCH: ReasonId = ReasonId(1);
const FOCUS: ReasonId = ReasonId(2);
/// Between two changes that one person makes on one side, s.
const CHANGES_EVERY_S: (u32, u32) = (60, 1_800);
/// In which everything comes to rest, s.
const CALM_S: u32 = 3_600;
/// In which nothing changes any more although somebody looks, s.
const REST_S: u32 = 1_200;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// Somebody looks at everybody.
    Poll,
    /// A person changes something in Tandem.
    InTandem(AgentId),
    /// A person changes something in Teams.
    InTeams(AgentId),
    /// The process dies.
    Crash,
    /// It is there again.
    Start,
}

/// Lives through a day.
///
/// # Errors
/// What does not hold, in words, with the seed and the time.
pub fn presence_day(plan: PresencePlan) -> Result<PresenceReport, String> {
    let mut day = Day::new(plan);
    let failed = |day: &Day, what: String| {
        let at_s = day.driver.now.micros_since(START) / 1_000_000;
        format!("seed {}, at {at_s} s: {what}", plan.seed)
    };
    day.live().map_err(|what| failed(&day, what))?;
    day.calm_down().map_err(|what| failed(&day, what))?;
    Ok(day.driver.report)
}

struct Day {
    driver: Driver,
    dice: Dice,
    queue: BTreeSet<(Timestamp, Next)>,
    ends_at: Timestamp,
}

fn rules(mapping: Mapping) -> PresenceRules {
    match mapping {
        Mapping::Agreeing => agreeing(),
        Mapping::Crossed => crossed(),
    }
}

/// Whoever is at lunch shows as available, and whoever is available as away.
fn crossed() -> PresenceRules {
    let mut rules = agreeing();
    rules.allow_loop = true;
    let available = Standing::System {
        standing: System::Available,
    };
    for rule in &mut rules.to_teams.map {
        if rule.from == available {
            rule.to = Some(Status::Away);
        }
        if rule.from == (Standing::Reason { reason: LUNCH }) {
            rule.to = Some(Status::Available);
        }
    }
    rules
}

/// Whoever is away is at lunch, and the other way round.
fn agreeing() -> PresenceRules {
    let mut rules = PresenceRules::default();
    rules.to_teams.is_on = true;
    rules.from_teams.is_on = true;
    for (reason, to) in [(LUNCH, Status::Away), (FOCUS, Status::DoNotDisturb)] {
        let from = Standing::Reason { reason };
        let to = Some(to);
        rules.to_teams.map.push(StatusRule { from, to });
    }
    rules.from_teams.map = vec![
        TargetRule {
            from: Status::Available,
            to: Some(Target::Available),
        },
        TargetRule {
            from: Status::Away,
            to: Some(Target::NotReady { reason: LUNCH }),
        },
        TargetRule {
            from: Status::DoNotDisturb,
            to: Some(Target::NotReady { reason: FOCUS }),
        },
    ];
    rules
}

impl Day {
    fn new(plan: PresencePlan) -> Self {
        let mut day = Self {
            driver: Driver::new(START, &plan),
            dice: Dice::new(plan.seed),
            queue: BTreeSet::new(),
            ends_at: START.plus_seconds(plan.minutes.saturating_mul(60)),
        };
        for label in ["lunch", "focus"] {
            let reason = crate::floor_plan::reason(label);
            day.driver.save(Document::Reason(reason));
        }
        let rules = day.driver.rules.clone();
        day.driver.save(Document::Presence(Box::new(rules)));
        for n in 1..=u64::from(plan.people) {
            let profile = crate::floor_plan::profile(&format!("person-{n}"), &[]);
            day.driver.save(Document::Agent(profile));
            let agent = AgentId(n);
            day.driver.hire(agent);
            day.later(CHANGES_EVERY_S, Next::InTandem(agent));
            day.later(CHANGES_EVERY_S, Next::InTeams(agent));
        }
        day.queue.insert((START, Next::Poll));
        day.later((600, 3_600), Next::Crash);
        day
    }

    fn later(&mut self, (min_s, max_s): (u32, u32), next: Next) {
        let seconds = self.dice.between(min_s, max_s);
        // No two at the same instant, so that their order is chance's.
        let micros = i64::try_from(self.dice.below(1_000_000)).unwrap_or(0);
        let at = self.driver.now.plus_seconds(seconds).plus_micros(micros);
        self.queue.insert((at, next));
    }

    fn live(&mut self) -> Result<(), String> {
        self.until(self.ends_at)
    }

    /// Everything that is due until an instant, in order.
    fn until(&mut self, end: Timestamp) -> Result<(), String> {
        loop {
            let first = self.queue.first().copied();
            let next_at = first.map_or(end, |(at, _)| at);
            self.driver.pass_to(next_at.min(end))?;
            let Some((at, next)) = first.filter(|(at, _)| *at <= end) else {
                return Ok(());
            };
            self.queue.remove(&(at, next));
            self.happens(next)?;
        }
    }

    fn happens(&mut self, next: Next) -> Result<(), String> {
        let is_calm = self.driver.now >= self.ends_at;
        match next {
            Next::Poll => {
                self.driver.poll()?;
                let cycle_s = self.driver.rules.cycle_s;
                let at = self.driver.now.plus_seconds(cycle_s);
                self.queue.insert((at, Next::Poll));
            }
            Next::InTandem(_) | Next::InTeams(_) | Next::Crash if is_calm => {}
            Next::InTandem(agent) => {
                self.in_tandem(agent);
                self.later(CHANGES_EVERY_S, next);
            }
            Next::InTeams(agent) => {
                self.in_teams(agent);
                self.later(CHANGES_EVERY_S, next);
            }
            Next::Crash => {
                self.driver.crash();
                self.later((5, 300), Next::Start);
            }
            Next::Start => {
                self.driver.start()?;
                self.later((600, 7_200), Next::Crash);
            }
        }
        Ok(())
    }

    /// Somebody says something of themselves in Tandem.
    fn in_tandem(&mut self, agent: AgentId) {
        self.driver.report.changes_in_tandem += 1;
        let request = match self.dice.below(8) {
            0 => Request::SignOut,
            1 | 2 => set(IntentChoice::NotReady { reason: LUNCH }),
            3 => set(IntentChoice::NotReady { reason: FOCUS }),
            _ => set(IntentChoice::Ready),
        };
        let actor = crate::people::actor(agent);
        self.driver.give(Input::Asked { actor, request });
    }

    /// Somebody, or the calendar, says something in Teams.
    fn in_teams(&mut self, agent: AgentId) {
        self.driver.report.changes_in_teams += 1;
        let what = self.dice.below(10);
        let chosen = self.dice.pick(&Chosen::ALL).copied();
        let now = self.driver.now;
        let teams = self.driver.teams(agent);
        match what {
            0 => teams.client = Client::SignedOut,
            1 | 2 => teams.client = Client::Away,
            3 | 4 => teams.client = Client::Active,
            5 => teams.is_meeting = !teams.is_meeting,
            6 => teams.is_calling = !teams.is_calling,
            7 => teams.choose(now, chosen),
            _ => teams.choose(now, None),
        }
        self.driver.shown(agent);
    }

    /// Nobody changes anything and nothing fails: both sides come to say the same, and then nothing changes any more.
    fn calm_down(&mut self) -> Result<(), String> {
        self.driver.calm()?;
        let rest_at = self.ends_at.plus_seconds(CALM_S);
        self.until(rest_at)?;
        let changes = |driver: &Driver| (driver.report.wanted, driver.report.followed_teams);
        let before = changes(&self.driver);
        self.until(rest_at.plus_seconds(REST_S))?;
        if changes(&self.driver) != before {
            return Err("a loop: nobody changes anything, and both sides go on".to_owned());
        }
        self.driver.both_sides_say_the_same()
    }
}

const fn set(intent: IntentChoice) -> Request {
    Request::SetIntent { intent }
}
