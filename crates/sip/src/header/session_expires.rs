//! Session-Expires and Min-SE: how long a call stands without a refresh (RFC 4028 4, 5).

use crate::uri::Params;
use crate::{Error, scan};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpires {
    pub seconds: u32,
    pub refresher: Option<Refresher>,
}

/// Seen from the request that the header stands in or answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresher {
    Uac,
    Uas,
}

impl SessionExpires {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (seconds, params) = match text.split_once(';') {
            Some((seconds, params)) => (seconds.trim_end(), Params::parse(params)?),
            None => (text, Params::default()),
        };
        let refresher = match params.get("refresher") {
            Some(value) if value.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(value) if value.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err(Error::Malformed("refresher")),
            None => None,
        };
        let seconds = scan::number(seconds).ok_or(Error::Malformed("Session-Expires"))?;
        Ok(Self { seconds, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.refresher {
            Some(Refresher::Uac) => write!(f, "{};refresher=uac", self.seconds),
            Some(Refresher::Uas) => write!(f, "{};refresher=uas", self.seconds),
            None => write!(f, "{}", self.seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Refresher, SessionExpires};

    #[test]
    fn seconds_and_refresher_are_read_and_written() {
        let full = SessionExpires::parse("1800 ; Refresher=UAS").unwrap();
        assert_eq!(
            (full.seconds, full.refresher),
            (1_800, Some(Refresher::Uas))
        );
        assert_eq!(full.to_string(), "1800;refresher=uas");
        assert_eq!(SessionExpires::parse("90").unwrap().to_string(), "90");
        for broken in ["", "-1", "90;refresher=me", "99999999999", "90 x"] {
            assert!(SessionExpires::parse(broken).is_err(), "{broken}");
        }
    }
}
