//! Entries of the audit as they are written: the event as the journal has it, and beside it what it is found by.

use super::Turn;
use serde_json::Value;
use tandem_core::event::Event;
use tandem_core::time::Timestamp;
use tandem_reports::audit::{Act, Outcome};
use tandem_store::{AuditRow, NewAuditEntry, Record, UnixMicros};

/// The acts of a record, in their order. The events are taken as they stand there and not as this version would
/// write them, so that the links are the same whichever version makes them.
pub(super) fn acts_of(record: &Record, turns: &[Turn]) -> Result<Vec<NewAuditEntry>, String> {
    let mut acts = Vec::new();
    let mut body = None;
    for (nth_turn, turn) in turns.iter().enumerate() {
        for (nth, event) in turn.events.iter().enumerate() {
            let Some(row) = row_of(turn.now, event) else {
                continue;
            };
            let body = match &body {
                Some(body) => body,
                None => &*body.insert(read(record)?),
            };
            let place = format!("/turns/{nth_turn}/events/{nth}");
            let fact = body.pointer(&place);
            let fact = fact.ok_or_else(|| format!("record {} has no {place}", record.seq))?;
            let fact = fact.to_string().into_bytes();
            acts.push(NewAuditEntry { row, fact });
        }
    }
    Ok(acts)
}

fn read(record: &Record) -> Result<Value, String> {
    serde_json::from_slice(&record.body).map_err(|error| error.to_string())
}

/// By what an event is found in the audit, if it belongs there.
pub(crate) fn row_of(now: Timestamp, event: &Event) -> Option<AuditRow> {
    let act = Act::of(event)?;
    Some(AuditRow {
        at: UnixMicros(now.as_micros()),
        by: act.by,
        action: act.action.to_owned(),
        is_denied: act.outcome == Outcome::Denied,
        object: act.object.map(|(kind, id)| (kind.to_owned(), id)),
        version: act.version,
        detail: act.detail,
    })
}
