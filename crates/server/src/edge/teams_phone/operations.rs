//! Orders of the core as operations of Call Automation, one function each.

use super::client::{CallError, http_date};
use super::{TeamsPhone, dial, inquiry, recording, talk, translate};
use crate::arrival::ArrivalDetail;
use tandem_core::effect::{Effect, Order, Outcome, Repeat};
use tandem_core::flow::{Digits, Entry};
use tandem_core::ids::{ContactId, EffectId, SubjectRef};
use tandem_core::prompt::Heard;
use tandem_microsoft::acs::call::{
    AnswerCallRequest, CallConnectionProperties, CallIntelligenceOptions, CallRejectReason,
    RejectCallRequest,
};
use tandem_microsoft::acs::identifier::{Identifier, Identity, teams_extension_user};
use tandem_microsoft::acs::media::{
    DtmfOptions, PlayOptions, PlayRequest, PlaySource, RecognizeInput, RecognizeOptions,
    RecognizeRequest, Tone,
};
use tandem_microsoft::acs::participant::{
    AddParticipantRequest, AddParticipantResponse, CancelAddParticipantRequest,
    RemoveParticipantRequest,
};
use tandem_microsoft::acs::{call, media, participant};
use tandem_microsoft::request::{Repeatability, Request};

/// Carries an order out and says how it ended.
pub async fn perform(edge: &TeamsPhone, order: &Order) -> Outcome {
    let id = order.id;
    match &order.effect {
        Effect::Answer { contact, arrival } => answer(edge, id, *contact, *arrival).await,
        Effect::RejectArrival { arrival } => reject(edge, id, *arrival).await,
        Effect::Play {
            leg,
            prompt,
            repeat,
            ..
        } => play(edge, id, leg, prompt, *repeat).await,
        Effect::Collect {
            contact,
            leg,
            prompt,
            max_digits,
            timeout_s,
            entry,
        } => {
            let ask = Ask {
                prompt,
                max_digits: *max_digits,
                timeout_s: *timeout_s,
                entry: *entry,
            };
            collect(edge, id, *contact, leg, ask).await
        }
        Effect::StopMedia { leg, .. } => target_state(edge, &media::cancel_all(leg)).await,
        Effect::AddAgent {
            leg,
            address,
            timeout_s,
            ..
        } => add_agent(edge, id, leg, address, *timeout_s).await,
        Effect::CancelAddAgent {
            leg, invitation, ..
        } => cancel_add_agent(edge, id, leg, invitation).await,
        Effect::RemoveAgent { leg, address, .. } => remove_agent(edge, id, leg, address).await,
        Effect::Hold { .. }
        | Effect::Unhold { .. }
        | Effect::AddNumber { .. }
        | Effect::RemoveNumber { .. }
        | Effect::TransferAway { .. }
        | Effect::SendDigits { .. } => talk::perform(edge, order).await,
        Effect::CallAgent { .. } | Effect::CallCustomer { .. } => dial::perform(edge, order).await,
        Effect::StartRecording { .. }
        | Effect::PauseRecording { .. }
        | Effect::ResumeRecording { .. }
        | Effect::StopRecording { .. }
        | Effect::Listen { .. }
        | Effect::FetchRecording { .. } => recording::perform(edge, order).await,
        Effect::Forget { subjects, .. } | Effect::ForgetCallback { subjects, .. } => {
            forget(edge, subjects).await
        }
        // Not for this edge: [`crate::edge::business`] asks.
        Effect::Request { .. } => failed("not-a-call"),
        Effect::HangUp { leg, .. } => {
            target_state(edge, &call::terminate(leg, repeatability(edge, id))).await
        }
        Effect::Inquire {
            contact,
            leg,
            recording,
        } => inquiry::inquire(edge, *contact, leg, recording.as_deref()).await,
    }
}

/// An order that cannot be carried out, by the code that says why.
pub(super) fn failed(code: &str) -> Outcome {
    Outcome::Failed {
        code: code.to_owned(),
    }
}

/// The idempotency key of an order, in the form of a version 4 uuid: the same for every repetition,
/// different in every installation.
#[must_use]
pub fn effect_key(edge: &TeamsPhone, id: EffectId) -> String {
    let text = format!("effect/{id}");
    let hash = edge.keys.keyed_hash(edge.engine.center(), &text);
    uuid::Builder::from_random_bytes(hash.to_be_bytes())
        .into_uuid()
        .to_string()
}

pub(super) fn repeatability(edge: &TeamsPhone, id: EffectId) -> Repeatability {
    Repeatability {
        request_id: effect_key(edge, id),
        first_sent: http_date(),
    }
}

/// What the service echoes with the events of an operation: [`super::translate`] reads it back.
pub(super) fn context(id: EffectId) -> String {
    format!("effect:{id}")
}

