//! The keeper: what to write so that Teams shows of people what is wanted, and which of what is read was written by it.
//!
//! A pure machine beside the contact center, not journaled: after a restart it is made anew from what the state wants
//! ([`Keeper::resume`]). Whoever drives it looks and writes, one act of a person at a time, and says what came of it. It
//! knows no wire name, no clock and no network.
//!
//! Two things are written (microsoft-graph.md 4). A *session* is one voice among others, which the person's own client
//! joins; it is all that `available` and `busy` need. A *preferred* status goes before every session, and a person who
//! chooses one in Teams chooses the same thing. So before one of ours is set or cleared somebody looks, and what the person
//! chose stays (B-224).

mod person;

pub use person::{Act, Outcome, Session, Write};

use super::{Seen, Status};
use crate::ids::AgentId;
use crate::time::Timestamp;
use person::Person;
use std::collections::{BTreeMap, BTreeSet};

/// How often what is written is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At the latest after so long a renewal counts as the forced synchronization (B-198), s.
    pub force_every_s: u32,
    /// What was written is taken for our own so long after it was written over, s: two looks, and the time that a change
    /// takes on the other side.
    pub echo_s: u32,
    /// A session that says available is written again after so long, s.
    pub renew_available_s: u32,
    /// One that says busy in a call, s; it lasts a quarter longer.
    pub renew_call_s: u32,
    /// One that says away, which lies beneath a preferred status, s; it lasts a quarter longer.
    pub renew_away_s: u32,
    /// A preferred status is written again after so long, s; it lasts a quarter longer.
    pub renew_preferred_s: u32,
}

/// A session that says available fades after five minutes (B-225).
const RENEW_AVAILABLE_S: u32 = 240;
/// Until ten minutes are over one that fades still shows available (microsoft-graph.md 4): a minute is left for the wait
/// behind others.
const RENEW_AVAILABLE_S_MAX: u32 = 540;
/// Sessions that do not fade.
const RENEW_OTHER_S: u32 = 720;
/// A preferred status of ours ends by itself soon after a crash (B-224).
const RENEW_PREFERRED_S: u32 = 480;
/// Graph lets a session last four hours at most, and it lasts a quarter longer than until it is renewed.
const RENEW_S_MAX: u32 = 4 * 3_600 / 5 * 4;
/// The pace changes in steps of so long, s: not with everybody who signs in.
const PACE_STEP_S: u32 = 30;
/// A renewal that waits for longer, s, takes turns with changes: a session that ends is as wrong as a change that is late.
const PRESSES_AFTER_S: u32 = 30;

impl Pace {
    /// By what the rules say of cycles. Each renewal says the same again, so that nothing is written for the forced
    /// synchronization alone (B-198).
    #[must_use]
    pub fn of(rules: &super::PresenceRules) -> Self {
        let forced = |renew_s: u32| renew_s.min(rules.force_every_s);
        Self {
            force_every_s: rules.force_every_s,
            echo_s: rules.cycle_s.saturating_mul(2),
            renew_available_s: forced(RENEW_AVAILABLE_S),
            renew_call_s: forced(RENEW_OTHER_S),
            renew_away_s: forced(RENEW_OTHER_S),
            renew_preferred_s: forced(RENEW_PREFERRED_S),
        }
    }

    /// Where there are so many people that writing as often as this would be more than `acts_per_s`, it is written less
    /// often. Whatever is wanted of each of them: one who is available, or in a call, takes one act in the time that all of
    /// them take one act each; one with a preferred status takes three in three times as long (the session beneath it, the
    /// look, and the status).
    #[must_use]
    pub fn fitting(self, n_people: usize, acts_per_s: u32) -> Self {
        let n_people = u32::try_from(n_people).unwrap_or(u32::MAX);
        let each_s = n_people.div_ceil(acts_per_s.max(1));
        let each_s = each_s.checked_next_multiple_of(PACE_STEP_S);
        let each_s = each_s.unwrap_or(RENEW_S_MAX).min(RENEW_S_MAX);
        let thrice_s = each_s.saturating_mul(3).min(RENEW_S_MAX);
        Self {
            renew_available_s: self.renew_available_s.max(each_s),
            renew_call_s: self.renew_call_s.max(each_s),
            renew_away_s: self.renew_away_s.max(thrice_s),
            renew_preferred_s: self.renew_preferred_s.max(thrice_s),
            ..self
        }
    }

    /// How many people can be kept in step with so many acts a second: with more, whoever is available would show as away
    /// before it is said again.
    #[must_use]
    pub const fn people_max(acts_per_s: u32) -> u32 {
        acts_per_s.saturating_mul(RENEW_AVAILABLE_S_MAX)
    }
}

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether Teams shows what the keeper wrote.
    pub is_echo: bool,
}

