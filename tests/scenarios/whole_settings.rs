//! Settings that change together: whole or not at all, on what was seen, each held against what would stand (decision
//! 0037).

use crate::scene::{SUPPORT, Scene, actor};
use tandem_core::calling_out::CallingOut;
use tandem_core::event::Event;
use tandem_core::ids::{AccountId, EndpointId, FlowId, QueueId, SkillId};
use tandem_core::input::Request;
use tandem_core::limits::SETTINGS_CHANGES_MAX;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::{Change, Document, Kind, Mark};
use tandem_core::skill::{Level, Requirement, Skill};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{endpoint, queue, straight_to};

fn apply(scene: &mut Scene, on: Mark, changes: &[Change]) -> Reply {
    let changes = changes.to_vec();
    scene.ask(Actor::system(), Request::ApplySettings { on, changes })
}

const fn save(id: u64, document: Document) -> Change {
    Change::Save { id, document }
}

fn skill(name: &str) -> Document {
    Document::Skill(Skill { name: name.into() })
}

/// Facts about settings, in order.
fn facts(scene: &Scene, from: usize) -> Vec<String> {
    let facts = scene.journal.get(from..).unwrap_or_default().iter();
    let facts = facts.filter_map(|(_, event)| {
        if let Event::Saved {
            id,
            version,
            document,
            ..
        } = event
        {
            return Some(format!("{} {id} at {version}", document.kind().word()));
        }
        let Event::Removed { kind, id, .. } = event else {
            return None;
        };
        Some(format!("no {} {id}", kind.word()))
    });
    facts.collect()
}

#[test]
fn documents_that_name_one_another_in_a_circle_come_together() {
    let mut scene = Scene::empty();
    let mut calling = queue("Sales");
    calling.requirements = vec![Requirement {
        skill: SkillId(1),
        min_level: Level(3),
    }];
    calling.calling_out = Some(Box::new(CallingOut {
        endpoint: EndpointId(1),
        countries: vec!["49".into()],
        ring_s: 30,
    }));
    let changes = [
        save(1, Document::Endpoint(endpoint("Main", "main", FlowId(1)))),
        save(1, Document::Flow(straight_to(SUPPORT))),
        save(1, Document::Queue(calling)),
        save(1, skill("es")),
    ];
    let on = scene.state().settings_mark();
    assert_eq!(apply(&mut scene, on, &changes), Reply::Done);
    let told = facts(&scene, 0);
    assert_eq!(
        told,
        [
            "skill 1 at 1",
            "queue 1 at 1",
            "flow 1 at 1",
            "endpoint 1 at 1"
        ]
    );
    assert!(scene.state().settings.endpoint_at("main").is_some());
    scene.ready_agent("ann", 5);
    scene.call();
}

#[test]
fn one_that_does_not_fit_keeps_all_from_being_made_and_every_one_is_named() {
    let mut scene = Scene::with(queue("Support"));
    let before = scene.journal.len();
    let mut asking = queue("Sales");
    asking.requirements = vec![Requirement {
        skill: SkillId(9),
        min_level: Level(3),
    }];
    let mut short = queue("Short");
    short.max_wait_s = 0;
    let changes = [
        save(2, skill("en")),
        save(2, Document::Queue(asking)),
        save(3, Document::Queue(short)),
        Change::Remove {
            kind: Kind::Flow,
            id: 1,
        },
    ];
    let on = scene.state().settings_mark();
    let misfits = scene.state().misfits(scene.now, &changes);
    let places: Vec<_> = misfits.iter().map(|it| it.change).collect();
    assert_eq!(places, [1, 2, 3], "{misfits:?}");
    let refused = apply(&mut scene, on, &changes);
    assert!(
        matches!(refused, Reply::Refused(Refusal::Invalid { .. })),
        "{refused:?}"
    );
    assert_eq!(scene.journal.len(), before);
    assert_eq!(scene.state().settings_mark(), on);
}

#[test]
fn what_was_changed_in_the_meantime_is_not_overwritten() {
    let mut scene = Scene::with(queue("Support"));
    let on = scene.state().settings_mark();
    scene.saved(skill("de"));
    let refused = apply(&mut scene, on, &[save(3, skill("en"))]);
    assert_eq!(refused, Reply::Refused(Refusal::SettingsMoved));
    let on = scene.state().settings_mark();
    // A new document has the next number, because others may name it.
    for id in [4, 0, 7] {
        let refused = apply(&mut scene, on, &[save(id, skill("en"))]);
        let what = "skill";
        assert_eq!(refused, Reply::Refused(Refusal::NotFound { what, id }));
    }
    assert_eq!(apply(&mut scene, on, &[save(3, skill("en"))]), Reply::Done);
    assert_ne!(scene.state().settings_mark(), on);
}

