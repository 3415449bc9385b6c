//! Inputs: everything that can happen outside, and everything that can be asked. A closed list.

use crate::access::Access;
use crate::administration::Administration;
use crate::agent::Direction;
use crate::callback::{Person, Window};
use crate::contact::{Adjustment, Caller};
use crate::effect::Outcome;
use crate::event::Steering;
use crate::history::HistoryRead;
use crate::ids::{
    AccountId, AgentId, CallbackId, ContactId, CustomerHash, DispositionId, EffectId, OfferId,
    QueueId, ReasonId, ScheduleId, SubjectRef, TrunkId,
};
use crate::presence::Seen;
use crate::reason::PetitionAnswer;
use crate::recording::PaymentPage;
use crate::role::Actor;
use crate::scope::Scope;
use crate::settings::{Change, Document, Kind, Mark};
use crate::switch::Position;
use crate::talk::{Number, Target, WrapUpWish};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened outside, or what somebody asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "an input is taken once and never kept; what somebody asks is the usual one"
)]
pub enum Input {
    /// A customer's call arrived and wants to be answered.
    Arrived(Arrival),
    /// Something about a contact's call became known.
    Call {
        /// Whose call.
        contact: ContactId,
        /// What.
        fact: CallFact,
    },
    /// An order was carried out, or was not.
    Settled {
        /// Which.
        effect: EffectId,
        /// How.
        outcome: Outcome,
    },
    /// The other side told of the file of a recording.
    RecordingFile {
        /// What the other side calls the recording.
        reference: String,
        /// The opaque place of the file; none when there are several.
        location: Option<String>,
        /// How long the other side says that it is, ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told_ms: Option<u64>,
    },
    /// Somebody looked at what Teams shows of an agent.
    PresenceSeen {
        /// Of whom.
        agent: AgentId,
        /// What; none: it could not be seen for too long, and is not known any more.
        seen: Option<Seen>,
        /// Whether it is what Tandem wrote that came back.
        is_echo: bool,
    },
    /// Nobody looks at an agent's presence any more: the agent switched Teams off, or the integration is gone.
    PresenceUnwatched {
        /// Whose.
        agent: AgentId,
    },
    /// A person asks.
    Asked {
        /// Who.
        actor: Actor,
        /// What.
        request: Request,
    },
    /// A person was turned away at the door of the API; recorded for the audit.
    TurnedAway {
        /// Who, if known.
        actor: Option<Actor>,
        /// What was asked.
        action: String,
    },
    /// The instant of [`crate::ContactCenter::next_deadline`] was reached.
    TimeReached,
    /// The process starts to serve this contact center.
    ServiceStarted,
    /// The process is about to stop: no new offers.
    DrainBegan,
    /// The journal was restored from a backup: orders that were given after it are not known.
    Restored,
}

/// A customer's call that wants to be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The opaque address that was called, lower case.
    pub address: String,
    /// What the edge needs to answer, and who calls: among the personal data.
    pub arrival: SubjectRef,
    /// A hash that the same arrival, delivered again, has again (B-172).
    pub key: u64,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The correlation id of the other side.
    pub correlation: String,
    /// Context headers that may be journalled and routed by (B-170).
    pub attributes: BTreeMap<String, String>,
    /// The customer's phone, where its number is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
}

/// A fact about a contact's call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallFact {
    /// The call is up.
    LegUp {
        /// The leg's opaque reference.
        leg: String,
    },
    /// The other side told what it calls the call.
    Correlated {
        /// The correlation id of the other side.
        correlation: String,
    },
    /// The call is over for everybody.
    LegDown,
    /// A call that we began was not answered, and is over.
    NotAnswered {
        /// Why.
        why: NotJoined,
    },
    /// Who is in the call now.
    Roster {
        /// Grows with every change; an older one says nothing.
        sequence: u64,
        /// Whether the customer is.
        customer: bool,
        /// The opaque addresses of the agents who are.
        agents: Vec<String>,
    },
    /// A prompt ended.
    PromptEnded {
        /// The order that started it.
        effect: EffectId,
        /// How.
        end: MediaEnd,
    },
    /// A question was answered, or was not.
    Collected {
        /// The order that asked it.
        effect: EffectId,
        /// The digits, or how it ended without.
        result: Collected,
    },
    /// A recording that was being started is none.
    RecordingFailed {
        /// What the other side calls it.
        reference: String,
        /// A short code of the other side.
        code: String,
    },
    /// A recording records.
    RecordingActive {
        /// What the other side calls it.
        reference: String,
    },
    /// A recording does not record: it is paused, or over.
    #[serde(alias = "recording_over")]
    RecordingInactive {
        /// What the other side calls it.
        reference: String,
    },
    /// The agent's client answered.
    AgentJoined {
        /// The order that rang it.
        effect: EffectId,
        /// The agent's opaque address.
        address: String,
    },
    /// The agent's client did not answer.
    AgentNotJoined {
        /// The order that rang it.
        effect: EffectId,
        /// Why not.
        why: NotJoined,
    },
    /// A party could not be put on hold.
    HoldFailed {
        /// The order.
        effect: EffectId,
    },
    /// The phone outside took the customer: the customer leaves this call.
    TransferAccepted {
        /// The order.
        effect: EffectId,
    },
    /// The phone outside did not take the customer, who is still in this call.
    TransferFailed {
        /// The order.
        effect: EffectId,
        /// Why not.
        why: NotJoined,
    },
}

