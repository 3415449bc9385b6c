//! Recording: start, look at, pause, resume, stop, and the file that comes of it.
//!
//! In Teams Phone extensibility it is by call connection, sound alone, WAV (reference 3). What is heard in
//! it stands on its `tape`; while it is paused there is silence.

mod kind;
pub(crate) mod reel;

use super::call::Call;
use super::callback::{Emission, check_url, emit};
use super::participant::Participant;
use super::prompt::Part;
use super::tape::{Channels, Company, Present, Stretch, Tape};
use super::{connected_call, invalid, not_found, parse};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::limits;
use crate::pipeline::Received;
use crate::stamp;
use crate::wave;
use crate::world::{Timer, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reel::Reel;
use serde_json::{Value, json};
use std::sync::Arc;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::recording::{
    RecordingChannel, RecordingKind, RecordingState, RecordingStateResponse, StartRecordingRequest,
};

/// Channels of an unmixed recording (reference A, ChannelAffinity).
const CHANNELS_MAX: usize = 5;
/// Between the end and the file.
const FILE_MS: u64 = 1500;

#[derive(Debug, Clone)]
pub(crate) struct Recording {
    call: String,
    /// The recorder's own connection, another one than the call's.
    recorder: String,
    server_call_id: String,
    callback_uri: Option<String>,
    channel: RecordingChannel,
    channels: u16,
    started_at: String,
    /// When it went on or off, alternating; the first entry is the start.
    turns: Vec<(u64, RecordingState)>,
    ended: Option<(u64, End)>,
    /// The name of its file in storage.
    document: String,
    is_deleted: bool,
    /// Who was in the call at the start.
    participants: Vec<String>,
    /// Whose channel is which, of those that the start named.
    affinity: Vec<(u32, String)>,
    /// A fault: what is said in a pause is recorded.
    ignores_pause: bool,
    /// Whoever fetches the file meanwhile reads on in what was there.
    tape: Arc<Tape>,
}

/// Why a recording is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Stopped,
    CallEnded,
    TooLong,
}

impl Recording {
    pub(crate) fn call(&self) -> &str {
        &self.call
    }

    pub(crate) fn end(&self) -> Option<End> {
        self.ended.map(|(_, end)| end)
    }

    pub(crate) fn document(&self) -> &str {
        &self.document
    }

    pub(crate) fn recorder(&self) -> &str {
        &self.recorder
    }

    pub(crate) fn server_call_id(&self) -> &str {
        &self.server_call_id
    }

    pub(crate) fn started_at(&self) -> &str {
        &self.started_at
    }

    /// The file of these stretches, from its start.
    pub(crate) fn reel(&self, stretches: Vec<Stretch>) -> Reel {
        let channels = match self.channel {
            RecordingChannel::Mixed | RecordingChannel::Unknown => Channels::Mixed,
            RecordingChannel::Unmixed => Channels::Unmixed {
                count: self.channels,
                chosen: self.affinity.clone(),
            },
        };
        Reel::new(Arc::clone(&self.tape), stretches, channels)
    }

    pub(crate) const fn channels(&self) -> u16 {
        self.channels
    }

