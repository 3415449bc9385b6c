//! A filter as a query. Which index leads is chosen here and not left to the planner, which has no figures of
//! the tables: the condition that leaves the fewest contacts by experience is looked through, newest first.

use super::HistoryFilter;
use tandem_core::contact::{Channel, Direction};
use tandem_core::ids::AgentId;
use tandem_core::scope::Sight;

/// Thresholds of the indices of long waits, the highest first, ms.
const WAITS: [(u64, &str); 3] = [
    (600_000, "contacts_waited_10_min"),
    (120_000, "contacts_waited_2_min"),
    (30_000, "contacts_waited_30_s"),
];

/// The tables and conditions of a query. `?1` is the center's number, `?2` the first contact, `?3` the one
/// below which they lie; the filter's values follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) from: &'static str,
    /// The column whose order is that of arrival.
    pub(super) order: &'static str,
    pub(super) conditions: String,
    pub(super) values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
}

/// What leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Agent(AgentId),
    Queue,
    Contacts,
}

/// The first three placeholders are taken.
const FIRST_VALUE: usize = 4;

impl Query {
    /// `end_reason` is the word that the filter names.
    pub(super) fn of(filter: &HistoryFilter, end_reason: Option<String>) -> Self {
        let lead = lead(filter);
        let mut query = Self {
            from: tables(filter, lead),
            order: match lead {
                Lead::Agent(_) | Lead::Queue => "l.contact",
                Lead::Contacts => "c.contact",
            },
            conditions: "c.center = ?1 AND c.contact >= ?2 AND c.contact < ?3".to_owned(),
            values: Vec::new(),
        };
        query.lead(filter, lead);
        query.facts(filter, end_reason);
        query.people(filter, lead);
        query.within(&filter.sight);
        query.within(&filter.team);
        query
    }

    /// The leading table is walked by the same bounds.
    fn lead(&mut self, filter: &HistoryFilter, lead: Lead) {
        let walked = "l.center = ?1 AND l.contact >= ?2 AND l.contact < ?3";
        match lead {
            Lead::Contacts => {}
            Lead::Agent(agent) => self.and(
                &format!("{walked} AND l.agent = {{}}"),
                Value::Number(stored(agent.0)),
            ),
            Lead::Queue => {
                let queue = filter.queue.map_or(0, |queue| stored(queue.0));
                self.and(
                    &format!("{walked} AND l.queue = {{}}"),
                    Value::Number(queue),
                );
            }
        }
    }

    fn facts(&mut self, filter: &HistoryFilter, end_reason: Option<String>) {
        let numbers = [
            // The plus keeps the planner from the index: the bounds of the contact say the same.
            ("+c.arrived_us >= {}", filter.from.map(|it| it.0)),
            ("+c.arrived_us < {}", filter.to.map(|it| it.0)),
            (
                "c.disposition = {}",
                filter.disposition.map(|it| stored(it.0)),
            ),
            (
                "c.customer = {}",
                filter.customer.map(|it| it.0.cast_signed()),
            ),
            ("c.wait_ms >= {}", filter.wait_ms_min.map(stored)),
        ];
        for (condition, value) in numbers {
            if let Some(value) = value {
                self.and(condition, Value::Number(value));
            }
        }
        if let Some(reason) = end_reason {
            self.and("c.end_reason = {}", Value::Text(reason));
        }
        let outbound = filter.direction.map(|it| it == Direction::Outbound);
        let message = filter.channel.map(|it| it == Channel::Voicemail);
        let flags = [
            (outbound, "c.is_outbound = 1", "c.is_outbound = 0"),
            (message, "c.is_message = 1", "c.is_message = 0"),
            (
                filter.has_recording,
                "c.has_recording = 1",
                "c.has_recording = 0",
            ),
            (
                filter.is_open,
                "c.ended_us IS NULL",
                "c.ended_us IS NOT NULL",
            ),
        ];
        for (wanted, yes, no) in flags {
            if let Some(wanted) = wanted {
                self.plainly(if wanted { yes } else { no });
            }
        }
        // The planner takes a partial index only when the condition stands there word for word.
        if let Some((threshold, _)) = filter.wait_ms_min.and_then(waited) {
            self.plainly(&format!("c.wait_ms >= {threshold}"));
        }
    }

    fn people(&mut self, filter: &HistoryFilter, lead: Lead) {
        let agents = [filter.agent, filter.seen_by].into_iter().flatten();
        for agent in agents.filter(|agent| lead != Lead::Agent(*agent)) {
            self.and(
                "EXISTS (SELECT 1 FROM contact_agents a WHERE a.center = c.center AND a.agent = {} AND a.contact = c.contact)",
                Value::Number(stored(agent.0)),
            );
        }
        if let Some(queue) = filter.queue.filter(|_| lead != Lead::Queue) {
            self.and(
                "EXISTS (SELECT 1 FROM contact_queues q WHERE q.center = c.center AND q.queue = {} AND q.contact = c.contact)",
                Value::Number(stored(queue.0)),
            );
        }
    }

