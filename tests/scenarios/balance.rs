//! Balance groups (R-15, decision 0039): what an agent who becomes free gets among queues that share agents.

mod settings;

use crate::scene::{ES, Scene};
use std::collections::BTreeMap;
use tandem_core::balance::{
    BalanceGroup, Balanced, BalancedBy, Borrowing, Member, Objective, Shift,
};
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId, FlowId, QueueId};
use tandem_core::input::{Arrival, Input, Request};
use tandem_core::queue::{Queue, ServiceLevel, Strategy};
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan;

const SALES: QueueId = QueueId(1);
const SERVICE: QueueId = QueueId(2);

fn patient(name: &str, threshold_s: u32) -> Queue {
    Queue {
        max_wait_s: 14_400,
        max_waiting: 1_000,
        service_level: ServiceLevel {
            threshold_s,
            target_percent: 80,
        },
        ..floor_plan::queue(name)
    }
}

fn group(objective: Objective, weights: [u32; 2]) -> BalanceGroup {
    let members = [SALES, SERVICE].into_iter().zip(weights);
    BalanceGroup {
        name: "Front".to_owned(),
        objective,
        members: members
            .map(|(queue, weight)| Member { queue, weight })
            .collect(),
        bound_s: 3_600,
        borrowing: None,
    }
}

/// Two queues that everybody serves, each with a number of its own.
struct Shop {
    scene: Scene,
    agents: Vec<(AgentId, String)>,
    /// Until when each talks, to whom.
    talks: BTreeMap<AgentId, (Timestamp, ContactId)>,
    n_served: BTreeMap<QueueId, u32>,
    waits_s: Vec<i64>,
}

impl Shop {
    /// Sales promises an answer in 20 s, service in 60 s.
    fn with(group: BalanceGroup) -> Self {
        let mut scene = Scene::with(patient("Sales", 20));
        scene.saved(Document::Queue(patient("Service", 60)));
        scene.saved(Document::Flow(floor_plan::straight_to(SERVICE)));
        let endpoint = floor_plan::endpoint("Service", "service", FlowId(2));
        scene.saved(Document::Endpoint(endpoint));
        scene.saved(Document::BalanceGroup(group));
        Self {
            scene,
            agents: Vec::new(),
            talks: BTreeMap::new(),
            n_served: BTreeMap::new(),
            waits_s: Vec::new(),
        }
    }

    fn hire(&mut self, n: usize) {
        for _ in 0..n {
            let name = format!("agent-{}", self.agents.len());
            let id = self.scene.ready_agent(&name, 5);
            self.agents.push((id, name));
        }
    }

    fn call(&mut self, queue: QueueId) -> ContactId {
        let address = if queue == SALES { "main" } else { "service" };
        let arrival = Arrival {
            address: address.to_owned(),
            ..self.scene.arrival()
        };
        let Reply::Arrived(contact) = self.scene.give(Input::Arrived(arrival)) else {
            panic!("the call was not taken");
        };
        self.scene.comes_up(contact);
        contact
    }

    fn flood(&mut self, queue: QueueId, n: usize) {
        for _ in 0..n {
            self.call(queue);
        }
    }

    /// Everybody takes what is offered at once, and talks as long as the queue's customers do.
    fn answer(&mut self, talk_s: impl Fn(QueueId) -> u32) {
        for (agent, name) in self.agents.clone() {
            let slots = self
                .scene
                .state()
                .agents
                .get(agent)
                .map(|it| it.slots.clone());
            let slot = slots.unwrap_or_default().into_iter().next();
            let Some(slot) = slot.filter(|_| !self.talks.contains_key(&agent)) else {
                continue;
            };
            let stay = self.scene.state().contacts.get(slot.contact);
            let stay = *stay.and_then(|it| it.stay()).expect("it waited");
            self.waits_s
                .push(self.scene.now.micros_since(stay.since) / 1_000_000);
            assert_eq!(self.scene.accept(agent, slot.contact), Reply::Done);
            self.scene.joins(slot.contact, &name);
            *self.n_served.entry(stay.queue).or_default() += 1;
            let until = self.scene.now.plus_seconds(talk_s(stay.queue));
            self.talks.insert(agent, (until, slot.contact));
        }
    }

    /// Works for so long.
    fn work(&mut self, seconds: u32, talk_s: impl Fn(QueueId) -> u32) {
        let end = self.scene.now.plus_seconds(seconds);
        self.answer(&talk_s);
        while self.scene.now < end {
            self.scene.pass(1);
            let over = self.talks.iter();
            let over: Vec<_> = over
                .filter(|(_, (until, _))| *until <= self.scene.now)
                .map(|(agent, (_, contact))| (*agent, *contact))
                .collect();
            for (agent, contact) in over {
                self.talks.remove(&agent);
                self.scene.by(agent, Request::HangUp { contact });
                self.answer(&talk_s);
            }
        }
        self.scene.skip();
    }

