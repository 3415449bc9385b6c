//! Everything that is kept of a person, as one JSON document, written contact by contact.

use super::kept::{self, OnHold, Pages};
use crate::api::callbacks;
use crate::api::contacts::events::RawEvent;
use crate::api::time::Instant;
use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::ids::{CustomerHash, SubjectRef};
use tandem_store::{HistoryRow, KeptRecording, Subjects};

/// One contact.
#[derive(Serialize)]
struct Contact {
    id: u64,
    arrived_at: Instant,
    ended_at: Option<Instant>,
    /// What is known of the person: who called and how the call came, notes of agents.
    personal: Vec<Value>,
    /// What was recorded, as the rows of recordings say it.
    recordings: Vec<Value>,
    /// What happened.
    events: Vec<RawEvent>,
}

/// A file that is under way.
struct Exporting {
    center: Arc<Center>,
    pages: Pages,
    stage: Stage,
}

enum Stage {
    /// The beginning is not out yet.
    Begin(String),
    /// Contacts go out; whether one did already.
    Contacts(Separator),
    Over,
}

enum Separator {
    None,
    Comma,
}

pub(super) async fn stream(
    center: Arc<Center>,
    number: &PhoneNumber,
    customer: CustomerHash,
) -> Result<Response, Problem> {
    let entry = kept::do_not_call(&center, customer);
    let do_not_call = match entry {
        None => Value::Null,
        Some(entry) => json!({
            "since": Instant::from(entry.since),
            "until": entry.until.map(Instant::from),
            "known": known(&center, BTreeSet::from([entry.subject])).await?,
        }),
    };
    let number = json!(number.e164());
    let callbacks = callbacks::of_customer(&center, customer).await?;
    let callbacks = json!(callbacks);
    let begin = format!(
        "{{\"number\":{number},\"do_not_call\":{do_not_call},\"callbacks\":{callbacks},\"contacts\":["
    );
    let exporting = Exporting {
        center,
        pages: Pages::of(customer),
        stage: Stage::Begin(begin),
    };
    let pieces = stream::unfold(exporting, Exporting::next);
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"person.json\"",
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

impl Exporting {
    /// The next piece. A failure breaks the answer off, so that nobody takes a part for the whole.
    async fn next(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let piece = match stage {
            Stage::Over => return None,
            Stage::Begin(begin) => {
                self.stage = Stage::Contacts(Separator::None);
                Ok(begin)
            }
            Stage::Contacts(separator) => self.contacts(separator).await,
        };
        let piece = piece.map_err(|problem| std::io::Error::other(problem.detail));
        Some((piece.map(Bytes::from), self))
    }

    async fn contacts(&mut self, mut separator: Separator) -> Result<String, Problem> {
        let Some(rows) = self.pages.next(&self.center).await? else {
            return Ok("]}\n".to_owned());
        };
        let contacts = rows.iter().map(|row| row.contact).collect();
        let recordings = kept::recordings(&self.center, contacts, OnHold::OrNot).await?;
        let mut text = String::new();
        for row in &rows {
            if let Separator::Comma = separator {
                text.push(',');
            }
            separator = Separator::Comma;
            let contact = contact(&self.center, row, &recordings).await?;
            text.push_str(&written(&contact)?);
        }
        self.stage = Stage::Contacts(separator);
        Ok(text)
    }
}

fn written(contact: &Contact) -> Result<String, Problem> {
    serde_json::to_string(contact).map_err(|error| Problem::unavailable(&error.to_string()))
}

async fn contact(
    center: &Center,
    row: &HistoryRow,
    recordings: &[KeptRecording],
) -> Result<Contact, Problem> {
    let (events, subjects) = kept::told(center, row.contact).await?;
    let own = recordings
        .iter()
        .filter(|it| it.sheet.contact == row.contact);
    Ok(Contact {
        id: row.contact.0,
        arrived_at: row.arrived.into(),
        ended_at: row.ended.map(Instant::from),
        personal: known(center, subjects).await?,
        recordings: own.map(recording).collect(),
        events,
    })
}

fn recording(kept: &KeptRecording) -> Value {
    json!({
        "sheet": kept.sheet,
        "kept_until": kept.keep_until.map(Instant::from),
        "on_hold_since": kept.hold.map(|hold| Instant::from(hold.since)),
        "erased_at": kept.erased.map(Instant::from),
    })
}

/// What lies under references: JSON where it is, text else. What was erased is left out.
async fn known(center: &Center, subjects: BTreeSet<SubjectRef>) -> Result<Vec<Value>, Problem> {
    let subjects: Vec<SubjectRef> = subjects.into_iter().collect();
    let mut known = Vec::new();
    for stored in center.store.get_many(center.id(), &subjects).await? {
        let opened = center.keys.open(center.id(), &stored).map_err(|error| {
            tracing::error!(center = %center.id(), %error, "personal data cannot be opened");
            Problem::unavailable("the personal data cannot be opened at the moment")
        })?;
        let Some(plain) = opened else { continue };
        let value = serde_json::from_slice::<Value>(&plain);
        let value = value.ok().filter(Value::is_object);
        known.push(value.unwrap_or_else(|| String::from_utf8_lossy(&plain).into_owned().into()));
    }
    Ok(known)
}
