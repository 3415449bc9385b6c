//! Presence over the control API: what a person does in Teams, by hand or by chance.

use super::{changed, look, write};
use crate::answer::Answer;
use crate::clock::Key;
use crate::control::body;
use crate::dice::Dice;
use crate::entra::directory::License;
use crate::limits;
use crate::people::presence::{
    Activity, Availability, Calendar, Chooser, Client, Status, StatusMessage, status,
};
use crate::people::teams_user::in_calls;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::{Timer, World};
use serde::Deserialize;
use serde_json::{Value, json};

/// What somebody chooses in the menu of Teams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Nothing,
    Available,
    Busy,
    DoNotDisturb,
    BeRightBack,
    Away,
    AppearOffline,
}

impl Choice {
    const fn status(self) -> Option<Status> {
        Some(match self {
            Self::Nothing => return None,
            Self::Available => status(Availability::Available, Activity::Available),
            Self::Busy => status(Availability::Busy, Activity::Busy),
            Self::DoNotDisturb => status(Availability::DoNotDisturb, Activity::DoNotDisturb),
            Self::BeRightBack => status(Availability::BeRightBack, Activity::BeRightBack),
            Self::Away => status(Availability::Away, Activity::Away),
            Self::AppearOffline => status(Availability::Offline, Activity::OffWork),
        })
    }
}

/// What is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Change {
    client: Option<Client>,
    calendar: Option<Calendar>,
    chosen: Option<Choice>,
    automatic_reply: Option<String>,
    status_message: Option<String>,
}

/// `GET /_emulator/people/{oid}/presence`
pub(crate) fn show(world: &mut World, oid: &str) -> Result<Answer, Answer> {
    let oid = known(world, oid)?;
    Ok(Answer::json(200, &shown(world, &oid)))
}

fn known(world: &World, oid: &str) -> Result<String, Answer> {
    let oid = oid.to_lowercase();
    if world.directory.people.contains_key(&oid) {
        return Ok(oid);
    }
    Err(Answer::refused(
        404,
        "there is no such person; GET /_emulator/entra lists them",
    ))
}

fn shown(world: &mut World, oid: &str) -> Value {
    let in_calls = in_calls(world);
    let (status, n_changes) = look(world, oid, &in_calls);
    let now_ms = world.now_ms();
    let Some(presence) = world.presences.get(oid) else {
        return json!({"oid": oid, "status": status, "changes": n_changes});
    };
    let sessions = presence.sessions.iter().map(|(id, session)| {
        json!({"id": id, "status": session.status, "ends_in_ms": session.until_ms.saturating_sub(now_ms)})
    });
    let preferred = presence.preferred.as_ref().map(|preferred| {
        json!({"status": preferred.status, "by": preferred.by, "ends_in_ms": preferred.until_ms.saturating_sub(now_ms)})
    });
    json!({
        "oid": oid, "status": status, "changes": n_changes, "client": presence.client, "calendar": presence.calendar,
        "is_in_a_call": in_calls.contains(oid), "sessions": sessions.collect::<Vec<_>>(), "preferred": preferred,
        "automatic_reply": presence.out_of_office,
        "status_message": presence.message(now_ms).map(|message| &message.content),
    })
}

/// `PUT /_emulator/people/{oid}/presence`
pub(crate) fn put(world: &mut World, oid: &str, received: &Received) -> Result<Answer, Answer> {
    let oid = known(world, oid)?;
    let order: Change = body(received)?;
    let texts = [&order.automatic_reply, &order.status_message];
    if texts
        .into_iter()
        .flatten()
        .any(|text| text.len() > limits::STATUS_MESSAGE_BYTES_MAX)
    {
        let text = format!("a text may have {} bytes", limits::STATUS_MESSAGE_BYTES_MAX);
        return Err(Answer::refused(400, text));
    }
    change(world, &oid, order);
    Ok(Answer::json(200, &shown(world, &oid)))
}

