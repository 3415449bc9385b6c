//! Who gets whom (B4, R-11, R-16, R-17): the index that makes a choice cheap, and the choice itself.
//!
//! Queues that ask the same of agents share a pool: its free agents and its waiting contacts in order. A choice looks
//! at the heads alone: O(log n), and O(pools of the agent) when an agent becomes free. Nothing scans, and no order
//! changes by the passing of time (decision 0023).

mod derived;
mod exclusion;
mod free;
mod grouped;
mod heads;
mod kept;
mod line;
mod listed;
mod ordered;
mod pool;
mod pools;
mod reckoning;
mod room;
mod shelf;
mod wheel;

use crate::agent::{Agent, Agents, Display, Figures};
use crate::balance::{Balanced, Weighing};
use crate::by_id::ById;
use crate::capacity::{Capacities, Capacity, Demand, Held};
use crate::contact::{Channel, Contact, State, Stay};
use crate::ids::{AgentId, ContactId, OfferId, QueueId};
use crate::limits;
use crate::plan::Ask;
use crate::presence::{Reach, UnknownPresence};
use crate::queue::Queue;
use crate::time::Timestamp;
pub use exclusion::Exclusion;

use derived::{Derived, Marks, Slot};
use heads::Waits;
use line::{Line, Place, WaitsAs};
use listed::Rank;
use pool::{Begin, Member};
use pools::{PoolId, Pools};
use reckoning::Reckoning;
use room::Room;
use serde::{Deserialize, Serialize};
use shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};

/// A routing decision, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// For which contact.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// Who was chosen; nobody means that the contact waits.
    pub chosen: Option<Candidate>,
    /// Who would have been next, best first.
    pub next: Vec<Candidate>,
    /// How many agents were free and able.
    pub considered: u32,
    /// How many agents were not, by the first reason that holds.
    pub excluded: Vec<(Exclusion, u32)>,
    /// The step of the queue's plan; 0 is the queue's own requirement.
    pub plan_step: u32,
    /// The contact's place among those who wait.
    pub key: WaitKey,
    /// Why it came before the others of its balance group, if an agent who became free got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced: Option<Box<Balanced>>,
}

/// A free agent with the key by which agents are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Candidate {
    /// By the skills: lower is better. The negative sum of what preferred levels weigh, and of the required levels
    /// for `best_skill`.
    pub rank: i64,
    /// Then by the queue's strategy: lower is better.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub order: i64,
    /// Then the longest idle.
    pub idle_since: Timestamp,
    /// Then the lowest id.
    pub agent: AgentId,
}

/// A contact's place among those who wait: lower is served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WaitKey {
    /// The priority band.
    pub band: u8,
    /// Then who waits longest, or counts as if.
    pub since: Timestamp,
    /// Then who came first.
    pub seq: u64,
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "kept::Floor")]
pub(crate) struct Floor {
    lines: ById<QueueId, Line>,
    pools: Pools,
    agents: ById<AgentId, Entry>,
    waiting: ById<ContactId, Place>,
    /// Who waits for one agent alone.
    #[serde(default)]
    reserved: BTreeMap<AgentId, BTreeSet<(WaitKey, ContactId)>>,
    #[serde(default)]
    pub(crate) capacities: Capacities,
    #[serde(skip)]
    marks: Derived<Marks>,
}

/// How an agent stands in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    #[serde(skip)]
    slot: Derived<Slot>,
    standing: Standing,
    /// The pools that the agent is in, in order.
    serves: Vec<Service>,
}

/// What an agent is to a pool that the agent is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Service {
    pool: PoolId,
    room: Room,
    rank: Rank,
    /// Whether its contacts take of an agent what contacts usually do.
    #[serde(skip)]
    is_usual: Derived<bool>,
}

impl Entry {
    fn member(&self, agent: AgentId, rank: i64, marks: &Marks) -> Member<'_> {
        Member {
            agent,
            rank,
            standing: &self.standing,
            slot: self.slot.0,
            mark: marks.of(self.slot.0),
        }
    }
}

/// What of an agent matters to a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Standing {
    display: Display,
    is_willing: bool,
    #[serde(default)]
    reach: Reach,
    figures: Figures,
    held: Vec<Held<Channel>>,
}

impl Standing {
    fn of(agent: &Agent, capacity: &Capacity<Channel>) -> Self {
        let held = agent.held();
        Self {
            display: agent.display,
            is_willing: agent.is_willing(),
            reach: agent.reach(),
            figures: agent.figures(capacity, &held),
            held,
        }
    }
}

