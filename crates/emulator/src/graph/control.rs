//! The control API's side of Graph: its limits, and what becomes of subscriptions.

use super::Throttling;
use super::subscription::{self, notice::Lifecycle};
use crate::answer::Answer;
use crate::control::body;
use crate::pipeline::Received;
use crate::world::World;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    throttling: Throttling,
}

pub(crate) fn show(world: &World) -> Value {
    json!({
        "throttling": world.throttle.throttling, "subscriptions": world.subscriptions.list(),
        "application": world.directory.application,
        "wander_every_ms": world.wander.as_ref().map_or(0, |wander| wander.every_ms),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trouble {
    event: Lifecycle,
}

/// `POST /_emulator/graph/subscriptions/{id}/lifecycle`
pub(crate) fn trouble(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let Trouble { event } = body(received)?;
    match subscription::trouble(world, id, event) {
        Ok(()) => Ok(Answer::empty(204)),
        Err(text) => Err(Answer::refused(409, text)),
    }
}

/// `PUT /_emulator/graph`
pub(crate) fn put(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let Settings { throttling } = body(received)?;
    world.throttle.throttling = throttling;
    Ok(Answer::json(200, &show(world)))
}
