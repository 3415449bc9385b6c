//! A flow has a phone outside called for its customer (B-182). Who answers there has the customer; else the
//! customer goes on in the flow. The call stays ours, so that nothing depends on a single word about it.

use super::OpenTurn;
use crate::dialing::Checked;
use crate::effect::{Effect, Repeat};
use crate::event::{Event, NumberDialed};
use crate::flow::{Node, NodeId, Phone};
use crate::ids::ContactId;
use crate::input::NotJoined;
use crate::offer::RING_GRACE_S;
use crate::refusal::Refusal;
use crate::talk::{Target, Third};

impl OpenTurn<'_> {
    /// Has the phone called; answers the next node where it may not be.
    pub(super) fn call_outside(&mut self, id: ContactId, name: &str, node: Node) -> Option<NodeId> {
        let Node::Transfer {
            to,
            ring_s,
            prompt,
            failed,
        } = node
        else {
            return None;
        };
        let leg = self.leg(id)?;
        let checked = match self.may_be_left_to(id, &to) {
            Ok(checked) => checked,
            Err(code) => {
                return Some(self.fails(id, name, code, failed));
            }
        };
        if let Some(prompt) = prompt {
            self.play(id, &prompt, Repeat::Loop);
        }
        let number = to.known_as;
        self.record(Event::NumberDialed(NumberDialed {
            contact: id,
            node: name.to_owned(),
            number: number.clone(),
            until: self.now.plus_seconds(ring_s + RING_GRACE_S),
            checked,
        }));
        self.order(Effect::AddNumber {
            contact: id,
            leg,
            number,
            timeout_s: ring_s,
        });
        None
    }

    /// Saving looked at the same rules; yet they may have changed since. And nobody is put through to the phone
    /// from which they call: the two could not be told apart.
    fn may_be_left_to(&self, id: ContactId, to: &Phone) -> Result<Checked, &'static str> {
        let customer = self.contact(id).map(|it| it.customer);
        if customer == Some(to.owner) {
            return Err("own-number");
        }
        self.state.may_lead_to(self.now, to).map_err(|refusal| {
            if refusal == Refusal::OnDoNotCallList {
                "do-not-call"
            } else {
                "country"
            }
        })
    }

    /// Whether a phone outside is being called for a customer in a flow.
    pub(super) fn rings_outside(&self, id: ContactId) -> bool {
        self.is_in_flow(id) && self.contact(id).is_some_and(|it| it.third().is_some())
    }

    /// Somebody answered at the phone outside.
    pub(super) fn taken_outside(&mut self, id: ContactId) {
        let third = self.contact(id).and_then(|it| it.third());
        let Some(Target::Number(number)) = third.map(|it| it.target.clone()) else {
            return;
        };
        self.stop_media(id);
        self.record(Event::NumberReached {
            contact: id,
            number,
        });
    }

    /// Nobody is or will be there: the flow goes on.
    pub(super) fn not_taken_outside(&mut self, id: ContactId, why: NotJoined) {
        let Some((name, Node::Transfer { failed, .. })) = self.node_of(id) else {
            return;
        };
        if why == NotJoined::NoAnswer {
            let ring = self
                .contact(id)
                .and_then(|it| it.third())
                .and_then(Third::ring);
            let invitation = ring.and_then(|ring| ring.invitation.clone());
            self.cancel_ringing(id, invitation);
        }
        self.stop_media(id);
        let code = code(why).to_owned();
        self.take_exit(id, name, "failed", Some(code), failed);
    }
}

/// Why nobody answered, as a story has it.
const fn code(why: NotJoined) -> &'static str {
    match why {
        NotJoined::Declined => "declined",
        NotJoined::Busy => "busy",
        NotJoined::NoAnswer => "no-answer",
        NotJoined::Failed => "not-called",
    }
}
