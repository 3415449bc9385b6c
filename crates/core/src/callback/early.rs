//! Early calls: the customer of a callback is called before an agent is there, because one will be free by the
//! answer. What a queue says of them, how far one is, and how many may be risked (R-28, decision 0036).
//!
//! Whether to call is decided in [`crate::turn`]; nothing here knows lines or agents.

use crate::dialing::NotReached;
use crate::event::Event;
use crate::flow::{Prompt, in_range, validate_prompt};
use crate::ids::{ContactId, QueueId};
use crate::input::NotJoined;
use crate::limits;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a queue calls customers before an agent is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerFirst {
    /// What who answers hears, before the music: who calls, and why.
    pub greeting: Prompt,
    /// What who answered hears when no agent came in time.
    pub nobody_free: Prompt,
    /// How long who answered waits for an agent, s.
    pub wait_s: u32,
    /// How many are called, or wait, at once.
    pub at_once_max: u32,
}

impl CustomerFirst {
    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        let field = |name: &str| format!("callbacks.customer_first.{name}");
        validate_prompt(&field("greeting"), &self.greeting)?;
        validate_prompt(&field("nobody_free"), &self.nobody_free)?;
        let (min, max) = limits::EARLY_WAIT_SECONDS;
        in_range(&field("wait_s"), self.wait_s, min, max)?;
        let max = limits::EARLY_AT_ONCE_MAX;
        in_range(&field("at_once_max"), self.at_once_max, 1, max)
    }

    /// The prompts, with the fields that name them.
    pub fn prompts(&self) -> [(&'static str, &Prompt); 2] {
        [
            ("callbacks.customer_first.greeting", &self.greeting),
            ("callbacks.customer_first.nobody_free", &self.nobody_free),
        ]
    }
}

/// How far the early call of an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Early {
    /// It is looked at whether to call.
    Planned {
        /// When.
        at: Timestamp,
    },
    /// The customer's phone rings. The attempt keeps its place in the line and is put to nobody.
    Ringing {
        /// Since when.
        since: Timestamp,
        /// Until when the core waits for word.
        until: Timestamp,
        /// How it ended, when that was not the last word: the call is being asked about.
        ended: Option<NotJoined>,
    },
    /// The customer answered, and waits for an agent.
    Waiting {
        /// Since when.
        since: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// No agent came in time: the customer is told.
    Parting,
}

impl Early {
    /// When something is due.
    pub(crate) const fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Planned { at } => Some(*at),
            Self::Ringing { until, .. } | Self::Waiting { until, .. } => Some(*until),
            Self::Parting => None,
        }
    }
}

/// How an early call came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyEnd {
    /// The customer was not reached.
    NotReached(NotReached),
    /// The customer answered, and no agent came in time.
    NobodyFree,
    /// The customer answered, and left before an agent came.
    GaveUp,
}

impl EarlyEnd {
    /// Whether somebody answered and talked to nobody: what the law calls an abandoned call.
    #[must_use]
    pub const fn met_nobody(self) -> bool {
        match self {
            Self::NobodyFree | Self::GaveUp => true,
            Self::NotReached(_) => false,
        }
    }
}

/// Why a customer was called before an agent was there: the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// The place of the attempt in the line.
    pub position: u32,
    /// Four of five who stand there wait at most this for an agent, s.
    pub wait_p80_s: u32,
    /// How long customers take to answer, s.
    pub answer_s: u32,
    /// Agents who serve the queue.
    pub servers: u32,
    /// Early calls of the queue that were under way already.
    pub n_called: u32,
}

/// How the early calls of a queue go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pacing {
    /// Customers who are called, or answered and wait.
    n_called: u32,
    /// What may still be risked, in hundredths of a call.
    credit: u32,
    /// How long customers take to answer, ms: a mean that forgets.
    answer_ms: Option<u32>,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            n_called: 0,
            credit: limits::EARLY_CREDIT_FIRST,
            answer_ms: None,
        }
    }
}

impl Pacing {
    /// Customers who are called, or answered and wait.
    #[must_use]
    pub const fn n_called(&self) -> u32 {
        self.n_called
    }

    /// How long customers take to answer, s.
    #[must_use]
    pub fn answer_s(&self) -> u32 {
        let known = self.answer_ms.map(|ms| ms.div_ceil(1_000));
        known.unwrap_or(limits::EARLY_ANSWER_SECONDS)
    }

