//! An administrator looks as another account: sees what it sees, and changes nothing.

use super::find;
use crate::api::administration::{note, note_by};
use crate::api::body::At;
use crate::api::me::AccountView;
use crate::api::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{AccessManager, Oneself, VIEW_TIME, actor_of};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_core::permission::Permission;
use tandem_store::{Accounts, Standing, UnixMicros, View};
use utoipa::ToSchema;

/// A view that began.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ViewBegun {
    /// What is seen as.
    account: AccountView,
    /// When it ends by itself.
    until: Instant,
}

/// Has the session see what another account sees, for half an hour: its roles, its scope, its own desk. Meanwhile
/// nothing can be changed, heard or exported (403 `viewing_only`). Permission: manage_access.
#[utoipa::path(post, path = "/{center}/accounts/{id}/view", tag = "accounts",
    operation_id = "accounts_view", params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = ViewBegun),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn begin(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
) -> Result<Json<ViewBegun>, Problem> {
    let account = find(&app, &by, id).await?;
    if account.id == by.account.id {
        let detail = "this is your own account: you see as it already";
        return Err(Problem::conflict("view_own", detail));
    }
    if account.is_key {
        let detail = "this is an API key's account, which sees nothing; choose a person's";
        return Err(Problem::conflict("api_key", detail));
    }
    if account.standing == Standing::Disabled {
        let detail = "the account is closed and sees nothing; open it first";
        return Err(Problem::conflict("account_closed", detail));
    }
    let act = Administration::ViewBegun {
        account: account.id,
    };
    note(&by, act).await?;
    let time = i64::try_from(VIEW_TIME.as_micros()).unwrap_or(i64::MAX);
    let until = app.clock.now().plus_micros(time);
    let view = View {
        account: account.id,
        until: UnixMicros(until.as_micros()),
    };
    app.store.set_view(by.token, Some(view)).await?;
    seen_otherwise(&app, &by.center);
    Ok(Json(ViewBegun {
        account: AccountView::of(&by.center, &account).await?,
        until: until.into(),
    }))
}

/// Sees as the session's own account again. Anybody who is signed in; 204 also when no view was on.
#[utoipa::path(delete, path = "/{center}/view", tag = "accounts", operation_id = "end_view",
    params(("center" = String, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn end(
    State(app): State<Arc<App>>,
    by: Oneself,
) -> Result<StatusCode, Problem> {
    let Some(account) = by.seen_as else {
        return Ok(StatusCode::NO_CONTENT);
    };
    let actor = actor_of(&by.account);
    // Whoever lost the right to it sees as themselves already.
    if actor.may(Permission::ManageAccess) {
        note_by(&by.center, actor, Administration::ViewEnded { account }).await?;
    }
    app.store.set_view(by.token, None).await?;
    seen_otherwise(&app, &by.center);
    Ok(StatusCode::NO_CONTENT)
}

/// Live feeds that are open look again as whom they watch.
fn seen_otherwise(app: &App, center: &Center) {
    if let Some(hub) = app.hubs.get(center.id().as_str()) {
        hub.access_changed();
    }
}
