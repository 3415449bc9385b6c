//! Balance groups as settings: what is refused, and what becomes of those who wait when they change.

use super::{SALES, SERVICE, Shop, group, patient};
use tandem_core::balance::{BalanceGroup, Borrowing, Member, Objective};
use tandem_core::ids::{AccountId, QueueId};
use tandem_core::input::Request;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::{Change, Document, Kind};
use tandem_core::turn::Reply;

fn refused(reply: Reply) -> (String, String) {
    let Reply::Refused(Refusal::Invalid { field, detail }) = reply else {
        panic!("{reply:?}")
    };
    (field, detail)
}

//
#[test]
fn group_that_makes_no_sense_is_refused_with_the_field_and_the_fix() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let mut save = |group| {
        let document = Document::BalanceGroup(group);
        refused(shop.scene.change(1, 1, document))
    };
    let with = |members: Vec<Member>| BalanceGroup {
        members,
        ..group(Objective::MaxSl, [1, 1])
    };
    let member = |queue, weight| Member {
        queue: QueueId(queue),
        weight,
    };
    let alone = save(with(vec![member(1, 1)]));
    assert_eq!(alone, ("members".into(), "name 2 to 50 queues".into()));
    let twice = save(with(vec![member(1, 1), member(1, 2)]));
    assert_eq!(twice.0, "members[1].queue_id");
    let unknown = save(with(vec![member(1, 1), member(9, 2)]));
    assert_eq!(
        unknown,
        ("members[1].queue_id".into(), "there is no queue 9".into())
    );
    let weightless = save(with(vec![member(1, 0), member(2, 2)]));
    assert_eq!(weightless.0, "members[0].weight");
    let boundless = save(BalanceGroup {
        bound_s: 4_000,
        ..group(Objective::MaxSl, [1, 1])
    });
    assert_eq!(boundless.0, "bound_s");
    let flapping = save(BalanceGroup {
        borrowing: Some(Borrowing {
            below_percent: 80,
            above_percent: 80,
            factor: 2,
            dwell_s: 60,
        }),
        ..group(Objective::MaxSl, [1, 1])
    });
    assert_eq!(flapping.0, "borrowing.above_percent");
    let second = BalanceGroup {
        name: "Second".to_owned(),
        ..group(Objective::MaxSl, [1, 1])
    };
    let request = Request::Save {
        id: None,
        expected: None,
        document: Document::BalanceGroup(second),
    };
    let (field, detail) = refused(shop.scene.ask(Actor::system(), request));
    assert_eq!(field, "members[0].queue_id");
    assert_eq!(
        detail,
        "is in the balance group \"Front\" already; take it out there"
    );
}

//
#[test]
fn queue_of_a_group_is_removed_only_when_it_is_taken_out() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let remove = |kind, id| Request::Remove {
        kind,
        id,
        expected: 1,
    };
    shop.scene.saved(Document::Queue(patient("Third", 20)));
    shop.scene.change(
        1,
        1,
        Document::BalanceGroup(BalanceGroup {
            members: [1, 3]
                .map(|it| Member {
                    queue: QueueId(it),
                    weight: 1,
                })
                .into(),
            ..group(Objective::MaxSl, [1, 1])
        }),
    );
    let reply = shop.scene.ask(Actor::system(), remove(Kind::Queue, 3));
    let used = Refusal::InUse {
        what: "queue",
        used_by: "the balance group \"Front\"".to_owned(),
    };
    assert_eq!(reply, Reply::Refused(used));
    let gone = Request::Remove {
        kind: Kind::BalanceGroup,
        id: 1,
        expected: 2,
    };
    assert_eq!(shop.scene.ask(Actor::system(), gone), Reply::Done);
    assert_eq!(
        shop.scene.ask(Actor::system(), remove(Kind::Queue, 3)),
        Reply::Done
    );
}

// settings that change together may take a queue from one group to another.
#[test]
fn queue_that_goes_to_another_group_is_balanced_there() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    for name in ["Third", "Fourth"] {
        shop.scene.saved(Document::Queue(patient(name, 20)));
    }
    let of = |name: &str, queues: [u64; 2]| {
        let members = queues.map(|it| Member {
            queue: QueueId(it),
            weight: 1,
        });
        Document::BalanceGroup(BalanceGroup {
            name: name.to_owned(),
            members: members.into(),
            ..group(Objective::MaxSl, [1, 1])
        })
    };
    shop.scene.saved(of("Back", [3, 4]));
    let save = |id, document| Change::Save { id, document };
    let changes = vec![save(2, of("Back", [2, 4])), save(1, of("Front", [1, 3]))];
    let on = shop.scene.state().settings_mark();
    let request = Request::ApplySettings { on, changes };
    let reply = shop.scene.ask(Actor::system(), request);
    assert!(!matches!(reply, Reply::Refused(_)), "{reply:?}");
    let state = shop.scene.state();
    let group_of = |queue| state.balance_group_of(QueueId(queue)).map(|(id, _)| id.0);
    assert_eq!(
        [1, 2, 3, 4].map(group_of),
        [Some(1), Some(2), Some(1), Some(2)]
    );
    assert!((1..=4).all(|queue| state.balances.of(QueueId(queue)).is_some()));
}

// those who wait stay in line when a group is made, changed and removed.
#[test]
fn group_that_is_made_or_removed_while_people_wait_loses_nobody() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let late = shop.call(SALES);
    shop.scene.pass(30);
    let fresh = shop.call(SERVICE);
    let third = shop.call(SERVICE);
    assert_eq!(shop.first().0, fresh);
    let gone = Request::Remove {
        kind: Kind::BalanceGroup,
        id: 1,
        expected: 1,
    };
    assert_eq!(shop.scene.ask(Actor::system(), gone), Reply::Done);
    shop.hire(1);
    let decision = shop.scene.last_decision();
    assert_eq!((decision.contact, decision.balanced), (late, None));
    let anew = group(Objective::MaxSl, [1, 1]);
    shop.scene.saved(Document::BalanceGroup(anew));
    assert_eq!(shop.first().0, third);
}

//
#[test]
fn group_is_changed_only_by_whose_scope_has_all_its_queues() {
    let mut shop = Shop::with(group(Objective::MaxSl, [1, 1]));
    let actor = Actor {
        account: AccountId(9),
        roles: vec![Role::Administrator],
        agent: None,
        scope: Scope::Parts(Parts {
            queues: [SALES].into(),
            ..Parts::default()
        }),
    };
    let request = Request::Save {
        id: Some(1),
        expected: Some(1),
        document: Document::BalanceGroup(group(Objective::FifoFair, [1, 1])),
    };
    let reply = shop.scene.ask(actor, request);
    let what = "balance group 1".to_owned();
    assert_eq!(reply, Reply::Refused(Refusal::OutOfScope { what }));
}