/// What goes first where not everything can be done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haste {
    /// Teams shows something else than what is wanted.
    Change,
    /// It shows it, and will not for ever.
    Renewal,
}

/// When something is to be done of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    at: Timestamp,
    haste: Haste,
}

/// Those of whom something is to be done, by how long they wait.
#[derive(Clone, Debug, Default)]
struct Waiting {
    changes: BTreeSet<(Timestamp, AgentId)>,
    renewals: BTreeSet<(Timestamp, AgentId)>,
}

/// Keeps the people of one contact center.
#[derive(Clone, Debug)]
pub struct Keeper {
    pace: Pace,
    people: BTreeMap<AgentId, Person>,
    waiting: Waiting,
    /// What was begun last.
    begun: Haste,
    /// Of how many people something is wanted.
    n_wanted: usize,
}

impl Waiting {
    const fn of(&mut self, haste: Haste) -> &mut BTreeSet<(Timestamp, AgentId)> {
        match haste {
            Haste::Change => &mut self.changes,
            Haste::Renewal => &mut self.renewals,
        }
    }

    fn insert(&mut self, due: Due, agent: AgentId) {
        self.of(due.haste).insert((due.at, agent));
    }

    fn remove(&mut self, due: Due, agent: AgentId) {
        self.of(due.haste).remove(&(due.at, agent));
    }

    /// Who comes next. Changes go before renewals, and take turns with those that press.
    fn first(&self, now: Timestamp, begun: Haste) -> Option<AgentId> {
        let is_due = |it: &&(Timestamp, AgentId)| it.0 <= now;
        let change = self.changes.first().filter(is_due);
        let renewal = self.renewals.first().filter(is_due);
        let presses = |it: &(Timestamp, AgentId)| it.0.plus_seconds(PRESSES_AFTER_S) <= now;
        let first = match (change, renewal) {
            (Some(_), Some(renewal)) if begun == Haste::Change && presses(renewal) => renewal,
            (Some(change), _) => change,
            (None, renewal) => renewal?,
        };
        Some(first.1)
    }

    fn deadline(&self) -> Option<Timestamp> {
        let first = [self.changes.first(), self.renewals.first()];
        first.into_iter().flatten().map(|(at, _)| *at).min()
    }
}

