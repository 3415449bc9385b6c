//! The HTTP client of Call Automation: signs, sends, tries again what may be tried again.

use super::settings::{Credential, Settings};
use super::token::TokenSource;
use reqwest::header::{HeaderValue, IF_RANGE, RANGE};
use secrecy::ExposeSecret;
use std::time::{Duration, SystemTime};
use tandem_microsoft::acs::error::ErrorResponse;
use tandem_microsoft::acs::hmac::{self, AccessKey, CONTENT_HASH_HEADER, DATE_HEADER, Signed};
use tandem_microsoft::acs::recording;
use tandem_microsoft::limits::RESPONSE_BYTES_MAX;
use tandem_microsoft::request::{Method, Repeatability, Request};
use url::Url;

/// How long one attempt may take.
const ATTEMPT_TIME_MAX: Duration = Duration::from_secs(10);
/// Waits between attempts, unless the other side names one.
const WAITS: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
/// How long the download of a file may take; one that stands still is given up sooner.
const DOWNLOAD_TIME_MAX: Duration = Duration::from_secs(30 * 60);
/// Where Microsoft keeps recordings.
const STORAGE_DOMAIN: &str = ".asm.skype.com";
/// The longest wait that the other side may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);

/// Sends requests to one Azure Communication Services resource.
pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
    host: String,
    key: Option<AccessKey>,
    tokens: Option<TokenSource>,
}

/// The rest of a file of which the begin has come.
pub(super) struct Rest {
    /// How many bytes have come.
    pub(super) from: u64,
    /// Of which version of the file.
    pub(super) version: Option<HeaderValue>,
}

/// Why a request was not carried out, or may not have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The other side refused.
    #[error("refused with {status}: {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The service's subcode, or the status.
        code: String,
    },
    /// No answer came: it may have been carried out.
    #[error("no answer: {detail}")]
    NoAnswer {
        /// What went wrong, without addresses.
        detail: String,
    },
    /// It never left: no token, for instance.
    #[error("not sent: {detail}")]
    NotSent {
        /// What went wrong.
        detail: String,
        /// Whether it may succeed in a moment.
        is_passing: bool,
    },
}

impl CallError {
    /// Whether the same request may succeed in a moment.
    const fn is_passing(&self) -> bool {
        match self {
            Self::Refused { status, .. } => is_passing(*status),
            Self::NoAnswer { .. } => true,
            Self::NotSent { is_passing, .. } => *is_passing,
        }
    }
}

/// The statuses that the official clients try again.
pub(super) const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

impl Client {
    pub(crate) fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .timeout(ATTEMPT_TIME_MAX)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Tandem/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &settings.trust_root {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem)?);
        }
        let key = match &settings.credential {
            Credential::AccessKey(key) => Some(key.as_ref().clone()),
            Credential::Entra { .. } => None,
        };
        Ok(Self {
            http: builder.build()?,
            host: host_of(&settings.endpoint),
            endpoint: settings.endpoint.clone(),
            key,
            tokens: TokenSource::of(&settings.credential, &settings.tenant_id),
        })
    }

    pub(crate) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends a request, and sends it again while the trouble is passing. A repetition carries the
    /// same repeatability id, so that the service carries it out once.
    ///
    /// # Errors
    /// [`CallError`] of the last attempt; of an unanswered one, if there was one, because then it is
    /// not known whether the request was carried out.
    pub async fn send(&self, request: &Request) -> Result<Vec<u8>, CallError> {
        let mut unanswered = None;
        let mut waits = WAITS.iter();
        let mut stale = self.tokens.as_ref();
        loop {
            let (error, retry_after) = match self.attempt(request).await {
                Ok(body) => return Ok(body),
                Err(failed) => failed,
            };
            // A token can be withdrawn before it expires: one refusal is answered with a fresh one.
            let is_refused = matches!(error, CallError::Refused { status: 401, .. });
            if is_refused && let Some(tokens) = stale.take() {
                tokens.forget().await;
                continue;
            }
            let wait = waits.next().filter(|_| error.is_passing());
            if matches!(error, CallError::NoAnswer { .. }) {
                unanswered = Some(error.clone());
            }
            let Some(wait) = wait else {
                return Err(unanswered.unwrap_or(error));
            };
            metrics::counter!("tandem_acs_retries_total").increment(1);
            tokio::time::sleep(retry_after.unwrap_or(*wait).min(RETRY_AFTER_MAX)).await;
        }
    }

    /// Asks for a file of the service's storage, or for the rest of it from a byte on. It is asked once: whoever
    /// ordered it orders it again.
    ///
    /// # Errors
    /// [`CallError`]; a place that is not the service's is not asked.
    pub(super) async fn file(
        &self,
        location: &str,
        rest: Option<&Rest>,
    ) -> Result<reqwest::Response, CallError> {
        let url = storage_url(&self.endpoint, location).ok_or_else(|| not_sent("foreign-place"))?;
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let request = recording::content(path);
        let mut built = self.http.get(url).timeout(DOWNLOAD_TIME_MAX);
        if let Some(rest) = rest {
            built = built.header(RANGE, format!("bytes={}-", rest.from));
            if let Some(version) = &rest.version {
                built = built.header(IF_RANGE, version.clone());
            }
        }
        // Signed for the resource, which a header of its own names (acs-call-automation 3.2).
        let built = built.header("x-ms-host", &self.host);
        let built = self.authorized(built, &request).await?;
        let answer = built.send().await.map_err(no_answer)?;
        let status = answer.status().as_u16();
        if let (401, Some(tokens)) = (status, &self.tokens) {
            // It may have been withdrawn; the next attempt has a fresh one.
            tokens.forget().await;
            return Err(CallError::NotSent {
                detail: "the token was refused".to_owned(),
                is_passing: true,
            });
        }
        if !answer.status().is_success() {
            let code = format!("http-{status}");
            return Err(CallError::Refused { status, code });
        }
        Ok(answer)
    }

    async fn attempt(&self, request: &Request) -> Result<Vec<u8>, (CallError, Option<Duration>)> {
        let built = self.build(request).await.map_err(|error| (error, None))?;
        let answer = built
            .send()
            .await
            .map_err(|error| (no_answer(error), None))?;
        let status = answer.status();
        let retry_after = retry_after(&answer);
        let body = answer
            .bytes()
            .await
            .map_err(|error| (no_answer(error), None))?;
        if status.is_success() && body.len() <= RESPONSE_BYTES_MAX {
            return Ok(body.into());
        }
        let code = ErrorResponse::parse(&body).map_or_else(
            || format!("http-{}", status.as_u16()),
            |answer| answer.error.code,
        );
        Err((
            CallError::Refused {
                status: status.as_u16(),
                code,
            },
            retry_after,
        ))
    }

    async fn build(&self, request: &Request) -> Result<reqwest::RequestBuilder, CallError> {
        let url = self
            .endpoint
            .join(&request.path_and_query)
            .map_err(|error| not_sent(&error.to_string()))?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut built = self.http.request(method, url);
        if let Some(Repeatability {
            request_id,
            first_sent,
        }) = &request.repeatability
        {
            built = built
                .header(Repeatability::REQUEST_ID_HEADER, request_id)
                .header(Repeatability::FIRST_SENT_HEADER, first_sent);
        }
        if let Some(body) = &request.body {
            built = built
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        self.authorized(built, request).await
    }

    async fn authorized(
        &self,
        built: reqwest::RequestBuilder,
        request: &Request,
    ) -> Result<reqwest::RequestBuilder, CallError> {
        if let Some(key) = &self.key {
            return Ok(self.sign(built, key, request));
        }
        match &self.tokens {
            Some(tokens) => {
                let token = tokens.token(&self.http).await?;
                Ok(built.bearer_auth(token.expose_secret()))
            }
            None => Err(not_sent("there is no credential")),
        }
    }

    fn sign(
        &self,
        built: reqwest::RequestBuilder,
        key: &AccessKey,
        request: &Request,
    ) -> reqwest::RequestBuilder {
        let date = http_date();
        let signed = Signed {
            method: request.method.as_str(),
            path_and_query: &request.path_and_query,
            host: &self.host,
            date: &date,
            body: request.body_bytes(),
        };
        let headers = hmac::sign(key, &signed);
        built
            .header(reqwest::header::AUTHORIZATION, headers.authorization)
            .header(DATE_HEADER, headers.date)
            .header(CONTENT_HASH_HEADER, headers.content_hash)
    }
}

