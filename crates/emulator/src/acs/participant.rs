//! Who is in a call: list, get, add, remove, cancel, and what follows when somebody joins or leaves.
//!
//! The rules of Teams Phone extensibility (reference 7.4) are here: no caller number, no plain Teams
//! users, nobody twice.

use super::call::{self, Ending};
use super::callback::{Emission, check_url, emit};
use super::invitation::{self, Goal};
use super::{calling_context, connected_call, incoming, invalid, live_call, not_found, parse};
use crate::answer::Answer;
use crate::options::defaults;
use crate::people::{Person, phone, script};
use crate::pipeline::Received;
use crate::trace;
use crate::world::{Timer, World};
use serde_json::json;
use tandem_microsoft::acs::call::CallConnectionState;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::{Identifier, Identity};
use tandem_microsoft::acs::participant::{
    AddParticipantRequest, AddParticipantResponse, CallParticipant, CancelAddParticipantRequest,
    CancelAddParticipantResponse, GetParticipantsResponse, MuteParticipantsRequest,
    RemoveParticipantRequest, RemoveParticipantResponse,
};
use tandem_microsoft::limits::{INVITATION_TIMEOUT_S_MAX, PARTICIPANTS_MAX};

/// Between the answer of participants:remove and its event.
const REMOVE_MS: u64 = 30;

#[derive(Debug, Clone)]
pub(crate) struct Participant {
    pub(crate) person: Person,
    pub(crate) identifier: Identifier,
    pub(crate) held: Option<Held>,
    pub(crate) is_muted: bool,
    /// Which of the call's voices is theirs; the lowest one that is free when they come.
    pub(crate) voice: u32,
}

/// What somebody on hold hears; nothing is silence.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) hears: Option<String>,
}

impl Participant {
    pub(crate) const fn new(person: Person, identifier: Identifier) -> Self {
        Self {
            person,
            identifier,
            held: None,
            is_muted: false,
            voice: 0,
        }
    }

    pub(crate) fn raw_id(&self) -> String {
        self.identifier.raw_id().unwrap_or_default()
    }

    fn model(&self) -> CallParticipant {
        CallParticipant {
            identifier: self.identifier.clone(),
            is_muted: self.is_muted,
            is_on_hold: self.held.is_some(),
        }
    }
}

/// A removal on its way.
#[derive(Debug, Clone)]
pub(crate) struct Removal {
    identifier: Identifier,
    context: Option<String>,
    url: Option<String>,
}

pub(crate) fn list(world: &mut World, call_id: &str) -> Result<Answer, Answer> {
    let call = live_call(world, call_id)?;
    let value = call.participants.iter().map(Participant::model).collect();
    Ok(Answer::model(
        200,
        &GetParticipantsResponse {
            value,
            next_link: None,
        },
    ))
}

pub(crate) fn get(world: &mut World, call_id: &str, raw_id: &str) -> Result<Answer, Answer> {
    let call = live_call(world, call_id)?;
    match call
        .participants
        .iter()
        .find(|participant| participant.raw_id().eq_ignore_ascii_case(raw_id))
    {
        Some(participant) => Ok(Answer::model(200, &participant.model())),
        None => Err(not_found("Participant not found.")),
    }
}

