//! One row for each contact as a file, streamed: a page is read, opened, written and gone before the next one.
//! That it was taken, by whom and how much of it, is on record before the first byte goes out.

mod columns;
pub(in crate::api) mod csv;
mod parquet;
mod xlsx;

use super::CustomerView;
use super::filters::Filters;
use super::list::open_names;
use super::view::customer_of;
use crate::api::body::Query;
use crate::api::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::Exporter;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use columns::{Cells, cells};
use futures::stream;
use parquet::Table;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tandem_core::history::{ExportFormat, HistoryRead};
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_core::input::{Input, Request};
use tandem_store::{History, HistoryFilter, HistoryPage, HistoryRow, Subjects};
use xlsx::Workbook;

/// Contacts of one export.
const CONTACTS_MAX: u64 = 20_000_000;
/// Contacts that are read at once.
const ROWS_AT_ONCE: usize = 2_000;

/// What kind of file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Format {
    /// `csv`, `xlsx` or `parquet`; `csv` when left out.
    #[param(value_type = Option<String>)]
    format: Option<ExportFormat>,
}

/// The contacts of a list as a file, the newest first; `docs/contacts.md` says what stands in its columns.
/// Permission: export_contacts; what is in scope.
#[utoipa::path(get, path = "/{center}/contacts/export", tag = "history",
    operation_id = "export_contacts",
    params(("center" = String, Path), Filters, Format),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn export(
    by: Exporter,
    filters: Filters,
    Query(format): Query<Format>,
) -> Result<Response, Problem> {
    let center = Arc::clone(&by.center);
    let format = format.format.unwrap_or(ExportFormat::Csv);
    let filter = filters.seen_by(&by).await?;
    let contacts = center
        .store
        .count_history(center.id(), &filter, CONTACTS_MAX + 1)
        .await?;
    check_size(format, contacts)?;
    let request = Request::ReadHistory(HistoryRead::Export {
        format,
        filter: filters.told(),
        contacts,
    });
    let input = Input::Asked {
        actor: by.actor,
        request,
    };
    done(center.engine.submit(input).await?)?;
    let (kind, name) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "contacts.csv"),
        ExportFormat::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "contacts.xlsx",
        ),
        ExportFormat::Parquet => ("application/vnd.apache.parquet", "contacts.parquet"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition)
                .unwrap_or_else(|_not_possible| HeaderValue::from_static("attachment")),
        ),
    ];
    let writer = Writer::of(format).map_err(|error| unwritable(&center, &error))?;
    let exporting = Exporting {
        center,
        filter,
        below: None,
        left: contacts,
        writer: Some(writer),
    };
    let pieces = stream::unfold(exporting, Exporting::next);
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn check_size(format: ExportFormat, contacts: u64) -> Result<(), Problem> {
    let (max, advice) = match format {
        ExportFormat::Csv | ExportFormat::Parquet => (CONTACTS_MAX, "narrow the filter"),
        ExportFormat::Xlsx => (xlsx::ROWS_MAX, "narrow the filter, or take format=csv"),
    };
    if contacts <= max {
        return Ok(());
    }
    let detail = format!("these are more than {max} contacts, which one file holds: {advice}");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Problem::new(status, "too_many_contacts", detail))
}

fn unwritable(center: &Center, error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(center = %center.id(), %error, "an export cannot be written");
    Problem::unavailable("the export cannot be written at the moment")
}

/// An export that is under way.
struct Exporting {
    center: Arc<Center>,
    filter: HistoryFilter,
    below: Option<ContactId>,
    /// Contacts that were promised and not written: never more than stands on record.
    left: u64,
    /// None: the last piece is out.
    writer: Option<Writer>,
}

/// The file so far.
enum Writer {
    /// The text that is not out yet.
    Csv(String),
    Xlsx(Box<Workbook>),
    Parquet(Box<Table>),
}

