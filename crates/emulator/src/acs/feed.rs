//! The WebSockets of a call to the application: dialed, started, stopped, lost.
//!
//! Media streaming and transcription are configured when a call begins and share these rules; what
//! goes through is the business of `streaming` and `transcription`.

use super::call::Call;
use super::callback::{Emission, check_socket_url, emit};
use super::prompt::note_missing_voice;
use super::{connected_call, invalid, streaming, transcription};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::trace;
use crate::world::{Timer, World};
use serde_json::{Value, json};
use tandem_microsoft::acs::call::CallConnectionState;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::streaming::SubscriptionState;

/// What a WebSocket carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Media,
    Transcription,
}

/// Of a call and a kind: where it goes, and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(crate) url: String,
    pub(crate) subscription: String,
    starts_by_itself: bool,
    phase: Phase,
    context: Option<String>,
    callback: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Inactive,
    Dialing { socket: u64 },
    Active { socket: u64 },
}

/// What a request says of the operation's events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    pub(crate) context: Option<String>,
    pub(crate) callback: Option<String>,
}

/// Why a connection did not come about, or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The application's answer to the upgrade.
    Refused {
        status: u16,
    },
    /// It did not answer, or not as a WebSocket does.
    Unreachable,
    TimedOut,
    /// More sockets than the emulator keeps.
    TooMany,
    /// It was there and ended, from the other side.
    Interrupted,
}

impl Loss {
    /// In the words of the contract; transcription has one of its own for a connection that never was.
    const fn details(&self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Refused { status: 400 }, _) => "badRequest",
            (Self::Refused { status: 401 }, _) => "authenticationFailure",
            (Self::Refused { status: 403 }, _) => "forbidden",
            (Self::Refused { status: 429 } | Self::TooMany, _) => "tooManyRequests",
            (Self::TimedOut, _) => "serviceTimeout",
            (Self::Interrupted, _) => "streamConnectionInterrupted",
            (Self::Refused { .. } | Self::Unreachable, Kind::Media) => {
                "initialWebSocketConnectionFailed"
            }
            (Self::Refused { .. } | Self::Unreachable, Kind::Transcription) => {
                "streamConnectionUnsuccessful"
            }
        }
    }
}

/// Reads where the options of a kind lead; they have the name that refusals tell.
pub(super) fn address(world: &World, options: &str, url: Option<String>) -> Result<String, Answer> {
    let refuse = |text: &str| invalid(format!("{options}: {text}"));
    let url = url.ok_or_else(|| refuse("transportUrl is missing"))?;
    match check_socket_url(world, &url) {
        Ok(()) => Ok(url),
        Err(text) => Err(refuse(&format!("transportUrl: {text}"))),
    }
}

/// The one transport that there is.
pub(super) fn check_transport(options: &str, transport: &str) -> Result<(), Answer> {
    if transport.eq_ignore_ascii_case("websocket") {
        return Ok(());
    }
    Err(invalid(format!(
        "{options}: transportType must be websocket"
    )))
}

impl Kind {
    const fn names(self) -> [&'static str; 3] {
        match self {
            Self::Media => [
                "MediaStreamingStarted",
                "MediaStreamingStopped",
                "MediaStreamingFailed",
            ],
            Self::Transcription => [
                "TranscriptionStarted",
                "TranscriptionStopped",
                "TranscriptionFailed",
            ],
        }
    }

    const fn failure(self) -> u32 {
        match self {
            Self::Media => subcode::MEDIA_STREAMING_FAILED,
            Self::Transcription => subcode::TRANSCRIPTION_FAILED,
        }
    }

    /// The member of an event that tells the state, with the status in the kind's own words.
    pub(super) fn update(self, what: &str, details: &str) -> (&'static str, Value) {
        match self {
            Self::Media => (
                "mediaStreamingUpdate",
                json!({
                    "contentType": "Audio",
                    "mediaStreamingStatus": format!("mediaStreaming{what}"),
                    "mediaStreamingStatusDetails": details,
                }),
            ),
            Self::Transcription => (
                "transcriptionUpdate",
                json!({
                    "transcriptionStatus": format!("transcription{what}"),
                    "transcriptionStatusDetails": details,
                }),
            ),
        }
    }
}

impl Feed {
    pub(crate) const fn new(url: String, subscription: String, starts_by_itself: bool) -> Self {
        Self {
            url,
            subscription,
            starts_by_itself,
            phase: Phase::Inactive,
            context: None,
            callback: None,
        }
    }

