//! Ratios and averages, made of sums when they are read (R-31 e, B15.3). A figure over nothing is none, not 0.

use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::agent::{Display, NotReady};
use tandem_core::performance::{
    EngagementSums, OfferSums, QueueSums, StayCount, StayEnd, TimeCell,
};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// A share: the integers, and the tenths of a percent that they come to, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ratio {
    /// So many.
    pub part: u64,
    /// Of so many.
    pub of: u64,
}

impl Ratio {
    /// A part of a whole.
    #[must_use]
    pub const fn of(part: u64, of: u64) -> Self {
        Self { part, of }
    }

    /// Of times, µs.
    fn of_times(part: i64, of: i64) -> Self {
        let time = |us: i64| u64::try_from(us).unwrap_or(0);
        Self::of(time(part), time(of))
    }

    /// Tenths of a percent, rounded down: a promise is kept when it is kept. None of nothing.
    #[must_use]
    pub fn permille(self) -> Option<u64> {
        let wide = u128::from(self.part) * 1_000;
        let permille = wide.checked_div(u128::from(self.of))?;
        u64::try_from(permille).ok()
    }
}

/// To the nearest second; none of nothing.
#[must_use]
pub fn average_s(micros: i64, count: u64) -> Option<i64> {
    let divisor = i64::try_from(count).ok()?.checked_mul(MICROS_PER_SECOND)?;
    (micros + divisor / 2).checked_div(divisor)
}

/// Averages of waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitRates {
    /// Of the answered.
    pub asa_s: Option<i64>,
    /// Of the abandoned, short abandons left out.
    pub ata_s: Option<i64>,
    /// The longest of all that ended, s.
    pub longest_s: Option<i64>,
    /// How long the answered were put to agents, all offers together.
    pub ring_s: Option<i64>,
    /// `B / (offered - S)`.
    pub abandoned: Ratio,
    /// `blocked / (offered + blocked)`.
    pub blocked: Ratio,
}

impl WaitRates {
    /// Of one queue and interval, or of any sum of them. The wholes are those who left, by the interval in which they
    /// did (R-31 b): arrivals and departures are never mixed in one ratio.
    #[must_use]
    pub fn of(sums: &QueueSums) -> Self {
        let answered = sums.left(StayEnd::Answered);
        let abandoned = sums.left(StayEnd::Abandoned);
        let short = sums.left(StayEnd::ShortAbandoned).n;
        let blocked = sums.left(StayEnd::Blocked).n;
        let waited = StayEnd::ALL.map(|end| sums.left(end));
        let longest_us = waited.map(|it: &StayCount| it.longest_us).into_iter().max();
        let n_left = sums.n_left();
        Self {
            asa_s: average_s(answered.wait_us, answered.n),
            ata_s: average_s(abandoned.wait_us, abandoned.n),
            longest_s: longest_us
                .filter(|_| n_left > 0)
                .map(|us| us / MICROS_PER_SECOND),
            ring_s: average_s(answered.ring_us, answered.n),
            abandoned: Ratio::of(abandoned.n, n_left - short),
            blocked: Ratio::of(blocked, n_left + blocked),
        }
    }
}

/// Averages of engagements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandleRates {
    /// Talk, hold, consultation and wrap-up per engagement.
    pub aht_s: Option<i64>,
    /// Talk per engagement.
    pub att_s: Option<i64>,
    /// Wrap-up per engagement that had any.
    pub wrap_up_s: Option<i64>,
    /// Wrap-up per engagement.
    pub wrap_up_of_all_s: Option<i64>,
    /// Hold and consultation per engagement whose customer was on hold.
    pub hold_s: Option<i64>,
    /// Hold and consultation per engagement.
    pub hold_of_all_s: Option<i64>,
    /// Engagements that ended by a transfer.
    pub transferred: Ratio,
}

impl HandleRates {
    /// Of one agent or queue and interval, or of any sum of them.
    #[must_use]
    pub fn of(sums: &EngagementSums) -> Self {
        let hold_us = sums.hold_us + sums.consult_us;
        let handle_us = sums.talk_us + hold_us + sums.wrap_up_us;
        Self {
            aht_s: average_s(handle_us, sums.handled),
            att_s: average_s(sums.talk_us, sums.handled),
            wrap_up_s: average_s(sums.wrap_up_us, sums.n_wrapped_up),
            wrap_up_of_all_s: average_s(sums.wrap_up_us, sums.handled),
            hold_s: average_s(hold_us, sums.n_held),
            hold_of_all_s: average_s(hold_us, sums.handled),
            transferred: Ratio::of(sums.transferred(), sums.handled),
        }
    }
}

/// How an agent's time was spent, µs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeSums {
    by_state: [i64; Display::ALL.len()],
    /// Not ready for reasons that count as work.
    pub productive_us: i64,
    /// Not ready for reasons that are not paid.
    pub unpaid_us: i64,
    /// Not ready, by reason.
    pub by_reason: BTreeMap<ReasonKey, ReasonTime>,
}

