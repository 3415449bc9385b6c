//! Consent of an administrator, and what is granted (B-036 to B-041).

use super::super::administration::note;
use super::super::time::Instant;
use super::applied;
use crate::app::App;
use crate::edge::graph::consent;
use crate::edge::graph::findings::{Connection, ConnectionState, Consent};
use crate::edge::graph::rights::{
    self, Consequence, Purpose, Right, RightState, Rights, RightsState,
};
use crate::problem::Problem;
use crate::sign_in::{SettingsEditor, SettingsReader};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use tandem_core::administration::{Administration, TeamsAct};
use tandem_microsoft::graph::permission::Kind;
use utoipa::ToSchema;

/// What is granted, and what for.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct TeamsRights {
    client_id: Option<String>,
    /// Whose application it is, as its registration says.
    publisher: Option<String>,
    app_name: Option<String>,
    checked_at: Instant,
    state: RightsState,
    /// The text of what is wrong, where nothing can be looked at.
    problem: Option<String>,
    permissions: Vec<RightView>,
    consent: Option<ConsentView>,
    connection: Option<ConnectionView>,
    /// The address that has to be registered as a redirect URI of the application, platform Web.
    redirect_uri: String,
}

/// A permission.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsPermission)]
struct RightView {
    name: &'static str,
    kind: KindWord,
    /// By which Microsoft names it.
    id: &'static str,
    features: Vec<Purpose>,
    state: RightState,
    consequence: Consequence,
    used_by_tandem: bool,
}

/// Who holds a permission.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsPermissionKind)]
enum KindWord {
    Application,
    Delegated,
}

impl From<Right> for RightView {
    fn from(right: Right) -> Self {
        Self {
            name: right.permission.name,
            kind: match right.permission.kind {
                Kind::Application => KindWord::Application,
                Kind::Delegated => KindWord::Delegated,
            },
            id: right.permission.id,
            features: right.purposes.to_vec(),
            state: right.state,
            consequence: right.consequence,
            used_by_tandem: right.is_used(),
        }
    }
}

/// A request for consent, and what came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsConsent)]
struct ConsentView {
    asked_at: Instant,
    answered_at: Option<Instant>,
    /// `granted` or `refused`; none while nobody answered.
    outcome: Option<&'static str>,
    error: Option<String>,
    /// As the browser brought it: a hint, and no proof.
    tenant: Option<String>,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            asked_at: consent.asked.into(),
            answered_at: consent.answered.map(Instant::from),
            outcome: consent.outcome.map(|it| it.word()),
            error: consent.error,
            tenant: consent.tenant,
        }
    }
}

/// Whether the tenant lets the application in.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsConnection)]
struct ConnectionView {
    state: ConnectionState,
    since: Instant,
    checked_at: Instant,
    problem: Option<String>,
    code: Option<String>,
}

impl From<Connection> for ConnectionView {
    fn from(connection: Connection) -> Self {
        Self {
            state: connection.state,
            since: connection.since.into(),
            checked_at: connection.checked.into(),
            problem: connection.problem,
            code: connection.code,
        }
    }
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct ConsentLink {
    url: String,
}

/// What is granted now, asked of Microsoft. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/teams-account/rights", tag = "teams", operation_id = "teams_account_rights",
    params(("center" = String, Path)),
    responses((status = 200, body = TeamsRights),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn read(
    State(app): State<Arc<App>>,
    by: SettingsReader,
) -> Result<Json<TeamsRights>, Problem> {
    let center = &by.center;
    let applied = applied(center).await?;
    let now = center.clock.now();
    let Rights {
        state,
        problem,
        publisher,
        app_name,
        rights,
    } = rights::read(&applied, now).await;
    let findings = applied.findings.lock().await.clone();
    Ok(Json(TeamsRights {
        client_id: applied.account.client_id.clone(),
        publisher,
        app_name,
        checked_at: now.into(),
        state,
        problem,
        permissions: rights.into_iter().map(RightView::from).collect(),
        consent: findings.consent.map(ConsentView::from),
        connection: findings.connection.map(ConnectionView::from),
        redirect_uri: consent::way_back(&app.public_base_url),
    }))
}

/// Where an administrator of the tenant consents; good for an hour. Permission: edit_settings.
#[utoipa::path(post, path = "/{center}/teams-account/consent", tag = "teams", operation_id = "teams_account_consent",
    params(("center" = String, Path)),
    responses((status = 200, body = ConsentLink),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn ask(
    State(app): State<Arc<App>>,
    by: SettingsEditor,
) -> Result<Json<ConsentLink>, Problem> {
    let center = &by.center;
    let applied = applied(center).await?;
    let base = &app.public_base_url;
    note(&by, Administration::Teams(TeamsAct::ConsentAsked)).await?;
    let begun = consent::begin(&center.teams, &applied, base, by.account.id).await?;
    let missing = || Problem::invalid("client_id", "enter the client id and apply it first");
    let url = begun.ok_or_else(missing)?;
    Ok(Json(ConsentLink {
        url: url.to_string(),
    }))
}
