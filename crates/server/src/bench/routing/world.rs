//! The floor of the benchmark, out of a fixed seed: agents with 4 to 12 of 256 skills, some of which are much more
//! common, at levels 1 to 5; different asks of one to three skills, each met by at least twenty agents; queues that
//! share the asks, with ten priorities.

use super::super::Error;
use super::super::engine::{agent, arrival, queue};
use super::{Times, Turns};
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ContactCenter;
use tandem_core::agent::{Intent, NotReady, Profile};
use tandem_core::capacity::Load;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::endpoint::Endpoint;
use tandem_core::event::{Event, OfferEnd, Side};
use tandem_core::flow::{Flow, Node};
use tandem_core::ids::{
    AccountId, AgentId, ContactId, EffectId, FlowId, OfferId, QueueId, ReasonId, SkillId,
    SubjectRef,
};
use tandem_core::input::{CallFact, Input, Request};
use tandem_core::queue::{OfferBy, Queue, Strategy};
use tandem_core::settings::{Document, Reason};
use tandem_core::skill::{Level, Proficiency, Requirement, Skill};
use tandem_core::time::Timestamp;

/// Skills of the floor.
pub(super) const SKILLS: u64 = 256;
/// Agents who meet each ask, at least.
const MET_BY_MIN: usize = 20;
/// Why agents are not ready.
pub(super) const REASON: ReasonId = ReasonId(1);

/// How large the floor is.
pub(super) struct Shape {
    pub(super) agents: u64,
    pub(super) queues: u64,
    pub(super) asks: u64,
    picks: u64,
}

impl Shape {
    pub(super) fn of(agents: u64) -> Self {
        Self {
            agents,
            queues: (agents / 10).max(10),
            asks: (agents / 50).max(10),
            picks: agents,
        }
    }

    /// Every queue asks something else.
    pub(super) fn of_many_asks(agents: u64) -> Self {
        let usual = Self::of(agents);
        Self {
            asks: usual.queues,
            ..usual
        }
    }
}

/// A floor.
pub(super) struct World {
    pub(super) center: ContactCenter,
    pub(super) now: Timestamp,
    dice: Dice,
    picks: u64,
    n_queues: u64,
    asks: Vec<Vec<Requirement>>,
    pub(super) skills: BTreeMap<AgentId, Vec<Proficiency>>,
    is_ready: BTreeMap<AgentId, bool>,
    pub(super) last_chosen: BTreeMap<QueueId, AgentId>,
    pub(super) last_offer: u64,
    next_key: u64,
    last_ring: Option<EffectId>,
}

/// A contact that came.
pub(super) struct Called {
    pub(super) contact: ContactId,
    pub(super) queue: QueueId,
    /// To whom it was offered.
    pub(super) offered: Option<(AgentId, OfferId)>,
}

/// Chance from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    const fn below(&mut self, n: u64) -> u64 {
        match self.roll().checked_rem(n) {
            Some(it) => it,
            None => 0,
        }
    }

    /// The lower the number, the more common.
    const fn skill(&mut self) -> SkillId {
        let (a, b) = (self.below(SKILLS), self.below(SKILLS));
        SkillId(1 + a * b / SKILLS)
    }

    fn level(&mut self, max: u64) -> Level {
        Level(u8::try_from(1 + self.below(max)).unwrap_or(1))
    }

    fn skills(&mut self) -> Vec<Proficiency> {
        let n = usize::try_from(4 + self.below(9)).unwrap_or(4);
        let mut skills = BTreeMap::new();
        while skills.len() < n {
            let (skill, level) = (self.skill(), self.level(5));
            skills.entry(skill).or_insert(level);
        }
        let skills = skills.into_iter();
        skills
            .map(|(skill, level)| Proficiency { skill, level })
            .collect()
    }

    fn ask(&mut self) -> Vec<Requirement> {
        let n = usize::try_from(1 + self.below(3)).unwrap_or(1);
        let mut asked = BTreeMap::new();
        while asked.len() < n {
            let (skill, level) = (self.skill(), self.level(4));
            asked.entry(skill).or_insert(level);
        }
        let asked = asked.into_iter();
        asked
            .map(|(skill, min_level)| Requirement { skill, min_level })
            .collect()
    }
}

pub(super) fn asked(id: AgentId, request: Request) -> Input {
    let actor = agent(id);
    Input::Asked { actor, request }
}

/// Whether an agent has what is asked.
pub(super) fn meets(skills: &[Proficiency], ask: &[Requirement]) -> bool {
    ask.iter().all(|asked| {
        let mut skills = skills.iter();
        skills.any(|it| it.skill == asked.skill && it.level >= asked.min_level)
    })
}

