//! Plans of those who wait, and changed places in the line.

mod candidates;

use crate::scene::{ES, SUPPORT, Scene};
use tandem_core::condition::{Condition, Term};
use tandem_core::contact::Adjustment;
use tandem_core::event::Event;
use tandem_core::ids::{AccountId, AgentId, ContactId, QueueId};
use tandem_core::input::Request;
use tandem_core::plan::PlanStep;
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::routing::WaitKey;
use tandem_core::scope::Scope;
use tandem_core::settings::Document;
use tandem_core::skill::Level;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{queue, requirement};

fn has(min_level: u8) -> Condition {
    Condition::Has(Term {
        skill: ES,
        min_level: Level(min_level),
        max_level: Level::MAX,
    })
}

const fn step(after_s: u32) -> PlanStep {
    PlanStep {
        after_s,
        condition: None,
        teams: None,
        preferences: None,
        strategy: None,
        priority: None,
        boost_s: None,
        prompt: None,
    }
}

/// Level 8 for half a minute, then 5, and from a minute and a half on anybody.
fn rings() -> Queue {
    Queue {
        requirements: vec![requirement(ES, 8)],
        plan: vec![
            PlanStep {
                condition: Some(has(5)),
                ..step(30)
            },
            PlanStep {
                condition: Some(Condition::everybody()),
                priority: Some(2),
                boost_s: Some(60),
                ..step(90)
            },
        ],
        ..queue("Spanish")
    }
}

fn agent_of(scene: &Scene, contact: ContactId) -> Option<AgentId> {
    scene.state().contacts.get(contact)?.agent()
}

fn refused(queue: Queue) -> String {
    let mut scene = Scene::with(tandem_simulation::floor_plan::queue("Support"));
    let reply = scene.change(1, 1, Document::Queue(queue));
    if let Reply::Refused(refusal) = reply {
        return refusal.to_string();
    }
    format!("{reply:?}")
}

fn adjust(scene: &mut Scene, contact: ContactId, band: Option<u8>, age_s: i32) -> Reply {
    let actor = Actor {
        account: AccountId(8),
        roles: vec![Role::Supervisor],
        agent: None,
        scope: Scope::Everything,
    };
    let to = Adjustment { band, age_s };
    let request = Request::AdjustPriority { contact, to };
    scene.ask(actor, request)
}

//
#[test]
fn ring_widens_at_its_second_and_not_before() {
    let mut scene = Scene::with(rings());
    let best = scene.ready_agent("best", 9);
    scene.ready_agent("fair", 6);
    scene.lunch(best);
    let contact = scene.call();
    scene.skip();
    scene.pass(29);
    assert_eq!(agent_of(&scene, contact), None);
    scene.pass(1);
    scene.check(
        "1 step 1 of 1 band 5 +0 s Waited
         1 offered to fair +20",
    );
    let decision = scene.last_decision();
    assert_eq!(decision.plan_step, 1);
}

//
#[test]
fn step_is_entered_to_the_microsecond_and_once() {
    let mut scene = Scene::with(rings());
    let best = scene.ready_agent("best", 9);
    scene.lunch(best);
    let began = scene.now;
    scene.call();
    scene.pass(500);
    let entered: Vec<_> = scene
        .journal
        .iter()
        .filter_map(|(at, event)| {
            if let Event::PlanStepEntered(it) = event {
                return Some((at.micros_since(began), it.step));
            }
            None
        })
        .collect();
    assert_eq!(entered, [(0, 0), (30_000_000, 1), (90_000_000, 2)]);
}

// a clock that jumps loses no step and enters none twice.
#[test]
fn clock_that_jumps_enters_the_step_that_is_due() {
    let mut scene = Scene::with(rings());
    let best = scene.ready_agent("best", 9);
    scene.lunch(best);
    scene.call();
    scene.skip();
    scene.now = scene.now.plus_seconds(300);
    for _ in 0..3 {
        scene.give(tandem_core::input::Input::TimeReached);
    }
    assert!(
        scene.told().contains("1 step 2 of 1 band 2 +60 s Waited"),
        "{}",
        scene.told()
    );
    assert_eq!(scene.told().matches("step").count(), 1);
}

//
#[test]
fn step_that_nobody_here_could_serve_is_skipped() {
    let mut scene = Scene::with(rings());
    let fair = scene.ready_agent("fair", 6);
    scene.agent("absent", 9);
    let contact = scene.call();
    assert!(
        scene
            .told()
            .contains("1 step 1 of 1 band 5 +0 s NobodySignedIn"),
        "{}",
        scene.told()
    );
    assert_eq!(agent_of(&scene, contact), Some(fair));
}

