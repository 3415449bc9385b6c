//! Agents on the axes of R-04: session, intent, reachability (of which presence is what is known) and slots. What a
//! board shows of an agent is derived from them.

use crate::by_id::ById;
use crate::capacity::{AtWrapUp, Capacity, Held, Load};
use crate::contact::{self, Channel};
use crate::endpoint::Model;
use crate::event::{AgentDirected, Event, OfferEnd};
use crate::ids::{AccountId, AgentId, CapacityProfileId, ContactId, ReasonId, SubjectRef, TeamId};
use crate::limits;
use crate::presence::{
    AgentPresence, PresenceMapped, PresencePaused, PresenceSeen, PresenceWanted, Reach,
    ReachChanged,
};
use crate::queue::OfferBy;
use crate::reason::{Petition, PetitionEnded, ReasonPetitioned};
use crate::settings::{Document, Kind};
use crate::skill::Proficiency;
use crate::talk::Target;
use crate::time::Timestamp;
use crate::trunk::Phone;
use serde::{Deserialize, Serialize};

/// What an administrator says of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The agent's name, among the personal data.
    pub person: SubjectRef,
    /// The opaque address at which an edge reaches the agent, lower case.
    pub address: String,
    /// The phone by which Direct Routing reaches the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What the agent can do.
    pub skills: Vec<Proficiency>,
    /// Whether the agent may take contacts.
    pub enabled: bool,
    /// The team that the agent is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// How much the agent may have at once; one contact without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<CapacityProfileId>,
}

impl Profile {
    /// The opaque address at which the agent is reached from a call of a model. Who has no phone has the address of
    /// Teams there too: the edge refuses it with the reason (B-024).
    #[must_use]
    pub fn address_on(&self, model: Model) -> String {
        match (model, &self.phone) {
            (Model::DirectRouting, Some(phone)) => phone.address(),
            (Model::DirectRouting, None) | (Model::TeamsPhone, _) => self.address.clone(),
        }
    }

    /// Whether an address is one of the agent's.
    #[must_use]
    pub fn is_at(&self, address: &str) -> bool {
        self.address == address || { self.phone.as_ref() }
            .is_some_and(|it| Phone::of_address(address).as_ref() == Some(it))
    }
}

/// What an agent wants (R-04, axis 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Contacts.
    Ready,
    /// None.
    NotReady(NotReady),
}

/// Why an agent is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// Just signed in.
    SignedIn,
    /// For a reason that the agent chose.
    Chosen(ReasonId),
    /// An offer was missed; only the agent's own word makes the agent ready again.
    MissedOffer,
    /// The agent's client could not be rung; as after a missed offer.
    RingFailed,
}

impl NotReady {
    /// The reason, if one was chosen.
    #[must_use]
    pub const fn chosen(self) -> Option<ReasonId> {
        match self {
            Self::Chosen(reason) => Some(reason),
            Self::SignedIn | Self::MissedOffer | Self::RingFailed => None,
        }
    }
}

/// What somebody else says that an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Ready.
    Ready,
    /// Not ready, for this reason.
    NotReady(ReasonId),
    /// Gone.
    SignedOut,
}

/// What somebody said of an agent, until the agent says something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directed {
    /// Who.
    pub by: AccountId,
    /// What.
    pub to: Direction,
    /// Why, among the personal data.
    pub why: SubjectRef,
    /// When.
    pub at: Timestamp,
}

/// A contact's hold on an agent (R-04, axis 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Which contact.
    pub contact: ContactId,
    /// At what stage.
    pub stage: Stage,
    /// What it takes of the agent.
    #[serde(default = "Load::call", skip_serializing_if = "Load::is_call")]
    pub load: Load<Channel>,
}

/// The stages of a contact on an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Put to the agent.
    Offering,
    /// Accepted; the agent's client is being rung.
    Connecting,
    /// Talking.
    Talking,
    /// The customer is gone, work is left.
    WrapUp,
}

