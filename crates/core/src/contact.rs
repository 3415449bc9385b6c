//! Contacts: one customer matter on one channel each, in exactly one state at a time (R-01, R-02a).

mod begun;
mod concerned;
mod contacts;
mod due;
mod early;
mod facts;
mod ordered;
mod recorded;
mod run;
mod touched;

pub(crate) use concerned::contact_of;
pub use contacts::Contacts;
pub(crate) use due::Due;
pub use run::{Awaits, Outer, Run};
pub use touched::Touched;

use crate::call::Call;
use crate::callback::Early;
use crate::dialing::Dial;
use crate::estimate::Announcement;
use crate::event::EndReason;
use crate::ids::{
    AgentId, CallbackId, CustomerHash, EffectId, EndpointId, OfferId, QueueId, SubjectRef,
};
use crate::offer::Offer;
use crate::preferred::Preferring;
use crate::prompt::Heard;
use crate::recording::{Consent, Message, Recording, Sound, Unrecorded};
use crate::talk::{Number, Talk, Target, Third};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A contact that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who called whom.
    #[serde(default)]
    pub direction: Direction,
    /// The customer's phone, if an agent called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialed: Option<Number>,
    /// The caller's phone, where its number is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// The callback of which it is an attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackId>,
    /// How far it is that its customer is called before an agent is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<Early>,
    /// The callback that its caller booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked: Option<CallbackId>,
    /// Where the customer called, or from where the customer was called.
    pub endpoint: EndpointId,
    /// Who calls, and what the edge knows of the call, among the personal data.
    pub arrival: SubjectRef,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The correlation id of the other side.
    pub correlation: String,
    /// Context headers and collected digits.
    pub attributes: BTreeMap<String, String>,
    /// Collected digits that nobody is to know, by their references among the personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub masked: BTreeMap<String, SubjectRef>,
    /// When it arrived.
    pub arrived_at: Timestamp,
    /// The call.
    pub call: Call,
    /// The flow that it entered, its version, the node and the number of visits.
    pub run: Option<Run>,
    /// What plays or is asked on the leg.
    pub media: Option<Media>,
    /// Where it stands.
    pub state: State,
    /// What it was told while it waits.
    #[serde(default)]
    pub told: Told,
    /// The recording of its call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<Box<Recording>>,
    /// What is known of the customer's consent to that.
    #[serde(default, skip_serializing_if = "Consent::is_none")]
    pub consent: Consent,
    /// Why it is not recorded, although it has to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrecorded: Option<Unrecorded>,
    /// What it carries as a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<Message>>,
    /// Whether its caller left a message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_left_message: bool,
    /// The stay in the queue that it left last without an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stayed: Option<Box<Stay>>,
    /// The queues that it left, and by which exits, since it heard, pressed or learned something.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    went_round: BTreeSet<(QueueId, String)>,
    cooldowns: Vec<Cooldown>,
    /// Whom it waits for alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<Preferring>,
    /// The queues and agents that it has been with.
    #[serde(default)]
    pub touched: Touched,
}

/// The phone of who called: the core knows no digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The opaque address by which the other side's word names it.
    pub address: String,
    /// The calling code of its country, without the plus.
    pub country: String,
}

/// Who called whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer called.
    #[default]
    Inbound,
    /// An agent called the customer.
    Outbound,
}

/// On what a contact comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A call.
    Voice,
    /// A message that a caller left: it has no leg.
    Voicemail,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Voice, Self::Voicemail];

    /// The word at a wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Voicemail => "voicemail",
        }
    }
}

/// What a contact that waits was told, and when it is told again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When again.
    pub next_at: Option<Timestamp>,
    /// When it is asked again for the key of its queue node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// The last position.
    pub position: Option<u32>,
    /// The last wait.
    pub wait: Option<Announcement>,
    /// Whether it is asked, by Tandem's own question, if it wants to be called back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<CallbackOffer>,
    /// The step of the plan whose prompt it hears when what is said is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
}

/// How an offer to be called back stands that somebody had made to a caller who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackOffer {
    /// The caller is about to be asked.
    Made,
    /// The caller is asked by this order; another one that plays or asks makes it void.
    Asked(EffectId),
    /// The caller took it, hears so, and is let go.
    Taken,
}

