//! Business systems: what flows ask them, over HTTP. Only systems that the configuration names are asked,
//! below their addresses, with the secrets that stand there; nothing is followed elsewhere.
//!
//! One request at most is made of each order; each ends within its time. What systems say is never logged.

use crate::config;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tandem_core::effect::Outcome;
use tandem_core::flow::{HttpMethod, HttpRequest};
use tandem_core::limits::ATTRIBUTE_CHARS_MAX;
use tokio::sync::Semaphore;
use url::Url;

/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Requests to one system under way at once; more wait, and their time runs. A slow system keeps no other
/// waiting.
const UNDER_WAY_MAX: usize = 64;
/// By which a system recognizes a repeated request.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The business systems of one contact center.
pub struct BusinessSystems {
    http: reqwest::Client,
    by_name: BTreeMap<String, System>,
}

struct System {
    /// Without a slash at the end.
    base: String,
    headers: HeaderMap,
    under_way: Semaphore,
}

/// An order to ask one.
pub struct Ask<'a> {
    /// What.
    pub request: &'a HttpRequest,
    /// The masked values that have places in its body.
    pub masked: &'a BTreeMap<String, String>,
    /// The attributes that are wanted, and where in the answer they are.
    pub save: &'a BTreeMap<String, String>,
    /// How long it may take, s.
    pub timeout_s: u32,
    /// The key of the order.
    pub key: &'a str,
}

impl BusinessSystems {
    /// Those that the configuration names; certificates (PEM) that are trusted beside the public ones.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(
        systems: &BTreeMap<String, config::BusinessSystem>,
        trust_root: Option<&[u8]>,
    ) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Tandem/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = trust_root {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(pem)?);
        }
        let systems = systems
            .iter()
            .map(|(name, it)| (name.clone(), System::of(it)));
        Ok(Self {
            http: builder.build()?,
            by_name: systems.collect(),
        })
    }

    /// Asks, and says how it ended: within the time, with what was wanted or a short code.
    pub async fn ask(&self, ask: &Ask<'_>) -> Outcome {
        let time = Duration::from_secs(ask.timeout_s.into());
        let answer = tokio::time::timeout(time, self.values(ask)).await;
        match answer.unwrap_or_else(|_elapsed| Err("timeout".to_owned())) {
            Ok(values) => Outcome::Answered { values },
            Err(code) => {
                tracing::warn!(system = %ask.request.system, code, "a business system did not answer");
                Outcome::Failed { code }
            }
        }
    }

    async fn values(&self, ask: &Ask<'_>) -> Result<BTreeMap<String, String>, String> {
        let system = self.by_name.get(&ask.request.system);
        let system = system.ok_or("unknown-system")?;
        let url = below(&system.base, &ask.request.path).ok_or("refused-address")?;
        let request = match ask.request.method {
            HttpMethod::Get => self.http.get(url),
            HttpMethod::Post => self.http.post(url).header(IDEMPOTENCY_KEY, ask.key),
        };
        let mut request = request
            .header(ACCEPT, "application/json")
            .headers(system.headers.clone());
        if let Some(body) = ask.request.body_with(ask.masked) {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        // Never closed.
        let permit = system.under_way.acquire().await;
        let answer = request.send().await.map_err(|error| code_of(&error))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("http-{}", status.as_u16()));
        }
        let body = read(answer).await?;
        drop(permit);
        if ask.save.is_empty() {
            return Ok(BTreeMap::new());
        }
        let said: Value = serde_json::from_slice(&body).map_err(|_bad| "not-json")?;
        wanted(&said, ask.save)
    }
}

impl System {
    fn of(system: &config::BusinessSystem) -> Self {
        let headers = system.secret_headers.iter().map(|(name, value)| {
            let mut value = HeaderValue::from_str(value.expose_secret())
                .expect("the configuration refuses what is no header's value");
            value.set_sensitive(true);
            (name.clone(), value)
        });
        Self {
            base: system.base_url.as_str().trim_end_matches('/').to_owned(),
            headers: headers.collect(),
            under_way: Semaphore::new(UNDER_WAY_MAX),
        }
    }
}

/// The address of a path below another; none when reading it would lead anywhere else, by `..` for instance.
fn below(base: &str, path: &str) -> Option<Url> {
    let written = format!("{base}{path}");
    let url = Url::parse(&written).ok()?;
    (path.starts_with('/') && url.as_str() == written).then_some(url)
}

fn code_of(error: &reqwest::Error) -> String {
    let code = if error.is_connect() {
        "unreachable"
    } else if error.is_timeout() {
        "timeout"
    } else {
        "no-answer"
    };
    code.to_owned()
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| code_of(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            return Err("too-large".to_owned());
        }
    }
    Ok(body)
}

/// What is wanted of an answer: texts, numbers and truth values.
fn wanted(
    said: &Value,
    save: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let values = save.iter().map(|(name, pointer)| {
        let text = match said.pointer(pointer) {
            Some(Value::String(text)) => text.chars().take(ATTRIBUTE_CHARS_MAX).collect(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(truth)) => truth.to_string(),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => {
                return Err("no-value".to_owned());
            }
        };
        Ok((name.clone(), text))
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn address_below_a_system_is_taken_as_it_is_written_or_not_at_all() {
        let base = "https://crm.example/api";
        let good = below(base, "/accounts/12%2F3?x=%20y").map(String::from);
        assert_eq!(
            good.unwrap(),
            "https://crm.example/api/accounts/12%2F3?x=%20y"
        );
        for path in [
            "/../admin",
            "/a/..",
            "/%2e%2e/admin",
            "/.",
            "@evil.example/",
            "/a b",
            "/a\\b",
        ] {
            assert_eq!(below(base, path), None, "{path}");
        }
        let host_alone = below("https://crm.example", "//evil.example/x");
        assert_eq!(host_alone.unwrap().host_str(), Some("crm.example"));
    }

    #[test]
    fn texts_numbers_and_truth_values_are_taken_and_nothing_else() {
        let said = json!({"a": {"b": "text"}, "n": 42.5, "t": true, "list": [7], "none": null});
        let take = |pointer: &str| {
            let save = [("x".to_owned(), pointer.to_owned())].into();
            wanted(&said, &save).map(|values| values["x"].clone())
        };
        let taken = ["/a/b", "/n", "/t", "/list/0"].map(|it| take(it).unwrap());
        assert_eq!(taken, ["text", "42.5", "true", "7"]);
        for pointer in ["/a", "/list", "/none", "/missing", ""] {
            assert_eq!(take(pointer), Err("no-value".to_owned()), "{pointer}");
        }
    }
}
