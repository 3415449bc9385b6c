//! What is heard in a call: the main leg with its queue, and one targeted operation beside it.
//!
//! Play-to-all and the recognition of a two-party call run on the main leg, one after the other;
//! targeted play and recognition in a larger call run beside it, one at a time (reference 3.1).
//! Recognition itself is `recognize`; an operation here knows only that it may have one.

mod operation;

pub(crate) use operation::{Operation, Stage, Task};

use super::call::Call;
use super::callback::{Emission, emit};
use super::participant::{Participant, check_operation_url};
use super::prompt::{Part, check_sources, measure};
use super::recognize;
use super::{connected_call, invalid, parse, recording, tape};
use crate::answer::Answer;
use crate::delivery::Delivered;
use crate::fault::{Effect, Occasion, Symptom};
use crate::limits;
use crate::people::script::{self, Moment};
use crate::pipeline::Received;
use crate::world::{Timer, World};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::media::PlayRequest;

/// A loop of nothing shall not spin.
const SHORTEST_ROUND_MS: u64 = 300;

/// The media operations of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Media {
    pub(crate) main: Option<Operation>,
    queue: VecDeque<Operation>,
    pub(crate) side: Option<Operation>,
    /// The prompt for everybody that was over last: from when until when, and what it consisted of.
    over: Option<(u64, u64, Vec<Part>)>,
}

impl Media {
    pub(crate) fn show(&self) -> Value {
        json!({
            "main": self.main.as_ref().map(Operation::show),
            "targeted": self.side.as_ref().map(Operation::show),
            "queued": self.queue.len(),
        })
    }

    pub(crate) fn running(&mut self, id: u64) -> Option<&mut Operation> {
        self.main
            .iter_mut()
            .chain(self.side.iter_mut())
            .find(|operation| operation.id == id)
    }

    /// The words that this participant hears now.
    pub(crate) fn heard_by(&self, raw_id: &str) -> Option<String> {
        let audible =
            |operation: &&Operation| operation.stage == Stage::Playing && operation.is_for(raw_id);
        self.side
            .iter()
            .chain(self.main.iter())
            .find(audible)
            .map(Operation::words)
    }

    /// The prompt that everybody hears: when it began, and what it consists of.
    pub(crate) fn heard_by_all(&self) -> Option<(u64, Vec<Part>)> {
        let main = self.main.as_ref();
        let main = main.filter(|it| it.stage == Stage::Playing)?;
        Some((
            main.since_ms,
            main.parts.iter().flatten().cloned().collect(),
        ))
    }

    /// Adds it to what is there, from then on; whether there is any. What has just ended is heard to its end.
    pub(crate) fn add_to(&self, samples: &mut [i16], rate: u32, from_ms: u64) -> bool {
        let per_ms = u64::from(rate / 1000);
        let running = self
            .heard_by_all()
            .map(|(since_ms, parts)| (since_ms, u64::MAX, parts));
        let mut is_heard = false;
        for (since_ms, until_ms, parts) in self.over.iter().chain(&running) {
            let at = |ms: u64| {
                let n = ms.saturating_sub(from_ms).saturating_mul(per_ms);
                usize::try_from(n).map_or(samples.len(), |n| n.min(samples.len()))
            };
            let range = at(*since_ms)..at(*until_ms);
            if !range.is_empty() {
                is_heard = true;
                let into_ms = from_ms.saturating_sub(*since_ms);
                tape::add_parts(parts, &mut samples[range], rate, into_ms);
            }
        }
        is_heard
    }

    /// What this operation plays to everybody is over; whether it was that.
    fn ends(&mut self, id: u64, now_ms: u64) -> bool {
        let is_main = self.main.as_ref().is_some_and(|main| main.id == id);
        if let Some((since_ms, parts)) = self.heard_by_all().filter(|_| is_main) {
            self.over = Some((since_ms, now_ms, parts));
        }
        is_main
    }

    /// The words that are played to this participant alone.
    pub(crate) fn aimed_at(&self, raw_id: &str) -> Option<String> {
        let aimed = |operation: &&Operation| {
            operation.stage == Stage::Playing
                && operation.only.is_some()
                && operation.is_for(raw_id)
        };
        self.side.iter().find(aimed).map(Operation::words)
    }
}

