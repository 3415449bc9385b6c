//! Who gets whom, and why.

use crate::scene::{ES, SUPPORT, Scene};
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::queue::{Queue, Strategy};
use tandem_core::routing::Exclusion;
use tandem_core::settings::Document;
use tandem_core::skill::Skill;
use tandem_simulation::floor_plan::{self, queue, requirement};

fn spanish() -> Queue {
    Queue {
        requirements: vec![requirement(ES, 3)],
        strategy: Strategy::BestSkill,
        ..queue("Spanish")
    }
}

// B-003
#[test]
fn best_skilled_agent_gets_the_call_and_the_next_one_while_the_first_is_busy() {
    let mut scene = Scene::with(spanish());
    let a = scene.ready_agent("a", 9);
    scene.ready_agent("b", 4);
    let first = scene.call();
    scene.accept(a, first);
    scene.joins(first, "a");
    scene.call();
    scene.check(
        "1 arrives
         > answer 1
         1 waits in 1
         > music 1
         1 offered to a +20
         1 accepted by a
         > ring a for 1 60 s
         > stop media 1
         1 talks to a
         2 arrives
         > answer 2
         2 waits in 1
         > music 2
         2 offered to b +20",
    );
}

// B-003
#[test]
fn best_skilled_agent_is_chosen_although_another_is_idle_for_longer() {
    let mut scene = Scene::with(spanish());
    scene.ready_agent("b", 4);
    scene.pass(1_000);
    scene.ready_agent("a", 9);
    scene.call();
    let chosen = scene.last_decision().chosen.unwrap();
    assert_eq!((chosen.agent, chosen.rank), (AgentId(2), -9));
}

//
#[test]
fn decision_names_the_chosen_the_next_and_why_the_others_were_not() {
    let mut scene = Scene::with(spanish());
    scene.ready_agent("a", 9);
    scene.ready_agent("b", 4);
    scene.ready_agent("unskilled", 2);
    scene.agent("absent", 9);
    let lunch = scene.ready_agent("lunch", 9);
    scene.lunch(lunch);
    let contact = scene.call();
    let decision = scene.last_decision();
    assert_eq!(decision.contact, contact);
    assert_eq!(decision.chosen.map(|it| it.agent), Some(AgentId(1)));
    let next: Vec<_> = decision.next.iter().map(|it| it.agent).collect();
    assert_eq!(next, [AgentId(2)]);
    assert_eq!(decision.considered, 2);
    let expected = [
        (Exclusion::LacksSkill, 1),
        (Exclusion::SignedOut, 1),
        (Exclusion::NotReady, 1),
    ];
    assert_eq!(decision.excluded, expected);
}

//
#[test]
fn waiting_without_anybody_free_is_explained_too() {
    let mut scene = Scene::with(spanish());
    scene.ready_agent("unskilled", 2);
    scene.call();
    let decision = scene.last_decision();
    assert_eq!(decision.chosen, None);
    assert_eq!(decision.excluded, [(Exclusion::LacksSkill, 1)]);
}

//
#[test]
fn agent_in_cooldown_is_counted_as_such_however_many_are_free() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let contact = scene.call();
    scene.decline(ann, contact);
    scene.lunch(ann);
    for index in 0..8 {
        scene.pass(1);
        scene.ready_agent(&format!("other {index}"), 5);
        if index == 0 {
            scene.ready(ann);
        }
    }
    let ben = AgentId(2);
    scene.decline(ben, contact);
    let decision = scene.last_decision();
    assert_eq!(decision.considered, 7);
    assert_eq!(decision.excluded, [(Exclusion::CoolingDown, 2)]);
}

//
#[test]
fn disabled_agent_is_excluded_as_not_here_rather_than_as_unskilled() {
    let mut scene = Scene::with(spanish());
    let ann = scene.ready_agent("ann", 9);
    let mut profile = floor_plan::profile("ann", &[(ES, 9)]);
    profile.enabled = false;
    scene.change(ann.0, 1, Document::Agent(profile));
    scene.call();
    let decision = scene.last_decision();
    assert_eq!(decision.excluded, [(Exclusion::SignedOut, 1)]);
}

