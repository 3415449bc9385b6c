//! Event Grid: subscriptions with the validation handshake, and deliveries with the retry schedule.
//!
//! Both ways of validation are there: `validationResponse` in the answer, or a GET of the
//! `validationUrl` (acs-call-automation.md 6.1). It must not know what an event is about.

mod filter;
mod schema;

use crate::answer::Answer;
use crate::delivery::{Bearer, Delivered, Letter, Verb};
use crate::fault::{Effect, Occasion, Symptom};
use crate::identify::field;
use crate::limits;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::{Timer, World};
use filter::Filter;
use schema::{Schema, Shaken};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use tandem_microsoft::event_grid as wire;

const TOPIC: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/tandem/providers/microsoft.communication/communicationservices/tandem-emulator";
const S: u64 = 1000;
const MIN: u64 = 60 * S;
const HOUR: u64 = 60 * MIN;
/// Waits between attempts; the last one repeats until the time to live is over.
const SCHEDULE_MS: [u64; 8] = [10 * S, 30 * S, MIN, 5 * MIN, 10 * MIN, 30 * MIN, HOUR, HOUR];
const ATTEMPTS_DEFAULT: u32 = 30;
const TTL_MINUTES_DEFAULT: u64 = 1440;
/// Between the last attempt and the dead letter (reference 6.1).
const DEAD_LETTER_MS: u64 = 5 * MIN;

/// The body of `POST /_emulator/event-subscriptions`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    endpoint: String,
    #[serde(default)]
    name: Option<String>,
    /// Entra-protected delivery.
    #[serde(default)]
    entra: Option<Entra>,
    /// Static delivery properties, e.g. a secret header.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    max_attempts: Option<u32>,
    #[serde(default)]
    ttl_minutes: Option<u64>,
    #[serde(default)]
    schema: Schema,
    #[serde(default)]
    filter: Filter,
    /// Whether what cannot be delivered is kept.
    #[serde(default)]
    dead_letter: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entra {
    audience: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Validating,
    /// The endpoint answered 200 without the code: somebody may GET the validation address.
    AwaitingManualValidation,
    Active,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::AwaitingManualValidation => "awaiting_manual_validation",
            Self::Active => "active",
        }
    }
}

#[derive(Debug, Clone)]
struct Subscription {
    id: String,
    name: String,
    order: Order,
    code: String,
    state: State,
}

/// An event on its way to one subscription.
#[derive(Debug, Clone)]
struct Event {
    subscription: String,
    kind: String,
    /// Of the call that it is about, if it is about one.
    correlation: Value,
    schema: Schema,
    body: Vec<u8>,
    attempt: u32,
    since_ms: u64,
    published: String,
    last_attempt: String,
    last_outcome: &'static str,
}

/// Why an event is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenUp {
    Attempts,
    TimeToLive,
    /// The answer was one that another attempt does not better.
    Refused,
}

impl GivenUp {
    const fn reason(self) -> &'static str {
        match self {
            Self::Attempts => "MaxDeliveryAttemptsExceeded",
            Self::TimeToLive => "TimeToLiveExceeded",
            Self::Refused => "UndeliverableDueToBadRequest",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    subscriptions: Vec<Subscription>,
    events: BTreeMap<u64, Event>,
    dead_letters: VecDeque<Value>,
}

impl Grid {
    pub(crate) fn list(&self) -> Value {
        self.subscriptions.iter().map(show).collect()
    }

