//! The facts and orders of flows and recordings in short lines.

use tandem_core::effect::Effect;
use tandem_core::event::{
    Event, NumberDialed, RecordingDoubted, RecordingKept, RecordingPauseAsked,
    RecordingResumeAsked, SubFlowEntered,
};
use tandem_core::recording::Channels;
use tandem_core::time::Timestamp;

/// What happens to a contact in its flow.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are not told"
)]
pub(super) fn in_flow(event: &Event) -> Option<String> {
    Some(match event {
        Event::ExitTaken {
            contact,
            node,
            exit,
            code,
        } => format!("{contact} {node} {exit} {}", code.as_deref().unwrap_or("-")),
        Event::SubFlowEntered(SubFlowEntered {
            contact,
            node,
            flow,
            version,
        }) => format!("{contact} {node} leads into flow {flow} at {version}"),
        Event::SubFlowLeft { contact } => format!("{contact} is back"),
        Event::NumberDialed(NumberDialed {
            contact,
            node,
            number,
            ..
        }) => format!("{contact} {node} dials {}", number.address),
        Event::NumberReached { contact, number } => {
            format!("{contact} is left to {}", number.address)
        }
        Event::CallbackOffered(it) => {
            format!("{} is offered a callback, {:?}", it.contact, it.question)
        }
        Event::CallbackOfferEnded(it) => format!("{} answers: {:?}", it.contact, it.answer),
        Event::ContactSteered(it) => format!("{} is sent {:?}", it.contact, it.to),
        Event::PlanStepEntered(it) => format!(
            "{} step {} of {} band {} +{} s {:?}",
            it.contact, it.step, it.queue, it.band, it.boost_s, it.why
        ),
        Event::Announced(it) => {
            format!("{} is told {:?} {:?}", it.contact, it.position, it.wait)
        }
        Event::MenuMissed { contact, node, key } => {
            format!("{contact} {node} missed {}", key.as_deref().unwrap_or("-"))
        }
        Event::MaskedDigitsCollected {
            contact,
            attribute,
            digits,
        } => format!("{contact} {attribute} is masked, subject {digits}"),
        Event::AttributeSet {
            contact,
            attribute,
            value,
        } => format!("{contact} {attribute} is {value}"),
        Event::RequestAnswered(it) => {
            format!("{} {} learns {:?}", it.contact, it.node, it.values)
        }
        Event::AgentPreferred(it) => format!("{} waits for agent {} alone", it.contact, it.agent),
        Event::PreferredPassed(it) => {
            format!("{} not for agent {}: {:?}", it.contact, it.agent, it.why)
        }
        Event::LoopCounted {
            contact,
            node,
            round,
        } => {
            let round = round.map_or_else(|| "over".to_owned(), |it| it.to_string());
            format!("{contact} {node} round {round}")
        }
        other => return recorded(other),
    })
}

/// What is recorded, and the messages that come of it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are not told"
)]
fn recorded(event: &Event) -> Option<String> {
    Some(match event {
        Event::RecordingStarted {
            contact, purpose, ..
        } => format!("{contact} is recorded, {purpose:?}"),
        Event::RecordingFailed { contact, code, .. } => format!("{contact} is not recorded {code}"),
        Event::RecordingStopped {
            contact,
            is_kept,
            cause,
            ..
        } => {
            let kept = if *is_kept { "" } else { ", in vain" };
            let why = cause
                .code()
                .map_or_else(String::new, |it| format!(", {it}"));
            format!("{contact} is recorded no more{kept}{why}")
        }
        Event::MessageLeft(tandem_core::event::MessageLeft {
            contact,
            from,
            seconds,
            queue,
            ..
        }) => format!("{from} leaves message {contact} of {seconds} s in {queue}"),
        Event::MessageReleased { contact } => format!("{contact} waits for its sound no longer"),
        Event::RecordingKept(RecordingKept {
            contact, seconds, ..
        }) => format!("{contact} can be heard, {seconds} s"),
        Event::RecordingLost { contact, why, .. } => format!("{contact} cannot be heard {why:?}"),
        Event::RecordingAccessed {
            contact,
            by,
            access,
            ..
        } => format!("{access:?} of the recording of {contact} by account {by}"),
        Event::MessagePlayed { contact, by, .. } => format!("{contact} is heard by account {by}"),
        other => return paused(other),
    })
}

