//! The public API, as anybody may use it: every simulated person acts through this alone, and so do the commands that
//! ask a running contact center.

use anyhow::{Context, bail};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// An account at one contact center's API.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
    center: String,
    token: Option<String>,
}

/// A refusal of the API, by its stable code.
#[derive(Debug, thiserror::Error)]
#[error("{method} {path}: {status} {code}: {detail}")]
pub(crate) struct Refused {
    method: Method,
    path: String,
    status: StatusCode,
    code: String,
    detail: String,
}

impl Api {
    /// Nobody yet.
    pub(crate) fn new(base: &str, center: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(15))
            .build()?;
        let (base, center) = (base.trim_end_matches('/').to_owned(), center.to_owned());
        Ok(Self {
            http,
            base,
            center,
            token: None,
        })
    }

    /// Somebody who has a session or a key already.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Waits until the contact center takes calls.
    pub(crate) async fn ready(&self, wait_max: Duration) -> anyhow::Result<()> {
        let deadline = std::time::Instant::now() + wait_max;
        loop {
            let answer = self.http.get(format!("{}/readyz", self.base)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            let is_early = std::time::Instant::now() < deadline;
            anyhow::ensure!(is_early, "the contact center does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> anyhow::Result<Self> {
        let body = serde_json::json!({ "username": username, "password": password });
        let answer = self.call(Method::POST, "/sign-in", Some(&body)).await?;
        let token = answer["token"]
            .as_str()
            .context("the sign-in has no token")?
            .to_owned();
        Ok(Self {
            token: Some(token),
            ..self.clone()
        })
    }

    /// Asks for something below the contact center.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None).await
    }

    /// Tells something below the contact center.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Says how something below the contact center is.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// Creates a settings object; answers its number.
    pub(crate) async fn create(&self, path: &str, body: &Value) -> anyhow::Result<u64> {
        let made = self.post(path, body).await?;
        made["id"]
            .as_u64()
            .with_context(|| format!("{path} answered without a number"))
    }

    /// Changes fields of a settings object.
    pub(crate) async fn change(&self, path: &str, fields: &Value) -> anyhow::Result<()> {
        let mut object = self.get(path).await?;
        let version = object["version"].as_u64();
        let all = object.as_object_mut().context("it is no object")?;
        all.extend(fields.as_object().cloned().unwrap_or_default());
        let change = self.call_on(version, Method::PUT, path, Some(&object));
        change.await.map(drop)
    }

    /// Uploads a sound.
    pub(crate) async fn upload(&self, path: &str, wav: Vec<u8>) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1/{}{path}", self.base, self.center);
        let token = self.token.as_deref().context("sign in first")?;
        let request = self.http.post(url).bearer_auth(token).body(wav);
        let request = request.header("content-type", "audio/wav");
        let answer = request.send().await.context("the API does not answer")?;
        Ok(answer.error_for_status()?.json().await?)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        self.call_on(None, method, path, body).await
    }

    /// As [`Self::call`], on a version of what is changed.
    async fn call_on(
        &self,
        version: Option<u64>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1/{}{path}", self.base, self.center);
        let mut request = self.http.request(method.clone(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.context("the API does not answer")?;
        let status = answer.status();
        let text = answer.text().await?;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(value);
        }
        let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let (code, detail) = (word("code"), word("detail"));
        bail!(Refused {
            method,
            path: path.to_owned(),
            status,
            code,
            detail
        })
    }

    /// The address of the live feed.
    pub(crate) fn live_url(&self) -> anyhow::Result<String> {
        let base = self.base.replacen("http", "ws", 1);
        let token = self.token.as_deref().context("sign in first")?;
        Ok(format!(
            "{base}/api/v1/{}/live?access_token={token}",
            self.center
        ))
    }
}
