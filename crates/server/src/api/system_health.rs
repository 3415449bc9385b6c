//! How the system does, and having every open call asked about.

use super::refusal::done;
use crate::health::{SystemHealth, report};
use crate::problem::Problem;
use crate::sign_in::{HealthReader, Operator};
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use tandem_core::input::{Input, Request};
use tandem_core::turn::Reply;
use utoipa::ToSchema;

/// Calls are being asked about.
#[derive(Serialize, ToSchema)]
pub(super) struct ReconciliationStarted {
    /// How many.
    asked: usize,
}

/// What was looked at, how bad it is and what to do. Permission: see_health.
#[utoipa::path(get, path = "/{center}/system-health", tag = "system",
    operation_id = "system_health",
    params(("center" = String, Path)),
    responses((status = 200, body = SystemHealth),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: HealthReader) -> Result<Json<SystemHealth>, Problem> {
    Ok(Json(report(&by.center).await))
}

/// Has Microsoft asked about every open call now; what it tells enters by itself. Permission: operate.
#[utoipa::path(post, path = "/{center}/reconciliations", tag = "system",
    operation_id = "reconcile",
    params(("center" = String, Path)),
    responses((status = 202, body = ReconciliationStarted),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn reconcile(
    by: Operator,
) -> Result<(StatusCode, Json<ReconciliationStarted>), Problem> {
    let input = Input::Asked {
        actor: by.actor,
        request: Request::Reconcile,
    };
    let committed = by.center.engine.submit(input).await?;
    let asked = if let Reply::Reconciling { n_calls } = committed.reply {
        n_calls
    } else {
        0
    };
    done(committed)?;
    Ok((StatusCode::ACCEPTED, Json(ReconciliationStarted { asked })))
}
