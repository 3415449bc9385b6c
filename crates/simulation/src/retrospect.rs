//! Traffic read from a journal: who called when and how patient they were seen to be, how long conversations and the
//! work after them took, and when agents were there, by the events alone. What it cannot carry over it counts.

use crate::patience::{Patience, Wait, WaitEnd};
use crate::rerun::{Course, Joined, Lived, Load, Trades};
use crate::traffic::{Call, Habit, Need, Seen, Shift, Traffic, seconds};
use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::agent::Intent;
use tandem_core::event::{EndReason, Event};
use tandem_core::ids::{AgentId, ContactId, CustomerHash, QueueId, ReasonId};
use tandem_core::time::Timestamp;

/// A flow that took longer has its end kept, and its beginning shortened, microseconds.
const FLOW_US_MAX: i64 = 240_000_000;

/// A journal on its way through.
#[derive(Debug, Default)]
pub struct Retrospect {
    center: ContactCenter,
    now: Timestamp,
    matters: BTreeMap<ContactId, Matter>,
    desks: BTreeMap<AgentId, Presence>,
    shifts: Vec<Shift>,
    loads: Vec<Load>,
    /// The contacts that were traded for being called back.
    trades: Trades<ContactId>,
    left_out: LeftOut,
}

/// What a rerun does not carry over, contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Never asked for an agent.
    pub n_never_in_line: u64,
    /// Called by an agent, or messages: nobody called.
    pub n_not_inbound: u64,
    /// Went on to somebody else; the rerun has them until then.
    pub n_moved_on: u64,
    /// Traded the place for being called back; the rerun has them wait on, unless callbacks are what is changed.
    pub n_traded: u64,
}

/// What a journal told.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What customers and agents brought along.
    pub traffic: Traffic,
    /// What became of it, and the center as it was in the end.
    pub lived: Lived,
    /// What it is without.
    pub left_out: LeftOut,
}

/// A contact so far.
#[derive(Clone, Copy, Debug)]
struct Matter {
    customer: CustomerHash,
    has_number: bool,
    arrived: Timestamp,
    course: Course,
    /// Of its conversation among those of the shift.
    wrap_up: Option<usize>,
    end: Option<EndReason>,
}

/// An agent so far.
#[derive(Clone, Debug, Default)]
struct Presence {
    signed_in: Option<Timestamp>,
    /// The shift that is on, from the first time ready.
    shift: Option<usize>,
    not_ready_since: Option<Timestamp>,
    /// When the agent wished so, talking to a customer until then.
    wished_at: Option<Timestamp>,
    work_since: Option<Timestamp>,
}

impl Retrospect {
    /// Another turn.
    pub fn see(&mut self, now: Timestamp, events: &[Event]) {
        self.now = now;
        self.center.apply(now, events);
        for event in events {
            self.see_trades(event);
            self.see_contact(event);
            self.see_agent(event);
        }
    }

    fn see_trades(&mut self, event: &Event) {
        let (matters, now) = (&mut self.matters, self.now);
        let tell = |contact: ContactId, news| {
            if let Some(matter) = matters.get_mut(&contact) {
                matter.course.hear(now, news);
            }
        };
        let dialed = self.trades.see(now, event, Some, tell);
        let desk = dialed.and_then(|(agent, us)| Some((self.desks.get(&agent)?.shift?, us)));
        if let Some((shift, us)) = desk {
            self.loads[shift].dial_us += us;
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts say nothing of waits and conversations"
    )]
    fn see_contact(&mut self, event: &Event) {
        let now = self.now;
        let Some(contact) = event.contact() else {
            return;
        };
        if let Event::ContactArrived {
            customer, caller, ..
        } = event
        {
            let course = Course {
                contact: Some(contact),
                ..Course::default()
            };
            let matter = Matter {
                customer: *customer,
                has_number: caller.is_some(),
                arrived: now,
                course,
                wrap_up: None,
                end: None,
            };
            self.matters.insert(contact, matter);
            return;
        }
        let Some(matter) = self.matters.get_mut(&contact) else {
            self.see_apart(contact, event);
            return;
        };
        match event {
            Event::Enqueued { queue, .. } => {
                matter.course.entered = matter.course.entered.or(Some(now));
                matter.course.queue = matter.course.queue.or(Some(*queue));
            }
            Event::Connected { agent, .. } => {
                let joined = Joined {
                    at: now,
                    agent: *agent,
                };
                matter.course.joined = matter.course.joined.or(Some(joined));
            }
            Event::ConversationEnded { agent, .. } | Event::HandedOver { from: agent, .. } => {
                if matches!(event, Event::HandedOver { .. }) {
                    self.left_out.n_moved_on += 1;
                }
                if matter.course.talked_until.is_none() {
                    matter.course.talked_until = Some(now);
                    self.has_talked(contact, *agent);
                }
            }
            Event::ContactEnded { reason, .. } => {
                matter.course.ended = Some(now);
                matter.end = Some(*reason);
            }
            _ => {}
        }
    }

