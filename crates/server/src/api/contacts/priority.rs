//! The place of a contact among those who wait, as somebody changes it.

use crate::api::body::{At, Body};
use crate::api::me::{Nothing, ask};
use crate::problem::Problem;
use crate::sign_in::WaitingSteerer;
use axum::Json;
use serde::Deserialize;
use tandem_core::contact::Adjustment;
use tandem_core::ids::ContactId;
use tandem_core::input::Request;
use utoipa::ToSchema;

/// What holds from now on; what was changed before holds no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PriorityChange {
    /// 0 to 9, 0 first, instead of that of the queue and its plan; theirs when left out.
    #[serde(default)]
    priority: Option<u8>,
    /// How many seconds more than it has waited it counts as, up to 86400; fewer below 0.
    #[serde(default)]
    age_s: i32,
}

/// Changes the place of a contact among those who wait. Permission: steer_waiting; contacts in scope.
#[utoipa::path(post, path = "/{center}/contacts/{id}/priority", tag = "floor",
    operation_id = "change_priority", request_body = PriorityChange,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn change(
    by: WaitingSteerer,
    At(id): At<u64>,
    Body(sent): Body<PriorityChange>,
) -> Result<Json<Nothing>, Problem> {
    let request = Request::AdjustPriority {
        contact: ContactId(id),
        to: Adjustment {
            band: sent.priority,
            age_s: sent.age_s,
        },
    };
    ask(by, request).await
}
