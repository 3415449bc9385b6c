//! Facts with much to say, as structures of their own.

use crate::agent::Direction;
use crate::contact::Adjustment;
use crate::dialing::Checked;
use crate::estimate::{Announcement, Estimate};
use crate::ids::{
    AccountId, AgentId, CallbackId, ContactId, CustomerHash, EffectId, EndpointId, FlowId, QueueId,
    ScheduleId, SubjectRef, TrunkId,
};
use crate::plan::StepCause;
use crate::schedule::Hours;
use crate::scope::Scope;
use crate::talk::{Number, Purpose, Target, TransferResult, WrapUpWish};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An agent calls a customer; the agent's own client is called first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDialed {
    /// The contact.
    pub contact: ContactId,
    /// Who calls.
    pub agent: AgentId,
    /// From which queue.
    pub queue: QueueId,
    /// The endpoint whose number the customer sees.
    pub endpoint: EndpointId,
    /// What an edge and the screens need of the customer, among the personal data.
    pub arrival: SubjectRef,
    /// The customer's phone.
    pub number: Number,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The contact whose customer is called back, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<ContactId>,
    /// The callback of which it is an attempt, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackId>,
    /// The priority band of the queue.
    pub band: u8,
    /// How long the customer's phone will ring, s.
    pub ring_s: u32,
    /// Until when the core waits for the agent.
    pub until: Timestamp,
    /// What was looked at before.
    pub checked: Checked,
}

/// A customer was put on the do-not-call list, or the entry was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoNotCallSet {
    /// The number of the entry.
    pub id: u64,
    /// Who.
    pub customer: CustomerHash,
    /// The number and the reason, among the personal data.
    pub subject: SubjectRef,
    /// From when on the customer may be called again; never without.
    pub until: Option<Timestamp>,
    /// Who did it.
    pub by: AccountId,
}

/// What somebody of a trunk proves themselves by was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkSecretSet {
    /// Of which trunk.
    pub trunk: TrunkId,
    /// Whose: the user that answers challenges, or a phone.
    pub user: String,
    /// The secret, among the personal data.
    pub secret: SubjectRef,
    /// Who did it.
    pub by: AccountId,
}

/// A contact was sent its way by a schedule: at an `hours` node, or by a queue that was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursChecked {
    /// Which contact.
    pub contact: ContactId,
    /// Which node.
    pub node: String,
    /// Which schedule.
    pub schedule: ScheduleId,
    /// Its version.
    pub version: u64,
    /// What it said.
    pub hours: Hours,
    /// The exit that was taken.
    pub exit: String,
}

/// What a schedule says became known for those who wait under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursSeen {
    /// Which schedule.
    pub schedule: ScheduleId,
    /// Its version.
    pub version: u64,
    /// What it says.
    pub hours: Hours,
    /// Until when; without, as far as the calendar says, until it is changed.
    pub until: Option<Timestamp>,
}

/// What a caller said became a contact of its own, which waits in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLeft {
    /// The message.
    pub contact: ContactId,
    /// The contact whose caller left it.
    pub from: ContactId,
    /// What was recorded.
    pub recording: EffectId,
    /// How long it is by the clock, s.
    pub seconds: u32,
    /// In which queue it waits.
    pub queue: QueueId,
    /// The place among equals.
    pub seq: u64,
    /// The priority band.
    pub band: u8,
    /// When the longest wait is over.
    pub until: Timestamp,
    /// Until when nobody is offered it for want of its sound.
    pub held_until: Timestamp,
}

/// A business system answered, and the attributes have these values from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestAnswered {
    /// For whom it was asked.
    pub contact: ContactId,
    /// By which node.
    pub node: String,
    /// The values.
    pub values: BTreeMap<String, String>,
}

/// A contact that waits entered a step of its queue's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStepEntered {
    /// Which contact.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// The step; 0 is what the queue itself asks.
    pub step: u32,
    /// The priority band from now on.
    pub band: u8,
    /// How much older than it is it counts from now on, s.
    pub boost_s: u32,
    /// When it enters the next step.
    pub next_at: Option<Timestamp>,
    /// Why.
    pub why: StepCause,
}

