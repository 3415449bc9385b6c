//! A history to search: contacts as a year of a busy floor leaves them, the same in every run.

use super::super::Error;
use super::{AGENTS, EXPORTED, QUEUES};
use crate::arrival::ArrivalDetail;
use crate::center::Center;
use crate::engine::history::{HISTORY_SCHEMA, detail_of};
use std::collections::BTreeMap;
use tandem_core::capacity::Load;
use tandem_core::contact::{Channel, Direction};
use tandem_core::event::{EndReason, Event};
use tandem_core::ids::{
    AgentId, ContactId, CustomerHash, DispositionId, EndpointId, FlowId, OfferId, QueueId,
    SubjectRef,
};
use tandem_core::queue::OfferBy;
use tandem_core::time::Timestamp;
use tandem_reports::history::{History as Fold, Past};
use tandem_store::{
    History, HistoryBatch, HistoryEntry, HistoryMark, HistoryRow, Subjects, UnixMicros,
};

/// The contact whose story has 200 events.
pub(super) const LONG_STORY: u64 = 1;
const LONG_STORY_EVENTS: usize = 200;
/// Events of the others.
const STORY_EVENTS: usize = 30;
/// Contacts that are written at once.
const AT_ONCE: u64 = 10_000;
/// 2026-01-01, and so long between two arrivals.
const BEGAN_US: i64 = 1_767_225_600_000_000;
const BETWEEN_US: i64 = 3_000_000;
/// One contact in so many is of a customer whose number is known here.
const KNOWN_EVERY: u64 = 500;

pub(super) fn arrived_at(contact: u64) -> i64 {
    BEGAN_US + BETWEEN_US * i64::try_from(contact).unwrap_or(0)
}

/// One of a hundred numbers.
pub(super) fn number(n: u64) -> String {
    format!("+1206555{:04}", n % 100)
}

pub(super) async fn fill(center: &Center, contacts: u64) -> Result<(), Error> {
    let mark = mark(center).await?;
    let usual = detail_of(&past(STORY_EVENTS))?;
    let long = detail_of(&past(LONG_STORY_EVENTS))?;
    let mut next = 1;
    while next <= contacts {
        let end = contacts.min(next + AT_ONCE - 1);
        let entries = (next..=end).map(|n| HistoryEntry {
            row: row(center, n),
            detail: if n == LONG_STORY { &long } else { &usual }.clone(),
        });
        let (id, batch) = (
            center.id(),
            HistoryBatch {
                entries: entries.collect(),
                ..HistoryBatch::default()
            },
        );
        let put = center.store.put_history(id, mark.clone(), batch);
        put.await?;
        if end > contacts.saturating_sub(EXPORTED) {
            people(center, next, end).await?;
        }
        next = end + 1;
    }
    Ok(())
}

/// As the follower would have it, so that it goes on from there.
async fn mark(center: &Center) -> Result<HistoryMark, Error> {
    let seq = center.engine.view().read(|it| it.seq);
    center.followed.reaches(seq).await;
    let mark = center.store.history_mark(center.id()).await?;
    Ok(mark.unwrap_or(HistoryMark {
        schema: HISTORY_SCHEMA,
        seq,
        thread: Vec::new(),
    }))
}

/// Who called, sealed as the edge seals it.
async fn people(center: &Center, first: u64, last: u64) -> Result<(), Error> {
    for from in (first..=last).step_by(2_500) {
        let to = last.min(from + 2_499);
        let sealed: Result<Vec<_>, Error> = (from..=to)
            .map(|n| {
                let detail = ArrivalDetail {
                    number: Some(number(n)),
                    name: Some(format!("Customer {n}")),
                    incoming_call_context: "c".repeat(700),
                    ..ArrivalDetail::default()
                };
                let plain = serde_json::to_vec(&detail)?;
                Ok(center.keys.seal(center.id(), subject(n), &plain)?)
            })
            .collect();
        center.store.put(center.id(), sealed?).await?;
    }
    Ok(())
}

/// Far from the references that the process draws itself.
const fn subject(n: u64) -> SubjectRef {
    SubjectRef(1_000_000_000 + n)
}

