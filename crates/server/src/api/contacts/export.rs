//! One row for each contact as a file, streamed: of all pages no more than a few are held at once.
//! That it was taken, by whom and how much of it, is on record before the first byte goes out.

mod columns;
mod reading;

use super::filters::Filters;
use crate::api::body::Query;
use crate::api::refusal::done;
use crate::api::table::{self, Asked, Writer};
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::Exporter;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::stream;
use reading::{Read, read};
use std::sync::Arc;
use tandem_core::history::{ExportFormat, HistoryRead};
use tandem_core::input::{Input, Request};
use tandem_store::History;
use tokio::sync::mpsc;

/// Contacts of one export.
const CONTACTS_MAX: u64 = 20_000_000;

/// The contacts of a list as a file, the newest first; `docs/contacts.md` says what stands in its columns.
/// Permission: export_contacts; what is in scope.
#[utoipa::path(get, path = "/{center}/contacts/export", tag = "history",
    operation_id = "export_contacts",
    params(("center" = String, Path), Filters, Asked),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn export(
    by: Exporter,
    filters: Filters,
    Query(file): Query<Asked>,
) -> Result<Response, Problem> {
    let center = Arc::clone(&by.center);
    let format = file.format();
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
    let writer =
        Writer::begin(format, &columns::heading()).map_err(|error| unwritable(&center, &error))?;
    let exporting = Exporting {
        pages: read(Arc::clone(&center), filter, contacts),
        center,
        writer: Some(writer),
    };
    let pieces = stream::unfold(exporting, Exporting::next);
    let headers = table::headers(format, "contacts");
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn check_size(format: ExportFormat, contacts: u64) -> Result<(), Problem> {
    let (max, advice) = match format {
        ExportFormat::Csv | ExportFormat::Parquet => (CONTACTS_MAX, "narrow the filter"),
        ExportFormat::Xlsx => (
            table::WORKBOOK_ROWS_MAX,
            "narrow the filter, or take format=csv",
        ),
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
