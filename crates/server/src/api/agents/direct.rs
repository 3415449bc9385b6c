//! Somebody else says what an agent is, with a reason that the agent is told.

use crate::api::body::{At, Body};
use crate::api::me::{Nothing, ask_keeping};
use crate::api::stated::stated;
use crate::problem::Problem;
use crate::sign_in::AgentDirector;
use axum::Json;
use serde::Deserialize;
use tandem_core::agent::Direction;
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::input::Request;
use utoipa::ToSchema;

/// What an agent is from now on, or after the contact that the agent has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Directed {
    /// `ready`, `not_ready` or `signed_out`.
    #[schema(value_type = String)]
    state: Word,
    /// Needed with `not_ready`.
    reason_id: Option<u64>,
    /// 1 to 200 characters; the agent reads it.
    why: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Ready,
    NotReady,
    SignedOut,
}

impl Directed {
    fn direction(&self) -> Result<Direction, Problem> {
        match (self.state, self.reason_id) {
            (Word::Ready, None) => Ok(Direction::Ready),
            (Word::SignedOut, None) => Ok(Direction::SignedOut),
            (Word::NotReady, Some(reason)) => Ok(Direction::NotReady(ReasonId(reason))),
            (Word::NotReady, None) => Err(Problem::invalid("reason_id", "choose a reason")),
            (Word::Ready | Word::SignedOut, Some(_)) => {
                let detail = "is for not_ready alone; leave it out";
                Err(Problem::invalid("reason_id", detail))
            }
        }
    }
}

/// Has an agent be ready, not ready or signed out, and tells the agent who did it and why. Whoever has a contact is
/// ready or not after it; nobody who has one, or is offered one, is signed out (409 `agent_on_contact`), and a wrap-up
/// that is left ends as if its time were over. Permission: direct_agents; agents in scope.
#[utoipa::path(post, path = "/{center}/agents/{id}/state", tag = "agents",
    operation_id = "agents_direct", request_body = Directed,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn direct(
    by: AgentDirector,
    At(id): At<u64>,
    Body(sent): Body<Directed>,
) -> Result<Json<Nothing>, Problem> {
    let to = sent.direction()?;
    let why = stated("why", &sent.why)?;
    let (why, sealed) = by.center.people.seal(why).await?;
    let request = Request::Direct {
        agent: AgentId(id),
        to,
        why,
    };
    ask_keeping(by, request, vec![sealed]).await
}