/// Who may be called or added.
pub(crate) fn check_target(
    world: &World,
    target: &Identifier,
    is_tpe: bool,
) -> Result<Identity, Answer> {
    let Some(identity) = target.identity() else {
        return Err(invalid("the target has neither rawId nor a member"));
    };
    match &identity {
        Identity::Phone { number } => {
            let digits = number.strip_prefix('+').unwrap_or_default();
            let is_e164 = (3..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit());
            if is_e164 {
                Ok(identity)
            } else {
                Err(invalid("the phone number is not in E.164 form"))
            }
        }
        Identity::TeamsExtensionUser { .. } if !is_tpe => Err(invalid(
            "a Teams extension user can be added to a Teams Phone extensibility call only",
        )),
        Identity::TeamsExtensionUser {
            tenant, resource, ..
        } => {
            let ours = tenant.eq_ignore_ascii_case(defaults::TENANT)
                && resource.eq_ignore_ascii_case(defaults::ACS_RESOURCE);
            if ours {
                Ok(identity)
            } else {
                Err(Answer::acs(
                    403,
                    7505,
                    "the tenant or resource of the user is another one",
                ))
            }
        }
        Identity::TeamsUser { .. } if is_tpe => Err(invalid(
            "plain Teams users are not supported in a Teams Phone extensibility call",
        )),
        Identity::TeamsUser { oid, .. } => {
            let known = world.users.get(&oid.to_lowercase()).is_some();
            if known {
                Ok(identity)
            } else {
                Err(not_found("The Teams user was not found."))
            }
        }
        Identity::AcsUser { .. } if is_tpe => Err(invalid(
            "users of the communication resource are not supported in a Teams Phone extensibility call",
        )),
        Identity::AcsUser { id } => match world.acs_users.get(id) {
            Some(_) => Ok(identity),
            None => Err(not_found("The user was not found.")),
        },
        Identity::AnonymousPhone
        | Identity::TeamsVisitor { .. }
        | Identity::TeamsApp { .. }
        | Identity::Unknown { .. } => Err(invalid("this kind of target is not supported")),
    }
}

pub(crate) fn add(world: &mut World, call_id: &str, received: &Received) -> Result<Answer, Answer> {
    let request: AddParticipantRequest = parse(received)?;
    let call = connected_call(world, call_id)?;
    let (is_tpe, count) = (
        call.is_tpe,
        call.participants.len() + call.invitations.len(),
    );
    if is_tpe
        && (request.source_caller_id_number.is_some() || request.source_display_name.is_some())
    {
        return Err(invalid(
            "Invalid request, SourceCallerIdNumber and SourceDisplayName are not supported in this call.",
        ));
    }
    if request
        .invitation_timeout_in_seconds
        .is_some_and(|seconds| seconds > INVITATION_TIMEOUT_S_MAX)
    {
        return Err(invalid("invitationTimeoutInSeconds must be 0 to 180"));
    }
    if count >= PARTICIPANTS_MAX {
        return Err(Answer::acs(
            412,
            subcode::PRECONDITION_FAILED,
            "the call has its 350 participants",
        ));
    }
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    let identity = check_target(world, &request.participant_to_add, is_tpe)?;
    if !is_tpe
        && matches!(identity, Identity::Phone { .. })
        && request.source_caller_id_number.is_none()
    {
        return Err(invalid(
            "SourceCallerIdNumber is required for phone number targets.",
        ));
    }
    if is_present_or_ringing(world, call_id, &identity.raw_id()) {
        return Err(Answer::acs(
            400,
            subcode::DUPLICATE_DIAL_OUT,
            "the participant is in the call or rings already",
        ));
    }
    let calling_context = calling_context::told(received)?;
    let from = call::caller_number(world, call_id);
    let goal = Goal::Add {
        context: request.operation_context.clone(),
        url: request.operation_callback_uri,
    };
    let timeout_ms = request
        .invitation_timeout_in_seconds
        .filter(|seconds| *seconds > 0)
        .map(|seconds| u64::from(seconds) * 1000);
    let invitation_id =
        invitation::ring(world, call_id, &identity, goal, timeout_ms, from.as_deref());
    calling_context::give(world, call_id, &invitation_id, calling_context);
    let participant = CallParticipant {
        identifier: identity.to_identifier(),
        is_muted: false,
        is_on_hold: false,
    };
    let response = AddParticipantResponse {
        participant: Some(participant),
        operation_context: request.operation_context,
        invitation_id: Some(invitation_id),
    };
    Ok(Answer::model(202, &response))
}

