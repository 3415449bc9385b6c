//! The tenant itself (microsoft-graph.md 3.4).

use crate::request::{Method, Request};
use serde::Deserialize;

/// `GET /organization`. Organization.Read.All.
#[must_use]
pub fn list() -> Request {
    let select = "id,displayName,countryLetterCode,defaultUsageLocation";
    let path = format!("/v1.0/organization?$select={select}");
    Request::without_body(Method::Get, path)
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The tenant id.
    pub id: String,
    #[serde(default)]
    pub display_name: Option<String>,
    /// Where numbers without a country are dialed from, ISO 3166.
    #[serde(default)]
    pub country_letter_code: Option<String>,
    #[serde(default)]
    pub default_usage_location: Option<String>,
}
