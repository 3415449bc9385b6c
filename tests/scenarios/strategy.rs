//! Which of the free agents is chosen (B4.2), and what conditions and preferences make of it.

use crate::scene::{ES, Scene};
use tandem_core::condition::{Condition, Preference, Term};
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId, SkillId};
use tandem_core::input::{CallFact, Request};
use tandem_core::queue::{Chance, Chances, Queue, Strategy};
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::routing::Candidate;
use tandem_core::settings::{Document, Kind};
use tandem_core::skill::{Level, Skill};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{profile, queue, requirement};

const FR: SkillId = SkillId(2);

fn with(strategy: Strategy) -> Scene {
    Scene::with(Queue {
        strategy,
        cooldown_s: 0,
        ..queue("Support")
    })
}

/// Spanish, French and a queue, and no calls.
fn bilingual(queue: Queue) -> Scene {
    let mut scene = Scene::empty();
    for name in ["es", "fr"] {
        scene.saved(Document::Skill(Skill { name: name.into() }));
    }
    scene.saved(Document::Queue(queue));
    scene
}

fn has(skill: SkillId, min_level: u8) -> Condition {
    Condition::Has(Term {
        skill,
        min_level: Level(min_level),
        max_level: Level::MAX,
    })
}

/// A call that is offered; answers to whom.
fn offered(scene: &mut Scene) -> (ContactId, AgentId) {
    let contact = scene.call();
    let agent = scene.agent_of(contact);
    (contact, agent.expect("somebody is free"))
}

/// A call that is offered, accepted, talked for so long and over; answers with whom.
fn served(scene: &mut Scene, seconds: u32) -> AgentId {
    let (contact, agent) = offered(scene);
    let found = scene.state().agents.get(agent);
    let name = found.expect("there is one").profile.address.clone();
    scene.accept(agent, contact);
    scene.joins(contact, &name);
    scene.pass(seconds);
    scene.fact(contact, CallFact::LegDown);
    agent
}

fn chosen(scene: &Scene) -> Candidate {
    let decided = scene.journal.iter().rev().find_map(|(_, event)| {
        if let Event::Decided(decision) = event {
            return decision.chosen;
        }
        None
    });
    decided.expect("somebody was chosen")
}

// B4.2, R-17
#[test]
fn ring_goes_on_behind_whom_the_queue_chose_last_and_begins_anew() {
    let mut scene = with(Strategy::RoundRobin);
    for name in ["ann", "ben", "cem"] {
        scene.ready_agent(name, 5);
    }
    let turns: Vec<_> = (0..5).map(|_| served(&mut scene, 10).0).collect();
    assert_eq!(turns, [1, 2, 3, 1, 2]);
}

// B4.2
#[test]
fn ring_passes_over_whoever_is_busy() {
    let mut scene = with(Strategy::RoundRobin);
    for name in ["ann", "ben", "cem"] {
        scene.ready_agent(name, 5);
    }
    assert_eq!(offered(&mut scene).1, AgentId(1));
    scene.lunch(AgentId(2));
    assert_eq!(offered(&mut scene).1, AgentId(3));
    scene.ready(AgentId(2));
    assert_eq!(offered(&mut scene).1, AgentId(2));
}

// B4.2
#[test]
fn order_is_always_the_same() {
    let mut scene = with(Strategy::Ordered);
    for name in ["ann", "ben"] {
        scene.ready_agent(name, 5);
    }
    let turns: Vec<_> = (0..3).map(|_| served(&mut scene, 10).0).collect();
    assert_eq!(turns, [1, 1, 1]);
}

// B4.2
#[test]
fn fewest_conversations_since_signing_in_come_first() {
    let mut scene = with(Strategy::FewestContacts);
    let ann = scene.ready_agent("ann", 5);
    served(&mut scene, 10);
    served(&mut scene, 10);
    let ben = scene.ready_agent("ben", 5);
    let turns: Vec<_> = (0..3).map(|_| served(&mut scene, 100).0).collect();
    assert_eq!(turns, [ben.0, ben.0, ann.0]);
    // Whoever signs in again begins anew.
    scene.by(ann, Request::SignOut);
    scene.ready(ann);
    assert_eq!(served(&mut scene, 10), ann);
}

