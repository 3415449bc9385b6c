//! What a rerun came to: the course of each call, the load of each shift, and figures of any part of them.

use crate::traffic::{Traffic, seconds};
use tandem_core::ContactCenter;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::time::Timestamp;

/// What a rerun came to.
#[derive(Clone, Debug)]
pub struct Lived {
    /// In the order of the traffic's calls.
    pub courses: Vec<Course>,
    /// In the order of the traffic's shifts.
    pub loads: Vec<Load>,
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
    /// Signed in.
    pub here_us: i64,
    /// Conversations.
    pub n_contacts: u32,
}

impl Course {
    /// How long the first conversation was, if there was one.
    #[must_use]
    pub fn talk_us(&self) -> Option<i64> {
        Some(self.talked_until?.micros_since(self.joined?.at))
    }

    /// How long it was in line, if it was.
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
}

/// Figures of calls and agents. Waits are of all who came in line, answered or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Figures {
    /// Calls that came in line.
    pub offered: u32,
    /// Those that an agent answered.
    pub answered: u32,
    /// Mean wait, s.
    pub wait_s: f64,
    /// Who left the line, percent.
    pub abandoned_percent: f64,
    /// `sl.abandon_negative`: answered in time, of the answered and those who left at or after the short-abandon
    /// threshold, percent.
    pub service_level_percent: f64,
    /// In conversations and the work after them, of the time signed in, percent.
    pub occupancy_percent: f64,
}

impl Figures {
    /// The figures of the calls with these numbers in the traffic, and of all agents.
    #[must_use]
    pub fn of(lived: &Lived, is_counted: impl Fn(usize) -> bool) -> Self {
        let settings = &lived.center.state().settings;
        let (mut offered, mut answered, mut in_time, mut counted) = (0_u32, 0_u32, 0_u32, 0_u32);
        let mut wait_us = 0;
        for (_, course) in { lived.courses.iter().enumerate() }.filter(|(n, _)| is_counted(*n)) {
            let Some(us) = course.wait_us() else { continue };
            let queue = course.queue.and_then(|it| settings.queue(it));
            let within = |s: u32| us <= i64::from(s) * 1_000_000;
            let threshold_s = queue.map_or(0, |it| it.service_level.threshold_s);
            let short_s = queue.map_or(0, |it| it.short_abandon_s);
            let is_answered = course.joined.is_some();
            offered += 1;
            wait_us += us;
            answered += u32::from(is_answered);
            in_time += u32::from(is_answered && within(threshold_s));
            counted += u32::from(is_answered || us >= i64::from(short_s) * 1_000_000);
        }
        let busy_us: i64 = lived.loads.iter().map(|it| it.talk_us + it.work_us).sum();
        let here_us: i64 = lived.loads.iter().map(|it| it.here_us).sum();
        Self {
            offered,
            answered,
            wait_s: seconds(wait_us) / f64::from(offered.max(1)),
            abandoned_percent: percent(f64::from(offered - answered), f64::from(offered)),
            service_level_percent: percent(f64::from(in_time), f64::from(counted)),
            occupancy_percent: percent(seconds(busy_us), seconds(here_us)),
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
