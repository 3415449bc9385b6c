//! What is asked of the history: questions that people ask, each with a parameter that goes round.

use super::{AGENTS, QUEUES, ROUNDS, filling};

/// The query of a round, of a history of so many contacts.
pub(super) type Asking = fn(u64, u64) -> String;

/// Of whoever sees everything.
pub(super) const FILTERS: [(&str, Asking); 8] = [
    ("everything", everything),
    ("queue_of_a_day", |round, contacts| {
        let (from, to) = span(round, contacts, 86_400);
        format!("?queue_id={}&from={from}&to={to}", 1 + round % QUEUES)
    }),
    ("agent_of_a_week", |round, contacts| {
        let (from, to) = span(round, contacts, 7 * 86_400);
        format!("?agent_id={}&from={from}&to={to}", 1 + round % AGENTS)
    }),
    ("number", number),
    ("abandoned_after_two_minutes", abandoned_after_two_minutes),
    ("disposition_of_calls", |round, _| {
        format!("?disposition_id={}&channel=voice", 1 + round % 10)
    }),
    ("calls_out_of_a_queue", |round, _| {
        format!("?direction=out&queue_id={}", 1 + round % QUEUES)
    }),
    ("long_waits_of_an_agent", |round, _| {
        format!("?min_wait_s=600&agent_id={}", 1 + round % AGENTS)
    }),
];

/// Of whoever sees a part of it.
pub(super) const SCOPED: [(&str, Asking); 7] = [
    ("everything", everything),
    ("a_day", |round, contacts| {
        let (from, to) = span(round, contacts, 86_400);
        format!("?from={from}&to={to}")
    }),
    ("number", number),
    ("abandoned_after_two_minutes", abandoned_after_two_minutes),
    ("calls_out", |_, _| "?direction=out".to_owned()),
    ("long_waits", |_, _| "?min_wait_s=600".to_owned()),
    ("agent_of_a_queue", |round, _| {
        let (agent, queue) = (1 + round % AGENTS, 1 + round % QUEUES);
        format!("?agent_id={agent}&queue_id={queue}")
    }),
];

fn everything(_: u64, _: u64) -> String {
    String::new()
}

fn number(round: u64, _: u64) -> String {
    format!("?number={}", filling::number(round).replace('+', "%2B"))
}

fn abandoned_after_two_minutes(_: u64, _: u64) -> String {
    "?end_reason=abandoned_queue&min_wait_s=120".to_owned()
}

/// Some days out of the history.
fn span(round: u64, contacts: u64, seconds: i64) -> (String, String) {
    let from = filling::arrived_at(1 + contacts / ROUNDS * round);
    let at = |us| crate::api::Instant(tandem_core::time::Timestamp::from_micros(us)).to_string();
    (at(from), at(from + seconds * 1_000_000))
}