    pub(crate) const fn state(&self) -> SubscriptionState {
        match self.phase {
            Phase::Inactive => SubscriptionState::Inactive,
            Phase::Dialing { .. } | Phase::Active { .. } => SubscriptionState::Active,
        }
    }

    /// The socket, once frames may go through it.
    pub(crate) const fn active(&self) -> Option<u64> {
        match self.phase {
            Phase::Active { socket } => Some(socket),
            Phase::Inactive | Phase::Dialing { .. } => None,
        }
    }

    const fn socket(&self) -> Option<u64> {
        match self.phase {
            Phase::Active { socket } | Phase::Dialing { socket } => Some(socket),
            Phase::Inactive => None,
        }
    }
}

fn feed_of(call: &mut Call, kind: Kind) -> Option<&mut Feed> {
    match kind {
        Kind::Media => call.streaming.as_mut().map(|streaming| &mut streaming.feed),
        Kind::Transcription => call
            .transcription
            .as_mut()
            .map(|transcription| &mut transcription.feed),
    }
}

fn feed<'a>(world: &'a mut World, call_id: &str, kind: Kind) -> Option<&'a mut Feed> {
    feed_of(world.calls.get_mut(call_id)?, kind)
}

/// The call is up: what was to start by itself starts.
pub(crate) fn connected(world: &mut World, call_id: &str) {
    for kind in [Kind::Media, Kind::Transcription] {
        let context = world
            .calls
            .get(call_id)
            .and_then(|call| call.context.clone());
        let starts = feed(world, call_id, kind).is_some_and(|feed| feed.starts_by_itself);
        if starts {
            let context = Context {
                context,
                callback: None,
            };
            begin(world, call_id, kind, context);
        }
    }
}

/// Start, as an operation.
pub(crate) fn start(
    world: &mut World,
    call_id: &str,
    kind: Kind,
    context: Context,
) -> Result<Answer, Answer> {
    match configured(world, call_id, kind)?.socket() {
        None => begin(world, call_id, kind, context),
        Some(_) => return Err(not_now("It is started already.")),
    }
    Ok(Answer::empty(202))
}

/// Stop, as an operation.
pub(crate) fn stop(
    world: &mut World,
    call_id: &str,
    kind: Kind,
    context: Context,
) -> Result<Answer, Answer> {
    let feed = configured(world, call_id, kind)?;
    if feed.socket().is_none() {
        return Err(not_now("It is not started."));
    }
    feed.context = context.context;
    feed.callback = context.callback;
    ends(world, call_id, kind);
    Ok(Answer::empty(202))
}

/// Without its options at the begin of the call there is nothing to start (reference 3).
pub(super) fn configured<'a>(
    world: &'a mut World,
    call_id: &str,
    kind: Kind,
) -> Result<&'a mut Feed, Answer> {
    let call = connected_call(world, call_id)?;
    feed_of(call, kind).ok_or_else(|| {
        let text = "Missing configuration: give its options at create, answer or connect.";
        Answer::acs(405, subcode::NOT_FOUND, text)
    })
}

pub(super) fn not_now(message: &str) -> Answer {
    Answer::acs(400, subcode::NOT_VALID_IN_STATE, message)
}

fn begin(world: &mut World, call_id: &str, kind: Kind, context: Context) {
    let Some(feed) = feed(world, call_id, kind) else {
        return;
    };
    feed.context = context.context;
    feed.callback = context.callback;
    let symptom = match kind {
        Kind::Media => Symptom::MediaStreamingFailed,
        Kind::Transcription => Symptom::TranscriptionFailed,
    };
    if let Some(
        Effect::MediaStreamingFailed { sub_code } | Effect::TranscriptionFailed { sub_code },
    ) = world.strike(symptom)
    {
        let sub_code = sub_code.unwrap_or_else(|| kind.failure());
        let message = "Action failed by a fault of the emulator.";
        return fails(world, call_id, kind, "unspecifiedError", sub_code, message);
    }
    if kind == Kind::Transcription && !can_hear(world, call_id) {
        let message =
            "Action failed, transcription needs callIntelligenceOptions.cognitiveServicesEndpoint.";
        let details = "speechServicesConnectionError";
        return fails(
            world,
            call_id,
            kind,
            details,
            subcode::COGNITIVE_SERVICES,
            message,
        );
    }
    let socket = world.next_number();
    let Some(feed) = self::feed(world, call_id, kind) else {
        return;
    };
    feed.phase = Phase::Dialing { socket };
    let url = feed.url.clone();
    world.feeds.insert(socket, (call_id.to_owned(), kind));
    world.dial(socket, url, call_id);
}

