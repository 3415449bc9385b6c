//! `tandem bench routing`: choices and whole turns of the core over a large floor, beside a naive scan and a floor of
//! the same run. Every 500th choice is held against a scan over everybody.

mod naive;
mod world;

use super::{Error, ratio};
use naive::Naive;
use serde::Serialize;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Instant;
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::input::{CallFact, IntentChoice, Request};
use tandem_core::queue::Strategy;
use world::{Shape, World};

/// Every so many choices one is held against a scan over everybody.
const CHECKED_EVERY: u64 = 500;
/// Scans whose mean is quoted.
const SCANS: u64 = 200;
/// Of so many contacts that are offered one hangs up before anybody answers.
const LEFT_EVERY: u64 = 4;
/// Agents who change their skills, for each turn of routing that is taken in between.
const CHANGES_PER_TURN: u64 = 100;

/// What was measured.
#[derive(Debug, Serialize)]
pub struct RoutingReport {
    /// Agents, all signed in.
    pub agents: u64,
    /// Queues.
    pub queues: u64,
    /// Different things that they ask.
    pub asks: u64,
    /// A contact comes: an agent is chosen, with half of all agents free. By longest idle.
    pub agent_for_contact: Picks,
    /// An agent becomes free: a contact is chosen of all who wait.
    pub contact_for_agent: Picks,
    /// Taking the first of a heap of as many entries, and putting another in: no choice can be cheaper.
    pub floor_ns: u64,
    /// A choice by each strategy, where the queues are shared out among all.
    pub by_strategy: Vec<Row>,
    /// Whole turns: the input, the choice, its explanation and every fact.
    pub turns: Vec<Row>,
    /// All turns in which something was routed, per second.
    pub routing_turns_per_second: u64,
    /// The other turns, per second.
    pub other_turns_per_second: u64,
    /// Giving each agent other skills, one by one.
    pub skills_changed: Changes,
    /// Resident memory for each agent, with their places in the index.
    pub bytes_per_agent: u64,
    /// Resident memory for each contact that waits, with its place in the index.
    pub bytes_per_waiting_contact: u64,
    /// Choices that were held against a scan.
    pub checked: u64,
    /// Those that were wrong.
    pub wrong: u64,
}

/// Choices of one kind, beside the naive scan of the same run.
#[derive(Debug, Serialize)]
pub struct Picks {
    /// How many.
    pub n: u64,
    /// Of them, such as found somebody.
    pub found: u64,
    /// Half were at most this, ns.
    pub p50_ns: u64,
    /// 99 of 100 were at most this, ns.
    pub p99_ns: u64,
    /// The longest, ns.
    pub max_ns: u64,
    /// A scan over everybody, on average, ns.
    pub naive_ns: u64,
    /// The scan divided by the mean of the choice.
    pub times_faster: f64,
}

/// Times of one kind.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Of what.
    pub what: String,
    /// How many.
    pub n: u64,
    /// Half were at most this, ns.
    pub p50_ns: u64,
    /// 99 of 100 were at most this, ns.
    pub p99_ns: u64,
    /// The longest, ns.
    pub max_ns: u64,
}

/// Changes in bulk.
#[derive(Debug, Serialize)]
pub struct Changes {
    /// How many.
    pub n: u64,
    /// All of them, ms.
    pub took_ms: u64,
    /// 99 of 100 took at most this, ns.
    pub p99_ns: u64,
    /// The choices that were taken in between: 99 of 100 at most this, ns.
    pub picks_p99_ns: u64,
}

/// Times in nanoseconds.
#[derive(Default)]
struct Times {
    nanos: Vec<u64>,
}

impl Times {
    /// Takes the time of something.
    fn of<T>(&mut self, what: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let made = black_box(what());
        let took = began.elapsed();
        self.nanos
            .push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        made
    }

    fn n(&self) -> u64 {
        u64::try_from(self.nanos.len()).unwrap_or(u64::MAX)
    }

    fn sum(&self) -> u64 {
        self.nanos.iter().sum()
    }

    fn mean(&self) -> u64 {
        self.sum() / self.n().max(1)
    }

