//! A filter as a query. Which index leads is chosen here ([`lead`]) and not left to the planner, which has no figures
//! of the tables: the condition that leaves the fewest contacts by experience is looked through, newest first.

mod behind;
mod lead;

use super::HistoryFilter;
use crate::figures::Behind;
use behind::{Meant, meant};
use lead::{Lead, Whose, index, lead, waited};
use tandem_core::contact::{Channel, Direction};
use tandem_core::ids::AgentId;
use tandem_core::scope::{Seen, Sight};

/// The contacts that are meant. `?1` is the center's number, `?2` the first contact, `?3` the one below which they
/// lie; the filter's values follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    lead: Lead,
    tables: String,
    conditions: String,
    /// The queues and agents of a sight that are walked side by side.
    walks: Vec<Walk>,
    pub(super) values: Vec<Value>,
}

/// One of them: its table and condition.
#[derive(Debug, PartialEq, Eq)]
struct Walk {
    table: String,
    condition: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
}

/// The first three placeholders are taken.
const FIRST_VALUE: usize = 4;
/// The contacts themselves. CROSS JOIN keeps the order (sqlite.org/optoverview.html, 7.3).
const CONTACTS_BESIDE: &str =
    " CROSS JOIN contacts c ON c.center = l.center AND c.contact = l.contact";

impl Query {
    /// `end_reason` is the word that the filter names.
    pub(super) fn of(filter: &HistoryFilter, end_reason: Option<String>) -> Self {
        let lead = lead(filter);
        let t = lead.alias();
        let mut query = Self {
            lead,
            tables: String::new(),
            conditions: format!("{t}.center = ?1 AND {t}.contact >= ?2 AND {t}.contact < ?3"),
            walks: Vec::new(),
            values: Vec::new(),
        };
        match lead {
            Lead::Agent(agent) => query.and("l.agent = {}", Value::Number(stored(agent.0))),
            Lead::Queue(queue) => query.and("l.queue = {}", Value::Number(stored(queue.0))),
            Lead::Sight(_) | Lead::Contacts => {}
        }
        query.facts(filter, end_reason);
        query.people(filter);
        if let Some(behind) = &filter.behind {
            query.behind(behind);
        }
        query.tables = match lead {
            Lead::Agent(_) => "contact_agents l".to_owned(),
            Lead::Queue(_) => "contact_queues l".to_owned(),
            Lead::Sight(_) => String::new(),
            Lead::Contacts if filter.behind.is_some() => "contacts c".to_owned(),
            Lead::Contacts => index(filter).unwrap_or("contacts c").to_owned(),
        };
        for (whose, sight) in [(Whose::Team, &filter.team), (Whose::Scope, &filter.sight)] {
            if let Sight::Of(seen) = sight {
                query.within(seen, whose, filter);
            }
        }
        query
    }

    /// Columns of the contacts, at most so many, newest first.
    pub(super) fn list(&self, columns: &str, limit: usize) -> String {
        let rows = self.rows(columns, Some(limit));
        format!("{rows} ORDER BY c.contact DESC LIMIT {limit}")
    }

    /// How many there are, at most so many.
    pub(super) fn count(&self, at_most: i64) -> String {
        let ids = self.ids();
        format!("SELECT COUNT(*) FROM ({ids} ORDER BY 1 DESC LIMIT {at_most})")
    }

    /// Columns of all of them, in no order.
    pub(super) fn rows(&self, columns: &str, limit: Option<usize>) -> String {
        if self.lead == Lead::Contacts {
            let Self {
                tables, conditions, ..
            } = self;
            return format!("SELECT {columns} FROM {tables} WHERE {conditions}");
        }
        let newest = limit.map_or(String::new(), |limit| {
            format!(" ORDER BY 1 DESC LIMIT {limit}")
        });
        let ids = self.ids();
        format!(
            "SELECT {columns} FROM contacts c WHERE c.center = ?1 AND c.contact IN ({ids}{newest})"
        )
    }

    /// Whether the text is one of many, which nobody will ask with again soon.
    pub(super) fn is_rare(&self) -> bool {
        !self.walks.is_empty()
    }

    /// The ids alone. Several walks are merged by SQLite, each in its order, and a contact of two of them is one.
    fn ids(&self) -> String {
        let Self {
            lead,
            tables,
            conditions,
            walks,
            ..
        } = self;
        if walks.is_empty() {
            let t = lead.alias();
            return format!("SELECT {t}.contact FROM {tables} WHERE {conditions}");
        }
        let walk = |Walk { table, condition }: &Walk| {
            format!("SELECT l.contact FROM {table}{tables} WHERE {condition} AND {conditions}")
        };
        let walks: Vec<String> = walks.iter().map(walk).collect();
        walks.join(" UNION ")
    }

    fn facts(&mut self, filter: &HistoryFilter, end_reason: Option<String>) {
        let t = self.lead.alias();
        if self.lead == Lead::Contacts {
            // The plus keeps the planner from the index: the bounds of the contact say the same.
            let arrived = [
                ("+c.arrived_us >= {}", filter.from),
                ("+c.arrived_us < {}", filter.to),
            ];
            for (condition, at) in arrived {
                if let Some(at) = at {
                    self.and(condition, Value::Number(at.0));
                }
            }
            // Who asks for a customer is led by the contacts.
            if let Some(customer) = filter.customer {
                self.and("c.customer = {}", Value::Number(customer.0.cast_signed()));
            }
        }
        let numbers = [
            ("disposition = {}", filter.disposition.map(|it| it.0)),
            ("wait_ms >= {}", filter.wait_ms_min),
        ];
        for (condition, value) in numbers {
            if let Some(value) = value {
                self.and(&format!("{t}.{condition}"), Value::Number(stored(value)));
            }
        }
        if let Some(reason) = end_reason {
            self.and(&format!("{t}.end_reason = {{}}"), Value::Text(reason));
        }
        self.flags(filter);
        // The planner takes a partial index only when the condition stands there word for word.
        if self.lead == Lead::Contacts
            && let Some((threshold, _)) = filter.wait_ms_min.and_then(waited)
        {
            self.plainly(&format!("c.wait_ms >= {threshold}"));
        }
    }

