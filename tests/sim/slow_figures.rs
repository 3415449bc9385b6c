//! The slow reading: every figure is looked for in the whole journal by itself, from its definition (B15), with nothing
//! that the quick one uses but the words. Agents are looked at in the core's own state after every fact.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each definition names the few facts that it is about"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ContactCenter;
use tandem_core::agent::{Display, NotReady};
use tandem_core::contact::Direction;
use tandem_core::event::{
    CallbackBooked, CallbackDue, ContactDialed, EndReason, Event, MessageLeft, OfferEnd, Promise,
};
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::performance::{
    Destination, QueueSums, StayCount, StayEnd, TimeCell, TransferKind,
};
use tandem_core::settings::Document;
use tandem_core::talk::{Party, Target, TransferResult};
use tandem_core::time::Timestamp;
use tandem_reports::performance::interval::Interval;
use tandem_reports::performance::tables::AgentSums;
use tandem_store::QueueFigure;

/// A whole journal, fact by fact.
pub(crate) struct Journal {
    facts: Vec<(Timestamp, Event)>,
    /// Messages wait for no one's voice.
    messages: BTreeSet<ContactId>,
}

/// Figures by queue or agent and interval; what has none is not there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Slow {
    pub(crate) queues: BTreeMap<(QueueId, usize), QueueSums>,
    pub(crate) agents: BTreeMap<(AgentId, usize), AgentSums>,
}

/// A stay, from its entry.
struct Stay {
    queue: QueueId,
    contact: ContactId,
    entered_at: Timestamp,
    left: Option<(Timestamp, StayEnd)>,
    ring_us: i64,
}

impl Slow {
    pub(crate) fn without_nothing(mut self) -> Self {
        self.queues.retain(|_, sums| *sums != QueueSums::default());
        self.agents.retain(|_, sums| *sums != AgentSums::default());
        self
    }

    pub(crate) fn n_promises(&self) -> u64 {
        let sums = self.queues.values();
        sums.map(|it| it.promises.kept + it.promises.broken).sum()
    }

    pub(crate) fn n_handled(&self) -> u64 {
        let sums = self.agents.values();
        sums.map(|it| it.engagements.handled).sum()
    }
}

/// What an agent is.
struct Seen {
    state: Display,
    reason: Option<NotReady>,
    version: u64,
    is_productive: bool,
    is_unpaid: bool,
}

const SECOND: i64 = 1_000_000;

fn place(intervals: &[Interval], at: Timestamp) -> usize {
    let within = |it: &Interval| it.from <= at && at < it.to;
    intervals.iter().position(within).expect("the day has it")
}

fn contact_of(event: &Event) -> Option<ContactId> {
    event.contact()
}

impl Journal {
    pub(crate) fn of(records: &[String]) -> Self {
        let mut facts = Vec::new();
        let mut messages = BTreeSet::new();
        for record in records {
            let mut body: Value = serde_json::from_str(record).expect("as it was written");
            for turn in body["turns"].as_array_mut().expect("a record has turns") {
                let now = serde_json::from_value(turn["now"].take()).expect("it has a time");
                let events = serde_json::from_value(turn["events"].take());
                let events: Vec<Event> = events.expect("as they were written");
                for event in events {
                    if let Event::MessageLeft(MessageLeft { contact, .. }) = &event {
                        messages.insert(*contact);
                    }
                    facts.push((now, event));
                }
            }
        }
        Self { facts, messages }
    }

    pub(crate) fn first(&self) -> Timestamp {
        self.facts.first().expect("something happened").0
    }

    pub(crate) fn last(&self) -> Timestamp {
        self.facts.last().expect("something happened").0
    }

    pub(crate) fn figures(&self, intervals: &[Interval], within_s: Option<u32>) -> Slow {
        let mut slow = Slow::default();
        self.waits(intervals, within_s, &mut slow);
        self.promises(intervals, &mut slow);
        self.offers(intervals, &mut slow);
        self.engagements(intervals, &mut slow);
        self.time(intervals, &mut slow);
        slow.without_nothing()
    }

    /// Who was in the queue just before that instant.
    pub(crate) fn waiting_at(&self, queue: QueueId, at: Timestamp) -> u64 {
        let waits = self.stays().into_iter().filter(|stay| {
            let is_in = stay.left.is_none_or(|(left_at, _)| left_at >= at);
            stay.queue == queue && stay.entered_at < at && is_in && !stay.is_blocked()
        });
        u64::try_from(waits.count()).expect("it is a few")
    }