/// The present instant as HTTP writes dates (RFC 9110 5.6.7).
pub(crate) fn http_date() -> String {
    httpdate::fmt_http_date(SystemTime::now())
}

fn not_sent(detail: &str) -> CallError {
    CallError::NotSent {
        detail: detail.to_owned(),
        is_passing: false,
    }
}

/// Where a file is fetched: from the storage of Microsoft, or from the resource itself, and with its
/// credential from nowhere else. A resource on loopback is an emulator, which is its own storage.
fn storage_url(endpoint: &Url, location: &str) -> Option<Url> {
    let mut url = Url::parse(location).ok()?;
    let host = url.host_str()?.to_owned();
    let is_of_microsoft = url.scheme() == "https" && host.ends_with(STORAGE_DOMAIN);
    let is_of_resource = url.origin() == endpoint.origin();
    if !is_of_microsoft && !is_of_resource {
        return None;
    }
    let own = endpoint.host_str()?;
    let is_loopback = match endpoint.host()? {
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
        url::Host::Domain(name) => name == "localhost",
    };
    if is_loopback {
        url.set_scheme(endpoint.scheme()).ok()?;
        url.set_host(Some(own)).ok()?;
        url.set_port(endpoint.port()).ok()?;
    }
    Some(url)
}

fn host_of(endpoint: &Url) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    match endpoint.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

pub(super) fn no_answer(error: reqwest::Error) -> CallError {
    let is_connect = error.is_connect();
    let detail = error.without_url().to_string();
    if is_connect {
        // Never reached the other side; passing all the same.
        return CallError::Refused {
            status: 503,
            code: "unreachable".to_owned(),
        };
    }
    CallError::NoAnswer { detail }
}

fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let seconds = answer
        .headers()
        .get(reqwest::header::RETRY_AFTER)?
        .to_str()
        .ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched_from(endpoint: &str, location: &str) -> Option<String> {
        let endpoint = Url::parse(endpoint).unwrap();
        storage_url(&endpoint, location).map(|url| url.to_string())
    }

    #[test]
    fn files_are_fetched_from_the_service_alone() {
        let resource = "https://contoso.communication.azure.com";
        let place = "https://us-storage.asm.skype.com/v1/objects/a/content/audio";
        assert_eq!(fetched_from(resource, place).as_deref(), Some(place));
        for foreign in [
            "http://us-storage.asm.skype.com/v1/objects/a",
            "https://asm.skype.com.example.org/v1/objects/a",
            "https://example.org/?.asm.skype.com",
            "file:///etc/passwd",
            "nonsense",
        ] {
            assert_eq!(fetched_from(resource, foreign), None, "{foreign}");
        }
    }

    #[test]
    fn emulator_on_loopback_is_its_own_storage() {
        let place = "https://us-storage.asm.skype.com:8443/v1/objects/a";
        assert_eq!(
            fetched_from("http://127.0.0.1:9000", place).as_deref(),
            Some("http://127.0.0.1:9000/v1/objects/a")
        );
    }
}
