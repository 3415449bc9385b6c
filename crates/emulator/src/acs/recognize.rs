//! Recognition of digits, speech and choices: what the caller does, and how it ends.
//!
//! Digits and words come from the caller's script or from the control API, one at a time, and end in
//! one of the subcodes of reference 4.1. An inter-digit time-out is reported as failed (8532), which
//! Microsoft's pages leave open.

use super::media::{Operation, Stage, Task, check_present, falls_silent, finish, running, submit};
use super::participant::check_operation_url;
use super::prompt::{check_sources, note_missing_voice};
use super::{connected_call, invalid, parse, speech};
use crate::answer::Answer;
use crate::people::{Person, phone, voice};
use crate::pipeline::Received;
use crate::trace;
use crate::world::{Timer, World};
use serde_json::json;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::media::{Choice, RecognizeInput, RecognizeRequest, Tone};
use tandem_microsoft::limits::{INITIAL_SILENCE_S_MAX, INTER_TONE_S_MAX};

const INITIAL_SILENCE_S: u32 = 5;
const INTER_TONE_S: u32 = 2;
/// Between two keys of a person who dials.
const KEY_PAUSE_MS: u64 = 250;
const KEYS_MAX: usize = 100;

#[derive(Debug, Clone)]
pub(crate) struct Recognition {
    input: RecognizeInput,
    target: String,
    interrupts_prompt: bool,
    initial_silence_ms: u64,
    inter_tone_ms: u64,
    tones_max: Option<usize>,
    stop_tones: Vec<Tone>,
    choices: Vec<Choice>,
    tones: Vec<Tone>,
}

impl Recognition {
    pub(crate) fn is_of(&self, raw_id: &str) -> bool {
        self.target.eq_ignore_ascii_case(raw_id)
    }
}

pub(crate) fn recognize(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: RecognizeRequest = parse(received)?;
    let call = connected_call(world, call_id)?;
    let (can_speak, is_group) = (call.can_speak, call.participants.len() > 1);
    let recognition = read(&request)?;
    check_present(world, call_id, &recognition.target)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    let prompts = if request.play_prompts.is_empty() {
        request.play_prompt.into_iter().collect()
    } else {
        request.play_prompts
    };
    if !prompts.is_empty() {
        check_sources(&prompts)?;
    }
    let needs_speech = matches!(
        recognition.input,
        RecognizeInput::Speech | RecognizeInput::SpeechOrDtmf
    ) || recognition
        .choices
        .iter()
        .any(|choice| choice.tone.is_none());
    if needs_speech && !can_speak && world.setup.strict {
        let text =
            "speech needs callIntelligenceOptions.cognitiveServicesEndpoint at answer or create";
        return Err(Answer::acs(400, subcode::COGNITIVE_SERVICES, text));
    }
    if needs_speech && !can_speak {
        note_missing_voice(world);
    }
    let operation = Operation {
        context: request.operation_context,
        url: request.operation_callback_uri,
        task: Task::Recognize(recognition),
        ..Operation::new(world.next_number(), prompts)
    };
    submit(
        world,
        call_id,
        operation,
        is_group,
        request.interrupt_call_media_operation == Some(true),
    )
}

fn read(request: &RecognizeRequest) -> Result<Recognition, Answer> {
    let options = &request.recognize_options;
    let dtmf = options.dtmf_options.clone().unwrap_or_default();
    let initial_silence_s = options
        .initial_silence_timeout_in_seconds
        .unwrap_or(INITIAL_SILENCE_S);
    let inter_tone_s = dtmf.inter_tone_timeout_in_seconds.unwrap_or(INTER_TONE_S);
    if initial_silence_s > INITIAL_SILENCE_S_MAX {
        return Err(invalid("initialSilenceTimeoutInSeconds must be 0 to 300"));
    }
    if inter_tone_s == 0 || inter_tone_s > INTER_TONE_S_MAX {
        return Err(invalid("interToneTimeoutInSeconds must be 1 to 60"));
    }
    if request.recognize_input_type == RecognizeInput::Unknown {
        return Err(invalid("recognizeInputType is not known"));
    }
    if request.recognize_input_type == RecognizeInput::Choices && options.choices.is_empty() {
        return Err(invalid("choices must not be empty"));
    }
    let target = options
        .target_participant
        .raw_id()
        .ok_or_else(|| invalid("targetParticipant has neither rawId nor a member"))?;
    Ok(Recognition {
        input: request.recognize_input_type,
        target,
        interrupts_prompt: options.interrupt_prompt == Some(true),
        initial_silence_ms: u64::from(initial_silence_s) * 1000,
        inter_tone_ms: u64::from(inter_tone_s) * 1000,
        tones_max: dtmf
            .max_tones_to_collect
            .and_then(|max| usize::try_from(max).ok())
            .filter(|max| *max > 0),
        stop_tones: dtmf.stop_tones,
        choices: options.choices.clone(),
        tones: Vec::new(),
    })
}

/// A script may dial into the prompt.
pub(crate) fn prompt_started(world: &mut World, call_id: &str, id: u64) {
    act(world, call_id, id, true);
}

