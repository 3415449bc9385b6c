//! What subscribers are told: changes, and what becomes of the subscription itself (microsoft-graph.md 5.3 and 5.4).
//!
//! Whatever happened, a look at whom it may have moved says what is to be told now. Deliveries are tried again for four hours.

use super::{ChangeType, Subject, Subscription};
use crate::delivery::{Bearer, Delivered, Letter, Verb};
use crate::entra::directory::What;
use crate::fault::{Effect, Occasion, Symptom};
use crate::graph::presence;
use crate::limits;
use crate::people::teams_user::in_calls;
use crate::stamp;
use crate::world::{Timer, World};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Waits between attempts; the last one repeats until four hours are over.
const SCHEDULE_MS: [u64; 7] = [
    10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
];
const LIFE_MS: u64 = 4 * 3_600_000;
/// The application whose tokens vouch for notices with resource data.
const NOTIFIER: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";
const TOKEN_LIFE_S: u64 = 3600;
/// The name by which a fault is aimed at notices.
const EVENT: &str = "GraphNotification";
/// The key of what was told of the whole directory.
const DIRECTORY: &str = "";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Lifecycle {
    ReauthorizationRequired,
    SubscriptionRemoved,
    Missed,
}

impl Lifecycle {
    const fn name(self) -> &'static str {
        match self {
            Self::ReauthorizationRequired => "reauthorizationRequired",
            Self::SubscriptionRemoved => "subscriptionRemoved",
            Self::Missed => "missed",
        }
    }
}

/// A POST on its way.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    url: String,
    body: Vec<u8>,
    kind: &'static str,
    attempt: usize,
    since_ms: u64,
}

/// What there is now, which is not told to a new subscription.
pub(super) fn seen(world: &mut World, subject: &Subject) -> BTreeMap<String, u64> {
    match subject {
        Subject::Users => BTreeMap::from([(DIRECTORY.to_owned(), world.directory.version())]),
        Subject::Presences(people) => {
            let in_calls = in_calls(world);
            let look = |oid: &String| (oid.clone(), presence::look(world, oid, &in_calls).1);
            people.iter().map(look).collect()
        }
    }
}

/// Tells everybody what has changed since the last look.
pub(crate) fn tell(world: &mut World) {
    if world.subscriptions.by_id.is_empty() {
        return;
    }
    let moved = moved(world);
    // What goes to the same place goes together.
    let mut by_url: BTreeMap<(String, String, bool), Vec<Value>> = BTreeMap::new();
    for id in concerned(world, &moved) {
        let Some(subscription) = world.subscriptions.by_id.get(&id).cloned() else {
            continue;
        };
        let is_sealed = subscription.certificate.is_some();
        let items = match &subscription.subject {
            Subject::Users => users(world, &subscription),
            Subject::Presences(people) => {
                let people = moved.iter().filter(|oid| people.contains(*oid));
                presences(world, &subscription, people)
            }
        };
        if !items.is_empty() {
            let key = (
                subscription.notification_url,
                subscription.tenant,
                is_sealed,
            );
            by_url.entry(key).or_default().extend(items);
        }
    }
    for ((url, tenant, is_sealed), items) in by_url {
        for items in items.chunks(limits::NOTICE_ITEMS_MAX) {
            let mut body = json!({ "value": items });
            if is_sealed {
                body["validationTokens"] = json!([token(world, &tenant)]);
            }
            post(world, url.clone(), &body, "Graph.Notification");
        }
    }
}

/// Whose presence may be another one than at the last look: not everybody is looked at each time.
fn moved(world: &mut World) -> BTreeSet<String> {
    let in_calls = in_calls(world);
    let version = world.directory.version();
    let subscriptions = &mut world.subscriptions;
    let mut moved = std::mem::take(&mut subscriptions.moved);
    let other = in_calls.symmetric_difference(&subscriptions.in_calls);
    moved.extend(other.cloned());
    subscriptions.in_calls = in_calls;
    if version != subscriptions.version {
        let changes = world.directory.changes_after(subscriptions.version);
        moved.extend(changes.iter().map(|change| change.oid.to_owned()));
        subscriptions.version = version;
    }
    moved
}

/// Subscriptions that have something to tell.
fn concerned(world: &World, moved: &BTreeSet<String>) -> Vec<String> {
    let version = world.directory.version();
    let is_concerned = |subscription: &&Subscription| match &subscription.subject {
        Subject::Users => subscription.told.get(DIRECTORY) != Some(&version),
        Subject::Presences(people) => moved.iter().any(|oid| people.contains(oid)),
    };
    let all = world.subscriptions.by_id.values().filter(is_concerned);
    all.map(|subscription| subscription.id.clone()).collect()
}

fn presences<'a>(
    world: &mut World,
    subscription: &Subscription,
    people: impl Iterator<Item = &'a String>,
) -> Vec<Value> {
    let in_calls = world.subscriptions.in_calls.clone();
    let mut items = Vec::new();
    for oid in people {
        let (status, n_changes) = presence::look(world, oid, &in_calls);
        if subscription.told.get(oid) == Some(&n_changes) {
            continue;
        }
        remember(world, &subscription.id, oid, n_changes);
        let of = format!("users/{oid}/presence");
        let resource = format!("communications/presences('{oid}')");
        let mut item = item(subscription, ChangeType::Updated, &resource);
        item["organizationId"] = json!(subscription.tenant);
        item["resourceData"] =
            json!({"@odata.type": "#microsoft.graph.presence", "@odata.id": of, "id": oid});
        if let Some(certificate) = &subscription.certificate {
            item["encryptedContent"] = certificate.seal(&json!({
                "@odata.type": "#microsoft.graph.presence", "@odata.id": of, "id": oid,
                "availability": status.availability, "activity": status.activity,
            }));
        }
        items.push(item);
    }
    items
}

