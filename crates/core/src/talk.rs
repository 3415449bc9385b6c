//! What goes on in a conversation beside the talk of customer and agent: who is on hold, and a third
//! party whom the agent consults or hands the contact to (B8, R-23), or whom a flow calls for the customer.

use crate::event::{EndReason, Event, Side};
use crate::ids::{AgentId, EffectId, QueueId, SubjectRef};
use crate::input::NotJoined;
use crate::offer::Ring;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A phone outside, of which the core knows no digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// The number, among the personal data.
    pub subject: SubjectRef,
    /// The opaque address by which the other side's word names it.
    pub address: String,
}

/// To whom a contact can go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Into a queue.
    Queue(QueueId),
    /// To a colleague.
    Agent(AgentId),
    /// To a phone outside.
    Number(Number),
}

/// What a third party is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To take the contact over as soon as the call is answered: a blind transfer.
    Transfer,
    /// To be talked to first.
    Consult,
}

/// A party of a conversation that can be put on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The customer.
    Customer,
    /// The third party.
    Third,
}

/// Whom an order is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The customer.
    Customer,
    /// An agent, by the opaque address.
    Agent(String),
    /// A phone outside.
    Number(Number),
}

/// Why a third party is in the call no more, or never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThirdEnd {
    /// Declined.
    Declined,
    /// Did not answer in time.
    NoAnswer,
    /// Could not be called.
    Failed,
    /// The agent gave it up, or took the third party out.
    Withdrawn,
    /// The third party left.
    Left,
    /// The customer left.
    CustomerLeft,
    /// The agent left while it rang.
    AgentLeft,
}

/// What came of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferResult {
    /// The target has the contact.
    Completed,
    /// The agent who began it has the customer again.
    Returned,
    /// Nobody was there to take it back: the customer waits in the queue again, at the old place.
    Rerouted,
    /// The customer was gone.
    FailedCustomerGone,
    /// The customer is in the call no more, and nobody told whether the phone outside took them.
    Unknown,
}

/// Whether an agent wants wrap-up after a conversation whose queue has it on request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapUpWish {
    /// Yes.
    Wanted,
    /// No, or no more.
    #[default]
    NotWanted,
}

impl WrapUpWish {
    const fn is_not_wanted(&self) -> bool {
        matches!(self, Self::NotWanted)
    }
}

/// What goes on beside the talk of customer and agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Since when the customer is on hold.
    pub held_since: Option<Timestamp>,
    /// The order that put the customer on hold last.
    hold: Option<EffectId>,
    /// The third party.
    pub third: Option<Box<Third>>,
    /// A phone outside that is out of the conversation and may answer all the same.
    pub dropped: Option<Number>,
    /// Whether the customer left while on hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left_on_hold: bool,
    /// What the agent wants to follow.
    #[serde(default, skip_serializing_if = "WrapUpWish::is_not_wanted")]
    pub wrap_up: WrapUpWish,
}

/// A third party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Third {
    /// Who.
    pub target: Target,
    /// What for.
    pub purpose: Purpose,
    /// The opaque address.
    pub address: String,
    /// Since when.
    pub since: Timestamp,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a third party stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Being called.
    Ringing {
        /// Until when the core waits for word of it.
        until: Timestamp,
        /// The ringing.
        ring: Ring,
    },
    /// In the call.
    Talking {
        /// Whether on hold while agent and customer talk.
        is_held: bool,
        /// Whether a roster showed the third party.
        is_seen: bool,
    },
}

impl Third {
    /// Whether the third party is in the call.
    #[must_use]
    pub const fn is_talking(&self) -> bool {
        matches!(self.stage, Stage::Talking { .. })
    }