pub(crate) fn play(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: PlayRequest = parse(received)?;
    connected_call(world, call_id)?;
    check_sources(&request.play_sources)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    let only = match request.play_to.as_slice() {
        [] => None,
        [target] => Some(
            target
                .raw_id()
                .ok_or_else(|| invalid("playTo has neither rawId nor a member"))?,
        ),
        _ => return Err(invalid("playTo may have one target only")),
    };
    if let Some(only) = &only {
        check_present(world, call_id, only)?;
    }
    let operation = Operation {
        context: request.operation_context,
        url: request.operation_callback_uri,
        loops: request.play_options.is_some_and(|options| options.loops),
        only,
        ..Operation::new(world.next_number(), request.play_sources)
    };
    let is_side = operation.only.is_some();
    // Python sends false for targeted play whatever was asked; it means nothing there.
    let interrupts = !is_side && request.interrupt_call_media_operation == Some(true);
    submit(world, call_id, operation, is_side, interrupts)
}

pub(crate) fn check_present(world: &mut World, call_id: &str, raw_id: &str) -> Result<(), Answer> {
    let call = connected_call(world, call_id)?;
    if call
        .participants
        .iter()
        .any(|participant| participant.raw_id().eq_ignore_ascii_case(raw_id))
    {
        return Ok(());
    }
    Err(Answer::acs(
        404,
        subcode::PARTICIPANT_NOT_PRESENT,
        "The target is not in the call.",
    ))
}

/// One targeted operation at a time (reference 3.1).
pub(crate) fn check_side_is_free(world: &mut World, call_id: &str) -> Result<(), Answer> {
    match connected_call(world, call_id)?.media.side {
        None => Ok(()),
        Some(_) => Err(Answer::acs(
            412,
            subcode::PRECONDITION_FAILED,
            "A targeted media operation is active.",
        )),
    }
}

/// Takes an operation in: beside the main leg, at once, or into the queue.
pub(crate) fn submit(
    world: &mut World,
    call_id: &str,
    operation: Operation,
    is_side: bool,
    interrupts: bool,
) -> Result<Answer, Answer> {
    if interrupts {
        cancel_main(world, call_id);
    }
    let call = connected_call(world, call_id)?;
    let id = operation.id;
    if is_side {
        check_side_is_free(world, call_id)?;
        connected_call(world, call_id)?.media.side = Some(operation);
        start(world, call_id, id);
    } else if call.media.main.is_none() {
        call.media.main = Some(operation);
        start(world, call_id, id);
    } else if call.media.queue.len() < limits::MEDIA_QUEUE_MAX {
        call.media.queue.push_back(operation);
    } else {
        return Err(Answer::acs(
            412,
            subcode::PRECONDITION_FAILED,
            "Too many media operations are queued.",
        ));
    }
    Ok(Answer::empty(202))
}

/// Measures the sources; the files among them are fetched first.
fn start(world: &mut World, call_id: &str, id: u64) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let can_speak = call.can_speak;
    let Some(operation) = call.media.running(id) else {
        return;
    };
    let is_recognition = operation.recognition().is_some();
    let sources = operation.sources.clone();
    let symptom = if is_recognition {
        Symptom::RecognizeFailed
    } else {
        Symptom::PlayFailed
    };
    let fault = world
        .faults
        .draw(symptom, Occasion::default(), &mut world.dice);
    if let Some(Effect::PlayFailed { sub_code } | Effect::RecognizeFailed { sub_code }) = fault {
        let fallback = if is_recognition {
            subcode::PROMPT_FAILED
        } else {
            subcode::DOWNLOAD_FAILED
        };
        let sub_code = sub_code
            .and_then(|code| u32::try_from(code).ok())
            .unwrap_or(fallback);
        fails(
            world,
            call_id,
            id,
            0,
            sub_code,
            "Action failed by a fault of the emulator.",
        );
        return;
    }
    for (index, source) in sources.iter().enumerate() {
        if let Err((sub_code, message)) = measure(world, call_id, id, index, source, can_speak) {
            fails(world, call_id, id, index, sub_code, message);
            return;
        }
    }
    begin_when_measured(world, call_id, id);
}

