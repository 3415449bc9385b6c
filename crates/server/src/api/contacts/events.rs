//! The events of one contact as the journal has them, for administrators. Persons stand in them as references
//! alone. Each look is on record before anything goes out.

use super::filters::Paging;
use super::past;
use crate::api::body::At;
use crate::api::refusal::done;
use crate::api::time::Instant;
use crate::center::Center;
use crate::engine::RecordBody;
use crate::problem::Problem;
use crate::sign_in::EventsReader;
use axum::Json;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use tandem_core::event::Event;
use tandem_core::history::HistoryRead;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::{Input, Request};
use tandem_store::{Journal, ReadLimit};
use utoipa::ToSchema;

/// Some of a contact's events, oldest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct EventsPage {
    events: Vec<RawEvent>,
    /// What to send as `cursor` for the next page; none after the last.
    next_cursor: Option<String>,
}

/// An event.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RawEvent {
    /// The record of the journal.
    seq: u64,
    at: Instant,
    /// As the journal has it; `docs/contacts.md` says what is promised of it.
    #[schema(value_type = Object)]
    pub(in crate::api) event: Value,
}

/// The events of a contact; a page has those of up to `limit` records. Permission: read_events.
#[utoipa::path(get, path = "/{center}/contacts/{id}/events", tag = "history",
    operation_id = "contact_events",
    params(("center" = String, Path), ("id" = u64, Path), Paging),
    responses((status = 200, body = EventsPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn list(
    by: EventsReader,
    At(id): At<u64>,
    paging: Paging,
) -> Result<Json<EventsPage>, Problem> {
    let contact = ContactId(id);
    let center = &by.center;
    let after = paging.cursor()?.unwrap_or(0);
    let Some(past) = past::read(center, contact).await? else {
        return Err(Problem::not_found(&format!("there is no contact {id}")));
    };
    let request = Request::ReadHistory(HistoryRead::Events { contact });
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    done(center.engine.submit(input).await?)?;
    let mut reader = Reader::of(contact);
    let mut page = past.records.iter().filter(|seq| **seq > after);
    let end = page.clone().nth(paging.limit().saturating_sub(1)).copied();
    let has_more = page.nth(paging.limit()).is_some();
    let last = end.unwrap_or(u64::MAX);
    // From the first on: only the orders before tell whose an outcome is.
    for seq in past.records.iter().take_while(|seq| **seq <= last) {
        reader.take(center, *seq, after).await?;
    }
    let next_cursor = end.filter(|_| has_more).map(|seq| seq.to_string());
    Ok(Json(EventsPage {
        events: reader.events,
        next_cursor,
    }))
}

/// All events of a contact; none when there is no such contact.
pub(in crate::api) async fn all(
    center: &Center,
    contact: ContactId,
) -> Result<Vec<RawEvent>, Problem> {
    let past = past::read(center, contact).await?;
    let mut reader = Reader::of(contact);
    for seq in past.map(|past| past.records).unwrap_or_default() {
        reader.take(center, seq, 0).await?;
    }
    Ok(reader.events)
}

/// Picks a contact's events out of records.
struct Reader {
    contact: ContactId,
    orders: BTreeSet<EffectId>,
    events: Vec<RawEvent>,
}

impl Reader {
    const fn of(contact: ContactId) -> Self {
        Self {
            contact,
            orders: BTreeSet::new(),
            events: Vec::new(),
        }
    }

    async fn take(&mut self, center: &Center, seq: u64, after: u64) -> Result<(), Problem> {
        let limit = ReadLimit {
            records: 1,
            ..ReadLimit::default()
        };
        let records = center.store.read(center.id(), seq, limit).await?;
        let Some(record) = records.first().filter(|record| record.seq == seq) else {
            return Ok(());
        };
        let body = RecordBody::read(seq, &record.body).map_err(|error| {
            tracing::error!(center = %center.id(), %error, "a record cannot be read");
            Problem::unavailable("the journal cannot be read at the moment")
        })?;
        for turn in body.turns {
            for event in turn.events {
                if self.is_about(&event) && seq > after {
                    self.events.push(RawEvent {
                        seq,
                        at: turn.now.into(),
                        event: serde_json::to_value(&event).unwrap_or_default(),
                    });
                }
            }
        }
        Ok(())
    }

    fn is_about(&mut self, event: &Event) -> bool {
        if let Event::EffectOrdered { id, effect } = event
            && effect.contact() == Some(self.contact)
        {
            self.orders.insert(*id);
        }
        if let Event::EffectSettled { id, .. } = event {
            return self.orders.contains(id);
        }
        if let Event::Decided(decision) = event {
            return decision.contact == self.contact;
        }
        if let Event::MessageLeft(tandem_core::event::MessageLeft { from, .. }) = event
            && *from == self.contact
        {
            return true;
        }
        event.contact() == Some(self.contact)
    }
}