/// What a one-line board shows: the first that holds, in the order of R-04.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// Talking to a customer.
    OnContact,
    /// The agent's client is being rung.
    Connecting,
    /// Work is left after a conversation.
    WrapUp,
    /// A contact is put to the agent.
    Offering,
    /// Wants none.
    NotReady,
    /// Would be free, and Teams shows that calls are not to come.
    InTeams,
    /// Would be free, and what Teams shows is not known; a queue may put contacts to the agent all the same.
    PresenceUnknown,
    /// Free and willing.
    Available,
    /// Not here.
    SignedOut,
}

impl Display {
    /// All, in order.
    pub const ALL: [Self; 9] = [
        Self::OnContact,
        Self::Connecting,
        Self::WrapUp,
        Self::Offering,
        Self::NotReady,
        Self::InTeams,
        Self::PresenceUnknown,
        Self::Available,
        Self::SignedOut,
    ];

    /// The place in [`Self::ALL`].
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::OnContact => 0,
            Self::Connecting => 1,
            Self::WrapUp => 2,
            Self::Offering => 3,
            Self::NotReady => 4,
            Self::InTeams => 5,
            Self::PresenceUnknown => 6,
            Self::Available => 7,
            Self::SignedOut => 8,
        }
    }
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// What the administrator says.
    pub profile: Profile,
    /// The version of the profile.
    pub version: u64,
    /// Signed in since; `None` is signed out (R-04, axis 1).
    pub session: Option<Timestamp>,
    /// What the agent wants.
    pub intent: Intent,
    /// What the agent will want after the present contact.
    pub pending: Option<Intent>,
    /// What holds the agent.
    pub slots: Vec<Slot>,
    /// What a board shows.
    pub display: Display,
    /// Since when.
    pub since: Timestamp,
    /// What the agent has done since signing in.
    #[serde(default)]
    pub tally: Tally,
    /// Whether somebody else said so last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directed: Option<Box<Directed>>,
    /// What the agent asks a supervisor for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    petition: Option<Box<Petition>>,
    /// How many messages the agent missed in a row.
    #[serde(default, skip_serializing_if = "is_none_missed")]
    pub missed_messages: u8,
    /// What Teams shows, where somebody looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Box<AgentPresence>>,
    idle: IdleClock,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands it over like this"
)]
const fn is_none_missed(missed: &u8) -> bool {
    *missed == 0
}

/// What an agent has done since signing in: what strategies go by (B4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Conversations that began with an offer or a call out.
    pub n_contacts: u32,
    /// Time in conversations that are over, consultations too.
    pub talk_micros: i64,
    /// When the last conversation with a customer who called ended; the sign-in before the first.
    pub inbound_at: Timestamp,
    /// When something was offered last; the sign-in before the first.
    pub offered_at: Timestamp,
    /// When the agent became ready last.
    pub ready_at: Timestamp,
    #[serde(default)]
    talks: Vec<Talk>,
}

/// A conversation that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Talk {
    contact: ContactId,
    since: Timestamp,
    direction: contact::Direction,
}

impl Tally {
    fn begun(now: Timestamp) -> Self {
        Self {
            inbound_at: now,
            offered_at: now,
            ready_at: now,
            ..Self::default()
        }
    }

    fn talks(&mut self, now: Timestamp, contact: ContactId, direction: contact::Direction) {
        self.talks.retain(|it| it.contact != contact);
        // Few have more than one, and there are as many of these as agents.
        self.talks.reserve_exact(1);
        self.talks.push(Talk {
            contact,
            since: now,
            direction,
        });
    }

    fn falls_silent(&mut self, now: Timestamp, contact: ContactId) {
        let Some(place) = self.talks.iter().position(|it| it.contact == contact) else {
            return;
        };
        let talk = self.talks.remove(place);
        self.talk_micros = self
            .talk_micros
            .saturating_add(now.micros_since(talk.since));
        match talk.direction {
            contact::Direction::Inbound => self.inbound_at = now,
            contact::Direction::Outbound => {}
        }
    }
}

