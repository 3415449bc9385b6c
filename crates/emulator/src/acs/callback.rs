//! Callbacks of a call: the CloudEvents envelope as recorded, one line per call, retries, faults.
//!
//! A line sends one callback at a time, so that order within a call holds. Microsoft publishes no
//! retry policy; ours is short back-off on no answer, 408, 429 and 5xx (reference 4.2).

use super::call::Call;
use crate::delivery::{Bearer, Delivered, Letter, Verb};
use crate::fault::{Effect, Occasion, Symptom};
use crate::limits;
use crate::stamp;
use crate::world::{Timer, World};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use tandem_microsoft::acs::event::TYPE_PREFIX;

const RETRY_MS: [u64; 5] = [250, 1000, 3000, 10_000, 30_000];
/// How long a reordered callback waits for a successor to let pass.
const REORDER_MS: u64 = 500;

/// A callback that waits for its turn.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) url: String,
    pub(crate) event: &'static str,
    envelope: Value,
}

impl Pending {
    /// An array of one, as the service sends it.
    pub(crate) fn letter(&self) -> Letter {
        Letter {
            verb: Verb::Post,
            url: self.url.clone(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: json!([self.envelope]).to_string().into_bytes(),
            bearer: Bearer::Callback,
        }
    }
}

/// The line of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    queue: VecDeque<Pending>,
    sending: bool,
    attempt: usize,
    held: Option<Pending>,
}

/// What an event says, besides what every event of the call says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Emission {
    pub(crate) context: Option<String>,
    /// `operationCallbackUri`, when the operation gave one.
    pub(crate) url: Option<String>,
    pub(crate) code: i32,
    pub(crate) sub_code: i32,
    pub(crate) message: String,
    pub(crate) extra: Map<String, Value>,
    /// Subject and connection of an event that is not about the call itself.
    pub(crate) about: Option<(String, String)>,
}

impl Emission {
    pub(crate) fn success(context: Option<String>, url: Option<String>) -> Self {
        Self {
            context,
            url,
            code: 200,
            ..Self::default()
        }
    }

    pub(crate) fn result(mut self, code: i32, sub_code: u32, message: &str) -> Self {
        self.code = code;
        self.sub_code = i32::try_from(sub_code).unwrap_or(i32::MAX);
        self.message = message.to_owned();
        self
    }

    pub(crate) fn about(mut self, subject: String, connection: String) -> Self {
        self.about = Some((subject, connection));
        self
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.to_owned(), value);
        self
    }
}

/// Whether callbacks may go there: TLS, or plain HTTP on loopback unless strict.
pub(crate) fn check_url(world: &World, url: &str) -> Result<(), String> {
    check_scheme(world, url, ["https", "http"])
}

/// The same for the WebSocket of a stream.
pub(crate) fn check_socket_url(world: &World, url: &str) -> Result<(), String> {
    check_scheme(world, url, ["wss", "ws"])
}

fn check_scheme(world: &World, url: &str, [secure, plain]: [&str; 2]) -> Result<(), String> {
    let Ok(uri) = url.parse::<axum::http::Uri>() else {
        return Err("the address is not a URI".to_owned());
    };
    let host = uri.host().unwrap_or_default();
    let loopback = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    match uri.scheme_str() {
        _ if host.is_empty() => Err("the address has no host".to_owned()),
        Some(scheme) if scheme == secure => Ok(()),
        Some(scheme) if scheme == plain && world.setup.strict => {
            Err(format!("only {secure} is allowed"))
        }
        Some(scheme) if scheme == plain && loopback => Ok(()),
        Some(scheme) if scheme == plain => {
            Err(format!("plain {plain} is allowed on loopback only"))
        }
        Some(_) | None => Err(format!("the address must start with {secure}")),
    }
}

/// Puts an event of a call into its line.
pub(crate) fn emit(world: &mut World, call_id: &str, event: &'static str, emission: Emission) {
    let id = world.dice.uuid();
    let time = stamp::callback(world.wall);
    let Some(call) = world.calls.get(call_id) else {
        return;
    };
    let url = emission
        .url
        .clone()
        .unwrap_or_else(|| call.callback_uri.clone());
    let pending = Pending {
        url,
        event,
        envelope: envelope(call, event, emission, &id, &time),
    };
    let occasion = Occasion {
        event,
        ..Occasion::default()
    };
    let fault = world
        .faults
        .draw(Symptom::Callback, occasion, &mut world.dice);
    match fault {
        Some(Effect::CallbackLost) => {
            world.records.delivery(json!({"time": time, "call": call_id, "event": event, "to": pending.url, "error": "lost by a fault"}));
            return;
        }
        Some(Effect::CallbackLate { ms }) => {
            world.after(
                ms,
                Timer::CallbackLate {
                    pending: Box::new(pending),
                },
            );
            return;
        }
        Some(Effect::CallbackReordered) => {
            hold(world, call_id, pending);
            return;
        }
        Some(Effect::CallbackDoubled) => enqueue(world, call_id, pending.clone()),
        _ => {}
    }
    enqueue(world, call_id, pending);
    release(world, call_id);
}