    /// The lists in the row itself are looked through: however many queues and agents somebody sees, it costs each
    /// contact the same.
    fn within(&mut self, sight: &Sight) {
        let Sight::Of(seen) = sight else { return };
        let queues = format!("?{}", FIRST_VALUE + self.values.len());
        let agents = format!("?{}", FIRST_VALUE + self.values.len() + 1);
        self.plainly(&format!(
            "(EXISTS (SELECT 1 FROM json_each(c.queues) q WHERE q.value IN (SELECT value FROM json_each({queues})))
             OR EXISTS (SELECT 1 FROM json_each(c.agents) a WHERE json_extract(a.value, '$[0]') IN
             (SELECT value FROM json_each({agents}))))"
        ));
        self.values.push(list(seen.queues.iter().map(|it| it.0)));
        self.values.push(list(seen.agents.iter().map(|it| it.0)));
    }

    fn and(&mut self, condition: &str, value: Value) {
        let place = format!("?{}", FIRST_VALUE + self.values.len());
        self.plainly(&condition.replace("{}", &place));
        self.values.push(value);
    }

    fn plainly(&mut self, condition: &str) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
    }
}

fn list(ids: impl Iterator<Item = u64>) -> Value {
    Value::Text(serde_json::Value::from_iter(ids).to_string())
}

fn lead(filter: &HistoryFilter) -> Lead {
    let is_better_led = filter.customer.is_some() || filter.is_open == Some(true);
    match (filter.agent.or(filter.seen_by), filter.queue) {
        _ if is_better_led => Lead::Contacts,
        (Some(agent), _) => Lead::Agent(agent),
        (None, Some(_)) if index(filter).is_none() => Lead::Queue,
        (None, _) => Lead::Contacts,
    }
}

fn tables(filter: &HistoryFilter, lead: Lead) -> &'static str {
    match lead {
        // CROSS JOIN keeps the order (sqlite.org/optoverview.html, 7.3).
        Lead::Agent(_) => {
            "contact_agents l CROSS JOIN contacts c ON c.center = l.center AND c.contact = l.contact"
        }
        Lead::Queue => {
            "contact_queues l CROSS JOIN contacts c ON c.center = l.center AND c.contact = l.contact"
        }
        Lead::Contacts => index(filter).unwrap_or("contacts c"),
    }
}

/// The index of the rarest condition.
fn index(filter: &HistoryFilter) -> Option<&'static str> {
    let waited = filter.wait_ms_min.and_then(waited).map(|(_, index)| index);
    let is_handled = matches!(
        filter.end_reason,
        Some(tandem_core::event::EndReason::Handled)
    );
    if filter.customer.is_some() {
        Some("contacts c INDEXED BY contacts_by_customer")
    } else if filter.is_open == Some(true) {
        Some("contacts c INDEXED BY contacts_open")
    } else if waited == Some("contacts_waited_10_min") {
        Some("contacts c INDEXED BY contacts_waited_10_min")
    } else if filter.channel == Some(Channel::Voicemail) {
        Some("contacts c INDEXED BY contacts_messages")
    } else if filter.end_reason.is_some() && !is_handled {
        Some("contacts c INDEXED BY contacts_by_end")
    } else if filter.direction == Some(Direction::Outbound) {
        Some("contacts c INDEXED BY contacts_outbound")
    } else if filter.disposition.is_some() {
        Some("contacts c INDEXED BY contacts_by_disposition")
    } else {
        common_index(filter, waited)
    }
}

/// The index of a condition that many contacts meet.
fn common_index(filter: &HistoryFilter, waited: Option<&str>) -> Option<&'static str> {
    match waited {
        Some("contacts_waited_2_min") => Some("contacts c INDEXED BY contacts_waited_2_min"),
        _ if filter.queue.is_some() => None,
        Some(_) => Some("contacts c INDEXED BY contacts_waited_30_s"),
        None if filter.has_recording == Some(true) => {
            Some("contacts c INDEXED BY contacts_recorded")
        }
        None if filter.end_reason.is_some() => Some("contacts c INDEXED BY contacts_by_end"),
        None => None,
    }
}

fn waited(ms: u64) -> Option<(u64, &'static str)> {
    WAITS.into_iter().find(|(threshold, _)| ms >= *threshold)
}

/// Ids and times never come near the upper half; a number from outside that does names nothing.
pub(super) fn stored(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