    /// What happened in a contact that did not come in: nobody's, or an attempt to call somebody back who did.
    fn see_apart(&mut self, contact: ContactId, event: &Event) {
        let caller = self.trades.caller_of(contact);
        match (event, caller) {
            (Event::ContactDialed(_) | Event::MessageLeft(_) | Event::CallbackDue(_), None) => {
                self.left_out.n_not_inbound += 1;
            }
            (Event::ConversationEnded { agent, .. }, Some(caller)) => {
                self.has_talked(caller, *agent);
            }
            (Event::HandedOver { from, .. }, Some(caller)) => {
                self.left_out.n_moved_on += 1;
                self.has_talked(caller, *from);
            }
            _ => {}
        }
    }

    /// One more conversation of the shift, without work after it until that ends.
    fn has_talked(&mut self, contact: ContactId, agent: AgentId) {
        let now = self.now;
        let shift = self.desks.get(&agent).and_then(|it| it.shift);
        let Some(matter) = self.matters.get_mut(&contact) else {
            return;
        };
        let since = matter.course.talks().map_or(now, |it| it.at);
        let Some(n) = shift else { return };
        let wrap_ups = &mut self.shifts[n].wrap_ups_us;
        matter.wrap_up = Some(wrap_ups.len());
        wrap_ups.push(0);
        self.loads[n].talk_us += now.micros_since(since);
        self.loads[n].n_contacts += 1;
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts say nothing of who is there"
    )]
    fn see_agent(&mut self, event: &Event) {
        let now = self.now;
        match event {
            Event::AgentSignedIn { agent } => {
                self.desks.entry(*agent).or_default().signed_in = Some(now);
            }
            Event::IntentPended { agent, intent } => {
                let desk = self.desks.entry(*agent).or_default();
                let wishes = matches!(intent, Some(Intent::NotReady(_)));
                desk.wished_at = wishes.then_some(desk.wished_at.unwrap_or(now));
            }
            Event::IntentSet { agent, intent } => self.intent_is(*agent, *intent),
            Event::WrapUpStarted { agent, .. } => {
                self.desks.entry(*agent).or_default().work_since = Some(now);
            }
            Event::WrapUpEnded { agent, contact, .. } => {
                let desk = self.desks.entry(*agent).or_default();
                let us = desk.work_since.take().map_or(0, |it| now.micros_since(it));
                let caller = self.trades.caller_of(*contact).unwrap_or(*contact);
                let place = self.matters.get(&caller).and_then(|it| it.wrap_up);
                if let Some(shift) = desk.shift {
                    self.loads[shift].work_us += us;
                    let wrap_ups = &mut self.shifts[shift].wrap_ups_us;
                    if let Some(wrap_up) = place.and_then(|it| wrap_ups.get_mut(it)) {
                        *wrap_up = us;
                    }
                }
            }
            Event::AgentSignedOut { agent } => self.signed_out(*agent),
            _ => {}
        }
    }

    fn intent_is(&mut self, agent: AgentId, intent: Intent) {
        let now = self.now;
        let desk = self.desks.entry(agent).or_default();
        match (intent, desk.shift) {
            (Intent::NotReady(_), _) => {
                desk.not_ready_since = desk.not_ready_since.or(Some(now));
            }
            (Intent::Ready, None) => {
                desk.not_ready_since = None;
                desk.shift = Some(self.shifts.len());
                self.shifts.push(Shift {
                    agent,
                    begins: now,
                    ends: now,
                    wrap_ups_us: Vec::new(),
                    breaks: Vec::new(),
                });
                self.loads.push(Load::default());
            }
            (Intent::Ready, Some(shift)) => {
                let wished_at = desk.wished_at.take();
                if let Some(since) = desk.not_ready_since.take() {
                    let us = now.micros_since(since);
                    let from = wished_at.unwrap_or(since);
                    self.shifts[shift].breaks.push((from, us));
                }
            }
        }
    }

    /// Whoever goes from a break had gone when it began, and wished to when it was wished for: a rerun has the agent
    /// finish the contact of that moment, as it was on record.
    fn signed_out(&mut self, agent: AgentId) {
        let now = self.now;
        let desk = self.desks.entry(agent).or_default();
        let wished_at = desk.wished_at.take();
        let gone_at = wished_at.or(desk.not_ready_since).unwrap_or(now);
        desk.not_ready_since = None;
        let here_since = desk.signed_in.take();
        if let Some(shift) = desk.shift.take() {
            self.shifts[shift].ends = gone_at;
            self.loads[shift].here_us = here_since.map_or(0, |it| now.micros_since(it));
        }
    }

    /// All of it was seen. Whoever is there yet goes now.
    #[must_use]
    pub fn recorded(mut self) -> Recorded {
        let here: Vec<AgentId> = self.desks.keys().copied().collect();
        here.into_iter().for_each(|it| self.signed_out(it));
        let queues: Vec<QueueId> = {
            let settings = &self.center.state().settings;
            settings.queues.keys().collect()
        };
        // A journal that was made of a record of calls has no numbers at all: nobody withheld one.
        let is_without_numbers = !self.matters.values().any(|it| it.has_number);
        let (mut calls, mut courses) = (Vec::new(), Vec::new());
        for (contact, matter) in &self.matters {
            let in_line = matter.course.entered.zip(matter.course.queue);
            let line = in_line.and_then(|(_, queue)| queues.iter().position(|it| *it == queue));
            let (Some((entered, _)), Some(line)) = (in_line, line) else {
                self.left_out.n_never_in_line += 1;
                continue;
            };
            self.left_out.n_traded += u64::from(matter.course.trade.is_some());
            let call = call(*contact, matter, entered, line, self.now);
            calls.push(Call {
                has_number: call.has_number || is_without_numbers,
                ..call
            });
            courses.push(matter.course);
        }
        let habits = (0..queues.len()).map(|line| habit(line, &calls));
        let traffic = Traffic {
            lines: queues.iter().map(|queue| line_of(*queue)).collect(),
            habits: habits.collect(),
            calls,
            shifts: self.shifts,
            break_reason: ReasonId(u64::MAX),
        };
        let lived = Lived {
            courses,
            loads: self.loads,
            rings: self.trades.rings,
            n_turns: 0,
            n_events: 0,
            center: self.center,
        };
        Recorded {
            traffic,
            lived,
            left_out: self.left_out,
        }
    }
}

