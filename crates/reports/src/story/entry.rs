//! One line of a story. The codes are stable; a screen has the words for them.

use super::order::OrderKind;
use serde::{Deserialize, Serialize};
use tandem_core::access::Access;
use tandem_core::callback::{EarlyEnd, End, Kind, PutOff};
use tandem_core::dialing::NotReached;
use tandem_core::estimate::Announcement;
use tandem_core::event::{
    EndReason, Event, NumberDialed, OfferAnswer, OfferEnd, Question, Side, Steering, SubFlowEntered,
};
use tandem_core::ids::{
    AccountId, AgentId, CallbackId, ContactId, DispositionId, EffectId, EndpointId, FlowId,
    QueueId, ScheduleId, SubjectRef,
};
use tandem_core::input::MediaEnd;
use tandem_core::plan::StepCause;
use tandem_core::preferred::{PassedBecause, PreferredBy};
use tandem_core::queue::OfferBy;
use tandem_core::recording::{Lost, PauseCause, Purpose as RecordedFor, ResumeCause};
use tandem_core::routing::Exclusion;
use tandem_core::schedule::Hours;
use tandem_core::switch::Position;
use tandem_core::talk::{Party, Purpose, Target, ThirdEnd, TransferResult, WrapUpWish};
use tandem_core::time::Timestamp;