//
#[test]
fn step_in_which_nobody_is_here_at_all_is_entered_in_its_time() {
    let mut scene = Scene::with(rings());
    let contact = scene.call();
    let stay = *scene.state().contacts.get(contact).unwrap().stay().unwrap();
    assert_eq!(
        (stay.step, stay.next_step_at),
        (0, Some(scene.now.plus_seconds(30)))
    );
}

//
#[test]
fn step_goes_on_while_an_agent_is_being_offered_the_contact() {
    let mut scene = Scene::with(Queue {
        offer_timeout_s: 60,
        ..rings()
    });
    let best = scene.ready_agent("best", 9);
    let fair = scene.ready_agent("fair", 6);
    let contact = scene.call();
    assert_eq!(agent_of(&scene, contact), Some(best));
    scene.pass(40);
    let stay = *scene.state().contacts.get(contact).unwrap().stay().unwrap();
    assert_eq!(stay.step, 1);
    scene.decline(best, contact);
    assert_eq!(agent_of(&scene, contact), Some(fair));
}

//
#[test]
fn changed_plan_reaches_who_waits_with_the_time_that_they_waited() {
    let mut scene = Scene::with(rings());
    let best = scene.ready_agent("best", 9);
    let novice = scene.ready_agent("novice", 1);
    scene.lunch(best);
    let contact = scene.call();
    scene.pass(20);
    assert_eq!(agent_of(&scene, contact), None);
    scene.skip();
    let sooner = Queue {
        plan: vec![PlanStep {
            condition: Some(has(1)),
            ..step(15)
        }],
        ..rings()
    };
    scene.change(SUPPORT.0, 1, Document::Queue(sooner));
    scene.check(
        "1 step 1 of 1 band 5 +0 s PlanChanged
         1 offered to novice +20",
    );
    assert_eq!(agent_of(&scene, contact), Some(novice));
}

//
#[test]
fn plan_that_is_taken_away_leaves_what_the_queue_itself_asks() {
    let mut scene = Scene::with(rings());
    let best = scene.ready_agent("best", 9);
    scene.ready_agent("fair", 6);
    scene.lunch(best);
    let contact = scene.call();
    scene.pass(10);
    let without = Queue {
        plan: Vec::new(),
        ..rings()
    };
    scene.change(SUPPORT.0, 1, Document::Queue(without));
    scene.pass(100);
    assert_eq!(agent_of(&scene, contact), None);
}

//
#[test]
fn boost_of_a_step_counts_as_age_against_another_queue() {
    let aged = |boost_s: u32| {
        let mut scene = Scene::with(Queue {
            plan: vec![PlanStep {
                boost_s: Some(boost_s),
                ..step(10)
            }],
            priority: 5,
            ..queue("Support")
        });
        scene.saved(Document::Queue(queue("Other")));
        let flow = scene.saved(Document::Flow(tandem_core::flow::Flow {
            name: "Other".into(),
            ..tandem_simulation::floor_plan::straight_to(QueueId(2))
        }));
        let flow = tandem_core::ids::FlowId(flow);
        let other = tandem_simulation::floor_plan::endpoint("Other", "other", flow);
        scene.saved(Document::Endpoint(other));
        let mut arrival = scene.arrival();
        arrival.address = "other".into();
        scene.give(tandem_core::input::Input::Arrived(arrival));
        scene.comes_up(ContactId(1));
        scene.pass(30);
        let boosted = scene.call();
        scene.pass(15);
        let ann = scene.agent("ann", 5);
        scene.ready(ann);
        agent_of(&scene, boosted).is_some()
    };
    assert!(!aged(29), "the other one is older by 30 s");
    assert!(aged(31));
}

