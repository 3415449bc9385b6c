//! The emulator's own control API below `/_emulator`: people, subscriptions, clock, faults, records.
//!
//! It is not recorded, not faulted and not authenticated; a browser page of another origin may not
//! use it. Routes, their documentation and their OpenAPI file come from one table (`route`).

mod openapi;
mod page;
pub(crate) mod route;

use crate::acs::{call, incoming, recording};
use crate::answer::{Answer, Body};
use crate::entra::control as entra;
use crate::event_grid;
use crate::fault;
use crate::graph::control as graph;
use crate::graph::presence::by_hand as presence;
use crate::limits;
use crate::location;
use crate::options::{ClockKind, defaults};
use crate::people::{Behaviour, Person, acs_user, phone, script, teams_user, voice};
use crate::pipeline::Received;
use crate::storage;
use crate::trace;
use crate::world::World;
use route::Control;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PstnCall {
    from: String,
    to: String,
    #[serde(default)]
    script: Vec<script::Step>,
    #[serde(default)]
    voip_headers: BTreeMap<String, String>,
    #[serde(default)]
    sip_headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VoipCall {
    from: String,
    to: String,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Digits {
    digits: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Speech {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcsUserBehaviour {
    behaviour: Behaviour,
}

/// A request to the control API. `None`: the answer comes later.
#[expect(clippy::too_many_lines, reason = "a table: one arm for each route")]
pub(crate) fn request(
    world: &mut World,
    ticket: u64,
    control: Control,
    parameters: &[String],
    received: &Received,
) -> Option<Answer> {
    if is_foreign(received) {
        return Some(Answer::refused(
            403,
            "the control API does not serve pages of another origin",
        ));
    }
    let id = parameters.first().map(String::as_str).unwrap_or_default();
    let outcome = match control {
        Control::Subscribe => return subscribe(world, ticket, received),
        Control::Advance => return advance(world, ticket, received),
        Control::Page => Ok(page::html()),
        Control::PageStyle => Ok(page::style()),
        Control::PageScript => Ok(page::script()),
        Control::PageDiagram => Ok(page::diagram()),
        Control::PageSip => Ok(page::sip()),
        Control::Ready => Ok(Answer::json(200, &json!({"ready": true}))),
        Control::OpenApi => Ok(Answer::text(200, "application/json", openapi::text())),
        Control::Tenant => Ok(Answer::json(200, &tenant(world))),
        Control::Subscriptions => Ok(Answer::json(200, &world.grid.list())),
        Control::DeadLetters => Ok(Answer::json(200, &world.grid.dead_letters())),
        Control::Unsubscribe => found(world.grid.remove(id), "there is no such subscription"),
        Control::Calls => Ok(Answer::json(200, &calls(world))),
        Control::CallTrace => call_trace(world, id),
        Control::CallTest => call_test(world, id),
        Control::Recordings => Ok(Answer::json(200, &recording::show_all(world))),
        Control::RecordingContent => storage::content(world, id, received),
        Control::ApplicationAudio => application_audio(world, id),
        Control::Clock => Ok(Answer::json(200, &clock(world))),
        Control::Requests => Ok(Answer::json(200, &world.records.requests())),
        Control::Deliveries => Ok(Answer::json(200, &world.records.deliveries())),
        Control::Counters => Ok(Answer::json(200, &counters(world))),
        Control::AddFault => add_fault(world, received),
        Control::Faults => Ok(Answer::json(200, &json!(world.faults.list()))),
        Control::ClearFaults => Ok(clear_faults(world)),
        Control::RemoveFault => remove_fault(world, id),
        Control::PlaceCall => body(received).and_then(|order| place_call(world, order)),
        Control::PhoneCalls => Ok(phone_calls(world, received)),
        Control::PhoneCall => phone_call(world, id),
        Control::PressDigits => with_phone(world, id, |world| press(world, id, received)),
        Control::Speak => with_phone(world, id, |world| speak(world, id, received)),
        Control::HangUpPhone => hang_up_phone(world, id),
        Control::AnswerPhone => answer_phone(world, id),
        Control::DeclinePhone => decline_phone(world, id),
        Control::PhoneBehaviour => set_habit(world, id, received),
        Control::TeamsUsers => Ok(Answer::json(200, &teams_user::show_all(world))),
        Control::TeamsUser => show_user(world, id),
        Control::Locations => location::put(world, received),
        Control::Presence => presence::show(world, id),
        Control::SetPresence => presence::put(world, id, received),
        Control::Wander => presence::put_wander(world, received),
        Control::Graph => Ok(Answer::json(200, &graph::show(world))),
        Control::GraphSettings => graph::put(world, received),
        Control::GraphLifecycle => graph::trouble(world, id, received),
        Control::Entra => Ok(Answer::json(200, &entra::show(world))),
        Control::EntraPerson => entra::put_person(world, id, received),
        Control::EntraRemovePerson => entra::remove_person(world, id, received),
        Control::EntraRevoke => entra::revoke(world, id),
        Control::EntraGroup => entra::put_group(world, id, received),
        Control::EntraApplication => entra::put_application(world, received),
        Control::EntraSignIn => entra::script(world, received),
        Control::UserBehaviour => with_user(world, id, |world, oid| {
            teams_user::behave(world, oid, received)
        }),
        Control::UserAnswers => by_user(world, id, teams_user::answer),
        Control::UserDeclines => by_user(world, id, teams_user::decline),
        Control::UserForwards => user_forwards(world, id, received),
        Control::VoipCall => body(received).and_then(|order| voip_call(world, &order)),
        Control::AcsUsers => Ok(Answer::json(200, &acs_user::show_all(world))),
        Control::AcsUser => show_acs_user(world, id),
        Control::AcsUserBehaviour => set_acs_behaviour(world, id, received),
        Control::AcsUserAnswers => by_acs_user(world, id, acs_user::answer),
        Control::AcsUserDeclines => by_acs_user(world, id, acs_user::decline),
        Control::AcsUserHangsUp => by_acs_user(world, id, acs_user::hang_up),
        Control::AcsUserSpeaks => acs_user_speaks(world, id, received),
        Control::UserSpeaks => user_speaks(world, id, received),
        Control::UserHangsUp => by_user(world, id, teams_user::hang_up),
        Control::SipOverview
        | Control::SipCalls
        | Control::SipPlaceCall
        | Control::SipCall
        | Control::SipCallMessages
        | Control::SipMessages
        | Control::SipAnswer
        | Control::SipDecline
        | Control::SipHangUp
        | Control::SipHold
        | Control::SipResume
        | Control::SipDigits
        | Control::SipSay
        | Control::SipTransfer
        | Control::SipNumberHabit
        | Control::SipPhone
        | Control::SipRemovePhone
        | Control::SipPhoneHabit
        | Control::SipUserHabit
        | Control::SipSbc
        | Control::SipDigest
        | Control::SipRemoveDigest
        | Control::SipDomains
        | Control::SipListener => {
            return crate::sip::control::request(world, ticket, control, parameters, received);
        }
    };
    Some(outcome.unwrap_or_else(|answer| answer))
}

/// Whether a path is the control API's, known or not.
pub(crate) fn is_below(path: &str) -> bool {
    path == "/_emulator" || path.starts_with("/_emulator/")
}

/// Only a page of the emulator itself may drive it from a browser.
fn is_foreign(received: &Received) -> bool {
    let Some(origin) = received.header("origin") else {
        return false;
    };
    let own = if received.tls {
        format!("https://{}", received.host)
    } else {
        format!("http://{}", received.host)
    };
    origin != own
}

pub(crate) fn body<T: DeserializeOwned>(received: &Received) -> Result<T, Answer> {
    let refuse = |error: &dyn std::fmt::Display| {
        Answer::refused(400, format!("the body is not what it must be: {error}"))
    };
    let value: Value = serde_json::from_slice(&received.body).map_err(|error| refuse(&error))?;
    // serde would read a struct from an array too, member by member.
    if !value.is_object() {
        return Err(refuse(&"it is not a JSON object"));
    }
    serde_json::from_value(value).map_err(|error| refuse(&error))
}

fn found(found: bool, message: &str) -> Result<Answer, Answer> {
    if found {
        Ok(Answer::empty(204))
    } else {
        Err(Answer::refused(404, message))
    }
}

fn done(outcome: Result<(), &'static str>) -> Result<Answer, Answer> {
    match outcome {
        Ok(()) => Ok(Answer::empty(204)),
        Err(message) => Err(Answer::refused(409, message)),
    }
}

fn tenant(world: &World) -> Value {
    json!({
        "tenant": defaults::TENANT,
        "app": defaults::APP,
        "acs_resource": defaults::ACS_RESOURCE,
        "https": world.setup.https_base,
        "http": world.setup.http_base,
        "sip": world.setup.has_sip,
        "teams_users": teams_user::show_all(world),
        "resource_accounts": world.tenant.accounts_json(),
        "data_locations": world.locations.show(),
        "numbers": world.tenant.accounts.iter().map(|account| json!({
            "number": account.number, "assigned_to": account.oid,
        })).collect::<Vec<_>>(),
    })
}

fn calls(world: &World) -> Value {
    let mut shown: Vec<Value> = world
        .calls
        .values()
        .map(|found| call::show(world, found))
        .collect();
    shown.sort_by_key(|call| call["state"] == "disconnected");
    shown.into()
}

fn call_trace(world: &World, id: &str) -> Result<Answer, Answer> {
    let steps = trace::steps(world, id).ok_or_else(no_call)?;
    Ok(Answer::json(200, &json!(steps)))
}

fn call_test(world: &World, id: &str) -> Result<Answer, Answer> {
    let test = trace::as_test(world, id).ok_or_else(no_call)?;
    Ok(Answer::text(200, "text/x-python; charset=utf-8", test))
}

fn no_call() -> Answer {
    Answer::refused(404, "there is no such call")
}

fn clear_faults(world: &mut World) -> Answer {
    world.faults.clear();
    Answer::empty(204)
}

fn show_user(world: &mut World, id: &str) -> Result<Answer, Answer> {
    with_user(world, id, |world, oid| {
        Ok(Answer::json(200, &teams_user::show(world, oid)))
    })
}

/// What people heard of an application that speaks over its media stream.
fn application_audio(world: &World, id: &str) -> Result<Answer, Answer> {
    let streaming = world.calls.get(id).and_then(|call| call.streaming.as_ref());
    match streaming {
        Some(streaming) => Ok(Answer::sound(200, Body::Bytes(streaming.heard()))),
        None => Err(Answer::refused(
            404,
            "there is no such call, or it has no media streaming",
        )),
    }
}

fn clock(world: &World) -> Value {
    let kind = match world.setup.clock {
        ClockKind::Real => "real",
        ClockKind::Stepped => "stepped",
    };
    json!({
        "clock": kind, "now_ms": world.now_ms(), "timers": world.timers.len(),
        "next_due_ms": world.next_due_ms(),
    })
}

fn counters(world: &World) -> Value {
    json!({
        "repeats": world.repeats.repeats,
        "second_executions": world.repeats.second_executions,
        "refused": world.counters.refused,
        "speech_without_cognitive_services": world.counters.speech_without_cognitive_services,
        "stream_frames_ignored": world.counters.stream_frames_ignored,
        "callbacks_delivered": world.counters.callbacks_delivered,
        "callbacks_given_up": world.counters.callbacks_given_up,
        "events_delivered": world.counters.events_delivered,
        "events_given_up": world.counters.events_given_up,
        "calls": world.calls.len() - world.ended_calls.len(),
    })
}

fn add_fault(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let order: fault::Order = body(received)?;
    match world.faults.add(order) {
        Ok(fault) => Ok(Answer::json(201, &json!(fault))),
        Err(message) => Err(Answer::refused(400, message)),
    }
}

fn remove_fault(world: &mut World, id: &str) -> Result<Answer, Answer> {
    let is_removed = id.parse().is_ok_and(|id| world.faults.remove(id));
    found(is_removed, "there is no such fault")
}

fn subscribe(world: &mut World, ticket: u64, received: &Received) -> Option<Answer> {
    match body(received) {
        Ok(order) => event_grid::subscribe(world, ticket, order),
        Err(answer) => Some(answer),
    }
}

fn advance(world: &mut World, ticket: u64, received: &Received) -> Option<Answer> {
    match body::<Advance>(received) {
        Ok(advance) if advance.ms <= limits::ADVANCE_MS_MAX => {
            world.begin_advance(ticket, advance.ms)
        }
        Ok(_) => Some(Answer::refused(400, "ms may be a week at most")),
        Err(answer) => Some(answer),
    }
}

fn with_phone(
    world: &mut World,
    id: &str,
    act: impl FnOnce(&mut World) -> Result<Answer, Answer>,
) -> Result<Answer, Answer> {
    if world.phones.contains(id) {
        act(world)
    } else {
        Err(Answer::refused(404, "there is no such phone call"))
    }
}

fn phone_call(world: &mut World, id: &str) -> Result<Answer, Answer> {
    with_phone(world, id, |world| {
        Ok(Answer::json(200, &phone::show(world, id)))
    })
}

fn hang_up_phone(world: &mut World, id: &str) -> Result<Answer, Answer> {
    with_phone(world, id, |world| {
        phone::hang_up(world, id, "hung up by hand");
        Ok(Answer::empty(204))
    })
}

fn answer_phone(world: &mut World, id: &str) -> Result<Answer, Answer> {
    with_phone(world, id, |world| done(phone::pick_up(world, id, true)))
}

fn decline_phone(world: &mut World, id: &str) -> Result<Answer, Answer> {
    with_phone(world, id, |world| done(phone::pick_up(world, id, false)))
}

fn phone_calls(world: &World, received: &Received) -> Answer {
    let only_live = crate::identify::field(&received.query, "live").as_deref() == Some("true");
    Answer::json(200, &phone::show_all(world, only_live))
}

fn press(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    match voice::press(world, id, &body::<Digits>(received)?.digits) {
        Ok(heard) => Ok(Answer::json(
            200,
            &json!({ "recognized_by_application": heard }),
        )),
        Err(message) => Err(Answer::refused(409, message)),
    }
}

fn speak(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    spoken(voice::say(world, id, &body::<Speech>(received)?.text))
}

fn spoken(outcome: Result<bool, &'static str>) -> Result<Answer, Answer> {
    match outcome {
        Ok(heard) => Ok(Answer::json(
            200,
            &json!({ "recognized_by_application": heard }),
        )),
        Err(message) => Err(Answer::refused(409, message)),
    }
}

fn set_habit(world: &mut World, number: &str, received: &Received) -> Result<Answer, Answer> {
    let habit: phone::Habit = body(received)?;
    check_script(&habit.script)?;
    forwards_not(&habit.behaviour)?;
    found(
        world.phones.set_habit(number.to_owned(), habit),
        "too many numbers have a behaviour",
    )
}

/// Phones and users of the communication resource have nobody to forward to.
fn forwards_not(behaviour: &Behaviour) -> Result<(), Answer> {
    match behaviour {
        Behaviour::Forward { .. } => Err(Answer::refused(400, "only Teams users forward")),
        Behaviour::Answer { .. }
        | Behaviour::Decline { .. }
        | Behaviour::Busy { .. }
        | Behaviour::NoAnswer => Ok(()),
    }
}

fn place_call(world: &mut World, order: PstnCall) -> Result<Answer, Answer> {
    check_script(&order.script)?;
    let from = match order.from.as_str() {
        "anonymous" => "anonymous".to_owned(),
        number if number.starts_with('+') && number.len() <= 20 => number.to_owned(),
        _ => {
            return Err(Answer::refused(
                400,
                "from must be a number like +12065551212, or anonymous",
            ));
        }
    };
    let Some(account) = world.tenant.account_of_number(&order.to).cloned() else {
        return Err(Answer::refused(
            404,
            "to is not a number of the tenant; GET /_emulator/tenant lists them",
        ));
    };
    if !world.assignments.serves(&account.oid) {
        return Err(Answer::refused(
            409,
            "the resource account is not assigned to the communication resource: the caller hears a busy tone, and \
             nobody is told; PUT its assignment",
        ));
    }
    if world.phones.is_full() {
        return Err(Answer::refused(409, "too many phone calls at a time"));
    }
    let limits_kept = order.voip_headers.len() <= tandem_microsoft::limits::VOIP_HEADERS_MAX
        && order.sip_headers.len() <= tandem_microsoft::limits::SIP_HEADERS_MAX;
    if !limits_kept {
        return Err(Answer::refused(
            400,
            "at most 1000 voip_headers and 6 sip_headers",
        ));
    }
    let id = phone::dial(world, &from, &order.to, order.script);
    let headers = incoming::Headers {
        voip: order.voip_headers,
        sip: order.sip_headers,
    };
    let caller = Person::Phone(id.clone());
    let callee = incoming::Callee::Account(account);
    let (_, notified) = incoming::arrive(world, &caller, callee, &headers);
    let mut shown = phone::show(world, &id);
    shown["notified_subscriptions"] = json!(notified);
    Ok(Answer::json(201, &shown))
}

fn check_script(script: &[script::Step]) -> Result<(), Answer> {
    if script.len() > limits::SCRIPT_STEPS_MAX {
        return Err(Answer::refused(400, "a script may have 100 steps at most"));
    }
    if !script.iter().all(script::Step::has_keys_of_a_telephone) {
        return Err(Answer::refused(
            400,
            "keys must be 1 to 100 of 0-9, A-D, * and #",
        ));
    }
    Ok(())
}

fn voip_call(world: &mut World, order: &VoipCall) -> Result<Answer, Answer> {
    let outcome = acs_user::dial(world, &order.from, &order.to, order.token.as_deref());
    let notified = outcome.map_err(|message| Answer::refused(409, message))?;
    let mut shown = acs_user::show(world, &order.from);
    shown["notified_subscriptions"] = json!(notified);
    Ok(Answer::json(201, &shown))
}

fn with_acs_user(
    world: &mut World,
    id: &str,
    act: impl FnOnce(&mut World) -> Result<Answer, Answer>,
) -> Result<Answer, Answer> {
    if world.acs_users.get(id).is_some() {
        return act(world);
    }
    Err(Answer::refused(
        404,
        "there is no such user; GET /_emulator/acs-users lists them",
    ))
}

fn show_acs_user(world: &mut World, id: &str) -> Result<Answer, Answer> {
    with_acs_user(world, id, |world| {
        Ok(Answer::json(200, &acs_user::show(world, id)))
    })
}

fn by_acs_user(
    world: &mut World,
    id: &str,
    act: fn(&mut World, &str) -> Result<(), &'static str>,
) -> Result<Answer, Answer> {
    with_acs_user(world, id, |world| done(act(world, id)))
}

fn acs_user_speaks(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let text = body::<Speech>(received)?.text;
    with_acs_user(world, id, |world| {
        spoken(voice::say_as(world, &Person::Acs(id.to_owned()), &text))
    })
}

fn user_speaks(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let text = body::<Speech>(received)?.text;
    with_user(world, id, |world, oid| {
        spoken(voice::say_as(world, &Person::Teams(oid.to_owned()), &text))
    })
}

fn set_acs_behaviour(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let order: AcsUserBehaviour = body(received)?;
    forwards_not(&order.behaviour)?;
    with_acs_user(world, id, |world| {
        if let Some(user) = world.acs_users.get_mut(id) {
            user.behaviour = order.behaviour;
        }
        Ok(Answer::json(200, &acs_user::show(world, id)))
    })
}

fn with_user(
    world: &mut World,
    id: &str,
    act: impl FnOnce(&mut World, &str) -> Result<Answer, Answer>,
) -> Result<Answer, Answer> {
    let oid = id.to_lowercase();
    if world.users.get(&oid).is_some() {
        return act(world, &oid);
    }
    Err(Answer::refused(
        404,
        "there is no such Teams user; GET /_emulator/teams-users lists them",
    ))
}

fn by_user(
    world: &mut World,
    id: &str,
    act: fn(&mut World, &str) -> Result<(), &'static str>,
) -> Result<Answer, Answer> {
    with_user(world, id, |world, oid| done(act(world, oid)))
}

fn user_forwards(world: &mut World, id: &str, received: &Received) -> Result<Answer, Answer> {
    let order: Forward = body(received)?;
    with_user(world, id, |world, oid| {
        done(teams_user::forward(world, oid, &order.to))
    })
}
