//! Requests of ours outside of calls: probes, and registrations at somebody else's registrar (RFC 3261 10.2). How each
//! ended is told by the number that its asker gave it. It must not know when to ask again.

use super::hub::{Owner, Path, Way};
use super::{Event, UserAgent};
use crate::call::raise_cseq;
use crate::digest::Credentials;
use crate::flow::Hop;
use crate::header::{Address, Name};
use crate::message::{Method, Request, Response};
use crate::uri::{HostPort, Uri};
use crate::{Error, Micros};

/// Registrations that wait for their answer, at most.
const ASKED_MAX: usize = 10_000;

/// Where a user of ours wants to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Where the registrar is.
    pub registrar: Hop,
    /// What it is called: the domain, without a user part.
    pub domain: HostPort,
    pub user: String,
    /// Zero takes the binding back.
    pub expires_seconds: u32,
    pub credentials: Vec<Credentials>,
}

/// A request that may have to be sent again, with an answer to a challenge.
#[derive(Debug)]
pub(super) struct Asked {
    request: Request,
    path: Path,
    credentials: Vec<Credentials>,
}

impl UserAgent {
    /// Registers a user of ours; [`Event::ProbeEnded`] tells the final status by this number. Each registration has a
    /// Call-ID of its own: a registrar knows the binding by its Contact.
    ///
    /// # Errors
    /// Where the names make no URI, or too much is under way.
    pub fn register(
        &mut self,
        now: Micros,
        probe: u64,
        registration: Registration,
    ) -> Result<(), Error> {
        let Registration {
            registrar,
            domain,
            user,
            expires_seconds,
            credentials,
        } = registration;
        if self.asked.len() >= ASKED_MAX {
            return Err(Error::Overloaded);
        }
        let transport = registrar.transport;
        let name = HostPort {
            host: self.hub.settings.name.host.clone(),
            port: self.hub.settings.port(transport),
        };
        let of_record = Address::new(Uri::parse(&format!("sip:{user}@{domain}"))?);
        let mut request = Request::new(Method::Register, Uri::parse(&format!("sip:{domain}"))?);
        let (tag, call_id) = (self.hub.tag(), self.hub.tag());
        let contact = self.hub.contact(transport, &name, Some(&user));
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, crate::dialog::with_tag(of_record.clone(), &tag));
        headers.push(Name::To, of_record.to_string());
        headers.push(Name::CallId, call_id);
        headers.push(Name::CSeq, "1 REGISTER");
        headers.push(Name::Contact, contact);
        headers.push(Name::Expires, expires_seconds.to_string());
        headers.push(Name::Allow, self.hub.settings.allow());
        let way = Way::Hop(registrar);
        let path = Path { name, way };
        self.hub
            .send(now, Owner::Probe(probe), &path, request.clone())?;
        let asked = Asked {
            request,
            path,
            credentials,
        };
        self.asked.insert(probe, asked);
        Ok(())
    }

    /// The final answer to a request outside of calls: a challenge is answered once, all else is told.
    pub(super) fn handle_asked(&mut self, now: Micros, probe: u64, response: &Response) {
        if let Some(mut asked) = self.asked.remove(&probe) {
            let again = self
                .hub
                .with_credentials(&asked.request, response, &asked.credentials);
            if let Some(mut again) = again
                && raise_cseq(&mut again).is_ok()
                && self
                    .hub
                    .send(now, Owner::Probe(probe), &asked.path, again.clone())
                    .is_ok()
            {
                asked.request = again;
                self.asked.insert(probe, asked);
                return;
            }
        }
        let status = Some(response.status());
        self.hub
            .events
            .push_back(Event::ProbeEnded { probe, status });
    }

    pub(super) fn handle_unanswered(&mut self, probe: u64) {
        self.asked.remove(&probe);
        let status = None;
        self.hub
            .events
            .push_back(Event::ProbeEnded { probe, status });
    }
}