/// When a contact that waits is asked for the key of its queue node was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueKeyPlanned {
    /// Whose.
    pub contact: ContactId,
    /// For when.
    pub at: Timestamp,
}

/// A contact that waits was told how it stands, or there was nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Which contact.
    pub contact: ContactId,
    /// The position that was told.
    pub position: Option<u32>,
    /// The wait that was told.
    pub wait: Option<Announcement>,
    /// What it was made of.
    pub estimate: Option<Estimate>,
    /// When it is told again.
    pub next_at: Option<Timestamp>,
}

/// Somebody changed the place of a contact among those who wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityAdjusted {
    /// Which contact.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// What holds from now on.
    pub adjustment: Adjustment,
    /// Who did it.
    pub by: AccountId,
}

/// Where somebody sends a contact that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steering {
    /// To another queue, with the age that it has.
    Queue(QueueId),
    /// To an agent, whatever the queue asks.
    Agent(AgentId),
    /// Home: the contact is over.
    Removed,
}

/// Somebody decided about a contact that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSteered {
    /// Which contact.
    pub contact: ContactId,
    /// In which queue it waited.
    pub queue: QueueId,
    /// Where it went.
    pub to: Steering,
    /// Who decided.
    pub by: AccountId,
    /// Why, among the personal data.
    pub why: SubjectRef,
}

/// What an account's roles reach was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeSet {
    /// Whose.
    pub account: AccountId,
    /// What.
    pub scope: Scope,
    /// Who did it.
    pub by: AccountId,
}

/// Somebody else said what an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentDirected {
    /// Whom it is about.
    pub agent: AgentId,
    /// Who said it.
    pub by: AccountId,
    /// What.
    pub to: Direction,
    /// Why, among the personal data.
    pub why: SubjectRef,
}

/// Who is in the call became known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterSeen {
    /// Whose call.
    pub contact: ContactId,
    /// Its sequence number.
    pub sequence: u64,
    /// Whether the customer is.
    pub customer: bool,
    /// Whether the agent of the contact is.
    pub agent: bool,
    /// Whether the third party of the conversation is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub third: bool,
}

/// An agent asked for work after the conversation, or wants none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUpWished {
    /// Which contact.
    pub contact: ContactId,
    /// Who.
    pub agent: AgentId,
    /// What.
    pub wish: WrapUpWish,
}

/// An agent asked for somebody else, to consult or to hand the contact over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThirdAsked {
    /// Which contact.
    pub contact: ContactId,
    /// Who asked.
    pub by: AgentId,
    /// For whom.
    pub third: Target,
    /// The opaque address at which the third party is called.
    pub address: String,
    /// What for.
    pub purpose: Purpose,
    /// Until when the core waits for an answer.
    pub until: Timestamp,
}

/// What came of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferEnded {
    /// Which contact.
    pub contact: ContactId,
    /// Who began it.
    pub from: AgentId,
    /// To whom.
    pub to: Target,
    /// Without or after a consultation.
    pub purpose: Purpose,
    /// What.
    pub result: TransferResult,
}

/// A flow has a phone outside called, to which the customer is left when somebody answers there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberDialed {
    /// Which contact.
    pub contact: ContactId,
    /// By which node.
    pub node: String,
    /// Which phone.
    pub number: Number,
    /// Until when the core waits for an answer.
    pub until: Timestamp,
    /// What was looked at before.
    pub checked: Checked,
}

/// A contact entered a sub-flow; the flow that it was in waits at the node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubFlowEntered {
    /// Which contact.
    pub contact: ContactId,
    /// At which node.
    pub node: String,
    /// Which flow.
    pub flow: FlowId,
    /// Its version: the contact keeps it to the end of the sub-flow.
    pub version: u64,
}
