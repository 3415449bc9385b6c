//! A recording to be heard, and its shape to be looked at. Each time somebody hears one is on record before a
//! byte goes out, with what it is heard for.

use super::{Subjects, erased, heard_by, reason, unreadable};
use crate::api::body::{At, Query};
use crate::api::range::{self, Asked};
use crate::api::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::recordings::KeepError;
use crate::sign_in::Listener;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::access::{Access, Aim};
use tandem_core::ids::EffectId;
use tandem_core::input::{Input, Request};
use tandem_core::permission::Permission;
use tandem_media::wav;
use tandem_media::wav::quiet::HEADER_BYTES_MAX;
use tandem_store::KeptRecording;
use utoipa::ToSchema;

/// What is opened at once.
const PORTION_BYTES: u64 = 512 * 1024;
/// Peaks of one second.
const PEAKS_PER_SECOND: u32 = 10;

/// What a recording is heard for, and how.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Hearing {
    /// `quality`, `complaint`, `legal` or `training`; `own_contact` for agents.
    #[param(value_type = Option<String>)]
    purpose: Option<Aim>,
    /// A note on it, at most 200 characters.
    note: Option<String>,
    /// As a file to be taken away.
    #[serde(default)]
    download: bool,
}

/// The shape of a sound.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Waveform {
    seconds: f64,
    /// Peaks of one second.
    per_second: u32,
    /// For each channel its peaks, 0 to 255.
    channels: Vec<Vec<u8>>,
}

