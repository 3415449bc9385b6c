//! People of the directory whom whoever asks keeps at the top of it.

use super::super::body::At;
use super::super::directory::must_have_teams;
use crate::problem::Problem;
use crate::sign_in::Anyone;
use axum::http::StatusCode;
use tandem_store::limits::FAVORITES_MAX;
use tandem_store::{Favor, FavoriteError, Favorites};

/// Keeps somebody at the top of the directory, for whoever asks. Anybody who has Teams switched on.
#[utoipa::path(put, path = "/{center}/me/favorites/{person}", tag = "teams", operation_id = "favorite_keep",
    params(("center" = String, Path), ("person" = String, Path, description = "The id of somebody of the directory.")),
    responses((status = 204, description = "The person is kept at the top."),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn keep(
    by: Anyone,
    At(person): At<String>,
) -> Result<StatusCode, Problem> {
    must_have_teams(&by.center, by.account.id).await?;
    let person = person.to_lowercase();
    let standing = by.center.teams.directory.standing();
    let is_listed = standing.person(&person).is_some_and(|it| it.has_teams);
    if !is_listed {
        return Err(Problem::not_found(
            "there is nobody with this id in the directory",
        ));
    }
    favor(&by, &person, Favor::Kept).await
}

/// Keeps somebody at the top no longer; of somebody who is not kept there, that is so already. Anybody who is signed in.
#[utoipa::path(delete, path = "/{center}/me/favorites/{person}", tag = "teams", operation_id = "favorite_drop",
    params(("center" = String, Path), ("person" = String, Path, description = "The id of somebody of the directory.")),
    responses((status = 204, description = "The person is not kept at the top."),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn drop(
    by: Anyone,
    At(person): At<String>,
) -> Result<StatusCode, Problem> {
    favor(&by, &person.to_lowercase(), Favor::Dropped).await
}

async fn favor(by: &Anyone, person: &str, to: Favor) -> Result<StatusCode, Problem> {
    let center = &by.center;
    let favored = center.store.favor(center.id(), by.account.id, person, to);
    match favored.await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(FavoriteError::Full) => {
            let detail =
                format!("you keep {FAVORITES_MAX} people at the top already; drop one first");
            Err(Problem::conflict("favorites_full", &detail))
        }
        Err(FavoriteError::Store(error)) => Err(error.into()),
    }
}
