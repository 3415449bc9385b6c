//! One person of the keeper: what is wanted, what was written, and what is to be done next.

use super::{Due, Haste, Pace};
use crate::ids::AgentId;
use crate::presence::{Doing, Seen, Source, Status};
use crate::time::Timestamp;

/// A session that can be written: Graph takes no other pairs (B-224).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// Available, and available.
    Available,
    /// Busy, and in a call.
    Call,
    /// Away, and away.
    Away,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Our session says this.
    SetSession {
        /// What.
        session: Session,
        /// For how long, unless it is said again, s.
        for_s: u32,
    },
    /// Our session is over.
    ClearSession,
    /// This goes before every session.
    SetPreferred {
        /// What.
        status: Status,
        /// For how long, unless it is said again, s.
        for_s: u32,
    },
    /// Nothing goes before the sessions.
    ClearPreferred,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Look what Teams shows of the person at this moment.
    Look,
    /// Write.
    Write(Write),
}

/// What came of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done, and is tried again after so long, s.
    Again {
        /// How long.
        after_s: u32,
    },
    /// Nobody knows whether it was done.
    Unknown,
}

/// A session that is renewed lasts so long, s, or a quarter longer than until then.
const SESSION_S: u32 = 900;
/// A look tells for so long what the person chose, s.
const LOOK_HOLDS_S: u32 = 5;
/// What was written may be shown no sooner than this, s.
const SHOWN_AFTER_S: u32 = 30;
/// What is not known to be done is tried again after this, s.
const AGAIN_S: u32 = 10;
/// What was written and may still be shown, at most.
const OWN_MAX: usize = 8;

/// Something of ours that stands on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held<T> {
    what: T,
    since: Timestamp,
    until: Timestamp,
    /// Whether the other side said so.
    is_sure: bool,
    /// Whether it was a change: the first renewal of such a one comes early, and not with that of others.
    is_new: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Next {
    act: Act,
    /// Since when it is due, where it is a renewal.
    renewal: Option<Timestamp>,
}

/// What we wrote, while it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Own {
    seen: Seen,
    until: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) due: Option<Due>,
    /// 0 to 255, by chance: how early the first renewal comes.
    early: u32,
    /// What the process before this one wrote is shown as yet.
    is_resumed: bool,
    wanted: Option<Status>,
    session: Option<Held<Session>>,
    preferred: Option<Held<Status>>,
    /// What was seen last.
    seen: Option<Seen>,
    /// What the person chose, as far as it shows.
    chosen: Option<Seen>,
    own: Vec<Own>,
    in_hand: Option<Act>,
    /// When somebody looked for the next write.
    looked_at: Option<Timestamp>,
    not_before: Timestamp,
    forced_at: Timestamp,
}

/// What is to stand on the other side for a status.
const fn needed(wanted: Option<Status>) -> (Option<Session>, Option<Status>) {
    match wanted {
        None => (None, None),
        Some(Status::Available) => (Some(Session::Available), None),
        Some(Status::Busy) => (Some(Session::Call), None),
        // What is preferred needs a session, and ours may be the only one.
        Some(
            status @ (Status::Away | Status::DoNotDisturb | Status::BeRightBack | Status::Offline),
        ) => (Some(Session::Away), Some(status)),
    }
}

const fn shown_by(session: Session) -> Seen {
    let (status, doing) = match session {
        Session::Available => (Status::Available, Doing::Nothing),
        Session::Call => (Status::Busy, Doing::Call),
        Session::Away => (Status::Away, Doing::Nothing),
    };
    Seen { status, doing }
}

/// An offline that somebody prefers is told from one of whom nobody is there.
const fn shown_as_preferred(status: Status) -> Seen {
    let doing = match status {
        Status::Offline => Doing::Other,
        Status::Available
        | Status::Busy
        | Status::DoNotDisturb
        | Status::BeRightBack
        | Status::Away => Doing::Nothing,
    };
    Seen { status, doing }
}

