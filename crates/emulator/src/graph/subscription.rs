//! Subscriptions to changes: who is told of what, where, and until when (microsoft-graph.md 5).
//!
//! A subscription is made or moved only when its endpoints have answered the handshake; the answer of the request waits for it.
//! `notice` tells, `sealed` hides resource data. Times are the emulator's clock.

pub(crate) mod notice;
mod order;
mod sealed;

use super::caller::{Caller, Who};
use super::refusal::{Refusal, Trace};
use super::{Asked, collection, dressed};
use crate::answer::Answer;
use crate::delivery::{Bearer, Delivered, Letter, Verb};
use crate::limits;
use crate::stamp;
use crate::world::{Timer, World};
use jiff::{SignedDuration, Timestamp};
use order::Order;
use sealed::Certificate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long an endpoint may take to answer the handshake.
const VALIDATION_MS: u64 = 10_000;
/// When a subscription that nobody renews asks for it, before its end.
const REAUTHORIZE_BEFORE_MS: u64 = 10 * 60_000;

/// What a subscription is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// Presence of these people, by object id in lower case.
    Presences(BTreeSet<String>),
    /// Everybody of the directory.
    Users,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ChangeType {
    Created,
    Updated,
    Deleted,
}

impl ChangeType {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Subscription {
    id: String,
    tenant: String,
    app: String,
    creator: String,
    subject: Subject,
    resource: String,
    change_types: BTreeSet<ChangeType>,
    notification_url: String,
    lifecycle_url: Option<String>,
    client_state: Option<String>,
    /// With it notices have resource data.
    certificate: Option<Certificate>,
    latest_tls: &'static str,
    expires: Timestamp,
    /// Whether the end was announced since the last renewal.
    is_announced: bool,
    /// What was told of each person so far; of users the directory's version.
    told: BTreeMap<String, u64>,
}

/// A request that waits for its endpoints.
#[derive(Debug, Clone)]
struct Waiting {
    subscription: Subscription,
    status: u16,
    /// Endpoints that were not asked yet.
    urls: Vec<String>,
    token: String,
    record: u64,
    trace: Trace,
    context: String,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Subscriptions {
    by_id: BTreeMap<String, Subscription>,
    waiting: BTreeMap<u64, Waiting>,
    notices: BTreeMap<u64, notice::Notice>,
    /// Whose presence was touched since the last look, who was in calls then, and the directory's version.
    moved: BTreeSet<String>,
    in_calls: BTreeSet<String>,
    version: u64,
}

impl Subscriptions {
    /// Something about somebody's presence was touched.
    pub(super) fn touch(&mut self, oid: &str) {
        if !self.by_id.is_empty() {
            self.moved.insert(oid.to_owned());
        }
    }

    /// Whether the answer to a request comes later.
    pub(crate) fn awaits(&self, ticket: u64) -> bool {
        self.waiting.contains_key(&ticket)
    }

    pub(crate) fn list(&self) -> Value {
        let show = |subscription: &Subscription| {
            let mut shown = subscription.show();
            shown["tenantId"] = json!(subscription.tenant);
            // Who sees the control API must not be able to forge notices.
            shown["clientState"] = Value::Null;
            shown
        };
        self.by_id.values().map(show).collect()
    }
}

impl Subscription {
    fn show(&self) -> Value {
        json!({
            "id": self.id, "resource": self.resource, "applicationId": self.app, "creatorId": self.creator,
            "changeType": self.change_types.iter().map(|it| it.name()).collect::<Vec<_>>().join(","),
            "clientState": self.client_state, "notificationUrl": self.notification_url,
            "lifecycleNotificationUrl": self.lifecycle_url, "expirationDateTime": stamp::graph(self.expires),
            "includeResourceData": self.certificate.is_some(), "latestSupportedTlsVersion": self.latest_tls,
            "encryptionCertificate": null,
            "encryptionCertificateId": self.certificate.as_ref().map(|certificate| &certificate.id),
            "notificationQueryOptions": null, "notificationUrlAppId": null,
        })
    }

