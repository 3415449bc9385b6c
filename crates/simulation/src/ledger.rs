//! The ledger: a slow, plain re-statement of B15.1. It keeps every stay in a queue as one line and counts
//! by going through all of them; the board's counters must equal it.

use std::collections::{BTreeMap, BTreeSet};
use tandem_core::event::{EndReason, Event};
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::settings::{Document, Kind};
use tandem_core::talk::Target;
use tandem_core::time::Timestamp;

/// One stay in a queue.
#[derive(Clone, Copy, Debug)]
struct Stay {
    contact: ContactId,
    queue: QueueId,
    entered: Timestamp,
    /// Since when it counts as waiting: from before, when it came back to its old place.
    since: Timestamp,
    left: Option<(Timestamp, Way)>,
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Answered { in_time: bool },
    Abandoned,
    Short,
    FlowOut,
    Removed,
}

/// One engagement.
#[derive(Clone, Copy, Debug)]
struct Engagement {
    contact: ContactId,
    agent: AgentId,
    connected: Timestamp,
    ended: Option<Timestamp>,
    /// Handed over, and its wrap-up is not over.
    is_owed: bool,
}

/// Everything that happened, line by line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    stays: Vec<Stay>,
    engagements: Vec<Engagement>,
    promises: BTreeMap<QueueId, (u32, u32)>,
    removed: Vec<QueueId>,
    arrived: Vec<ContactId>,
    ended: Vec<ContactId>,
    /// Messages, which count in no figure of calls.
    messages: BTreeSet<ContactId>,
}

/// The counters of one queue between two instants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) offered: u64,
    pub(crate) carried_in: u64,
    pub(crate) answered: u64,
    pub(crate) answered_in_time: u64,
    pub(crate) abandoned: u64,
    pub(crate) short_abandoned: u64,
    pub(crate) flow_out: u64,
    pub(crate) removed: u64,
    pub(crate) waiting: u64,
}

