//! Nodes of flows as the API has them, and as the core has them.

use super::case::{QueueCase, SwitchCase, queue_case, switch_case, told_case, told_queue_case};
use super::http::{self, HttpMethod};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::flow;
use tandem_core::ids::{PromptId, QueueId, ScheduleId};
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
    /// Asks a business system that the configuration names. `{attribute}` in `path`, and in the texts of
    /// `body`, is what the contact's attribute says.
    Http {
        /// The system's name in the configuration.
        system: String,
        /// `get` when left out.
        #[serde(default)]
        method: HttpMethod,
        /// Path and query below the system's address.
        path: String,
        /// A JSON document; with `post` only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<serde_json::Value>,
        /// What is heard meanwhile, again and again; silence when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prompt: Option<Prompt>,
        /// How long it may take, 1 to 30.
        timeout_s: u32,
        /// Attributes that become values of the JSON answer: for each the JSON pointer of its value.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        save: BTreeMap<String, String>,
        /// When it answered with a status of 2xx and everything to be saved was there.
        next: String,
        failed: String,
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
    /// Has the caller leave a message, which waits in a queue as a contact of its own.
    Voicemail {
        queue_id: u64,
        /// What is said before. There is no tone: say that the caller speaks after this sentence.
        prompt: Prompt,
        /// How long the message may be, 5 to 300; 120 when left out.
        #[serde(default = "two_minutes")]
        max_s: u32,
        /// The key that ends it: `0` to `9`, `*` or `#`; `#` when left out.
        #[serde(default = "hash")]
        stop: String,
        /// After a message.
        done: String,
        /// When nothing was said, or less than two seconds.
        no_message: String,
        failed: String,
    },
    /// Begins or ends the recording of the call; at the latest it ends with the call.
    Record {
        action: RecordAction,
        next: String,
        failed: String,
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

/// What becomes of the recording of a call.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum RecordAction {
    Start,
    Stop,
}

const fn two_minutes() -> u32 {
    120
}

fn hash() -> String {
    "#".to_owned()
}

/// What is heard: a text that is spoken, the address of a sound file, or a prompt that is kept.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Prompt {
    Text(String),
    Url(String),
    /// The number of a prompt: each caller hears the own language.
    #[serde(rename = "prompt_id")]
    Kept(u64),
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
        NodeBody::Http {
            system,
            method,
            path,
            body,
            prompt,
            timeout_s,
            save,
            next,
            failed,
        } => flow::Node::Http {
            request: http::request(system, method, path, body),
            prompt: prompt.map(Into::into),
            timeout_s,
            save,
            next,
            failed,
        },
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
        NodeBody::Voicemail { .. } => voicemail(id, body)?,
        NodeBody::Record {
            action,
            next,
            failed,
        } => flow::Node::Record {
            action: match action {
                RecordAction::Start => flow::RecordAction::Start,
                RecordAction::Stop => flow::RecordAction::Stop,
            },
            next,
            failed,
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

fn one_key(field: &str, key: &str) -> Result<flow::Key, Problem> {
    let mut chars = key.chars();
    let Some(pressed) = chars.next().and_then(flow::Key::new) else {
        let detail = format!("\"{key}\" is not a key: use 0 to 9, * or #");
        return Err(Problem::invalid(field, detail));
    };
    if chars.next().is_some() {
        let detail = format!("\"{key}\" is more than one key: use a \"collect\" node");
        return Err(Problem::invalid(field, detail));
    }
    Ok(pressed)
}

fn voicemail(id: &str, body: NodeBody) -> Result<flow::Node, Problem> {
    let NodeBody::Voicemail {
        queue_id,
        prompt,
        max_s,
        stop,
        done,
        no_message,
        failed,
    } = body
    else {
        return Err(Problem::invalid(&format!("nodes.{id}"), "is no voicemail"));
    };
    Ok(flow::Node::Voicemail {
        queue: QueueId(queue_id),
        prompt: prompt.into(),
        max_s,
        stop: one_key(&format!("nodes.{id}.stop"), &stop)?,
        done,
        no_message,
        failed,
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
        let pressed = one_key(&field, &key)?;
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
        flow::Node::Http {
            request,
            prompt,
            timeout_s,
            save,
            next,
            failed,
        } => NodeBody::Http {
            system: request.system,
            method: request.method.into(),
            path: request.path,
            body: request.body.and_then(|it| serde_json::from_str(&it).ok()),
            prompt: prompt.map(Into::into),
            timeout_s,
            save,
            next,
            failed,
        },
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
        flow::Node::Voicemail {
            queue,
            prompt,
            max_s,
            stop,
            done,
            no_message,
            failed,
        } => NodeBody::Voicemail {
            queue_id: queue.0,
            prompt: prompt.into(),
            max_s,
            stop: char::from(stop).into(),
            done,
            no_message,
            failed,
        },
        flow::Node::Record {
            action,
            next,
            failed,
        } => NodeBody::Record {
            action: match action {
                flow::RecordAction::Start => RecordAction::Start,
                flow::RecordAction::Stop => RecordAction::Stop,
            },
            next,
            failed,
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

impl From<Prompt> for flow::Prompt {
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::Text(text) => Self::Text(text),
            Prompt::Url(url) => Self::Url(url),
            Prompt::Kept(id) => Self::Kept(PromptId(id)),
        }
    }
}

impl From<flow::Prompt> for Prompt {
    fn from(prompt: flow::Prompt) -> Self {
        match prompt {
            flow::Prompt::Text(text) => Self::Text(text),
            flow::Prompt::Url(url) => Self::Url(url),
            flow::Prompt::Kept(id) => Self::Kept(id.0),
        }
    }
}
