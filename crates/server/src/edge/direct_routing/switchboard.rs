//! The switchboard: owner of all calls of Direct Routing, inside the SIP driver. It has the wire state of calls and
//! nothing else: which SIP call is which party of which conversation, which order a key of the media plane belongs to, how
//! trunks do. It never waits: what takes time is given to others, who answer with an order. It must not know what a
//! contact is about; facts go to the core, and what follows comes back as orders.

mod acts;
mod calling;
mod facts;
mod probing;

use super::SCHEME;
use super::conversation::{Conversation, Stage};
use super::emergency::{CallBack, Passing};
use super::order::Order;
use super::roll::Roll;
use super::teller::{Tell, Teller};
use super::trunks::{ByTrunk, Configured, InUse};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tandem_core::ids::{EffectId, TrunkId};
use tandem_core::input::{CallFact, NotJoined};
use tandem_sip::Micros;
use tandem_sip::flow::Transport;
use tandem_sip::header::Reason;
use tandem_sip::uri::HostPort;
use tandem_sip::user_agent::{CallId, Cause, End, Event};
use tandem_transport::media::{ConversationId, Key, LegId, Plane};
use tandem_transport::sip::{Link, Owner, Side};

/// Normal clearing (Q.850 16).
const NORMAL: Reason = Reason::q850(16);
/// Temporary failure (Q.850 41): the process that had the call is gone.
const LOST: Reason = Reason::q850(41);

/// Of what a key of the media plane is the answer.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    Prompt(u64, EffectId),
    Question(u64, EffectId),
}

impl Asked {
    const fn conversation(self) -> u64 {
        match self {
            Self::Prompt(conversation, _) | Self::Question(conversation, _) => conversation,
        }
    }
}

/// How we present ourselves.
#[derive(Clone, Debug)]
pub(super) struct Own {
    /// Where a trunk knows us by no other name.
    pub(super) name: String,
    /// Where we listen.
    pub(super) ports: Vec<(Transport, u16)>,
    /// Makes nonces that nobody else can make.
    pub(super) nonce_secret: String,
    /// Tells the references of one run of the process from those of another.
    pub(super) run: String,
}

/// See the module.
pub(super) struct Switchboard {
    pub(super) own: Own,
    pub(super) plane: Plane,
    pub(super) tellers: BTreeMap<Arc<str>, Teller>,
    rolls: BTreeMap<Arc<str>, Roll>,
    /// On which roll a call stands.
    on_roll: BTreeMap<CallId, Arc<str>>,
    pub(super) trunks: ByTrunk,
    pub(super) conversations: BTreeMap<u64, Conversation>,
    /// The conversation and the party that a call is.
    pub(super) seats: BTreeMap<CallId, (u64, u32)>,
    /// By their conversations on the media plane.
    pub(super) by_media: BTreeMap<ConversationId, u64>,
    /// The conversation and the party that a leg is.
    pub(super) legs: BTreeMap<LegId, (u64, u32)>,
    asked: BTreeMap<Key, Asked>,
    /// The same by conversations.
    asked_of: BTreeSet<(u64, Key)>,
    /// Calls that are led on past the core, and which of them a call is of.
    pub(super) passing: BTreeMap<u64, Passing>,
    pub(super) passed: BTreeMap<CallId, u64>,
    pub(super) call_backs: Vec<CallBack>,
    /// Probes on their way.
    probes: BTreeMap<u64, probing::Probe>,
    pub(super) n_passing: u64,
    n_conversations: u64,
    n_keys: u64,
    n_probes: u64,
}

impl Switchboard {
    pub(super) const fn new(own: Own, plane: Plane) -> Self {
        Self {
            own,
            plane,
            tellers: BTreeMap::new(),
            rolls: BTreeMap::new(),
            on_roll: BTreeMap::new(),
            trunks: BTreeMap::new(),
            conversations: BTreeMap::new(),
            seats: BTreeMap::new(),
            by_media: BTreeMap::new(),
            legs: BTreeMap::new(),
            asked: BTreeMap::new(),
            asked_of: BTreeSet::new(),
            passing: BTreeMap::new(),
            passed: BTreeMap::new(),
            call_backs: Vec::new(),
            n_passing: 0,
            probes: BTreeMap::new(),
            n_conversations: 0,
            n_keys: 0,
            n_probes: 0,
        }
    }