const GONE: Seen = Seen {
    status: Status::Offline,
    doing: Doing::Nothing,
};

impl Person {
    pub(super) fn new(now: Timestamp, agent: AgentId) -> Self {
        // Fibonacci hashing: numbers that follow each other lie far apart.
        let mixed = agent.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self {
            due: None,
            early: u32::from(mixed.to_be_bytes()[0]),
            is_resumed: false,
            wanted: None,
            session: None,
            preferred: None,
            seen: None,
            chosen: None,
            own: Vec::new(),
            in_hand: None,
            looked_at: None,
            not_before: now,
            forced_at: now,
        }
    }

    /// What was wanted before a restart is written again. That, and what was wanted before it, is taken for our own until what
    /// was written then is over.
    pub(super) fn resumed(
        now: Timestamp,
        agent: AgentId,
        wanted: Option<Status>,
        before: Option<Status>,
        pace: &Pace,
    ) -> Self {
        let mut person = Self::new(now, agent);
        person.wanted = wanted;
        person.is_resumed = true;
        let longest_s = lasts_s(pace.renew_call_s.max(pace.renew_away_s));
        let until = Some(now.plus_seconds(longest_s.max(preferred_s(pace))));
        let shown = [wanted, before].into_iter().flat_map(|it| {
            let (session, preferred) = needed(it);
            let session = session.map(shown_by).into_iter();
            session.chain(preferred.map(shown_as_preferred))
        });
        person.own = shown.map(|seen| Own { seen, until }).collect();
        person
    }

    pub(super) fn wants(&mut self, wanted: Option<Status>) {
        self.is_resumed &= self.wanted == wanted;
        self.wanted = wanted;
    }

    pub(super) const fn is_wanted(&self) -> bool {
        self.wanted.is_some()
    }

    pub(super) fn told_at(&self) -> Option<Timestamp> {
        let session = self.session.map(|it| it.since);
        let preferred = self.preferred.map(|it| it.since);
        session.into_iter().chain(preferred).max()
    }

    /// Whether nothing of ours is wanted, stands or may be shown.
    pub(super) fn is_forgotten(&self, now: Timestamp) -> bool {
        let is_shown = self.own.iter().any(|it| it.until.is_none_or(|at| now < at));
        self.wanted.is_none()
            && self.session.is_none()
            && self.preferred.is_none()
            && self.in_hand.is_none()
            && !is_shown
    }

    /// Takes what is seen; answers whether it is our own.
    pub(super) fn reads(&mut self, now: Timestamp, seen: Option<Seen>) -> bool {
        self.own.retain(|it| it.until.is_none_or(|at| now < at));
        // A look at everybody may tell what was so before: it takes no place of the look for a write.
        self.looked_at = None;
        let Some(seen) = seen else {
            self.seen = None;
            return false;
        };
        self.seen = Some(seen);
        let is_own = self.own.iter().any(|it| it.seen == seen);
        let is_written_over = self.is_written_over(now, seen);
        // What is shown and is not surely what we had preferred may be the person's choice. If it is ours all the same, it
        // ends by itself.
        let is_ours = self
            .preferred
            .is_some_and(|it| it.is_sure && now < it.until && shown_as_preferred(it.what) == seen);
        let is_chosen = seen.source() == Some(Source::ChosenInTeams) && !is_ours;
        if is_chosen || is_written_over {
            self.chosen = Some(seen);
        } else if self.chosen != Some(seen) {
            self.chosen = None;
        }
        if is_written_over {
            self.lets_go_of_preferred(now);
        }
        is_own && !is_written_over
    }

    /// Whether the person chose something else over what we had preferred.
    fn is_written_over(&self, now: Timestamp, seen: Seen) -> bool {
        self.preferred.is_some_and(|held| {
            let is_due = held.since.plus_seconds(SHOWN_AFTER_S) <= now && now < held.until;
            held.is_sure && is_due && seen != shown_as_preferred(held.what) && seen != GONE
        })
    }