/// One line: `{"at": .., "what": code, "detail": {..}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "detail", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "codes and parameters carry the names of the events"
)]
pub enum What {
    Arrived {
        endpoint: EndpointId,
    },
    Answered,
    FlowStarted {
        flow: FlowId,
        version: u64,
    },
    NodeEntered {
        node: String,
    },
    SubFlowEntered {
        node: String,
        flow: FlowId,
        version: u64,
    },
    SubFlowLeft,
    /// A flow had a phone outside called. The number is not part of a story.
    NumberDialed {
        node: String,
        country: String,
    },
    NumberReached,
    ExitTaken {
        node: String,
        exit: String,
        code: Option<String>,
    },
    /// A schedule sent it on.
    HoursChecked {
        node: String,
        schedule: ScheduleId,
        hours: Hours,
        exit: String,
    },
    /// Its queue was switched, and let nobody in.
    SwitchMet {
        node: String,
        queue: QueueId,
        position: Position,
        exit: String,
    },
    PromptFailed {
        code: String,
    },
    /// Nobody told of the prompt's end.
    PromptSilent,
    /// Word of the call's end was lost; the other side said so when it was asked.
    CallFoundGone,
    /// After a start the other side could not be asked about the call.
    CallPresumed,
    /// The digits themselves are not part of a story: they may be a customer's number.
    DigitsCollected {
        attribute: String,
        n_digits: u64,
    },
    /// Digits that nobody is to know: not even how many.
    MaskedDigitsCollected {
        attribute: String,
    },
    /// The key is told: it is a choice, and leads nowhere.
    MenuMissed {
        node: String,
        key: Option<String>,
    },
    AttributeSet {
        attribute: String,
        value: String,
    },
    /// The values themselves are not part of a story: they may be a customer's.
    RequestAnswered {
        node: String,
        attributes: Vec<String>,
    },
    Enqueued {
        queue: QueueId,
        band: u8,
        until: Timestamp,
    },
    /// What a customer who waits was told.
    Announced {
        position: Option<u32>,
        wait: Option<Announcement>,
    },
    /// It waits by another step of the queue's plan from here on.
    PlanStepEntered {
        queue: QueueId,
        step: u32,
        band: u8,
        boost_s: u32,
        why: StepCause,
    },
    /// Somebody changed its place among those who wait.
    PriorityAdjusted {
        band: Option<u8>,
        age_s: i32,
        by: AccountId,
    },
    /// It waits for one agent alone.
    AgentPreferred {
        queue: QueueId,
        agent: AgentId,
        by: PreferredBy,
        until: Timestamp,
    },
    /// It does not, or does so no longer.
    PreferredPassed {
        queue: QueueId,
        agent: AgentId,
        why: PassedBecause,
    },
    /// Somebody sent it from its queue to another, to an agent, or home.
    Steered {
        queue: QueueId,
        to: Steering,
        by: AccountId,
        why: SubjectRef,
    },
    LeftQueue {
        queue: QueueId,
        exit: String,
    },
    Decided {
        queue: QueueId,
        chosen: Option<AgentId>,
        considered: u32,
        excluded: Vec<(Exclusion, u32)>,
    },
    Offered {
        agent: AgentId,
        queue: QueueId,
        by: OfferBy,
        expires_at: Timestamp,
    },
    OfferAccepted {
        agent: AgentId,
        join_until: Timestamp,
    },
    OfferEnded {
        agent: AgentId,
        why: OfferEnd,
        excluded_until: Option<Timestamp>,
    },
    /// Somebody had the caller asked whether to be called back.
    CallbackOffered {
        queue: QueueId,
        question: Question,
        by: AccountId,
    },
    /// What came of that, where Tandem asked.
    CallbackOfferEnded {
        answer: OfferAnswer,
    },
    /// In the story of the caller who booked it.
    CallbackBooked {
        callback: CallbackId,
        queue: QueueId,
        kind: Kind,
    },
    /// The caller booked once more: the one that was pending counts.
    CallbackJoined {
        callback: CallbackId,
        queue: QueueId,
    },
    /// In the story of an attempt: it waits, and nobody is on the line.
    CallbackDue {
        callback: CallbackId,
        queue: QueueId,
        since: Timestamp,
    },
    /// The customer is called, and no agent is there yet.
    EarlyCalled {
        queue: QueueId,
        endpoint: EndpointId,
        country: String,
        position: u32,
        wait_p80_s: u32,
    },
    /// The customer answered, and waits for an agent.
    EarlyAnswered {
        queue: QueueId,
        until: Timestamp,
    },
    EarlyFailed {
        why: EarlyEnd,
    },
    CallbackPutOff {
        callback: CallbackId,
        why: PutOff,
        next_at: Timestamp,
    },
    CallbackEnded {
        callback: CallbackId,
        end: End,
    },
    /// An agent called the customer. The number is not part of a story.
    Dialed {
        agent: AgentId,
        queue: QueueId,
        endpoint: EndpointId,
        country: String,
        again: Option<ContactId>,
    },
    CustomerRinging {
        agent: AgentId,
    },
    CustomerReached {
        agent: AgentId,
    },
    CustomerNotReached {
        agent: AgentId,
        why: NotReached,
    },
    Connected {
        agent: AgentId,
    },
    Held {
        party: Party,
    },
    Resumed {
        party: Party,
    },
    /// Somebody was called into the conversation. Numbers are not part of a story.
    ThirdAsked {
        by: AgentId,
        third: Whom,
        purpose: Purpose,
    },
    ThirdJoined {
        third: Whom,
    },
    ThirdLeft {
        third: Whom,
        why: ThirdEnd,
    },
    HandedOver {
        from: AgentId,
        to: Whom,
        purpose: Purpose,
        #[serde(default)]
        owes_wrap_up: bool,
    },
    TransferEnded {
        from: AgentId,
        to: Whom,
        result: TransferResult,
    },
    Requeued {
        queue: QueueId,
        since: Timestamp,
        until: Timestamp,
    },
    ConversationEnded {
        agent: AgentId,
        by: Side,
    },
    WrapUpWished {
        agent: AgentId,
        wish: WrapUpWish,
    },
    WrapUpStarted {
        agent: AgentId,
        until: Option<Timestamp>,
    },
    WrapUpExtended {
        agent: AgentId,
        until: Timestamp,
    },
    WrapUpEnded {
        agent: AgentId,
        disposition: Option<DispositionId>,
        forced: bool,
    },
    ConsentAnnounced {
        node: String,
    },
    ConsentGiven {
        node: String,
    },
    ConsentRefused {
        node: String,
    },
    /// By a queue's rule, or by the flow.
    RecordingAsked {
        recording: EffectId,
        queue: Option<QueueId>,
    },
    RecordingStarted {
        recording: EffectId,
        purpose: RecordedFor,
    },
    RecordingFailed {
        code: String,
    },
    /// It has to be recorded and is not.
    NotRecorded {
        queue: QueueId,
        why: String,
        code: Option<String>,
    },
    RecordingPauseAsked {
        recording: EffectId,
        cause: PauseCause,
        by: Option<AccountId>,
    },
    RecordingPaused {
        recording: EffectId,
        cause: PauseCause,
        until: Timestamp,
    },
    RecordingPauseFailed {
        recording: EffectId,
        code: String,
    },
    RecordingResumeAsked {
        recording: EffectId,
        cause: ResumeCause,
        by: Option<AccountId>,
    },
    RecordingResumed {
        recording: EffectId,
        by: ResumeCause,
    },
    RecordingStopped {
        recording: EffectId,
        is_kept: bool,
        /// What went wrong, if something did.
        #[serde(default)]
        code: Option<String>,
    },
    /// In the story of the one who called and in that of the message.
    MessageLeft {
        message: ContactId,
        from: ContactId,
        queue: QueueId,
        seconds: u32,
    },
    RecordingKept {
        recording: EffectId,
        seconds: u32,
        /// How long Microsoft said that it is, when it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told_s: Option<u32>,
    },
    RecordingLost {
        recording: EffectId,
        why: Lost,
    },
    MessagePlayed {
        by: AccountId,
    },
    RecordingAccessed {
        recording: EffectId,
        by: AccountId,
        access: Access,
    },
    OrderFailed {
        order: OrderKind,
        code: String,
    },
    OrderUnknown {
        order: OrderKind,
    },
    Ended {
        reason: EndReason,
    },
}

