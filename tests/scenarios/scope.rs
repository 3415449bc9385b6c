//! Teams, sites and scopes inside the turn (R-32, B-005, B-006): who may act on what, and what is refused.

use crate::scene::{SUPPORT, Scene, actor};
use tandem_core::event::Event;
use tandem_core::flow::{Key, Node, Prompt};
use tandem_core::ids::{AccountId, AgentId, FlowId, PromptId, QueueId, ScheduleId, SiteId, TeamId};
use tandem_core::input::Request;
use tandem_core::permission::Permission;
use tandem_core::queue::Queue;
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::schedule::{Schedule, Week, Zone};
use tandem_core::scope::{Parts, Scope};
use tandem_core::settings::{Document, Kind};
use tandem_core::team::{Site, Team};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{self, queue, recording_rule};

fn scoped(role: Role, parts: Parts) -> Actor {
    Actor {
        account: AccountId(8),
        roles: vec![role],
        agent: None,
        scope: Scope::Parts(parts),
    }
}

fn queues(ids: &[u64]) -> Parts {
    Parts {
        queues: ids.iter().copied().map(QueueId).collect(),
        ..Parts::default()
    }
}

fn team(scene: &mut Scene, name: &str, site: Option<SiteId>) -> TeamId {
    let name = name.to_owned();
    TeamId(scene.saved(Document::Team(Team { name, site })))
}

fn joins_team(scene: &mut Scene, agent: AgentId, team: TeamId) {
    let standing = scene.state().agents.get(agent).expect("there is one");
    let (version, mut profile) = (standing.version, standing.profile.clone());
    profile.team = Some(team);
    scene.change(agent.0, version, Document::Agent(profile));
}

fn out_of_scope(what: &str) -> Reply {
    let what = what.to_owned();
    Reply::Refused(Refusal::OutOfScope { what })
}

#[test]
fn site_with_a_team_and_team_with_an_agent_cannot_be_removed() {
    let mut scene = Scene::with(queue("Support"));
    let name = "Ghent".to_owned();
    let site = SiteId(scene.saved(Document::Site(Site { name })));
    let team = team(&mut scene, "Evening", Some(site));
    let ann = scene.agent("ann", 5);
    joins_team(&mut scene, ann, team);
    let remove = |kind, id| Request::Remove {
        kind,
        id,
        expected: 1,
    };
    let asked = scene.ask(Actor::system(), remove(Kind::Site, site.0));
    let Reply::Refused(Refusal::InUse { used_by, .. }) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(used_by, "the team \"Evening\"");
    let asked = scene.ask(Actor::system(), remove(Kind::Team, team.0));
    let Reply::Refused(Refusal::InUse { used_by, .. }) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(used_by, format!("the agent {ann}"));
}

#[test]
fn team_of_nowhere_and_site_of_no_name_are_refused_with_their_field() {
    let mut scene = Scene::with(queue("Support"));
    let save = |document| Request::Save {
        id: None,
        expected: None,
        document,
    };
    let nowhere = Document::Team(Team {
        name: "Late".into(),
        site: Some(SiteId(9)),
    });
    let nameless = Document::Site(Site { name: " ".into() });
    let mut of_no_team = floor_plan::profile("bob", &[]);
    of_no_team.team = Some(TeamId(9));
    let of_no_team = Document::Agent(of_no_team);
    let cases = [
        (nowhere, "site_id"),
        (nameless, "name"),
        (of_no_team, "team_id"),
    ];
    for (document, wrong) in cases {
        let asked = scene.ask(Actor::system(), save(document));
        let Reply::Refused(Refusal::Invalid { field, .. }) = asked else {
            panic!("{asked:?}");
        };
        assert_eq!(field, wrong);
    }
}