/// Hears a recording; one range of bytes may be asked for. Those who may: hear_recordings within the scope; an agent
/// who was in it, who takes
/// nothing away.
#[utoipa::path(get, path = "/{center}/recordings/{id}/sound", tag = "recordings",
    operation_id = "recording_sound",
    params(("center" = String, Path), ("id" = u64, Path), Hearing),
    responses((status = 200, description = "The sound", content_type = "audio/wav"),
        (status = 206, description = "A part of it", content_type = "audio/wav"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn listen(
    by: Listener,
    At(id): At<u64>,
    Query(hearing): Query<Hearing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let purpose = hearing.purpose.ok_or_else(|| {
        let detail = "say what it is heard for: purpose=quality, complaint, legal or training";
        Problem::new(StatusCode::BAD_REQUEST, "purpose_missing", detail)
    })?;
    let kept = heard_by(&by, id).await?;
    if kept.key.is_none() {
        return Err(erased());
    }
    // Agents hear their own contacts, and for nothing else; that they may is said at the core's door too.
    let is_agent = !by.actor.may(Permission::HearRecordings);
    if is_agent != (purpose == Aim::OwnContact) || (is_agent && hearing.download) {
        let detail = "agents hear the recordings of their own contacts, with purpose=own_contact; \
                      who may hear all says quality, complaint, legal or training";
        return Err(Problem::forbidden(detail));
    }
    let is_download = hearing.download;
    let asked = Asked::of_request(&headers, kept.sheet.n_bytes);
    if asked != Asked::Beyond {
        let (note, subjects) = note(&by.center, hearing.note).await?;
        let access = if is_download {
            Access::Downloaded { purpose, note }
        } else {
            Access::Played { purpose, note }
        };
        let input = Input::Asked {
            actor: by.actor.clone(),
            request: Request::AccessRecording {
                contact: kept.sheet.contact,
                recording: EffectId(id),
                access,
            },
        };
        done(by.center.engine.submit_and_see(input, subjects).await?)?;
    }
    let mut response = answer(&by.center, kept, asked).await?;
    if is_download {
        let name = format!("attachment; filename=\"recording-{id}.wav\"");
        if let Ok(name) = HeaderValue::try_from(name) {
            response
                .headers_mut()
                .insert(header::CONTENT_DISPOSITION, name);
        }
    }
    Ok(response)
}

async fn note(
    center: &Center,
    note: Option<String>,
) -> Result<(Option<tandem_core::ids::SubjectRef>, Subjects), Problem> {
    match note.filter(|note| !note.trim().is_empty()) {
        None => Ok((None, Vec::new())),
        Some(note) => {
            let (subject, subjects) = reason(center, "note", &note).await?;
            Ok((Some(subject), subjects))
        }
    }
}

/// The answer with a kept sound, opened portion by portion. The first is opened before anything is answered.
pub(in crate::api) async fn answer(
    center: &Arc<Center>,
    kept: KeptRecording,
    asked: Asked,
) -> Result<Response, Problem> {
    let whole = kept.sheet.n_bytes;
    let part = asked.bytes(whole);
    let first_end = (part.start + PORTION_BYTES).min(part.end);
    let first = center.recordings.read(&kept, part.start..first_end).await;
    let first = first.map_err(|error| unreadable(center, &error))?;
    let first = futures::stream::once(std::future::ready(Ok(Bytes::from(first))));
    let state = (Arc::clone(center), kept, first_end, part.end);
    let rest = futures::stream::try_unfold(state, |(center, kept, from, end)| async move {
        if from >= end {
            return Ok::<_, KeepError>(None);
        }
        let to = (from + PORTION_BYTES).min(end);
        let read = center.recordings.read(&kept, from..to).await;
        let portion = read.inspect_err(|error| {
            tracing::error!(center = %center.id(), %error, "a recording cannot be read");
        })?;
        Ok(Some((Bytes::from(portion), (center, kept, to, end))))
    });
    Ok(range::sound(
        asked,
        whole,
        Body::from_stream(first.chain(rest)),
    ))
}

/// The shape of a recording. Those who may: hear_recordings within the scope; an agent who was in it.
#[utoipa::path(get, path = "/{center}/recordings/{id}/waveform", tag = "recordings",
    operation_id = "recording_waveform",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Waveform),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn waveform(
    by: Listener,
    At(id): At<u64>,
) -> Result<Json<Waveform>, Problem> {
    let kept = heard_by(&by, id).await?;
    if kept.key.is_none() {
        return Err(erased());
    }
    // One after the other: each goes through its whole sound.
    let turn = by.center.recordings.shapes().lock().await;
    let shape = shape_of(&by.center, &kept).await;
    drop(turn);
    shape.map(Json)
}

async fn shape_of(center: &Center, kept: &KeptRecording) -> Result<Waveform, Problem> {
    let whole = kept.sheet.n_bytes;
    let read = async |part| {
        let read = center.recordings.read(kept, part).await;
        read.map_err(|error| unreadable(center, &error))
    };
    let start = read(0..HEADER_BYTES_MAX as u64).await?;
    let head = wav::head(&start).map_err(|error| {
        tracing::error!(center = %center.id(), %error, "a recording is no sound");
        Problem::unavailable("the recording cannot be read as a sound")
    })?;
    let mut shape = Shape::of(&head);
    let mut from = u64::try_from(head.data_at).unwrap_or(u64::MAX);
    while from < whole {
        let to = (from + PORTION_BYTES).min(whole);
        shape.take(&read(from..to).await?);
        from = to;
    }
    Ok(shape.end())
}

/// A shape that is being measured.
struct Shape {
    n_channels: usize,
    sample_rate: u32,
    frames_per_peak: u32,
    n_frames: u64,
    in_peak: u32,
    present: Vec<u16>,
    peaks: Vec<Vec<u8>>,
    /// Bytes of a frame that came in part.
    rest: Vec<u8>,
}

impl Shape {
    fn of(head: &wav::Head) -> Self {
        let n_channels = usize::from(head.channels);
        Self {
            n_channels,
            sample_rate: head.sample_rate,
            frames_per_peak: (head.sample_rate / PEAKS_PER_SECOND).max(1),
            n_frames: 0,
            in_peak: 0,
            present: vec![0; n_channels],
            peaks: vec![Vec::new(); n_channels],
            rest: Vec::new(),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut bytes_here = std::mem::take(&mut self.rest);
        bytes_here.extend_from_slice(bytes);
        let frames = bytes_here.chunks_exact(2 * self.n_channels);
        self.rest = frames.remainder().to_vec();
        for frame in frames {
            for (present, sample) in self.present.iter_mut().zip(frame.chunks_exact(2)) {
                let sample = i16::from_le_bytes([sample[0], sample[1]]);
                *present = sample.unsigned_abs().max(*present);
            }
            self.n_frames += 1;
            self.in_peak += 1;
            if self.in_peak == self.frames_per_peak {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        for (peaks, present) in self.peaks.iter_mut().zip(&mut self.present) {
            let peak = u8::try_from(std::mem::take(present) / 128).unwrap_or(u8::MAX);
            peaks.push(peak);
        }
        self.in_peak = 0;
    }

    fn end(mut self) -> Waveform {
        if self.in_peak > 0 {
            self.close();
        }
        let ms = self.n_frames * 1000 / u64::from(self.sample_rate.max(1));
        Waveform {
            seconds: f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0,
            per_second: PEAKS_PER_SECOND,
            channels: self.peaks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_has_ten_peaks_a_second_for_each_channel_wherever_the_portions_are_cut() {
        let head = wav::Head {
            sample_rate: 8_000,
            channels: 2,
            data_at: 44,
        };
        let loud_left = [0x00, 0x40, 0x00, 0x00];
        let loud_right = [0x00, 0x00, 0x00, 0x80];
        let mut bytes = loud_left.repeat(8_000);
        bytes.extend(loud_right.repeat(4_000));
        for cut in [1, 3, 4, 1_000, 48_000] {
            let mut shape = Shape::of(&head);
            for portion in bytes.chunks(cut) {
                shape.take(portion);
            }
            let shape = shape.end();
            assert_eq!((shape.seconds, shape.per_second), (1.5, 10));
            let left: Vec<u8> = [[128; 10].as_slice(), &[0; 5]].concat();
            let right: Vec<u8> = [[0; 10].as_slice(), &[255; 5]].concat();
            assert_eq!(shape.channels, [left, right], "{cut}");
        }
    }
}
