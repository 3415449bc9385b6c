//! The public keys of a token issuer, fetched when first needed and again when a token names one
//! that is not among them.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_microsoft::entra::jwt::{Claims, Expected, Jwks, VerifyError, verify};
use tokio::sync::RwLock;
use url::Url;

/// A forged key id must not make us ask the issuer again and again.
const REFETCH_AFTER: Duration = Duration::from_secs(30);
/// Issuers roll keys over days; a day is well within that.
const STALE_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// The keys of one issuer.
#[derive(Clone)]
pub struct KeySet {
    http: reqwest::Client,
    url: Url,
    kept: Arc<RwLock<Option<Kept>>>,
}

struct Kept {
    jwks: Jwks,
    at: Instant,
}

/// The issuer's keys cannot be had, so that no token can be judged.
#[derive(Debug, thiserror::Error)]
#[error("the keys at {url} cannot be fetched: {detail}")]
pub struct KeysUnavailable {
    url: Url,
    detail: String,
}

/// Why a token was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejected {
    /// It is not acceptable.
    #[error(transparent)]
    Token(#[from] VerifyError),
    /// It cannot be judged now.
    #[error(transparent)]
    Keys(#[from] KeysUnavailable),
}

impl KeySet {
    /// The keys at `url`; nothing is fetched yet.
    #[must_use]
    pub fn new(http: &reqwest::Client, url: Url) -> Self {
        Self {
            http: http.clone(),
            url,
            kept: Arc::new(RwLock::new(None)),
        }
    }

    /// Checks a token against the issuer's keys.
    pub(crate) async fn verify(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Claims, Rejected> {
        self.ensure(STALE_AFTER).await?;
        match self.try_verify(token, expected).await {
            Err(VerifyError::UnknownKey { .. }) => {
                self.ensure(REFETCH_AFTER).await?;
                Ok(self.try_verify(token, expected).await?)
            }
            other => Ok(other?),
        }
    }

    async fn try_verify(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Claims, VerifyError> {
        let kept = self.kept.read().await;
        let jwks = kept
            .as_ref()
            .map(|kept| &kept.jwks)
            .ok_or(VerifyError::Keys)?;
        verify(token, jwks, expected)
    }

    /// Fetches the keys unless they are younger than `max_age`.
    async fn ensure(&self, max_age: Duration) -> Result<(), KeysUnavailable> {
        if is_fresh(self.kept.read().await.as_ref(), max_age) {
            return Ok(());
        }
        let mut kept = self.kept.write().await;
        if is_fresh(kept.as_ref(), max_age) {
            return Ok(());
        }
        let jwks = self.fetch().await.map_err(|detail| KeysUnavailable {
            url: self.url.clone(),
            detail,
        })?;
        *kept = Some(Kept {
            jwks,
            at: Instant::now(),
        });
        Ok(())
    }

    async fn fetch(&self) -> Result<Jwks, String> {
        let sent = self.http.get(self.url.clone()).send().await;
        let answer = sent.and_then(reqwest::Response::error_for_status);
        let body = match answer {
            Ok(answer) => answer.bytes().await,
            Err(error) => Err(error),
        };
        let body = body.map_err(|error| error.to_string())?;
        Jwks::parse(&body).map_err(|error| error.to_string())
    }
}

fn is_fresh(kept: Option<&Kept>, max_age: Duration) -> bool {
    kept.is_some_and(|kept| kept.at.elapsed() < max_age)
}
