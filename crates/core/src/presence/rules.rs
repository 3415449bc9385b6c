//! The presence rules: what an administrator says of presence. One document for a contact center; where none was saved,
//! presence gates routing by the defaults and nothing is kept in step.

use super::{Doing, Reach, Seen, Standing, Status, System, Target};
use crate::flow::{in_range, invalid};
use crate::ids::ReasonId;
use crate::refusal::Refusal;
use crate::settings::Settings;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;

/// What holds of presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceRules {
    /// What Teams shows because of what Tandem says (B-214).
    pub to_teams: ToTeams,
    /// What agents become because of what Teams shows (B-215).
    pub from_teams: FromTeams,
    /// What counts more, first to last.
    pub precedence: [Source; 3],
    /// What lasts shorter is not kept in step, s (B-202).
    pub ignore_shorter_than_s: u32,
    /// How often Teams is told the same again, s (B-198).
    pub force_every_s: u32,
    /// Whether the time that a board shows starts again then.
    pub resets_timer_on_force: bool,
    /// What was seen so many cycles ago is not known any more.
    pub max_age_cycles: u32,
    /// How often somebody looks, s.
    pub cycle_s: u32,
    /// When an agent is not kept in step any more because both sides answer each other (B-203).
    pub loop_guard: LoopGuard,
    /// Whether rules that answer each other for ever are wanted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_loop: bool,
    /// What stands in the way of contacts.
    pub gate: Vec<Gate>,
}

/// What Teams shows because of what Tandem says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToTeams {
    /// Whether this direction is used (B-216).
    pub is_on: bool,
    /// The standings; what is not named is not told.
    pub map: Vec<StatusRule>,
}

/// What Teams shows of a standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRule {
    /// Of which.
    pub from: Standing,
    /// What; nothing of ours without.
    pub to: Option<Status>,
}

/// What agents become because of what Teams shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromTeams {
    /// Whether this direction is used (B-216).
    pub is_on: bool,
    /// By the status (B-223).
    pub map: Vec<TargetRule<Status>>,
    /// By what Teams adds: where there is such a rule, that of the status does not count (B-223).
    pub doing: Vec<TargetRule<Doing>>,
}

/// What an agent becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRule<T> {
    /// Because of what.
    pub from: T,
    /// What; nothing changes without.
    pub to: Option<Target>,
}

/// Who says something of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The person, by hand, in Teams.
    ChosenInTeams,
    /// Teams by itself: calls, the calendar, the client.
    CalendarAndCalls,
    /// Tandem.
    Tandem,
}

/// How often both sides may answer each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopGuard {
    /// So many changes, by one side and the other in turn ...
    pub max_changes: u32,
    /// ... within so long, s.
    pub within_s: u32,
}

/// What stands in the way of contacts while Teams shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// While it shows what.
    pub when: When,
    /// Whether calls come.
    pub voice: Permit,
    /// Whether messages come.
    pub messages: Permit,
}

/// A status, or what Teams adds to it; no word is both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum When {
    /// The status.
    Status(Status),
    /// What it adds.
    Doing(Doing),
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        let statuses = Status::ALL
            .into_iter()
            .map(|it| (it.word(), Self::Status(it)));
        let doings = Doing::ALL
            .into_iter()
            .map(|it| (it.word(), Self::Doing(it)));
        let mut all = statuses.chain(doings);
        let known = || {
            let statuses = Status::ALL.map(Status::word);
            let doings = Doing::ALL.map(Doing::word);
            [statuses.as_slice(), doings.as_slice()].concat().join(", ")
        };
        let found = all.find(|(it, _)| *it == word).map(|(_, it)| it);
        found.ok_or_else(|| {
            D::Error::custom(format!(
                "\"{word}\" is nothing that Teams shows; write one of {}",
                known()
            ))
        })
    }
}

/// Whether contacts come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permit {
    /// They do.
    Route,
    /// They do not.
    NoRoute,
}

impl Default for PresenceRules {
    fn default() -> Self {
        Self {
            to_teams: ToTeams {
                is_on: false,
                map: System::ALL.map(usual_status).into(),
            },
            from_teams: FromTeams {
                is_on: false,
                map: Status::ALL.map(|from| TargetRule { from, to: None }).into(),
                doing: Vec::new(),
            },
            precedence: [
                Source::ChosenInTeams,
                Source::CalendarAndCalls,
                Source::Tandem,
            ],
            ignore_shorter_than_s: 15,
            force_every_s: 3_600,
            resets_timer_on_force: false,
            max_age_cycles: 3,
            cycle_s: 60,
            loop_guard: LoopGuard {
                max_changes: 4,
                within_s: 300,
            },
            allow_loop: false,
            gate: usual_gate(),
        }
    }
}

