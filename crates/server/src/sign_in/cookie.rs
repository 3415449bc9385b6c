//! The cookie: `__Host-` on https, so that no other host can set it (RFC 6265bis 4.1.3.2).

use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// How long somebody stays signed in.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(12);

const SECURE_NAME: &str = "__Host-tandem";
const PLAIN_NAME: &str = "tandem";

/// The cookie that keeps somebody signed in.
#[must_use]
pub fn set(token: &str, is_https: bool) -> HeaderValue {
    cookie(token, SESSION_LIFETIME.as_secs(), is_https)
}

/// The cookie that forgets it.
#[must_use]
pub fn clear(is_https: bool) -> HeaderValue {
    cookie("", 0, is_https)
}

fn cookie(token: &str, max_age_s: u64, is_https: bool) -> HeaderValue {
    let (name, secure) = if is_https {
        (SECURE_NAME, "; Secure")
    } else {
        (PLAIN_NAME, "")
    };
    let text =
        format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
    HeaderValue::from_str(&text).expect("a token has letters, digits, - and _ only")
}

/// The token in a request's cookie.
#[must_use]
pub fn cookie_token(headers: &HeaderMap, is_https: bool) -> Option<&str> {
    named(headers, if is_https { SECURE_NAME } else { PLAIN_NAME })
}

/// What a cookie of a request says.
pub(super) fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_that_was_set_is_found_again() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=b; __Host-tandem=abc; c=d"),
        );
        assert_eq!(cookie_token(&headers, true), Some("abc"));
        assert_eq!(cookie_token(&headers, false), None);
    }

    #[test]
    fn cookie_is_for_this_host_and_not_for_scripts() {
        let cookie = set("abc", true);
        let text = cookie.to_str().unwrap();
        assert!(text.starts_with("__Host-tandem=abc; Path=/; HttpOnly; SameSite=Strict"));
        assert!(text.ends_with("; Secure"));
    }
}
