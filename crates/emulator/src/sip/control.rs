//! The control API of the neighbors below `/_emulator/sip`: bodies become what they are asked.

use super::Neighbor;
use super::habit::{self, Habit, Step};
use super::order::{Act, Ask, Digest, NewCall, NewPhone, Over, Sbc, Service, To, Told};
use crate::answer::Answer;
use crate::control::body;
use crate::control::route::Control;
use crate::limits;
use crate::pipeline::Received;
use crate::world::{Output, World};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceCall {
    by: By,
    from: String,
    to: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    over: Over,
    #[serde(default)]
    tone_hz: Option<u32>,
    #[serde(default)]
    gives_up_after_ms: Option<u64>,
    #[serde(default)]
    script: Vec<Step>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    location: Option<String>,
    #[serde(default)]
    fqdn: Option<String>,
    #[serde(default)]
    srtp: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum By {
    Carrier,
    Phone,
    TeamsUser,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Digits {
    digits: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    hz: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Domains {
    domains: Vec<String>,
}

/// Whom a request is for, and what they are asked.
type Asked = Result<(To, Ask), Answer>;

/// `None`: the answer comes later, from the neighbor.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other controls are not of SIP"
)]
pub(crate) fn request(
    world: &mut World,
    ticket: u64,
    control: Control,
    parameters: &[String],
    received: &Received,
) -> Option<Answer> {
    if !world.setup.has_sip {
        let text = "the emulator does not listen for SIP: start it with --sip";
        return Some(Answer::refused(409, text));
    }
    let id = parameters.first().map(String::as_str).unwrap_or_default();
    let asked = match control {
        Control::SipOverview => Ok((To::All, Ask::Overview)),
        Control::SipCalls => Ok((To::All, Ask::Calls)),
        Control::SipMessages => Ok((To::All, Ask::Messages { party: None })),
        Control::SipPlaceCall => place(world, received),
        Control::SipCall => of_party(id, |party| Ask::Look { party }),
        Control::SipCallMessages => of_party(id, |party| Ask::Messages { party: Some(party) }),
        Control::SipAnswer => act(id, Act::Answer),
        Control::SipDecline => act(id, Act::Decline),
        Control::SipHangUp => act(id, Act::HangUp),
        Control::SipHold => act(id, Act::Hold),
        Control::SipResume => act(id, Act::Resume),
        Control::SipDigits => press(id, received),
        Control::SipSay => say(id, received),
        Control::SipTransfer => {
            body::<Transfer>(received).and_then(|it| act(id, Act::Transfer { to: it.to }))
        }
        Control::SipNumberHabit => habit(Neighbor::Carrier, id, received),
        Control::SipPhoneHabit => habit(Neighbor::Phones, id, received),
        Control::SipUserHabit => habit(Neighbor::Teams, &id.to_lowercase(), received),
        Control::SipPhone => phone(id, received),
        Control::SipRemovePhone => {
            let user = id.to_owned();
            Ok((To::One(Neighbor::Phones), Ask::RemovePhone { user }))
        }
        Control::SipSbc => body::<Sbc>(received).map(|sbc| (To::All, Ask::SetSbc(sbc))),
        Control::SipDigest => body::<Digest>(received)
            .map(|digest| (To::One(Neighbor::Carrier), Ask::SetDigest(Some(digest)))),
        Control::SipRemoveDigest => Ok((To::One(Neighbor::Carrier), Ask::SetDigest(None))),
        Control::SipDomains => domains(received),
        Control::SipListener => listener(id, received),
        _ => Err(Answer::refused(404, "this is not of SIP")),
    };
    match asked {
        Ok((to, ask)) => {
            let ticket = Some(ticket);
            world.sip(Output::SipAsked { ticket, to, ask });
            None
        }
        Err(answer) => Some(answer),
    }
}

/// What a neighbor has told, as an answer.
pub(crate) fn answer(told: Told) -> Answer {
    match told {
        Ok((204, _)) => Answer::empty(204),
        // All were told, and none has anything to say.
        Ok((status, Value::Array(list))) if list.is_empty() && status == 204 => Answer::empty(204),
        Ok((status, value)) => Answer::json(status, &value),
        Err((status, text)) => Answer::refused(status, text),
    }
}

fn of_party(id: &str, ask: impl FnOnce(String) -> Ask) -> Asked {
    match Neighbor::of_party(id) {
        Some(neighbor) => Ok((To::One(neighbor), ask(id.to_owned()))),
        None => Err(Answer::refused(
            404,
            "there is no such call; GET /_emulator/sip/calls lists them",
        )),
    }
}

fn act(id: &str, act: Act) -> Asked {
    of_party(id, |party| Ask::Act { party, act })
}

fn press(id: &str, received: &Received) -> Asked {
    let keys = body::<Digits>(received)?.digits;
    habit::digits(&keys).map_err(|why| Answer::refused(400, why))?;
    act(id, Act::Press { keys })
}

fn say(id: &str, received: &Received) -> Asked {
    let hz = body::<Say>(received)?.hz;
    habit::check_tone(hz).map_err(|why| Answer::refused(400, why))?;
    act(id, Act::Say { hz })
}

fn habit(neighbor: Neighbor, of: &str, received: &Received) -> Asked {
    let habit: Habit = body(received)?;
    habit::check(&habit).map_err(|why| Answer::refused(400, why))?;
    let of = of.to_owned();
    Ok((To::One(neighbor), Ask::SetHabit { of, habit }))
}

fn phone(user: &str, received: &Received) -> Asked {
    let mut phone: NewPhone = body(received)?;
    user.clone_into(&mut phone.user);
    if !(60..=3_600).contains(&phone.expires_s) {
        return Err(Answer::refused(400, "expires_s must be from 60 to 3600"));
    }
    Ok((To::One(Neighbor::Phones), Ask::AddPhone(phone)))
}

fn domains(received: &Received) -> Asked {
    let domains = body::<Domains>(received)?.domains;
    if domains.len() > limits::SIP_DOMAINS_MAX {
        return Err(Answer::refused(400, "too many domains"));
    }
    Ok((To::One(Neighbor::Teams), Ask::SetDomains(domains)))
}

fn listener(name: &str, received: &Received) -> Asked {
    let service: Service = body(received)?;
    let (neighbor, listener) = match name {
        "carrier" => (Neighbor::Carrier, 0),
        "phones" => (Neighbor::Phones, 0),
        "proxy-1" => (Neighbor::Teams, 0),
        "proxy-2" => (Neighbor::Teams, 1),
        "proxy-3" => (Neighbor::Teams, 2),
        _ => {
            let text = "listeners are carrier, phones, proxy-1, proxy-2 and proxy-3";
            return Err(Answer::refused(404, text));
        }
    };
    Ok((To::One(neighbor), Ask::SetService { listener, service }))
}

fn place(world: &World, received: &Received) -> Asked {
    let order: PlaceCall = body(received)?;
    let bad = |why: String| Answer::refused(400, why);
    habit::check_script(&order.script).map_err(bad)?;
    habit::check_tone(order.tone_hz).map_err(bad)?;
    if order.headers.len() > limits::SIP_HEADERS_MAX {
        return Err(Answer::refused(400, "too many headers"));
    }
    let neighbor = match order.by {
        By::Carrier => Neighbor::Carrier,
        By::Phone => Neighbor::Phones,
        By::TeamsUser => Neighbor::Teams,
    };
    let mut new = NewCall {
        from: order.from,
        name: order.name,
        to: order.to,
        oid: None,
        over: order.over,
        tone_hz: order.tone_hz,
        gives_up_after_ms: order.gives_up_after_ms,
        script: order.script,
        headers: order.headers,
        location: order.location,
        fqdn: order.fqdn,
        srtp: order.srtp,
    };
    if order.by == By::TeamsUser {
        as_teams_user(world, &mut new)?;
    }
    Ok((To::One(neighbor), Ask::Place(Box::new(new))))
}

/// Who calls is a person of the directory, and shows the number of the line.
fn as_teams_user(world: &World, new: &mut NewCall) -> Result<(), Answer> {
    let oid = new.from.to_lowercase();
    let known = world.directory.people.get(&oid);
    let person = known.filter(|_| world.users.get(&oid).is_some());
    let Some(person) = person else {
        let text =
            "from must be the object id of a Teams user; GET /_emulator/teams-users lists them";
        return Err(Answer::refused(404, text));
    };
    if person.profile.line_number.is_empty() {
        let text =
            "this user has no line: PUT /_emulator/entra/people/{oid} {\"line_number\": \"+1...\"}";
        return Err(Answer::refused(409, text));
    }
    new.from.clone_from(&person.profile.line_number);
    new.name.get_or_insert_with(|| person.name.clone());
    new.oid = Some(oid);
    Ok(())
}