/// The address at which a rerun's customers reach a queue.
pub(crate) fn line_of(queue: QueueId) -> String {
    format!("rerun-of-queue-{queue}")
}

fn call(
    contact: ContactId,
    matter: &Matter,
    entered: Timestamp,
    line: usize,
    now: Timestamp,
) -> Call {
    let in_flow_us = entered.micros_since(matter.arrived).min(FLOW_US_MAX);
    let until = matter.course.joined.map(|it| it.at).or(matter.course.ended);
    let waited_us = until.unwrap_or(now).micros_since(entered);
    let patience =
        if matter.course.joined.is_none() && matter.end.is_some_and(EndReason::gives_up_waiting) {
            Seen::Whole(waited_us)
        } else {
            Seen::AtLeast(waited_us)
        };
    let need = Need {
        habit: line,
        patience,
        service_us: matter.course.talk_us(),
    };
    Call {
        number: contact.0,
        customer: matter.customer.0,
        has_number: matter.has_number,
        line,
        arrives: entered.plus_micros(-in_flow_us),
        in_flow_us,
        need: Some(need),
    }
}

fn habit(line: usize, calls: &[Call]) -> Habit {
    let needs = || {
        calls
            .iter()
            .filter(|it| it.line == line)
            .filter_map(|it| it.need)
    };
    let waits: Vec<Wait> = needs()
        .map(|need| match need.patience {
            Seen::Whole(us) => (us, WaitEnd::GaveUp),
            Seen::AtLeast(us) => (us, WaitEnd::Censored),
        })
        .map(|(us, end)| Wait {
            seconds: seconds(us),
            end,
        })
        .filter(|it| it.seconds > 0.0)
        .collect();
    Habit {
        patience: Patience::fit(&waits),
        services_us: needs().filter_map(|it| it.service_us).collect(),
    }
}