/// What orders agents among those who are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) idle_since: Timestamp,
    pub(crate) n_contacts: u32,
    pub(crate) talk_micros: i64,
    pub(crate) inbound_at: Timestamp,
    pub(crate) offered_at: Timestamp,
    pub(crate) ready_at: Timestamp,
    pub(crate) n_held: u32,
    pub(crate) free_units: u32,
}

/// Idle time: since the end of the last contact, not counting not-ready time. A missed or declined
/// offer does not set it back (B4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct IdleClock {
    since: Timestamp,
    kept_micros: i64,
}

impl Agent {
    fn new(profile: Profile, version: u64, now: Timestamp) -> Self {
        Self {
            profile,
            version,
            session: None,
            intent: Intent::NotReady(NotReady::SignedIn),
            pending: None,
            slots: Vec::new(),
            display: Display::SignedOut,
            since: now,
            tally: Tally::default(),
            directed: None,
            petition: None,
            missed_messages: 0,
            presence: None,
            idle: IdleClock::default(),
        }
    }

    pub(crate) fn figures(&self, capacity: &Capacity<Channel>, held: &[Held<Channel>]) -> Figures {
        Figures {
            idle_since: self.idle_since(),
            n_contacts: self.tally.n_contacts,
            talk_micros: self.tally.talk_micros,
            inbound_at: self.tally.inbound_at,
            offered_at: self.tally.offered_at,
            ready_at: self.tally.ready_at,
            n_held: u32::try_from(held.len()).unwrap_or(u32::MAX),
            free_units: capacity.free_units(held),
        }
    }

    /// Whether somebody else said last what the agent wants, and who.
    #[must_use]
    pub fn directed(&self) -> Option<Directed> {
        self.directed.as_deref().copied()
    }

    /// What the agent asks a supervisor for, or was declined.
    #[must_use]
    pub fn petition(&self) -> Option<Petition> {
        self.petition.as_deref().copied()
    }

    /// The instant from which the agent counts as idle; lower is longer.
    #[must_use]
    pub const fn idle_since(&self) -> Timestamp {
        self.idle.since
    }

    /// The slot that a contact has.
    #[must_use]
    pub fn slot(&self, contact: ContactId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.contact == contact)
    }

    /// Whether the agent takes contacts, as far as there is room for them.
    #[must_use]
    pub fn is_willing(&self) -> bool {
        let keeps_on = self.pending.is_none_or(|it| it == Intent::Ready);
        self.profile.enabled
            && self.session.is_some()
            && self.intent == Intent::Ready
            && keeps_on
            && self.slots.len() < limits::SLOTS_PER_AGENT_MAX
    }

    /// What counts against a new contact.
    #[must_use]
    pub fn held(&self) -> Vec<Held<Channel>> {
        let frees = |it: &Slot| it.stage == Stage::WrapUp && it.load.at_wrap_up == AtWrapUp::Frees;
        let counted = self.slots.iter().filter(|it| !frees(it));
        let held = counted.map(|it| Held {
            contact: it.contact,
            load: it.load.clone(),
        });
        held.collect()
    }

    fn derive(&self) -> Display {
        let stage = |stage| self.slots.iter().any(|slot| slot.stage == stage);
        if self.session.is_none() || !self.profile.enabled && self.slots.is_empty() {
            Display::SignedOut
        } else if stage(Stage::Talking) {
            Display::OnContact
        } else if stage(Stage::Connecting) {
            Display::Connecting
        } else if stage(Stage::WrapUp) {
            Display::WrapUp
        } else if stage(Stage::Offering) {
            Display::Offering
        } else if self.intent == Intent::Ready {
            self.derive_free()
        } else {
            Display::NotReady
        }
    }

    fn derive_free(&self) -> Display {
        match self.reach() {
            Reach::Everything | Reach::Calls => Display::Available,
            Reach::Messages | Reach::Nothing => Display::InTeams,
            Reach::Unknown => Display::PresenceUnknown,
        }
    }

    fn show(&mut self, now: Timestamp, restart: bool) {
        let display = self.derive();
        if display != self.display || restart {
            self.display = display;
            self.since = now;
        }
    }

    fn set_stage(&mut self, contact: ContactId, stage: Stage) {
        match self.slots.iter_mut().find(|slot| slot.contact == contact) {
            Some(slot) => slot.stage = stage,
            None => self.holds(contact, stage, Load::call()),
        }
    }

    fn holds(&mut self, contact: ContactId, stage: Stage, load: Load<Channel>) {
        self.release(contact);
        self.slots.push(Slot {
            contact,
            stage,
            load,
        });
    }

    fn release(&mut self, contact: ContactId) {
        self.slots.retain(|slot| slot.contact != contact);
    }

    fn set_intent(&mut self, now: Timestamp, intent: Intent) {
        match (self.intent, intent) {
            (Intent::Ready, Intent::NotReady(_)) => {
                self.idle.kept_micros = now.micros_since(self.idle.since);
            }
            (Intent::NotReady(_), Intent::Ready) => {
                self.idle.since = now.plus_micros(-self.idle.kept_micros);
                self.tally.ready_at = now;
            }
            (Intent::Ready, Intent::Ready) | (Intent::NotReady(_), Intent::NotReady(_)) => {}
        }
        if intent == Intent::Ready {
            self.missed_messages = 0;
        }
        self.intent = intent;
        self.pending = None;
    }

    fn end_contact(&mut self, now: Timestamp, contact: ContactId) {
        self.release(contact);
        self.idle = IdleClock {
            since: now,
            kept_micros: 0,
        };
    }
}

