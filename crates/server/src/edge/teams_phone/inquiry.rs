//! Reconciliation with Call Automation: what it says of a call when it is asked. The list of participants
//! tells both whether there is a call and who is in it; an empty one leaves open whether it is coming up.

use super::client::CallError;
use super::operations::send;
use super::{TeamsPhone, translate};
use tandem_core::effect::{Observation, Outcome};
use tandem_core::ids::ContactId;
use tandem_core::recording::Told;
use tandem_microsoft::acs::call::{CallConnectionProperties, CallConnectionState};
use tandem_microsoft::acs::participant::{CallParticipant, GetParticipantsResponse};
use tandem_microsoft::acs::recording::{RecordingState, RecordingStateResponse};
use tandem_microsoft::acs::{call, participant, recording};
use tandem_microsoft::request::Request;

/// Pages of participants that are read: 350 may be in a call, and a page holds many.
const PAGES_MAX: usize = 16;

/// Asks what is true of a call, and of the recording that runs on it.
pub(super) async fn inquire(
    edge: &TeamsPhone,
    contact: ContactId,
    leg: &str,
    recording: Option<&str>,
) -> Outcome {
    match observe(edge, contact, leg, recording).await {
        Ok(call) => Outcome::Observed { call },
        Err(error) if is_gone(&error) => Outcome::Observed {
            call: Observation::Gone,
        },
        Err(error) => {
            tracing::warn!(center = %edge.engine.center(), %error, "a call could not be asked about");
            match error {
                CallError::Refused { code, .. } => Outcome::Failed { code },
                CallError::NoAnswer { .. } | CallError::NotSent { .. } => Outcome::Unknown,
            }
        }
    }
}

/// Only the service's own word that it knows no such call counts: a proxy that answers 404 must not end
/// every conversation.
fn is_gone(error: &CallError) -> bool {
    match error {
        CallError::Refused { status: 404, code } => !code.starts_with("http-"),
        CallError::Refused { .. } | CallError::NoAnswer { .. } | CallError::NotSent { .. } => false,
    }
}

async fn observe(
    edge: &TeamsPhone,
    contact: ContactId,
    leg: &str,
    recording: Option<&str>,
) -> Result<Observation, CallError> {
    let people = participants(edge, leg).await?;
    if !people.is_empty() {
        let (customer, agents) =
            edge.telling_phones_apart(contact, |phones| translate::present(&people, phones));
        let recording = match recording {
            Some(reference) => told(edge, reference).await,
            None => None,
        };
        return Ok(Observation::Up {
            customer,
            agents,
            recording,
        });
    }
    let body = send(edge, &call::get(leg)).await?;
    let state = CallConnectionProperties::parse(&body).map_err(unreadable)?;
    Ok(match state.call_connection_state {
        Some(CallConnectionState::Disconnected) => Observation::Gone,
        Some(
            CallConnectionState::Unknown
            | CallConnectionState::Connecting
            | CallConnectionState::Connected
            | CallConnectionState::Transferring
            | CallConnectionState::TransferAccepted
            | CallConnectionState::Disconnecting,
        )
        | None => Observation::Connecting,
    })
}

/// What the service says of a recording; nothing when it does not say.
async fn told(edge: &TeamsPhone, reference: &str) -> Option<Told> {
    match send(edge, &recording::get(reference)).await {
        Ok(body) => match RecordingStateResponse::parse(&body).ok()?.recording_state? {
            RecordingState::Active => Some(Told::Active),
            RecordingState::Inactive => Some(Told::Inactive),
            RecordingState::Unknown => None,
        },
        Err(error) if is_gone(&error) => Some(Told::Gone),
        Err(error) => {
            tracing::warn!(center = %edge.engine.center(), %error, "a recording could not be asked about");
            None
        }
    }
}

async fn participants(edge: &TeamsPhone, leg: &str) -> Result<Vec<CallParticipant>, CallError> {
    let mut people = Vec::new();
    let mut next: Option<Request> = Some(participant::list(leg));
    for _ in 0..PAGES_MAX {
        let Some(request) = next.take() else {
            break;
        };
        let body = send(edge, &request).await?;
        let page: GetParticipantsResponse = serde_json::from_slice(&body).map_err(unreadable)?;
        people.extend(page.value);
        next = page.next_link.as_deref().and_then(participant::next_page);
    }
    Ok(people)
}

fn unreadable(error: serde_json::Error) -> CallError {
    CallError::NoAnswer {
        detail: format!("the answer cannot be read: {error}"),
    }
}
