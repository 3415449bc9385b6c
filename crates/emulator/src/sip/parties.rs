//! All calls of one neighbor: the owner inside its SIP driver. It has the parties, their media and their timers, and
//! never waits; who is called of Teams' people is the world's to say.

use super::dress::Dresser;
use super::habit::Habit;
use super::log::Log;
use super::order::{Ask, Notice, Order, Sbc, Seat, Service, Told, Word};
use super::party::{Party, Stage};
use super::phones::Phones;
use super::proxies::Trunks;
use super::{Neighbor, acting};
use crate::actor::Command;
use crate::limits;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use tandem_media::player::Repeat;
use tandem_media::tone;
use tandem_sip::Micros;
use tandem_sip::digest::Authenticator;
use tandem_sip::flow::{FlowId, Transport};
use tandem_sip::sdp::{
    Capabilities, Codec, Direction, IceUse, Security, SessionDescription, Suite,
};
use tandem_sip::transaction;
use tandem_sip::user_agent::{CallId, End, Event};
use tandem_transport::media::{Fact, Key, LegId, Plane, Sound, Target};
use tandem_transport::sip::{Link, Owner, Side, Wire};
use tokio::sync::mpsc;

const TONE_RATE: u32 = 8_000;
/// Of full scale: several at once do not clip.
const TONE_LEVEL: f64 = 6_000.0;
/// Tones of one neighbor are so far apart, and there are so many.
const TONE_STEP_HZ: u32 = 120;
const TONES: u32 = 23;

/// Whom the carrier wants to know.
pub(super) struct Door {
    pub(super) authenticator: Authenticator,
    pub(super) user: String,
    pub(super) secret: String,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    /// Who is called does what is their habit.
    Habit {
        party: String,
    },
    Step {
        party: String,
    },
    GivesUp {
        party: String,
    },
    Registers {
        user: String,
    },
}

/// A name that the neighbor has to know the address of.
pub(super) struct Learned {
    pub(super) fqdn: String,
    pub(super) address: SocketAddr,
    /// Whose turn it is to look back.
    pub(super) proxy: usize,
}

/// What a neighbor is made with.
pub(super) struct Means {
    pub(super) neighbor: Neighbor,
    pub(super) plane: Plane,
    pub(super) world: mpsc::Sender<Command>,
    pub(super) learned: mpsc::Sender<Learned>,
    /// Our address, as others write it.
    pub(super) host: String,
    pub(super) ports: Vec<(Transport, u16)>,
    pub(super) seed: u64,
}

pub(super) struct Parties {
    pub(super) means: Means,
    pub(super) parties: BTreeMap<String, Party>,
    pub(super) by_call: BTreeMap<CallId, String>,
    by_leg: BTreeMap<LegId, String>,
    ended: VecDeque<String>,
    pub(super) habits: BTreeMap<String, Habit>,
    due: BTreeMap<(Micros, u64), Due>,
    pub(super) sbc: Option<Sbc>,
    pub(super) door: Option<Door>,
    pub(super) phones: Phones,
    pub(super) trunks: Trunks,
    pub(super) dresser: Dresser,
    services: [Service; 3],
    /// The listeners of connections that others opened.
    flows: BTreeMap<FlowId, usize>,
    log: Log,
    n_parties: u64,
    n_numbers: u64,
    n_refused: u64,
    n_notices_lost: u64,
}

impl Parties {
    pub(super) fn new(means: Means) -> Self {
        Self {
            means,
            parties: BTreeMap::new(),
            by_call: BTreeMap::new(),
            by_leg: BTreeMap::new(),
            ended: VecDeque::new(),
            habits: BTreeMap::new(),
            due: BTreeMap::new(),
            sbc: None,
            door: None,
            phones: Phones::default(),
            trunks: Trunks::default(),
            dresser: Dresser::default(),
            services: [Service::Serve; 3],
            flows: BTreeMap::new(),
            log: Log::default(),
            n_parties: 0,
            n_numbers: 0,
            n_refused: 0,
            n_notices_lost: 0,
        }
    }

    pub(super) const fn neighbor(&self) -> Neighbor {
        self.means.neighbor
    }

    pub(super) fn is_full(&self) -> bool {
        self.by_call.len() >= limits::SIP_CALLS_MAX
    }

    /// The id of a party to come, and the tone that it says where nobody wishes another.
    pub(super) fn next_party(&mut self) -> (String, u32) {
        let place = u32::try_from(self.n_parties).unwrap_or(0) % TONES;
        self.n_parties += 1;
        let id = format!("{}-{}", self.neighbor().as_str(), self.n_parties);
        let tone = self.neighbor().first_tone_hz() + place * TONE_STEP_HZ;
        (id, tone)
    }

