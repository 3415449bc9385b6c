//! The call of a contact, as far as facts have told; and when to ask the other side about it, because
//! no word that comes by itself is ever the only source of a fact.

use crate::ids::EffectId;
use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The call of a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The leg's opaque reference, once known.
    pub leg: Option<String>,
    /// Whether it came up.
    pub is_up: bool,
    /// The highest roster sequence seen.
    pub roster: u64,
    /// How it is known that the customer was in it.
    pub customer: Customer,
    /// Whether the last roster since the agent's client began to ring showed the agent.
    pub agent_seen: bool,
    /// Whether a roster lacked the agent whom an earlier one had shown.
    #[serde(default)]
    pub(crate) agent_left: bool,
    /// When the other side is to be asked about it, if no word comes until then.
    ask_at: Option<Timestamp>,
    /// How often it was asked about since the last word that came by itself.
    n_asked: u32,
    /// The open question. An answer to another one is older than some word that came meanwhile.
    inquiry: Option<EffectId>,
    /// Until when an answered call may take to come up.
    answer_until: Option<Timestamp>,
    /// After a start: until when the contact is left as it was, unless word of the call comes.
    unconfirmed_until: Option<Timestamp>,
}

/// How it is known that a customer was in the call. Rosters are ordered among themselves alone: one that
/// lacks the customer may be older than an answer that had the customer in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Customer {
    /// Nobody told.
    #[default]
    Unseen,
    /// The other side said so when it was asked.
    Met,
    /// A roster showed the customer.
    Listed,
}

impl Call {
    /// Whether nothing was heard of it since the process started.
    #[must_use]
    pub const fn is_unconfirmed(&self) -> bool {
        self.unconfirmed_until.is_some()
    }

    /// The call of a contact that just arrived, or whose answer may have been under way when the process
    /// ended: it is given its time.
    pub(crate) fn awaited(&mut self, now: Timestamp) {
        self.answer_until = Some(now.plus_seconds(limits::ANSWER_SECONDS_MAX));
    }

    pub(crate) const fn answer_until(&self) -> Option<Timestamp> {
        self.answer_until
    }

    pub(crate) const fn ask_at(&self) -> Option<Timestamp> {
        self.ask_at
    }

    pub(crate) const fn unconfirmed_until(&self) -> Option<Timestamp> {
        self.unconfirmed_until
    }

    pub(crate) fn is_answered_by(&self, inquiry: EffectId) -> bool {
        self.inquiry == Some(inquiry)
    }

    /// Word of the call came: whatever was asked before is overtaken.
    pub(crate) fn heard(&mut self, now: Timestamp) {
        self.inquiry = None;
        self.n_asked = 0;
        self.confirmed(now);
    }

    /// The answer to the open question. A question that is due already is asked all the same: that an order
    /// was taken, for instance, does not tell who is in the call.
    pub(crate) fn confirmed(&mut self, now: Timestamp) {
        self.unconfirmed_until = None;
        if self.ask_at.is_none_or(|at| at > now) {
            self.ask_at = Some(now.plus_seconds(self.silence_s()));
        }
    }

    pub(crate) fn asked(&mut self, now: Timestamp, inquiry: EffectId) {
        self.inquiry = Some(inquiry);
        self.n_asked = (self.n_asked + 1).min(limits::SILENCE_DOUBLINGS_MAX);
        self.ask_at = Some(now.plus_seconds(self.silence_s()));
    }

    /// The question was not answered: while the contact is held up by it, it is asked again soon.
    pub(crate) fn not_told(&mut self, now: Timestamp, inquiry: EffectId) {
        if self.is_answered_by(inquiry) && self.is_unconfirmed() {
            self.ask_at = Some(now.plus_seconds(limits::UNANSWERED_SECONDS));
        }
    }

    /// Somebody is being put into it: word is to be expected soon.
    pub(crate) fn offered(&mut self, now: Timestamp) {
        let soon = now.plus_seconds(limits::OFFER_SILENCE_SECONDS);
        self.ask_at = self.ask_at.map(|at| at.min(soon));
    }

    /// The call is to be asked about at once.
    pub(crate) const fn doubted(&mut self, now: Timestamp) {
        self.ask_at = Some(now);
    }

    /// The process that followed it is gone: what happened meanwhile is not known.
    pub(crate) fn left_alone(&mut self, now: Timestamp) {
        self.inquiry = None;
        self.n_asked = 0;
        self.doubted(now);
        self.unconfirmed_until = Some(now.plus_seconds(limits::CONFIRMATION_SECONDS_MAX));
    }

    /// The other side cannot be asked; the contact goes on as if the call were as it was.
    pub(crate) const fn presumed(&mut self) {
        self.unconfirmed_until = None;
    }

    /// A call that is coming up says so within moments; one that is up may be silent for longer, and
    /// the longer it is, the less often it is asked about.
    fn silence_s(&self) -> u32 {
        if self.is_up {
            limits::SILENCE_SECONDS << self.n_asked.min(limits::SILENCE_DOUBLINGS_MAX)
        } else {
            limits::CONNECT_SECONDS
        }
    }
}