/// What plays or is asked on a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The order that started it; answers to an older one are ignored.
    pub effect: EffectId,
    /// What is heard.
    pub prompt: Heard,
    /// Until when its end must be reported; `None` for what plays until stopped.
    pub until: Option<Timestamp>,
    /// Whether it is not known if the other side took the order.
    #[serde(default)]
    pub is_unsure: bool,
}

/// Where a contact stands. A variant owns the fields that are valid in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being answered.
    Created,
    /// In its flow.
    InFlow,
    /// Waiting for an agent.
    Queued(Stay),
    /// Put to an agent.
    Offering(Stay, Offer),
    /// An agent calls the customer. The stay is that of a contact which never waited.
    Dialing(Stay, Dial),
    /// Talking to an agent, and what goes on beside.
    Connected(Stay, Engagement, Talk),
    /// Talking to a phone outside: nobody here owes anything, but the call is ours to end.
    Outside(Outside),
    /// The customer is gone, the agent owes work.
    WrapUp(Stay, Engagement, WrapUp),
}

/// A stay in a queue. It goes on through offers that come to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Which queue.
    pub queue: QueueId,
    /// Since when.
    pub since: Timestamp,
    /// The priority band.
    pub band: u8,
    /// The place among equals.
    pub seq: u64,
    /// When the longest wait is over.
    pub until: Timestamp,
    /// The step of the queue's plan; 0 is what the queue itself asks.
    pub step: u32,
    /// When the next step is entered.
    pub next_step_at: Option<Timestamp>,
    /// How much older than it is it counts at this step, s.
    pub boost_s: u32,
    /// What somebody changed of its place.
    pub adjustment: Adjustment,
}

/// What somebody changed of a contact's place among those who wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The priority band, instead of that of the queue and its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<u8>,
    /// How much older than it is it counts, s; below 0 younger.
    #[serde(default)]
    pub age_s: i32,
}

impl Stay {
    /// One that begins.
    #[must_use]
    pub const fn begun(
        queue: QueueId,
        since: Timestamp,
        band: u8,
        seq: u64,
        until: Timestamp,
    ) -> Self {
        Self {
            queue,
            since,
            band,
            seq,
            until,
            step: 0,
            next_step_at: None,
            boost_s: 0,
            adjustment: Adjustment {
                band: None,
                age_s: 0,
            },
        }
    }
}

/// A conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// With whom.
    pub agent: AgentId,
    /// The offer that led to it; none when the agent called.
    pub offer: Option<OfferId>,
    /// Since when: the instant `media_joined` of R-03.
    pub since: Timestamp,
}

/// A talk with a phone outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// The stay that led to the agent who left the customer there; none when the flow did.
    pub stay: Option<Stay>,
    /// Which phone.
    pub number: Number,
    /// Whether a roster showed it.
    pub is_seen: bool,
}

/// Who is in a call, or rings, beside customer and agent.
pub(crate) struct Beside<'a> {
    /// The opaque address.
    pub(crate) address: &'a str,
    /// Whether somebody answered.
    pub(crate) is_in: bool,
    /// Whether a roster showed them.
    pub(crate) is_seen: bool,
}

/// Work after a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    /// Since when.
    pub since: Timestamp,
    /// Until when, if it ends by time.
    pub until: Option<Timestamp>,
    /// How often it was extended.
    pub extensions: u32,
    /// How the contact ends with it.
    #[serde(default = "handled")]
    pub reason: EndReason,
}

const fn handled() -> EndReason {
    EndReason::Handled
}

/// An agent whom the contact is not offered for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cooldown {
    agent: AgentId,
    until: Timestamp,
}

/// The attribute that says by which exit a contact left its last queue; flows may branch on it.
pub const QUEUE_EXIT: &str = "queue_exit";

/// The attribute that says by which exit a schedule last sent a contact on; flows may branch on it.
pub const HOURS_EXIT: &str = "hours_exit";