impl World {
    /// Everything but the agents, whose skills are drawn already.
    pub(super) fn build(
        shape: &Shape,
        strategy: impl Fn(usize) -> Strategy,
    ) -> Result<Self, Error> {
        let mut dice = Dice(7);
        let skills = (1..=shape.agents).map(|n| (AgentId(n), dice.skills()));
        let skills: BTreeMap<_, _> = skills.collect();
        let mut asks = BTreeSet::new();
        let mut in_order = Vec::new();
        while in_order.len() < usize::try_from(shape.asks)? {
            let ask = dice.ask();
            let met = skills.values().filter(|it| meets(it, &ask));
            let key: Vec<_> = ask.iter().map(|it| (it.skill, it.min_level)).collect();
            if met.take(MET_BY_MIN).count() >= MET_BY_MIN && asks.insert(key) {
                in_order.push(ask);
            }
        }
        let mut world = Self {
            center: ContactCenter::new(),
            now: Timestamp::from_micros(1_774_700_000_000_000),
            dice,
            picks: shape.picks,
            n_queues: shape.queues,
            asks: in_order,
            skills,
            is_ready: (1..=shape.agents).map(|n| (AgentId(n), false)).collect(),
            last_chosen: BTreeMap::new(),
            last_offer: 0,
            next_key: 0,
            last_ring: None,
        };
        world.furnish(strategy);
        Ok(world)
    }

    fn furnish(&mut self, strategy: impl Fn(usize) -> Strategy) {
        for n in 1..=SKILLS {
            let name = format!("skill {n}");
            self.saved(n, Document::Skill(Skill { name }));
        }
        let reason = Reason {
            label: "away".to_owned(),
            heading: None,
            productive: false,
            paid: true,
            max_minutes: None,
            needs_supervisor: false,
        };
        self.saved(REASON.0, Document::Reason(reason));
        for n in 1..=self.n_queues {
            let ask = self.ask_number(QueueId(n));
            let document = Queue {
                name: format!("queue {n}"),
                requirements: self.ask_of(QueueId(n)).to_vec(),
                strategy: strategy(ask),
                offer_by: OfferBy::Tandem,
                priority: u8::try_from(n % 10).unwrap_or(0),
                ..queue()
            };
            self.saved(n, Document::Queue(document));
            let end = || "end".to_owned();
            let wait = Node::Queue {
                queue: QueueId(n),
                timeout: end(),
                full: end(),
                failed: None,
                closed: None,
                emergency: None,
                keep_age: false,
                key: None,
            };
            let flow = Flow {
                name: format!("flow {n}"),
                start: "queue".to_owned(),
                nodes: [("queue".to_owned(), wait), (end(), Node::End)].into(),
            };
            self.saved(n, Document::Flow(flow));
            let endpoint = Endpoint {
                name: format!("line {n}"),
                address: format!("line-{n}"),
                flow: FlowId(n),
            };
            self.saved(n, Document::Endpoint(endpoint));
        }
    }

    fn saved(&mut self, id: u64, document: Document) {
        let event = Event::Saved {
            id,
            version: 1,
            document,
            by: AccountId(0),
        };
        self.center.apply(self.now, &[event]);
    }

    /// All agents sign in. Some have talked before, to nobody who is still here.
    pub(super) fn hire(&mut self, shape: &Shape) {
        for n in 1..=shape.agents {
            let id = AgentId(n);
            let hired = self.profile(id, 1);
            self.center.apply(self.now, &[hired]);
            self.now = self.now.plus_micros(1_000);
            self.center
                .apply(self.now, &[Event::AgentSignedIn { agent: id }]);
            for _ in 0..self.dice.below(3) {
                let (contact, offer) = (ContactId(0), OfferId(0));
                let began = Event::Connected {
                    contact,
                    agent: id,
                    offer,
                };
                self.center.apply(self.now, &[began]);
                let micros = i64::try_from(self.dice.below(1_000_000)).unwrap_or(0);
                self.now = self.now.plus_micros(micros);
                let ended = Event::ConversationEnded {
                    contact,
                    agent: id,
                    by: Side::Customer,
                };
                self.center.apply(self.now, &[ended]);
            }
        }
    }

    fn profile(&self, id: AgentId, version: u64) -> Event {
        let profile = Profile {
            person: SubjectRef(id.0),
            address: format!("agent-{id}"),
            phone: None,
            skills: self.skills.get(&id).cloned().unwrap_or_default(),
            enabled: true,
            team: None,
            capacity: None,
        };
        Event::Saved {
            id: id.0,
            version,
            document: Document::Agent(profile),
            by: AccountId(0),
        }
    }

    /// An agent has other skills from now on: the fact.
    pub(super) fn other_skills(&mut self, id: AgentId) -> [Event; 1] {
        let skills = self.dice.skills();
        self.skills.insert(id, skills);
        [self.profile(id, 2)]
    }

    /// Makes these agents ready, and no others.
    pub(super) fn make_ready(&mut self, is_ready: impl Fn(u64) -> bool) {
        let agents: Vec<AgentId> = self.is_ready.keys().copied().collect();
        for id in agents {
            self.set_ready(id, is_ready(id.0));
        }
    }

