//! The audit as a file, streamed: each entry with its event and its link, so that whoever has the whole of it can
//! go through the chain without Tandem. That it was taken is on record before the first byte goes out.

use super::actor;
use super::filters::Filters;
use crate::api::accounts::usernames;
use crate::api::administration::note;
use crate::api::body::Query;
use crate::api::table::csv::text as cell_of;
use crate::api::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::AuditReader;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_core::ids::AccountId;
use tandem_store::{Audit, AuditFilter, WholeAuditEntry};

/// Entries that are read at once: each may be as large as a settings document.
const ENTRIES_AT_ONCE: usize = 100;
const HEAD: &str = "n,at,at_us,account,actor,action,outcome,kind,id,version,detail,fact,link\r\n";

/// What kind of file.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Form {
    /// `csv` or `jsonl`; `csv` when left out.
    #[param(value_type = Option<String>)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Csv,
    Jsonl,
}

impl Format {
    const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// The entries of a list as a file, newest first; `docs/operating/audit.md` says what stands in it.
/// Permission: read_audit.
#[utoipa::path(get, path = "/{center}/audit/export", tag = "audit", operation_id = "audit_export",
    params(("center" = String, Path), Filters, Form),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn export(
    State(app): State<Arc<App>>,
    by: AuditReader,
    filters: Filters,
    Query(form): Query<Form>,
) -> Result<Response, Problem> {
    let center = Arc::clone(&by.center);
    let format = form.format.unwrap_or(Format::Csv);
    let mut filter = filters.stored(&app, &center).await?;
    super::caught_up(&center).await;
    // What comes from here on, this export included, is not in the file.
    let head = center.store.audit_head(center.id()).await?;
    filter.below = Some(head.map_or(1, |head| head.n + 1));
    let entries = center.store.count_audit(center.id(), &filter).await?;
    let told = filters.told(&filter);
    let separator = if told.is_empty() { "" } else { "&" };
    let filter_told = format!("format={}{separator}{told}", format.word());
    let act = Administration::AuditExported {
        filter: filter_told,
        entries,
    };
    note(&by, act).await?;
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "audit.csv"),
        Format::Jsonl => ("application/jsonl; charset=utf-8", "audit.jsonl"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition)
                .unwrap_or_else(|_not_possible| HeaderValue::from_static("attachment")),
        ),
    ];
    let exporting = Exporting {
        app,
        center,
        filter,
        format,
        begun: Begun::Not,
    };
    let pieces = stream::unfold(exporting, Exporting::next);
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// An export that is under way.
struct Exporting {
    app: Arc<App>,
    center: Arc<Center>,
    filter: AuditFilter,
    format: Format,
    begun: Begun,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    Not,
    Yes,
    Over,
}

impl Exporting {
    /// The next piece. A failure breaks the answer off, so that nobody takes a part for the whole.
    async fn next(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        if self.begun == Begun::Over {
            return None;
        }
        let piece = self.piece().await;
        if piece.is_err() {
            self.begun = Begun::Over;
        }
        Some((piece.map(Bytes::from), self))
    }

    async fn piece(&mut self) -> Result<String, std::io::Error> {
        let mut text = String::new();
        if self.begun == Begun::Not && self.format == Format::Csv {
            text.push_str(HEAD);
        }
        self.begun = Begun::Yes;
        let (store, id) = (&self.center.store, self.center.id());
        let entries = store.whole_audit(id, &self.filter, ENTRIES_AT_ONCE).await;
        let entries = entries.map_err(std::io::Error::other)?;
        let Some(last) = entries.last().map(|it| it.entry.n) else {
            self.begun = Begun::Over;
            return Ok(text);
        };
        self.filter.below = Some(last);
        let by = entries.iter().filter_map(|it| it.entry.row.by);
        let names = usernames(&self.app, by).await;
        let names = names.map_err(|problem| std::io::Error::other(problem.detail))?;
        for entry in &entries {
            match self.format {
                Format::Csv => csv(entry, &names, &mut text),
                Format::Jsonl => text.push_str(&json_line(entry, &names)?),
            }
        }
        Ok(text)
    }
}

fn csv(whole: &WholeAuditEntry, names: &BTreeMap<AccountId, String>, out: &mut String) {
    let row = &whole.entry.row;
    let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
    let (kind, id) = row.object.clone().unzip();
    let cells = [
        whole.entry.n.to_string(),
        Instant::from(row.at).to_string(),
        row.at.0.to_string(),
        number(row.by.map(|by| by.0)),
        actor(row, names).unwrap_or_default(),
        row.action.clone(),
        outcome(whole).to_owned(),
        kind.unwrap_or_default(),
        number(id),
        number(row.version),
        row.detail.clone(),
        String::from_utf8_lossy(&whole.fact).into_owned(),
        whole.entry.link.to_string(),
    ];
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        cell_of(cell, out);
    }
    out.push_str("\r\n");
}

fn json_line(
    whole: &WholeAuditEntry,
    names: &BTreeMap<AccountId, String>,
) -> Result<String, std::io::Error> {
    let row = &whole.entry.row;
    let (kind, id) = row.object.clone().unzip();
    let fact: Value = serde_json::from_slice(&whole.fact)?;
    let line = json!({
        "n": whole.entry.n,
        "at": Instant::from(row.at).to_string(),
        "at_us": row.at.0,
        "account": row.by.map(|by| by.0),
        "actor": actor(row, names),
        "action": row.action,
        "outcome": outcome(whole),
        "kind": kind,
        "id": id,
        "version": row.version,
        "detail": row.detail,
        "fact": fact,
        "link": whole.entry.link.to_string(),
    });
    Ok(format!("{line}\n"))
}

const fn outcome(whole: &WholeAuditEntry) -> &'static str {
    if whole.entry.row.is_denied {
        "denied"
    } else {
        "done"
    }
}
