//! What Entra publishes: its endpoints and keys, fetched when first needed and kept for a day.

use super::refusal::Refused;
use crate::config::is_loopback;
use crate::edge::teams_phone::KeySet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tandem_microsoft::entra::{Discovery, discovery_path};
use tokio::sync::Mutex;
use url::Url;

/// Endpoints hardly ever change; keys are fetched again by themselves.
const STALE_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// Where nothing newer can be had, it is not asked for again sooner: nobody waits for it at every sign-in.
const RETRY_AFTER: Duration = Duration::from_secs(60);
/// Bytes of the document.
const DOCUMENT_BYTES_MAX: usize = 64 * 1024;

/// The documents of one authority.
pub(crate) struct Documents {
    http: reqwest::Client,
    url: Option<Url>,
    /// With when it is fetched anew.
    kept: Mutex<Option<(Arc<Published>, Instant)>>,
}

/// What the document says.
pub(crate) struct Published {
    /// With a place for the tenant (`{tenantid}`) where several are served.
    pub(crate) issuer: String,
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    pub(super) end_session: Option<Url>,
    pub(crate) keys: KeySet,
}

impl Documents {
    pub(crate) fn new(http: &reqwest::Client, authority: &Url, tenant: &str) -> Self {
        Self {
            http: http.clone(),
            url: authority.join(&discovery_path(tenant)).ok(),
            kept: Mutex::new(None),
        }
    }

    /// What was published, at most a day ago; older when nothing newer can be had.
    pub(crate) async fn published(&self) -> Result<Arc<Published>, Refused> {
        let mut kept = self.kept.lock().await;
        let present = kept.clone();
        if let Some((published, until)) = &present
            && Instant::now() < *until
        {
            return Ok(Arc::clone(published));
        }
        let (published, lasts) = match (self.fetch().await, present) {
            (Ok(fresh), _) => (Arc::new(fresh), STALE_AFTER),
            (Err(_unreached), Some((stale, _))) => (stale, RETRY_AFTER),
            (Err(refused), None) => return Err(refused),
        };
        *kept = Some((Arc::clone(&published), Instant::now() + lasts));
        Ok(published)
    }

    async fn fetch(&self) -> Result<Published, Refused> {
        let unusable = || Refused::Unreachable("the OpenID document cannot be used".to_owned());
        let url = self.url.clone().ok_or_else(unusable)?;
        let sent = self.http.get(url).send().await;
        let answer = sent.and_then(reqwest::Response::error_for_status);
        let answer =
            answer.map_err(|error| Refused::Unreachable(error.without_url().to_string()))?;
        let body = bounded(answer, DOCUMENT_BYTES_MAX).await?;
        let said: Discovery = serde_json::from_slice(&body).map_err(|_not_one| unusable())?;
        let address = |text: Option<&str>| {
            let url = Url::parse(text?).ok()?;
            (url.scheme() == "https" || is_loopback(&url)).then_some(url)
        };
        let keys = address(Some(&said.jwks_uri)).ok_or_else(unusable)?;
        Ok(Published {
            authorization: address(said.authorization_endpoint.as_deref()).ok_or_else(unusable)?,
            token: address(said.token_endpoint.as_deref()).ok_or_else(unusable)?,
            end_session: address(said.end_session_endpoint.as_deref()),
            keys: KeySet::new(&self.http, keys),
            issuer: said.issuer,
        })
    }
}

/// The body of an answer, as far as it is not too long.
pub(super) async fn bounded(
    mut answer: reqwest::Response,
    bytes_max: usize,
) -> Result<Vec<u8>, Refused> {
    let mut body = Vec::new();
    let unreached = |error: reqwest::Error| Refused::Unreachable(error.without_url().to_string());
    while let Some(chunk) = answer.chunk().await.map_err(unreached)? {
        if body.len() + chunk.len() > bytes_max {
            return Err(Refused::Unreachable("the answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