/// For what an agent has room, in any pool.
struct Rooms<'a> {
    standing: &'a Standing,
    capacity: &'a Capacity<Channel>,
    /// Where contacts take what they usually do: worked out once for all those pools.
    usual: Room,
}

impl<'a> Rooms<'a> {
    fn of(standing: &'a Standing, capacity: &'a Capacity<Channel>) -> Self {
        let usual = if standing.is_willing {
            let room = Room::of(&Demand::default(), capacity, &standing.held);
            room.within(standing.reach, UnknownPresence::DoNotOffer)
        } else {
            Room::Nothing
        };
        Self {
            standing,
            capacity,
            usual,
        }
    }

    fn in_pool(&self, ask: &Ask) -> Room {
        if !self.standing.is_willing {
            return Room::Nothing;
        }
        if ask.is_usual() {
            return self.usual;
        }
        let room = Room::of(ask.demand(), self.capacity, &self.standing.held);
        room.within(self.standing.reach, ask.unknown_presence())
    }

    /// What of a pool the agent is in comes to the agent.
    fn of_service(&self, service: &Service, pools: &Pools) -> Room {
        if service.is_usual.0 {
            return self.usual;
        }
        let pool = pools.get(service.pool);
        pool.map_or(Room::Nothing, |it| self.in_pool(&it.ask))
    }

    /// Whether nothing changes for a pool in which the agent had no room before, without a look at it.
    fn is_none_still(&self, before: &Standing, service: &Service) -> bool {
        service.is_usual.0
            && service.room == Room::Nothing
            && self.usual == Room::Nothing
            && self.standing.display == before.display
    }
}

impl Stay {
    /// The place among those who wait: by band, then by age with what was added to it.
    #[must_use]
    pub fn key(&self) -> WaitKey {
        let added_s = i64::from(self.boost_s) + i64::from(self.adjustment.age_s);
        WaitKey {
            band: self.adjustment.band.unwrap_or(self.band),
            since: self.since.plus_micros(-MICROS.saturating_mul(added_s)),
            seq: self.seq,
        }
    }
}

/// What becomes of a place in a list.
#[derive(Clone, Copy)]
enum Stands {
    FromNowOn,
    NoLonger,
}

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;
const fn is_zero(order: &i64) -> bool {
    *order == 0
}

