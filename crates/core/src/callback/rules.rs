//! What a queue says of callbacks: how many, how often and when a customer is called, and what becomes of those that
//! are pending.

use super::CustomerFirst;
use crate::flow::{in_range, invalid};
use crate::ids::ScheduleId;
use crate::limits;
use crate::refusal::Refusal;
use crate::schedule::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a queue calls back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackRules {
    /// How many may be pending.
    pub max_pending: u32,
    /// How often a customer is called.
    pub attempts: AttemptRules,
    /// When customers may be called, by their own clock; always without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<ScheduleId>,
    /// The clock of the customers of a country, by its calling code; that of the schedule for the others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, Zone>,
    /// What a customer gets who books twice.
    pub duplicate: Duplicate,
    /// What becomes of those that are due when the queue closes.
    pub at_closing: AtClosing,
    /// How long after it was booked, or after its window, nobody is called any more, s.
    pub expires_after_s: u32,
    /// How long after it was booked the first attempt is promised, s; a window is a promise of its own.
    pub promise_s: u32,
    /// What a customer gets who calls while a callback is pending.
    #[serde(default, skip_serializing_if = "OnReturn::is_default")]
    pub on_return: OnReturn,
    /// How customers are called before an agent is there; an agent is there first without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_first: Option<Box<CustomerFirst>>,
}

/// How often a customer is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRules {
    /// In all.
    pub max: u32,
    /// On one day of the customer.
    pub per_day: u32,
    /// Time between an attempt that nobody answered and the next, s.
    pub no_answer_s: u32,
    /// The same after a busy phone, s.
    pub busy_s: u32,
    /// The same after the customer declined, s.
    pub declined_s: u32,
}

/// What a customer gets who books again in the same queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicate {
    /// The first one stays and counts for both.
    Keep,
    /// The new one, and the first is called off.
    Replace,
    /// The new one is refused.
    Refuse,
}

/// What a customer gets who calls, and waits in the queue, while a callback is pending there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnReturn {
    /// The place that was kept; the callback is over.
    #[default]
    TakesPlace,
    /// A place at the end; the callback stays.
    WaitsAnew,
}

impl OnReturn {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of callbacks that are due when their queue closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtClosing {
    /// They come again at the next opening, at their old places: before all who call then.
    Carry,
    /// They are over.
    Expire,
}

impl CallbackRules {
    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        let field = |name: &str| format!("callbacks.{name}");
        let max = u32::try_from(limits::CALLBACKS_PER_QUEUE_MAX).unwrap_or(u32::MAX);
        in_range(&field("max_pending"), self.max_pending, 1, max)?;
        let most = limits::CALLBACK_ATTEMPTS_MAX;
        in_range(&field("attempts.max"), self.attempts.max, 1, most)?;
        in_range(&field("attempts.per_day"), self.attempts.per_day, 1, most)?;
        let (min, max) = limits::CALLBACK_SPACING_SECONDS;
        for (name, spacing_s) in [
            ("attempts.no_answer_s", self.attempts.no_answer_s),
            ("attempts.busy_s", self.attempts.busy_s),
            ("attempts.declined_s", self.attempts.declined_s),
        ] {
            in_range(&field(name), spacing_s, min, max)?;
        }
        let max = limits::CALLBACK_SECONDS_MAX;
        in_range(&field("expires_after_s"), self.expires_after_s, 60, max)?;
        in_range(&field("promise_s"), self.promise_s, 60, max)?;
        if let Some(rules) = &self.customer_first {
            rules.validate()?;
        }
        self.validate_zones(&field("zones"))
    }

    fn validate_zones(&self, field: &str) -> Result<(), Refusal> {
        if self.zones.len() > limits::COUNTRIES_PER_QUEUE_MAX {
            let max = limits::COUNTRIES_PER_QUEUE_MAX;
            return Err(invalid(field, format!("name at most {max} countries")));
        }
        for (country, zone) in &self.zones {
            let is_code = (1..=3).contains(&country.len())
                && country.bytes().all(|byte| byte.is_ascii_digit())
                && !country.starts_with('0');
            if !is_code {
                let detail = "write calling codes of 1 to 3 digits, for example 49".to_owned();
                return Err(invalid(field, detail));
            }
            if !zone.is_known() {
                let name = zone.name();
                let detail = format!("there is no time zone \"{name}\"; write an IANA name");
                return Err(invalid(&format!("{field}.{country}"), detail));
            }
        }
        Ok(())
    }
}
