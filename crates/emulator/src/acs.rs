//! Call Automation: which operations are built, and the rules that hold for all of them.
//!
//! Authentication, api-version and repeatability come first, in this order; then the operation's own
//! module. It must not know who listens to a call's callbacks.

pub(crate) mod announce;
pub(crate) mod authenticate;
pub(crate) mod call;
pub(crate) mod callback;
mod calling_context;
pub(crate) mod connect;
pub(crate) mod digits;
pub(crate) mod feed;
pub(crate) mod hold;
pub(crate) mod incoming;
pub(crate) mod invitation;
pub(crate) mod media;
pub(crate) mod moving;
pub(crate) mod operation;
pub(crate) mod participant;
pub(crate) mod prompt;
pub(crate) mod recognize;
pub(crate) mod recording;
pub(crate) mod redirect;
pub(crate) mod speech;
pub(crate) mod streaming;
pub(crate) mod tape;
pub(crate) mod transcription;
pub(crate) mod transfer;

use crate::answer::Answer;
use crate::identify::field;
use crate::pipeline::Received;
use crate::repeatability::{Known, fingerprint};
use crate::world::World;
use operation::{Calling, Preview};
use serde::de::DeserializeOwned;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::{API_VERSIONS_KNOWN, call::CallConnectionState};

const REPEATABILITY_ID: &str = "repeatability-request-id";

/// One request of the data plane.
pub(crate) fn request(
    world: &mut World,
    calling: Calling,
    parameters: &[String],
    received: &Received,
) -> Answer {
    if let Err(answer) = authenticate::check(world, received) {
        return answer;
    }
    let version = match version(received) {
        Ok(version) => version,
        Err(answer) => return answer,
    };
    if !calling.is_repeatable() {
        return operate(world, calling, parameters, received, &version);
    }
    let print = fingerprint(&received.method, &received.path_and_query, &received.body);
    let id = received.header(REPEATABILITY_ID);
    match world.repeats.look_up(id, &print) {
        Known::Repeat(answer) => answer,
        Known::Misused => Answer::acs(
            400,
            subcode::INVALID_ARGUMENT,
            "Repeatability-Request-ID was already used for another request",
        ),
        Known::New => {
            let answer = operate(world, calling, parameters, received, &version);
            world.repeats.executed(id, print, &answer);
            answer
        }
    }
}

fn operate(
    world: &mut World,
    calling: Calling,
    parameters: &[String],
    received: &Received,
    version: &str,
) -> Answer {
    let id = parameters.first().map(String::as_str).unwrap_or_default();
    let outcome = match calling {
        Calling::CreateCall => call::create(world, received, version),
        Calling::AnswerCall => incoming::answer(world, received, version),
        Calling::RedirectCall => redirect::redirect(world, received),
        Calling::RejectCall => incoming::reject(world, received),
        Calling::GetCall => call::get(world, id),
        Calling::HangUp => call::hang_up(world, id),
        Calling::Terminate => call::terminate(world, id),
        Calling::ListParticipants => participant::list(world, id),
        Calling::GetParticipant => participant::get(
            world,
            id,
            parameters.get(1).map(String::as_str).unwrap_or_default(),
        ),
        Calling::AddParticipant => participant::add(world, id, received),
        Calling::RemoveParticipant => participant::remove(world, id, received),
        Calling::CancelAdd => participant::cancel_add(world, id, received),
        Calling::Play => media::play(world, id, received),
        Calling::Recognize => recognize::recognize(world, id, received),
        Calling::CancelAllMedia => media::cancel_all(world, id),
        Calling::Transfer => transfer::transfer(world, id, received),
        Calling::Hold => hold::hold(world, id, received),
        Calling::Unhold => hold::unhold(world, id, received),
        Calling::SendDtmf => digits::send(world, id, received),
        Calling::StartDtmf => digits::start(world, id, received),
        Calling::StopDtmf => digits::stop(world, id, received),
        Calling::StartRecording => recording::start(world, received),
        Calling::GetRecording => recording::get(world, id),
        Calling::StopRecording => recording::stop(world, id),
        Calling::PauseRecording => recording::pause(world, id),
        Calling::ResumeRecording => recording::resume(world, id),
        Calling::Mute => participant::mute(world, id, received),
        Calling::Connect => connect::connect(world, received, version),
        Calling::Move => moving::move_here(world, id, received),
        Calling::StartStreaming => streaming::start(world, id, received),
        Calling::StopStreaming => streaming::stop(world, id, received),
        Calling::StartTranscription => transcription::start(world, id, received),
        Calling::StopTranscription => transcription::stop(world, id, received),
        Calling::UpdateTranscription => transcription::update(world, id, received),
    };
    outcome.unwrap_or_else(|answer| answer)
}