async fn answer(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    arrival: SubjectRef,
) -> Outcome {
    let detail = match arrival_detail(edge, arrival).await {
        Ok(detail) => detail,
        Err(outcome) => return outcome,
    };
    let body = AnswerCallRequest {
        incoming_call_context: detail.incoming_call_context,
        callback_uri: edge.callback_uri(contact),
        operation_context: Some(context(id)),
        call_intelligence_options: intelligence(edge),
        ..AnswerCallRequest::default()
    };
    let request = call::answer(&body, repeatability(edge, id));
    begun(edge, &request).await
}

/// Sends a request that begins a call of ours; its connection is the reference.
pub(super) async fn begun(edge: &TeamsPhone, request: &Request) -> Outcome {
    sent(edge, request).await.map_or_else(
        |outcome| outcome,
        |body| match CallConnectionProperties::parse(&body).map(|it| it.call_connection_id) {
            Ok(Some(reference)) => Outcome::Done {
                reference: Some(reference),
            },
            Ok(None) | Err(_) => Outcome::Unknown,
        },
    )
}

/// What makes texts spoken in a call, if a speech service is configured.
pub(super) fn intelligence(edge: &TeamsPhone) -> Option<CallIntelligenceOptions> {
    let endpoint = edge.settings.cognitive_services_endpoint.clone()?;
    Some(CallIntelligenceOptions {
        cognitive_services_endpoint: Some(endpoint),
    })
}

async fn reject(edge: &TeamsPhone, id: EffectId, arrival: SubjectRef) -> Outcome {
    let detail = match arrival_detail(edge, arrival).await {
        Ok(detail) => detail,
        Err(outcome) => return outcome,
    };
    let body = RejectCallRequest {
        incoming_call_context: detail.incoming_call_context,
        call_reject_reason: Some(CallRejectReason::Busy),
    };
    done(edge, &call::reject(&body, repeatability(edge, id))).await
}

async fn play(
    edge: &TeamsPhone,
    id: EffectId,
    leg: &str,
    prompt: &Heard,
    repeat: Repeat,
) -> Outcome {
    let body = PlayRequest {
        play_sources: vec![source(edge, prompt, repeat)],
        play_to: Vec::new(),
        // Whatever played before is over: one prompt at a time is heard.
        interrupt_call_media_operation: Some(true),
        play_options: Some(PlayOptions {
            loops: repeat == Repeat::Loop,
        }),
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    done(edge, &media::play(leg, &body)).await
}

struct Ask<'a> {
    prompt: &'a Heard,
    max_digits: u32,
    timeout_s: u32,
    entry: Entry,
}

async fn collect(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    leg: &str,
    ask: Ask<'_>,
) -> Outcome {
    let customer = match customer(edge, contact).await {
        Ok(customer) => customer,
        Err(outcome) => return outcome,
    };
    let body = RecognizeRequest {
        recognize_input_type: RecognizeInput::Dtmf,
        play_prompt: Some(source(edge, ask.prompt, Repeat::Once)),
        play_prompts: Vec::new(),
        interrupt_call_media_operation: Some(true),
        recognize_options: RecognizeOptions {
            target_participant: customer,
            interrupt_prompt: Some(true),
            initial_silence_timeout_in_seconds: Some(ask.timeout_s),
            dtmf_options: Some(DtmfOptions {
                inter_tone_timeout_in_seconds: Some(ask.entry.between_digits_s),
                max_tones_to_collect: Some(ask.max_digits),
                stop_tones: { ask.entry.terminator.into_iter() }
                    .filter_map(|key| Tone::from_key(key.into()))
                    .collect(),
            }),
            ..RecognizeOptions::default()
        },
        operation_context: Some(match ask.entry.digits {
            Digits::Plain => context(id),
            Digits::Masked => translate::masked_context(id),
        }),
        operation_callback_uri: None,
    };
    done(edge, &media::recognize(leg, &body)).await
}

/// Erases what nobody may know any more.
async fn forget(edge: &TeamsPhone, subjects: &[SubjectRef]) -> Outcome {
    let center = edge.engine.center();
    for subject in subjects {
        if let Err(error) = edge.subjects.erase(center, *subject).await {
            tracing::error!(%center, %error, "personal data cannot be erased");
            return Outcome::Unknown;
        }
    }
    Outcome::Done { reference: None }
}

/// The customer of a contact, as the service names them.
pub(super) async fn customer(edge: &TeamsPhone, contact: ContactId) -> Result<Identifier, Outcome> {
    let arrival = edge.engine.view().read(|projection| {
        let contact = projection.center.state().contacts.get(contact);
        contact.map(|contact| contact.arrival)
    });
    let arrival = arrival.ok_or_else(|| Outcome::Failed {
        code: "contact-over".to_owned(),
    })?;
    let detail = arrival_detail(edge, arrival).await?;
    Ok(Identity::parse(&detail.from_raw_id).to_identifier())
}

