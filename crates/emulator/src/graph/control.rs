//! The control API's side of Graph: its limits.

use super::Throttling;
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
    json!({"throttling": world.throttle.throttling})
}

/// `PUT /_emulator/graph`
pub(crate) fn put(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let Settings { throttling } = body(received)?;
    world.throttle.throttling = throttling;
    Ok(Answer::json(200, &show(world)))
}
