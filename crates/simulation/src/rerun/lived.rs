//! What a rerun came to: the course of each call, the load of each shift, and figures of any part of them.

use super::trades::{News, Rings, Trade, TradeEnd};
use crate::traffic::{Traffic, seconds};
use tandem_core::ContactCenter;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::settings::Settings;
use tandem_core::time::Timestamp;

/// What a rerun came to.
#[derive(Clone, Debug)]
pub struct Lived {
    /// In the order of the traffic's calls.
    pub courses: Vec<Course>,
    /// In the order of the traffic's shifts.
    pub loads: Vec<Load>,
    /// How often customers were called back.
    pub rings: Rings,
    /// Turns taken.
    pub n_turns: u64,
    /// Events in them.
    pub n_events: u64,
    /// The center afterwards.
    pub center: ContactCenter,
}

/// The course of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// What it became.
    pub contact: Option<ContactId>,
    /// When it came in line.
    pub entered: Option<Timestamp>,
    /// Where it was in line last.
    pub queue: Option<QueueId>,
    /// Who answered.
    pub joined: Option<Joined>,
    /// Whether the caller was asked to be called back.
    pub is_asked: bool,
    /// When the place was traded for being called back, and what came of it.
    pub trade: Option<Trade>,
    /// When the first conversation was over, work after it left out.
    pub talked_until: Option<Timestamp>,
    /// When it was over.
    pub ended: Option<Timestamp>,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// When.
    pub at: Timestamp,
    /// Whose.
    pub agent: AgentId,
}

/// The load of a shift, microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// In conversations.
    pub talk_us: i64,
    /// In work after them.
    pub work_us: i64,
    /// With the phones of customers who are called back, until they answer or ring no more.
    pub dial_us: i64,
    /// Signed in.
    pub here_us: i64,
    /// Conversations.
    pub n_contacts: u32,
}

impl Course {
    /// How long the first conversation was, if there was one.
    #[must_use]
    pub fn talk_us(&self) -> Option<i64> {
        Some(self.talked_until?.micros_since(self.talks()?.at))
    }

    /// Who talked to the customer first, on the line or in a callback.
    #[must_use]
    pub fn talks(&self) -> Option<Joined> {
        self.joined.or_else(|| self.called_back())
    }

    /// Who called the customer back.
    #[must_use]
    pub fn called_back(&self) -> Option<Joined> {
        match self.trade?.end {
            TradeEnd::Talked(joined) => Some(joined),
            TradeEnd::Open
            | TradeEnd::Elsewhere
            | TradeEnd::NotReached
            | TradeEnd::Expired
            | TradeEnd::CalledOff => None,
        }
    }

    /// Whether the customer was served on the line, called back, or served in another call.
    fn is_served(&self) -> bool {
        let is_elsewhere = self.trade.is_some_and(|it| it.end == TradeEnd::Elsewhere);
        is_elsewhere || self.talks().is_some()
    }

    pub(crate) fn hear(&mut self, at: Timestamp, news: News) {
        match (news, &mut self.trade) {
            (News::Traded, trade) => {
                let end = TradeEnd::Open;
                *trade = Some(Trade { at, end });
            }
            (News::Ended(end), Some(trade)) => trade.end = end,
            (News::Ended(_), None) => {}
            (News::TalkedUntilNow, _) => self.talked_until = Some(at),
        }
    }

    /// How long it was on the line, if it was.
    #[must_use]
    pub fn wait_us(&self) -> Option<i64> {
        let entered = self.entered?;
        let until = self.joined.map(|it| it.at).or(self.ended)?;
        Some(until.micros_since(entered))
    }
}

impl Lived {
    pub(super) fn of(traffic: &Traffic) -> Self {
        Self {
            courses: vec![Course::default(); traffic.calls.len()],
            loads: vec![Load::default(); traffic.shifts.len()],
            rings: Rings::default(),
            n_turns: 0,
            n_events: 0,
            center: ContactCenter::new(),
        }
    }

    /// Everybody goes.
    pub(super) fn ends(mut self, now: Timestamp, center: ContactCenter) -> Self {
        for course in self.courses.iter_mut().filter(|it| it.contact.is_some()) {
            course.ended = course.ended.or(Some(now));
        }
        self.center = center;
        self
    }

    /// The figures of everything.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures::of(self, |_| true)
    }

    /// The figures of those who were asked whether to be called back.
    #[must_use]
    pub fn callback_figures(&self) -> CallbackFigures {
        CallbackFigures::of(self)
    }
}

/// Figures of calls and agents. Waits are on the line, of all who came in line, answered or not; who traded the place for
/// being called back has given nothing up.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Figures {
    /// Calls that came in line.
    pub offered: u32,
    /// Those that an agent answered.
    pub answered: u32,
    /// Mean wait on the line, s.
    pub wait_s: f64,
    /// Who left the line, percent.
    pub abandoned_percent: f64,
    /// `sl.abandon_negative`: answered in time, of the answered and those who left at or after the short-abandon
    /// threshold, percent.
    pub service_level_percent: f64,
    /// In conversations, the work after them and the ringing before callbacks, of the time signed in, percent.
    pub occupancy_percent: f64,
    /// Mean time from coming in line until an agent talked, of those to whom one did, on the line or in a callback, s.
    pub until_agent_s: f64,
    /// To whom no agent ever talked, percent.
    pub not_served_percent: f64,
}