// B4.2
#[test]
fn least_talk_since_signing_in_comes_first() {
    let mut scene = with(Strategy::LeastTalk);
    scene.ready_agent("ann", 5);
    served(&mut scene, 60);
    scene.ready_agent("ben", 5);
    let turns: Vec<_> = [25, 25, 25, 25].map(|it| served(&mut scene, it).0).into();
    assert_eq!(turns, [2, 2, 2, 1]);
}

// B4.2
#[test]
fn idle_clocks_differ_in_what_sets_them_back() {
    // Ann declines an offer and goes to lunch; Ben signs in meanwhile.
    let first = |strategy| {
        let mut scene = with(strategy);
        let ann = scene.ready_agent("ann", 5);
        scene.pass(100);
        let (contact, _) = offered(&mut scene);
        let ben = scene.agent("ben", 5);
        scene.pass(1);
        scene.fact(contact, CallFact::LegDown);
        scene.pass(5);
        scene.ready(ben);
        scene.pass(5);
        scene.lunch(ann);
        scene.pass(1);
        scene.ready(ann);
        offered(&mut scene).1.0
    };
    // Her contact ended never, and she signed in first.
    assert_eq!(first(Strategy::LongestIdle), 1);
    assert_eq!(first(Strategy::LongestSinceInbound), 1);
    // Something was offered to her before Ben signed in.
    assert_eq!(first(Strategy::LongestSinceOffer), 1);
    assert_eq!(first(Strategy::LongestReady), 2);
}

// B4.2
#[test]
fn inbound_clock_runs_from_the_end_of_the_last_call_that_came_in() {
    let mut scene = with(Strategy::LongestSinceInbound);
    scene.ready_agent("ann", 5);
    scene.pass(10);
    served(&mut scene, 10);
    scene.ready_agent("ben", 5);
    scene.pass(10);
    let (_, agent) = offered(&mut scene);
    assert_eq!(agent, AgentId(1), "her call ended before he signed in");
    let order = chosen(&scene).order;
    let inbound = scene.state().agents.get(agent).unwrap().tally.inbound_at;
    assert_eq!(order, inbound.as_micros());
}

// B4.2, R-17
#[test]
fn chance_is_fair_and_the_same_again() {
    let live = || {
        let mut scene = with(Strategy::Random);
        for name in ["ann", "ben", "cem", "dan"] {
            scene.ready_agent(name, 5);
        }
        let turns: Vec<_> = (0..200).map(|_| served(&mut scene, 1).0).collect();
        turns
    };
    let turns = live();
    for agent in 1..=4 {
        let n = turns.iter().filter(|it| **it == agent).count();
        assert!((30..=70).contains(&n), "agent {agent} was chosen {n} times");
    }
    assert_eq!(turns, live());
}

//
#[test]
fn condition_filters_who_may_serve() {
    let mut scene = bilingual(Queue {
        requirements: vec![requirement(ES, 1)],
        condition: Some(Box::new(Condition::Any(vec![
            has(ES, 8),
            Condition::Not(Box::new(has(FR, 1))),
        ]))),
        ..queue("Spanish")
    });
    let serves = |scene: &mut Scene, skills: &[(SkillId, u8)]| {
        let n = scene.state().agents.len();
        let agent = scene.saved(Document::Agent(profile(&format!("agent {n}"), skills)));
        scene.state().served_by(AgentId(agent)).count() == 1
    };
    assert!(serves(&mut scene, &[(ES, 2)]));
    assert!(serves(&mut scene, &[(ES, 8), (FR, 3)]));
    assert!(!serves(&mut scene, &[(ES, 7), (FR, 3)]));
    assert!(!serves(&mut scene, &[(FR, 3)]));
}