/// Operations of previews answer with the error that is documented for what the service does not implement
/// (reference 4.4: 8520 comes with 405), after the checks that every request passes.
pub(crate) fn refuse_preview(world: &mut World, preview: Preview, received: &Received) -> Answer {
    if let Err(answer) =
        authenticate::check(world, received).and_then(|()| version(received).map(|_| ()))
    {
        return answer;
    }
    *world.counters.refused.entry(preview.name()).or_default() += 1;
    let text = format!(
        "{} is an operation of a preview; api-version 2026-03-12 does not have it.",
        preview.name()
    );
    Answer::acs(405, subcode::NOT_IMPLEMENTED, text)
}

/// What is not built says so, and what to send instead; it never pretends.
pub(crate) fn not_built(world: &mut World, calling: Calling, why: &str) -> Answer {
    *world.counters.refused.entry(calling.name()).or_default() += 1;
    let text = format!(
        "The service has this, and the emulator has not: {why}. docs/emulator.md lists what {} has.",
        calling.name()
    );
    Answer::acs(501, subcode::NOT_IMPLEMENTED, text)
}

fn version(received: &Received) -> Result<String, Answer> {
    let refuse = |text: &str| Err(Answer::acs(400, subcode::INVALID_ARGUMENT, text));
    match field(&received.query, "api-version") {
        None => refuse("the query parameter api-version is missing"),
        Some(version) if API_VERSIONS_KNOWN.contains(&version.as_str()) => Ok(version),
        Some(_) => refuse("this api-version is not known"),
    }
}

/// Reads a body, or refuses it with what is wrong.
pub(crate) fn parse<T: DeserializeOwned>(received: &Received) -> Result<T, Answer> {
    let refuse = |error: &dyn std::fmt::Display| invalid(format!("Invalid request body: {error}"));
    let value: serde_json::Value =
        serde_json::from_slice(&received.body).map_err(|error| refuse(&error))?;
    // serde would read a struct from an array too, member by member.
    if !value.is_object() {
        return Err(refuse(&"it is not a JSON object"));
    }
    serde_json::from_value(value).map_err(|error| refuse(&error))
}

pub(crate) fn invalid(message: impl Into<String>) -> Answer {
    Answer::acs(400, subcode::INVALID_ARGUMENT, message)
}

pub(crate) fn not_found(message: impl Into<String>) -> Answer {
    Answer::acs(404, subcode::NOT_FOUND, message)
}

/// The call, when Call Automation is still in it.
pub(crate) fn live_call<'a>(world: &'a mut World, id: &str) -> Result<&'a mut call::Call, Answer> {
    match world.calls.get_mut(id) {
        Some(call) if call.state != CallConnectionState::Disconnected => Ok(call),
        Some(_) | None => Err(not_found("Call not found.")),
    }
}

/// The call, when it is established: most operations need that.
pub(crate) fn connected_call<'a>(
    world: &'a mut World,
    id: &str,
) -> Result<&'a mut call::Call, Answer> {
    let call = live_call(world, id)?;
    if call.state == CallConnectionState::Connected {
        Ok(call)
    } else {
        Err(Answer::acs(
            400,
            subcode::CALL_NOT_ESTABLISHED,
            "Call is not established yet.",
        ))
    }
}
