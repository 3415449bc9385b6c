//! Digest authentication (RFC 3261 22, RFC 2617, RFC 8760): as a client of carriers, and as a
//! server for phones that register. Passwords are never shown. It must not know whose phone it is.

mod header;
mod server;

use crate::header::{Headers, Name};
use crate::message::{Request, Response};
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512_256};
use std::fmt;

pub use header::{Authorization, Challenge};
pub use server::{Authenticator, Verdict};

/// The best first (RFC 8760 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    Sha512_256,
    Sha256,
    Md5,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Sha512_256, Self::Sha256, Self::Md5];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha512_256 => "SHA-512-256",
            Self::Sha256 => "SHA-256",
            Self::Md5 => "MD5",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
    }

    fn hash(self, text: &str) -> String {
        match self {
            Self::Sha512_256 => hex(&Sha512_256::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
            Self::Md5 => hex(&Md5::digest(text)),
        }
    }
}

fn hex(octets: &[u8]) -> String {
    use fmt::Write as _;
    octets
        .iter()
        .fold(String::with_capacity(64), |mut text, octet| {
            write!(text, "{octet:02x}").expect("a string takes all text");
            text
        })
}

/// A user of a carrier's trunk.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Of the realm that asks; `None` answers any.
    pub realm: Option<String>,
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

/// What goes into the hash beside user and password.
struct Asked<'a> {
    algorithm: Algorithm,
    realm: &'a str,
    nonce: &'a str,
    method: &'a str,
    uri: &'a str,
    /// Client nonce and count, where the quality of protection is `auth`.
    auth: Option<(&'a str, &'a str)>,
}

impl Asked<'_> {
    /// RFC 2617 3.2.2.1.
    fn response(&self, user: &str, password: &str) -> String {
        let hash = |text: String| self.algorithm.hash(&text);
        let secret = hash(format!("{user}:{}:{password}", self.realm));
        let what = hash(format!("{}:{}", self.method, self.uri));
        let nonce = self.nonce;
        match self.auth {
            Some((client, count)) => hash(format!("{secret}:{nonce}:{count}:{client}:auth:{what}")),
            None => hash(format!("{secret}:{nonce}:{what}")),
        }
    }
}

/// The request again with an answer to the challenge. None where we have no credentials for it,
/// know none of its algorithms, or were refused with them already.
#[must_use]
pub fn respond(
    request: &Request,
    response: &Response,
    credentials: &[Credentials],
    client_nonce: &str,
) -> Option<Request> {
    let (asks, answers) = match response.status() {
        401 => (Name::WwwAuthenticate, Name::Authorization),
        407 => (Name::ProxyAuthenticate, Name::ProxyAuthorization),
        _ => return None,
    };
    let challenges = response.headers.all(&asks).filter_map(Challenge::parse);
    let (challenge, known) = challenges
        .filter_map(|challenge| {
            let fits = |known: &&Credentials| {
                known
                    .realm
                    .as_ref()
                    .is_none_or(|realm| *realm == challenge.realm)
            };
            let known = credentials.iter().find(fits)?;
            Some((challenge, known))
        })
        .min_by_key(|(challenge, _)| challenge.algorithm)?;
    if was_answered(&request.headers, &answers, &challenge.realm) && !challenge.is_stale {
        return None;
    }
    let uri = request.uri.to_string();
    let count = "00000001";
    let asked = Asked {
        algorithm: challenge.algorithm,
        realm: &challenge.realm,
        nonce: &challenge.nonce,
        method: request.method.as_str(),
        uri: &uri,
        auth: challenge.wants_auth.then_some((client_nonce, count)),
    };
    let answer = Authorization {
        user: known.user.clone(),
        response: asked.response(&known.user, &known.password),
        uri: uri.clone(),
        auth: challenge
            .wants_auth
            .then(|| (client_nonce.to_owned(), count.to_owned())),
        realm: challenge.realm,
        nonce: challenge.nonce,
        algorithm: challenge.algorithm,
        opaque: challenge.opaque,
    };
    let mut again = request.clone();
    again.headers.remove(&answers);
    again.headers.push(answers, answer.to_string());
    Some(again)
}

fn was_answered(headers: &Headers, name: &Name, realm: &str) -> bool {
    headers
        .all(name)
        .filter_map(Authorization::parse)
        .any(|answer| answer.realm == realm)
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Asked};

    // RFC 2617 3.5 and RFC 7616 3.9.1: the printed examples
    #[test]
    fn printed_examples_give_the_printed_responses() {
        let asked = Asked {
            algorithm: Algorithm::Md5,
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            method: "GET",
            uri: "/dir/index.html",
            auth: Some(("0a4f113b", "00000001")),
        };
        assert_eq!(
            asked.response("Mufasa", "Circle Of Life"),
            "6629fae49393a05397450978507c4ef1"
        );
        let asked = Asked {
            algorithm: Algorithm::Sha256,
            realm: "http-auth@example.org",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            auth: Some(("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "00000001")),
            ..asked
        };
        let expected = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert_eq!(asked.response("Mufasa", "Circle of Life"), expected);
    }
}
