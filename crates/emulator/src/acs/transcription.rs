//! Live transcription: the words of the people in a call, as texts over a WebSocket.
//!
//! What they say is known, so what is heard is exact. An intermediate result is the first half.

use super::callback::emit;
use super::feed::{self, Context, Feed, Kind};
use super::participant::check_operation_url;
use super::speech::Utterance;
use super::{invalid, parse};
use crate::answer::Answer;
use crate::pipeline::Received;
use crate::trace::{self, Way};
use crate::world::World;
use serde_json::{Value, json};
use tandem_microsoft::acs::transcription::{
    TranscriptionData, TranscriptionFrame, TranscriptionMetadata, TranscriptionOptions,
    TranscriptionRequest, TranscriptionSubscription, Word,
};

/// The member that asks for it.
const OPTIONS: &str = "transcriptionOptions";
/// What offsets count from is not documented; they are as large as the recorded ones, beyond what a
/// JavaScript number holds.
const OFFSET: u64 = 2_516_998_782_481_234_400;
const TICKS_PER_MS: u64 = 10_000;
const CONFIDENCE: f64 = 0.95;
const LOCALE_CHARS_MAX: usize = 35;

/// How much of what somebody says has been said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    Half,
    Whole,
}

#[derive(Debug, Clone)]
pub(crate) struct Transcription {
    pub(crate) feed: Feed,
    locale: String,
    model: Option<String>,
    has_intermediate: bool,
    since_ms: u64,
    sent: u64,
}

/// What the options ask for.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    url: String,
    locale: String,
    model: Option<String>,
    has_intermediate: bool,
    starts_by_itself: bool,
}

impl Transcription {
    pub(crate) fn new(plan: Plan, subscription: String) -> Self {
        Self {
            feed: Feed::new(plan.url, subscription, plan.starts_by_itself),
            locale: plan.locale,
            model: plan.model,
            has_intermediate: plan.has_intermediate,
            since_ms: 0,
            sent: 0,
        }
    }

    pub(crate) fn model(&self) -> TranscriptionSubscription {
        let mut types = vec!["final".to_owned()];
        if self.has_intermediate {
            types.push("intermediate".to_owned());
        }
        TranscriptionSubscription {
            id: self.feed.subscription.clone(),
            state: self.feed.state(),
            subscribed_result_types: types,
            locale: self.locale.clone(),
        }
    }

    pub(crate) fn show(&self) -> Value {
        json!({"state": self.feed.state().as_str(), "locale": self.locale, "results_sent": self.sent})
    }
}

/// Reads the options of create, answer or connect.
pub(crate) fn plan(
    world: &World,
    options: Option<TranscriptionOptions>,
) -> Result<Option<Plan>, Answer> {
    let Some(options) = options else {
        return Ok(None);
    };
    feed::check_transport(OPTIONS, &options.transport_type)?;
    check_locale(&options.locale)?;
    let url = feed::address(world, OPTIONS, options.transport_url)?;
    Ok(Some(Plan {
        url,
        locale: options.locale,
        model: options.speech_model_endpoint_id,
        has_intermediate: options.enable_intermediate_results == Some(true),
        starts_by_itself: options.start_transcription == Some(true),
    }))
}

fn check_locale(locale: &str) -> Result<(), Answer> {
    let is_tag = (2..=LOCALE_CHARS_MAX).contains(&locale.len())
        && locale
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag {
        Ok(())
    } else {
        Err(invalid("locale must be a language like en-US"))
    }
}

pub(crate) fn start(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request = read(world, received)?;
    let context = context(&request);
    let answer = feed::start(world, call_id, Kind::Transcription, context)?;
    change(world, call_id, request);
    Ok(answer)
}

pub(crate) fn stop(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request = read(world, received)?;
    feed::stop(world, call_id, Kind::Transcription, context(&request))
}

pub(crate) fn update(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request = read(world, received)?;
    let feed = feed::configured(world, call_id, Kind::Transcription)?;
    if feed.active().is_none() {
        return Err(feed::not_now("It is not started."));
    }
    let (context, callback) = (
        request.operation_context.clone(),
        request.operation_callback_uri.clone(),
    );
    change(world, call_id, request);
    let (member, update) = Kind::Transcription.update("Updated", "transcriptionLocaleUpdated");
    let emission = super::callback::Emission::success(context, callback).with(member, update);
    emit(world, call_id, "TranscriptionUpdated", emission);
    Ok(Answer::empty(202))
}

