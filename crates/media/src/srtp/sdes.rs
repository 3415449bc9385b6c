//! The `a=crypto` line of SDP (RFC 4568): keys in, keys out. It must not know the rest of SDP.

use super::{Keys, Mki, PACKETS_MAX, Suite};
use crate::Error;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

/// Longest line that is read; the longest of ours has 110 bytes.
const LINE_BYTES_MAX: usize = 512;
/// RFC 3711 3.1 leaves it open, RFC 4568 6.1 allows 128.
const MKI_BYTES_MAX: usize = 16;

/// One line: a number by which offer and answer match, and keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crypto {
    pub tag: u32,
    pub keys: Keys,
}

impl Crypto {
    /// Reads what follows `a=crypto:`. A suite, a key scheme or a session parameter that is not ours is
    /// `Unsupported`: another line of the offer may do.
    pub fn parse(value: &str) -> Result<Self, Error> {
        if value.len() > LINE_BYTES_MAX {
            return Err(Error::Limit("length of a crypto line"));
        }
        let mut words = value.split_ascii_whitespace();
        let tag = words.next().ok_or(Error::Truncated("crypto line"))?;
        // RFC 4568 4.1: one to nine digits.
        let tag = (tag.len() <= 9).then(|| tag.parse().ok()).flatten();
        let tag = tag.ok_or(Error::Malformed("crypto line: the tag is no number"))?;
        let suite = words.next().ok_or(Error::Truncated("crypto line"))?;
        let suite = Suite::from_name(suite).ok_or(Error::Unsupported("SRTP crypto suite"))?;
        let key = words.next().ok_or(Error::Truncated("crypto line"))?;
        let keys = parse_keys(suite, key)?;
        for parameter in words {
            check_session_parameter(parameter)?;
        }
        Ok(Self { tag, keys })
    }

    /// What follows `a=crypto:`. It contains the key, so it belongs into an SDP over TLS and nowhere else.
    #[must_use]
    pub fn to_line(&self) -> Zeroizing<String> {
        let suite = self.keys.suite.name();
        let master = Zeroizing::new(STANDARD.encode(&*self.keys.master));
        Zeroizing::new(format!("{} {suite} inline:{}", self.tag, *master))
    }
}

