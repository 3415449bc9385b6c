//! What somebody on a phone is going to do: habits, replies, and steps done one after the other.
//!
//! Steps begin when they are in the call: wait for a prompt, press keys, speak, be silent, hang up. A
//! prompt that does not come in time makes them hang up, and the phone call says which step it was.

use super::phone;
use crate::limits;
use crate::world::{Timer, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_microsoft::acs::media::Tone;

const WITHIN_MS: u64 = 60_000;
const PACE_MS: u64 = 250;
const REPLY_AFTER_MS: u64 = 800;

const fn within_ms() -> u64 {
    WITHIN_MS
}

const fn pace_ms() -> u64 {
    PACE_MS
}

const fn reply_after_ms() -> u64 {
    REPLY_AFTER_MS
}

/// One step of a caller's script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    /// Hangs up after this time without a human agent in the call.
    Patience { ms: u64 },
    /// Hangs up this long after a human agent joined.
    Talk { ms: u64 },
    /// Hangs up this long after the call was placed, whatever happens.
    HangUp { after_ms: u64 },
    /// Presses keys at the next recognition. With `barge` into its prompt.
    Digits {
        keys: String,
        #[serde(default = "reply_after_ms")]
        after_ms: u64,
        #[serde(default)]
        barge: bool,
    },
    /// Says words at the next recognition.
    Speak {
        text: String,
        #[serde(default = "reply_after_ms")]
        after_ms: u64,
        #[serde(default)]
        barge: bool,
    },
    /// Waits for a prompt, or hangs up when none came in time. From here on one after the other.
    AwaitPrompt {
        /// Words that it must contain, in any case; absent, any prompt will do.
        #[serde(default)]
        says: Option<String>,
        #[serde(default)]
        moment: Moment,
        #[serde(default = "within_ms")]
        within_ms: u64,
    },
    /// Presses keys now, whoever listens.
    Press {
        keys: String,
        #[serde(default = "pace_ms")]
        pace_ms: u64,
        #[serde(default)]
        after_ms: u64,
    },
    /// Says words now, whoever listens.
    Say {
        text: String,
        #[serde(default)]
        after_ms: u64,
    },
    /// Does nothing for a while.
    Silence { ms: u64 },
    /// Hangs up at this point.
    Leave,
}

impl Step {
    /// `digits` skips what is no key, and always did; `press` is refused.
    pub(crate) fn has_keys_of_a_telephone(&self) -> bool {
        match self {
            Self::Press { keys, .. } => {
                (1..=limits::SCRIPT_KEYS_MAX).contains(&keys.len())
                    && keys.chars().all(|key| Tone::from_key(key).is_some())
            }
            Self::Patience { .. }
            | Self::Talk { .. }
            | Self::HangUp { .. }
            | Self::Digits { .. }
            | Self::Speak { .. }
            | Self::AwaitPrompt { .. }
            | Self::Say { .. }
            | Self::Silence { .. }
            | Self::Leave => true,
        }
    }
}

/// Which moment of a prompt is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Moment {
    /// It begins, or is heard already: what follows speaks over it.
    Start,
    #[default]
    End,
}

/// How far somebody has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    /// Index of the step that is being done, among the steps of a sequence.
    at: usize,
    is_waiting: bool,
    followed: Vec<Value>,
}

impl Progress {
    pub(super) fn show(&self) -> Value {
        json!({"step": self.at, "followed": self.followed})
    }
}

/// Steps of a sequence; the others are habits that hold all the time.
const fn is_sequential(step: &Step) -> bool {
    match step {
        Step::AwaitPrompt { .. }
        | Step::Press { .. }
        | Step::Say { .. }
        | Step::Silence { .. }
        | Step::Leave => true,
        Step::Patience { .. }
        | Step::Talk { .. }
        | Step::HangUp { .. }
        | Step::Digits { .. }
        | Step::Speak { .. } => false,
    }
}

/// The step that is due now; `None` when there is none or the call is over.
fn step(world: &World, id: &str, at: usize) -> Option<Step> {
    let script = world.phones.script(id)?;
    script
        .iter()
        .filter(|step| is_sequential(step))
        .nth(at)
        .cloned()
}