    /// Nothing where the slow reading has no list.
    pub(crate) fn contacts_of(
        &self,
        queue: QueueId,
        figure: QueueFigure,
    ) -> Option<BTreeSet<ContactId>> {
        let stays = self.stays().into_iter().filter(|it| it.queue == queue);
        let contacts = |keep: &dyn Fn(&Stay) -> bool| {
            let kept = stays.filter(|stay| keep(stay));
            Some(kept.map(|stay| stay.contact).collect())
        };
        match figure {
            QueueFigure::Offered => contacts(&|stay| !stay.is_blocked()),
            QueueFigure::Left(end) => {
                contacts(&|stay| stay.left.is_some_and(|(_, found)| found == end))
            }
            QueueFigure::AnsweredInTime | QueueFigure::Handled | QueueFigure::Transferred => None,
        }
    }

    /// The facts of one contact behind a place of the journal.
    fn after(
        &self,
        contact: ContactId,
        place: usize,
    ) -> impl Iterator<Item = (usize, Timestamp, &Event)> {
        let facts = self.facts.iter().enumerate().skip(place + 1);
        let of = facts.filter(move |(_, (_, event))| contact_of(event) == Some(contact));
        of.map(|(place, (at, event))| (place, *at, event))
    }

    /// The settings of a queue in force at a place of the journal: threshold and short-abandon time, s.
    fn in_force(&self, queue: QueueId, place: usize) -> (u32, u32) {
        let before = self.facts[..=place].iter().rev();
        let mut saved = before.filter_map(|(_, event)| match event {
            Event::Saved {
                id,
                document: Document::Queue(it),
                ..
            } if *id == queue.0 => Some((it.service_level.threshold_s, it.short_abandon_s)),
            _ => None,
        });
        saved.next().unwrap_or((0, 0))
    }

    /// Every entry into a queue, and every way past one that was full or closed.
    fn stays(&self) -> Vec<Stay> {
        let mut stays = Vec::new();
        for (place, (at, event)) in self.facts.iter().enumerate() {
            let Some(contact) = contact_of(event).filter(|it| !self.messages.contains(it)) else {
                continue;
            };
            match event {
                Event::Enqueued { queue, .. } | Event::Requeued { queue, .. } => {
                    stays.push(self.stay(contact, *queue, place, *at));
                }
                Event::LeftQueue { queue, .. } if !self.is_waiting(contact, place) => {
                    stays.push(Stay {
                        queue: *queue,
                        contact,
                        entered_at: *at,
                        left: Some((*at, StayEnd::Blocked)),
                        ring_us: 0,
                    });
                }
                _ => {}
            }
        }
        stays
    }

    /// Whether a contact is in a queue just before a place of the journal.
    fn is_waiting(&self, contact: ContactId, place: usize) -> bool {
        let before = self.facts[..place].iter().rev();
        let of = before.filter(|(_, event)| contact_of(event) == Some(contact));
        let mut moves = of.filter_map(|(_, event)| match event {
            Event::Enqueued { .. } | Event::Requeued { .. } => Some(true),
            Event::LeftQueue { .. } | Event::Connected { .. } | Event::ContactEnded { .. } => {
                Some(false)
            }
            _ => None,
        });
        moves.next().unwrap_or(false)
    }

    fn stay(
        &self,
        contact: ContactId,
        queue: QueueId,
        place: usize,
        entered_at: Timestamp,
    ) -> Stay {
        let mut stay = Stay {
            queue,
            contact,
            entered_at,
            left: None,
            ring_us: 0,
        };
        let mut offered: Option<Timestamp> = None;
        for (place, at, event) in self.after(contact, place) {
            let rang = |offered: Option<Timestamp>| offered.map_or(0, |it| at.micros_since(it));
            match event {
                Event::Offered { .. } => offered = Some(at),
                Event::OfferAccepted { .. } => stay.ring_us += rang(offered.take()),
                Event::OfferEnded { .. } => stay.ring_us += rang(offered.take()),
                Event::Connected { .. } => {
                    stay.ring_us += rang(offered.take());
                    stay.left = Some((at, StayEnd::Answered));
                }
                Event::LeftQueue { .. } | Event::Enqueued { .. } | Event::Requeued { .. } => {
                    stay.left = Some((at, StayEnd::FlowOut));
                }
                Event::ContactEnded { reason, .. } => {
                    stay.ring_us += rang(offered.take());
                    let (_, short_s) = self.in_force(queue, place);
                    let is_short = at.micros_since(entered_at) < i64::from(short_s) * SECOND;
                    let end = match reason {
                        EndReason::ShortAbandon => StayEnd::ShortAbandoned,
                        EndReason::AbandonedRinging if is_short => StayEnd::ShortAbandoned,
                        EndReason::AbandonedRinging | EndReason::AbandonedQueue => {
                            StayEnd::Abandoned
                        }
                        _ => StayEnd::Removed,
                    };
                    stay.left = Some((at, end));
                }
                _ => {}
            }
            if stay.left.is_some() {
                return stay;
            }
        }
        stay
    }