    /// How many agents a queue has.
    fn n_with(&self, queue: QueueId) -> usize {
        self.scene.state().balances.n_engaged(queue)
    }

    fn share_percent(&self, queue: QueueId) -> i64 {
        let spent = |queue| {
            self.scene
                .state()
                .balances
                .spent_on(self.scene.now, queue)
                .us
        };
        spent(queue) * 100 / (spent(SALES) + spent(SERVICE)).max(1)
    }

    /// An agent comes and gets the first contact.
    fn first(&mut self) -> (ContactId, Balanced) {
        self.hire(1);
        let decision = self.scene.last_decision();
        assert!(decision.chosen.is_some(), "{decision:?}");
        let balanced = decision.balanced.expect("the group decided");
        (decision.contact, *balanced)
    }
}

// B-004, R-15: two queues share agents; flooding one moves the shared agents by the configured weights; the report
// shows the balance.
#[test]
fn flooding_a_queue_moves_the_shared_agents_by_the_weights_and_the_figures_show_it() {
    let mut shop = Shop::with(group(Objective::FifoFair, [3, 1]));
    shop.hire(8);
    shop.flood(SERVICE, 100);
    shop.work(60, |_| 60);
    assert_eq!((shop.n_with(SALES), shop.n_with(SERVICE)), (0, 8));
    assert_eq!(shop.share_percent(SERVICE), 100);
    shop.flood(SALES, 500);
    shop.flood(SERVICE, 200);
    shop.work(300, |_| 60);
    assert_eq!((shop.n_with(SALES), shop.n_with(SERVICE)), (6, 2));
    shop.n_served.clear();
    shop.work(1_800, |_| 60);
    assert_eq!((shop.n_with(SALES), shop.n_with(SERVICE)), (6, 2));
    let (sales, service) = (shop.n_served[&SALES], shop.n_served[&SERVICE]);
    assert!(
        sales + service == 240 && sales.abs_diff(180) <= 2,
        "{sales} and {service}"
    );
    // Nobody waits beyond the bound yet. In the first minutes service had more, and the hour has them too.
    shop.work(1_300, |_| 60);
    let percent = shop.share_percent(SALES);
    assert!((72..=75).contains(&percent), "{percent} %");
}

// a share is one of time, not of conversations.
#[test]
fn queue_whose_calls_last_longer_gets_fewer_of_them() {
    let mut shop = Shop::with(group(Objective::FifoFair, [1, 1]));
    shop.hire(6);
    // The first calls show how long calls of each queue last.
    shop.flood(SALES, 400);
    shop.flood(SERVICE, 400);
    let talk_s = |queue| if queue == SALES { 300 } else { 100 };
    shop.work(900, talk_s);
    shop.n_served.clear();
    shop.work(2_600, talk_s);
    assert!((47..=53).contains(&shop.share_percent(SALES)));
    let (sales, service) = (shop.n_served[&SALES], shop.n_served[&SERVICE]);
    let thrice = sales * 5 / 2..=sales * 7 / 2;
    assert!(thrice.contains(&service), "{sales} and {service}");
}

// what a queue did not use while nobody waited is not made up for at the cost of the others.
#[test]
fn queue_that_was_empty_for_long_gets_its_share_and_no_more() {
    let mut shop = Shop::with(group(Objective::FifoFair, [1, 1]));
    shop.hire(4);
    shop.flood(SALES, 400);
    shop.work(1_800, |_| 60);
    shop.flood(SERVICE, 100);
    shop.n_served.clear();
    shop.work(600, |_| 60);
    let (sales, service) = (shop.n_served[&SALES], shop.n_served[&SERVICE]);
    assert!(sales.abs_diff(service) <= 4, "{sales} and {service}");
}

// the explanation names objective and slack, and what the other queues had.
#[test]
fn who_can_still_be_answered_in_time_comes_before_who_cannot() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let late = shop.call(SALES);
    shop.scene.pass(5);
    let savable = shop.call(SERVICE);
    shop.scene.pass(25);
    let (contact, balanced) = shop.first();
    assert_eq!(contact, savable);
    assert_eq!(balanced.objective, Objective::MaxSl);
    assert_eq!(balanced.by, BalancedBy::Objective);
    assert_eq!(balanced.slack_s, 35);
    assert_eq!(balanced.rivals, [], "nobody else can be answered in time");
    let (contact, balanced) = shop.first();
    assert_eq!(contact, late);
    assert_eq!(balanced.slack_s, -10);
}