impl Writer {
    fn of(format: ExportFormat) -> Result<Self, std::io::Error> {
        Ok(match format {
            ExportFormat::Csv => Self::Csv(csv::head()),
            ExportFormat::Xlsx => Self::Xlsx(Box::new(Workbook::begin()?)),
            ExportFormat::Parquet => Self::Parquet(Box::new(Table::begin()?)),
        })
    }

    fn row(&mut self, cells: &Cells) -> Result<(), std::io::Error> {
        match self {
            Self::Csv(text) => csv::line(cells, text),
            Self::Xlsx(workbook) => workbook.row(cells)?,
            Self::Parquet(table) => table.row(cells)?,
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Csv(text) => std::mem::take(text).into_bytes(),
            Self::Xlsx(workbook) => workbook.take(),
            Self::Parquet(table) => table.take(),
        }
    }

    fn end(self) -> Result<Vec<u8>, std::io::Error> {
        match self {
            Self::Csv(text) => Ok(text.into_bytes()),
            Self::Xlsx(workbook) => workbook.end(),
            Self::Parquet(table) => table.end(),
        }
    }
}

impl Exporting {
    /// The next piece. A failure breaks the answer off, so that nobody takes a part for the whole.
    async fn next(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        self.writer.as_ref()?;
        let piece = self.piece().await;
        if piece.is_err() {
            self.writer = None;
        }
        Some((piece.map(Bytes::from), self))
    }

    async fn piece(&mut self) -> Result<Vec<u8>, std::io::Error> {
        let Some(mut writer) = self.writer.take() else {
            return Ok(Vec::new());
        };
        let rows = self.rows().await.map_err(std::io::Error::other)?;
        if rows.is_empty() {
            return writer.end();
        }
        let customers = self.customers(&rows).await.map_err(std::io::Error::other)?;
        let names = open_names(&self.center, &rows).await;
        names.map_err(|problem| std::io::Error::other(problem.detail))?;
        for row in self.named(&rows, &customers) {
            writer.row(&row)?;
        }
        let piece = writer.take();
        self.writer = Some(writer);
        Ok(piece)
    }

    /// The cells of rows, all made before the first is written: a file is not packed while the state is held.
    fn named(
        &self,
        rows: &[HistoryRow],
        customers: &BTreeMap<SubjectRef, CustomerView>,
    ) -> Vec<Cells> {
        let center = &self.center;
        center.engine.view().read(|projection| {
            let state = projection.center.state();
            let figures = state.settings.privacy().agent_figures;
            let of = |row| cells(center, state, row, customers, figures);
            rows.iter().map(of).collect()
        })
    }

    async fn rows(&mut self) -> Result<Vec<HistoryRow>, tandem_store::Error> {
        let page = HistoryPage {
            below: self.below,
            limit: usize::try_from(self.left).map_or(ROWS_AT_ONCE, |it| it.min(ROWS_AT_ONCE)),
        };
        if page.limit == 0 {
            return Ok(Vec::new());
        }
        let (store, id) = (&self.center.store, self.center.id());
        let rows = store.search_history(id, &self.filter, page).await?;
        self.left -= u64::try_from(rows.len()).unwrap_or(0).min(self.left);
        self.below = rows.last().map(|row| row.contact);
        Ok(rows)
    }

    /// Who called, past the cache of names: an export must not drive those out that a board shows.
    async fn customers(
        &self,
        rows: &[HistoryRow],
    ) -> Result<BTreeMap<SubjectRef, CustomerView>, String> {
        let center = &self.center;
        let arrivals: BTreeSet<SubjectRef> = rows.iter().map(|row| row.arrival).collect();
        let arrivals: Vec<SubjectRef> = arrivals.into_iter().collect();
        let stored = center.store.get_many(center.id(), &arrivals).await;
        let stored = stored.map_err(|error| error.to_string())?;
        let mut customers = BTreeMap::new();
        for stored in stored {
            let opened = center.keys.open(center.id(), &stored);
            let opened = opened.map_err(|error| error.to_string())?;
            if let Some(customer) = opened.as_deref().and_then(customer_of) {
                customers.insert(stored.subject(), customer);
            }
        }
        Ok(customers)
    }
}
