//! What people in a call say: who, which words, from when until when.
//!
//! Words last as long as a voice needs for their characters. Media streams make a tone of them, and
//! transcriptions the words again.

use super::call::Call;
use super::connect;
use super::prompt;
use super::recording;
use super::transcription::{self, Share};
use crate::limits;
use crate::world::{Timer, World};

/// After its end it is kept for the frame that it ends in.
const KEPT_MS: u64 = 100;

#[derive(Debug, Clone)]
pub(crate) struct Utterance {
    pub(crate) id: u64,
    raw_id: String,
    pub(crate) text: String,
    pub(crate) from_ms: u64,
    pub(crate) until_ms: u64,
}

impl Utterance {
    pub(crate) fn is_of(&self, raw_id: &str) -> bool {
        self.raw_id.eq_ignore_ascii_case(raw_id)
    }

    pub(crate) fn raw_id(&self) -> &str {
        &self.raw_id
    }
}

/// Somebody says something, after what they are saying already. Every connection to the call hears it.
pub(crate) fn say(world: &mut World, call_id: &str, raw_id: &str, text: &str) {
    let now_ms = world.now_ms();
    for call_id in connect::connections(world, call_id) {
        let id = world.next_number();
        let Some(call) = world.calls.get_mut(&call_id) else {
            continue;
        };
        forget(call, now_ms);
        if call.speech.len() >= limits::UTTERANCES_MAX {
            continue;
        }
        let own = call.speech.iter().filter(|said| said.is_of(raw_id));
        let from_ms = own.map(|said| said.until_ms).max().unwrap_or(0).max(now_ms);
        let length_ms = prompt::length_ms(text);
        let until_ms = from_ms.saturating_add(length_ms);
        let is_transcribed = call.transcription.is_some();
        call.speech.push(Utterance {
            id,
            raw_id: raw_id.to_owned(),
            text: text.to_owned(),
            from_ms,
            until_ms,
        });
        recording::said(world, &call_id, raw_id, (from_ms, until_ms));
        if is_transcribed {
            for (at_ms, share) in [
                (from_ms + length_ms / 2, Share::Half),
                (until_ms, Share::Whole),
            ] {
                let call = call_id.clone();
                let timer = Timer::Transcribe {
                    call,
                    utterance: id,
                    share,
                };
                world.timers.set(at_ms, timer);
            }
        }
    }
}

/// What was over before then is forgotten.
pub(super) fn forget(call: &mut Call, now_ms: u64) {
    call.speech
        .retain(|said| said.until_ms.saturating_add(KEPT_MS) > now_ms);
}

/// A part of it has been said: a transcription may know it now.
pub(crate) fn heard(world: &mut World, call_id: &str, id: u64, share: Share) {
    let Some(call) = world.calls.get(call_id) else {
        return;
    };
    let Some(said) = call.speech.iter().find(|said| said.id == id).cloned() else {
        return;
    };
    let is_heard = call
        .participants
        .iter()
        .any(|one| said.is_of(&one.raw_id()) && one.held.is_none() && !one.is_muted);
    if is_heard {
        transcription::hear(world, call_id, &said, share);
    }
}
