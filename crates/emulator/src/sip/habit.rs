//! What parties do without being told: when they are called, and once they talk. Data of the control API.

use crate::limits;
use crate::people::{Behaviour, default_after_ms};
use serde::{Deserialize, Serialize};
use tandem_media::dtmf::Digit;

/// What a number, a phone or a Teams user does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Habit {
    #[serde(default)]
    pub(crate) when_called: WhenCalled,
    /// From the answer on.
    #[serde(default)]
    pub(crate) script: Vec<Step>,
    /// What it says, Hz; one of its own without.
    #[serde(default)]
    pub(crate) tone_hz: Option<u32>,
    /// Clients that ring at once, of a Teams user; each is a fork of the INVITE.
    #[serde(default = "one")]
    pub(crate) clients: u8,
}

const fn one() -> u8 {
    1
}

/// What happens while it rings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum WhenCalled {
    Answer {
        #[serde(default = "default_after_ms")]
        after_ms: u64,
        /// Its tone is heard while it rings: 183 with a description.
        #[serde(default)]
        early_media: bool,
    },
    /// 603
    Decline {
        #[serde(default = "default_after_ms")]
        after_ms: u64,
    },
    /// 486
    Busy {
        #[serde(default = "default_after_ms")]
        after_ms: u64,
    },
    /// It rings; answered or declined by hand, or never.
    NoAnswer,
    /// Any other status.
    Refuse {
        /// 300 to 699.
        status: u16,
        /// Of ISDN, for a Reason header.
        #[serde(default)]
        cause: Option<u16>,
        #[serde(default)]
        text: Option<String>,
        #[serde(default)]
        retry_after_s: Option<u32>,
        #[serde(default)]
        after_ms: u64,
    },
}

/// What somebody is refused with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Of ISDN, for a Reason header.
    pub(crate) cause: Option<u16>,
    pub(crate) text: Option<String>,
    pub(crate) retry_after_s: Option<u32>,
}

impl Refusal {
    pub(crate) const fn of(status: u16) -> Self {
        Self {
            status,
            cause: None,
            text: None,
            retry_after_s: None,
        }
    }

    /// With an error of Teams' vocabulary (direct-routing-and-sip.md A.10).
    pub(crate) fn of_teams(status: u16, cause: u16, code: u32, words: &str) -> Self {
        Self {
            cause: Some(cause),
            text: Some(format!("{words} ({code})")),
            ..Self::of(status)
        }
    }
}

impl Default for WhenCalled {
    fn default() -> Self {
        Self::Answer {
            after_ms: default_after_ms(),
            early_media: false,
        }
    }
}

impl WhenCalled {
    pub(crate) const fn after_ms(&self) -> Option<u64> {
        match self {
            Self::Answer { after_ms, .. }
            | Self::Decline { after_ms }
            | Self::Busy { after_ms }
            | Self::Refuse { after_ms, .. } => Some(*after_ms),
            Self::NoAnswer => None,
        }
    }
}

/// Teams' clients, as they behave in every other kind of call. Forwarding is not played over SIP: who forwards declines.
impl From<&Behaviour> for WhenCalled {
    fn from(behaviour: &Behaviour) -> Self {
        match behaviour {
            Behaviour::Answer { after_ms } => Self::Answer {
                after_ms: *after_ms,
                early_media: false,
            },
            Behaviour::Decline { after_ms } | Behaviour::Forward { after_ms, .. } => {
                Self::Decline {
                    after_ms: *after_ms,
                }
            }
            Behaviour::Busy { after_ms } => Self::Busy {
                after_ms: *after_ms,
            },
            Behaviour::NoAnswer => Self::NoAnswer,
        }
    }
}

/// A step of a script; each begins when the one before has begun, so much later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    Press {
        keys: String,
        #[serde(default)]
        after_ms: u64,
    },
    Hold {
        #[serde(default)]
        after_ms: u64,
    },
    Resume {
        #[serde(default)]
        after_ms: u64,
    },
    Say {
        hz: Option<u32>,
        #[serde(default)]
        after_ms: u64,
    },
    Leave {
        #[serde(default)]
        after_ms: u64,
    },
}

impl Step {
    pub(crate) const fn after_ms(&self) -> u64 {
        match self {
            Self::Press { after_ms, .. }
            | Self::Hold { after_ms }
            | Self::Resume { after_ms }
            | Self::Say { after_ms, .. }
            | Self::Leave { after_ms } => *after_ms,
        }
    }
}

/// What can be said: what a telephone carries, a whole number of periods each second.
pub(crate) const TONES_HZ: std::ops::RangeInclusive<u32> = 300..=3_400;

/// Why a habit cannot be kept.
pub(crate) fn check(habit: &Habit) -> Result<(), String> {
    if let WhenCalled::Refuse { status, .. } = &habit.when_called
        && !(300..700).contains(status)
    {
        return Err("status must be from 300 to 699".to_owned());
    }
    if !(1..=8).contains(&habit.clients) {
        return Err("clients must be from 1 to 8".to_owned());
    }
    check_tone(habit.tone_hz)?;
    check_script(&habit.script)
}

pub(crate) fn check_script(script: &[Step]) -> Result<(), String> {
    if script.len() > limits::SCRIPT_STEPS_MAX {
        return Err("a script may have 100 steps at most".to_owned());
    }
    for step in script {
        match step {
            Step::Press { keys, .. } => drop(digits(keys)?),
            Step::Say { hz, .. } => check_tone(*hz)?,
            Step::Hold { .. } | Step::Resume { .. } | Step::Leave { .. } => {}
        }
    }
    Ok(())
}

pub(crate) fn check_tone(hz: Option<u32>) -> Result<(), String> {
    if hz.is_none_or(|hz| TONES_HZ.contains(&hz) && hz.is_multiple_of(10)) {
        Ok(())
    } else {
        Err("a tone must be from 300 to 3400 Hz, in steps of 10".to_owned())
    }
}

/// Keys of a telephone.
pub(crate) fn digits(keys: &str) -> Result<Vec<Digit>, String> {
    let digits: Result<Vec<Digit>, _> = keys.chars().map(Digit::from_char).collect();
    digits
        .ok()
        .filter(|it| (1..=limits::SCRIPT_KEYS_MAX).contains(&it.len()))
        .ok_or_else(|| "keys must be 1 to 100 of 0-9, A-D, * and #".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_read_from_data_and_odd_ones_are_refused() {
        let read = |text: &str| serde_json::from_str::<Habit>(text);
        let habit = read(
            r##"{"when_called": {"do": "refuse", "status": 503, "retry_after_s": 2}, "script": [
                {"do": "press", "keys": "12#", "after_ms": 5}, {"do": "say", "hz": null}, {"do": "leave"}]}"##,
        )
        .unwrap();
        assert_eq!(check(&habit), Ok(()));
        assert_eq!((habit.clients, habit.when_called.after_ms()), (1, Some(0)));
        for odd in [
            r#"{"when_called": {"do": "refuse", "status": 200}}"#,
            r#"{"clients": 0}"#,
            r#"{"tone_hz": 299}"#,
            r#"{"tone_hz": 441}"#,
            r#"{"script": [{"do": "press", "keys": "x"}]}"#,
            r#"{"script": [{"do": "press", "keys": ""}]}"#,
        ] {
            assert!(check(&read(odd).unwrap()).is_err(), "{odd}");
        }
        assert!(read(r#"{"when_called": {"do": "vanish"}}"#).is_err());
    }
}
