//! API keys: made by administrators, shown once, revocable.

use super::administration::note;
use super::body::{At, Body};
use super::settings::Items;
use super::time::Instant;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::{AccessManager, KEY_PREFIX, Scope};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_core::time::Timestamp;
use tandem_store::{
    AccountError, ApiKey, ApiKeyId, ApiKeys, NewApiKey, Token, TokenHash, UnixMicros,
};
use utoipa::ToSchema;

/// What a key may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
enum ScopeWord {
    #[serde(rename = "contacts.read")]
    ContactsRead,
    #[serde(rename = "board.read")]
    BoardRead,
    #[serde(rename = "recording.pause")]
    RecordingPause,
    #[serde(rename = "callbacks.book")]
    CallbacksBook,
    #[serde(rename = "settings.apply")]
    SettingsApply,
}

impl ScopeWord {
    const fn scope(self) -> Scope {
        match self {
            Self::ContactsRead => Scope::ContactsRead,
            Self::BoardRead => Scope::BoardRead,
            Self::RecordingPause => Scope::RecordingPause,
            Self::CallbacksBook => Scope::CallbacksBook,
            Self::SettingsApply => Scope::SettingsApply,
        }
    }
}

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// Whose it is: stands in the audit, and is never given twice.
    name: String,
    /// At least one.
    scopes: BTreeSet<ScopeWord>,
    /// RFC 3339; never when left out.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// A key that was just made: it is shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeKey {
    id: u64,
    /// For `Authorization: Bearer`.
    key: String,
}

/// A key that is good.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyView {
    id: u64,
    name: String,
    scopes: Vec<String>,
    /// The account of whoever made it.
    created_by: u64,
    created_at: Instant,
    expires_at: Option<Instant>,
    /// To the minute.
    last_used_at: Option<Instant>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.0,
            name: key.name,
            scopes: key.scopes,
            created_by: key.created_by.0,
            created_at: key.created.into(),
            expires_at: key.expires.map(Instant::from),
            last_used_at: key.last_used.map(Instant::from),
        }
    }
}

/// Makes a key. Permission: manage_access.
#[utoipa::path(post, path = "/{center}/api-keys", tag = "accounts", operation_id = "api_keys_create",
    params(("center" = String, Path)), request_body = NewKey,
    responses((status = 201, body = MadeKey),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    by: AccessManager,
    Body(sent): Body<NewKey>,
) -> Result<(StatusCode, Json<MadeKey>), Problem> {
    let now = app.clock.now();
    let new = new_key(&by, sent, now)?;
    let token = Token::generate()?;
    let key = format!("{KEY_PREFIX}{}", token.reveal());
    let (hash, scopes) = (TokenHash::of(&key), new.scopes.clone());
    let made = app
        .store
        .create_api_key(hash, new, UnixMicros(now.as_micros()));
    let id = match made.await {
        Ok(id) => id,
        Err(AccountError::UsernameTaken) => {
            let detail = "was given to a key before; choose another";
            return Err(Problem::invalid("name", detail));
        }
        Err(error) => return Err(error.into()),
    };
    let act = Administration::ApiKeyMade { key: id.0, scopes };
    if let Err(problem) = note(&by, act).await {
        // Nobody has seen it: it goes as it came.
        app.store.revoke_api_key(by.center.id(), id).await?;
        return Err(problem);
    }
    tracing::info!(center = %by.center.id(), key = id.0, by = by.account.id.0, "API key made");
    Ok((StatusCode::CREATED, Json(MadeKey { id: id.0, key })))
}

fn new_key(by: &AccessManager, sent: NewKey, now: Timestamp) -> Result<NewApiKey, Problem> {
    let name = sent.name.trim();
    let bytes_max = tandem_store::limits::API_KEY_NAME_BYTES_MAX;
    if name.is_empty() || name.len() > bytes_max {
        let detail = format!("write 1 to {bytes_max} characters: who uses the key");
        return Err(Problem::invalid("name", detail));
    }
    if sent.scopes.is_empty() {
        let words = Scope::ALL.map(Scope::word).join(", ");
        return Err(Problem::invalid(
            "scopes",
            format!("name at least one of {words}"),
        ));
    }
    let expires = sent.expires_at.as_deref().map(|text| expiry(text, now));
    let scopes = sent
        .scopes
        .into_iter()
        .map(|it| it.scope().word().to_owned());
    Ok(NewApiKey {
        center: by.center.id().clone(),
        name: name.to_owned(),
        scopes: scopes.collect(),
        created_by: by.account.id,
        expires: expires.transpose()?,
    })
}

fn expiry(text: &str, now: Timestamp) -> Result<UnixMicros, Problem> {
    let at: Option<jiff::Timestamp> = text.parse().ok();
    let at = at.map(|at| UnixMicros(at.as_microsecond()));
    at.filter(|at| at.0 > now.as_micros()).ok_or_else(|| {
        let detail = "write an instant to come, such as 2027-01-31T00:00:00Z";
        Problem::invalid("expires_at", detail)
    })
}

/// The keys that are good. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/api-keys", tag = "accounts", operation_id = "api_keys_list",
    params(("center" = String, Path)),
    responses((status = 200, body = Items<KeyView>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: AccessManager,
) -> Result<Json<Items<KeyView>>, Problem> {
    let keys = app.store.api_keys(by.center.id()).await?;
    let items = keys.into_iter().map(KeyView::from).collect();
    Ok(Json(Items { items }))
}

/// Revokes a key; it opens nothing from the next request on. Permission: manage_access.
#[utoipa::path(delete, path = "/{center}/api-keys/{id}", tag = "accounts",
    operation_id = "api_keys_revoke", params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    let unknown = || Problem::not_found(&format!("there is no API key {id}"));
    let keys = app.store.api_keys(by.center.id()).await?;
    if !keys.iter().any(|key| key.id.0 == id) {
        return Err(unknown());
    }
    note(&by, Administration::ApiKeyRevoked { key: id }).await?;
    match app.store.revoke_api_key(by.center.id(), ApiKeyId(id)).await {
        Ok(()) => {
            tracing::info!(center = %by.center.id(), key = id, by = by.account.id.0, "API key revoked");
            Ok(StatusCode::NO_CONTENT)
        }
        Err(AccountError::NotFound) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}
