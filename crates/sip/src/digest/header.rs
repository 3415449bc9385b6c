//! The two headers of digest authentication: challenge and answer (RFC 3261 25.1, RFC 8760 2).

use super::Algorithm;
use crate::scan;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub realm: String,
    pub nonce: String,
    pub algorithm: Algorithm,
    pub opaque: Option<String>,
    /// The nonce was too old, the password right.
    pub is_stale: bool,
    /// `qop="auth"` is offered; `auth-int` alone is not answered.
    pub wants_auth: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    pub user: String,
    pub realm: String,
    pub nonce: String,
    pub uri: String,
    pub response: String,
    pub algorithm: Algorithm,
    pub opaque: Option<String>,
    /// Client nonce and count.
    pub auth: Option<(String, String)>,
}

/// Parameters of one header value; a header holds one challenge (RFC 3261 7.3.1).
struct Parts<'a>(Vec<(&'a str, String)>);

impl<'a> Parts<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let parts = scan::split(rest, ',').ok()?.into_iter().map(|part| {
            let (name, value) = part.split_once('=')?;
            let value = value.trim();
            let value = scan::quoted(value).map_or_else(|_| value.to_owned(), |(text, _)| text);
            Some((name.trim(), value))
        });
        parts.collect::<Option<Vec<_>>>().map(Self)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// MD5 where none is named (RFC 2617 3.2.1).
    fn algorithm(&self) -> Option<Algorithm> {
        self.get("algorithm")
            .map_or(Some(Algorithm::Md5), Algorithm::parse)
    }
}

impl Challenge {
    /// None for what we cannot answer: another scheme or algorithm, integrity of bodies alone.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let parts = Parts::parse(value)?;
        let offered: Vec<&str> = parts
            .get("qop")
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .collect();
        let wants_auth = offered
            .iter()
            .any(|quality| quality.eq_ignore_ascii_case("auth"));
        if !wants_auth && offered != [""] {
            return None;
        }
        Some(Self {
            realm: parts.text("realm")?,
            nonce: parts.text("nonce")?,
            algorithm: parts.algorithm()?,
            opaque: parts.text("opaque"),
            is_stale: parts
                .get("stale")
                .is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            wants_auth,
        })
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (realm, nonce) = (scan::quote(&self.realm), scan::quote(&self.nonce));
        write!(
            f,
            "Digest realm={realm}, nonce={nonce}, algorithm={}",
            self.algorithm.as_str()
        )?;
        if self.wants_auth {
            f.write_str(", qop=\"auth\"")?;
        }
        if self.is_stale {
            f.write_str(", stale=true")?;
        }
        match &self.opaque {
            Some(opaque) => write!(f, ", opaque={}", scan::quote(opaque)),
            None => Ok(()),
        }
    }
}

impl Authorization {
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let parts = Parts::parse(value)?;
        let auth = match parts.get("qop") {
            Some(quality) if quality.eq_ignore_ascii_case("auth") => {
                Some((parts.text("cnonce")?, parts.text("nc")?))
            }
            Some(_) => return None,
            None => None,
        };
        Some(Self {
            user: parts.text("username")?,
            realm: parts.text("realm")?,
            nonce: parts.text("nonce")?,
            uri: parts.text("uri")?,
            response: parts.text("response")?,
            algorithm: parts.algorithm()?,
            opaque: parts.text("opaque"),
            auth,
        })
    }
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\", algorithm={}",
            scan::quote(&self.user),
            scan::quote(&self.realm),
            scan::quote(&self.nonce),
            scan::quote(&self.uri),
            self.response,
            self.algorithm.as_str()
        )?;
        if let Some((client, count)) = &self.auth {
            write!(f, ", qop=auth, cnonce={}, nc={count}", scan::quote(client))?;
        }
        match &self.opaque {
            Some(opaque) => write!(f, ", opaque={}", scan::quote(opaque)),
            None => Ok(()),
        }
    }
}