/// All agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agents {
    by_id: ById<AgentId, Agent>,
}

impl Agents {
    /// One agent.
    #[must_use]
    pub fn get(&self, id: AgentId) -> Option<&Agent> {
        self.by_id.get(id)
    }

    /// All agents, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (AgentId, &Agent)> {
        self.by_id.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Applies a fact and names the agent whom it changed: within the state, and in a report that follows what agents
    /// were by the same reading.
    pub fn apply(&mut self, now: Timestamp, event: &Event) -> Option<AgentId> {
        if let Event::Removed {
            kind: Kind::Agent,
            id,
            ..
        } = event
        {
            self.by_id.remove(AgentId(*id));
            return Some(AgentId(*id));
        }
        if let Event::Saved {
            id,
            version,
            document: Document::Agent(profile),
            ..
        } = event
        {
            self.saved(now, AgentId(*id), *version, profile);
            return Some(AgentId(*id));
        }
        let id = agent_of(event)?;
        let agent = self.by_id.get_mut(id)?;
        let was_in_call = agent.was_in_call();
        let is_forced = matches!(event, Event::PresenceForced { .. });
        let restart = agent.take(now, event) || is_forced;
        agent.follow_standing(now, was_in_call);
        agent.show(now, restart);
        Some(id)
    }

    /// Those at whose presence somebody looks.
    pub(crate) fn watched(&self) -> Vec<AgentId> {
        let watched = self.iter().filter(|(_, it)| it.presence.is_some());
        watched.map(|(id, _)| id).collect()
    }

    /// An agent is kept in step with Teams again.
    pub(crate) fn goes_on(&mut self, id: AgentId) {
        if let Some(presence) = self.by_id.get_mut(id).and_then(|it| it.presence.as_mut()) {
            presence.goes_on();
        }
    }

    fn saved(&mut self, now: Timestamp, id: AgentId, version: u64, profile: &Profile) {
        match self.by_id.get_mut(id) {
            Some(agent) => {
                agent.profile = profile.clone();
                agent.version = version;
                agent.show(now, false);
            }
            None => {
                self.by_id
                    .insert(id, Agent::new(profile.clone(), version, now));
            }
        }
    }
}

impl FromIterator<(AgentId, Agent)> for Agents {
    fn from_iter<I: IntoIterator<Item = (AgentId, Agent)>>(agents: I) -> Self {
        Self {
            by_id: agents.into_iter().collect(),
        }
    }
}