pub(crate) fn is_present_or_ringing(world: &World, call_id: &str, raw_id: &str) -> bool {
    world.calls.get(call_id).is_some_and(|call| {
        call.participants
            .iter()
            .any(|participant| participant.raw_id().eq_ignore_ascii_case(raw_id))
            || call
                .invitations
                .iter()
                .flat_map(|ringing| [&ringing.identity, &ringing.answers_as])
                .any(|identity| identity.raw_id().eq_ignore_ascii_case(raw_id))
    })
}

/// As the service names them: with the kind, the raw id and the member of that kind, whatever the client left out (Python
/// sends no kind).
pub(crate) fn as_told(who: &Identifier) -> Identifier {
    who.identity()
        .map(|identity| identity.to_identifier())
        .unwrap_or_default()
}

/// The raw id of whom a request names.
pub(crate) fn named(who: &Identifier, member: &str) -> Result<String, Answer> {
    who.raw_id()
        .ok_or_else(|| invalid(format!("{member} has neither rawId nor a member")))
}

pub(crate) fn check_operation_url(world: &World, url: Option<&str>) -> Result<(), Answer> {
    match url {
        Some(url) => {
            check_url(world, url).map_err(|text| invalid(format!("operationCallbackUri: {text}")))
        }
        None => Ok(()),
    }
}

pub(crate) fn remove(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: RemoveParticipantRequest = parse(received)?;
    connected_call(world, call_id)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    named(&request.participant_to_remove, "participantToRemove")?;
    let removal = Removal {
        identifier: request.participant_to_remove,
        context: request.operation_context.clone(),
        url: request.operation_callback_uri,
    };
    world.after(
        REMOVE_MS,
        Timer::Removed {
            call: call_id.to_owned(),
            removal: Box::new(removal),
        },
    );
    Ok(Answer::model(
        202,
        &RemoveParticipantResponse {
            operation_context: request.operation_context,
        },
    ))
}

pub(crate) fn removed(world: &mut World, call_id: &str, removal: &Removal) {
    let raw_id = removal.identifier.raw_id().unwrap_or_default();
    let Ok(call) = connected_call(world, call_id) else {
        return;
    };
    let found = call
        .participants
        .iter()
        .find(|participant| participant.raw_id().eq_ignore_ascii_case(&raw_id));
    let person = found.map(|participant| participant.person.clone());
    let identifier = found.map_or_else(
        || as_told(&removal.identifier),
        |participant| participant.identifier.clone(),
    );
    let emission = Emission::success(removal.context.clone(), removal.url.clone())
        .with("participant", json!(identifier));
    let Some(person) = person else {
        let emission = emission.result(
            404,
            subcode::NOT_FOUND,
            "The participant is not in the call.",
        );
        emit(world, call_id, "RemoveParticipantFailed", emission);
        return;
    };
    emit(world, call_id, "RemoveParticipantSucceeded", emission);
    leave(world, call_id, &person);
    if let Person::Phone(phone) = &person {
        phone::released(world, phone, "removed from the call");
    }
}

/// One user of the communication resource; not in a Teams Phone extensibility call (reference 7.4).
pub(crate) fn mute(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: MuteParticipantsRequest = parse(received)?;
    let is_tpe = connected_call(world, call_id)?.is_tpe;
    let [target] = request.target_participants.as_slice() else {
        return Err(invalid("targetParticipants must have one entry"));
    };
    let target = named(target, "targetParticipants")?;
    super::media::check_present(world, call_id, &target)?;
    if is_tpe {
        return Err(invalid(
            "Invalid request, mute is not supported in a Teams Phone extensibility call.",
        ));
    }
    let Some(participant) = connected_call(world, call_id)?.participant_mut(&target) else {
        return Err(not_found("Participant not found."));
    };
    if !matches!(participant.person, Person::Acs(_)) {
        return Err(invalid(
            "Invalid request, only users of the communication resource can be muted.",
        ));
    }
    let changes = !std::mem::replace(&mut participant.is_muted, true);
    if changes {
        updated(world, call_id);
    }
    // The answer has the shape of one that only echoes the context.
    let answer = RemoveParticipantResponse {
        operation_context: request.operation_context,
    };
    Ok(Answer::model(200, &answer))
}

