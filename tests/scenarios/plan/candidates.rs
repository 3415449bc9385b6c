//! Whose agents a step asks, and what whoever enters it hears.

use super::{agent_of, step};
use crate::scene::{SUPPORT, Scene};
use tandem_core::contact::State;
use tandem_core::flow::Prompt;
use tandem_core::ids::{AgentId, ContactId, TeamId};
use tandem_core::input::Request;
use tandem_core::plan::PlanStep;
use tandem_core::queue::{Announce, Queue, Sentences};
use tandem_core::role::Actor;
use tandem_core::settings::{Document, Kind};
use tandem_core::team::{Team, Teams};
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

const NORTH: TeamId = TeamId(1);
const SOUTH: TeamId = TeamId(2);

fn teams(teams: &[TeamId]) -> Teams {
    teams.iter().copied().collect()
}

/// North alone, after half a minute South too, after a minute and a half anybody; the second step says so.
fn widening() -> Queue {
    Queue {
        teams: Teams::of([NORTH].into()),
        plan: vec![
            PlanStep {
                teams: Some(teams(&[NORTH, SOUTH])),
                prompt: Some(Prompt::Text("We ask our colleagues too.".into())),
                ..step(30)
            },
            PlanStep {
                teams: Some(Teams::default()),
                ..step(90)
            },
        ],
        ..queue("Support")
    }
}

fn scene_with(wanted: Queue) -> Scene {
    let mut scene = Scene::with(queue("Support"));
    for name in ["North", "South"] {
        let name = name.to_owned();
        scene.saved(Document::Team(Team { name, site: None }));
    }
    let reply = scene.change(SUPPORT.0, 1, Document::Queue(wanted));
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    scene.skip();
    scene
}

/// An agent of a team who is ready.
fn of_team(scene: &mut Scene, name: &str, team: Option<TeamId>) -> AgentId {
    let id = scene.agent(name, 0);
    joins(scene, id, 1, team);
    scene.ready(id);
    scene.skip();
    id
}

fn joins(scene: &mut Scene, agent: AgentId, version: u64, team: Option<TeamId>) {
    let profile = scene
        .state()
        .agents
        .get(agent)
        .expect("hired")
        .profile
        .clone();
    let profile = tandem_core::agent::Profile { team, ..profile };
    let reply = scene.change(agent.0, version, Document::Agent(profile));
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
}

fn refused(wanted: Queue) -> String {
    let mut scene = scene_with(queue("Support"));
    let reply = scene.change(SUPPORT.0, 2, Document::Queue(wanted));
    if let Reply::Refused(refusal) = reply {
        return refusal.to_string();
    }
    format!("{reply:?}")
}

// candidate pools of a step.
#[test]
fn step_asks_the_agents_of_its_teams_and_the_last_one_everybody() {
    let mut scene = scene_with(widening());
    let alone = of_team(&mut scene, "alone", None);
    let (north, south) = (
        of_team(&mut scene, "north", Some(NORTH)),
        of_team(&mut scene, "south", Some(SOUTH)),
    );
    let first = scene.call();
    assert_eq!(agent_of(&scene, first), Some(north));
    scene.takes_call(north, first);
    let second = scene.call();
    scene.pass(29);
    assert_eq!(agent_of(&scene, second), None);
    scene.pass(1);
    assert_eq!(agent_of(&scene, second), Some(south));
    scene.takes_call(south, second);
    let third = scene.call();
    scene.pass(89);
    assert_eq!(agent_of(&scene, third), None);
    scene.pass(1);
    assert_eq!(agent_of(&scene, third), Some(alone));
}

//
#[test]
fn agent_who_joins_the_team_gets_who_waits_for_it() {
    let mut scene = scene_with(widening());
    let alone = of_team(&mut scene, "alone", None);
    let north = of_team(&mut scene, "north", Some(NORTH));
    scene.lunch(north);
    let contact = scene.call();
    assert_eq!(agent_of(&scene, contact), None);
    joins(&mut scene, alone, 2, Some(NORTH));
    assert_eq!(agent_of(&scene, contact), Some(alone));
}

