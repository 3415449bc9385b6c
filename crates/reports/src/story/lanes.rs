//! The lanes of a story: who did what from when until when, and what happened at an instant (B-001).

use super::Story;
use super::course::{Course, Lane, Span, lane_of};
use super::entry::What;
use std::collections::BTreeMap;
use tandem_core::time::Timestamp;

/// One lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strip {
    /// What went on, in order of its beginning.
    pub spans: Vec<Span>,
    /// What happened, in order.
    pub marks: Vec<Mark>,
}

/// Something that happened at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

impl Story {
    /// Its lanes, each in the order in which something was there first. An endless story of which entries were
    /// forgotten has lanes with a gap.
    #[must_use]
    pub fn lanes(&self) -> Vec<(Lane, Strip)> {
        let mut course = match self.message {
            Some(_) => Course::of_message(),
            None => Course::default(),
        };
        let mut strips: BTreeMap<Lane, Strip> = BTreeMap::new();
        for entry in &self.entries {
            for span in course.take(entry.at, &entry.what) {
                strips.entry(span.lane).or_default().spans.push(span);
            }
            if let Some(lane) = lane_of_mark(&entry.what, &course) {
                let mark = Mark {
                    at: entry.at,
                    what: entry.what.clone(),
                };
                strips.entry(lane).or_default().marks.push(mark);
            }
        }
        for span in course.open() {
            strips.entry(span.lane).or_default().spans.push(span);
        }
        let mut lanes: Vec<(Lane, Strip)> = strips.into_iter().collect();
        for (_, strip) in &mut lanes {
            strip.spans.sort_by_key(|span| span.from);
        }
        lanes.sort_by_key(|(lane, strip)| (*lane != Lane::Customer, strip.first(), *lane));
        lanes
    }

    /// Until when the story goes: the end of the contact, or of the last work that is owed for it. None while
    /// something goes on.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        let is_over = self.ended.is_some() && self.course.open().next().is_none();
        let last = self.entries.iter().map(|entry| entry.at).max();
        last.filter(|_| is_over)
    }
}

impl Strip {
    fn first(&self) -> Option<Timestamp> {
        let spans = self.spans.first().map(|span| span.from);
        let marks = self.marks.first().map(|mark| mark.at);
        spans.into_iter().chain(marks).min()
    }
}

/// On whose lane it is marked; what the spans tell already is not.
#[expect(clippy::too_many_lines, reason = "a table: one arm for each lane")]
fn lane_of_mark(what: &What, course: &Course) -> Option<Lane> {
    match what {
        What::NodeEntered { .. }
        | What::SubFlowEntered { .. }
        | What::SubFlowLeft
        | What::NumberDialed { .. }
        | What::ConsentAnnounced { .. }
        | What::ConsentGiven { .. }
        | What::ConsentRefused { .. }
        | What::ExitTaken { .. }
        | What::HoursChecked { .. }
        | What::SwitchMet { .. }
        | What::PromptFailed { .. }
        | What::PromptSilent
        | What::DigitsCollected { .. }
        | What::MaskedDigitsCollected { .. }
        | What::MenuMissed { .. }
        | What::AttributeSet { .. }
        | What::RequestAnswered { .. } => Some(course.flow_lane()),
        What::Announced { .. }
        | What::PlanStepEntered { .. }
        | What::PriorityAdjusted { .. }
        | What::CallbackOffered { .. }
        | What::CallbackOfferEnded { .. }
        | What::AgentPreferred { .. }
        | What::PreferredPassed { .. } => course.queue_lane(),
        What::LeftQueue { queue, .. }
        | What::Steered { queue, .. }
        | What::CallbackBooked { queue, .. }
        | What::CallbackJoined { queue, .. } => Some(Lane::Queue(*queue)),
        What::OfferEnded { agent, .. }
        | What::HandedOver { from: agent, .. }
        | What::TransferEnded { from: agent, .. }
        | What::ConversationEnded { agent, .. }
        | What::WrapUpWished { agent, .. }
        | What::WrapUpExtended { agent, .. }
        | What::WrapUpEnded { agent, .. }
        | What::CustomerNotReached { agent, .. } => Some(Lane::Agent(*agent)),
        What::ThirdLeft { third, .. } => Some(lane_of(*third)),
        What::RecordingKept { recording, .. }
        | What::RecordingLost { recording, .. }
        | What::RecordingAsked { recording, .. }
        | What::RecordingPauseAsked { recording, .. }
        | What::RecordingPauseFailed { recording, .. }
        | What::RecordingResumeAsked { recording, .. }
        | What::RecordingAccessed { recording, .. } => Some(Lane::Recording(*recording)),
        What::Arrived { .. }
        | What::Answered
        | What::CallFoundGone
        | What::CallPresumed
        | What::RecordingFailed { .. }
        | What::NotRecorded { .. }
        | What::MessageLeft { .. }
        | What::EarlyFailed { .. }
        | What::CallbackPutOff { .. }
        | What::CallbackEnded { .. }
        | What::MessagePlayed { .. }
        | What::OrderFailed { .. }
        | What::OrderUnknown { .. }
        | What::Ended { .. } => Some(Lane::Customer),
        What::FlowStarted { .. }
        | What::Enqueued { .. }
        | What::CallbackDue { .. }
        | What::EarlyCalled { .. }
        | What::EarlyAnswered { .. }
        | What::Decided { .. }
        | What::Offered { .. }
        | What::OfferAccepted { .. }
        | What::Dialed { .. }
        | What::CustomerRinging { .. }
        | What::CustomerReached { .. }
        | What::Connected { .. }
        | What::Held { .. }
        | What::Resumed { .. }
        | What::ThirdAsked { .. }
        | What::ThirdJoined { .. }
        | What::Requeued { .. }
        | What::WrapUpStarted { .. }
        | What::NumberReached
        | What::RecordingStarted { .. }
        | What::RecordingPaused { .. }
        | What::RecordingResumed { .. }
        | What::RecordingStopped { .. } => None,
    }
}
