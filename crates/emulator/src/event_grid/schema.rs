//! The two forms of an event, and the handshakes that belong to them (acs-call-automation.md 6.1).

use crate::delivery::{Bearer, Delivered, Letter, Verb};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_microsoft::event_grid as wire;

/// Who Event Grid says it is (CloudEvents HTTP webhook specification 4.1).
const ORIGIN: &str = "eventgrid.azure.net";
/// Requests that it wants to send in a minute.
const RATE: &str = "120";

/// Which form a subscription wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Schema {
    #[default]
    EventGrid,
    CloudEvents,
}

/// What an endpoint made of the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shaken {
    Accepted,
    /// It took the request and said nothing: somebody may GET the address.
    Silent,
    Refused,
}

impl Schema {
    /// The body of a delivery, from the event in Event Grid's own form.
    pub(super) fn body(self, event: &Value) -> Vec<u8> {
        match self {
            Self::EventGrid => json!([event]).to_string().into_bytes(),
            Self::CloudEvents => cloud_event(event).to_string().into_bytes(),
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::EventGrid => "application/json",
            Self::CloudEvents => "application/cloudevents+json; charset=utf-8",
        }
    }

    /// The event as it is kept when nobody takes it, with why. Names of CloudEvents attributes are in lower case.
    pub(super) fn dead_letter(self, body: &[u8], facts: [(&str, Value); 5]) -> Value {
        let mut letter: Value = serde_json::from_slice(body).unwrap_or_default();
        if self == Self::EventGrid {
            letter = letter[0].take();
        }
        for (name, value) in facts {
            match self {
                Self::EventGrid => letter[name] = value,
                Self::CloudEvents => letter[name.to_lowercase()] = value,
            }
        }
        letter
    }

    /// The first request to an endpoint: whether it wants to be told.
    pub(super) fn handshake(
        self,
        endpoint: String,
        event: &Value,
        url: &str,
        mut headers: Vec<(String, String)>,
        bearer: Bearer,
    ) -> Letter {
        let verb = match self {
            Self::EventGrid => Verb::Post,
            Self::CloudEvents => Verb::Options,
        };
        let body = match self {
            Self::EventGrid => self.body(event),
            Self::CloudEvents => {
                headers = [
                    ("webhook-request-origin", ORIGIN),
                    ("webhook-request-callback", url),
                    ("webhook-request-rate", RATE),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
                Vec::new()
            }
        };
        Letter {
            verb,
            url: endpoint,
            headers,
            body,
            bearer,
        }
    }

    /// What the answer to it means. 202 is not accepted as validation.
    pub(super) fn shaken(self, code: &str, outcome: &Delivered) -> Shaken {
        if outcome.status != Some(200) {
            return Shaken::Refused;
        }
        match self {
            Self::EventGrid => {
                let answered: Value = serde_json::from_slice(&outcome.body).unwrap_or_default();
                match answered["validationResponse"].as_str() {
                    Some(answered) if answered == code => Shaken::Accepted,
                    Some(_) => Shaken::Refused,
                    None => Shaken::Silent,
                }
            }
            Self::CloudEvents => match outcome.allowed_origin.as_deref() {
                Some("*") => Shaken::Accepted,
                Some(origin) if origin.eq_ignore_ascii_case(ORIGIN) => Shaken::Accepted,
                Some(_) => Shaken::Refused,
                None => Shaken::Silent,
            },
        }
    }

    /// What an endpoint must do.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::EventGrid => "it must answer 200 with {\"validationResponse\": code}",
            Self::CloudEvents => {
                "it must answer OPTIONS with 200 and WebHook-Allowed-Origin: eventgrid.azure.net"
            }
        }
    }

    /// The name under which a handshake is recorded.
    pub(super) const fn handshake_name(self) -> &'static str {
        match self {
            Self::EventGrid => wire::VALIDATION_EVENT,
            Self::CloudEvents => "CloudEvents.WebHookValidation",
        }
    }
}

fn cloud_event(event: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": event["id"], "source": event["topic"], "subject": event["subject"],
        "type": event["eventType"], "time": event["eventTime"], "data": event["data"],
        "datacontenttype": "application/json",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_must_be_allowed_by_name_or_all_of_them() {
        let answered = |origin: Option<&str>| Delivered {
            status: Some(200),
            allowed_origin: origin.map(str::to_owned),
            ..Delivered::default()
        };
        let shaken = |origin| Schema::CloudEvents.shaken("c", &answered(origin));
        assert_eq!(shaken(Some("*")), Shaken::Accepted);
        assert_eq!(shaken(Some("EventGrid.Azure.Net")), Shaken::Accepted);
        assert_eq!(shaken(Some("other.example")), Shaken::Refused);
        assert_eq!(shaken(None), Shaken::Silent);
        let refused = Delivered {
            status: Some(405),
            ..answered(Some("*"))
        };
        assert_eq!(Schema::CloudEvents.shaken("c", &refused), Shaken::Refused);
    }
}