    fn lets_go_of_preferred(&mut self, shown_until: Timestamp) {
        if let Some(held) = self.preferred.take() {
            self.was_shown(shown_as_preferred(held.what), shown_until);
        }
    }

    /// What we wrote is not written any more; it may be shown a little longer, until the given instant.
    fn was_shown(&mut self, seen: Seen, until: Timestamp) {
        for own in self.own.iter_mut().filter(|it| it.seen == seen) {
            own.until = Some(own.until.map_or(until, |it| it.min(until)));
        }
    }

    fn is_shown(&mut self, seen: Seen) {
        self.own.retain(|it| it.seen != seen);
        if self.own.len() >= OWN_MAX {
            self.own.remove(0);
        }
        self.own.push(Own { seen, until: None });
    }

    /// When something is to be done.
    pub(super) fn due_at(&self, now: Timestamp, pace: &Pace) -> Option<Due> {
        if self.in_hand.is_some() {
            return None;
        }
        let next = self.next(now, pace);
        let haste = match next {
            Some(Next { renewal: None, .. }) if !self.is_resumed => Haste::Change,
            Some(_) | None => Haste::Renewal,
        };
        let at = match next {
            Some(next) => next.renewal.unwrap_or(now),
            None => self.next_change(now, pace)?,
        };
        let at = at.max(self.not_before);
        Some(Due { at, haste })
    }

