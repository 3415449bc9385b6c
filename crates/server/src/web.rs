//! The web UI inside the binary: compressed files as the web build left them, the start page with a
//! fresh nonce for every answer, and a page of its own when no bundle was built.

mod bundle;
mod notice;
mod page;

pub use notice::{Notice, notice};

use crate::problem::Problem;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bundle::{Bundle, File};
use page::Page;
use std::sync::Arc;

/// How browsers keep what carries a hash in its name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// How browsers keep everything else: asking each time.
const ASK: &str = "no-cache";

/// What is served.
struct Web {
    bundle: Bundle,
    page: Page,
    is_https: bool,
}

/// The routes: everything that is nobody else's.
pub fn router(is_https: bool) -> Router {
    let bundle = Bundle::embedded();
    let page = Page::of(&bundle);
    let web = Arc::new(Web {
        bundle,
        page,
        is_https,
    });
    Router::new().fallback(move |request: Request| {
        let web = Arc::clone(&web);
        async move { web.answer(&request) }
    })
}

impl Web {
    fn answer(&self, request: &Request) -> Response {
        let mut response = self.content(request);
        let headers = response.headers_mut();
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        );
        let policy = HeaderValue::from_static("camera=(), geolocation=(), payment=(), usb=()");
        headers.insert("permissions-policy", policy);
        if self.is_https {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        response
    }

    fn content(&self, request: &Request) -> Response {
        if !matches!(request.method(), &Method::GET | &Method::HEAD) {
            let detail = "pages can be read only";
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
                .into_response();
        }
        let path = request.uri().path().trim_start_matches('/');
        if path != "index.html"
            && let Some(file) = self.bundle.get(path)
        {
            return file_response(file, request.headers());
        }
        let is_page = !path.starts_with("assets/") && accepts_html(request.headers());
        if path.is_empty() || path == "index.html" || is_page {
            return self.page.response(request.headers());
        }
        Problem::not_found("there is no such page").into_response()
    }
}

fn file_response(file: &File, headers: &HeaderMap) -> Response {
    let keep = if file.immutable { FOR_EVER } else { ASK };
    let mut response = if is_known(headers, &file.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (body, encoding) = match preferred(headers) {
            Encoding::Brotli => (&file.br, "br"),
            // Whoever takes neither is not a browser of this decade; gzip is what most tools read.
            Encoding::Gzip => (&file.gz, "gzip"),
        };
        let mut response = Response::new(Body::from(body.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, file.content_type.clone());
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, file.etag.clone());
    response
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Whether the browser has it already (RFC 9110 13.1.2).
fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let etag = etag.to_str().unwrap_or_default();
    known.is_some_and(|known| {
        known.split(',').any(|it| {
            let it = it.trim();
            it == "*" || it.trim_start_matches("W/") == etag.trim_start_matches("W/")
        })
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
}

/// Brotli where it is taken: it is the smaller one.
fn preferred(headers: &HeaderMap) -> Encoding {
    let accept = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let takes_brotli = accept.unwrap_or_default().split(',').any(|it| {
        let mut parts = it.split(';').map(str::trim);
        let is_brotli = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("br"));
        is_brotli && !parts.any(|it| matches!(it, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    });
    if takes_brotli {
        Encoding::Brotli
    } else {
        Encoding::Gzip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_preferred_where_it_is_taken() {
        let of = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
            preferred(&headers)
        };
        assert_eq!(of("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(of("gzip, br;q=0"), Encoding::Gzip);
        assert_eq!(of("gzip"), Encoding::Gzip);
    }

    #[test]
    fn known_version_is_recognized() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::IF_NONE_MATCH,
            HeaderValue::from_static("W/\"a\", \"b\""),
        );
        assert!(is_known(&headers, &HeaderValue::from_static("\"b\"")));
        assert!(is_known(&headers, &HeaderValue::from_static("\"a\"")));
        assert!(!is_known(&headers, &HeaderValue::from_static("\"c\"")));
    }
}
