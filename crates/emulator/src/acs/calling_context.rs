//! What an application tells whom it calls: headers, and what a Teams client shows of the customer
//! (acs-call-automation.md 6.3 and 7.4).
//!
//! It is kept as it was sent, so that the person's side of the control API can show it; nothing here reads it.

use super::invalid;
use crate::answer::Answer;
use crate::people::Person;
use crate::pipeline::Received;
use crate::world::World;
use serde_json::{Map, Value};
use tandem_microsoft::limits::{
    HEADER_KEY_CHARS_MAX, SIP_HEADER_VALUE_CHARS_MAX, SIP_HEADERS_MAX, VOIP_HEADER_VALUE_CHARS_MAX,
    VOIP_HEADERS_MAX,
};

/// What fits into the notice of a Teams client.
const TOPIC_CHARS_MAX: usize = 48;
const ADDITIONAL_MAX: usize = 10;
/// The one SIP header that is not the application's own.
const USER_TO_USER: &str = "User-To-User";

/// What the body of a request tells, within its limits.
pub(super) fn told(received: &Received) -> Result<Option<Value>, Answer> {
    let mut body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
    let context = body["customCallingContext"].take();
    if context.is_null() {
        return Ok(None);
    }
    let voip = headers(&context, "voipHeaders")?;
    let sip = headers(&context, "sipHeaders")?;
    check(
        &voip,
        VOIP_HEADERS_MAX,
        VOIP_HEADER_VALUE_CHARS_MAX,
        "voipHeaders",
    )?;
    check(
        &sip,
        SIP_HEADERS_MAX,
        SIP_HEADER_VALUE_CHARS_MAX,
        "sipHeaders",
    )?;
    let own = sip
        .keys()
        .filter(|name| !name.eq_ignore_ascii_case(USER_TO_USER));
    if own.count() >= SIP_HEADERS_MAX {
        return Err(refused("sipHeaders may have five beside User-To-User"));
    }
    let details = &context["teamsPhoneCallDetails"];
    let topic = details["callTopic"].as_str().unwrap_or_default();
    if topic.chars().count() > TOPIC_CHARS_MAX {
        return Err(refused("callTopic may have 48 characters"));
    }
    let caller = &details["teamsPhoneCallerDetails"];
    let additional = caller["additionalCallerInformation"].as_object();
    if additional.is_some_and(|it| it.len() > ADDITIONAL_MAX) {
        return Err(refused("additionalCallerInformation may have ten entries"));
    }
    Ok(Some(context))
}

fn headers(context: &Value, member: &str) -> Result<Map<String, Value>, Answer> {
    match &context[member] {
        Value::Null => Ok(Map::new()),
        Value::Object(headers) if headers.values().all(Value::is_string) => Ok(headers.clone()),
        Value::Object(_)
        | Value::Array(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => Err(refused(&format!("{member} must be texts by name"))),
    }
}

fn check(
    headers: &Map<String, Value>,
    count_max: usize,
    value_chars_max: usize,
    member: &str,
) -> Result<(), Answer> {
    let fits = |(name, value): (&String, &Value)| {
        let value = value.as_str().unwrap_or_default();
        name.chars().count() <= HEADER_KEY_CHARS_MAX && value.chars().count() <= value_chars_max
    };
    if headers.len() <= count_max && headers.iter().all(fits) {
        return Ok(());
    }
    Err(refused(&format!(
        "{member} may have {count_max} entries, names of {HEADER_KEY_CHARS_MAX} and values of {value_chars_max} \
         characters"
    )))
}

fn refused(text: &str) -> Answer {
    invalid(format!("customCallingContext: {text}"))
}

/// Whoever rings by this invitation is told this, or nothing.
pub(super) fn give(world: &mut World, call_id: &str, invitation: &str, context: Option<Value>) {
    let Some(call) = world.calls.get(call_id) else {
        return;
    };
    let found = call.invitations.iter().find(|it| it.id == invitation);
    let Some(person) = found.map(|it| it.person.clone()) else {
        return;
    };
    match person {
        Person::Phone(id) => world.phones.set_calling_context(&id, context),
        Person::Teams(oid) => {
            if let Some(user) = world.users.get_mut(&oid) {
                user.calling_context = context;
            }
        }
        // Their clients are the application's own: it tells them by itself.
        Person::Acs(_) => {}
    }
}