    pub(crate) const fn channel_name(&self) -> &'static str {
        match self.channel {
            RecordingChannel::Mixed | RecordingChannel::Unknown => "Mixed",
            RecordingChannel::Unmixed => "Unmixed",
        }
    }

    pub(crate) fn participants(&self) -> &[String] {
        &self.participants
    }

    pub(crate) const fn is_deleted(&self) -> bool {
        self.is_deleted
    }

    pub(crate) const fn delete(&mut self) {
        self.is_deleted = true;
    }

    fn state(&self) -> RecordingState {
        match (self.ended, self.turns.last()) {
            (None, Some((_, state))) => *state,
            (Some(_), _) | (None, None) => RecordingState::Inactive,
        }
    }

    /// What it consists of, until now when it still runs.
    pub(crate) fn stretches(&self, now_ms: u64) -> Vec<Stretch> {
        let end = self.ended.map_or(now_ms, |(at, _)| at);
        let ends = self.turns.iter().skip(1).map(|(at, _)| *at);
        let stretch = |((at, state), until): (&(u64, RecordingState), u64)| {
            let ms = until.saturating_sub(*at);
            match state {
                RecordingState::Active => Stretch::Sound { ms },
                RecordingState::Inactive if self.ignores_pause => Stretch::Sound { ms },
                RecordingState::Inactive | RecordingState::Unknown => Stretch::Silence { ms },
            }
        };
        self.turns
            .iter()
            .zip(ends.chain(std::iter::once(end)))
            .map(stretch)
            .collect()
    }

    /// Begin and length of each pause, from the start of the recording.
    pub(crate) fn pauses(&self, now_ms: u64) -> Vec<(u64, u64)> {
        let mut at = 0;
        let mut pauses = Vec::new();
        for (stretch, (_, state)) in self.stretches(now_ms).iter().zip(&self.turns) {
            if *state == RecordingState::Inactive {
                pauses.push((at, stretch.ms()));
            }
            at += stretch.ms();
        }
        pauses
    }

    fn show(&self, id: &str, now_ms: u64) -> Value {
        let stretches = self.stretches(now_ms);
        let duration_ms: u64 = stretches.iter().map(Stretch::ms).sum();
        let pause = |(start, ms): &(u64, u64)| json!({"start_ms": start, "duration_ms": ms});
        let pauses: Vec<Value> = self.pauses(now_ms).iter().map(pause).collect();
        json!({
            "id": id, "call_connection_id": self.call, "state": self.state().as_str(),
            "ended": self.ended.is_some(), "deleted": self.is_deleted, "started_at": self.started_at,
            "channel_type": self.channel.as_str(), "channels": self.channels,
            "channel_of": self.affinity.iter().map(|(channel, raw_id)| json!({
                "channel": channel, "participant": raw_id,
            })).collect::<Vec<_>>(),
            "duration_ms": duration_ms, "pauses": pauses,
            "bytes": wave::bytes(duration_ms, self.channels),
            "content": format!("/_emulator/recordings/{id}/content"),
        })
    }
}

pub(crate) fn start(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let request: StartRecordingRequest = parse(received)?;
    let (call_id, status) = call_of(world, &request)?;
    let is_tpe = connected_call(world, &call_id)?.is_tpe;
    let channel = kind::check(world, &request, is_tpe)?;
    if let Some(url) = &request.recording_state_callback_uri {
        check_url(world, url)
            .map_err(|text| invalid(format!("recordingStateCallbackUri: {text}")))?;
    }
    if running_of(world, &call_id).is_some() {
        return Err(Answer::acs(
            400,
            subcode::DUPLICATE_RECORDING,
            "The call is being recorded already.",
        ));
    }
    let affinity = kind::affinity(&request)?;
    let id = new_id(world);
    let state = if request.pause_on_start == Some(true) {
        RecordingState::Inactive
    } else {
        RecordingState::Active
    };
    let answer = if world.strike(Symptom::StartRecordingUnnamed).is_some() {
        Answer::empty(204)
    } else {
        Answer::model(status, &response(&id, state))
    };
    let url = request.recording_state_callback_uri;
    if let Some(Effect::StartRecordingFailed { sub_code }) =
        world.strike(Symptom::StartRecordingFailed)
    {
        let emission = Emission::success(None, url.clone())
            .result(
                500,
                sub_code.unwrap_or(subcode::UNKNOWN),
                "Action failed by a fault of the emulator.",
            )
            .with("recordingId", json!(id));
        if url.is_some() {
            emit(world, &call_id, "StartRecordingFailed", emission);
        }
        return Ok(answer);
    }
    let (recorder, document) = (world.dice.uuid(), world.dice.uuid());
    let (now_ms, started_at) = (world.now_ms(), stamp::callback(world.wall));
    let company = company(world);
    let call = connected_call(world, &call_id)?;
    let recording = Recording {
        channels: channels(call, channel),
        recorder,
        server_call_id: call.server_call_id.clone(),
        call: call_id,
        callback_uri: url,
        channel,
        started_at,
        turns: vec![(now_ms, state)],
        ended: None,
        document,
        is_deleted: false,
        participants: call.participants.iter().map(Participant::raw_id).collect(),
        affinity,
        ignores_pause: false,
        tape: Arc::new(tape(call, now_ms, company)),
    };
    keep(world, &id, recording);
    tell(world, &id);
    let stops_after = lasts_ms(world);
    let recording = id.clone();
    world.after(stops_after, Timer::RecordingTooLong { recording });
    Ok(answer)
}

const fn company(world: &World) -> Company {
    if world.setup.strict {
        Company::Silent
    } else {
        Company::Murmurs
    }
}

/// A tape on which everything is that goes on at the start.
fn tape(call: &Call, now_ms: u64, company: Company) -> Tape {
    let mut tape = Tape::new(now_ms, company);
    tape.company(now_ms, &present(call));
    for said in &call.speech {
        tape.said(said.raw_id(), said.from_ms, said.until_ms);
    }
    if let Some((since_ms, parts)) = call.media.heard_by_all() {
        tape.plays(since_ms, parts);
    }
    tape
}