    fn is_in_time(&self, stay: &Stay, within_s: Option<u32>) -> bool {
        let Some((left_at, _)) = stay.left else {
            return false;
        };
        // What was in force when it left: the last settings that were saved by then.
        let by_then = self.facts.iter().rposition(|(at, event)| {
            *at < left_at || (*at == left_at && contact_of(event) == Some(stay.contact))
        });
        let threshold_s = within_s.unwrap_or_else(|| {
            let place = by_then.expect("it left by a fact");
            self.in_force(stay.queue, place).0
        });
        left_at.micros_since(stay.entered_at) <= i64::from(threshold_s) * SECOND
    }

    fn promises(&self, intervals: &[Interval], slow: &mut Slow) {
        for (nr, (_, event)) in self.facts.iter().enumerate() {
            let Event::CallbackBooked(booked) = event else {
                continue;
            };
            if let Some((at, promise)) = self.promise(nr, booked) {
                let place = place(intervals, at);
                let sums = slow.queues.entry((booked.queue, place)).or_default();
                *sums.promises.of_mut(promise) += 1;
            }
        }
    }

    /// By the first time that the customer's phone was called for it; without any, by its end when that was late.
    fn promise(&self, nr: usize, booked: &CallbackBooked) -> Option<(Timestamp, Promise)> {
        let id = booked.callback;
        let mut promised_by = booked.promised_by;
        let mut attempts = BTreeSet::new();
        for (at, event) in &self.facts[nr + 1..] {
            let rings = match event {
                Event::CallbackDialed(it) if it.callback == id => {
                    attempts.insert(it.contact);
                    false
                }
                Event::ContactDialed(it) if it.callback == Some(id) => {
                    attempts.insert(it.contact);
                    false
                }
                Event::CallbackPutOff(it) if it.callback == id => {
                    promised_by = it.agreed.map_or(promised_by, |agreed| agreed.window.to);
                    false
                }
                Event::CallbackEnded(it) if it.callback == id => {
                    return (promised_by < *at).then_some((*at, Promise::Broken));
                }
                Event::EarlyCalled(it) => it.callback == id,
                Event::CustomerDialed { contact, .. } => attempts.contains(contact),
                _ => false,
            };
            if rings {
                let is_kept = *at <= promised_by;
                let promise = if is_kept {
                    Promise::Kept
                } else {
                    Promise::Broken
                };
                return Some((*at, promise));
            }
        }
        None
    }

    fn offers(&self, intervals: &[Interval], slow: &mut Slow) {
        for (place, (_, event)) in self.facts.iter().enumerate() {
            let Event::Offered { contact, agent, .. } = event else {
                continue;
            };
            if self.messages.contains(contact) {
                continue;
            }
            let over = self.after(*contact, place).find_map(|(_, at, event)| {
                let end = match event {
                    Event::OfferEnded { why, .. } => Some(*why),
                    Event::Connected { .. } | Event::CallbackDialed(_) => None,
                    Event::ContactEnded { .. } => Some(OfferEnd::CustomerLeft),
                    _ => return None,
                };
                Some((at, end))
            });
            if let Some((at, end)) = over {
                let place = self::place(intervals, at);
                let sums = slow.agents.entry((*agent, place)).or_default();
                *sums.offers.of_mut(end) += 1;
            }
        }
    }

    fn engagements(&self, intervals: &[Interval], slow: &mut Slow) {
        for (place, (at, event)) in self.facts.iter().enumerate() {
            let (contact, agent) = match event {
                Event::Connected { contact, agent, .. }
                | Event::CustomerReached { contact, agent } => (*contact, *agent),
                Event::HandedOver {
                    contact,
                    to: Target::Agent(agent),
                    ..
                } => (*contact, *agent),
                _ => continue,
            };
            if !self.messages.contains(&contact) {
                self.engagement(contact, agent, (place, *at), intervals, slow);
            }
        }
    }

