//! Both sides in step: what Teams shows follows what Tandem says, and the other way round.

use super::{FREE, IN_A_CALL, rule, seen, shows};
use crate::scene::Scene;
use tandem_core::agent::{Agent, Intent, NotReady};
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::input::{Input, Request};
use tandem_core::presence::{
    Doing, PresenceRules, Seen, Source, Standing, Status, StatusRule, System, Target, TargetRule,
};
use tandem_core::refusal::Refusal;
use tandem_core::role::Actor;
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::queue;

const LUNCH: ReasonId = ReasonId(1);
const AWAY: Seen = seen(Status::Away, Doing::Nothing);

fn system(standing: System) -> Standing {
    Standing::System { standing }
}

fn both_ways() -> PresenceRules {
    let mut rules = PresenceRules::default();
    rules.to_teams.is_on = true;
    rules.to_teams.map.push(StatusRule {
        from: Standing::Reason { reason: LUNCH },
        to: Some(Status::Away),
    });
    rules.from_teams.is_on = true;
    rules.from_teams.map = vec![
        TargetRule {
            from: Status::Away,
            to: Some(Target::NotReady { reason: LUNCH }),
        },
        TargetRule {
            from: Status::Available,
            to: Some(Target::Available),
        },
        TargetRule {
            from: Status::Busy,
            to: Some(Target::NotReady { reason: LUNCH }),
        },
    ];
    rules
}

/// Ann is ready, and Teams shows that she is there; both have been so for a while.
fn staged(rules: PresenceRules) -> (Scene, AgentId) {
    let mut scene = Scene::with(queue("Support"));
    scene.saved(rule(rules));
    let ann = scene.ready_agent("ann", 5);
    shows(&mut scene, ann, FREE);
    scene.pass(20);
    scene.skip();
    (scene, ann)
}

fn agent(scene: &Scene, id: AgentId) -> &Agent {
    let agent = scene.state().agents.get(id);
    agent.expect("the agent was hired")
}

fn wanted(scene: &Scene, id: AgentId) -> Option<Status> {
    agent(scene, id).presence.as_ref()?.wanted
}

fn echo(scene: &mut Scene, agent: AgentId, seen: Seen) {
    scene.give(Input::PresenceSeen {
        agent,
        seen: Some(seen),
        is_echo: true,
    });
}

// B-190, B-214
#[test]
fn whoever_talks_to_a_customer_is_busy_in_teams() {
    let (mut scene, ann) = staged(both_ways());
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.skip();
    scene.pass(15);
    scene.check("Teams is to show busy of ann");
}

// B-202
#[test]
fn what_lasts_14_s_is_never_told_and_what_lasts_16_s_is_after_15() {
    let (mut scene, ann) = staged(both_ways());
    scene.lunch(ann);
    scene.pass(14);
    scene.ready(ann);
    scene.pass(60);
    assert!(
        !scene.told().contains("Teams is to show away"),
        "{}",
        scene.told()
    );
    scene.skip();
    scene.lunch(ann);
    scene.pass(14);
    assert!(!scene.told().contains("Teams"), "{}", scene.told());
    scene.pass(2);
    scene.check("ann not ready: chosen\nTeams is to show away of ann");
    let at = scene
        .journal
        .iter()
        .rev()
        .find_map(|(at, event)| matches!(event, Event::PresenceWanted(_)).then_some(*at));
    assert_eq!(at.map(|at| scene.now.micros_since(at)), Some(1_000_000));
}

// B-202, B-215
#[test]
fn what_teams_shows_for_14_s_changes_nobody_and_for_16_s_does() {
    let (mut scene, ann) = staged(both_ways());
    shows(&mut scene, ann, AWAY);
    scene.pass(14);
    shows(&mut scene, ann, FREE);
    scene.pass(60);
    scene.check("");
    shows(&mut scene, ann, AWAY);
    scene.pass(16);
    scene.check("ann follows away\nann not ready: chosen");
    let expected = Intent::NotReady(NotReady::Chosen(LUNCH));
    assert_eq!(agent(&scene, ann).intent, expected);
    shows(&mut scene, ann, FREE);
    scene.pass(16);
    scene.check("ann follows available\nann ready");
}

// B-190, B-224
#[test]
fn own_word_that_stood_behind_a_choice_does_not_come_back_when_the_choice_is_over() {
    let mut rules = both_ways();
    rules.from_teams.is_on = false;
    let (mut scene, ann) = staged(rules);
    scene.lunch(ann);
    scene.pass(16);
    assert_eq!(wanted(&scene, ann), Some(Status::Away));
    shows(&mut scene, ann, seen(Status::BeRightBack, Doing::Nothing));
    scene.ready(ann);
    scene.pass(16);
    assert_eq!(wanted(&scene, ann), Some(Status::Away));
    // What her client shows is what Tandem says, and our away still stands beneath it.
    shows(&mut scene, ann, FREE);
    scene.pass(1);
    assert_eq!(wanted(&scene, ann), Some(Status::Available));
}

