//! What comes out of people: keys and words, and who hears them.
//!
//! Every connection to their call hears a key or a word, whether it listens or not.

use super::{Person, phone};
use crate::acs::{connect, digits, recognize, speech, streaming};
use crate::trace;
use crate::world::World;
use serde_json::json;
use tandem_microsoft::acs::media::Tone;

/// Keys pressed by hand; how many of them somebody listened to.
pub(crate) fn press(world: &mut World, id: &str, keys: &str) -> Result<usize, &'static str> {
    let tones: Vec<Tone> = keys.chars().filter_map(Tone::from_key).collect();
    if tones.is_empty() || tones.len() != keys.chars().count() {
        return Err("digits must be of 0-9, A-D, * and #");
    }
    let (call, raw_id) = phone::in_call(world, id)?;
    let mut heard = 0;
    for tone in tones {
        heard += usize::from(key(world, &call, &raw_id, tone));
    }
    Ok(heard)
}

/// A key that the script presses.
pub(crate) fn press_key(world: &mut World, id: &str, tone: Tone) {
    if let Ok((call, raw_id)) = phone::in_call(world, id) {
        key(world, &call, &raw_id, tone);
    }
}

/// One key; whether somebody listened.
fn key(world: &mut World, call_id: &str, raw_id: &str, tone: Tone) -> bool {
    pressed(world, call_id, raw_id, tone);
    let mut is_heard = false;
    for call in connect::connections(world, call_id) {
        is_heard |= sounds(world, &call, raw_id, tone);
        if let Some(operation) = recognize::listening_to(world, &call, raw_id) {
            is_heard = true;
            recognize::press(world, &call, operation, tone);
        }
    }
    is_heard
}

/// The trace of the call knows of a key.
pub(crate) fn pressed(world: &mut World, call_id: &str, raw_id: &str, tone: Tone) {
    let keys = tone.key().map(|key| key.to_string());
    trace::person(world, call_id, raw_id, &json!({ "keys": keys }));
}

/// A key is on the line, outside of a recognition; whether somebody listens without end.
pub(crate) fn sounds(world: &mut World, call_id: &str, raw_id: &str, tone: Tone) -> bool {
    streaming::pressed(world, call_id, tone);
    digits::pressed(world, call_id, raw_id, tone)
}

/// Words that the script says; nobody may be listening.
pub(crate) fn speak_words(world: &mut World, id: &str, text: &str) {
    if let Ok((call, raw_id)) = phone::in_call(world, id) {
        words(world, &call, &raw_id, text);
    }
}

/// Words spoken by hand; whether a recognition listened.
pub(crate) fn say(world: &mut World, id: &str, text: &str) -> Result<bool, &'static str> {
    let (call, raw_id) = phone::in_call(world, id)?;
    Ok(words(world, &call, &raw_id, text))
}

/// Words of somebody without a phone, by hand.
pub(crate) fn say_as(world: &mut World, person: &Person, text: &str) -> Result<bool, &'static str> {
    let found = world.calls.values().find_map(|call| {
        let mut people = call.participants.iter();
        let one = people.find(|one| one.person == *person)?;
        Some((call.id.clone(), one.raw_id()))
    });
    let (call, raw_id) = found.ok_or("this user is in no call")?;
    Ok(words(world, &call, &raw_id, text))
}

fn words(world: &mut World, call_id: &str, raw_id: &str, text: &str) -> bool {
    trace::person(world, call_id, raw_id, &json!({ "says": text }));
    speech::say(world, call_id, raw_id, text);
    let mut is_heard = false;
    for call in connect::connections(world, call_id) {
        if let Some(operation) = recognize::listening_to(world, &call, raw_id) {
            is_heard = true;
            recognize::speak(world, &call, operation, text);
        }
    }
    is_heard
}