/// The prompt is over: silence is counted, and the caller's script answers.
pub(crate) fn listen(world: &mut World, call_id: &str, id: u64) {
    falls_silent(world, call_id, id);
    let Some(operation) = running(world, call_id, id) else {
        return;
    };
    operation.stage = Stage::Listening;
    let Some(recognition) = operation.recognition() else {
        return;
    };
    let silence = recognition.initial_silence_ms;
    world.after(
        silence,
        Timer::InitialSilence {
            call: call_id.to_owned(),
            operation: id,
        },
    );
    act(world, call_id, id, false);
}

/// Takes the next reply of the target's script and lets it happen.
fn act(world: &mut World, call_id: &str, id: u64, is_barge_in: bool) {
    let Some(phone) = target_phone(world, call_id, id) else {
        return;
    };
    let Some((after_ms, reply)) = phone::next_reply(world, &phone, is_barge_in) else {
        return;
    };
    match reply {
        phone::Reply::Keys(keys) => {
            let mut delay = after_ms;
            for tone in keys.chars().filter_map(Tone::from_key).take(KEYS_MAX) {
                world.after(
                    delay,
                    Timer::Press {
                        call: call_id.to_owned(),
                        operation: id,
                        phone: phone.clone(),
                        tone,
                    },
                );
                delay += KEY_PAUSE_MS;
            }
        }
        phone::Reply::Words(text) => {
            world.after(
                after_ms,
                Timer::Speak {
                    call: call_id.to_owned(),
                    operation: id,
                    phone,
                    text,
                },
            );
        }
    }
}

fn target_phone(world: &mut World, call_id: &str, id: u64) -> Option<String> {
    let target = running(world, call_id, id)?.recognition()?.target.clone();
    let call = world.calls.get(call_id)?;
    let participant = call
        .participants
        .iter()
        .find(|found| found.raw_id().eq_ignore_ascii_case(&target))?;
    match &participant.person {
        Person::Phone(phone) => Some(phone.clone()),
        Person::Teams(_) | Person::Acs(_) => None,
    }
}

/// The recognition that listens to this participant now, if any.
pub(crate) fn listening_to(world: &World, call_id: &str, raw_id: &str) -> Option<u64> {
    let media = &world.calls.get(call_id)?.media;
    let listens = |operation: &&Operation| {
        operation
            .recognition()
            .is_some_and(|recognition| recognition.is_of(raw_id))
    };
    media
        .side
        .iter()
        .chain(media.main.iter())
        .find(listens)
        .map(|operation| operation.id)
}

/// Whether the recognition takes input now; a prompt that may be interrupted ends here.
fn takes_input(world: &mut World, call_id: &str, id: u64) -> bool {
    let Some(operation) = running(world, call_id, id) else {
        return false;
    };
    match operation.stage {
        Stage::Listening => true,
        Stage::Playing => {
            let interrupts = operation
                .recognition()
                .is_some_and(|recognition| recognition.interrupts_prompt);
            if !interrupts {
                return false;
            }
            falls_silent(world, call_id, id);
            if let Some(operation) = running(world, call_id, id) {
                operation.stage = Stage::Listening;
            }
            true
        }
        Stage::Preparing => false,
    }
}

/// A key that the script presses at a recognition; it is pressed even when that has ended.
pub(crate) fn reply_key(world: &mut World, call_id: &str, id: u64, phone: &str, tone: Tone) {
    let raw_id = Person::Phone(phone.to_owned()).identity(world).raw_id();
    voice::pressed(world, call_id, &raw_id, tone);
    voice::sounds(world, call_id, &raw_id, tone);
    press(world, call_id, id, tone);
}

/// Words that the script says at a recognition; they are said even when that has ended.
pub(crate) fn reply_words(world: &mut World, call_id: &str, id: u64, phone: &str, text: &str) {
    let raw_id = Person::Phone(phone.to_owned()).identity(world).raw_id();
    trace::person(world, call_id, &raw_id, &json!({ "says": text }));
    speech::say(world, call_id, &raw_id, text);
    speak(world, call_id, id, text);
}

/// A key was pressed.
pub(crate) fn press(world: &mut World, call_id: &str, id: u64, tone: Tone) {
    if !takes_input(world, call_id, id) {
        return;
    }
    let Some(recognition) =
        running(world, call_id, id).and_then(|operation| operation.recognition_mut())
    else {
        return;
    };
    match recognition.input {
        RecognizeInput::Choices => choose_by_tone(world, call_id, id, tone),
        RecognizeInput::Speech | RecognizeInput::Unknown => {}
        RecognizeInput::Dtmf | RecognizeInput::SpeechOrDtmf => {
            if recognition.stop_tones.contains(&tone) {
                complete_tones(world, call_id, id, subcode::STOP_TONE);
                return;
            }
            recognition.tones.push(tone);
            let count = recognition.tones.len();
            if recognition.tones_max.is_some_and(|max| count >= max) || count >= KEYS_MAX {
                complete_tones(world, call_id, id, subcode::MAX_DIGITS);
                return;
            }
            let wait = recognition.inter_tone_ms;
            world.after(
                wait,
                Timer::InterTone {
                    call: call_id.to_owned(),
                    operation: id,
                    tones: count,
                },
            );
        }
    }
}

