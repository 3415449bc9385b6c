//! Media streaming: what the application hears of a call, 20 ms at a time, and what it says into it.
//!
//! Everybody has a tone of their own, so that a client can tell who speaks; whoever is silent, muted
//! or on hold is silence of true length (B-173, B-174). A mixed stream has the prompts that everybody
//! hears, too (decision 0030); what the application says over the stream itself is not sent back.

use super::call::Call;
use super::feed::{self, Context, Feed, Kind};
use super::participant::{Participant, check_operation_url};
use super::speech::Utterance;
use super::{invalid, parse};
use crate::answer::Answer;
use crate::limits;
use crate::pipeline::Received;
use crate::sound;
use crate::stamp;
use crate::trace::{self, Way};
use crate::world::{Timer, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tandem_microsoft::acs::media::Tone;
use tandem_microsoft::acs::streaming::{
    ApplicationFrame, AudioChannel, AudioData, AudioFormat, AudioMetadata, DtmfData, FRAME_MS,
    MediaStreamingOptions, MediaStreamingRequest, MediaStreamingSubscription, ServiceFrame, encode,
};

/// The member that asks for it.
const OPTIONS: &str = "mediaStreamingOptions";
/// Speakers of an unmixed stream (reference 5.1).
const SPEAKERS_MAX: usize = 4;

#[derive(Debug, Clone)]
pub(crate) struct Streaming {
    pub(crate) feed: Feed,
    plan: Plan,
    /// Begin of the first frame, by both clocks.
    since_ms: u64,
    since: Timestamp,
    frames: u64,
    said: Said,
}

/// What the options ask for.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    url: String,
    format: AudioFormat,
    channel: AudioChannel,
    is_bidirectional: bool,
    has_dtmf: bool,
    starts_by_itself: bool,
}

/// What the application said into the call.
#[derive(Debug, Clone, Default)]
struct Said {
    /// Waits to be heard.
    waiting: VecDeque<i16>,
    /// The end of what was heard.
    heard: VecDeque<i16>,
    heard_ms: u64,
    stops: u64,
}

impl Streaming {
    pub(crate) fn new(plan: Plan, subscription: String) -> Self {
        Self {
            feed: Feed::new(plan.url.clone(), subscription, plan.starts_by_itself),
            plan,
            since_ms: 0,
            since: Timestamp::UNIX_EPOCH,
            frames: 0,
            said: Said::default(),
        }
    }

    pub(crate) fn model(&self) -> MediaStreamingSubscription {
        MediaStreamingSubscription {
            id: self.feed.subscription.clone(),
            state: self.feed.state(),
            subscribed_content_types: vec!["audio".to_owned()],
        }
    }

    /// Whether the application is to be heard at this moment.
    pub(crate) fn speaks(&self) -> bool {
        !self.said.waiting.is_empty()
    }

    pub(crate) fn show(&self) -> Value {
        let rate = u64::from(self.plan.format.rate_hz());
        let waiting = u64::try_from(self.said.waiting.len()).unwrap_or(u64::MAX);
        json!({
            "state": self.feed.state().as_str(), "frames_sent": self.frames,
            "application_audio": {
                "waiting_ms": waiting.saturating_mul(1000) / rate,
                "heard_ms": self.said.heard_ms, "stops": self.said.stops,
            },
        })
    }

    /// The end of what the application said and people heard, as a WAV file.
    pub(crate) fn heard(&self) -> Vec<u8> {
        let samples: Vec<i16> = self.said.heard.iter().copied().collect();
        crate::wave::write(&samples, 1, self.plan.format.rate_hz())
    }
}

/// Reads the options of create, answer or connect.
pub(crate) fn plan(
    world: &World,
    options: Option<MediaStreamingOptions>,
) -> Result<Option<Plan>, Answer> {
    let Some(options) = options else {
        return Ok(None);
    };
    let refuse = |text: &str| Err(invalid(format!("{OPTIONS}: {text}")));
    feed::check_transport(OPTIONS, &options.transport_type)?;
    let content = options.content_type.as_deref().unwrap_or("audio");
    if !content.eq_ignore_ascii_case("audio") {
        return refuse("contentType must be audio");
    }
    let channel = AudioChannel::from_text(&options.audio_channel_type);
    if channel == AudioChannel::Unknown {
        return refuse("audioChannelType must be mixed or unmixed");
    }
    let format = options.audio_format.unwrap_or(AudioFormat::Pcm16KMono);
    if format == AudioFormat::Unknown {
        return refuse("audioFormat must be pcm16KMono or pcm24KMono");
    }
    let url = feed::address(world, OPTIONS, options.transport_url)?;
    Ok(Some(Plan {
        url,
        format,
        channel,
        is_bidirectional: options.enable_bidirectional == Some(true),
        has_dtmf: options.enable_dtmf_tones == Some(true),
        starts_by_itself: options.start_media_streaming == Some(true),
    }))
}

