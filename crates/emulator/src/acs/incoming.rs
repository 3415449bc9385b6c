//! An incoming call between IncomingCall and its answer: answer, redirect, reject, or no answer.
//!
//! The context is opaque to clients; here it is the key of the record.

use super::call::{self, Ending, Origin, open};
use super::callback::{Emission, check_url, emit};
use super::{invalid, not_found, parse, streaming, transcription};
use crate::answer::Answer;
use crate::event_grid;
use crate::people::{Person, phone};
use crate::pipeline::Received;
use crate::tenant::ResourceAccount;
use crate::world::{Timer, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use std::collections::BTreeMap;
use tandem_microsoft::acs::call::{
    AnswerCallRequest, CallRejectReason, RedirectCallRequest, RejectCallRequest,
};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::{Identity, resource_account};
use tandem_microsoft::event_grid::INCOMING_CALL_EVENT;

/// Between answer and CallConnected.
const CONNECT_MS: u64 = 40;
/// Ringing ends when nobody answers, redirects or rejects (subcode 8587).
const RING_TIMEOUT_MS: u64 = 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Ringing,
    Answered,
    Rejected,
    Redirected,
    /// The caller hung up, or nobody answered.
    Gone,
}

#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) phone: String,
    pub(crate) account: ResourceAccount,
    pub(crate) server_call_id: String,
    pub(crate) correlation_id: String,
    pub(crate) state: State,
}

/// Headers that travel with a call (B-170).
#[derive(Debug, Default)]
pub(crate) struct Headers {
    pub(crate) voip: BTreeMap<String, String>,
    pub(crate) sip: BTreeMap<String, String>,
}

/// Rings a resource account; how many subscriptions were told.
pub(crate) fn arrive(
    world: &mut World,
    phone: &str,
    from: &str,
    account: ResourceAccount,
    headers: &Headers,
) -> usize {
    let server_call_id = call::server_call_id(world);
    let correlation_id = world.dice.uuid();
    let context = context(world, &correlation_id);
    let from = Identity::parse(&format!("4:{from}"));
    let to = format!("28:orgid:{}", account.oid);
    let number = if let Identity::Phone { number } = &from {
        number.clone()
    } else {
        String::new()
    };
    let data = json!({
        // kind is unknown for a resource account (reference 6.3).
        "to": {"kind": "unknown", "rawId": to},
        "from": from.to_identifier(),
        "serverCallId": server_call_id,
        "callerDisplayName": number,
        "customContext": {"voipHeaders": headers.voip, "sipHeaders": headers.sip},
        "incomingCallContext": context,
        "correlationId": correlation_id,
    });
    let subject = format!("/caller/{}/recipient/{to}", from.raw_id());
    let known_as = correlation_id.clone();
    let incoming = Incoming {
        phone: phone.to_owned(),
        account,
        server_call_id,
        correlation_id,
        state: State::Ringing,
    };
    world.incoming.insert(context.clone(), incoming);
    world.phones.set_context(phone, context, known_as);
    world.after(
        RING_TIMEOUT_MS,
        Timer::RingTimeout {
            phone: phone.to_owned(),
        },
    );
    event_grid::publish(world, INCOMING_CALL_EVENT, &subject, &data)
}

/// An `alg:none` text like a JWT, of a few KB, as the service sends it.
fn context(world: &mut World, correlation_id: &str) -> String {
    let padding: String = (0..40).map(|_| world.dice.uuid()).collect();
    let payload = json!({"cid": correlation_id, "cc": padding, "nonce": world.dice.uuid()});
    format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(payload.to_string())
    )
}

