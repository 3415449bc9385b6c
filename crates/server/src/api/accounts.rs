//! Accounts: who may come in and with which roles, and the sessions that they have open.

pub(super) mod scope;
pub(super) mod view;

use super::administration::note;
use super::body::{At, Body, Query};
use super::me::AccountView;
use super::settings::Items;
use super::time::Instant;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::{AccessManager, Anyone, actor_of};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use scope::ScopeView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_store::{
    Account, AccountChange, AccountId, Accounts, OpenSession, SessionId, SignIns, Standing,
    TokenHash, UnixMicros,
};
use utoipa::ToSchema;

/// An account, as administrators see it.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedAccount {
    #[serde(flatten)]
    account: AccountView,
    standing: StandingWord,
    /// What its roles reach; none is everything.
    scope: Option<ScopeView>,
    created_at: Instant,
}

/// Whether an account may be used.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StandingWord {
    Active,
    /// Nobody signs in with it, and its sessions are over.
    Disabled,
}

/// What is to hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStanding {
    standing: StandingWord,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountPage {
    items: Vec<ListedAccount>,
    /// For `after`, when there may be more.
    next_after: Option<u64>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The id after which the page begins; from the first when left out.
    after: Option<u64>,
}

/// A session that is open.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Names it; opens nothing.
    id: String,
    created_at: Instant,
    last_seen_at: Instant,
    expires_at: Instant,
    /// When Microsoft is asked again; none when it was opened by a password.
    confirmed_until: Option<Instant>,
    /// Whether it is the one that asks.
    is_current: bool,
}

impl SessionView {
    fn of(session: &OpenSession, current: TokenHash) -> Self {
        Self {
            id: format!("{:016x}", session.id.0),
            created_at: session.created.into(),
            last_seen_at: session.last_seen.into(),
            expires_at: session.expires.into(),
            confirmed_until: session.due.map(Instant::from),
            is_current: session.id == SessionId::of(current),
        }
    }
}

/// The usernames of those accounts that there are; the system has none.
pub(super) async fn usernames(
    app: &App,
    accounts: impl Iterator<Item = AccountId>,
) -> Result<BTreeMap<AccountId, String>, Problem> {
    let mut names = BTreeMap::new();
    for account in accounts.filter(|it| it.0 != 0) {
        if !names.contains_key(&account)
            && let Some(found) = app.store.account(account).await?
        {
            names.insert(account, found.username);
        }
    }
    Ok(names)
}

