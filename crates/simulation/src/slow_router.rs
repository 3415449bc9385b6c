//! The slow router: a full scan over all agents or all contacts that re-states without
//! any index. What the core decides must equal it (B18).

use crate::{slow_capacity, slow_presence};
use std::collections::BTreeMap;
use tandem_core::agent::{Agent, Display, Intent};
use tandem_core::callback::Early;
use tandem_core::condition::{Condition, Preference};
use tandem_core::contact::{Channel, Contact, State as Place, Stay};
use tandem_core::event::{ContactSteered, Event, PlanStepEntered, Steering};
use tandem_core::ids::{AgentId, ContactId, OfferId, QueueId, SkillId, TeamId};
use tandem_core::limits;
use tandem_core::plan::PlanStep;
use tandem_core::queue::{AtClosing, Queue, Strategy};
use tandem_core::routing::{Candidate, Decision, Exclusion, WaitKey, draw};
use tandem_core::schedule::Hours;
use tandem_core::state::State;
use tandem_core::switch::Position;
use tandem_core::time::Timestamp;

/// What the core cannot know from its state alone, remembered from the facts: whom each queue chose last, and the
/// number of the last offer, from which chance follows.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    last_chosen: BTreeMap<QueueId, AgentId>,
    last_offer: u64,
    /// Whom somebody sent a contact to, until it is offered.
    assigned: Option<(ContactId, AgentId)>,
    /// The contact that came first by its balance group, until it is offered.
    balanced: Option<ContactId>,
}

impl Memory {
    /// Takes a fact in.
    pub(crate) fn note(&mut self, event: &Event) {
        if let Event::Decided(decision) = event {
            self.balanced = decision.balanced.as_ref().map(|_| decision.contact);
        }
        if let Event::Offered {
            offer,
            queue,
            agent,
            ..
        } = event
        {
            self.last_chosen.insert(*queue, *agent);
            self.last_offer = offer.0;
            self.assigned = None;
            self.balanced = None;
        }
        if let Event::ContactSteered(ContactSteered {
            contact,
            to: Steering::Agent(agent),
            ..
        }) = event
        {
            self.assigned = Some((*contact, *agent));
        }
    }

    /// Whether somebody sent the contact to the agent: then it does not matter what Teams shows.
    pub(crate) fn is_assigned(&self, contact: ContactId, agent: AgentId) -> bool {
        self.assigned == Some((contact, agent))
    }

    /// Whether something else than the order of those who wait gives the contact to the agent: somebody who sent it
    /// there, or its balance group, which `slow_balance` looks at.
    pub(crate) fn is_out_of_order(&self, contact: ContactId, agent: AgentId) -> bool {
        self.assigned == Some((contact, agent)) || self.balanced == Some(contact)
    }
}

/// What a queue asks at a step: the last word of each kind up to it.
struct Asked {
    conditions: Vec<Condition>,
    /// Anybody's where none is named.
    teams: Vec<TeamId>,
    preferences: Vec<Preference>,
    strategy: Strategy,
    band: u8,
    boost_s: u32,
}

fn asked(queue: &Queue, step: u32) -> Asked {
    let mut conditions: Vec<Condition> = queue.requirements.iter().map(Into::into).collect();
    conditions.extend(queue.condition.as_deref().cloned());
    let mut asked = Asked {
        conditions,
        teams: { queue.teams.iter() }.flat_map(|it| it.iter()).collect(),
        preferences: queue.preferences.clone(),
        strategy: queue.strategy,
        band: queue.priority,
        boost_s: 0,
    };
    for (n, it) in (1..).zip(&queue.plan) {
        if n > step {
            break;
        }
        if let Some(condition) = &it.condition {
            asked.conditions = vec![condition.clone()];
        }
        if let Some(teams) = &it.teams {
            asked.teams = teams.iter().collect();
        }
        asked.preferences = it.preferences.clone().unwrap_or(asked.preferences);
        asked.strategy = it.strategy.unwrap_or(asked.strategy);
        asked.band = it.priority.unwrap_or(asked.band);
        asked.boost_s = it.boost_s.unwrap_or(asked.boost_s);
    }
    asked
}