    /// One engagement, from its first word.
    fn engagement(
        &self,
        contact: ContactId,
        agent: AgentId,
        (began, at): (usize, Timestamp),
        intervals: &[Interval],
        slow: &mut Slow,
    ) {
        let Some(over) = self.over(contact, agent, (began, at)) else {
            return;
        };
        let (queue, direction) = self.on_behalf_of(contact, began);
        let add = |sums: &mut tandem_core::performance::EngagementSums| {
            sums.handled += 1;
            sums.outbound += u64::from(direction == Direction::Outbound);
            sums.talk_us += over.talk.talk_us;
            sums.hold_us += over.talk.hold_us;
            sums.consult_us += over.talk.consult_us;
            sums.wrap_up_us += over.wrap_up_us.unwrap_or(0);
            sums.n_wrapped_up += u64::from(over.wrap_up_us.is_some());
            sums.n_held += u64::from(over.talk.hold_us + over.talk.consult_us > 0);
            if let Some(kind) = over.transfer {
                sums.transfers[kind.index()] += 1;
            }
        };
        let place = place(intervals, over.handled);
        let of_agent = slow.agents.entry((agent, place)).or_default();
        add(&mut of_agent.engagements);
        let of_queue = slow.queues.entry((queue, place)).or_default();
        add(&mut of_queue.engagements);
    }

    /// How an engagement went on to its end; nothing where it has none.
    fn over(
        &self,
        contact: ContactId,
        agent: AgentId,
        (began, at): (usize, Timestamp),
    ) -> Option<Over> {
        let mut talk = Talk::since(at);
        let mut parted: Option<Timestamp> = None;
        let mut owes = false;
        let mut done: Option<Timestamp> = None;
        let mut transfer: Option<TransferKind> = None;
        for (_, at, event) in self.after(contact, began) {
            let is_own = event.agent() == Some(agent);
            match event {
                // What came of a transfer is told at the instant at which the agent is let go.
                Event::TransferEnded(it)
                    if it.from == agent
                        && it.result == TransferResult::Completed
                        && parted.is_none_or(|parted| parted == at) =>
                {
                    let to = Destination::from(&it.to);
                    let purpose = it.purpose;
                    transfer = Some(TransferKind { purpose, to });
                }
                Event::HandedOver { from, work, .. } if parted.is_none() => {
                    assert_eq!(*from, agent, "one agent has it at a time");
                    parted = Some(at);
                    owes = work.is_some();
                }
                Event::ConversationEnded { .. } if parted.is_none() => parted = Some(at),
                Event::WrapUpStarted { .. } if is_own => owes = true,
                Event::WrapUpEnded { .. } if is_own && owes => done = Some(at),
                Event::ContactEnded { .. } => {
                    parted.get_or_insert(at);
                }
                _ => {}
            }
            talk.until(at, parted.is_none() || parted == Some(at));
            talk.changes(event);
            if done.is_some() {
                break;
            }
        }
        let parted = parted?;
        let handled = if owes { done? } else { parted };
        Some(Over {
            talk,
            handled,
            wrap_up_us: owes.then(|| handled.micros_since(parted)),
            transfer,
        })
    }

    /// The queue that the contact was in last, or was called from.
    fn on_behalf_of(&self, contact: ContactId, place: usize) -> (QueueId, Direction) {
        let before = self.facts[..=place].iter().rev();
        let mut direction = Direction::Inbound;
        let mut queue = None;
        for (_, event) in before.filter(|(_, event)| contact_of(event) == Some(contact)) {
            match event {
                Event::Enqueued { queue: it, .. } | Event::Requeued { queue: it, .. } => {
                    queue = queue.or(Some(*it));
                }
                Event::ContactDialed(ContactDialed { queue: it, .. })
                | Event::CallbackDue(CallbackDue { queue: it, .. }) => {
                    queue = queue.or(Some(*it));
                    direction = Direction::Outbound;
                }
                _ => {}
            }
        }
        (queue.expect("it was for a queue"), direction)
    }

    /// The core is asked after every fact what each agent is, and the time since is cut at every quarter.
    fn time(&self, intervals: &[Interval], slow: &mut Slow) {
        let mut center = ContactCenter::new();
        let mut seen: BTreeMap<AgentId, Seen> = BTreeMap::new();
        let mut since = self.first();
        for (at, event) in &self.facts {
            for (agent, was) in &seen {
                for (place, interval) in intervals.iter().enumerate() {
                    let from = since.max(interval.from);
                    let us = (*at).min(interval.to).as_micros() - from.as_micros();
                    if us > 0 {
                        let sums = slow.agents.entry((*agent, place)).or_default();
                        sums.time.add(&TimeCell {
                            agent: *agent,
                            quarter: 0,
                            state: was.state,
                            reason: was.reason,
                            reason_version: was.version,
                            is_productive: was.is_productive,
                            is_unpaid: was.is_unpaid,
                            us,
                        });
                    }
                }
            }
            since = *at;
            center.apply(*at, std::slice::from_ref(event));
            self.look(&center, &mut seen);
        }
    }

