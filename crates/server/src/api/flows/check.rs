//! A look at a flow that is not saved by it: what would be refused, and what is suspicious.

use super::{Flow, FlowSent};
use crate::api::body::Object;
use crate::api::settings;
use crate::problem::Problem;
use crate::sign_in::FlowEditor;
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use tandem_core::flow::{self, Suspicion};
use tandem_core::prompt::{MissingLanguage, missing_languages};
use tandem_core::settings::{Document, Settings};
use utoipa::ToSchema;

/// What was found.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Checked {
    /// Why it would be refused; empty when it would be saved.
    errors: Vec<FlowError>,
    /// What is suspicious and yet saved.
    warnings: Vec<FlowWarning>,
}

/// Why a flow would be refused.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowError {
    /// Where; empty when it is about the whole.
    field: String,
    /// The stable code.
    code: String,
    /// What is wrong, and what would be right.
    detail: String,
}

/// What is suspicious about a flow.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowWarning {
    /// At which node.
    node: String,
    /// At which of its fields.
    field: String,
    code: WarningCode,
    /// What is suspicious, and what would be right.
    detail: String,
}

/// What is suspicious about a flow.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WarningCode {
    /// No way leads to the node.
    Unreachable,
    /// A masked value has no value here, or may be repeated by the system that knows it.
    MaskedValueUsed,
    /// Contacts may come back to the same queue without having heard or pressed anything.
    CircleWithoutProgress,
    /// A prompt, or the announcements of a queue, have nothing for callers of a language that the flow gives.
    MissingLanguage,
}

impl FlowWarning {
    pub(super) fn all_of(flow: &flow::Flow, settings: &Settings) -> Vec<Self> {
        let languages = flow.languages();
        let missing = missing_languages(flow, settings, &languages);
        let missing = missing.into_iter().map(Self::from);
        let of_flow = flow.warnings().into_iter().map(Self::from);
        of_flow.chain(missing).collect()
    }
}

impl From<MissingLanguage> for FlowWarning {
    fn from(missing: MissingLanguage) -> Self {
        let name = missing.field.rsplit('.').next().unwrap_or_default();
        Self {
            detail: missing.to_string(),
            field: name.to_owned(),
            node: missing.node,
            code: WarningCode::MissingLanguage,
        }
    }
}

impl From<flow::Warning> for FlowWarning {
    fn from(warning: flow::Warning) -> Self {
        Self {
            node: warning.node,
            field: warning.field,
            code: match warning.code {
                Suspicion::Unreachable => WarningCode::Unreachable,
                Suspicion::MaskedValueUsed => WarningCode::MaskedValueUsed,
                Suspicion::CircleWithoutProgress => WarningCode::CircleWithoutProgress,
            },
            detail: warning.detail,
        }
    }
}

/// Looks at a flow as it would be when it is saved, and saves nothing. Permission: edit_flows.
#[utoipa::path(post, path = "/{center}/flows/check", tag = "flows", operation_id = "flows_check",
    params(("center" = String, Path)), request_body = FlowSent,
    responses((status = 200, body = Checked),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn check(by: FlowEditor, sent: Object) -> Result<Json<Checked>, Problem> {
    let document = match settings::document::<Flow>(&by.center, sent).await {
        // Nothing of it is kept.
        Ok((document, _)) => document,
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            return Ok(Json(Checked {
                errors: errors_of(problem),
                warnings: Vec::new(),
            }));
        }
        Err(problem) => return Err(problem),
    };
    let Document::Flow(flow) = document else {
        return Err(Problem::unavailable("the document is no flow"));
    };
    let now = by.center.clock.now();
    let (problems, warnings) = by.center.engine.view().read(|projection| {
        let state = projection.center.state();
        let warnings = FlowWarning::all_of(&flow, &state.settings);
        let mut problems = state.settings.flow_problems(&flow);
        problems.extend(state.validate_phones(&state.settings, now, &flow).err());
        (problems, warnings)
    });
    let problems = problems.into_iter().map(Problem::from);
    Ok(Json(Checked {
        errors: problems.flat_map(errors_of).collect(),
        warnings,
    }))
}

fn errors_of(problem: Problem) -> Vec<FlowError> {
    let code = problem.code;
    if problem.errors.is_empty() {
        return vec![FlowError {
            field: String::new(),
            code: code.to_owned(),
            detail: problem.detail,
        }];
    }
    let errors = problem.errors.into_iter().map(|error| FlowError {
        field: error.field,
        code: code.to_owned(),
        detail: error.detail,
    });
    errors.collect()
}
