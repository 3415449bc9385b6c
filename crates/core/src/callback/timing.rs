//! When a customer may be called: while the queue is open, at the times of the customer's own day that the queue
//! allows, and not too often on one day. What came of it is an event; a rebuild never asks again.

use super::{Callback, CallbackRules, PutOff};
use crate::ids::QueueId;
use crate::limits;
use crate::schedule::{Hours, Schedule, Zone};
use crate::state::State;
use crate::switch::Matter;
use crate::time::Timestamp;

/// Whether a customer may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayRing {
    /// Now.
    Now,
    /// Not before this instant, at which it is looked at again.
    Later(Timestamp, PutOff),
}

impl State {
    /// Whether the customer of a callback may be called now, as far as time says.
    pub(crate) fn may_ring(&self, now: Timestamp, callback: &Callback) -> MayRing {
        if let Some(at) = self.queue_opens_at(now, callback.queue) {
            return MayRing::Later(at, PutOff::Closed);
        }
        let queue = self.settings.queue(callback.queue);
        let Some(rules) = queue.and_then(|it| it.callbacks.as_deref()) else {
            return MayRing::Now;
        };
        let schedule = rules.hours.and_then(|id| self.settings.schedules.get(&id));
        let local = schedule.map(|standing| {
            let mut local = standing.document.clone();
            if let Some(zone) = zone_of(callback, rules) {
                local.time_zone = zone.clone();
            }
            local
        });
        if let Some(at) = local.as_ref().and_then(|local| opens_at(local, now)) {
            return MayRing::Later(at, PutOff::OutsideHours);
        }
        let zone = zone_of(callback, rules);
        let zone = zone.or_else(|| local.as_ref().map(|it| &it.time_zone));
        match next_day(now, callback, rules, zone) {
            Some(at) => MayRing::Later(at, PutOff::DayIsFull),
            None => MayRing::Now,
        }
    }

    /// When a queue that is not open opens. A switch may be ended sooner than it says: it is looked at again.
    fn queue_opens_at(&self, now: Timestamp, queue: QueueId) -> Option<Timestamp> {
        if self.hours_of(now, queue) == Hours::Open {
            return None;
        }
        let again = now.plus_seconds(limits::CALLBACK_LOOK_AGAIN_SECONDS);
        if let Some(switch) = self.switches.holds(now, queue, Matter::Hours) {
            return Some(switch.until.min(again));
        }
        let schedule = self.settings.schedule_of(queue);
        schedule.map_or(Some(again), |(_, it)| opens_at(&it.document, now))
    }
}

/// What somebody said, else what the queue says of the country.
fn zone_of<'a>(callback: &'a Callback, rules: &'a CallbackRules) -> Option<&'a Zone> {
    let said = callback.person.zone.as_ref();
    said.or_else(|| rules.zones.get(&callback.person.country))
}

/// When a schedule that is not open opens. Nobody knows when an emergency ends: it is looked at again.
fn opens_at(schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
    if schedule.at(now) == Hours::Open {
        return None;
    }
    let changes = std::iter::successors(schedule.next_change(now), |at| schedule.next_change(*at));
    let mut changes = changes.take(limits::CALLBACK_CHANGES_MAX);
    let opening = changes.find(|at| schedule.at(*at) == Hours::Open);
    Some(opening.unwrap_or_else(|| now.plus_seconds(limits::CALLBACK_LOOK_AGAIN_SECONDS)))
}

/// The begin of the customer's next day, when this one had as many attempts as it may. Without a clock of the
/// customer's it is a day after the first of them.
fn next_day(
    now: Timestamp,
    callback: &Callback,
    rules: &CallbackRules,
    zone: Option<&Zone>,
) -> Option<Timestamp> {
    let today = zone.and_then(|it| it.date_of(now));
    let is_today = |at: &&Timestamp| match (zone, today) {
        (Some(zone), Some(today)) => zone.date_of(**at) == Some(today),
        (_, _) => now < at.plus_seconds(limits::SECONDS_OF_A_DAY),
    };
    let of_today = callback.rang_at.iter().filter(is_today);
    let n = u32::try_from(of_today.clone().count()).unwrap_or(u32::MAX);
    if n < rules.attempts.per_day {
        return None;
    }
    let tomorrow = today.and_then(|today| today.tomorrow().ok());
    let begins = tomorrow.and_then(|date| zone?.begin_of(&date.to_string()));
    let first = of_today.copied().min().unwrap_or(now);
    Some(begins.unwrap_or_else(|| first.plus_seconds(limits::SECONDS_OF_A_DAY)))
}
