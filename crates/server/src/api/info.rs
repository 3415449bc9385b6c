//! What anybody may know: the product, its contact centers, and whether somebody has to set it up.

use crate::app::App;
use crate::config::PasswordSignIn;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tandem_store::Accounts;
use utoipa::ToSchema;

/// What this process is.
#[derive(Serialize, ToSchema)]
pub(super) struct Info {
    product: &'static str,
    version: &'static str,
    centers: Vec<CenterInfo>,
    /// One line that every visitor should read.
    notice: Option<String>,
    /// Whether a contact center has no account yet: open the one-time link.
    setup_needed: bool,
    /// Whether boards can be shown on a TV by link.
    tv: bool,
}

/// A contact center.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct CenterInfo {
    pub(super) id: String,
    pub(super) name: String,
    /// IANA name.
    pub(super) time_zone: String,
    pub(super) sign_in: WaysIn,
}

/// How people sign in.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(super) struct WaysIn {
    /// With a username and a password.
    password: bool,
    /// With their Microsoft account: lead the browser to `/sign-in/{center}/microsoft?return_to=/path`.
    microsoft: bool,
}

impl CenterInfo {
    pub(super) fn of(config: &crate::config::Center) -> Self {
        Self {
            id: config.id.to_string(),
            name: config.name.clone(),
            time_zone: config.time_zone.clone(),
            sign_in: WaysIn {
                password: config.sign_in.password == PasswordSignIn::Allowed,
                microsoft: config.sign_in.microsoft.is_some(),
            },
        }
    }
}

/// What this process is. Public.
#[utoipa::path(get, path = "/info", tag = "sign-in", operation_id = "info", security(()),
    responses((status = 200, body = Info)))]
pub(super) async fn read(State(app): State<Arc<App>>) -> Result<Json<Info>, Problem> {
    Ok(Json(Info {
        product: "Tandem",
        version: env!("CARGO_PKG_VERSION"),
        centers: app
            .centers
            .iter()
            .map(|center| CenterInfo::of(&center.config))
            .collect(),
        notice: app.notice.clone(),
        setup_needed: !all_have_accounts(&app).await?,
        tv: true,
    }))
}

/// Accounts are never removed, so that a yes stays one.
async fn all_have_accounts(app: &App) -> Result<bool, Problem> {
    if app.has_accounts.load(Ordering::Relaxed) {
        return Ok(true);
    }
    for center in app.centers.iter() {
        if app.store.accounts(center.id(), None).await?.is_empty() {
            return Ok(false);
        }
    }
    app.has_accounts.store(true, Ordering::Relaxed);
    Ok(true)
}