/// A prompt file came, or did not.
pub(crate) fn fetched(
    world: &mut World,
    call_id: &str,
    id: u64,
    index: usize,
    outcome: &Delivered,
) {
    if outcome.status != Some(200) || !outcome.error.is_empty() {
        let message = "Action failed, the file could not be downloaded.";
        fails(world, call_id, id, index, subcode::DOWNLOAD_FAILED, message);
        return;
    }
    match world.waves.parse(&outcome.body) {
        Ok(wave) => {
            if let Some(operation) = running(world, call_id, id) {
                operation.parts[index] = Some(Part {
                    length_ms: wave.duration_ms(),
                    wave: Some(wave),
                });
            }
            begin_when_measured(world, call_id, id);
        }
        Err(reason) => {
            tracing::debug!(reason, "a prompt file cannot be played");
            fails(
                world,
                call_id,
                id,
                index,
                subcode::INVALID_FILE_FORMAT,
                "Action failed, file format is invalid.",
            );
        }
    }
}

fn begin_when_measured(world: &mut World, call_id: &str, id: u64) {
    let now_ms = world.now_ms();
    let Some(operation) = running(world, call_id, id) else {
        return;
    };
    let Some(length) = operation
        .length_ms()
        .filter(|_| operation.stage == Stage::Preparing)
    else {
        return;
    };
    operation.stage = Stage::Playing;
    operation.since_ms = now_ms;
    let (words, only) = (operation.words(), operation.only.clone());
    let (context, url) = (operation.context.clone(), operation.url.clone());
    let (round, is_recognition) = (operation.round, operation.recognition().is_some());
    if is_recognition {
        recognize::prompt_started(world, call_id, id);
    } else {
        emit(
            world,
            call_id,
            "PlayStarted",
            Emission::success(context, url),
        );
    }
    world.after(
        length,
        Timer::PromptEnded {
            call: call_id.to_owned(),
            operation: id,
            round,
        },
    );
    recording::prompt_begins(world, call_id, id);
    let audience = audience(world, call_id, only.as_deref());
    tell_people(world, audience, &words, Moment::Start);
}

/// Phones whose owners hear what is for this participant, or for everybody.
fn audience(world: &World, call_id: &str, only: Option<&str>) -> Vec<String> {
    let Some(call) = world.calls.get(call_id) else {
        return Vec::new();
    };
    let hears = |participant: &&Participant| match only {
        Some(only) => participant.raw_id().eq_ignore_ascii_case(only),
        None => participant.held.is_none(),
    };
    call.participants
        .iter()
        .filter(hears)
        .filter_map(|participant| participant.person.phone().map(str::to_owned))
        .collect()
}

/// People who wait for a prompt are told of it.
fn tell_people(world: &mut World, phones: Vec<String>, words: &str, moment: Moment) {
    for phone in phones {
        script::prompt(world, &phone, words, moment);
    }
}

pub(crate) fn prompt_ended(world: &mut World, call_id: &str, id: u64, round: u64) {
    let Some(operation) = running(world, call_id, id) else {
        return;
    };
    if operation.round != round || operation.stage != Stage::Playing {
        return;
    }
    let (words, only) = (operation.words(), operation.only.clone());
    let (is_recognition, loops) = (operation.recognition().is_some(), operation.loops);
    let audience = audience(world, call_id, only.as_deref());
    if is_recognition {
        recognize::listen(world, call_id, id);
    } else if loops {
        play_again(world, call_id, id);
    } else {
        finish(world, call_id, id, "PlayCompleted", |emission| {
            emission.result(200, subcode::SUCCESS, "Action completed successfully.")
        });
    }
    tell_people(world, audience, &words, Moment::End);
}

/// A prompt is over, by itself or before its time.
pub(crate) fn falls_silent(world: &mut World, call_id: &str, id: u64) {
    let now_ms = world.now_ms();
    let media = world.calls.get_mut(call_id).map(|call| &mut call.media);
    if media.is_some_and(|media| media.ends(id, now_ms)) {
        recording::falls_silent(world, call_id);
    }
}

fn play_again(world: &mut World, call_id: &str, id: u64) {
    falls_silent(world, call_id, id);
    let now_ms = world.now_ms();
    let Some(operation) = running(world, call_id, id) else {
        return;
    };
    operation.round += 1;
    operation.since_ms = now_ms;
    let round = operation.round;
    let length = operation.length_ms().unwrap_or(0).max(SHORTEST_ROUND_MS);
    world.after(
        length,
        Timer::PromptEnded {
            call: call_id.to_owned(),
            operation: id,
            round,
        },
    );
    recording::prompt_begins(world, call_id, id);
}