    /// Our name toward a trunk, with the port on which it reaches us.
    pub(super) fn name_toward(&self, trunk: &InUse, transport: Transport) -> HostPort {
        let mut ports = self.own.ports.iter();
        HostPort {
            host: trunk.own_name(&self.own.name).to_owned(),
            port: ports
                .find(|(known, _)| *known == transport)
                .map(|(_, port)| *port),
        }
    }

    pub(super) fn next_conversation(&mut self, center: Arc<str>, own_number: String) -> u64 {
        self.n_conversations += 1;
        let id = self.n_conversations;
        let reference = format!("{SCHEME}{}:{id}", self.own.run);
        self.conversations
            .insert(id, Conversation::new(center, reference, own_number));
        id
    }

    /// A key whose end is no news.
    pub(super) fn fresh_key(&mut self) -> Key {
        self.n_keys += 1;
        Key(self.n_keys)
    }

    pub(super) fn next_key(&mut self, asked: Asked) -> Key {
        let key = self.fresh_key();
        self.asked.insert(key, asked);
        self.asked_of.insert((asked.conversation(), key));
        key
    }

    /// What a key is the answer of, which is heard once.
    pub(super) fn answered_by(&mut self, key: Key) -> Option<Asked> {
        let asked = self.asked.remove(&key)?;
        self.asked_of.remove(&(asked.conversation(), key));
        Some(asked)
    }

    /// The conversation that a reference names, if it is of this run and there.
    pub(super) fn named(&self, reference: &str) -> Option<u64> {
        let id = reference.strip_prefix(SCHEME)?;
        let (run, id) = id.split_once(':')?;
        let id = id.split(':').next()?.parse().ok()?;
        (run == self.own.run && self.conversations.contains_key(&id)).then_some(id)
    }

    /// Tells the core a fact of a conversation; one that has become no contact yet has none.
    pub(super) fn tell(&self, conversation: &Conversation, fact: CallFact) {
        let teller = self.tellers.get(&conversation.center);
        if let (Some(teller), Some(contact)) = (teller, conversation.contact) {
            teller.tell(Tell::Fact { contact, fact });
        }
    }

    pub(super) fn tell_roster(&mut self, id: u64) {
        if let Some(conversation) = self.conversations.get_mut(&id) {
            let fact = conversation.roster();
            if let Some(conversation) = self.conversations.get(&id) {
                self.tell(conversation, fact);
            }
        }
    }

    pub(super) fn trunk_mut(&mut self, center: &Arc<str>, trunk: TrunkId) -> Option<&mut InUse> {
        self.trunks.get_mut(&(Arc::clone(center), trunk))
    }

    /// Takes a party out of its conversation: its leg is closed, and its trunk has room for another.
    pub(super) fn leaves(&mut self, id: u64, party: u32) -> Option<super::conversation::Party> {
        let conversation = self.conversations.get_mut(&id)?;
        let party = conversation.parties.remove(&party)?;
        let center = Arc::clone(&conversation.center);
        self.seats.remove(&party.call);
        if let Some(media) = &party.media {
            self.legs.remove(&media.leg);
            drop(self.plane.close_leg(media.leg));
        }
        if let Some(trunk) = self.trunk_mut(&center, party.trunk) {
            trunk.n_calls = trunk.n_calls.saturating_sub(1);
        }
        Some(party)
    }

    /// Hangs up on everybody who is left, and forgets the conversation.
    pub(super) fn close(&mut self, side: &mut Side<'_>, id: u64) {
        let parties = self.conversations.get(&id);
        let parties: Vec<u32> =
            parties.map_or_else(Vec::new, |it| it.parties.keys().copied().collect());
        for party in parties {
            if let Some(party) = self.leaves(id, party) {
                hang_up(side, party.call);
            }
        }
        let Some(conversation) = self.conversations.remove(&id) else {
            return;
        };
        let of_it = (id, Key(0))..=(id, Key(u64::MAX));
        let keys: Vec<Key> = self.asked_of.range(of_it).map(|it| it.1).collect();
        for key in keys {
            self.answered_by(key);
        }
        if let Some(media) = conversation.media {
            self.by_media.remove(&media);
            drop(self.plane.close(media));
        }
        self.tell(&conversation, CallFact::LegDown);
    }

