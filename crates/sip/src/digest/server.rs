//! Asks phones for their password and judges what they answer. A nonce explains itself, so that a
//! flood of requests without an answer costs no memory; each count of a nonce is taken once.

use super::{Algorithm, Asked, Authorization, Challenge};
use crate::Micros;
use crate::header::Name;
use crate::message::Request;
use std::collections::BTreeMap;
use std::fmt;

/// Nonces whose counts are remembered at most; the oldest are forgotten, and then are stale.
const NONCES_MAX: usize = 20_000;
const NONCE_AGE_MAX: Micros = 600_000_000;

pub struct Authenticator {
    realm: String,
    secret: String,
    n_nonces: u64,
    /// The highest count taken, by when the nonce was made and its number.
    counts: BTreeMap<(Micros, u64), u64>,
    /// Nonces made before are stale: their counts may be forgotten.
    stale_before: Micros,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Accepted { user: String },
    /// Ask (again) with [`Authenticator::challenges`].
    Unknown { is_stale: bool },
    /// The password is wrong, the user unknown, or the answer belongs to another request.
    Wrong,
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

impl Authenticator {
    /// `secret` makes nonces that nobody else can make.
    #[must_use]
    pub fn new(realm: &str, secret: &str) -> Self {
        Self {
            realm: realm.to_owned(),
            secret: secret.to_owned(),
            n_nonces: 0,
            counts: BTreeMap::new(),
            stale_before: Micros::MIN,
        }
    }

    /// For a 401: SHA-256 first, MD5 for old phones (RFC 8760 2.4).
    pub fn challenges(&mut self, now: Micros, is_stale: bool) -> Vec<(Name, String)> {
        self.n_nonces += 1;
        let nonce = self.nonce(now, self.n_nonces);
        [Algorithm::Sha256, Algorithm::Md5]
            .map(|algorithm| {
                let challenge = Challenge {
                    realm: self.realm.clone(),
                    nonce: nonce.clone(),
                    algorithm,
                    opaque: None,
                    is_stale,
                    wants_auth: true,
                };
                (Name::WwwAuthenticate, challenge.to_string())
            })
            .into()
    }

    fn nonce(&self, made: Micros, number: u64) -> String {
        let text = format!("{made:x}.{number:x}");
        let seal = Algorithm::Sha256.hash(&format!("{}:{text}", self.secret));
        format!("{text}.{seal}")
    }

    /// `password` looks a user up.
    pub fn judge<'p>(
        &mut self,
        now: Micros,
        request: &Request,
        password: impl FnOnce(&str) -> Option<&'p str>,
    ) -> Verdict {
        let mut answers = request
            .headers
            .all(&Name::Authorization)
            .filter_map(Authorization::parse);
        let Some(answer) = answers.find(|answer| answer.realm == self.realm) else {
            return Verdict::Unknown { is_stale: false };
        };
        // Without a count an answer could be used again (RFC 2617 3.2.2); every phone counts.
        let Some((client, count)) = &answer.auth else {
            return Verdict::Wrong;
        };
        let Some(made) = self.made(&answer.nonce) else {
            return Verdict::Unknown { is_stale: false };
        };
        let asked = Asked {
            algorithm: answer.algorithm,
            realm: &self.realm,
            nonce: &answer.nonce,
            method: request.method.as_str(),
            uri: &answer.uri,
            auth: Some((client, count)),
        };
        let is_right = password(&answer.user).is_some_and(|password| {
            is_same(&asked.response(&answer.user, password), &answer.response)
        });
        if !is_right || answer.uri != request.uri.to_string() {
            return Verdict::Wrong;
        }
        if self.take(now, made, count) {
            Verdict::Accepted { user: answer.user }
        } else {
            Verdict::Unknown { is_stale: true }
        }
    }

    /// When a nonce of ours was made, and its number.
    fn made(&self, nonce: &str) -> Option<(Micros, u64)> {
        let (made, rest) = nonce.split_once('.')?;
        let (number, _) = rest.split_once('.')?;
        let made = Micros::from_str_radix(made, 16).ok()?;
        let number = u64::from_str_radix(number, 16).ok()?;
        is_same(&self.nonce(made, number), nonce).then_some((made, number))
    }

    /// Whether this count of a fresh nonce is new.
    fn take(&mut self, now: Micros, made: (Micros, u64), count: &str) -> bool {
        let Ok(count) = u64::from_str_radix(count, 16) else {
            return false;
        };
        self.stale_before = self.stale_before.max(now - NONCE_AGE_MAX);
        self.counts = self.counts.split_off(&(self.stale_before, 0));
        if made.0 < self.stale_before || self.counts.get(&made).is_some_and(|last| *last >= count) {
            return false;
        }
        self.counts.insert(made, count);
        if self.counts.len() > NONCES_MAX
            && let Some(((oldest, _), _)) = self.counts.pop_first()
        {
            self.stale_before = oldest + 1;
        }
        true
    }
}

/// In the same time whatever differs.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differences == 0
}
