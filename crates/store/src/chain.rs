//! The chain: each link is the SHA-256 of the link before and of what the sheet says, so that the last
//! link vouches for all.

use aws_lc_rs::digest::{Context, SHA256};

use super::Sheet;
use crate::error::Error;

const LINK_BYTES: usize = 32;
/// Sets these sums apart from every other.
const PURPOSE: &[u8] = b"tandem recording chain v1\0";

/// A link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link([u8; LINK_BYTES]);

impl Link {
    /// What stands before the first.
    pub const ORIGIN: Self = Self([0; LINK_BYTES]);

    /// The link after this one.
    #[must_use]
    pub fn next(&self, sheet: &[u8]) -> Self {
        let mut sum = Context::new(&SHA256);
        sum.update(PURPOSE);
        sum.update(&self.0);
        sum.update(sheet);
        let mut link = [0; LINK_BYTES];
        link.copy_from_slice(sum.finish().as_ref());
        Self(link)
    }

    pub(crate) fn stored(bytes: &[u8]) -> Result<Self, Error> {
        let link = <[u8; LINK_BYTES]>::try_from(bytes);
        link.map(Self)
            .map_err(|source| Error::damaged("a link of the recordings", source.to_string()))
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
}
