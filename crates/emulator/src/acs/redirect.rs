//! A redirect: Call Automation lets go of a call that rings, and the target rings in its place.
//!
//! No callback follows (reference 3). Both talk without Call Automation, as after a transfer; when the target does
//! not come, the call is over for the caller.

use super::call::{self, Kind};
use super::incoming::{self, Callee, State};
use super::invitation::{self, Goal};
use super::parse;
use super::participant::{self, Participant};
use crate::answer::Answer;
use crate::people::{Person, phone, script};
use crate::pipeline::Received;
use crate::world::World;
use tandem_microsoft::acs::call::RedirectCallRequest;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::Identity;

pub(super) fn redirect(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let request: RedirectCallRequest = parse(received)?;
    let context = &request.incoming_call_context;
    let incoming = incoming::ringing(world, context)?;
    let caller = incoming.caller.clone();
    let kind = match &incoming.callee {
        Callee::Account(_) => Kind::TeamsPhone,
        Callee::User(_) => Kind::Voip {
            server_call_id: incoming.server_call_id.clone(),
        },
    };
    let is_tpe = matches!(kind, Kind::TeamsPhone);
    let target = participant::check_target(world, &request.target, is_tpe)?;
    let source = caller.identity(world);
    if source.raw_id().eq_ignore_ascii_case(&target.raw_id()) {
        let text = "the target is the caller";
        return Err(Answer::acs(400, subcode::DUPLICATE_DIAL_OUT, text));
    }
    incoming::take(world, context, State::Redirected)?;
    let ends = [source.to_identifier(), target.to_identifier()];
    let call_id = call::open_outside(world, kind, ends, &caller);
    let from = match &source {
        Identity::Phone { number } => Some(number.as_str()),
        Identity::AnonymousPhone
        | Identity::TeamsUser { .. }
        | Identity::TeamsVisitor { .. }
        | Identity::TeamsApp { .. }
        | Identity::AcsUser { .. }
        | Identity::TeamsExtensionUser { .. }
        | Identity::Unknown { .. } => None,
    };
    let goal = Goal::Redirect { caller };
    invitation::ring(world, &call_id, &target, goal, None, from);
    Ok(Answer::empty(204))
}

/// The target answered: the two talk.
pub(super) fn accepted(world: &mut World, call_id: &str, caller: &Person, target: Participant) {
    let identifier = caller.identity(world).to_identifier();
    let called = target.person.clone();
    let people = [Participant::new(caller.clone(), identifier), target];
    call::talk_outside(world, call_id, people);
    for person in [caller, &called] {
        if let Person::Phone(id) = person {
            phone::answered(world, id, call_id);
        }
    }
    phone::company_changed(world, call_id);
    // Last, because a script may hang up at once.
    for person in [caller, &called] {
        if let Person::Phone(id) = person {
            script::proceed(world, id);
        }
    }
}

/// The target does not come: nothing is left of the call.
pub(super) fn failed(world: &mut World, call_id: &str, caller: &Person, target: &str, why: &str) {
    world.calls.remove(call_id);
    let reason = format!("redirected to {target}: {why}");
    incoming::release(world, caller, &reason);
}

/// The target that rings for a caller: the call, and the invitation.
pub(super) fn ringing_for(world: &World, caller: &Person) -> Option<(String, String)> {
    world.calls.values().find_map(|call| {
        let invitation = invitation::redirected(call, caller)?;
        Some((call.id.clone(), invitation))
    })
}

/// The caller has hung up: the target stops ringing.
pub(super) fn caller_left(world: &mut World, caller: &Person) {
    if let Some((call, invitation)) = ringing_for(world, caller) {
        invitation::withdraw(world, &call, &invitation);
        world.calls.remove(&call);
    }
}
