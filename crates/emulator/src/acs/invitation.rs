//! Somebody rings: who was invited, what they do, and what Call Automation hears of it.
//!
//! One kind of invitation serves createCall and participants:add; the goal says which events follow.

use super::call::{self, Call, Ending};
use super::callback::{Emission, emit};
use super::feed;
use super::participant::{self, Participant};
use super::transfer;
use crate::clock::Key;
use crate::people::{Behaviour, Person, phone};
use crate::world::{Timer, World};
use serde_json::json;
use tandem_microsoft::acs::call::CallConnectionState;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::Identity;

/// Call establishment ends after 115 s towards phones and 85 s otherwise (reference 8, limits).
const PHONE_TIMEOUT_MS: u64 = 115_000;
const TEAMS_TIMEOUT_MS: u64 = 85_000;

/// What an answer means.
#[derive(Debug, Clone)]
pub(crate) enum Goal {
    Create,
    Add {
        context: Option<String>,
        url: Option<String>,
    },
    /// The answer takes the transferee out of the call.
    Transfer {
        context: Option<String>,
        url: Option<String>,
        transferee: Person,
    },
}

#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) id: String,
    pub(crate) person: Person,
    pub(crate) identity: Identity,
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
    let reference = || (call_id.to_owned(), id.clone());
    let acts = match (refusal, behaviour) {
        (Some(_), _) => Some(50),
        (
            None,
            Behaviour::Answer { after_ms }
            | Behaviour::Decline { after_ms }
            | Behaviour::Busy { after_ms },
        ) => Some(after_ms),
        (None, Behaviour::NoAnswer) => None,
    };
    let acts = acts.map(|after_ms| {
        let (call, invitation) = reference();
        world.after(after_ms, Timer::InvitationActs { call, invitation })
    });
    let (call, invitation) = reference();
    let timeout = world.after(
        timeout_ms.unwrap_or(default_ms),
        Timer::InvitationTimeout { call, invitation },
    );
    let invitation = Invitation {
        id: id.clone(),
        person,
        identity: identity.clone(),
        goal,
        acts,
        timeout,
    };
    if let Some(call) = world.calls.get_mut(call_id) {
        call.invitations.push(invitation);
    }
    id
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
                Some(user) if !user.has_teams_phone => {
                    (Behaviour::NoAnswer, Some(Failure::NotLicensed))
                }
                Some(user) => (user.behaviour, None),
            };
            (Person::Teams(oid), behaviour, TEAMS_TIMEOUT_MS, refusal)
        }
        Identity::AcsUser { id } => {
            let (behaviour, refusal) = match world.acs_users.get(id) {
                None => (Behaviour::NoAnswer, Some(Failure::NotFound)),
                Some(user) => (user.behaviour, None),
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
            Some(user) if !user.has_teams_phone => {
                (Behaviour::Decline { after_ms: 0 }, Failure::NotLicensed)
            }
            Some(user) => (user.behaviour, Failure::Declined),
        },
        Person::Acs(id) => match world.acs_users.get(id) {
            None => (Behaviour::Decline { after_ms: 0 }, Failure::NotFound),
            Some(user) => (user.behaviour, Failure::Declined),
        },
    };
    match behaviour {
        Behaviour::Answer { .. } => answer(world, call_id, id),
        Behaviour::Decline { .. } => fail(world, call_id, id, failure),
        Behaviour::Busy { .. } => fail(world, call_id, id, Failure::Busy),
        Behaviour::NoAnswer => {}
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
    if let (Person::Phone(phone), Goal::Create | Goal::Add { .. }) =
        (&invitation.person, &invitation.goal)
    {
        phone::answered(world, phone, call_id);
    }
    match invitation.goal {
        Goal::Create => first_answer(world, call_id, invitation.person, &invitation.identity),
        Goal::Add { context, url } => {
            let participant = json!(invitation.identity.to_identifier());
            let emission = Emission::success(context, url).with("participant", participant);
            emit(world, call_id, "AddParticipantSucceeded", emission);
            if let Some(call) = world.calls.get_mut(call_id)
                && call.customer.is_none()
                && matches!(invitation.person, Person::Phone(_))
            {
                call.customer = Some(invitation.person.clone());
            }
            participant::join(world, call_id, invitation.person, &invitation.identity);
        }
        Goal::Transfer {
            context,
            url,
            transferee,
        } => {
            let identifier = invitation.identity.to_identifier();
            let target = Participant::new(invitation.person, identifier);
            let emission = Emission::success(context, url);
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
            goal: Goal::Create | Goal::Transfer { .. },
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
        Goal::Add { .. } | Goal::Transfer { .. } => {
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
