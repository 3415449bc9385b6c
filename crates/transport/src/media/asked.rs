//! A question that a party answers with digits.

use super::error::Error;
use super::fact::{Collected, Pressed, Why};
use super::id::LegId;
use super::settings::{Collect, Masking};
use tandem_media::Micros;
use tandem_media::dtmf::Digit;

/// A card number with everything around it has fewer.
const DIGITS_MAX: usize = 128;

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) collect: Collect,
    digits: Vec<Digit>,
    masking: Masking,
    /// None while what is played has not ended.
    deadline: Option<Micros>,
}

impl Asked {
    pub(super) fn new(collect: Collect) -> Result<Self, Error> {
        if collect.n_digits_max == 0 || collect.n_digits_max > DIGITS_MAX {
            return Err(Error::Limit("digits of one answer: 1 to 128"));
        }
        Ok(Self {
            masking: collect.masking,
            digits: Vec::new(),
            deadline: None,
            collect,
        })
    }

    /// What is played has ended, or nothing was: now it is the party's turn.
    pub(super) fn listen(&mut self, now: Micros) {
        if self.deadline.is_none() {
            self.deadline = Some(now + micros(self.collect.first_within));
        }
    }

    pub(super) const fn deadline(&self) -> Option<Micros> {
        self.deadline
    }

    /// A digit was pressed; `masking` says whether it may be known. Answers why the question is over, if it is.
    pub(super) fn press(&mut self, now: Micros, digit: Digit, masking: Masking) -> Option<Why> {
        if masking == Masking::Masked {
            self.masking = Masking::Masked;
        }
        if self.collect.ends.contains(&digit) {
            return Some(Why::Ended(digit));
        }
        self.digits.push(digit);
        self.deadline = Some(now + micros(self.collect.next_within));
        (self.digits.len() >= self.collect.n_digits_max).then_some(Why::Full)
    }

    pub(super) fn is_overdue(&self, now: Micros) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    pub(super) const fn why_overdue(&self) -> Why {
        if self.digits.is_empty() {
            Why::Silence
        } else {
            Why::SilenceAfter
        }
    }

    pub(super) fn answer(self, leg: LegId, why: Why) -> Collected {
        Collected {
            leg,
            key: self.collect.key,
            digits: Pressed::new(self.digits, self.masking),
            why,
        }
    }
}

pub(super) fn micros(duration: std::time::Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX / 4)
}