/// To whom a contact can go, without numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    Queue(QueueId),
    Agent(AgentId),
    Number,
}

impl Whom {
    const fn of(target: &Target) -> Self {
        match target {
            Target::Queue(queue) => Self::Queue(*queue),
            Target::Agent(agent) => Self::Agent(*agent),
            Target::Number(_) => Self::Number,
        }
    }
}

impl What {
    /// The line that an event is, if it is one.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        Self::of_flow(event)
            .or_else(|| Self::of_steps(event))
            .or_else(|| Self::of_queue(event))
            .or_else(|| Self::of_engagement(event))
            .or_else(|| Self::of_talk(event))
            .or_else(|| Self::of_dialing(event))
            .or_else(|| Self::of_callback(event))
            .or_else(|| Self::of_recording(event))
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the facts that are no line of a story, or of its second half"
    )]
    fn of_flow(event: &Event) -> Option<Self> {
        Some(match event {
            Event::ContactArrived { endpoint, .. } => Self::Arrived {
                endpoint: *endpoint,
            },
            Event::LegUp { .. } => Self::Answered,
            Event::HoursChecked(tandem_core::event::HoursChecked {
                node,
                schedule,
                hours,
                exit,
                ..
            }) => Self::HoursChecked {
                node: node.clone(),
                schedule: *schedule,
                hours: hours.clone(),
                exit: exit.clone(),
            },
            Event::SwitchMet(it) => Self::SwitchMet {
                node: it.node.clone(),
                queue: it.queue,
                position: it.position,
                exit: it.exit.clone(),
            },
            Event::MediaEnded {
                end: MediaEnd::Failed { code },
                ..
            } => Self::PromptFailed {
                code: bounded(code),
            },
            Event::MediaEnded {
                end: MediaEnd::Silent,
                ..
            } => Self::PromptSilent,
            Event::LegPresumed { .. } => Self::CallPresumed,
            Event::DigitsCollected {
                attribute, digits, ..
            } => Self::DigitsCollected {
                attribute: attribute.clone(),
                n_digits: u64::try_from(digits.chars().count()).unwrap_or(u64::MAX),
            },
            Event::MaskedDigitsCollected { attribute, .. } => Self::MaskedDigitsCollected {
                attribute: attribute.clone(),
            },
            Event::MenuMissed { node, key, .. } => Self::MenuMissed {
                node: node.clone(),
                key: key.clone(),
            },
            Event::AttributeSet {
                attribute, value, ..
            } => Self::AttributeSet {
                attribute: attribute.clone(),
                value: value.clone(),
            },
            Event::RequestAnswered(it) => Self::RequestAnswered {
                node: it.node.clone(),
                attributes: it.values.keys().cloned().collect(),
            },
            Event::ContactEnded { reason, .. } => Self::Ended { reason: *reason },
            _ => return None,
        })
    }

    /// The way through the flow.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the facts that are no step of a flow"
    )]
    fn of_steps(event: &Event) -> Option<Self> {
        Some(match event {
            Event::FlowStarted { flow, version, .. } => Self::FlowStarted {
                flow: *flow,
                version: *version,
            },
            Event::NodeEntered { node, .. } => Self::NodeEntered { node: node.clone() },
            Event::SubFlowEntered(SubFlowEntered {
                node,
                flow,
                version,
                ..
            }) => Self::SubFlowEntered {
                node: node.clone(),
                flow: *flow,
                version: *version,
            },
            Event::SubFlowLeft { .. } => Self::SubFlowLeft,
            Event::NumberDialed(NumberDialed { node, checked, .. }) => Self::NumberDialed {
                node: node.clone(),
                country: checked.country.clone(),
            },
            Event::NumberReached { .. } => Self::NumberReached,
            Event::ExitTaken {
                node, exit, code, ..
            } => Self::ExitTaken {
                node: node.clone(),
                exit: exit.clone(),
                code: code.as_deref().map(bounded),
            },
            _ => return None,
        })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the facts that are no line of a story, or of its third part"
    )]
    fn of_engagement(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Decided(decision) => Self::Decided {
                queue: decision.queue,
                chosen: decision.chosen.map(|it| it.agent),
                considered: decision.considered,
                excluded: decision.excluded.clone(),
            },
            Event::Offered {
                agent,
                queue,
                by,
                expires_at,
                ..
            } => Self::Offered {
                agent: *agent,
                queue: *queue,
                by: *by,
                expires_at: *expires_at,
            },
            Event::OfferAccepted {
                agent, join_until, ..
            } => Self::OfferAccepted {
                agent: *agent,
                join_until: *join_until,
            },
            Event::OfferEnded {
                agent,
                why,
                excluded_until,
                ..
            } => Self::OfferEnded {
                agent: *agent,
                why: *why,
                excluded_until: *excluded_until,
            },
            Event::Connected { agent, .. } => Self::Connected { agent: *agent },
            Event::ConversationEnded { agent, by, .. } => Self::ConversationEnded {
                agent: *agent,
                by: *by,
            },
            Event::WrapUpWished(it) => Self::WrapUpWished {
                agent: it.agent,
                wish: it.wish,
            },
            Event::WrapUpStarted { agent, until, .. } => Self::WrapUpStarted {
                agent: *agent,
                until: *until,
            },
            Event::WrapUpExtended { agent, until, .. } => Self::WrapUpExtended {
                agent: *agent,
                until: *until,
            },
            Event::WrapUpEnded {
                agent,
                disposition,
                forced,
                ..
            } => Self::WrapUpEnded {
                agent: *agent,
                disposition: *disposition,
                forced: *forced,
            },
            _ => return None,
        })
    }
}

