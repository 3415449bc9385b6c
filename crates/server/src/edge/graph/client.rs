//! The way to Graph: one request after the other gets its token, waits when Microsoft asks for it, and is told apart by
//! how it failed. When nothing may be asked for a while, nobody of this account asks (B-227).

use super::token::{Applicant, TokenSource};
use super::trouble::Trouble;
use crate::sign_in::Documents;
use aws_lc_rs::rand;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::error::GraphError;
use tandem_microsoft::limits::GRAPH_RESPONSE_BYTES_MAX;
use tandem_microsoft::request::{Method, Request};
use url::Url;

/// How long one attempt may take.
pub(super) const ATTEMPT_TIME_MAX: Duration = Duration::from_secs(15);
/// Waits between attempts where Microsoft names none.
const WAITS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(8),
];
/// The longest wait that Microsoft may ask for; who asks for more is asked again when it is over.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(120);
/// What comes to a wait by chance, at most: those who were refused together do not come back together.
const JITTER_MS: u64 = 500;

/// Whether a request that fails in passing is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Somebody waits for the answer.
    None,
    /// Nobody does.
    Some,
}

/// Sends the requests of one account.
pub(super) struct Client {
    http: reqwest::Client,
    graph: Url,
    pub(super) tokens: TokenSource,
    /// What Entra publishes about the tenant.
    pub(super) documents: Documents,
    quiet: Quiet,
}

/// Before an instant nothing is asked.
#[derive(Default)]
struct Quiet(Mutex<Option<Instant>>);

impl Quiet {
    /// Microsoft asks to wait: so long, with a little by chance, and not longer than is bearable.
    fn asked(&self, now: Instant, wait: Duration) {
        let until = now + wait.min(RETRY_AFTER_MAX) + jitter();
        let mut quiet = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *quiet = Some(quiet.map_or(until, |before| before.max(until)));
    }

    /// How long nothing may be asked yet.
    fn left(&self, now: Instant) -> Option<Duration> {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        until?
            .checked_duration_since(now)
            .filter(|it| !it.is_zero())
    }
}

impl Client {
    pub(super) fn new(http: reqwest::Client, graph: Url, applicant: Applicant) -> Self {
        let documents = Documents::new(&http, &applicant.authority, &applicant.tenant);
        let tokens = TokenSource::new(applicant);
        Self {
            http,
            documents,
            graph,
            tokens,
            quiet: Quiet::default(),
        }
    }

    pub(super) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The answer to a request.
    pub(super) async fn ask(
        &self,
        request: &Request,
        patience: Patience,
        now: Timestamp,
    ) -> Result<Vec<u8>, Trouble> {
        let url = self.graph.join(&request.path_and_query);
        let url = url.map_err(|_not_one| Trouble::Unexpected)?;
        self.ask_at(url, request, patience, now).await
    }

    /// The answer to a request in the name of a person, whose token it is. Nobody waits for it longer than it takes.
    pub(super) async fn ask_as(
        &self,
        token: &SecretString,
        request: &Request,
    ) -> Result<Vec<u8>, Trouble> {
        let url = self.graph.join(&request.path_and_query);
        let url = url.map_err(|_not_one| Trouble::Unexpected)?;
        self.wait_for_quiet(Patience::None).await?;
        let answer = self.attempt(url, request, token).await;
        if let Err(Trouble::Throttled { wait }) = &answer {
            metrics::counter!("tandem_graph_throttled_total").increment(1);
            self.quiet.asked(Instant::now(), *wait);
        }
        answer
    }

    /// The answer at a link of an earlier one, which is opaque, and leads to where the earlier one came from.
    pub(super) async fn follow(
        &self,
        link: &str,
        patience: Patience,
        now: Timestamp,
    ) -> Result<Vec<u8>, Trouble> {
        let url = Url::parse(link).map_err(|_not_one| Trouble::Unexpected)?;
        if url.origin() != self.graph.origin() {
            return Err(Trouble::Unexpected);
        }
        let request = tandem_microsoft::graph::following();
        self.ask_at(url, &request, patience, now).await
    }