// skip-ahead looks at the pool of each step.
#[test]
fn step_of_a_team_of_which_nobody_is_here_is_skipped() {
    let mut scene = scene_with(widening());
    let south = of_team(&mut scene, "south", Some(SOUTH));
    let contact = scene.call();
    assert_eq!(agent_of(&scene, contact), Some(south));
}

#[test]
fn team_that_a_queue_asks_is_not_removed_and_one_that_is_not_there_is_refused() {
    let mut scene = scene_with(widening());
    let request = Request::Remove {
        kind: Kind::Team,
        id: SOUTH.0,
        expected: 1,
    };
    let reply = scene.ask(Actor::system(), request);
    let Reply::Refused(refusal) = reply else {
        panic!("{reply:?}")
    };
    assert!(
        refusal.to_string().contains("the queue \"Support\""),
        "{refusal}"
    );
    let unknown = Queue {
        plan: vec![PlanStep {
            teams: Some(teams(&[TeamId(9)])),
            ..step(30)
        }],
        ..queue("Support")
    };
    assert!(refused(unknown).starts_with("plan[0].team_ids: "));
}

// no contact starves for having waited.
#[test]
fn last_step_asks_every_team_that_an_earlier_one_asks() {
    let narrower = Queue {
        plan: vec![PlanStep {
            teams: Some(teams(&[SOUTH])),
            ..step(30)
        }],
        ..widening()
    };
    let told = refused(narrower);
    assert!(
        told.starts_with("plan[0].team_ids: starves who waits"),
        "{told}"
    );
}

fn waits(scene: &Scene, contact: ContactId) -> bool {
    let contact = scene.state().contacts.get(contact);
    contact.is_some_and(|it| matches!(it.state, State::Queued(_)))
}

// treatment on entering a step.
#[test]
fn whoever_enters_a_step_hears_what_it_says_once_and_then_the_music() {
    let mut scene = scene_with(widening());
    let north = of_team(&mut scene, "north", Some(NORTH));
    scene.lunch(north);
    let contact = scene.call();
    scene.skip();
    scene.pass(30);
    scene.check(
        "1 step 1 of 1 band 5 +0 s Waited
         > play 1",
    );
    scene.hears_out(contact);
    scene.check("> music 1");
    scene.pass(60);
    scene.check("1 step 2 of 1 band 5 +0 s Waited");
    assert!(waits(&scene, contact));
}

//
#[test]
fn who_is_offered_to_an_agent_at_a_step_is_told_nothing_of_it() {
    let mut scene = scene_with(widening());
    let north = of_team(&mut scene, "north", Some(NORTH));
    of_team(&mut scene, "south", Some(SOUTH));
    scene.lunch(north);
    scene.call();
    scene.skip();
    scene.pass(30);
    scene.check(
        "1 step 1 of 1 band 5 +0 s Waited
         1 offered to south +20",
    );
}

//
#[test]
fn who_enters_a_later_step_at_once_hears_what_it_says_before_the_music() {
    let mut scene = scene_with(widening());
    let south = of_team(&mut scene, "south", Some(SOUTH));
    scene.lunch(south);
    let contact = scene.call();
    let told = scene.told();
    assert!(
        told.contains("step 1 of 1 band 5 +0 s NobodySignedIn"),
        "{told}"
    );
    assert!(
        told.contains("> play 1") && !told.contains("> music 1"),
        "{told}"
    );
    scene.skip();
    scene.hears_out(contact);
    scene.check("> music 1");
}

//
#[test]
fn what_a_step_says_waits_for_the_end_of_an_announcement() {
    let position = Some("You are number {position}.".to_owned());
    let announce = Announce {
        first_s: 29,
        every_s: 300,
        sentences: Sentences {
            position,
            wait: None,
        },
        language: None,
        languages: std::collections::BTreeMap::new(),
        growth: tandem_core::estimate::Growth::default(),
    };
    let mut scene = scene_with(Queue {
        announce: Some(Box::new(announce)),
        ..widening()
    });
    let north = of_team(&mut scene, "north", Some(NORTH));
    scene.lunch(north);
    let contact = scene.call();
    scene.skip();
    scene.pass(30);
    scene.check(
        "1 is told Some(1) None
         > play 1
         1 step 1 of 1 band 5 +0 s Waited",
    );
    scene.hears_out(contact);
    scene.check("> play 1");
    scene.hears_out(contact);
    scene.check("> music 1");
}
