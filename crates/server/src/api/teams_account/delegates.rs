//! Who signs in to Teams for the contact center (B-205, B-206): an owner, and a back-up whose sign-in counts when the
//! owner's has ended. Nobody else is asked to.

use super::super::administration::note;
use super::super::body::{Body, Query, Version};
use super::super::time::Instant;
use super::{applied, must_be};
use crate::app::App;
use crate::center::Center;
use crate::edge::graph::account;
use crate::edge::graph::delegates::{self, Delegate, Login, LoginProblem};
use crate::edge::graph::link::{Applied, Onto, Proving};
use crate::problem::Problem;
use crate::sign_in::{Anyone, SettingsEditor, SettingsReader};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::administration::{Administration, TeamsAct};
use tandem_core::ids::AccountId;
use tandem_store::{Account, Accounts, Standing, limits::ACCOUNTS_PER_READ_MAX};
use utoipa::ToSchema;

/// People who are offered for a choice.
const CANDIDATES_MAX: usize = 20;

/// Who signs in to Teams for the contact center.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsDelegates)]
pub(in super::super) struct Delegates {
    /// The version of the Teams account, on which they are changed.
    version: u64,
    owner: Option<DelegateView>,
    backup: Option<DelegateView>,
    /// Whether a feature that is on needs somebody's sign-in.
    is_needed: bool,
}

/// One of them.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsDelegate)]
struct DelegateView {
    account: u64,
    name: String,
    login: LoginWord,
    /// When the sign-in ends if nobody uses it, or ended.
    expires_at: Option<Instant>,
    /// It ends within fourteen days, has ended, or never was.
    is_due: bool,
    /// Why the sign-in is over, or the last attempt came to nothing.
    problem: Option<LoginProblem>,
}

/// Whether somebody is to sign in to Teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamsLogin)]
pub(in super::super) enum LoginWord {
    NotNeeded,
    Needed,
    Done,
}

impl LoginWord {
    const fn of(login: Login) -> Self {
        if login.is_needed() {
            Self::Needed
        } else {
            Self::Done
        }
    }
}

/// Who is to sign in: accounts, or nobody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamsDelegatesSent)]
pub(in super::super) struct Sent {
    #[schema(required)]
    owner: Option<u64>,
    #[schema(required)]
    backup: Option<u64>,
}

/// Whom to look for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct Wanted {
    /// A part of the name; everybody where it is empty.
    #[serde(default)]
    search: String,
}