//
#[test]
fn preferences_rank_and_the_strategy_ends_ties() {
    let mut scene = Scene::with(queue("Support"));
    scene.saved(Document::Skill(Skill { name: "fr".into() }));
    let preferring = Queue {
        preferences: vec![
            Preference {
                skill: ES,
                weight: 2,
            },
            Preference {
                skill: FR,
                weight: 3,
            },
        ],
        ..queue("Support")
    };
    scene.change(1, 1, Document::Queue(preferring));
    let mut ready = |name: &str, skills: &[(SkillId, u8)]| {
        let agent = AgentId(scene.saved(Document::Agent(profile(name, skills))));
        scene.ready(agent);
        scene.pass(1);
        agent
    };
    let nobody_likes = ready("idle for longest", &[]);
    let spanish = ready("spanish", &[(ES, 9)]);
    let french = ready("french", &[(FR, 6)]);
    assert_eq!(
        offered(&mut scene).1,
        spanish,
        "18 each, and idle for longer"
    );
    assert_eq!(chosen(&scene).rank, -18);
    assert_eq!(offered(&mut scene).1, french);
    assert_eq!(
        offered(&mut scene).1,
        nobody_likes,
        "what is liked is not asked"
    );
}

//
#[test]
fn skill_that_a_condition_names_is_in_use() {
    let mut scene = bilingual(Queue {
        condition: Some(Box::new(Condition::Not(Box::new(has(FR, 1))))),
        ..queue("No French")
    });
    let request = Request::Remove {
        kind: Kind::Skill,
        id: FR.0,
        expected: 1,
    };
    let reply = scene.ask(Actor::system(), request);
    assert!(
        matches!(reply, Reply::Refused(Refusal::InUse { .. })),
        "{reply:?}"
    );
}

// B4.2: chance with weights, R-17: the same journal gives the same again.
#[test]
fn chance_with_weights_chooses_agents_as_often_as_the_queue_says() {
    let weighed = |chances| Queue {
        chances: Chances::of(chances),
        ..Queue {
            strategy: Strategy::RandomWeighted,
            cooldown_s: 0,
            ..queue("Support")
        }
    };
    let mut scene = with(Strategy::RandomWeighted);
    let agents = ["ann", "ben", "cay"].map(|name| scene.ready_agent(name, 5));
    let [_, ben, cay] = agents;
    let chances = [(ben, 3), (cay, 6)].map(|(agent, weight)| Chance { agent, weight });
    scene.change(1, 1, Document::Queue(weighed(chances.into())));
    let mut counts = [0_u32; 3];
    for _ in 0..1_000 {
        let got = served(&mut scene, 1);
        let place = agents
            .iter()
            .position(|it| *it == got)
            .expect("one of them");
        counts[place] += 1;
        scene.skip();
    }
    let [ann, ben, cay] = counts;
    // 100, 300 and 600 are expected; four standard deviations are allowed.
    assert!(
        ann.abs_diff(100) < 38 && ben.abs_diff(300) < 58 && cay.abs_diff(600) < 62,
        "{counts:?}"
    );
    let decision = scene.last_decision();
    assert_eq!(decision.considered, 3);
    assert_eq!(decision.next.len(), 2, "the others of the row follow");
}

// B4.2
#[test]
fn weights_of_chance_are_for_agents_who_are_there_each_once() {
    let mut scene = with(Strategy::RandomWeighted);
    let ann = scene.ready_agent("ann", 5);
    let mut refused = |chances: &[(AgentId, u32)]| {
        let chances = chances.iter();
        let chances = chances.map(|(agent, weight)| Chance {
            agent: *agent,
            weight: *weight,
        });
        let changed = Queue {
            chances: Chances::of(chances.collect()),
            ..queue("Support")
        };
        let reply = scene.change(1, 1, Document::Queue(changed));
        let Reply::Refused(Refusal::Invalid { field, .. }) = reply else {
            panic!("{reply:?}")
        };
        field
    };
    assert_eq!(refused(&[(ann, 0)]), "chances[0].weight");
    assert_eq!(refused(&[(ann, 101)]), "chances[0].weight");
    assert_eq!(refused(&[(ann, 1), (ann, 2)]), "chances[1].agent_id");
    assert_eq!(refused(&[(AgentId(9), 1)]), "chances[0].agent_id");
}
