//! Facts that several scenarios tell.

use super::Scene;
use tandem_core::effect::{Effect, Observation};
use tandem_core::ids::ContactId;
use tandem_core::input::{CallFact, Collected, MediaEnd};
use tandem_core::recording::Told;
use tandem_core::turn::Reply;

impl Scene {
    /// Who is in the call now.
    pub(crate) fn roster(&mut self, contact: ContactId, customer: bool, agents: &[&str]) -> Reply {
        let sequence = self.sequences.entry(contact).or_default();
        *sequence += 1;
        let fact = CallFact::Roster {
            sequence: *sequence,
            customer,
            agents: agents.iter().map(|it| (*it).to_owned()).collect(),
        };
        self.fact(contact, fact)
    }

    /// The agent's client answers.
    pub(crate) fn joins(&mut self, contact: ContactId, address: &str) -> Reply {
        let effect = self.ringing(contact);
        let address = address.to_owned();
        self.fact(contact, CallFact::AgentJoined { effect, address })
    }

    /// What was played last ends.
    pub(crate) fn prompt_ends(&mut self, contact: ContactId, end: MediaEnd) -> Reply {
        let effect = self.last_order(|it| matches!(it, Effect::Play { .. }));
        self.fact(contact, CallFact::PromptEnded { effect, end })
    }

    /// What was played last is heard to its end.
    pub(crate) fn hears(&mut self, contact: ContactId) -> Reply {
        self.prompt_ends(contact, MediaEnd::Completed)
    }

    /// Whoever was asked or listened to last presses keys, or none.
    pub(crate) fn presses(&mut self, contact: ContactId, keys: &str) -> Reply {
        let effect =
            self.last_order(|it| matches!(it, Effect::Collect { .. } | Effect::Listen { .. }));
        let result = match keys {
            "" => Collected::NoInput,
            keys => Collected::Digits(keys.to_owned()),
        };
        self.fact(contact, CallFact::Collected { effect, result })
    }
}

/// A call that was found up, with its customer and these agents.
pub(crate) fn up(agents: &[&str], recording: Option<Told>) -> Observation {
    Observation::Up {
        customer: true,
        agents: agents.iter().map(|it| (*it).to_owned()).collect(),
        recording,
    }
}
