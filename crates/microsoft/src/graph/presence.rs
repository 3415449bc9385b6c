//! What Teams shows of people, and what an application may say of it (microsoft-graph.md 4).

use crate::request::{Method, Request};
use crate::wire::{percent_encode, wire_enum};
use serde::{Deserialize, Serialize};

/// Ids in one request.
pub const IDS_MAX: usize = 650;

wire_enum! {
    /// `availability`: the top-level status, and its idle forms.
    Availability {
        Available => "Available",
        AvailableIdle => "AvailableIdle",
        Away => "Away",
        BeRightBack => "BeRightBack",
        Busy => "Busy",
        BusyIdle => "BusyIdle",
        DoNotDisturb => "DoNotDisturb",
        Offline => "Offline",
        PresenceUnknown => "PresenceUnknown",
    } else PresenceUnknown
}

wire_enum! {
    /// `activity`: what somebody is doing, so far as it adds something to the status.
    Activity {
        InACall => "InACall",
        InAConferenceCall => "InAConferenceCall",
        InAMeeting => "InAMeeting",
        Presenting => "Presenting",
        OutOfOffice => "OutOfOffice",
        Available => "Available",
        Away => "Away",
        BeRightBack => "BeRightBack",
        Busy => "Busy",
        DoNotDisturb => "DoNotDisturb",
        Inactive => "Inactive",
        AvailableInactive => "AvailableInactive",
        Offline => "Offline",
        OffWork => "OffWork",
        UrgentInterruptionsOnly => "UrgentInterruptionsOnly",
        PresenceUnknown => "PresenceUnknown",
        Other => "Other",
    } else Other
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    pub id: String,
    pub availability: Availability,
    pub activity: Activity,
    /// Sortable: an older one tells nothing new.
    #[serde(default)]
    pub sequence_number: Option<String>,
    #[serde(default)]
    pub out_of_office_settings: Option<OutOfOffice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutOfOffice {
    #[serde(default)]
    pub is_out_of_office: bool,
}

/// `POST /communications/getPresencesByUserId`, at most [`IDS_MAX`] ids. Presence.Read.All.
#[must_use]
pub fn read(ids: &[&str]) -> Request {
    #[derive(Serialize)]
    struct Ids<'a> {
        ids: &'a [&'a str],
    }
    let path = "/v1.0/communications/getPresencesByUserId".to_owned();
    Request::with_json(Method::Post, path, &Ids { ids })
}

/// `GET /users/{id}/presence`: of one person, at this moment. Presence.Read.All.
#[must_use]
pub fn read_one(user: &str) -> Request {
    let path = format!("/v1.0/users/{}/presence", percent_encode(user));
    Request::without_body(Method::Get, path)
}

/// The pairs that `setPresence` takes (`presence.json`); no other one exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPair {
    Available,
    InACall,
    InAConferenceCall,
    Away,
}

impl SessionPair {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Available => ("Available", "Available"),
            Self::InACall => ("Busy", "InACall"),
            Self::InAConferenceCall => ("Busy", "InAConferenceCall"),
            Self::Away => ("Away", "Away"),
        }
    }
}

/// The pairs that `setUserPreferredPresence` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreferredPair {
    Available,
    Busy,
    DoNotDisturb,
    BeRightBack,
    Away,
    Offline,
}

impl PreferredPair {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Available => ("Available", "Available"),
            Self::Busy => ("Busy", "Busy"),
            Self::DoNotDisturb => ("DoNotDisturb", "DoNotDisturb"),
            Self::BeRightBack => ("BeRightBack", "BeRightBack"),
            Self::Away => ("Away", "Away"),
            Self::Offline => ("Offline", "OffWork"),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Setting<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
    availability: &'static str,
    activity: &'static str,
    expiration_duration: String,
}

/// `setPresence`: the application's own session of somebody, which must be its client id. Presence.ReadWrite.All.
#[must_use]
pub fn set_session(user: &str, client_id: &str, pair: SessionPair, expires_s: u32) -> Request {
    let (availability, activity) = pair.words();
    let setting = Setting {
        session_id: Some(client_id),
        availability,
        activity,
        expiration_duration: format!("PT{expires_s}S"),
    };
    Request::with_json(Method::Post, act(user, "setPresence"), &setting)
}

/// `clearPresence`: ends that session. Presence.ReadWrite.All.
#[must_use]
pub fn clear_session(user: &str, client_id: &str) -> Request {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Session<'a> {
        session_id: &'a str,
    }
    let session = Session {
        session_id: client_id,
    };
    Request::with_json(Method::Post, act(user, "clearPresence"), &session)
}

/// `setUserPreferredPresence`. Presence.ReadWrite.All.
#[must_use]
pub fn set_preferred(user: &str, pair: PreferredPair, expires_s: u32) -> Request {
    let (availability, activity) = pair.words();
    let setting = Setting {
        session_id: None,
        availability,
        activity,
        expiration_duration: format!("PT{expires_s}S"),
    };
    Request::with_json(
        Method::Post,
        act(user, "setUserPreferredPresence"),
        &setting,
    )
}

/// `clearUserPreferredPresence`. Presence.ReadWrite.All.
#[must_use]
pub fn clear_preferred(user: &str) -> Request {
    let nothing = serde_json::Map::new();
    Request::with_json(
        Method::Post,
        act(user, "clearUserPreferredPresence"),
        &nothing,
    )
}

fn act(user: &str, name: &str) -> String {
    format!("/v1.0/users/{}/presence/{name}", percent_encode(user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(request: &Request) -> Value {
        serde_json::from_slice(request.body_bytes()).unwrap()
    }

    // B-224
    #[test]
    fn session_takes_four_pairs_and_the_preferred_one_six() {
        let set = set_session("u", "app", SessionPair::InACall, 3_600);
        assert_eq!(set.path_and_query, "/v1.0/users/u/presence/setPresence");
        let sent = json!({"sessionId": "app", "availability": "Busy", "activity": "InACall", "expirationDuration": "PT3600S"});
        assert_eq!(body(&set), sent);
        let preferred = body(&set_preferred("u", PreferredPair::Offline, 300));
        let sent = json!({"availability": "Offline", "activity": "OffWork", "expirationDuration": "PT300S"});
        assert_eq!(preferred, sent);
        assert_eq!(body(&clear_preferred("u")), json!({}));
        assert_eq!(
            body(&clear_session("u", "app")),
            json!({"sessionId": "app"})
        );
    }

    #[test]
    fn one_person_is_asked_about_by_id() {
        let asked = read_one("0269be4d-5be0-4770-bf9c-a1bf50ee78d5");
        let path = "/v1.0/users/0269be4d-5be0-4770-bf9c-a1bf50ee78d5/presence";
        assert_eq!(
            (asked.method, asked.path_and_query.as_str()),
            (Method::Get, path)
        );
        assert_eq!(asked.body, None);
    }

    #[test]
    fn word_that_nobody_knows_yet_is_a_value_and_no_error() {
        let body = r#"{"id":"u","availability":"Focusing","activity":"Focusing","sequenceNumber":"A1","outOfOfficeSettings":{"message":null,"isOutOfOffice":true}}"#;
        let presence: Presence = serde_json::from_str(body).unwrap();
        assert_eq!(presence.availability, Availability::PresenceUnknown);
        assert_eq!(presence.activity, Activity::Other);
        assert!(presence.out_of_office_settings.unwrap().is_out_of_office);
    }
}
