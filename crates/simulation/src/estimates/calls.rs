//! Calls that asked for an agent, as facts in the order of time.

use crate::call_records::{CallEnd, CallRecord};
use tandem_core::time::Timestamp;

/// One call that reached a queue.
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) queue: String,
    pub(super) is_priority: bool,
    pub(super) arrives: Timestamp,
    /// Whether it stood in line, or was put through at once.
    pub(super) joins_line: bool,
    wait_s: u32,
    pub(super) end: End,
}

/// How a call ended.
pub(super) enum End {
    GaveUp,
    /// Some calls were answered by an agent whom the record does not name.
    Handled {
        agent: Option<String>,
        handling_ms: u32,
    },
}

/// Something that happened to a call.
pub(super) struct Fact<'a> {
    pub(super) at: Timestamp,
    pub(super) what: What,
    pub(super) call: &'a Call,
}

/// What happened. Of facts of one instant, those that free somebody come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Ends,
    GivesUp,
    IsAnswered,
    Joins,
}

impl Call {
    /// None for a call that asked for nobody.
    pub(super) fn of(record: &CallRecord) -> Option<Self> {
        let stay = record.stay()?;
        let end = match &record.end {
            CallEnd::Answered {
                service_s, agent, ..
            } => End::Handled {
                agent: agent.clone(),
                handling_ms: service_s.saturating_mul(1_000),
            },
            CallEnd::GaveUp(_) | CallEnd::InFlow => End::GaveUp,
        };
        Some(Self {
            number: record.line,
            queue: record.kind.clone(),
            is_priority: record.is_priority,
            arrives: stay.since,
            joins_line: stay.waited_s > 0,
            wait_s: stay.waited_s,
            end,
        })
    }

    pub(super) fn wait_ms(&self) -> u32 {
        self.wait_s.saturating_mul(1_000)
    }

    fn answered_at(&self) -> Timestamp {
        self.arrives.plus_seconds(self.wait_s)
    }
}

/// The facts of some calls, in order.
pub(super) fn facts(calls: &[Call]) -> Vec<Fact<'_>> {
    let mut facts = Vec::new();
    for call in calls {
        let mut add = |at, what| facts.push(Fact { at, what, call });
        if call.joins_line {
            add(call.arrives, What::Joins);
        }
        match &call.end {
            End::GaveUp => add(call.answered_at(), What::GivesUp),
            End::Handled { handling_ms, .. } => {
                add(call.answered_at(), What::IsAnswered);
                // An agent is never done before having begun.
                let handling = i64::from((*handling_ms).max(1)) * 1_000;
                add(call.answered_at().plus_micros(handling), What::Ends);
            }
        }
    }
    facts.sort_by_key(|fact| (fact.at, fact.what, fact.call.number));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call_records::Stay;

    #[test]
    fn a_call_joins_the_line_is_answered_and_ends() {
        let since = Timestamp::from_micros(0);
        let record = CallRecord {
            line: 2,
            day: jiff::civil::date(1999, 8, 1),
            customer: 0,
            kind: "PS".to_owned(),
            is_priority: false,
            arrives: since,
            in_flow_s: 0,
            end: CallEnd::Answered {
                stay: Stay {
                    since,
                    waited_s: 88,
                },
                service_s: 19,
                agent: None,
            },
        };
        let calls = [Call::of(&record).expect("it asked for somebody")];
        let order: Vec<_> = facts(&calls).iter().map(|it| it.what).collect();
        assert_eq!(order, [What::Joins, What::IsAnswered, What::Ends]);
    }
}