fn present(call: &Call) -> Vec<Present> {
    let present = |one: &Participant| Present {
        raw_id: one.raw_id(),
        voice: one.voice,
        is_heard: one.held.is_none() && !one.is_muted,
    };
    call.participants.iter().map(present).collect()
}

/// The tape of the recording that runs in a call.
fn tape_of<'a>(world: &'a mut World, call_id: &str) -> Option<&'a mut Tape> {
    let id = running_of(world, call_id)?;
    Some(Arc::make_mut(&mut world.recordings.get_mut(&id)?.tape))
}

/// Somebody came, left, or is heard otherwise than before.
pub(crate) fn company_changed(world: &mut World, call_id: &str) {
    let now_ms = world.now_ms();
    let Some(present) = world.calls.get(call_id).map(present) else {
        return;
    };
    if let Some(tape) = tape_of(world, call_id) {
        tape.company(now_ms, &present);
    }
}

/// Somebody says something.
pub(crate) fn said(world: &mut World, call_id: &str, raw_id: &str, (from, until): (u64, u64)) {
    if let Some(tape) = tape_of(world, call_id) {
        tape.said(raw_id, from, until);
    }
}

/// A round of a prompt begins; what is for one participant alone is not recorded.
pub(crate) fn prompt_begins(world: &mut World, call_id: &str, operation: u64) {
    let Some((since_ms, parts)) = main_prompt(world, call_id, operation) else {
        return;
    };
    if let Some(tape) = tape_of(world, call_id) {
        tape.plays(since_ms, parts);
    }
}

/// Nothing is played any more.
pub(crate) fn falls_silent(world: &mut World, call_id: &str) {
    let now_ms = world.now_ms();
    if let Some(tape) = tape_of(world, call_id) {
        tape.falls_silent(now_ms);
    }
}

fn main_prompt(world: &World, call_id: &str, operation: u64) -> Option<(u64, Vec<Part>)> {
    let media = &world.calls.get(call_id)?.media;
    let is_main = media.main.as_ref().is_some_and(|it| it.id == operation);
    media.heard_by_all().filter(|_| is_main)
}

/// The application was heard over its media stream: since when, at which rate, what.
pub(crate) fn streamed(
    world: &mut World,
    call_id: &str,
    (from_ms, rate): (u64, u32),
    samples: &[i16],
) {
    if samples.is_empty() {
        return;
    }
    if let Some(tape) = tape_of(world, call_id) {
        tape.streamed(from_ms, samples, rate);
    }
}

/// How long a recording lasts that nobody stops.
fn lasts_ms(world: &mut World) -> u64 {
    match world.strike(Symptom::RecordingStops) {
        Some(Effect::RecordingStops { ms }) => ms,
        Some(_) | None => limits::RECORDING_MS_MAX,
    }
}

/// The call, and what its start is answered with (reference 3: 202 by connection, else 200).
fn call_of(world: &World, request: &StartRecordingRequest) -> Result<(String, u16), Answer> {
    match (&request.call_connection_id, &request.call_locator) {
        (Some(id), None) => Ok((id.clone(), 202)),
        (None, Some(locator)) => {
            let wanted = locator.server_call_id.as_deref();
            let found = world.calls.values().find(|call| {
                wanted == Some(call.server_call_id.as_str())
                    && !world.ended_calls.contains(&call.id)
            });
            match found {
                Some(call) if call.is_tpe => Err(invalid(
                    "Invalid request, a Teams Phone extensibility call is recorded by callConnectionId.",
                )),
                Some(call) => Ok((call.id.clone(), 200)),
                None => Err(not_found("Call not found.")),
            }
        }
        (Some(_), Some(_)) | (None, None) => Err(invalid(
            "either callConnectionId or callLocator is required",
        )),
    }
}

fn channels(call: &Call, channel: RecordingChannel) -> u16 {
    match channel {
        RecordingChannel::Mixed | RecordingChannel::Unknown => 1,
        RecordingChannel::Unmixed => {
            u16::try_from(call.participants.len().clamp(1, CHANNELS_MAX)).unwrap_or(1)
        }
    }
}

/// Opaque: unpadded base64url, as recorded (reference 4).
fn new_id(world: &mut World) -> String {
    let id =
        json!({"PlatformEndpointId": world.dice.uuid(), "ResourceSpecificId": world.dice.uuid()});
    URL_SAFE_NO_PAD.encode(id.to_string())
}

