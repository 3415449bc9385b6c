//! Who signs in to Microsoft for the contact center (B-205). Nobody has to: what needs a person's sign-in (changes of a
//! status that Microsoft tells by itself) is not there yet, and whoever wants to set it up is told so.

use super::applied;
use crate::problem::Problem;
use crate::sign_in::{Anyone, SettingsEditor, SettingsReader};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// Who signs in.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsDelegates)]
pub(in super::super) struct Delegates {
    /// The account; nobody yet.
    owner: Option<u64>,
    backup: Option<u64>,
    /// Whether a feature that is on needs somebody's sign-in.
    is_needed: bool,
}

fn not_there() -> Problem {
    let detail = "sign-in of a person for the contact center is not there yet, and nothing needs it: status and directory are read by the application itself";
    Problem::conflict("not_built", detail)
}

/// Who signs in for the contact center: nobody has to. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/teams-account/delegates", tag = "teams", operation_id = "teams_delegates_read",
    params(("center" = String, Path)),
    responses((status = 200, body = Delegates),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn read(by: SettingsReader) -> Result<Json<Delegates>, Problem> {
    applied(&by.center).await?;
    Ok(Json(Delegates {
        owner: None,
        backup: None,
        is_needed: false,
    }))
}

/// Refused: it is not there yet (`not_built`). Permission: edit_settings.
#[utoipa::path(put, path = "/{center}/teams-account/delegates", tag = "teams", operation_id = "teams_delegates_set",
    params(("center" = String, Path)),
    responses((status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn set(_by: SettingsEditor) -> Problem {
    not_there()
}

/// Refused: it is not there yet (`not_built`). Anybody who is signed in.
#[utoipa::path(post, path = "/{center}/me/teams/login", tag = "teams", operation_id = "my_teams_login",
    params(("center" = String, Path)),
    responses((status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn sign_in(_by: Anyone) -> Problem {
    not_there()
}
