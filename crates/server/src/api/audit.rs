//! The audit: who changed what, and who was turned away.

use super::accounts::usernames;
use super::body::{Limit, Query};
use super::time::Instant;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::AuditReader;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use tandem_core::history::HistoryRead;
use tandem_core::ids::AccountId;
use tandem_core::scope::Scope;
use tandem_reports::story::{Audit, AuditAction};
use utoipa::ToSchema;

/// An entry.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEntry {
    at: Instant,
    /// The username; `system` for the process itself, none when not known.
    actor: Option<String>,
    /// A stable code: `saved`, `removed`, `reconciled`, `do_not_call_set`, `do_not_call_removed`,
    /// `events_read`, `contacts_exported`, `scope_set`, `denied`.
    action: &'static str,
    outcome: Outcome,
    detail: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Done,
    Denied,
}

/// The last entries, newest first. Permission: read_audit.
#[utoipa::path(get, path = "/{center}/audit", tag = "audit", operation_id = "audit",
    params(("center" = String, Path), Limit),
    responses((status = 200, body = Vec<AuditEntry>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: AuditReader,
    Query(limit): Query<Limit>,
) -> Result<Json<Vec<AuditEntry>>, Problem> {
    let entries: Vec<Audit> = by.center.engine.view().read(|projection| {
        projection
            .stories
            .audit()
            .take(limit.or(100))
            .cloned()
            .collect()
    });
    let names = usernames(&app, entries.iter().filter_map(|entry| entry.by)).await?;
    let views = entries.into_iter().map(|entry| {
        let actor = match entry.by {
            Some(AccountId(0)) => Some("system".to_owned()),
            by => by.and_then(|by| names.get(&by).cloned()),
        };
        view(entry, actor)
    });
    Ok(Json(views.collect()))
}

fn view(entry: Audit, actor: Option<String>) -> AuditEntry {
    use Outcome::{Denied, Done};
    let (action, outcome, detail) = match entry.action {
        AuditAction::Saved { kind, id, version } => {
            let detail = format!("{} {id}, version {version}", kind.word());
            ("saved", Done, detail)
        }
        AuditAction::Removed { kind, id } => ("removed", Done, format!("{} {id}", kind.word())),
        AuditAction::ReconciliationAsked => ("reconciled", Done, "every open call".to_owned()),
        AuditAction::DoNotCallSet { id } => ("do_not_call_set", Done, format!("entry {id}")),
        AuditAction::DoNotCallRemoved { id } => {
            ("do_not_call_removed", Done, format!("entry {id}"))
        }
        AuditAction::HistoryRead(HistoryRead::Events { contact }) => {
            ("events_read", Done, format!("contact {contact}"))
        }
        AuditAction::HistoryRead(HistoryRead::Export {
            format,
            filter,
            contacts,
        }) => {
            let detail = format!("{contacts} contacts as {}: {filter}", format.word());
            ("contacts_exported", Done, detail)
        }
        AuditAction::ScopeSet { account, scope } => (
            "scope_set",
            Done,
            format!("account {account}: {}", told(&scope)),
        ),
        AuditAction::Denied { action } => ("denied", Denied, action),
    };
    AuditEntry {
        at: entry.at.into(),
        actor,
        action,
        outcome,
        detail,
    }
}

/// A scope in a line.
fn told(scope: &Scope) -> String {
    let Scope::Parts(parts) = scope else {
        return "everything".to_owned();
    };
    let queues = parts.queues.iter().map(|id| format!("queue {id}"));
    let teams = parts.teams.iter().map(|id| format!("team {id}"));
    let sites = parts.sites.iter().map(|id| format!("site {id}"));
    let named: Vec<String> = queues.chain(teams).chain(sites).collect();
    if named.is_empty() {
        return "nothing".to_owned();
    }
    named.join(", ")
}