    /// Whether the third party is on hold.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        matches!(self.stage, Stage::Talking { is_held: true, .. })
    }

    /// Whether a roster showed that the third party is in the call.
    #[must_use]
    pub const fn is_seen(&self) -> bool {
        matches!(self.stage, Stage::Talking { is_seen: true, .. })
    }

    /// The colleague, if it is one.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match self.target {
            Target::Agent(agent) => Some(agent),
            Target::Queue(_) | Target::Number(_) => None,
        }
    }

    /// The phone outside, if it is one.
    pub(crate) fn into_number(self) -> Option<Number> {
        match self.target {
            Target::Number(number) => Some(number),
            Target::Agent(_) | Target::Queue(_) => None,
        }
    }

    pub(crate) fn who(&self) -> Who {
        match &self.target {
            Target::Number(number) => Who::Number(number.clone()),
            Target::Agent(_) | Target::Queue(_) => Who::Agent(self.address.clone()),
        }
    }

    /// The order by which it is being called.
    pub(crate) fn is_rung_by(&self, effect: EffectId) -> bool {
        match &self.stage {
            Stage::Ringing { ring, .. } => ring.adding == Some(effect),
            Stage::Talking { .. } => false,
        }
    }

    /// The ringing, while it rings.
    pub(crate) const fn ring(&self) -> Option<&Ring> {
        match &self.stage {
            Stage::Ringing { ring, .. } => Some(ring),
            Stage::Talking { .. } => None,
        }
    }

    const fn ring_mut(&mut self) -> Option<&mut Ring> {
        match &mut self.stage {
            Stage::Ringing { ring, .. } => Some(ring),
            Stage::Talking { .. } => None,
        }
    }

    /// Until when word of the ringing is waited for.
    pub(crate) const fn deadline(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Ringing { until, .. } => Some(until),
            Stage::Talking { .. } => None,
        }
    }

    /// Notes the order by which it is called.
    pub(crate) const fn ordered_ring(&mut self, id: EffectId) {
        if let Some(ring) = self.ring_mut() {
            ring.adding = Some(id);
        }
    }

    /// Notes the reference by which the ringing can be stopped.
    pub(crate) fn invited(&mut self, effect: EffectId, reference: &str) {
        if let Some(ring) = self.ring_mut()
            && ring.adding == Some(effect)
        {
            ring.invitation = Some(reference.to_owned());
        }
    }

    /// Notes that nobody told in time how the ringing ended: the call is being asked about, and given up at
    /// that instant all the same.
    pub(crate) const fn ring_ended(&mut self, why: NotJoined, give_up_at: Timestamp) {
        if let Stage::Ringing { until, ring } = &mut self.stage {
            *until = give_up_at;
            ring.ended = Some(why);
        }
    }
}

impl Talk {
    /// Whether the customer is on hold.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held_since.is_some()
    }

    /// How the contact ends with it: whoever gave up on hold was not served to the end.
    pub(crate) const fn end_reason(&self) -> EndReason {
        if self.left_on_hold {
            EndReason::AbandonedHold
        } else {
            EndReason::Handled
        }
    }

    pub(crate) fn is_held_by(&self, effect: EffectId) -> bool {
        self.hold == Some(effect)
    }

    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.third.as_ref()?.deadline()
    }

    /// Notes the order that puts the customer on hold.
    pub(crate) const fn ordered_hold(&mut self, id: EffectId) {
        self.hold = Some(id);
    }

    /// Notes whether a roster showed the third party.
    pub(crate) const fn roster_seen(&mut self, is_there: bool) {
        if let Some(third) = &mut self.third
            && let Stage::Talking { is_seen, .. } = &mut third.stage
        {
            *is_seen = is_there;
        }
    }

    /// Takes a fact about the conversation.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not about what goes on beside the talk"
    )]
    pub(crate) fn take(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::Held { party, .. } => self.hold(Some(now), *party),
            Event::Resumed { party, .. } => self.hold(None, *party),
            Event::ThirdAsked(crate::event::ThirdAsked {
                third,
                address,
                purpose,
                until,
                ..
            }) => {
                self.third = Some(Box::new(Third {
                    target: third.clone(),
                    purpose: *purpose,
                    address: address.clone(),
                    since: now,
                    stage: Stage::Ringing {
                        until: *until,
                        ring: Ring::default(),
                    },
                }));
            }
            Event::ThirdJoined { .. } => {
                if let Some(third) = &mut self.third {
                    third.since = now;
                    third.stage = Stage::Talking {
                        is_held: false,
                        is_seen: false,
                    };
                }
            }
            Event::ThirdLeft { third, .. } => {
                if let Target::Number(number) = third {
                    self.dropped = Some(number.clone());
                }
                self.third = None;
            }
            Event::TransferEnded(_) => self.third = None,
            Event::WrapUpWished(crate::event::WrapUpWished { wish, .. }) => self.wrap_up = *wish,
            Event::ConversationEnded { by, .. } => {
                self.left_on_hold = *by == Side::Customer && self.is_held();
            }
            _ => {}
        }
    }

    const fn hold(&mut self, since: Option<Timestamp>, party: Party) {
        match party {
            Party::Customer => self.held_since = since,
            Party::Third => {
                if let Some(third) = &mut self.third
                    && let Stage::Talking { is_held, .. } = &mut third.stage
                {
                    *is_held = since.is_some();
                }
            }
        }
    }
}