fn level_of(agent: &Agent, skill: SkillId) -> u8 {
    let mut skills = agent.profile.skills.iter();
    skills
        .find(|it| it.skill == skill)
        .map_or(0, |it| it.level.0)
}

fn holds(condition: &Condition, agent: &Agent) -> bool {
    match condition {
        Condition::Has(term) => {
            let level = level_of(agent, term.skill);
            level >= term.min_level.0.max(1) && level <= term.max_level.0
        }
        Condition::All(parts) => !parts.iter().any(|it| !holds(it, agent)),
        Condition::Any(parts) => parts.iter().any(|it| holds(it, agent)),
        Condition::Not(part) => !holds(part, agent),
    }
}

/// The levels of what holds: of each part, of the best alternative, and none of what must not hold.
fn counted(condition: &Condition, agent: &Agent) -> i64 {
    match condition {
        Condition::Has(term) => i64::from(level_of(agent, term.skill)),
        Condition::All(parts) => parts.iter().map(|it| counted(it, agent)).sum(),
        Condition::Any(parts) => {
            let met = parts.iter().filter(|it| holds(it, agent));
            met.map(|it| counted(it, agent)).max().unwrap_or(0)
        }
        Condition::Not(_) => 0,
    }
}

/// Where the skills put an agent, or none for who does not meet what is asked.
fn rank(asked: &Asked, agent: &Agent) -> Option<i64> {
    let team = agent.profile.team;
    let is_of_another = !asked.teams.is_empty() && !asked.teams.iter().any(|it| Some(*it) == team);
    if is_of_another || asked.conditions.iter().any(|it| !holds(it, agent)) {
        return None;
    }
    let liked = asked.preferences.iter();
    let liked = liked.map(|it| i64::from(it.weight) * i64::from(level_of(agent, it.skill)));
    let mut weight: i64 = liked.sum();
    if asked.strategy == Strategy::BestSkill {
        let required = Condition::All(asked.conditions.clone()).normalized();
        weight += counted(&required, agent);
    }
    Some(-weight)
}

/// Whether the agent has what the queue asks of who waits as long as this.
pub(crate) fn serves(state: &State, agent: AgentId, stay: &Stay) -> bool {
    match (state.agents.get(agent), state.settings.queue(stay.queue)) {
        (Some(agent), Some(queue)) => rank(&asked(queue, stay.step), agent).is_some(),
        (_, _) => false,
    }
}

/// When who waits enters the next step of the plan.
pub(crate) fn next_step_at(state: &State, stay: &Stay) -> Option<Timestamp> {
    let plan = &state.settings.queue(stay.queue)?.plan;
    let next = plan.get(usize::try_from(stay.step).ok()?)?;
    Some(stay.since.plus_seconds(next.after_s))
}

/// Whether an entered step is the one that is due, or the first after it for which somebody is here.
pub(crate) fn step_is_right(
    state: &State,
    now: Timestamp,
    entered: &PlanStepEntered,
) -> Result<(), String> {
    let contact = state.contacts.get(entered.contact);
    let stay = contact.and_then(|it| it.waits()).copied();
    let queue = state.settings.queue(entered.queue);
    let (Some(stay), Some(queue)) = (stay, queue) else {
        return Err(format!("{entered:?} is for nobody who waits"));
    };
    let n_steps = u32::try_from(queue.plan.len()).unwrap_or(u32::MAX);
    let waited = now.micros_since(stay.since);
    let is_due = |it: &&PlanStep| i64::from(it.after_s) * 1_000_000 <= waited;
    let due = u32::try_from(queue.plan.iter().filter(is_due).count()).unwrap_or(u32::MAX);
    let is_here = |step: &u32| {
        let asked = asked(queue, *step);
        let mut here = state
            .agents
            .iter()
            .filter(|(_, it)| it.display != Display::SignedOut);
        here.any(|(_, agent)| rank(&asked, agent).is_some())
    };
    let step = (due..=n_steps).find(is_here).unwrap_or(due);
    let asked = asked(queue, step);
    let right = (step, asked.band, asked.boost_s);
    if right == (entered.step, entered.band, entered.boost_s) {
        return Ok(());
    }
    Err(format!("{entered:?}, and {right:?} is right"))
}

