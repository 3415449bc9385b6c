//! Switches of queues: what holds of a queue for a while instead of what its schedule and its settings say, because
//! somebody who watches the floor said so. Each has a reason and an end; no switch outlives its end (B4.6).

use crate::contact::{Channel, Contact};
use crate::event::{Event, QueueSwitched, SwitchEnded};
use crate::ids::{AccountId, QueueId};
use crate::queue::AtClosing;
use crate::schedule::Hours;
use crate::settings::Kind;
use crate::state::State;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a queue can be switched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// It takes contacts, although its schedule says closed.
    Open,
    /// It takes nobody, and who waits is treated as when its schedule closes.
    Closed,
    /// It takes nobody, and all who wait are sent on at once.
    Emergency,
    /// Nobody new is to be called back by it.
    NoCallbacks,
}

/// What a switch is about: a queue has at most one switch of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Whether it is open.
    Hours,
    /// Whether callbacks are booked.
    Callbacks,
}

impl Position {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Closed, Self::Emergency, Self::NoCallbacks];

    /// What it is about.
    #[must_use]
    pub const fn matter(self) -> Matter {
        match self {
            Self::Open | Self::Closed | Self::Emergency => Matter::Hours,
            Self::NoCallbacks => Matter::Callbacks,
        }
    }

    /// The word that the API uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Emergency => "emergency",
            Self::NoCallbacks => "no_callbacks",
        }
    }

    /// What it says of the hours, if it is about them.
    const fn hours(self) -> Option<Hours> {
        match self {
            Self::Open => Some(Hours::Open),
            Self::Closed => Some(Hours::Closed),
            Self::Emergency => Some(Hours::Emergency),
            Self::NoCallbacks => None,
        }
    }
}

/// A switch that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// To what.
    pub position: Position,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why; everybody who sees the queue reads it.
    pub reason: String,
    /// Who did it.
    pub by: AccountId,
}

/// The switches that stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    of_queue: BTreeMap<QueueId, BTreeMap<Matter, Switch>>,
    by_time: BTreeSet<(Timestamp, QueueId, Matter)>,
}