    pub(super) const fn next_number(&mut self) -> u64 {
        self.n_numbers += 1;
        self.n_numbers
    }

    pub(super) fn by_call_mut(&mut self, call: CallId) -> Option<&mut Party> {
        let id = self.by_call.get(&call)?;
        self.parties.get_mut(id)
    }

    pub(super) fn seat(&mut self, party: Party) {
        self.by_call.insert(party.call, party.id.clone());
        self.parties.insert(party.id.clone(), party);
    }

    pub(super) fn later(&mut self, at: Micros, due: Due) {
        let number = self.next_number();
        self.due.insert((at, number), due);
    }

    /// What this neighbor speaks.
    pub(super) fn capabilities(&self, security: Security) -> Capabilities {
        let (codecs, suites) = match self.neighbor() {
            Neighbor::Carrier | Neighbor::Phones => (
                vec![Codec::Pcma, Codec::Pcmu, Codec::G722],
                vec![Suite::AeadAes128Gcm, Suite::AesCm128HmacSha1_80],
            ),
            // In the order in which Teams lists them (A.9); packets of the first suite it does not take.
            Neighbor::Teams => (
                vec![Codec::G722, Codec::Pcmu, Codec::Pcma],
                vec![Suite::AesCm128HmacSha1_32, Suite::AesCm128HmacSha1_80],
            ),
        };
        Capabilities {
            codecs,
            security,
            suites,
            ice: IceUse::WhenOffered,
            ptime_ms: 20,
        }
    }

    /// Has the party speak and listen over its leg.
    pub(super) fn speak(&mut self, id: &str) {
        let (say, listen) = (Key(self.next_number()), Key(self.next_number()));
        let Some(party) = self.parties.get_mut(id) else {
            return;
        };
        let Some((conversation, described)) = &party.media else {
            return;
        };
        let leg = described.leg;
        self.by_leg.insert(leg, id.to_owned());
        // What the plane refuses is not heard: the test that listens for it says so.
        drop(
            self.means
                .plane
                .record(*conversation, listen, party.ear.sink()),
        );
        say_tone(&self.means.plane, leg, party.tone_hz, say);
    }

    /// Another tone, or none, from now on.
    pub(super) fn say(&mut self, id: &str, hz: Option<u32>) {
        let key = Key(self.next_number());
        let Some(party) = self.parties.get_mut(id) else {
            return;
        };
        party.tone_hz = hz;
        if let Some((_, described)) = &party.media {
            say_tone(&self.means.plane, described.leg, hz, key);
        }
    }

    /// Takes the answer to an offer of ours; whether it is of use.
    pub(super) fn accepts(&mut self, id: &str, sdp: &[u8]) -> bool {
        let Some(party) = self.parties.get_mut(id) else {
            return false;
        };
        party.other_direction = direction(sdp).unwrap_or(party.other_direction);
        let Some((_, described)) = &mut party.media else {
            return false;
        };
        match described.accept(&self.means.plane, sdp) {
            Ok(()) => true,
            Err(error) => {
                tracing::info!(%error, "an answer is of no use");
                false
            }
        }
    }

    pub(super) fn tell(&mut self, notice: Notice) {
        if self.means.world.try_send(Command::Sip(notice)).is_err() {
            self.n_notices_lost += 1;
        }
    }

    /// Tells the world how far a Teams user's call is.
    pub(super) fn tell_seat(&mut self, id: &str, is: Seat) {
        let party = self.parties.get(id);
        if let Some(oid) = party.and_then(|it| it.oid.clone()) {
            let party = id.to_owned();
            self.tell(Notice::Is { party, oid, is });
        }
    }

    /// The script of a party that has just come into its call begins.
    pub(super) fn comes_in(&mut self, now: Micros, id: &str) {
        let Some(party) = self.parties.get_mut(id) else {
            return;
        };
        if party.stage == Stage::Up {
            return;
        }
        party.stage = Stage::Up;
        self.tell_seat(id, Seat::Up);
        self.next_step(now, id);
    }

    pub(super) fn next_step(&mut self, now: Micros, id: &str) {
        let party = self.parties.get(id).filter(|it| it.is_live());
        if let Some(step) = party.and_then(|it| it.script.front()) {
            let at = now + millis(step.after_ms());
            self.later(
                at,
                Due::Step {
                    party: id.to_owned(),
                },
            );
        }
    }