fn change(world: &mut World, oid: &str, order: Change) {
    let chosen = order.chosen.map(|choice| {
        let wanted = choice.status()?;
        write::preferred(world, wanted, None, Chooser::Person)
    });
    let published = stamp::graph(world.time());
    let presence = world.presences.of(oid);
    presence.client = order.client.unwrap_or(presence.client);
    presence.calendar = order.calendar.unwrap_or(presence.calendar);
    if let Some(chosen) = chosen {
        presence.preferred = chosen;
    }
    if let Some(reply) = order.automatic_reply {
        presence.out_of_office = Some(reply).filter(|reply| !reply.is_empty());
    }
    if let Some(content) = order.status_message {
        let message = StatusMessage {
            content,
            published,
            expires: None,
        };
        presence.message = Some(message).filter(|message| !message.content.is_empty());
    }
    changed(world, oid);
}

/// People whose presence changes by chance, and when the next one does.
#[derive(Debug, Clone)]
pub(crate) struct Wander {
    pub(crate) every_ms: u64,
    dice: Dice,
    people: Vec<String>,
    alarm: Key,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WanderOrder {
    every_ms: u64,
    #[serde(default)]
    seed: u64,
}

/// `PUT /_emulator/presence/wander`: the same seed gives the same changes.
pub(crate) fn put_wander(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let WanderOrder { every_ms, seed } = body(received)?;
    if let Some(before) = world.wander.take() {
        world.timers.cancel(before.alarm);
    }
    if every_ms == 0 {
        return Ok(Answer::json(200, &json!({"every_ms": 0})));
    }
    if every_ms < limits::WANDER_MS_MIN {
        let text = format!("every_ms must be 0 or at least {}", limits::WANDER_MS_MIN);
        return Err(Answer::refused(400, text));
    }
    let people = world
        .directory
        .people
        .iter()
        .filter(|(_, person)| person.is_licensed(License::Teams));
    let people: Vec<String> = people.map(|(oid, _)| oid.clone()).collect();
    let n_people = people.len();
    let alarm = world.after(every_ms, Timer::PresenceWanders);
    world.wander = Some(Wander {
        every_ms,
        dice: Dice::new(seed),
        people,
        alarm,
    });
    Ok(Answer::json(
        200,
        &json!({"every_ms": every_ms, "people": n_people}),
    ))
}

/// Somebody does something in Teams.
pub(crate) fn wanders(world: &mut World) {
    let Some(mut wander) = world.wander.take() else {
        return;
    };
    wander.alarm = world.after(wander.every_ms, Timer::PresenceWanders);
    let n_people = u64::try_from(wander.people.len()).unwrap_or(u64::MAX);
    if n_people > 0 {
        let at = usize::try_from(wander.dice.next() % n_people).unwrap_or(0);
        let order = by_chance(&mut wander.dice);
        let oid = wander.people[at].clone();
        change(world, &oid, order);
    }
    world.wander = Some(wander);
}

/// Most changes are coming, going and meetings; one in four is a choice by hand.
fn by_chance(dice: &mut Dice) -> Change {
    const CLIENTS: [Client; 6] = [
        Client::Active,
        Client::Active,
        Client::Inactive,
        Client::Away,
        Client::Away,
        Client::SignedOut,
    ];
    const CALENDARS: [Calendar; 4] = [
        Calendar::Free,
        Calendar::Free,
        Calendar::InAMeeting,
        Calendar::Presenting,
    ];
    const CHOICES: [Choice; 8] = [
        Choice::Nothing,
        Choice::Nothing,
        Choice::Available,
        Choice::Busy,
        Choice::DoNotDisturb,
        Choice::BeRightBack,
        Choice::Away,
        Choice::AppearOffline,
    ];
    let mut one_of = |n: usize| {
        let n = u64::try_from(n).unwrap_or(1);
        usize::try_from(dice.next() % n).unwrap_or(0)
    };
    match one_of(4) {
        0 => Change {
            calendar: Some(CALENDARS[one_of(CALENDARS.len())]),
            ..Change::default()
        },
        1 => Change {
            chosen: Some(CHOICES[one_of(CHOICES.len())]),
            ..Change::default()
        },
        _ => Change {
            client: Some(CLIENTS[one_of(CLIENTS.len())]),
            ..Change::default()
        },
    }
}