// B-005
#[test]
fn queue_administrator_of_one_queue_changes_that_one_alone() {
    let mut scene = Scene::with(queue("Support"));
    let other = scene.saved(Document::Queue(queue("Sales")));
    let quinn = scoped(Role::QueueAdministrator, queues(&[SUPPORT.0]));
    let save = |id, name: &str| Request::Save {
        id,
        expected: Some(1),
        document: Document::Queue(queue(name)),
    };
    let own = scene.ask(quinn.clone(), save(Some(SUPPORT.0), "Support"));
    let saved = Reply::Saved {
        id: SUPPORT.0,
        version: 2,
    };
    assert_eq!(own, saved);
    let beyond = scene.ask(quinn.clone(), save(Some(other), "Sales"));
    assert_eq!(beyond, out_of_scope(&format!("queue {other}")));
    let denied = scene.journal.iter().rev().find_map(|(_, event)| {
        if let Event::Denied { action, .. } = event {
            return Some(action.clone());
        }
        None
    });
    let told = format!("queue {other}, which is out of scope");
    assert_eq!(denied, Some(told));
    let needs: &[_] = &[Permission::EditSettings];
    let made = scene.ask(quinn, save(None, "Mine"));
    assert_eq!(made, Reply::Refused(Refusal::Forbidden { needs }));
}

//
#[test]
fn schedule_is_closed_by_whoever_has_a_queue_that_keeps_to_it() {
    let mut scene = Scene::with(queue("Support"));
    let schedule = ScheduleId(scene.saved(schedule("Office")));
    let sales = scene.saved(Document::Queue(Queue {
        hours: Some(schedule),
        ..queue("Sales")
    }));
    let close = || Request::CloseSchedule {
        schedule,
        reason: "Fire alarm".into(),
    };
    let beyond = scene.ask(scoped(Role::Supervisor, queues(&[SUPPORT.0])), close());
    assert_eq!(beyond, out_of_scope(&format!("schedule {schedule}")));
    let sam = scoped(Role::Supervisor, queues(&[sales]));
    let closed = scene.ask(sam, close());
    assert!(
        matches!(closed, Reply::Saved { .. } | Reply::Done),
        "{closed:?}"
    );
}

fn saving(id: Option<u64>, expected: Option<u64>, document: Document) -> Request {
    Request::Save {
        id,
        expected,
        document,
    }
}

fn schedule(name: &str) -> Document {
    Document::Schedule(Schedule {
        name: name.into(),
        time_zone: Zone::named("UTC"),
        weekly: Box::new(Week::default()),
        exceptions: Vec::new(),
        closed_now: None,
    })
}

// B-005: who has a queue changes what its callers hear and choose, and nothing that callers of others do.
#[test]
fn flow_is_changed_by_whoever_has_all_queues_that_it_leads_into() {
    let mut scene = Scene::with(queue("Support"));
    let sales = scene.saved(Document::Queue(queue("Sales")));
    let quinn = || scoped(Role::QueueAdministrator, queues(&[SUPPORT.0]));
    let flow = |queue| Document::Flow(floor_plan::straight_to(queue));
    let own = scene.ask(quinn(), saving(Some(1), Some(1), flow(SUPPORT)));
    assert!(matches!(own, Reply::Saved { .. }), "{own:?}");
    // Led into a queue that is not theirs, it would be nobody's business to change.
    let elsewhere = scene.ask(quinn(), saving(Some(1), Some(2), flow(QueueId(sales))));
    let told = format!("a flow that leads into queue {sales}");
    assert_eq!(elsewhere, out_of_scope(&told));
    let nowhere = floor_plan::flow("Bye", "end", &[("end", Node::End)]);
    let nowhere = scene.ask(quinn(), saving(None, None, Document::Flow(nowhere)));
    assert_eq!(nowhere, out_of_scope("a flow that leads into no queue"));
    // Another flow goes through it, whose callers come from another queue.
    let through = floor_plan::flow(
        "Through",
        "wait",
        &[
            (
                "wait",
                Node::Voicemail {
                    queue: QueueId(sales),
                    prompt: floor_plan::text("Leave a message."),
                    max_s: 30,
                    stop: Key::new('#').expect("a key"),
                    done: "inner".into(),
                    no_message: "inner".into(),
                    failed: "inner".into(),
                },
            ),
            (
                "inner",
                Node::SubFlow {
                    flow: FlowId(1),
                    next: "end".into(),
                    failed: None,
                },
            ),
            ("end", Node::End),
        ],
    );
    scene.saved(Document::Flow(through));
    let shared = scene.ask(quinn(), saving(Some(1), Some(2), flow(SUPPORT)));
    assert_eq!(shared, out_of_scope("flow 1"));
    let removed = scene.ask(
        quinn(),
        Request::Remove {
            kind: Kind::Flow,
            id: 1,
            expected: 2,
        },
    );
    assert_eq!(removed, out_of_scope("flow 1"));
}

