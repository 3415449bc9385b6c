//! Users of the communication resource: people with a client of the application's own, no phone.
//!
//! They are created by the identity service. They can be called and added, and place calls to each
//! other; an application that answers for one of them is told by IncomingCall.

use super::{Behaviour, Person};
use crate::acs::incoming::{self, Callee, Headers};
use crate::acs::{call, invitation, participant};
use crate::limits;
use crate::stamp;
use crate::world::World;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use tandem_microsoft::acs::call::CallConnectionState;

/// A token that was given out.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_s: u64,
    pub(crate) is_revoked: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct AcsUser {
    /// When somebody calls or adds them. A call of another user waits for a hand.
    pub(crate) behaviour: Behaviour,
    tokens: VecDeque<Issued>,
    /// The context of the call that they placed last.
    context: Option<String>,
}

impl AcsUser {
    pub(crate) fn issued(&mut self, token: Issued) {
        self.tokens.push_back(token);
        while self.tokens.len() > limits::TOKENS_KEPT_MAX {
            self.tokens.pop_front();
        }
    }

    pub(crate) fn revoke(&mut self) {
        for token in &mut self.tokens {
            token.is_revoked = true;
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct AcsUsers(BTreeMap<String, AcsUser>);

impl AcsUsers {
    pub(crate) fn add(&mut self, id: String) {
        self.0.insert(id, AcsUser::default());
    }

    pub(crate) fn get(&self, id: &str) -> Option<&AcsUser> {
        self.0.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut AcsUser> {
        self.0.get_mut(id)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

/// Nobody knows this user any more. A call that they are in goes on.
pub(crate) fn delete(world: &mut World, id: &str) {
    let user = world.acs_users.0.remove(id);
    if let Some(context) = user.and_then(|user| user.context) {
        incoming::caller_gone(world, &context);
        world.incoming.remove(&context);
    }
}

/// A call from one user to another; how many subscriptions were told.
pub(crate) fn dial(
    world: &mut World,
    from: &str,
    to: &str,
    token: Option<&str>,
) -> Result<usize, &'static str> {
    let now_s = stamp::unix_s(world.wall);
    let Some(user) = world.acs_users.get(from) else {
        return Err("from is no identity; create one with the identity service");
    };
    let may = token.is_none_or(|token| {
        user.tokens.iter().any(|issued| {
            issued.token == token
                && !issued.is_revoked
                && issued.expires_s > now_s
                && issued.scopes.iter().any(|scope| scope == "voip")
        })
    });
    if !may {
        return Err("the token is not one of this user, is revoked or expired, or lacks voip");
    }
    if world.acs_users.get(to).is_none() {
        return Err("to is no identity; create one with the identity service");
    }
    if to == from || is_busy(world, from) {
        return Err("this user is in a call, or calls already");
    }
    let caller = Person::Acs(from.to_owned());
    let callee = Callee::User(to.to_owned());
    let (context, told) = incoming::arrive(world, &caller, callee, &Headers::default());
    // The last call of each user can be looked up, as long as they are there.
    let before = world
        .acs_users
        .get_mut(from)
        .and_then(|user| user.context.replace(context));
    if let Some(before) = before {
        world.incoming.remove(&before);
    }
    Ok(told)
}

fn is_busy(world: &World, id: &str) -> bool {
    call_of(world, id).is_some()
        || world
            .acs_users
            .get(id)
            .and_then(|user| user.context.as_deref())
            .is_some_and(|context| incoming::is_ringing(world, context))
}

/// The call that somebody is in, or that is just being connected for them.
fn call_of(world: &World, id: &str) -> Option<String> {
    let person = Person::Acs(id.to_owned());
    let own = |call: &&call::Call| {
        let is_connecting = call.state == CallConnectionState::Connecting
            && call.customer.as_ref() == Some(&person);
        call.has(&person) || is_connecting
    };
    world.calls.values().find(own).map(|call| call.id.clone())
}

/// Takes the call that rings: of an application that calls, or of another user.
pub(crate) fn answer(world: &mut World, id: &str) -> Result<(), &'static str> {
    if let Some((call, invitation)) = invitation::ringing_for(world, &Person::Acs(id.to_owned())) {
        invitation::answer(world, &call, &invitation);
        return Ok(());
    }
    let context = incoming::ringing_at(world, id).ok_or("nothing rings for this user")?;
    incoming::taken_by(world, &context, id);
    Ok(())
}

/// Declines the call that rings: of an application that calls, or of another user.
pub(crate) fn decline(world: &mut World, id: &str) -> Result<(), &'static str> {
    if let Some((call, invitation)) = invitation::ringing_for(world, &Person::Acs(id.to_owned())) {
        invitation::decline(world, &call, &invitation);
        return Ok(());
    }
    let context = incoming::ringing_at(world, id).ok_or("nothing rings for this user")?;
    incoming::declined(world, &context);
    Ok(())
}

pub(crate) fn hang_up(world: &mut World, id: &str) -> Result<(), &'static str> {
    let person = Person::Acs(id.to_owned());
    if let Some(call) = call_of(world, id) {
        participant::leave(world, &call, &person);
        return Ok(());
    }
    let context = world
        .acs_users
        .get(id)
        .and_then(|user| user.context.clone());
    let context = context.filter(|context| incoming::is_ringing(world, context));
    incoming::caller_gone(world, &context.ok_or("this user is in no call")?);
    Ok(())
}

pub(crate) fn show_all(world: &World) -> Value {
    world.acs_users.0.keys().map(|id| show(world, id)).collect()
}

pub(crate) fn show(world: &World, id: &str) -> Value {
    let Some(user) = world.acs_users.get(id) else {
        return Value::Null;
    };
    let person = Person::Acs(id.to_owned());
    let call = call_of(world, id);
    let rings = invitation::ringing_for(world, &person).is_some()
        || incoming::ringing_at(world, id).is_some();
    let state = match &call {
        Some(_) => "in_call",
        None if is_busy(world, id) => "calling",
        None if rings => "ringing",
        None => "idle",
    };
    let hears = match &call {
        Some(call) => super::phone::sound(world, call, &person),
        None => json!({"text": null, "with": []}),
    };
    let token = |issued: &Issued| json!({"scopes": issued.scopes, "expires_s": issued.expires_s, "revoked": issued.is_revoked});
    let tokens: Vec<Value> = user.tokens.iter().map(token).collect();
    json!({
        "id": id, "behaviour": user.behaviour, "state": state, "call_connection_id": call,
        "hears": hears, "tokens": tokens,
    })
}
