//! Subscriptions to changes (microsoft-graph.md 5.1): what is asked of Graph so that it tells of changes by itself.

use crate::request::{Method, Request};
use crate::wire::percent_encode;
use serde::{Deserialize, Serialize};

/// Seconds for which a subscription to presence lives at most.
pub const PRESENCE_LIFE_S: u32 = 3_600;

/// A subscription that is wanted: changes of the presence of these people, told with what they changed to.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Object ids, at most [`super::presence::IDS_MAX`].
    pub ids: &'a [&'a str],
    /// Told of changes, and of what becomes of the subscription.
    pub notification_url: &'a str,
    /// Comes back with everything that is told; at most 128 characters.
    pub client_state: &'a str,
    /// An instant in RFC 3339.
    pub expires: &'a str,
    /// X.509, DER in base64: what is told is sealed for it.
    pub certificate: &'a str,
    pub certificate_id: &'a str,
}

/// A subscription as Graph says it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    pub id: String,
    #[serde(default)]
    pub notification_url: String,
    pub expiration_date_time: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    change_type: &'static str,
    notification_url: &'a str,
    lifecycle_notification_url: &'a str,
    resource: String,
    expiration_date_time: &'a str,
    client_state: &'a str,
    include_resource_data: bool,
    encryption_certificate: &'a str,
    encryption_certificate_id: &'a str,
}

/// `POST /subscriptions`, in the name of a person. Presence.Read.All, delegated.
#[must_use]
pub fn create(wanted: Wanted<'_>) -> Request {
    let ids: Vec<String> = wanted.ids.iter().map(|id| format!("'{id}'")).collect();
    let body = Body {
        change_type: "updated",
        notification_url: wanted.notification_url,
        lifecycle_notification_url: wanted.notification_url,
        resource: format!(
            "/communications/presences?$filter=id in ({})",
            ids.join(",")
        ),
        expiration_date_time: wanted.expires,
        client_state: wanted.client_state,
        include_resource_data: true,
        encryption_certificate: wanted.certificate,
        encryption_certificate_id: wanted.certificate_id,
    };
    Request::with_json(Method::Post, "/v1.0/subscriptions".to_owned(), &body)
}

/// `PATCH /subscriptions/{id}`: another end, which reauthorizes as well (5.4).
#[must_use]
pub fn renew(id: &str, expires: &str) -> Request {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct End<'a> {
        expiration_date_time: &'a str,
    }
    let end = End {
        expiration_date_time: expires,
    };
    Request::with_json(Method::Patch, one(id), &end)
}

/// `GET /subscriptions`: those that a person made with this application.
#[must_use]
pub fn list() -> Request {
    Request::without_body(Method::Get, "/v1.0/subscriptions".to_owned())
}

/// `DELETE /subscriptions/{id}`
#[must_use]
pub fn delete(id: &str) -> Request {
    Request::without_body(Method::Delete, one(id))
}

fn one(id: &str) -> String {
    format!("/v1.0/subscriptions/{}", percent_encode(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    // B-228, B-230
    #[test]
    fn subscription_names_its_people_one_address_and_what_it_is_sealed_with() {
        let asked = create(Wanted {
            ids: &["a", "b"],
            notification_url: "https://x.example/hook",
            client_state: "state",
            expires: "2026-08-01T11:00:00Z",
            certificate: "AAAA",
            certificate_id: "c1",
        });
        let body: Value = serde_json::from_slice(asked.body_bytes()).unwrap();
        let filter = "/communications/presences?$filter=id in ('a','b')";
        assert_eq!(body["resource"], filter);
        assert_eq!(body["lifecycleNotificationUrl"], body["notificationUrl"]);
        assert_eq!(body["includeResourceData"], true);
        assert_eq!(body["changeType"], "updated");
        let renewed = renew("s/1", "2026-08-01T11:30:00Z");
        assert_eq!(renewed.method.as_str(), "PATCH");
        assert_eq!(renewed.path_and_query, "/v1.0/subscriptions/s%2F1");
    }
}
