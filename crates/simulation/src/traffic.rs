//! Traffic: what customers and agents bring along, on record or drawn: when customers call, what they need and how
//! long they are patient, and when agents are there. What becomes of it the core decides ([`crate::rerun`]).

use crate::dice::Dice;
use crate::patience::{PATIENCE_MAX_S, Patience};
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::time::Timestamp;

/// So that the chance of one call does not depend on the others: variants of a day share it call by call.
const CALL_SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// What customers and agents bring along.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// The addresses that are called.
    pub lines: Vec<String>,
    /// Customers of a kind have these habits.
    pub habits: Vec<Habit>,
    /// The calls, in any order.
    pub calls: Vec<Call>,
    /// When agents are there, in any order; those of one agent do not overlap.
    pub shifts: Vec<Shift>,
    /// Why agents who have a break are not ready.
    pub break_reason: ReasonId,
}

/// What is known of all customers of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Habit {
    /// None when nobody of them was seen to give up.
    pub patience: Option<Patience>,
    /// Conversations that were had, microseconds.
    pub services_us: Vec<i64>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its own, and the same in every variant.
    pub number: u64,
    /// Whose, 0 when it is not known.
    pub customer: u64,
    /// Whether the customer's number is known: nobody else can be called back.
    pub has_number: bool,
    /// Which of the lines.
    pub line: usize,
    /// When it comes in.
    pub arrives: Timestamp,
    /// How long it is in the flow before the queue, or before the customer leaves.
    pub in_flow_us: i64,
    /// What the customer needs of an agent, if anything.
    pub need: Option<Need>,
}

/// What a customer needs of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which of the habits.
    pub habit: usize,
    /// How long the customer waits.
    pub patience: Seen,
    /// How long the conversation takes, if it was had.
    pub service_us: Option<i64>,
}

/// What was seen of a patience, microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All of it: the customer gave up.
    Whole(i64),
    /// An agent came after so long.
    AtLeast(i64),
}

/// An agent's time at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Whose.
    pub agent: AgentId,
    /// The agent signs in.
    pub begins: Timestamp,
    /// The agent signs out, after the contact that there is.
    pub ends: Timestamp,
    /// Work after conversations, in their order; when there are more of them, it is drawn of these.
    pub wrap_ups_us: Vec<i64>,
    /// Breaks, each after the contact that there is: since when, and how long.
    pub breaks: Vec<(Timestamp, i64)>,
}

/// A customer with everything that was not seen drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Customer {
    pub(crate) patience_us: i64,
    pub(crate) service_us: i64,
}

impl Traffic {
    /// The customers, in the order of the calls.
    pub(crate) fn customers(&self, seed: u64) -> Vec<Option<Customer>> {
        let drawn = |call: &Call| {
            let mut dice = Dice::new(seed ^ call.number.wrapping_mul(CALL_SEED));
            call.need.map(|need| self.customer(need, &mut dice))
        };
        self.calls.iter().map(drawn).collect()
    }

    fn customer(&self, need: Need, dice: &mut Dice) -> Customer {
        let habit = self.habits.get(need.habit);
        let unit = dice.unit();
        let drawn_us = habit.and_then(|it| dice.pick(&it.services_us)).copied();
        let patience_us = match need.patience {
            Seen::Whole(us) => us,
            Seen::AtLeast(us) => {
                let patience = habit.and_then(|it| it.patience.as_ref());
                let least_s = seconds(us);
                let drawn_s = patience.map_or(PATIENCE_MAX_S, |it| it.beyond(least_s, unit));
                micros(drawn_s).max(us)
            }
        };
        Customer {
            // Who gave up at once was in line for a moment all the same.
            patience_us: patience_us.max(1),
            service_us: need.service_us.or(drawn_us).unwrap_or(0),
        }
    }
}

/// Microseconds as seconds with a fraction.
#[expect(
    clippy::cast_precision_loss,
    reason = "times of some days, to compute means with"
)]
pub(crate) fn seconds(us: i64) -> f64 {
    us as f64 / 1e6
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "times of some hours; a fraction of a microsecond is none"
)]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patience::{Wait, WaitEnd};

    fn traffic(calls: Vec<Call>) -> Traffic {
        let waits: Vec<Wait> = (1..100)
            .map(|n| Wait {
                seconds: f64::from(n),
                end: WaitEnd::GaveUp,
            })
            .collect();
        let habit = Habit {
            patience: Patience::fit(&waits),
            services_us: vec![7_000_000, 9_000_000],
        };
        Traffic {
            lines: vec!["line".to_owned()],
            habits: vec![habit],
            calls,
            shifts: Vec::new(),
            break_reason: ReasonId(1),
        }
    }

    fn call(number: u64, patience: Seen, service_us: Option<i64>) -> Call {
        let need = Need {
            habit: 0,
            patience,
            service_us,
        };
        Call {
            number,
            customer: 0,
            has_number: true,
            line: 0,
            arrives: Timestamp::from_micros(0),
            in_flow_us: 0,
            need: Some(need),
        }
    }

    #[test]
    fn what_was_seen_of_a_customer_stays_and_the_rest_is_drawn() {
        let answered = call(1, Seen::AtLeast(50_000_000), Some(3_000_000));
        let gave_up = call(2, Seen::Whole(20_000_000), None);
        for seed in 0..50 {
            let customers = traffic(vec![answered.clone(), gave_up.clone()]).customers(seed);
            let [Some(first), Some(second)] = customers[..] else {
                panic!("both need an agent")
            };
            assert!(first.patience_us >= 50_000_000);
            assert_eq!(first.service_us, 3_000_000);
            assert_eq!(second.patience_us, 20_000_000);
            assert!([7_000_000, 9_000_000].contains(&second.service_us));
        }
    }

    // Variants that are compared differ by what was changed, and by no chance of other calls.
    #[test]
    fn a_customer_is_the_same_whoever_else_calls() {
        let one = call(5, Seen::AtLeast(1), None);
        let other = call(6, Seen::AtLeast(1), None);
        let alone = traffic(vec![one.clone()]).customers(3);
        let together = traffic(vec![other, one]).customers(3);
        assert_eq!(alone[0], together[1]);
    }
}
