//! Offers: taken or declined by the agent to whom they were made.

use super::body::At;
use super::me::{Nothing, ask};
use crate::problem::Problem;
use crate::sign_in::Agent;
use axum::Json;
use tandem_core::ids::OfferId;
use tandem_core::input::Request;

/// Takes the offered contact. Role: agent.
#[utoipa::path(post, path = "/{center}/offers/{offer_id}/accept", tag = "desk",
    operation_id = "accept_offer",
    params(("center" = String, Path), ("offer_id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn accept(by: Agent, At(offer): At<u64>) -> Result<Json<Nothing>, Problem> {
    ask(
        by,
        Request::AcceptOffer {
            offer: OfferId(offer),
        },
    )
    .await
}

/// Does not take the offered contact. Role: agent.
#[utoipa::path(post, path = "/{center}/offers/{offer_id}/decline", tag = "desk",
    operation_id = "decline_offer",
    params(("center" = String, Path), ("offer_id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn decline(by: Agent, At(offer): At<u64>) -> Result<Json<Nothing>, Problem> {
    ask(
        by,
        Request::DeclineOffer {
            offer: OfferId(offer),
        },
    )
    .await
}