fn users(world: &mut World, subscription: &Subscription) -> Vec<Value> {
    let told = subscription.told.get(DIRECTORY).copied().unwrap_or(0);
    let version = world.directory.version();
    if version == told {
        return Vec::new();
    }
    remember(world, &subscription.id, DIRECTORY, version);
    let here = |tenant: &str| tenant.eq_ignore_ascii_case(&subscription.tenant);
    let changes = world.directory.changes_after(told);
    let items = changes.into_iter().filter_map(|change| {
        let (kind, is_here) = match change.what {
            What::Is(person) => (ChangeType::Updated, here(&person.tenant)),
            What::Left(removed) => (ChangeType::Deleted, here(&removed.tenant)),
        };
        let is_wanted = is_here && subscription.change_types.contains(&kind);
        is_wanted.then(|| {
            let of = format!("Users/{}", change.oid);
            let mut item = item(subscription, kind, &of);
            item["resourceData"] =
                json!({"@odata.type": "#Microsoft.Graph.User", "@odata.id": of, "id": change.oid});
            item
        })
    });
    items.collect()
}

fn remember(world: &mut World, id: &str, what: &str, told: u64) {
    if let Some(subscription) = world.subscriptions.by_id.get_mut(id) {
        subscription.told.insert(what.to_owned(), told);
    }
}

fn item(subscription: &Subscription, kind: ChangeType, resource: &str) -> Value {
    json!({
        "subscriptionId": subscription.id, "subscriptionExpirationDateTime": stamp::graph(subscription.expires),
        "clientState": subscription.client_state, "changeType": kind.name(), "resource": resource,
        "tenantId": subscription.tenant,
    })
}

/// Tells what becomes of the subscription, where it asked to be told.
pub(super) fn lifecycle(world: &mut World, id: &str, lifecycle: Lifecycle) {
    let Some(subscription) = world.subscriptions.by_id.get(id) else {
        return;
    };
    let Some(url) = subscription.lifecycle_url.clone() else {
        return;
    };
    let body = json!({"value": [{
        "subscriptionId": subscription.id, "subscriptionExpirationDateTime": stamp::graph(subscription.expires),
        "clientState": subscription.client_state, "tenantId": subscription.tenant, "lifecycleEvent": lifecycle.name(),
    }]});
    post(world, url, &body, "Graph.Lifecycle");
}

/// Vouches for a POST with resource data (microsoft-graph.md 5.3): for one application and tenant.
fn token(world: &mut World, tenant: &str) -> String {
    let now = stamp::unix_s(world.wall);
    let uti = world.dice.uuid();
    world.setup.entra.sign(&json!({
        "aud": crate::options::defaults::APP, "iss": format!("https://sts.windows.net/{tenant}/"), "tid": tenant,
        "iat": now, "nbf": now, "exp": now + TOKEN_LIFE_S, "appid": NOTIFIER, "appidacr": "2", "uti": uti, "ver": "1.0",
    }))
}

fn post(world: &mut World, url: String, body: &Value, kind: &'static str) {
    if world.subscriptions.notices.len() >= limits::NOTICES_MAX {
        world.subscriptions.notices.pop_first();
        world.counters.events_given_up += 1;
    }
    let number = world.next_number();
    let notice = Notice {
        url,
        body: body.to_string().into_bytes(),
        kind,
        attempt: 0,
        since_ms: world.now_ms(),
    };
    world.subscriptions.notices.insert(number, notice);
    let occasion = Occasion {
        event: EVENT,
        ..Occasion::default()
    };
    match world.faults.draw(Symptom::Event, occasion, &mut world.dice) {
        Some(Effect::EventLost) => {
            world.subscriptions.notices.remove(&number);
        }
        Some(Effect::EventLate { ms }) => {
            world.after(ms, Timer::NoticeRetry { notice: number });
        }
        Some(Effect::EventDoubled) => {
            attempt(world, number);
            attempt(world, number);
        }
        Some(_) | None => attempt(world, number),
    }
}

/// One attempt to deliver a notice.
pub(crate) fn attempt(world: &mut World, number: u64) {
    let Some(notice) = world.subscriptions.notices.get_mut(&number) else {
        return;
    };
    notice.attempt += 1;
    let letter = Letter {
        verb: Verb::Post,
        url: notice.url.clone(),
        headers: vec![(
            "content-type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )],
        body: notice.body.clone(),
        bearer: Bearer::None,
    };
    world.send_notice(number, letter);
}

/// An attempt was answered: done, once more later, or given up.
pub(crate) fn answered(world: &mut World, number: u64, outcome: &Delivered) {
    let Some(notice) = world.subscriptions.notices.get(&number).cloned() else {
        return;
    };
    world.records.delivery(json!({
        "time": stamp::callback(world.wall), "event": notice.kind, "attempt": notice.attempt, "to": notice.url,
        "status": outcome.status, "error": outcome.error,
    }));
    if outcome
        .status
        .is_some_and(|status| (200..300).contains(&status))
    {
        world.subscriptions.notices.remove(&number);
        world.counters.events_delivered += 1;
        return;
    }
    let last = SCHEDULE_MS.len() - 1;
    let wait_ms = SCHEDULE_MS[notice.attempt.saturating_sub(1).min(last)];
    let age_ms = world.now_ms().saturating_sub(notice.since_ms);
    if age_ms.saturating_add(wait_ms) > LIFE_MS {
        world.subscriptions.notices.remove(&number);
        world.counters.events_given_up += 1;
        return;
    }
    world.after(wait_ms, Timer::NoticeRetry { notice: number });
}
