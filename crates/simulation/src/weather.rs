//! The weather: what may go wrong, how often in this seed, and how often it did. It has chance of its own, so
//! that people do the same whatever fails.

use crate::dice::Dice;
use std::collections::BTreeMap;

/// What may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Word of a call never arrives.
    WordLost,
    /// Word of a call arrives twice.
    WordDoubled,
    /// Word of a call is overtaken by newer word.
    WordOvertaken,
    /// The other side refuses or fails.
    RequestFailed,
    /// Whether a request was carried out is not known.
    OutcomeUnknown,
    /// The outcome of a request takes its time; meanwhile word of it may be there.
    OutcomeLate,
    /// A recording stops by itself.
    RecordingStopped,
    /// A recording that was taken does not begin, and nobody says so.
    RecordingSilent,
    /// The store refuses a record; nothing is written.
    AppendRefused,
    /// No answer of the store; nothing is written.
    AppendLost,
    /// No answer of the store; the record is written.
    AppendAnswerLost,
    /// The store refuses a record and everything else for a while.
    StoreAway,
    /// The process ends before the append.
    KilledBeforeAppend,
    /// The process ends after the append, before anything goes out.
    KilledAfterAppend,
    /// The process ends while requests are under way.
    KilledBetweenTurns,
    /// The next process finds a journal that was restored.
    JournalRestored,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::WordLost,
        Self::WordDoubled,
        Self::WordOvertaken,
        Self::RequestFailed,
        Self::OutcomeUnknown,
        Self::OutcomeLate,
        Self::RecordingStopped,
        Self::RecordingSilent,
        Self::AppendRefused,
        Self::AppendLost,
        Self::AppendAnswerLost,
        Self::StoreAway,
        Self::KilledBeforeAppend,
        Self::KilledAfterAppend,
        Self::KilledBetweenTurns,
        Self::JournalRestored,
    ];

    /// In words, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::WordLost => "word of a call lost",
            Self::WordDoubled => "word of a call doubled",
            Self::WordOvertaken => "word of a call overtaken",
            Self::RequestFailed => "request refused",
            Self::OutcomeUnknown => "outcome of a request unknown",
            Self::OutcomeLate => "outcome of a request late",
            Self::RecordingStopped => "recording stopped by itself",
            Self::RecordingSilent => "recording never began",
            Self::AppendRefused => "append refused",
            Self::AppendLost => "append unanswered, not written",
            Self::AppendAnswerLost => "append unanswered, written",
            Self::StoreAway => "store away for a while",
            Self::KilledBeforeAppend => "killed before the append",
            Self::KilledAfterAppend => "killed after the append",
            Self::KilledBetweenTurns => "killed with requests under way",
            Self::JournalRestored => "journal restored",
        }
    }

    /// In a thousand occasions, at most.
    const fn max_rate(self) -> u64 {
        match self {
            Self::WordLost => 300,
            Self::WordDoubled => 250,
            Self::WordOvertaken => 700,
            Self::RequestFailed => 150,
            Self::OutcomeUnknown => 100,
            Self::OutcomeLate => 400,
            Self::RecordingStopped => 200,
            Self::RecordingSilent => 150,
            Self::AppendRefused | Self::AppendLost | Self::AppendAnswerLost => 8,
            Self::StoreAway | Self::KilledBeforeAppend | Self::KilledAfterAppend => 4,
            Self::KilledBetweenTurns => 10,
            Self::JournalRestored => 300,
        }
    }
}

/// What becomes of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Append {
    Written,
    Refused,
    WrittenUnanswered,
    Away,
    KilledBefore,
    KilledAfter,
}

/// The weather of a seed.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    dice: Dice,
    rates: BTreeMap<Fault, u64>,
    pub(crate) struck: BTreeMap<Fault, u64>,
}

impl Weather {
    /// Each fault of its own rate; some never strike in a seed.
    pub(crate) fn new(mut dice: Dice) -> Self {
        let rates = Fault::ALL.map(|fault| {
            let is_spared = dice.chance(30);
            let rate = dice.below(fault.max_rate());
            (fault, if is_spared { 0 } else { rate })
        });
        Self {
            dice,
            rates: rates.into(),
            struck: BTreeMap::new(),
        }
    }

    /// Nothing fails, and nothing has failed.
    pub(crate) fn fine() -> Self {
        Self {
            dice: Dice::new(0),
            rates: BTreeMap::new(),
            struck: BTreeMap::new(),
        }
    }

    /// Nothing fails any more.
    pub(crate) fn calm(&mut self) {
        self.rates.clear();
    }

    /// Whether this goes wrong now.
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        let rate = self.rates.get(&fault).copied().unwrap_or(0);
        let strikes = self.dice.below(1_000) < rate;
        if strikes {
            self.note(fault);
        }
        strikes
    }

    /// It went wrong.
    pub(crate) fn note(&mut self, fault: Fault) {
        *self.struck.entry(fault).or_default() += 1;
    }

    /// What becomes of the next append.
    pub(crate) fn append(&mut self) -> Append {
        let ends = [
            (Fault::KilledBeforeAppend, Append::KilledBefore),
            (Fault::AppendRefused, Append::Refused),
            (Fault::AppendLost, Append::Refused),
            (Fault::AppendAnswerLost, Append::WrittenUnanswered),
            (Fault::StoreAway, Append::Away),
            (Fault::KilledAfterAppend, Append::KilledAfter),
        ];
        let struck = ends.into_iter().find(|(fault, _)| self.strikes(*fault));
        struck.map_or(Append::Written, |(_, end)| end)
    }

    /// How long the outcome of a request takes.
    pub(crate) fn latency_s(&mut self) -> u32 {
        if self.strikes(Fault::OutcomeLate) {
            self.dice.between(1, 50)
        } else {
            0
        }
    }

    /// Half of the cases of what failed already.
    pub(crate) fn half(&mut self) -> bool {
        self.dice.chance(50)
    }

    /// How long the store stays away.
    pub(crate) fn outage_s(&mut self) -> u32 {
        self.dice.between(1, 60)
    }
}
