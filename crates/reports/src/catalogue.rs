//! The metric catalogue: what each figure means, how it is made and which rule says so. Screens and
//! documentation read it; a test holds that every figure of the board is in it.

mod performance;

pub use performance::PERFORMANCE;

use serde::Serialize;

/// One metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// The stable id.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The unit.
    pub unit: Unit,
    /// How it is made.
    pub formula: &'static str,
    /// The rule.
    pub source: &'static str,
    /// Where [`crate::live::Figures`] shows it; `[]` stands for each element.
    pub figures: &'static [&'static str],
}

/// The unit of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Contacts.
    Contacts,
    /// Agents.
    Agents,
    /// Completed engagements of an agent with a customer.
    Engagements,
    /// Seconds.
    Seconds,
    /// Percent.
    Percent,
    /// An instant.
    Instant,
    /// `ok`, `watch` or `act`.
    Level,
    /// A word of a closed list.
    Word,
}

/// The metric with this id.
#[must_use]
pub fn metric(id: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.id == id)
}

/// All metrics.
pub const METRICS: &[Metric] = &[
    Metric {
        id: "waiting",
        name: "Waiting",
        unit: Unit::Contacts,
        formula: "contacts that entered the queue and neither reached an agent nor left it; an offered \
                  contact still waits",
        source: "R-01, R-03, B15.1",
        figures: &["headlines.waiting.value", "queues[].waiting"],
    },
    Metric {
        id: "waiting.target",
        name: "Waiting target",
        unit: Unit::Contacts,
        formula: "sum of the queues' targets for waiting contacts",
        source: "B16",
        figures: &["headlines.waiting.target", "series.target"],
    },
    Metric {
        id: "waiting.maximum",
        name: "Most waiting in a minute",
        unit: Unit::Contacts,
        formula: "highest number of waiting contacts, over all queues, at any instant of the minute",
        source: "B16",
        figures: &["series.minutes[].waiting"],
    },
    Metric {
        id: "longest_wait",
        name: "Longest wait",
        unit: Unit::Instant,
        formula: "earliest entry into the queue among waiting contacts; the wait is now minus that",
        source: "B15.3 oldest now",
        figures: &["headlines.longest_wait.since", "queues[].longest_since"],
    },
    Metric {
        id: "longest_wait.target",
        name: "Longest wait target",
        unit: Unit::Seconds,
        formula: "target of the queue with the longest wait; the lowest of all while nobody waits",
        source: "B16",
        figures: &["headlines.longest_wait.target_s"],
    },
    Metric {
        id: "sl.abandon_negative",
        name: "Service level",
        unit: Unit::Percent,
        formula: "A_T / (A + B): answered within the threshold in force at the answer, divided by answered \
                  plus abandoned today; short abandons do not count; rounded down",
        source: "B15.2",
        figures: &[
            "headlines.service_level.percent",
            "queues[].service_level_percent",
        ],
    },
    Metric {
        id: "sl.in_time",
        name: "Answered in time",
        unit: Unit::Contacts,
        formula: "A_T: contacts that reached an agent today within their queue's threshold",
        source: "B15.2",
        figures: &[
            "headlines.service_level.in_time",
            "queues[].answered_in_time",
        ],
    },
    Metric {
        id: "sl.of",
        name: "Answered or abandoned",
        unit: Unit::Contacts,
        formula: "A + B: answered plus abandoned today",
        source: "B15.2",
        figures: &["headlines.service_level.of"],
    },
    Metric {
        id: "sl.target",
        name: "Service level target",
        unit: Unit::Percent,
        formula: "sum over queues of target times (A + B), divided by the sum of (A + B); the first queue's \
                  target before anything is counted",
        source: "B15.2",
        figures: &["headlines.service_level.target_percent"],
    },
    Metric {
        id: "sl.threshold",
        name: "Service level threshold",
        unit: Unit::Seconds,
        formula: "threshold of the queue with the most answered and abandoned contacts today",
        source: "B15.2",
        figures: &["headlines.service_level.threshold_s"],
    },
    Metric {
        id: "sl.variant",
        name: "Service level variant",
        unit: Unit::Word,
        formula: "id of the formula in use",
        source: "B15.2",
        figures: &["headlines.service_level.variant"],
    },
    Metric {
        id: "agents.available",
        name: "Available agents",
        unit: Unit::Agents,
        formula: "agents whose display is available: signed in, ready, enabled, no contact",
        source: "R-04, R-10",
        figures: &["headlines.available.value", "agents.available"],
    },
    Metric {
        id: "agents.signed_in",
        name: "Signed-in agents",
        unit: Unit::Agents,
        formula: "agents with any display but signed out",
        source: "R-04",
        figures: &["headlines.available.of"],
    },
    Metric {
        id: "agents.by_display",
        name: "Agents by state",
        unit: Unit::Agents,
        formula: "agents whose display is the named one; first match of R-04 wins",
        source: "R-04",
        figures: &[
            "agents.on_contact",
            "agents.wrap_up",
            "agents.not_ready",
            "agents.in_teams",
            "agents.presence_unknown",
            "agents.offering",
            "agents.connecting",
            "agents.signed_out",
        ],
    },
    Metric {
        id: "agent.display",
        name: "Agent state",
        unit: Unit::Word,
        formula: "first that holds: on contact, connecting, wrap-up, offering, not ready (reason), available, \
                  signed out",
        source: "R-04",
        figures: &[
            "agent_list[].state",
            "agent_list[].reason",
            "agent_list[].queue",
        ],
    },
    Metric {
        id: "agent.since",
        name: "In state since",
        unit: Unit::Instant,
        formula: "last change of the agent's display, or of the reason for being not ready",
        source: "R-04, R-08",
        figures: &["agent_list[].since"],
    },
    Metric {
        id: "agent.handled",
        name: "Handled today",
        unit: Unit::Engagements,
        formula: "engagements of the agent whose wrap-up, or conversation without wrap-up, ended today",
        source: "B15.3",
        figures: &["agent_list[].handled"],
    },
    Metric {
        id: "free",
        name: "Free agents",
        unit: Unit::Agents,
        formula: "available agents who meet all requirements of the queue",
        source: "R-10, R-16",
        figures: &["queues[].free"],
    },
    Metric {
        id: "offered",
        name: "Offered",
        unit: Unit::Contacts,
        formula: "contacts that entered a queue today; a contact that found it full did not",
        source: "B15.1",
        figures: &["queues[].offered", "today.offered"],
    },
    Metric {
        id: "carried_in",
        name: "Carried in",
        unit: Unit::Contacts,
        formula: "contacts that waited when the center's day began",
        source: "B15.1",
        figures: &["queues[].carried_in"],
    },
    Metric {
        id: "answered",
        name: "Answered",
        unit: Unit::Contacts,
        formula: "contacts whose customer and agent could talk (media_joined) today",
        source: "R-03, B15.1",
        figures: &["queues[].answered", "today.answered"],
    },
    Metric {
        id: "abandoned",
        name: "Abandoned",
        unit: Unit::Contacts,
        formula: "customers who left today while queued or being offered, after the queue's short-abandon time",
        source: "B15.1",
        figures: &["queues[].abandoned", "today.abandoned"],
    },
    Metric {
        id: "short_abandon",
        name: "Short abandons",
        unit: Unit::Contacts,
        formula: "customers who left today while queued or being offered, before the queue's short-abandon time",
        source: "B15.1",
        figures: &["queues[].short_abandoned", "today.short_abandoned"],
    },
    Metric {
        id: "flow_out",
        name: "Left by the flow",
        unit: Unit::Contacts,
        formula: "contacts that left the queue today by its timeout or failed exit",
        source: "B15.1",
        figures: &["queues[].flow_out"],
    },
    Metric {
        id: "removed",
        name: "Removed",
        unit: Unit::Contacts,
        formula: "contacts that ended today while waiting for a reason other than the customer's leaving",
        source: "B15.1",
        figures: &["queues[].removed"],
    },
    Metric {
        id: "blocked",
        name: "Blocked",
        unit: Unit::Contacts,
        formula: "contacts that reached the queue today and found it full; not offered",
        source: "B15.1",
        figures: &["queues[].blocked"],
    },
    Metric {
        id: "in_flow",
        name: "In the menu",
        unit: Unit::Contacts,
        formula: "live contacts that are in no queue and with no agent",
        source: "R-01",
        figures: &["today.in_flow"],
    },
    Metric {
        id: "handled",
        name: "Handled",
        unit: Unit::Engagements,
        formula: "engagements whose wrap-up, or conversation without wrap-up, ended today; with customers who called and \
                  with customers who were called",
        source: "B15.3",
        figures: &["today.handled"],
    },
    Metric {
        id: "dialed",
        name: "Called",
        unit: Unit::Contacts,
        formula: "contacts that agents began by calling a customer, today; they are in no figure about waiting",
        source: "B12",
        figures: &["today.dialed"],
    },
    Metric {
        id: "reached",
        name: "Reached",
        unit: Unit::Contacts,
        formula: "contacts of called customers who answered, today",
        source: "B12",
        figures: &["today.reached"],
    },
    Metric {
        id: "asa",
        name: "Average speed of answer",
        unit: Unit::Seconds,
        formula: "sum of t_wait of answered contacts divided by answered, today; to the nearest second",
        source: "R-03, B15.3",
        figures: &["today.asa_s"],
    },
    Metric {
        id: "aht",
        name: "Average handle time",
        unit: Unit::Seconds,
        formula: "sum of (t_talk + t_acw) of handled engagements divided by handled, today; to the nearest second",
        source: "B15.3",
        figures: &["today.aht_s"],
    },
    Metric {
        id: "level",
        name: "Urgency",
        unit: Unit::Level,
        formula: "waiting: watch above the target, act above twice; longest wait: watch above half of the target, \
                  act above it; service level: watch below the target, act more than 10 points below; available: \
                  watch when nobody is, act when somebody waits then; a queue: the worst of its three; a target \
                  of 0 is none",
        source: "B16",
        figures: &[
            "headlines.waiting.level",
            "headlines.longest_wait.level",
            "headlines.service_level.level",
            "headlines.available.level",
            "queues[].level",
        ],
    },
];