fn usual_status(standing: System) -> StatusRule {
    let to = match standing {
        System::Available => Some(Status::Available),
        System::OnContact | System::WrapUp => Some(Status::Busy),
        System::Ringing | System::NotReadySignedIn | System::MissedOffer | System::SignedOut => {
            None
        }
    };
    let from = Standing::System { standing };
    StatusRule { from, to }
}

/// Who talks in Teams, or must not be disturbed, is not called (B-028).
fn usual_gate() -> Vec<Gate> {
    let no_calls = |doing| Gate {
        when: When::Doing(doing),
        voice: Permit::NoRoute,
        messages: Permit::Route,
    };
    let talks = [
        Doing::Call,
        Doing::ConferenceCall,
        Doing::Meeting,
        Doing::Presenting,
    ];
    let left_alone = Gate {
        when: When::Status(Status::DoNotDisturb),
        voice: Permit::NoRoute,
        messages: Permit::NoRoute,
    };
    { talks.map(no_calls).into_iter() }
        .chain([left_alone])
        .collect()
}

impl Seen {
    /// Who says it; none: the client, which shows that somebody is there or not. Graph does not tell what was chosen by
    /// hand: these statuses come from nothing else (microsoft-graph.md 4), and an offline that was chosen has an activity of
    /// its own. Whoever chose `available` or `away` looks as if the client said so.
    #[must_use]
    pub const fn source(self) -> Option<Source> {
        match (self.doing, self.status) {
            (Doing::Call | Doing::ConferenceCall | Doing::Meeting | Doing::Presenting, _) => {
                Some(Source::CalendarAndCalls)
            }
            (
                Doing::Nothing | Doing::OutOfOffice | Doing::Other,
                Status::Busy | Status::DoNotDisturb | Status::BeRightBack,
            )
            | (Doing::Other, Status::Offline) => Some(Source::ChosenInTeams),
            (Doing::Nothing | Doing::OutOfOffice, Status::Offline)
            | (
                Doing::Nothing | Doing::OutOfOffice | Doing::Other,
                Status::Available | Status::Away,
            ) => None,
        }
    }
}

impl Gate {
    fn is_of(&self, seen: Seen) -> bool {
        match self.when {
            When::Status(status) => status == seen.status,
            When::Doing(doing) => doing == seen.doing,
        }
    }
}

impl PresenceRules {
    /// Which contacts reach who is seen like this: what any line of the gate keeps away is kept away.
    #[must_use]
    pub fn reach(&self, seen: Seen) -> Reach {
        let lines = self.gate.iter().filter(|it| it.is_of(seen));
        let (mut voice, mut messages) = (Permit::Route, Permit::Route);
        for line in lines {
            if line.voice == Permit::NoRoute {
                voice = Permit::NoRoute;
            }
            if line.messages == Permit::NoRoute {
                messages = Permit::NoRoute;
            }
        }
        match (voice, messages) {
            (Permit::Route, Permit::Route) => Reach::Everything,
            (Permit::Route, Permit::NoRoute) => Reach::Calls,
            (Permit::NoRoute, Permit::Route) => Reach::Messages,
            (Permit::NoRoute, Permit::NoRoute) => Reach::Nothing,
        }
    }

    /// Which status Teams is to show of a standing, where it is told.
    #[must_use]
    pub fn status_of(&self, standing: Standing) -> Option<Status> {
        self.rule_of(standing).filter(|_| self.to_teams.is_on)
    }

    pub(super) fn rule_of(&self, standing: Standing) -> Option<Status> {
        let mut map = self.to_teams.map.iter();
        map.find(|it| it.from == standing)?.to
    }

    /// What an agent becomes who is seen like this, where that counts.
    #[must_use]
    pub fn target_of(&self, seen: Seen) -> Option<Target> {
        let counts = self.from_teams.is_on && self.changes_tandem(seen);
        self.rule_for(seen).filter(|_| counts)
    }

    pub(super) fn rule_for(&self, seen: Seen) -> Option<Target> {
        let mut doing = self.from_teams.doing.iter();
        if let Some(rule) = doing.find(|it| it.from == seen.doing) {
            return rule.to;
        }
        let mut map = self.from_teams.map.iter();
        map.find(|it| it.from == seen.status)?.to
    }