/// As with prompts: only strictly, so that a first try needs no Azure AI resource.
fn can_hear(world: &mut World, call_id: &str) -> bool {
    if world.calls.get(call_id).is_some_and(|call| call.can_speak) {
        return true;
    }
    if !world.setup.strict {
        note_missing_voice(world);
    }
    !world.setup.strict
}

/// The application has taken the connection.
pub(crate) fn opened(world: &mut World, socket: u64) {
    let Some((call_id, kind)) = world.feeds.get(&socket).cloned() else {
        return;
    };
    let Some(feed) = feed(world, &call_id, kind) else {
        return;
    };
    feed.phase = Phase::Active { socket };
    tell(world, &call_id, kind, "Started", "subscriptionStarted");
    match kind {
        Kind::Media => streaming::begin(world, &call_id, socket),
        Kind::Transcription => transcription::begin(world, &call_id, socket),
    }
    if let Some(Effect::StreamBreaksOff { ms }) = world.strike(Symptom::StreamBreaksOff) {
        world.after(ms, Timer::FeedBreaks { socket });
    }
}

/// A fault: the connection is gone, without a word to the application.
pub(crate) fn breaks(world: &mut World, socket: u64) {
    world.hang(socket);
    lost(world, socket, &Loss::Interrupted);
}

/// The connection did not come about, or has ended from the other side.
pub(crate) fn lost(world: &mut World, socket: u64, loss: &Loss) {
    let Some((call_id, kind)) = world.feeds.remove(&socket) else {
        return;
    };
    trace::closed(world, socket);
    if let Some(feed) = feed(world, &call_id, kind) {
        feed.phase = Phase::Inactive;
    }
    let message = "Action failed, the WebSocket is not there.";
    fails(
        world,
        &call_id,
        kind,
        loss.details(kind),
        kind.failure(),
        message,
    );
}

/// What the application sent.
pub(crate) fn text(world: &mut World, socket: u64, text: &str) {
    let Some((call_id, kind)) = world.feeds.get(&socket).cloned() else {
        return;
    };
    match kind {
        Kind::Media => streaming::received(world, &call_id, socket, text),
        // Nothing is expected on it.
        Kind::Transcription => world.counters.stream_frames_ignored += 1,
    }
}

/// The call ends: so do its sockets.
pub(crate) fn call_ends(world: &mut World, call_id: &str) {
    for kind in [Kind::Media, Kind::Transcription] {
        ends(world, call_id, kind);
    }
}

fn ends(world: &mut World, call_id: &str, kind: Kind) {
    let Some(feed) = feed(world, call_id, kind) else {
        return;
    };
    let Some(socket) = feed.socket() else {
        return;
    };
    feed.phase = Phase::Inactive;
    world.feeds.remove(&socket);
    trace::closed(world, socket);
    world.hang(socket);
    tell(world, call_id, kind, "Stopped", "subscriptionStopped");
}

fn tell(world: &mut World, call_id: &str, kind: Kind, what: &str, details: &str) {
    let [started, stopped, _] = kind.names();
    let event = if what == "Started" { started } else { stopped };
    let (member, update) = kind.update(what, details);
    let emission = emission(world, call_id, kind).with(member, update);
    emit(world, call_id, event, emission);
}

fn fails(
    world: &mut World,
    call_id: &str,
    kind: Kind,
    details: &str,
    sub_code: u32,
    message: &str,
) {
    let [_, _, failed] = kind.names();
    let code = if sub_code == subcode::COGNITIVE_SERVICES {
        400
    } else {
        500
    };
    let (member, update) = kind.update("Failed", details);
    let emission = emission(world, call_id, kind)
        .result(code, sub_code, message)
        .with(member, update);
    let is_up = world
        .calls
        .get(call_id)
        .is_some_and(|call| call.state != CallConnectionState::Disconnected);
    if is_up {
        emit(world, call_id, failed, emission);
    }
}

pub(super) fn emission(world: &mut World, call_id: &str, kind: Kind) -> Emission {
    match feed(world, call_id, kind) {
        Some(feed) => Emission::success(feed.context.clone(), feed.callback.clone()),
        None => Emission::success(None, None),
    }
}
