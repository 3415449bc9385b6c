//! Reason: why a call ended, in words of ISDN or SIP (RFC 3326), and how the two correspond.

use crate::uri::Params;
use crate::{Error, scan};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub protocol: Protocol,
    pub cause: u16,
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protocol {
    Q850,
    Sip,
    Other(String),
}

impl Reason {
    #[must_use]
    pub const fn q850(cause: u16) -> Self {
        Self {
            protocol: Protocol::Q850,
            cause,
            text: None,
        }
    }

    /// The end of a call whose INVITE failed with this status.
    #[must_use]
    pub const fn sip(status: u16) -> Self {
        Self {
            protocol: Protocol::Sip,
            cause: status,
            text: None,
        }
    }

    pub fn parse(text: &str) -> Result<Self, Error> {
        let broken = Error::Malformed("Reason");
        let (protocol, params) = text.split_once(';').ok_or(broken)?;
        let params = Params::parse(params)?;
        let protocol = match protocol.trim() {
            word if word.eq_ignore_ascii_case("Q.850") => Protocol::Q850,
            word if word.eq_ignore_ascii_case("SIP") => Protocol::Sip,
            word if scan::is_token(word) => Protocol::Other(word.to_owned()),
            _ => return Err(broken),
        };
        let text = params.get("text").filter(|text| !text.is_empty());
        let unquoted =
            |text: &str| scan::quoted(text).map_or_else(|_| text.to_owned(), |(text, _)| text);
        Ok(Self {
            protocol,
            cause: params.get("cause").and_then(scan::number).ok_or(broken)?,
            text: text.map(unquoted),
        })
    }

    /// The cause in ISDN's words, whichever protocol it came in.
    #[must_use]
    pub fn as_q850(&self) -> Option<u16> {
        match self.protocol {
            Protocol::Q850 => Some(self.cause),
            Protocol::Sip => Some(q850_of_status(self.cause)),
            Protocol::Other(_) => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match &self.protocol {
            Protocol::Q850 => "Q.850",
            Protocol::Sip => "SIP",
            Protocol::Other(text) => text,
        };
        write!(f, "{protocol};cause={}", self.cause)?;
        match &self.text {
            Some(text) => write!(f, ";text={}", scan::quote(text)),
            None => Ok(()),
        }
    }
}

/// Direct Routing A.10, RFC 3398 7.2.4.1: what an ISDN cause is as a SIP status. 16 ends a call
/// that stands, so it has none.
const STATUS_OF_Q850: [(u16, u16); 16] = [
    (1, 404),
    (2, 404),
    (3, 404),
    (17, 486),
    (18, 408),
    (19, 480),
    (20, 480),
    (21, 603),
    (22, 410),
    (27, 502),
    (28, 484),
    (31, 480),
    (34, 503),
    (41, 503),
    (42, 503),
    (102, 504),
];

/// RFC 3398 8.2.6.1, as far as the two do not just mirror each other.
const Q850_OF_STATUS: [(u16, u16); 15] = [
    (404, 1),
    (410, 22),
    (480, 18),
    (484, 28),
    (486, 17),
    (600, 17),
    (403, 21),
    (603, 21),
    (604, 1),
    (408, 102),
    (504, 102),
    (502, 27),
    (503, 41),
    (488, 88),
    (606, 88),
];

/// What ends a call for which nothing better is known: normal, unspecified.
const UNSPECIFIED: u16 = 31;

#[must_use]
pub fn status_of_q850(cause: u16) -> u16 {
    let known = STATUS_OF_Q850.iter().find(|(known, _)| *known == cause);
    known.map_or(480, |(_, status)| *status)
}

#[must_use]
pub fn q850_of_status(status: u16) -> u16 {
    let known = Q850_OF_STATUS.iter().find(|(known, _)| *known == status);
    known.map_or(UNSPECIFIED, |(_, cause)| *cause)
}

#[cfg(test)]
mod tests {
    use super::{Reason, q850_of_status, status_of_q850};

    // RFC 3326 2; Direct Routing A.10
    #[test]
    fn causes_are_read_written_and_translated() {
        let text = r#"Q.850;cause=16;text="Terminated \"x\"""#;
        let reason = Reason::parse(text).unwrap();
        assert_eq!(
            (reason.to_string().as_str(), reason.as_q850()),
            (text, Some(16))
        );
        assert_eq!(Reason::parse("SIP ;cause=486").unwrap().as_q850(), Some(17));
        for (cause, status) in [
            (1, 404),
            (17, 486),
            (18, 408),
            (19, 480),
            (21, 603),
            (27, 502),
            (28, 484),
            (34, 503),
            (102, 504),
        ] {
            assert_eq!(status_of_q850(cause), status, "{cause}");
        }
        assert_eq!((q850_of_status(603), q850_of_status(499)), (21, 31));
        for broken in ["", "Q.850", "Q.850;text=x", "Q.850;cause=x", "a b;cause=1"] {
            assert!(Reason::parse(broken).is_err(), "{broken}");
        }
    }
}