/// How long an agent was not ready for a reason, µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReasonTime {
    /// In all.
    pub us: i64,
    /// Of these, while the reason counted as work.
    pub productive_us: i64,
    /// Of these, while the reason was not paid.
    pub unpaid_us: i64,
}

impl ReasonTime {
    fn of(cell: &TimeCell) -> Self {
        Self {
            us: cell.us,
            productive_us: if cell.is_productive { cell.us } else { 0 },
            unpaid_us: if cell.is_unpaid { cell.us } else { 0 },
        }
    }

    /// Adds other time for the reason.
    pub const fn plus(&mut self, other: Self) {
        self.us += other.us;
        self.productive_us += other.productive_us;
        self.unpaid_us += other.unpaid_us;
    }
}

/// Why not ready, in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonKey {
    /// Just signed in.
    SignedIn,
    /// An offer was missed.
    MissedOffer,
    /// The client could not be rung.
    RingFailed,
    /// For a reason that the agent chose, in this version of it.
    Chosen {
        /// Which.
        id: u64,
        /// The version.
        version: u64,
    },
}

impl ReasonKey {
    const fn of(reason: NotReady, version: u64) -> Self {
        match reason {
            NotReady::SignedIn => Self::SignedIn,
            NotReady::MissedOffer => Self::MissedOffer,
            NotReady::RingFailed => Self::RingFailed,
            NotReady::Chosen(id) => Self::Chosen { id: id.0, version },
        }
    }
}

impl TimeSums {
    /// Adds time of an agent.
    pub fn add(&mut self, cell: &TimeCell) {
        self.by_state[place(cell.state)] += cell.us;
        let time = ReasonTime::of(cell);
        self.productive_us += time.productive_us;
        self.unpaid_us += time.unpaid_us;
        if let Some(reason) = cell.reason {
            let key = ReasonKey::of(reason, cell.reason_version);
            self.by_reason.entry(key).or_default().plus(time);
        }
    }

    /// Adds the time of another agent or interval.
    pub fn plus(&mut self, other: &Self) {
        for (sum, more) in self.by_state.iter_mut().zip(other.by_state) {
            *sum += more;
        }
        self.productive_us += other.productive_us;
        self.unpaid_us += other.unpaid_us;
        for (reason, time) in &other.by_reason {
            self.by_reason.entry(*reason).or_default().plus(*time);
        }
    }

    /// In this state.
    #[must_use]
    pub const fn of(&self, state: Display) -> i64 {
        self.by_state[place(state)]
    }

    /// Talking, being joined to a customer, and wrapping up: the wall clock that contacts take.
    #[must_use]
    pub const fn on_contact_us(&self) -> i64 {
        self.of(Display::OnContact) + self.of(Display::Connecting) + self.of(Display::WrapUp)
    }

    /// Signed in.
    #[must_use]
    pub const fn signed_in_us(&self) -> i64 {
        self.on_contact_us()
            + self.of(Display::Offering)
            + self.of(Display::NotReady)
            + self.of(Display::InTeams)
            + self.of(Display::PresenceUnknown)
            + self.of(Display::Available)
    }

    /// Signed in, but for reasons that are not paid.
    #[must_use]
    pub const fn paid_us(&self) -> i64 {
        self.signed_in_us() - self.unpaid_us
    }

    /// `on contact / (on contact + available + offering)`.
    #[must_use]
    pub fn occupancy(&self) -> Ratio {
        let busy = self.on_contact_us();
        let idle = self.of(Display::Available) + self.of(Display::Offering);
        Ratio::of_times(busy, busy + idle)
    }

    /// `(on contact + productive reasons) / signed in`.
    #[must_use]
    pub fn utilization(&self) -> Ratio {
        Ratio::of_times(
            self.on_contact_us() + self.productive_us,
            self.signed_in_us(),
        )
    }
}

const fn place(state: Display) -> usize {
    match state {
        Display::OnContact => 0,
        Display::Connecting => 1,
        Display::WrapUp => 2,
        Display::Offering => 3,
        Display::NotReady => 4,
        Display::InTeams => 5,
        Display::PresenceUnknown => 6,
        Display::Available => 7,
        Display::SignedOut => 8,
    }
}

