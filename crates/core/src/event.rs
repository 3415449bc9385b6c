//! Events: what has become a fact. Past tense, complete, append-only: an old journal is readable for
//! ever, so a variant is never changed or removed, and golden samples per version prove it.

mod balance;
mod callback;
mod concerns;
mod ends;
mod facts;
mod personal;
mod recorded;
mod switches;

pub use balance::BalanceShifted;
pub use callback::{
    Agreed, Apart, CallbackBooked, CallbackDialed, CallbackDue, CallbackEnded, CallbackJoined,
    CallbackOfferEnded, CallbackOffered, CallbackPutOff, EarlyAnswered, EarlyCalled, EarlyFailed,
    EarlyPlanned, OfferAnswer, Promise, PromiseJudged, Question,
};
pub use concerns::OwedWork;
pub use ends::{EndReason, OfferEnd, RejectReason, Side};
pub use facts::{
    AgentDirected, Announced, ContactDialed, ContactSteered, DoNotCallSet, HoursChecked, HoursSeen,
    MessageLeft, NumberDialed, PlanStepEntered, PriorityAdjusted, QueueKeyPlanned, RequestAnswered,
    RosterSeen, ScopeSet, Steering, SubFlowEntered, ThirdAsked, TransferEnded, TrunkSecretSet,
    WrapUpWished,
};
pub use recorded::{
    RecordingDoubted, RecordingKept, RecordingPauseAsked, RecordingResumeAsked, RecordingTaken,
};

pub use switches::{QueueSwitched, SwitchEnd, SwitchEnded, SwitchMet};

