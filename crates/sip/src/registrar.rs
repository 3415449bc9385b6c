//! Where phones are (RFC 3261 10.3): bindings of a user that has proved who it is. It owns their
//! expiry and the connections they hang on; it must not know passwords or calls.

use crate::flow::{Flow, FlowId};
use crate::header::{Address, Headers, Name};
use crate::message::Request;
use crate::uri::Uri;
use crate::{Error, Micros, scan};
use std::collections::{BTreeMap, BTreeSet};

/// Phones of one user at most.
pub const BINDINGS_MAX: usize = 8;
/// Users with phones at most.
pub const USERS_MAX: usize = 100_000;
const EXPIRES_MIN_SECONDS: u32 = 60;
const EXPIRES_MAX_SECONDS: u32 = 3_600;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub contact: Uri,
    /// As the phone wrote it: it looks for it in our answer.
    text: String,
    /// The connection that it registered on; a phone behind NAT is reached by no other.
    pub flow: Flow,
    pub expires_at: Micros,
    call_id: String,
    cseq: u32,
}

/// A registration that is refused, with the status and what would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub headers: Vec<(Name, String)>,
}

impl Refusal {
    const fn plain(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
        }
    }
}

#[derive(Debug, Default)]
pub struct Registrar {
    users: BTreeMap<String, Vec<Binding>>,
    deadlines: BTreeSet<(Micros, String)>,
    flows: BTreeSet<(FlowId, String)>,
}

/// What a REGISTER asks for.
enum Ask {
    Look,
    Clear,
    Bind(Vec<(Address, u32)>),
}

impl Registrar {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a REGISTER of a user; gives the headers of the 200: all bindings that stand.
    pub fn register(
        &mut self,
        now: Micros,
        user: &str,
        flow: Flow,
        request: &Request,
    ) -> Result<Vec<(Name, String)>, Refusal> {
        self.handle_timeout(now);
        let ask = ask(request).map_err(|_broken| Refusal::plain(400))?;
        let mut bindings = self.users.get(user).cloned().unwrap_or_default();
        let call_id = request
            .headers
            .call_id()
            .map_err(|_broken| Refusal::plain(400))?;
        let cseq = request.headers.cseq().map_or(0, |cseq| cseq.number);
        // 10.3 step 6, 7: a request that was overtaken changes nothing.
        let is_late = |binding: &Binding| binding.call_id == call_id && binding.cseq >= cseq;
        match ask {
            Ask::Look => {}
            Ask::Clear if bindings.iter().any(is_late) => return Err(Refusal::plain(500)),
            Ask::Clear => bindings.clear(),
            Ask::Bind(contacts) => {
                for (contact, seconds) in contacts {
                    let is_same = |binding: &Binding| is_equivalent(&binding.contact, &contact.uri);
                    if bindings
                        .iter()
                        .any(|binding| is_same(binding) && is_late(binding))
                    {
                        return Err(Refusal::plain(500));
                    }
                    bindings.retain(|binding| !is_same(binding));
                    if seconds > 0 {
                        bindings.push(Binding {
                            text: contact.uri.to_string(),
                            contact: contact.uri,
                            flow,
                            expires_at: now + Micros::from(seconds) * 1_000_000,
                            call_id: call_id.to_owned(),
                            cseq,
                        });
                    }
                }
            }
        }
        if bindings.len() > BINDINGS_MAX
            || (self.users.len() >= USERS_MAX && !self.users.contains_key(user))
        {
            return Err(Refusal::plain(403));
        }
        self.put(user, bindings);
        Ok(self.contacts(now, user))
    }

    /// Where a user can be called now.
    #[must_use]
    pub fn bindings(&self, user: &str) -> &[Binding] {
        self.users.get(user).map_or(&[], Vec::as_slice)
    }

