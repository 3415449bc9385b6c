//! The Teams account of a contact center: there is one or none (B-058). What is secret about it is written and never
//! read; what Microsoft says of it stands beside it.

pub(super) mod delegates;
pub(super) mod rights;
mod sent;
pub(super) mod trial;

use super::administration::note;
use super::body::{Body, Version};
use super::time::Instant;
use crate::center::Center;
use crate::edge::graph::account::{EndsBy, Feature, LicensingMode, Messages, Proof, ShownType};
use crate::edge::graph::findings::Findings;
use crate::edge::graph::link::{Applied, ApplyError, Onto, Proving};
use crate::edge::graph::presence::Crowd;
use crate::problem::Problem;
use crate::sign_in::{SettingsEditor, SettingsReader};
use axum::Json;
use axum::http::StatusCode;
use sent::Read;
pub(super) use sent::TeamsAccountSent;
use serde::Serialize;
use std::sync::Arc;
use tandem_core::administration::{Administration, TeamsAct};
use tandem_core::time::Timestamp;
use tandem_store::{TeamsAccountError, TeamsAccounts};
use utoipa::ToSchema;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The account.
#[derive(Serialize, ToSchema)]
pub(super) struct TeamsAccount {
    version: u64,
    name: String,
    object_id: Option<String>,
    tenant_id: Option<String>,
    client_id: Option<String>,
    /// What it proves with who it is; never the secret itself.
    credential: Option<CredentialView>,
    /// When the credential ends.
    expires_at: Option<Instant>,
    expires_at_source: ExpirySource,
    /// Several secrets of the registration begin like this one, and which of them it is cannot be told.
    expiry_uncertain: bool,
    /// Whole days until then; negative when it is over.
    days_left: Option<i64>,
    licensing_mode: LicensingMode,
    licensing_acknowledged_at: Option<Instant>,
    /// The features that are on.
    features: Vec<Feature>,
    /// In the order in which numbers are shown.
    number_types: Vec<ShownType>,
    messages: Messages,
    /// People whom the drawer lists.
    drawer_limit: u32,
    /// Accounts that have Teams switched on.
    n_enabled: usize,
    n_agents: usize,
    /// What was kept, and looks wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<AccountWarning>,
}

/// What a Teams account proves with who it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[schema(as = TeamsCredential)]
enum CredentialView {
    Secret {
        /// Its first three characters, as Entra shows them.
        hint: String,
        set_at: Instant,
    },
    Certificate {
        /// SHA-256, hexadecimal.
        thumbprint: String,
        not_after: Instant,
        set_at: Instant,
    },
}

impl From<&Proof> for CredentialView {
    fn from(proof: &Proof) -> Self {
        match proof {
            Proof::Secret { hint, set } => Self::Secret {
                hint: hint.clone(),
                set_at: (*set).into(),
            },
            Proof::Certificate {
                thumbprint,
                not_after,
                set,
            } => Self::Certificate {
                thumbprint: thumbprint.clone(),
                not_after: (*not_after).into(),
                set_at: (*set).into(),
            },
        }
    }
}

/// Who says when the credential ends.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ExpirySource {
    Directory,
    /// Somebody entered it, or the certificate in which it stands.
    Entered,
    Unknown,
}

/// Something that was kept, and looks wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsAccountWarning)]
pub(super) struct AccountWarning {
    field: &'static str,
    code: WarningCode,
    /// Of `too_many_in_step`: agents who have Teams switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<usize>,
    /// Of `too_many_in_step`: how many Microsoft's limits carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    n_max: Option<usize>,
}

/// What looks wrong.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsAccountWarningCode)]
enum WarningCode {
    /// Entra shows the id of a secret beside its value; this looks like the id (B-208).
    SecretLooksLikeId,
    /// More agents than Microsoft's limits carry have Teams switched on: those who are available may show as away.
    TooManyInStep,
}

impl TeamsAccount {
    async fn of(
        center: &Center,
        applied: &Applied,
        mut warnings: Vec<AccountWarning>,
    ) -> Result<Self, Problem> {
        let users = center.store.teams_users(center.id()).await?;
        let n_agents =
            { center.engine.view() }.read(|projection| projection.center.state().agents.len());
        let findings = applied.findings.lock().await.clone();
        let account = &applied.account;
        let ends = applied.ends(&findings);
        let crowd = Crowd::too_many(center, account);
        warnings.extend(crowd.map(|it| AccountWarning {
            field: "features",
            code: WarningCode::TooManyInStep,
            n: Some(it.n),
            n_max: Some(it.n_max),
        }));
        let now = center.clock.now();
        Ok(Self {
            version: applied.version,
            name: account.name.clone(),
            object_id: account.object_id.clone(),
            tenant_id: account.tenant_id.clone(),
            client_id: account.client_id.clone(),
            credential: account.proof.as_ref().map(CredentialView::from),
            expires_at: ends.map(|it| it.at.into()),
            expires_at_source: match ends.map(|it| it.source) {
                Some(EndsBy::Directory) => ExpirySource::Directory,
                Some(EndsBy::Entered) => ExpirySource::Entered,
                None => ExpirySource::Unknown,
            },
            expiry_uncertain: is_uncertain(&findings),
            days_left: ends.map(|it| days_between(now, it.at)),
            licensing_mode: account.licensing_mode,
            licensing_acknowledged_at: account.licensing_acknowledged.map(Instant::from),
            features: account.features.iter().copied().collect(),
            number_types: account.number_types.clone(),
            messages: account.messages.clone(),
            drawer_limit: account.drawer_limit,
            n_enabled: users.len(),
            n_agents,
            warnings,
        })
    }
}