impl What {
    /// A stay in a queue.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of a story, or of another part"
    )]
    fn of_queue(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Enqueued {
                queue, band, until, ..
            } => Self::Enqueued {
                queue: *queue,
                band: *band,
                until: *until,
            },
            Event::Announced(it) if it.position.is_some() || it.wait.is_some() => Self::Announced {
                position: it.position,
                wait: it.wait,
            },
            // What a queue itself asks is no news to who just joined it.
            Event::PlanStepEntered(entered)
                if entered.step > 0 || entered.why != StepCause::Waited =>
            {
                Self::PlanStepEntered {
                    queue: entered.queue,
                    step: entered.step,
                    band: entered.band,
                    boost_s: entered.boost_s,
                    why: entered.why,
                }
            }
            Event::PriorityAdjusted(it) => Self::PriorityAdjusted {
                band: it.adjustment.band,
                age_s: it.adjustment.age_s,
                by: it.by,
            },
            Event::AgentPreferred(it) => Self::AgentPreferred {
                queue: it.queue,
                agent: it.agent,
                by: it.by,
                until: it.until,
            },
            Event::PreferredPassed(it) => Self::PreferredPassed {
                queue: it.queue,
                agent: it.agent,
                why: it.why,
            },
            Event::ContactSteered(it) => Self::Steered {
                queue: it.queue,
                to: it.to,
                by: it.by,
                why: it.why,
            },
            Event::LeftQueue { queue, exit, .. } => Self::LeftQueue {
                queue: *queue,
                exit: exit.clone(),
            },
            _ => return None,
        })
    }
}