impl Contact {
    /// One that begins now; more is set by the fact that makes it.
    fn new(
        now: Timestamp,
        endpoint: EndpointId,
        arrival: SubjectRef,
        customer: CustomerHash,
        state: State,
    ) -> Self {
        Self {
            direction: Direction::Inbound,
            dialed: None,
            caller: None,
            callback: None,
            early: None,
            booked: None,
            endpoint,
            arrival,
            customer,
            correlation: String::new(),
            attributes: BTreeMap::new(),
            masked: BTreeMap::new(),
            arrived_at: now,
            call: Call::default(),
            run: None,
            media: None,
            state,
            told: Told::default(),
            recording: None,
            consent: Consent::None,
            unrecorded: None,
            message: None,
            has_left_message: false,
            stayed: None,
            went_round: BTreeSet::new(),
            cooldowns: Vec::new(),
            preferred: None,
            touched: Touched::default(),
        }
    }

    /// On what it comes.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self.message {
            None => Channel::Voice,
            Some(_) => Channel::Voicemail,
        }
    }

    /// Whether it is an attempt of a callback in which nobody is on the line yet.
    #[must_use]
    pub const fn is_attempt(&self) -> bool {
        self.callback.is_some() && !self.call.is_up
    }

    /// How an offer to be called back stands that somebody had made.
    #[must_use]
    pub const fn callback_offer(&self) -> Option<CallbackOffer> {
        self.told.offer
    }

    /// How it ends because of what its caller left behind: whoever hangs up then has given nothing up.
    #[must_use]
    pub const fn left_behind(&self) -> Option<EndReason> {
        if self.booked.is_some() {
            Some(EndReason::CallbackConverted)
        } else if self.has_left_message {
            Some(EndReason::MessageLeft)
        } else {
            None
        }
    }

    /// Until when nobody is offered it, because its sound has not come.
    #[must_use]
    pub fn held_until(&self) -> Option<Timestamp> {
        match self.message.as_deref() {
            Some(Message {
                sound: Sound::Arriving { held_until },
                ..
            }) => *held_until,
            Some(Message {
                sound: Sound::Ready | Sound::Missing,
                ..
            })
            | None => None,
        }
    }

    /// Whether it is put to nobody yet: nothing was heard of its call, or of its sound, or the customer's phone rings.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.is_unconfirmed() || self.held_until().is_some() || self.rings_early()
    }

    /// The queue stay, in every state that has one.
    #[must_use]
    pub const fn stay(&self) -> Option<&Stay> {
        match &self.state {
            State::Created | State::InFlow => None,
            State::Outside(outside) => outside.stay.as_ref(),
            State::Queued(stay)
            | State::Offering(stay, _)
            | State::Dialing(stay, _)
            | State::Connected(stay, _, _)
            | State::WrapUp(stay, _, _) => Some(stay),
        }
    }

    /// The agent whom the contact occupies.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match &self.state {
            State::Created | State::InFlow | State::Queued(_) | State::Outside(..) => None,
            State::Offering(_, offer) => Some(offer.agent),
            State::Dialing(_, dial) => Some(dial.agent),
            State::Connected(_, engagement, _) | State::WrapUp(_, engagement, _) => {
                Some(engagement.agent)
            }
        }
    }

    /// The attempt to reach the customer, while it goes on.
    #[must_use]
    pub const fn dial(&self) -> Option<&Dial> {
        match &self.state {
            State::Dialing(_, dial) => Some(dial),
            State::Created
            | State::InFlow
            | State::Queued(_)
            | State::Offering(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        }
    }

    /// Whether this is the address of the customer's phone, which an agent called.
    pub(crate) fn is_dialed(&self, address: &str) -> bool {
        let dialed = self.dialed.as_ref();
        dialed.is_some_and(|number| number.address == address)
    }

    /// Whether this is the address of the customer's phone, from which they called or at which they were called.
    pub(crate) fn is_customer_at(&self, address: &str) -> bool {
        let caller = self.caller.as_ref();
        caller.is_some_and(|it| it.address == address) || self.is_dialed(address)
    }

    pub(crate) const fn is_in_wrap_up(&self) -> bool {
        matches!(self.state, State::WrapUp(..))
    }

    /// What goes on beside the talk of customer and agent, while they talk.
    #[must_use]
    pub const fn talk(&self) -> Option<&Talk> {
        match &self.state {
            State::Connected(_, _, talk) => Some(talk),
            State::Created
            | State::InFlow
            | State::Queued(_)
            | State::Offering(..)
            | State::Dialing(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        }
    }

    /// The third party of the conversation, or the phone outside that the flow has called.
    #[must_use]
    pub fn third(&self) -> Option<&Third> {
        match &self.state {
            State::InFlow => self.run.as_ref()?.third.as_deref(),
            State::Connected(_, _, talk) => talk.third.as_deref(),
            State::Created
            | State::Queued(_)
            | State::Offering(..)
            | State::Dialing(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        }
    }

    /// The stay of who waits, or is being offered meanwhile.
    const fn waits_mut(&mut self) -> Option<&mut Stay> {
        match &mut self.state {
            State::Queued(stay) | State::Offering(stay, _) => Some(stay),
            State::Created
            | State::InFlow
            | State::Dialing(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        }
    }

    /// The stay of who waits, or is being offered meanwhile.
    #[must_use]
    pub const fn waits(&self) -> Option<&Stay> {
        match &self.state {
            State::Queued(stay) | State::Offering(stay, _) => Some(stay),
            State::Created
            | State::InFlow
            | State::Dialing(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        }
    }

    fn third_mut(&mut self) -> Option<&mut Third> {
        match (&mut self.state, &mut self.run) {
            (State::InFlow, Some(run)) => run.third.as_deref_mut(),
            (State::Connected(_, _, talk), _) => talk.third.as_deref_mut(),
            (_, _) => None,
        }
    }

    /// Every phone outside that is, or may yet come, into the call.
    pub fn numbers(&self) -> impl Iterator<Item = &Number> {
        let present = match (&self.state, self.third().map(|third| &third.target)) {
            (State::Outside(outside), _) => Some(&outside.number),
            (_, Some(Target::Number(number))) => Some(number),
            (_, Some(Target::Agent(_) | Target::Queue(_)) | None) => None,
        };
        present.into_iter().chain(self.dropped())
    }

    /// Who is in the call, or rings, beside customer and agent.
    pub(crate) fn beside(&self) -> Option<Beside<'_>> {
        if let State::Outside(outside) = &self.state {
            return Some(Beside {
                address: &outside.number.address,
                is_in: true,
                is_seen: outside.is_seen,
            });
        }
        let third = self.third()?;
        Some(Beside {
            address: &third.address,
            is_in: third.is_talking(),
            is_seen: third.is_seen(),
        })
    }

    /// A phone outside that is called no longer and may answer all the same.
    pub(crate) fn dropped(&self) -> Option<&Number> {
        let in_talk = self.talk().and_then(|talk| talk.dropped.as_ref());
        in_talk.or_else(|| self.run.as_ref()?.dropped.as_ref())
    }

    /// Whether it left a queue by this exit before, and has heard, pressed and learned nothing since (B4.6).
    pub(crate) fn goes_round(&self, queue: QueueId, exit: &str) -> bool {
        self.went_round.contains(&(queue, exit.to_owned()))
    }

    /// Whether the agent is not offered this contact for a while.
    #[must_use]
    pub fn is_cooling(&self, agent: AgentId) -> bool {
        self.cooldowns.iter().any(|it| it.agent == agent)
    }

    /// The agents who are not offered this contact for a while.
    pub(crate) fn cooling(&self) -> impl Iterator<Item = AgentId> + '_ {
        self.cooldowns.iter().map(|it| it.agent)
    }

    /// Whether nothing was heard of its call since the process started: it is not put to anybody yet.
    #[must_use]
    pub const fn is_unconfirmed(&self) -> bool {
        self.call.is_unconfirmed()
    }

    /// Whether the other side can tell something about its call that matters.
    #[must_use]
    pub const fn has_open_call(&self) -> bool {
        match &self.state {
            State::Created
            | State::InFlow
            | State::Queued(_)
            | State::Offering(..)
            | State::Dialing(..)
            | State::Outside(..)
            | State::Connected(..) => self.call.leg.is_some(),
            State::WrapUp(..) => false,
        }
    }
}