    /// Whether what Teams shows counts more than what Tandem says: the client alone never does, for it is at rest.
    #[must_use]
    pub fn counts_more_than_tandem(&self, seen: Seen) -> bool {
        seen.source().is_some_and(|it| self.is_before_tandem(it))
    }

    /// Whether what Teams shows may change what an agent is; the client speaks for Teams by itself.
    pub(super) fn changes_tandem(&self, seen: Seen) -> bool {
        let source = seen.source().unwrap_or(Source::CalendarAndCalls);
        self.is_before_tandem(source)
    }

    fn is_before_tandem(&self, source: Source) -> bool {
        let mut before = { self.precedence.iter() }.take_while(|it| **it != Source::Tandem);
        before.any(|it| *it == source)
    }

    /// The reasons that it names, with their places.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = (String, ReasonId)> + '_ {
        let named = |target: Option<Target>| match target {
            Some(Target::NotReady { reason }) => Some(reason),
            Some(Target::Available | Target::SignedOut) | None => None,
        };
        let to = self.to_teams.map.iter().enumerate();
        let to = to.filter_map(|(n, it)| match it.from {
            Standing::Reason { reason } => {
                Some((format!("to_teams.map[{n}].from.reason_id"), reason))
            }
            Standing::System { .. } => None,
        });
        let from = self.from_teams.map.iter().enumerate();
        let from = from.filter_map(move |(n, it)| {
            Some((format!("from_teams.map[{n}].to.reason_id"), named(it.to)?))
        });
        let doing = self.from_teams.doing.iter().enumerate();
        let doing = doing.filter_map(move |(n, it)| {
            Some((format!("from_teams.doing[{n}].to.reason_id"), named(it.to)?))
        });
        to.chain(from).chain(doing)
    }

    fn validate(&self) -> Result<(), Refusal> {
        once("to_teams.map", self.to_teams.map.iter().map(|it| it.from))?;
        once(
            "from_teams.map",
            self.from_teams.map.iter().map(|it| it.from),
        )?;
        once(
            "from_teams.doing",
            self.from_teams.doing.iter().map(|it| it.from),
        )?;
        once("gate", self.gate.iter().map(|it| it.when))?;
        let named: BTreeSet<_> = self.precedence.iter().collect();
        if named.len() != self.precedence.len() {
            let detail = "name chosen_in_teams, calendar_and_calls and tandem, each once";
            return Err(invalid("precedence", detail.to_owned()));
        }
        if let Some(cycle) = self.cycle().filter(|_| !self.allow_loop) {
            return Err(Refusal::PresenceLoop { cycle });
        }
        in_range("ignore_shorter_than_s", self.ignore_shorter_than_s, 0, 600)?;
        in_range("force_every_s", self.force_every_s, 300, 86_400)?;
        in_range("max_age_cycles", self.max_age_cycles, 1, 60)?;
        in_range("cycle_s", self.cycle_s, 5, 3_600)?;
        in_range("loop.max_changes", self.loop_guard.max_changes, 2, 100)?;
        in_range("loop.within_s", self.loop_guard.within_s, 10, 3_600)
    }
}

/// That nothing stands in a list twice.
fn once<T: Ord>(list: &str, named: impl Iterator<Item = T>) -> Result<(), Refusal> {
    let mut before = BTreeSet::new();
    for (n, it) in named.enumerate() {
        if !before.insert(it) {
            let detail = "stands there twice; say once what follows from it".to_owned();
            return Err(invalid(&format!("{list}[{n}]"), detail));
        }
    }
    Ok(())
}

impl Settings {
    /// As they stand, or what holds when nobody said anything.
    #[must_use]
    pub fn presence_rules(&self) -> PresenceRules {
        let said = self.presences.values().next();
        said.map_or_else(PresenceRules::default, |it| it.document.clone())
    }

    /// Whether presence is kept in step by a reason.
    pub(crate) fn presence_names(&self, reason: ReasonId) -> bool {
        let mut said = self.presences.values();
        said.any(|it| it.document.reasons().any(|(_, named)| named == reason))
    }

    pub(crate) fn validate_presence(&self, rules: &PresenceRules) -> Result<(), Refusal> {
        rules.validate()?;
        for (place, reason) in rules.reasons() {
            if self.reason_to_choose(reason).is_err() {
                let detail = format!("is no reason that can be chosen: {reason}");
                return Err(invalid(&place, detail));
            }
        }
        Ok(())
    }
}
