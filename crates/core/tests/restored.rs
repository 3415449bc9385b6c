//! A contact center that was restored from a backup gives its orders numbers that no order had before.

use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::endpoint::Endpoint;
use tandem_core::event::Event;
use tandem_core::flow::{Flow, Node};
use tandem_core::ids::{CustomerHash, EffectId, FlowId, SubjectRef};
use tandem_core::input::{Arrival, Input, Request};
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::time::Timestamp;

const SECOND: i64 = 1_000_000;
/// An instant of 2026.
const NOW: i64 = 1_795_000_000 * SECOND;

#[test]
fn numbers_of_orders_go_on_from_where_the_backed_up_machine_cannot_have_come_to() {
    let mut center = furnished();
    let ordered = arrive(&mut center, NOW, 1);
    let backup = center.clone();
    // The machine goes on after the backup, as busy as it may be for ten seconds.
    let used: Vec<EffectId> = (2..10_000).map(|n| arrive(&mut center, NOW, n)).collect();
    let mut restored = backup.clone();
    let turn = restored.handle(Timestamp::from_micros(NOW + 10 * SECOND), Input::Restored);
    let [Event::Restored { effects_from }] = turn.events.as_slice() else {
        panic!("{:?}", turn.events)
    };
    assert!(*effects_from > ordered && used.iter().all(|it| it < effects_from));
    let next = arrive(&mut restored, NOW + 11 * SECOND, 20_000);
    assert_eq!(next, *effects_from);

    // The same backup once more, while the first restored machine had given orders.
    let mut again = backup;
    again.handle(Timestamp::from_micros(NOW + 20 * SECOND), Input::Restored);
    assert!(arrive(&mut again, NOW + 20 * SECOND, 30_000) > next);
}

#[test]
fn numbers_of_orders_never_go_back_when_the_clock_is_wrong() {
    let mut center = furnished();
    center.handle(Timestamp::from_micros(NOW), Input::Restored);
    let before = arrive(&mut center, NOW, 1);
    let mut wrong = center.clone();
    wrong.handle(Timestamp::from_micros(0), Input::Restored);
    assert!(arrive(&mut wrong, NOW, 2) > before);
}

fn furnished() -> ContactCenter {
    let mut center = ContactCenter::new();
    let flow = Flow {
        name: "End".to_owned(),
        start: "end".to_owned(),
        nodes: [("end".to_owned(), Node::End)].into(),
    };
    let endpoint = Endpoint {
        name: "Line".to_owned(),
        address: "line".to_owned(),
        flow: FlowId(1),
    };
    for document in [Document::Flow(flow), Document::Endpoint(endpoint)] {
        let request = Request::Save {
            id: None,
            expected: None,
            document,
        };
        let actor = Actor::system();
        center.handle(Timestamp::from_micros(NOW), Input::Asked { actor, request });
    }
    center
}

/// A call arrives; answers the number of the order to answer it.
fn arrive(center: &mut ContactCenter, now: i64, n: u64) -> EffectId {
    let arrival = Arrival {
        address: "line".to_owned(),
        arrival: SubjectRef(n),
        key: n,
        customer: CustomerHash(n),
        correlation: String::new(),
        attributes: BTreeMap::new(),
        caller: None,
    };
    let turn = center.handle(Timestamp::from_micros(now), Input::Arrived(arrival));
    turn.orders().next().expect("a call is answered").id
}