/// What chance says for an offer: the same for the same number, and nothing to be seen in it.
#[must_use]
pub const fn draw(offer: OfferId) -> u64 {
    let mut z = offer.0.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Floor {
    /// Takes an agent's present standing. O(pools that the agent is in).
    pub(crate) fn stand(&mut self, id: AgentId, agent: &Agent) {
        let Some(entry) = self.agents.get_mut(id) else {
            return;
        };
        let capacity = self.capacities.of(agent.profile.capacity);
        let standing = Standing::of(agent, capacity);
        if entry.standing == standing {
            return;
        }
        let before = std::mem::replace(&mut entry.standing, standing);
        let (slot, old) = (entry.slot.0, self.marks.0.of(entry.slot.0));
        self.marks.0.renew(slot);
        let (new, marks) = (self.marks.0.of(slot), &self.marks.0);
        let rooms = Rooms::of(&entry.standing, capacity);
        let member = |rank, standing, mark| Member {
            agent: id,
            rank,
            standing,
            slot,
            mark,
        };
        for service in &mut entry.serves {
            if rooms.is_none_still(&before, service) {
                continue;
            }
            let who = member(service.rank.get(), &before, old);
            self.pools.go(service.pool, who, service.room, marks);
            service.room = rooms.of_service(service, &self.pools);
            let who = member(service.rank.get(), &entry.standing, new);
            self.pools.enter(service.pool, who, service.room, marks);
        }
    }

    /// Takes an agent's skills and capacity anew, or those of a new agent. O(pools under these skills).
    pub(crate) fn qualify(&mut self, id: AgentId, agent: &Agent) {
        self.leave(id);
        let capacity = self.capacities.of(agent.profile.capacity);
        let mut entry = Entry {
            slot: Derived(self.marks.0.occupy()),
            standing: Standing::of(agent, capacity),
            serves: self.pools.met_by(agent.profile.team, &agent.profile.skills),
        };
        let mut serves = std::mem::take(&mut entry.serves);
        let rooms = Rooms::of(&entry.standing, capacity);
        for service in &mut serves {
            service.room = rooms.of_service(service, &self.pools);
            let marks = &self.marks.0;
            let who = entry.member(id, service.rank.get(), marks);
            self.pools.enter(service.pool, who, service.room, marks);
        }
        entry.serves = serves;
        self.agents.insert(id, entry);
    }

    /// Forgets an agent.
    pub(crate) fn leave(&mut self, id: AgentId) {
        let Some(entry) = self.agents.remove(id) else {
            return;
        };
        let mark = self.marks.0.of(entry.slot.0);
        self.marks.0.vacate(entry.slot.0);
        for service in &entry.serves {
            let who = Member {
                mark,
                ..entry.member(id, service.rank.get(), &self.marks.0)
            };
            self.pools
                .go(service.pool, who, service.room, &self.marks.0);
        }
    }

    /// Takes what a queue asks, or that it is gone. What it asked before stays with those who ask it still.
    pub(crate) fn ask(&mut self, id: QueueId, queue: Option<&Queue>, agents: &Agents) {
        let asks = queue.map(|it| (0..it.n_steps()).map(|step| it.ask(step)));
        let (pools, entries) = (&mut self.pools, &mut self.agents);
        let named = asks.into_iter().flatten();
        let who = (agents, &self.capacities, &self.marks.0);
        let named: Vec<_> = named.map(|it| pools.name(it, who, entries)).collect();
        let line = self.lines.get_or_default(id);
        let before = std::mem::replace(&mut line.pools, named.into());
        if let Some(pool) = before.own().and_then(|it| pools.get_mut(it)) {
            pool.queues.remove(&id);
        }
        if let Some(pool) = line.pools.own().and_then(|it| pools.get_mut(it)) {
            pool.queues.insert(id);
        }
        for pool in before.iter() {
            pools.unname(pool, entries);
        }
        if queue.is_none() {
            self.lines.remove(id);
        }
    }

    /// Notes whom a queue chose: the pointer of its ring moves on, and who is gone stands first no longer.
    pub(crate) fn chosen(&mut self, queue: QueueId, agent: AgentId) {
        let Some(line) = self.lines.get_mut(queue) else {
            return;
        };
        line.last_chosen = Some(agent);
        for pool in line.pools.iter() {
            self.pools.take_in(pool, &self.marks.0);
        }
    }

    /// Takes a contact's present standing. O(log n).
    pub(crate) fn wait(&mut self, id: ContactId, contact: Option<&Contact>) {
        let place = contact.and_then(|contact| match &contact.state {
            State::Queued(stay) => self.place_of(contact, stay),
            State::Dialing(..)
            | State::Created
            | State::InFlow
            | State::Offering(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        });
        if self.waiting.get(id) == place.as_ref() {
            return;
        }
        if let Some(before) = self.waiting.remove(id) {
            if let Some(line) = self.lines.get_mut(before.queue) {
                line.leave(id, &before);
            }
            self.stand_in_list(id, &before, Stands::NoLonger);
            if let Some(agent) = before.reserved
                && self.reserved.get(&agent).is_some_and(BTreeSet::is_empty)
            {
                self.reserved.remove(&agent);
            }
        }
        if let Some(place) = place {
            if let Some(line) = self.lines.get_mut(place.queue) {
                line.enter(id, &place);
            }
            self.stand_in_list(id, &place, Stands::FromNowOn);
            self.waiting.insert(id, place);
        }
    }

    fn place_of(&self, contact: &Contact, stay: &Stay) -> Option<Place> {
        let line = self.lines.get(stay.queue)?;
        let reserved = contact.preferred.map(|it| it.agent);
        let is_balanced = reserved.is_none() && contact.channel() == Channel::Voice;
        Some(Place {
            queue: stay.queue,
            pool: line.pool_at(stay.step),
            key: stay.key(),
            since: stay.since,
            kind: WaitsAs::of(contact),
            reserved,
            group: line.group.filter(|_| is_balanced),
        })
    }

    /// The list that a contact waits in: that of one agent, of a balance group in a pool, or of a pool.
    fn stand_in_list(&mut self, id: ContactId, place: &Place, stands: Stands) {
        let it = (place.key, id);
        if let Some(agent) = place.reserved {
            let list = self.reserved.entry(agent).or_default();
            match stands {
                Stands::FromNowOn => drop(list.insert(it)),
                Stands::NoLonger => drop(list.remove(&it)),
            }
            return;
        }
        let Some(pool) = place.pool else {
            return;
        };
        let Some(group) = place.group else {
            return match stands {
                Stands::FromNowOn => self.pools.join(pool, place.channel(), it),
                Stands::NoLonger => self.pools.leave(pool, place.channel(), it),
            };
        };
        if let Some(pool) = self.pools.get_mut(pool) {
            match stands {
                Stands::FromNowOn => pool.grouped.insert(group, place.queue, it),
                Stands::NoLonger => pool.grouped.remove(group, place.queue, &it),
            }
        }
    }

    /// Whether no contact waits for one agent alone.
    pub(crate) fn nobody_is_preferred(&self) -> bool {
        self.reserved.is_empty()
    }

    /// The contacts that wait for an agent alone, next first.
    pub(crate) fn waiting_for(&self, agent: AgentId) -> Vec<ContactId> {
        let list = self.reserved.get(&agent).into_iter().flatten();
        list.map(|(_, contact)| *contact).collect()
    }

    /// The contacts that wait for one agent alone, whoever it is, by agent.
    pub(crate) fn waiting_for_anyone(&self) -> Vec<ContactId> {
        let lists = self.reserved.values().flatten();
        lists.map(|(_, contact)| *contact).collect()
    }

    /// Whether an agent meets what a contact is waiting for.
    pub(crate) fn meets(&self, agent: AgentId, stay: &Stay) -> bool {
        self.service(agent, self.pool_of(stay)).is_some()
    }

    /// Whether an agent has room now for a call that waits like this.
    pub(crate) fn has_room_for(&self, agent: AgentId, stay: &Stay) -> bool {
        self.is_free(agent, self.pool_of(stay), Channel::Voice)
    }

    fn pool_of(&self, stay: &Stay) -> Option<PoolId> {
        self.lines.get(stay.queue)?.pool_at(stay.step)
    }

    /// How many messages wait in a queue.
    pub(crate) fn n_messages(&self, queue: QueueId) -> usize {
        self.lines.get(queue).map_or(0, |line| line.messages.len())
    }

    /// How many wait on the line in a queue: no messages, no callbacks.
    pub(crate) fn n_waiting(&self, queue: QueueId) -> usize {
        self.lines.get(queue).map_or(0, Line::n_callers)
    }

    /// How many are served before who would join a queue now: on the line, or to be called back.
    pub(crate) fn n_in_line(&self, queue: QueueId) -> usize {
        self.lines.get(queue).map_or(0, |line| line.waiting.len())
    }

    /// How many wait in a queue before a contact, up to a limit.
    pub(crate) fn n_ahead(&self, queue: QueueId, contact: ContactId) -> u32 {
        let place = self.waiting.get(contact);
        let line = self.lines.get(queue);
        let n = place
            .zip(line)
            .map(|(it, line)| line.n_ahead(contact, it.key));
        n.unwrap_or(0)
    }

    /// Those who meet what a queue asks of its own.
    fn own_pool(&self, queue: QueueId) -> Option<PoolId> {
        self.lines.get(queue)?.pools.own()
    }

    /// How many agents are free for calls of a queue.
    pub(crate) fn n_free(&self, queue: QueueId) -> usize {
        let pool = self.own_pool(queue);
        pool.map_or(0, |it| self.pools.n_free(it, Channel::Voice))
    }

    /// How many who may serve a queue want contacts, busy or not.
    pub(crate) fn n_ready(&self, queue: QueueId) -> u32 {
        let shelf = self.own_pool(queue).and_then(|it| self.pools.shelf(it));
        let counts = shelf.into_iter().flat_map(Shelf::rooms);
        let ready = counts.filter(|(it, room, _)| match it {
            Display::NotReady | Display::InTeams | Display::SignedOut => false,
            Display::PresenceUnknown => *room != Room::Nothing,
            Display::OnContact
            | Display::Connecting
            | Display::WrapUp
            | Display::Offering
            | Display::Available => true,
        });
        ready.map(|(_, _, count)| count).sum()
    }

    /// How many who meet what a queue asks at a step are here.
    pub(crate) fn n_signed_in(&self, queue: QueueId, step: u32) -> u32 {
        let pool = self.lines.get(queue).and_then(|it| it.pool_at(step));
        let shelf = pool.and_then(|it| self.pools.shelf(it));
        shelf.map_or(0, Shelf::n_signed_in)
    }

    /// Since when the contact that has waited longest waits.
    pub(crate) fn oldest_in(&self, queue: QueueId) -> Option<Timestamp> {
        self.lines.get(queue)?.oldest()
    }

    /// The contacts that wait in a queue, messages too, next first.
    pub(crate) fn waiting_in(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        let line = self.lines.get(queue).into_iter();
        let waiting = line.flat_map(|line| line.waiting.iter().chain(&line.messages));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| *id)
    }

    /// The contacts that wait for pools in which somebody is free, over all queues next first. It looks at
    /// all who wait: for the rare instant at which offers begin again.
    pub(crate) fn placeable(&self) -> Vec<ContactId> {
        let lists = self.pools.numbered().flat_map(|(id, pool)| {
            let channels = Channel::ALL.into_iter();
            let served = channels.filter(move |it| self.pools.n_free(id, *it) > 0);
            served.map(|it| pool.waiting.get(it))
        });
        let mut waiting: Vec<_> = lists.flatten().copied().collect();
        let served =
            { self.pools.numbered() }.filter(|(id, _)| self.pools.n_free(*id, Channel::Voice) > 0);
        waiting.extend(served.flat_map(|(_, it)| it.grouped.iter()));
        waiting.extend(self.reserved.values().flatten());
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| id).collect()
    }

    /// The queues that an agent serves without any waiting.
    pub(crate) fn served_by(&self, agent: AgentId) -> impl Iterator<Item = QueueId> + '_ {
        let entry = self.agents.get(agent).into_iter();
        let pools = entry.flat_map(|it| it.serves.iter());
        let pools = pools.filter_map(|it| self.pools.get(it.pool));
        let mut queues: Vec<_> = pools.flat_map(|it| it.queues.iter().copied()).collect();
        queues.sort_unstable();
        queues.into_iter()
    }

    /// The contact that an agent who has room should get: over all pools that the agent is in and what there is room
    /// for, the lowest key; where a balance group has it, which of the group's own. O(pools of the agent + queues of
    /// their groups that wait + contacts that the agent is kept from).
    pub(crate) fn best_for(
        &self,
        agent: AgentId,
        weighing: Weighing<'_>,
        is_kept_away: impl Fn(ContactId) -> bool,
    ) -> Option<(ContactId, Option<Box<Balanced>>)> {
        let entry = self.agents.get(agent)?;
        let head = self.head_for(entry, |_| false);
        // Hardly anybody is kept away, and to know it costs more than a head.
        let head = match head {
            Some((_, contact)) if is_kept_away(contact) => self.head_for(entry, &is_kept_away),
            it => it,
        };
        let own = self.reserved.get(&agent).into_iter().flatten();
        let mut own = own.filter(|(_, contact)| {
            let place = self.waiting.get(*contact);
            place.is_some_and(|it| self.is_free(agent, it.pool, it.channel()))
        });
        let own = own.find(|(_, contact)| !is_kept_away(*contact));
        let first = head.into_iter().chain(own.copied()).min();
        let balanced = self.balanced_for(entry, weighing, &is_kept_away);
        match (first, balanced) {
            (Some((key, contact)), Some(chosen)) if (key, contact) < chosen.place => {
                Some((contact, None))
            }
            (_, Some(chosen)) => Some((chosen.contact, Some(Box::new(chosen.balanced)))),
            (Some((_, contact)), None) => Some((contact, None)),
            (None, None) => None,
        }
    }

    /// The first of those who wait for the pools of an agent, where the agent has room for them.
    fn head_for(&self, entry: &Entry, is_kept_away: impl Fn(ContactId) -> bool) -> Option<Waits> {
        let heads = entry.serves.iter().flat_map(|service| {
            let channels = Channel::ALL.into_iter();
            let channels = channels.filter(|it| service.room.takes(*it));
            channels.filter_map(|it| self.pools.first_of(service.pool, it, &is_kept_away))
        });
        heads.min()
    }

    /// Decides for one contact, which is not offered to those who are `cooling`, and for which `draw` is what
    /// chance says.
    pub(crate) fn decide(
        &self,
        (id, channel): (ContactId, Channel),
        cooling: &[AgentId],
        stay: &Stay,
        draw: u64,
    ) -> Decision {
        let line = self.lines.get(stay.queue);
        let pool_id = line.and_then(|it| it.pool_at(stay.step));
        let pool = pool_id.and_then(|it| self.pools.get(it));
        let shelf = pool_id.and_then(|it| self.pools.shelf(it));
        let n = limits::DECISION_NEXT_MAX + 1;
        // A choice is a few steps from one place in memory to the next; the first of them go on while the shelf is read.
        if let Some(pool) = pool {
            pool.free.0.fetch_first();
        }
        let room = Reckoning::of(shelf, channel);
        let served = pool.zip(shelf).filter(|_| room.n_free > 0);
        let found = served.map(|(pool, shelf)| {
            let begin = Begin::of(shelf.strategy, line.and_then(|it| it.last_chosen), draw);
            pool.first(shelf, (channel, &self.marks.0), begin, n, |it| {
                cooling.contains(&it)
            })
        });
        let mut found = found.unwrap_or_default().into_iter();
        let cooling = cooling.iter();
        let cooling = cooling.filter(|it| self.is_free(**it, pool_id, channel));
        let n_cooling = u32::try_from(cooling.count()).unwrap_or(u32::MAX);
        Decision {
            contact: id,
            queue: stay.queue,
            chosen: found.next(),
            next: found.collect(),
            considered: room.n_free.saturating_sub(n_cooling),
            excluded: self.exclusions(room, n_cooling),
            plan_step: stay.step,
            key: stay.key(),
            balanced: None,
        }
    }

    /// Decides for a contact that waits for one agent alone.
    pub(crate) fn decide_alone(
        &self,
        (id, channel): (ContactId, Channel),
        cooling: &[AgentId],
        stay: &Stay,
        agent: AgentId,
    ) -> Decision {
        let last = self.lines.get(stay.queue).and_then(|it| it.last_chosen);
        let entry = self.agents.get(agent);
        let service = self.service(agent, self.pool_of(stay));
        let alone = entry.zip(service).and_then(|(entry, service)| {
            let pool = self.pools.get(service.pool)?;
            let figures = &entry.standing.figures;
            let begin = Begin::of(pool.ask.strategy(), last, 0);
            Some(pool.alone(begin, agent, service.rank.get(), figures))
        });
        let why = match (entry, service) {
            (None, _) | (_, None) => Some(Exclusion::LacksSkill),
            (Some(_), Some(it)) if it.room.takes(channel) => {
                { cooling.contains(&agent) }.then_some(Exclusion::CoolingDown)
            }
            (Some(entry), Some(it)) => Some(Exclusion::of(entry.standing.display, it.room)),
        };
        let n_others = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        let n_others = n_others.saturating_sub(u32::from(entry.is_some()));
        let own = why.filter(|_| entry.is_some()).map(|why| (why, 1));
        let others = (n_others > 0).then_some((Exclusion::NotPreferred, n_others));
        let chosen = alone.filter(|_| why.is_none());
        Decision {
            contact: id,
            queue: stay.queue,
            chosen,
            next: Vec::new(),
            considered: u32::from(chosen.is_some()),
            excluded: own.into_iter().chain(others).collect(),
            plan_step: stay.step,
            key: stay.key(),
            balanced: None,
        }
    }

    /// Why an agent is not considered for the calls of a queue at a step of its plan; none: the agent is.
    pub(crate) fn why_not(&self, agent: AgentId, queue: QueueId, step: u32) -> Option<Exclusion> {
        let entry = self.agents.get(agent)?;
        let pool = self.lines.get(queue).and_then(|it| it.pool_at(step));
        match self.service(agent, pool) {
            None => Some(Exclusion::LacksSkill),
            Some(it) if it.room.takes(Channel::Voice) => None,
            Some(it) => Some(Exclusion::of(entry.standing.display, it.room)),
        }
    }

    fn service(&self, agent: AgentId, pool: Option<PoolId>) -> Option<&Service> {
        let (entry, pool) = self.agents.get(agent).zip(pool)?;
        let place = entry.serves.binary_search_by_key(&pool, |it| it.pool);
        entry.serves.get(place.ok()?)
    }

    fn is_free(&self, agent: AgentId, pool: Option<PoolId>, channel: Channel) -> bool {
        let service = self.service(agent, pool);
        service.is_some_and(|it| it.room.takes(channel))
    }

    fn exclusions(&self, mut room: Reckoning, n_cooling: u32) -> Vec<(Exclusion, u32)> {
        let n_agents = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        room.exclude(Exclusion::LacksSkill, n_agents.saturating_sub(room.n_able));
        room.exclude(Exclusion::CoolingDown, n_cooling);
        let by_reason = Exclusion::ALL.into_iter().zip(room.excluded);
        by_reason.filter(|(_, count)| *count > 0).collect()
    }
}