use crate::access::Access;
use crate::administration::Administration;
use crate::agent::Intent;
use crate::capacity::Load;
use crate::contact::{Caller, Channel};
use crate::dialing::NotReached;
use crate::effect::{Effect, Outcome};
use crate::history::HistoryRead;
use crate::ids::{
    AccountId, AgentId, ContactId, CustomerHash, DispositionId, EffectId, EndpointId, FlowId,
    OfferId, QueueId, SubjectRef,
};
use crate::input::{MediaEnd, NotJoined};
use crate::preferred::{AgentPreferred, PreferredPassed};
use crate::presence::{PresenceMapped, PresencePaused, PresenceSeen, PresenceWanted, ReachChanged};
use crate::queue::OfferBy;
use crate::reason::{PetitionEnded, ReasonPetitioned};
use crate::recording::{
    Consent, Lost, NotRecorded, PauseCause, Purpose as RecordedFor, ResumeCause, StopCause,
};
use crate::routing::Decision;
use crate::settings::{Document, Kind};
use crate::talk::{Number, Party, Purpose, Target, ThirdEnd};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The process began to serve this contact center.
    ServiceStarted,
    /// The process is about to stop: no new offers.
    DrainBegan,
    /// Somebody had every open call asked about.
    ReconciliationAsked {
        /// Who did it.
        by: AccountId,
    },
    /// The journal was restored from a backup. What was ordered after the backup is not known here.
    Restored {
        /// The number of the next order: no order from before the restore can have had it.
        effects_from: EffectId,
    },
    /// A settings document was created or changed.
    Saved {
        /// Its number within its kind.
        id: u64,
        /// Its version, from 1.
        version: u64,
        /// The document.
        document: Document,
        /// Who did it.
        by: AccountId,
    },
    /// A settings document was removed.
    Removed {
        /// What kind.
        kind: Kind,
        /// Its number.
        id: u64,
        /// Who did it.
        by: AccountId,
    },
    /// What an account's roles reach was said.
    ScopeSet(ScopeSet),
    /// Somebody asked for something that the roles do not allow.
    Denied {
        /// Who, if known.
        by: Option<AccountId>,
        /// What.
        action: String,
    },
    /// An order to the outside world was decided.
    EffectOrdered {
        /// Its number.
        id: EffectId,
        /// The order.
        effect: Effect,
    },
    /// An order to the outside world ended.
    EffectSettled {
        /// Its number.
        id: EffectId,
        /// How.
        outcome: Outcome,
    },
    /// An agent signed in.
    AgentSignedIn {
        /// Who.
        agent: AgentId,
    },
    /// An agent signed out.
    AgentSignedOut {
        /// Who.
        agent: AgentId,
    },
    /// Somebody else said what an agent is; what follows from it stands before.
    AgentDirected(AgentDirected),
    /// An agent asked for a reason that a supervisor must grant.
    ReasonPetitioned(ReasonPetitioned),
    /// That was granted, declined or taken back.
    PetitionEnded(PetitionEnded),
    /// What Teams shows of an agent became known, or is not known any more.
    PresenceSeen(PresenceSeen),
    /// Nobody looks at an agent's presence any more.
    PresenceUnwatched {
        /// Whose.
        agent: AgentId,
    },
    /// Other contacts reach an agent than before (R-04, axis 3).
    ReachChanged(ReachChanged),
    /// Teams is to show something else of an agent, or nothing of ours any more.
    PresenceWanted(PresenceWanted),
    /// What Teams shows of an agent has lasted, and changes what the agent is; what follows from it stands after.
    PresenceMapped(PresenceMapped),
    /// Teams is told the same of an agent again, and the time that a board shows starts again (B-198).
    PresenceForced {
        /// Of whom.
        agent: AgentId,
    },
    /// Both sides answered each other: an agent is not kept in step until the next sign-in (B-203).
    PresencePaused(PresencePaused),
    /// An agent's intent changed.
    IntentSet {
        /// Who.
        agent: AgentId,
        /// To what.
        intent: Intent,
    },
    /// An agent's intent will change when the present contact is done.
    IntentPended {
        /// Who.
        agent: AgentId,
        /// To what; nothing withdraws an earlier wish.
        intent: Option<Intent>,
    },
    /// A customer's call became a contact.
    ContactArrived {
        /// The contact.
        contact: ContactId,
        /// Where the customer called.
        endpoint: EndpointId,
        /// Who calls, and what the edge needs.
        arrival: SubjectRef,
        /// The hash by which a repeated arrival is recognized (B-172).
        key: u64,
        /// The customer's keyed hash.
        customer: CustomerHash,
        /// The correlation id of the other side.
        correlation: String,
        /// Context headers that may be journalled and routed by (B-170).
        attributes: BTreeMap<String, String>,
        /// The customer's phone, where its number is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Caller>,
    },
    /// A call was turned away before it became a contact.
    ArrivalRejected {
        /// Who calls, and what the edge needs.
        arrival: SubjectRef,
        /// The hash by which a repeated arrival is recognized.
        key: u64,
        /// Why.
        why: RejectReason,
    },
    /// The reference of a contact's leg became known.
    LegReferenced {
        /// Whose.
        contact: ContactId,
        /// The reference.
        leg: String,
    },
    /// What the other side calls a call that we began became known.
    CallCorrelated {
        /// Whose.
        contact: ContactId,
        /// The correlation id of the other side.
        correlation: String,
    },
    /// A contact's call came up.
    LegUp {
        /// Whose.
        contact: ContactId,
        /// The reference.
        leg: String,
    },
    /// After a start the other side could not be asked about a call: it is taken to be as it was.
    LegPresumed {
        /// Whose.
        contact: ContactId,
    },
    /// Who is in the call became known.
    RosterSeen(RosterSeen),
    /// A contact entered a flow.
    FlowStarted {
        /// Which contact.
        contact: ContactId,
        /// Which flow.
        flow: FlowId,
        /// Its version: the contact keeps it to the end.
        version: u64,
    },
    /// A contact entered a node of its flow.
    NodeEntered {
        /// Which contact.
        contact: ContactId,
        /// Which node.
        node: String,
    },
    /// A contact entered a sub-flow; the flow that it was in waits at the node.
    SubFlowEntered(SubFlowEntered),
    /// A contact left a sub-flow, and is back at the node that led into it.
    SubFlowLeft {
        /// Which contact.
        contact: ContactId,
    },
    /// A flow has a phone outside called, to which the customer is left when somebody answers there.
    NumberDialed(NumberDialed),
    /// Somebody answered at the phone outside: the customer talks to them, and is out of the flow.
    NumberReached {
        /// Which contact.
        contact: ContactId,
        /// Which phone.
        number: Number,
    },
    /// A contact left a node by another exit than the ordinary one.
    ExitTaken {
        /// Which contact.
        contact: ContactId,
        /// Which node.
        node: String,
        /// Which exit.
        exit: String,
        /// A short code of the other side, if it gave one.
        code: Option<String>,
    },
    /// A contact was sent its way by a schedule: at an `hours` node, or by a queue that was closed.
    HoursChecked(HoursChecked),
    /// What a schedule says became known for those who wait under it.
    HoursSeen(HoursSeen),
    /// Somebody switched a queue for a while (B4.6).
    QueueSwitched(QueueSwitched),
    /// A queue is not switched any more.
    SwitchEnded(SwitchEnded),
    /// A contact was not let into a queue that was switched.
    SwitchMet(SwitchMet),
    /// What played on a contact's leg ended.
    MediaEnded {
        /// Whose.
        contact: ContactId,
        /// The order that started it.
        effect: EffectId,
        /// How.
        end: MediaEnd,
    },
    /// A customer pressed digits.
    DigitsCollected {
        /// Which contact.
        contact: ContactId,
        /// The attribute that they became.
        attribute: String,
        /// The digits.
        digits: String,
    },
    /// A customer pressed digits that nobody is to know.
    MaskedDigitsCollected {
        /// Which contact.
        contact: ContactId,
        /// Their name.
        attribute: String,
        /// Where they are, among the personal data.
        digits: SubjectRef,
    },
    /// A menu was answered by nothing, or by a key that leads nowhere.
    MenuMissed {
        /// Whose.
        contact: ContactId,
        /// Which menu, or which other question that is asked again.
        node: String,
        /// The key; none was pressed.
        key: Option<String>,
    },
    /// The flow gave an attribute of a contact a value.
    AttributeSet {
        /// Whose.
        contact: ContactId,
        /// Which.
        attribute: String,
        /// What it is from now on.
        value: String,
    },
    /// A business system answered, and the attributes have these values from now on.
    RequestAnswered(RequestAnswered),
    /// A loop began a round, or was over.
    LoopCounted {
        /// Whose.
        contact: ContactId,
        /// Which loop.
        node: String,
        /// The round, from 1; none: it is over, and its count begins anew.
        round: Option<u32>,
    },
    /// A contact entered a queue.
    Enqueued {
        /// Which contact.
        contact: ContactId,
        /// Which queue.
        queue: QueueId,
        /// The place among equals.
        seq: u64,
        /// The priority band.
        band: u8,
        /// When the longest wait is over.
        until: Timestamp,
        /// Since when it counts as waiting, if not from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
    /// A contact that waits entered a step of its queue's plan.
    PlanStepEntered(PlanStepEntered),
    /// What a step of the plan says waits for the end of what is being said.
    StepPromptPostponed {
        /// Who is to hear it.
        contact: ContactId,
        /// Of which step.
        step: u32,
    },
    /// Somebody changed the place of a contact among those who wait.
    PriorityAdjusted(PriorityAdjusted),
    /// Somebody decided about a contact that waited.
    ContactSteered(ContactSteered),
    /// What a contact that waits is told was planned.
    AnnouncementPlanned {
        /// Whose.
        contact: ContactId,
        /// For when.
        at: Timestamp,
    },
    /// A contact that waits was told how it stands, or there was nothing to tell.
    Announced(Announced),
    /// When a contact that waits is asked for the key of its queue node was planned.
    QueueKeyPlanned(QueueKeyPlanned),
    /// Somebody had a caller who waits asked whether to be called back.
    CallbackOffered(CallbackOffered),
    /// The caller answered the question that Tandem has for it, or did not.
    CallbackOfferEnded(CallbackOfferEnded),
    /// A contact left a queue without an agent and goes on in its flow.
    LeftQueue {
        /// Which contact.
        contact: ContactId,
        /// Which queue.
        queue: QueueId,
        /// By which exit of the queue node.
        exit: String,
    },
    /// A contact waits for one agent alone.
    AgentPreferred(AgentPreferred),
    /// It does not, or does so no longer.
    PreferredPassed(PreferredPassed),
    /// A queue of a balance group borrows shared agents, or gives them back.
    BalanceShifted(BalanceShifted),
    /// A routing decision was taken.
    Decided(Decision),
    /// A contact was put to an agent.
    Offered {
        /// The offer.
        offer: OfferId,
        /// Which contact.
        contact: ContactId,
        /// To whom.
        agent: AgentId,
        /// From which queue.
        queue: QueueId,
        /// Where the agent accepts.
        by: OfferBy,
        /// Until when.
        expires_at: Timestamp,
        /// What it takes of the agent.
        #[serde(default = "Load::boxed_call", skip_serializing_if = "Load::is_call")]
        load: Box<Load<Channel>>,
        /// What else the agent has, and lets lie for it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        interrupts: Vec<ContactId>,
    },
    /// An agent accepted; the agent's client is being rung.
    OfferAccepted {
        /// The offer.
        offer: OfferId,
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// Until when the client must answer.
        join_until: Timestamp,
    },
    /// The agent's client rings no more, and why may be that the customer left: the call is asked about.
    RingEnded {
        /// The contact.
        contact: ContactId,
        /// Why, if the customer did not.
        why: NotJoined,
    },
    /// An offer ended without a conversation.
    OfferEnded {
        /// The offer.
        offer: OfferId,
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// Why.
        why: OfferEnd,
        /// Until when this agent is not offered this contact again.
        excluded_until: Option<Timestamp>,
    },
    /// Customer and agent can talk: the instant `media_joined` of R-03.
    Connected {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// The offer that led here.
        offer: OfferId,
    },
    /// A party of the conversation was put on hold.
    Held {
        /// Which contact.
        contact: ContactId,
        /// Who.
        party: Party,
    },
    /// A party of the conversation is on hold no more, or could not be put on hold.
    Resumed {
        /// Which contact.
        contact: ContactId,
        /// Who.
        party: Party,
    },
    /// An agent asked for somebody else, to consult or to hand the contact over.
    ThirdAsked(ThirdAsked),
    /// The third party is in the call.
    ThirdJoined {
        /// Which contact.
        contact: ContactId,
        /// Who.
        third: Target,
    },
    /// The third party is in the call no more, or was not reached.
    ThirdLeft {
        /// Which contact.
        contact: ContactId,
        /// Who.
        third: Target,
        /// Why.
        why: ThirdEnd,
    },
    /// A contact went from an agent to somebody else.
    HandedOver {
        /// Which contact.
        contact: ContactId,
        /// Who had it.
        from: AgentId,
        /// For which queue.
        queue: QueueId,
        /// Since when.
        talked_since: Timestamp,
        /// Who has it now.
        to: Target,
        /// Without or after a consultation.
        purpose: Purpose,
        /// The wrap-up that the agent owes.
        work: Option<OwedWork>,
    },
    /// What came of a transfer.
    TransferEnded(TransferEnded),
    /// A contact entered a queue after an agent had it.
    Requeued {
        /// Which contact.
        contact: ContactId,
        /// Which queue.
        queue: QueueId,
        /// Since when it counts as waiting.
        since: Timestamp,
        /// The place among equals.
        seq: u64,
        /// The priority band.
        band: u8,
        /// When the longest wait is over.
        until: Timestamp,
        /// Who had it.
        from: AgentId,
        /// Until when it is not offered to the one who had it.
        apart_until: Timestamp,
    },
    /// The conversation is over.
    ConversationEnded {
        /// Which contact.
        contact: ContactId,
        /// Who talked to the customer.
        agent: AgentId,
        /// Who ended it.
        by: Side,
    },
    /// An agent asked for work after the conversation, or wants none any more.
    WrapUpWished(WrapUpWished),
    /// An agent owes work after the conversation.
    WrapUpStarted {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// Until when, if it ends by time.
        until: Option<Timestamp>,
        /// What it takes of the agent.
        #[serde(default = "Load::boxed_call", skip_serializing_if = "Load::is_call")]
        load: Box<Load<Channel>>,
    },
    /// An agent got more time.
    WrapUpExtended {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// Until when.
        until: Timestamp,
    },
    /// An agent is done with a contact.
    WrapUpEnded {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
        /// What came of it; nothing is reported as `unspecified`.
        disposition: Option<DispositionId>,
        /// The note, among the personal data.
        note: Option<SubjectRef>,
        /// Whether time ended it.
        forced: bool,
    },
    /// An agent calls a customer; the agent's own client is called first.
    ContactDialed(ContactDialed),
    /// The agent is in the call, and the customer's phone is being called.
    CustomerDialed {
        /// Which contact.
        contact: ContactId,
        /// Who calls.
        agent: AgentId,
        /// Until when the core waits for the customer.
        until: Timestamp,
    },
    /// The customer answered: customer and agent can talk.
    CustomerReached {
        /// Which contact.
        contact: ContactId,
        /// Who called.
        agent: AgentId,
    },
    /// The customer was not reached.
    CustomerNotReached {
        /// Which contact.
        contact: ContactId,
        /// Who called.
        agent: AgentId,
        /// Why.
        why: NotReached,
    },
    /// A callback was booked.
    CallbackBooked(CallbackBooked),
    /// A caller booked once more, and the callback that was pending counts for it.
    CallbackJoined(CallbackJoined),
    /// A callback is due: its attempt waits in the queue.
    CallbackDue(CallbackDue),
    /// The agent accepted the attempt, and the agent's client is being called.
    CallbackDialed(CallbackDialed),
    /// It is looked at again whether a customer is called before an agent is there.
    EarlyPlanned(EarlyPlanned),
    /// The customer's phone is called, and no agent is there yet.
    EarlyCalled(EarlyCalled),
    /// The customer answered an early call, and waits for an agent.
    EarlyAnswered(EarlyAnswered),
    /// An early call came to nothing.
    EarlyFailed(EarlyFailed),
    /// A callback is booked again, for later.
    CallbackPutOff(CallbackPutOff),
    /// Whether what was promised of a callback was kept became known.
    PromiseJudged(PromiseJudged),
    /// A callback is over.
    CallbackEnded(CallbackEnded),
    /// A customer was put on the do-not-call list, or the entry was changed.
    DoNotCallSet(DoNotCallSet),
    /// What somebody of a trunk proves themselves by was set.
    TrunkSecretSet(TrunkSecretSet),
    /// An entry was taken off the do-not-call list.
    DoNotCallRemoved {
        /// The number of the entry.
        id: u64,
        /// Who did it.
        by: AccountId,
    },
    /// The agent may be offered the contact again.
    CooldownEnded {
        /// Which contact.
        contact: ContactId,
        /// Who.
        agent: AgentId,
    },
    /// What is known of the customer's consent to being recorded (B-237).
    ConsentNoted {
        /// Whose.
        contact: ContactId,
        /// By which node of the flow.
        node: String,
        /// What.
        consent: Consent,
    },
    /// The other side took the order to record; whether it records it says apart (B-186).
    RecordingTaken(RecordingTaken),
    /// A conversation that has to be recorded is not.
    NotRecorded {
        /// Which contact.
        contact: ContactId,
        /// By which queue's rule.
        queue: QueueId,
        /// Why.
        why: NotRecorded,
    },
    /// The other side said that a recording does not record, and nobody had asked for that: it is asked.
    RecordingDoubted(RecordingDoubted),
    /// A recording is to pause. What is said is recorded until that is confirmed.
    RecordingPauseAsked(RecordingPauseAsked),
    /// The other side confirmed that it does not record.
    RecordingPaused {
        /// Whose.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// Why.
        cause: PauseCause,
        /// Until when at most.
        until: Timestamp,
    },
    /// A pause was not confirmed.
    RecordingPauseFailed {
        /// Whose.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// A short code of the other side.
        code: String,
    },
    /// A paused recording is to go on. What is said may be recorded from now on.
    RecordingResumeAsked(RecordingResumeAsked),
    /// The other side confirmed that it records again.
    RecordingResumed {
        /// Whose.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// Why.
        cause: ResumeCause,
    },
    /// A call is being recorded.
    RecordingStarted {
        /// Whose.
        contact: ContactId,
        /// The recording: the order that started it.
        recording: EffectId,
        /// What the other side calls it.
        reference: String,
        /// What for.
        purpose: RecordedFor,
        /// Until when, if it ends by time.
        until: Option<Timestamp>,
    },
    /// A call is not recorded, although it was ordered.
    RecordingFailed {
        /// Whose.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// A short code of the other side.
        code: String,
    },
    /// A recording is over.
    RecordingStopped {
        /// Whose call was recorded.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// Whether its file is kept: a message that is none is not.
        is_kept: bool,
        /// Why.
        #[serde(default, skip_serializing_if = "StopCause::is_ordered")]
        cause: StopCause,
    },
    /// What a caller said became a contact of its own, which waits in a queue.
    MessageLeft(MessageLeft),
    /// The sound of a message did not come in time: it is put to agents without.
    MessageReleased {
        /// The message.
        contact: ContactId,
    },
    /// The other side told where the file of a recording is.
    RecordingFound {
        /// To which contact it belongs.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
    },
    /// The file of a recording is here.
    RecordingKept(RecordingKept),
    /// The file of a recording is not to be had.
    RecordingLost {
        /// To which contact it belongs.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// Why.
        why: Lost,
    },
    /// Somebody had what was recorded played.
    MessagePlayed {
        /// Of which contact.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// Who.
        by: AccountId,
    },
    /// Somebody did something with a recording that is kept.
    RecordingAccessed {
        /// Of which contact.
        contact: ContactId,
        /// The recording.
        recording: EffectId,
        /// Who; 0 is the system itself.
        by: AccountId,
        /// What.
        access: Access,
    },
    /// Somebody took something out of the history of contacts.
    HistoryRead {
        /// Who.
        by: AccountId,
        /// What.
        what: HistoryRead,
    },
    /// Somebody changed what the core does not keep, or is about to.
    AdministrationNoted {
        /// Who; 0 is the system itself.
        by: AccountId,
        /// What.
        act: Administration,
    },
    /// A contact is over.
    ContactEnded {
        /// Which contact.
        contact: ContactId,
        /// The one reason.
        reason: EndReason,
    },
}
