//! What a browser carries from the beginning of a sign-in to its end: sealed in a cookie, so that the
//! process keeps nothing for visitors who never come back. Whoever comes with an answer but without the
//! cookie did not begin here.

use super::refusal::Refused;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use tandem_core::time::Timestamp;
use tandem_store::{CenterId, KeyFamily, SealError, SealedFor, Token};
use url::Url;

/// How long somebody may take to sign in: as long as Entra's codes live.
const VISIT_S: u32 = 600;
/// Bytes of the address to go back to.
const RETURN_TO_BYTES_MAX: usize = 2_000;

const SECURE_NAME: &str = "__Host-tandem-visit";
const PLAIN_NAME: &str = "tandem-visit";

#[derive(Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// A path of ours.
    pub(super) return_to: String,
    began_us: i64,
}

impl Visit {
    pub(super) fn begin(return_to: String, now: Timestamp) -> Result<Self, tandem_store::Error> {
        let random = || Token::generate().map(|token| token.reveal().to_owned());
        Ok(Self {
            state: random()?,
            nonce: random()?,
            verifier: random()?,
            return_to,
            began_us: now.as_micros(),
        })
    }

    /// The cookie. Entra's answer is posted from its own site: on https it needs `SameSite=None`.
    pub(super) fn cookie(
        &self,
        keys: &KeyFamily,
        center: &CenterId,
        is_https: bool,
    ) -> Result<HeaderValue, SealError> {
        let text = serde_json::to_string(self).unwrap_or_default();
        let sealed = keys.seal_text(center, SealedFor::SignIn, &text)?;
        Ok(cookie(&sealed, VISIT_S, is_https))
    }

    /// The visit that an answer belongs to.
    pub(super) fn of(
        headers: &HeaderMap,
        keys: &KeyFamily,
        center: &CenterId,
        is_https: bool,
        state: &str,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let sealed = super::super::cookie::named(headers, name(is_https));
        let text = sealed.and_then(|it| keys.open_text(center, SealedFor::SignIn, it));
        let visit: Option<Self> = text.and_then(|it| serde_json::from_str(&it).ok());
        let visit = visit.ok_or(Refused::NotBegunHere)?;
        let is_its = verify_slices_are_equal(visit.state.as_bytes(), state.as_bytes()).is_ok();
        let until = Timestamp::from_micros(visit.began_us).plus_seconds(VISIT_S);
        if is_its && now < until {
            Ok(visit)
        } else {
            Err(Refused::NotBegunHere)
        }
    }
}

/// The cookie that forgets it.
pub(super) fn clear(is_https: bool) -> HeaderValue {
    cookie("", 0, is_https)
}

const fn name(is_https: bool) -> &'static str {
    if is_https { SECURE_NAME } else { PLAIN_NAME }
}

fn cookie(value: &str, max_age_s: u32, is_https: bool) -> HeaderValue {
    let reach = if is_https {
        "SameSite=None; Secure"
    } else {
        "SameSite=Lax"
    };
    let name = name(is_https);
    let text = format!("{name}={value}; Path=/; HttpOnly; {reach}; Max-Age={max_age_s}");
    HeaderValue::from_str(&text).expect("sealed texts have letters, digits, - and _ only")
}

/// A path below `base`, or the start page when it leads elsewhere.
pub(super) fn path_of_ours(base: &Url, return_to: Option<&str>) -> String {
    let home = || "/".to_owned();
    let Some(wanted) = return_to.filter(|it| it.len() <= RETURN_TO_BYTES_MAX) else {
        return home();
    };
    let is_path = wanted.starts_with('/') && !wanted.contains(['\\', '\t', '\n', '\r']);
    let joined = base.join(wanted).ok();
    match joined.filter(|url| is_path && url.origin() == base.origin()) {
        Some(url) if !url.path().starts_with("//") => {
            let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
            let fragment = url.fragment().map(|it| format!("#{it}"));
            format!("{}{query}{}", url.path(), fragment.unwrap_or_default())
        }
        Some(_) | None => home(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use tandem_store::DataKey;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn carried(visit: &Visit, keys: &KeyFamily, center: &CenterId) -> HeaderMap {
        let cookie = visit.cookie(keys, center, false).unwrap();
        let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        headers
    }

    #[test]
    fn answer_belongs_to_the_browser_state_and_center_that_it_began_with() {
        let keys = KeyFamily::new(DataKey::new(1, [7; 32]));
        let [contoso, other] = ["contoso", "other"].map(|id| CenterId::parse(id).unwrap());
        let visit = Visit::begin("/x".to_owned(), NOW).unwrap();
        let headers = carried(&visit, &keys, &contoso);
        let find = |headers: &HeaderMap, center, state: &str, now| {
            Visit::of(headers, &keys, center, false, state, now).is_ok()
        };
        assert!(find(&headers, &contoso, &visit.state, NOW));
        assert!(!find(&headers, &contoso, "forged", NOW));
        assert!(!find(&headers, &contoso, "", NOW));
        assert!(!find(&headers, &other, &visit.state, NOW));
        assert!(!find(&HeaderMap::new(), &contoso, &visit.state, NOW));
        let late = NOW.plus_seconds(VISIT_S);
        assert!(!find(&headers, &contoso, &visit.state, late));
    }

    #[test]
    fn way_back_stays_on_this_host() {
        let base: Url = "https://calls.example.com".parse().unwrap();
        let back = |to| path_of_ours(&base, to);
        assert_eq!(back(Some("/contoso/desk?a=1#b")), "/contoso/desk?a=1#b");
        let elsewhere = [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "desk",
            "/\t/evil.example",
            "/..//evil.example",
            "",
        ];
        for to in elsewhere {
            assert_eq!(back(Some(to)), "/", "{to}");
        }
        assert_eq!(back(None), "/");
        let long = "/".repeat(RETURN_TO_BYTES_MAX + 1);
        assert_eq!(back(Some(&long)), "/");
    }

    #[test]
    fn cookie_comes_back_with_a_post_from_elsewhere_on_https_alone() {
        let secure = clear(true);
        let text = secure.to_str().unwrap();
        assert!(text.starts_with("__Host-tandem-visit=; Path=/; HttpOnly; SameSite=None; Secure"));
        assert!(clear(false).to_str().unwrap().contains("SameSite=Lax"));
    }
}