pub(crate) fn cancel_add(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: CancelAddParticipantRequest = parse(received)?;
    live_call(world, call_id)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    let emission = Emission::success(
        request.operation_context.clone(),
        request.operation_callback_uri,
    )
    .with("invitationId", json!(request.invitation_id));
    if invitation::cancel(world, call_id, &request.invitation_id) {
        emit(world, call_id, "CancelAddParticipantSucceeded", emission);
    } else {
        let emission = emission.result(
            404,
            subcode::NOT_FOUND,
            "The invitation was not found or has ended.",
        );
        emit(world, call_id, "CancelAddParticipantFailed", emission);
    }
    let response = CancelAddParticipantResponse {
        invitation_id: Some(request.invitation_id),
        operation_context: request.operation_context,
    };
    Ok(Answer::model(202, &response))
}

/// Somebody is in the call now.
pub(crate) fn join(world: &mut World, call_id: &str, person: Person, identity: &Identity) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    if call.has(&person) {
        return;
    }
    let phone = person.phone().map(str::to_owned);
    let raw_id = identity.raw_id();
    call.seat(person.clone(), identity.to_identifier());
    trace::person(world, call_id, &raw_id, &json!({"joins": true}));
    updated(world, call_id);
    super::announce::came(world, call_id, &person);
    phone::company_changed(world, call_id);
    if let Some(phone) = phone {
        script::proceed(world, &phone);
    }
}

/// Somebody hung up or was removed. The call ends with the last one (and, once Call Automation has
/// left, with the last but one).
pub(crate) fn leave(world: &mut World, call_id: &str, person: &Person) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let (state, before) = (call.state, call.participants.len());
    let raw_id = call
        .participants
        .iter()
        .find(|participant| participant.person == *person)
        .map(Participant::raw_id);
    call.participants
        .retain(|participant| participant.person != *person);
    let left = call.participants.len();
    super::announce::went(world, call_id, person);
    match state {
        CallConnectionState::Connecting => {
            let ending = Ending::new(487, subcode::CANCELED_BY_CALLER, "The caller hung up.");
            incoming::answer_fails(world, call_id, ending);
        }
        CallConnectionState::Disconnected if left == 1 => {
            call::end(world, call_id, Ending::graceful())
        }
        CallConnectionState::Connected if left == 0 => {
            updated(world, call_id);
            call::end(world, call_id, Ending::graceful());
        }
        CallConnectionState::Connected if left < before => {
            let raw_id = raw_id.unwrap_or_default();
            super::digits::target_left(world, call_id, &raw_id);
            super::media::target_left(world, call_id, &raw_id);
            updated(world, call_id);
            invitation::transferee_left(world, call_id, person);
            phone::company_changed(world, call_id);
        }
        CallConnectionState::Connected
        | CallConnectionState::Disconnected
        | CallConnectionState::Unknown
        | CallConnectionState::Transferring
        | CallConnectionState::TransferAccepted
        | CallConnectionState::Disconnecting => {}
    }
}

/// Somebody came, left, or is heard otherwise: every connection to the call is told.
pub(crate) fn updated(world: &mut World, call_id: &str) {
    tell_updated(world, call_id);
    super::connect::spread(world, call_id);
}

/// ParticipantsUpdated, with its growing number.
pub(crate) fn tell_updated(world: &mut World, call_id: &str) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    call.sequence_number += 1;
    let participants: Vec<CallParticipant> =
        call.participants.iter().map(Participant::model).collect();
    let emission = Emission::success(None, None)
        .with("sequenceNumber", json!(call.sequence_number))
        .with("participants", json!(participants));
    super::recording::company_changed(world, call_id);
    emit(world, call_id, "ParticipantsUpdated", emission);
}
