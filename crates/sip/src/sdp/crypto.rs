//! SDES key lines (RFC 4568, RFC 7714). Keys are never shown: not in `Debug`, not in errors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crypto {
    pub tag: u32,
    pub suite: Suite,
    pub key: KeyMaterial,
    /// Octets of the master key identifier in each packet; an answer of Teams may have one (A.9).
    pub identifier: Option<Identifier>,
}

/// `value:length` after the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier {
    pub value: u32,
    pub n_octets: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    AesCm128HmacSha1_80,
    AesCm128HmacSha1_32,
    AeadAes128Gcm,
    AeadAes256Gcm,
}

const SUITES: [(Suite, &str, usize); 4] = [
    (Suite::AesCm128HmacSha1_80, "AES_CM_128_HMAC_SHA1_80", 30),
    (Suite::AesCm128HmacSha1_32, "AES_CM_128_HMAC_SHA1_32", 30),
    (Suite::AeadAes128Gcm, "AEAD_AES_128_GCM", 28),
    (Suite::AeadAes256Gcm, "AEAD_AES_256_GCM", 44),
];

impl Suite {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => SUITES[0].1,
            Self::AesCm128HmacSha1_32 => SUITES[1].1,
            Self::AeadAes128Gcm => SUITES[2].1,
            Self::AeadAes256Gcm => SUITES[3].1,
        }
    }

    /// Octets of master key and salt together.
    #[must_use]
    pub const fn n_key_octets(self) -> usize {
        match self {
            Self::AesCm128HmacSha1_80 | Self::AesCm128HmacSha1_32 => 30,
            Self::AeadAes128Gcm => 28,
            Self::AeadAes256Gcm => 44,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let known = SUITES
            .iter()
            .find(|(_, known, _)| known.eq_ignore_ascii_case(text))?;
        Some(known.0)
    }
}

/// Master key and salt.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyMaterial(Vec<u8>);

impl KeyMaterial {
    /// None where the length is not that of the suite.
    #[must_use]
    pub fn new(suite: Suite, octets: &[u8]) -> Option<Self> {
        (octets.len() == suite.n_key_octets()).then(|| Self(octets.to_vec()))
    }

    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyMaterial({} octets)", self.0.len())
    }
}

impl Crypto {
    /// Reads what follows `a=crypto:`. None is a line that we cannot use: another suite, several
    /// keys, or a session parameter that changes what is sent (RFC 4568 6.3, 7.1.2).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let tag = crate::scan::number(words.next()?)?;
        let suite = Suite::parse(words.next()?)?;
        let inline = words.next()?.strip_prefix("inline:")?;
        if words.any(|parameter| !parameter.starts_with("WSH=")) {
            return None;
        }
        let mut parts = inline.split('|');
        let key = STANDARD.decode(parts.next()?).ok()?;
        let key = KeyMaterial::new(suite, &key)?;
        let mut identifier = None;
        for part in parts {
            // The lifetime has no colon; we renew keys long before the least of them.
            if let Some((value, n_octets)) = part.split_once(':') {
                let (value, n_octets) =
                    (crate::scan::number(value)?, crate::scan::number(n_octets)?);
                identifier = Some(Identifier { value, n_octets });
            }
        }
        Some(Self {
            tag,
            suite,
            key,
            identifier,
        })
    }
}

impl fmt::Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode(self.key.octets());
        write!(f, "{} {} inline:{key}|2^31", self.tag, self.suite.as_str())?;
        match self.identifier {
            Some(identifier) => write!(f, "|{}:{}", identifier.value, identifier.n_octets),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Crypto, Suite};

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    // RFC 4568 6.1, 9.2; Direct Routing A.9
    #[test]
    fn keys_with_lifetime_and_identifier_are_read_and_never_shown() {
        let text = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31|1:1");
        let crypto = Crypto::parse(&text).unwrap();
        assert_eq!(crypto.suite, Suite::AesCm128HmacSha1_80);
        assert_eq!(crypto.to_string(), text);
        assert!(!format!("{crypto:?}").contains("WVN"));
        let short = format!("2 AES_CM_128_HMAC_SHA1_32 inline:{KEY}");
        assert_eq!(Crypto::parse(&short).unwrap().tag, 2);
    }

    #[test]
    fn lines_that_would_change_what_is_sent_are_left_alone() {
        for text in [
            "".to_owned(),
            "1 F8_128_HMAC_SHA1_80 inline:x".to_owned(),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP"),
            "1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ=".to_owned(),
            format!("x AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:x"),
        ] {
            assert_eq!(Crypto::parse(&text), None, "{text}");
        }
    }
}
