//! Which personal data a fact names that is the customer's own: what goes when the customer is erased.

use super::{CallbackDue, ContactDialed, ContactSteered, Event, RecordingKept};
use crate::effect::Outcome;
use crate::ids::SubjectRef;

impl Event {
    /// The references to what is known of the customer. A phone outside that somebody called for the customer is
    /// somebody else's, and the reason for an access is of whoever wrote it.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts name no personal data of the customer's"
    )]
    pub fn subjects_of_customer(&self) -> Vec<SubjectRef> {
        match self {
            Self::ContactArrived { arrival, .. } => vec![*arrival],
            Self::ContactDialed(ContactDialed {
                arrival, number, ..
            })
            | Self::CallbackDue(CallbackDue {
                arrival, number, ..
            }) => {
                let mut named = vec![*arrival, number.subject];
                named.dedup();
                named
            }
            // It may say who the customer is.
            Self::ContactSteered(ContactSteered { why, .. }) => vec![*why],
            Self::MaskedDigitsCollected { digits, .. } => vec![*digits],
            Self::WrapUpEnded {
                note: Some(note), ..
            } => vec![*note],
            Self::RecordingKept(RecordingKept { parts, .. })
            | Self::EffectSettled {
                outcome: Outcome::Kept { parts, .. },
                ..
            } => parts.clone(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AgentId, ContactId};

    #[test]
    fn note_of_a_wrap_up_is_the_customers() {
        let ended = |note| Event::WrapUpEnded {
            contact: ContactId(1),
            agent: AgentId(1),
            disposition: None,
            note,
            forced: false,
        };
        let note = SubjectRef(7);
        assert_eq!(ended(Some(note)).subjects_of_customer(), [note]);
        assert_eq!(ended(None).subjects_of_customer(), []);
    }
}
