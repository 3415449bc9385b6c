//! One row for each contact as a file, streamed: of all pages no more than a few are held at once.
//! That it was taken, by whom and how much of it, is on record before the first byte goes out.

mod columns;
pub(in crate::api) mod csv;
mod parquet;
mod reading;
mod xlsx;

use super::filters::Filters;
use crate::api::body::Query;
use crate::api::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::Exporter;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use columns::Cells;
use futures::stream;
use parquet::Table;
use reading::{Read, read};
use serde::Deserialize;
use std::sync::Arc;
use tandem_core::history::{ExportFormat, HistoryRead};
use tandem_core::input::{Input, Request};
use tandem_store::History;
use tokio::sync::mpsc;
use xlsx::Workbook;

/// Contacts of one export.
const CONTACTS_MAX: u64 = 20_000_000;

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
        pages: read(Arc::clone(&center), filter, contacts),
        center,
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

/// An export that is under way: while a page is written, the next one is read.
struct Exporting {
    center: Arc<Center>,
    pages: mpsc::Receiver<Result<Read, std::io::Error>>,
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
        let writer = self.writer.take()?;
        let piece = self.piece(writer).await;
        Some((piece.map(Bytes::from), self))
    }

    async fn piece(&mut self, writer: Writer) -> Result<Vec<u8>, std::io::Error> {
        let read = self.pages.recv().await;
        let broken_off = || std::io::Error::other("the reading ended before its end");
        let center = Arc::clone(&self.center);
        let written =
            tokio::task::spawn_blocking(move || match read.ok_or_else(broken_off)?? {
                Read::Page(page) => page.written(&center, writer),
                Read::End => Ok((writer.end()?, None)),
            });
        let (piece, writer) = written.await.map_err(std::io::Error::other)??;
        self.writer = writer;
        Ok(piece)
    }
}