    /// A SIP call is over.
    fn ended(&mut self, side: &mut Side<'_>, call: CallId, end: &End) {
        let Some((id, party)) = self.seats.get(&call).copied() else {
            return;
        };
        let Some(mut gone) = self.leaves(id, party) else {
            return;
        };
        if self.is_tried_elsewhere(side, (id, party), &mut gone, end) {
            return;
        }
        let Some(conversation) = self.conversations.get(&id) else {
            return;
        };
        match (&gone.stage, conversation.begun_by) {
            (Stage::Ringing(effect), Some(begun)) if *effect == begun => {
                self.tell(conversation, CallFact::NotAnswered { why: why(end) });
                // That says it all: the call is not told as over as well.
                if let Some(conversation) = self.conversations.get_mut(&id) {
                    conversation.contact = None;
                }
                self.close(side, id);
            }
            (Stage::Ringing(effect), _) => {
                let fact = CallFact::AgentNotJoined {
                    effect: *effect,
                    why: why(end),
                };
                self.tell(conversation, fact);
            }
            (Stage::In, _) if conversation.parties.is_empty() => self.close(side, id),
            // Who is left hears nobody until the core has decided.
            (Stage::In, _) => self.tell_roster(id),
            (Stage::Arrived(_) | Stage::Answering, _) => self.close(side, id),
        }
    }

    fn answered(&mut self, side: &mut Side<'_>, call: CallId, sdp: &[u8]) {
        let Some((id, party)) = self.seats.get(&call).copied() else {
            return;
        };
        if !self.accepts(id, party, sdp) {
            hang_up(side, call);
            let unusable = End {
                cause: Cause::Unusable,
                status: Some(488),
                reason: None,
            };
            return self.ended(side, call, &unusable);
        }
        self.comes_in(id, party);
    }

    /// Puts a call on the roll, from where another process would end it.
    fn is_up(&mut self, side: &Side<'_>, call: CallId) {
        let seat = self.seats.get(&call);
        let Some(conversation) = seat.and_then(|(id, _)| self.conversations.get(id)) else {
            return;
        };
        let roll = self.rolls.get(&conversation.center);
        if let (Some(roll), Some(farewell)) = (roll, side.ua.farewell(call)) {
            roll.up(call, farewell);
            let center = Arc::clone(&conversation.center);
            self.on_roll.insert(call, center);
        }
    }

    fn is_over(&mut self, call: CallId) {
        let center = self.on_roll.remove(&call);
        if let Some(roll) = center.and_then(|it| self.rolls.get(&it)) {
            roll.over(call);
        }
    }