pub(crate) fn start(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let context = context(world, received)?;
    feed::start(world, call_id, Kind::Media, context)
}

pub(crate) fn stop(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let context = context(world, received)?;
    feed::stop(world, call_id, Kind::Media, context)
}

fn context(world: &World, received: &Received) -> Result<Context, Answer> {
    let request: MediaStreamingRequest = parse(received)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    Ok(Context {
        context: request.operation_context,
        callback: request.operation_callback_uri,
    })
}

/// The socket is open: what the frames will be, and the first one when it is over.
pub(super) fn begin(world: &mut World, call_id: &str, socket: u64) {
    let (now_ms, wall) = (world.now_ms(), world.wall);
    let Some(streaming) = of(world, call_id) else {
        return;
    };
    streaming.since_ms = now_ms;
    streaming.since = wall;
    streaming.frames = 0;
    streaming.said = Said::default();
    let format = streaming.plan.format;
    let metadata = ServiceFrame::AudioMetadata {
        audio_metadata: AudioMetadata {
            subscription_id: streaming.feed.subscription.clone(),
            encoding: "PCM".to_owned(),
            sample_rate: format.rate_hz(),
            channels: 1,
            length: format.frame_samples() * 2,
        },
    };
    world.frames(socket, vec![metadata.to_text()]);
    trace::frame(world, call_id, Way::ToApplication, "AudioMetadata", "");
    next(world, call_id, socket, now_ms);
}

fn of<'a>(world: &'a mut World, call_id: &str) -> Option<&'a mut Streaming> {
    world.calls.get_mut(call_id)?.streaming.as_mut()
}

fn next(world: &mut World, call_id: &str, socket: u64, from_ms: u64) {
    let call = call_id.to_owned();
    // By the begin and not by now, so that the stream keeps its rate when a frame was late.
    let due = from_ms.saturating_add(u64::from(FRAME_MS));
    world.timers.set(due, Timer::Frame { call, socket });
}

/// A frame's time is over: it goes out.
pub(crate) fn frame(world: &mut World, call_id: &str, socket: u64) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let Some(mut streaming) = call.streaming.take() else {
        return;
    };
    if streaming.feed.active() != Some(socket) {
        call.streaming = Some(streaming);
        return;
    }
    let from_ms = streaming.since_ms + streaming.frames * u64::from(FRAME_MS);
    let (texts, is_silent) = frames(call, &streaming, from_ms);
    streaming.frames += 1;
    let (heard, rate) = (streaming.hear(), streaming.plan.format.rate_hz());
    call.streaming = Some(streaming);
    super::speech::forget(call, from_ms);
    world.frames(socket, texts);
    trace::sound(world, call_id, socket, Way::ToApplication, is_silent);
    super::recording::streamed(world, call_id, (from_ms, rate), &heard);
    next(world, call_id, socket, from_ms + u64::from(FRAME_MS));
}

/// The frames of a moment, and whether nobody is heard in any of them.
fn frames(call: &Call, streaming: &Streaming, from_ms: u64) -> (Vec<String>, bool) {
    let format = streaming.plan.format;
    let samples_n = usize::try_from(format.frame_samples()).unwrap_or(0);
    let elapsed = i64::try_from(from_ms - streaming.since_ms).unwrap_or(i64::MAX);
    let time = streaming
        .since
        .saturating_add(SignedDuration::from_millis(elapsed))
        .unwrap_or(streaming.since);
    let timestamp = stamp::frame(time);
    let write = |samples: &[i16], participant: Option<String>, silent: bool| {
        let audio_data = AudioData {
            data: encode(samples),
            timestamp: timestamp.clone(),
            participant_raw_id: participant,
            silent,
        };
        ServiceFrame::AudioData { audio_data }.to_text()
    };
    let speaks = |one: &&Participant| speaking(call, one, from_ms).is_some();
    let mut samples = vec![0; samples_n];
    if streaming.plan.channel == AudioChannel::Mixed {
        let mut is_silent = true;
        for one in call.participants.iter().filter(speaks) {
            is_silent = false;
            add(call, one, from_ms, format.rate_hz(), &mut samples);
        }
        let rate = format.rate_hz();
        is_silent &= !call.media.add_to(&mut samples, rate, from_ms);
        return (vec![write(&samples, None, is_silent)], is_silent);
    }
    let silent = call.participants.iter().filter(|one| !speaks(one));
    let dominant = call.participants.iter().filter(speaks).chain(silent);
    let mut texts = Vec::new();
    let mut is_silent = true;
    for one in dominant.take(SPEAKERS_MAX) {
        samples.fill(0);
        let has_sound = add(call, one, from_ms, format.rate_hz(), &mut samples);
        is_silent &= !has_sound;
        texts.push(write(&samples, Some(one.raw_id()), !has_sound));
    }
    (texts, is_silent)
}

