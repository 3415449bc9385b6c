//! Test calls to a flow: a phone of the emulator calls an endpoint that leads to it, somebody presses its keys
//! here, and sees what is heard and which way the contact takes.

use crate::api::body::Body;
use crate::api::me::Nothing;
use crate::api::settings::not_found;
use crate::api::test_calls::{Control, FROM_DEFAULT};
use crate::api::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::engine::Projection;
use crate::problem::Problem;
use crate::sign_in::FlowEditor;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::flow;
use tandem_core::ids::{ContactId, EndpointId, FlowId};
use tandem_core::settings::{Kind, Settings};
use tandem_reports::story::{Story, What};
use utoipa::ToSchema;

/// How long the caller waits for an answer, and talks at most.
const CALL_MS_MAX: u64 = 600_000;
/// Characters of the emulator's name for a call.
const CALL_ID_CHARS_MAX: usize = 64;
/// Keys that are pressed at once.
const KEYS_MAX: usize = 20;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewFlowCall {
    /// Which endpoint is called; the first that leads to the flow when left out.
    endpoint_id: Option<u64>,
    /// Who calls, E.164.
    from: Option<String>,
}

/// It rings.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowCallPlaced {
    call_id: String,
    endpoint_id: u64,
}

/// Keys to press.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Keys {
    /// 1 to 20 of `0` to `9`, `*` and `#`.
    digits: String,
}

/// A test call as it stands.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowCall {
    state: FlowCallState,
    /// The contact that it became.
    contact_id: Option<u64>,
    /// What the caller hears.
    hears: Option<String>,
    /// The node that the contact is in.
    node: Option<String>,
    /// The flow that the node is in: that which was called, or a sub-flow.
    flow_id: Option<u64>,
    /// What is known of the contact while it is there. Masked values are not.
    attributes: BTreeMap<String, String>,
    /// The way that it took.
    steps: Vec<FlowStep>,
    end_reason: Option<String>,
}

/// How a test call stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum FlowCallState {
    Ringing,
    InCall,
    Ended,
}

/// A node that the contact went through.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowStep {
    at: Instant,
    /// The flow that the node is in: that which was called, or a sub-flow.
    flow_id: Option<u64>,
    node: String,
    kind: String,
    /// By which exit it left.
    exit: Option<String>,
    /// The short code that came with the exit.
    code: Option<String>,
}

/// Which call, of which flow.
pub(in crate::api) struct CallAt {
    flow: FlowId,
    call: String,
}

impl<S: Send + Sync> FromRequestParts<S> for CallAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, u64, String)>::from_request_parts(parts, state).await;
        let unknown = || Problem::not_found("there is no such test call");
        let Path((_center, flow, call)) = path.map_err(|_rejection| unknown())?;
        // It becomes part of an address.
        let is_name = |it: char| it.is_ascii_alphanumeric() || it == '-';
        if call.is_empty() || call.len() > CALL_ID_CHARS_MAX || !call.chars().all(is_name) {
            return Err(unknown());
        }
        let flow = FlowId(flow);
        Ok(Self { flow, call })
    }
}

/// What the emulator tells of a phone.
#[derive(Deserialize)]
struct Phone {
    state: FlowCallState,
    #[serde(default)]
    correlation_id: Option<String>,
    #[serde(default)]
    hears: Hears,
}

#[derive(Default, Deserialize)]
struct Hears {
    #[serde(default)]
    text: Option<String>,
}

/// Calls an endpoint that leads to the flow. Permission: edit_flows; flows in scope.
#[utoipa::path(post, path = "/{center}/flows/{id}/test-calls", tag = "flows",
    operation_id = "flow_test_call", request_body = NewFlowCall,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 201, body = FlowCallPlaced),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn place(
    State(app): State<Arc<App>>,
    by: FlowEditor,
    crate::api::body::At(id): crate::api::body::At<u64>,
    Body(sent): Body<NewFlowCall>,
) -> Result<(StatusCode, Json<FlowCallPlaced>), Problem> {
    reached(&by, FlowId(id)).await?;
    let (endpoint, address) = endpoint_of(&by.center, FlowId(id), sent.endpoint_id)?;
    let control = Control::of(&app, &by.center)?;
    let from = sent.from.unwrap_or_else(|| FROM_DEFAULT.to_owned());
    let script = json!([
        { "do": "patience", "ms": CALL_MS_MAX }, { "do": "talk", "ms": CALL_MS_MAX },
    ]);
    let placed = FlowCallPlaced {
        call_id: control.call(&address, &from, &script).await?,
        endpoint_id: endpoint.0,
    };
    Ok((StatusCode::CREATED, Json(placed)))
}

