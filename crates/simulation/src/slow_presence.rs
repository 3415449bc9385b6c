//! R-08 once more, in plain words: whom contacts reach by what Teams shows.

use tandem_core::agent::{Agent, Display};
use tandem_core::contact::Channel;
use tandem_core::presence::{Origin, Permit, UnknownPresence, When};
use tandem_core::queue::Queue;
use tandem_core::state::State;

/// What a board may show of who would be free.
pub(crate) const FREE: [Display; 3] = [
    Display::Available,
    Display::InTeams,
    Display::PresenceUnknown,
];

/// Whether presence lets a contact through to an agent.
pub(crate) fn lets_through(state: &State, agent: &Agent, queue: &Queue, channel: Channel) -> bool {
    says(state, agent, channel).unwrap_or(queue.unknown_presence == UnknownPresence::Offer)
}

/// What a board shows of an agent who would be free.
pub(crate) fn shown_of_who_is_free(state: &State, agent: &Agent) -> Display {
    match says(state, agent, Channel::Voice) {
        Some(true) => Display::Available,
        Some(false) => Display::InTeams,
        None => Display::PresenceUnknown,
    }
}

/// Whether what Teams shows lets contacts of a channel through; none: it is not known.
fn says(state: &State, agent: &Agent, channel: Channel) -> Option<bool> {
    let Some(presence) = &agent.presence else {
        return Some(true);
    };
    let seen = presence.seen?;
    if presence.origin != Origin::Teams {
        return Some(true);
    }
    let rules = state.settings.presence_rules();
    let is_closed = rules.gate.iter().any(|line| {
        let is_it = line.when == When::Status(seen.status) || line.when == When::Doing(seen.doing);
        let permit = match channel {
            Channel::Voice => line.voice,
            Channel::Voicemail => line.messages,
        };
        is_it && permit == Permit::NoRoute
    });
    Some(!is_closed)
}
