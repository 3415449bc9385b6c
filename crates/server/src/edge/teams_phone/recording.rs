//! Recordings: started, stopped, listened beside, and fetched from storage. What is fetched is
//! sealed and durable before the core hears of it.

use super::TeamsPhone;
use super::client::CallError;
use super::operations::{context, customer, repeatability, sent, target_state};
use crate::recordings::About;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::limits::BETWEEN_DIGITS_SECONDS;
use tandem_core::time::Timestamp;
use tandem_media::wav;
use tandem_microsoft::acs::media::{
    self, DtmfOptions, RecognizeInput, RecognizeOptions, RecognizeRequest,
};
use tandem_microsoft::acs::recording::{
    self, RecordingChannel, RecordingStateResponse, StartRecordingRequest,
};
use tandem_reports::story::What;
use tandem_store::Channel;

/// The longest file that is kept: a message of five minutes has 10 MB, a call of a quarter of an hour 30.
pub(super) const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;

type Ended = Result<Outcome, Outcome>;

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other orders are carried out elsewhere"
)]
pub(super) async fn perform(edge: &TeamsPhone, order: &Order) -> Outcome {
    let ended = match &order.effect {
        Effect::StartRecording { contact, leg, .. } => start(edge, order.id, *contact, leg).await,
        Effect::StopRecording { reference, .. } => {
            Ok(target_state(edge, &recording::stop(reference)).await)
        }
        Effect::Listen {
            contact,
            leg,
            timeout_s,
        } => listen(edge, order.id, *contact, leg, *timeout_s).await,
        Effect::FetchRecording {
            contact,
            recording,
            location,
        } => fetch(edge, *contact, *recording, location).await,
        _ => Err(failed("not-a-recording")),
    };
    ended.unwrap_or_else(|outcome| outcome)
}

fn failed(code: &str) -> Outcome {
    Outcome::Failed {
        code: code.to_owned(),
    }
}

async fn start(edge: &TeamsPhone, id: EffectId, contact: ContactId, leg: &str) -> Ended {
    let body = StartRecordingRequest {
        recording_state_callback_uri: Some(edge.callback_uri(contact)),
        ..StartRecordingRequest::of_call(leg, RecordingChannel::Mixed)
    };
    let answer = sent(edge, &recording::start(&body, repeatability(edge, id))).await?;
    // A page of the service promises 204, and with it nothing to stop the recording by.
    let reference = RecordingStateResponse::parse(&answer).ok();
    match reference.and_then(|it| it.recording_id) {
        Some(reference) => Ok(Outcome::Done {
            reference: Some(reference),
        }),
        None => Err(failed("no-recording-id")),
    }
}

/// Tones are recognized without a prompt: what is heard before would be recorded.
async fn listen(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    timeout_s: u32,
) -> Ended {
    let body = RecognizeRequest {
        recognize_input_type: RecognizeInput::Dtmf,
        play_prompt: None,
        play_prompts: Vec::new(),
        interrupt_call_media_operation: Some(true),
        recognize_options: RecognizeOptions {
            target_participant: customer(edge, contact).await?,
            interrupt_prompt: Some(true),
            initial_silence_timeout_in_seconds: Some(timeout_s),
            dtmf_options: Some(DtmfOptions {
                inter_tone_timeout_in_seconds: Some(BETWEEN_DIGITS_SECONDS),
                max_tones_to_collect: Some(1),
                stop_tones: Vec::new(),
            }),
            ..RecognizeOptions::default()
        },
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    sent(edge, &media::recognize(leg, &body)).await?;
    Ok(Outcome::Done { reference: None })
}

async fn fetch(
    edge: &TeamsPhone,
    contact: ContactId,
    recording: EffectId,
    location: &str,
) -> Ended {
    let center = edge.engine.center();
    let file = edge.client.download(location, FILE_BYTES_MAX).await;
    let file = file.map_err(|error| {
        tracing::warn!(%center, %error, "a recording cannot be fetched");
        match error {
            // The file may be there in a moment: it is asked for again, a limited number of times.
            CallError::NoAnswer { .. }
            | CallError::NotSent {
                is_passing: true, ..
            } => Outcome::Unknown,
            CallError::Refused { status, code } if super::client::is_passing(status) => {
                tracing::debug!(code, "the storage is busy");
                Outcome::Unknown
            }
            CallError::Refused { code, .. } => Outcome::Failed { code },
            CallError::NotSent { .. } => failed("not-sent"),
        }
    })?;
    let info = wav::probe(&file).map_err(|error| {
        tracing::warn!(%center, %error, "a recording is no WAV file");
        failed("no-wav")
    })?;
    let seconds = info.duration() / 1_000_000;
    let about = about(edge, contact, recording, &info);
    let kept = edge.recordings.keep(&file, about).await;
    let kept = kept.map_err(|error| {
        tracing::error!(%center, %error, "a recording cannot be kept");
        Outcome::Unknown
    })?;
    Ok(Outcome::Kept {
        seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        parts: Vec::new(),
        link: Some(kept.link.to_string()),
    })
}

/// What is known of a recording from the story of its contact; what came too late for one is kept by its
/// contact alone.
fn about(edge: &TeamsPhone, contact: ContactId, recording: EffectId, info: &wav::Info) -> About {
    let length = info.duration();
    let length_ms = u64::try_from(length / 1_000).unwrap_or(0);
    let ended = edge.clock.now();
    let started = Timestamp::from_micros(ended.as_micros().saturating_sub(length));
    let mut about = About {
        recording,
        contact,
        queue: None,
        agents: Vec::new(),
        started,
        ended,
        length_ms,
        channels: vec![Channel::Mixed],
        pauses: Vec::new(),
        keep_days: None,
    };
    edge.engine.view().read(|projection| {
        let Some(story) = projection.stories.story(contact) else {
            return;
        };
        about.queue = story.queue;
        about.agents.clone_from(&story.agents);
        let began = story.entries.iter().find(
            |it| matches!(&it.what, What::RecordingStarted { recording: id, .. } if *id == recording),
        );
        if let Some(began) = began {
            about.started = began.at;
            about.ended = Timestamp::from_micros(began.at.as_micros().saturating_add(length));
        }
    });
    about
}
