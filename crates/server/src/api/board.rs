//! The floor board, once; the live feed keeps it up to date.

use crate::live::board::{BoardView, board_view};
use crate::problem::Problem;
use crate::sign_in::BoardReader;
use axum::Json;

/// The floor at this moment. Permission: see_floor; what is in scope.
#[utoipa::path(get, path = "/{center}/board", tag = "floor", operation_id = "board",
    params(("center" = String, Path)),
    responses((status = 200, body = BoardView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: BoardReader) -> Result<Json<BoardView>, Problem> {
    Ok(Json(board_view(&by.center, &by.actor.scope).await?))
}