impl Ledger {
    /// Writes a fact down.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of the ledger"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::Saved {
                id,
                document: Document::Queue(queue),
                ..
            } => {
                let promise = (queue.service_level.threshold_s, queue.short_abandon_s);
                self.promises.insert(QueueId(*id), promise);
            }
            Event::Removed {
                kind: Kind::Queue,
                id,
                ..
            } => self.removed.push(QueueId(*id)),
            Event::ContactArrived { contact, .. }
            | Event::ContactDialed(tandem_core::event::ContactDialed { contact, .. }) => {
                self.arrived.push(*contact);
            }
            Event::CallbackDue(tandem_core::event::CallbackDue { contact, .. }) => {
                self.arrived.push(*contact);
            }
            Event::MessageLeft(tandem_core::event::MessageLeft { contact, .. }) => {
                self.arrived.push(*contact);
                self.messages.insert(*contact);
            }
            Event::Connected { contact, .. }
            | Event::Enqueued { contact, .. }
            | Event::LeftQueue { contact, .. }
                if self.messages.contains(contact) => {}
            Event::CustomerReached { contact, agent } => self.engage(now, *contact, *agent),
            Event::Enqueued {
                contact,
                queue,
                since,
                ..
            } => self.enter(now, *contact, *queue, since.unwrap_or(now)),
            Event::Requeued {
                contact,
                queue,
                since,
                ..
            } => self.enter(now, *contact, *queue, *since),
            Event::LeftQueue { contact, .. } => self.leave(now, *contact, |_, _| Way::FlowOut),
            Event::Connected { contact, agent, .. } => {
                self.leave(now, *contact, |stay, (threshold_s, _)| Way::Answered {
                    in_time: now.micros_since(stay.entered) <= i64::from(threshold_s) * 1_000_000,
                });
                self.engage(now, *contact, *agent);
            }
            Event::HandedOver {
                contact,
                from,
                to,
                work,
                ..
            } => self.hand_over(now, *contact, *from, to, work.is_some()),
            Event::WrapUpEnded { contact, agent, .. } => {
                let open = self.engagements.iter_mut().rev();
                let mut owed = open.filter(|it| it.is_owed && it.contact == *contact);
                if let Some(it) = owed.find(|it| it.agent == *agent) {
                    it.is_owed = false;
                    it.ended = Some(now);
                }
            }
            Event::ContactEnded { contact, reason } => self.end(now, *contact, *reason),
            _ => {}
        }
    }

    fn hand_over(
        &mut self,
        now: Timestamp,
        contact: ContactId,
        from: AgentId,
        to: &Target,
        owes: bool,
    ) {
        let mut open = self.engagements.iter_mut().rev();
        if let Some(it) = open.find(|it| it.contact == contact && it.agent == from) {
            it.is_owed = owes;
            it.ended = (!owes).then_some(now);
        }
        if let Target::Agent(agent) = to {
            self.engage(now, contact, *agent);
        }
    }

    fn engage(&mut self, now: Timestamp, contact: ContactId, agent: AgentId) {
        self.engagements.push(Engagement {
            contact,
            agent,
            connected: now,
            ended: None,
            is_owed: false,
        });
    }

    fn end(&mut self, now: Timestamp, contact: ContactId, reason: EndReason) {
        self.ended.push(contact);
        self.leave(now, contact, |stay, (_, short_s)| {
            // While an agent is rung, the board goes by this wait alone.
            let is_ringing = reason == EndReason::AbandonedRinging;
            let since = if is_ringing { stay.entered } else { stay.since };
            let waited = now.micros_since(since);
            match (
                reason.gives_up_waiting(),
                waited < i64::from(short_s) * 1_000_000,
            ) {
                (false, _) => Way::Removed,
                (true, true) => Way::Short,
                (true, false) => Way::Abandoned,
            }
        });
        let mut engagement = self.engagements.iter_mut().rev();
        let is_open = |it: &&mut Engagement| it.ended.is_none() && !it.is_owed;
        if let Some(it) = engagement.find(|it| it.contact == contact && is_open(it)) {
            it.ended = Some(now);
        }
    }

    fn enter(&mut self, now: Timestamp, contact: ContactId, queue: QueueId, since: Timestamp) {
        self.stays.push(Stay {
            contact,
            queue,
            entered: now,
            since,
            left: None,
        });
    }

    fn leave(
        &mut self,
        now: Timestamp,
        contact: ContactId,
        way: impl Fn(&Stay, (u32, u32)) -> Way,
    ) {
        let open = self
            .stays
            .iter_mut()
            .rev()
            .find(|it| it.contact == contact && it.left.is_none());
        if let Some(stay) = open {
            let promise = self.promises.get(&stay.queue).copied().unwrap_or((0, 0));
            stay.left = Some((now, way(stay, promise)));
        }
    }

    /// What a queue counts from `start` on.
    pub(crate) fn counts(&self, queue: QueueId, start: Timestamp) -> Counts {
        let mut counts = Counts::default();
        for stay in self.stays.iter().filter(|it| it.queue == queue) {
            if stay.entered >= start {
                counts.offered += 1;
            } else if stay.left.is_none_or(|(at, _)| at >= start) {
                counts.carried_in += 1;
            }
            match stay.left {
                None => counts.waiting += 1,
                Some((at, _)) if at < start => {}
                Some((_, Way::Answered { in_time })) => {
                    counts.answered += 1;
                    counts.answered_in_time += u64::from(in_time);
                }
                Some((_, Way::Abandoned)) => counts.abandoned += 1,
                Some((_, Way::Short)) => counts.short_abandoned += 1,
                Some((_, Way::FlowOut)) => counts.flow_out += 1,
                Some((_, Way::Removed)) => counts.removed += 1,
            }
        }
        counts
    }

    /// When the longest waiting contact of a queue entered it.
    pub(crate) fn longest_since(&self, queue: QueueId) -> Option<Timestamp> {
        let waiting = self
            .stays
            .iter()
            .filter(|it| it.queue == queue && it.left.is_none());
        waiting.map(|it| it.entered).min()
    }

    /// Seconds from entry to answer, averaged over those answered from `start` on.
    pub(crate) fn asa_s(&self, start: Timestamp) -> Option<i64> {
        let waits = self.stays.iter().filter_map(|it| match it.left {
            Some((at, Way::Answered { .. })) if at >= start => Some(at.micros_since(it.entered)),
            Some(_) | None => None,
        });
        average_s(&waits.collect::<Vec<_>>())
    }

    /// Seconds from the conversation's begin to the end of wrap-up, averaged over those ended from
    /// `start` on.
    pub(crate) fn aht_s(&self, start: Timestamp) -> Option<i64> {
        let handled = self.engagements.iter().filter_map(|it| {
            let ended = it.ended.filter(|ended| *ended >= start)?;
            Some(ended.micros_since(it.connected))
        });
        average_s(&handled.collect::<Vec<_>>())
    }

    /// Engagements that an agent completed from `start` on.
    pub(crate) fn handled(&self, agent: AgentId, start: Timestamp) -> u64 {
        let of_agent = self
            .engagements
            .iter()
            .filter(|it| it.agent == agent && it.ended.is_some_and(|ended| ended >= start));
        u64::try_from(of_agent.count()).unwrap_or(u64::MAX)
    }

    /// Contacts that arrived and ended: both grow by one per contact, and ended never twice.
    pub(crate) fn n_arrived_and_ended(&self) -> (usize, usize) {
        (self.arrived.len(), self.ended.len())
    }
}

fn average_s(micros: &[i64]) -> Option<i64> {
    let n = i64::try_from(micros.len()).ok().filter(|n| *n > 0)?;
    let sum: i64 = micros.iter().sum();
    Some((sum + n * 500_000) / (n * 1_000_000))
}
