//! Cases of the nodes that decide, as the API has them, and as the core has them.

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::flow;
use utoipa::ToSchema;

/// A case of a switch: one of `equals`, `starts_with` and `is_set` says what must be so.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SwitchCase {
    attribute: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts_with: Option<String>,
    /// `true`: whatever its value is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_set: Option<bool>,
    next: String,
}

/// A case of a look at a queue.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct QueueCase {
    when: QueueTest,
    /// Contacts, or seconds; none with `no_agent_ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<u32>,
    next: String,
}

/// What must be so of a queue.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum QueueTest {
    /// At least `value` contacts wait.
    WaitingAtLeast,
    /// Somebody has waited for `value` seconds.
    LongestWaitAtLeastS,
    /// Who joined it now would wait for `value` seconds, by the estimate; does not hold while nothing is known.
    EstimateAtLeastS,
    /// Of those who may serve it nobody is ready, not even somebody who is busy now.
    NoAgentReady,
}

pub(super) fn switch_case(id: &str, n: usize, case: SwitchCase) -> Result<flow::Case, Problem> {
    let test = match (case.equals, case.starts_with, case.is_set) {
        (Some(value), None, None) => flow::Test::Equals(value),
        (None, Some(value), None) => flow::Test::StartsWith(value),
        (None, None, Some(true)) => flow::Test::IsSet,
        (_, _, _) => {
            let field = format!("nodes.{id}.cases.{n}");
            let detail = "give exactly one of equals, starts_with and \"is_set\": true";
            return Err(Problem::invalid(&field, detail));
        }
    };
    Ok(flow::Case {
        attribute: case.attribute,
        test,
        next: case.next,
    })
}

pub(super) fn queue_case(id: &str, n: usize, case: QueueCase) -> Result<flow::QueueCase, Problem> {
    let when = match (case.when, case.value) {
        (QueueTest::WaitingAtLeast, Some(value)) => flow::QueueTest::WaitingAtLeast(value),
        (QueueTest::LongestWaitAtLeastS, Some(value)) => flow::QueueTest::LongestWaitAtLeast(value),
        (QueueTest::EstimateAtLeastS, Some(value)) => flow::QueueTest::EstimateAtLeast(value),
        (QueueTest::NoAgentReady, None) => flow::QueueTest::NoAgentReady,
        (
            QueueTest::WaitingAtLeast
            | QueueTest::LongestWaitAtLeastS
            | QueueTest::EstimateAtLeastS,
            None,
        ) => {
            let field = format!("nodes.{id}.cases.{n}.value");
            return Err(Problem::invalid(
                &field,
                "say how many, or how many seconds",
            ));
        }
        (QueueTest::NoAgentReady, Some(_)) => {
            let field = format!("nodes.{id}.cases.{n}.value");
            return Err(Problem::invalid(
                &field,
                "has no meaning here; leave it out",
            ));
        }
    };
    Ok(flow::QueueCase {
        when,
        next: case.next,
    })
}

pub(super) fn told_case(case: flow::Case) -> SwitchCase {
    let (mut equals, mut starts_with, mut is_set) = (None, None, None);
    match case.test {
        flow::Test::Equals(value) => equals = Some(value),
        flow::Test::StartsWith(value) => starts_with = Some(value),
        flow::Test::IsSet => is_set = Some(true),
    }
    SwitchCase {
        attribute: case.attribute,
        equals,
        starts_with,
        is_set,
        next: case.next,
    }
}

pub(super) fn told_queue_case(case: flow::QueueCase) -> QueueCase {
    let (when, value) = match case.when {
        flow::QueueTest::WaitingAtLeast(n) => (QueueTest::WaitingAtLeast, Some(n)),
        flow::QueueTest::LongestWaitAtLeast(s) => (QueueTest::LongestWaitAtLeastS, Some(s)),
        flow::QueueTest::EstimateAtLeast(s) => (QueueTest::EstimateAtLeastS, Some(s)),
        flow::QueueTest::NoAgentReady => (QueueTest::NoAgentReady, None),
    };
    let next = case.next;
    QueueCase { when, value, next }
}
