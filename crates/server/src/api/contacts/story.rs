//! The story of a contact as lanes on one axis of time (B-001). What the lanes are is computed in the reports;
//! here they get their names and words.

use super::{TimelineEntry, agent_named, entry, queue_named};
use crate::api::time::Instant;
use crate::center::Center;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tandem_core::event::OfferEnd;
use tandem_core::ids::FlowId;
use tandem_core::state::State;
use tandem_reports::story::{Doing, Entry, Lane, Mark, Span, Story, Strip, What, key};
use utoipa::ToSchema;

/// What a contact has been through, for a drawing.
#[derive(Serialize, ToSchema)]
pub(super) struct StoryView {
    from: Instant,
    /// None while something of it goes on.
    until: Option<Instant>,
    lanes: Vec<LaneView>,
    /// Entries of an endless story that were forgotten after the first: the lanes have a gap there.
    n_forgotten: u64,
}

/// Everything that one of those in the story did.
#[derive(Serialize, ToSchema)]
struct LaneView {
    /// `customer`, `flow`, `queue`, `agent`, `third` or `recording`.
    lane: &'static str,
    /// Of a flow, queue, agent or recording.
    id: Option<u64>,
    name: Option<String>,
    spans: Vec<SpanView>,
    marks: Vec<TimelineEntry>,
}

/// What went on for a while.
#[derive(Serialize, ToSchema)]
struct SpanView {
    from: Instant,
    /// None while it goes on.
    until: Option<Instant>,
    /// `ringing`, `in_flow`, `waiting`, `callback_pending`, `offered`, `dialing`, `talking`, `on_hold`, `consulting`, `consulted`,
    /// `outside`, `wrap_up` or `recording`.
    what: &'static str,
    #[schema(value_type = Object)]
    detail: Value,
}

/// The lanes of a story. Names of agents are told as far as they were opened before.
pub(super) fn story_view(center: &Center, state: &State, story: &Story) -> StoryView {
    let lanes = story.lanes().into_iter();
    StoryView {
        from: story.arrived_at.into(),
        until: story.until().map(Instant),
        lanes: lanes
            .map(|(lane, strip)| lane_view(center, state, lane, &strip))
            .collect(),
        n_forgotten: story.n_forgotten,
    }
}

fn lane_view(center: &Center, state: &State, lane: Lane, strip: &Strip) -> LaneView {
    let (word, id, name) = match lane {
        Lane::Customer => ("customer", None, None),
        Lane::Third => ("third", None, None),
        Lane::Flow(id) => ("flow", Some(id.0), Some(flow_name(state, id))),
        Lane::Queue(id) => ("queue", Some(id.0), Some(queue_named(state, id).name)),
        Lane::Agent(id) => (
            "agent",
            Some(id.0),
            Some(agent_named(center, state, id).name),
        ),
        Lane::Recording(id) => ("recording", Some(id.0), None),
    };
    LaneView {
        lane: word,
        id,
        name,
        spans: strip.spans.iter().map(span_view).collect(),
        marks: strip.marks.iter().map(|it| mark_view(center, it)).collect(),
    }
}

fn flow_name(state: &State, id: FlowId) -> String {
    let found = state.settings.flows.get(id);
    found.map_or_else(|| format!("Flow {id}"), |it| it.document.name.clone())
}

fn span_view(span: &Span) -> SpanView {
    SpanView {
        from: span.from.into(),
        until: span.until.map(Instant),
        what: match span.doing {
            Doing::Ringing => "ringing",
            Doing::InFlow => "in_flow",
            Doing::Waiting => "waiting",
            Doing::Pending => "callback_pending",
            Doing::Offered => "offered",
            Doing::Dialing => "dialing",
            Doing::Talking => "talking",
            Doing::OnHold | Doing::Holding => "on_hold",
            Doing::Consulting => "consulting",
            Doing::Consulted => "consulted",
            Doing::Outside => "outside",
            Doing::WrapUp => "wrap_up",
            Doing::Recording => "recording",
            Doing::Paused => "paused",
        },
        detail: Value::Object(Map::new()),
    }
}

/// As the timeline tells it, but for what a drawing calls by its own name.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are told as in the timeline"
)]
fn mark_view(center: &Center, mark: &Mark) -> TimelineEntry {
    let told = Entry {
        at: mark.at,
        what: mark.what.clone(),
    };
    let mut told = entry(center, &told);
    match &mark.what {
        What::ExitTaken { node, exit, .. } if key(exit).is_some() => {
            "menu_choice".clone_into(&mut told.what);
            told.detail = json!({"node": node, "key": exit});
        }
        What::DigitsCollected { .. } => "digits".clone_into(&mut told.what),
        What::OfferEnded { why, .. } => {
            let word = match why {
                OfferEnd::Declined => "declined",
                OfferEnd::Missed => "missed",
                OfferEnd::NotJoined => "not_joined",
                OfferEnd::RingFailed => "ring_failed",
                OfferEnd::CustomerLeft => "customer_left",
                OfferEnd::Withdrawn => "withdrawn",
            };
            word.clone_into(&mut told.what);
        }
        _ => {}
    }
    told
}
