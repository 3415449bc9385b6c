//! The start page, which every address of the UI answers with, and the page that stands in for it
//! when no bundle was built. Scripts and styles are ours alone: each answer names a fresh nonce.

use super::bundle::Bundle;
use super::{ASK, is_known};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use std::io::Read;

/// What the web build writes where the nonce belongs.
const PLACEHOLDER: &str = "__CSP_NONCE__";
/// Bytes of the start page, decompressed; more is not a start page.
const PAGE_BYTES_MAX: u64 = 1024 * 1024;

/// Where the UI may be framed: Teams and its siblings (the hosts of teams-js 2.58).
const FRAME_ANCESTORS: &str = "'self' https://teams.microsoft.com https://*.teams.microsoft.com \
    https://teams.microsoft.us https://gov.teams.microsoft.us https://dod.teams.microsoft.us \
    https://*.cloud.microsoft https://outlook.office.com https://www.microsoft365.com \
    https://*.www.microsoft365.com";

/// The page when no bundle was built.
const NO_BUNDLE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tandem: the web UI is not in this binary</title>
<style nonce="__CSP_NONCE__">
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  main { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
  code { font-size: 1rem }
</style>
<main>
<h1>Tandem runs; its web UI is not in this binary</h1>
<p>The binary was built before the web bundle. Build both, and start again:</p>
<pre><code>cargo xtask demo</code></pre>
<p>The API works without it: <a href="/api/v1/info">/api/v1/info</a>,
<a href="/api/openapi.json">/api/openapi.json</a>.</p>
</main>
</html>
"#;

/// The start page.
pub(super) struct Page {
    text: String,
    /// None for the page that stands in: it must not outlive the next build in a browser.
    etag: Option<HeaderValue>,
}

impl Page {
    pub(super) fn of(bundle: &Bundle) -> Self {
        let built = bundle.get("index.html").and_then(|file| {
            let mut text = String::new();
            let page = flate2::read::GzDecoder::new(file.gz.as_ref()).take(PAGE_BYTES_MAX);
            { page }.read_to_string(&mut text).ok()?;
            Some(Self {
                text,
                etag: Some(file.etag.clone()),
            })
        });
        built.unwrap_or_else(|| Self {
            text: NO_BUNDLE.to_owned(),
            etag: None,
        })
    }

    pub(super) fn response(&self, headers: &HeaderMap) -> Response {
        let mut response = match &self.etag {
            // Without a policy: the one that the browser keeps belongs to the nonce that it keeps.
            Some(etag) if is_known(headers, etag) => StatusCode::NOT_MODIFIED.into_response(),
            Some(_) | None => self.fresh(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(ASK));
        if let Some(etag) = &self.etag {
            headers.insert(header::ETAG, etag.clone());
        }
        response
    }

    fn fresh(&self) -> Response {
        let Some(nonce) = fresh_nonce() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = Response::new(Body::from(self.text.replace(PLACEHOLDER, &nonce)));
        let headers = response.headers_mut();
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, html);
        if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// What marks our own styles and scripts in one answer; none when the machine has no chance to give.
pub(super) fn fresh_nonce() -> Option<String> {
    let mut random = [0_u8; 18];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    Some(base64::engine::general_purpose::STANDARD.encode(random))
}

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; \
         style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; media-src 'self' data: blob:; \
         connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors {FRAME_ANCESTORS}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_own_nonce_in_page_and_policy() {
        let page = Page::of(&Bundle::default());
        let nonce = |response: &Response| {
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap();
            let (_, rest) = policy.split_once("'nonce-").unwrap();
            rest.split_once('\'').unwrap().0.to_owned()
        };
        let headers = HeaderMap::new();
        let (first, second) = (page.response(&headers), page.response(&headers));
        assert_ne!(nonce(&first), nonce(&second));
    }
}
