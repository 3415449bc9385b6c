//! An incoming call between IncomingCall and its answer: answer, redirect, reject, or no answer.
//!
//! The context is opaque to clients; here it is the key of the record.

use super::call::{self, Ending, Origin, can_speak, open};
use super::callback::{check_url, emit};
use super::participant::Participant;
use super::{invalid, not_found, parse, redirect, streaming, transcription};
use crate::answer::Answer;
use crate::event_grid;
use crate::people::{Person, phone};
use crate::pipeline::Received;
use crate::tenant::ResourceAccount;
use crate::world::{Timer, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tandem_microsoft::acs::call::{AnswerCallRequest, CallRejectReason, RejectCallRequest};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::{Identifier, Identity, resource_account};
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
    /// Whom it was for took it in a client of their own.
    Taken,
    /// The caller hung up, or nobody answered.
    Gone,
}

#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) caller: Person,
    pub(crate) callee: Callee,
    pub(crate) server_call_id: String,
    pub(crate) correlation_id: String,
    pub(crate) state: State,
}

/// Whom a call is for.
#[derive(Debug, Clone)]
pub(crate) enum Callee {
    /// A number of Teams Phone.
    Account(ResourceAccount),
    /// A user of the communication resource, by raw id.
    User(String),
}

impl Callee {
    fn identifier(&self) -> Identifier {
        match self {
            Self::Account(account) => resource_account(&account.oid),
            Self::User(id) => Identity::AcsUser { id: id.clone() }.to_identifier(),
        }
    }

    /// As IncomingCall names them: the kind of a resource account is unknown (reference 6.3).
    fn announced(&self) -> Value {
        match self {
            Self::Account(account) => {
                json!({"kind": "unknown", "rawId": format!("28:orgid:{}", account.oid)})
            }
            Self::User(_) => json!(self.identifier()),
        }
    }

    fn number(&self) -> Option<String> {
        match self {
            Self::Account(account) => Some(account.number.clone()),
            Self::User(_) => None,
        }
    }
}

/// Headers that travel with a call (B-170).
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    pub(crate) voip: BTreeMap<String, String>,
    pub(crate) sip: BTreeMap<String, String>,
}

/// A call comes in: its context, and how many subscriptions were told.
pub(crate) fn arrive(
    world: &mut World,
    caller: &Person,
    callee: Callee,
    headers: &Headers,
) -> (String, usize) {
    let server_call_id = call::server_call_id(world);
    let correlation_id = world.dice.uuid();
    let context = context(world, &correlation_id);
    let from = caller.identity(world);
    let to = callee.announced();
    let number = if let Identity::Phone { number } = &from {
        number.clone()
    } else {
        String::new()
    };
    let data = json!({
        "to": to,
        "from": from.to_identifier(),
        "serverCallId": server_call_id,
        "callerDisplayName": number,
        "customContext": {"voipHeaders": headers.voip, "sipHeaders": headers.sip},
        "incomingCallContext": context,
        "correlationId": correlation_id,
    });
    let recipient = to["rawId"].as_str().unwrap_or_default();
    let subject = format!("/caller/{}/recipient/{recipient}", from.raw_id());
    if let Person::Phone(phone) = caller {
        let known_as = correlation_id.clone();
        world.phones.set_context(phone, context.clone(), known_as);
    }
    let incoming = Incoming {
        caller: caller.clone(),
        callee,
        server_call_id,
        correlation_id,
        state: State::Ringing,
    };
    world.incoming.insert(context.clone(), incoming);
    let rings = context.clone();
    world.after(RING_TIMEOUT_MS, Timer::RingTimeout { context: rings });
    let told = event_grid::publish(world, INCOMING_CALL_EVENT, &subject, &data);
    (context, told)
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
    let customer = incoming.caller.clone();
    let origin = Origin {
        server_call_id: incoming.server_call_id.clone(),
        correlation_id: incoming.correlation_id.clone(),
        version: version.to_owned(),
        callback_uri: request.callback_uri,
        is_tpe: matches!(incoming.callee, Callee::Account(_)),
        source: None,
        targets: vec![incoming.callee.identifier()],
        answered_by: request.answered_by,
        answered_for: incoming.callee.number(),
        context: request.operation_context,
        can_speak: can_speak(request.call_intelligence_options),
        customer: Some(customer.clone()),
        streaming,
        transcription,
    };
    let source = customer.identity(world).to_identifier();
    let id = open(
        world,
        Origin {
            source: Some(source),
            ..origin
        },
    );
    if let Person::Phone(phone) = &customer {
        phone::answered(world, phone, &id);
    }
    world.after(CONNECT_MS, Timer::Connected { call: id.clone() });
    let call = world.calls.get(&id).expect("the call was just opened");
    Ok(Answer::model(200, &call.properties()))
}