/// How a test call stands, and the way that it took. Permission: edit_flows; flows in scope.
#[utoipa::path(get, path = "/{center}/flows/{id}/test-calls/{call_id}", tag = "flows",
    operation_id = "flow_test_call_read",
    params(("center" = String, Path), ("id" = u64, Path), ("call_id" = String, Path)),
    responses((status = 200, body = FlowCall),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    State(app): State<Arc<App>>,
    by: FlowEditor,
    at: CallAt,
) -> Result<Json<FlowCall>, Problem> {
    reached(&by, at.flow).await?;
    let control = Control::of(&app, &by.center)?;
    let phone: Phone = control.phone(&at.call).await?;
    let call = by
        .center
        .engine
        .view()
        .read(|projection| told(projection, phone));
    Ok(Json(call))
}

/// Presses keys of the calling phone. Permission: edit_flows; flows in scope.
#[utoipa::path(post, path = "/{center}/flows/{id}/test-calls/{call_id}/keys", tag = "flows",
    operation_id = "flow_test_call_keys", request_body = Keys,
    params(("center" = String, Path), ("id" = u64, Path), ("call_id" = String, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn press(
    State(app): State<Arc<App>>,
    by: FlowEditor,
    at: CallAt,
    Body(sent): Body<Keys>,
) -> Result<Json<Nothing>, Problem> {
    reached(&by, at.flow).await?;
    let digits = sent.digits;
    let is_key = |key: char| flow::Key::new(key).is_some();
    if digits.is_empty() || digits.len() > KEYS_MAX || !digits.chars().all(is_key) {
        let detail = "press 1 to 20 keys, each of 0 to 9, * or #";
        return Err(Problem::invalid("digits", detail));
    }
    let control = Control::of(&app, &by.center)?;
    let body = json!({ "digits": digits });
    control.does(&at.call, "digits", &body).await?;
    Ok(Json(Nothing {}))
}

/// Hangs the calling phone up. Permission: edit_flows; flows in scope.
#[utoipa::path(post, path = "/{center}/flows/{id}/test-calls/{call_id}/hang-up", tag = "flows",
    operation_id = "flow_test_call_hang_up",
    params(("center" = String, Path), ("id" = u64, Path), ("call_id" = String, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn hang_up(
    State(app): State<Arc<App>>,
    by: FlowEditor,
    at: CallAt,
) -> Result<Json<Nothing>, Problem> {
    reached(&by, at.flow).await?;
    let control = Control::of(&app, &by.center)?;
    control.does(&at.call, "hang-up", &Value::Null).await?;
    Ok(Json(Nothing {}))
}

/// Whether there is such a flow, and it is in scope.
async fn reached(by: &FlowEditor, flow: FlowId) -> Result<(), Problem> {
    let is_there = by.center.engine.view().read(|projection| {
        let flows = &projection.center.state().settings.flows;
        flows.contains(flow)
    });
    if !is_there {
        return Err(not_found(Kind::Flow, flow.0));
    }
    by.must_reach_flow(flow).await
}

/// An endpoint that leads to the flow, and its address.
fn endpoint_of(
    center: &Center,
    flow: FlowId,
    wanted: Option<u64>,
) -> Result<(EndpointId, String), Problem> {
    let found = center.engine.view().read(|projection| {
        let endpoints = projection.center.state().settings.endpoints.iter();
        let mut endpoints = endpoints.filter(|(id, it)| {
            it.document.flow == flow && wanted.is_none_or(|wanted| wanted == id.0)
        });
        endpoints
            .next()
            .map(|(id, it)| (id, it.document.address.clone()))
    });
    found.ok_or_else(|| {
        let detail = "no such endpoint leads to this flow; choose the flow at an endpoint and save that first";
        Problem::conflict("no_endpoint", detail)
    })
}

/// The contact of the call, by the correlation id that both sides know it by.
fn told(projection: &Projection, phone: Phone) -> FlowCall {
    let state = projection.center.state();
    let found = phone
        .correlation_id
        .and_then(|it| projection.stories.by_correlation(&it));
    let live = found.and_then(|(id, _)| state.contacts.get(id));
    let run = live.and_then(|it| it.run.as_ref());
    let end = found.and_then(|(_, story)| story.ended);
    FlowCall {
        state: phone.state,
        contact_id: found.map(|(ContactId(id), _)| id),
        hears: phone.hears.text,
        node: run.map(|run| run.node.clone()),
        flow_id: run.map(|run| run.flow.0),
        attributes: live.map(|it| it.attributes.clone()).unwrap_or_default(),
        steps: found.map_or_else(Vec::new, |(_, story)| steps(projection, story)),
        end_reason: end.and_then(|(_, reason)| {
            let reason = serde_json::to_value(reason).ok()?;
            Some(reason.as_str()?.to_owned())
        }),
    }
}

/// A flow that the contact is in.
struct Frame<'a> {
    id: Option<FlowId>,
    flow: Option<&'a flow::Flow>,
    /// The last step in it.
    last: Option<usize>,
}

impl<'a> Frame<'a> {
    /// When it is not known which flow it is.
    const UNKNOWN: Self = Self {
        id: None,
        flow: None,
        last: None,
    };

    fn of(settings: &'a Settings, id: FlowId, version: u64) -> Self {
        Self {
            id: Some(id),
            flow: settings.flow_at(id, version),
            last: None,
        }
    }

    /// The next step. An exit that no fact names is that which leads to the next node.
    fn enter(&mut self, at: Instant, node: &str, steps: &mut Vec<FlowStep>) {
        let nodes = self.flow.map(|flow| &flow.nodes);
        let last = self.last.and_then(|last| steps.get_mut(last));
        if let Some(last) = last.filter(|it| it.exit.is_none()) {
            let from = nodes.and_then(|nodes| nodes.get(&last.node));
            last.exit = from.and_then(|from| exit_to(from, node));
        }
        let kind = nodes.and_then(|nodes| nodes.get(node));
        self.last = Some(steps.len());
        steps.push(FlowStep {
            at,
            flow_id: self.id.map(|id| id.0),
            node: node.to_owned(),
            kind: kind.map_or("", flow::Node::kind).to_owned(),
            exit: None,
            code: None,
        });
    }
}

/// The nodes in the order in which they were entered.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other entries tell nothing of nodes"
)]
fn steps(projection: &Projection, story: &Story) -> Vec<FlowStep> {
    let settings = &projection.center.state().settings;
    let mut outer: Vec<Frame<'_>> = Vec::new();
    let mut frame = Frame::UNKNOWN;
    let mut steps: Vec<FlowStep> = Vec::new();
    for entry in &story.entries {
        match &entry.what {
            What::FlowStarted { flow, version } => frame = Frame::of(settings, *flow, *version),
            What::SubFlowEntered { flow, version, .. } => {
                outer.push(frame);
                frame = Frame::of(settings, *flow, *version);
            }
            What::SubFlowLeft => frame = outer.pop().unwrap_or(Frame::UNKNOWN),
            What::NodeEntered { node } => frame.enter(entry.at.into(), node, &mut steps),
            What::ExitTaken { node, exit, code } => {
                if let Some(last) = steps.last_mut().filter(|it| it.node == *node) {
                    last.exit = Some(exit.clone());
                    last.code.clone_from(code);
                }
            }
            What::LeftQueue { exit, .. }
            | What::HoursChecked { exit, .. }
            | What::SwitchMet { exit, .. } => {
                if let Some(last) = steps.last_mut() {
                    last.exit = Some(exit.clone());
                }
            }
            _ => {}
        }
    }
    steps
}

fn exit_to(from: &flow::Node, to: &str) -> Option<String> {
    let mut exits = from.exits().into_iter();
    exits
        .find(|(_, target)| *target == to)
        .map(|(name, _)| name.into_owned())
}
