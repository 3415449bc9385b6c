//! Settings: versions, conflicts, use, roles and the audit.

use crate::scene::{SUPPORT, Scene, actor};
use tandem_core::event::Event;
use tandem_core::ids::{AccountId, AgentId};
use tandem_core::input::{Input, Request};
use tandem_core::permission::Permission;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::settings::{Document, Kind};
use tandem_core::skill::Skill;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{self, queue};

fn remove(scene: &mut Scene, kind: Kind, id: u64, expected: u64) -> Reply {
    scene.ask(Actor::system(), Request::Remove { kind, id, expected })
}

#[test]
fn change_counts_the_version_up_and_a_stale_one_is_a_conflict() {
    let mut scene = Scene::with(queue("Support"));
    let saved = scene.change(1, 1, Document::Queue(queue("Support")));
    assert_eq!(saved, Reply::Saved { id: 1, version: 2 });
    let stale = scene.change(1, 1, Document::Queue(queue("Support")));
    let what = "queue";
    assert_eq!(stale, Reply::Refused(Refusal::Conflict { what, actual: 2 }));
    let unknown = scene.change(9, 1, Document::Queue(queue("Other")));
    assert_eq!(unknown, Reply::Refused(Refusal::NotFound { what, id: 9 }));
}

#[test]
fn what_is_in_use_cannot_be_removed() {
    let mut scene = Scene::with(queue("Support"));
    scene.ready_agent("ann", 5);
    for (kind, id) in [
        (Kind::Queue, 1),
        (Kind::Flow, 1),
        (Kind::Skill, 1),
        (Kind::Agent, 1),
    ] {
        let reply = remove(&mut scene, kind, id, 1);
        let is_in_use = matches!(reply, Reply::Refused(Refusal::InUse { .. }));
        assert!(is_in_use, "{kind:?}: {reply:?}");
    }
    scene.call();
    let endpoint = remove(&mut scene, Kind::Endpoint, 1, 1);
    assert!(matches!(endpoint, Reply::Refused(Refusal::InUse { .. })));
}

#[test]
fn removed_number_is_never_given_again() {
    let mut scene = Scene::with(queue("Support"));
    let first = scene.saved(Document::Queue(queue("Other")));
    assert_eq!(remove(&mut scene, Kind::Queue, first, 1), Reply::Done);
    let second = scene.saved(Document::Queue(queue("Other")));
    assert_eq!(second, first + 1);
}

#[test]
fn agent_may_not_change_settings_and_the_attempt_is_recorded() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    scene.skip();
    let document = Document::Skill(Skill { name: "fr".into() });
    let request = Request::Save {
        id: None,
        expected: None,
        document,
    };
    let reply = scene.ask(actor(ann), request);
    let needs: &[_] = &[Permission::EditSettings];
    assert_eq!(reply, Reply::Refused(Refusal::Forbidden { needs }));
    scene.check("denied edit_settings request");
    let denied = scene.journal.iter().rev().find_map(|(_, event)| {
        if let Event::Denied { by, .. } = event {
            return *by;
        }
        None
    });
    assert_eq!(denied, Some(AccountId(101)));
}

#[test]
fn supervisor_is_not_an_agent_and_administrator_is_a_supervisor() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.agent("ann", 5);
    let supervisor = Actor {
        account: AccountId(5),
        roles: vec![Role::Supervisor],
        agent: Some(ann),
        scope: Scope::Everything,
    };
    let reply = scene.ask(supervisor, Request::SignOut);
    let needs: &[_] = &[Permission::TakeContacts];
    assert_eq!(reply, Reply::Refused(Refusal::Forbidden { needs }));
    let administrator = Actor {
        account: AccountId(6),
        roles: vec![Role::Administrator],
        agent: None,
        scope: Scope::Everything,
    };
    assert!(administrator.may(Permission::SeeFloor));
    assert!(!administrator.may(Permission::TakeContacts));
}

#[test]
fn account_without_an_agent_takes_no_contacts() {
    let mut scene = Scene::with(queue("Support"));
    let nobody = Actor {
        account: AccountId(5),
        roles: vec![Role::Agent],
        agent: Some(AgentId(99)),
        scope: Scope::Everything,
    };
    let reply = scene.ask(nobody, Request::SignOut);
    assert_eq!(reply, Reply::Refused(Refusal::NotAnAgent));
}

#[test]
fn request_that_was_turned_away_at_the_door_is_recorded() {
    let mut scene = Scene::with(queue("Support"));
    scene.skip();
    let action = "read the board".to_owned();
    let actor = None;
    scene.give(Input::TurnedAway { actor, action });
    scene.check("denied read the board");
}

#[test]
fn values_out_of_range_are_refused_by_field() {
    let mut scene = Scene::with(queue("Support"));
    let mut wrong = queue("Wrong");
    wrong.offer_timeout_s = 3;
    let request = Request::Save {
        id: None,
        expected: None,
        document: Document::Queue(wrong),
    };
    let Reply::Refused(Refusal::Invalid { field, .. }) = scene.ask(Actor::system(), request) else {
        panic!("accepted")
    };
    assert_eq!(field, "offer_timeout_s");
}

#[test]
fn two_agents_cannot_have_one_address() {
    let mut scene = Scene::with(queue("Support"));
    scene.agent("ann", 5);
    let request = Request::Save {
        id: None,
        expected: None,
        document: Document::Agent(floor_plan::profile("ann", &[])),
    };
    let reply = scene.ask(Actor::system(), request);
    assert!(matches!(reply, Reply::Refused(Refusal::Invalid { .. })));
}

#[test]
fn disabled_agent_gets_no_contacts_and_cannot_be_ready() {
    let mut scene = Scene::with(queue("Support"));
    let ann = scene.ready_agent("ann", 5);
    let mut profile = floor_plan::profile("ann", &[]);
    profile.enabled = false;
    scene.change(ann.0, 1, Document::Agent(profile.clone()));
    scene.call();
    assert_eq!(scene.ready(ann), Reply::Refused(Refusal::AgentDisabled));
    scene.skip();
    profile.enabled = true;
    scene.change(ann.0, 2, Document::Agent(profile));
    scene.check("1 offered to ann +20");
    assert_eq!(scene.state().n_waiting(SUPPORT), 0);
}