//
#[test]
fn changed_place_is_by_band_then_by_age_and_nothing_changes_by_time() {
    let mut scene = Scene::with(queue("Support"));
    let first = scene.call();
    scene.pass(10);
    let second = scene.call();
    scene.pass(10);
    let third = scene.call();
    let line = |scene: &Scene| -> Vec<_> { scene.state().waiting_in(SUPPORT).collect() };
    assert_eq!(line(&scene), [first, second, third]);
    assert_eq!(adjust(&mut scene, third, None, 15), Reply::Done);
    assert_eq!(line(&scene), [first, third, second]);
    assert_eq!(adjust(&mut scene, second, Some(0), 0), Reply::Done);
    assert_eq!(line(&scene), [second, first, third]);
    assert_eq!(adjust(&mut scene, first, None, -100), Reply::Done);
    assert_eq!(line(&scene), [second, third, first]);
    scene.pass(200);
    assert_eq!(line(&scene), [second, third, first]);
    assert_eq!(adjust(&mut scene, second, None, 0), Reply::Done);
    assert_eq!(line(&scene), [third, second, first]);
    let ann = scene.agent("ann", 5);
    scene.ready(ann);
    let key = scene.last_decision().key;
    let began = scene.state().contacts.get(third).unwrap().arrived_at;
    let expected = WaitKey {
        band: 5,
        since: Timestamp::from_micros(began.as_micros() - 15_000_000),
        seq: 3,
    };
    assert_eq!(key, expected, "the decision names the key");
    assert_eq!(agent_of(&scene, third), Some(ann));
}

//
#[test]
fn waits_are_counted_as_they_are_whatever_was_added() {
    let mut scene = Scene::with(queue("Support"));
    let began = scene.now;
    let first = scene.call();
    scene.pass(10);
    scene.call();
    adjust(&mut scene, first, None, 3_000);
    assert_eq!(scene.state().oldest_in(SUPPORT), Some(began));
}

//
#[test]
fn place_is_changed_of_who_waits_alone_and_by_who_may() {
    let mut scene = Scene::with(queue("Support"));
    let contact = scene.call();
    let reply = adjust(&mut scene, ContactId(77), None, 1);
    assert!(matches!(reply, Reply::Refused(Refusal::NotFound { .. })));
    let reply = adjust(&mut scene, contact, Some(10), 0);
    assert!(matches!(reply, Reply::Refused(Refusal::Invalid { .. })));
    let reply = adjust(&mut scene, contact, None, i32::MIN);
    assert!(matches!(reply, Reply::Refused(Refusal::Invalid { .. })));
    let ann = scene.ready_agent("ann", 5);
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    assert_eq!(
        adjust(&mut scene, contact, None, 1),
        Reply::Refused(Refusal::NotWaiting)
    );
    let to = Adjustment::default();
    let request = Request::AdjustPriority { contact, to };
    let reply = scene.by(ann, request);
    assert!(matches!(reply, Reply::Refused(Refusal::Forbidden { .. })));
}

//
#[test]
fn plan_that_starves_or_does_nothing_is_refused_with_place_and_reason() {
    let planned = |plan: Vec<PlanStep>| refused(Queue { plan, ..rings() });
    let narrower = PlanStep {
        condition: Some(has(10)),
        ..step(30)
    };
    let told = planned(vec![narrower.clone()]);
    assert!(
        told.starts_with("plan[0].condition: starves who waits"),
        "{told}"
    );
    let wider_again = PlanStep {
        condition: Some(has(7)),
        ..step(60)
    };
    assert!(planned(vec![narrower, wider_again]).starts_with("Saved"));
    let behind = PlanStep {
        priority: Some(6),
        ..step(30)
    };
    assert_eq!(
        planned(vec![behind]),
        "plan[0].priority: puts who waits behind newcomers; write at most 5"
    );
    assert_eq!(
        planned(vec![step(30)]),
        "plan[0]: changes nothing; say what it changes, or leave it out"
    );
    let late = PlanStep {
        boost_s: Some(5),
        ..step(600)
    };
    assert!(planned(vec![late]).starts_with("plan[0].after_s: is never entered"));
    let boost = |after_s, boost_s| PlanStep {
        boost_s: Some(boost_s),
        ..step(after_s)
    };
    assert!(planned(vec![boost(30, 60), boost(30, 90)]).starts_with("plan[1].after_s"));
    assert!(planned(vec![boost(30, 60), boost(60, 30)]).starts_with("plan[1].boost_s"));
    assert!(planned(vec![boost(30, 86_401)]).starts_with("plan[0].boost_s"));
    let never = PlanStep {
        condition: Some(Condition::All(vec![
            has(5),
            Condition::Not(Box::new(has(3))),
        ])),
        ..step(30)
    };
    assert!(planned(vec![never]).starts_with("plan[0].condition: nobody can ever meet it"));
    let many: Vec<_> = (1..=11).map(|n| boost(n, n)).collect();
    assert!(planned(many).starts_with("plan: has more than 10 steps"));
}
