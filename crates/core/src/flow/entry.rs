//! How digits are entered, and what becomes of them.

use super::validation::{in_range, invalid, validate_prompt};
use super::{Key, Node, Prompt};
use crate::limits;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// How digits are entered, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The key that ends it; without, the number of digits and silence do.
    pub terminator: Option<Key>,
    /// Silence between two digits, s.
    pub between_digits_s: u32,
    /// What becomes of the digits.
    pub digits: Digits,
}

/// What becomes of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Digits {
    /// An attribute like any other.
    Plain,
    /// They are kept among the personal data until the contact is over, and known here by their reference
    /// alone.
    Masked,
}

/// How a question for digits is asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// So often at most.
    pub times: u32,
    /// In these words; in the same ones without.
    pub again: Option<Prompt>,
}

impl Entry {
    /// As digits were always entered.
    pub const USUAL: Self = Self {
        terminator: None,
        between_digits_s: limits::BETWEEN_DIGITS_SECONDS,
        digits: Digits::Plain,
    };

    /// Whether there is nothing to say about it.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::USUAL
    }
}

impl Default for Entry {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Node {
    /// The attribute whose value is masked, if the node asks for one.
    pub(crate) fn masks(&self) -> Option<&str> {
        let Self::Collect {
            attribute, entry, ..
        } = self
        else {
            return None;
        };
        (entry.digits == Digits::Masked).then_some(attribute)
    }
}

pub(super) fn validate_retry(id: &str, retry: &Retry) -> Result<(), Refusal> {
    let field = |name: &str| format!("nodes.{id}.{name}");
    in_range(&field("retries"), retry.times, 1, limits::MENU_RETRIES_MAX)?;
    match &retry.again {
        Some(again) => validate_prompt(&field("retry_prompt"), again),
        None => Ok(()),
    }
}

pub(super) fn validate_entry(id: &str, entry: Entry) -> Result<(), Refusal> {
    let field = |name: &str| format!("nodes.{id}.{name}");
    let max = limits::BETWEEN_DIGITS_SECONDS_MAX;
    in_range(&field("between_digits_s"), entry.between_digits_s, 1, max)?;
    match entry.terminator.map(char::from) {
        None | Some('#' | '*') => Ok(()),
        Some(_) => {
            let detail = "use \"#\", \"*\" or \"none\": other keys are digits".to_owned();
            Err(invalid(&field("terminator"), detail))
        }
    }
}
