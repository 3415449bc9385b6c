//! What leads a query, by experience: what is behind a figure is found by its facts; a customer, an open contact and a very long wait are rare; then come agents, and
//! queues, beside which stands what else is asked; then the queues and agents of a sight.

use super::super::HistoryFilter;
use tandem_core::contact::{Channel, Direction};
use tandem_core::event::EndReason;
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::scope::{Seen, Sight};

/// Thresholds of the indices of long waits, the highest first, ms.
const WAITS: [(u64, &str); 3] = [
    (600_000, "contacts_waited_10_min"),
    (120_000, "contacts_waited_2_min"),
    (30_000, "contacts_waited_30_s"),
];
/// Queues and agents of a sight that are walked side by side: SQLite merges 500 (sqlite.org/limits.html, 4). Who sees
/// more sees much of everything, and is shown it by a look at each contact.
const WALKED_MAX: usize = 400;
/// The same where there is an index of what else is asked: with more, most that it finds is in sight.
const WALKED_BESIDE_AN_INDEX_MAX: usize = 32;

/// What leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    Agent(AgentId),
    Queue(QueueId),
    /// All queues and agents of a sight.
    Sight(Whose),
    /// The contacts themselves, by an index or all of them.
    Contacts,
}

/// Which of a filter's sights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Of the one who asks.
    Scope,
    /// Of a team that is asked for.
    Team,
}

impl Lead {
    /// Of the table in which the facts stand.
    pub(super) const fn alias(self) -> &'static str {
        match self {
            Self::Agent(_) | Self::Queue(_) | Self::Sight(_) => "l",
            Self::Contacts => "c",
        }
    }
}

pub(super) fn lead(filter: &HistoryFilter) -> Lead {
    if filter.behind.is_some() || filter.customer.is_some() || filter.is_open == Some(true) {
        return Lead::Contacts;
    }
    match (filter.agent.or(filter.seen_by), filter.queue) {
        (Some(agent), _) => Lead::Agent(agent),
        (None, Some(queue)) if !is_rare(filter) => Lead::Queue(queue),
        (None, Some(_)) => Lead::Contacts,
        (None, None) => walked(filter).map_or(Lead::Contacts, Lead::Sight),
    }
}

/// The smaller of the sights that can be walked.
fn walked(filter: &HistoryFilter) -> Option<Whose> {
    let sights = [(Whose::Team, &filter.team), (Whose::Scope, &filter.sight)];
    let walked = sights.into_iter().filter_map(|(whose, sight)| match sight {
        Sight::Of(seen) if is_walked(seen, filter) => Some((n_parts(seen), whose)),
        Sight::Of(_) | Sight::Everything => None,
    });
    let smallest = walked.min_by_key(|(n, _)| *n);
    smallest.map(|(_, whose)| whose)
}

/// Whether an index leaves fewer contacts than a queue does.
fn is_rare(filter: &HistoryFilter) -> bool {
    let waited = filter.wait_ms_min.and_then(waited);
    let is_common = |reason: EndReason| {
        matches!(
            reason,
            EndReason::Handled | EndReason::AbandonedQueue | EndReason::ShortAbandon
        )
    };
    waited.is_some_and(|(threshold, _)| threshold >= 600_000)
        || filter.channel == Some(Channel::Voicemail)
        || filter.end_reason.is_some_and(|it| !is_common(it))
}

fn is_walked(seen: &Seen, filter: &HistoryFilter) -> bool {
    let max = match index(filter) {
        Some(_) => WALKED_BESIDE_AN_INDEX_MAX,
        None => WALKED_MAX,
    };
    (1..=max).contains(&n_parts(seen))
}

fn n_parts(seen: &Seen) -> usize {
    seen.queues.len() + seen.agents.len()
}

/// The contacts by the index of the rarest condition.
pub(super) fn index(filter: &HistoryFilter) -> Option<&'static str> {
    let waited = filter.wait_ms_min.and_then(waited).map(|(_, index)| index);
    if filter.customer.is_some() {
        Some("contacts c INDEXED BY contacts_by_customer")
    } else if filter.is_open == Some(true) {
        Some("contacts c INDEXED BY contacts_open")
    } else if waited == Some("contacts_waited_10_min") {
        Some("contacts c INDEXED BY contacts_waited_10_min")
    } else if filter.channel == Some(Channel::Voicemail) {
        Some("contacts c INDEXED BY contacts_messages")
    } else if filter.end_reason.is_some() && filter.end_reason != Some(EndReason::Handled) {
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
        Some(_) => Some("contacts c INDEXED BY contacts_waited_30_s"),
        None if filter.has_recording == Some(true) => {
            Some("contacts c INDEXED BY contacts_recorded")
        }
        None if filter.end_reason.is_some() => Some("contacts c INDEXED BY contacts_by_end"),
        None => None,
    }
}

pub(super) fn waited(ms: u64) -> Option<(u64, &'static str)> {
    WAITS.into_iter().find(|(threshold, _)| ms >= *threshold)
}