fn read(world: &World, received: &Received) -> Result<TranscriptionRequest, Answer> {
    let request: TranscriptionRequest = parse(received)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    if let Some(locale) = &request.locale {
        check_locale(locale)?;
    }
    Ok(request)
}

fn context(request: &TranscriptionRequest) -> Context {
    Context {
        context: request.operation_context.clone(),
        callback: request.operation_callback_uri.clone(),
    }
}

fn change(world: &mut World, call_id: &str, request: TranscriptionRequest) {
    if let Some(transcription) = of(world, call_id) {
        if let Some(locale) = request.locale {
            transcription.locale = locale;
        }
        if let Some(model) = request.speech_model_endpoint_id {
            transcription.model = Some(model);
        }
    }
}

fn of<'a>(world: &'a mut World, call_id: &str) -> Option<&'a mut Transcription> {
    world.calls.get_mut(call_id)?.transcription.as_mut()
}

/// The socket is open: whose call and which language.
pub(super) fn begin(world: &mut World, call_id: &str, socket: u64) {
    let now_ms = world.now_ms();
    let correlation_id = world
        .calls
        .get(call_id)
        .map(|call| call.correlation_id.clone())
        .unwrap_or_default();
    let Some(transcription) = of(world, call_id) else {
        return;
    };
    transcription.since_ms = now_ms;
    let metadata = TranscriptionFrame::TranscriptionMetadata {
        transcription_metadata: TranscriptionMetadata {
            subscription_id: transcription.feed.subscription.clone(),
            locale: transcription.locale.clone(),
            call_connection_id: call_id.to_owned(),
            correlation_id,
            speech_recognition_model_endpoint_id: transcription.model.clone(),
        },
    };
    world.frames(socket, vec![metadata.to_text()]);
    let way = Way::ToApplication;
    trace::frame(world, call_id, way, "TranscriptionMetadata", "");
}

/// Somebody has said this much.
pub(super) fn hear(world: &mut World, call_id: &str, said: &Utterance, share: Share) {
    let Some(transcription) = of(world, call_id) else {
        return;
    };
    let Some(socket) = transcription.feed.active() else {
        return;
    };
    if share == Share::Half && !transcription.has_intermediate {
        return;
    }
    transcription.sent += 1;
    let frame = TranscriptionFrame::TranscriptionData {
        transcription_data: result(said, share, transcription.since_ms),
    };
    world.frames(socket, vec![frame.to_text()]);
    let way = Way::ToApplication;
    trace::frame(world, call_id, way, "TranscriptionData", &said.text);
}

fn result(said: &Utterance, share: Share, since_ms: u64) -> TranscriptionData {
    let all: Vec<&str> = said.text.split_whitespace().collect();
    let count = match share {
        Share::Half => all.len().div_ceil(2),
        Share::Whole => all.len(),
    };
    let length = (said.until_ms - said.from_ms) * TICKS_PER_MS;
    let one = length / u64::try_from(all.len().max(1)).unwrap_or(1);
    let offset = OFFSET + said.from_ms.saturating_sub(since_ms) * TICKS_PER_MS;
    let words: Vec<Word> = all
        .iter()
        .take(count)
        .zip(0_u64..)
        .map(|(word, place)| Word {
            text: word
                .trim_matches(|letter: char| !letter.is_alphanumeric())
                .to_lowercase(),
            offset: offset + place * one,
            duration: one,
        })
        .collect();
    let (status, text, duration) = match share {
        Share::Half => (
            "Intermediate",
            all.get(..count).unwrap_or_default().join(" "),
            length / 2,
        ),
        Share::Whole => ("Final", said.text.clone(), length),
    };
    TranscriptionData {
        text,
        format: "display".to_owned(),
        confidence: CONFIDENCE,
        offset,
        duration,
        words,
        participant_raw_id: said.raw_id().to_owned(),
        result_status: status.to_owned(),
    }
}
