//! Which contact a fact concerns.

use crate::event::{
    Announced, CallbackDialed, CallbackDue, CallbackEnded, CallbackJoined, CallbackOfferEnded,
    CallbackOffered, CallbackPutOff, EarlyAnswered, EarlyCalled, EarlyFailed, EarlyPlanned, Event,
    NumberDialed, QueueKeyPlanned, RecordingDoubted, RecordingKept, RecordingPauseAsked,
    RecordingResumeAsked, RecordingTaken, RequestAnswered, SubFlowEntered,
};
use crate::ids::ContactId;

/// The contact that a fact concerns. A settled order concerns one only through the order itself:
/// see [`crate::state::State`].
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts concern no contact"
)]
pub(crate) const fn contact_of(event: &Event) -> Option<ContactId> {
    match event {
        Event::EffectOrdered { effect, .. } => effect.contact(),
        Event::ContactArrived { contact, .. }
        | Event::LegReferenced { contact, .. }
        | Event::CallCorrelated { contact, .. }
        | Event::LegUp { contact, .. }
        | Event::LegPresumed { contact }
        | Event::RosterSeen(crate::event::RosterSeen { contact, .. })
        | Event::FlowStarted { contact, .. }
        | Event::NodeEntered { contact, .. }
        | Event::SubFlowEntered(SubFlowEntered { contact, .. })
        | Event::SubFlowLeft { contact }
        | Event::NumberDialed(NumberDialed { contact, .. })
        | Event::NumberReached { contact, .. }
        | Event::ExitTaken { contact, .. }
        | Event::HoursChecked(crate::event::HoursChecked { contact, .. })
        | Event::SwitchMet(crate::event::SwitchMet { contact, .. })
        | Event::MediaEnded { contact, .. }
        | Event::DigitsCollected { contact, .. }
        | Event::MaskedDigitsCollected { contact, .. }
        | Event::MenuMissed { contact, .. }
        | Event::AttributeSet { contact, .. }
        | Event::RequestAnswered(RequestAnswered { contact, .. })
        | Event::AgentPreferred(crate::preferred::AgentPreferred { contact, .. })
        | Event::PreferredPassed(crate::preferred::PreferredPassed { contact, .. })
        | Event::LoopCounted { contact, .. }
        | Event::Enqueued { contact, .. }
        | Event::PlanStepEntered(crate::event::PlanStepEntered { contact, .. })
        | Event::PriorityAdjusted(crate::event::PriorityAdjusted { contact, .. })
        | Event::ContactSteered(crate::event::ContactSteered { contact, .. })
        | Event::StepPromptPostponed { contact, .. }
        | Event::AnnouncementPlanned { contact, .. }
        | Event::QueueKeyPlanned(QueueKeyPlanned { contact, .. })
        | Event::Announced(Announced { contact, .. })
        | Event::LeftQueue { contact, .. }
        | Event::Offered { contact, .. }
        | Event::OfferAccepted { contact, .. }
        | Event::RingEnded { contact, .. }
        | Event::OfferEnded { contact, .. }
        | Event::Connected { contact, .. }
        | Event::ConversationEnded { contact, .. }
        | Event::WrapUpWished(crate::event::WrapUpWished { contact, .. })
        | Event::WrapUpStarted { contact, .. }
        | Event::WrapUpExtended { contact, .. }
        | Event::WrapUpEnded { contact, .. }
        | Event::Held { contact, .. }
        | Event::Resumed { contact, .. }
        | Event::ThirdAsked(crate::event::ThirdAsked { contact, .. })
        | Event::ThirdJoined { contact, .. }
        | Event::ThirdLeft { contact, .. }
        | Event::HandedOver { contact, .. }
        | Event::TransferEnded(crate::event::TransferEnded { contact, .. })
        | Event::Requeued { contact, .. }
        | Event::CooldownEnded { contact, .. }
        | Event::ContactDialed(crate::event::ContactDialed { contact, .. })
        | Event::CustomerDialed { contact, .. }
        | Event::CustomerReached { contact, .. }
        | Event::CustomerNotReached { contact, .. }
        | Event::ContactEnded { contact, .. } => Some(*contact),
        other => called_back_of(other),
    }
}

/// The contact that a fact about a callback concerns.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are about no callback"
)]
const fn called_back_of(event: &Event) -> Option<ContactId> {
    match event {
        Event::CallbackOffered(CallbackOffered { contact, .. })
        | Event::CallbackOfferEnded(CallbackOfferEnded { contact, .. })
        | Event::CallbackDue(CallbackDue { contact, .. })
        | Event::CallbackDialed(CallbackDialed { contact, .. })
        | Event::CallbackJoined(CallbackJoined { contact, .. })
        | Event::EarlyPlanned(EarlyPlanned { contact, .. })
        | Event::EarlyCalled(EarlyCalled { contact, .. })
        | Event::EarlyAnswered(EarlyAnswered { contact, .. })
        | Event::EarlyFailed(EarlyFailed { contact, .. }) => Some(*contact),
        Event::CallbackBooked(booked) => booked.origin.contact(),
        Event::PromiseJudged(crate::event::PromiseJudged { contact, .. })
        | Event::CallbackPutOff(CallbackPutOff { contact, .. })
        | Event::CallbackEnded(CallbackEnded { contact, .. }) => *contact,
        other => recorded_of(other),
    }
}

/// The contact that a fact about a recording concerns.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts concern no contact"
)]
const fn recorded_of(event: &Event) -> Option<ContactId> {
    match event {
        Event::ConsentNoted { contact, .. }
        | Event::NotRecorded { contact, .. }
        | Event::RecordingTaken(RecordingTaken { contact, .. })
        | Event::RecordingDoubted(RecordingDoubted { contact, .. })
        | Event::RecordingPauseAsked(RecordingPauseAsked { contact, .. })
        | Event::RecordingPaused { contact, .. }
        | Event::RecordingPauseFailed { contact, .. }
        | Event::RecordingResumeAsked(RecordingResumeAsked { contact, .. })
        | Event::RecordingResumed { contact, .. }
        | Event::RecordingStarted { contact, .. }
        | Event::RecordingFailed { contact, .. }
        | Event::RecordingStopped { contact, .. }
        | Event::MessageLeft(crate::event::MessageLeft { contact, .. })
        | Event::MessageReleased { contact }
        | Event::RecordingFound { contact, .. }
        | Event::RecordingKept(RecordingKept { contact, .. })
        | Event::RecordingLost { contact, .. }
        | Event::MessagePlayed { contact, .. }
        | Event::RecordingAccessed { contact, .. } => Some(*contact),
        _ => None,
    }
}
