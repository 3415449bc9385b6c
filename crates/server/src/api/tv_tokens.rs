//! Links for TVs: read-only, for one board, revocable.

use super::administration::note;
use super::body::{At, Body};
use super::settings::Items;
use super::time::Instant;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_store::{Accounts, Token, TvTokenId, UnixMicros};
use utoipa::ToSchema;

/// The boards that a TV can show.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Board {
    Floor,
}

impl Board {
    const fn word(self) -> &'static str {
        match self {
            Self::Floor => "floor",
        }
    }
}

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTvToken {
    board: Board,
}

/// A link that was just made: it is shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct TvLink {
    id: u64,
    token: String,
    url: String,
}

/// A link that is open.
#[derive(Serialize, ToSchema)]
pub(super) struct TvToken {
    id: u64,
    board: String,
    created_by: u64,
    created_at: Instant,
}

/// Makes a link. It shows what its maker may see, whenever that changes. Permission: see_floor.
#[utoipa::path(post, path = "/{center}/tv-tokens", tag = "floor", operation_id = "tv_tokens_create",
    params(("center" = String, Path)), request_body = NewTvToken,
    responses((status = 201, body = TvLink),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    by: FloorReader,
    Body(sent): Body<NewTvToken>,
) -> Result<(StatusCode, Json<TvLink>), Problem> {
    let token = Token::generate()?;
    let now = UnixMicros(app.clock.now().as_micros());
    let (center, board) = (by.center.id(), sent.board.word());
    let id = app
        .store
        .create_tv_token(token.hash(), center, board, by.account.id, now)
        .await?;
    let act = Administration::TvLinkMade {
        link: id.0,
        board: board.to_owned(),
    };
    if let Err(problem) = note(&by, act).await {
        // Nobody has seen it: it goes as it came.
        app.store.revoke_tv_token(center, id).await?;
        return Err(problem);
    }
    tracing::info!(%center, link = id.0, by = by.account.id.0, "TV link made");
    let mut url = app.public_base_url.clone();
    url.set_path(&format!("/tv/{board}"));
    url.query_pairs_mut()
        .append_pair("center", center.as_str())
        .append_pair("k", token.reveal());
    let link = TvLink {
        id: id.0,
        token: token.reveal().to_owned(),
        url: url.to_string(),
    };
    Ok((StatusCode::CREATED, Json(link)))
}

/// The links that are open. Permission: see_floor.
#[utoipa::path(get, path = "/{center}/tv-tokens", tag = "floor", operation_id = "tv_tokens_list",
    params(("center" = String, Path)),
    responses((status = 200, body = Items<TvToken>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: FloorReader,
) -> Result<Json<Items<TvToken>>, Problem> {
    let tokens = app.store.tv_tokens(by.center.id()).await?;
    let seen = tokens.into_iter().filter(|token| is_seen(&by, token));
    let items = seen.map(|token| TvToken {
        id: token.id.0,
        board: token.board,
        created_by: token.created_by.0,
        created_at: token.created.into(),
    });
    Ok(Json(Items {
        items: items.collect(),
    }))
}

/// Revokes a link; whoever watches by it is cut off. Permission: see_floor.
#[utoipa::path(delete, path = "/{center}/tv-tokens/{id}", tag = "floor",
    operation_id = "tv_tokens_revoke",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    by: FloorReader,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    let unknown = || Problem::not_found(&format!("there is no TV link {id}"));
    let links = app.store.tv_tokens(by.center.id()).await?;
    let link = links.iter().find(|link| link.id == TvTokenId(id));
    let link = link.ok_or_else(unknown)?;
    if !is_seen(&by, link) {
        return Err(by.out_of_scope(format!("TV link {id}")).await);
    }
    note(&by, Administration::TvLinkRevoked { link: id }).await?;
    let revoked = app
        .store
        .revoke_tv_token(by.center.id(), TvTokenId(id))
        .await;
    match revoked {
        Ok(()) => {
            tracing::info!(center = %by.center.id(), link = id, by = by.account.id.0, "TV link revoked");
            Ok(StatusCode::NO_CONTENT)
        }
        Err(tandem_store::AccountError::NotFound) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// Whoever is limited has the own links alone: another's may show more.
fn is_seen(by: &FloorReader, token: &tandem_store::TvToken) -> bool {
    by.actor.scope.is_everything() || token.created_by == by.account.id
}