/// The place of who waits.
fn key(stay: &Stay) -> WaitKey {
    let added = i64::from(stay.boost_s) + i64::from(stay.adjustment.age_s);
    WaitKey {
        band: stay.adjustment.band.unwrap_or(stay.band),
        since: Timestamp::from_micros(stay.since.as_micros() - added * 1_000_000),
        seq: stay.seq,
    }
}

/// Where the strategy puts an agent.
fn order(
    state: &State,
    (strategy, last_chosen): (Strategy, Option<AgentId>),
    (id, agent): (AgentId, &Agent),
) -> i64 {
    let number = |id: AgentId| i64::try_from(id.0).unwrap_or(i64::MAX);
    match strategy {
        Strategy::LongestIdle | Strategy::BestSkill | Strategy::Random => 0,
        Strategy::LongestSinceInbound => agent.tally.inbound_at.as_micros(),
        Strategy::LongestSinceOffer => agent.tally.offered_at.as_micros(),
        Strategy::LongestReady => agent.tally.ready_at.as_micros(),
        Strategy::Ordered | Strategy::RandomWeighted => number(id),
        Strategy::RoundRobin if last_chosen.is_some_and(|last| id <= last) => {
            number(id) + SECOND_ROUND
        }
        Strategy::RoundRobin => number(id),
        Strategy::FewestContacts => i64::from(agent.tally.n_contacts),
        Strategy::LeastTalk => agent.tally.talk_micros,
        Strategy::LeastActive => i64::try_from(agent.held().len()).unwrap_or(i64::MAX),
        Strategy::HighestFreeUnits => -i64::from(slow_capacity::free_units(state, agent)),
    }
}

/// Whoever was passed over by the ring, or by chance, comes behind everybody else.
const SECOND_ROUND: i64 = 1 << 40;

/// Of the best rank each is as likely: the draw says with whom it begins, and it goes round.
fn by_chance(candidates: &mut [Candidate], draw: u64) {
    let best = candidates.first().map(|it| it.rank);
    let n = candidates.iter().filter(|it| Some(it.rank) == best).count();
    let Some(skipped) = draw.checked_rem(u64::try_from(n).unwrap_or(u64::MAX)) else {
        return;
    };
    let skipped = usize::try_from(skipped).unwrap_or(0);
    for passed in candidates.iter_mut().take(skipped) {
        passed.order = SECOND_ROUND;
    }
    candidates.sort_unstable();
}

/// Of the best rank each is as likely as the queue says: all of them in a row by number, each as long as the weight,
/// and the draw falls on one.
fn by_weight(candidates: &mut [Candidate], queue: &Queue, draw: u64) {
    let weight = |agent: AgentId| {
        let mut named = queue.chances().iter();
        named
            .find(|it| it.agent == agent)
            .map_or(1, |it| u64::from(it.weight))
    };
    let best = candidates.first().map(|it| it.rank);
    let first = candidates.iter().filter(|it| Some(it.rank) == best);
    let row: Vec<_> = first
        .flat_map(|it| (0..weight(it.agent)).map(|_| it.agent))
        .collect();
    let Some(place) = draw.checked_rem(u64::try_from(row.len()).unwrap_or(u64::MAX)) else {
        return;
    };
    let fallen = row.get(usize::try_from(place).unwrap_or(0)).copied();
    for passed in candidates.iter_mut().filter(|it| Some(it.rank) == best) {
        if fallen.is_some_and(|it| passed.agent < it) {
            passed.order += SECOND_ROUND;
        }
    }
    candidates.sort_unstable();
}

/// Whether the agent wants contacts, and goes on to: derived from the axes of R-04, not from the display.
pub(crate) fn is_willing(agent: &Agent) -> bool {
    agent.profile.enabled
        && agent.session.is_some()
        && agent.intent == Intent::Ready
        && matches!(agent.pending, None | Some(Intent::Ready))
        && agent.slots.len() < limits::SLOTS_PER_AGENT_MAX
}