    fn is_of(&self, caller: &Caller) -> bool {
        let is_app = self.app.eq_ignore_ascii_case(&caller.app) && self.tenant == caller.tenant;
        match &caller.who {
            Who::Application { .. } => is_app,
            Who::Person { oid, .. } => is_app && self.creator == *oid,
        }
    }
}

impl Subject {
    const fn life_max(&self) -> SignedDuration {
        match self {
            Self::Presences(_) => SignedDuration::from_mins(60),
            Self::Users => SignedDuration::from_mins(41_760),
        }
    }
}

/// `POST /subscriptions`
pub(super) fn create(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let order: Order = order::read(asked)?;
    let subscription = order::subscription(world, asked, order)?;
    if world.subscriptions.by_id.len() >= limits::GRAPH_SUBSCRIPTIONS_MAX {
        return Err(Refusal::new(
            403,
            "ExtensionError",
            "There are too many subscriptions; delete one first.",
        ));
    }
    check_alone(world, &subscription)?;
    let urls = [
        Some(subscription.notification_url.clone()),
        subscription.lifecycle_url.clone(),
    ];
    let urls = urls.into_iter().flatten().collect();
    wait(world, asked, (subscription, 201), urls)
}

/// Each person has one presence subscription of an application (microsoft-graph.md 5.1).
fn check_alone(world: &World, new: &Subscription) -> Result<(), Refusal> {
    let is_same = |other: &&Subscription| {
        other.app == new.app
            && other.creator == new.creator
            && other.tenant == new.tenant
            && other.subject == new.subject
    };
    match world.subscriptions.by_id.values().find(is_same) {
        Some(other) if new.subject != Subject::Users => {
            let text = format!(
                "There is a subscription of this application to the same resource: {}.",
                other.id
            );
            Err(Refusal::new(409, "ExtensionError", text))
        }
        Some(_) | None => Ok(()),
    }
}

/// Asks the endpoints; the answer follows when all have answered.
fn wait(
    world: &mut World,
    asked: &Asked<'_>,
    (subscription, status): (Subscription, u16),
    mut urls: Vec<String>,
) -> Result<Answer, Refusal> {
    let Some(asking) = world.asking.take() else {
        return Err(Refusal::not_built("a handshake in a part of a batch"));
    };
    urls.reverse();
    let token = format!(
        "Validation: Testing client application reachability for subscription Request-Id: {}",
        asked.trace.request_id
    );
    let waiting = Waiting {
        subscription,
        status,
        urls,
        token,
        record: asking.record,
        trace: asked.trace.clone(),
        context: asked.context("subscriptions/$entity"),
    };
    world.subscriptions.waiting.insert(asking.ticket, waiting);
    ask_next(world, asking.ticket);
    Ok(Answer::empty(202))
}

fn ask_next(world: &mut World, ticket: u64) {
    let Some(waiting) = world.subscriptions.waiting.get_mut(&ticket) else {
        return;
    };
    let Some(url) = waiting.urls.pop() else {
        return finish(world, ticket);
    };
    let separator = if url.contains('?') { '&' } else { '?' };
    let mut asked = format!("{url}{separator}validationToken=");
    super::query::escape(&mut asked, &waiting.token);
    let letter = Letter {
        verb: Verb::Post,
        url: asked,
        headers: vec![(
            "content-type".to_owned(),
            "text/plain; charset=utf-8".to_owned(),
        )],
        body: Vec::new(),
        bearer: Bearer::None,
    };
    world.after(VALIDATION_MS, Timer::ValidationOver { ticket });
    world.send_validation(ticket, letter);
}

/// An endpoint answered the handshake.
pub(crate) fn validated(world: &mut World, ticket: u64, outcome: &Delivered) {
    let time = stamp::callback(world.wall);
    let Some(waiting) = world.subscriptions.waiting.get(&ticket) else {
        return;
    };
    let is_text = outcome
        .content_type
        .as_deref()
        .is_some_and(|kind| kind.starts_with("text/plain"));
    let is_right =
        outcome.status == Some(200) && is_text && outcome.body == waiting.token.as_bytes();
    world.records.delivery(json!({
        "time": time, "to": waiting.subscription.notification_url, "event": "Graph.Validation",
        "status": outcome.status, "error": outcome.error,
    }));
    if is_right {
        ask_next(world, ticket);
    } else {
        refuse(world, ticket);
    }
}

/// An endpoint took too long.
pub(crate) fn validation_over(world: &mut World, ticket: u64) {
    refuse(world, ticket);
}

fn refuse(world: &mut World, ticket: u64) {
    let Some(waiting) = world.subscriptions.waiting.remove(&ticket) else {
        return;
    };
    let text = "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.";
    let answer = Refusal::new(400, "ValidationError", text).answer(&waiting.trace);
    reply(world, ticket, &waiting, answer);
}

fn finish(world: &mut World, ticket: u64) {
    let Some(waiting) = world.subscriptions.waiting.remove(&ticket) else {
        return;
    };
    let mut body = waiting.subscription.show();
    body["@odata.context"] = json!(waiting.context);
    let answer = Answer::json(waiting.status, &body);
    keep(world, waiting.subscription.clone());
    reply(world, ticket, &waiting, answer);
}

fn reply(world: &mut World, ticket: u64, waiting: &Waiting, answer: Answer) {
    world
        .records
        .answered(waiting.record, answer.status, None, None);
    let answer = dressed(answer, &waiting.trace);
    world.reply(ticket, answer);
}

/// From now on changes are told; what there is already is not.
fn keep(world: &mut World, mut subscription: Subscription) {
    let known = world.subscriptions.by_id.get(&subscription.id);
    subscription.told = match known {
        Some(known) => known.told.clone(),
        None => notice::seen(world, &subscription.subject),
    };
    let id = subscription.id.clone();
    world.subscriptions.by_id.insert(id.clone(), subscription);
    watch(world, &id);
}

/// Sets the timer of the next thing that happens to a subscription by itself.
fn watch(world: &mut World, id: &str) {
    let Some(subscription) = world.subscriptions.by_id.get(id) else {
        return;
    };
    let left = subscription.expires.duration_since(world.time());
    let left_ms = u64::try_from(left.as_millis()).unwrap_or(0);
    let announces = subscription.lifecycle_url.is_some() && !subscription.is_announced;
    let due_ms = if announces {
        left_ms.saturating_sub(REAUTHORIZE_BEFORE_MS)
    } else {
        left_ms
    };
    let id = id.to_owned();
    world.after(due_ms, Timer::SubscriptionDue { id });
}

/// A subscription ends, or asks to be renewed.
pub(crate) fn due(world: &mut World, id: &str) {
    let now = world.time();
    let Some(subscription) = world.subscriptions.by_id.get_mut(id) else {
        return;
    };
    let left = subscription.expires.duration_since(now);
    // The clock counts milliseconds, an end may have fractions of one.
    if left.as_millis() <= 0 {
        world.subscriptions.by_id.remove(id);
        return;
    }
    let is_near = left.as_millis() <= i128::from(REAUTHORIZE_BEFORE_MS);
    if is_near && !subscription.is_announced && subscription.lifecycle_url.is_some() {
        subscription.is_announced = true;
        notice::lifecycle(world, id, notice::Lifecycle::ReauthorizationRequired);
        watch(world, id);
    }
}

/// `GET /subscriptions`: those of the application, or of the person.
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Answer {
    let all = world.subscriptions.by_id.values();
    let own = all.filter(|subscription| subscription.is_of(&asked.caller));
    collection(
        asked,
        "subscriptions",
        own.map(Subscription::show).collect(),
    )
}

fn find<'a>(world: &'a World, asked: &Asked<'_>) -> Result<&'a Subscription, Refusal> {
    let id = asked.keys.first().map_or("", String::as_str);
    let found = world.subscriptions.by_id.get(&id.to_lowercase());
    let found = found.filter(|subscription| subscription.is_of(&asked.caller));
    found.ok_or_else(|| {
        Refusal::new(
            404,
            "ResourceNotFound",
            format!("The subscription '{id}' does not exist."),
        )
    })
}

/// `GET /subscriptions/{id}`
pub(super) fn get(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let mut body = find(world, asked)?.show();
    body["@odata.context"] = json!(asked.context("subscriptions/$entity"));
    Ok(Answer::json(200, &body))
}

/// `PATCH /subscriptions/{id}`: a new end, another certificate, another endpoint, which is asked first.
pub(super) fn update(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let order = order::read(asked)?;
    let before = find(world, asked)?.clone();
    let url = before.notification_url.clone();
    let changed = order::change(world, before, order)?;
    if changed.notification_url != url {
        let urls = vec![changed.notification_url.clone()];
        return wait(world, asked, (changed, 200), urls);
    }
    let mut body = changed.show();
    body["@odata.context"] = json!(asked.context("subscriptions/$entity"));
    keep(world, changed);
    Ok(Answer::json(200, &body))
}

/// `DELETE /subscriptions/{id}`
pub(super) fn delete(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let id = find(world, asked)?.id.clone();
    world.subscriptions.by_id.remove(&id);
    Ok(Answer::empty(204))
}

/// `POST /subscriptions/{id}/reauthorize`
pub(super) fn reauthorize(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let id = find(world, asked)?.id.clone();
    if let Some(subscription) = world.subscriptions.by_id.get_mut(&id) {
        subscription.is_announced = false;
    }
    Ok(Answer::empty(204))
}

/// Ends a subscription over the control API, or only says that something was missed.
pub(crate) fn trouble(
    world: &mut World,
    id: &str,
    lifecycle: notice::Lifecycle,
) -> Result<(), &'static str> {
    let id = id.to_lowercase();
    let Some(subscription) = world.subscriptions.by_id.get(&id) else {
        return Err("there is no such subscription");
    };
    if subscription.lifecycle_url.is_none() {
        return Err("the subscription has no lifecycleNotificationUrl");
    }
    notice::lifecycle(world, &id, lifecycle);
    if lifecycle == notice::Lifecycle::SubscriptionRemoved {
        world.subscriptions.by_id.remove(&id);
    }
    Ok(())
}
