//! The application's tokens, and those of people who sign in for it. Its own for Graph is kept until shortly before it expires. A refusal is kept for a while too, so that
//! an application that was let go is not asked about again and again (B-041).

use super::credential::Credential;
use super::trouble::Trouble;
use crate::edge::graph::client::{bounded, retry_after, unreachable};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::assertion::{Signer, client_credentials_by};
use tandem_microsoft::entra::sign_in::{self as wire, ClientProof, PersonTokens, code_of};
use tandem_microsoft::entra::{FORM_CONTENT_TYPE, TokenError, TokenResponse, client_credentials};
use tandem_microsoft::graph::{PERSON_SCOPE, SCOPE};
use tokio::sync::Mutex;
use url::Url;

/// A token is renewed this long before it expires.
const MARGIN: Duration = Duration::from_secs(300);
/// Nobody is asked again sooner after a refusal.
const REFUSED_FOR: Duration = Duration::from_secs(60);
/// Bytes of the answer.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Who asks, and with what it proves who it is.
#[derive(Clone, Debug)]
pub(super) struct Applicant {
    pub(super) authority: Url,
    pub(super) tenant: String,
    pub(super) client_id: String,
    pub(super) credential: Credential,
}

/// With what it proves who it is, now.
enum Proven<'a> {
    Secret(&'a str),
    Assertion(String),
}

/// What a person's tokens are asked for with.
#[derive(Clone, Copy)]
pub(super) enum Grant<'a> {
    Code {
        code: &'a str,
        way_back: &'a str,
        verifier: &'a str,
    },
    Refresh(&'a str),
}

/// The tokens of one application.
pub(super) struct TokenSource {
    pub(super) applicant: Applicant,
    kept: Mutex<Option<Kept>>,
}

enum Kept {
    Token(SecretString, Instant),
    Refusal(Trouble, Instant),
}

impl TokenSource {
    pub(super) fn new(applicant: Applicant) -> Self {
        Self {
            applicant,
            kept: Mutex::new(None),
        }
    }

    /// A token that is good for a while. Whoever comes while one is being fetched waits for it.
    pub(super) async fn token(
        &self,
        http: &reqwest::Client,
        now: Timestamp,
    ) -> Result<SecretString, Trouble> {
        let mut kept = self.kept.lock().await;
        match kept.as_ref() {
            Some(Kept::Token(token, until)) if Instant::now() < *until => return Ok(token.clone()),
            Some(Kept::Refusal(trouble, until)) if Instant::now() < *until => {
                return Err(trouble.clone());
            }
            Some(_) | None => {}
        }
        self.fetch(http, now, &mut kept).await
    }

    /// A token that was asked for just now, whatever is kept.
    pub(super) async fn fresh(
        &self,
        http: &reqwest::Client,
        now: Timestamp,
    ) -> Result<SecretString, Trouble> {
        let mut kept = self.kept.lock().await;
        self.fetch(http, now, &mut kept).await
    }

    /// The kept token was refused: the next one is fetched.
    pub(super) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn fetch(
        &self,
        http: &reqwest::Client,
        now: Timestamp,
        kept: &mut Option<Kept>,
    ) -> Result<SecretString, Trouble> {
        match self.applicant.ask(http, now).await {
            Ok((token, lifetime)) => {
                let good_for = lifetime.saturating_sub(MARGIN).max(lifetime / 2);
                *kept = Some(Kept::Token(token.clone(), Instant::now() + good_for));
                Ok(token)
            }
            Err(trouble) => {
                let until = Instant::now() + REFUSED_FOR;
                let is_for_good = trouble.is_for_good();
                *kept = is_for_good.then(|| Kept::Refusal(trouble.clone(), until));
                Err(trouble)
            }
        }
    }
}

impl Applicant {
    async fn ask(
        &self,
        http: &reqwest::Client,
        now: Timestamp,
    ) -> Result<(SecretString, Duration), Trouble> {
        let (tenant, client_id) = (self.tenant.as_str(), self.client_id.as_str());
        let request = match self.proof(now)? {
            Proven::Secret(secret) => client_credentials(tenant, client_id, secret, SCOPE),
            Proven::Assertion(assertion) => {
                client_credentials_by(tenant, client_id, &assertion, SCOPE)
            }
        };
        let token: TokenResponse = self.post(http, request.body).await?;
        let lifetime = Duration::from_secs(token.expires_in);
        Ok((token.access_token.into(), lifetime))
    }

    /// What a person's code, or the refresh token of an earlier one, is worth.
    pub(super) async fn ask_for_person(
        &self,
        http: &reqwest::Client,
        grant: Grant<'_>,
        now: Timestamp,
    ) -> Result<PersonTokens, Trouble> {
        let proof = self.proof(now)?;
        let client = wire::Client {
            id: &self.client_id,
            proof: match &proof {
                Proven::Secret(secret) => ClientProof::Secret(secret),
                Proven::Assertion(assertion) => ClientProof::Assertion(assertion),
            },
        };
        let request = match grant {
            Grant::Code {
                code,
                way_back,
                verifier,
            } => wire::redeem(client, code, way_back, verifier, PERSON_SCOPE),
            Grant::Refresh(token) => wire::renew(client, token, PERSON_SCOPE),
        };
        self.post(http, request.body).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        http: &reqwest::Client,
        body: String,
    ) -> Result<T, Trouble> {
        let sent = http
            .post(self.endpoint()?)
            .header(reqwest::header::CONTENT_TYPE, FORM_CONTENT_TYPE)
            .body(body)
            .send();
        let answer = sent.await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        let wait = retry_after(&answer);
        let body = bounded(answer, ANSWER_BYTES_MAX).await?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_not_one| Trouble::Unexpected);
        }
        match serde_json::from_slice::<TokenError>(&body) {
            _ if status.as_u16() == 429 => Err(Trouble::Throttled {
                wait: wait.unwrap_or(Duration::from_secs(10)),
            }),
            Ok(error) if status.is_client_error() => Err(Trouble::Token {
                code: { error.error_codes.first().copied() }
                    .or_else(|| code_of(&error.error_description)),
                error: error.error,
            }),
            Ok(_) | Err(_) => Err(Trouble::Unreachable {
                detail: format!("Entra answered {status}"),
            }),
        }
    }

    fn endpoint(&self) -> Result<Url, Trouble> {
        let path = format!("/{}/oauth2/v2.0/token", self.tenant);
        let url = self.authority.join(&path);
        url.map_err(|_not_one| Trouble::Unexpected)
    }

    fn proof(&self, now: Timestamp) -> Result<Proven<'_>, Trouble> {
        match &self.credential {
            Credential::Secret(secret) => Ok(Proven::Secret(secret.expose_secret())),
            Credential::Certificate { key, thumbprint } => {
                let signer = Signer {
                    key_pem: key.expose_secret().as_bytes(),
                    thumbprint,
                };
                let endpoint = self.endpoint()?;
                let now_s = u64::try_from(now.as_micros() / 1_000_000).unwrap_or(0);
                let jti = uuid::Uuid::new_v4().to_string();
                let signed = signer.sign(&self.client_id, endpoint.as_str(), &jti, now_s);
                signed
                    .map(Proven::Assertion)
                    .map_err(|_bad_key| Trouble::Unreadable)
            }
        }
    }
}