/// Why an agent's client did not join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotJoined {
    /// The agent declined in the client.
    Declined,
    /// The phone, or the client, is in another call.
    Busy,
    /// It rang out.
    NoAnswer,
    /// The other side could not ring it.
    Failed,
}

/// How a prompt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaEnd {
    /// It was heard to its end.
    Completed,
    /// It was stopped.
    Canceled,
    /// Nobody told of its end, and it must be over.
    Silent,
    /// It could not be played.
    Failed {
        /// A short code of the other side.
        code: String,
    },
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collected {
    /// These digits.
    Digits(String),
    /// Digits that are kept among the personal data and known by their reference alone.
    Masked(SubjectRef),
    /// Nothing was pressed.
    NoInput,
    /// It was stopped.
    Canceled,
    /// The question could not be asked, or the answer not heard.
    Failed {
        /// A short code of the other side.
        code: String,
    },
}

/// What a person asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// The agent wants to be ready, or not; signs the agent in.
    SetIntent {
        /// Which.
        intent: IntentChoice,
    },
    /// The agent leaves.
    SignOut,
    /// Somebody says what an agent is.
    Direct {
        /// Which agent.
        agent: AgentId,
        /// What.
        to: Direction,
        /// Why, among the personal data.
        why: SubjectRef,
    },
    /// The agent takes the offered contact.
    AcceptOffer {
        /// Which offer.
        offer: OfferId,
    },
    /// The agent does not take the offered contact.
    DeclineOffer {
        /// Which offer.
        offer: OfferId,
    },
    /// The agent ends the conversation.
    HangUp {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent puts the customer on hold.
    Hold {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent talks to the customer again.
    Resume {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent hands the contact over without talking to the target first.
    Transfer {
        /// Which contact.
        contact: ContactId,
        /// To whom.
        to: Target,
    },
    /// The agent asks somebody into the call, the customer being on hold.
    Consult {
        /// Which contact.
        contact: ContactId,
        /// Whom; a queue is nobody to talk to.
        with: Target,
    },
    /// The agent talks to the other one of customer and third party.
    Swap {
        /// Which contact.
        contact: ContactId,
    },
    /// Agent, customer and third party talk together.
    Merge {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent leaves the contact to the third party.
    CompleteTransfer {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent gives the third party up, ringing or in the call.
    DropThird {
        /// Which contact.
        contact: ContactId,
    },
    /// The agent sends tones to the phone at the other end.
    SendDigits {
        /// Which contact.
        contact: ContactId,
        /// The digits, among the personal data.
        digits: SubjectRef,
    },
    /// The agent calls a customer.
    CallOut(CallOut),
    /// Have a customer called back.
    BookCallback(BookCallback),
    /// Call a callback off.
    CancelCallback {
        /// Which.
        callback: CallbackId,
    },
    /// Choose another time for a callback.
    RescheduleCallback {
        /// Which.
        callback: CallbackId,
        /// When.
        window: Window,
        /// Whether an agent wants to call.
        keep: KeepFor,
    },
    /// The agent calls the customer of a callback now.
    TakeCallback {
        /// Which.
        callback: CallbackId,
    },
    /// What is known of a customer is about to be erased: nobody calls them back.
    ForgetCallbacks {
        /// Who.
        customer: CustomerHash,
    },
    /// Change the place of a contact among those who wait.
    AdjustPriority {
        /// Which contact.
        contact: ContactId,
        /// What holds from now on.
        to: Adjustment,
    },
    /// Decide about a contact that waits.
    Steer {
        /// Which contact.
        contact: ContactId,
        /// Where it goes.
        to: Steering,
        /// Why, among the personal data.
        why: SubjectRef,
    },
    /// Put a customer on the do-not-call list, or change the entry.
    SetDoNotCall {
        /// Who.
        customer: CustomerHash,
        /// The number and the reason, among the personal data.
        subject: SubjectRef,
        /// From when on the customer may be called again; never without.
        until: Option<Timestamp>,
    },
    /// Take an entry off the do-not-call list.
    RemoveDoNotCall {
        /// Which.
        id: u64,
    },
    /// Somebody wants to hear what was recorded. Agents may hear the messages that they have.
    PlayMessage {
        /// Of which contact.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
    },
    /// The recording is to pause; by who has the contact, or by a supervisor.
    PauseRecording {
        /// Of which contact.
        contact: ContactId,
    },
    /// The recording is to go on.
    ResumeRecording {
        /// Of which contact.
        contact: ContactId,
    },
    /// The customer's payment page was opened or closed.
    NotePayment {
        /// Of which contact.
        contact: ContactId,
        /// Which of both.
        page: PaymentPage,
    },
    /// Somebody is about to do something with a recording that is kept.
    AccessRecording {
        /// Of which contact.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// What.
        access: Access,
    },
    /// The agent is done with the contact.
    CompleteWrapUp {
        /// Which contact.
        contact: ContactId,
        /// What came of it.
        disposition: Option<DispositionId>,
        /// The note, among the personal data.
        note: Option<SubjectRef>,
        /// Go not ready for this reason afterwards.
        then: Option<ReasonId>,
    },
    /// An agent's petition for a reason is granted or declined.
    AnswerPetition {
        /// Whose.
        agent: AgentId,
        /// For which reason.
        reason: ReasonId,
        /// What is said to it.
        answer: PetitionAnswer,
    },
    /// The agent asks for wrap-up after the conversation, or takes that back; where the queue has it on request.
    WishWrapUp {
        /// Which contact.
        contact: ContactId,
        /// What the agent wants.
        wish: WrapUpWish,
    },
    /// The agent needs more time.
    ExtendWrapUp {
        /// Which contact.
        contact: ContactId,
    },
    /// Say what an account's roles reach.
    SetScope {
        /// Whose.
        account: AccountId,
        /// What.
        scope: Scope,
    },
    /// Ask the other side about every open call now.
    Reconcile,
    /// Take something out of the history of contacts.
    ReadHistory(HistoryRead),
    /// Put on record what is done to what the core does not keep.
    NoteAdministration(Administration),
    /// Close a schedule until it is reopened: an emergency.
    CloseSchedule {
        /// Which.
        schedule: ScheduleId,
        /// Why.
        reason: String,
    },
    /// End an emergency closure.
    ReopenSchedule {
        /// Which.
        schedule: ScheduleId,
    },
    /// Say for a while what holds of a queue.
    SwitchQueue(SwitchQueue),
    /// End that sooner.
    EndSwitch {
        /// Of which queue.
        queue: QueueId,
        /// To what it is switched.
        position: Position,
    },
    /// Have a caller who waits asked at once whether to be called back.
    OfferCallback {
        /// Which contact.
        contact: ContactId,
    },
    /// Say what somebody of a trunk proves themselves by: the user that answers challenges, or a phone.
    SetTrunkSecret {
        /// Of which trunk.
        trunk: TrunkId,
        /// Whose.
        user: String,
        /// The secret, among the personal data.
        secret: SubjectRef,
    },
    /// Create or change a settings document.
    Save {
        /// Which; a new one without.
        id: Option<u64>,
        /// The version that the change was made on.
        expected: Option<u64>,
        /// The document.
        document: Document,
    },
    /// Remove a settings document.
    Remove {
        /// What kind.
        kind: Kind,
        /// Which.
        id: u64,
        /// The version that was seen.
        expected: u64,
    },
    /// Make several changes of settings together: all of them, or none.
    ApplySettings {
        /// The settings that the changes were planned on.
        on: Mark,
        /// What is saved and removed.
        changes: Vec<Change>,
    },
}

/// A customer whom an agent calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallOut {
    /// From which queue.
    pub queue: QueueId,
    /// The customer's phone.
    pub number: Number,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// What an edge and the screens need of the customer, among the personal data.
    pub arrival: SubjectRef,
    /// The calling code of the number.
    pub country: String,
    /// The contact whose customer is called back, if it is one.
    pub again: Option<ContactId>,
}

/// What is to hold of a queue for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchQueue {
    /// Of which.
    pub queue: QueueId,
    /// What.
    pub to: Position,
    /// Until when.
    pub until: Timestamp,
    /// Why; everybody who sees the queue reads it.
    pub reason: String,
}

/// A customer who is to be called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookCallback {
    /// By which queue.
    pub queue: QueueId,
    /// Whom.
    pub person: Person,
    /// When; as soon as somebody has time without.
    pub window: Option<Window>,
    /// Whether an agent wants to call.
    pub keep: KeepFor,
}

/// Whether a callback is an agent's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepFor {
    /// It is the queue's.
    Nobody,
    /// The agent has so long from the begin of the window; then everybody who serves the queue may call.
    Agent {
        /// Who.
        agent: AgentId,
        /// How long, s.
        fallback_after_s: u32,
    },
}

/// What an agent wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentChoice {
    /// Contacts.
    Ready,
    /// None, for this reason.
    NotReady {
        /// Which.
        reason: ReasonId,
    },
}