    /// Whether one more may be called: also if each of those who are called met nobody, no more would have than may.
    #[must_use]
    pub fn allows(&self, at_once_max: u32, servers: u32) -> bool {
        let risked = self.n_called.saturating_add(1);
        let worst = risked.saturating_mul(limits::EARLY_CREDIT_OF_A_CALL);
        risked <= at_once_max.min(servers) && worst <= self.credit
    }

    /// A customer answered a callback. Each adds to what may be risked.
    fn answered(&mut self) {
        let credit = self
            .credit
            .saturating_add(limits::EARLY_CREDIT_OF_AN_ANSWER);
        self.credit = credit.min(limits::EARLY_CREDIT_MAX);
    }

    fn answered_after(&mut self, rang_ms: u32) {
        const FORGET: u64 = 8;
        let (new, old) = (u64::from(rang_ms), self.answer_ms.map(u64::from));
        let mean = old.map_or(new, |old| (old * (FORGET - 1) + new) / FORGET);
        self.answer_ms = u32::try_from(mean).ok();
        self.answered();
    }

    const fn is_over(&mut self, met_nobody: bool) {
        self.n_called = self.n_called.saturating_sub(1);
        if met_nobody {
            self.credit = self.credit.saturating_sub(limits::EARLY_CREDIT_OF_A_CALL);
        }
    }
}

/// The early calls of all queues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pacings {
    by_queue: BTreeMap<QueueId, Pacing>,
    /// Those under way, and by which queue.
    called: BTreeMap<ContactId, QueueId>,
}

impl Pacings {
    pub(super) fn of(&self, queue: QueueId) -> Pacing {
        self.by_queue.get(&queue).copied().unwrap_or_default()
    }

    fn change(&mut self, queue: QueueId) -> &mut Pacing {
        self.by_queue.entry(queue).or_default()
    }

    /// An agent called first, and the customer of a callback of this queue answered.
    pub(super) fn reached(&mut self, queue: QueueId) {
        self.change(queue).answered();
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no early call"
    )]
    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::EarlyCalled(it) => {
                self.called.insert(it.contact, it.queue);
                self.change(it.queue).n_called += 1;
            }
            Event::EarlyAnswered(it) => self.change(it.queue).answered_after(it.rang_ms),
            Event::EarlyFailed(it) => self.over(it.contact, Some(it.why)),
            Event::Connected { contact, .. } => self.over(*contact, None),
            _ => {}
        }
    }

    fn over(&mut self, contact: ContactId, why: Option<EarlyEnd>) {
        if let Some(queue) = self.called.remove(&contact) {
            let met_nobody = why.is_some_and(EarlyEnd::met_nobody);
            self.change(queue).is_over(met_nobody);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn one_call_is_risked_at_first_and_three_more_for_each_hundred_answered() {
        let mut pacing = Pacing::default();
        assert!(pacing.allows(20, 50));
        pacing.n_called = 1;
        assert!(!pacing.allows(20, 50), "it may meet nobody");
        pacing.n_called = 0;
        for _ in 0..100 {
            pacing.answered();
        }
        let mut n = 0;
        while pacing.allows(20, 50) {
            pacing.n_called += 1;
            n += 1;
        }
        assert_eq!(n, 4);
        for _ in 0..n {
            pacing.is_over(true);
        }
        assert!(!pacing.allows(20, 50));
    }

    #[test]
    fn no_more_are_called_than_the_queue_says_and_agents_serve_it() {
        let mut pacing = Pacing {
            credit: limits::EARLY_CREDIT_MAX,
            ..Pacing::default()
        };
        pacing.n_called = 3;
        assert!(pacing.allows(4, 9));
        assert!(!pacing.allows(3, 9));
        assert!(!pacing.allows(9, 3));
    }

    #[test]
    fn time_to_answer_is_learned() {
        let mut pacing = Pacing::default();
        assert_eq!(pacing.answer_s(), limits::EARLY_ANSWER_SECONDS);
        pacing.answered_after(8_000);
        assert_eq!(pacing.answer_s(), 8);
        pacing.answered_after(16_000);
        assert_eq!(pacing.answer_s(), 9);
    }
}
