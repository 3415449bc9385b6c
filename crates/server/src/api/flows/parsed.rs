//! The node of the core that a node of the API means.

use super::case::{queue_case, switch_case};
use super::http;
use super::node::{AskConsent, CallbackWhen, Choice, NodeBody, QueueKey, RecordAction};
use crate::problem::Problem;
use std::collections::BTreeMap;
use tandem_core::flow;
use tandem_core::ids::{FlowId, QueueId, ScheduleId};

/// The node of the core that is meant.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of node"
)]
pub(super) fn parsed(id: &str, body: NodeBody) -> Result<flow::Node, Problem> {
    Ok(match body {
        NodeBody::Answer { next } => flow::Node::Answer { next },
        NodeBody::Play {
            prompt,
            next,
            failed,
        } => flow::Node::Play {
            prompt: prompt.into(),
            next,
            failed,
        },
        NodeBody::Collect { .. } => collect(id, body)?,
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
            emergency,
            keep_age,
            key,
        } => flow::Node::Queue {
            queue: QueueId(queue_id),
            timeout,
            full,
            failed,
            closed,
            emergency,
            keep_age,
            key: key.map(|key| queue_key(id, key)).transpose()?,
        },
        NodeBody::Callback {
            queue_id,
            when,
            after_s,
            within_s,
            booked,
            refused,
        } => flow::Node::Callback {
            queue: QueueId(queue_id),
            when: callback_when(id, when, after_s, within_s)?,
            booked,
            refused,
        },
        NodeBody::Voicemail { .. } => voicemail(id, body)?,
        NodeBody::Consent {
            prompt,
            ask,
            given,
            refused,
            failed,
        } => flow::Node::Consent {
            prompt: prompt.into(),
            ask: ask.map(|ask| ask_consent(id, &ask)).transpose()?,
            given,
            refused,
            failed,
        },
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
        NodeBody::Transfer {
            to,
            ring_s,
            prompt,
            failed,
        } => flow::Node::Transfer {
            to: to.parsed(id)?,
            ring_s,
            prompt: prompt.map(Into::into),
            failed,
        },
        NodeBody::SubFlow {
            flow_id,
            next,
            failed,
        } => flow::Node::SubFlow {
            flow: FlowId(flow_id),
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

fn collect(id: &str, body: NodeBody) -> Result<flow::Node, Problem> {
    let NodeBody::Collect {
        prompt,
        retry_prompt,
        max_digits,
        timeout_s,
        attribute,
        terminator,
        between_digits_s,
        masked,
        retries,
        next,
        failed,
        no_input,
    } = body
    else {
        return Err(Problem::invalid(
            &format!("nodes.{id}"),
            "asks for no digits",
        ));
    };
    let field = format!("nodes.{id}.terminator");
    let terminator = match terminator.as_deref() {
        None => (max_digits > 1).then_some(flow::Key::HASH),
        Some("none") => None,
        Some(key) => Some(one_key(&field, key)?),
    };
    let entry = flow::Entry {
        terminator,
        between_digits_s,
        digits: if masked {
            flow::Digits::Masked
        } else {
            flow::Digits::Plain
        },
    };
    if retries == 0 && retry_prompt.is_some() {
        return Err(Problem::invalid(
            &format!("nodes.{id}.retry_prompt"),
            "is never said; write retries of 1 to 5, or leave it out",
        ));
    }
    let retry = (retries > 0).then(|| flow::Retry {
        times: retries,
        again: retry_prompt.map(Into::into),
    });
    Ok(flow::Node::Collect {
        prompt: prompt.into(),
        max_digits,
        timeout_s,
        attribute: attribute.unwrap_or_else(|| id.to_owned()),
        entry,
        retry: retry.map(Box::new),
        next,
        no_input,
        failed,
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

fn queue_key(id: &str, key: QueueKey) -> Result<Box<flow::QueueKey>, Problem> {
    Ok(Box::new(flow::QueueKey {
        key: one_key(&format!("nodes.{id}.key.key"), &key.key)?,
        prompt: key.prompt.into(),
        first_s: key.first_s,
        every_s: key.every_s,
        next: key.next,
    }))
}

/// A window is that of `scheduled` alone: somewhere else it would be said in vain.
fn callback_when(
    id: &str,
    when: CallbackWhen,
    after_s: Option<u32>,
    within_s: Option<u32>,
) -> Result<flow::CallbackWhen, Problem> {
    const WITHIN_S: u32 = 3_600;
    let given = [("after_s", after_s), ("within_s", within_s)];
    let given = given.into_iter().find(|(_, value)| value.is_some());
    let plain = match when {
        CallbackWhen::VirtualHold => flow::CallbackWhen::VirtualHold,
        CallbackWhen::Asap => flow::CallbackWhen::Asap,
        CallbackWhen::Scheduled => {
            let field = format!("nodes.{id}.after_s");
            let detail = "say how long from now the window begins, in seconds";
            return Ok(flow::CallbackWhen::Later {
                after_s: after_s.ok_or_else(|| Problem::invalid(&field, detail))?,
                within_s: within_s.unwrap_or(WITHIN_S),
            });
        }
    };
    match given {
        Some((field, _)) => {
            let detail = "is for \"scheduled\" alone; leave it out";
            Err(Problem::invalid(&format!("nodes.{id}.{field}"), detail))
        }
        None => Ok(plain),
    }
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

fn ask_consent(id: &str, ask: &AskConsent) -> Result<flow::AskConsent, Problem> {
    let field = |name: &str| format!("nodes.{id}.ask.{name}");
    Ok(flow::AskConsent {
        accept: one_key(&field("accept"), &ask.accept)?,
        refuse: one_key(&field("refuse"), &ask.refuse)?,
        timeout_s: ask.timeout_s,
        retries: ask.retries,
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
