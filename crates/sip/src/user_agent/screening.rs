//! Requests that come from outside: whose they are, and what is refused before a call is made of
//! an INVITE (RFC 3261 8.2).

use super::{CallId, Event, Origin, Probes, Settings, UserAgent};
use crate::call::{Call, Stage};
use crate::flow::Flow;
use crate::header::{Name, Replaces};
use crate::message::{Method, Request};
use crate::stack::TransactionId;
use crate::uri::Uri;
use crate::user_agent::hub::{Back, Owner};
use crate::{Error, Micros, body};

/// A refusal: its status, and what explains it.
struct Refusal {
    status: u16,
    headers: Vec<(Name, String)>,
}

impl Refusal {
    const fn plain(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
        }
    }

    fn with(status: u16, name: Name, value: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![(name, value.into())],
        }
    }
}

impl UserAgent {
    pub(super) fn handle_request(
        &mut self,
        now: Micros,
        id: TransactionId,
        flow: Flow,
        request: Request,
    ) {
        let to = request.headers.address(&Name::To);
        if to.is_ok_and(|to| to.tag().is_some()) {
            return match self.call_of(&request) {
                Some(call) => {
                    self.hub.own(id, Owner::Call(call));
                    self.with(call, |call, hub| call.handle_request(now, hub, id, request));
                }
                None => self.hub.refuse(now, id, &request, 481),
            };
        }
        // RFC 3261 8.2.2.1: whatever is asked, nobody of that kind is here.
        if matches!(request.uri, Uri::Other(_)) {
            return self.hub.refuse(now, id, &request, 416);
        }
        match &request.method {
            Method::Invite => self.handle_invite(now, id, flow, request),
            Method::Options => self.handle_options(now, id, flow, request),
            Method::Register => {
                let request = Box::new(request);
                self.hub
                    .events
                    .push_back(Event::RegisterAsked { id, flow, request });
            }
            // Nothing of the kind stands.
            Method::Bye | Method::Prack | Method::Update | Method::Notify => {
                self.hub.refuse(now, id, &request, 481);
            }
            Method::Refer
            | Method::Ack
            | Method::Cancel
            | Method::Info
            | Method::Subscribe
            | Method::Message
            | Method::Publish => self.refuse_method(now, id, &request, 405),
            Method::Other(_) => self.refuse_method(now, id, &request, 501),
        }
    }

    fn refuse_method(&mut self, now: Micros, id: TransactionId, request: &Request, status: u16) {
        let allow = self.hub.settings.allow();
        self.hub
            .refuse_with(now, id, request, status, &[(Name::Allow, allow)]);
    }

    /// RFC 3261 11.2. Teams looks whether we are there, and shows the trunk as down when we do not
    /// answer (Direct Routing A.4).
    fn handle_options(&mut self, now: Micros, id: TransactionId, flow: Flow, request: Request) {
        if let Some(refusal) = refusal_of_extensions(&request) {
            return self
                .hub
                .refuse_with(now, id, &request, refusal.status, &refusal.headers);
        }
        let asks = self.hub.settings.probes == Probes::Asked;
        if !asks {
            let name = self.hub.name_of(&request, flow.transport);
            let contact = self.hub.contact(flow.transport, &name, None);
            let headers = [
                (Name::Contact, contact),
                (Name::Allow, self.hub.settings.allow()),
                (Name::Accept, body::SDP.to_owned()),
                (Name::Supported, Settings::SUPPORTED.join(", ")),
            ];
            self.hub.refuse_with(now, id, &request, 200, &headers);
        }
        let id = asks.then_some(id);
        let request = Box::new(request);
        self.hub
            .events
            .push_back(Event::Probed { id, flow, request });
    }