    fn row(&mut self, what: &str) -> Row {
        self.nanos.sort_unstable();
        let at = |part: usize| {
            let last = self.nanos.len().saturating_sub(1);
            let index = (self.nanos.len() * part / 100).min(last);
            self.nanos.get(index).copied().unwrap_or(0)
        };
        Row {
            what: what.to_owned(),
            n: self.n(),
            p50_ns: at(50),
            p99_ns: at(99),
            max_ns: at(100),
        }
    }

    fn picks(&mut self, found: u64, naive: &Self) -> Picks {
        let row = self.row("");
        Picks {
            n: row.n,
            found,
            p50_ns: row.p50_ns,
            p99_ns: row.p99_ns,
            max_ns: row.max_ns,
            naive_ns: naive.mean(),
            times_faster: ratio(naive.mean(), self.mean()),
        }
    }
}

/// What was held against a scan.
#[derive(Default)]
struct Checked {
    n: u64,
    wrong: u64,
}

impl Checked {
    fn hold(&mut self, is_right: bool) {
        self.n += 1;
        self.wrong += u64::from(!is_right);
    }
}

/// Measures over `agents` agents, a tenth as many queues, and half as many contacts that wait.
///
/// # Errors
/// When the floor does not come about as it is meant to.
pub fn routing(agents: u64) -> Result<RoutingReport, Error> {
    let shape = Shape::of(agents);
    let mut world = World::build(&shape, |_| Strategy::LongestIdle)?;
    let settled = resident_bytes();
    world.hire(&shape);
    let hired = resident_bytes();
    let mut naive = Naive::of(&world);
    let mut checked = Checked::default();
    let mut turns = Turns::default();

    // First of all, while nothing was given back to the allocator that others could take.
    let n_waiting = agents / 2;
    let empty = resident_bytes();
    let contacts = wait(&mut world, n_waiting, &mut turns)?;
    let full = resident_bytes();
    let contact_for_agent = pick_contacts(&mut world, &naive, &contacts, &mut checked);
    become_free(&mut world, &mut turns)?;
    for (contact, _) in contacts {
        let gone = World::call_fact(contact, CallFact::LegDown);
        world.take(&mut turns.left, gone);
    }

    world.make_ready(|n| n % 2 == 0);
    let agent_for_contact = pick_agents(&mut world, &mut naive, &mut checked);
    call_and_go(&mut world, &mut turns)?;
    let skills_changed = change_skills(&mut world, &shape);
    let floor_ns = floor(n_waiting);
    drop(world);

    let by_strategy = by_strategy(&shape, &mut checked)?;
    Ok(RoutingReport {
        agents,
        queues: shape.queues,
        asks: shape.asks,
        agent_for_contact,
        contact_for_agent,
        floor_ns,
        by_strategy,
        routing_turns_per_second: turns.routed_per_second(),
        other_turns_per_second: turns.others_per_second(),
        turns: turns.rows(),
        skills_changed,
        bytes_per_agent: hired.saturating_sub(settled) / agents.max(1),
        bytes_per_waiting_contact: full.saturating_sub(empty) / n_waiting.max(1),
        checked: checked.n,
        wrong: checked.wrong,
    })
}

/// What agents take of memory where a great many things are asked.
#[derive(Debug, serde::Serialize)]
pub struct AgentsReport {
    /// Agents, all signed in and ready.
    pub agents: u64,
    /// Different things that queues ask.
    pub asks: u64,
    /// Resident memory for each agent, with the places in the list of everything that the agent meets.
    pub bytes_per_agent: u64,
}

/// Measures agents of whom each is ready for everything that one queue in ten agents asks, no two the same.
///
/// # Errors
/// When the floor does not come about as it is meant to.
pub fn agents(agents: u64) -> Result<AgentsReport, Error> {
    let shape = Shape::of_many_asks(agents);
    let mut world = World::build(&shape, |_| Strategy::LongestIdle)?;
    let settled = resident_bytes();
    world.hire(&shape);
    world.make_ready(|_| true);
    let ready = resident_bytes();
    Ok(AgentsReport {
        agents,
        asks: shape.asks,
        bytes_per_agent: ready.saturating_sub(settled) / agents.max(1),
    })
}

