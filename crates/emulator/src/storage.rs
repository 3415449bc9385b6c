//! Files of recordings: announced by Event Grid, fetched and deleted at the storage host.
//!
//! The signature is the data plane's, but names the ACS endpoint as its host, in `x-ms-host`
//! (acs-call-automation.md 3.2). Ranges are one from-to, which is what the SDKs send.

use crate::acs::authenticate;
use crate::acs::recording::reel::Reel;
use crate::acs::recording::{End, Recording};
use crate::acs::tape::Stretch;
use crate::answer::{Answer, Body};
use crate::event_grid;
use crate::fault::Symptom;
use crate::pipeline::Received;
use crate::world::World;
use serde_json::json;
use std::ops::Range;

const FILE_EVENT: &str = "Microsoft.Communication.RecordingFileStatusUpdated";
/// The SDKs fetch from hosts of this tree only; the certificate names it.
const HOST: &str = "us-storage.asm.skype.com";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Sound,
    Metadata,
}

/// The file of a recording that has ended can be fetched: Event Grid says so.
pub(crate) fn announce(world: &mut World, id: &str) {
    let port = world.setup.https_base.rsplit(':').next().unwrap_or("443");
    let Some(recording) = world.recordings.get(id) else {
        return;
    };
    let Some(end) = recording.end() else {
        return;
    };
    let reason = end_reason(end);
    let document = recording.document();
    let base = format!("https://{HOST}:{port}/v1/objects/{document}");
    let data = json!({
        "recordingStorageInfo": {"recordingChunks": [{
            "documentId": document, "index": 0, "endReason": reason,
            "contentLocation": format!("{base}/content/audio"),
            "metadataLocation": format!("{base}/content/acsmetadata"),
            "deleteLocation": base,
        }]},
        "recordingStartTime": recording.started_at(),
        "recordingDurationMs": duration_ms(recording),
        "recordingContentType": "Audio",
        "recordingChannelType": recording.channel_name(),
        "recordingFormatType": "Wav",
        "sessionEndReason": reason,
    });
    let subject = format!(
        "/recording/call/{}/serverCallId/{}/recordingId/{id}",
        recording.recorder(),
        recording.server_call_id()
    );
    event_grid::publish(world, FILE_EVENT, &subject, &data);
}

const fn end_reason(end: End) -> &'static str {
    match end {
        End::Stopped => "SessionEnded",
        End::CallEnded => "CallEnded",
        End::TooLong => "ChunkMaximumSizeExceeded",
    }
}

fn duration_ms(recording: &Recording) -> u64 {
    recording.stretches(0).iter().map(Stretch::ms).sum()
}

/// `GET /v1/objects/{document}/content/...`
pub(crate) fn fetch(world: &mut World, document: &str, part: Part, received: &Received) -> Answer {
    if let Err(answer) = authenticate::check_storage(world, received) {
        return answer;
    }
    let found = world.recordings.iter().find(|(_, recording)| {
        recording.document() == document && recording.end().is_some() && !recording.is_deleted()
    });
    let Some((id, recording)) = found else {
        return gone();
    };
    match part {
        Part::Metadata => Answer::json(200, &metadata(id, recording)),
        Part::Sound => {
            let (id, mut stretches) = (id.clone(), recording.stretches(0));
            if world.strike(Symptom::RecordingShortened).is_some() {
                stretches = stretches.iter().map(Stretch::half).collect();
            }
            let mut file = world.recordings[&id].reel(stretches);
            if world.strike(Symptom::RecordingTruncated).is_some() {
                let half = file.len() / 2;
                file = file.part(&(0..half));
            }
            let mut answer = sound(file, received.header("range"));
            if world.strike(Symptom::DownloadBreaksOff).is_some() {
                answer.body = answer.body.broken_off();
            }
            answer
        }
    }
}

/// The JavaScript SDK reads `status` and `message` of an error here, where other planes have `error`; the service's own
/// body is not published.
fn gone() -> Answer {
    let message = "The recording was not found.";
    let code = tandem_microsoft::acs::error::subcode::NOT_FOUND.to_string();
    let body = json!({
        "status": 404, "message": message, "error": {"code": code, "message": message},
    });
    Answer::json(404, &body)
}

/// The file for the control API, as far as it has come.
pub(crate) fn content(world: &World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let Some(recording) = world.recordings.get(id) else {
        return Err(Answer::refused(404, "there is no such recording"));
    };
    let file = recording.reel(recording.stretches(world.now_ms()));
    Ok(sound(file, received.header("range")))
}

fn sound(file: Reel, range: Option<&str>) -> Answer {
    let Some(range) = range else {
        return Answer::sound(200, Body::Recording(Box::new(file)));
    };
    let whole = file.len();
    let Some(part) = from_to(range, whole) else {
        return Answer::empty(416).with_header("content-range", format!("bytes */{whole}"));
    };
    let said = format!("bytes {}-{}/{whole}", part.start, part.end - 1);
    Answer::sound(206, Body::Recording(Box::new(file.part(&part))))
        .with_header("content-range", said)
}

/// `bytes=a-b` or `bytes=a-`, within the file.
fn from_to(range: &str, whole: u64) -> Option<Range<u64>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from: u64 = from.parse().ok()?;
    let last = whole.checked_sub(1)?;
    let to = if to.is_empty() {
        last
    } else {
        to.parse::<u64>().ok()?.min(last)
    };
    (from <= to).then_some(from..to + 1)
}

/// The shape of Microsoft's older page; today's is not published.
fn metadata(id: &str, recording: &Recording) -> serde_json::Value {
    json!({
        "resourceId": crate::options::defaults::ACS_RESOURCE,
        "callId": recording.recorder(),
        "recordingId": id,
        "chunkDocumentId": recording.document(),
        "chunkIndex": 0,
        "chunkStartTime": recording.started_at(),
        "chunkDuration": duration_ms(recording),
        "pauseResumeIntervals": recording.pauses(0).iter().map(|(start, ms)| json!({
            "startTime": start, "duration": ms,
        })).collect::<Vec<_>>(),
        "recordingInfo": {
            "contentType": "audio", "channelType": recording.channel_name().to_lowercase(), "format": "wav",
            "audioConfiguration": {"sampleRate": 16_000, "bitRate": 256_000, "channels": recording.channels()},
        },
        "participants": recording.participants().iter().map(|raw_id| json!({
            "participantId": raw_id,
        })).collect::<Vec<_>>(),
    })
}

/// `DELETE /v1/objects/{document}`
pub(crate) fn delete(world: &mut World, document: &str, received: &Received) -> Answer {
    if let Err(answer) = authenticate::check_storage(world, received) {
        return answer;
    }
    let found = world.recordings.values_mut().find(|recording| {
        recording.document() == document && recording.end().is_some() && !recording.is_deleted()
    });
    match found {
        Some(recording) => {
            recording.delete();
            Answer::empty(200)
        }
        None => gone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_file_is_named_by_its_range() {
        assert_eq!(from_to("bytes=1-2", 4), Some(1..3));
        assert_eq!(from_to("bytes=1-", 3), Some(1..3));
        assert_eq!(from_to("bytes=2-99", 3), Some(2..3));
        let damaged = [
            "bytes=3-2",
            "bytes=9-",
            "bytes=3-",
            "bytes=x",
            "items=0-1",
            "bytes=-1",
            "bytes=0-99999999999999999999",
        ];
        for range in damaged {
            assert_eq!(from_to(range, 3), None, "{range}");
        }
        assert_eq!(from_to("bytes=0-1", 0), None);
    }
}