/// Sums of calls that came in line.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    offered: u32,
    answered: u32,
    in_time: u32,
    /// For the service level.
    counted: u32,
    traded: u32,
    not_served: u32,
    wait_us: i64,
    /// Of those to whom an agent talked.
    talked: u32,
    until_agent_us: i64,
}

impl Sums {
    fn add(&mut self, course: &Course, settings: &Settings) {
        let Some((entered, us)) = course.entered.zip(course.wait_us()) else {
            return;
        };
        let queue = course.queue.and_then(|it| settings.queue(it));
        let threshold_s = queue.map_or(0, |it| it.service_level.threshold_s);
        let short_us = i64::from(queue.map_or(0, |it| it.short_abandon_s)) * 1_000_000;
        let is_answered = course.joined.is_some();
        let is_traded = course.trade.is_some() && !is_answered;
        let is_in_time = is_answered && us <= i64::from(threshold_s) * 1_000_000;
        self.offered += 1;
        self.wait_us += us;
        self.answered += u32::from(is_answered);
        self.in_time += u32::from(is_in_time);
        self.counted += u32::from(is_answered || (us >= short_us && !is_traded));
        self.traded += u32::from(is_traded);
        self.not_served += u32::from(!course.is_served());
        if let Some(talks) = course.talks() {
            self.talked += 1;
            self.until_agent_us += talks.at.micros_since(entered);
        }
    }
}

impl Figures {
    /// The figures of the calls with these numbers in the traffic, and of all agents.
    #[must_use]
    pub fn of(lived: &Lived, is_counted: impl Fn(usize) -> bool) -> Self {
        let settings = &lived.center.state().settings;
        let mut sums = Sums::default();
        for (_, course) in { lived.courses.iter().enumerate() }.filter(|(n, _)| is_counted(*n)) {
            sums.add(course, settings);
        }
        let busy = lived.loads.iter();
        let busy_us: i64 = busy.map(|it| it.talk_us + it.work_us + it.dial_us).sum();
        let here_us: i64 = lived.loads.iter().map(|it| it.here_us).sum();
        let offered = f64::from(sums.offered);
        let left = f64::from(sums.offered - sums.answered - sums.traded);
        let talked = f64::from(sums.talked.max(1));
        Self {
            offered: sums.offered,
            answered: sums.answered,
            wait_s: seconds(sums.wait_us) / offered.max(1.0),
            abandoned_percent: percent(left, offered),
            service_level_percent: percent(f64::from(sums.in_time), f64::from(sums.counted)),
            occupancy_percent: percent(seconds(busy_us), seconds(here_us)),
            until_agent_s: seconds(sums.until_agent_us) / talked,
            not_served_percent: percent(f64::from(sums.not_served), offered),
        }
    }
}

/// Figures of calls that were traded for being called back. Each of `taken` is one of the six after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct CallbackFigures {
    /// Callers who were asked.
    pub asked: u32,
    /// Callers who traded their place.
    pub taken: u32,
    /// Of them, those who were called back and talked to an agent.
    pub called_back: u32,
    /// Those who called again, and were served on the line at the place that was kept.
    pub served_in_another_call: u32,
    /// Those who were called as often as may be, and not reached.
    pub not_reached: u32,
    /// Those whose time was over.
    pub expired: u32,
    /// Those who were called off.
    pub called_off: u32,
    /// Those who are still to be called at the end.
    pub still_open: u32,
    /// Times that a customer's phone was called.
    pub rung: u32,
    /// Mean time from coming in line until customer and agent talked, of those who were called back, s.
    pub virtual_wait_s: Option<f64>,
    /// First attempts that began when they were promised, percent.
    pub promise_kept_percent: Option<f64>,
}

impl CallbackFigures {
    fn of(lived: &Lived) -> Self {
        let Rings {
            n_rung,
            n_kept,
            n_broken,
        } = lived.rings;
        let mut figures = Self {
            rung: n_rung,
            ..Self::default()
        };
        let mut virtual_us = 0;
        for course in &lived.courses {
            figures.asked += u32::from(course.is_asked);
            let Some(trade) = course.trade.filter(|_| course.joined.is_none()) else {
                continue;
            };
            figures.taken += 1;
            *figures.of_end(trade.end) += 1;
            let talked = course.called_back().zip(course.entered);
            virtual_us += talked.map_or(0, |(it, entered)| it.at.micros_since(entered));
        }
        let some = |n: u32| (n > 0).then_some(f64::from(n));
        figures.virtual_wait_s = some(figures.called_back).map(|n| seconds(virtual_us) / n);
        let judged = some(n_kept + n_broken);
        figures.promise_kept_percent = judged.map(|n| percent(f64::from(n_kept), n));
        figures
    }

    const fn of_end(&mut self, end: TradeEnd) -> &mut u32 {
        match end {
            TradeEnd::Open => &mut self.still_open,
            TradeEnd::Talked(_) => &mut self.called_back,
            TradeEnd::Elsewhere => &mut self.served_in_another_call,
            TradeEnd::NotReached => &mut self.not_reached,
            TradeEnd::Expired => &mut self.expired,
            TradeEnd::CalledOff => &mut self.called_off,
        }
    }
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        100.0 * part / whole
    } else {
        0.0
    }
}
