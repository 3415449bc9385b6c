//! Somebody rings: who was invited, what they do, and what Call Automation hears of it.
//!
//! One kind of invitation serves createCall and participants:add; the goal says which events follow.

use super::call::{self, Call, Ending};
use super::callback::{Emission, emit};
use super::feed;
use super::participant::{self, Participant};
use super::{redirect, transfer};
use crate::clock::Key;
use crate::entra::directory::License;
use crate::limits;
use crate::people::{Behaviour, Person, forward_target, phone};
use crate::trace;
use crate::world::{Timer, World};
use serde_json::json;
use tandem_microsoft::acs::call::CallConnectionState;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::Identity;

/// Call establishment ends after 115 s towards phones and 85 s otherwise (reference 8, limits).
const PHONE_TIMEOUT_MS: u64 = 115_000;
const TEAMS_TIMEOUT_MS: u64 = 85_000;
/// Whoever cannot ring at all fails about as fast as a network says so.
const REFUSAL_MS: u64 = 50;

/// What an answer means.
#[derive(Debug, Clone)]
pub(crate) enum Goal {
    Create,
    Add {
        context: Option<String>,
        url: Option<String>,
    },
    /// The answer is the other end of a call that Call Automation has let go.
    Redirect {
        caller: Person,
    },
    /// The answer takes the transferee out of the call.
    Transfer {
        context: Option<String>,
        url: Option<String>,
        transferee: Person,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) person: Person,
    /// Who was invited: events name them.
    pub(crate) identity: Identity,
    /// Who would join: the same, until a Teams client forwards.
    pub(crate) answers_as: Identity,
    forwards: usize,
    goal: Goal,
    acts: Option<Key>,
    timeout: Key,
}

/// How an invitation ends without an answer.
#[derive(Debug, Clone, Copy)]
enum Failure {
    Declined,
    Busy,
    NotAnswered,
    Withdrawn,
    NotLicensed,
    NotFound,
    TooManyForwards,
}

impl Failure {
    const fn result(self) -> (i32, u32, &'static str) {
        match self {
            Self::Declined => (603, subcode::CALLEE_DECLINED, "The callee declined."),
            Self::Busy => (486, subcode::CALLEE_BUSY, "The callee is busy."),
            Self::NotAnswered => (
                408,
                subcode::INVITE_TIMED_OUT,
                "The invitation was not answered in time.",
            ),
            Self::Withdrawn => (
                487,
                subcode::CANCELED_BY_CALLER,
                "The invitation was withdrawn.",
            ),
            Self::NotLicensed => (
                403,
                subcode::NO_PERMISSION,
                "The user has no Teams Phone license.",
            ),
            Self::NotFound => (404, subcode::NOT_FOUND, "The user was not found."),
            Self::TooManyForwards => (
                483,
                subcode::TOO_MANY_HOPS,
                "The call was forwarded too often.",
            ),
        }
    }
}

/// Lets somebody ring; the invitation's id.
pub(crate) fn ring(
    world: &mut World,
    call_id: &str,
    identity: &Identity,
    goal: Goal,
    timeout_ms: Option<u64>,
    from: Option<&str>,
) -> String {
    let id = world.dice.uuid();
    let (person, behaviour, default_ms, refusal) = callee(world, identity, from);
    let acts = will_act(world, call_id, &id, &behaviour, refusal);
    let (call, invitation) = (call_id.to_owned(), id.clone());
    let timeout = world.after(
        timeout_ms.unwrap_or(default_ms),
        Timer::InvitationTimeout { call, invitation },
    );
    let invitation = Invitation {
        id: id.clone(),
        person,
        identity: identity.clone(),
        answers_as: identity.clone(),
        forwards: 0,
        goal,
        acts,
        timeout,
    };
    if let Some(call) = world.calls.get_mut(call_id) {
        call.invitations.push(invitation);
    }
    id
}

/// The timer of what somebody who rings is going to do.
fn will_act(
    world: &mut World,
    call_id: &str,
    id: &str,
    behaviour: &Behaviour,
    refusal: Option<Failure>,
) -> Option<Key> {
    let after_ms = match refusal {
        Some(_) => REFUSAL_MS,
        None => behaviour.after_ms()?,
    };
    let (call, invitation) = (call_id.to_owned(), id.to_owned());
    Some(world.after(after_ms, Timer::InvitationActs { call, invitation }))
}

