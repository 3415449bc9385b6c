//! The gate: whether what is said in a call may be heard by anything but the two who talk. Recording obeys it by
//! its pauses; whatever transcribes, streams or listens in asks here first (R-24 c).

use crate::contact::State as Place;
use crate::flow::{Digits, Node};
use crate::ids::ContactId;
use crate::state::State;

impl State {
    /// Whether what is said in the contact's call may be recorded, transcribed, streamed or listened to now. It
    /// may not from the moment at which a pause is asked for to the one at which its end is confirmed, nor while
    /// the flow asks for what nobody is to know, whether anything is recorded or not.
    #[must_use]
    pub fn may_be_heard(&self, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(id) else {
            return false;
        };
        let recording = contact.recording.as_ref();
        let pauses = recording.is_some_and(|it| it.pause.is_some());
        !pauses && !self.asks_for_what_is_masked(id)
    }

    fn asks_for_what_is_masked(&self, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(id) else {
            return false;
        };
        let (Place::InFlow, Some(run)) = (&contact.state, &contact.run) else {
            return false;
        };
        let flow = self.settings.flow_at(run.flow, run.version);
        match flow.and_then(|flow| flow.nodes.get(&run.node)) {
            Some(Node::Collect { entry, .. }) => entry.digits == Digits::Masked,
            Some(_) | None => false,
        }
    }
}
