//! What somebody decides about a contact that waits: it goes to another queue, to an agent, or home. The reason that
//! is stated is in its story.

use crate::api::body::{At, Body};
use crate::api::me::{Nothing, ask, ask_keeping};
use crate::api::stated::stated;
use crate::problem::Problem;
use crate::sign_in::WaitingSteerer;
use axum::Json;
use serde::Deserialize;
use tandem_core::event::Steering;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::input::Request;
use utoipa::ToSchema;

/// Into which queue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Moved {
    queue_id: u64,
    /// 1 to 200 characters.
    why: String,
}

/// To which agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Assigned {
    agent_id: u64,
    /// 1 to 200 characters.
    why: String,
}

/// Why it is removed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Removal {
    /// 1 to 200 characters.
    why: String,
}

/// Moves a contact that waits to another queue, at the age that it has. 409 `being_offered` while an agent is offered
/// it, `is_callback` when nobody is on the line, `queue_cannot_serve` when the other queue is closed or full. Permission: steer_waiting; contact and queue in scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/move", tag = "floor",
    operation_id = "move_contact", request_body = Moved,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn move_to(
    by: WaitingSteerer,
    At(id): At<u64>,
    Body(sent): Body<Moved>,
) -> Result<Json<Nothing>, Problem> {
    let to = Steering::Queue(QueueId(sent.queue_id));
    steer(by, id, to, &sent.why).await
}

/// Offers a contact that waits to one agent, whatever its queue asks and whoever comes first; who declines or misses it
/// leaves it at its place. 409 `agent_not_ready`, `being_offered`. Permission: steer_waiting; contact and agent in scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/assign", tag = "floor",
    operation_id = "assign_contact", request_body = Assigned,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn assign(
    by: WaitingSteerer,
    At(id): At<u64>,
    Body(sent): Body<Assigned>,
) -> Result<Json<Nothing>, Problem> {
    let to = Steering::Agent(AgentId(sent.agent_id));
    steer(by, id, to, &sent.why).await
}

/// Takes a contact out of its queue and ends it (`admin_removed`): a call is hung up, a message is heard by nobody, but
/// kept like others. Permission: steer_waiting; contacts in scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/remove", tag = "floor",
    operation_id = "remove_contact", request_body = Removal,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn remove(
    by: WaitingSteerer,
    At(id): At<u64>,
    Body(sent): Body<Removal>,
) -> Result<Json<Nothing>, Problem> {
    steer(by, id, Steering::Removed, &sent.why).await
}

/// Has a caller who waits asked at once whether to be called back: by the question of the flow, where its key leads to a
/// callback by this queue, else by one that Tandem has; 1 is yes, and the place is kept. 409 `no_callbacks`,
/// `no_new_callbacks`, `number_unknown`, `on_do_not_call_list`, `country_not_allowed`, `callback_pending`, `being_offered`,
/// `being_told`, `not_a_call`, `is_callback`, `limit_reached`. Permission: steer_waiting; contacts in scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/offer-callback", tag = "floor",
    operation_id = "offer_callback",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn offer_callback(
    by: WaitingSteerer,
    At(id): At<u64>,
) -> Result<Json<Nothing>, Problem> {
    let request = Request::OfferCallback {
        contact: ContactId(id),
    };
    ask(by, request).await
}

async fn steer(
    by: WaitingSteerer,
    contact: u64,
    to: Steering,
    why: &str,
) -> Result<Json<Nothing>, Problem> {
    let why = stated("why", why)?;
    let (why, sealed) = by.center.people.seal(why).await?;
    let request = Request::Steer {
        contact: ContactId(contact),
        to,
        why,
    };
    ask_keeping(by, request, vec![sealed]).await
}
