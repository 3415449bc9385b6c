//! CSeq: the number that orders requests of a dialog, and the method (RFC 3261 20.16).

use crate::message::Method;
use crate::{Error, scan};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Less than 2^31 (RFC 3261 8.1.1.5).
    pub number: u32,
    pub method: Method,
}

impl CSeq {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (number, method) = text
            .split_once([' ', '\t'])
            .ok_or(Error::Malformed("CSeq"))?;
        let number: u32 = scan::number(number).ok_or(Error::Malformed("CSeq number"))?;
        if number >= 1 << 31 {
            return Err(Error::Malformed("CSeq number"));
        }
        Ok(Self {
            number,
            method: Method::parse(method.trim())?,
        })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::CSeq;
    use crate::message::Method;

    #[test]
    fn number_and_method_are_read_with_odd_spacing() {
        let cseq = CSeq::parse("0009 \t INVITE").unwrap();
        assert_eq!(
            cseq,
            CSeq {
                number: 9,
                method: Method::Invite
            }
        );
        assert_eq!(cseq.to_string(), "9 INVITE");
    }

    #[test]
    fn numbers_from_two_to_the_31_on_are_refused() {
        assert!(CSeq::parse("2147483647 BYE").is_ok());
        for text in [
            "2147483648 BYE",
            "36893488147419103232 REGISTER",
            "-1 BYE",
            "BYE",
            "1",
            "1 B Y",
        ] {
            assert!(CSeq::parse(text).is_err(), "{text}");
        }
    }
}