/// Times of whole turns.
#[derive(Default)]
struct Turns {
    offered: Times,
    waits: Times,
    freed: Times,
    /// Somebody hung up while an agent was asked, or while nobody was.
    left: Times,
    others: Times,
}

impl Turns {
    fn routed_per_second(&self) -> u64 {
        let parts = [&self.offered, &self.waits, &self.freed];
        let n: u64 = parts.iter().map(|it| it.n()).sum();
        let took: u64 = parts.iter().map(|it| it.sum()).sum();
        n.saturating_mul(1_000_000_000) / took.max(1)
    }

    fn others_per_second(&self) -> u64 {
        let n = self.left.n() + self.others.n();
        let took = self.left.sum() + self.others.sum();
        n.saturating_mul(1_000_000_000) / took.max(1)
    }

    fn rows(&mut self) -> Vec<Row> {
        vec![
            self.offered.row("comes and is offered"),
            self.waits.row("comes and waits"),
            self.freed.row("agent gets one who waits"),
            self.left.row("hangs up unanswered"),
            self.others.row("other turns"),
        ]
    }
}

/// Chooses agents for contacts of any queue, as they would come.
fn pick_agents(world: &mut World, naive: &mut Naive, checked: &mut Checked) -> Picks {
    let (mut times, mut scans, mut found) = (Times::default(), Times::default(), 0);
    for n in 0..world.picks() {
        let queue = world.some_queue();
        let state = world.center.state();
        let decision = times.of(|| state.would_decide(world.now, queue, 0));
        let chosen = decision.and_then(|it| it.chosen).map(|it| it.agent);
        found += u64::from(chosen.is_some());
        if n % CHECKED_EVERY == 0 {
            naive.look(world);
            checked.hold(chosen == naive.longest_idle(world.ask_of(queue)));
        }
        if n < SCANS {
            naive.look(world);
            scans.of(|| naive.longest_idle(world.ask_of(queue)));
        }
        // The floor moves: whoever was chosen is busy, and somebody else becomes free.
        if let Some(agent) = chosen {
            world.offered(queue, agent);
            world.swap_free(agent);
        }
    }
    times.picks(found, &scans)
}

/// Chooses contacts for agents who became free.
fn pick_contacts(
    world: &mut World,
    naive: &Naive,
    contacts: &[(ContactId, QueueId)],
    checked: &mut Checked,
) -> Picks {
    let (mut times, mut scans, mut found) = (Times::default(), Times::default(), 0);
    let waiting = naive::line(world, contacts);
    for n in 0..world.picks() {
        let agent = world.some_agent();
        world.set_ready(agent, true);
        let state = world.center.state();
        let now = world.now;
        let got = times.of(|| state.would_get(now, agent));
        world.set_ready(agent, false);
        found += u64::from(got.is_some());
        if n % CHECKED_EVERY == 0 {
            checked.hold(got == naive.lowest_for(world, agent, &waiting));
        }
        if n < SCANS {
            scans.of(|| naive.lowest_for(world, agent, &waiting));
        }
    }
    times.picks(found, &scans)
}

/// Contacts come, are offered to somebody, who answers most of them, and are gone.
fn call_and_go(world: &mut World, turns: &mut Turns) -> Result<(), Error> {
    for n in 0..world.picks() / 2 {
        let called = world.call(turns)?;
        let answers = called.offered.filter(|_| n % LEFT_EVERY > 0);
        let gone = World::call_fact(called.contact, CallFact::LegDown);
        if let Some(offered) = answers {
            world.answer(called.contact, offered, &mut turns.others);
            world.take(&mut turns.others, gone);
        } else {
            world.take(&mut turns.left, gone);
        }
    }
    Ok(())
}

/// Contacts come and wait.
fn wait(world: &mut World, n: u64, turns: &mut Turns) -> Result<Vec<(ContactId, QueueId)>, Error> {
    let called = (0..n).map(|_| world.call(turns));
    called
        .map(|it| it.map(|it| (it.contact, it.queue)))
        .collect()
}