impl Agent {
    /// Why not ready, when that is shown.
    #[must_use]
    pub const fn reason_shown(&self) -> Option<NotReady> {
        match (self.display, self.intent) {
            (Display::NotReady, Intent::NotReady(reason)) => Some(reason),
            (_, Intent::Ready | Intent::NotReady(_)) => None,
        }
    }

    /// Whether the agent is here and not ready for a reason, will be, or asks for it.
    pub(crate) fn has_reason(&self, reason: ReasonId) -> bool {
        let chosen = Some(Intent::NotReady(NotReady::Chosen(reason)));
        let asks = self.petition().is_some_and(|it| it.reason == reason);
        let is_in = Some(self.intent) == chosen || self.pending == chosen || asks;
        self.session.is_some() && is_in
    }

    /// Takes a fact; answers whether the shown time starts again although the word stays the same.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "agent_of names the facts that concern agents"
    )]
    fn take(&mut self, now: Timestamp, event: &Event) -> bool {
        self.count(now, event);
        Petition::follow(&mut self.petition, now, event);
        AgentPresence::follow(&mut self.presence, now, event);
        match event {
            Event::AgentSignedIn { .. } => {
                self.session = Some(now);
                self.tally = Tally::begun(now);
                self.intent = Intent::NotReady(NotReady::SignedIn);
                self.idle = IdleClock {
                    since: now,
                    kept_micros: 0,
                };
            }
            Event::AgentSignedOut { .. } => {
                self.directed = None;
                self.session = None;
                self.intent = Intent::NotReady(NotReady::SignedIn);
                self.pending = None;
            }
            Event::IntentSet { intent, .. } => {
                let changed = self.intent != *intent;
                // What comes true now was said before.
                if self.pending != Some(*intent) {
                    self.directed = None;
                }
                self.set_intent(now, *intent);
                return changed;
            }
            Event::IntentPended { intent, .. } => {
                self.directed = None;
                self.pending = *intent;
            }
            Event::AgentDirected(it) => {
                self.directed = Some(Box::new(Directed {
                    by: it.by,
                    to: it.to,
                    why: it.why,
                    at: now,
                }));
            }
            Event::Offered { contact, load, .. } => {
                self.holds(*contact, Stage::Offering, (**load).clone());
            }
            Event::OfferAccepted { contact, .. } => self.set_stage(*contact, Stage::Connecting),
            Event::OfferEnded { contact, why, .. } => self.offer_over(*contact, *why),
            Event::Connected { contact, .. } => self.talks(*contact),
            Event::ConversationEnded { contact, .. } => self.end_contact(now, *contact),
            Event::WrapUpStarted { contact, load, .. } => {
                self.holds(*contact, Stage::WrapUp, (**load).clone());
            }
            Event::WrapUpEnded { contact, .. } => self.end_contact(now, *contact),
            Event::ContactDialed(crate::event::ContactDialed { contact, .. }) => {
                self.set_stage(*contact, Stage::Connecting)
            }
            Event::CustomerReached { contact, .. } => self.set_stage(*contact, Stage::Talking),
            Event::CustomerNotReached { contact, .. } => self.release(*contact),
            Event::ThirdAsked(crate::event::ThirdAsked { contact, .. }) => {
                self.set_stage(*contact, Stage::Connecting)
            }
            Event::ThirdJoined { contact, .. } => self.set_stage(*contact, Stage::Talking),
            Event::ThirdLeft { contact, .. } => self.release(*contact),
            Event::HandedOver { contact, work, .. } => {
                let slot = self.slot(*contact).filter(|_| work.is_some()).cloned();
                self.end_contact(now, *contact);
                if let Some(slot) = slot {
                    self.holds(*contact, Stage::WrapUp, slot.load);
                }
            }
            _ => {}
        }
        false
    }
}

