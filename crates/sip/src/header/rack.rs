//! RAck: which reliable provisional response a PRACK acknowledges (RFC 3262 7.2).

use super::CSeq;
use crate::{Error, scan};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RAck {
    pub rseq: u32,
    pub cseq: CSeq,
}

impl RAck {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (rseq, cseq) = text
            .split_once([' ', '\t'])
            .ok_or(Error::Malformed("RAck"))?;
        Ok(Self {
            rseq: scan::number(rseq).ok_or(Error::Malformed("RAck number"))?,
            cseq: CSeq::parse(cseq.trim_start())?,
        })
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rseq, self.cseq)
    }
}
