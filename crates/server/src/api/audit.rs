//! The audit: who changed what, and who was turned away. It is read from the history, which is a moment behind
//! the loop: whoever asks waits for that moment.

mod changes;
pub(super) mod export;
mod filters;

use super::accounts::usernames;
use super::body::{At, Query};
use super::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::AuditReader;
use axum::Json;
use axum::extract::State;
use changes::{Change, changes};
use filters::{Filters, Page};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::AccountId;
use tandem_store::{Audit, AuditEntry, AuditFilter, AuditRow, WholeAuditEntry};
use utoipa::ToSchema;

/// How long a reader waits for what was done last; a history that is being made again takes longer.
const BEHIND_MAX: Duration = Duration::from_secs(3);

/// An entry.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditItem {
    /// Its place, from 1.
    n: u64,
    at: Instant,
    /// The username; `system` for the process itself, none when not known.
    actor: Option<String>,
    /// A stable code; `docs/operating/audit.md` has them all.
    action: String,
    outcome: OutcomeWord,
    detail: String,
    /// What it was done to: `queue`, `flow`, `account`, `recording` and the like.
    kind: Option<String>,
    id: Option<u64>,
    /// That of the settings document that was saved.
    version: Option<u64>,
    /// Whether a settings document is another since: its entry says how.
    has_change: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Done,
    Denied,
}

/// The last entry. Whoever noted it elsewhere can tell whether the audit is still the one that it was.
#[derive(Serialize, ToSchema)]
pub(super) struct Head {
    n: u64,
    /// SHA-256, hexadecimal.
    link: String,
}

/// A page of the audit, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
    items: Vec<AuditItem>,
    /// For `before`, when there may be more.
    next_before: Option<u64>,
    /// None while there is no entry.
    head: Option<Head>,
    /// Whether it has everything that was done until now. It has not while it is made again from the journal.
    is_complete: bool,
}

/// An entry, and what was changed.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeAuditItem {
    #[serde(flatten)]
    entry: AuditItem,
    /// SHA-256 of the link before, the instant and the event, hexadecimal.
    link: String,
    /// The settings document as it was; null when it was made, or none was changed.
    before: Option<Value>,
    /// The settings document as it is since; null when it was removed, or none was changed.
    after: Option<Value>,
    changes: Vec<Change>,
    /// Changes beyond those that are listed.
    n_more_changes: usize,
}

impl AuditItem {
    fn of(entry: &AuditEntry, names: &BTreeMap<AccountId, String>) -> Self {
        let AuditEntry { n, row, .. } = entry;
        let (kind, id) = row.object.clone().unzip();
        Self {
            n: *n,
            at: row.at.into(),
            actor: actor(row, names),
            action: row.action.clone(),
            outcome: if row.is_denied {
                OutcomeWord::Denied
            } else {
                OutcomeWord::Done
            },
            detail: row.detail.clone(),
            kind,
            id,
            version: row.version,
            has_change: is_change(row),
        }
    }
}

/// Whoever did it, as people know them.
pub(super) fn actor(row: &AuditRow, names: &BTreeMap<AccountId, String>) -> Option<String> {
    match row.by {
        Some(AccountId(0)) => Some("system".to_owned()),
        by => by.and_then(|by| names.get(&by).cloned()),
    }
}

/// Whether a settings document was saved or removed.
fn is_change(row: &AuditRow) -> bool {
    ["saved", "removed"].contains(&row.action.as_str())
}

/// Entries of the audit, newest first. Permission: read_audit.
#[utoipa::path(get, path = "/{center}/audit", tag = "audit", operation_id = "audit",
    params(("center" = String, Path), Filters, Page),
    responses((status = 200, body = AuditPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: AuditReader,
    filters: Filters,
    Query(page): Query<Page>,
) -> Result<Json<AuditPage>, Problem> {
    let center = &by.center;
    let limit = page.limit()?;
    let filter = AuditFilter {
        below: page.before,
        ..filters.stored(&app, center).await?
    };
    let is_complete = caught_up(center).await;
    let head = center.store.audit_head(center.id()).await?;
    let entries = center.store.audit(center.id(), &filter, limit).await?;
    let names = usernames(&app, entries.iter().filter_map(|it| it.row.by)).await?;
    let last = entries.last().map(|it| it.n);
    Ok(Json(AuditPage {
        next_before: last.filter(|n| entries.len() >= limit && *n > 1),
        items: entries.iter().map(|it| AuditItem::of(it, &names)).collect(),
        head: head.map(|head| Head {
            n: head.n,
            link: head.link.to_string(),
        }),
        is_complete,
    }))
}

/// Waits until what was done up to now is in the audit; answers whether it is.
pub(super) async fn caught_up(center: &Center) -> bool {
    let seq = center.engine.view().read(|it| it.seq);
    let reached = center.followed.reaches(seq);
    tokio::time::timeout(BEHIND_MAX, reached).await.is_ok()
}

/// One entry of the audit, with what was changed. Permission: read_audit.
#[utoipa::path(get, path = "/{center}/audit/{n}", tag = "audit", operation_id = "audit_entry",
    params(("center" = String, Path), ("n" = u64, Path)),
    responses((status = 200, body = WholeAuditItem),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    by: AuditReader,
    At(n): At<u64>,
) -> Result<Json<WholeAuditItem>, Problem> {
    let center = &by.center;
    caught_up(center).await;
    let filter = AuditFilter {
        below: n.checked_add(1),
        ..AuditFilter::default()
    };
    let found = newest(center, &filter).await?;
    let found = found.filter(|it| it.entry.n == n);
    let no_such = || Problem::not_found(&format!("there is no entry {n} in the audit"));
    let WholeAuditEntry { entry, fact } = found.ok_or_else(no_such)?;
    let (before, after) = if is_change(&entry.row) {
        (before(center, &entry).await?, document(&fact))
    } else {
        (None, None)
    };
    let names = usernames(&app, entry.row.by.into_iter()).await?;
    let (changes, n_more_changes) = changes(before.as_ref(), after.as_ref());
    Ok(Json(WholeAuditItem {
        link: entry.link.to_string(),
        entry: AuditItem::of(&entry, &names),
        before,
        after,
        changes,
        n_more_changes,
    }))
}

/// The settings document before a change: the one that was saved last; none after it was removed.
async fn before(center: &Center, entry: &AuditEntry) -> Result<Option<Value>, Problem> {
    let (kind, object) = entry.row.object.clone().unzip();
    let filter = AuditFilter {
        below: Some(entry.n),
        kind,
        object,
        ..AuditFilter::default()
    };
    let earlier = newest(center, &filter).await?;
    Ok(earlier.and_then(|it| document(&it.fact)))
}

async fn newest(center: &Center, filter: &AuditFilter) -> Result<Option<WholeAuditEntry>, Problem> {
    let found = center.store.whole_audit(center.id(), filter, 1).await?;
    Ok(found.into_iter().next())
}

/// The document of an event that saved one, without the word of its kind.
fn document(fact: &[u8]) -> Option<Value> {
    let event: Value = serde_json::from_slice(fact).ok()?;
    let document = event.pointer("/saved/document")?.as_object()?;
    document.values().next().cloned()
}
