//! Telephones that register at the SBC, and register again before it forgets them (RFC 3261 10.2).

use super::order::{NewPhone, Told};
use super::parties::{Due, Parties, millis, note};
use crate::limits;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tandem_sip::Micros;
use tandem_sip::digest::Credentials;
use tandem_sip::uri::HostPort;
use tandem_sip::user_agent::Registration;
use tandem_transport::sip::Side;

#[derive(Debug, Default)]
pub(super) struct Phones {
    known: BTreeMap<String, Phone>,
    /// Registrations on their way.
    asked: BTreeMap<u64, String>,
}

#[derive(Debug)]
struct Phone {
    settings: NewPhone,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Registering,
    Registered,
    /// With the status; none where nobody answered.
    Refused(Option<u16>),
}

impl Phones {
    pub(super) fn has(&self, user: &str) -> bool {
        self.known.contains_key(user)
    }

    pub(super) fn credentials(&self, user: &str) -> Vec<Credentials> {
        let phone = self.known.get(user);
        let credentials = phone.map(|it| Credentials {
            realm: None,
            user: user.to_owned(),
            password: it.settings.secret.clone(),
        });
        credentials.into_iter().collect()
    }

    pub(super) fn show(&self) -> Value {
        let phones = self.known.iter().map(|(user, phone)| {
            let (state, status) = match phone.state {
                State::Registering => ("registering", None),
                State::Registered => ("registered", Some(200)),
                State::Refused(status) => ("refused", status),
            };
            json!({"user": user, "state": state, "status": status})
        });
        phones.collect()
    }
}

impl Parties {
    pub(super) fn add_phone(&mut self, side: &mut Side<'_>, phone: NewPhone) -> Told {
        if self.phones.known.len() >= limits::SIP_PHONES_MAX && !self.phones.has(&phone.user) {
            return Err((409, "too many phones".to_owned()));
        }
        self.to_sbc(phone.over)?;
        let user = phone.user.clone();
        let phone = Phone {
            settings: phone,
            state: State::Registering,
        };
        self.phones.known.insert(user.clone(), phone);
        self.registers(side, &user);
        Ok((202, json!({"user": user, "state": "registering"})))
    }

    pub(super) fn remove_phone(&mut self, side: &mut Side<'_>, user: &str) -> Told {
        let Some(phone) = self.phones.known.remove(user) else {
            return Err((404, "there is no such phone".to_owned()));
        };
        self.register(side, user, &phone.settings, 0);
        Ok((204, Value::Null))
    }

    /// A phone that is still there registers.
    pub(super) fn registers(&mut self, side: &mut Side<'_>, user: &str) {
        let phone = self.phones.known.get(user);
        if let Some(settings) = phone.map(|it| it.settings.clone()) {
            self.register(side, user, &settings, settings.expires_s);
        }
    }

    fn register(&mut self, side: &mut Side<'_>, user: &str, settings: &NewPhone, expires: u32) {
        let Ok((registrar, _)) = self.to_sbc(settings.over) else {
            return;
        };
        let number = self.next_number();
        let credentials = Credentials {
            realm: None,
            user: user.to_owned(),
            password: settings.secret.clone(),
        };
        let registration = Registration {
            domain: HostPort {
                host: registrar.host.clone(),
                port: Some(registrar.port),
            },
            registrar,
            user: user.to_owned(),
            expires_seconds: expires,
            credentials: vec![credentials],
        };
        self.phones.asked.insert(number, user.to_owned());
        note(side.ua.register(side.now, number, registration));
    }

    /// A registration was answered, or was not.
    pub(super) fn registered(&mut self, now: Micros, number: u64, status: Option<u16>) {
        let Some(user) = self.phones.asked.remove(&number) else {
            return;
        };
        let Some(phone) = self.phones.known.get_mut(&user) else {
            return;
        };
        if status == Some(200) {
            phone.state = State::Registered;
            let again = millis(u64::from(phone.settings.expires_s) * 500);
            self.later(now + again, Due::Registers { user });
        } else {
            phone.state = State::Refused(status);
        }
    }
}