    fn look(&self, center: &ContactCenter, seen: &mut BTreeMap<AgentId, Seen>) {
        let state = center.state();
        seen.retain(|agent, _| state.agents.get(*agent).is_some());
        for (id, agent) in state.agents.iter() {
            let reason = match agent.intent {
                tandem_core::agent::Intent::NotReady(reason)
                    if agent.display == Display::NotReady =>
                {
                    Some(reason)
                }
                _ => None,
            };
            // What a reason is counts as it was when the span began.
            let goes_on = seen
                .get(&id)
                .is_some_and(|it| (it.state, it.reason) == (agent.display, reason));
            if goes_on {
                continue;
            }
            let document = match reason {
                Some(NotReady::Chosen(id)) => state.settings.reasons.get(&id),
                _ => None,
            };
            let begun = Seen {
                state: agent.display,
                reason,
                version: document.map_or(0, |it| it.version),
                is_productive: document.is_some_and(|it| it.document.productive),
                is_unpaid: document.is_some_and(|it| !it.document.paid),
            };
            seen.insert(id, begun);
        }
    }

    fn one(&self, stay: &Stay, within_s: Option<u32>) -> StayCount {
        let left_at = stay.left.map_or(stay.entered_at, |(at, _)| at);
        let wait_us = left_at.micros_since(stay.entered_at);
        StayCount {
            n: 1,
            in_time: u64::from(self.is_in_time(stay, within_s)),
            wait_us,
            ring_us: stay.ring_us,
            longest_us: wait_us,
        }
    }
}

impl Journal {
    fn waits(&self, intervals: &[Interval], within_s: Option<u32>, slow: &mut Slow) {
        for stay in self.stays() {
            if !stay.is_blocked() {
                let place = place(intervals, stay.entered_at);
                slow.queues.entry((stay.queue, place)).or_default().offered += 1;
            }
            let Some((left_at, end)) = stay.left else {
                continue;
            };
            let one = self.one(&stay, within_s);
            let place = place(intervals, left_at);
            let sums = slow.queues.entry((stay.queue, place)).or_default();
            let left = sums.left_mut(end);
            *left = StayCount {
                n: left.n + one.n,
                in_time: left.in_time + one.in_time,
                wait_us: left.wait_us + one.wait_us,
                ring_us: left.ring_us + one.ring_us,
                longest_us: left.longest_us.max(one.longest_us),
            };
        }
    }
}

impl Stay {
    fn is_blocked(&self) -> bool {
        self.left.is_some_and(|(_, end)| end == StayEnd::Blocked)
    }
}

/// An engagement that is over.
struct Over {
    talk: Talk,
    handled: Timestamp,
    wrap_up_us: Option<i64>,
    transfer: Option<TransferKind>,
}

/// Where the time of a conversation goes.
struct Talk {
    since: Timestamp,
    is_held: bool,
    is_third_talking: bool,
    talk_us: i64,
    hold_us: i64,
    consult_us: i64,
}

impl Talk {
    const fn since(at: Timestamp) -> Self {
        Self {
            since: at,
            is_held: false,
            is_third_talking: false,
            talk_us: 0,
            hold_us: 0,
            consult_us: 0,
        }
    }

    fn until(&mut self, at: Timestamp, is_conversation: bool) {
        let us = at.micros_since(self.since);
        self.since = at;
        if !is_conversation {
            return;
        }
        match (self.is_held, self.is_third_talking) {
            (false, _) => self.talk_us += us,
            (true, true) => self.consult_us += us,
            (true, false) => self.hold_us += us,
        }
    }

    fn changes(&mut self, event: &Event) {
        match event {
            Event::Held { party, .. } => self.held(*party, true),
            Event::Resumed { party, .. } => self.held(*party, false),
            Event::ThirdJoined { .. } => self.is_third_talking = true,
            Event::ThirdLeft { .. } | Event::TransferEnded(_) => self.is_third_talking = false,
            _ => {}
        }
    }

    fn held(&mut self, party: Party, is_held: bool) {
        match party {
            Party::Customer => self.is_held = is_held,
            Party::Third => self.is_third_talking = !is_held,
        }
    }
}
