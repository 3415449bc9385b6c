//! The application's own token, kept until shortly before it expires.

use super::client::{CallError, is_passing};
use super::settings::Credential;
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, Instant};
use tandem_microsoft::acs;
use tandem_microsoft::entra::{self, FORM_CONTENT_TYPE, TokenResponse};
use tokio::sync::Mutex;
use url::Url;

/// A token is renewed this long before it expires.
const MARGIN: Duration = Duration::from_secs(300);

/// Why there is no token.
struct NoToken {
    detail: String,
    /// Whether there may be one in a moment.
    is_passing: bool,
}

impl From<NoToken> for CallError {
    fn from(NoToken { detail, is_passing }: NoToken) -> Self {
        Self::NotSent { detail, is_passing }
    }
}

impl NoToken {
    const fn for_good(detail: String) -> Self {
        Self {
            detail,
            is_passing: false,
        }
    }

    /// Entra could not be reached, or broke off.
    fn unreached(error: reqwest::Error) -> Self {
        Self {
            detail: error.without_url().to_string(),
            is_passing: true,
        }
    }
}

/// Asks Entra for the application's token.
pub(crate) struct TokenSource {
    authority: Url,
    tenant: String,
    client_id: String,
    client_secret: SecretString,
    kept: Mutex<Option<(SecretString, Instant)>>,
}

impl TokenSource {
    /// The source, if the credential is an application.
    pub(crate) fn of(credential: &Credential, tenant: &str) -> Option<Self> {
        match credential {
            Credential::AccessKey(_) => None,
            Credential::Entra {
                authority,
                client_id,
                client_secret,
            } => Some(Self {
                authority: authority.clone(),
                tenant: tenant.to_owned(),
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                kept: Mutex::new(None),
            }),
        }
    }

    /// A token that is still good for a while. Whoever comes while one is being fetched waits for it.
    ///
    /// # Errors
    /// [`CallError::NotSent`], because without a token nothing is.
    pub(crate) async fn token(&self, http: &reqwest::Client) -> Result<SecretString, CallError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = kept.as_ref()
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let (token, lifetime) = self.fetch(http).await?;
        let good_for = lifetime.saturating_sub(MARGIN).max(lifetime / 2);
        *kept = Some((token.clone(), Instant::now() + good_for));
        Ok(token)
    }

    /// The kept token was refused: the next one is fetched.
    pub(crate) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn fetch(&self, http: &reqwest::Client) -> Result<(SecretString, Duration), NoToken> {
        let request = entra::client_credentials(
            &self.tenant,
            &self.client_id,
            self.client_secret.expose_secret(),
            acs::ENTRA_SCOPE,
        );
        let url = self
            .authority
            .join(&request.path)
            .map_err(|error| NoToken::for_good(error.to_string()))?;
        let sent = http
            .post(url)
            .header(reqwest::header::CONTENT_TYPE, FORM_CONTENT_TYPE)
            .body(request.body)
            .send()
            .await
            .map_err(NoToken::unreached)?;
        let status = sent.status();
        let body = sent.bytes().await.map_err(NoToken::unreached)?;
        if !status.is_success() {
            let error: Option<entra::TokenError> = serde_json::from_slice(&body).ok();
            let detail = error.map_or_else(|| status.to_string(), |error| error.error_description);
            return Err(NoToken {
                detail: format!("Entra refused a token: {detail}"),
                is_passing: is_passing(status.as_u16()),
            });
        }
        let token: TokenResponse =
            serde_json::from_slice(&body).map_err(|error| NoToken::for_good(error.to_string()))?;
        Ok((
            token.access_token.into(),
            Duration::from_secs(token.expires_in),
        ))
    }
}
