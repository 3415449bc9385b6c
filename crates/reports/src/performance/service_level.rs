//! The variants of the service level (B15.2). One is always named with its figure, for each gives another number for the
//! same day.

use super::rates::Ratio;
use tandem_core::performance::{PromiseCount, QueueSums, StayEnd};

/// Which formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// `A_T / A`.
    AnsweredOnly,
    /// `A_T / (A + B)`.
    #[default]
    AbandonNegative,
    /// `A_T / (A + B - B_T)`.
    AbandonIgnored,
    /// `(A_T + B_T) / (A + B)`.
    AbandonPositive,
    /// Answered or abandoned within X, of all who were queued.
    RemovedInX {
        /// X, s.
        seconds: u32,
    },
    /// Answered within the threshold of today, of answered and abandoned, by three switches.
    Genesys(GenesysSwitches),
    /// `(A_T + K) / (A + B + K + L)`: callbacks count as answered in time if their first attempt began when it was
    /// promised (K), and as answered late if not (L).
    CallbackAware,
}

/// What the formula of Genesys Cloud takes in and leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GenesysSwitches {
    /// Whether who left by the flow counts as queued.
    pub flow_outs: Counted,
    /// Whether short abandons count as abandoned.
    pub short_abandons: Counted,
    /// Whether abandons count at all.
    pub abandons: Counted,
}

/// Whether something is part of a denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counted {
    /// It is.
    In,
    /// It is not.
    #[default]
    Out,
}

impl Counted {
    const fn of(self, n: u64) -> u64 {
        match self {
            Self::In => n,
            Self::Out => 0,
        }
    }
}

/// X of `sl.removed_in_x` at most: seven days.
pub const SECONDS_MAX: u32 = 7 * 24 * 3_600;

/// The ids of all variants that are built.
pub const IDS: [&str; 7] = [
    "sl.answered_only",
    "sl.abandon_negative",
    "sl.abandon_ignored",
    "sl.abandon_positive",
    "sl.removed_in_x",
    "sl.genesys",
    "sl.callback_aware",
];

impl Variant {
    /// Its id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::AnsweredOnly => IDS[0],
            Self::AbandonNegative => IDS[1],
            Self::AbandonIgnored => IDS[2],
            Self::AbandonPositive => IDS[3],
            Self::RemovedInX { .. } => IDS[4],
            Self::Genesys(_) => IDS[5],
            Self::CallbackAware => IDS[6],
        }
    }

    /// The share, of stays whose `in_time` was judged by the threshold of this variant.
    #[must_use]
    pub fn ratio(self, sums: &QueueSums) -> Ratio {
        let answered = sums.left(StayEnd::Answered);
        let abandoned = sums.left(StayEnd::Abandoned);
        let short = sums.left(StayEnd::ShortAbandoned);
        let (a, b) = (answered.n, abandoned.n);
        match self {
            Self::AnsweredOnly => Ratio::of(answered.in_time, a),
            Self::AbandonNegative => Ratio::of(answered.in_time, a + b),
            Self::AbandonIgnored => Ratio::of(answered.in_time, a + b - abandoned.in_time),
            Self::AbandonPositive => Ratio::of(answered.in_time + abandoned.in_time, a + b),
            Self::RemovedInX { .. } => {
                let removed = answered.in_time + abandoned.in_time + short.in_time;
                Ratio::of(removed, sums.n_left())
            }
            Self::Genesys(switches) => {
                let flow_outs = switches.flow_outs.of(sums.left(StayEnd::FlowOut).n);
                let abandons = b + switches.short_abandons.of(short.n);
                let of = a + switches.abandons.of(abandons) + flow_outs;
                Ratio::of(answered.in_time, of)
            }
            Self::CallbackAware => {
                let PromiseCount { kept, broken } = sums.promises;
                Ratio::of(answered.in_time + kept, a + b + kept + broken)
            }
        }
    }
}
