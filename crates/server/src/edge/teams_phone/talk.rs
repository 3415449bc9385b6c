//! Orders about what goes on in a conversation: hold, phones outside, transfer, tones.

use super::TeamsPhone;
use super::operations::{
    agent, context, customer, done, failed, repeatability, sent, source, target_state,
};
use crate::arrival::ArrivalDetail;
use tandem_core::effect::{Effect, Order, Outcome, Repeat};
use tandem_core::ids::{ContactId, EffectId, SubjectRef};
use tandem_core::prompt::Heard;
use tandem_core::talk::{Number, Who};
use tandem_microsoft::acs::digits::{self, SendTonesRequest};
use tandem_microsoft::acs::hold::{self, HoldRequest, UnholdRequest};
use tandem_microsoft::acs::identifier::{Identifier, phone_number};
use tandem_microsoft::acs::participant::{
    self, AddParticipantRequest, AddParticipantResponse, RemoveParticipantRequest,
};
use tandem_microsoft::acs::transfer::{self, TransferRequest};

/// Carries such an order out and says how it ended.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other orders are carried out by the caller"
)]
pub(super) async fn perform(edge: &TeamsPhone, order: &Order) -> Outcome {
    let id = order.id;
    let outcome = match &order.effect {
        Effect::Hold {
            contact,
            leg,
            who,
            music,
        } => hold(edge, id, *contact, leg, who, music).await,
        Effect::Unhold { contact, leg, who } => unhold(edge, id, *contact, leg, who).await,
        Effect::AddNumber {
            leg,
            number,
            timeout_s,
            ..
        } => add_number(edge, id, leg, number, *timeout_s).await,
        Effect::RemoveNumber { leg, number, .. } => remove_number(edge, id, leg, number).await,
        Effect::TransferAway {
            contact,
            leg,
            number,
        } => transfer_away(edge, id, *contact, leg, number).await,
        Effect::SendDigits {
            contact,
            leg,
            who,
            digits,
        } => send_digits(edge, id, *contact, leg, who, *digits).await,
        _ => Err(failed("not-an-order-about-a-conversation")),
    };
    outcome.unwrap_or_else(|outcome| outcome)
}

type Ended = Result<Outcome, Outcome>;

async fn whom(edge: &TeamsPhone, contact: ContactId, who: &Who) -> Result<Identifier, Outcome> {
    match who {
        Who::Customer => customer(edge, contact).await,
        Who::Agent(address) => Ok(agent(edge, address)),
        Who::Number(number) => phone(edge, number).await,
    }
}

/// A number lies among the personal data by itself, or with what an arrival told: who called once is called back.
pub(super) async fn phone(edge: &TeamsPhone, number: &Number) -> Result<Identifier, Outcome> {
    let text = text_under(edge, number.subject).await?;
    if text.starts_with('+') {
        return Ok(phone_number(&text));
    }
    let arrival: Option<ArrivalDetail> = serde_json::from_str(&text).ok();
    let number = arrival.and_then(|it| it.number);
    let number = number.ok_or_else(|| failed("subject-unreadable"))?;
    Ok(phone_number(&number))
}

/// What lies under a reference among the personal data.
pub(super) async fn text_under(edge: &TeamsPhone, subject: SubjectRef) -> Result<String, Outcome> {
    let center = edge.engine.center();
    let stored = edge.subjects.get(center, subject).await;
    let stored = stored.map_err(|error| {
        tracing::error!(%center, %error, "personal data cannot be read");
        failed("subject-unreadable")
    })?;
    let opened = stored.map(|stored| edge.keys.open(center, &stored));
    match opened {
        Some(Ok(Some(plain))) => {
            String::from_utf8(plain.to_vec()).map_err(|_not_text| failed("subject-unreadable"))
        }
        Some(Ok(None)) | None => Err(failed("subject-erased")),
        Some(Err(error)) => {
            tracing::error!(%center, %error, "personal data cannot be opened");
            Err(failed("subject-unreadable"))
        }
    }
}

/// Whether the service holds a single participant of a Teams Phone extensibility call is not confirmed;
/// where it does not, the refusal comes back as a failed order, and the agent is told.
async fn hold(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    who: &Who,
    music: &Heard,
) -> Ended {
    let body = HoldRequest {
        target_participant: whom(edge, contact, who).await?,
        play_source_info: Some(source(edge, music, Repeat::Loop)),
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    Ok(target_state(edge, &hold::hold(leg, &body)).await)
}

async fn unhold(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    who: &Who,
) -> Ended {
    let body = UnholdRequest {
        target_participant: whom(edge, contact, who).await?,
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    Ok(target_state(edge, &hold::unhold(leg, &body)).await)
}

/// Calls a phone outside into the call, with no caller number: the service shows that of the resource
/// account (B-182).
async fn add_number(
    edge: &TeamsPhone,
    id: EffectId,
    leg: &str,
    number: &Number,
    timeout_s: u32,
) -> Ended {
    let body = AddParticipantRequest {
        participant_to_add: phone(edge, number).await?,
        invitation_timeout_in_seconds: Some(timeout_s),
        operation_context: Some(format!("addParticipantAsync:{id}")),
        ..AddParticipantRequest::default()
    };
    let body = sent(edge, &participant::add(leg, &body, repeatability(edge, id))).await?;
    let answer: Option<AddParticipantResponse> = serde_json::from_slice(&body).ok();
    Ok(Outcome::Done {
        reference: answer.and_then(|answer| answer.invitation_id),
    })
}

async fn remove_number(edge: &TeamsPhone, id: EffectId, leg: &str, number: &Number) -> Ended {
    let body = RemoveParticipantRequest {
        participant_to_remove: phone(edge, number).await?,
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    let request = participant::remove(leg, &body, repeatability(edge, id));
    Ok(target_state(edge, &request).await)
}

/// Gives the customer to a phone outside (B-183).
async fn transfer_away(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    number: &Number,
) -> Ended {
    let body = TransferRequest {
        target_participant: phone(edge, number).await?,
        transferee: Some(customer(edge, contact).await?),
        operation_context: Some(format!("transferParticipantAsync:{id}")),
        operation_callback_uri: None,
        custom_calling_context: None,
        source_caller_id_number: None,
    };
    let request = transfer::transfer(leg, &body, repeatability(edge, id));
    Ok(done(edge, &request).await)
}

/// The digits are gone from the personal data once they were sent, or could not be: they may be a secret.
async fn send_digits(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    who: &Who,
    digits: SubjectRef,
) -> Ended {
    let text = text_under(edge, digits).await?;
    let tones = digits::tones(&text).map_err(|_not_digits| failed("not-digits"))?;
    let body = SendTonesRequest {
        tones,
        target_participant: whom(edge, contact, who).await?,
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    let outcome = done(edge, &digits::send(leg, &body, repeatability(edge, id))).await;
    if outcome != Outcome::Unknown
        && let Err(error) = edge.subjects.erase(edge.engine.center(), digits).await
    {
        tracing::error!(center = %edge.engine.center(), %error, "digits that were sent cannot be erased");
    }
    Ok(outcome)
}
