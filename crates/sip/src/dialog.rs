//! Dialogs (RFC 3261 12): who talks to whom, in which order, and by which way. It owns tags,
//! sequence numbers, the route set and the remote target, and builds requests from them. It must
//! not know transactions, nor what a request asks for.

use crate::flow::{Hop, Transport};
use crate::header::{Address, Name};
use crate::message::{Method, Request, Response};
use crate::uri::{Params, Uri};
use crate::{Error, scan};

/// Routes of one dialog at most.
const ROUTES_MAX: usize = 16;
/// Requests of ours in one dialog that a farewell leaves room for: a session refreshed each minute for a week.
const FAREWELL_AFTER: u32 = 10_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    call_id: String,
    /// From and To as they came, with their tags: what was written once is never written anew.
    local: String,
    remote: String,
    local_tag: String,
    remote_tag: String,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    target: Uri,
    /// In the order of our Route header, as written.
    routes: Vec<String>,
}

impl Dialog {
    /// Of the caller, by a response that has a To tag (12.1.2). A response without Contact leaves
    /// the target where the INVITE went: some carriers forget it in 18x.
    pub fn of_caller(invite: &Request, response: &Response) -> Result<Self, Error> {
        let to = response.headers.address(&Name::To)?;
        let remote_tag = to
            .tag()
            .ok_or(Error::Malformed("To has no tag"))?
            .to_owned();
        let from = invite.headers.address(&Name::From)?;
        let mut routes = routes(&response.headers)?;
        routes.reverse();
        let target = contact(&response.headers)?.unwrap_or_else(|| invite.uri.clone());
        Ok(Self {
            call_id: invite.headers.call_id()?.to_owned(),
            local: invite.headers.single(&Name::From)?.to_owned(),
            remote: response.headers.single(&Name::To)?.to_owned(),
            local_tag: from.tag().unwrap_or_default().to_owned(),
            remote_tag,
            local_cseq: invite.headers.cseq()?.number,
            remote_cseq: None,
            target,
            routes,
        })
    }

    /// Of the called, by the INVITE and the tag that our responses will have (12.1.1).
    pub fn of_called(invite: &Request, local_tag: &str) -> Result<Self, Error> {
        let from = invite.headers.address(&Name::From)?;
        let target = contact(&invite.headers)?.ok_or(Error::Missing("Contact"))?;
        Ok(Self {
            call_id: invite.headers.call_id()?.to_owned(),
            local: format!("{};tag={local_tag}", invite.headers.single(&Name::To)?),
            remote: invite.headers.single(&Name::From)?.to_owned(),
            local_tag: local_tag.to_owned(),
            remote_tag: from.tag().unwrap_or_default().to_owned(),
            local_cseq: 0,
            remote_cseq: Some(invite.headers.cseq()?.number),
            target,
            routes: routes(&invite.headers)?,
        })
    }

    /// Leaves out routes that lead to ourselves (RFC 3261 16.4): who stands for several proxies writes them into its own
    /// requests, and gets them back.
    pub(crate) fn drop_routes_to(&mut self, is_ours: impl Fn(&str) -> bool) {
        self.routes.retain(|route| {
            let address = Address::parse(route);
            !address.is_ok_and(|it| it.uri.as_sip().is_some_and(|uri| is_ours(&uri.host.host)))
        });
    }

    #[must_use]
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    #[must_use]
    pub fn local_tag(&self) -> &str {
        &self.local_tag
    }

    #[must_use]
    pub fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// Takes the sequence on from another dialog of the same INVITE.
    pub(crate) fn continue_from(&mut self, other: &Self) {
        self.local_cseq = self.local_cseq.max(other.local_cseq);
        self.remote_cseq = self.remote_cseq.max(other.remote_cseq);
    }

    /// The next request of ours (12.2.1.1), without Via and Contact.
    pub fn request(&mut self, method: Method) -> Request {
        self.local_cseq += 1;
        self.with_cseq(method, self.local_cseq)
    }

