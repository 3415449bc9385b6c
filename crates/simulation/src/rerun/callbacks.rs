//! Callers of a rerun who are asked whether to be called back. Who says yes and whose phone is answered is assumed, with a
//! chance of its own for each call; what becomes of it the core decides, by its own orders.

use super::{Happening, Rerun};
use crate::dice::Dice;
use crate::traffic::Call;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::contact::Caller;
use tandem_core::effect::{Observation, Outcome};
use tandem_core::ids::{ContactId, EffectId, QueueId};
use tandem_core::input::{CallFact, Collected, NotJoined};

/// So that this chance is not that of patience and conversations, and yes is not that of phones.
const WISH_SEED: u64 = 0xD1B5_4A32_D192_ED03;
const PHONE_SEED: u64 = 0x8CB9_2BA7_2F3D_8DD7;

/// The key that says yes.
pub(crate) const YES: char = '1';
/// The calling code of everybody's number.
pub(crate) const COUNTRY: &str = "1";

/// What is assumed of the customers of a queue who are asked whether to be called back: none of it is on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// Of those who are asked, percent who say yes.
    pub share_percent: u8,
    /// Of the times that a phone rings, percent at which it is answered.
    pub reached_percent: u8,
    /// So long it rings until it is answered, s.
    pub answer_s: u32,
}

impl Assumed {
    /// Whether the customer of a call says yes when asked: the same with the same seed, whatever else is changed.
    #[must_use]
    pub fn says_yes(&self, seed: u64, call_number: u64) -> bool {
        let mut dice = Dice::new(seed ^ call_number.wrapping_mul(WISH_SEED));
        dice.chance(u64::from(self.share_percent))
    }

    /// Whether the phone is answered at this attempt.
    fn is_reached(&self, seed: u64, call_number: u64, n_attempt: usize) -> bool {
        let mut dice = Dice::new(seed ^ call_number.wrapping_mul(PHONE_SEED));
        // Each attempt has the next roll.
        for _ in 0..n_attempt {
            dice.roll();
        }
        dice.chance(u64::from(self.reached_percent))
    }
}

impl Rerun<'_> {
    /// In these queues callers are asked, by their flows, and behave so.
    #[must_use]
    pub fn asking(mut self, assumed: BTreeMap<QueueId, Assumed>) -> Self {
        self.assumed = assumed;
        self
    }

    /// The phone of who calls, where somebody may call it.
    pub(super) fn caller(&self, call: &Call) -> Option<Caller> {
        let is_needed = call.has_number && !self.assumed.is_empty();
        is_needed.then(|| Caller {
            address: format!("phone-{}", call.number),
            country: COUNTRY.to_owned(),
        })
    }

    fn assumed_of(&self, call: usize) -> Option<Assumed> {
        let queue = self.lived.courses[call].queue?;
        self.assumed.get(&queue).copied()
    }

    /// The customer hears the question, and answers it at once; who said no says no again. Answers whether it was asked of
    /// somebody of whom an answer is assumed.
    pub(super) fn is_asked(&mut self, contact: ContactId, effect: EffectId) -> bool {
        let call = self.calls.get(&contact).copied();
        let Some((n, assumed)) = call.and_then(|n| Some((n, self.assumed_of(n)?))) else {
            return false;
        };
        self.lived.courses[n].is_asked = true;
        let says_yes = assumed.says_yes(self.seed, self.traffic.calls[n].number);
        let result = if says_yes {
            Collected::Digits(YES.to_string())
        } else {
            Collected::NoInput
        };
        self.done(effect, None);
        self.tell(contact, CallFact::Collected { effect, result });
        true
    }

    /// The agent's client answers at once.
    pub(super) fn calls_agent(&mut self, contact: ContactId, effect: EffectId) {
        let leg = crate::cloud::leg_of(contact);
        self.done(effect, Some(leg.clone()));
        self.tell(contact, CallFact::LegUp { leg });
    }

    /// The customer's phone rings.
    pub(super) fn rings(&mut self, contact: ContactId, effect: EffectId, ring_s: u32) {
        let attempt = self.trades.attempt(contact);
        let called = self.trades.caller_of(contact).zip(attempt);
        let Some((n, attempt)) = called else {
            let code = super::outside::NOT_IN_A_RERUN.to_owned();
            self.settle(effect, Outcome::Failed { code });
            return;
        };
        let callback = self.center.state().callbacks.get(attempt.callback);
        // The ring of this order is among them.
        let n_before = callback.map_or(0, |it| it.rang_at.len().saturating_sub(1));
        let number = self.traffic.calls[n].number;
        let assumed = self.assumed_of(n);
        let answers = assumed
            .filter(|it| it.answer_s <= ring_s && it.is_reached(self.seed, number, n_before));
        self.done(effect, Some(format!("ringing-{effect}")));
        let (after_s, what) = match answers {
            Some(it) => (it.answer_s, Happening::CustomerAnswers(contact, effect)),
            None => (ring_s, Happening::PhoneRingsOut(contact, effect)),
        };
        self.plan(self.now.plus_seconds(after_s), what);
    }

    pub(super) fn customer_answers(&mut self, contact: ContactId, effect: EffectId) {
        let dialed = self.center.state().contacts.get(contact);
        let number = dialed.and_then(|it| it.dialed.as_ref());
        if let Some(address) = number.map(|it| it.address.clone()) {
            self.tell(contact, CallFact::AgentJoined { effect, address });
        }
    }

    pub(super) fn phone_rings_out(&mut self, contact: ContactId, effect: EffectId) {
        let why = NotJoined::NoAnswer;
        self.tell(contact, CallFact::AgentNotJoined { effect, why });
    }

    /// Customer and agent talk, for as long as they would have on the line.
    pub(super) fn reached(&mut self, attempt: ContactId) {
        let n = self.trades.caller_of(attempt);
        if let Some(customer) = n.and_then(|n| self.customers[n]) {
            let until = self.now.plus_micros(customer.service_us);
            self.plan(until, Happening::CustomerLeaves(attempt));
        }
    }

    /// The agent who calls is in the call, and the customer who answered.
    pub(super) fn observation_of_attempt(&self, contact: ContactId) -> Observation {
        let Some(attempt) = self.trades.attempt(contact) else {
            return Observation::Gone;
        };
        let agent = attempt.talks_to.or(attempt.dialed);
        let agent = agent.and_then(|it| self.center.state().agents.get(it.agent));
        Observation::Up {
            customer: attempt.talks_to.is_some(),
            agents: agent
                .map(|it| it.profile.address.clone())
                .into_iter()
                .collect(),
            recording: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_that_was_not_answered_may_be_answered_the_next_time() {
        let assumed = Assumed {
            share_percent: 100,
            reached_percent: 70,
            answer_s: 10,
        };
        let missed: Vec<u64> = (0..2_000)
            .filter(|number| !assumed.is_reached(1, *number, 0))
            .collect();
        assert!((500..700).contains(&missed.len()), "{}", missed.len());
        for n_attempt in [1, 2] {
            let again = missed.iter();
            let again = again.filter(|number| assumed.is_reached(1, **number, n_attempt));
            let percent = 100 * again.count() / missed.len();
            assert!((62..78).contains(&percent), "{percent} %");
        }
    }
}
