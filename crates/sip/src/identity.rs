//! Who calls, and who may know it: P-Asserted-Identity (RFC 3325) and Privacy (RFC 3323).

use crate::Error;
use crate::header::{Address, Headers, Name};
use crate::uri::Uri;

/// A caller as the network vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What From says.
    pub from: Address,
    /// What the network asserts: one `sip:` or `tel:` identity, or one of each (RFC 3325 9.1).
    pub asserted: Vec<Address>,
    pub privacy: Privacy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// The caller may be shown.
    Open,
    /// The caller is known to whom we trust, and to nobody else.
    Withheld,
}

/// Whether the other side of a trunk belongs to the trust domain (RFC 3325 5): a setting of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    Trusted,
    Untrusted,
}

const ASSERTED_MAX: usize = 2;

impl Identity {
    /// Reads the caller of an INVITE. What somebody asserts whom we do not trust is not taken.
    pub fn read(headers: &Headers, trust: Trust) -> Result<Self, Error> {
        let asserted = match trust {
            Trust::Trusted => headers.addresses(&Name::PAssertedIdentity)?,
            Trust::Untrusted => Vec::new(),
        };
        if asserted.len() > ASSERTED_MAX {
            return Err(Error::Limit("asserted identities"));
        }
        let from = headers.address(&Name::From)?;
        let is_withheld = headers
            .all(&Name::Privacy)
            .flat_map(|value| value.split([';', ',']))
            .any(|kind| {
                ["id", "user", "header"].contains(&kind.trim().to_ascii_lowercase().as_str())
            });
        let is_anonymous = from
            .uri
            .as_sip()
            .is_some_and(|uri| uri.host.host.eq_ignore_ascii_case("anonymous.invalid"));
        let privacy = if is_withheld || is_anonymous {
            Privacy::Withheld
        } else {
            Privacy::Open
        };
        Ok(Self {
            from,
            asserted,
            privacy,
        })
    }

    /// The number that counts: what is asserted, else what From says, unless it is withheld there.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        let asserted = self
            .asserted
            .iter()
            .find_map(|address| address.uri.phone_number());
        asserted.or_else(|| self.from.uri.phone_number())
    }

    /// From and further headers toward another trunk (RFC 3325 7, RFC 3323 4.1.1.3).
    #[must_use]
    pub fn present(&self, trust: Trust) -> (Address, Headers) {
        let mut headers = Headers::default();
        match (trust, self.privacy) {
            (Trust::Trusted, _) => {
                for address in &self.asserted {
                    headers.push(Name::PAssertedIdentity, address.to_string());
                }
            }
            (Trust::Untrusted, Privacy::Open | Privacy::Withheld) => {}
        }
        let from = match self.privacy {
            Privacy::Open => {
                let mut from = self.from.clone();
                from.params = crate::uri::Params::default();
                from
            }
            Privacy::Withheld => {
                headers.push(Name::Privacy, "id");
                anonymous()
            }
        };
        (from, headers)
    }
}

fn anonymous() -> Address {
    let uri = Uri::parse("sip:anonymous@anonymous.invalid").expect("a URI of RFC 3323");
    let mut address = Address::new(uri);
    address.display = Some("Anonymous".to_owned());
    address
}

#[cfg(test)]
mod tests {
    use super::{Identity, Privacy, Trust};
    use crate::header::{Headers, Name};

    // Direct Routing A.5: PAI with `Privacy: id`, one or two values
    fn headers(privacy: &str) -> Headers {
        let mut headers = Headers::default();
        headers.push(
            Name::From,
            "\"John\" <sip:+4311@sip.pstnhub.microsoft.com>;tag=1",
        );
        headers.push(
            Name::PAssertedIdentity,
            "<tel:+4322>, <sip:john@contoso.com>",
        );
        if !privacy.is_empty() {
            headers.push(Name::Privacy, privacy);
        }
        headers
    }

    #[test]
    fn asserted_number_counts_where_the_other_side_is_trusted() {
        let identity = Identity::read(&headers(""), Trust::Trusted).unwrap();
        assert_eq!(
            (identity.number().as_deref(), identity.privacy),
            (Some("+4322"), Privacy::Open)
        );
        let claimed = Identity::read(&headers(""), Trust::Untrusted).unwrap();
        assert_eq!(
            (claimed.number().as_deref(), claimed.asserted.len()),
            (Some("+4311"), 0)
        );
    }

    #[test]
    fn withheld_caller_is_told_to_whom_we_trust_and_to_nobody_else() {
        let identity = Identity::read(&headers("critical;id"), Trust::Trusted).unwrap();
        assert_eq!(identity.privacy, Privacy::Withheld);
        let (from, trusted) = identity.present(Trust::Trusted);
        assert_eq!(
            from.to_string(),
            "\"Anonymous\" <sip:anonymous@anonymous.invalid>"
        );
        assert_eq!(trusted.all(&Name::PAssertedIdentity).count(), 2);
        assert_eq!(trusted.get(&Name::Privacy), Some("id"));
        let (from, untrusted) = identity.present(Trust::Untrusted);
        assert!(
            !format!("{from}{untrusted:?}").contains("43"),
            "no number at all"
        );
        let open = Identity::read(&headers("none"), Trust::Trusted).unwrap();
        assert_eq!(
            open.present(Trust::Untrusted).0.to_string(),
            "\"John\" <sip:+4311@sip.pstnhub.microsoft.com>"
        );
    }
}