// B-199
#[test]
fn whoever_becomes_available_is_offline_before_that() {
    let (mut scene, ann) = staged(both_ways());
    scene.lunch(ann);
    scene.pass(20);
    echo(&mut scene, ann, AWAY);
    scene.skip();
    scene.ready(ann);
    scene.pass(20);
    scene.check("ann ready\nTeams is to show offline of ann\nTeams is to show available of ann");
    let wanted = scene.journal.iter().rev();
    let mut wanted = wanted.filter(|(_, event)| matches!(event, Event::PresenceWanted(_)));
    let (available, offline) = (wanted.next().unwrap().0, wanted.next().unwrap().0);
    assert!(available.micros_since(offline) <= 2_000_000);
}

// B-193, B-216
#[test]
fn each_direction_is_switched_off_alone() {
    let mut to_alone = both_ways();
    to_alone.from_teams.is_on = false;
    let (mut scene, ann) = staged(to_alone);
    shows(&mut scene, ann, AWAY);
    scene.pass(60);
    scene.check("Teams is to show offline of ann\nTeams is to show available of ann");
    shows(&mut scene, ann, FREE);
    scene.lunch(ann);
    scene.pass(16);
    scene.check("ann not ready: chosen\nTeams is to show away of ann");

    let mut from_alone = both_ways();
    from_alone.to_teams.is_on = false;
    let (mut scene, ann) = staged(from_alone);
    scene.lunch(ann);
    scene.pass(60);
    scene.check("ann not ready: chosen");
    scene.ready(ann);
    scene.skip();
    shows(&mut scene, ann, AWAY);
    scene.pass(16);
    scene.check("ann follows away\nann not ready: chosen");
}

// B-223
#[test]
fn rule_of_a_status_fires_whatever_it_adds_unless_there_is_a_rule_for_that() {
    for doing in [Doing::Call, Doing::Meeting] {
        let (mut scene, ann) = staged(both_ways());
        shows(&mut scene, ann, seen(Status::Busy, doing));
        scene.pass(16);
        scene.check("ann follows busy\nann not ready: chosen");
    }
    let mut rules = both_ways();
    rules.from_teams.doing = vec![TargetRule {
        from: Doing::Meeting,
        to: None,
    }];
    let (mut scene, ann) = staged(rules);
    shows(&mut scene, ann, seen(Status::Busy, Doing::Meeting));
    scene.pass(16);
    scene.check("");
}

// B-203
#[test]
fn mapping_that_loops_is_refused_with_its_cycle_unless_it_is_wanted() {
    let (mut scene, _) = staged(PresenceRules::default());
    let mut rules = both_ways();
    rules.to_teams.map = vec![
        StatusRule {
            from: system(System::Available),
            to: Some(Status::Away),
        },
        StatusRule {
            from: Standing::Reason { reason: LUNCH },
            to: Some(Status::Available),
        },
    ];
    let save = |scene: &mut Scene, rules: PresenceRules| {
        let request = Request::Save {
            id: Some(1),
            expected: Some(1),
            document: rule(rules),
        };
        scene.ask(Actor::system(), request)
    };
    let refused = save(&mut scene, rules.clone());
    let Reply::Refused(Refusal::PresenceLoop { cycle }) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert_eq!(cycle.len(), 4);
    rules.allow_loop = true;
    assert!(matches!(save(&mut scene, rules), Reply::Saved { .. }));
}

// B-203
#[test]
fn agent_whose_sides_answer_each_other_is_left_alone_until_the_next_sign_in() {
    let mut rules = both_ways();
    rules.allow_loop = true;
    rules.to_teams.map = vec![
        StatusRule {
            from: system(System::Available),
            to: Some(Status::Away),
        },
        StatusRule {
            from: Standing::Reason { reason: LUNCH },
            to: Some(Status::Available),
        },
    ];
    let (mut scene, ann) = staged(rules);
    // What was written comes back as if somebody had chosen it.
    for _ in 0..10 {
        let status = wanted(&scene, ann).unwrap_or(Status::Available);
        shows(&mut scene, ann, seen(status, Doing::Nothing));
        scene.pass(40);
    }
    let told = scene.told();
    assert_eq!(
        told.matches("not kept in step after 4").count(),
        1,
        "{told}"
    );
    assert_eq!(wanted(&scene, ann), None);
    scene.skip();
    shows(&mut scene, ann, AWAY);
    scene.pass(60);
    scene.check("");
    shows(&mut scene, ann, FREE);
    scene.by(ann, Request::SignOut);
    scene.ready(ann);
    scene.pass(20);
    assert_ne!(wanted(&scene, ann), None);
}

