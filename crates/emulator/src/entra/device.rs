//! Device code (microsoft-graph.md 1.4): a device shows a code, a person types it in elsewhere, and the device asks
//! the token endpoint until that has happened. Such applications are public: they have no secret.

use super::directory::{Device, DeviceState};
use super::grant::{Granted, invalid_grant, required};
use super::{failure, is_any_tenant, known_tenant, page};
use crate::answer::Answer;
use crate::identify::field;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::world::World;
use serde_json::json;
use tandem_microsoft::entra::aadsts;

const LIFE_S: u64 = 900;
const INTERVAL_S: u64 = 5;
/// Letters that are not mistaken for others.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
const USER_CODE_CHARS: usize = 9;

/// `POST /{tenant}/oauth2/v2.0/devicecode`
pub(crate) fn begin(world: &mut World, tenant: &str, received: &Received) -> Answer {
    let form = String::from_utf8_lossy(&received.body).into_owned();
    let outcome = known_tenant(world, tenant).and_then(|()| began(world, tenant, &form));
    outcome.unwrap_or_else(|answer| answer)
}

fn began(world: &mut World, tenant: &str, form: &str) -> Result<Answer, Answer> {
    if required(world, form, "client_id")? != defaults::APP {
        let text = "the application was not found in the tenant";
        let code = aadsts::APP_NOT_FOUND;
        return Err(failure(world, 400, "unauthorized_client", code, text));
    }
    let scope = required(world, form, "scope")?;
    let device_code = format!("{}{}", world.dice.uuid(), world.dice.uuid());
    let user_code = user_code(world);
    let device = Device {
        user_code: user_code.clone(),
        tenant: tenant.to_owned(),
        scope,
        issued_ms: world.now_ms(),
        asked_ms: None,
        state: DeviceState::Waiting,
    };
    world.directory.devices.insert(device_code.clone(), device);
    let place = format!("{}/devicelogin", world.setup.https_base);
    let message = format!("To sign in, open the page {place} and enter the code {user_code}.");
    let body = json!({
        "user_code": user_code, "device_code": device_code, "verification_uri": place,
        "expires_in": LIFE_S, "interval": INTERVAL_S, "message": message,
    });
    Ok(Answer::json(200, &body).with_header("cache-control", "no-store".to_owned()))
}

fn user_code(world: &mut World) -> String {
    let chance = world.dice.uuid();
    let letters = chance.bytes().filter(|byte| *byte != b'-');
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
    letters.map(letter).take(USER_CODE_CHARS).collect()
}

/// `GET /devicelogin`: the code first, then who it is.
pub(crate) fn page(world: &mut World, received: &Received) -> Answer {
    let Some(code) = field(&received.query, "user_code") else {
        return page::device_code();
    };
    let code = code.trim().to_uppercase();
    let Some(tenant) = waiting(world, &code).map(|device| device.tenant.clone()) else {
        return wrong(world);
    };
    if let Some(oid) = world.directory.take_scripted(None) {
        return decide(world, &code, DeviceState::Approved { oid });
    }
    let people = world.directory.people.iter();
    let here = |it: &str| is_any_tenant(&tenant) || it.eq_ignore_ascii_case(&tenant);
    let people = people.filter(|(_, person)| person.signs_in() && here(&person.tenant));
    page::device_people(&code, people)
}

/// `POST /devicelogin`: somebody is who they are, or wants nothing of it.
pub(crate) fn pressed(world: &mut World, received: &Received) -> Answer {
    let form = String::from_utf8_lossy(&received.body).into_owned();
    let code = field(&form, "user_code").unwrap_or_default();
    let code = code.trim().to_uppercase();
    let state = match field(&form, "oid") {
        Some(oid) if world.directory.people.contains_key(&oid.to_lowercase()) => {
            DeviceState::Approved {
                oid: oid.to_lowercase(),
            }
        }
        Some(_) => return wrong(world),
        None => DeviceState::Declined,
    };
    decide(world, &code, state)
}

fn decide(world: &mut World, code: &str, state: DeviceState) -> Answer {
    match waiting(world, code) {
        Some(device) => {
            device.state = state;
            page::device_done()
        }
        None => wrong(world),
    }
}

fn wrong(world: &World) -> Answer {
    let text = "the code is wrong, was used, or has expired";
    let description = super::description(world, aadsts::BAD_VERIFICATION_CODE, text);
    page::trouble(400, &description)
}

fn waiting<'a>(world: &'a mut World, code: &str) -> Option<&'a mut Device> {
    let now_ms = world.now_ms();
    world.directory.devices.values_mut().find(|device| {
        device.user_code == code
            && device.state == DeviceState::Waiting
            && now_ms.saturating_sub(device.issued_ms) <= LIFE_S * 1000
    })
}

/// The device asks whether somebody was there.
pub(super) fn redeem(world: &mut World, form: &str) -> Result<Granted, Answer> {
    let code = required(world, form, "device_code")?;
    let now_ms = world.now_ms();
    let Some(device) = world.directory.devices.get_mut(&code) else {
        let text = "the device code is malformed or was never issued";
        return Err(invalid_grant(world, aadsts::GRANT_INVALID, text));
    };
    let asked_before = device.asked_ms.replace(now_ms);
    let is_hasty = asked_before.is_some_and(|before| now_ms - before < (INTERVAL_S - 1) * 1000);
    let is_over = now_ms.saturating_sub(device.issued_ms) > LIFE_S * 1000;
    let (state, scope) = (device.state.clone(), device.scope.clone());
    let refuse = |world: &World, error: &str, code, text| failure(world, 400, error, code, text);
    match state {
        DeviceState::Approved { oid } => {
            device.state = DeviceState::Redeemed;
            Ok(Granted {
                oid,
                sid: world.dice.uuid(),
                scope,
                nonce: None,
            })
        }
        DeviceState::Redeemed => {
            let text = "the device code was already redeemed";
            Err(invalid_grant(world, aadsts::CODE_REDEEMED, text))
        }
        DeviceState::Declined => {
            let (code, text) = (aadsts::CONSENT_DECLINED, "the person declined");
            Err(refuse(world, "authorization_declined", code, text))
        }
        DeviceState::Waiting if is_over => {
            let (code, text) = (aadsts::CODE_EXPIRED, "the device code has expired");
            Err(refuse(world, "expired_token", code, text))
        }
        DeviceState::Waiting if is_hasty => {
            let (code, text) = (aadsts::AUTHORIZATION_PENDING, "asked too often");
            Err(refuse(world, "slow_down", code, text))
        }
        DeviceState::Waiting => {
            let (code, text) = (aadsts::AUTHORIZATION_PENDING, "nobody has signed in yet");
            Err(refuse(world, "authorization_pending", code, text))
        }
    }
}
