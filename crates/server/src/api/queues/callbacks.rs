//! How a queue calls its customers back, as the API has it.

use crate::api::flows::node::Prompt;
use serde::{Deserialize, Serialize};
use tandem_core::callback;
use tandem_core::ids::ScheduleId;
use tandem_core::schedule::Zone;
use utoipa::ToSchema;

/// How customers are called back.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallbackRules {
    /// How many may be pending, 1 to 5000.
    #[serde(default = "max_pending")]
    max_pending: u32,
    /// How often a customer is called, 1 to 10.
    #[serde(default = "attempts")]
    attempts: u32,
    /// The same on one day of the customer.
    #[serde(default = "attempts")]
    attempts_per_day: u32,
    /// Time to the next attempt when nobody answered, 60 to 86400.
    #[serde(default = "no_answer_s")]
    no_answer_s: u32,
    /// When the phone was busy, 60 to 86400.
    #[serde(default = "busy_s")]
    busy_s: u32,
    /// When the customer declined, 60 to 86400.
    #[serde(default = "declined_s")]
    declined_s: u32,
    /// The schedule of the times at which customers may be called, by their own clocks; always without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours_id: Option<u64>,
    /// The clocks of countries; that of the schedule for the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    zones: Vec<CountryZone>,
    /// What a customer gets who books again.
    #[serde(default)]
    duplicate: Duplicate,
    /// What becomes of those that are due when the queue closes.
    #[serde(default)]
    at_closing: CallbackAtClosing,
    /// After so long nobody is called any more, 60 to 2592000: from the booking, or the end of the window.
    #[serde(default = "expires_after_s")]
    expires_after_s: u32,
    /// Within so long of the booking the first attempt is promised, 60 to 2592000.
    #[serde(default = "promise_s")]
    promise_s: u32,
    /// What a customer gets who calls while a callback is pending.
    #[serde(default)]
    on_return: OnReturn,
    /// How customers are called before an agent is there; an agent is there first when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer_first: Option<CustomerFirst>,
}

/// How customers are called before an agent is there, because one will be free by the answer.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerFirst {
    /// What who answers hears, before the music: who calls, and why.
    greeting: Prompt,
    /// What who answered hears when no agent came in time.
    nobody_free: Prompt,
    /// How long who answered waits for an agent, 5 to 60.
    #[serde(default = "wait_s")]
    wait_s: u32,
    /// How many are called, or wait, at once, 1 to 20.
    #[serde(default = "at_once_max")]
    at_once_max: u32,
}

/// The clock of a country.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CountryZone {
    /// Its calling code, without the plus.
    country: String,
    /// An IANA name.
    time_zone: String,
}

/// What a customer gets who books again.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Duplicate {
    /// The first one counts for both.
    #[default]
    Keep,
    /// The new one.
    Replace,
    /// A refusal.
    Refuse,
}

/// What a customer gets who calls, and waits in the queue, while a callback is pending there.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnReturn {
    /// The place that was kept; the callback is over.
    #[default]
    TakesPlace,
    /// A place at the end; the callback stays.
    WaitsAnew,
}

/// What becomes of callbacks that are due when the queue closes.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallbackAtClosing {
    /// They come first at the next opening.
    #[default]
    Carry,
    Expire,
}

same_words! {
    Duplicate = callback::Duplicate { Keep, Replace, Refuse }
    CallbackAtClosing = callback::AtClosing { Carry, Expire }
    OnReturn = callback::OnReturn { TakesPlace, WaitsAnew }
}

const fn max_pending() -> u32 {
    500
}

const fn attempts() -> u32 {
    3
}

const fn no_answer_s() -> u32 {
    1_800
}

const fn busy_s() -> u32 {
    300
}

const fn declined_s() -> u32 {
    3_600
}

const fn expires_after_s() -> u32 {
    86_400
}

const fn promise_s() -> u32 {
    3_600
}

const fn wait_s() -> u32 {
    15
}

const fn at_once_max() -> u32 {
    3
}

impl From<CallbackRules> for callback::CallbackRules {
    fn from(sent: CallbackRules) -> Self {
        let zones = sent.zones.into_iter();
        Self {
            max_pending: sent.max_pending,
            attempts: callback::AttemptRules {
                max: sent.attempts,
                per_day: sent.attempts_per_day,
                no_answer_s: sent.no_answer_s,
                busy_s: sent.busy_s,
                declined_s: sent.declined_s,
            },
            hours: sent.hours_id.map(ScheduleId),
            zones: zones
                .map(|it| (it.country, Zone::named(&it.time_zone)))
                .collect(),
            duplicate: sent.duplicate.into(),
            at_closing: sent.at_closing.into(),
            expires_after_s: sent.expires_after_s,
            promise_s: sent.promise_s,
            on_return: sent.on_return.into(),
            customer_first: sent.customer_first.map(|it| Box::new(it.into())),
        }
    }
}

impl CallbackRules {
    pub(super) fn of(rules: &callback::CallbackRules) -> Self {
        let zones = rules.zones.iter();
        Self {
            max_pending: rules.max_pending,
            attempts: rules.attempts.max,
            attempts_per_day: rules.attempts.per_day,
            no_answer_s: rules.attempts.no_answer_s,
            busy_s: rules.attempts.busy_s,
            declined_s: rules.attempts.declined_s,
            hours_id: rules.hours.map(|it| it.0),
            zones: zones
                .map(|(country, zone)| CountryZone {
                    country: country.clone(),
                    time_zone: zone.name().to_owned(),
                })
                .collect(),
            duplicate: rules.duplicate.into(),
            at_closing: rules.at_closing.into(),
            expires_after_s: rules.expires_after_s,
            promise_s: rules.promise_s,
            on_return: rules.on_return.into(),
            customer_first: rules.customer_first.as_deref().map(CustomerFirst::of),
        }
    }
}

impl From<CustomerFirst> for callback::CustomerFirst {
    fn from(sent: CustomerFirst) -> Self {
        Self {
            greeting: sent.greeting.into(),
            nobody_free: sent.nobody_free.into(),
            wait_s: sent.wait_s,
            at_once_max: sent.at_once_max,
        }
    }
}

impl CustomerFirst {
    fn of(rules: &callback::CustomerFirst) -> Self {
        Self {
            greeting: rules.greeting.clone().into(),
            nobody_free: rules.nobody_free.clone().into(),
            wait_s: rules.wait_s,
            at_once_max: rules.at_once_max,
        }
    }
}
