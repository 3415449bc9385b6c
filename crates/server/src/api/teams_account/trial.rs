//! Test connection: what was applied is tried, and every step says how it went (B-070 to B-072).

use super::applied;
use crate::edge::graph::trial::{self, Outcome, Step, StepName};
use crate::edge::graph::trouble::Explanation;
use crate::problem::Problem;
use crate::sign_in::SettingsEditor;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct ConnectionTest {
    /// `ok`, or the text of the first step that failed.
    message: String,
    steps: Vec<StepView>,
}

/// A step.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionTestStep)]
struct StepView {
    step: StepName,
    outcome: Outcome,
    took_ms: u64,
    /// Microsoft's own code: AADSTS and a number, or a word of Graph.
    code: Option<String>,
    explanation: Option<Explanation>,
    /// The permission that the step needs.
    permission: Option<&'static str>,
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        let (code, explanation) = match step.trouble {
            Some(told) => (told.code, Some(told.explanation)),
            None => (None, None),
        };
        Self {
            step: step.name,
            outcome: step.outcome,
            took_ms: u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
            code,
            explanation,
            permission: step.permission,
        }
    }
}

/// Tries the account as it was applied; nothing is changed at Microsoft's. Permission: edit_settings.
#[utoipa::path(post, path = "/{center}/teams-account/test", tag = "teams", operation_id = "teams_account_test",
    params(("center" = String, Path)),
    responses((status = 200, body = ConnectionTest),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn test(by: SettingsEditor) -> Result<Json<ConnectionTest>, Problem> {
    let center = &by.center;
    let applied = applied(center).await?;
    let steps = trial::run(&applied, center.clock.now()).await;
    let failed = steps.iter().find_map(|step| step.trouble.as_ref());
    let message = failed.map_or_else(|| "ok".to_owned(), |told| told.message.clone());
    let code = failed.and_then(|told| told.code.as_deref());
    tracing::info!(center = %center.id(), by = by.account.id.0, message, code, "Teams account tried");
    // What the trial found is what the next look finds.
    center.teams.look();
    Ok(Json(ConnectionTest {
        message,
        steps: steps.into_iter().map(StepView::from).collect(),
    }))
}