impl Agent {
    fn offer_over(&mut self, contact: ContactId, why: OfferEnd) {
        let slot = self.slot(contact);
        let is_message = slot.is_some_and(|it| it.load.channel == Channel::Voicemail);
        if is_message && why == OfferEnd::Missed {
            self.missed_messages = self.missed_messages.saturating_add(1);
        }
        self.release(contact);
    }

    fn talks(&mut self, contact: ContactId) {
        self.missed_messages = 0;
        self.set_stage(contact, Stage::Talking);
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not counted"
    )]
    fn count(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::Offered { .. } => self.tally.offered_at = now,
            Event::Connected { contact, .. } => {
                self.tally.n_contacts = self.tally.n_contacts.saturating_add(1);
                self.tally.talks(now, *contact, contact::Direction::Inbound);
            }
            Event::CustomerReached { contact, .. } => {
                self.tally.n_contacts = self.tally.n_contacts.saturating_add(1);
                self.tally
                    .talks(now, *contact, contact::Direction::Outbound);
            }
            Event::ThirdJoined { contact, .. } => {
                self.tally
                    .talks(now, *contact, contact::Direction::Outbound);
            }
            Event::ThirdLeft { contact, .. }
            | Event::ConversationEnded { contact, .. }
            | Event::HandedOver { contact, .. } => self.tally.falls_silent(now, *contact),
            _ => {}
        }
    }
}

/// The agent whom a fact concerns.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most facts concern no agent"
)]
pub(crate) const fn agent_of(event: &Event) -> Option<AgentId> {
    match event {
        Event::AgentSignedIn { agent }
        | Event::AgentSignedOut { agent }
        | Event::AgentDirected(AgentDirected { agent, .. })
        | Event::ReasonPetitioned(ReasonPetitioned { agent, .. })
        | Event::PetitionEnded(PetitionEnded { agent, .. })
        | Event::PresenceSeen(PresenceSeen { agent, .. })
        | Event::PresenceUnwatched { agent }
        | Event::ReachChanged(ReachChanged { agent, .. })
        | Event::PresenceWanted(PresenceWanted { agent, .. })
        | Event::PresenceMapped(PresenceMapped { agent, .. })
        | Event::PresencePaused(PresencePaused { agent, .. })
        | Event::PresenceForced { agent }
        | Event::IntentSet { agent, .. }
        | Event::IntentPended { agent, .. }
        | Event::Offered { agent, .. }
        | Event::OfferAccepted { agent, .. }
        | Event::OfferEnded { agent, .. }
        | Event::Connected { agent, .. }
        | Event::ContactDialed(crate::event::ContactDialed { agent, .. })
        | Event::CustomerDialed { agent, .. }
        | Event::CustomerReached { agent, .. }
        | Event::CustomerNotReached { agent, .. }
        | Event::ConversationEnded { agent, .. }
        | Event::WrapUpStarted { agent, .. }
        | Event::WrapUpEnded { agent, .. } => Some(*agent),
        Event::ThirdAsked(crate::event::ThirdAsked { third, .. })
        | Event::ThirdJoined { third, .. }
        | Event::ThirdLeft { third, .. } => match third {
            Target::Agent(agent) => Some(*agent),
            Target::Queue(_) | Target::Number(_) => None,
        },
        Event::HandedOver { from, .. } => Some(*from),
        _ => None,
    }
}

/// What the agent's intent becomes when an offer ends like this, if it changes.
pub(crate) const fn intent_after(why: OfferEnd) -> Option<Intent> {
    match why {
        OfferEnd::Missed | OfferEnd::NotJoined => Some(Intent::NotReady(NotReady::MissedOffer)),
        OfferEnd::RingFailed => Some(Intent::NotReady(NotReady::RingFailed)),
        OfferEnd::Declined | OfferEnd::CustomerLeft | OfferEnd::Withdrawn => None,
    }
}

/// Whether the agent's Teams client rings as soon as the offer is made.
pub(crate) const fn rings_at_offer(by: OfferBy) -> bool {
    match by {
        OfferBy::Tandem => false,
        OfferBy::Teams => true,
    }
}
