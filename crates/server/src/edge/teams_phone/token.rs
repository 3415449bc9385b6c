//! The application's own token, kept until shortly before it expires.

use super::settings::Credential;
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, Instant};
use tandem_microsoft::acs;
use tandem_microsoft::entra::{self, FORM_CONTENT_TYPE, TokenResponse};
use tokio::sync::Mutex;
use url::Url;

/// A token is renewed this long before it expires.
const MARGIN: Duration = Duration::from_secs(300);

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
    pub(crate) async fn token(&self, http: &reqwest::Client) -> Result<SecretString, String> {
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

    async fn fetch(&self, http: &reqwest::Client) -> Result<(SecretString, Duration), String> {
        let request = entra::client_credentials(
            &self.tenant,
            &self.client_id,
            self.client_secret.expose_secret(),
            acs::ENTRA_SCOPE,
        );
        let url = self
            .authority
            .join(&request.path)
            .map_err(|error| error.to_string())?;
        let sent = http
            .post(url)
            .header(reqwest::header::CONTENT_TYPE, FORM_CONTENT_TYPE)
            .body(request.body)
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        let status = sent.status();
        let body = sent
            .bytes()
            .await
            .map_err(|error| error.without_url().to_string())?;
        if !status.is_success() {
            let error: Option<entra::TokenError> = serde_json::from_slice(&body).ok();
            let detail = error.map_or_else(|| status.to_string(), |error| error.error_description);
            return Err(format!("Entra refused a token: {detail}"));
        }
        let token: TokenResponse =
            serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        Ok((
            token.access_token.into(),
            Duration::from_secs(token.expires_in),
        ))
    }
}
