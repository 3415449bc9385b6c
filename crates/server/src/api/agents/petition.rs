//! A supervisor answers what an agent asks for.

use crate::api::body::{At, Body};
use crate::api::me::{Nothing, ask};
use crate::problem::Problem;
use crate::sign_in::AgentDirector;
use axum::Json;
use serde::Deserialize;
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::input::Request;
use tandem_core::reason::PetitionAnswer;
use utoipa::ToSchema;

/// An answer to a petition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Answered {
    /// `granted` or `declined`.
    #[schema(value_type = String)]
    answer: PetitionAnswer,
    /// For which reason the agent asks: an answer is none to what is asked for since.
    reason_id: u64,
}

/// Grants or declines the reason that an agent asks for. Whoever has a contact is not ready after it; the agent is told
/// who declined it. Permission: direct_agents; agents in scope.
#[utoipa::path(post, path = "/{center}/agents/{id}/petition", tag = "agents",
    operation_id = "agents_answer_petition", request_body = Answered,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn answer(
    by: AgentDirector,
    At(id): At<u64>,
    Body(sent): Body<Answered>,
) -> Result<Json<Nothing>, Problem> {
    let request = Request::AnswerPetition {
        agent: AgentId(id),
        reason: ReasonId(sent.reason_id),
        answer: sent.answer,
    };
    ask(by, request).await
}