// who pulled it may not be who gets it; what the other queues had is told of the one who does.
#[test]
fn explanation_is_about_the_agent_who_gets_the_contact() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let sales = Queue {
        cooldown_s: 0,
        strategy: Strategy::RoundRobin,
        ..patient("Sales", 20)
    };
    let service = Queue {
        requirements: vec![floor_plan::requirement(ES, 1)],
        ..patient("Service", 60)
    };
    shop.scene.change(SALES.0, 1, Document::Queue(sales));
    shop.scene.change(SERVICE.0, 1, Document::Queue(service));
    let ann = shop.scene.ready_agent("ann", 5);
    let offered = shop.call(SALES);
    shop.scene.offer_of(offered);
    let bob = shop.scene.ready_agent("bob", 0);
    let other = shop.call(SERVICE);
    shop.scene.pass(10);
    shop.scene.skip();
    shop.scene.decline(ann, offered);
    let balanced = |contact| {
        let journal = shop.scene.journal.iter().rev();
        let mut decisions = journal.filter_map(|(_, event)| match event {
            Event::Decided(it) if it.contact == contact => Some(it.clone()),
            _ => None,
        });
        let decision = decisions.next().expect("it was decided");
        let balanced = decision.balanced.expect("the group decided");
        (decision.chosen.map(|it| it.agent), *balanced)
    };
    let (agent, told) = balanced(offered);
    assert_eq!((agent, told.rivals), (Some(bob), Vec::new()));
    let (agent, _) = balanced(other);
    assert_eq!(agent, Some(ann));
}

// with `max_sl` those past the threshold do not hold up those behind them in their own queue.
#[test]
fn who_is_late_lets_the_savable_of_the_own_queue_pass() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let late = shop.call(SALES);
    shop.scene.pass(30);
    let fresh = shop.call(SALES);
    let other = shop.call(SERVICE);
    let (contact, balanced) = shop.first();
    assert_eq!(contact, fresh);
    assert_eq!(balanced.rivals[0].contact, other);
    assert_eq!(balanced.rivals[0].slack_s, 60);
    assert_eq!(shop.first().0, other);
    assert_eq!(shop.first().0, late);
}

//
#[test]
fn longest_wait_and_lateness_count_by_the_weight_of_the_queue() {
    let mut shop = Shop::with(group(Objective::MinMaxWait, [1, 2]));
    let longer = shop.call(SALES);
    shop.scene.pass(30);
    let heavier = shop.call(SERVICE);
    shop.scene.pass(40);
    // 70 s by 1, and 40 s by 2.
    assert_eq!(shop.first().0, heavier);
    assert_eq!(shop.first().0, longer);

    let mut shop = Shop::with(group(Objective::WeightedLateness, [1, 3]));
    let first = shop.call(SALES);
    let second = shop.call(SERVICE);
    shop.scene.pass(70);
    // 50 s late by 1, and 10 s by 3.
    let (contact, balanced) = shop.first();
    assert_eq!(contact, first);
    assert_eq!(
        (balanced.score, balanced.rivals[0].score),
        (-50_000_000, -30_000_000)
    );
    assert_eq!(shop.first().0, second);
}

// no contact starves: beyond the bound it is passed by nobody who came later.
#[test]
fn who_waits_beyond_the_bound_is_first_whatever_the_objective_says() {
    let bounded = BalanceGroup {
        bound_s: 120,
        ..group(Objective::MaxSl, [1, 100])
    };
    let mut shop = Shop::with(bounded);
    let late = shop.call(SALES);
    shop.scene.pass(119);
    let fresh = shop.call(SERVICE);
    assert_eq!(shop.first().0, fresh);
    shop.call(SERVICE);
    shop.scene.pass(1);
    let (contact, balanced) = shop.first();
    assert_eq!(contact, late);
    assert_eq!(balanced.by, BalancedBy::Bound);
    assert_eq!(balanced.slack_s, -100);
}