    #[must_use]
    pub fn poll_timeout(&self) -> Option<Micros> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Forgets what has expired; gives the users who lost a phone.
    pub fn handle_timeout(&mut self, now: Micros) -> Vec<String> {
        let mut lost = Vec::new();
        while let Some((at, user)) = self.deadlines.first().cloned() {
            if at > now {
                break;
            }
            let mut bindings = self.users.get(&user).cloned().unwrap_or_default();
            bindings.retain(|binding| binding.expires_at > now);
            self.put(&user, bindings);
            lost.push(user);
        }
        lost
    }

    /// A connection broke: the phones on it cannot be reached until they register again (RFC 5626).
    pub fn handle_flow_failed(&mut self, flow: FlowId) -> Vec<String> {
        let on_flow = (flow, String::new())..;
        let users: Vec<String> = self
            .flows
            .range(on_flow)
            .take_while(|(known, _)| *known == flow)
            .map(|(_, user)| user.clone())
            .collect();
        for user in &users {
            let mut bindings = self.users.get(user).cloned().unwrap_or_default();
            bindings.retain(|binding| binding.flow.id != flow);
            self.put(user, bindings);
        }
        users
    }

    /// The one place where bindings change, so that deadlines and connections agree with them.
    fn put(&mut self, user: &str, bindings: Vec<Binding>) {
        for old in self.users.remove(user).unwrap_or_default() {
            self.deadlines.remove(&(old.expires_at, user.to_owned()));
            self.flows.remove(&(old.flow.id, user.to_owned()));
        }
        for binding in &bindings {
            self.deadlines.insert((binding.expires_at, user.to_owned()));
            self.flows.insert((binding.flow.id, user.to_owned()));
        }
        if !bindings.is_empty() {
            self.users.insert(user.to_owned(), bindings);
        }
    }

    fn contacts(&self, now: Micros, user: &str) -> Vec<(Name, String)> {
        let value = |binding: &Binding| {
            let seconds = (binding.expires_at - now).max(0) / 1_000_000;
            (
                Name::Contact,
                format!("<{}>;expires={seconds}", binding.text),
            )
        };
        self.bindings(user).iter().map(value).collect()
    }
}

fn is_equivalent(one: &Uri, other: &Uri) -> bool {
    match (one.as_sip(), other.as_sip()) {
        (Some(one), Some(other)) => one.is_equivalent(other),
        (Some(_) | None, _) => one == other,
    }
}

fn ask(request: &Request) -> Result<Ask, Error> {
    let headers = &request.headers;
    let usual = expires(headers.get(&Name::Expires))?;
    let values = headers.list(&Name::Contact)?;
    if values.is_empty() {
        return Ok(Ask::Look);
    }
    if values == ["*"] {
        // 10.2.2: only to forget all.
        return if usual == Some(0) {
            Ok(Ask::Clear)
        } else {
            Err(Error::Malformed("Contact"))
        };
    }
    if values.len() > BINDINGS_MAX {
        return Err(Error::Limit("contacts of a registration"));
    }
    let contacts = values.into_iter().map(|value| {
        let address = Address::parse(value)?;
        let asked = expires(address.params.get("expires"))?.or(usual);
        let seconds = asked
            .unwrap_or(EXPIRES_MAX_SECONDS)
            .min(EXPIRES_MAX_SECONDS);
        Ok((address, seconds))
    });
    contacts.collect::<Result<Vec<_>, Error>>().map(Ask::Bind)
}

fn expires(text: Option<&str>) -> Result<Option<u32>, Error> {
    // 20.19: what does not fit is as much as there is.
    text.map(|text| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number
            .then(|| scan::number(text).unwrap_or(u32::MAX))
            .ok_or(Error::Malformed("Expires"))
    })
    .transpose()
}

/// The refusal of 10.3 step 7 for phones that would register too often; `None` where it is fine.
#[must_use]
pub fn refusal_of_brief(headers: &Headers) -> Option<Refusal> {
    let asked = expires(headers.get(&Name::Expires)).ok().flatten()?;
    (1..EXPIRES_MIN_SECONDS).contains(&asked).then(|| Refusal {
        status: 423,
        headers: vec![(Name::MinExpires, EXPIRES_MIN_SECONDS.to_string())],
    })
}