/// The first line of an offer, in the offerer's order, that can be answered (RFC 4568 5.1.2). Direct Routing may put
/// `AES_CM_128_HMAC_SHA1_32` first, which is passed over.
pub fn choose<'a>(offered: impl IntoIterator<Item = &'a str>) -> Result<Crypto, Error> {
    let mut reason = Error::Unsupported("the offer has no crypto line");
    for line in offered {
        match Crypto::parse(line) {
            Ok(crypto) => return Ok(crypto),
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// `inline:` key and salt, then lifetime and master key identifier, each of which may be missing.
fn parse_keys(suite: Suite, parameter: &str) -> Result<Keys, Error> {
    let (scheme, info) = parameter
        .split_once(':')
        .ok_or(Error::Malformed("crypto line: key without a scheme"))?;
    if !scheme.eq_ignore_ascii_case("inline") {
        return Err(Error::Unsupported("crypto line: key scheme"));
    }
    if info.contains(';') {
        return Err(Error::Unsupported("crypto line: several master keys"));
    }
    let mut parts = info.split('|');
    let master = parts.next().unwrap_or_default();
    // RFC 4568 6.1 asks for the padding; there are peers that leave it out.
    let master = Zeroizing::new(
        STANDARD_NO_PAD
            .decode(master.trim_end_matches('='))
            .or(Err(Error::Malformed("crypto line: key is not base64")))?,
    );
    let mut keys = Keys::new(suite, &master)?;
    for part in parts {
        match part.split_once(':') {
            Some((value, length)) => keys.mki = Some(parse_mki(value, length)?),
            None => keys.lifetime = parse_lifetime(part)?,
        }
    }
    Ok(keys)
}

/// RFC 4568 6.1: a number, or a power of two written as one.
fn parse_lifetime(text: &str) -> Result<u64, Error> {
    let malformed = Error::Malformed("crypto line: lifetime");
    let value = match text.strip_prefix("2^") {
        Some(exponent) => exponent
            .parse()
            .ok()
            .and_then(|exponent| 1_u64.checked_shl(exponent)),
        None => text.parse().ok(),
    };
    match value {
        Some(value) if (1..=PACKETS_MAX).contains(&value) => Ok(value),
        Some(_) | None => Err(malformed),
    }
}

/// RFC 4568 6.1: a decimal number, sent in so many bytes.
fn parse_mki(value: &str, length: &str) -> Result<Mki, Error> {
    let malformed = Error::Malformed("crypto line: master key identifier");
    let length: usize = length.parse().or(Err(malformed))?;
    let value: u128 = value.parse().or(Err(malformed))?;
    if length == 0 || length > MKI_BYTES_MAX {
        return Err(malformed);
    }
    let bytes = value.to_be_bytes();
    let (above, mki) = bytes.split_at(bytes.len() - length);
    if above.iter().any(|byte| *byte != 0) {
        return Err(malformed);
    }
    Ok(Mki(mki.to_vec()))
}

/// RFC 4568 6.3: what is not understood is not accepted, unless a minus says that it may be ignored. A hint at the
/// replay window and a derivation rate of zero change nothing.
fn check_session_parameter(parameter: &str) -> Result<(), Error> {
    let is_harmless =
        parameter.starts_with('-') || parameter.starts_with("WSH=") || parameter == "KDR=0";
    if is_harmless {
        Ok(())
    } else {
        Err(Error::Unsupported("crypto line: session parameter"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Crypto, choose};
    use crate::Error;
    use crate::srtp::Suite;
    use proptest::prelude::*;

    /// Thirty bytes as RFC 4568's own examples write them.
    const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

    #[test]
    fn line_of_rfc_4568_is_read_and_written() {
        let line = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4");
        let crypto = Crypto::parse(&line).unwrap();
        assert_eq!(crypto.tag, 1);
        assert_eq!(crypto.keys.suite(), Suite::AesCm128HmacSha1Tag80);
        assert_eq!(crypto.keys.lifetime, 1 << 20);
        assert_eq!(crypto.keys.mki.as_ref().unwrap().0, [0, 0, 0, 1]);
        assert_eq!(
            *crypto.to_line(),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}")
        );
    }

    // B-007: Teams may offer the short tag first, and is answered with the long one.
    #[test]
    fn first_suite_of_an_offer_that_is_ours_is_taken() {
        let offer = [
            format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^31"),
            format!("2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31"),
        ];
        let chosen = choose(offer.iter().map(String::as_str)).unwrap();
        assert_eq!((chosen.tag, chosen.keys.lifetime), (2, 1 << 31));
        assert!(matches!(
            choose([offer[0].as_str()]),
            Err(Error::Unsupported(_))
        ));
        assert!(choose([]).is_err());
    }

    #[test]
    fn gcm_lines_have_a_shorter_salt() {
        let short = "A".repeat(38);
        let line = format!("3 AEAD_AES_128_GCM inline:{short}== WSH=128 -NOTE");
        assert_eq!(
            Crypto::parse(&line).unwrap().keys.suite(),
            Suite::AeadAes128Gcm
        );
        let long = "A".repeat(59);
        let line = format!("3 AEAD_AES_256_GCM inline:{long}=");
        assert_eq!(
            Crypto::parse(&line).unwrap().keys.suite(),
            Suite::AeadAes256Gcm
        );
    }

    #[test]
    fn what_would_weaken_or_change_the_protection_is_refused() {
        for end in [
            "UNENCRYPTED_SRTP",
            "UNENCRYPTED_SRTCP",
            "UNAUTHENTICATED_SRTP",
            "KDR=4",
            "FEC_ORDER=FEC_SRTP",
        ] {
            let line = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} {end}");
            assert!(
                matches!(Crypto::parse(&line), Err(Error::Unsupported(_))),
                "{end}"
            );
        }
    }

    #[test]
    fn malformed_lines_are_refused() {
        let lines = [
            String::new(),
            "1".into(),
            "1 AES_CM_128_HMAC_SHA1_80".into(),
            format!("x AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1234567890 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 uri:{KEY}"),
            "1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ=".into(),
            "1 AES_CM_128_HMAC_SHA1_80 inline:!!!".into(),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^64"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|0"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|256:1"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:0"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:17"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{KEY}"),
        ];
        for line in lines {
            assert!(Crypto::parse(&line).is_err(), "{line}");
        }
    }

    #[test]
    fn debug_form_does_not_show_the_key() {
        let line = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
        let shown = format!("{:?}", Crypto::parse(&line).unwrap());
        assert!(
            !shown.contains(KEY) && !shown.contains("119, 68"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,200}") {
            if let Ok(crypto) = Crypto::parse(&text) {
                let again = Crypto::parse(&crypto.to_line()).unwrap();
                prop_assert_eq!(&again.keys.master, &crypto.keys.master);
            }
        }
    }
}
