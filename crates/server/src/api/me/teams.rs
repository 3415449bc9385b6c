//! Whether whoever asks has Teams: everybody switches it on for themselves (B-061).

use super::super::body::Body;
use super::super::teams_account::delegates::{LoginWord, own};
use super::super::teams_account::no_account;
use super::super::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::edge::graph::delegates::{Duty, LoginProblem, login};
use crate::problem::Problem;
use crate::sign_in::Anyone;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::ids::AgentId;
use tandem_store::{TeamsAccounts, TeamsSwitch};
use utoipa::ToSchema;

/// How somebody has Teams.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct MyTeams {
    /// Whether the contact center has a Teams account.
    has_account: bool,
    is_enabled: bool,
    /// Whether this person is to sign in to Teams for the contact center.
    login: LoginWord,
    /// When that sign-in ends if nobody uses it, or ended.
    login_expires_at: Option<Instant>,
    /// Why the sign-in is over, or the last attempt came to nothing.
    login_problem: Option<LoginProblem>,
    /// The redirect URI that has to be registered for it.
    login_redirect_uri: String,
    /// As what this person was chosen to sign in.
    is_owner: Option<Duty>,
    /// The Microsoft account that the agent is, as the directory says.
    upn: Option<String>,
}

/// What is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct MyTeamsSent {
    is_enabled: bool,
}

/// Whether whoever asks has Teams. Anybody who is signed in.
#[utoipa::path(get, path = "/{center}/me/teams", tag = "teams", operation_id = "my_teams_read",
    params(("center" = String, Path)),
    responses((status = 200, body = MyTeams),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn read(
    State(app): State<Arc<App>>,
    by: Anyone,
) -> Result<Json<MyTeams>, Problem> {
    Ok(Json(standing(&app, &by).await?))
}

/// Switches Teams on or off for whoever asks. Anybody who is signed in.
#[utoipa::path(put, path = "/{center}/me/teams", tag = "teams", operation_id = "my_teams_set",
    params(("center" = String, Path)), request_body = MyTeamsSent,
    responses((status = 200, body = MyTeams),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in super::super) async fn set(
    State(app): State<Arc<App>>,
    by: Anyone,
    Body(sent): Body<MyTeamsSent>,
) -> Result<Json<MyTeams>, Problem> {
    let center = &by.center;
    if sent.is_enabled && center.teams.applied().await?.is_none() {
        return Err(no_account());
    }
    let to = if sent.is_enabled {
        TeamsSwitch::On
    } else {
        TeamsSwitch::Off
    };
    app.store
        .switch_teams(center.id(), by.account.id, to)
        .await?;
    center.teams.look_at_switches();
    Ok(Json(standing(&app, &by).await?))
}

fn upn(center: &Center, id: AgentId) -> Option<String> {
    let view = center.engine.view();
    let address = view.read(|projection| {
        let agent = projection.center.state().agents.get(id)?;
        Some(agent.profile.address.clone())
    });
    let directory = center.teams.directory.standing();
    Some(directory.person(&address?)?.upn.clone())
}

async fn standing(app: &App, by: &Anyone) -> Result<MyTeams, Problem> {
    let users = app.store.teams_users(by.center.id()).await?;
    let upn = by.actor.agent.and_then(|id| upn(&by.center, id));
    let own = own(&by.center, by.account.id).await?;
    Ok(MyTeams {
        login: own.login,
        login_expires_at: own.expires,
        login_problem: own.problem,
        login_redirect_uri: login::way_back(&app.public_base_url),
        is_owner: own.duty,
        upn,
        has_account: by.center.teams.applied().await?.is_some(),
        is_enabled: users.contains(&by.account.id),
    })
}