/// Who rings, what they do, how long it may ring, and why it does not.
fn callee(
    world: &mut World,
    identity: &Identity,
    from: Option<&str>,
) -> (Person, Behaviour, u64, Option<Failure>) {
    match identity {
        Identity::Phone { number } => {
            let phone = phone::called(world, number, from.unwrap_or("anonymous"));
            (
                Person::Phone(phone),
                world.phones.habit(number),
                PHONE_TIMEOUT_MS,
                None,
            )
        }
        Identity::TeamsExtensionUser { oid, .. } | Identity::TeamsUser { oid, .. } => {
            let oid = oid.to_lowercase();
            let (behaviour, refusal) = match world.users.get(&oid) {
                None => (Behaviour::NoAnswer, Some(Failure::NotFound)),
                Some(_) if !world.directory.has_license(&oid, License::TeamsPhone) => {
                    (Behaviour::NoAnswer, Some(Failure::NotLicensed))
                }
                Some(user) => (user.behaviour.clone(), None),
            };
            (Person::Teams(oid), behaviour, TEAMS_TIMEOUT_MS, refusal)
        }
        Identity::AcsUser { id } => {
            let (behaviour, refusal) = match world.acs_users.get(id) {
                None => (Behaviour::NoAnswer, Some(Failure::NotFound)),
                Some(user) => (user.behaviour.clone(), None),
            };
            (
                Person::Acs(id.clone()),
                behaviour,
                TEAMS_TIMEOUT_MS,
                refusal,
            )
        }
        // check_target lets nothing else through.
        Identity::AnonymousPhone
        | Identity::TeamsVisitor { .. }
        | Identity::TeamsApp { .. }
        | Identity::Unknown { .. } => (
            Person::Teams(identity.raw_id()),
            Behaviour::NoAnswer,
            0,
            Some(Failure::NotFound),
        ),
    }
}

/// The person does what is their habit.
pub(crate) fn acts(world: &mut World, call_id: &str, id: &str) {
    let Some(invitation) = find(world, call_id, id) else {
        return;
    };
    let (behaviour, failure) = match &invitation.person {
        Person::Phone(phone) => (world.phones.habit_of(phone), Failure::Declined),
        Person::Teams(oid) => match world.users.get(oid) {
            None => (Behaviour::Decline { after_ms: 0 }, Failure::NotFound),
            Some(_) if !world.directory.has_license(oid, License::TeamsPhone) => {
                (Behaviour::Decline { after_ms: 0 }, Failure::NotLicensed)
            }
            Some(user) => (user.behaviour.clone(), Failure::Declined),
        },
        Person::Acs(id) => match world.acs_users.get(id) {
            None => (Behaviour::Decline { after_ms: 0 }, Failure::NotFound),
            Some(user) => (user.behaviour.clone(), Failure::Declined),
        },
    };
    match behaviour {
        Behaviour::Answer { .. } => answer(world, call_id, id),
        Behaviour::Decline { .. } => fail(world, call_id, id, failure),
        Behaviour::Busy { .. } => fail(world, call_id, id, Failure::Busy),
        Behaviour::Forward { to, .. } => match forward_target(world, &to) {
            Ok(target) => forward(world, call_id, id, &target),
            Err(_) => fail(world, call_id, id, Failure::NotFound),
        },
        Behaviour::NoAnswer => {}
    }
}

/// A Teams client lets it ring somewhere else, under the same invitation and within its time.
pub(crate) fn forward(world: &mut World, call_id: &str, id: &str, target: &Identity) {
    let Some(invitation) = find(world, call_id, id) else {
        return;
    };
    if invitation.forwards >= limits::FORWARDS_MAX {
        return fail(world, call_id, id, Failure::TooManyForwards);
    }
    // Whoever is in the call, or rings for it, has no second line.
    if participant::is_present_or_ringing(world, call_id, &target.raw_id()) {
        return fail(world, call_id, id, Failure::Busy);
    }
    let raw_id = invitation.answers_as.raw_id();
    trace::person(
        world,
        call_id,
        &raw_id,
        &json!({"forwards_to": target.raw_id()}),
    );
    let from = call::caller_number(world, call_id);
    let (person, behaviour, _, refusal) = callee(world, target, from.as_deref());
    let acts = will_act(world, call_id, id, &behaviour, refusal);
    let found = find_mut(world, call_id, id);
    let before = found.and_then(|invitation| {
        invitation.person = person;
        invitation.answers_as = target.clone();
        invitation.forwards += 1;
        std::mem::replace(&mut invitation.acts, acts)
    });
    if let Some(acts) = before {
        world.timers.cancel(acts);
    }
}