    /// Takes the answer to an offer of ours.
    pub(super) fn accepts(&mut self, id: u64, party: u32, sdp: &[u8]) -> bool {
        let plane = self.plane.clone();
        let conversation = self.conversations.get_mut(&id);
        let party = conversation.and_then(|it| it.parties.get_mut(&party));
        let accepted = party
            .and_then(|it| it.media.as_mut())
            .map(|it| it.accept(&plane, sdp));
        match accepted {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                tracing::warn!(%error, "an answer is of no use");
                false
            }
            None => false,
        }
    }

    /// A party is in: it hears the others and is heard by them.
    fn comes_in(&mut self, id: u64, party: u32) {
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        let others = conversation.others_in(party);
        let media = conversation.media;
        let Some(who) = conversation.parties.get_mut(&party) else {
            return;
        };
        let before = std::mem::replace(&mut who.stage, Stage::In);
        let address = who.address.clone();
        if let (Some(media), Some(own)) = (media, &who.media) {
            for other in others {
                drop(self.plane.connect(media, own.leg, other));
            }
        }
        let reference = conversation.reference.clone();
        let is_begin =
            matches!(&before, Stage::Ringing(effect) if conversation.begun_by == Some(*effect));
        if is_begin {
            conversation.begun_by = None;
        }
        let Some(conversation) = self.conversations.get(&id) else {
            return;
        };
        match before {
            Stage::Ringing(_) if is_begin => {
                self.tell(conversation, CallFact::LegUp { leg: reference });
            }
            Stage::Ringing(effect) => {
                self.tell(conversation, CallFact::AgentJoined { effect, address });
            }
            Stage::Answering => {
                self.tell(conversation, CallFact::LegUp { leg: reference });
            }
            Stage::Arrived(_) | Stage::In => {}
        }
        self.tell_roster(id);
    }

    fn confirmed(&mut self, side: &mut Side<'_>, call: CallId, sdp: Option<Vec<u8>>) {
        let Some((id, party)) = self.seats.get(&call).copied() else {
            return;
        };
        if let Some(sdp) = sdp
            && !self.accepts(id, party, &sdp)
        {
            hang_up(side, call);
            return self.close(side, id);
        }
        self.comes_in(id, party);
    }

    /// A new offer inside a call, or a request for one: a hold, a session refresh.
    fn offered(&mut self, side: &mut Side<'_>, call: CallId, sdp: Option<&[u8]>) {
        let plane = self.plane.clone();
        let seat = self.seats.get(&call).copied();
        let media = seat.and_then(|(id, party)| {
            let conversation = self.conversations.get_mut(&id)?;
            conversation.parties.get_mut(&party)?.media.as_mut()
        });
        let answer = match (media, sdp) {
            (Some(media), Some(offer)) => media.agree(&plane, offer),
            (Some(media), None) => Ok(media.offer_again()),
            (None, _) => {
                return note(side.ua.refuse(side.now, call, 488));
            }
        };
        match answer {
            Ok(answer) => note(side.ua.agree(side.now, call, answer)),
            Err(error) => {
                tracing::info!(%error, "a later offer is refused");
                note(side.ua.refuse(side.now, call, error.status()));
            }
        }
    }

    fn set_trunks(
        &mut self,
        side: &mut Side<'_>,
        center: &Arc<str>,
        (teller, roll): (Teller, Option<Roll>),
        trunks: Vec<Configured>,
    ) {
        let now = side.now;
        self.tellers.insert(Arc::clone(center), teller);
        if let Some(roll) = roll {
            self.rolls.insert(Arc::clone(center), roll);
        }
        let stay: Vec<TrunkId> = trunks.iter().map(|it| it.id).collect();
        self.trunks
            .retain(|(of, id), _| of != center || stay.contains(id));
        for configured in trunks {
            let key = (Arc::clone(center), configured.id);
            match self.trunks.get_mut(&key) {
                Some(known) => known.change(now, configured),
                None => {
                    let made = InUse::new(now, configured, &self.own.name, &self.own.nonce_secret);
                    self.trunks.insert(key, made);
                }
            }
        }
        let names = self
            .trunks
            .values()
            .filter_map(|it| it.trunk.own_name.clone());
        side.ua.set_other_names(names.collect());
    }
}