/// Consent, and pauses of recordings.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are not told"
)]
fn paused(event: &Event) -> Option<String> {
    Some(match event {
        Event::ConsentNoted {
            contact, consent, ..
        } => format!("{contact} consent {consent:?}"),
        Event::NotRecorded { contact, why, .. } => format!("{contact} must be recorded: {why:?}"),
        Event::RecordingDoubted(RecordingDoubted { contact, .. }) => {
            format!("{contact} may be recorded no more")
        }
        Event::RecordingPauseAsked(RecordingPauseAsked { contact, cause, .. }) => {
            format!("{contact} is to pause, {cause:?}")
        }
        Event::RecordingPaused { contact, .. } => format!("{contact} is paused"),
        Event::RecordingPauseFailed { contact, code, .. } => {
            format!("{contact} is not paused {code}")
        }
        Event::RecordingResumeAsked(RecordingResumeAsked { contact, cause, .. }) => {
            format!("{contact} is to go on, {cause:?}")
        }
        Event::RecordingResumed { contact, .. } => format!("{contact} goes on"),
        _ => return None,
    })
}

/// The orders that have to do with recordings.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other orders are told elsewhere"
)]
pub(super) fn order(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::StartRecording {
            contact,
            channels: Channels::Unmixed { agent },
            ..
        } => format!("record {contact} and {agent} apart"),
        Effect::StartRecording {
            contact, purpose, ..
        } => format!("record {contact} {purpose:?}"),
        Effect::PauseRecording {
            contact, reference, ..
        } => format!("pause {contact} {reference}"),
        Effect::ResumeRecording {
            contact, reference, ..
        } => format!("go on with {contact} {reference}"),
        Effect::StopRecording {
            contact, reference, ..
        } => format!("stop recording {contact} {reference}"),
        Effect::Listen {
            contact, timeout_s, ..
        } => format!("listen to {contact} {timeout_s} s"),
        Effect::FetchRecording {
            contact, location, ..
        } => format!("fetch {location} for {contact}"),
        Effect::CallCustomer {
            contact,
            from,
            number,
        } => format!("call {} for {contact} from {from}", number.address),
        Effect::Forget { subjects, .. } | Effect::ForgetCallback { subjects, .. } => {
            let subjects: Vec<_> = subjects.iter().map(ToString::to_string).collect();
            format!("forget {}", subjects.join(" "))
        }
        _ => return None,
    })
}

/// A callback is booked, due, put off or over.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are not told"
)]
pub(super) fn of_callback(event: &Event, now: Timestamp) -> Option<String> {
    let in_s = |at: Timestamp| format!("+{}", at.micros_since(now) / 1_000_000);
    Some(match event {
        Event::CallbackBooked(it) => {
            format!("callback {} booked, {:?}", it.callback, it.kind)
        }
        Event::CallbackJoined(it) => format!("callback {} counts for {}", it.callback, it.contact),
        Event::CallbackDue(it) => {
            let ago = now.micros_since(it.place.since) / 1_000_000;
            let (callback, contact, queue) = (it.callback, it.contact, it.queue);
            format!("callback {callback} waits as {contact} in {queue}, since {ago} s")
        }
        Event::EarlyPlanned(it) => match it.at {
            Some(at) => format!("{} may be called early {}", it.contact, in_s(at)),
            None => format!("{} is not called early", it.contact),
        },
        Event::EarlyCalled(it) => {
            let place = it.forecast.position;
            format!("{} is called early, at place {place}", it.contact)
        }
        Event::EarlyAnswered(it) => {
            format!("{} answers early, waits {}", it.contact, in_s(it.until))
        }
        Event::EarlyFailed(it) => format!("{} early in vain {:?}", it.contact, it.why),
        Event::CallbackPutOff(it) => {
            let (callback, why, at) = (it.callback, it.why, in_s(it.next_at));
            format!("callback {callback} put off {why:?} {at}")
        }
        Event::CallbackEnded(it) => format!("callback {} over {:?}", it.callback, it.end),
        _ => return None,
    })
}