/// Whether the agent could take a contact of a queue now.
pub(crate) fn is_routable(state: &State, agent: &Agent, queue: QueueId, channel: Channel) -> bool {
    let queue = state.settings.queue(queue);
    let has_room = queue.is_some_and(|it| {
        slow_capacity::has_room(state, agent, it, channel)
            && slow_presence::lets_through(state, agent, it, channel)
    });
    is_willing(agent) && has_room
}

/// The same for who is sent a contact by somebody.
pub(crate) fn has_room_whatever_teams_shows(
    state: &State,
    agent: &Agent,
    queue: QueueId,
    channel: Channel,
) -> bool {
    let queue = state.settings.queue(queue);
    let has_room = queue.is_some_and(|it| slow_capacity::has_room(state, agent, it, channel));
    is_willing(agent) && has_room
}

/// Why an agent who meets what is asked is not free for it.
fn reason(state: &State, agent: &Agent, queue: QueueId, channel: Channel) -> Exclusion {
    let other = match channel {
        Channel::Voice => Channel::Voicemail,
        Channel::Voicemail => Channel::Voice,
    };
    if agent.display == Display::InTeams {
        return Exclusion::InTeams;
    }
    if is_routable(state, agent, queue, other) {
        return Exclusion::NoCapacity;
    }
    match agent.display {
        Display::SignedOut => Exclusion::SignedOut,
        Display::NotReady => Exclusion::NotReady,
        Display::Offering => Exclusion::Offering,
        Display::Connecting | Display::OnContact => Exclusion::OnContact,
        Display::WrapUp => Exclusion::WrapUp,
        Display::InTeams => Exclusion::InTeams,
        Display::PresenceUnknown => Exclusion::PresenceUnknown,
        Display::Available => Exclusion::NoCapacity,
    }
}

/// Whether a contact waits for somebody else alone.
pub(crate) fn prefers_other(contact: &Contact, agent: AgentId) -> bool {
    contact.preferred.is_some_and(|it| it.agent != agent)
}

/// The decision that a full scan takes for a waiting contact.
pub(crate) fn decide(state: &State, memory: &Memory, id: ContactId) -> Option<Decision> {
    let contact = state.contacts.get(id)?;
    let Place::Queued(stay) = contact.state else {
        return None;
    };
    let asked = asked(state.settings.queue(stay.queue)?, stay.step);
    let last_chosen = memory.last_chosen.get(&stay.queue).copied();
    let mut candidates = Vec::new();
    let mut cooling = Vec::new();
    let mut excluded: BTreeMap<Exclusion, u32> = BTreeMap::new();
    for (agent_id, agent) in state.agents.iter() {
        if prefers_other(contact, agent_id) {
            *excluded.entry(Exclusion::NotPreferred).or_default() += 1;
            continue;
        }
        let Some(rank) = rank(&asked, agent) else {
            *excluded.entry(Exclusion::LacksSkill).or_default() += 1;
            continue;
        };
        if !is_routable(state, agent, stay.queue, contact.channel()) {
            let reason = reason(state, agent, stay.queue, contact.channel());
            *excluded.entry(reason).or_default() += 1;
            continue;
        }
        candidates.push(Candidate {
            rank,
            order: order(state, (asked.strategy, last_chosen), (agent_id, agent)),
            idle_since: agent.idle_since(),
            agent: agent_id,
        });
        if contact.is_cooling(agent_id) {
            cooling.push(agent_id);
            *excluded.entry(Exclusion::CoolingDown).or_default() += 1;
        }
    }
    candidates.sort_unstable();
    if asked.strategy == Strategy::Random {
        by_chance(&mut candidates, draw(OfferId(memory.last_offer + 1)));
    }
    if asked.strategy == Strategy::RandomWeighted {
        let queue = state.settings.queue(stay.queue)?;
        by_weight(&mut candidates, queue, draw(OfferId(memory.last_offer + 1)));
    }
    candidates.retain(|it| !cooling.contains(&it.agent));
    Some(Decision {
        contact: id,
        queue: stay.queue,
        chosen: candidates.first().copied(),
        next: candidates
            .iter()
            .skip(1)
            .take(limits::DECISION_NEXT_MAX)
            .copied()
            .collect(),
        considered: u32::try_from(candidates.len()).unwrap_or(u32::MAX),
        excluded: excluded.into_iter().collect(),
        plan_step: stay.step,
        key: key(&stay),
        balanced: None,
    })
}

