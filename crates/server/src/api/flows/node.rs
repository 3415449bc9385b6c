//! Nodes of flows as the API has them, and as the core has them.

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::flow;
use tandem_core::ids::{QueueId, ScheduleId};
use utoipa::ToSchema;

/// A node: its id, and what it does.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct Node {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) body: NodeBody,
}

/// What a node does. Exits name nodes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum NodeBody {
    /// Says or plays something.
    Play {
        prompt: Prompt,
        next: String,
        failed: String,
    },
    /// Asks for digits.
    Collect {
        prompt: Prompt,
        max_digits: u32,
        timeout_s: u32,
        /// What the digits are called afterwards; the node's id when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
        next: String,
        failed: String,
        no_input: String,
    },
    /// Asks for one key, again when none or another is pressed, and goes on by it.
    Menu {
        prompt: Prompt,
        /// The question when it is asked again; the same when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_prompt: Option<Prompt>,
        choices: Vec<Choice>,
        timeout_s: u32,
        /// How often it is asked again, 0 to 5; 2 when left out.
        #[serde(default = "two")]
        retries: u32,
        no_input: String,
        invalid: String,
        failed: String,
    },
    /// Gives an attribute a value.
    Set {
        attribute: String,
        value: String,
        next: String,
    },
    /// Goes on by the first case that holds.
    Switch {
        cases: Vec<SwitchCase>,
        otherwise: String,
    },
    /// Goes another round so many times, and then on.
    Loop {
        times: u32,
        again: String,
        done: String,
    },
    /// Goes on by how a queue stands at this moment.
    QueueStatus {
        queue_id: u64,
        cases: Vec<QueueCase>,
        otherwise: String,
    },
    /// Says something last, and hangs up.
    Message { prompt: Prompt },
    /// Goes on by what an attribute says.
    Branch {
        attribute: String,
        cases: Vec<Case>,
        otherwise: String,
    },
    /// Waits for an agent.
    Queue {
        queue_id: u64,
        timeout: String,
        full: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
        /// When the queue is closed; `timeout` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closed: Option<String>,
    },
    /// Goes on by what a schedule says.
    Hours {
        schedule_id: u64,
        open: String,
        closed: String,
        /// When it is closed for the whole day; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holiday: Option<String>,
        /// When it is closed until somebody reopens it; `closed` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<String>,
    },
    /// Hangs up.
    End {},
}

/// What is heard: a text that is spoken, or the address of a sound file.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Prompt {
    Text(String),
    Url(String),
}

/// One way out of a branch.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Case {
    equals: String,
    next: String,
}

/// A way out of a menu.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Choice {
    /// `0` to `9`, `*` or `#`.
    key: String,
    /// What people call it.
    #[serde(default)]
    label: String,
    next: String,
}

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
    /// Of those who may serve it nobody is ready, not even somebody who is busy now.
    NoAgentReady,
}

const fn two() -> u32 {
    2
}

/// The node of the core that is meant.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of node"
)]
pub(super) fn parsed(id: &str, body: NodeBody) -> Result<flow::Node, Problem> {
    Ok(match body {
        NodeBody::Play {
            prompt,
            next,
            failed,
        } => flow::Node::Play {
            prompt: prompt.into(),
            next,
            failed,
        },
        NodeBody::Collect {
            prompt,
            max_digits,
            timeout_s,
            attribute,
            next,
            failed,
            no_input,
        } => {
            let attribute = attribute.unwrap_or_else(|| id.to_owned());
            let prompt = prompt.into();
            flow::Node::Collect {
                prompt,
                max_digits,
                timeout_s,
                attribute,
                next,
                no_input,
                failed,
            }
        }
        NodeBody::Menu { .. } => menu(id, body)?,
        NodeBody::Set {
            attribute,
            value,
            next,
        } => flow::Node::Set {
            attribute,
            value,
            next,
        },
        NodeBody::Switch { cases, otherwise } => {
            let cases = cases.into_iter().enumerate();
            let cases = cases.map(|(n, case)| switch_case(id, n, case));
            flow::Node::Switch {
                cases: cases.collect::<Result<_, _>>()?,
                otherwise,
            }
        }
        NodeBody::Loop { times, again, done } => flow::Node::Loop { times, again, done },
        NodeBody::QueueStatus {
            queue_id,
            cases,
            otherwise,
        } => {
            let cases = cases.into_iter().enumerate();
            let cases = cases.map(|(n, case)| queue_case(id, n, case));
            flow::Node::QueueStatus {
                queue: QueueId(queue_id),
                cases: cases.collect::<Result<_, _>>()?,
                otherwise,
            }
        }
        NodeBody::Message { prompt } => flow::Node::Message {
            prompt: prompt.into(),
        },
        NodeBody::Branch {
            attribute,
            cases,
            otherwise,
        } => {
            let mut by_value = BTreeMap::new();
            for case in cases {
                if by_value.insert(case.equals.clone(), case.next).is_some() {
                    let detail = format!("has \"{}\" twice", case.equals);
                    return Err(Problem::invalid(&format!("nodes.{id}.cases"), detail));
                }
            }
            flow::Node::Branch {
                attribute,
                cases: by_value,
                otherwise,
            }
        }
        NodeBody::Queue {
            queue_id,
            timeout,
            full,
            failed,
            closed,
        } => flow::Node::Queue {
            queue: QueueId(queue_id),
            timeout,
            full,
            failed,
            closed,
        },
        NodeBody::Hours {
            schedule_id,
            open,
            closed,
            holiday,
            emergency,
        } => flow::Node::Hours {
            schedule: ScheduleId(schedule_id),
            open,
            closed,
            holiday,
            emergency,
        },
        NodeBody::End {} => flow::Node::End,
    })
}