pub(crate) fn answer(
    world: &mut World,
    received: &Received,
    version: &str,
) -> Result<Answer, Answer> {
    let request: AnswerCallRequest = parse(received)?;
    check_url(world, &request.callback_uri)
        .map_err(|text| invalid(format!("callbackUri: {text}")))?;
    let streaming = streaming::plan(world, request.media_streaming_options)?;
    let transcription = transcription::plan(world, request.transcription_options)?;
    let incoming = take(world, &request.incoming_call_context, State::Answered)?;
    let customer = Person::Phone(incoming.phone.clone());
    let origin = Origin {
        server_call_id: incoming.server_call_id.clone(),
        correlation_id: incoming.correlation_id.clone(),
        version: version.to_owned(),
        callback_uri: request.callback_uri,
        is_tpe: true,
        source: None,
        targets: vec![resource_account(&incoming.account.oid)],
        answered_for: Some(incoming.account.number.clone()),
        context: request.operation_context,
        can_speak: request
            .call_intelligence_options
            .and_then(|options| options.cognitive_services_endpoint)
            .is_some(),
        customer: Some(customer.clone()),
        streaming,
        transcription,
    };
    let phone = incoming.phone.clone();
    let source = customer.identity(world).to_identifier();
    let id = open(
        world,
        Origin {
            source: Some(source),
            ..origin
        },
    );
    phone::answered(world, &phone, &id);
    world.after(CONNECT_MS, Timer::Connected { call: id.clone() });
    let call = world.calls.get(&id).expect("the call was just opened");
    Ok(Answer::model(200, &call.properties()))
}

pub(crate) fn redirect(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let request: RedirectCallRequest = parse(received)?;
    let Some(target) = request.target.raw_id() else {
        return Err(invalid("target must not be empty"));
    };
    let phone = take(world, &request.incoming_call_context, State::Redirected)?
        .phone
        .clone();
    phone::released(world, &phone, &format!("redirected to {target}"));
    Ok(Answer::empty(204))
}

pub(crate) fn reject(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let request: RejectCallRequest = parse(received)?;
    let phone = take(world, &request.incoming_call_context, State::Rejected)?
        .phone
        .clone();
    let reason = match request.call_reject_reason.unwrap_or(CallRejectReason::None) {
        CallRejectReason::None => "rejected",
        CallRejectReason::Busy => "rejected: busy",
        CallRejectReason::Forbidden => "rejected: forbidden",
    };
    phone::released(world, &phone, reason);
    Ok(Answer::empty(204))
}

/// A context can be used once; a caller who has gone cannot be answered.
fn take<'a>(world: &'a mut World, context: &str, to: State) -> Result<&'a Incoming, Answer> {
    let Some(incoming) = world.incoming.get_mut(context) else {
        return Err(invalid("incomingCallContext is not one of this resource"));
    };
    match incoming.state {
        State::Ringing => {
            incoming.state = to;
            Ok(incoming)
        }
        State::Gone => Err(not_found("The incoming call has ended.")),
        State::Answered | State::Rejected | State::Redirected => Err(Answer::acs(
            409,
            subcode::CONFLICT,
            "The incoming call was already handled.",
        )),
    }
}

pub(crate) fn ring_timeout(world: &mut World, phone: &str) {
    let ringing =
        |incoming: &&mut Incoming| incoming.phone == phone && incoming.state == State::Ringing;
    if let Some(incoming) = world.incoming.values_mut().find(ringing) {
        incoming.state = State::Gone;
        phone::released(world, phone, "nobody answered");
    }
}

/// The caller hung up. While it was being connected, the answer fails.
pub(crate) fn caller_gone(world: &mut World, context: &str) {
    if let Some(incoming) = world.incoming.get_mut(context)
        && incoming.state == State::Ringing
    {
        incoming.state = State::Gone;
    }
}

pub(crate) fn answer_fails(world: &mut World, call_id: &str) {
    let context = world
        .calls
        .get(call_id)
        .and_then(|call| call.context.clone());
    let emission = Emission {
        context,
        ..Emission::default()
    }
    .result(487, subcode::CANCELED_BY_CALLER, "The caller hung up.");
    emit(world, call_id, "AnswerFailed", emission);
    call::end(
        world,
        call_id,
        Ending::new(487, subcode::CANCELED_BY_CALLER, "The caller hung up."),
    );
}