/// Whether the hours of its queue send a contact away that waits (B4.6), by asking the schedule.
pub(crate) fn must_leave(state: &State, now: Timestamp, stay: &Stay) -> bool {
    let Some(queue) = state.settings.queue(stay.queue) else {
        return false;
    };
    match hours(state, now, stay.queue) {
        Hours::Open => false,
        Hours::Emergency => true,
        Hours::Closed | Hours::Holiday { .. } => queue.at_closing == AtClosing::Leave,
    }
}

fn is_closed(state: &State, now: Timestamp, stay: &Stay) -> bool {
    hours(state, now, stay.queue) != Hours::Open
}

/// What holds of a queue's hours, by asking its schedule and going through every switch.
pub(crate) fn hours(state: &State, now: Timestamp, queue: QueueId) -> Hours {
    let document = state.settings.queue(queue);
    let schedule = document.and_then(|it| state.settings.schedules.get(&it.hours?));
    let scheduled = schedule.map_or(Hours::Open, |it| it.document.at(now));
    let mut switched = None;
    for (of, switch) in state.switches.iter() {
        if of == queue && now < switch.until {
            switched = match switch.position {
                Position::Open => Some(Hours::Open),
                Position::Closed => Some(Hours::Closed),
                Position::Emergency => Some(Hours::Emergency),
                Position::NoCallbacks => switched,
            };
        }
    }
    match (scheduled, switched) {
        (Hours::Emergency, _) => Hours::Emergency,
        (scheduled, None) => scheduled,
        (_, Some(switched)) => switched,
    }
}

/// A waiting contact that an agent could take.
pub(crate) struct Takes {
    pub(crate) contact: ContactId,
    pub(crate) queue: QueueId,
    pub(crate) channel: Channel,
    pub(crate) key: WaitKey,
    /// Whether it waits for this agent alone.
    pub(crate) is_reserved: bool,
    /// One whose longest wait is over, or whose queue is closed, may be passed over: it is on its way out.
    pub(crate) is_patient: bool,
}

/// Every waiting contact that the agent could take.
pub(crate) fn could_take(state: &State, now: Timestamp, agent: AgentId) -> Vec<Takes> {
    let takes = state.contacts.iter().filter_map(|(id, other)| {
        let Place::Queued(stay) = other.state else {
            return None;
        };
        // An attempt of a callback leaves whenever its queue closes.
        let leaves = if other.is_attempt() {
            is_closed(state, now, &stay)
        } else {
            must_leave(state, now, &stay)
        };
        let stays = other.message.is_some() || !leaves;
        let until = match other.early {
            Some(Early::Waiting { until, .. }) => until,
            Some(Early::Planned { .. } | Early::Ringing { .. } | Early::Parting) | None => {
                stay.until
            }
        };
        let has_room = { state.agents.get(agent) }
            .is_some_and(|it| is_routable(state, it, stay.queue, other.channel()));
        // One of whose call, or sound, nothing was heard is not put to anybody yet.
        let may = !other.is_held_back() && !other.is_cooling(agent) && !prefers_other(other, agent);
        (may && serves(state, agent, &stay) && has_room).then_some(Takes {
            contact: id,
            queue: stay.queue,
            channel: other.channel(),
            key: key(&stay),
            is_reserved: other.preferred.is_some(),
            is_patient: until > now && stays,
        })
    });
    takes.collect()
}

/// A waiting contact that the agent could take and that comes before `contact` by its key, and is not on its way out.
pub(crate) fn comes_before(
    state: &State,
    now: Timestamp,
    agent: AgentId,
    contact: ContactId,
) -> Option<ContactId> {
    let own = state.contacts.get(contact)?.stay().map(key)?;
    let takes = could_take(state, now, agent).into_iter();
    let mut before = takes.filter(|it| it.is_patient && it.key < own);
    before.next().map(|it| it.contact)
}