/// `accepted / offers`.
#[must_use]
pub const fn answer_rate(offers: &OfferSums) -> Ratio {
    Ratio::of(offers.accepted, offers.offers())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::service_level::{Counted, GenesysSwitches, Variant};
    use tandem_core::performance::PromiseCount;

    /// 10 answered (8 in time), 5 abandoned (2 in time), 3 short abandons, 2 by the flow, 1 removed, 4 blocked; 4 callbacks,
    /// 3 of them tried when it was promised.
    fn sums() -> QueueSums {
        let mut sums = QueueSums::default();
        let mut left = |end, n, in_time, wait_us| {
            *sums.left_mut(end) = StayCount {
                n,
                in_time,
                wait_us,
                ring_us: 0,
                longest_us: wait_us / 2,
            };
        };
        left(StayEnd::Answered, 10, 8, 125_000_000);
        left(StayEnd::Abandoned, 5, 2, 200_000_000);
        left(StayEnd::ShortAbandoned, 3, 3, 6_000_000);
        left(StayEnd::FlowOut, 2, 0, 240_000_000);
        left(StayEnd::Removed, 1, 1, 1_000_000);
        left(StayEnd::Blocked, 4, 4, 0);
        sums.promises = PromiseCount { kept: 3, broken: 1 };
        sums
    }

    // B15.2, worked by hand
    #[test]
    fn each_variant_of_the_service_level_gives_its_own_share_of_one_day() {
        let sums = sums();
        let ratio = |variant: Variant| {
            let Ratio { part, of } = variant.ratio(&sums);
            (part, of)
        };
        assert_eq!(ratio(Variant::AnsweredOnly), (8, 10));
        assert_eq!(ratio(Variant::AbandonNegative), (8, 15));
        assert_eq!(ratio(Variant::AbandonIgnored), (8, 13));
        assert_eq!(ratio(Variant::AbandonPositive), (10, 15));
        assert_eq!(ratio(Variant::RemovedInX { seconds: 20 }), (13, 21));
        let genesys = |flow_outs, short_abandons, abandons| {
            ratio(Variant::Genesys(GenesysSwitches {
                flow_outs,
                short_abandons,
                abandons,
            }))
        };
        use Counted::{In, Out};
        assert_eq!(genesys(Out, Out, In), (8, 15));
        assert_eq!(genesys(Out, In, In), (8, 18));
        assert_eq!(genesys(In, In, In), (8, 20));
        // Without abandons, short ones are out as well.
        assert_eq!(genesys(In, In, Out), (8, 12));
        assert_eq!(genesys(Out, Out, Out), (8, 10));
        assert_eq!(ratio(Variant::CallbackAware), (11, 19));
    }

    // B15.3
    #[test]
    fn waits_are_averaged_over_those_who_waited_so() {
        let rates = WaitRates::of(&sums());
        assert_eq!(rates.asa_s, Some(13));
        assert_eq!(rates.ata_s, Some(40));
        assert_eq!(rates.longest_s, Some(120));
        assert_eq!(rates.abandoned, Ratio::of(5, 18));
        assert_eq!(rates.blocked, Ratio::of(4, 25));
        let nothing = WaitRates::of(&QueueSums::default());
        assert_eq!((nothing.asa_s, nothing.longest_s), (None, None));
        assert_eq!(nothing.abandoned.permille(), None);
    }

    // B15.3
    #[test]
    fn wrap_up_and_hold_have_two_denominators() {
        let sums = EngagementSums {
            handled: 4,
            talk_us: 400_000_000,
            hold_us: 30_000_000,
            consult_us: 10_000_000,
            wrap_up_us: 60_000_000,
            n_held: 1,
            n_wrapped_up: 3,
            transfers: [1, 0, 0, 0, 1, 0],
            ..EngagementSums::default()
        };
        let rates = HandleRates::of(&sums);
        assert_eq!(rates.aht_s, Some(125));
        assert_eq!(rates.att_s, Some(100));
        assert_eq!(
            (rates.wrap_up_s, rates.wrap_up_of_all_s),
            (Some(20), Some(15))
        );
        assert_eq!((rates.hold_s, rates.hold_of_all_s), (Some(40), Some(10)));
        assert_eq!(rates.transferred, Ratio::of(2, 4));
    }

    // B15.3
    #[test]
    fn occupancy_knows_no_time_off_and_utilization_does() {
        let mut time = TimeSums::default();
        let mut spent = |state, reason, is_productive, us| {
            time.add(&TimeCell {
                agent: tandem_core::ids::AgentId(1),
                quarter: 0,
                state,
                reason,
                reason_version: 3,
                is_productive,
                is_unpaid: reason.is_some() && !is_productive,
                us,
            });
        };
        let chosen = |id| Some(NotReady::Chosen(tandem_core::ids::ReasonId(id)));
        spent(Display::OnContact, None, false, 300);
        spent(Display::Connecting, None, false, 20);
        spent(Display::WrapUp, None, false, 80);
        spent(Display::Available, None, false, 90);
        spent(Display::Offering, None, false, 10);
        spent(Display::NotReady, chosen(1), true, 200);
        spent(Display::NotReady, chosen(2), false, 300);
        spent(Display::SignedOut, None, false, 5_000);
        assert_eq!(time.occupancy(), Ratio::of(400, 500));
        assert_eq!(time.utilization(), Ratio::of(600, 1_000));
        let lunch = time.by_reason[&ReasonKey::Chosen { id: 2, version: 3 }];
        let (us, unpaid_us) = (300, 300);
        let expected = ReasonTime {
            us,
            unpaid_us,
            productive_us: 0,
        };
        assert_eq!(lunch, expected);
        // whoever is signed in is paid, but in reasons that are not.
        assert_eq!(time.paid_us(), 700);
    }

    #[test]
    fn share_is_rounded_down() {
        assert_eq!(Ratio::of(2, 3).permille(), Some(666));
        assert_eq!(Ratio::of(u64::MAX, u64::MAX).permille(), Some(1_000));
        assert_eq!(Ratio::of(0, 0).permille(), None);
    }
}