#[test]
fn what_is_named_no_more_goes_with_those_that_named_it() {
    let mut asking = queue("Support");
    asking.requirements = vec![Requirement {
        skill: SkillId(1),
        min_level: Level(3),
    }];
    let mut scene = Scene::with(asking);
    let ann = scene.agent("ann", 5);
    let from = scene.journal.len();
    let mut profile = scene.state().agents.get(ann).unwrap().profile.clone();
    profile.skills.clear();
    let changes = [
        Change::Remove {
            kind: Kind::Skill,
            id: 1,
        },
        save(1, Document::Queue(queue("Support"))),
        save(ann.0, Document::Agent(profile.clone())),
    ];
    let on = scene.state().settings_mark();
    assert_eq!(apply(&mut scene, on, &changes), Reply::Done);
    let told = facts(&scene, from);
    assert_eq!(told, ["queue 1 at 2", "agent 1 at 2", "no skill 1"]);
    // Who somebody is goes with the account, one by one.
    profile.address = "another".into();
    let on = scene.state().settings_mark();
    let refused = apply(&mut scene, on, &[save(ann.0, Document::Agent(profile))]);
    assert!(
        matches!(refused, Reply::Refused(Refusal::Invalid { .. })),
        "{refused:?}"
    );
    let gone = Change::Remove {
        kind: Kind::Agent,
        id: ann.0,
    };
    let refused = apply(&mut scene, on, &[gone]);
    assert!(
        matches!(refused, Reply::Refused(Refusal::Invalid { .. })),
        "{refused:?}"
    );
}

#[test]
fn endpoints_that_change_addresses_are_found_at_the_new_ones() {
    let mut scene = Scene::with(queue("Support"));
    let second = scene.saved(Document::Endpoint(endpoint("Second", "second", FlowId(1))));
    let on = scene.state().settings_mark();
    let changes = [
        save(1, Document::Endpoint(endpoint("Main", "second", FlowId(1)))),
        save(
            second,
            Document::Endpoint(endpoint("Second", "main", FlowId(1))),
        ),
    ];
    assert_eq!(apply(&mut scene, on, &changes), Reply::Done);
    let found = |address| scene.state().settings.endpoint_at(address).map(|it| it.0);
    assert_eq!(found("main"), Some(EndpointId(second)));
    assert_eq!(found("second"), Some(EndpointId(1)));
    let on = scene.state().settings_mark();
    let changes = [
        save(
            second,
            Document::Endpoint(endpoint("Second", "second", FlowId(1))),
        ),
        Change::Remove {
            kind: Kind::Endpoint,
            id: 1,
        },
    ];
    assert_eq!(apply(&mut scene, on, &changes), Reply::Done);
    let found = scene.state().settings.endpoint_at("second").map(|it| it.0);
    assert_eq!(found, Some(EndpointId(second)));
}

//
#[test]
fn agents_and_those_whose_scope_is_a_part_change_nothing_together() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    let on = scene.state().settings_mark();
    let changes = vec![save(2, skill("en"))];
    let request = Request::ApplySettings { on, changes };
    let refused = scene.ask(actor(ann), request.clone());
    assert!(
        matches!(refused, Reply::Refused(Refusal::Forbidden { .. })),
        "{refused:?}"
    );
    let part = Actor {
        account: AccountId(7),
        roles: vec![Role::Administrator],
        agent: None,
        scope: Scope::Parts(Parts {
            queues: [QueueId(1)].into_iter().collect(),
            ..Parts::default()
        }),
    };
    let refused = scene.ask(part, request);
    assert!(
        matches!(refused, Reply::Refused(Refusal::OutOfScope { .. })),
        "{refused:?}"
    );
    let many = vec![save(2, skill("en")); SETTINGS_CHANGES_MAX + 1];
    let refused = apply(&mut scene, on, &many);
    assert!(
        matches!(refused, Reply::Refused(Refusal::LimitReached { .. })),
        "{refused:?}"
    );
}

#[test]
fn queue_that_a_disposition_names_is_not_removed() {
    let mut scene = Scene::with(queue("Support"));
    let sales = scene.saved(Document::Queue(queue("Sales")));
    scene.saved(Document::Disposition(tandem_core::settings::Disposition {
        label: "Sold".into(),
        queues: vec![QueueId(sales)],
    }));
    let (kind, expected) = (Kind::Queue, 1);
    let refused = scene.ask(
        Actor::system(),
        Request::Remove {
            kind,
            id: sales,
            expected,
        },
    );
    let used_by = "the disposition \"Sold\"".to_owned();
    let what = "queue";
    assert_eq!(refused, Reply::Refused(Refusal::InUse { what, used_by }));
}
