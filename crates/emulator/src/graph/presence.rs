//! Presence as Graph reads and writes it (microsoft-graph.md 4).
//!
//! The rules are the person's (`people::presence`); here are the pairs and durations that each operation takes.

pub(crate) mod by_hand;
pub(super) mod write;

use super::query::{self, Query};
use super::refusal::Refusal;
use super::user::{self, USER};
use super::{Asked, collection};
use crate::answer::Answer;
use crate::entra::directory::License;
use crate::people::presence::{Line, Presence, Status, unknown};
use crate::people::teams_user::in_calls;
use crate::world::{Timer, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Ids that one request may name (microsoft-graph.md 4).
const IDS_MAX: usize = 650;

/// What speaks for people, by object id; whoever is not here has a Teams client that is active.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presences(BTreeMap<String, Presence>);

impl Presences {
    pub(crate) fn get(&self, oid: &str) -> Option<&Presence> {
        self.0.get(oid)
    }

    pub(crate) fn of(&mut self, oid: &str) -> &mut Presence {
        self.0.entry(oid.to_owned()).or_default()
    }
}

/// Who may see times of a status message: the person alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eyes {
    Own,
    Others,
}

/// `GET /users/{id}/presence`, `GET /me/presence`, `GET /communications/presences/{id}`
pub(super) fn get(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    Query::of(asked, &USER, query::NONE)?;
    let oid = user::find(world, asked)?.0.clone();
    let in_calls = in_calls(world);
    let eyes = if asked.caller.is(&oid) {
        Eyes::Own
    } else {
        Eyes::Others
    };
    let mut body = show(world, &oid, &in_calls, eyes);
    body["@odata.context"] = json!(asked.context(&format!("users('{oid}')/presence/$entity")));
    Ok(Answer::json(200, &body))
}

/// `POST /communications/getPresencesByUserId`
pub(super) fn by_user_id(world: &mut World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let body = asked.body()?;
    let ids: Option<Vec<String>> = body["ids"].as_array().and_then(|ids| {
        ids.iter()
            .map(|id| id.as_str().map(str::to_lowercase))
            .collect()
    });
    let ids = ids.filter(|ids| (1..=IDS_MAX).contains(&ids.len()));
    let Some(ids) = ids else {
        return Err(Refusal::bad(format!(
            "ids must be a list of 1 to {IDS_MAX} object ids."
        )));
    };
    let in_calls = in_calls(world);
    let shown = ids.iter().map(|oid| {
        let person = world.directory.people.get(oid);
        let is_here =
            person.is_some_and(|person| person.tenant.eq_ignore_ascii_case(&asked.caller.tenant));
        if is_here {
            show(world, oid, &in_calls, Eyes::Others)
        } else {
            resource(oid, unknown())
        }
    });
    let shown: Vec<Value> = shown.collect();
    Ok(collection(
        asked,
        "Collection(microsoft.graph.presence)",
        shown,
    ))
}

fn resource(
    oid: &str,
    Status {
        availability,
        activity,
    }: Status,
) -> Value {
    json!({
        "id": oid, "availability": availability, "activity": activity,
        "outOfOfficeSettings": {"message": null, "isOutOfOffice": false},
        "statusMessage": null, "workLocation": null,
    })
}

/// What there is of somebody now. Without Teams nobody knows.
pub(crate) fn look(world: &mut World, oid: &str, in_calls: &BTreeSet<String>) -> (Status, u64) {
    if !world.directory.has_license(oid, License::Teams) {
        return (unknown(), 0);
    }
    let now_ms = world.now_ms();
    let line = if in_calls.contains(oid) {
        Line::InACall
    } else {
        Line::Idle
    };
    world.presences.of(oid).look(line, now_ms)
}

/// The same for a page: nobody counts what is seen there.
pub(crate) fn glance(world: &World, oid: &str, line: Line) -> Status {
    if !world.directory.has_license(oid, License::Teams) {
        return unknown();
    }
    let now_ms = world.now_ms();
    match world.presences.get(oid) {
        Some(presence) => presence.status(line, now_ms),
        None => Presence::default().status(line, now_ms),
    }
}

fn show(world: &mut World, oid: &str, in_calls: &BTreeSet<String>, eyes: Eyes) -> Value {
    let (status, n_changes) = look(world, oid, in_calls);
    let mut shown = resource(oid, status);
    // Later ones are greater as texts too.
    shown["sequenceNumber"] = json!(format!("A{n_changes:016}"));
    let Some(presence) = world.presences.get(oid) else {
        return shown;
    };
    if let Some(message) = &presence.out_of_office {
        shown["outOfOfficeSettings"] = json!({"message": message, "isOutOfOffice": true});
    }
    if let Some(message) = presence.message(world.now_ms()) {
        let mut told = json!({"message": {"content": message.content, "contentType": "text"}});
        if eyes == Eyes::Own {
            told["publishedDateTime"] = json!(message.published);
            let expires = message.expires.as_ref();
            told["expiryDateTime"] = expires.map_or(
                Value::Null,
                |(at, _)| json!({"dateTime": at, "timeZone": "UTC"}),
            );
        }
        shown["statusMessage"] = told;
    }
    shown
}

/// Something about somebody has changed: the alarm is set anew.
pub(crate) fn changed(world: &mut World, oid: &str) {
    world.subscriptions.touch(oid);
    let now_ms = world.now_ms();
    let presence = world.presences.of(oid);
    let before = presence.alarm.take();
    let next_ms = presence.next_ms(now_ms);
    if let Some(before) = before {
        world.timers.cancel(before);
    }
    if let Some(next_ms) = next_ms {
        let timer = Timer::PresenceChanges {
            oid: oid.to_owned(),
        };
        let key = world.timers.set(next_ms, timer);
        world.presences.of(oid).alarm = Some(key);
    }
}