    /// A call is over.
    fn over(&mut self, now: Micros, call: CallId, end: End) {
        let Some(id) = self.by_call.remove(&call) else {
            return;
        };
        let Some(party) = self.parties.get_mut(&id) else {
            return;
        };
        party.ended(now, end);
        if let Some((conversation, described)) = party.media.take() {
            self.by_leg.remove(&described.leg);
            drop(self.means.plane.close(conversation));
        }
        self.tell_seat(&id, Seat::Over);
        self.ended.push_back(id);
        if self.ended.len() > limits::ENDED_MAX
            && let Some(oldest) = self.ended.pop_front()
        {
            self.parties.remove(&oldest);
        }
    }

    /// A later offer of the other side, or a request for one.
    fn offered(&mut self, side: &mut Side<'_>, call: CallId, sdp: Option<&[u8]>) {
        let plane = self.means.plane.clone();
        let Some(party) = self.by_call_mut(call) else {
            return;
        };
        if let Some(theirs) = sdp.and_then(direction) {
            party.other_direction = theirs;
        }
        let agreed = match (&mut party.media, sdp) {
            (Some((_, media)), Some(offer)) => media.agree(&plane, offer),
            (Some((_, media)), None) => Ok(media.offer_again()),
            (None, _) => return note(side.ua.refuse(side.now, call, 488)),
        };
        match agreed {
            Ok(sdp) => note(side.ua.agree(side.now, call, sdp)),
            Err(error) => note(side.ua.refuse(side.now, call, error.status())),
        }
    }

    fn media(&mut self, fact: Fact) {
        match fact {
            Fact::Digits { leg, digits } => {
                let id = self.by_leg.get(&leg);
                if let Some(party) = id.and_then(|id| self.parties.get_mut(id)) {
                    party.pressed(digits.iter().map(|it| it.as_char()));
                }
            }
            Fact::LegSilent { .. }
            | Fact::LegHeard { .. }
            | Fact::Collected(_)
            | Fact::PromptEnded { .. }
            | Fact::Recording { .. }
            | Fact::Talk { .. }
            | Fact::MediaFailed { .. }
            | Fact::Closed { .. } => {}
        }
    }

    pub(super) fn service(&self, flow: FlowId) -> Service {
        let listener = match self.neighbor() {
            Neighbor::Teams => self.flows.get(&flow).copied(),
            Neighbor::Carrier | Neighbor::Phones => Some(0),
        };
        let service = listener.and_then(|at| self.services.get(at));
        service.copied().unwrap_or_default()
    }

    pub(super) const fn refused(&mut self) {
        self.n_refused += 1;
    }

    pub(super) fn set_service(&mut self, listener: usize, service: Service) -> Told {
        match self.services.get_mut(listener) {
            Some(known) => {
                *known = service;
                Ok((204, Value::Null))
            }
            None => Err((404, "there is no such listener".to_owned())),
        }
    }

    pub(super) fn messages(&self, party: Option<&str>) -> Told {
        let Some(party) = party else {
            return Ok((200, self.log.show(None)));
        };
        match self.parties.get(party) {
            Some(party) => Ok((200, self.log.show(Some(&party.call_id)))),
            None => Err((404, "there is no such call".to_owned())),
        }
    }

    pub(super) fn overview(&self, now: Micros) -> Value {
        let mut shown = json!({
            "calls": self.by_call.len(), "refused": self.n_refused, "notices_lost": self.n_notices_lost,
            "messages": self.log.counters(), "listeners": self.services,
        });
        match self.neighbor() {
            Neighbor::Carrier => shown["has_digest"] = json!(self.door.is_some()),
            Neighbor::Phones => shown["phones"] = self.phones.show(),
            Neighbor::Teams => shown["trunks"] = self.trunks.show(now),
        }
        shown
    }

    fn ask(&mut self, side: &mut Side<'_>, ask: Ask) -> Told {
        acting::ask(self, side, ask)
    }
}