    pub(super) fn set_ready(&mut self, id: AgentId, is_ready: bool) {
        if self.is_ready.insert(id, is_ready) == Some(is_ready) {
            return;
        }
        self.now = self.now.plus_micros(100);
        let intent = if is_ready {
            Intent::Ready
        } else {
            Intent::NotReady(NotReady::Chosen(REASON))
        };
        self.center
            .apply(self.now, &[Event::IntentSet { agent: id, intent }]);
    }

    /// An agent is busy, and another one becomes free.
    pub(super) fn swap_free(&mut self, busy: AgentId) {
        let other = loop {
            let other = self.some_agent();
            if self.is_ready.get(&other) == Some(&false) {
                break other;
            }
        };
        self.set_ready(busy, false);
        self.set_ready(other, true);
    }

    /// A queue offered something to an agent, who is free again.
    pub(super) fn offered(&mut self, queue: QueueId, agent: AgentId) {
        self.last_offer += 1;
        self.last_chosen.insert(queue, agent);
        let (offer, contact) = (OfferId(self.last_offer), ContactId(0));
        let offered = Event::Offered {
            offer,
            contact,
            agent,
            queue,
            by: OfferBy::Tandem,
            expires_at: self.now,
            load: Box::new(Load::call()),
            interrupts: Vec::new(),
        };
        let ended = Event::OfferEnded {
            offer,
            contact,
            agent,
            why: OfferEnd::CustomerLeft,
            excluded_until: None,
        };
        self.now = self.now.plus_micros(100);
        self.center.apply(self.now, &[offered, ended]);
    }

    pub(super) const fn picks(&self) -> u64 {
        self.picks
    }

    pub(super) const fn some_queue(&mut self) -> QueueId {
        QueueId(1 + self.dice.below(self.n_queues))
    }

    pub(super) fn some_agent(&mut self) -> AgentId {
        let n = u64::try_from(self.skills.len()).unwrap_or(1);
        AgentId(1 + self.dice.below(n))
    }

    pub(super) fn ask_number(&self, queue: QueueId) -> usize {
        let n = usize::try_from(queue.0).unwrap_or(0);
        n % self.asks.len()
    }

    pub(super) fn ask_of(&self, queue: QueueId) -> &[Requirement] {
        let ask = self.asks.get(self.ask_number(queue));
        ask.map_or(&[], Vec::as_slice)
    }

    /// Takes a turn, and has its orders carried out.
    pub(super) fn take(&mut self, times: &mut Times, input: Input) -> Vec<Event> {
        self.now = self.now.plus_micros(100);
        let (center, now) = (&mut self.center, self.now);
        let turn = times.of(|| center.handle(now, input));
        for order in turn.orders() {
            if let Effect::AddAgent { .. } = order.effect {
                self.last_ring = Some(order.id);
            }
            let reference = order.effect.contact().map(|it| format!("leg-{it}"));
            let done = Input::Settled {
                effect: order.id,
                outcome: Outcome::Done { reference },
            };
            self.center.handle(now, done);
        }
        turn.events
    }

    pub(super) const fn call_fact(contact: ContactId, fact: CallFact) -> Input {
        Input::Call { contact, fact }
    }

    /// A contact comes to some queue.
    pub(super) fn call(&mut self, turns: &mut Turns) -> Result<Called, Error> {
        let queue = self.some_queue();
        self.next_key += 1;
        let mut arrived = arrival(self.next_key);
        if let Input::Arrived(arrival) = &mut arrived {
            arrival.address = format!("line-{queue}");
        }
        let events = self.take(&mut turns.others, arrived);
        let contact = events.iter().find_map(|event| {
            if let Event::ContactArrived { contact, .. } = event {
                return Some(*contact);
            }
            None
        });
        let contact = contact.ok_or("a call did not become a contact")?;
        let leg = format!("leg-{contact}");
        let mut took = Times::default();
        let up = self.take(&mut took, Self::call_fact(contact, CallFact::LegUp { leg }));
        let offered = up.iter().find_map(|event| {
            if let Event::Offered { agent, offer, .. } = event {
                return Some((*agent, *offer));
            }
            None
        });
        let times = match offered {
            Some(_) => &mut turns.offered,
            None => &mut turns.waits,
        };
        times.nanos.append(&mut took.nanos);
        Ok(Called {
            contact,
            queue,
            offered,
        })
    }

    /// An agent takes a call: says so, and is in it.
    pub(super) fn answer(
        &mut self,
        contact: ContactId,
        (agent, offer): (AgentId, OfferId),
        times: &mut Times,
    ) {
        self.take(times, asked(agent, Request::AcceptOffer { offer }));
        if let Some(effect) = self.last_ring {
            let address = format!("agent-{agent}");
            let joined = CallFact::AgentJoined { effect, address };
            self.take(times, Self::call_fact(contact, joined));
        }
    }
}