// the bound holds while there is more capacity than load, under an objective that would let the late wait for ever.
#[test]
fn nobody_waits_beyond_the_bound_and_those_before_while_capacity_exceeds_load() {
    const BOUND_S: i64 = 120;
    const TALK_S: i64 = 50;
    let bounded = BalanceGroup {
        bound_s: 120,
        ..group(Objective::MaxSl, [1, 100])
    };
    let mut shop = Shop::with(bounded);
    shop.hire(5);
    // A burst, and then 0.09 calls a second, of which 0.1 can be served.
    shop.flood(SALES, 30);
    for n in 0..400_u32 {
        shop.call(SERVICE);
        if n.is_multiple_of(5) {
            shop.call(SALES);
        }
        shop.work(if n.is_multiple_of(5) { 17 } else { 12 }, |_| 50);
    }
    // Beyond the bound only those are served before who came before: the burst, by five agents.
    let most = BOUND_S + 31 * TALK_S / 5 + TALK_S;
    let longest = shop.waits_s.iter().max().copied();
    assert!(
        longest > Some(BOUND_S),
        "{longest:?}: the bound was never tried"
    );
    assert!(longest <= Some(most), "{longest:?} s, and {most} s at most");
}

// a group orders within a priority band alone.
#[test]
fn lower_priority_waits_for_the_higher_whatever_the_group_wants() {
    let mut shop = Shop::with(group(Objective::MinMaxWait, [100, 1]));
    let urgent = Queue {
        priority: 1,
        ..patient("Service", 60)
    };
    shop.scene.change(2, 1, Document::Queue(urgent));
    let older = shop.call(SALES);
    shop.scene.pass(30);
    let urgent = shop.call(SERVICE);
    assert_eq!(shop.first().0, urgent);
    assert_eq!(shop.first().0, older);
}

// a group has the place of its oldest contact, and those of no group keep theirs.
#[test]
fn queue_of_no_group_is_served_by_age_beside_a_group() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let scene = &mut shop.scene;
    scene.saved(Document::Queue(patient("Press", 20)));
    scene.saved(Document::Flow(floor_plan::straight_to(QueueId(3))));
    let endpoint = floor_plan::endpoint("Press", "press", FlowId(3));
    scene.saved(Document::Endpoint(endpoint));
    let late = shop.call(SALES);
    shop.scene.pass(20);
    let arrival = Arrival {
        address: "press".to_owned(),
        ..shop.scene.arrival()
    };
    let Reply::Arrived(press) = shop.scene.give(Input::Arrived(arrival)) else {
        panic!("the call was not taken");
    };
    shop.scene.comes_up(press);
    shop.scene.pass(20);
    let savable = shop.call(SERVICE);
    // The group's oldest came before the press: it lends its place to who can still be answered in time.
    assert_eq!(shop.first().0, savable);
    assert_eq!(shop.first().0, late);
    shop.hire(1);
    let decision = shop.scene.last_decision();
    assert_eq!((decision.contact, decision.balanced), (press, None));
}

fn shifts(scene: &Scene) -> Vec<(QueueId, Shift, u32, u32)> {
    let events = scene.journal.iter();
    let shifts = events.filter_map(|(_, event)| {
        if let Event::BalanceShifted(it) = event {
            return Some((it.queue, it.to, it.in_time, it.judged));
        }
        None
    });
    shifts.collect()
}

// borrow and return with hysteresis and a least time in between.
#[test]
fn queue_that_misses_its_promise_borrows_agents_and_gives_them_back_when_it_has_recovered() {
    let borrowing = BalanceGroup {
        borrowing: Some(Borrowing {
            below_percent: 50,
            above_percent: 70,
            factor: 3,
            dwell_s: 300,
        }),
        ..group(Objective::FifoFair, [1, 1])
    };
    let mut shop = Shop::with(borrowing);
    // Service promises so little that it keeps its promise.
    let easy = Document::Queue(patient("Service", 14_000));
    shop.scene.change(2, 1, easy);
    shop.hire(4);
    shop.flood(SERVICE, 400);
    shop.flood(SALES, 60);
    shop.work(900, |_| 60);
    // Of the first five of sales nobody was answered in time: the queue counts for three from then on.
    assert_eq!(shifts(&shop.scene), [(SALES, Shift::Borrows, 0, 5)]);
    assert_eq!((shop.n_with(SALES), shop.n_with(SERVICE)), (3, 1));
    // It has as many agents as it needs now, and keeps its promise again.
    shop.work(900, |_| 60);
    for _ in 0..60 {
        shop.call(SALES);
        shop.work(20, |_| 20);
    }
    let shifts = shifts(&shop.scene);
    let (queue, to, in_time, judged) = shifts[1];
    assert_eq!((shifts.len(), queue, to), (2, SALES, Shift::Returns));
    assert!(in_time * 100 > 70 * judged, "{in_time} of {judged}");
    let learned = shop.scene.state().balances.of(SALES);
    assert_eq!(learned.and_then(|it| it.borrows_since), None);
}
