//! Recordings: started, stopped, listened beside, and fetched from storage. What is fetched is
//! sealed and durable before the core hears of it.

use super::TeamsPhone;
use super::client::CallError;
use super::download::Download;
use super::operations::{
    agent, context, customer, failed, outcome_of, repeatability, send, sent, target_state,
};
use super::quiet::hushed;
use crate::recordings::{About, Begun, KeepError, Keeping};
use std::time::Duration;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::limits::BETWEEN_DIGITS_SECONDS;
use tandem_core::recording::{Channels, Quiet};
use tandem_media::Error;
use tandem_media::wav::quiet::{Header, Passing, Piece};
use tandem_microsoft::acs::media::{
    self, DtmfOptions, RecognizeInput, RecognizeOptions, RecognizeRequest,
};
use tandem_microsoft::acs::recording::{
    self, ChannelAffinity, RecordingChannel, RecordingState, RecordingStateResponse,
    StartRecordingRequest,
};
use tandem_store::limits::RECORDING_BYTES_MAX;
use tandem_store::{Channel, FileError, KeptRecording};

/// The subcode of a recording that cannot be paused, or go on, because it does already.
const NOT_ALLOWED: &str = "8573";
/// Waits before each look at a recording that was to pause or to go on; together less than the core waits.
const LOOK_WAITS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// What a length may be off by: the service counts from another instant than the file begins.
const LENGTH_LEEWAY_MS: u64 = 2_000;

type Ended = Result<Outcome, Outcome>;

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other orders are carried out elsewhere"
)]
pub(super) async fn perform(edge: &TeamsPhone, order: &Order) -> Outcome {
    let ended = match &order.effect {
        Effect::StartRecording {
            contact,
            leg,
            channels,
            ..
        } => start(edge, order.id, *contact, leg, channels).await,
        Effect::PauseRecording { reference, .. } => {
            turn(edge, reference, RecordingState::Inactive).await
        }
        Effect::ResumeRecording { reference, .. } => {
            turn(edge, reference, RecordingState::Active).await
        }
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
            quiet,
            told_ms,
        } => {
            let file = Told {
                location,
                quiet: quiet.as_ref(),
                length_ms: *told_ms,
            };
            fetch(edge, *contact, *recording, file).await
        }
        _ => Err(failed("not-a-recording")),
    };
    ended.unwrap_or_else(|outcome| outcome)
}

async fn start(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    channels: &Channels,
) -> Ended {
    let channel = match channels {
        Channels::Mixed => RecordingChannel::Mixed,
        Channels::Unmixed { .. } => RecordingChannel::Unmixed,
    };
    let body = StartRecordingRequest {
        recording_state_callback_uri: Some(edge.callback_uri(contact)),
        channel_affinity: affinity(edge, contact, channels).await?,
        ..StartRecordingRequest::of_call(leg, channel)
    };
    let answer = sent(edge, &recording::start(&body, repeatability(edge, id))).await?;
    // A page of the service promises 204 without a name (B-186): then the word that it runs has it.
    let answer = RecordingStateResponse::parse(&answer).ok();
    let reference = answer.and_then(|it| it.recording_id);
    Ok(Outcome::Done { reference })
}

/// The customer on the first channel and the agent on the second, whoever was in the call first.
async fn affinity(
    edge: &TeamsPhone,
    contact: ContactId,
    channels: &Channels,
) -> Result<Vec<ChannelAffinity>, Outcome> {
    let Channels::Unmixed { agent: address } = channels else {
        return Ok(Vec::new());
    };
    let parties = [customer(edge, contact).await?, agent(edge, address)];
    let numbered = (0..).zip(parties);
    let affinity = numbered.map(|(channel, participant)| ChannelAffinity {
        channel: Some(channel),
        participant,
    });
    Ok(affinity.collect())
}

/// Pauses a recording, or goes on with it, and looks whether it is so: that the service took the request says
/// nothing about when it is carried out.
async fn turn(edge: &TeamsPhone, reference: &str, wanted: RecordingState) -> Ended {
    let request = match wanted {
        RecordingState::Inactive => recording::pause(reference),
        RecordingState::Active | RecordingState::Unknown => recording::resume(reference),
    };
    match send(edge, &request).await {
        Ok(_) => {}
        // Perhaps it is so already.
        Err(CallError::Refused { status: 400, code }) if code == NOT_ALLOWED => {}
        Err(error) => return Err(outcome_of(error)),
    }
    for wait in LOOK_WAITS {
        tokio::time::sleep(wait).await;
        let answer = sent(edge, &recording::get(reference)).await?;
        let state = RecordingStateResponse::parse(&answer).ok();
        if state.and_then(|it| it.recording_state) == Some(wanted) {
            return Ok(Outcome::Done { reference: None });
        }
    }
    Err(failed("not-so"))
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

/// What is known of a file before it comes.
struct Told<'a> {
    location: &'a str,
    quiet: Option<&'a Quiet>,
    /// How long it is, as the service counts.
    length_ms: Option<u64>,
}

