//! Chains: each link is the SHA-256 of the link before and of what is written, so that the last link vouches for
//! all. There is one over the sheets of recordings, and one over the audit.

use aws_lc_rs::digest::{Context, SHA256};

use crate::center::UnixMicros;
use crate::error::Error;
use crate::recording::Sheet;

const LINK_BYTES: usize = 32;
/// Set these sums apart from every other.
const OF_RECORDINGS: &[u8] = b"tandem recording chain v1\0";
const OF_THE_AUDIT: &[u8] = b"tandem audit chain v1\0";

/// A link of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link([u8; LINK_BYTES]);

impl Link {
    /// What stands before the first.
    pub const ORIGIN: Self = Self([0; LINK_BYTES]);

    /// The link of a recording after this one.
    #[must_use]
    pub fn next(&self, sheet: &[u8]) -> Self {
        self.sum(OF_RECORDINGS, &[sheet])
    }

    /// The link of an entry of the audit after this one: over its instant, eight bytes with the highest first, and
    /// the event.
    #[must_use]
    pub fn next_of_audit(&self, at: UnixMicros, fact: &[u8]) -> Self {
        self.sum(OF_THE_AUDIT, &[&at.0.to_be_bytes(), fact])
    }

    fn sum(&self, purpose: &[u8], parts: &[&[u8]]) -> Self {
        let mut sum = Context::new(&SHA256);
        sum.update(purpose);
        sum.update(&self.0);
        for part in parts {
            sum.update(part);
        }
        let mut link = [0; LINK_BYTES];
        link.copy_from_slice(sum.finish().as_ref());
        Self(link)
    }

    pub(crate) fn stored(bytes: &[u8]) -> Result<Self, Error> {
        let link = <[u8; LINK_BYTES]>::try_from(bytes);
        link.map(Self)
            .map_err(|source| Error::damaged("a link of a chain", source.to_string()))
    }

    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

/// What the sum is made over. Fields keep their order, so that the same sheet gives the same bytes.
pub(crate) fn written(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(sheet).map_err(|source| Error::Invalid {
        what: "the sheet of a recording",
        reason: source.to_string(),
    })
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_depends_on_everything_before_it() {
        let first = Link::ORIGIN.next(b"a");
        assert_ne!(first, Link::ORIGIN.next(b"b"));
        assert_ne!(first.next(b"c"), Link::ORIGIN.next(b"b").next(b"c"));
        assert_eq!(first.to_string().len(), 64);
    }

    #[test]
    fn link_of_the_audit_depends_on_instant_and_event_and_is_none_of_a_recording() {
        let link = Link::ORIGIN.next_of_audit(UnixMicros(1), b"a");
        assert_ne!(link, Link::ORIGIN.next_of_audit(UnixMicros(2), b"a"));
        assert_ne!(link, Link::ORIGIN.next_of_audit(UnixMicros(1), b"b"));
        let same_bytes = [&1_i64.to_be_bytes()[..], b"a"].concat();
        assert_ne!(link, Link::ORIGIN.next(&same_bytes));
    }
}
