//! One contact as the history's tables have it: facts as columns, the whole of it as compressed JSON.

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{Read, Write};
use tandem_core::contact::Channel;
use tandem_core::ids::ContactId;
use tandem_core::time::Timestamp;
use tandem_reports::history::Past;
use tandem_store::{HistoryEntry, HistoryRow, UnixMicros};

/// Bytes of a contact's detail once it is opened.
const DETAIL_BYTES_MAX: u64 = 64 * 1024 * 1024;

pub(super) fn entry_of(contact: ContactId, past: &Past) -> Result<HistoryEntry, std::io::Error> {
    Ok(HistoryEntry {
        row: row_of(contact, past),
        detail: detail_of(past)?,
    })
}

/// A contact as it is written, whole.
pub(crate) fn detail_of(past: &Past) -> Result<Vec<u8>, std::io::Error> {
    let plain = serde_json::to_vec(past)?;
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder.write_all(&plain)?;
    encoder.finish()
}

/// A contact as it was written.
///
/// # Errors
/// When it is not what was written; the words say what is wrong.
pub fn read_detail(detail: &[u8]) -> Result<Past, String> {
    let mut plain = Vec::new();
    DeflateDecoder::new(detail)
        .take(DETAIL_BYTES_MAX)
        .read_to_end(&mut plain)
        .map_err(|error| error.to_string())?;
    serde_json::from_slice(&plain).map_err(|error| error.to_string())
}

/// The facts of a contact (B15.5).
fn row_of(contact: ContactId, past: &Past) -> HistoryRow {
    let story = &past.story;
    let figures = &story.figures;
    let talked = |agent| figures.talk_us_by_agent.get(agent).copied().unwrap_or(0);
    let agents = story.agents.iter();
    let is_message = story.message.is_some();
    HistoryRow {
        contact,
        version: past.version,
        direction: story.direction,
        channel: if is_message {
            Channel::Voicemail
        } else {
            Channel::Voice
        },
        endpoint: story.endpoint,
        arrival: story.arrival,
        customer: story.customer,
        correlation: story.correlation.clone(),
        arrived: micros(story.arrived_at),
        enqueued: figures.enqueued_at.map(micros),
        connected: figures.connected_at.map(micros),
        left: story.conversation_ended_at.map(micros),
        ended: story.ended.map(|(at, _)| micros(at)),
        end_reason: story.ended.map(|(_, reason)| reason),
        wait_ms: millis(figures.wait_us),
        talk_ms: millis(figures.talk_us),
        hold_ms: millis(figures.hold_us),
        consult_ms: millis(figures.consult_us),
        wrap_up_ms: millis(figures.wrap_up_us),
        transfers: figures.transfers,
        disposition: figures.disposition,
        has_message: figures.has_message,
        has_recording: story.sound.is_some() && !is_message,
        queues: figures.queues.clone(),
        agents: agents.map(|it| (*it, millis(talked(it)))).collect(),
        menu: figures.menu.iter().map(|key| char::from(*key)).collect(),
    }
}

const fn micros(at: Timestamp) -> UnixMicros {
    UnixMicros(at.as_micros())
}

/// Whole milliseconds; what is begun does not count.
fn millis(us: i64) -> u64 {
    u64::try_from(us / 1_000).unwrap_or(0)
}
