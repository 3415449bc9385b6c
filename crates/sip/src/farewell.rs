//! How a dialog is ended when the process that led it is gone: the BYE, written while the call was up, and its way. A
//! text, so that it can be kept wherever its keeper wants.

use crate::Error;
use crate::flow::{Hop, Transport};
use crate::header::{Name, Reason};
use crate::message::{Message, Method, Request};
use crate::uri::HostPort;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Farewell {
    pub(crate) hop: Hop,
    /// Our name in Via.
    pub(crate) name: HostPort,
    /// Without Via.
    pub(crate) request: Request,
}

impl Farewell {
    /// Two lines and a message. It names who talks: whoever keeps it seals it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Hop {
            host,
            port,
            transport,
        } = &self.hop;
        let request = self.request.to_bytes();
        let request = String::from_utf8_lossy(&request);
        let transport = transport.as_str();
        format!("{transport} {port} {host}\n{}\n{request}", self.name)
    }

    /// Reads what [`Farewell::to_text`] wrote; whatever else it is given is refused.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (hop, rest) = text.split_once('\n').ok_or(Error::Truncated)?;
        let (name, request) = rest.split_once('\n').ok_or(Error::Truncated)?;
        let mut parts = hop.splitn(3, ' ');
        let mut part = || parts.next().ok_or(Error::Truncated);
        let transport = Transport::parse(part()?).ok_or(Error::Malformed("transport"))?;
        let port = part()?.parse();
        let port = port.or(Err(Error::Malformed("port")))?;
        let host = part()?.to_owned();
        let hop = Hop {
            host,
            port,
            transport,
        };
        let Message::Request(request) = Message::parse(request.as_bytes())? else {
            return Err(Error::Malformed("a response ends no dialog"));
        };
        if request.method != Method::Bye {
            return Err(Error::Malformed("only BYE ends a dialog"));
        }
        let name = HostPort::parse(name)?;
        Ok(Self { hop, name, request })
    }

    /// The request, and why it comes.
    pub(crate) fn saying(&self, reason: &Reason) -> Request {
        let mut request = self.request.clone();
        request.headers.push(Name::Reason, reason.to_string());
        request
    }
}
