//! The versions of a flow: who saved them and when, and each as it was. They are read from the audit, which has every
//! version that was ever saved; what the core remembers is for those who are in a call. An older version is taken
//! back by saving it again: it is validated as any other, and becomes the newest.

use super::{Flow, FlowSent};
use crate::api::accounts::usernames;
use crate::api::audit::{actor, caught_up};
use crate::api::body::{At, Query, Within};
use crate::api::settings;
use crate::api::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::SettingsReader;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::event::Event;
use tandem_core::flow;
use tandem_core::ids::AccountId;
use tandem_core::settings::{Document, Kind};
use tandem_store::{Audit, AuditFilter, AuditRow};
use utoipa::ToSchema;

/// Versions of one page.
const PAGE: usize = 50;

/// A version.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowVersion {
    version: u64,
    saved_at: Instant,
    /// The username; `system` for the process itself, none when not known.
    saved_by: Option<String>,
}

/// A page of the versions of a flow, newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FlowVersionPage {
    items: Vec<FlowVersion>,
    /// For `before`, when there may be older ones.
    next_before: Option<u64>,
    /// Whether every version is among them or on later pages. One may be missing while the audit is made again from
    /// the journal.
    is_complete: bool,
}

/// A version as it was saved.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WholeFlowVersion {
    #[serde(flatten)]
    saved: FlowVersion,
    /// As it would be sent to save it again.
    flow: FlowSent,
}

/// Which page.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Before {
    /// The `next_before` of the page before; the newest when left out.
    before: Option<u64>,
}

impl FlowVersion {
    /// None of an entry that is no saved document.
    fn of(row: &AuditRow, names: &BTreeMap<AccountId, String>) -> Option<Self> {
        Some(Self {
            version: row.version?,
            saved_at: row.at.into(),
            saved_by: actor(row, names),
        })
    }
}

fn saved(id: u64) -> AuditFilter {
    AuditFilter {
        action: Some("saved".to_owned()),
        kind: Some(Kind::Flow.word().to_owned()),
        object: Some(id),
        ..AuditFilter::default()
    }
}

/// The versions of a flow, newest first, fifty at a time. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/flows/{id}/versions", tag = "flows", operation_id = "flows_versions",
    params(("center" = String, Path), ("id" = u64, Path), Before),
    responses((status = 200, body = FlowVersionPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn list(
    State(app): State<Arc<App>>,
    by: SettingsReader,
    At(id): At<u64>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<FlowVersionPage>, Problem> {
    let center = &by.center;
    settings::read::<Flow>(center, id)?;
    let is_complete = caught_up(center).await;
    let filter = AuditFilter {
        below: before,
        ..saved(id)
    };
    let entries = center.store.audit(center.id(), &filter, PAGE).await?;
    let names = usernames(&app, entries.iter().filter_map(|it| it.row.by)).await?;
    let last = entries.last().map(|it| it.n);
    let items = entries
        .iter()
        .filter_map(|it| FlowVersion::of(&it.row, &names));
    Ok(Json(FlowVersionPage {
        next_before: last.filter(|n| entries.len() >= PAGE && *n > 1),
        items: items.collect(),
        is_complete,
    }))
}

/// A version of a flow as it was saved. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/flows/{id}/versions/{version}", tag = "flows",
    operation_id = "flows_version",
    params(("center" = String, Path), ("id" = u64, Path), ("version" = u64, Path)),
    responses((status = 200, body = WholeFlowVersion),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    State(app): State<Arc<App>>,
    by: SettingsReader,
    Within(id, version): Within,
) -> Result<Json<WholeFlowVersion>, Problem> {
    let center = &by.center;
    settings::read::<Flow>(center, id)?;
    let is_complete = caught_up(center).await;
    let Some((row, flow)) = at(center, id, version).await? else {
        return Err(missing(id, version, is_complete));
    };
    let names = usernames(&app, row.by.into_iter()).await?;
    let saved = FlowVersion::of(&row, &names);
    let saved = saved.ok_or_else(|| missing(id, version, is_complete))?;
    let flow = FlowSent::told(&flow);
    Ok(Json(WholeFlowVersion { saved, flow }))
}

fn missing(id: u64, version: u64, is_complete: bool) -> Problem {
    if is_complete {
        return Problem::not_found(&format!("the flow {id} has no version {version}"));
    }
    Problem::unavailable("the audit is being made again from the journal; try again in a moment")
}

/// The entry of the audit by which a version was saved, and the flow.
async fn at(
    center: &Center,
    id: u64,
    version: u64,
) -> Result<Option<(AuditRow, flow::Flow)>, Problem> {
    let filter = AuditFilter {
        version: Some(version),
        ..saved(id)
    };
    let found = center.store.whole_audit(center.id(), &filter, 1).await?;
    let Some(found) = found.into_iter().next() else {
        return Ok(None);
    };
    match serde_json::from_slice(&found.fact) {
        Ok(Event::Saved {
            document: Document::Flow(flow),
            ..
        }) => Ok(Some((found.entry.row, flow))),
        other => {
            let error = other.err().map(|error| error.to_string());
            tracing::error!(id, version, error, "an entry of the audit is no saved flow");
            Err(Problem::unavailable(
                "the version cannot be read; the log says why",
            ))
        }
    }
}