impl Owner for Switchboard {
    type Order = Order;

    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        let passed = event
            .call()
            .and_then(|call| self.passed.get(&call).copied());
        if let Some(passing) = passed {
            return self.pass(side, passing, &event);
        }
        match event {
            Event::Incoming {
                call,
                flow,
                request,
                sdp,
                replaces,
            } => self.incoming(
                side,
                super::arrival::Invite {
                    call,
                    flow,
                    request: &request,
                    sdp,
                    replaces,
                },
            ),
            Event::Answered { call, sdp, .. } => {
                self.answered(side, call, &sdp);
                self.is_up(side, call);
            }
            Event::Confirmed { call, sdp } => {
                self.confirmed(side, call, sdp);
                self.is_up(side, call);
            }
            Event::Offered { call, sdp } => self.offered(side, call, sdp.as_deref()),
            Event::Agreed { call, sdp } => {
                if let Some((id, party)) = self.seats.get(&call).copied() {
                    self.accepts(id, party, &sdp);
                }
            }
            Event::Ended { call, end } => {
                self.is_over(call);
                self.ended(side, call, &end);
            }
            Event::RegisterAsked { id, flow, request } => {
                self.register(side, id, flow, &request);
            }
            Event::Probed { flow, .. } => self.heard(side, flow.id),
            Event::ProbeEnded { probe, status } => self.probe_ended(side.now, probe, status),
            Event::ReferAsked { call, .. } => note(side.ua.refuse_refer(side.now, call, 603)),
            Event::Open { .. }
            | Event::Retire { .. }
            | Event::Progress { .. }
            | Event::OfferRefused { .. }
            | Event::ReferProgress { .. } => {}
        }
    }

    fn handle_order(&mut self, side: &mut Side<'_>, order: Order) {
        match order {
            Order::Trunks {
                center,
                teller,
                roll,
                trunks,
            } => self.set_trunks(side, &center, (teller, roll), trunks),
            Order::Goodbye(farewells) => {
                for farewell in farewells {
                    note(side.ua.bid(side.now, &farewell, &LOST));
                }
            }
            Order::Became {
                center,
                conversation,
                contact,
            } => self.became(side, &center, conversation, contact),
            Order::Act {
                center,
                reference,
                act,
                reply,
            } => self.act(side, &center, &reference, act, reply),
            Order::Begin { begin, reply } => self.begin(side, *begin, reply),
            Order::Media(fact) => self.media(side, fact),
            Order::Look { center, reply } => {
                let trunks = self.trunks.iter().filter(|((of, _), _)| *of == center);
                let states = trunks.map(|(_, it)| it.state(side.now)).collect();
                // Whoever asked may be gone.
                drop(reply.send(states));
            }
            Order::Try {
                center,
                trunk,
                tell,
            } => self.try_hosts(side, (center, trunk), &tell),
            Order::Close { done } => {
                let all: Vec<u64> = self.conversations.keys().copied().collect();
                for id in all {
                    self.close(side, id);
                }
                if done.send(()).is_err() {
                    tracing::trace!("nobody waits for the calls to be over");
                }
            }
        }
    }

    fn handle_link(&mut self, _side: &mut Side<'_>, link: &Link) {
        let Link::Closed { flow, hop, why, .. } = link else {
            return;
        };
        for trunk in self.trunks.values_mut() {
            if trunk.is_phones() {
                trunk.registrar.handle_flow_failed(*flow);
            }
            let hosts = trunk.hosts.iter_mut();
            for host in hosts.filter(|it| Some(&it.hop) == hop.as_ref()) {
                host.trouble = Some(why.to_string());
            }
        }
    }

    fn poll_timeout(&self) -> Option<Micros> {
        let probes = self.trunks.values().filter_map(InUse::probe_at);
        let phones = self
            .trunks
            .values()
            .filter_map(|it| it.registrar.poll_timeout());
        probes.chain(phones).min()
    }

    fn handle_timeout(&mut self, side: &mut Side<'_>) {
        for trunk in self.trunks.values_mut() {
            trunk.registrar.handle_timeout(side.now);
        }
        self.probe(side);
    }
}

/// Why somebody who was called is not there.
pub(super) fn why(end: &End) -> NotJoined {
    match (end.cause, end.status) {
        (Cause::Refused, Some(486 | 600)) => NotJoined::Busy,
        (Cause::Refused, Some(603 | 607 | 608)) => NotJoined::Declined,
        (Cause::Refused, Some(408 | 480 | 487)) | (Cause::NotAnswered | Cause::Ours, _) => {
            NotJoined::NoAnswer
        }
        (Cause::Unreachable, Some(408 | 487) | None) => NotJoined::NoAnswer,
        (
            Cause::Refused
            | Cause::Unreachable
            | Cause::HungUp
            | Cause::Cancelled
            | Cause::NotAcknowledged
            | Cause::NoPrack
            | Cause::Expired
            | Cause::Gone
            | Cause::Unusable
            | Cause::Replaced,
            _,
        ) => NotJoined::Failed,
    }
}

pub(super) fn hang_up(side: &mut Side<'_>, call: CallId) {
    note(side.ua.hang_up(side.now, call, Some(&NORMAL)));
}

/// A call that has just ended by itself takes no orders; its end is told as an event.
pub(super) fn note(result: Result<(), tandem_sip::Error>) {
    if let Err(error) = result {
        tracing::debug!(%error, "an order to a call came too late");
    }
}