impl Switches {
    /// Those of a queue.
    pub fn of(&self, queue: QueueId) -> impl Iterator<Item = &Switch> {
        let own = self.of_queue.get(&queue).into_iter();
        own.flat_map(BTreeMap::values)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (QueueId, &Switch)> {
        let all = self.of_queue.iter();
        all.flat_map(|(queue, own)| own.values().map(|it| (*queue, it)))
    }

    /// The one of a queue that is about something, until somebody or its time ends it.
    #[must_use]
    pub fn about(&self, queue: QueueId, matter: Matter) -> Option<&Switch> {
        self.of_queue.get(&queue)?.get(&matter)
    }

    /// The same, as long as it is not over.
    #[must_use]
    pub fn holds(&self, now: Timestamp, queue: QueueId, matter: Matter) -> Option<&Switch> {
        self.about(queue, matter).filter(|it| now < it.until)
    }

    /// What a queue was switched to of its hours. Events alone change it, whatever time it is.
    pub(crate) fn hours_of(&self, queue: QueueId) -> Option<Hours> {
        self.about(queue, Matter::Hours)?.position.hours()
    }

    /// The one that is over next, and when.
    pub(crate) fn first(&self) -> Option<(Timestamp, QueueId, Matter)> {
        self.by_time.first().copied()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no switch"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::QueueSwitched(it) => self.set(now, it),
            Event::SwitchEnded(SwitchEnded {
                queue, position, ..
            }) => self.end(*queue, position.matter()),
            Event::Removed {
                kind: Kind::Queue,
                id,
                ..
            } => {
                for matter in [Matter::Hours, Matter::Callbacks] {
                    self.end(QueueId(*id), matter);
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, now: Timestamp, it: &QueueSwitched) {
        let matter = it.to.matter();
        self.end(it.queue, matter);
        let switch = Switch {
            position: it.to,
            since: now,
            until: it.until,
            reason: it.reason.clone(),
            by: it.by,
        };
        let own = self.of_queue.entry(it.queue).or_default();
        own.insert(matter, switch);
        self.by_time.insert((it.until, it.queue, matter));
    }

    fn end(&mut self, queue: QueueId, matter: Matter) {
        let Some(own) = self.of_queue.get_mut(&queue) else {
            return;
        };
        if let Some(switch) = own.remove(&matter) {
            self.by_time.remove(&(switch.until, queue, matter));
        }
        if own.is_empty() {
            self.of_queue.remove(&queue);
        }
    }
}

/// What would become of those who wait in a queue if it were switched now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Callers who would leave at once, as their flow says.
    pub n_leave: usize,
    /// Callers who would go on waiting, and be served.
    pub n_stay: usize,
    /// Callers whom an agent is being offered: who is not taken leaves, or stays, as the others.
    pub n_offered: usize,
    /// Callbacks in the line that would be put off, or expire, as the queue says.
    pub n_put_off: usize,
    /// Callbacks in the line that would be called all the same.
    pub n_called: usize,
}

/// How somebody waits in a queue.
enum Waits {
    Offered,
    Caller,
    Callback,
}

impl State {
    /// Whether a queue takes contacts: what it is switched to, else what its schedule says. No switch opens what an
    /// emergency of the schedule closed.
    #[must_use]
    pub fn hours_of(&self, now: Timestamp, queue: QueueId) -> Hours {
        let scheduled = self.scheduled_hours_of(now, queue);
        if scheduled == Hours::Emergency {
            return scheduled;
        }
        let switched = self.switches.holds(now, queue, Matter::Hours);
        switched
            .and_then(|it| it.position.hours())
            .unwrap_or(scheduled)
    }

    /// What its schedule says; a queue without one is open all the time.
    fn scheduled_hours_of(&self, now: Timestamp, queue: QueueId) -> Hours {
        let schedule = self.settings.schedule_of(queue);
        schedule.map_or(Hours::Open, |(_, it)| it.document.at(now))
    }

    /// What will hold of a queue's hours without a switch of it.
    pub(crate) fn hours_without(&self, now: Timestamp, queue: QueueId, switch: Position) -> Hours {
        match switch.matter() {
            Matter::Callbacks => self.hours_of(now, queue),
            Matter::Hours => self.scheduled_hours_of(now, queue),
        }
    }

    /// What would become of those who wait if a queue were switched now; messages wait whatever is switched.
    #[must_use]
    pub fn outlook(&self, queue: QueueId, to: Position) -> Outlook {
        let at_closing = self.settings.queue(queue).map(|it| it.at_closing);
        let (leave, put_off) = match to {
            Position::Emergency => (true, true),
            Position::Closed => (at_closing == Some(AtClosing::Leave), true),
            Position::Open | Position::NoCallbacks => (false, false),
        };
        let mut outlook = Outlook::default();
        for waits in self.contacts.iter().filter_map(|(_, it)| waits(it, queue)) {
            let counted = match waits {
                Waits::Offered => &mut outlook.n_offered,
                Waits::Caller if leave => &mut outlook.n_leave,
                Waits::Caller => &mut outlook.n_stay,
                Waits::Callback if put_off => &mut outlook.n_put_off,
                Waits::Callback => &mut outlook.n_called,
            };
            *counted += 1;
        }
        outlook
    }
}

fn waits(contact: &Contact, queue: QueueId) -> Option<Waits> {
    contact.waits().filter(|it| it.queue == queue)?;
    match contact.channel() {
        Channel::Voicemail => None,
        Channel::Voice if contact.agent().is_some() => Some(Waits::Offered),
        Channel::Voice if contact.is_attempt() => Some(Waits::Callback),
        Channel::Voice => Some(Waits::Caller),
    }
}
