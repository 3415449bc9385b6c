//! Teams clients: who they are, what they do when it rings, and what they hear.
//!
//! A client has no state of its own; rings and calls are read from the calls. Names and licenses are the directory's.

use super::presence::Line;
use super::{Behaviour, Person, forward_target};
use crate::acs::{invitation, participant};
use crate::answer::Answer;
use crate::control::body;
use crate::entra::directory::{License, PlanState};
use crate::graph::presence::glance;
use crate::pipeline::Received;
use crate::sip::{Act, people};
use crate::tenant;
use crate::trace;
use crate::world::World;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub(crate) struct TeamsUser {
    pub(crate) behaviour: Behaviour,
    /// What the application told when it rang last.
    pub(crate) calling_context: Option<Value>,
}

#[derive(Debug, Clone)]
pub(crate) struct TeamsUsers(BTreeMap<String, TeamsUser>);

impl TeamsUsers {
    pub(crate) fn new(count: usize) -> Self {
        let user = |index| {
            let user = TeamsUser {
                behaviour: Behaviour::default(),
                calling_context: None,
            };
            (tenant::person(index).oid, user)
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

/// Everybody whose client is in a call.
pub(crate) fn in_calls(world: &World) -> BTreeSet<String> {
    let participants = world.calls.values().flat_map(|call| &call.participants);
    let teams = participants.filter_map(|participant| match &participant.person {
        Person::Teams(oid) => Some(oid.clone()),
        Person::Phone(_) | Person::Acs(_) => None,
    });
    teams.chain(world.seats.talking().cloned()).collect()
}

pub(crate) fn answer(world: &mut World, oid: &str) -> Result<(), &'static str> {
    let ringing = invitation::ringing_for(world, &Person::Teams(oid.to_owned()));
    let Some((call, invitation)) = ringing else {
        return people::act(world, oid, Act::Answer)
            .map_err(|_no_call| "nothing rings for this user");
    };
    invitation::answer(world, &call, &invitation);
    Ok(())
}

/// Lets it ring somewhere else, by hand.
pub(crate) fn forward(world: &mut World, oid: &str, to: &str) -> Result<(), &'static str> {
    let target = forward_target(world, to)?;
    let (call, invitation) = invitation::ringing_for(world, &Person::Teams(oid.to_owned()))
        .ok_or("nothing rings for this user")?;
    invitation::forward(world, &call, &invitation, &target);
    Ok(())
}

pub(crate) fn decline(world: &mut World, oid: &str) -> Result<(), &'static str> {
    let ringing = invitation::ringing_for(world, &Person::Teams(oid.to_owned()));
    let Some((call, invitation)) = ringing else {
        return people::act(world, oid, Act::Decline)
            .map_err(|_no_call| "nothing rings for this user");
    };
    invitation::decline(world, &call, &invitation);
    Ok(())
}

pub(crate) fn hang_up(world: &mut World, oid: &str) -> Result<(), &'static str> {
    let Some(call) = call_of(world, oid) else {
        return people::act(world, oid, Act::HangUp);
    };
    let person = Person::Teams(oid.to_owned());
    let raw_id = person.identity(world).raw_id();
    trace::person(world, &call, &raw_id, &json!({"hangs_up": true}));
    participant::leave(world, &call, &person);
    Ok(())
}

pub(crate) fn show_all(world: &World) -> Value {
    let oids = world.users.0.keys();
    // Whoever has left the directory has no client any more.
    oids.map(|oid| show(world, oid))
        .filter(|shown| !shown.is_null())
        .collect()
}

pub(crate) fn show(world: &World, oid: &str) -> Value {
    let person = Person::Teams(oid.to_owned());
    let directory = &world.directory;
    let (Some(user), Some(known)) = (world.users.get(oid), directory.people.get(oid)) else {
        return Value::Null;
    };
    let has_teams_phone = directory.has_license(oid, License::TeamsPhone);
    let ringing = invitation::ringing_for(world, &person);
    let call = call_of(world, oid);
    let by_sip = people::show(world, oid);
    let state = match (&call, &ringing, &by_sip) {
        (Some(_), ..) => "in_call",
        (None, Some(_), _) => "ringing",
        (None, None, Some((state, _))) => state,
        (None, None, None) => "idle",
    };
    let hears = match (&call, &ringing) {
        (Some(call), _) => super::phone::sound(world, call, &person),
        (None, Some(_)) => json!({"text": "Teams rings", "with": []}),
        (None, None) => json!({"text": null, "with": []}),
    };
    let line = if state == "in_call" {
        Line::InACall
    } else {
        Line::Idle
    };
    let chosen = world
        .presences
        .get(oid)
        .and_then(|it| it.preferred.as_ref());
    json!({
        "oid": oid, "name": known.name, "upn": known.upn, "behaviour": user.behaviour,
        "teams_phone": has_teams_phone, "state": state,
        "custom_calling_context": user.calling_context, "presence": glance(world, oid, line),
        "preferred": chosen.map(|it| it.status), "licenses": known.licenses,
        "call_connection_id": call.or_else(|| ringing.map(|(call, _)| call)), "hears": hears,
        "sip_call": by_sip.map(|(_, call)| call),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserBehaviour {
    #[serde(default)]
    behaviour: Option<Behaviour>,
    #[serde(default)]
    teams_phone: Option<bool>,
}

/// `PUT /_emulator/teams-users/{oid}/behaviour`
pub(crate) fn behave(world: &mut World, oid: &str, received: &Received) -> Result<Answer, Answer> {
    let order: UserBehaviour = body(received)?;
    if let Some(Behaviour::Forward { to, .. }) = &order.behaviour {
        forward_target(world, to).map_err(|message| Answer::refused(400, message))?;
    }
    if let Some(user) = world.users.get_mut(oid)
        && let Some(behaviour) = order.behaviour
    {
        user.behaviour = behaviour;
    }
    if let Some(has_teams_phone) = order.teams_phone {
        let state = if has_teams_phone {
            PlanState::Enabled
        } else {
            PlanState::Deleted
        };
        world.directory.set_license(oid, License::TeamsPhone, state);
    }
    Ok(Answer::json(200, &show(world, oid)))
}
