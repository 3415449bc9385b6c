//! Long days on which nothing goes as it was learned: the limit on customers who answer and meet nobody holds.

use super::{TALK_S, busy};
use crate::callbacks::{held_by, wish};
use crate::scene::Scene;
use std::collections::BTreeSet;
use tandem_core::callback::Early;
use tandem_core::contact::State as Stands;
use tandem_core::effect::Effect;
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId};
use tandem_core::input::{CallFact, KeepFor, NotJoined, Request};

/// Chance: the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn percent(&mut self, n: u64) -> bool {
        self.below(100) < n
    }
}

/// A floor on which nothing goes as it was learned: talks become six times as long, agents go to lunch, phones are busy or
/// ring for long, and who answered has little patience.
struct Rush {
    chance: Chance,
    agents: Vec<(AgentId, String)>,
    customer: u64,
    talk_s: u32,
}

impl Rush {
    const SECONDS: u64 = 1_500;

    fn lived(seed: u64) -> Scene {
        let (mut scene, ann) = busy();
        let mut agents = vec![(ann, "ann".to_owned())];
        for name in ["bob", "cem", "dora", "eve", "finn"] {
            agents.push((scene.ready_agent(name, 0), name.to_owned()));
        }
        let (chance, talk_s) = (Chance(seed), TALK_S);
        let mut rush = Self {
            chance,
            agents,
            customer: 1_000,
            talk_s,
        };
        for second in 0..Self::SECONDS {
            rush.talk_s = if second % 500 < 300 {
                TALK_S
            } else {
                6 * TALK_S
            };
            rush.second(&mut scene);
            is_within_credit(&scene);
        }
        scene
    }

    fn second(&mut self, scene: &mut Scene) {
        if self.chance.percent(30) && scene.state().callbacks.len() < 40 {
            self.customer += 1;
            scene.book(wish(self.customer, None, KeepFor::Nobody));
        }
        if self.chance.percent(15) {
            self.customer += 1;
            scene.customer_calls(self.customer);
        }
        let contacts = scene.state().contacts.iter();
        let contacts: Vec<ContactId> = contacts.map(|(id, _)| id).collect();
        for contact in contacts {
            self.customer(scene, contact);
        }
        for (agent, name) in self.agents.clone() {
            self.agent(scene, agent, &name);
        }
        scene.pass(1);
    }

    fn customer(&mut self, scene: &mut Scene, contact: ContactId) {
        let early = scene.state().contacts.get(contact).and_then(|it| it.early);
        match early {
            Some(Early::Ringing { .. }) if self.chance.percent(3) => {
                let why = NotJoined::Busy;
                scene.fact(contact, CallFact::NotAnswered { why });
            }
            Some(Early::Ringing { .. }) if self.chance.percent(15) => {
                scene.placed(contact);
                scene.answers(contact);
            }
            Some(Early::Waiting { .. }) if self.chance.percent(2) => scene.hangs_up(contact),
            Some(Early::Parting) => scene.hangs_up(contact),
            Some(_) | None => {}
        }
    }

    fn agent(&mut self, scene: &mut Scene, agent: AgentId, name: &str) {
        let Some(contact) = held_by(scene, agent) else {
            if self.chance.percent(2) {
                scene.lunch(agent);
            } else if self.chance.percent(20) {
                scene.ready(agent);
            }
            return;
        };
        let live = scene.state().contacts.get(contact).cloned();
        let live = live.expect("it is held");
        match live.state {
            Stands::Offering(..) if live.is_attempt() => {
                scene.accept(agent, contact);
                scene.comes_into(contact, name);
                scene.picks_up(contact, live.customer.0);
            }
            Stands::Offering(..) => {
                scene.accept(agent, contact);
                scene.joins(contact, name);
            }
            Stands::Connected(_, it, _) if it.since.plus_seconds(self.talk_s) <= scene.now => {
                scene.by(agent, Request::HangUp { contact });
            }
            Stands::Created
            | Stands::InFlow
            | Stands::Queued(_)
            | Stands::Dialing(..)
            | Stands::Connected(..)
            | Stands::Outside(_)
            | Stands::WrapUp(..) => {}
        }
    }
}

/// How many customers of callbacks answered, and how many of them met nobody.
fn answered(scene: &Scene) -> (usize, usize) {
    let n = |is_it: &dyn Fn(&Event) -> bool| {
        let facts = scene.journal.iter().map(|(_, event)| event);
        facts.filter(|event| is_it(event)).count()
    };
    let answered = n(&|it| matches!(it, Event::CustomerReached { .. } | Event::EarlyAnswered(_)));
    let alone = n(&|it| matches!(it, Event::EarlyFailed(it) if it.why.met_nobody()));
    (answered, alone)
}

fn is_within_credit(scene: &Scene) {
    let (answered, alone) = answered(scene);
    assert!(
        alone <= 1 + answered * 3 / 100,
        "{alone} of {answered} met nobody"
    );
}

// whatever becomes of the estimates, the limit holds at every second: one call for each attempt.
#[test]
fn no_more_customers_meet_nobody_than_may_although_nothing_goes_as_it_was_learned() {
    let (mut n_early, mut n_alone) = (0, 0);
    for seed in 1..=6 {
        let scene = Rush::lived(seed);
        n_early += scene.n_early_calls();
        n_alone += answered(&scene).1;
        let orders = scene.journal.iter().filter_map(|(_, it)| it.as_order());
        let mut called = BTreeSet::new();
        for order in orders {
            if let Effect::CallCustomer { contact, .. } | Effect::AddNumber { contact, .. } =
                order.effect
            {
                assert!(
                    called.insert(contact),
                    "the customer of {contact} is called twice"
                );
            }
        }
        scene.rebuilds();
    }
    assert!(n_early > 50, "{n_early} early calls");
    assert!(
        n_alone > 2,
        "{n_alone} met nobody: the limit was not put to the test"
    );
}
