//! Stories: what happened to each contact, in codes and parameters that a screen turns into words; and
//! the last routing decisions. Everything is bounded; names are not known here.

mod callback;
mod course;
mod entry;
mod figures;
mod lanes;
mod order;
mod recorded;
mod ring;
mod teller;

pub use course::{Doing, Lane, Span};
pub use entry::{Entry, What, Whom};
pub use figures::{CHOICES_MAX, Figures, QUEUES_MAX, key};
pub use lanes::{Mark, Strip};
pub use order::OrderKind;
pub use recorded::{Paused, RECORDINGS_MAX, Recorded, RecordedState, Trouble};
pub use ring::Ring;
pub(crate) use teller::{Shelf, Teller};

use course::Course;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use tandem_core::contact::Direction;
use tandem_core::event::{EndReason, Event, RecordingKept};
use tandem_core::ids::{
    AgentId, ContactId, CustomerHash, EffectId, EndpointId, QueueId, SubjectRef,
};
use tandem_core::recording::{Consent, Message, Sound};
use tandem_core::routing::Decision;
use tandem_core::scope::Sight;
use tandem_core::talk::Target;
use tandem_core::time::Timestamp;

/// Ended contacts whose stories are kept.
pub const ENDED_MAX: usize = 2_000;
/// Entries of one story; beyond it the oldest but the first is forgotten.
pub const ENTRIES_MAX: usize = 400;
/// Agents of one contact who are remembered.
pub const AGENTS_MAX: usize = 32;
/// Routing decisions that are kept.
pub const DECISIONS_MAX: usize = 200;
/// Recordings that did not go as they were to, which are kept.
pub const TROUBLES_MAX: usize = 500;
/// Orders whose outcome is waited for; beyond it the oldest is forgotten.
pub const ORDERS_MAX: usize = 100_000;

/// The story of one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// Who called whom.
    #[serde(default)]
    pub direction: Direction,
    /// Where the customer called, or from where the customer was called.
    pub endpoint: EndpointId,
    /// Who calls, among the personal data.
    pub arrival: SubjectRef,
    /// The customer's keyed hash.
    pub customer: Option<CustomerHash>,
    /// The correlation id of the other side.
    pub correlation: String,
    /// When it arrived.
    pub arrived_at: Timestamp,
    /// The queue that it entered last.
    pub queue: Option<QueueId>,
    /// When it entered that queue.
    pub enqueued_at: Option<Timestamp>,
    /// The agent who talked to the customer.
    pub agent: Option<AgentId>,
    /// All agents who talked to the customer.
    #[serde(default)]
    pub agents: Vec<AgentId>,
    /// When customer and agent could talk.
    pub connected_at: Option<Timestamp>,
    /// When the conversation was over.
    pub conversation_ended_at: Option<Timestamp>,
    /// When and how the contact ended.
    pub ended: Option<(Timestamp, EndReason)>,
    /// What it carries as a message.
    #[serde(default)]
    pub message: Option<Message>,
    /// What was recorded of it last and is here.
    #[serde(default)]
    pub sound: Option<Kept>,
    /// The recordings of its call.
    #[serde(default)]
    pub recordings: Vec<Recorded>,
    /// What is known of the customer's consent to that.
    #[serde(default)]
    pub consent: Consent,
    /// What it comes to.
    pub figures: Figures,
    /// What goes on.
    course: Course,
    /// What happened, in order.
    pub entries: VecDeque<Entry>,
    /// Entries that were forgotten after the first, because there were too many.
    pub n_forgotten: u64,
}

/// A recording that is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub recording: EffectId,
    /// Its parts, in order, among the personal data.
    pub parts: Vec<SubjectRef>,
}

/// A routing decision and its instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// What.
    pub decision: Decision,
}

/// All stories and decisions that are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stories {
    by_contact: BTreeMap<ContactId, Story>,
    ended: VecDeque<ContactId>,
    teller: Teller,
    decisions: Ring<Decided>,
    #[serde(default = "no_troubles")]
    troubles: Ring<Trouble>,
}

const fn no_troubles() -> Ring<Trouble> {
    Ring::new(TROUBLES_MAX)
}

impl Default for Stories {
    fn default() -> Self {
        Self {
            by_contact: BTreeMap::new(),
            ended: VecDeque::new(),
            teller: Teller::default(),
            decisions: Ring::new(DECISIONS_MAX),
            troubles: no_troubles(),
        }
    }
}

impl Stories {
    /// The story of a live contact, or of one of the last that ended.
    #[must_use]
    pub fn story(&self, contact: ContactId) -> Option<&Story> {
        self.by_contact.get(&contact)
    }

    /// The contacts that ended last, newest first.
    pub fn ended(&self) -> impl Iterator<Item = (ContactId, &Story)> {
        self.ended
            .iter()
            .rev()
            .filter_map(|id| Some((*id, self.by_contact.get(id)?)))
    }