    async fn ask_at(
        &self,
        url: Url,
        request: &Request,
        patience: Patience,
        now: Timestamp,
    ) -> Result<Vec<u8>, Trouble> {
        let mut waits = WAITS.iter();
        let mut may_renew = true;
        loop {
            self.wait_for_quiet(patience).await?;
            let token = self.tokens.token(&self.http, now).await?;
            let trouble = match self.attempt(url.clone(), request, &token).await {
                Ok(body) => return Ok(body),
                Err(trouble) => trouble,
            };
            match trouble {
                // A token can be withdrawn before it expires: one refusal is answered with a fresh one.
                Trouble::Graph { status: 401, .. } if may_renew => {
                    may_renew = false;
                    self.tokens.forget().await;
                }
                Trouble::Throttled { wait } => {
                    metrics::counter!("tandem_graph_throttled_total").increment(1);
                    self.quiet.asked(Instant::now(), wait);
                    if patience == Patience::None || waits.next().is_none() {
                        return Err(trouble);
                    }
                }
                Trouble::Unreachable { .. } if patience == Patience::Some => match waits.next() {
                    Some(wait) => tokio::time::sleep(*wait + jitter()).await,
                    None => return Err(trouble),
                },
                Trouble::Graph { .. }
                | Trouble::Unreachable { .. }
                | Trouble::Incomplete
                | Trouble::Unreadable
                | Trouble::Token { .. }
                | Trouble::Unexpected => return Err(trouble),
            }
        }
    }

    async fn attempt(
        &self,
        url: Url,
        request: &Request,
        token: &SecretString,
    ) -> Result<Vec<u8>, Trouble> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut built = { self.http.request(method, url) }
            .bearer_auth(token.expose_secret())
            .header("client-request-id", uuid::Uuid::new_v4().to_string());
        if let Some(body) = &request.body {
            built = built
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let answer = built.send().await.map_err(|error| unreachable(&error))?;
        let status = answer.status().as_u16();
        let wait = retry_after(&answer);
        let body = bounded(answer, GRAPH_RESPONSE_BYTES_MAX).await?;
        match status {
            200..=299 => Ok(body),
            429 | 503 => Err(Trouble::Throttled {
                wait: wait.unwrap_or(Duration::from_secs(3)),
            }),
            500..=599 => Err(Trouble::Unreachable {
                detail: format!("Graph answered {status}"),
            }),
            _ => Err(Trouble::Graph {
                status,
                code: GraphError::parse(&body)
                    .map_or_else(|| format!("http-{status}"), |error| error.code),
            }),
        }
    }

    async fn wait_for_quiet(&self, patience: Patience) -> Result<(), Trouble> {
        match (self.quiet.left(Instant::now()), patience) {
            (None, _) => Ok(()),
            (Some(wait), Patience::None) => Err(Trouble::Throttled { wait }),
            (Some(wait), Patience::Some) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
        }
    }
}

/// A little while, by chance.
fn jitter() -> Duration {
    let mut bytes = [0; 2];
    if rand::fill(&mut bytes).is_err() {
        // The wait is as Microsoft said, which is right too.
        return Duration::ZERO;
    }
    Duration::from_millis(u64::from(u16::from_be_bytes(bytes)) % JITTER_MS)
}

pub(super) fn unreachable(error: &reqwest::Error) -> Trouble {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Trouble::Unreachable {
        detail: kind.to_owned(),
    }
}

pub(super) fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let header = answer.headers().get(reqwest::header::RETRY_AFTER)?;
    let seconds = header.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The body of an answer, as far as it is not too long.
pub(super) async fn bounded(
    mut answer: reqwest::Response,
    bytes_max: usize,
) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(Trouble::Unexpected);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-227
    #[test]
    fn nothing_is_asked_before_seven_seconds_are_over_and_little_longer_than_that() {
        let (quiet, now) = (Quiet::default(), Instant::now());
        assert_eq!(quiet.left(now), None);
        quiet.asked(now, Duration::from_secs(7));
        let at = |ms| now + Duration::from_millis(ms);
        assert!(quiet.left(at(6_999)).is_some());
        assert_eq!(quiet.left(at(7_000 + JITTER_MS)), None);
        // Whoever is asked to wait less meanwhile waits for the longer one.
        quiet.asked(now, Duration::from_secs(1));
        assert!(quiet.left(at(6_999)).is_some());
        quiet.asked(now, Duration::from_secs(86_400));
        let longest = RETRY_AFTER_MAX + Duration::from_millis(JITTER_MS);
        assert_eq!(quiet.left(now + longest), None);
    }
}