    /// The ACK to a 2xx has the number of its INVITE (13.2.2.4).
    #[must_use]
    pub fn ack(&self, cseq: u32) -> Request {
        self.with_cseq(Method::Ack, cseq)
    }

    /// The BYE of a process that does not know how far this one came: its number is higher than any that this one uses.
    pub(crate) fn farewell(&self) -> Request {
        self.with_cseq(Method::Bye, self.local_cseq + FAREWELL_AFTER)
    }

    fn with_cseq(&self, method: Method, cseq: u32) -> Request {
        let (uri, routes) = self.way();
        let number = format!("{cseq} {method}");
        let mut request = Request::new(method, uri);
        for route in routes {
            request.headers.push(Name::Route, route);
        }
        request.headers.push(Name::MaxForwards, "70");
        request.headers.push(Name::From, &self.local);
        request.headers.push(Name::To, &self.remote);
        request.headers.push(Name::CallId, &self.call_id);
        request.headers.push(Name::CSeq, number);
        request
    }

    /// Request-URI and Route. A first route without `lr` is a strict router: it becomes the
    /// Request-URI, and the target the last route (12.2.1.1).
    fn way(&self) -> (Uri, Vec<String>) {
        if let Some((first, others)) = self.routes.split_first()
            && let Ok(first) = Address::parse(first)
            && first
                .uri
                .as_sip()
                .is_some_and(|uri| uri.params.get("lr").is_none())
        {
            let mut routes = others.to_vec();
            routes.push(format!("<{}>", self.target));
            return (first.uri, routes);
        }
        (self.target.clone(), self.routes.clone())
    }

    /// Where our requests go first: along the route set, else to the target. Teams' Contact names
    /// port 443, where nobody listens for us, so the route set matters (A.6).
    #[must_use]
    pub fn next_hop(&self, usual: Transport) -> Option<Hop> {
        let first = self
            .routes
            .first()
            .and_then(|route| Address::parse(route).ok());
        let uri = first.map_or_else(|| self.target.clone(), |route| route.uri);
        uri.as_sip().map(|uri| Hop::of(uri, usual))
    }

    /// Whether a request of the other side belongs to this dialog.
    #[must_use]
    pub fn is_of(&self, request: &Request) -> bool {
        let from = request.headers.address(&Name::From);
        request.headers.call_id() == Ok(&self.call_id)
            && from.is_ok_and(|from| from.tag() == Some(&self.remote_tag))
    }

    /// Takes the number of a request of the other side; one that is too low came too late and is
    /// answered 500 (12.2.2).
    pub fn take_cseq(&mut self, request: &Request) -> Result<(), Error> {
        let number = request.headers.cseq()?.number;
        if self.remote_cseq.is_some_and(|last| number <= last) {
            return Err(Error::WrongState("CSeq is lower than before"));
        }
        self.remote_cseq = Some(number);
        Ok(())
    }

    /// A target refresh (12.2.1.2, 12.2.2; RFC 3311): the other side is reached elsewhere now.
    pub fn refresh_target(&mut self, headers: &crate::header::Headers) {
        if let Ok(Some(target)) = contact(headers) {
            self.target = target;
        }
    }
}

fn contact(headers: &crate::header::Headers) -> Result<Option<Uri>, Error> {
    let Some(value) = headers.get(&Name::Contact) else {
        return Ok(None);
    };
    // Only the first counts, as Teams does it (A.5).
    let first = scan::find(value, ',')?.map_or(value, |(first, _)| first);
    Address::parse(first).map(|address| Some(address.uri))
}

fn routes(headers: &crate::header::Headers) -> Result<Vec<String>, Error> {
    let list = headers.list(&Name::RecordRoute)?;
    if list.len() > ROUTES_MAX {
        return Err(Error::Limit("routes of a dialog"));
    }
    list.into_iter()
        .map(|route| Address::parse(route).map(|_| route.to_owned()))
        .collect()
}

/// An address of ours with a tag, as From has it.
#[must_use]
pub(crate) fn with_tag(mut address: Address, tag: &str) -> String {
    let mut params = Params::default();
    params.set("tag", Some(tag));
    address.params = params;
    address.to_string()
}
