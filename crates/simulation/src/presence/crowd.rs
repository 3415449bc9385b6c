//! A crowd whose Teams status is kept in step, on virtual time: as many requests a second as may be asked of Microsoft, rounds
//! that read everybody, renewals, and changes between them. What it measures is time: whether a session of ours ends while it
//! is wanted, and how long a change waits for its turn.

use crate::dice::Dice;
use serde::Serialize;
use tandem_core::ids::AgentId;
use tandem_core::presence::keeper::{Act, Keeper, Outcome, Pace, Session, Write};
use tandem_core::presence::{Doing, PresenceRules, Seen, Status};
use tandem_core::time::Timestamp;

/// Requests a second in the long run, of which renewals may take so many (docs/presence.md).
const REQUESTS_PER_S: u64 = 45;
const RENEWALS_PER_S: u32 = 40;
/// People whom one request for presence asks about at most.
const IDS_MAX: u64 = 650;

/// Who is kept, for how long, and how often somebody changes.
#[derive(Clone, Copy, Debug)]
pub struct CrowdPlan {
    /// The dice.
    pub seed: u64,
    /// People, all of whom are available at first.
    pub people: u32,
    /// Minutes after everybody was written for the first time.
    pub minutes: u32,
    /// Changes in the whole crowd, a minute.
    pub changes_per_minute: u32,
}

/// How it went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CrowdReport {
    /// Requests that wrote.
    pub writes: u64,
    /// Requests that read, 650 people each.
    pub reads: u64,
    /// Most requests in any half minute, beside the first: Microsoft allows 1,500.
    pub half_minute_max: u64,
    /// Until everybody was written for the first time, s.
    pub all_written_s: u32,
    /// Sessions that had ended when they were written again.
    pub lapsed: u64,
    /// Longest time from one writing of a session that stays to the next, s: it lasts 900.
    pub renewed_after_s_max: u32,
    /// Changes that were written.
    pub changes: u64,
    /// Longest time that one of them waited, s.
    pub change_waited_s_max: u32,
}

struct Member {
    session: Option<Session>,
    written: u32,
    until: u32,
    /// Since when something else is wanted.
    changed: Option<u32>,
}

struct Crowd {
    dice: Dice,
    keeper: Keeper,
    members: Vec<Member>,
    requests: Vec<u64>,
    n_unwritten: u32,
    report: CrowdReport,
}

/// Keeps a crowd in step.
#[must_use]
pub fn keep_crowd(plan: CrowdPlan) -> CrowdReport {
    let n = usize::try_from(plan.people).unwrap_or(usize::MAX);
    let rules = PresenceRules::default();
    let pace = Pace::of(&rules).fitting(n, RENEWALS_PER_S);
    let new = |_| Member {
        session: None,
        written: 0,
        until: 0,
        changed: Some(0),
    };
    let mut crowd = Crowd {
        dice: Dice::new(plan.seed),
        keeper: Keeper::new(pace),
        members: (0..plan.people).map(new).collect(),
        requests: Vec::new(),
        n_unwritten: plan.people,
        report: CrowdReport::default(),
    };
    for agent in 1..=u64::from(plan.people) {
        let wanted = Some(Status::Available);
        crowd.keeper.want(at(0), AgentId(agent), wanted);
    }
    let (mut second, mut owed) = (0, 0);
    while crowd.n_unwritten > 0 || second < crowd.report.all_written_s + 60 * plan.minutes {
        if crowd.n_unwritten == 0 {
            owed += plan.changes_per_minute;
            for _ in 0..owed / 60 {
                crowd.somebody_changes(second);
            }
            owed %= 60;
        }
        crowd.lives(second, rules.cycle_s);
        second += 1;
    }
    crowd.report.half_minute_max = { crowd.requests.windows(30) }
        .map(|it| it.iter().sum())
        .max()
        .unwrap_or(0);
    crowd.report
}

fn at(second: u32) -> Timestamp {
    Timestamp::from_micros(1_774_728_000_000_000).plus_seconds(second)
}

const fn shown(session: Session) -> Seen {
    let (status, doing) = match session {
        Session::Available => (Status::Available, Doing::Nothing),
        Session::Call => (Status::Busy, Doing::Call),
        Session::Away => (Status::Away, Doing::Nothing),
    };
    Seen { status, doing }
}

impl Crowd {
    fn somebody_changes(&mut self, second: u32) {
        let index = self.dice.index(self.members.len());
        let Some(member) = self.members.get_mut(index) else {
            return;
        };
        if member.changed.is_some() {
            return;
        }
        member.changed = Some(second);
        let wanted = match member.session {
            Some(Session::Call) => Status::Available,
            Some(Session::Available | Session::Away) | None => Status::Busy,
        };
        self.keeper.want(at(second), agent(index), Some(wanted));
    }

    /// A round, spread over the seconds of its cycle, goes before what is to be written.
    fn lives(&mut self, second: u32, cycle_s: u32) {
        let n = u64::try_from(self.members.len()).unwrap_or(u64::MAX);
        let (begins, rounds) = (second % cycle_s, n.div_ceil(IDS_MAX));
        let from = u64::from(begins) * REQUESTS_PER_S;
        let reads = rounds.saturating_sub(from).min(REQUESTS_PER_S);
        for read in from..from + reads {
            self.reads(second, read);
        }
        self.report.reads += reads;
        let mut requests = reads;
        while requests < REQUESTS_PER_S {
            let Some((agent, act)) = self.keeper.next(at(second)) else {
                break;
            };
            self.does(second, agent, act);
            requests += 1;
        }
        self.requests.push(requests);
    }

    fn reads(&mut self, second: u32, read: u64) {
        let skipped = usize::try_from(read * IDS_MAX).unwrap_or(usize::MAX);
        let batch = self.members.iter().enumerate().skip(skipped);
        for (index, member) in batch.take(usize::try_from(IDS_MAX).unwrap_or(usize::MAX)) {
            let seen = member.session.filter(|_| second < member.until);
            self.keeper.read(at(second), agent(index), seen.map(shown));
        }
    }

    fn does(&mut self, second: u32, agent: AgentId, act: Act) {
        let index = usize::try_from(agent.0.saturating_sub(1)).unwrap_or(usize::MAX);
        if let (Act::Write(Write::SetSession { session, for_s }), Some(member)) =
            (act, self.members.get_mut(index))
        {
            let report = &mut self.report;
            report.writes += 1;
            match member.session {
                None => {
                    self.n_unwritten -= 1;
                    if self.n_unwritten == 0 {
                        report.all_written_s = second;
                    }
                }
                Some(_) => {
                    report.lapsed += u64::from(member.until < second);
                    let after_s = second - member.written;
                    report.renewed_after_s_max = report.renewed_after_s_max.max(after_s);
                }
            }
            if member.session.is_some_and(|it| it != session)
                && let Some(since) = member.changed
            {
                report.changes += 1;
                report.change_waited_s_max = report.change_waited_s_max.max(second - since);
            }
            member.session = Some(session);
            member.written = second;
            member.until = second + for_s;
            member.changed = None;
        }
        self.keeper.done(at(second), agent, Outcome::Done);
    }
}

fn agent(index: usize) -> AgentId {
    AgentId(u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1))
}