    /// The contact whose call has this correlation id. O(contacts).
    #[must_use]
    pub fn by_correlation(&self, correlation: &str) -> Option<(ContactId, &Story)> {
        let mut stories = self.by_contact.iter().rev();
        // A message has that of the call in which it was left.
        let found = stories.find(|(_, it)| it.message.is_none() && it.correlation == correlation);
        found.map(|(id, story)| (*id, story))
    }

    /// The last routing decisions, newest first.
    pub fn decisions(&self) -> impl Iterator<Item = &Decided> {
        self.decisions.newest_first()
    }

    /// How many recordings did not go as they were to since then, of the last so many.
    #[must_use]
    pub fn n_troubles(&self, since: Timestamp) -> usize {
        let newest = self.troubles.newest_first();
        newest.take_while(|it| it.at >= since).count()
    }

    /// Takes a fact.
    pub fn apply(&mut self, now: Timestamp, event: &Event) {
        if let Event::Decided(decision) = event {
            let decision = decision.clone();
            self.decisions.push(Decided { at: now, decision });
        }
        if let Some(trouble) = Trouble::of(now, event) {
            self.troubles.push(trouble);
        }
        self.teller.tell(&mut self.by_contact, now, event);
        if let Event::ContactEnded { contact, .. } = event {
            self.retire(*contact);
        }
    }

    fn retire(&mut self, contact: ContactId) {
        self.ended.push_back(contact);
        if self.ended.len() > ENDED_MAX
            && let Some(oldest) = self.ended.pop_front()
        {
            self.by_contact.remove(&oldest);
        }
    }
}

impl Story {
    fn new(arrived_at: Timestamp, endpoint: EndpointId, arrival: SubjectRef) -> Self {
        Self {
            direction: Direction::Inbound,
            endpoint,
            arrival,
            customer: None,
            correlation: String::new(),
            arrived_at,
            queue: None,
            enqueued_at: None,
            agent: None,
            agents: Vec::new(),
            connected_at: None,
            conversation_ended_at: None,
            ended: None,
            message: None,
            sound: None,
            recordings: Vec::new(),
            consent: Consent::None,
            figures: Figures::default(),
            course: Course::default(),
            entries: VecDeque::new(),
            n_forgotten: 0,
        }
    }

    /// Whether the contact is in sight, by whom it was with; `holders` have it at this moment.
    #[must_use]
    pub fn is_in(&self, sight: &Sight, holders: &[AgentId]) -> bool {
        let queues = self.figures.queues.iter().copied().chain(self.queue);
        sight.has_contact(queues, self.agents.iter().chain(holders).copied())
    }

    /// Answers the spans that end with it.
    fn add(&mut self, at: Timestamp, what: What) -> Vec<Span> {
        let is_message = self.message.is_some();
        let spans = self.course.take(at, &what);
        for span in &spans {
            if let (Lane::Agent(agent), Doing::Talking) = (span.lane, span.doing) {
                self.knows(agent);
            }
            self.figures.add(span, is_message);
        }
        self.figures.note(at, &what, is_message);
        if self.entries.len() >= ENTRIES_MAX {
            self.entries.remove(1);
            self.n_forgotten += 1;
        }
        self.entries.push_back(Entry { at, what });
        spans
    }

    fn sounds(&mut self, recording: EffectId, sound: Sound, seconds: Option<u32>) {
        let message = self.message.as_mut();
        if let Some(message) = message.filter(|it| it.recording == recording) {
            message.sound = sound;
            message.seconds = seconds.unwrap_or(message.seconds);
        }
    }

    fn talks_to(&mut self, agent: AgentId) {
        self.agent = Some(agent);
        self.knows(agent);
    }

    /// The agent may look at it from now on.
    fn knows(&mut self, agent: AgentId) {
        if !self.agents.contains(&agent) && self.agents.len() < AGENTS_MAX {
            self.agents.push(agent);
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are entries alone"
    )]
    fn take(&mut self, now: Timestamp, event: &Event) {
        recorded::take(&mut self.recordings, now, event);
        match event {
            Event::ConsentNoted { consent, .. } => self.consent = *consent,
            Event::Enqueued { queue, .. } | Event::Requeued { queue, .. } => {
                self.queue = Some(*queue);
                self.enqueued_at = Some(now);
            }
            Event::CallCorrelated { correlation, .. } => self.correlation.clone_from(correlation),
            Event::Connected { agent, .. } | Event::CustomerReached { agent, .. } => {
                self.talks_to(*agent);
                self.connected_at = Some(now);
            }
            Event::HandedOver {
                to: Target::Agent(agent),
                ..
            } => self.talks_to(*agent),
            Event::RecordingKept(RecordingKept {
                recording,
                seconds,
                parts,
                ..
            }) => {
                self.sounds(*recording, Sound::Ready, Some(*seconds));
                self.sound = Some(Kept {
                    recording: *recording,
                    parts: parts.clone(),
                });
            }
            Event::RecordingLost { recording, .. } => {
                self.sounds(*recording, Sound::Missing, None);
            }
            Event::ConversationEnded { .. } => self.conversation_ended_at = Some(now),
            Event::ContactEnded { reason, .. } => self.ended = Some((now, *reason)),
            _ => {}
        }
    }
}
