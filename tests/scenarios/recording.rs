//! Recording by the rule of a queue, consent, and pauses (R-24, B-022, B-023, B-184 to B-187, B-237).

mod consent;
mod pause;

use crate::scene::{Scene, up};
use tandem_core::contact::{Contact, State};
use tandem_core::effect::{Effect, Outcome};
use tandem_core::ids::{AccountId, AgentId, ContactId, EffectId, QueueId};
use tandem_core::input::{CallFact, Input, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::recording::{
    AfterTransfer, Layout, Needs, NotRecorded, OnFailure, RecordingRule, Stage, Told,
};
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::settings::Document;
use tandem_core::talk::Target;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{queue, recording_rule};

const SALES: QueueId = QueueId(2);

fn recorded(name: &str, rule: RecordingRule) -> Queue {
    Queue {
        recording: Some(Box::new(rule)),
        ..queue(name)
    }
}

/// Ada talks to the customer of contact 1; what happened on the way is not told.
fn talking(rule: RecordingRule) -> (Scene, AgentId, ContactId) {
    talking_in(Scene::with(recorded("Support", rule)))
}

fn talking_in(mut scene: Scene) -> (Scene, AgentId, ContactId) {
    let ada = scene.ready_agent("ada", 5);
    let contact = scene.call();
    scene.accept(ada, contact);
    scene.skip();
    scene.joins(contact, "ada");
    scene.roster(contact, true, &["ada"]);
    (scene, ada, contact)
}

fn last(scene: &Scene, is_it: impl Fn(&Effect) -> bool) -> EffectId {
    scene.last_order(is_it)
}

fn taken(scene: &mut Scene, reference: &str) {
    let start = scene.last_order(|it| matches!(it, Effect::StartRecording { .. }));
    scene.done(start, reference);
}

fn active(scene: &mut Scene, contact: ContactId, reference: &str) -> Reply {
    let reference = reference.to_owned();
    scene.fact(contact, CallFact::RecordingActive { reference })
}

fn inactive(scene: &mut Scene, contact: ContactId, reference: &str) -> Reply {
    let reference = reference.to_owned();
    scene.fact(contact, CallFact::RecordingInactive { reference })
}

/// As [`talking`], and the recording `rec-1` runs.
fn running(rule: RecordingRule) -> (Scene, AgentId, ContactId) {
    let (mut scene, ada, contact) = talking(rule);
    taken(&mut scene, "rec-1");
    active(&mut scene, contact, "rec-1");
    scene.skip();
    (scene, ada, contact)
}

fn pause_done(scene: &mut Scene) {
    let pause = scene.last_order(|it| matches!(it, Effect::PauseRecording { .. }));
    scene.settle(pause, Outcome::Done { reference: None });
}

fn resume_done(scene: &mut Scene) {
    let resume = scene.last_order(|it| matches!(it, Effect::ResumeRecording { .. }));
    scene.settle(resume, Outcome::Done { reference: None });
}

/// As [`running`], and paused by Ada.
fn paused() -> (Scene, AgentId, ContactId) {
    let (mut scene, ada, contact) = running(recording_rule());
    scene.by(ada, Request::PauseRecording { contact });
    pause_done(&mut scene);
    scene.skip();
    (scene, ada, contact)
}

fn supervisor() -> Actor {
    Actor {
        account: AccountId(8),
        roles: vec![Role::Supervisor],
        agent: None,
        scope: Scope::Everything,
    }
}

fn of(scene: &Scene, contact: ContactId) -> &Contact {
    scene.state().contacts.get(contact).expect("it is not over")
}

// B-022, B-184, B-186
#[test]
fn conversation_is_recorded_when_the_other_side_says_so_and_not_before() {
    let (mut scene, ada, contact) = talking(recording_rule());
    scene.check("> stop media 1\n1 talks to ada\n> record 1 Call");
    taken(&mut scene, "rec-1");
    scene.check("");
    assert!(of(&scene, contact).recording.as_ref().is_some_and(|it| {
        it.reference().is_some() && matches!(it.stage, Stage::Starting { .. })
    }));
    active(&mut scene, contact, "rec-1");
    scene.check("1 is recorded, Call");
    scene.pass(30);
    scene.by(ada, Request::HangUp { contact });
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
    scene.give(Input::RecordingFile {
        reference: "rec-1".into(),
        location: Some("place-1".into()),
        told_ms: None,
    });
    scene.check("> fetch place-1 for 1");
}

// B-186
#[test]
fn start_that_is_answered_without_a_name_learns_it_from_the_word_that_it_runs() {
    let (mut scene, _, contact) = talking(recording_rule());
    let start = scene.last_order(|it| matches!(it, Effect::StartRecording { .. }));
    scene.skip();
    scene.settle(start, Outcome::Done { reference: None });
    active(&mut scene, contact, "rec-1");
    scene.check("1 is recorded, Call");
}

// B-186
#[test]
fn word_that_it_runs_may_come_before_the_answer_that_names_it() {
    let (mut scene, _, contact) = talking(recording_rule());
    scene.skip();
    active(&mut scene, contact, "rec-1");
    scene.check("1 is recorded, Call");
    taken(&mut scene, "rec-1");
    scene.check("");
}

#[test]
fn recording_of_which_no_word_comes_is_asked_about_and_given_up() {
    let (mut scene, _, contact) = talking(recording_rule());
    taken(&mut scene, "rec-1");
    scene.tells_questions = true;
    scene.skip().pass(5);
    scene.check("> ask about 1");
    scene.observed(contact, up(&["ada"], Some(Told::Active)));
    scene.check("1 is recorded, Call");

    let (mut scene, _, _) = talking(recording_rule());
    taken(&mut scene, "rec-1");
    scene.skip().pass(20);
    scene.check(
        "> stop recording 1 rec-1
        1 is not recorded silent
        1 must be recorded: Failed { code: \"silent\" }",
    );
}

// B-187
#[test]
fn start_that_fails_follows_the_rule() {
    let failed = |on_failure| {
        let rule = RecordingRule {
            on_failure,
            ..recording_rule()
        };
        let (mut scene, _, contact) = talking(rule);
        taken(&mut scene, "rec-1");
        scene.skip();
        let (reference, code) = ("rec-1".to_owned(), "8500".to_owned());
        scene.fact(contact, CallFact::RecordingFailed { reference, code });
        scene
    };
    failed(OnFailure::Continue).check("1 is not recorded 8500");
    let mut scene = failed(OnFailure::Warn);
    scene.check("1 is not recorded 8500\n1 must be recorded: Failed { code: \"8500\" }");
    let why = of(&scene, ContactId(1))
        .unrecorded
        .as_ref()
        .map(|it| &it.why);
    let code = "8500".to_owned();
    assert_eq!(why, Some(&NotRecorded::Failed { code }));
    failed(OnFailure::EndCall).check(
        "1 is not recorded 8500
        1 must be recorded: Failed { code: \"8500\" }
        > hang up 1
        1 over by Rule
        1 ends Handled",
    );
}

// B-187: the agent sees why in the wrap-up
#[test]
fn agent_whose_call_was_ended_by_the_rule_sees_why() {
    let rule = RecordingRule {
        on_failure: OnFailure::EndCall,
        ..recording_rule()
    };
    let queue = Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        ..recorded("Support", rule)
    };
    let (mut scene, _, contact) = talking_in(Scene::with(queue));
    let start = scene.last_order(|it| matches!(it, Effect::StartRecording { .. }));
    let code = "8553".to_owned();
    scene.settle(start, Outcome::Failed { code });
    let contact = of(&scene, contact);
    assert!(matches!(contact.state, State::WrapUp(..)));
    assert!(contact.unrecorded.is_some());
}

#[test]
fn recording_that_stops_by_itself_is_found_by_asking() {
    let (mut scene, _, contact) = running(recording_rule());
    scene.tells_questions = true;
    inactive(&mut scene, contact, "rec-1");
    scene.check("1 may be recorded no more\n> ask about 1");
    scene.observed(contact, up(&["ada"], Some(Told::Active)));
    scene.check("");
    inactive(&mut scene, contact, "rec-1");
    scene.skip();
    scene.observed(contact, up(&["ada"], Some(Told::Gone)));
    scene.check(
        "1 is recorded no more, stopped
        1 must be recorded: Failed { code: \"stopped\" }",
    );
}

#[test]
fn recording_that_ends_with_its_call_has_not_failed() {
    let (mut scene, _, contact) = running(recording_rule());
    inactive(&mut scene, contact, "rec-1");
    scene.skip();
    scene.fact(contact, CallFact::LegDown);
    scene.check("1 over by Customer\n1 ends Handled");
}

#[test]
fn recording_in_doubt_of_which_nobody_answers_is_taken_to_have_stopped() {
    let (mut scene, _, contact) = running(recording_rule());
    inactive(&mut scene, contact, "rec-1");
    scene.skip().pass(15);
    scene.check(
        "1 is recorded no more, stopped
        1 must be recorded: Failed { code: \"stopped\" }",
    );
}

#[test]
fn recording_that_nobody_wants_any_more_is_stopped_when_it_is_told_of() {
    let (mut scene, ada, contact) = talking(recording_rule());
    scene.by(ada, Request::HangUp { contact });
    scene.skip();
    assert_eq!(active(&mut scene, contact, "rec-1"), Reply::Ignored);

    let queue = queue("Support");
    let (mut scene, _, contact) = talking_in(Scene::with(queue));
    scene.skip();
    active(&mut scene, contact, "rec-9");
    scene.check("> stop recording 1 rec-9");
}

// B-185
#[test]
fn parties_are_kept_apart_where_the_rule_says_so_and_another_agent_needs_another_recording() {
    let rule = RecordingRule {
        channels: Layout::Unmixed,
        ..recording_rule()
    };
    let (mut scene, ada, contact) = talking(rule);
    scene.check("> stop media 1\n1 talks to ada\n> record 1 and ada apart");
    taken(&mut scene, "rec-1");
    active(&mut scene, contact, "rec-1");
    let bob = scene.ready_agent("bob", 5);
    let to = Target::Agent(bob);
    scene.by(ada, Request::Transfer { contact, to });
    scene.skip();
    scene.joins(contact, "bob");
    let told = scene.told();
    assert!(
        told.contains("> stop recording 1 rec-1\n1 is recorded no more\n> record 1 and bob apart"),
        "{told}"
    );
}

/// A second queue with this rule, served by Bob alone; Ada hands the contact to it.
fn handed_to_sales(
    first: RecordingRule,
    second: Option<RecordingRule>,
) -> (Scene, ContactId, AgentId) {
    let (mut scene, ada, contact) = running(first);
    let sales = Queue {
        recording: second.map(Box::new),
        ..queue("Sales")
    };
    assert_eq!(scene.saved(Document::Queue(sales)), SALES.0);
    let bob = scene.ready_agent("bob", 5);
    scene.lunch(ada);
    scene.skip();
    let to = Target::Queue(SALES);
    let reply = scene.by(ada, Request::Transfer { contact, to });
    assert_eq!(reply, Reply::Done);
    (scene, contact, bob)
}

// R-24 b
#[test]
fn recording_ends_when_the_contact_goes_to_a_queue_that_does_not_record() {
    let (scene, _, _) = handed_to_sales(recording_rule(), None);
    let told = scene.told();
    assert!(
        told.contains("1 waits in 2, since 0 s\n> stop recording 1 rec-1"),
        "{told}"
    );

    let (mut scene, contact, bob) = handed_to_sales(recording_rule(), Some(recording_rule()));
    scene.accept(bob, contact);
    scene.joins(contact, "bob");
    let told = scene.told();
    assert!(
        !told.contains("> stop recording") && !told.contains("> record"),
        "{told}"
    );
}

// R-24 b
#[test]
fn strictest_rule_records_to_the_end_of_the_call() {
    let strictest = RecordingRule {
        after_transfer: AfterTransfer::Strictest,
        ..recording_rule()
    };
    let (mut scene, contact, bob) = handed_to_sales(strictest, None);
    scene.accept(bob, contact);
    scene.joins(contact, "bob");
    assert!(
        !scene.told().contains("> stop recording"),
        "{}",
        scene.told()
    );
    assert!(of(&scene, contact).recording.is_some());
}

// R-24 b, B-237
#[test]
fn later_queue_that_needs_more_consent_ends_the_recording() {
    let asked = RecordingRule {
        consent: Needs::Asked,
        ..recording_rule()
    };
    let (mut scene, contact, bob) = handed_to_sales(recording_rule(), Some(asked));
    scene.accept(bob, contact);
    scene.joins(contact, "bob");
    let told = scene.told();
    assert!(told.contains("> stop recording 1 rec-1"), "{told}");
    assert!(
        told.contains("1 must be recorded: ConsentMissing"),
        "{told}"
    );
}