    fn handle_invite(&mut self, now: Micros, id: TransactionId, flow: Flow, request: Request) {
        let admitted = self.origin_of(&request).and_then(|origin| {
            let replaces = self.screen(&request)?;
            Ok((origin, replaces))
        });
        let (origin, replaces) = match admitted {
            Ok(admitted) => admitted,
            Err(refusal) => {
                return self
                    .hub
                    .refuse_with(now, id, &request, refusal.status, &refusal.headers);
            }
        };
        let call = self.next_call();
        let back = if self.phones.contains(&flow.id) {
            Back::Flow(flow)
        } else {
            Back::Named(flow.transport)
        };
        match Call::incoming(now, &mut self.hub, call, id, &request, back, replaces) {
            Ok(made) => {
                self.hub.own(id, Owner::Call(call));
                self.insert(made, Some(origin));
                let sdp =
                    body::session_description(&request.headers, &request.body).unwrap_or(None);
                let request = Box::new(request);
                self.hub.events.push_back(Event::Incoming {
                    call,
                    flow,
                    request,
                    sdp,
                    replaces,
                });
            }
            Err(_) => self.hub.refuse(now, id, &request, 400),
        }
    }

    /// RFC 3261 8.2.2.2: the same INVITE by another way is refused, or it would ring twice.
    fn origin_of(&self, request: &Request) -> Result<Origin, Refusal> {
        let origin = origin(request).map_err(|_unreadable| Refusal::plain(400))?;
        if self.origins.contains_key(&origin) {
            return Err(Refusal::plain(482));
        }
        Ok(origin)
    }

    /// The checks of RFC 3261 8.2 in their order; the call that is to be replaced, if any.
    fn screen(&self, request: &Request) -> Result<Option<CallId>, Refusal> {
        if let Some(refusal) = refusal_of_extensions(request) {
            return Err(refusal);
        }
        body::session_description(&request.headers, &request.body)
            .map_err(|body::Unsupported| Refusal::with(415, Name::Accept, body::SDP))?;
        if self.hub.is_session_too_short(request) {
            let least = self.hub.settings.session.min_seconds.to_string();
            return Err(Refusal::with(422, Name::MinSe, least));
        }
        if self.calls.len() >= self.hub.settings.calls_max {
            let seconds = self.hub.settings.limits.retry_after_seconds;
            return Err(Refusal::with(503, Name::RetryAfter, seconds.to_string()));
        }
        self.replaced(request)
    }

    /// RFC 3891 3.
    fn replaced(&self, request: &Request) -> Result<Option<CallId>, Refusal> {
        if request.headers.get(&Name::Replaces).is_none() {
            return Ok(None);
        }
        let named = request
            .headers
            .single(&Name::Replaces)
            .and_then(Replaces::parse);
        let named = named.map_err(|_unreadable| Refusal::plain(400))?;
        let known = self
            .tags
            .get(&named.to_tag)
            .and_then(|id| Some((*id, self.calls.get(id)?)));
        let (id, slot) = known.ok_or(Refusal::plain(481))?;
        match slot.call.stage_of(&named.call_id, &named.from_tag) {
            None => Err(Refusal::plain(481)),
            Some(Stage::Over) => Err(Refusal::plain(603)),
            Some(Stage::Up) if named.is_early_only => Err(Refusal::plain(486)),
            Some(Stage::Up | Stage::Calling) => Ok(Some(id)),
        }
    }
}

/// RFC 3261 8.2.2.3: what a request requires and we do not know is named in the 420.
fn refusal_of_extensions(request: &Request) -> Option<Refusal> {
    let required = request.headers.list(&Name::Require).unwrap_or_default();
    let is_known = |tag: &&str| {
        Settings::SUPPORTED
            .iter()
            .any(|known| known.eq_ignore_ascii_case(tag))
    };
    let unknown: Vec<&str> = required.into_iter().filter(|tag| !is_known(tag)).collect();
    (!unknown.is_empty()).then(|| Refusal::with(420, Name::Unsupported, unknown.join(", ")))
}

fn origin(request: &Request) -> Result<Origin, Error> {
    let from = request.headers.address(&Name::From)?;
    Ok(Origin {
        call_id: request.headers.call_id()?.to_owned(),
        from_tag: from.tag().unwrap_or_default().to_owned(),
        cseq: request.headers.cseq()?.number,
    })
}