/// Numbers that look like chance (`SplitMix64`).
const fn mixed(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

fn row(center: &Center, n: u64) -> HistoryRow {
    let dice = |what: u64, sides: u64| mixed(n.wrapping_mul(31).wrapping_add(what)) % sides;
    let end_reason = match dice(1, 100) {
        0..=79 => EndReason::Handled,
        80..=87 => EndReason::AbandonedQueue,
        88..=92 => EndReason::ShortAbandon,
        93..=95 => EndReason::AbandonedFlow,
        96..=97 => EndReason::Contained,
        _ => EndReason::Timeout,
    };
    let is_handled = end_reason == EndReason::Handled;
    // Most wait a few seconds, few wait long.
    let wait_ms = 1_000 * dice(2, 20) * (1 + dice(3, 8)) * (1 + dice(4, 8) / 6 * 4);
    let talk_ms = if is_handled {
        20_000 + dice(5, 500_000)
    } else {
        0
    };
    let customer = if n.is_multiple_of(KNOWN_EVERY) {
        let known = number(n / KNOWN_EVERY);
        center.keys.phone_hash(center.id(), &known).customer()
    } else {
        CustomerHash(mixed(dice(6, 1 + n / 4)))
    };
    let at = |ms: u64| {
        let us = i64::try_from(ms).unwrap_or(0).saturating_mul(1_000);
        UnixMicros(arrived_at(n).saturating_add(us))
    };
    let is_message = dice(7, 50) == 0;
    HistoryRow {
        contact: ContactId(n),
        version: 1,
        direction: if dice(8, 12) == 0 && !is_message {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        channel: if is_message {
            Channel::Voicemail
        } else {
            Channel::Voice
        },
        endpoint: EndpointId(1 + dice(9, 5)),
        arrival: subject(n),
        customer: Some(customer),
        correlation: format!("{:032x}", u128::from(mixed(n)) << 64 | u128::from(n)),
        arrived: at(0),
        enqueued: Some(at(9_000)),
        connected: is_handled.then(|| at(9_000 + wait_ms)),
        left: is_handled.then(|| at(9_000 + wait_ms + talk_ms)),
        ended: Some(at(30_000 + wait_ms + talk_ms)),
        end_reason: Some(end_reason),
        wait_ms,
        talk_ms,
        hold_ms: dice(10, 20_000),
        consult_ms: 0,
        wrap_up_ms: if is_handled { dice(11, 60_000) } else { 0 },
        transfers: u32::from(dice(12, 15) == 0),
        disposition: is_handled.then(|| DispositionId(1 + dice(13, 10))),
        has_message: is_message,
        has_recording: dice(14, 3) == 0,
        queues: vec![QueueId(1 + dice(15, QUEUES))],
        agents: if is_handled {
            vec![(AgentId(1 + dice(16, AGENTS)), talk_ms)]
        } else {
            Vec::new()
        },
        menu: "13".to_owned(),
    }
}

/// A contact of so many events.
fn past(n_events: usize) -> Past {
    let contact = ContactId(LONG_STORY);
    let mut fold = Fold::default();
    let at = |n: usize| {
        let seconds = u32::try_from(n).unwrap_or(0);
        Timestamp::from_micros(arrived_at(LONG_STORY)).plus_seconds(seconds)
    };
    for (n, event) in events(contact, n_events).into_iter().enumerate() {
        fold.apply(u64::try_from(n).unwrap_or(0) + 1, at(n), &event);
    }
    let mut changes = fold.changes();
    changes.contacts.remove(0).1
}

fn events(contact: ContactId, n_events: usize) -> Vec<Event> {
    let (agent, queue) = (AgentId(1), QueueId(1));
    let mut events = vec![
        Event::ContactArrived {
            contact,
            endpoint: EndpointId(1),
            arrival: subject(1),
            key: 1,
            customer: CustomerHash(1),
            correlation: "0a1b2c3d-0000-4000-8000-0123456789ab".to_owned(),
            attributes: BTreeMap::new(),
            caller: None,
        },
        Event::FlowStarted {
            contact,
            flow: FlowId(1),
            version: 1,
        },
        Event::Enqueued {
            contact,
            queue,
            seq: 1,
            band: 5,
            until: Timestamp::from_micros(arrived_at(1_000)),
            since: None,
        },
    ];
    let offer = OfferId(1);
    let ends = [
        Event::Offered {
            offer,
            contact,
            agent,
            queue,
            by: OfferBy::Tandem,
            expires_at: Timestamp::from_micros(arrived_at(1_000)),
            load: Box::new(Load::call()),
            interrupts: Vec::new(),
        },
        Event::Connected {
            contact,
            agent,
            offer,
        },
        Event::ContactEnded {
            contact,
            reason: EndReason::Handled,
        },
    ];
    while events.len() + ends.len() < n_events {
        let n = events.len();
        events.push(Event::NodeEntered {
            contact,
            node: format!("node-{}", n % 12),
        });
    }
    events.extend(ends);
    events
}