/// Begins the step that is due, and with it every one that needs no time.
pub(crate) fn proceed(world: &mut World, id: &str) {
    loop {
        let Some(at) = world.phones.progress(id).map(|progress| progress.at) else {
            return;
        };
        match step(world, id, at) {
            Some(Step::AwaitPrompt {
                says,
                moment,
                within_ms,
            }) => {
                let heard = phone::hears(world, id);
                if moment == Moment::Start
                    && let Some(words) = heard.filter(|words| matches(words, says.as_deref()))
                {
                    done(world, id, json!({"heard": words}));
                    continue;
                }
                wait(world, id, at, within_ms);
                return;
            }
            Some(Step::Press {
                keys,
                pace_ms,
                after_ms,
            }) => return press(world, id, at, &keys, pace_ms, after_ms),
            Some(Step::Say { text, after_ms }) => {
                let phone = id.to_owned();
                world.after(after_ms, Timer::ScriptSays { phone, text });
                return next_after(world, id, at, after_ms);
            }
            Some(Step::Silence { ms }) => return next_after(world, id, at, ms),
            Some(Step::Leave) => {
                done(world, id, json!("hung up"));
                return phone::hang_up(world, id, "the script hung up");
            }
            // Habits are no steps of the sequence.
            Some(
                Step::Patience { .. }
                | Step::Talk { .. }
                | Step::HangUp { .. }
                | Step::Digits { .. }
                | Step::Speak { .. },
            )
            | None => return,
        }
    }
}

fn wait(world: &mut World, id: &str, at: usize, within_ms: u64) {
    if let Some(progress) = world.phones.progress_mut(id) {
        progress.is_waiting = true;
    }
    let phone = id.to_owned();
    world.after(within_ms, Timer::ScriptDeadline { phone, step: at });
}

fn press(world: &mut World, id: &str, at: usize, keys: &str, pace_ms: u64, after_ms: u64) {
    let mut delay = after_ms;
    for tone in keys.chars().filter_map(Tone::from_key) {
        let phone = id.to_owned();
        world.after(delay, Timer::ScriptPresses { phone, tone });
        delay = delay.saturating_add(pace_ms);
    }
    next_after(world, id, at, delay.saturating_sub(pace_ms));
}

fn next_after(world: &mut World, id: &str, at: usize, delay_ms: u64) {
    let phone = id.to_owned();
    world.after(delay_ms, Timer::ScriptGoesOn { phone, step: at });
}

/// A step that takes time is over.
pub(crate) fn goes_on(world: &mut World, id: &str, at: usize) {
    if world
        .phones
        .progress(id)
        .is_some_and(|progress| progress.at == at)
    {
        done(world, id, Value::Null);
        proceed(world, id);
    }
}

/// A prompt began or ended for this person.
pub(crate) fn prompt(world: &mut World, id: &str, words: &str, happened: Moment) {
    let Some(progress) = world.phones.progress(id).filter(|one| one.is_waiting) else {
        return;
    };
    let Some(Step::AwaitPrompt { says, moment, .. }) = step(world, id, progress.at) else {
        return;
    };
    if moment == happened && matches(words, says.as_deref()) {
        done(world, id, json!({ "heard": words }));
        proceed(world, id);
    }
}

fn matches(words: &str, says: Option<&str>) -> bool {
    says.is_none_or(|says| words.to_lowercase().contains(&says.to_lowercase()))
}

/// The prompt did not come in time.
pub(crate) fn deadline(world: &mut World, id: &str, at: usize) {
    let in_vain = world
        .phones
        .progress(id)
        .is_some_and(|progress| progress.is_waiting && progress.at == at);
    if in_vain {
        let reason = format!("the script waited in vain for a prompt, step {at}");
        phone::hang_up(world, id, &reason);
    }
}

fn done(world: &mut World, id: &str, outcome: Value) {
    let now_ms = world.now_ms();
    if let Some(progress) = world.phones.progress_mut(id) {
        let entry = json!({"step": progress.at, "at_ms": now_ms, "outcome": outcome});
        progress.followed.push(entry);
        progress.at += 1;
        progress.is_waiting = false;
    }
}
