//! What a flow asks a business system. Where the system is, and with which secrets it is asked, the
//! configuration says by the system's name: neither is part of a flow, so neither reaches the journal.

use super::Node;
use super::fill::{Within, fill, hide, names, reveal};
use super::validation::{in_range, invalid, validate_attribute, validate_prompt};
use crate::ids::SubjectRef;
use crate::limits;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request to a business system; in a flow with places for attributes, in an order filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The system's name in the configuration.
    pub system: String,
    /// How.
    pub method: HttpMethod,
    /// Path and query below the system's address, from `/`.
    pub path: String,
    /// A JSON document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// How a business system is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpMethod {
    /// Changes nothing there.
    Get,
    /// May change something: carries a key by which a repetition is recognized.
    Post,
}

impl HttpRequest {
    /// Of masked values those that have a place in the body; nothing else of a request may have one.
    pub(crate) fn masked_of(
        &self,
        masked: &BTreeMap<String, SubjectRef>,
    ) -> BTreeMap<String, SubjectRef> {
        let places = self.body.iter().flat_map(|body| names(body));
        let places = places.filter_map(|name| Some((name.to_owned(), *masked.get(name)?)));
        places.collect()
    }

    /// The request of one contact; none when it came out longer than any may be. Places of masked values stay,
    /// in a form that no other value can have.
    pub(crate) fn filled(
        &self,
        attributes: &BTreeMap<String, String>,
        masked: &BTreeMap<String, SubjectRef>,
    ) -> Option<Self> {
        let path = fill(&self.path, attributes, Within::Address);
        let hidden = masked.keys().map(|name| (name.clone(), hide(name)));
        let hidden: BTreeMap<_, _> = hidden.collect();
        let body = self.body.as_ref();
        let body = body.map(|body| fill(body, attributes, Within::JsonHiding(&hidden)));
        let n_bytes = path.len() + body.as_ref().map_or(0, String::len);
        (n_bytes <= limits::HTTP_FILLED_BYTES_MAX).then(|| Self {
            system: self.system.clone(),
            method: self.method,
            path,
            body,
        })
    }
}

impl HttpRequest {
    /// The body with masked values in their places.
    #[must_use]
    pub fn body_with(&self, masked: &BTreeMap<String, String>) -> Option<String> {
        let body = self.body.as_ref()?;
        Some(reveal(body, masked))
    }
}

pub(super) fn validate_http(id: &str, node: &Node) -> Result<(), Refusal> {
    let Node::Http {
        request,
        prompt,
        timeout_s,
        save,
        ..
    } = node
    else {
        return Ok(());
    };
    let field = |name: &str| format!("nodes.{id}.{name}");
    validate_attribute(&field("system"), &request.system)?;
    validate_path(&field("path"), &request.path)?;
    validate_body(&field("body"), request)?;
    if let Some(prompt) = prompt {
        validate_prompt(&field("prompt"), prompt)?;
    }
    in_range(
        &field("timeout_s"),
        *timeout_s,
        1,
        limits::HTTP_TIMEOUT_SECONDS_MAX,
    )?;
    if save.len() > limits::HTTP_SAVED_MAX {
        let (what, max) = ("values that an http node saves", limits::HTTP_SAVED_MAX);
        return Err(Refusal::LimitReached { what, max });
    }
    for (attribute, pointer) in save {
        let field = field(&format!("save.{attribute}"));
        validate_attribute(&field, attribute)?;
        validate_pointer(&field, pointer)?;
    }
    Ok(())
}

/// Printable, absolute, and without segments that lead upwards: what is asked for is below the address
/// that the configuration allows.
fn validate_path(field: &str, path: &str) -> Result<(), Refusal> {
    let max = limits::HTTP_PATH_CHARS_MAX;
    let is_known = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/?%{}".contains(&b);
    let (before_query, _) = path.split_once('?').unwrap_or((path, ""));
    let climbs = before_query.split('/').any(|it| matches!(it, "." | ".."));
    let detail = if !path.starts_with('/') || path.starts_with("//") {
        "begin with one \"/\": host and scheme stand in the configuration".to_owned()
    } else if path.len() > max {
        format!("is longer than {max} characters")
    } else if !path.bytes().all(is_known) {
        "holds characters that addresses do not have; write them as %XX".to_owned()
    } else if climbs {
        "holds \".\" or \"..\" as a segment; write the whole path".to_owned()
    } else {
        return Ok(());
    };
    Err(invalid(field, detail))
}

fn validate_body(field: &str, request: &HttpRequest) -> Result<(), Refusal> {
    let max = limits::HTTP_BODY_CHARS_MAX;
    let detail = match (&request.body, request.method) {
        (Some(_), HttpMethod::Get) => "goes with \"post\" only; leave it out".to_owned(),
        (Some(body), HttpMethod::Post) if body.chars().count() > max => {
            format!("is longer than {max} characters")
        }
        (Some(_) | None, HttpMethod::Post) | (None, HttpMethod::Get) => return Ok(()),
    };
    Err(invalid(field, detail))
}

fn validate_pointer(field: &str, pointer: &str) -> Result<(), Refusal> {
    let max = limits::HTTP_POINTER_CHARS_MAX;
    let is_one = pointer.is_empty() || pointer.starts_with('/');
    if !is_one || pointer.chars().count() > max {
        let detail = format!(
            "write a JSON pointer of at most {max} characters, such as \"/account/balance\""
        );
        return Err(invalid(field, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_stays_below_the_address_of_its_system() {
        let good = ["/", "/a/{x}?y={z}&u=%20", "/a..b/.c"];
        let bad = [
            "", "a", "//host/a", "/a/../b", "/./a", "/a b", "/ü", "/a#b", "/a\\b",
        ];
        for path in good {
            assert_eq!(validate_path("path", path), Ok(()), "{path}");
        }
        for path in bad {
            assert!(validate_path("path", path).is_err(), "{path}");
        }
    }

    #[test]
    fn request_that_comes_out_too_long_is_none() {
        let path = format!("/{}", "{x}".repeat(100));
        let (system, method) = ("crm".to_owned(), HttpMethod::Get);
        let body = None;
        let request = HttpRequest {
            system,
            method,
            path,
            body,
        };
        let long = |n| [("x".to_owned(), "é".repeat(n))].into();
        let none = BTreeMap::new();
        assert!(request.filled(&long(1), &none).is_some());
        assert_eq!(request.filled(&long(256), &none), None);
    }

    #[test]
    fn masked_value_comes_into_its_place_and_no_other_value_makes_one() {
        let (system, method) = ("crm".to_owned(), HttpMethod::Post);
        let request = HttpRequest {
            system,
            method,
            path: "/{pin}".to_owned(),
            body: Some(r#"{"pin":"{pin}","said":"{said}"}"#.to_owned()),
        };
        let masked = [
            ("pin".to_owned(), SubjectRef(7)),
            ("other".to_owned(), SubjectRef(8)),
        ];
        let masked = request.masked_of(&masked.into());
        assert_eq!(masked, [("pin".to_owned(), SubjectRef(7))].into());
        let said = format!("{}{{pin}}", hide("pin"));
        let attributes = [("said".to_owned(), said)].into();
        let filled = request.filled(&attributes, &masked).unwrap();
        assert_eq!(filled.path, "/");
        let digits = [("pin".to_owned(), "4711".to_owned())].into();
        let body = filled.body_with(&digits).unwrap();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["pin"], "4711");
        assert!(!body["said"].to_string().contains("4711"));
    }
}
