//! A crowd whose Teams status is kept in step, on virtual time: as many requests a second as may be asked of Microsoft, rounds
//! that read everybody, renewals, and changes between them. What it measures is time: whether something else is shown than
//! what was written, and how long a change waits for its turn.

use super::teams::{Client, Teams};
use crate::dice::Dice;
use serde::Serialize;
use tandem_core::ids::AgentId;
use tandem_core::presence::keeper::{Act, Keeper, Outcome, Pace, Write};
use tandem_core::presence::{PresenceRules, Status};
use tandem_core::time::Timestamp;

/// Requests a second in the long run, of which renewals may take so many (docs/presence.md).
const REQUESTS_PER_S: u64 = 45;
const RENEWALS_PER_S: u32 = 40;
/// People whom one request for presence asks about at most.
const IDS_MAX: u64 = 650;
/// How often the pace is fitted to the people who are there, s: with each round.
const FITTED_EVERY_S: u32 = 60;

/// Who is kept, for how long, and how often somebody changes.
#[derive(Clone, Copy, Debug)]
pub struct CrowdPlan {
    /// The dice.
    pub seed: u64,
    /// People, each of whom is available at first. None has a client of Teams that runs: what is shown is ours alone.
    pub people: u32,
    /// Minutes after everybody was written for the first time.
    pub minutes: u32,
    /// Changes in the whole crowd, a minute: to another one of available, busy and do not disturb.
    pub changes_per_minute: u32,
    /// How many of a hundred changes are to do not disturb, which takes more requests than the others.
    pub preferred_percent: u64,
    /// So many people change at one moment, half-way.
    pub rush: u32,
    /// Seconds without an answer, in the last quarter: nothing is read or written.
    pub silence_s: u32,
}

/// How it went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CrowdReport {
    /// Requests that wrote, or looked at one person before that.
    pub acts: u64,
    /// Requests that read, 650 people each.
    pub reads: u64,
    /// Most requests in any half minute: Microsoft allows 1,500.
    pub half_minute_max: u64,
    /// Until everybody was written for the first time, s.
    pub all_written_s: u32,
    /// Those whose session, or preferred status, had ended when it was written again, though nothing else was wanted.
    pub lapsed: u64,
    /// Those who were available, and had faded to away, when it was written again.
    pub faded: u64,
    /// Longest time from one writing of an available session to its renewal, s: it shows available for 600.
    pub renewed_after_s_max: u32,
    /// Changes that were shown.
    pub changes: u64,
    /// Half of them waited no longer, s.
    pub change_waited_s_p50: u32,
    /// 99 of 100 waited no longer, s.
    pub change_waited_s_p99: u32,
    /// Longest time that one of them waited, s.
    pub change_waited_s_max: u32,
    /// Longest time that one of the rush waited, s.
    pub rush_waited_s_max: u32,
    /// Changes that were not shown in the end.
    pub unwritten: u64,
    /// People who were shown as something else than what is wanted, in the end.
    pub wrong: u64,
}

struct Member {
    teams: Teams,
    wanted: Status,
    /// When a session was written last.
    written: Option<u32>,
    /// Since when something else is wanted.
    changed: Option<u32>,
    /// Whether that was the rush.
    is_rush: bool,
}

struct Crowd {
    plan: CrowdPlan,
    dice: Dice,
    rules: PresenceRules,
    keeper: Keeper,
    members: Vec<Member>,
    requests: Vec<u64>,
    /// What the second before took too much.
    owed: u64,
    n_unwritten: u32,
    waited: Vec<u32>,
    report: CrowdReport,
}

/// Keeps a crowd in step.
#[must_use]
pub fn keep_crowd(plan: CrowdPlan) -> CrowdReport {
    let mut crowd = Crowd::new(plan);
    let mut second = 0;
    while crowd.n_unwritten > 0 {
        crowd.lives(second);
        second += 1;
    }
    crowd.report.all_written_s = second;
    let minute_s = |minute: u32| second + 60 * minute;
    let (half, quarter) = (minute_s(plan.minutes / 2), minute_s(plan.minutes / 4 * 3));
    let mut owed = 0;
    for now in second..minute_s(plan.minutes) {
        owed += plan.changes_per_minute;
        for _ in 0..owed / 60 {
            crowd.somebody_changes(now);
        }
        owed %= 60;
        if now == half {
            crowd.rushes(now);
        }
        if (quarter..quarter + plan.silence_s).contains(&now) {
            crowd.requests.push(0);
        } else {
            crowd.lives(now);
        }
    }
    crowd.told(minute_s(plan.minutes))
}

fn at(second: u32) -> Timestamp {
    Timestamp::from_micros(1_774_728_000_000_000).plus_seconds(second)
}

fn agent(index: usize) -> AgentId {
    AgentId(u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1))
}

impl Crowd {
    fn new(plan: CrowdPlan) -> Self {
        let rules = PresenceRules::default();
        let new = |_| {
            let mut teams = Teams::new();
            teams.client = Client::SignedOut;
            Member {
                teams,
                wanted: Status::Available,
                written: None,
                changed: None,
                is_rush: false,
            }
        };
        let mut keeper = Keeper::new(Pace::of(&rules));
        let members: Vec<Member> = (0..plan.people).map(new).collect();
        for index in 0..members.len() {
            keeper.want(at(0), agent(index), Some(Status::Available));
        }
        Self {
            plan,
            dice: Dice::new(plan.seed),
            rules,
            keeper,
            members,
            requests: Vec::new(),
            owed: 0,
            n_unwritten: plan.people,
            waited: Vec::new(),
            report: CrowdReport::default(),
        }
    }

