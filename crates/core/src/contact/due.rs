//! What is due for a contact, and when: one instant for all of it.

use super::{Contact, State, Stay};
use crate::ids::AgentId;
use crate::talk::Third;
use crate::time::Timestamp;

/// What is due for a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// The call did not come up.
    Answer,
    /// A prompt's end was not reported.
    Media,
    /// A business system did not answer.
    Request,
    /// A recording did not start, pause or go on, or may be no longer.
    Recording,
    /// The sound of a message did not come.
    Sound,
    /// The longest wait is over.
    Wait,
    /// It is time to say how long it will take.
    Announcement,
    /// It is time to ask for the key by which who waits goes on elsewhere.
    Key,
    /// The next step of the plan is entered.
    Step,
    /// The time for one agent alone is up.
    Preference,
    /// The offer ran out.
    Offer,
    /// The agent, or the customer who is being called, did not answer.
    Dial,
    /// Something is due for an early call.
    Early,
    /// The third party did not answer.
    Third,
    /// The wrap-up ran out.
    WrapUp,
    /// An agent may be offered the contact again.
    Cooldown(AgentId),
    /// Nothing was heard of the call for too long.
    Silence,
    /// The other side could not be asked after the start.
    Unconfirmed,
}

impl Due {
    /// The reason of a wake-up, for people who read logs.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Answer => "a call did not come up",
            Self::Media => "a prompt's end was not reported",
            Self::Request => "a business system did not answer",
            Self::Recording => "a recording did not do what it was to, or may be no longer",
            Self::Sound => "the sound of a message did not come",
            Self::Wait => "a longest wait is over",
            Self::Announcement => "somebody who waits is told how long it will take",
            Self::Key => "somebody who waits is asked for a key",
            Self::Step => "a contact has waited for the next step of its plan",
            Self::Preference => "a contact has waited for one agent alone",
            Self::Offer => "an offer runs out",
            Self::Dial => "somebody who is called did not answer",
            Self::Early => "a customer may be called, or did not answer, or waits for too long",
            Self::Third => "a third party did not answer",
            Self::WrapUp => "a wrap-up runs out",
            Self::Cooldown(_) => "an agent may be offered a contact again",
            Self::Silence => "nothing was heard of a call for too long",
            Self::Unconfirmed => "a call could not be asked about after the start",
        }
    }
}

impl Contact {
    /// What is due next, and when. While nothing is known of the call, nothing is due but asking.
    pub(crate) fn due(&self) -> Option<(Timestamp, Due)> {
        let silence = self.call.ask_at().map(|at| (at, Due::Silence));
        let silence = silence.filter(|_| self.has_open_call());
        let of_state = match self.call.unconfirmed_until() {
            Some(until) => Some((until, Due::Unconfirmed)),
            None => self.due_by_itself(),
        };
        [silence, of_state]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }

    fn due_in_flow(&self) -> Option<(Timestamp, Due)> {
        let media = self.media.as_ref().and_then(|media| media.until);
        let awaits = self.run.as_ref().and_then(|run| run.awaits);
        let rings = self.third().and_then(Third::deadline);
        let due = [
            rings.map(|until| (until, Due::Third)),
            media.map(|until| (until, Due::Media)),
            awaits.map(|awaits| (awaits.until, Due::Request)),
        ];
        due.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn due_in_queue(&self, stay: &Stay) -> Option<(Timestamp, Due)> {
        let media = self.media.as_ref().and_then(|media| media.until);
        let due = [
            (!self.is_called_early()).then_some((stay.until, Due::Wait)),
            stay.next_step_at.map(|at| (at, Due::Step)),
            self.preferred.map(|it| (it.until, Due::Preference)),
            self.held_until().map(|at| (at, Due::Sound)),
            self.told.next_at.map(|at| (at, Due::Announcement)),
            self.told.asked_at.map(|at| (at, Due::Key)),
            media.map(|until| (until, Due::Media)),
            self.early
                .and_then(|it| it.due())
                .map(|at| (at, Due::Early)),
        ];
        due.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn due_by_itself(&self) -> Option<(Timestamp, Due)> {
        let of_state = match &self.state {
            State::Created => self.call.answer_until().map(|until| (until, Due::Answer)),
            State::InFlow => self.due_in_flow(),
            State::Queued(stay) => self.due_in_queue(stay),
            // Who is being offered waits on.
            State::Offering(stay, offer) => {
                let step = stay.next_step_at.map(|at| (at, Due::Step));
                let offer = Some((offer.deadline(), Due::Offer));
                [offer, step].into_iter().flatten().min_by_key(|it| it.0)
            }
            State::Dialing(_, dial) => Some((dial.until, Due::Dial)),
            State::Connected(_, _, talk) => talk.deadline().map(|until| (until, Due::Third)),
            State::Outside(..) => None,
            State::WrapUp(_, _, wrap_up) => wrap_up.until.map(|until| (until, Due::WrapUp)),
        };
        let cooldown = match &self.state {
            State::Queued(_) | State::Offering(..) => self
                .cooldowns
                .iter()
                .map(|it| (it.until, Due::Cooldown(it.agent)))
                .min_by_key(|it| it.0),
            State::Created
            | State::InFlow
            | State::Dialing(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        };
        let recording = self.recording.as_ref().and_then(|it| it.due());
        let recording = recording.map(|until| (until, Due::Recording));
        [of_state, cooldown, recording]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}
