//! Living through a day and rebuilding it give the same.

use crate::scene::Scene;
use tandem_core::ContactCenter;
use tandem_core::input::{CallFact, Input};
use tandem_simulation::floor_plan::queue;

//
#[test]
fn journal_rebuilds_the_state_and_goes_on_alike() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let first = scene.call();
    scene.accept(ann, first);
    scene.joins(first, "ann");
    let second = scene.call();
    scene.pass(10);
    let mut rebuilt = ContactCenter::new();
    for (at, event) in &scene.journal {
        rebuilt.apply(*at, std::slice::from_ref(event));
    }
    assert_eq!(rebuilt, scene.center);
    for contact in [first, second] {
        let down = Input::Call {
            contact,
            fact: CallFact::LegDown,
        };
        let lived = scene.center.handle(scene.now, down.clone());
        assert_eq!(rebuilt.handle(scene.now, down), lived);
    }
    assert_eq!(rebuilt, scene.center);
}

//
#[test]
fn open_orders_are_given_again_under_the_same_numbers_after_a_restart() {
    let mut scene = Scene::with(queue("Support"));
    scene.call();
    let before: Vec<_> = scene.center.open_orders().collect();
    let written = serde_json::to_string(&scene.center).unwrap();
    let read: ContactCenter = serde_json::from_str(&written).unwrap();
    assert_eq!(read.open_orders().collect::<Vec<_>>(), before);
    assert!(!before.is_empty());
}
