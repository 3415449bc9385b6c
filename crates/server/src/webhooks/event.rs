//! What webhooks are told: numbers of contacts, queues and agents, and words. Never a name, a phone number,
//! a note or a text: whoever needs them asks the API, with a key.

use serde_json::{Value, json};
use tandem_core::event::Event;
use tandem_core::time::Timestamp;
use tandem_store::CenterId;

/// The events that a webhook can ask for.
pub const EVENTS: [&str; 6] = [
    "contact.arrived",
    "contact.dialed",
    "contact.queued",
    "contact.connected",
    "contact.handed_over",
    "contact.ended",
];

/// Something that a webhook is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// One of [`EVENTS`].
    pub word: &'static str,
    /// Numbers and words.
    pub data: Value,
}

/// What there is to tell of an event, if anything.
#[must_use]
pub fn told(event: &Event) -> Option<Told> {
    let (word, data) = if let Event::ContactArrived {
        contact, endpoint, ..
    } = event
    {
        let data = json!({"contact_id": contact.0, "endpoint_id": endpoint.0});
        ("contact.arrived", data)
    } else if let Event::ContactDialed(tandem_core::event::ContactDialed {
        contact,
        agent,
        queue,
        ..
    }) = event
    {
        let data = json!({"contact_id": contact.0, "agent_id": agent.0, "queue_id": queue.0});
        ("contact.dialed", data)
    } else if let Event::Enqueued { contact, queue, .. } = event {
        let data = json!({"contact_id": contact.0, "queue_id": queue.0});
        ("contact.queued", data)
    } else if let Event::Connected { contact, agent, .. } = event {
        let data = json!({"contact_id": contact.0, "agent_id": agent.0});
        ("contact.connected", data)
    } else if let Event::HandedOver {
        contact,
        from,
        queue,
        ..
    } = event
    {
        let data = json!({"contact_id": contact.0, "agent_id": from.0, "queue_id": queue.0});
        ("contact.handed_over", data)
    } else if let Event::ContactEnded { contact, reason } = event {
        (
            "contact.ended",
            json!({"contact_id": contact.0, "reason": reason}),
        )
    } else {
        return None;
    };
    Some(Told { word, data })
}

/// The body of a delivery.
pub(super) fn body(center: &CenterId, key: &str, at: Timestamp, told: &Told) -> String {
    json!({
        "id": format!("{center}-{key}"),
        "type": told.word,
        "center": center.as_str(),
        "at": crate::api::Instant(at),
        "data": told.data,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_core::event::EndReason;
    use tandem_core::ids::ContactId;

    #[test]
    fn end_of_a_contact_is_told_with_its_number_and_reason_alone() {
        let event = Event::ContactEnded {
            contact: ContactId(7),
            reason: EndReason::Handled,
        };
        let told = told(&event).unwrap();
        assert!(EVENTS.contains(&told.word));
        let center = CenterId::parse("contoso").unwrap();
        let body = body(&center, "12-0-1", Timestamp::from_micros(0), &told);
        let body: Value = serde_json::from_str(&body).unwrap();
        let expected = json!({
            "id": "contoso-12-0-1", "type": "contact.ended", "center": "contoso",
            "at": "1970-01-01T00:00:00.000Z", "data": {"contact_id": 7, "reason": "handled"},
        });
        assert_eq!(body, expected);
        assert_eq!(super::told(&Event::ServiceStarted), None);
    }
}