fn menu(id: &str, body: NodeBody) -> Result<flow::Node, Problem> {
    let NodeBody::Menu {
        prompt,
        retry_prompt,
        choices,
        timeout_s,
        retries,
        no_input,
        invalid,
        failed,
    } = body
    else {
        return Err(Problem::invalid(&format!("nodes.{id}"), "is not a menu"));
    };
    let mut by_key = BTreeMap::new();
    for Choice { key, label, next } in choices {
        let field = format!("nodes.{id}.choices");
        let mut chars = key.chars();
        let Some(pressed) = chars.next().and_then(flow::Key::new) else {
            let detail = format!("\"{key}\" is not a key: use 0 to 9, * or #");
            return Err(Problem::invalid(&field, detail));
        };
        if chars.next().is_some() {
            let detail = format!("\"{key}\" is more than one key: use a \"collect\" node");
            return Err(Problem::invalid(&field, detail));
        }
        if by_key
            .insert(pressed, flow::Choice { label, next })
            .is_some()
        {
            return Err(Problem::invalid(&field, format!("has {key} twice")));
        }
    }
    Ok(flow::Node::Menu {
        prompt: prompt.into(),
        again: retry_prompt.map(Into::into),
        choices: by_key,
        timeout_s,
        retries,
        no_input,
        invalid,
        failed,
    })
}

fn switch_case(id: &str, n: usize, case: SwitchCase) -> Result<flow::Case, Problem> {
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

fn queue_case(id: &str, n: usize, case: QueueCase) -> Result<flow::QueueCase, Problem> {
    let when = match (case.when, case.value) {
        (QueueTest::WaitingAtLeast, Some(value)) => flow::QueueTest::WaitingAtLeast(value),
        (QueueTest::LongestWaitAtLeastS, Some(value)) => flow::QueueTest::LongestWaitAtLeast(value),
        (QueueTest::NoAgentReady, None) => flow::QueueTest::NoAgentReady,
        (QueueTest::WaitingAtLeast | QueueTest::LongestWaitAtLeastS, None) => {
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

/// How a node of the core is told.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of node"
)]
pub(super) fn body(node: &flow::Node) -> NodeBody {
    match node.clone() {
        flow::Node::Play {
            prompt,
            next,
            failed,
        } => NodeBody::Play {
            prompt: prompt.into(),
            next,
            failed,
        },
        flow::Node::Collect {
            prompt,
            max_digits,
            timeout_s,
            attribute,
            next,
            no_input,
            failed,
        } => NodeBody::Collect {
            prompt: prompt.into(),
            max_digits,
            timeout_s,
            attribute: Some(attribute),
            next,
            failed,
            no_input,
        },
        flow::Node::Menu {
            prompt,
            again,
            choices,
            timeout_s,
            retries,
            no_input,
            invalid,
            failed,
        } => {
            let choices = choices.into_iter().map(|(key, it)| Choice {
                key: char::from(key).into(),
                label: it.label,
                next: it.next,
            });
            NodeBody::Menu {
                prompt: prompt.into(),
                retry_prompt: again.map(Into::into),
                choices: choices.collect(),
                timeout_s,
                retries,
                no_input,
                invalid,
                failed,
            }
        }
        flow::Node::Set {
            attribute,
            value,
            next,
        } => NodeBody::Set {
            attribute,
            value,
            next,
        },
        flow::Node::Switch { cases, otherwise } => NodeBody::Switch {
            cases: cases.into_iter().map(told_case).collect(),
            otherwise,
        },
        flow::Node::Loop { times, again, done } => NodeBody::Loop { times, again, done },
        flow::Node::QueueStatus {
            queue,
            cases,
            otherwise,
        } => NodeBody::QueueStatus {
            queue_id: queue.0,
            cases: cases.into_iter().map(told_queue_case).collect(),
            otherwise,
        },
        flow::Node::Message { prompt } => NodeBody::Message {
            prompt: prompt.into(),
        },
        flow::Node::Branch {
            attribute,
            cases,
            otherwise,
        } => {
            let cases = cases
                .into_iter()
                .map(|(equals, next)| Case { equals, next })
                .collect();
            NodeBody::Branch {
                attribute,
                cases,
                otherwise,
            }
        }
        flow::Node::Queue {
            queue,
            timeout,
            full,
            failed,
            closed,
        } => NodeBody::Queue {
            queue_id: queue.0,
            timeout,
            full,
            failed,
            closed,
        },
        flow::Node::Hours {
            schedule,
            open,
            closed,
            holiday,
            emergency,
        } => NodeBody::Hours {
            schedule_id: schedule.0,
            open,
            closed,
            holiday,
            emergency,
        },
        flow::Node::End => NodeBody::End {},
    }
}

fn told_case(case: flow::Case) -> SwitchCase {
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

fn told_queue_case(case: flow::QueueCase) -> QueueCase {
    let (when, value) = match case.when {
        flow::QueueTest::WaitingAtLeast(n) => (QueueTest::WaitingAtLeast, Some(n)),
        flow::QueueTest::LongestWaitAtLeast(s) => (QueueTest::LongestWaitAtLeastS, Some(s)),
        flow::QueueTest::NoAgentReady => (QueueTest::NoAgentReady, None),
    };
    let next = case.next;
    QueueCase { when, value, next }
}

impl From<Prompt> for flow::Prompt {
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::Text(text) => Self::Text(text),
            Prompt::Url(url) => Self::Url(url),
        }
    }
}

impl From<flow::Prompt> for Prompt {
    fn from(prompt: flow::Prompt) -> Self {
        match prompt {
            flow::Prompt::Text(text) => Self::Text(text),
            flow::Prompt::Url(url) => Self::Url(url),
        }
    }
}