fn complete_tones(world: &mut World, call_id: &str, id: u64, sub_code: u32) {
    let tones = running(world, call_id, id)
        .and_then(|operation| operation.recognition_mut())
        .map(|recognition| std::mem::take(&mut recognition.tones))
        .unwrap_or_default();
    let message = if sub_code == subcode::STOP_TONE {
        "Action completed, stop tone detected."
    } else {
        "Action completed, max digits received."
    };
    finish(world, call_id, id, "RecognizeCompleted", |emission| {
        emission
            .result(200, sub_code, message)
            .with("recognitionType", json!("dtmf"))
            .with("dtmfResult", json!({ "tones": tones }))
    });
}

fn choose_by_tone(world: &mut World, call_id: &str, id: u64, tone: Tone) {
    match choice(world, call_id, id, |choice| choice.tone == Some(tone)) {
        Some(choice) => chosen(
            world,
            call_id,
            id,
            &choice,
            None,
            subcode::DTMF_OPTION_MATCHED,
        ),
        None => failed(
            world,
            call_id,
            id,
            400,
            subcode::INCORRECT_TONE,
            "Action failed, incorrect tone entered.",
        ),
    }
}

/// Words were spoken.
pub(crate) fn speak(world: &mut World, call_id: &str, id: u64, text: &str) {
    if !takes_input(world, call_id, id) {
        return;
    }
    let Some(input) =
        running(world, call_id, id).and_then(|operation| Some(operation.recognition()?.input))
    else {
        return;
    };
    match input {
        RecognizeInput::Dtmf | RecognizeInput::Unknown => {}
        RecognizeInput::Choices => {
            let spoken = text.to_lowercase();
            let says = |choice: &Choice| {
                let phrases = choice.phrases.iter().chain(std::iter::once(&choice.label));
                phrases
                    .into_iter()
                    .any(|phrase| spoken.contains(&phrase.to_lowercase()))
            };
            match choice(world, call_id, id, says) {
                Some(choice) => chosen(
                    world,
                    call_id,
                    id,
                    &choice,
                    Some(text),
                    subcode::SPEECH_OPTION_MATCHED,
                ),
                None => {
                    let message = "Action failed, speech option not matched.";
                    failed(
                        world,
                        call_id,
                        id,
                        400,
                        subcode::SPEECH_OPTION_NOT_MATCHED,
                        message,
                    );
                }
            }
        }
        RecognizeInput::Speech | RecognizeInput::SpeechOrDtmf => {
            finish(world, call_id, id, "RecognizeCompleted", |emission| {
                emission
                    .result(
                        200,
                        subcode::SPEECH_RECOGNIZED,
                        "Action completed, speech recognized.",
                    )
                    .with("recognitionType", json!("speech"))
                    .with("speechResult", json!({"speech": text, "confidence": 0.95}))
            });
        }
    }
}

fn choice(
    world: &mut World,
    call_id: &str,
    id: u64,
    wanted: impl Fn(&Choice) -> bool,
) -> Option<Choice> {
    let recognition = running(world, call_id, id)?.recognition()?;
    recognition
        .choices
        .iter()
        .find(|choice| wanted(choice))
        .cloned()
}

fn chosen(
    world: &mut World,
    call_id: &str,
    id: u64,
    choice: &Choice,
    phrase: Option<&str>,
    sub_code: u32,
) {
    let mut result = json!({ "label": choice.label });
    if let Some(phrase) = phrase {
        result["recognizedPhrase"] = json!(phrase);
        result["confidence"] = json!(0.95);
    }
    finish(world, call_id, id, "RecognizeCompleted", |emission| {
        emission
            .result(200, sub_code, "Action completed, option matched.")
            .with("recognitionType", json!("choices"))
            .with("choiceResult", result)
    });
}

pub(crate) fn initial_silence(world: &mut World, call_id: &str, id: u64) {
    let silent = running(world, call_id, id)
        .and_then(|operation| operation.recognition())
        .is_some_and(|recognition| recognition.tones.is_empty());
    if silent {
        let message = "Action failed, initial silence timeout reached.";
        failed(world, call_id, id, 400, subcode::INITIAL_SILENCE, message);
    }
}

pub(crate) fn inter_tone(world: &mut World, call_id: &str, id: u64, tones: usize) {
    let stalled = running(world, call_id, id)
        .and_then(|operation| operation.recognition())
        .is_some_and(|recognition| recognition.tones.len() == tones);
    if stalled {
        let message = "Action failed, inter-digit silence timeout reached.";
        failed(
            world,
            call_id,
            id,
            400,
            subcode::INTER_DIGIT_TIMEOUT,
            message,
        );
    }
}

fn failed(world: &mut World, call_id: &str, id: u64, code: i32, sub_code: u32, message: &str) {
    finish(world, call_id, id, "RecognizeFailed", |emission| {
        emission.result(code, sub_code, message)
    });
}
