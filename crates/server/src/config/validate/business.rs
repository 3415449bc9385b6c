//! `[[centers.business_systems]]`: whom flows may ask.

use super::super::{BusinessSystem, file};
use super::Validator;
use axum::http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use toml::Spanned;
use url::Url;

/// Business systems of one center.
const SYSTEMS_MAX: usize = 32;
/// Secret headers of one business system.
const HEADERS_MAX: usize = 8;

impl Validator<'_> {
    pub(super) fn business_systems(
        &mut self,
        key: &str,
        systems: Vec<Spanned<file::BusinessSystem>>,
    ) -> BTreeMap<String, BusinessSystem> {
        if let Some(extra) = systems.get(SYSTEMS_MAX) {
            let fix = format!("name at most {SYSTEMS_MAX}");
            self.at(key, extra, "are too many", &fix);
        }
        let mut by_name = BTreeMap::new();
        for (n, system) in systems.into_iter().enumerate() {
            let key = format!("{key}[{n}]");
            let system = system.into_inner();
            self.system_name(&key, &system.name);
            let name = system.name.get_ref().clone();
            if by_name.contains_key(&name) {
                let fix = "give each its own name";
                self.at(&format!("{key}.name"), &system.name, "is used twice", fix);
            }
            let base_url = self.system_url(&format!("{key}.base_url"), &system.base_url);
            let secret_headers = self.secret_headers(&key, system.secret_headers);
            if let Some(base_url) = base_url {
                let system = BusinessSystem {
                    base_url,
                    secret_headers,
                };
                by_name.insert(name, system);
            }
        }
        by_name
    }

    fn system_name(&mut self, key: &str, name: &Spanned<String>) {
        let is_known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let text = name.get_ref();
        if text.is_empty() || text.len() > 64 || !text.bytes().all(is_known) {
            let fix = "use 1 to 64 letters, digits, \"-\" or \"_\"";
            self.at(&format!("{key}.name"), name, "is not a name", fix);
        }
    }

    fn system_url(&mut self, key: &str, text: &Spanned<String>) -> Option<Url> {
        let url = self.url(key, text)?;
        let has_more = url.query().is_some() || url.fragment().is_some();
        if has_more || !url.username().is_empty() || url.password().is_some() {
            let what = "is more than an address";
            let fix = "write scheme, host and path alone; secrets go into `secret_headers`";
            self.at(key, text, what, fix);
            return None;
        }
        Some(url)
    }

    fn secret_headers(
        &mut self,
        key: &str,
        headers: Vec<Spanned<file::SecretHeader>>,
    ) -> Vec<(HeaderName, SecretString)> {
        if let Some(extra) = headers.get(HEADERS_MAX) {
            let fix = format!("name at most {HEADERS_MAX}");
            self.at(
                &format!("{key}.secret_headers"),
                extra,
                "are too many",
                &fix,
            );
        }
        let mut usable = Vec::new();
        for (n, header) in headers.into_iter().enumerate() {
            let key = format!("{key}.secret_headers[{n}]");
            let place = header.span().start;
            let Some((name, value)) = self.secret_header(&key, header) else {
                continue;
            };
            if HeaderValue::from_str(value.expose_secret()).is_err() {
                let fix = "write one line of printable characters into the file";
                let what = "has a value that no header can have";
                self.problem(&key, Some(place), what, fix);
                continue;
            }
            usable.push((name, value));
        }
        usable
    }
}