/// Agents become free, get one who waits, and leave it.
fn become_free(world: &mut World, turns: &mut Turns) -> Result<(), Error> {
    let mut n_offered = 0;
    for _ in 0..world.picks() / 10 {
        let agent = world.some_agent();
        let intent = IntentChoice::Ready;
        let mut took = Times::default();
        let ready = world::asked(agent, Request::SetIntent { intent });
        let events = world.take(&mut took, ready);
        let offer = events.iter().find_map(|event| {
            if let Event::Offered { offer, .. } = event {
                return Some(*offer);
            }
            None
        });
        let (reason, times) = (world::REASON, &mut turns.others);
        let intent = IntentChoice::NotReady { reason };
        let away = world::asked(agent, Request::SetIntent { intent });
        match offer {
            Some(offer) => {
                n_offered += 1;
                turns.freed.nanos.append(&mut took.nanos);
                world.take(times, away);
                world.take(times, world::asked(agent, Request::DeclineOffer { offer }));
            }
            None => {
                times.nanos.append(&mut took.nanos);
                world.take(times, away);
            }
        }
    }
    if n_offered == 0 {
        return Err("nobody who became free got anybody who waits".into());
    }
    Ok(())
}

/// Every agent gets other skills, and in between contacts are routed.
fn change_skills(world: &mut World, shape: &Shape) -> Changes {
    let (mut times, mut picks) = (Times::default(), Times::default());
    for n in 1..=shape.agents {
        let changed = world.other_skills(AgentId(n));
        times.of(|| world.center.apply(world.now, &changed));
        if n % CHANGES_PER_TURN == 0 {
            let queue = world.some_queue();
            let state = world.center.state();
            picks.of(|| state.would_decide(world.now, queue, 0));
        }
    }
    let took_ms = times.sum() / 1_000_000;
    let row = times.row("");
    Changes {
        n: row.n,
        took_ms,
        p99_ns: row.p99_ns,
        picks_p99_ns: picks.row("").p99_ns,
    }
}

/// The same floor, with the queues shared out among all strategies.
fn by_strategy(shape: &Shape, checked: &mut Checked) -> Result<Vec<Row>, Error> {
    let n = Strategy::ALL.len();
    let strategy = |ask: usize| {
        let strategy = Strategy::ALL.get(ask % n);
        strategy.copied().unwrap_or(Strategy::LongestIdle)
    };
    let mut world = World::build(shape, strategy)?;
    world.hire(shape);
    world.make_ready(|n| n % 2 == 0);
    let mut naive = Naive::of(&world);
    let mut times: Vec<Times> = Strategy::ALL.iter().map(|_| Times::default()).collect();
    for turn in 0..world.picks() {
        let queue = world.some_queue();
        let ask = world.ask_number(queue);
        let state = world.center.state();
        let Some(times) = times.get_mut(ask % n) else {
            continue;
        };
        let decision = times.of(|| state.would_decide(world.now, queue, 0));
        let chosen = decision.and_then(|it| it.chosen).map(|it| it.agent);
        if turn % CHECKED_EVERY == 0 {
            naive.look(&world);
            checked.hold(chosen == naive.by_strategy(&world, queue));
        }
        if let Some(agent) = chosen {
            world.offered(queue, agent);
            world.swap_free(agent);
        }
    }
    let rows = Strategy::ALL.iter().zip(&mut times);
    let rows = rows.map(|(strategy, times)| times.row(&format!("{strategy:?}")));
    Ok(rows.collect())
}

/// A heap of as many entries: one out, another in.
fn floor(n: u64) -> u64 {
    let mut heap: BinaryHeap<u64> = (0..n).map(|it| it.wrapping_mul(0x9E37_79B9)).collect();
    let began = Instant::now();
    let rounds = 1_000_000_u64;
    for round in 0..rounds {
        let first = heap.pop().unwrap_or(0);
        heap.push(black_box(first ^ round));
    }
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX) / rounds
}

/// Resident memory of this process; 0 where that is not told.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kb.unwrap_or(0) * 1_024
}
