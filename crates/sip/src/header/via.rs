//! Via: where a response goes and which transaction it belongs to (RFC 3261 20.42).

use crate::uri::{HostPort, Params};
use crate::{Error, scan};
use std::fmt;

/// What every branch of RFC 3261 begins with (8.1.1.7). Without it the branch is of RFC 2543 and
/// says nothing about the transaction.
pub const MAGIC_COOKIE: &str = "z9hG4bK";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// `TLS`, `TCP`, `UDP` or another token.
    pub transport: String,
    pub sent_by: HostPort,
    pub params: Params,
}

impl Via {
    /// Reads one value. White space may stand around every separator (RFC 4475 3.1.1.1).
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (head, params) = match scan::find(text, ';')? {
            Some((head, params)) => (head, Params::parse(params)?),
            None => (text, Params::default()),
        };
        let mut parts = head.splitn(3, '/');
        let protocol = parts.next().unwrap_or_default().trim();
        let version = parts.next().ok_or(Error::Malformed("Via protocol"))?.trim();
        let rest = parts.next().ok_or(Error::Malformed("Via protocol"))?.trim();
        if !protocol.eq_ignore_ascii_case("SIP") || version != "2.0" {
            return Err(Error::Malformed("Via protocol"));
        }
        let (transport, sent_by) = rest
            .split_once([' ', '\t'])
            .ok_or(Error::Malformed("Via sent-by"))?;
        if !scan::is_token(transport) {
            return Err(Error::Malformed("Via transport"));
        }
        let sent_by = HostPort::parse(sent_by.trim())?;
        Ok(Self {
            transport: transport.to_owned(),
            sent_by,
            params,
        })
    }

    /// The branch, if it is one of RFC 3261. The cookie compares without case, as peers write it.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        let branch = self.params.get("branch")?;
        let (cookie, rest) = branch.split_at_checked(MAGIC_COOKIE.len())?;
        (cookie.eq_ignore_ascii_case(MAGIC_COOKIE) && !rest.is_empty()).then_some(branch)
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SIP/2.0/{} {}{}",
            self.transport, self.sent_by, self.params
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Via;

    #[test]
    fn values_with_spaces_everywhere_are_read() {
        let via =
            Via::parse("SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   z9hG4bK9ikj8")
                .unwrap();
        assert_eq!(via.branch(), Some("z9hG4bK9ikj8"));
        assert_eq!(
            via.to_string(),
            "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8"
        );
        let via =
            Via::parse("SIP/2.0/UDP [2001:db8::9:1]:5070;branch=z9hG4bKas3-111;rport").unwrap();
        assert_eq!(
            (via.sent_by.port, via.params.get("rport")),
            (Some(5070), Some(""))
        );
        let via = Via::parse("SIP/2.0/UDP first.example.com : 4000 ;ttl=16").unwrap();
        assert_eq!(via.sent_by.port, Some(4000));
    }

    #[test]
    fn a_branch_without_the_cookie_is_none() {
        for text in [
            "SIP/2.0/UDP a",
            "SIP/2.0/UDP a;branch=390skdjuw",
            "SIP/2.0/UDP a;branch=z9hG4bK",
        ] {
            assert_eq!(Via::parse(text).unwrap().branch(), None, "{text}");
        }
    }

    #[test]
    fn broken_values_are_refused() {
        for text in [
            "",
            "SIP/2.0",
            "SIP/2.0/UDP",
            "SIP/3.0/UDP a",
            "HTTP/2.0/UDP a",
            "SIP/2.0/U:P a",
            "SIP/2.0/UDP a;;,;,,",
            "SIP/2.0/UDP a b",
            "SIP/2.0/UDP a:5060x",
        ] {
            assert!(Via::parse(text).is_err(), "{text}");
        }
    }
}