pub(crate) fn times_out(world: &mut World, call_id: &str, id: &str) {
    fail(world, call_id, id, Failure::NotAnswered);
}

pub(crate) fn decline(world: &mut World, call_id: &str, id: &str) {
    fail(world, call_id, id, Failure::Declined);
}

pub(crate) fn answer(world: &mut World, call_id: &str, id: &str) {
    let Some(invitation) = take(world, call_id, id) else {
        return;
    };
    let (invited, joins) = (&invitation.identity, &invitation.answers_as);
    if let (Person::Phone(phone), Goal::Create | Goal::Add { .. }) =
        (&invitation.person, &invitation.goal)
    {
        phone::answered(world, phone, call_id);
    }
    match invitation.goal {
        Goal::Create => first_answer(world, call_id, invitation.person, joins),
        Goal::Add { context, url } => {
            let participant = json!(invited.to_identifier());
            let emission = Emission::success(context, url).with("participant", participant);
            emit(world, call_id, "AddParticipantSucceeded", emission);
            if let Some(call) = world.calls.get_mut(call_id)
                && call.customer.is_none()
                && matches!(invitation.person, Person::Phone(_))
            {
                call.customer = Some(invitation.person.clone());
            }
            participant::join(world, call_id, invitation.person, joins);
        }
        Goal::Redirect { caller } => {
            let target = Participant::new(invitation.person, joins.to_identifier());
            redirect::accepted(world, call_id, &caller, target);
        }
        Goal::Transfer {
            context,
            url,
            transferee,
        } => {
            let target = Participant::new(invitation.person, joins.to_identifier());
            let emission = Emission::success(context, url)
                .with("transferTarget", json!(invited.to_identifier()));
            transfer::accepted(world, call_id, &transferee, target, emission);
        }
    }
}

/// Whether somebody rings because of a transfer.
pub(crate) fn is_transferring(call: &Call) -> bool {
    call.invitations
        .iter()
        .any(|invitation| matches!(invitation.goal, Goal::Transfer { .. }))
}

/// Whoever was to be transferred has hung up: the target stops ringing.
pub(crate) fn transferee_left(world: &mut World, call_id: &str, person: &Person) {
    let of_them = |invitation: &Invitation| matches!(&invitation.goal, Goal::Transfer { transferee, .. } if transferee == person);
    for id in ids(world, call_id, of_them) {
        fail(world, call_id, &id, Failure::Withdrawn);
    }
}

/// The invitation of whom a caller's call was redirected to.
pub(crate) fn redirected(call: &Call, person: &Person) -> Option<String> {
    let of_them = |invitation: &&Invitation| matches!(&invitation.goal, Goal::Redirect { caller } if caller == person);
    let found = call.invitations.iter().find(of_them)?;
    Some(found.id.clone())
}

/// It stops ringing, and nobody is told.
pub(crate) fn withdraw(world: &mut World, call_id: &str, id: &str) {
    if let Some(invitation) = take(world, call_id, id) {
        release(world, &invitation);
    }
}

/// createCall: the first to answer joins, and the others stop ringing.
fn first_answer(world: &mut World, call_id: &str, person: Person, identity: &Identity) {
    for other in ids(world, call_id, |invitation| {
        matches!(invitation.goal, Goal::Create)
    }) {
        if let Some(invitation) = take(world, call_id, &other) {
            release(world, &invitation);
        }
    }
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    call.state = CallConnectionState::Connected;
    // Where an agent is called first, the customer is the phone that is added.
    if matches!(person, Person::Phone(_)) {
        call.customer = Some(person.clone());
    }
    let context = call.context.clone();
    emit(
        world,
        call_id,
        "CallConnected",
        Emission::success(context, None),
    );
    participant::join(world, call_id, person, identity);
    feed::connected(world, call_id);
}

/// `cancelAddParticipant`: whether there was such an invitation.
pub(crate) fn cancel(world: &mut World, call_id: &str, id: &str) -> bool {
    match find(world, call_id, id) {
        Some(Invitation {
            goal: Goal::Add { .. },
            ..
        }) => {}
        Some(Invitation {
            goal: Goal::Create | Goal::Redirect { .. } | Goal::Transfer { .. },
            ..
        })
        | None => return false,
    }
    if let Some(invitation) = take(world, call_id, id) {
        release(world, &invitation);
    }
    true
}