//
#[test]
fn longest_idle_agent_is_chosen_and_ties_end_in_the_lowest_id() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    let ben = scene.agent("ben", 5);
    scene.ready(ben);
    scene.ready(ann);
    scene.call();
    assert_eq!(scene.last_decision().chosen.map(|it| it.agent), Some(ann));
}

//
#[test]
fn not_ready_time_and_declined_offers_do_not_count_as_idle_time_lost() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    scene.pass(100);
    scene.lunch(ann);
    scene.pass(1_000);
    let ben = scene.ready_agent("ben", 5);
    scene.pass(50);
    scene.ready(ann);
    let idle = |scene: &Scene, id| {
        let agent = scene.state().agents.get(id).unwrap();
        scene.now.micros_since(agent.idle_since()) / 1_000_000
    };
    assert_eq!((idle(&scene, ann), idle(&scene, ben)), (100, 50));
    let contact = scene.call();
    scene.decline(ann, contact);
    assert_eq!(idle(&scene, ann), 100);
}

//
#[test]
fn agent_who_becomes_free_gets_the_lowest_band_then_the_longest_wait() {
    let mut scene = Scene::with(queue("Support"));
    let urgent = Queue {
        priority: 0,
        ..queue("Urgent")
    };
    scene.saved(Document::Queue(urgent));
    let flow = scene.saved(Document::Flow(tandem_core::flow::Flow {
        name: "Urgent".into(),
        ..floor_plan::straight_to(QueueId(2))
    }));
    let flow = tandem_core::ids::FlowId(flow);
    scene.saved(Document::Endpoint(floor_plan::endpoint(
        "Urgent", "urgent", flow,
    )));
    scene.call();
    scene.pass(5);
    scene.call();
    scene.pass(5);
    let mut arrival = scene.arrival();
    arrival.address = "urgent".into();
    scene.give(tandem_core::input::Input::Arrived(arrival));
    scene.comes_up(tandem_core::ids::ContactId(3));
    let ann = scene.agent("ann", 5);
    scene.skip();
    for expected in ["3", "1", "2"] {
        scene.ready(ann);
        let told = scene.state().agents.get(ann).unwrap().slots.clone();
        assert_eq!(
            told.first().map(|it| it.contact.to_string()),
            Some(expected.into())
        );
        let contact = told.first().unwrap().contact;
        scene.fact(contact, tandem_core::input::CallFact::LegDown);
        scene.lunch(ann);
    }
}

//
#[test]
fn agent_takes_one_contact_at_a_time() {
    let mut scene = Scene::with(queue("Support"));
    scene.ready_agent("ann", 5);
    scene.call();
    scene.skip();
    scene.call();
    scene.check("2 arrives\n> answer 2\n2 waits in 1\n> music 2");
}

//
#[test]
fn agent_who_learns_a_skill_gets_the_waiting_contact_at_once() {
    let mut scene = Scene::with(spanish());
    let ann = scene.ready_agent("ann", 2);
    scene.call();
    scene.skip();
    let profile = floor_plan::profile("ann", &[(ES, 3)]);
    scene.change(ann.0, 1, Document::Agent(profile));
    scene.check("1 offered to ann +20");
}

//
#[test]
fn queue_that_asks_less_gets_its_agents_at_once() {
    let mut scene = Scene::with(spanish());
    scene.ready_agent("ann", 2);
    scene.call();
    scene.skip();
    scene.change(SUPPORT.0, 1, Document::Queue(queue("Spanish")));
    scene.check("1 offered to ann +20");
}

//
#[test]
fn unrelated_queue_changes_no_decision() {
    let decide = |unrelated: bool| {
        let mut scene = Scene::with(spanish());
        if unrelated {
            scene.saved(Document::Skill(Skill { name: "fr".into() }));
            scene.saved(Document::Queue(queue("French")));
        }
        scene.ready_agent("a", 9);
        scene.ready_agent("b", 4);
        scene.call();
        scene.last_decision()
    };
    assert_eq!(decide(false), decide(true));
}