pub(crate) fn reject(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let request: RejectCallRequest = parse(received)?;
    let caller = take(world, &request.incoming_call_context, State::Rejected)?
        .caller
        .clone();
    let reason = match request.call_reject_reason.unwrap_or(CallRejectReason::None) {
        CallRejectReason::None => "rejected",
        CallRejectReason::Busy => "rejected: busy",
        CallRejectReason::Forbidden => "rejected: forbidden",
    };
    release(world, &caller, reason);
    Ok(Answer::empty(204))
}

/// A context can be used once; a caller who has gone cannot be answered.
pub(super) fn take<'a>(
    world: &'a mut World,
    context: &str,
    to: State,
) -> Result<&'a Incoming, Answer> {
    let incoming = ringing(world, context)?;
    incoming.state = to;
    Ok(incoming)
}

/// The call of a context, while it can be answered, redirected or rejected.
pub(super) fn ringing<'a>(world: &'a mut World, context: &str) -> Result<&'a mut Incoming, Answer> {
    let Some(incoming) = world.incoming.get_mut(context) else {
        return Err(invalid("incomingCallContext is not one of this resource"));
    };
    match incoming.state {
        State::Ringing => Ok(incoming),
        State::Gone => Err(not_found("The incoming call has ended.")),
        State::Answered | State::Rejected | State::Redirected | State::Taken => Err(Answer::acs(
            409,
            subcode::CONFLICT,
            "The incoming call was already handled.",
        )),
    }
}

/// A phone says why its call is over; a client of a user just stops.
pub(super) fn release(world: &mut World, caller: &Person, reason: &str) {
    if let Person::Phone(phone) = caller {
        phone::released(world, phone, reason);
    }
}

pub(crate) fn ring_timeout(world: &mut World, context: &str) {
    let Some(incoming) = world.incoming.get_mut(context) else {
        return;
    };
    if incoming.state == State::Ringing {
        incoming.state = State::Gone;
        let caller = incoming.caller.clone();
        release(world, &caller, "nobody answered");
    }
}

/// Whether the caller waits: for an answer, or for whoever the call was redirected to.
pub(crate) fn is_ringing(world: &World, context: &str) -> bool {
    let incoming = world.incoming.get(context);
    incoming.is_some_and(|incoming| match incoming.state {
        State::Ringing => true,
        State::Redirected => redirect::ringing_for(world, &incoming.caller).is_some(),
        State::Answered | State::Rejected | State::Taken | State::Gone => false,
    })
}

/// The call that rings for a user of the communication resource.
pub(crate) fn ringing_at(world: &World, id: &str) -> Option<String> {
    let rings = |incoming: &Incoming| {
        incoming.state == State::Ringing
            && matches!(&incoming.callee, Callee::User(user) if user == id)
    };
    let mut all = world.incoming.iter();
    let (context, _) = all.find(|(_, incoming)| rings(incoming))?;
    Some(context.clone())
}

/// A user takes the call in their own client: both talk without Call Automation.
pub(crate) fn taken_by(world: &mut World, context: &str, id: &str) {
    let Some(incoming) = world.incoming.get_mut(context) else {
        return;
    };
    incoming.state = State::Taken;
    let (caller, server_call_id) = (incoming.caller.clone(), incoming.server_call_id.clone());
    let people = [caller, Person::Acs(id.to_owned())].map(|person| {
        let identifier = person.identity(world).to_identifier();
        Participant::new(person, identifier)
    });
    call::outside(world, call::Kind::Voip { server_call_id }, people);
}

/// A user does not take the call of another one: nobody is told but the caller, whose client stops.
pub(crate) fn declined(world: &mut World, context: &str) {
    if let Some(incoming) = world.incoming.get_mut(context) {
        incoming.state = State::Gone;
    }
}

/// The caller hung up. While it was being connected, the answer fails; whoever it was redirected to stops ringing.
pub(crate) fn caller_gone(world: &mut World, context: &str) {
    let Some(incoming) = world.incoming.get_mut(context) else {
        return;
    };
    match incoming.state {
        State::Ringing => incoming.state = State::Gone,
        State::Redirected => {
            let caller = incoming.caller.clone();
            redirect::caller_left(world, &caller);
        }
        State::Answered | State::Rejected | State::Taken | State::Gone => {}
    }
}

pub(crate) fn answer_fails(world: &mut World, call_id: &str, ending: Ending) {
    let call = world.calls.get(call_id);
    let context = call.and_then(|call| call.context.clone());
    emit(world, call_id, "AnswerFailed", ending.told(context));
    call::end(world, call_id, ending);
}