/// The call ends: whoever still rings stops.
pub(crate) fn withdraw_all(world: &mut World, call_id: &str) {
    for id in ids(world, call_id, |_| true) {
        let Some(invitation) = take(world, call_id, &id) else {
            continue;
        };
        release(world, &invitation);
        tell_failure(world, call_id, &invitation, Failure::Withdrawn);
    }
}

fn fail(world: &mut World, call_id: &str, id: &str, failure: Failure) {
    let Some(invitation) = take(world, call_id, id) else {
        return;
    };
    release(world, &invitation);
    match invitation.goal {
        Goal::Add { .. } | Goal::Redirect { .. } | Goal::Transfer { .. } => {
            tell_failure(world, call_id, &invitation, failure);
        }
        Goal::Create => {
            if ids(world, call_id, |_| true).is_empty() {
                creation_fails(world, call_id, failure);
            }
        }
    }
}

fn creation_fails(world: &mut World, call_id: &str, failure: Failure) {
    let (code, sub_code, message) = failure.result();
    let context = world
        .calls
        .get(call_id)
        .and_then(|call| call.context.clone());
    let emission = Emission {
        context,
        ..Emission::default()
    }
    .result(code, sub_code, message);
    emit(world, call_id, "CreateCallFailed", emission);
    call::end(world, call_id, Ending::new(code, sub_code, message));
}

fn tell_failure(world: &mut World, call_id: &str, invitation: &Invitation, failure: Failure) {
    let (code, sub_code, message) = failure.result();
    let result = |context: &Option<String>, url: &Option<String>| {
        Emission::success(context.clone(), url.clone()).result(code, sub_code, message)
    };
    match &invitation.goal {
        // CreateCallFailed comes once, with the last of them.
        Goal::Create => {}
        Goal::Add { context, url } => {
            let participant = json!(invitation.identity.to_identifier());
            let emission = result(context, url).with("participant", participant);
            emit(world, call_id, "AddParticipantFailed", emission);
        }
        Goal::Redirect { caller } => {
            let target = invitation.identity.raw_id();
            redirect::failed(world, call_id, caller, &target, message);
        }
        Goal::Transfer { context, url, .. } => {
            emit(world, call_id, "CallTransferFailed", result(context, url));
        }
    }
}

fn release(world: &mut World, invitation: &Invitation) {
    if let Person::Phone(phone) = &invitation.person {
        phone::released(world, phone, "it stopped ringing");
    }
}

fn find<'a>(world: &'a World, call_id: &str, id: &str) -> Option<&'a Invitation> {
    world
        .calls
        .get(call_id)?
        .invitations
        .iter()
        .find(|invitation| invitation.id == id)
}

fn find_mut<'a>(world: &'a mut World, call_id: &str, id: &str) -> Option<&'a mut Invitation> {
    let call = world.calls.get_mut(call_id)?;
    call.invitations
        .iter_mut()
        .find(|invitation| invitation.id == id)
}

fn take(world: &mut World, call_id: &str, id: &str) -> Option<Invitation> {
    let call: &mut Call = world.calls.get_mut(call_id)?;
    let at = call
        .invitations
        .iter()
        .position(|invitation| invitation.id == id)?;
    let invitation = call.invitations.remove(at);
    world.timers.cancel(invitation.timeout);
    if let Some(acts) = invitation.acts {
        world.timers.cancel(acts);
    }
    Some(invitation)
}

fn ids(world: &World, call_id: &str, wanted: impl Fn(&Invitation) -> bool) -> Vec<String> {
    let Some(call) = world.calls.get(call_id) else {
        return Vec::new();
    };
    call.invitations
        .iter()
        .filter(|invitation| wanted(invitation))
        .map(|invitation| invitation.id.clone())
        .collect()
}

/// The invitation that a person would answer now: the oldest one.
pub(crate) fn ringing_for(world: &World, person: &Person) -> Option<(String, String)> {
    world.calls.values().find_map(|call| {
        let invitation = call
            .invitations
            .iter()
            .find(|invitation| invitation.person == *person)?;
        Some((call.id.clone(), invitation.id.clone()))
    })
}
