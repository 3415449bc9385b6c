//! Tables as files: rows of typed cells, written as CSV, as a workbook or as Parquet while they are made. What stands in
//! the cells is the business of those who have them.

pub(super) mod csv;
mod parquet;
mod xlsx;

use super::time::Instant;
use axum::http::{HeaderName, HeaderValue, header};
use parquet::Table;
use serde::Deserialize;
use std::borrow::Cow;
use std::io::Error;
use tandem_core::history::ExportFormat;
use tandem_core::time::Timestamp;
use xlsx::Workbook;

pub(super) use xlsx::ROWS_MAX as WORKBOOK_ROWS_MAX;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Instant,
    Text,
    Flag,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Number(u64),
    /// Microseconds since 1970.
    Instant(i64),
    Flag(bool),
    /// One of our own words, numbers with semicolons between them: nothing that people wrote.
    Word(Cow<'static, str>),
    /// What people wrote, or a customer's phone sent.
    Text(String),
}

/// A column: its name, with the unit in it, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: Cow<'static, str>,
    pub(super) kind: Kind,
}

/// What a table is of.
pub(super) struct Heading {
    /// The name of the workbook's sheet and of the file, in small letters.
    pub(super) name: &'static str,
    pub(super) columns: Vec<Column>,
}

/// What kind of file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `csv`, `xlsx` or `parquet`; `csv` when left out.
    #[param(value_type = Option<String>)]
    format: Option<ExportFormat>,
}

impl Asked {
    pub(super) fn format(&self) -> ExportFormat {
        self.format.unwrap_or(ExportFormat::Csv)
    }
}

/// A file so far.
pub(super) struct Writer(Form);

/// The same in its format.
enum Form {
    /// The text that is not out yet.
    Csv(String),
    Xlsx(Box<Workbook>),
    Parquet(Box<Table>),
}

impl Writer {
    pub(super) fn begin(format: ExportFormat, heading: &Heading) -> Result<Self, Error> {
        Ok(Self(match format {
            ExportFormat::Csv => Form::Csv(csv::head(&heading.columns)),
            ExportFormat::Xlsx => Form::Xlsx(Box::new(Workbook::begin(heading)?)),
            ExportFormat::Parquet => Form::Parquet(Box::new(Table::begin(heading)?)),
        }))
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        match &mut self.0 {
            Form::Csv(text) => csv::line(cells, text),
            Form::Xlsx(workbook) => workbook.row(cells)?,
            Form::Parquet(table) => table.row(cells)?,
        }
        Ok(())
    }

    /// What is ready to go out.
    pub(super) fn take(&mut self) -> Vec<u8> {
        match &mut self.0 {
            Form::Csv(text) => std::mem::take(text).into_bytes(),
            Form::Xlsx(workbook) => workbook.take(),
            Form::Parquet(table) => table.take(),
        }
    }

    /// The rest.
    pub(super) fn end(self) -> Result<Vec<u8>, Error> {
        match self.0 {
            Form::Csv(text) => Ok(text.into_bytes()),
            Form::Xlsx(workbook) => workbook.end(),
            Form::Parquet(table) => table.end(),
        }
    }
}

/// The headers of an answer that is a file.
pub(super) fn headers(format: ExportFormat, name: &str) -> [(HeaderName, HeaderValue); 3] {
    let (kind, ending) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        ExportFormat::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        ExportFormat::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let disposition = HeaderValue::from_str(&disposition);
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_DISPOSITION,
            disposition.unwrap_or_else(|_not_possible| HeaderValue::from_static("attachment")),
        ),
    ]
}

/// An instant as texts have it: RFC 3339 in UTC with milliseconds.
fn written(us: i64) -> String {
    Instant(Timestamp::from_micros(us)).to_string()
}