/// A thousand accounts at a time, in order of their ids. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/accounts", tag = "accounts", operation_id = "accounts_list",
    params(("center" = String, Path), After),
    responses((status = 200, body = AccountPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: AccessManager,
    Query(After { after }): Query<After>,
) -> Result<Json<AccountPage>, Problem> {
    let after = after.map(AccountId);
    let page = app.store.accounts(by.center.id(), after).await?;
    let names: Vec<_> = page.iter().filter_map(|account| account.name).collect();
    by.center.people.open(&names).await?;
    let is_full = page.len() >= tandem_store::limits::ACCOUNTS_PER_READ_MAX;
    let last = page.last().map(|account| account.id.0);
    let mut items = Vec::with_capacity(page.len());
    for account in &page {
        items.push(ListedAccount {
            account: AccountView::of(&by.center, account).await?,
            standing: match account.standing {
                Standing::Active => StandingWord::Active,
                Standing::Disabled => StandingWord::Disabled,
            },
            scope: ScopeView::of(&actor_of(account).scope),
            created_at: account.created.into(),
        });
    }
    Ok(Json(AccountPage {
        items,
        next_after: last.filter(|_| is_full),
    }))
}

/// Opens or closes an account; a closed one's sessions end at once. Permission: manage_access.
#[utoipa::path(put, path = "/{center}/accounts/{id}/standing", tag = "accounts",
    operation_id = "accounts_standing", request_body = NewStanding,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn set_standing(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    Body(sent): Body<NewStanding>,
) -> Result<StatusCode, Problem> {
    let account = find(&app, &by, id).await?;
    if account.id == by.account.id {
        let detail = "this is your own account; another administrator can close it";
        return Err(Problem::conflict("own_account", detail));
    }
    if account.is_key {
        let detail = "this is an API key's account; revoke the key";
        return Err(Problem::conflict("api_key", detail));
    }
    let (standing, act) = match sent.standing {
        StandingWord::Active => {
            let act = Administration::AccountOpened {
                account: account.id,
            };
            (Standing::Active, act)
        }
        StandingWord::Disabled => {
            let act = Administration::AccountClosed {
                account: account.id,
            };
            (Standing::Disabled, act)
        }
    };
    note(&by, act).await?;
    let change = AccountChange::Standing(standing);
    app.store.change_account(account.id, change).await?;
    by.center.people.accounts_changed();
    tracing::info!(
        center = %by.center.id(), account = id, by = by.account.id.0, ?standing, "standing set"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// The open sessions of an account, newest first. Permission: manage_access.
#[utoipa::path(get, path = "/{center}/accounts/{id}/sessions", tag = "accounts",
    operation_id = "accounts_sessions", params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Items<SessionView>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn sessions(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
) -> Result<Json<Items<SessionView>>, Problem> {
    let account = find(&app, &by, id).await?;
    open_sessions(&app, account.id, by.token).await
}

/// Ends all sessions of an account. Permission: manage_access.
#[utoipa::path(delete, path = "/{center}/accounts/{id}/sessions", tag = "accounts",
    operation_id = "accounts_end_sessions", params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn end_sessions(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    let account = find(&app, &by, id).await?;
    let act = Administration::SessionsEnded {
        account: account.id,
    };
    note(&by, act).await?;
    let ended = app.store.revoke_sessions(account.id).await?;
    tracing::info!(
        center = %by.center.id(), account = id, by = by.account.id.0, ended, "sessions ended"
    );
    Ok(StatusCode::NO_CONTENT)
}

/// One's own open sessions, newest first. Anybody who is signed in.
#[utoipa::path(get, path = "/{center}/me/sessions", tag = "accounts", operation_id = "my_sessions",
    params(("center" = String, Path)),
    responses((status = 200, body = Items<SessionView>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn mine(
    State(app): State<Arc<App>>,
    by: Anyone,
) -> Result<Json<Items<SessionView>>, Problem> {
    open_sessions(&app, by.account.id, by.token).await
}

/// Ends one of one's own sessions. Anybody who is signed in.
#[utoipa::path(delete, path = "/{center}/me/sessions/{session}", tag = "accounts",
    operation_id = "end_my_session",
    params(("center" = String, Path), ("session" = String, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn end_mine(
    State(app): State<Arc<App>>,
    by: Anyone,
    At(session): At<String>,
) -> Result<StatusCode, Problem> {
    let gone = || Problem::not_found("you have no such session; it may have ended");
    let id = u64::from_str_radix(&session, 16).map_err(|_not_an_id| gone())?;
    match app.store.end_session(by.account.id, SessionId(id)).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(tandem_store::AccountError::NotFound) => Err(gone()),
        Err(error) => Err(error.into()),
    }
}

async fn open_sessions(
    app: &App,
    account: AccountId,
    current: TokenHash,
) -> Result<Json<Items<SessionView>>, Problem> {
    let now = UnixMicros(app.clock.now().as_micros());
    let sessions = app.store.sessions(account, now).await?;
    let items = sessions.iter().map(|it| SessionView::of(it, current));
    Ok(Json(Items {
        items: items.collect(),
    }))
}

/// An account of this contact center.
pub(super) async fn find(app: &App, by: &AccessManager, id: u64) -> Result<Account, Problem> {
    let account = app.store.account(AccountId(id)).await?;
    account
        .filter(|account| account.center == *by.center.id())
        .ok_or_else(|| Problem::not_found(&format!("there is no account {id}")))
}