fn response(id: &str, state: RecordingState) -> RecordingStateResponse {
    RecordingStateResponse {
        recording_id: Some(id.to_owned()),
        recording_state: Some(state),
        recording_kind: Some(RecordingKind::AzureCommunicationServices),
    }
}

fn keep(world: &mut World, id: &str, recording: Recording) {
    world.recordings.insert(id.to_owned(), recording);
    world.recordings_kept.push_back(id.to_owned());
    while world.recordings_kept.len() > limits::RECORDINGS_MAX {
        if let Some(oldest) = world.recordings_kept.pop_front() {
            world.recordings.remove(&oldest);
        }
    }
}

fn running_of(world: &World, call_id: &str) -> Option<String> {
    world
        .recordings
        .iter()
        .find(|(_, recording)| recording.call == call_id && recording.ended.is_none())
        .map(|(id, _)| id.clone())
}

/// A recording that has not ended.
fn running<'a>(world: &'a mut World, id: &str) -> Result<&'a mut Recording, Answer> {
    world
        .recordings
        .get_mut(id)
        .filter(|recording| recording.ended.is_none())
        .ok_or_else(|| not_found("Recording not found."))
}

pub(crate) fn get(world: &mut World, id: &str) -> Result<Answer, Answer> {
    let state = running(world, id)?.state();
    Ok(Answer::model(200, &response(id, state)))
}

pub(crate) fn pause(world: &mut World, id: &str) -> Result<Answer, Answer> {
    turn(world, id, RecordingState::Inactive)
}

pub(crate) fn resume(world: &mut World, id: &str) -> Result<Answer, Answer> {
    turn(world, id, RecordingState::Active)
}

fn turn(world: &mut World, id: &str, state: RecordingState) -> Result<Answer, Answer> {
    let now_ms = world.now_ms();
    let ignores =
        state == RecordingState::Inactive && world.strike(Symptom::RecordingIgnoresPause).is_some();
    let recording = running(world, id)?;
    recording.ignores_pause |= ignores;
    if recording.state() == state {
        return Err(Answer::acs(
            400,
            subcode::PAUSE_RESUME_NOT_ALLOWED,
            format!("The recording is {} already.", state.as_str()),
        ));
    }
    if recording.turns.len() >= limits::RECORDING_TURNS_MAX {
        return Err(Answer::acs(
            400,
            subcode::PAUSE_RESUME_NOT_ALLOWED,
            "The recording was paused too often.",
        ));
    }
    recording.turns.push((now_ms, state));
    tell(world, id);
    Ok(Answer::empty(202))
}

pub(crate) fn stop(world: &mut World, id: &str) -> Result<Answer, Answer> {
    running(world, id)?;
    end(world, id, End::Stopped);
    Ok(Answer::empty(204))
}

/// It has come to its end; whoever asks for it now is told that it is gone.
pub(crate) fn end(world: &mut World, id: &str, why: End) {
    let now_ms = world.now_ms();
    let Ok(recording) = running(world, id) else {
        return;
    };
    recording.ended = Some((now_ms, why));
    tell(world, id);
    let recording = id.to_owned();
    world.after(FILE_MS, Timer::RecordingFile { recording });
}

/// The call ends, and with it its recording.
pub(crate) fn call_ends(world: &mut World, call_id: &str) {
    if let Some(id) = running_of(world, call_id) {
        end(world, &id, End::CallEnded);
    }
}

/// RecordingStateChanged, to the address that the start gave; without one nobody is told.
fn tell(world: &mut World, id: &str) {
    let Some(recording) = world.recordings.get(id) else {
        return;
    };
    let Some(url) = recording.callback_uri.clone() else {
        return;
    };
    let subject = format!(
        "calling/recordings/{}/{id}/RecordingStateChanged",
        recording.server_call_id
    );
    let emission = Emission::success(None, Some(url))
        .about(subject, recording.recorder.clone())
        .with("recordingId", json!(id))
        .with("state", json!(recording.state()))
        .with("startDateTime", json!(recording.started_at))
        .with(
            "recordingKind",
            json!(RecordingKind::AzureCommunicationServices),
        );
    let call = recording.call.clone();
    emit(world, &call, "RecordingStateChanged", emission);
}

/// For the control API.
pub(crate) fn show_all(world: &World) -> Value {
    let now_ms = world.now_ms();
    world
        .recordings_kept
        .iter()
        .filter_map(|id| Some(world.recordings.get(id)?.show(id, now_ms)))
        .collect()
}
