//! The gate: whether what is said in a call may be heard by anything but the two who talk. Recording obeys it by
//! its pauses; whatever transcribes, streams or listens in asks here first (R-24 c).

use crate::contact::State as Place;
use crate::flow::{Digits, Node, NodeId};
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
        !pauses && self.masked_node(id).is_none()
    }

    /// The node at which the contact is asked for what nobody is to know, and where it leads when that cannot be.
    pub(crate) fn masked_node(&self, id: ContactId) -> Option<(&NodeId, &NodeId)> {
        let contact = self.contacts.get(id)?;
        let (Place::InFlow, Some(run)) = (&contact.state, &contact.run) else {
            return None;
        };
        let flow = self.settings.flow_at(run.flow, run.version)?;
        let Node::Collect { entry, failed, .. } = flow.nodes.get(&run.node)? else {
            return None;
        };
        (entry.digits == Digits::Masked).then_some((&run.node, failed))
    }
}