async fn fetch(
    edge: &TeamsPhone,
    contact: ContactId,
    recording: EffectId,
    told: Told<'_>,
) -> Ended {
    let mut file = Download::begin(&edge.client, told.location, RECORDING_BYTES_MAX)
        .await
        .map_err(|error| not_fetched(edge, error))?;
    let Opened {
        passing,
        n_channels,
        length_ms: came_ms,
        start,
    } = header(edge, &mut file, told.quiet).await?;
    let begun = edge.recordings.begin(recording).await;
    let mut keeping = match begun.map_err(|error| not_kept(edge, &error))? {
        Begun::Kept(kept) => return Ok(outcome_of_kept(&kept)),
        Begun::Keeping(keeping) => keeping,
    };
    let passed = pass(edge, &mut file, passing, start, &mut keeping).await;
    let length_ms = match passed {
        Ok(length_ms) => length_ms,
        Err(outcome) => {
            keeping.abandon().await;
            return Err(outcome);
        }
    };
    let channels = vec![Channel::Mixed; usize::from(n_channels)];
    let now = edge.clock.now();
    let mut about = About::of(&edge.engine, now, contact, recording, length_ms, channels);
    about.told_ms = other_than(told.length_ms, came_ms.unwrap_or(length_ms));
    let kept = keeping.finish(about).await;
    let kept = kept.map_err(|error| not_kept(edge, &error))?;
    Ok(outcome_of_kept(&kept))
}

/// How long it was said to be, if what came is not.
fn other_than(told_ms: Option<u64>, came_ms: u64) -> Option<u64> {
    told_ms.filter(|told_ms| told_ms.abs_diff(came_ms) > LENGTH_LEEWAY_MS)
}

/// A file that has begun to come.
struct Opened {
    passing: Passing,
    n_channels: u16,
    /// As its header has it.
    length_ms: Option<u64>,
    /// What has come behind the header.
    start: Vec<u8>,
}

/// Reads as far as the header goes.
async fn header(
    edge: &TeamsPhone,
    file: &mut Download<'_>,
    quiet: Option<&Quiet>,
) -> Result<Opened, Outcome> {
    let mut start = Vec::new();
    let header = loop {
        let part = file
            .next()
            .await
            .map_err(|error| not_fetched(edge, error))?;
        let is_over = part.is_none();
        start.extend_from_slice(&part.unwrap_or_default());
        let header = Header::read(&start, file.whole());
        match header.map_err(|error| no_wav(edge, error))? {
            Some(header) => break header,
            None if is_over => return Err(no_wav(edge, Error::Truncated("RIFF header"))),
            None => {}
        }
    };
    let (n_channels, begin) = (header.channels(), header.samples_at());
    let length_ms = header.length_ms();
    // Before it lies anywhere: what must not be heard is not kept.
    let passing = hushed(header, quiet).map_err(|error| no_wav(edge, error))?;
    Ok(Opened {
        passing,
        n_channels,
        length_ms,
        start: start.split_off(begin),
    })
}

/// Lets the file go by into what is kept; answers how long it plays, ms.
async fn pass(
    edge: &TeamsPhone,
    file: &mut Download<'_>,
    mut passing: Passing,
    start: Vec<u8>,
    keeping: &mut Keeping<'_>,
) -> Result<u64, Outcome> {
    let mut pieces = Vec::new();
    passing.take(&start, &mut pieces);
    loop {
        write(edge, keeping, pieces.drain(..)).await?;
        let part = file
            .next()
            .await
            .map_err(|error| not_fetched(edge, error))?;
        let Some(part) = part else { break };
        passing.take(&part, &mut pieces);
    }
    let length_ms = passing.end(&mut pieces);
    write(edge, keeping, pieces.drain(..)).await?;
    length_ms.map_err(|error| no_wav(edge, error))
}

async fn write(
    edge: &TeamsPhone,
    keeping: &mut Keeping<'_>,
    pieces: impl Iterator<Item = Piece>,
) -> Result<(), Outcome> {
    for piece in pieces {
        let written = match piece {
            Piece::Bytes(bytes) => keeping.write(&bytes).await,
            Piece::Silence(n_bytes) => keeping.write_silence(n_bytes).await,
        };
        written.map_err(|error| not_kept(edge, &error))?;
    }
    Ok(())
}

fn outcome_of_kept(kept: &KeptRecording) -> Outcome {
    let seconds = |ms: u64| u32::try_from(ms / 1_000).unwrap_or(u32::MAX);
    Outcome::Kept {
        seconds: seconds(kept.sheet.length_ms),
        parts: Vec::new(),
        link: Some(kept.link.to_string()),
        told_s: kept.sheet.told_ms.map(seconds),
    }
}

fn not_fetched(edge: &TeamsPhone, error: CallError) -> Outcome {
    tracing::warn!(center = %edge.engine.center(), %error, "a recording cannot be fetched");
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
}

/// A file that is shorter than it says is not claimed to be the recording.
fn no_wav(edge: &TeamsPhone, error: Error) -> Outcome {
    tracing::warn!(center = %edge.engine.center(), %error, "a recording is no whole WAV file");
    failed(match error {
        Error::Truncated(_) => "truncated",
        Error::Malformed(_) | Error::Unsupported(_) | Error::Limit(_) | Error::NoSuchParty => {
            "no-wav"
        }
    })
}

fn not_kept(edge: &TeamsPhone, error: &KeepError) -> Outcome {
    tracing::error!(center = %edge.engine.center(), %error, "a recording cannot be kept");
    match error {
        KeepError::File(FileError::TooLarge(_)) => failed("too-large"),
        KeepError::File(_) | KeepError::Seal(_) | KeepError::Store(_) | KeepError::Erased => {
            Outcome::Unknown
        }
    }
}
