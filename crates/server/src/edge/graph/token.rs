//! The application's token for Graph, kept until shortly before it expires. A refusal is kept for a while too, so that
//! an application that was let go is not asked about again and again (B-041).

use super::credential::Credential;
use super::trouble::Trouble;
use crate::edge::graph::client::{bounded, retry_after, unreachable};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, Instant};
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::assertion::{Signer, client_credentials_by};
use tandem_microsoft::entra::sign_in::code_of;
use tandem_microsoft::entra::{
    FORM_CONTENT_TYPE, TokenError, TokenRequest, TokenResponse, client_credentials,
};
use tandem_microsoft::graph::SCOPE;
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

/// The tokens of one application.
pub(super) struct TokenSource {
    applicant: Applicant,
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
        let request = self.request(now)?;
        let url = self.authority.join(&request.path);
        let url = url.map_err(|_not_one| Trouble::Unexpected)?;
        let sent = http
            .post(url)
            .header(reqwest::header::CONTENT_TYPE, FORM_CONTENT_TYPE)
            .body(request.body)
            .send();
        let answer = sent.await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        let wait = retry_after(&answer);
        let body = bounded(answer, ANSWER_BYTES_MAX).await?;
        if status.is_success() {
            let read = serde_json::from_slice::<TokenResponse>(&body);
            let token = read.map_err(|_not_one| Trouble::Unexpected)?;
            let lifetime = Duration::from_secs(token.expires_in);
            return Ok((token.access_token.into(), lifetime));
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

    fn request(&self, now: Timestamp) -> Result<TokenRequest, Trouble> {
        let (tenant, client_id) = (self.tenant.as_str(), self.client_id.as_str());
        match &self.credential {
            Credential::Secret(secret) => {
                let secret = secret.expose_secret();
                Ok(client_credentials(tenant, client_id, secret, SCOPE))
            }
            Credential::Certificate { key, thumbprint } => {
                let signer = Signer {
                    key_pem: key.expose_secret().as_bytes(),
                    thumbprint,
                };
                let endpoint = self.authority.join(&format!("/{tenant}/oauth2/v2.0/token"));
                let endpoint = endpoint.map_err(|_not_one| Trouble::Unexpected)?;
                let now_s = u64::try_from(now.as_micros() / 1_000_000).unwrap_or(0);
                let jti = uuid::Uuid::new_v4().to_string();
                let signed = signer.sign(client_id, endpoint.as_str(), &jti, now_s);
                let assertion = signed.map_err(|_bad_key| Trouble::Unreadable)?;
                Ok(client_credentials_by(tenant, client_id, &assertion, SCOPE))
            }
        }
    }
}