    pub(crate) fn dead_letters(&self) -> Value {
        self.dead_letters.iter().cloned().collect()
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.subscriptions.len();
        self.subscriptions
            .retain(|subscription| subscription.id != id);
        self.subscriptions.len() < before
    }
}

fn show(subscription: &Subscription) -> Value {
    json!({
        "id": subscription.id,
        "name": subscription.name,
        "endpoint": subscription.order.endpoint,
        "state": subscription.state.name(),
        "schema": subscription.order.schema,
        "filter": subscription.order.filter,
        "dead_letter": subscription.order.dead_letter,
        "entra_audience": subscription.order.entra.as_ref().map(|entra| &entra.audience),
        "header_names": subscription.order.headers.keys().collect::<Vec<_>>(),
    })
}

/// Begins the handshake; the answer follows when the endpoint has answered.
pub(crate) fn subscribe(world: &mut World, ticket: u64, order: Order) -> Option<Answer> {
    if let Err(text) = crate::acs::callback::check_url(world, &order.endpoint) {
        return Some(Answer::refused(400, format!("endpoint: {text}")));
    }
    if let Err(text) = order.filter.check() {
        return Some(Answer::refused(400, text));
    }
    for (name, value) in &order.headers {
        if !is_header(name, value) {
            return Some(Answer::refused(
                400,
                format!("headers: '{name}' is not a header that can be sent"),
            ));
        }
    }
    world
        .grid
        .subscriptions
        .retain(|subscription| subscription.order.endpoint != order.endpoint);
    if world.grid.subscriptions.len() >= limits::SUBSCRIPTIONS_MAX {
        return Some(Answer::refused(
            409,
            "too many subscriptions; delete one first",
        ));
    }
    let (id, code) = (world.dice.uuid(), world.dice.uuid());
    let name = order
        .name
        .clone()
        .unwrap_or_else(|| format!("subscription-{}", world.next_number()));
    let url = format!(
        "{}/eventgrid/subscriptions/{id}/validate?code={code}",
        world.setup.https_base
    );
    let event = json!({
        "id": world.dice.uuid(), "topic": TOPIC, "subject": "",
        "data": {"validationCode": code, "validationUrl": url},
        "eventType": wire::VALIDATION_EVENT, "eventTime": stamp::event_grid(world.wall),
        "metadataVersion": "1", "dataVersion": "2",
    });
    let subscription = Subscription {
        id: id.clone(),
        name,
        order,
        code,
        state: State::Validating,
    };
    let headers = headers(&subscription, "SubscriptionValidation", 0);
    let (endpoint, bearer) = (subscription.order.endpoint.clone(), bearer(&subscription));
    let schema = subscription.order.schema;
    world.grid.subscriptions.push(subscription);
    let letter = schema.handshake(endpoint, &event, &url, headers, bearer);
    world.send_handshake(&id, ticket, letter);
    None
}

fn is_header(name: &str, value: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn bearer(subscription: &Subscription) -> Bearer {
    match &subscription.order.entra {
        Some(entra) => Bearer::EventGrid {
            audience: entra.audience.clone(),
        },
        None => Bearer::None,
    }
}

fn headers(subscription: &Subscription, kind: &str, delivery_count: u32) -> Vec<(String, String)> {
    let content_type = subscription.order.schema.content_type();
    let mut all = vec![
        ("content-type".to_owned(), content_type.to_owned()),
        (wire::EVENT_TYPE_HEADER.to_owned(), kind.to_owned()),
        (
            wire::SUBSCRIPTION_NAME_HEADER.to_owned(),
            subscription.name.to_uppercase(),
        ),
        (
            wire::DELIVERY_COUNT_HEADER.to_owned(),
            delivery_count.to_string(),
        ),
        (wire::DATA_VERSION_HEADER.to_owned(), "1.0".to_owned()),
        (wire::METADATA_VERSION_HEADER.to_owned(), "1".to_owned()),
    ];
    all.extend(
        subscription
            .order
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    all
}

/// The endpoint answered the handshake.
pub(crate) fn shaken(world: &mut World, id: &str, ticket: u64, outcome: &Delivered) {
    let time = stamp::callback(world.wall);
    let Some(at) = world
        .grid
        .subscriptions
        .iter()
        .position(|subscription| subscription.id == id)
    else {
        world.reply(
            ticket,
            Answer::refused(409, "the subscription was replaced while it was validated"),
        );
        return;
    };
    let subscription = &mut world.grid.subscriptions[at];
    let schema = subscription.order.schema;
    world.records.delivery(json!({
        "time": time, "to": subscription.order.endpoint, "event": schema.handshake_name(),
        "status": outcome.status, "error": outcome.error,
    }));
    // A GET may have come before the answer.
    let state = match schema.shaken(&subscription.code, outcome) {
        Shaken::Accepted => Some(State::Active),
        Shaken::Silent if subscription.state == State::Active => Some(State::Active),
        Shaken::Silent => Some(State::AwaitingManualValidation),
        Shaken::Refused => None,
    };
    if let Some(state) = state {
        subscription.state = state;
        let status = if state == State::Active { 201 } else { 202 };
        let answer = Answer::json(status, &show(subscription));
        world.reply(ticket, answer);
        return;
    }
    let endpoint = subscription.order.endpoint.clone();
    world.grid.subscriptions.remove(at);
    let seen = match outcome.status {
        Some(status) => format!("it answered {status}"),
        None => format!("it did not answer: {}", outcome.error),
    };
    let advice = schema.advice();
    let text = format!("the handshake with {endpoint} failed: {seen}; {advice}");
    world.reply(ticket, Answer::refused(400, text));
}

/// The second way of validation.
pub(crate) fn validate_by_url(world: &mut World, id: &str, received: &Received) -> Answer {
    let code = field(&received.query, "code").unwrap_or_default();
    let found = world
        .grid
        .subscriptions
        .iter_mut()
        .find(|subscription| subscription.id == id);
    match found {
        Some(subscription) if subscription.code == code => {
            subscription.state = State::Active;
            Answer::text(
                200,
                "text/plain",
                "Webhook successfully validated as a subscription endpoint",
            )
        }
        Some(_) | None => Answer::refused(404, "there is no such validation"),
    }
}

/// Publishes an event to every active subscription that wants it; how many there are.
pub(crate) fn publish(world: &mut World, event_type: &str, subject: &str, data: &Value) -> usize {
    let event = json!({
        "id": world.dice.uuid(), "topic": TOPIC, "subject": subject, "data": data,
        "eventType": event_type, "dataVersion": "1.0", "metadataVersion": "1",
        "eventTime": stamp::event_grid(world.wall),
    });
    let active = |subscription: &&Subscription| {
        subscription.state == State::Active && subscription.order.filter.wants(&event)
    };
    let subscriptions: Vec<(String, Schema)> = world
        .grid
        .subscriptions
        .iter()
        .filter(active)
        .map(|subscription| (subscription.id.clone(), subscription.order.schema))
        .collect();
    let count = subscriptions.len();
    let published = stamp::event_grid(world.wall);
    for (subscription, schema) in subscriptions {
        if world.grid.events.len() >= limits::GRID_EVENTS_MAX {
            world.grid.events.pop_first();
            world.counters.events_given_up += 1;
        }
        let number = world.next_number();
        let since_ms = world.now_ms();
        world.grid.events.insert(
            number,
            Event {
                subscription,
                kind: event_type.to_owned(),
                correlation: data["correlationId"].clone(),
                schema,
                body: schema.body(&event),
                attempt: 0,
                since_ms,
                published: published.clone(),
                last_attempt: String::new(),
                last_outcome: "NotAttempted",
            },
        );
        send_or_fault(world, number, event_type);
    }
    count
}

/// The first attempt, unless a fault has other plans for it.
fn send_or_fault(world: &mut World, number: u64, event_type: &str) {
    let occasion = Occasion {
        event: event_type.rsplit('.').next().unwrap_or_default(),
        ..Occasion::default()
    };
    match world.faults.draw(Symptom::Event, occasion, &mut world.dice) {
        Some(Effect::EventLost) => {
            world.grid.events.remove(&number);
        }
        Some(Effect::EventLate { ms }) => {
            world.after(ms, Timer::EventRetry { event: number });
        }
        Some(Effect::EventDoubled) => {
            attempt(world, number);
            attempt(world, number);
        }
        _ => attempt(world, number),
    }
}

/// One attempt to deliver an event.
pub(crate) fn attempt(world: &mut World, number: u64) {
    let Some(event) = world.grid.events.get_mut(&number) else {
        return;
    };
    let found = world
        .grid
        .subscriptions
        .iter()
        .find(|subscription| subscription.id == event.subscription);
    let Some(subscription) = found else {
        world.grid.events.remove(&number);
        return;
    };
    let headers = headers(subscription, "Notification", event.attempt);
    event.attempt += 1;
    let (url, body, bearer) = (
        subscription.order.endpoint.clone(),
        event.body.clone(),
        bearer(subscription),
    );
    let letter = Letter {
        verb: Verb::Post,
        url,
        headers,
        body,
        bearer,
    };
    world.send_event(number, letter);
}

/// An attempt was answered: done, once more later, or given up.
pub(crate) fn answered(world: &mut World, number: u64, outcome: &Delivered) {
    let time = stamp::event_grid(world.wall);
    if let Some(event) = world.grid.events.get_mut(&number) {
        event.last_attempt = time;
        event.last_outcome = outcome_name(outcome.status);
    }
    let Some(event) = world.grid.events.get(&number) else {
        return;
    };
    let found = world
        .grid
        .subscriptions
        .iter()
        .find(|subscription| subscription.id == event.subscription);
    world.records.delivery(json!({
        "time": stamp::callback(world.wall), "event": event.kind, "correlation": event.correlation,
        "attempt": event.attempt,
        "to": found.map(|subscription| &subscription.order.endpoint),
        "status": outcome.status, "error": outcome.error,
    }));
    // Success is 200 to 204 and nothing else.
    if outcome
        .status
        .is_some_and(|status| (200..=204).contains(&status))
    {
        world.grid.events.remove(&number);
        world.counters.events_delivered += 1;
        return;
    }
    let attempts_max = found
        .and_then(|subscription| subscription.order.max_attempts)
        .unwrap_or(ATTEMPTS_DEFAULT);
    let ttl = found
        .and_then(|subscription| subscription.order.ttl_minutes)
        .unwrap_or(TTL_MINUTES_DEFAULT)
        * MIN;
    let scheduled = usize::try_from(event.attempt)
        .unwrap_or(usize::MAX)
        .saturating_sub(1)
        .min(SCHEDULE_MS.len() - 1);
    let wait = SCHEDULE_MS[scheduled].max(minimum_wait(outcome.status));
    let too_late = (world.now_ms() + wait).saturating_sub(event.since_ms) > ttl;
    let keeps = found.is_some_and(|subscription| subscription.order.dead_letter);
    let is_refused = match outcome.status {
        Some(413) => true,
        // A dead letter is made of it at once; without one it is tried again (reference 6.1).
        Some(400) => keeps,
        Some(_) | None => false,
    };
    let given_up = if is_refused {
        Some(GivenUp::Refused)
    } else if event.attempt >= attempts_max {
        Some(GivenUp::Attempts)
    } else if too_late {
        Some(GivenUp::TimeToLive)
    } else {
        None
    };
    match given_up {
        None => {
            world.after(wait, Timer::EventRetry { event: number });
        }
        Some(why) => {
            world.counters.events_given_up += 1;
            if keeps {
                let event = number;
                world.after(DEAD_LETTER_MS, Timer::DeadLetter { event, why });
            } else {
                world.grid.events.remove(&number);
            }
        }
    }
}

const fn outcome_name(status: Option<u16>) -> &'static str {
    match status {
        Some(200..=204) => "Delivered",
        Some(400) => "BadRequest",
        Some(401) => "Unauthorized",
        Some(403) => "Forbidden",
        Some(404) => "NotFound",
        Some(408) | None => "TimedOut",
        Some(413) => "RequestEntityTooLarge",
        Some(429 | 503) => "Busy",
        Some(_) => "GenericError",
    }
}

/// What could not be delivered is kept, with why.
pub(crate) fn dead_letter(world: &mut World, number: u64, why: GivenUp) {
    let Some(event) = world.grid.events.remove(&number) else {
        return;
    };
    let facts = [
        ("deadLetterReason", json!(why.reason())),
        ("deliveryAttempts", json!(event.attempt)),
        ("lastDeliveryOutcome", json!(event.last_outcome)),
        ("publishTime", json!(event.published)),
        ("lastDeliveryAttemptTime", json!(event.last_attempt)),
    ];
    let letter = event.schema.dead_letter(&event.body, facts);
    let letters = &mut world.grid.dead_letters;
    if letters.len() >= limits::DEAD_LETTERS_MAX {
        letters.pop_front();
    }
    letters.push_back(letter);
}

/// The shortest wait after an answer (reference 6.1).
const fn minimum_wait(status: Option<u16>) -> u64 {
    match status {
        Some(400 | 401 | 403 | 404) => 5 * MIN,
        Some(408) => 2 * MIN,
        Some(503) => 30 * S,
        Some(_) | None => 10 * S,
    }
}
