//! Microsoft Graph v1.0 as Tandem asks it: requests as data, answers as types (microsoft-graph.md 1.7, 2 to 5).
//!
//! Nothing here sends. A link to a next page is opaque: whoever owns the socket follows it as it is, and to the
//! service alone.

pub mod application;
pub mod error;
pub mod notice;
pub mod organization;
pub mod permission;
pub mod presence;
pub mod principal;
pub mod subscription;
pub mod user;
pub mod user_configuration;

use crate::request::{Method, Request};
use serde::Deserialize;

/// What an application asks a token for: everything that was granted to it.
pub const SCOPE: &str = "https://graph.microsoft.com/.default";
/// What is asked for in the name of a person: who it is, presence of everybody, and both again later without a page.
pub const PERSON_SCOPE: &str =
    "openid profile offline_access https://graph.microsoft.com/Presence.Read.All";
/// Where Graph is, in the public cloud.
pub const ENDPOINT: &str = "https://graph.microsoft.com";

/// One page of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub struct Page<T> {
    #[serde(default = "Vec::new")]
    pub value: Vec<T>,
    #[serde(rename = "@odata.nextLink", default)]
    pub next_link: Option<String>,
    /// On the last page of a round of changes alone.
    #[serde(rename = "@odata.deltaLink", default)]
    pub delta_link: Option<String>,
}

/// What is sent to a link of an answer: its address is the link, as it is.
#[must_use]
pub fn following() -> Request {
    Request::without_body(Method::Get, String::new())
}
