//! What is kept of a person: their contacts, page by page, and what belongs to those.

use crate::api::contacts::events::{RawEvent, all};
use crate::center::Center;
use crate::problem::Problem;
use std::collections::BTreeSet;
use tandem_core::do_not_call::Entry;
use tandem_core::event::Event;
use tandem_core::ids::{ContactId, CustomerHash, SubjectRef};
use tandem_store::{
    History, HistoryFilter, HistoryPage, HistoryRow, KeptRecording, RecordingFilter, Recordings,
};

/// Contacts that are looked at at once.
const CONTACTS_AT_ONCE: usize = 200;
/// Recordings that are read at once.
const RECORDINGS_AT_ONCE: u32 = 1_000;

/// A person's contacts, newest first.
pub(super) struct Pages {
    filter: HistoryFilter,
    below: Option<ContactId>,
}

impl Pages {
    pub(super) fn of(customer: CustomerHash) -> Self {
        Self {
            filter: filter(customer),
            below: None,
        }
    }

    /// None after the last one.
    pub(super) async fn next(
        &mut self,
        center: &Center,
    ) -> Result<Option<Vec<HistoryRow>>, Problem> {
        let page = HistoryPage {
            below: self.below,
            limit: CONTACTS_AT_ONCE,
        };
        let found = center.store.search_history(center.id(), &self.filter, page);
        let rows = found.await?;
        self.below = rows.last().map(|row| row.contact);
        Ok(self.below.map(|_more| rows))
    }
}

fn filter(customer: CustomerHash) -> HistoryFilter {
    HistoryFilter {
        customer: Some(customer),
        ..HistoryFilter::default()
    }
}

/// Contacts are found in the history: without all of it somebody would be told less than there is.
pub(super) async fn history_is_there(center: &Center) -> Result<(), Problem> {
    if crate::api::audit::caught_up(center).await {
        return Ok(());
    }
    let detail = "the history of contacts is being made again from the journal; ask again when \
                  system health says that it is there";
    Err(Problem::unavailable(detail))
}

pub(super) async fn count(center: &Center, customer: CustomerHash) -> Result<u64, Problem> {
    let filter = filter(customer);
    let n = center.store.count_history(center.id(), &filter, u64::MAX);
    Ok(n.await?)
}

/// Which recordings are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnHold {
    /// Those on legal hold.
    Only,
    /// All.
    OrNot,
}

/// Of these contacts, those of which something is on legal hold.
pub(crate) async fn held_among(
    center: &Center,
    contacts: Vec<ContactId>,
) -> Result<BTreeSet<ContactId>, Problem> {
    let held = recordings(center, contacts, OnHold::Only).await?;
    Ok(held.into_iter().map(|it| it.sheet.contact).collect())
}

/// The recordings of contacts, messages included, erased ones as well.
pub(super) async fn recordings(
    center: &Center,
    contacts: Vec<ContactId>,
    on_hold: OnHold,
) -> Result<Vec<KeptRecording>, Problem> {
    let mut filter = RecordingFilter {
        contacts: Some(contacts),
        on_hold: on_hold == OnHold::Only,
        limit: RECORDINGS_AT_ONCE,
        ..RecordingFilter::default()
    };
    let mut all = Vec::new();
    loop {
        let page = center.store.recordings(center.id(), &filter).await?;
        let is_last = page.len() < RECORDINGS_AT_ONCE as usize;
        let last = page.last().map(|it| &it.sheet);
        filter.after = last.map(|it| (tandem_store::UnixMicros(it.started), it.recording));
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// The events of a contact, and the references to what is known of its customer.
pub(super) async fn told(
    center: &Center,
    contact: ContactId,
) -> Result<(Vec<RawEvent>, BTreeSet<SubjectRef>), Problem> {
    let events = all(center, contact).await?;
    let mut subjects = BTreeSet::new();
    for raw in &events {
        let event: Result<Event, _> = serde_json::from_value(raw.event.clone());
        let event = event.map_err(|error| {
            tracing::error!(center = %center.id(), %contact, %error, "an event cannot be read");
            Problem::unavailable("the journal cannot be read at the moment")
        })?;
        subjects.extend(event.subjects_of_customer());
    }
    Ok((events, subjects))
}

/// Their entry of the do-not-call list.
pub(super) fn do_not_call(center: &Center, customer: CustomerHash) -> Option<Entry> {
    center.engine.view().read(|projection| {
        let list = &projection.center.state().do_not_call;
        let mut entries = list.newest_first().map(|(_, entry)| *entry);
        entries.find(|entry| entry.customer == customer)
    })
}
