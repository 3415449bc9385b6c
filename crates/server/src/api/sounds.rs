//! Sounds of prompts: uploaded, made to what is played, and listened to.

use super::body::{At, Raw};
use crate::center::Center;
use crate::media::wav;
use crate::problem::Problem;
use crate::sign_in::{FlowEditor, SettingsReader};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use tandem_core::prompt::{self, SoundId};
use tandem_media::sound::{LoudnessNote, Sound, Unplayable, normalize};
use tandem_store::{NewSound, SoundError, Sounds};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// Uploads that are made playable at once; each takes a few hundred MB at most.
static BENCHES: Semaphore = Semaphore::const_new(2);
/// How long a sound that no prompt names is kept: somebody may be about to save the prompt.
const UNNAMED_FOR: Duration = Duration::from_secs(86_400);

/// A sound that was uploaded.
#[derive(Serialize, ToSchema)]
pub(super) struct UploadedSound {
    /// Its SHA-256, for `sound_id` of a prompt.
    id: String,
    /// How long it is.
    seconds: f64,
    /// Its loudest sample, dB to full scale.
    peak_dbfs: f64,
    /// Worth knowing before callers hear it.
    loudness_note: Option<LoudnessWord>,
    /// What the file was before it was made mono with 16 kHz and 16 bits.
    was: FileWas,
}

/// What there is to say of how loud a sound is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LoudnessWord {
    /// Hard to understand on a telephone.
    TooQuiet,
    /// Its peaks are cut off.
    Clipped,
}

/// What a file was.
#[derive(Serialize, ToSchema)]
struct FileWas {
    rate_hz: u32,
    channels: u16,
    /// Bits of a sample; an MP3 has none.
    bits: Option<u16>,
}

/// Uploads a sound: WAV (PCM, floating point, A-law, mu-law) or MP3, 25 MB and ten minutes at most.
/// Permission: edit_flows.
#[utoipa::path(post, path = "/{center}/sounds", tag = "prompts", operation_id = "sounds_upload",
    params(("center" = String, Path)),
    request_body(content((Vec<u8> = "audio/wav"), (Vec<u8> = "audio/mpeg"))),
    responses((status = 201, body = UploadedSound),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn upload(
    by: FlowEditor,
    Raw(file): Raw,
) -> Result<(StatusCode, Json<UploadedSound>), Problem> {
    // Never closed.
    let bench = BENCHES.acquire().await;
    let made = tokio::task::spawn_blocking(move || normalize(&file)).await;
    drop(bench);
    let made = made.unwrap_or_else(|error| {
        tracing::warn!(%error, "an uploaded file broke its decoder");
        Err(Unplayable::Damaged("it cannot be decoded"))
    });
    let made = made.map_err(|error| unplayable(&error))?;
    let center = &by.center;
    forget_unnamed(center).await?;
    let note = made.note;
    let was = made.was;
    let new = NewSound {
        length_ms: made.length_ms(),
        peak_tenth_db: made.peak_tenth_db,
        wav: file_of(made)?,
    };
    let kept = center.store.put_sound(center.id(), new).await?;
    let uploaded = UploadedSound {
        seconds: f64::from(kept.length_ms) / 1_000.0,
        peak_dbfs: f64::from(kept.peak_tenth_db) / 10.0,
        id: kept.id.to_string(),
        loudness_note: note.map(|note| match note {
            LoudnessNote::TooQuiet => LoudnessWord::TooQuiet,
            LoudnessNote::Clipped => LoudnessWord::Clipped,
        }),
        was: FileWas {
            rate_hz: was.rate_hz,
            channels: was.channels,
            bits: was.bits,
        },
    };
    Ok((StatusCode::CREATED, Json(uploaded)))
}

fn file_of(sound: Sound) -> Result<Vec<u8>, Problem> {
    sound.into_wav().map_err(|error| {
        tracing::error!(%error, "a sound could not be written as a file");
        Problem::unavailable("the sound could not be written; try again")
    })
}

fn unplayable(error: &Unplayable) -> Problem {
    let status = match error {
        Unplayable::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Unplayable::NotASound
        | Unplayable::Damaged(_)
        | Unplayable::CutOff { .. }
        | Unplayable::Encoding { .. }
        | Unplayable::Channels(_)
        | Unplayable::Rate(_)
        | Unplayable::TooLong(_)
        | Unplayable::Empty
        | Unplayable::Silent => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, error.code(), error.to_string())
}

/// Sounds that no prompt names any more make room for this one.
async fn forget_unnamed(center: &Center) -> Result<(), Problem> {
    let named: BTreeSet<SoundId> = center.engine.view().read(|projection| {
        let prompts = projection.center.state().settings.prompts.values();
        let sounds = prompts.flat_map(|it| it.document.sounds());
        sounds.map(|it: &prompt::Sound| it.id.clone()).collect()
    });
    let forgotten = center
        .store
        .forget_sounds(center.id(), &named, UNNAMED_FOR)
        .await?;
    if forgotten > 0 {
        tracing::info!(center = %center.id(), forgotten, "sounds that no prompt names were removed");
    }
    Ok(())
}

/// A sound as callers hear it. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/sounds/{sound}", tag = "prompts", operation_id = "sounds_read",
    params(("center" = String, Path), ("sound" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: SettingsReader, At(id): At<String>) -> Result<Response, Problem> {
    let none = || Problem::not_found("there is no such sound; upload it again");
    let id = SoundId::try_from(id).ok().ok_or_else(none)?;
    let sound = by.center.store.sound(by.center.id(), &id).await?;
    let mut response = wav(sound.ok_or_else(none)?.into());
    let keep = HeaderValue::from_static("private, max-age=86400, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, keep);
    Ok(response)
}

impl From<SoundError> for Problem {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Full { .. } => Self::conflict("limit_reached", &error.to_string()),
            SoundError::Store(error) => error.into(),
        }
    }
}