impl Keeper {
    /// Nobody is kept.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            people: BTreeMap::new(),
            waiting: Waiting::default(),
            begun: Haste::Renewal,
            n_wanted: 0,
        }
    }

    /// From now on it is done at this pace, as far as so many acts a second suffice for the people of whom something is
    /// wanted now.
    pub fn set_pace(&mut self, now: Timestamp, pace: Pace, acts_per_s: u32) {
        let pace = pace.fitting(self.n_wanted, acts_per_s);
        if self.pace == pace {
            return;
        }
        self.pace = pace;
        let people: Vec<_> = self.people.keys().copied().collect();
        for agent in people {
            self.settle(now, agent);
        }
    }

    /// After a restart: this is wanted of somebody, and this was `before`; what of both was written may still be shown.
    pub fn resume(
        &mut self,
        now: Timestamp,
        agent: AgentId,
        wanted: Option<Status>,
        before: Option<Status>,
    ) {
        let person = Person::resumed(now, agent, wanted, before, &self.pace);
        self.n_wanted += usize::from(wanted.is_some());
        let replaced = self.people.insert(agent, person);
        if let Some(replaced) = replaced {
            self.n_wanted -= usize::from(replaced.is_wanted());
            if let Some(due) = replaced.due {
                self.waiting.remove(due, agent);
            }
        }
        self.settle(now, agent);
    }

    /// Teams is to show this of somebody, or nothing of ours.
    pub fn want(&mut self, now: Timestamp, agent: AgentId, wanted: Option<Status>) {
        let new = || Person::new(now, agent);
        let person = self.people.entry(agent).or_insert_with(new);
        self.n_wanted -= usize::from(person.is_wanted());
        person.wants(wanted);
        self.n_wanted += usize::from(person.is_wanted());
        self.settle(now, agent);
    }

    /// What Teams shows of somebody, looked at for all or for an act; none: it could not be seen.
    pub fn read(&mut self, now: Timestamp, agent: AgentId, seen: Option<Seen>) -> Reading {
        let Some(person) = self.people.get_mut(&agent) else {
            return Reading { is_echo: false };
        };
        let is_echo = person.reads(now, seen);
        self.settle(now, agent);
        Reading { is_echo }
    }

    /// The next act that is due. The same person has no other before [`Self::done`] says what came of it.
    pub fn next(&mut self, now: Timestamp) -> Option<(AgentId, Act)> {
        while let Some(agent) = self.waiting.first(now, self.begun) {
            if let Some(act) = self.next_of(now, agent) {
                return Some((agent, act));
            }
        }
        None
    }

    /// The next act of somebody, if one is due. What was looked at a moment ago does not wait behind all the others: it would
    /// have to be looked at again.
    pub fn next_of(&mut self, now: Timestamp, agent: AgentId) -> Option<Act> {
        let person = self.people.get_mut(&agent)?;
        let due = person.due.filter(|due| due.at <= now)?;
        person.due = None;
        self.waiting.remove(due, agent);
        let act = person.begin(now, &self.pace);
        if act.is_some() {
            self.begun = due.haste;
        } else {
            self.settle(now, agent);
        }
        act
    }

    /// What came of an act.
    pub fn done(&mut self, now: Timestamp, agent: AgentId, outcome: Outcome) {
        if let Some(person) = self.people.get_mut(&agent) {
            person.ends(now, outcome, &self.pace);
            self.settle(now, agent);
        }
    }

    /// When [`Self::next`] has something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.deadline()
    }

    /// When Teams was told last what it is to show of somebody; none: it has nothing of ours.
    #[must_use]
    pub fn told_at(&self, agent: AgentId) -> Option<Timestamp> {
        self.people.get(&agent)?.told_at()
    }

    /// How many people are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Whoever waits keeps the place in line, whatever is seen or wanted meanwhile.
    fn settle(&mut self, now: Timestamp, agent: AgentId) {
        let Some(person) = self.people.get_mut(&agent) else {
            return;
        };
        let before = person.due;
        person.due = person.due_at(now, &self.pace).map(|due| {
            let waits = before.filter(|it| it.haste == due.haste && it.at < due.at);
            waits.filter(|_| due.at <= now).unwrap_or(due)
        });
        let due = person.due;
        if person.is_forgotten(now) {
            self.people.remove(&agent);
        } else if due == before {
            return;
        } else if let Some(due) = due {
            self.waiting.insert(due, agent);
        }
        if let Some(before) = before {
            self.waiting.remove(before, agent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presence::{Doing, PresenceRules};

    const START: Timestamp = Timestamp::from_micros(1_774_728_000_000_000);

    fn usual() -> Pace {
        Pace::of(&PresenceRules::default())
    }

    fn served(keeper: &mut Keeper, now: Timestamp) -> Option<AgentId> {
        let (agent, _) = keeper.next(now)?;
        keeper.done(now, agent, Outcome::Done);
        Some(agent)
    }

    fn at(second: u32) -> Timestamp {
        START.plus_seconds(second)
    }

    /// So many people whom Teams shows as available, written at the start.
    fn crowd(n: u64) -> Keeper {
        let mut keeper = Keeper::new(usual());
        for agent in 1..=n {
            keeper.want(START, AgentId(agent), Some(Status::Available));
        }
        while served(&mut keeper, START).is_some() {}
        keeper
    }

    // B-225, B-227
    #[test]
    fn renewals_of_twenty_thousand_people_fit_into_what_may_be_asked() {
        assert_eq!(usual().fitting(4_800, 40), usual());
        assert_eq!(
            usual().fitting(9_600, 40).renew_available_s,
            RENEW_AVAILABLE_S
        );
        let many = usual().fitting(20_000, 40);
        assert_eq!(many.renew_available_s, 510);
        assert_eq!(many.renew_call_s, RENEW_OTHER_S);
        assert_eq!((many.renew_away_s, many.renew_preferred_s), (1_530, 1_530));
        // Whatever is wanted of whom: all available, all in a call, all with a preferred status.
        let acts = |every_s: u32| 20_000.0 / f64::from(every_s);
        let preferred = acts(many.renew_away_s) + 2.0 * acts(many.renew_preferred_s);
        for acts_per_s in [
            acts(many.renew_available_s),
            acts(many.renew_call_s),
            preferred,
        ] {
            assert!(acts_per_s <= 40.0, "{acts_per_s}");
        }
        assert_eq!(Pace::people_max(40), 21_600);
        assert!(usual().fitting(21_600, 40).renew_available_s <= RENEW_AVAILABLE_S_MAX);
        // Beyond that each waits for its turn, and a session outlasts the wait.
        assert_eq!(usual().fitting(50_000, 40).renew_available_s, 1_260);
        assert_eq!(usual().fitting(50_000, 0).renew_preferred_s, RENEW_S_MAX);
    }

    // B-198: an hour and a quarter, in which nothing is written beside the renewals
    #[test]
    fn forced_synchronization_is_one_of_the_renewals() {
        let mut keeper = crowd(100);
        let mut written = 0;
        for second in 1..=4_500 {
            let mut n = 0;
            while served(&mut keeper, at(second)).is_some() {
                n += 1;
            }
            assert!(n <= 10, "{n} of 100 in second {second}");
            written += n;
        }
        let renewals = 100 * 4_500 / RENEW_AVAILABLE_S;
        assert!(written <= renewals + 100, "{written} for {renewals}");
    }

    // B-198: an administrator may want it more often
    #[test]
    fn what_is_forced_every_five_minutes_is_renewed_every_five_minutes() {
        let force_every_s = 300;
        let rules = PresenceRules {
            force_every_s,
            ..PresenceRules::default()
        };
        let mut keeper = Keeper::new(Pace::of(&rules));
        keeper.want(START, AgentId(1), Some(Status::Busy));
        let mut written = Vec::new();
        for second in 0..=3_600 {
            written.extend(served(&mut keeper, at(second)).map(|_| second));
        }
        assert!(
            written.windows(2).all(|it| it[1] - it[0] <= 300),
            "{written:?}"
        );
        assert!(written.len() <= 14, "{written:?}");
    }

    // B-190, B-225
    #[test]
    fn change_goes_before_all_renewals_that_are_due() {
        let mut keeper = crowd(1_000);
        // A quarter earlier than usual the first of them come.
        let now = at(RENEW_AVAILABLE_S / 4 * 3 + 20);
        keeper.want(now, AgentId(777), Some(Status::Busy));
        assert_eq!(served(&mut keeper, now), Some(AgentId(777)));
        assert_ne!(served(&mut keeper, now), None);
    }

    // B-190, B-225: neither sessions that end nor changes that wait
    #[test]
    fn renewals_that_press_take_turns_with_changes() {
        let mut keeper = crowd(100);
        let now = at(RENEW_AVAILABLE_S + PRESSES_AFTER_S);
        for agent in 51..=100 {
            keeper.want(now, AgentId(agent), Some(Status::Busy));
        }
        let served: Vec<u64> = (0..20)
            .filter_map(|_| served(&mut keeper, now))
            .map(|it| it.0)
            .collect();
        assert_eq!(
            served.iter().filter(|it| **it > 50).count(),
            10,
            "{served:?}"
        );
    }

    // B-201
    #[test]
    fn whoever_waits_keeps_the_place_in_line_though_somebody_looks_meanwhile() {
        let mut keeper = Keeper::new(usual());
        for agent in 1..=3 {
            keeper.want(
                at(u32::try_from(agent).unwrap()),
                AgentId(agent),
                Some(Status::Busy),
            );
        }
        keeper.read(at(60), AgentId(1), None);
        keeper.want(at(61), AgentId(1), Some(Status::Available));
        let order: Vec<_> = (0..3).map(|_| served(&mut keeper, at(70))).collect();
        assert_eq!(order, [1, 2, 3].map(|it| Some(AgentId(it))));
    }

    // B-225: they signed in at one moment
    #[test]
    fn people_who_changed_together_are_not_renewed_together() {
        let mut keeper = crowd(1_000);
        let mut most = 0;
        for second in 1..=RENEW_AVAILABLE_S {
            let mut n = 0;
            while served(&mut keeper, at(second)).is_some() {
                n += 1;
            }
            most = most.max(n);
        }
        // Evenly, in the last of the four minutes, it would be 16 or 17.
        assert!((16..=32).contains(&most), "{most} of 1,000 in a second");
    }

    // B-224, B-190: what the process before this one wrote is shown as yet
    #[test]
    fn after_a_restart_changes_go_before_what_is_only_written_again() {
        let mut keeper = Keeper::new(usual());
        for agent in 1..=100 {
            keeper.resume(START, AgentId(agent), Some(Status::Available), None);
        }
        keeper.want(at(1), AgentId(99), Some(Status::Busy));
        assert_eq!(served(&mut keeper, at(1)), Some(AgentId(99)));
        assert_eq!(served(&mut keeper, at(1)), Some(AgentId(1)));
    }

    // B-224
    #[test]
    fn what_was_looked_at_is_written_though_a_thousand_others_wait() {
        let mut keeper = Keeper::new(usual());
        for n in 1..=1_000 {
            keeper.want(START, AgentId(n), Some(Status::DoNotDisturb));
        }
        let (agent, act) = keeper.next(START).unwrap();
        assert!(
            matches!(act, Act::Write(Write::SetSession { .. })),
            "{act:?}"
        );
        keeper.done(START, agent, Outcome::Done);
        assert_eq!(keeper.next_of(START, agent), Some(Act::Look));
        // Nothing of somebody whose act is in hand.
        assert_eq!(keeper.next_of(START, agent), None);
        let (status, doing) = (Status::Available, Doing::Nothing);
        keeper.read(START, agent, Some(Seen { status, doing }));
        keeper.done(START, agent, Outcome::Done);
        let then = keeper.next_of(START, agent);
        assert!(
            matches!(then, Some(Act::Write(Write::SetPreferred { .. }))),
            "{then:?}"
        );
        assert_eq!(keeper.next(START).map(|it| it.0), Some(AgentId(2)));
    }
}