fn is_uncertain(findings: &Findings) -> bool {
    findings.expiry.as_ref().is_some_and(|it| it.is_uncertain)
}

fn days_between(now: Timestamp, end: Timestamp) -> i64 {
    end.micros_since(now).div_euclid(MICROS_PER_DAY)
}

impl From<TeamsAccountError> for Problem {
    fn from(error: TeamsAccountError) -> Self {
        match error {
            TeamsAccountError::NotFound => no_account(),
            TeamsAccountError::Exists => {
                let detail =
                    "there is a Teams account already; delete it first to have another one";
                Self::conflict("teams_account_exists", detail)
            }
            TeamsAccountError::Conflict { .. } => Self::conflict("conflict", &error.to_string()),
            TeamsAccountError::Store(error) => error.into(),
        }
    }
}

impl From<ApplyError> for Problem {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Store(error) => error.into(),
            ApplyError::Sealing => {
                Self::unavailable("the credential could not be sealed; try again in a moment")
            }
        }
    }
}

pub(crate) fn no_account() -> Problem {
    let detail = "there is no Teams account; an administrator adds it";
    Problem::new(StatusCode::NOT_FOUND, "no_teams_account", detail)
}

/// The account that is there.
pub(super) async fn applied(center: &Center) -> Result<Arc<Applied>, Problem> {
    center.teams.applied().await?.ok_or_else(no_account)
}

/// The account as it was applied. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/teams-account", tag = "teams", operation_id = "teams_account_read",
    params(("center" = String, Path)),
    responses((status = 200, body = TeamsAccount),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: SettingsReader) -> Result<Json<TeamsAccount>, Problem> {
    let applied = applied(&by.center).await?;
    Ok(Json(
        TeamsAccount::of(&by.center, &applied, Vec::new()).await?,
    ))
}

/// Adds the account; a contact center has one or none. Permission: edit_settings.
#[utoipa::path(post, path = "/{center}/teams-account", tag = "teams", operation_id = "teams_account_create",
    params(("center" = String, Path)), request_body = TeamsAccountSent,
    responses((status = 201, body = TeamsAccount),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn create(
    by: SettingsEditor,
    Body(sent): Body<TeamsAccountSent>,
) -> Result<(StatusCode, Json<TeamsAccount>), Problem> {
    let center = &by.center;
    if center.teams.applied().await?.is_some() {
        return Err(TeamsAccountError::Exists.into());
    }
    let read = sent.read(None, center.clock.now())?;
    note(&by, Administration::Teams(TeamsAct::AccountMade)).await?;
    let kept = keep(&by, Onto::Nothing, read).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// Changes the account, on the version that was read; a secret that is not sent stays. Permission: edit_settings.
#[utoipa::path(put, path = "/{center}/teams-account", tag = "teams", operation_id = "teams_account_update",
    params(("center" = String, Path), ("If-Match" = String, Header)), request_body = TeamsAccountSent,
    responses((status = 200, body = TeamsAccount),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn update(
    by: SettingsEditor,
    Version(version): Version,
    Body(sent): Body<TeamsAccountSent>,
) -> Result<Json<TeamsAccount>, Problem> {
    let center = &by.center;
    let before = applied(center).await?;
    must_be(&before, version)?;
    let read = sent.read(Some(&before.account), center.clock.now())?;
    let fields = read.changed(&before.account);
    let act = TeamsAct::AccountChanged { fields };
    note(&by, Administration::Teams(act)).await?;
    keep(&by, Onto::Version(version), read).await.map(Json)
}

/// Deletes the account with its credential; Teams is switched off for everybody. Permission: edit_settings.
#[utoipa::path(delete, path = "/{center}/teams-account", tag = "teams", operation_id = "teams_account_remove",
    params(("center" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn remove(
    by: SettingsEditor,
    Version(version): Version,
) -> Result<StatusCode, Problem> {
    let center = &by.center;
    must_be(&*applied(center).await?, version)?;
    let users = center.store.teams_users(center.id()).await?;
    let accounts = u64::try_from(users.len()).unwrap_or(u64::MAX);
    let act = TeamsAct::AccountRemoved { accounts };
    note(&by, Administration::Teams(act)).await?;
    center.teams.remove(version).await?;
    tracing::info!(center = %center.id(), by = by.account.id.0, "Teams account removed");
    Ok(StatusCode::NO_CONTENT)
}

fn must_be(applied: &Applied, version: u64) -> Result<(), Problem> {
    if applied.version == version {
        return Ok(());
    }
    let actual = applied.version;
    Err(TeamsAccountError::Conflict { actual }.into())
}

async fn keep(by: &SettingsEditor, onto: Onto, read: Read) -> Result<TeamsAccount, Problem> {
    let center = &by.center;
    let warnings = { read.looks_like_id.then_some(WarningCode::SecretLooksLikeId) }.map(|code| {
        AccountWarning {
            field: "secret",
            code,
            n: None,
            n_max: None,
        }
    });
    let proving = read.credential.map_or(Proving::AsBefore, Proving::With);
    let applied = center.teams.apply(onto, &read.account, proving).await?;
    tracing::info!(center = %center.id(), by = by.account.id.0, "Teams account applied");
    TeamsAccount::of(center, &applied, warnings.into_iter().collect()).await
}