fn envelope(call: &Call, event: &str, emission: Emission, id: &str, time: &str) -> Value {
    let (source, connection) = emission.about.unwrap_or_else(|| {
        let source = format!("calling/callConnections/{}", call.id);
        (source, call.id.clone())
    });
    let kind = format!("{TYPE_PREFIX}{event}");
    let mut data = Map::new();
    data.insert("version".to_owned(), json!(call.version));
    data.insert(
        "resultInformation".to_owned(),
        json!({"code": emission.code, "subCode": emission.sub_code, "message": emission.message}),
    );
    data.insert("callConnectionId".to_owned(), json!(connection));
    data.insert("serverCallId".to_owned(), json!(call.server_call_id));
    data.insert("correlationId".to_owned(), json!(call.correlation_id));
    // Left out when unset, as recorded.
    if let Some(context) = emission.context {
        data.insert("operationContext".to_owned(), json!(context));
    }
    data.extend(emission.extra);
    data.insert("publicEventType".to_owned(), json!(kind));
    json!({
        "id": id, "source": source, "type": kind, "data": data, "time": time, "specversion": "1.0",
        "datacontenttype": "application/json", "subject": source,
    })
}

fn hold(world: &mut World, call_id: &str, pending: Pending) {
    if let Some(call) = world.calls.get_mut(call_id)
        && call.line.held.is_none()
    {
        call.line.held = Some(pending);
        world.after(
            REORDER_MS,
            Timer::CallbackRelease {
                call: call_id.to_owned(),
            },
        );
    } else {
        enqueue(world, call_id, pending);
    }
}

/// The callback that was held back follows its successor, or goes alone when none came.
pub(crate) fn release(world: &mut World, call_id: &str) {
    if let Some(held) = world
        .calls
        .get_mut(call_id)
        .and_then(|call| call.line.held.take())
    {
        enqueue(world, call_id, held);
    }
}

fn enqueue(world: &mut World, call_id: &str, pending: Pending) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    if call.line.queue.len() >= limits::CALLBACKS_MAX {
        call.line.queue.pop_front();
        world.counters.callbacks_given_up += 1;
        return;
    }
    call.line.queue.push_back(pending);
    if !call.line.sending {
        send_next(world, call_id);
    }
}

fn send_next(world: &mut World, call_id: &str) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let Some(pending) = call.line.queue.front().cloned() else {
        call.line.sending = false;
        return;
    };
    call.line.sending = true;
    call.line.attempt += 1;
    world.send_callback(call_id, &pending);
}

pub(crate) fn retry(world: &mut World, call_id: &str) {
    send_next(world, call_id);
}

/// The callback at the head was answered: next, once more later, or given up.
pub(crate) fn answered(world: &mut World, call_id: &str, outcome: &Delivered) {
    let time = stamp::callback(world.wall);
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let Some(pending) = call.line.queue.front() else {
        return;
    };
    let attempt = call.line.attempt;
    world.records.delivery(json!({
        "time": time, "call": call_id, "event": pending.event, "to": pending.url, "id": pending.envelope["id"],
        "attempt": attempt, "status": outcome.status, "error": outcome.error, "data": pending.envelope["data"],
    }));
    let delivered = outcome
        .status
        .is_some_and(|status| (200..300).contains(&status));
    let again = match outcome.status {
        None | Some(408 | 429) => true,
        Some(status) => status >= 500,
    };
    if !delivered
        && again
        && let Some(wait) = RETRY_MS.get(attempt - 1)
    {
        world.after(
            *wait,
            Timer::CallbackRetry {
                call: call_id.to_owned(),
            },
        );
        return;
    }
    call.line.queue.pop_front();
    call.line.attempt = 0;
    if delivered {
        world.counters.callbacks_delivered += 1;
    } else {
        world.counters.callbacks_given_up += 1;
    }
    send_next(world, call_id);
}