/// PlayFailed or RecognizeFailed, with the source that failed.
fn fails(world: &mut World, call_id: &str, id: u64, index: usize, sub_code: u32, message: &str) {
    let is_recognition =
        running(world, call_id, id).is_some_and(|operation| operation.recognition().is_some());
    // A recognition tells that its prompt failed, and not how (reference 4.1).
    let (event, code, sub_code) = match (is_recognition, sub_code) {
        (
            true,
            subcode::PROMPT_FAILED | subcode::DOWNLOAD_FAILED | subcode::INVALID_FILE_FORMAT,
        ) => ("RecognizeFailed", 500, subcode::PROMPT_FAILED),
        (true, _) => ("RecognizeFailed", 400, sub_code),
        (false, _) => ("PlayFailed", 400, sub_code),
    };
    finish(world, call_id, id, event, |emission| {
        emission
            .result(code, sub_code, message)
            .with("failedPlaySourceIndex", json!(index))
    });
}

/// Takes an operation out, tells its outcome, and lets the next one of the main leg begin.
pub(crate) fn finish(
    world: &mut World,
    call_id: &str,
    id: u64,
    event: &'static str,
    outcome: impl FnOnce(Emission) -> Emission,
) {
    let Some(operation) = take(world, call_id, id) else {
        return;
    };
    emit(
        world,
        call_id,
        event,
        outcome(Emission::success(operation.context, operation.url)),
    );
    start_next(world, call_id);
}

fn start_next(world: &mut World, call_id: &str) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    if call.media.main.is_none()
        && let Some(next) = call.media.queue.pop_front()
    {
        let id = next.id;
        call.media.main = Some(next);
        start(world, call_id, id);
    }
}

fn take(world: &mut World, call_id: &str, id: u64) -> Option<Operation> {
    falls_silent(world, call_id, id);
    let call: &mut Call = world.calls.get_mut(call_id)?;
    if call
        .media
        .main
        .as_ref()
        .is_some_and(|operation| operation.id == id)
    {
        return call.media.main.take();
    }
    if call
        .media
        .side
        .as_ref()
        .is_some_and(|operation| operation.id == id)
    {
        return call.media.side.take();
    }
    None
}

pub(crate) fn running<'a>(
    world: &'a mut World,
    call_id: &str,
    id: u64,
) -> Option<&'a mut Operation> {
    world.calls.get_mut(call_id)?.media.running(id)
}

pub(crate) fn cancel_all(world: &mut World, call_id: &str) -> Result<Answer, Answer> {
    connected_call(world, call_id)?;
    cancel_everything(world, call_id);
    Ok(Answer::empty(202))
}

/// Everything that runs or waits ends as canceled.
pub(crate) fn cancel_everything(world: &mut World, call_id: &str) {
    cancel_main(world, call_id);
    let side = world
        .calls
        .get_mut(call_id)
        .and_then(|call| call.media.side.take());
    tell_canceled(world, call_id, side);
}

fn cancel_main(world: &mut World, call_id: &str) {
    let Some(call) = world.calls.get(call_id) else {
        return;
    };
    if let Some(main) = call.media.main.as_ref().map(|main| main.id) {
        falls_silent(world, call_id, main);
    }
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let mut canceled: Vec<Operation> = call.media.main.take().into_iter().collect();
    canceled.extend(call.media.queue.drain(..));
    tell_canceled(world, call_id, canceled);
}

fn tell_canceled(
    world: &mut World,
    call_id: &str,
    operations: impl IntoIterator<Item = Operation>,
) {
    for operation in operations {
        let event = match operation.task {
            Task::Play => "PlayCanceled",
            Task::Recognize(_) => "RecognizeCanceled",
            Task::Send(_) => "SendDtmfTonesFailed",
        };
        let emission = Emission::success(operation.context, operation.url).result(
            400,
            subcode::OPERATION_CANCELED,
            "Action failed, the operation was cancelled.",
        );
        emit(world, call_id, event, emission);
    }
}

/// A participant left: what was aimed at them ends.
pub(crate) fn target_left(world: &mut World, call_id: &str, raw_id: &str) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let aimed = |operation: &&Operation| {
        let recognizes = operation
            .recognition()
            .is_some_and(|recognition| recognition.is_of(raw_id));
        recognizes
            || operation
                .only
                .as_deref()
                .is_some_and(|only| only.eq_ignore_ascii_case(raw_id))
    };
    let ids: Vec<u64> = call
        .media
        .main
        .iter()
        .chain(call.media.side.iter())
        .filter(aimed)
        .map(|found| found.id)
        .collect();
    for id in ids {
        let operation = take(world, call_id, id);
        tell_canceled(world, call_id, operation);
    }
    start_next(world, call_id);
}
