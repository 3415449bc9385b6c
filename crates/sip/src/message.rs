//! Requests and responses: parsed from datagrams and streams, built, and written.
//! It owns framing (Content-Length is the body's length and never a header field here) and the
//! limits; whether a message is answered, and how, is decided above.

mod head;
mod method;
mod stream;

use crate::header::{Address, CSeq, Headers, Name, Via};
use crate::uri::Uri;
use crate::{Error, scan};
use std::fmt::Write as _;

pub use method::Method;
pub use stream::{Item, PING, PONG, Stream};

/// Direct Routing A.5: Teams' messages are a few kilobytes; 64 KiB is what UDP could carry.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// One line, folded lines counted singly.
pub const LINE_BYTES_MAX: usize = 8 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Request(Request),
    Response(Response),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub uri: Uri,
    pub headers: Headers,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    status: u16,
    reason: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// What every message needs and a transaction is matched by; all of it well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Essentials {
    pub via: Via,
    pub from: Address,
    pub to: Address,
    pub call_id: String,
    pub cseq: CSeq,
    pub max_forwards: Option<u8>,
}

impl Message {
    /// Reads one datagram. Bytes after the body are ignored (RFC 3261 18.3).
    pub fn parse(datagram: &[u8]) -> Result<Self, Error> {
        if datagram.len() > MESSAGE_BYTES_MAX {
            return Err(Error::Limit("message length"));
        }
        // RFC 3261 7.5: line ends before the start line are skipped.
        let mut bytes = datagram;
        while let Some(rest) = bytes.strip_prefix(b"\r\n") {
            bytes = rest;
        }
        if bytes.is_empty() {
            return Err(Error::Empty);
        }
        let head = head::end(bytes, 0).ok_or(Error::Malformed("no empty line after headers"))?;
        let (head, after) = bytes.split_at(head);
        let (mut message, length) = head::parse(head)?;
        let body = match length {
            Some(length) => after.split_at_checked(length).ok_or(Error::Truncated)?.0,
            None => after,
        };
        message.set_body(body);
        Ok(message)
    }

    #[must_use]
    pub const fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }

    fn set_body(&mut self, body: &[u8]) {
        match self {
            Self::Request(request) => request.body = body.to_vec(),
            Self::Response(response) => response.body = body.to_vec(),
        }
    }
}

impl Request {
    #[must_use]
    pub fn new(method: Method, uri: Uri) -> Self {
        Self {
            method,
            uri,
            headers: Headers::default(),
            body: Vec::new(),
        }
    }

    /// The checks of RFC 3261 8.2 that need no knowledge of dialogs; an error is answered 400.
    pub fn check(&self) -> Result<Essentials, Error> {
        let essentials = Essentials::read(&self.headers)?;
        if essentials.cseq.method != self.method {
            return Err(Error::Malformed("CSeq method is not the request's"));
        }
        if essentials.from.tag().is_none() {
            return Err(Error::Malformed("From has no tag"));
        }
        // RFC 3261 19.1.1: headers are not allowed in a Request-URI.
        if self.uri.as_sip().is_some_and(|uri| uri.headers.is_some()) {
            return Err(Error::Malformed("headers in Request-URI"));
        }
        Ok(essentials)
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write(
            &format!("{} {} SIP/2.0", self.method, self.uri),
            &self.headers,
            &self.body,
        )
    }
}

impl Response {
    /// `status` must be 100 to 699.
    pub fn new(status: u16, reason: &str) -> Result<Self, Error> {
        if !(100..=699).contains(&status) {
            return Err(Error::Malformed("status code"));
        }
        let reason = scan::one_line(reason);
        Ok(Self {
            status,
            reason,
            headers: Headers::default(),
            body: Vec::new(),
        })
    }

    /// A response with the headers that RFC 3261 8.2.6.2 copies, and the usual reason phrase. The
    /// To tag is the caller's: `tag` is set where the request has none and the status is not 100.
    pub fn to(request: &Request, status: u16, tag: &str) -> Result<Self, Error> {
        let mut response = Self::new(status, usual_reason(status))?;
        for field in request.headers.iter() {
            let is_copied = [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq]
                .contains(&field.name)
                || (status == 100 && field.name == Name::Timestamp);
            if is_copied {
                response.headers.push(field.name.clone(), field.value());
            }
        }
        if status > 100
            && let Ok(mut to) = response.headers.address(&Name::To)
            && to.tag().is_none()
        {
            to.params.set("tag", Some(tag));
            response.headers.set(&Name::To, to.to_string());
        }
        Ok(response)
    }

    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    #[must_use]
    pub const fn is_provisional(&self) -> bool {
        self.status < 200
    }

    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The checks that a transaction needs; a response that fails them is dropped.
    pub fn check(&self) -> Result<Essentials, Error> {
        Essentials::read(&self.headers)
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write(
            &format!("SIP/2.0 {} {}", self.status, self.reason),
            &self.headers,
            &self.body,
        )
    }
}

impl Essentials {
    fn read(headers: &Headers) -> Result<Self, Error> {
        Ok(Self {
            via: headers.top_via()?,
            from: headers.address(&Name::From)?,
            to: headers.address(&Name::To)?,
            call_id: headers.call_id()?.to_owned(),
            cseq: headers.cseq()?,
            max_forwards: headers.max_forwards()?,
        })
    }
}

/// Content-Length always stands last and is always right: streams need it (RFC 3261 18.3).
fn write(start_line: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut text = String::with_capacity(1024 + body.len());
    // Like header values, the start line can never become two lines.
    text.extend(
        start_line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c }),
    );
    text.push_str("\r\n");
    for field in headers
        .iter()
        .filter(|field| field.name != Name::ContentLength)
    {
        text.push_str(field.name.as_str());
        text.push_str(": ");
        text.push_str(field.value());
        text.push_str("\r\n");
    }
    write!(text, "Content-Length: {}\r\n\r\n", body.len()).expect("a string takes all text");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The reason phrases of RFC 3261 section 21 and of the extensions in use.
#[must_use]
pub const fn usual_reason(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        302 => "Moved Temporarily",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        422 => "Session Interval Too Small",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        _ => "",
    }
}
