//! Conversations: the wire state of contacts' legs. Parties come and go, each a SIP call with a media leg of its own; who
//! is in tells the roster. It decides nothing: what follows from a party that leaves is the core's matter.

use super::description::Described;
use super::order::Callee;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::ids::{ContactId, EffectId, TrunkId};
use tandem_core::input::CallFact;
use tandem_sip::user_agent::CallId;
use tandem_transport::media::{ConversationId, Key, LegId};

/// A conversation.
pub(super) struct Conversation {
    pub(super) center: Arc<str>,
    /// What the core calls it.
    pub(super) reference: String,
    pub(super) contact: Option<ContactId>,
    pub(super) media: Option<ConversationId>,
    /// The number of ours that was called, or that calls.
    pub(super) own_number: String,
    /// The customer's, where it is known.
    pub(super) customer_number: Option<String>,
    /// The order by which we began it, until somebody answered.
    pub(super) begun_by: Option<EffectId>,
    pub(super) parties: BTreeMap<u32, Party>,
    n_parties: u32,
    n_rosters: u64,
    pub(super) recording: Option<Recording>,
}

/// A party of a conversation.
pub(super) struct Party {
    pub(super) call: CallId,
    pub(super) trunk: TrunkId,
    pub(super) role: Role,
    /// The opaque address by which the core knows them; empty of a customer who called.
    pub(super) address: String,
    pub(super) stage: Stage,
    /// None until a call that came in is answered.
    pub(super) media: Option<Described>,
    /// How one who rings is called where the trunk fails.
    pub(super) elsewhere: Option<Box<Elsewhere>>,
}

/// Whom to call, by which trunks in turn.
pub(super) struct Elsewhere {
    pub(super) callee: Callee,
    pub(super) trunks: Vec<TrunkId>,
}

/// Who a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Customer,
    Agent,
    /// A phone outside.
    Number,
}

/// How far a party is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Came in, and is not answered; with its offer, if it made one.
    Arrived(Option<Vec<u8>>),
    /// Answered, and not acknowledged.
    Answering,
    /// Called by this order.
    Ringing(EffectId),
    In,
}

/// A recording that runs.
pub(super) struct Recording {
    pub(super) key: Key,
    pub(super) reference: String,
    pub(super) is_paused: bool,
}

impl Conversation {
    pub(super) fn new(center: Arc<str>, reference: String, own_number: String) -> Self {
        Self {
            center,
            reference,
            contact: None,
            media: None,
            own_number,
            customer_number: None,
            begun_by: None,
            parties: BTreeMap::new(),
            n_parties: 0,
            n_rosters: 0,
            recording: None,
        }
    }

    pub(super) const fn next_seat(&mut self) -> u32 {
        self.n_parties += 1;
        self.n_parties
    }

    pub(super) fn join(&mut self, party: Party) -> u32 {
        let seat = self.next_seat();
        self.parties.insert(seat, party);
        seat
    }

    pub(super) fn customer(&self) -> Option<&Party> {
        let mut parties = self.parties.values();
        parties.find(|it| it.role == Role::Customer)
    }

    pub(super) fn customer_leg(&self) -> Option<LegId> {
        Some(self.customer()?.media.as_ref()?.leg)
    }

    /// A party by the address by which the core knows it; of several, the one who is in.
    pub(super) fn at(&self, address: &str) -> Option<(u32, &Party)> {
        let mut found = self.parties.iter().filter(|(_, it)| it.address == address);
        let first = found.next();
        let is_in = |it: &Option<(&u32, &Party)>| it.is_some_and(|(_, it)| it.stage == Stage::In);
        let best = if is_in(&first) {
            first
        } else {
            found.find(|(_, it)| it.stage == Stage::In).or(first)
        };
        best.map(|(id, it)| (*id, it))
    }

    /// Whose ringing an order began.
    pub(super) fn rung_by(&self, effect: EffectId) -> Option<u32> {
        let mut parties = self.parties.iter();
        let found = parties.find(|(_, it)| it.stage == Stage::Ringing(effect))?;
        Some(*found.0)
    }

    /// The legs of those who are in, but for one.
    pub(super) fn others_in(&self, id: u32) -> Vec<LegId> {
        let others = self.parties.iter().filter(|(other, _)| **other != id);
        let others = others.filter(|(_, it)| it.stage == Stage::In);
        others
            .filter_map(|(_, it)| it.media.as_ref().map(|it| it.leg))
            .collect()
    }

    /// Whether the customer is in, and the addresses of others who are.
    pub(super) fn present(&self) -> (bool, Vec<String>) {
        let is_in = self.parties.values().filter(|it| it.stage == Stage::In);
        let (mut customer, mut others) = (false, Vec::new());
        for party in is_in {
            match party.role {
                Role::Customer => customer = true,
                Role::Agent | Role::Number => others.push(party.address.clone()),
            }
        }
        (customer, others)
    }

    /// Who is in now, as the next fact about it.
    pub(super) fn roster(&mut self) -> CallFact {
        self.n_rosters += 1;
        let (customer, agents) = self.present();
        CallFact::Roster {
            sequence: self.n_rosters,
            customer,
            agents,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rosters_are_numbered_from_one() {
        let mut it = Conversation::new("c".into(), "direct:1".to_owned(), String::new());
        for expected in 1..=3 {
            let CallFact::Roster {
                sequence,
                customer,
                agents,
            } = it.roster()
            else {
                panic!("a roster");
            };
            assert_eq!((sequence, customer, agents.len()), (expected, false, 0));
        }
    }
}
