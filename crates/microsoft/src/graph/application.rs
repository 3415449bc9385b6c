//! The registration of the application: whose it is, and when its credentials end (microsoft-graph.md 1.7).

use crate::request::{Method, Request};
use crate::wire::percent_encode;
use serde::Deserialize;

/// What names a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration<'a> {
    /// The Object ID of the *application*; that of its service principal is answered with 404.
    Object(&'a str),
    /// The client id, where nobody noted the object id.
    Client(&'a str),
}

/// `GET /applications/{id}` or `GET /applications(appId='{id}')`. Application.Read.All.
#[must_use]
pub fn read(registration: Registration<'_>) -> Request {
    let of = match registration {
        Registration::Object(id) => format!("/{}", percent_encode(id)),
        Registration::Client(id) => format!("(appId='{}')", percent_encode(id)),
    };
    let select = "id,appId,displayName,publisherDomain,passwordCredentials";
    let path = format!("/v1.0/applications{of}?$select={select}");
    Request::without_body(Method::Get, path)
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    pub id: String,
    pub app_id: String,
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub publisher_domain: Option<String>,
    #[serde(default)]
    pub password_credentials: Vec<PasswordCredential>,
}

/// A client secret, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordCredential {
    /// The first three characters of the value.
    #[serde(default)]
    pub hint: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub end_date_time: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    // B-064
    #[test]
    fn registration_is_asked_for_by_object_id_or_else_by_client_id() {
        let path = |it| read(it).path_and_query;
        assert!(
            path(Registration::Object("o-1")).starts_with("/v1.0/applications/o-1?$select=id,")
        );
        let by_client = path(Registration::Client("c-1"));
        assert!(by_client.starts_with("/v1.0/applications(appId='c-1')?$select="));
        assert!(!path(Registration::Object("a/../b")).contains("a/../b"));
    }

    #[test]
    fn credentials_are_read_without_what_is_null() {
        let body = r#"{"id":"o","appId":"a","displayName":null,"passwordCredentials":[{"keyId":"k","hint":"tan","endDateTime":"2026-12-31T00:00:00Z","secretText":null},{"hint":null,"endDateTime":null}],"keyCredentials":[]}"#;
        let application: Application = serde_json::from_str(body).unwrap();
        let [first, second] = application.password_credentials.as_slice() else {
            panic!("two credentials")
        };
        assert_eq!(first.hint.as_deref(), Some("tan"));
        assert_eq!((&second.hint, &second.end_date_time), (&None, &None));
    }
}