impl What {
    /// An agent calls the customer.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of a story, or of another part"
    )]
    fn of_dialing(event: &Event) -> Option<Self> {
        Some(match event {
            Event::ContactDialed(tandem_core::event::ContactDialed {
                agent,
                queue,
                endpoint,
                again,
                checked,
                ..
            }) => Self::Dialed {
                agent: *agent,
                queue: *queue,
                endpoint: *endpoint,
                country: checked.country.clone(),
                again: *again,
            },
            Event::CustomerDialed { agent, .. } => Self::CustomerRinging { agent: *agent },
            Event::CustomerReached { agent, .. } => Self::CustomerReached { agent: *agent },
            Event::CustomerNotReached { agent, why, .. } => Self::CustomerNotReached {
                agent: *agent,
                why: *why,
            },
            _ => return None,
        })
    }
}

impl What {
    /// What goes on beside the talk of customer and agent, and where a contact goes from there.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of a story"
    )]
    fn of_talk(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Held { party, .. } => Self::Held { party: *party },
            Event::Resumed { party, .. } => Self::Resumed { party: *party },
            Event::ThirdAsked(tandem_core::event::ThirdAsked {
                by, third, purpose, ..
            }) => Self::ThirdAsked {
                by: *by,
                third: Whom::of(third),
                purpose: *purpose,
            },
            Event::ThirdJoined { third, .. } => Self::ThirdJoined {
                third: Whom::of(third),
            },
            Event::ThirdLeft { third, why, .. } => Self::ThirdLeft {
                third: Whom::of(third),
                why: *why,
            },
            Event::HandedOver {
                from,
                to,
                purpose,
                work,
                ..
            } => Self::HandedOver {
                from: *from,
                to: Whom::of(to),
                purpose: *purpose,
                owes_wrap_up: work.is_some(),
            },
            Event::TransferEnded(tandem_core::event::TransferEnded {
                from, to, result, ..
            }) => Self::TransferEnded {
                from: *from,
                to: Whom::of(to),
                result: *result,
            },
            Event::Requeued {
                queue,
                since,
                until,
                ..
            } => Self::Requeued {
                queue: *queue,
                since: *since,
                until: *until,
            },
            _ => return None,
        })
    }
}

/// Text from outside, cut to a length that a story can afford.
pub(crate) fn bounded(text: &str) -> String {
    const CHARS_MAX: usize = 200;
    text.chars().take(CHARS_MAX).collect()
}
