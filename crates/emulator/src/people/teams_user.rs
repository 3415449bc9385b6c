//! Teams clients: who they are, what they do when it rings, and what they hear.
//!
//! A client has no state of its own; rings and calls are read from the calls.

use super::{Behaviour, Person};
use crate::acs::{invitation, participant};
use crate::tenant;
use crate::trace;
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(crate) struct TeamsUser {
    pub(crate) name: String,
    pub(crate) upn: String,
    pub(crate) behaviour: Behaviour,
    /// Without the license a user cannot be added to a TPE call.
    pub(crate) has_teams_phone: bool,
    /// What the application told when it rang last.
    pub(crate) calling_context: Option<Value>,
}

#[derive(Debug, Clone)]
pub(crate) struct TeamsUsers(BTreeMap<String, TeamsUser>);

impl TeamsUsers {
    pub(crate) fn new(count: usize) -> Self {
        let user = |index| {
            let (oid, name, upn) = tenant::teams_user(index);
            (
                oid,
                TeamsUser {
                    name,
                    upn,
                    behaviour: Behaviour::default(),
                    has_teams_phone: true,
                    calling_context: None,
                },
            )
        };
        Self((0..count).map(user).collect())
    }

    pub(crate) fn get(&self, oid: &str) -> Option<&TeamsUser> {
        self.0.get(oid)
    }

    pub(crate) fn get_mut(&mut self, oid: &str) -> Option<&mut TeamsUser> {
        self.0.get_mut(oid)
    }
}

/// The call a Teams user is in.
fn call_of(world: &World, oid: &str) -> Option<String> {
    let person = Person::Teams(oid.to_owned());
    world
        .calls
        .values()
        .find(|call| call.has(&person))
        .map(|call| call.id.clone())
}

pub(crate) fn answer(world: &mut World, oid: &str) -> Result<(), &'static str> {
    let (call, invitation) = invitation::ringing_for(world, &Person::Teams(oid.to_owned()))
        .ok_or("nothing rings for this user")?;
    invitation::answer(world, &call, &invitation);
    Ok(())
}

/// Lets it ring somewhere else, by hand.
pub(crate) fn forward(world: &mut World, oid: &str, to: &str) -> Result<(), &'static str> {
    let target = super::forward_target(world, to)?;
    let (call, invitation) = invitation::ringing_for(world, &Person::Teams(oid.to_owned()))
        .ok_or("nothing rings for this user")?;
    invitation::forward(world, &call, &invitation, &target);
    Ok(())
}

pub(crate) fn decline(world: &mut World, oid: &str) -> Result<(), &'static str> {
    let (call, invitation) = invitation::ringing_for(world, &Person::Teams(oid.to_owned()))
        .ok_or("nothing rings for this user")?;
    invitation::decline(world, &call, &invitation);
    Ok(())
}

pub(crate) fn hang_up(world: &mut World, oid: &str) -> Result<(), &'static str> {
    let call = call_of(world, oid).ok_or("this user is in no call")?;
    let person = Person::Teams(oid.to_owned());
    let raw_id = person.identity(world).raw_id();
    trace::person(world, &call, &raw_id, &json!({"hangs_up": true}));
    participant::leave(world, &call, &person);
    Ok(())
}

pub(crate) fn show_all(world: &World) -> Value {
    world.users.0.keys().map(|oid| show(world, oid)).collect()
}

pub(crate) fn show(world: &World, oid: &str) -> Value {
    let person = Person::Teams(oid.to_owned());
    let Some(user) = world.users.get(oid) else {
        return Value::Null;
    };
    let ringing = invitation::ringing_for(world, &person);
    let call = call_of(world, oid);
    let state = match (&call, &ringing) {
        (Some(_), _) => "in_call",
        (None, Some(_)) => "ringing",
        (None, None) => "idle",
    };
    let hears = match (&call, &ringing) {
        (Some(call), _) => super::phone::sound(world, call, &person),
        (None, Some(_)) => json!({"text": "Teams rings", "with": []}),
        (None, None) => json!({"text": null, "with": []}),
    };
    json!({
        "oid": oid, "name": user.name, "upn": user.upn, "behaviour": user.behaviour,
        "teams_phone": user.has_teams_phone, "state": state,
        "custom_calling_context": user.calling_context,
        "call_connection_id": call.or_else(|| ringing.map(|(call, _)| call)), "hears": hears,
    })
}