pub(super) fn source(edge: &TeamsPhone, heard: &Heard, repeat: Repeat) -> PlaySource {
    match heard {
        Heard::Text(text) => {
            PlaySource::text(text, Some(edge.settings.prompt_locale.clone()), None)
        }
        Heard::Url(url) => PlaySource::file(url),
        Heard::Said { text, language } => PlaySource::text(text, Some(language.to_string()), None),
        // The same sound has another link each time; by this id the service knows it again.
        Heard::Sound { id, .. } => PlaySource {
            play_source_cache_id: Some(id.to_string()),
            ..PlaySource::file(edge.link_to(id, repeat))
        },
    }
}

/// Rings the agent's Teams client (B-181).
async fn add_agent(
    edge: &TeamsPhone,
    id: EffectId,
    leg: &str,
    address: &str,
    timeout_s: u32,
) -> Outcome {
    let body = AddParticipantRequest {
        participant_to_add: agent(edge, address),
        invitation_timeout_in_seconds: Some(timeout_s),
        operation_context: Some(format!("addParticipantAsync:{id}")),
        ..AddParticipantRequest::default()
    };
    let request = participant::add(leg, &body, repeatability(edge, id));
    sent(edge, &request).await.map_or_else(
        |outcome| outcome,
        |body| {
            let answer: Option<AddParticipantResponse> = serde_json::from_slice(&body).ok();
            Outcome::Done {
                reference: answer.and_then(|answer| answer.invitation_id),
            }
        },
    )
}

pub(super) fn agent(edge: &TeamsPhone, address: &str) -> Identifier {
    teams_extension_user(
        address,
        &edge.settings.tenant_id,
        &edge.settings.resource_id,
    )
}

async fn cancel_add_agent(edge: &TeamsPhone, id: EffectId, leg: &str, invitation: &str) -> Outcome {
    let body = CancelAddParticipantRequest {
        invitation_id: invitation.to_owned(),
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    let request = participant::cancel_add(leg, &body, repeatability(edge, id));
    target_state(edge, &request).await
}

async fn remove_agent(edge: &TeamsPhone, id: EffectId, leg: &str, address: &str) -> Outcome {
    let body = RemoveParticipantRequest {
        participant_to_remove: agent(edge, address),
        operation_context: Some(context(id)),
        operation_callback_uri: None,
    };
    let request = participant::remove(leg, &body, repeatability(edge, id));
    target_state(edge, &request).await
}

/// Sends a request, and notices when no token is to be had.
pub(super) async fn send(edge: &TeamsPhone, request: &Request) -> Result<Vec<u8>, CallError> {
    let answer = edge.client.send(request).await;
    match &answer {
        Err(CallError::NotSent {
            detail,
            is_passing: false,
        }) => edge.signals.token(Some(detail.clone())),
        Ok(_) => edge.signals.token(None),
        Err(CallError::NotSent { .. } | CallError::NoAnswer { .. } | CallError::Refused { .. }) => {
        }
    }
    answer
}

pub(super) async fn sent(edge: &TeamsPhone, request: &Request) -> Result<Vec<u8>, Outcome> {
    send(edge, request).await.map_err(|error| {
        tracing::warn!(center = %edge.engine.center(), %error, "an operation failed");
        outcome_of(error)
    })
}

pub(super) fn outcome_of(error: CallError) -> Outcome {
    match error {
        CallError::Refused { code, .. } => Outcome::Failed { code },
        CallError::NoAnswer { .. } => Outcome::Unknown,
        CallError::NotSent { .. } => Outcome::Failed {
            code: "not-sent".to_owned(),
        },
    }
}

pub(super) async fn done(edge: &TeamsPhone, request: &Request) -> Outcome {
    match sent(edge, request).await {
        Ok(_) => Outcome::Done { reference: None },
        Err(outcome) => outcome,
    }
}

/// For orders that want something to be so: that there is nothing left to change is success.
pub(super) async fn target_state(edge: &TeamsPhone, request: &Request) -> Outcome {
    match send(edge, request).await {
        Ok(_) | Err(CallError::Refused { status: 404, .. }) => Outcome::Done { reference: None },
        Err(error) => outcome_of(error),
    }
}

async fn arrival_detail(edge: &TeamsPhone, arrival: SubjectRef) -> Result<ArrivalDetail, Outcome> {
    crate::arrival::read(
        edge.subjects.as_ref(),
        &edge.keys,
        edge.engine.center(),
        arrival,
    )
    .await
    .map_err(|error| {
        tracing::error!(center = %edge.engine.center(), %error, "an arrival cannot be read");
        Outcome::Failed {
            code: "arrival-unreadable".to_owned(),
        }
    })
}