    fn flags(&mut self, filter: &HistoryFilter) {
        let t = self.lead.alias();
        let outbound = filter.direction.map(|it| it == Direction::Outbound);
        let message = filter.channel.map(|it| it == Channel::Voicemail);
        let flags = [
            ("is_outbound", outbound),
            ("is_message", message),
            ("has_recording", filter.has_recording),
        ];
        for (flag, wanted) in flags {
            if let Some(wanted) = wanted {
                self.plainly(&format!("{t}.{flag} = {}", u8::from(wanted)));
            }
        }
        match (filter.is_open, self.lead) {
            (None, _) => {}
            (Some(true), Lead::Contacts) => self.plainly("c.ended_us IS NULL"),
            (Some(false), Lead::Contacts) => self.plainly("c.ended_us IS NOT NULL"),
            (Some(is_open), Lead::Agent(_) | Lead::Queue(_) | Lead::Sight(_)) => {
                self.plainly(&format!("l.is_open = {}", u8::from(is_open)));
            }
        }
    }

    /// Not by EXISTS, of which SQLite makes a join that is asked after what costs more.
    fn people(&mut self, filter: &HistoryFilter) {
        let (lead, t) = (self.lead, self.lead.alias());
        let agents = [filter.agent, filter.seen_by].into_iter().flatten();
        for agent in agents.filter(|agent| lead != Lead::Agent(*agent)) {
            self.and(
                &format!("(SELECT 1 FROM contact_agents a WHERE a.center = {t}.center AND a.agent = {{}} AND a.contact = {t}.contact) IS NOT NULL"),
                Value::Number(stored(agent.0)),
            );
        }
        if let Some(queue) = filter.queue.filter(|it| lead != Lead::Queue(*it)) {
            self.and(
                &format!("(SELECT 1 FROM contact_queues q WHERE q.center = {t}.center AND q.queue = {{}} AND q.contact = {t}.contact) IS NOT NULL"),
                Value::Number(stored(queue.0)),
            );
        }
    }

    /// Those behind a figure, found by its facts.
    fn behind(&mut self, behind: &Behind) {
        let t = self.lead.alias();
        let Meant {
            table,
            whose,
            id,
            at,
            condition,
        } = meant(behind);
        let stretch = match behind {
            Behind::Queue { stretch, .. } | Behind::Agent { stretch, .. } => stretch,
        };
        let id = self.place(Value::Number(stored(id)));
        let from = self.place(Value::Number(stretch.from.0));
        let to = self.place(Value::Number(stretch.to.0));
        self.plainly(&format!(
            "{t}.contact IN (SELECT f.contact FROM {table} WHERE f.center = ?1 AND f.{whose} = {id}
             AND f.{at} >= {from} AND f.{at} < {to}{condition})"
        ));
    }

    /// What a sight leaves of them.
    fn within(&mut self, seen: &Seen, whose: Whose, filter: &HistoryFilter) {
        let is_seen = |agent: AgentId| seen.agents.contains(&agent);
        let is_within = filter.queue.is_some_and(|it| seen.queues.contains(&it))
            || [filter.agent, filter.seen_by]
                .into_iter()
                .flatten()
                .any(is_seen);
        if is_within {
            return;
        }
        if seen.queues.is_empty() && seen.agents.is_empty() {
            self.plainly("FALSE");
        } else if self.lead == Lead::Sight(whose) {
            self.walk(seen);
        } else {
            self.look_through(seen);
        }
    }

    fn walk(&mut self, seen: &Seen) {
        let queues = seen.queues.iter().map(|it| ("queue", it.0));
        let agents = seen.agents.iter().map(|it| ("agent", it.0));
        for (what, id) in queues.chain(agents) {
            let place = self.place(Value::Number(stored(id)));
            self.walks.push(Walk {
                table: format!("contact_{what}s l"),
                condition: format!("l.{what} = {place}"),
            });
        }
    }

    /// The lists in the row itself are looked through: however many queues and agents somebody sees, it costs each
    /// contact the same.
    fn look_through(&mut self, seen: &Seen) {
        if self.lead != Lead::Contacts && !self.tables.ends_with(CONTACTS_BESIDE) {
            self.tables.push_str(CONTACTS_BESIDE);
        }
        let queues = self.place(list(seen.queues.iter().map(|it| it.0)));
        let agents = self.place(list(seen.agents.iter().map(|it| it.0)));
        self.plainly(&format!(
            "(EXISTS (SELECT 1 FROM json_each(c.queues) q WHERE q.value IN (SELECT value FROM json_each({queues})))
             OR EXISTS (SELECT 1 FROM json_each(c.agents) a WHERE json_extract(a.value, '$[0]') IN
             (SELECT value FROM json_each({agents}))))"
        ));
    }

    fn place(&mut self, value: Value) -> String {
        let place = format!("?{}", FIRST_VALUE + self.values.len());
        self.values.push(value);
        place
    }

    fn and(&mut self, condition: &str, value: Value) {
        let place = self.place(value);
        self.plainly(&condition.replace("{}", &place));
    }

    fn plainly(&mut self, condition: &str) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
    }
}

fn list(ids: impl Iterator<Item = u64>) -> Value {
    Value::Text(serde_json::Value::from_iter(ids).to_string())
}

/// Ids and times never come near the upper half; a number from outside that does names nothing.
pub(super) fn stored(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
