//! The live board: what every queue owes at this instant, and what today came to.
//!
//! [`Board::apply`] takes each event in O(log n) and looks at nothing but the contact concerned; memory is
//! bounded by the live contacts, the queues and the agents. Who is free and who shows what is the
//! core's knowledge: [`Board::figures`] reads it from the state. It must not know names.

pub mod callbacks;
mod day;
pub mod figures;
pub mod level;
mod line;
mod minutes;

pub use day::{TimeZoneUnknown, Zone};
pub use figures::Figures;
pub use level::Level;

use crate::live::callbacks::CallbackDay;
use crate::live::day::Day;
use crate::live::line::{Counters, Line, Promise};
use crate::live::minutes::Minutes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::event::{EndReason, Event};
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::settings::{Document, Kind};
use tandem_core::talk::Target;
use tandem_core::time::Timestamp;

/// The live figures of one contact center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    zone: Zone,
    day: Option<Day>,
    lines: BTreeMap<QueueId, Line>,
    /// Today's counters of queues that were removed today.
    gone: Counters,
    contacts: BTreeMap<ContactId, Place>,
    in_flow: u64,
    waiting: u32,
    handled: BTreeMap<AgentId, u64>,
    /// Engagements whose agent handed the contact over and owes wrap-up.
    owed: BTreeMap<AgentId, (ContactId, Engaged)>,
    minutes: Minutes,
    #[serde(default)]
    callbacks: CallbackDay,
}

/// Where a live contact is, as far as the figures ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// On the way to a queue, or past one.
    InFlow,
    /// Waiting, offered or not: the wait ends with the conversation.
    Waiting { queue: QueueId, since: Timestamp },
    /// An agent calls the customer.
    Dialing { queue: QueueId },
    /// Talking.
    Talking {
        queue: QueueId,
        agent: AgentId,
        since: Timestamp,
    },
    /// Talking to somebody outside, to whom an agent or the flow left the customer.
    Outside,
    /// After the conversation.
    After(Engaged),
}

/// An engagement after the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Engaged {
    queue: QueueId,
    agent: AgentId,
    talk_micros: i64,
    /// When the conversation was over.
    since: Timestamp,
}

impl Board {
    /// An empty board whose day is that of `time_zone`, an IANA name.
    ///
    /// # Errors
    /// When there is no such time zone.
    pub fn new(time_zone: &str) -> Result<Self, TimeZoneUnknown> {
        Ok(Self {
            zone: Zone::new(time_zone)?,
            day: None,
            lines: BTreeMap::new(),
            gone: Counters::default(),
            contacts: BTreeMap::new(),
            in_flow: 0,
            waiting: 0,
            handled: BTreeMap::new(),
            owed: BTreeMap::new(),
            minutes: Minutes::default(),
            callbacks: CallbackDay::default(),
        })
    }

