//! The pages of an export: contacts read, their customers and agents opened, ahead of the one who writes them by no
//! more than a few pages.

use super::super::CustomerView;
use super::super::list::open_names;
use super::super::view::customer_of;
use super::columns::{Cells, cells};
use crate::api::table::Writer;
use crate::center::Center;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Error;
use std::sync::Arc;
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_store::{History, HistoryFilter, HistoryPage, HistoryRow, Subjects};
use tokio::sync::mpsc;

/// Contacts that are read at once.
const ROWS_AT_ONCE: usize = 2_000;
/// Pages that are read and wait to be written: a group of Parquet's rows takes a while.
const PAGES_AHEAD: usize = 8;

/// What was read.
pub(super) enum Read {
    Page(Page),
    /// There are no more: without it a file is not whole.
    End,
}

/// Some contacts, the newest first, and who called.
pub(super) struct Page {
    rows: Vec<HistoryRow>,
    customers: BTreeMap<SubjectRef, CustomerView>,
}

/// Reads what the filter means, never more than `left` contacts: so many stand on record. It ends with whoever
/// takes the pages.
pub(super) fn read(
    center: Arc<Center>,
    filter: HistoryFilter,
    left: u64,
) -> mpsc::Receiver<Result<Read, Error>> {
    let (pages, taken) = mpsc::channel(PAGES_AHEAD);
    let mut reading = Reading {
        center,
        filter,
        below: None,
        left,
    };
    tokio::spawn(async move {
        loop {
            let read = reading.next().await;
            let is_last = matches!(read, Ok(Read::End) | Err(_));
            if pages.send(read).await.is_err() || is_last {
                return;
            }
        }
    });
    taken
}

impl Page {
    /// Adds the page to a file; answers what is ready of it. All cells are made before the first is written: a
    /// file is not packed while the state is held.
    pub(super) fn written(
        &self,
        center: &Center,
        mut writer: Writer,
    ) -> Result<(Vec<u8>, Option<Writer>), Error> {
        let rows: Vec<Cells> = center.engine.view().read(|projection| {
            let state = projection.center.state();
            let figures = state.settings.privacy().agent_figures;
            let of = |row| cells(center, state, row, &self.customers, figures);
            self.rows.iter().map(of).collect()
        });
        for row in &rows {
            writer.row(row)?;
        }
        Ok((writer.take(), Some(writer)))
    }
}

struct Reading {
    center: Arc<Center>,
    filter: HistoryFilter,
    below: Option<ContactId>,
    left: u64,
}

impl Reading {
    async fn next(&mut self) -> Result<Read, Error> {
        let rows = self.rows().await.map_err(Error::other)?;
        if rows.is_empty() {
            return Ok(Read::End);
        }
        let customers = self.customers(&rows).await.map_err(Error::other)?;
        let names = open_names(&self.center, &rows).await;
        names.map_err(|problem| Error::other(problem.detail))?;
        Ok(Read::Page(Page { rows, customers }))
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
        let mut opener = center.keys.opener(center.id());
        let mut customers = BTreeMap::new();
        for stored in stored {
            let opened = opener.open(&stored).map_err(|error| error.to_string())?;
            if let Some(customer) = opened.as_deref().and_then(customer_of) {
                customers.insert(stored.subject(), customer);
            }
        }
        Ok(customers)
    }
}
