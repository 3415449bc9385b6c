//! What an account's roles reach: said by administrators, on record before it holds, and held by sessions and live
//! feeds at once.

use super::find;
use crate::api::body::{At, Body};
use crate::api::refusal::done;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::{AccessManager, account_roles};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::ids::{QueueId, SiteId, TeamId};
use tandem_core::input::{Input, Request};
use tandem_core::role::Role;
use tandem_core::scope::{Parts, Scope};
use tandem_store::{AccountChange, Accounts};
use utoipa::ToSchema;

/// The parts of a scope.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ScopeView {
    queues: Vec<u64>,
    teams: Vec<u64>,
    sites: Vec<u64>,
}

impl ScopeView {
    /// None: everything.
    pub(in crate::api) fn of(scope: &Scope) -> Option<Self> {
        let Scope::Parts(parts) = scope else {
            return None;
        };
        Some(Self {
            queues: parts.queues.iter().map(|id| id.0).collect(),
            teams: parts.teams.iter().map(|id| id.0).collect(),
            sites: parts.sites.iter().map(|id| id.0).collect(),
        })
    }
}

/// What is to be reached: `{"everything": true}`, or parts. Empty parts reach nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ScopeSent {
    #[serde(default)]
    everything: bool,
    queues: Option<Vec<u64>>,
    teams: Option<Vec<u64>>,
    sites: Option<Vec<u64>>,
}

impl ScopeSent {
    fn scope(self) -> Result<Scope, Problem> {
        let has_parts = self.queues.is_some() || self.teams.is_some() || self.sites.is_some();
        if self.everything == has_parts {
            let detail = "send {\"everything\": true}, or queues, teams and sites";
            return Err(Problem::invalid("everything", detail));
        }
        if self.everything {
            return Ok(Scope::Everything);
        }
        let (queues, teams) = (
            self.queues.unwrap_or_default(),
            self.teams.unwrap_or_default(),
        );
        let sites = self.sites.unwrap_or_default().into_iter();
        Ok(Scope::Parts(Parts {
            queues: queues.into_iter().map(QueueId).collect(),
            teams: teams.into_iter().map(TeamId).collect(),
            sites: sites.map(SiteId).collect(),
        }))
    }
}

/// Says what an account's roles reach; open sessions and live feeds are held to it at once. Permission:
/// manage_access.
#[utoipa::path(put, path = "/{center}/accounts/{id}/scope", tag = "accounts",
    operation_id = "accounts_scope", request_body = ScopeSent,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn set(
    State(app): State<Arc<App>>,
    by: AccessManager,
    At(id): At<u64>,
    Body(sent): Body<ScopeSent>,
) -> Result<StatusCode, Problem> {
    let account = find(&app, &by, id).await?;
    let scope = sent.scope()?;
    if !scope.is_everything() && account_roles(&account).contains(&Role::Administrator) {
        let detail = "administrators are never limited: take the role away first";
        return Err(Problem::conflict("administrator", detail));
    }
    let request = Request::SetScope {
        account: account.id,
        scope: scope.clone(),
    };
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    done(by.center.engine.submit_and_see(input, Vec::new()).await?)?;
    let change = AccountChange::Scope(scope);
    app.store.change_account(account.id, change).await?;
    if let Some(hub) = app.hubs.get(by.center.id().as_str()) {
        hub.access_changed();
    }
    tracing::info!(center = %by.center.id(), account = id, by = by.account.id.0, "scope set");
    Ok(StatusCode::NO_CONTENT)
}
