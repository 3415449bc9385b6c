//! The node of the API by which a node of the core is told.

use super::case::{told_case, told_queue_case};
use super::node::{AskConsent, CallbackWhen, Case, Choice, NodeBody, QueueKey, RecordAction};
use super::outside::Outside;
use tandem_core::flow;

/// How a node of the core is told.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of node"
)]
pub(super) fn body(node: &flow::Node) -> NodeBody {
    match node.clone() {
        flow::Node::Answer { next } => NodeBody::Answer { next },
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
            entry,
            retry,
            next,
            no_input,
            failed,
        } => NodeBody::Collect {
            prompt: prompt.into(),
            retries: retry.as_ref().map_or(0, |it| it.times),
            retry_prompt: retry.and_then(|it| it.again).map(Into::into),
            max_digits,
            timeout_s,
            attribute: Some(attribute),
            terminator: Some(terminator(entry.terminator)),
            between_digits_s: entry.between_digits_s,
            masked: entry.digits == flow::Digits::Masked,
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
            emergency,
            keep_age,
            key,
        } => NodeBody::Queue {
            queue_id: queue.0,
            timeout,
            full,
            failed,
            closed,
            emergency,
            keep_age,
            key: key.map(|it| QueueKey {
                key: char::from(it.key).into(),
                prompt: it.prompt.into(),
                first_s: it.first_s,
                every_s: it.every_s,
                next: it.next,
            }),
        },
        flow::Node::Callback {
            queue,
            when,
            booked,
            refused,
        } => {
            let (when, window) = match when {
                flow::CallbackWhen::VirtualHold => (CallbackWhen::VirtualHold, None),
                flow::CallbackWhen::Asap => (CallbackWhen::Asap, None),
                flow::CallbackWhen::Later { after_s, within_s } => {
                    (CallbackWhen::Scheduled, Some((after_s, within_s)))
                }
            };
            NodeBody::Callback {
                queue_id: queue.0,
                when,
                after_s: window.map(|it| it.0),
                within_s: window.map(|it| it.1),
                booked,
                refused,
            }
        }
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
        flow::Node::Consent {
            prompt,
            ask,
            given,
            refused,
            failed,
        } => NodeBody::Consent {
            prompt: prompt.into(),
            ask: ask.map(|ask| AskConsent {
                accept: char::from(ask.accept).into(),
                refuse: char::from(ask.refuse).into(),
                timeout_s: ask.timeout_s,
                retries: ask.retries,
            }),
            given,
            refused,
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
        flow::Node::Transfer {
            to,
            ring_s,
            prompt,
            failed,
        } => NodeBody::Transfer {
            to: Outside::told(to),
            ring_s,
            prompt: prompt.map(Into::into),
            failed,
        },
        flow::Node::SubFlow { flow, next, failed } => NodeBody::SubFlow {
            flow_id: flow.0,
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

fn terminator(key: Option<flow::Key>) -> String {
    key.map_or_else(|| "none".to_owned(), |key| char::from(key).into())
}