/// What this participant says in the frame that begins then, when they are heard at all.
fn speaking<'a>(call: &'a Call, one: &Participant, from_ms: u64) -> Option<&'a Utterance> {
    if one.held.is_some() || one.is_muted {
        return None;
    }
    let raw_id = one.raw_id();
    let until_ms = from_ms + u64::from(FRAME_MS);
    call.speech
        .iter()
        .find(|said| said.is_of(&raw_id) && said.from_ms < until_ms && said.until_ms > from_ms)
}

/// Mixes a participant into the samples; whether there was anything.
fn add(call: &Call, one: &Participant, from_ms: u64, rate: u32, samples: &mut [i16]) -> bool {
    let Some(said) = speaking(call, one, from_ms) else {
        return false;
    };
    let first = from_ms.saturating_sub(said.from_ms) * u64::from(rate / 1000);
    sound::add_tone(samples, rate, sound::voice_hz(one.voice), first);
    true
}

impl Streaming {
    /// 20 ms of what the application said are heard.
    fn hear(&mut self) -> Vec<i16> {
        let n = usize::try_from(self.plan.format.frame_samples()).unwrap_or(0);
        let n = n.min(self.said.waiting.len());
        if n == 0 {
            return Vec::new();
        }
        let heard: Vec<i16> = self.said.waiting.drain(..n).collect();
        self.said.heard.extend(&heard);
        let excess = self
            .said
            .heard
            .len()
            .saturating_sub(limits::HEARD_SAMPLES_MAX);
        self.said.heard.drain(..excess);
        self.said.heard_ms += u64::from(FRAME_MS);
        heard
    }
}

/// A frame of the application; what is no frame, or not asked for, is counted and ignored.
pub(super) fn received(world: &mut World, call_id: &str, socket: u64, text: &str) {
    let frame = ApplicationFrame::parse(text);
    let Some(streaming) = of(world, call_id) else {
        return;
    };
    let said = &mut streaming.said;
    match frame {
        Ok(_) if !streaming.plan.is_bidirectional => world.counters.stream_frames_ignored += 1,
        Ok(ApplicationFrame::StopAudio) => {
            said.waiting.clear();
            said.stops += 1;
            trace::frame(world, call_id, Way::ToService, "StopAudio", "");
        }
        Ok(ApplicationFrame::Audio { samples })
            if said.waiting.len() + samples.len() <= limits::WAITING_SAMPLES_MAX =>
        {
            let is_silent = samples.iter().all(|sample| *sample == 0);
            said.waiting.extend(samples);
            trace::sound(world, call_id, socket, Way::ToService, is_silent);
        }
        Ok(ApplicationFrame::Audio { .. }) => world.counters.stream_frames_ignored += 1,
        Err(error) => {
            tracing::debug!(%error, "a frame of the application is ignored");
            world.counters.stream_frames_ignored += 1;
        }
    }
}

/// Somebody pressed a key.
pub(crate) fn pressed(world: &mut World, call_id: &str, tone: Tone) {
    let Some(streaming) = of(world, call_id).filter(|streaming| streaming.plan.has_dtmf) else {
        return;
    };
    let (Some(socket), Some(key)) = (streaming.feed.active(), tone.key()) else {
        return;
    };
    let dtmf_data = DtmfData {
        data: key.to_string(),
    };
    let frame = ServiceFrame::DtmfData { dtmf_data };
    world.frames(socket, vec![frame.to_text()]);
    let pressed = key.to_string();
    trace::frame(world, call_id, Way::ToApplication, "DtmfData", &pressed);
}