    fn somebody_changes(&mut self, second: u32) {
        let index = self.dice.index(self.members.len());
        self.changes(second, index, false);
    }

    fn rushes(&mut self, second: u32) {
        let n = usize::try_from(self.plan.rush).unwrap_or(usize::MAX);
        for index in 0..n.min(self.members.len()) {
            self.changes(second, index, true);
        }
    }

    fn changes(&mut self, second: u32, index: usize, is_rush: bool) {
        let is_preferred = self.dice.chance(self.plan.preferred_percent);
        let Some(member) = self.members.get_mut(index) else {
            return;
        };
        if member.changed.is_some() {
            return;
        }
        member.changed = Some(second);
        member.is_rush = is_rush;
        member.wanted = match member.wanted {
            Status::Available | Status::Busy if is_preferred => Status::DoNotDisturb,
            Status::Available => Status::Busy,
            Status::Busy
            | Status::DoNotDisturb
            | Status::Away
            | Status::BeRightBack
            | Status::Offline => Status::Available,
        };
        let wanted = Some(member.wanted);
        self.keeper.want(at(second), agent(index), wanted);
    }

    /// A round, spread over the seconds of its cycle, goes before what is to be written.
    fn lives(&mut self, second: u32) {
        if second.is_multiple_of(FITTED_EVERY_S) {
            let pace = Pace::of(&self.rules);
            self.keeper.set_pace(at(second), pace, RENEWALS_PER_S);
        }
        let n = u64::try_from(self.members.len()).unwrap_or(u64::MAX);
        let from = u64::from(second % self.rules.cycle_s) * REQUESTS_PER_S;
        let reads = { n.div_ceil(IDS_MAX) }
            .saturating_sub(from)
            .min(REQUESTS_PER_S);
        for read in from..from + reads {
            self.reads(second, read);
        }
        self.report.reads += reads;
        let (owed, mut requests) = (self.owed, reads);
        while owed + requests < REQUESTS_PER_S {
            let Some((agent, act)) = self.keeper.next(at(second)) else {
                break;
            };
            requests += self.carries_out(second, agent, act);
        }
        self.owed = (owed + requests).saturating_sub(REQUESTS_PER_S);
        self.requests.push(requests);
    }

    fn reads(&mut self, second: u32, read: u64) {
        let skipped = usize::try_from(read * IDS_MAX).unwrap_or(usize::MAX);
        let batch = self.members.iter().enumerate().skip(skipped);
        for (index, member) in batch.take(usize::try_from(IDS_MAX).unwrap_or(usize::MAX)) {
            let seen = member.teams.shows(at(second));
            self.keeper.read(at(second), agent(index), Some(seen));
        }
    }

    /// What follows of the same person is done at once, as it is there. Answers how many requests it took.
    fn carries_out(&mut self, second: u32, agent: AgentId, first: Act) -> u64 {
        let (mut n, mut next) = (0, Some(first));
        while let Some(act) = next {
            n += 1;
            self.does(second, agent, act);
            self.keeper.done(at(second), agent, Outcome::Done);
            next = self.keeper.next_of(at(second), agent);
        }
        self.report.acts += n;
        n
    }

    fn does(&mut self, second: u32, agent: AgentId, act: Act) {
        let index = usize::try_from(agent.0.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(member) = self.members.get_mut(index) else {
            return;
        };
        let shown = member.teams.shows(at(second));
        let Act::Write(write) = act else {
            self.keeper.read(at(second), agent, Some(shown));
            return;
        };
        let is_renewal = member.changed.is_none() && member.written.is_some();
        if is_renewal && shown.status != member.wanted {
            let has_faded = member.wanted == Status::Available && shown.status == Status::Away;
            self.report.faded += u64::from(has_faded);
            self.report.lapsed += u64::from(!has_faded);
        }
        if let Write::SetSession { .. } = write {
            if is_renewal && member.wanted == Status::Available {
                let after_s = second - member.written.unwrap_or(second);
                let longest_s = self.report.renewed_after_s_max.max(after_s);
                self.report.renewed_after_s_max = longest_s;
            }
            self.n_unwritten -= u32::from(member.written.is_none());
            member.written = Some(second);
        }
        let written = member.teams.write(at(second), write);
        debug_assert!(written.is_ok(), "nobody chooses anything here");
        if member.teams.shows(at(second)).status == member.wanted
            && let Some(since) = member.changed.take()
        {
            let waited_s = second - since;
            self.waited.push(waited_s);
            if member.is_rush {
                self.report.rush_waited_s_max = self.report.rush_waited_s_max.max(waited_s);
            }
        }
    }

    fn told(mut self, second: u32) -> CrowdReport {
        self.waited.sort_unstable();
        let waited = |percent: usize| {
            let last = self.waited.len().saturating_sub(1);
            self.waited.get(last * percent / 100).copied().unwrap_or(0)
        };
        let half_minutes = self.requests.windows(30).map(|it| it.iter().sum());
        let members = self.members.iter();
        let wrong = members
            .filter(|it| it.changed.is_none() && it.teams.shows(at(second)).status != it.wanted);
        let unwritten = self.members.iter().filter(|it| it.changed.is_some());
        CrowdReport {
            half_minute_max: half_minutes.max().unwrap_or(0),
            changes: u64::try_from(self.waited.len()).unwrap_or(u64::MAX),
            change_waited_s_p50: waited(50),
            change_waited_s_p99: waited(99),
            change_waited_s_max: waited(100),
            wrong: u64::try_from(wrong.count()).unwrap_or(u64::MAX),
            unwritten: u64::try_from(unwritten.count()).unwrap_or(u64::MAX),
            ..self.report
        }
    }
}