/// Somebody who may be chosen.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamsCandidate)]
pub(in super::super) struct Candidate {
    account: u64,
    name: String,
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct LoginLink {
    url: String,
}

/// How the sign-in of one person stands, for that person.
pub(in super::super) struct Own {
    pub(in super::super) login: LoginWord,
    pub(in super::super) expires: Option<Instant>,
    pub(in super::super) duty: Option<delegates::Duty>,
    pub(in super::super) problem: Option<LoginProblem>,
}

/// The sign-in of one person: only who was chosen has to, and only where something that is on needs it.
pub(in super::super) async fn own(center: &Center, account: AccountId) -> Result<Own, Problem> {
    let mut own = Own {
        login: LoginWord::NotNeeded,
        expires: None,
        duty: None,
        problem: None,
    };
    let Some(applied) = center.teams.applied().await? else {
        return Ok(own);
    };
    let Some(delegate) = delegates::of(&center.teams, &applied, account).await? else {
        return Ok(own);
    };
    own.duty = Some(delegate.duty);
    own.expires = expires(delegate.login);
    if delegates::is_needed(&applied) {
        own.login = LoginWord::of(delegate.login);
        own.problem = problem(center, &delegate);
    }
    Ok(own)
}

fn expires(login: Login) -> Option<Instant> {
    match login {
        Login::Never => None,
        Login::Ended(ended) => Some(ended.at.into()),
        Login::Works { until } => Some(until.into()),
    }
}

/// What came last counts: an attempt that came to nothing, else why the sign-in is over.
fn problem(center: &Center, delegate: &Delegate) -> Option<LoginProblem> {
    let refused = center.teams.delegation.refused(delegate.account);
    refused.or(match delegate.login {
        Login::Ended(ended) => Some(ended.problem),
        Login::Never | Login::Works { .. } => None,
    })
}

impl Delegates {
    async fn of(center: &Center, applied: &Applied) -> Result<Self, Problem> {
        let mut view = Self {
            version: applied.version,
            owner: None,
            backup: None,
            is_needed: delegates::is_needed(applied),
        };
        for delegate in delegates::all(&center.teams, applied).await? {
            let id = delegate.account;
            let name = center.people.of_account(id).await?;
            let shown = DelegateView {
                account: id.0,
                name: name.unwrap_or_else(|| format!("account {}", id.0)),
                login: LoginWord::of(delegate.login),
                expires_at: expires(delegate.login),
                is_due: delegate.login.is_due(center.clock.now()),
                problem: problem(center, &delegate),
            };
            match delegate.duty {
                delegates::Duty::Owner => view.owner = Some(shown),
                delegates::Duty::Backup => view.backup = Some(shown),
            }
        }
        Ok(view)
    }
}

/// Who signs in to Teams for the contact center, and how each sign-in stands. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/teams-account/delegates", tag = "teams", operation_id = "teams_delegates_read",
    params(("center" = String, Path)),
    responses((status = 200, body = Delegates),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn read(by: SettingsReader) -> Result<Json<Delegates>, Problem> {
    let applied = applied(&by.center).await?;
    Ok(Json(Delegates::of(&by.center, &applied).await?))
}

/// Chooses who signs in, on the version of the Teams account. The sign-in of whoever is not chosen any more is forgotten.
/// Permission: edit_settings.
#[utoipa::path(put, path = "/{center}/teams-account/delegates", tag = "teams", operation_id = "teams_delegates_set",
    params(("center" = String, Path), ("If-Match" = String, Header)), request_body = Sent,
    responses((status = 200, body = Delegates),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn set(
    State(app): State<Arc<App>>,
    by: SettingsEditor,
    Version(version): Version,
    Body(sent): Body<Sent>,
) -> Result<Json<Delegates>, Problem> {
    let center = &by.center;
    let before = applied(center).await?;
    must_be(&before, version)?;
    let owner = chosen(&app, center, "owner", sent.owner).await?;
    let backup = chosen(&app, center, "backup", sent.backup).await?;
    if owner.is_some() && owner == backup {
        let detail =
            "choose somebody else than the owner: one who stands in for oneself is no back-up";
        return Err(Problem::invalid("backup", detail));
    }
    let act = TeamsAct::DelegatesSet { owner, backup };
    note(&by, Administration::Teams(act)).await?;
    let mut account = before.account.clone();
    account.delegates = account::Delegates { owner, backup };
    let (onto, proving) = (Onto::Version(version), Proving::AsBefore);
    let applied = center.teams.apply(onto, &account, proving).await?;
    delegates::forget_others(&center.teams, &applied).await?;
    Ok(Json(Delegates::of(center, &applied).await?))
}

async fn chosen(
    app: &App,
    center: &Center,
    field: &str,
    account: Option<u64>,
) -> Result<Option<AccountId>, Problem> {
    let Some(id) = account.map(AccountId) else {
        return Ok(None);
    };
    let found = app.store.account(id).await?;
    if found.is_some_and(|it| it.center == *center.id() && may_be_chosen(&it)) {
        return Ok(Some(id));
    }
    let detail = "there is no open account of a person with this number; see the candidates";
    Err(Problem::invalid(field, detail))
}

fn may_be_chosen(account: &Account) -> bool {
    account.standing == Standing::Active && !account.is_key
}

/// People who may be chosen, twenty at most, by name. Permission: edit_settings.
#[utoipa::path(get, path = "/{center}/teams-account/candidates", tag = "teams", operation_id = "teams_candidates",
    params(("center" = String, Path), Wanted),
    responses((status = 200, body = Vec<Candidate>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn candidates(
    State(app): State<Arc<App>>,
    by: SettingsEditor,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<Candidate>>, Problem> {
    let center = &by.center;
    let wanted = wanted.search.trim().to_lowercase();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = app.store.accounts(center.id(), after).await?;
        let names: Vec<_> = page.iter().filter_map(|it| it.name).collect();
        center.people.open(&names).await?;
        for account in page.iter().filter(|it| may_be_chosen(it)) {
            let known = account.name.and_then(|it| center.people.known(it));
            let name = known.map_or_else(|| account.username.clone(), |it| it.to_string());
            if name.to_lowercase().contains(&wanted) {
                let account = account.id.0;
                found.push(Candidate { account, name });
            }
        }
        after = page.last().map(|it| it.id);
        if page.len() < ACCOUNTS_PER_READ_MAX {
            break;
        }
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));
    found.truncate(CANDIDATES_MAX);
    Ok(Json(found))
}

/// Where whoever asks signs in to Teams for the contact center; good once, for ten minutes. Only for who was chosen.
#[utoipa::path(post, path = "/{center}/me/teams/login", tag = "teams", operation_id = "my_teams_login",
    params(("center" = String, Path)),
    responses((status = 200, body = LoginLink),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn sign_in(
    State(app): State<Arc<App>>,
    by: Anyone,
) -> Result<Json<LoginLink>, Problem> {
    let center = &by.center;
    let applied = applied(center).await?;
    if own(center, by.account.id).await?.login == LoginWord::NotNeeded {
        let detail = "nobody needs your sign-in: only the owner and the back-up of the Teams account sign in, and only for presence_push";
        return Err(Problem::conflict("login_not_needed", detail));
    }
    let base = &app.public_base_url;
    let url = delegates::login::begin(&center.teams, &applied, base, by.account.id)?;
    let missing = || {
        let detail = "enter tenant id and client id of the Teams account and apply them first";
        Problem::conflict("teams_account_incomplete", detail)
    };
    let url = url.ok_or_else(missing)?;
    Ok(Json(LoginLink {
        url: url.to_string(),
    }))
}