    /// The name of the time zone whose day the board counts.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        self.zone.name()
    }

    /// How many engagements the agent has completed today.
    #[must_use]
    pub fn handled_today(&self, now: Timestamp, agent: AgentId) -> u64 {
        if !self.is_today(now) {
            return 0;
        }
        self.handled.get(&agent).copied().unwrap_or(0)
    }

    /// When the longest waiting contact of a queue began to wait, offered or not.
    #[must_use]
    pub fn longest_since(&self, queue: QueueId) -> Option<Timestamp> {
        self.lines.get(&queue)?.longest_since()
    }

    /// How many contacts wait in a queue, offered or not.
    #[must_use]
    pub fn n_waiting(&self, queue: QueueId) -> u64 {
        self.lines.get(&queue).map_or(0, Line::n_waiting)
    }

    /// Takes a fact.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts change no figure that the board keeps"
    )]
    pub fn apply(&mut self, now: Timestamp, event: &Event) {
        self.roll_over(now);
        self.callbacks.apply(now, event);
        match event {
            Event::Saved {
                id,
                document: Document::Queue(queue),
                ..
            } => self.line(QueueId(*id)).promise = Promise::of(queue),
            Event::Removed { kind, id, .. } => self.removed(*kind, *id),
            Event::ContactArrived { contact, .. } => self.put(*contact, Place::InFlow),
            // A message was never put anywhere: nobody waits on the line for it.
            Event::Enqueued { contact, .. } if !self.contacts.contains_key(contact) => {}
            Event::Enqueued { contact, queue, .. } | Event::Requeued { contact, queue, .. } => {
                self.line(*queue).counters.offered += 1;
                let (queue, since) = (*queue, now);
                self.put(*contact, Place::Waiting { queue, since });
            }
            Event::ContactDialed(tandem_core::event::ContactDialed { contact, queue, .. }) => {
                let queue = *queue;
                self.line(queue).counters.dialed += 1;
                self.put(*contact, Place::Dialing { queue });
            }
            Event::CallbackDialed(tandem_core::event::CallbackDialed {
                contact, queue, ..
            }) => {
                let queue = *queue;
                self.line(queue).counters.dialed += 1;
                self.put(*contact, Place::Dialing { queue });
            }
            Event::EarlyCalled(tandem_core::event::EarlyCalled { contact, queue, .. }) => {
                let queue = *queue;
                self.line(queue).counters.dialed += 1;
                self.put(*contact, Place::Dialing { queue });
            }
            Event::CustomerReached { contact, agent } => self.reached(now, *contact, *agent),
            Event::LeftQueue { contact, queue, .. } => self.left_queue(*contact, *queue),
            Event::NumberReached { contact, .. } => self.put(*contact, Place::Outside),
            Event::Connected { contact, agent, .. } => self.connected(now, *contact, *agent),
            Event::ConversationEnded { contact, .. } => self.conversation_ended(now, *contact),
            Event::HandedOver {
                contact,
                from,
                to,
                work,
                ..
            } => self.handed_over(now, *contact, *from, to, work.is_some()),
            Event::WrapUpEnded { contact, agent, .. } => self.owed_done(now, *contact, *agent),
            Event::ContactEnded { contact, reason } => self.ended(now, *contact, *reason),
            _ => {}
        }
        self.minutes.set(now, self.waiting);
    }

    fn is_today(&self, now: Timestamp) -> bool {
        self.day.as_ref().is_none_or(|day| now < day.end)
    }

    /// At midnight of the center's time zone the counters start again; who waits is carried in.
    fn roll_over(&mut self, now: Timestamp) {
        if self.day.is_some() && self.is_today(now) {
            return;
        }
        self.day = Some(self.zone.day_of(now));
        for line in self.lines.values_mut() {
            line.counters = Counters::carried(line.n_waiting());
        }
        self.gone = Counters::default();
        self.handled.clear();
        self.callbacks.begin_day();
    }

    fn line(&mut self, queue: QueueId) -> &mut Line {
        self.lines.entry(queue).or_default()
    }

    fn removed(&mut self, kind: Kind, id: u64) {
        match kind {
            Kind::Queue => {
                if let Some(line) = self.lines.remove(&QueueId(id)) {
                    self.gone.add(&line.counters);
                }
            }
            Kind::Agent => drop(self.handled.remove(&AgentId(id))),
            Kind::Skill
            | Kind::Flow
            | Kind::Endpoint
            | Kind::Reason
            | Kind::Disposition
            | Kind::Schedule
            | Kind::Prompt
            | Kind::Team
            | Kind::Site
            | Kind::Privacy
            | Kind::Presence
            | Kind::Trunk
            | Kind::CapacityProfile
            | Kind::BalanceGroup => {}
        }
    }

    /// Puts a contact into its next place and answers the one that it leaves.
    fn put(&mut self, contact: ContactId, place: Place) {
        let before = self.contacts.insert(contact, place);
        self.left(contact, before);
        match place {
            Place::InFlow => self.in_flow += 1,
            Place::Waiting { queue, since } => {
                self.waiting += 1;
                self.line(queue).waiting.insert((since, contact));
            }
            Place::Dialing { .. } | Place::Talking { .. } | Place::Outside | Place::After(_) => {}
        }
    }

    fn left(&mut self, contact: ContactId, place: Option<Place>) {
        match place {
            Some(Place::InFlow) => self.in_flow -= 1,
            Some(Place::Waiting { queue, since }) => {
                self.waiting -= 1;
                self.line(queue).waiting.remove(&(since, contact));
            }
            Some(
                Place::Dialing { .. } | Place::Talking { .. } | Place::Outside | Place::After(_),
            )
            | None => {}
        }
    }

    /// By an exit of its queue node. A contact that a full queue never took was not offered to it.
    fn left_queue(&mut self, contact: ContactId, queue: QueueId) {
        match self.contacts.get(&contact) {
            Some(Place::Waiting { queue, .. }) => {
                let queue = *queue;
                self.line(queue).counters.flow_out += 1;
                self.put(contact, Place::InFlow);
            }
            Some(Place::InFlow) => self.line(queue).counters.blocked += 1,
            Some(
                Place::Dialing { .. } | Place::Talking { .. } | Place::Outside | Place::After(_),
            )
            | None => {}
        }
    }

    /// A customer who was called answered: an engagement like any other, but nobody waited for it.
    fn reached(&mut self, now: Timestamp, contact: ContactId, agent: AgentId) {
        let Some(Place::Dialing { queue }) = self.contacts.get(&contact).copied() else {
            return;
        };
        self.line(queue).counters.reached += 1;
        let since = now;
        self.put(
            contact,
            Place::Talking {
                queue,
                agent,
                since,
            },
        );
    }

    fn connected(&mut self, now: Timestamp, contact: ContactId, agent: AgentId) {
        let Some(Place::Waiting { queue, since }) = self.contacts.get(&contact).copied() else {
            // Who was called early waited in no figure of those on the line.
            self.reached(now, contact, agent);
            return;
        };
        self.line(queue).answered(now.micros_since(since));
        let since = now;
        self.put(
            contact,
            Place::Talking {
                queue,
                agent,
                since,
            },
        );
    }

    fn conversation_ended(&mut self, now: Timestamp, contact: ContactId) {
        if let Some(engaged) = self.engaged(now, contact) {
            self.put(contact, Place::After(engaged));
        }
    }

    /// The engagement of a contact whose conversation ends now.
    fn engaged(&self, now: Timestamp, contact: ContactId) -> Option<Engaged> {
        let Some(Place::Talking {
            queue,
            agent,
            since,
        }) = self.contacts.get(&contact).copied()
        else {
            return None;
        };
        Some(Engaged {
            queue,
            agent,
            talk_micros: now.micros_since(since),
            since: now,
        })
    }

    /// The engagement of the one is over, and the contact goes on.
    fn handed_over(
        &mut self,
        now: Timestamp,
        contact: ContactId,
        from: AgentId,
        to: &Target,
        owes: bool,
    ) {
        let Some(engaged) = self.engaged(now, contact) else {
            return;
        };
        if owes {
            self.owed.insert(from, (contact, engaged));
        } else {
            self.handled(now, engaged);
        }
        let queue = engaged.queue;
        let next = match to {
            Target::Agent(agent) => Place::Talking {
                queue,
                agent: *agent,
                since: now,
            },
            Target::Number(_) => Place::Outside,
            Target::Queue(_) => Place::InFlow,
        };
        self.put(contact, next);
    }

    fn owed_done(&mut self, now: Timestamp, contact: ContactId, agent: AgentId) {
        let is_owed = self.owed.get(&agent).is_some_and(|it| it.0 == contact);
        if is_owed && let Some((_, engaged)) = self.owed.remove(&agent) {
            self.handled(now, engaged);
        }
    }

    /// An engagement counts as a whole, on the day on which it ends.
    fn handled(&mut self, now: Timestamp, engaged: Engaged) {
        let counters = &mut self.line(engaged.queue).counters;
        counters.handled += 1;
        counters.handle_micros += engaged.talk_micros + now.micros_since(engaged.since);
        *self.handled.entry(engaged.agent).or_default() += 1;
    }

    fn ended(&mut self, now: Timestamp, contact: ContactId, reason: EndReason) {
        let place = self.contacts.remove(&contact);
        self.left(contact, place);
        match place {
            Some(Place::Waiting { queue, since }) => {
                self.line(queue)
                    .ended_waiting(now.micros_since(since), reason);
            }
            Some(Place::After(engaged)) => self.handled(now, engaged),
            Some(
                Place::InFlow | Place::Dialing { .. } | Place::Talking { .. } | Place::Outside,
            )
            | None => {}
        }
    }
}
