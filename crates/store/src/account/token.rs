//! Bearer tokens. The text goes to its owner once; the store sees the SHA-256 only, so a copy of
//! the database opens nothing. 256 random bits need no salt and no slow hash.

use std::fmt;

use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::error::Error;

const TOKEN_BYTES: usize = 32;
const HASH_BYTES: usize = 32;

/// A new secret for a cookie, a link or a wall display.
pub struct Token(Zeroizing<String>);

impl Token {
    pub fn generate() -> Result<Self, Error> {
        let mut secret = Zeroizing::new([0; TOKEN_BYTES]);
        rand::fill(secret.as_mut_slice()).map_err(|_unspecified| Error::Invalid {
            what: "the machine's random source",
            reason: "it gave no random bytes".to_owned(),
        })?;
        Ok(Self(Zeroizing::new(
            URL_SAFE_NO_PAD.encode(secret.as_slice()),
        )))
    }

    /// The text to hand out; it is not stored anywhere.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; HASH_BYTES]);

impl TokenHash {
    /// Of whatever a client presented as its token.
    pub fn of(presented: &str) -> Self {
        let digest = digest::digest(&digest::SHA256, presented.as_bytes());
        let hash = digest
            .as_ref()
            .first_chunk()
            .expect("SHA-256 gives 32 bytes");
        Self(*hash)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}