    /// When something is to be done again although nobody wants anything else.
    fn next_change(&self, now: Timestamp, pace: &Pace) -> Option<Timestamp> {
        let (session, preferred) = needed(self.wanted);
        let renew = self.session.filter(|_| session.is_some());
        let renew = renew.map(|it| self.renewed_at(&it, renewed_after_s(it.what, pace)));
        let again = self.preferred.filter(|_| preferred.is_some());
        let again = again.map(|it| self.renewed_at(&it, pace.renew_preferred_s));
        // What ends by itself is forgotten then.
        let ends = self.preferred.map(|it| it.until);
        let own = self.own.iter().filter_map(|it| it.until);
        let own = { own.filter(|at| *at > now) }
            .min()
            .filter(|_| self.wanted.is_none());
        [renew, again, ends, own]
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// When something that stands is written again. Those who changed at one moment would all be renewed at one moment for
    /// ever: the first time it is earlier by up to a quarter.
    fn renewed_at<T>(&self, held: &Held<T>, every_s: u32) -> Timestamp {
        let early_s = u64::from(every_s) * u64::from(self.early) / 1_024;
        let early_s = u32::try_from(early_s).unwrap_or(0);
        let after_s = if held.is_new {
            every_s - early_s
        } else {
            every_s
        };
        held.since.plus_seconds(after_s)
    }

    /// Takes the next act in hand.
    pub(super) fn begin(&mut self, now: Timestamp, pace: &Pace) -> Option<Act> {
        if self.in_hand.is_some() || now < self.not_before {
            return None;
        }
        if self.preferred.is_some_and(|it| it.until <= now) {
            self.lets_go_of_preferred(now.plus_seconds(pace.echo_s));
        }
        if let Some(over) = self.session.take_if(|it| it.until <= now) {
            self.was_shown(shown_by(over.what), now.plus_seconds(pace.echo_s));
        }
        let act = self.next(now, pace)?.act;
        self.in_hand = Some(act);
        // From the moment in which it may be done it may be shown.
        match act {
            Act::Write(Write::SetSession { session, .. }) => self.is_shown(shown_by(session)),
            Act::Write(Write::SetPreferred { status, .. }) => {
                self.is_shown(shown_as_preferred(status));
            }
            Act::Write(Write::ClearSession) => self.is_shown(GONE),
            Act::Write(Write::ClearPreferred) | Act::Look => {}
        }
        Some(act)
    }

    /// What is to be done now, if anything. What went before the sessions is taken away first.
    fn next(&self, now: Timestamp, pace: &Pace) -> Option<Next> {
        let (session, preferred) = needed(self.wanted);
        if let Some(held) = self.preferred
            && preferred != Some(held.what)
            && now < held.until
            && self.chosen.is_none()
            && preferred.is_none()
        {
            let act = self.after_a_look(now, Write::ClearPreferred);
            return Some(Next { act, renewal: None });
        }
        if let Some(next) = self.of_session(now, session, pace) {
            return Some(next);
        }
        let status = preferred?;
        let stands = self.preferred.filter(|it| it.what == status && it.is_sure);
        let renewal = stands.map(|it| self.renewed_at(&it, pace.renew_preferred_s));
        let is_to_set = renewal.is_none_or(|at| at <= now) && self.chosen.is_none();
        // Of whom nobody is there, what was chosen does not show.
        let is_hidden = self.is_looked_at(now) && self.seen == Some(GONE);
        let for_s = preferred_s(pace);
        let act = self.after_a_look(now, Write::SetPreferred { status, for_s });
        // What ended meanwhile is not shown any more.
        let renewal = renewal.filter(|_| stands.is_some_and(|it| now < it.until));
        (is_to_set && !is_hidden).then_some(Next { act, renewal })
    }

    fn of_session(&self, now: Timestamp, needed: Option<Session>, pace: &Pace) -> Option<Next> {
        let change = |write| Next {
            act: Act::Write(write),
            renewal: None,
        };
        let held = self.session.filter(|it| now < it.until);
        let Some(session) = needed else {
            return held.map(|_| change(Write::ClearSession));
        };
        let every_s = renewed_after_s(session, pace);
        let for_s = lasts_s(every_s);
        let set = change(Write::SetSession { session, for_s });
        match held {
            // Whoever becomes available is gone for a moment (B-199).
            Some(it) if it.what != session && session == Session::Available => {
                Some(change(Write::ClearSession))
            }
            Some(it) if it.what == session && it.is_sure => {
                let at = self.renewed_at(&it, every_s);
                let renewal = Some(at);
                (at <= now).then_some(Next { renewal, ..set })
            }
            Some(_) | None => Some(set),
        }
    }

    /// What the person may have chosen is looked at before anything that would take its place (B-224).
    fn after_a_look(&self, now: Timestamp, write: Write) -> Act {
        if self.is_looked_at(now) {
            Act::Write(write)
        } else {
            Act::Look
        }
    }

    /// Whether somebody looked for the next write.
    fn is_looked_at(&self, now: Timestamp) -> bool {
        self.looked_at
            .is_some_and(|at| now <= at.plus_seconds(LOOK_HOLDS_S))
    }

    /// What came of the act in hand.
    pub(super) fn ends(&mut self, now: Timestamp, outcome: Outcome, pace: &Pace) {
        let Some(act) = self.in_hand.take() else {
            return;
        };
        self.not_before = match outcome {
            // A look that showed nothing is none.
            Outcome::Done if act == Act::Look && self.seen.is_none() => now.plus_seconds(AGAIN_S),
            Outcome::Done => now,
            Outcome::Again { after_s } => now.plus_seconds(after_s.max(1)),
            Outcome::Unknown => now.plus_seconds(AGAIN_S),
        };
        let Act::Write(write) = act else {
            let is_looked = outcome == Outcome::Done && self.seen.is_some();
            self.looked_at = is_looked.then_some(now);
            // What is not shown is not cleared: it may not be ours. It ends by itself (B-224).
            let shown = self.preferred.map(|it| shown_as_preferred(it.what));
            if is_looked && needed(self.wanted).1.is_none() && shown != self.seen {
                self.lets_go_of_preferred(now.plus_seconds(pace.echo_s));
            }
            return;
        };
        self.looked_at = None;
        self.is_resumed = false;
        match (write, outcome) {
            (Write::SetSession { session, for_s }, Outcome::Done | Outcome::Unknown) => {
                self.session_is(now, session, for_s, outcome, pace);
            }
            (Write::SetPreferred { status, for_s }, Outcome::Done | Outcome::Unknown) => {
                let before = self.preferred.filter(|it| it.what != status);
                if let Some(before) = before {
                    let until = now.plus_seconds(pace.echo_s);
                    self.was_shown(shown_as_preferred(before.what), until);
                }
                let is_new = self.preferred.is_none_or(|it| it.what != status);
                self.preferred = Some(Held {
                    is_new,
                    ..held(now, status, for_s, outcome)
                });
            }
            (Write::ClearSession, Outcome::Done) => {
                let until = now.plus_seconds(pace.echo_s);
                if let Some(before) = self.session.take() {
                    self.was_shown(shown_by(before.what), until);
                }
                self.was_shown(GONE, until);
            }
            (Write::ClearPreferred, Outcome::Done) => {
                self.lets_go_of_preferred(now.plus_seconds(pace.echo_s));
            }
            // What was not done is not shown, unless it was before.
            (Write::SetSession { session, .. }, Outcome::Again { .. }) => {
                if self.session.is_none_or(|it| it.what != session) {
                    self.was_shown(shown_by(session), now.plus_seconds(pace.echo_s));
                }
            }
            (Write::SetPreferred { status, .. }, Outcome::Again { .. }) => {
                if self.preferred.is_none_or(|it| it.what != status) {
                    self.was_shown(shown_as_preferred(status), now);
                }
            }
            // It may be gone, and that is no word of the person.
            (Write::ClearPreferred, Outcome::Unknown) => {
                if let Some(held) = &mut self.preferred {
                    held.is_sure = false;
                }
            }
            (Write::ClearSession, Outcome::Again { .. } | Outcome::Unknown)
            | (Write::ClearPreferred, Outcome::Again { .. }) => {}
        }
    }

    fn session_is(
        &mut self,
        now: Timestamp,
        session: Session,
        for_s: u32,
        outcome: Outcome,
        pace: &Pace,
    ) {
        let before = self.session.filter(|it| it.what != session);
        if let Some(before) = before {
            let until = now.plus_seconds(pace.echo_s);
            self.was_shown(shown_by(before.what), until);
        }
        // The last one before the time is over is the forced one (B-198).
        let next = now.plus_seconds(renewed_after_s(session, pace));
        if self.forced_at.plus_seconds(pace.force_every_s) < next {
            self.forced_at = now;
            // What does not show that it was chosen is not taken for chosen for ever.
            self.chosen = { self.chosen }.filter(|it| it.source() == Some(Source::ChosenInTeams));
        } else if before.is_some() {
            self.forced_at = now;
        }
        let is_new = self.session.is_none_or(|it| it.what != session);
        self.session = Some(Held {
            is_new,
            ..held(now, session, for_s, outcome)
        });
    }
}

/// A preferred status lasts a quarter longer than until it is written again.
const fn preferred_s(pace: &Pace) -> u32 {
    pace.renew_preferred_s + pace.renew_preferred_s / 4
}

const fn renewed_after_s(session: Session, pace: &Pace) -> u32 {
    match session {
        Session::Available => pace.renew_available_s,
        Session::Call => pace.renew_call_s,
        Session::Away => pace.renew_away_s,
    }
}

/// A session outlasts its renewal by a quarter.
const fn lasts_s(renewed_after_s: u32) -> u32 {
    let longer_s = renewed_after_s + renewed_after_s / 4;
    if longer_s < SESSION_S {
        SESSION_S
    } else {
        longer_s
    }
}

fn held<T>(now: Timestamp, what: T, for_s: u32, outcome: Outcome) -> Held<T> {
    Held {
        what,
        since: now,
        until: now.plus_seconds(for_s),
        is_sure: outcome == Outcome::Done,
        is_new: false,
    }
}
