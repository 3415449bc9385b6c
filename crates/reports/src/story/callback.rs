//! What a story tells of a callback: offered, booked, due, called early, put off, over.

use super::entry::What;
use tandem_core::event::Event;

impl What {
    /// A callback is booked, due, put off or over.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of a story, or of another part"
    )]
    pub(super) fn of_callback(event: &Event) -> Option<Self> {
        Some(match event {
            Event::CallbackOffered(it) => Self::CallbackOffered {
                queue: it.queue,
                question: it.question,
                by: it.by,
            },
            Event::CallbackOfferEnded(it) => Self::CallbackOfferEnded {
                answer: it.answer.clone(),
            },
            Event::CallbackBooked(it) => Self::CallbackBooked {
                callback: it.callback,
                queue: it.queue,
                kind: it.kind,
            },
            Event::CallbackJoined(it) => Self::CallbackJoined {
                callback: it.callback,
                queue: it.queue,
            },
            Event::CallbackDue(it) => Self::CallbackDue {
                callback: it.callback,
                queue: it.queue,
                since: it.place.since,
            },
            Event::CallbackPutOff(it) => Self::CallbackPutOff {
                callback: it.callback,
                why: it.why,
                next_at: it.next_at,
            },
            Event::CallbackEnded(it) => Self::CallbackEnded {
                callback: it.callback,
                end: it.end,
            },
            Event::EarlyCalled(it) => Self::EarlyCalled {
                queue: it.queue,
                endpoint: it.endpoint,
                country: it.checked.country.clone(),
                position: it.forecast.position,
                wait_p80_s: it.forecast.wait_p80_s,
            },
            Event::EarlyAnswered(it) => Self::EarlyAnswered {
                queue: it.queue,
                until: it.until,
            },
            Event::EarlyFailed(it) => Self::EarlyFailed { why: it.why },
            // Dialed like every customer.
            Event::CallbackDialed(it) => Self::Dialed {
                agent: it.agent,
                queue: it.queue,
                endpoint: it.endpoint,
                country: it.checked.country.clone(),
                again: None,
            },
            _ => return None,
        })
    }
}