// B-005
#[test]
fn schedule_and_prompt_are_changed_by_whoever_has_all_that_use_them() {
    let mut scene = Scene::with(queue("Support"));
    let quinn = || scoped(Role::QueueAdministrator, queues(&[SUPPORT.0]));
    let made = scene.ask(quinn(), saving(None, None, schedule("Holidays")));
    let saved = |version| Reply::Saved { id: 1, version };
    assert_eq!(made, saved(1));
    let prompt = || {
        Document::Prompt(floor_plan::kept_prompt(
            "Jazz",
            "Jazz.",
            floor_plan::sound('a'),
        ))
    };
    assert_eq!(scene.ask(quinn(), saving(None, None, prompt())), saved(1));
    let sales = Queue {
        hours: Some(ScheduleId(1)),
        music: Prompt::Kept(PromptId(1)),
        ..queue("Sales")
    };
    scene.saved(Document::Queue(sales));
    let used = scene.ask(quinn(), saving(Some(1), Some(1), schedule("Holidays")));
    assert_eq!(used, out_of_scope("schedule 1"));
    let used = scene.ask(quinn(), saving(Some(1), Some(1), prompt()));
    assert_eq!(used, out_of_scope("prompt 1"));
}

// B-006, R-32
#[test]
fn pause_is_asked_for_by_the_supervisor_of_the_agents_team_and_of_no_other() {
    let mut scene = Scene::with(Queue {
        recording: Some(Box::new(recording_rule())),
        ..queue("Support")
    });
    let (early, late) = (
        team(&mut scene, "Early", None),
        team(&mut scene, "Late", None),
    );
    let ada = scene.ready_agent("ada", 5);
    joins_team(&mut scene, ada, early);
    let contact = scene.call();
    scene.accept(ada, contact);
    scene.joins(contact, "ada");
    scene.roster(contact, true, &["ada"]);
    let of = |team| Parts {
        teams: [team].into(),
        ..Parts::default()
    };
    let pause = || Request::PauseRecording { contact };
    let beyond = scene.ask(scoped(Role::Supervisor, of(late)), pause());
    assert_eq!(beyond, out_of_scope(&format!("contact {contact}")));
    let within = scene.ask(scoped(Role::Supervisor, of(early)), pause());
    assert_eq!(within, Reply::Done);
    // Whoever talks to the customer has the contact, whatever a scope says.
    let own = Actor {
        scope: Scope::Parts(Parts::default()),
        ..actor(ada)
    };
    let again = scene.ask(own, pause());
    assert_eq!(again, Reply::Refused(Refusal::AlreadyPaused));
}

#[test]
fn scope_names_what_there_is_and_stands_on_record() {
    let mut scene = Scene::with(queue("Support"));
    let set = |scope| Request::SetScope {
        account: AccountId(8),
        scope,
    };
    let unknown = Parts {
        teams: [TeamId(9)].into(),
        ..queues(&[SUPPORT.0])
    };
    let asked = scene.ask(Actor::system(), set(Scope::Parts(unknown)));
    let Reply::Refused(Refusal::Invalid { field, .. }) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(field, "teams");
    let scope = Scope::Parts(queues(&[SUPPORT.0]));
    let asked = scene.ask(Actor::system(), set(scope.clone()));
    assert_eq!(asked, Reply::Done);
    let last = scene.journal.last().map(|(_, event)| event.clone());
    let Some(Event::ScopeSet(set_to)) = last else {
        panic!("{last:?}");
    };
    assert_eq!((set_to.account, set_to.scope), (AccountId(8), scope));
    let sam = scoped(Role::Supervisor, queues(&[SUPPORT.0]));
    let asked = scene.ask(sam, set(Scope::Everything));
    let needs: &[_] = &[Permission::ManageAccess];
    assert_eq!(asked, Reply::Refused(Refusal::Forbidden { needs }));
}