impl Owner for Parties {
    type Order = Order;

    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        match event {
            Event::Incoming {
                call,
                flow,
                request,
                sdp,
                replaces,
            } => self.incoming(side, (call, flow.id), &request, sdp, replaces),
            Event::Progress {
                call,
                fork,
                sdp,
                response,
            } => {
                let id = self.by_call.get(&call).cloned().unwrap_or_default();
                if let Some(party) = self.parties.get_mut(&id) {
                    party.heard(response.status(), &fork);
                }
                if let Some(sdp) = sdp {
                    self.accepts(&id, &sdp);
                }
            }
            Event::Answered {
                call,
                sdp,
                response,
            } => self.answered(side, call, &sdp, &response),
            Event::Confirmed { call, sdp } => self.confirmed(side, call, sdp.as_deref()),
            Event::Offered { call, sdp } => self.offered(side, call, sdp.as_deref()),
            Event::Agreed { call, sdp } => {
                let id = self.by_call.get(&call).cloned().unwrap_or_default();
                self.accepts(&id, &sdp);
            }
            Event::Ended { call, end } => self.over(side.now, call, end),
            Event::RegisterAsked { id, request, .. } => {
                // Nobody registers here: that is the SBC's to take.
                if let Ok(response) = side.ua.response(&request, 405) {
                    note(side.ua.reply(side.now, id, &response));
                }
            }
            Event::Probed { id, flow, request } => self.probed(side, id, flow.id, &request),
            Event::ProbeEnded { probe, status } => self.probe_ended(side.now, probe, status),
            Event::ReferAsked { call, .. } => note(side.ua.refuse_refer(side.now, call, 603)),
            Event::ReferProgress { call, status } => self.transfer_goes(side, call, status),
            Event::OfferRefused { call, .. } => {
                if let Some(party) = self.by_call_mut(call) {
                    party.is_holding = !party.is_holding;
                }
            }
            Event::Open { .. } | Event::Retire { .. } => {}
        }
    }

    fn handle_order(&mut self, side: &mut Side<'_>, order: Order) {
        match order {
            Order::Ask { ask, reply } => {
                let told = self.ask(side, ask);
                // Whoever asked may be gone.
                drop(reply.send(told));
            }
            Order::Called(Word::Reached { party, callee }) => self.reached(side, &party, callee),
            Order::Called(Word::NotReached { party, refusal }) => {
                self.refuse(side, &party, &refusal);
            }
            Order::Known { fqdn, proxy } => self.probe_back(side, &fqdn, proxy),
            Order::Media(fact) => self.media(fact),
            Order::Close { done } => {
                let calls: Vec<CallId> = self.by_call.keys().copied().collect();
                for call in calls {
                    note(side.ua.hang_up(side.now, call, None));
                }
                if done.send(()).is_err() {
                    tracing::trace!("nobody waits for the calls to be over");
                }
            }
        }
    }

    fn handle_link(&mut self, side: &mut Side<'_>, link: &Link) {
        match link {
            Link::Accepted { flow } => {
                if let Some(listener) = side.peer(*flow).and_then(|it| it.listener) {
                    self.flows.insert(*flow, listener.0);
                }
            }
            Link::Closed { flow, hop, why, .. } => {
                self.flows.remove(flow);
                if let Some(hop) = hop {
                    tracing::info!(%hop, %why, "a connection to the SBC is over");
                    self.trunks.trouble(&hop.host, why);
                }
            }
            Link::Opened { .. } => {}
        }
    }

    fn poll_timeout(&self) -> Option<Micros> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    fn handle_timeout(&mut self, side: &mut Side<'_>) {
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > side.now {
                return;
            }
            let due = entry.remove();
            self.is_due(side, due);
        }
    }

    fn dress(&mut self, flow: FlowId, bytes: transaction::Wire) -> Option<transaction::Wire> {
        if self.service(flow) == Service::Silent {
            return None;
        }
        match self.neighbor() {
            Neighbor::Teams => Some(self.dresser.dress(&bytes).into()),
            Neighbor::Carrier | Neighbor::Phones => Some(bytes),
        }
    }

    fn wants_wire(&self) -> bool {
        true
    }

    fn handle_wire(&mut self, wire: Wire) {
        self.log.keep(&wire);
    }
}

/// What a description says of its first line of sound.
pub(super) fn direction(sdp: &[u8]) -> Option<Direction> {
    let read = SessionDescription::parse(sdp).ok()?;
    let audio = read.media.iter().find(|it| it.kind == "audio")?;
    Some(read.direction_of(audio))
}

fn say_tone(plane: &Plane, leg: LegId, hz: Option<u32>, key: Key) {
    let target = Target::Leg(leg);
    // A second: a whole number of periods, and no seam.
    let samples = match hz {
        Some(hz) => tone::sine(TONE_RATE, f64::from(hz), TONE_LEVEL, 0, TONE_RATE),
        None => vec![0; 8_000],
    };
    match Sound::new(TONE_RATE, &samples) {
        Ok(sound) => drop(plane.play(target, &sound, Repeat::Forever, key)),
        Err(error) => tracing::error!(%error, "a tone cannot be made"),
    }
}

pub(super) fn millis(ms: u64) -> Micros {
    Micros::try_from(ms.saturating_mul(1_000)).unwrap_or(Micros::MAX / 4)
}

/// A call that has just ended by itself takes no orders; its end is told as an event.
pub(super) fn note(result: Result<(), tandem_sip::Error>) {
    if let Err(error) = result {
        tracing::debug!(%error, "an order to a call came too late");
    }
}