// B-224, precedence: who chose a status in Teams keeps it
#[test]
fn what_was_chosen_in_teams_stands_until_it_is_over_there() {
    let (mut scene, ann) = staged(both_ways());
    shows(&mut scene, ann, seen(Status::DoNotDisturb, Doing::Nothing));
    scene.lunch(ann);
    scene.pass(600);
    scene.check("ann not ready: chosen");
    shows(&mut scene, ann, FREE);
    // Teams' last word first: it changes Tandem, and nothing is left to be written.
    scene.pass(16);
    scene.check("ann follows available\nann ready");
}

// Precedence is the administrator's to say
#[test]
fn where_tandem_counts_most_teams_changes_nobody() {
    let rules = PresenceRules {
        precedence: [
            Source::Tandem,
            Source::ChosenInTeams,
            Source::CalendarAndCalls,
        ],
        ..both_ways()
    };
    let (mut scene, ann) = staged(rules);
    shows(&mut scene, ann, AWAY);
    scene.pass(60);
    assert_eq!(agent(&scene, ann).intent, Intent::Ready);
    assert_eq!(wanted(&scene, ann), Some(Status::Available));
}

// the agent's own word after a status has lasted counts more than that status
#[test]
fn agent_who_says_something_later_is_not_changed_back() {
    let (mut scene, ann) = staged(both_ways());
    shows(&mut scene, ann, AWAY);
    scene.pass(60);
    scene.skip();
    scene.ready(ann);
    scene.pass(600);
    assert_eq!(agent(&scene, ann).intent, Intent::Ready);
}

// B-215
#[test]
fn nobody_is_signed_out_from_a_customer_and_whoever_is_not_here_stays_away() {
    let mut rules = both_ways();
    rules.from_teams.map.push(TargetRule {
        from: Status::Offline,
        to: Some(Target::SignedOut),
    });
    let (mut scene, ann) = staged(rules);
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    shows(&mut scene, ann, seen(Status::Offline, Doing::Nothing));
    scene.pass(60);
    assert!(agent(&scene, ann).session.is_some());
    scene.by(ann, Request::HangUp { contact });
    let done = Request::CompleteWrapUp {
        contact,
        disposition: None,
        note: None,
        then: None,
    };
    scene.by(ann, done);
    scene.pass(1);
    assert!(agent(&scene, ann).session.is_none());
    shows(&mut scene, ann, FREE);
    scene.pass(60);
    assert!(agent(&scene, ann).session.is_none());
}

// B-226
#[test]
fn of_whoever_signs_out_nothing_of_ours_is_shown() {
    let (mut scene, ann) = staged(both_ways());
    scene.lunch(ann);
    scene.pass(20);
    scene.skip();
    scene.by(ann, Request::SignOut);
    scene.pass(20);
    scene.check("ann signs out\nTeams is to show nothing of ann");
}

// B-198 as amended
#[test]
fn forced_synchronization_starts_the_shown_time_again_only_where_that_is_wanted() {
    for resets in [false, true] {
        let rules = PresenceRules {
            resets_timer_on_force: resets,
            ..both_ways()
        };
        let (mut scene, ann) = staged(rules);
        scene.lunch(ann);
        let since = agent(&scene, ann).since;
        scene.pass(3_700);
        assert_eq!(agent(&scene, ann).since != since, resets);
        let synced_at = agent(&scene, ann).presence.as_ref().unwrap().synced_at;
        let ago_s = scene.now.micros_since(synced_at) / 1_000_000;
        assert_eq!(ago_s < 3_600, resets, "{ago_s} s ago");
    }
}

// B-060, B-061
#[test]
fn nobody_is_kept_in_step_at_whom_nobody_looks() {
    let (mut scene, ann) = staged(both_ways());
    scene.give(Input::PresenceUnwatched { agent: ann });
    scene.lunch(ann);
    scene.pass(600);
    scene.check("ann not ready: chosen");
}

// a call of a contact is no change in Teams
#[test]
fn call_of_a_contact_makes_nobody_not_ready() {
    let (mut scene, ann) = staged(both_ways());
    let contact = scene.call();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    shows(&mut scene, ann, IN_A_CALL);
    scene.pass(60);
    assert_eq!(agent(&scene, ann).intent, Intent::Ready);
    assert_eq!(agent(&scene, ann).pending, None);
}

#[test]
fn reason_that_the_rules_name_is_not_removed() {
    let (mut scene, _) = staged(both_ways());
    let request = Request::Remove {
        kind: tandem_core::settings::Kind::Reason,
        id: 1,
        expected: 1,
    };
    let reply = scene.ask(Actor::system(), request);
    assert!(
        matches!(reply, Reply::Refused(Refusal::InUse { .. })),
        "{reply:?}"
    );
    let document = scene
        .state()
        .document(tandem_core::settings::Kind::Presence, 1);
    assert!(matches!(document, Some(Document::Presence(_))));
}
