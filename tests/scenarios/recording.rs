//! Recording by the rule of a queue, consent, and pauses (R-24, B-022, B-023, B-184 to B-187, B-237).

use crate::scene::{SUPPORT, Scene, actor};
use tandem_core::contact::State;
use tandem_core::effect::{Effect, Observation, Outcome};
use tandem_core::flow::{AskConsent, Digits, Entry, Flow, Key, Node, RecordAction};
use tandem_core::ids::{AccountId, AgentId, ContactId, EffectId, QueueId, SubjectRef};
use tandem_core::input::{CallFact, Collected, Input, MediaEnd, Request};
use tandem_core::queue::{Queue, WrapUpMode, WrapUpRule};
use tandem_core::recording::{
    AfterTransfer, Consent, Layout, Needs, NotRecorded, OnFailure, PaymentPage, RecordingRule,
    Silence, Told,
};
use tandem_core::refusal::Refusal;
use tandem_core::role::{Actor, Role};
use tandem_core::settings::Document;
use tandem_core::talk::Target;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, recording_rule, text};

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
    let start = last(scene, |it| matches!(it, Effect::StartRecording { .. }));
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
    let pause = last(scene, |it| matches!(it, Effect::PauseRecording { .. }));
    scene.settle(pause, Outcome::Done { reference: None });
}

fn resume_done(scene: &mut Scene) {
    let resume = last(scene, |it| matches!(it, Effect::ResumeRecording { .. }));
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

fn up(recording: Option<Told>) -> Observation {
    Observation::Up {
        customer: true,
        agents: vec!["ada".into()],
        recording,
    }
}

fn supervisor() -> Actor {
    Actor {
        account: AccountId(8),
        roles: vec![Role::Supervisor],
        agent: None,
    }
}

fn of<'a>(scene: &'a Scene, contact: ContactId) -> &'a tandem_core::contact::Contact {
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
        it.reference().is_some()
            && matches!(it.stage, tandem_core::recording::Stage::Starting { .. })
    }));
    active(&mut scene, contact, "rec-1");
    scene.check("1 is recorded, Call");
    scene.pass(30);
    scene.by(ada, Request::HangUp { contact });
    scene.check("> hang up 1\n1 over by Agent\n1 ends Handled");
    scene.give(Input::RecordingFile {
        reference: "rec-1".into(),
        location: Some("place-1".into()),
    });
    scene.check("> fetch place-1 for 1");
}

// B-186
#[test]
fn start_that_is_answered_without_a_name_learns_it_from_the_word_that_it_runs() {
    let (mut scene, _, contact) = talking(recording_rule());
    let start = last(&scene, |it| matches!(it, Effect::StartRecording { .. }));
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
    scene.observed(contact, up(Some(Told::Active)));
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
    let start = last(&scene, |it| matches!(it, Effect::StartRecording { .. }));
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
    scene.observed(contact, up(Some(Told::Active)));
    scene.check("");
    inactive(&mut scene, contact, "rec-1");
    scene.skip();
    scene.observed(contact, up(Some(Told::Gone)));
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

fn key(key: char) -> Key {
    Key::new(key).expect("phones have it")
}

fn consenting(asks: bool) -> Flow {
    let consent = Node::Consent {
        prompt: text("Calls are recorded."),
        ask: asks.then(|| AskConsent {
            accept: key('1'),
            refuse: key('2'),
            timeout_s: 5,
            retries: 1,
        }),
        given: "wait".into(),
        refused: "wait".into(),
        failed: "end".into(),
    };
    let wait = Node::Queue {
        queue: SUPPORT,
        timeout: "end".into(),
        full: "end".into(),
        failed: None,
        closed: None,
        keep_age: false,
    };
    flow(
        "Consent",
        "consent",
        &[("consent", consent), ("wait", wait), ("end", Node::End)],
    )
}

/// A caller who is at the consent node of a queue that needs this.
fn asked(needs: Needs, asks: bool) -> (Scene, AgentId, ContactId) {
    let rule = RecordingRule {
        consent: needs,
        ..recording_rule()
    };
    let mut scene = Scene::with_flow(recorded("Support", rule), consenting(asks));
    let ada = scene.ready_agent("ada", 5);
    let contact = scene.call();
    scene.skip();
    (scene, ada, contact)
}

fn pressed(scene: &mut Scene, contact: ContactId, digits: &str) {
    let effect = last(scene, |it| matches!(it, Effect::Collect { .. }));
    let result = Collected::Digits(digits.into());
    scene.fact(contact, CallFact::Collected { effect, result });
}

fn heard(scene: &mut Scene, contact: ContactId, end: MediaEnd) {
    let effect = last(scene, |it| matches!(it, Effect::Play { .. }));
    scene.fact(contact, CallFact::PromptEnded { effect, end });
}

fn answered(scene: &mut Scene, ada: AgentId, contact: ContactId) {
    scene.accept(ada, contact);
    scene.skip();
    scene.joins(contact, "ada");
}

// B-237
#[test]
fn announcement_counts_when_it_was_heard_to_its_end_and_nothing_is_recorded_before() {
    let (mut scene, ada, contact) = asked(Needs::Announced, false);
    heard(&mut scene, contact, MediaEnd::Completed);
    scene.check("1 consent Announced\n1 waits in 1\n> music 1\n1 offered to ada +20");
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n> record 1 Call");

    // That it is over by time is no word that it was heard.
    let (mut scene, _, contact) = asked(Needs::Announced, false);
    let play = last(&scene, |it| matches!(it, Effect::Play { .. }));
    scene.settle(play, Outcome::Done { reference: None });
    scene.pass(60);
    scene.check("1 consent failed silent\n> hang up 1\n1 ends Contained");
    assert!(scene.state().contacts.get(contact).is_none());
}

// B-237
#[test]
fn who_refuses_is_served_unrecorded() {
    let (mut scene, ada, contact) = asked(Needs::Asked, true);
    pressed(&mut scene, contact, "2");
    scene.check(
        "1 consent Refused
        1 consent refused -
        1 waits in 1
        > music 1
        1 offered to ada +20",
    );
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: Refused");
    assert_eq!(of(&scene, contact).consent, Consent::Refused);
}

// B-237
#[test]
fn who_agrees_is_recorded_and_silence_is_no_yes() {
    let (mut scene, ada, contact) = asked(Needs::Asked, true);
    pressed(&mut scene, contact, "7");
    scene.check("1 consent missed 7\n> collect 1");
    pressed(&mut scene, contact, "1");
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n> record 1 Call");

    let (mut scene, ada, contact) = asked(Needs::Asked, true);
    for _ in 0..2 {
        let effect = last(&scene, |it| matches!(it, Effect::Collect { .. }));
        let result = Collected::NoInput;
        scene.fact(contact, CallFact::Collected { effect, result });
    }
    scene.check(
        "1 consent missed -
        > collect 1
        1 consent missed -
        1 consent refused no_answer
        1 waits in 1
        > music 1
        1 offered to ada +20",
    );
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: ConsentMissing");
}

// B-237
#[test]
fn refusal_holds_against_every_rule_and_against_the_flow() {
    let (mut scene, ada, contact) = asked(Needs::NotNeeded, true);
    pressed(&mut scene, contact, "2");
    answered(&mut scene, ada, contact);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: Refused");

    let mut refusing = consenting(true);
    let record = Node::Record {
        action: RecordAction::Start,
        next: "wait".into(),
        failed: "wait".into(),
    };
    refusing.nodes.insert("record".into(), record);
    if let Some(Node::Consent { refused, .. }) = refusing.nodes.get_mut("consent") {
        *refused = "record".into();
    }
    let mut scene = Scene::with_flow(queue("Support"), refusing);
    let contact = scene.call();
    scene.skip();
    pressed(&mut scene, contact, "2");
    scene.check(
        "1 consent Refused
        1 consent refused -
        1 record failed refused
        1 waits in 1
        > music 1",
    );
}

// B-023
#[test]
fn agent_pauses_and_the_pause_counts_when_it_is_confirmed() {
    let (mut scene, ada, contact) = running(recording_rule());
    let pause = Request::PauseRecording { contact };
    let resume = Request::ResumeRecording { contact };
    assert_eq!(
        scene.by(ada, resume.clone()),
        Reply::Refused(Refusal::NotPaused)
    );
    assert!(scene.state().may_be_heard(contact));
    scene.by(ada, pause.clone());
    scene.check("1 is to pause, Agent\n> pause 1 rec-1");
    let may_record = |scene: &Scene| {
        let recording = of(scene, contact).recording.as_ref();
        recording.is_some_and(|it| it.may_record())
    };
    assert!(may_record(&scene), "nobody confirmed it");
    assert!(!scene.state().may_be_heard(contact));
    assert_eq!(scene.by(ada, pause), Reply::Refused(Refusal::AlreadyPaused));
    // A late copy of an earlier word looks the same: it is not taken for the confirmation.
    assert_eq!(inactive(&mut scene, contact, "rec-1"), Reply::Ignored);
    assert!(may_record(&scene));
    pause_done(&mut scene);
    scene.check("1 is paused");
    assert!(!may_record(&scene));
    scene.pass(60);
    scene.skip();
    scene.by(ada, resume);
    scene.check("1 is to go on, Agent\n> go on with 1 rec-1");
    assert!(may_record(&scene));
    resume_done(&mut scene);
    scene.check("1 goes on");
    assert!(scene.state().may_be_heard(contact));
}

// B-023
#[test]
fn pause_that_fails_or_is_not_confirmed_stops_the_recording_at_once() {
    let stopped = |code: &str| {
        format!(
            "1 is not paused {code}
            > stop recording 1 rec-1
            1 is recorded no more, pause_failed
            1 must be recorded: Failed {{ code: \"pause_failed\" }}"
        )
    };
    let asked = || {
        let (mut scene, ada, contact) = running(recording_rule());
        scene.by(ada, Request::PauseRecording { contact });
        scene.skip();
        scene
    };
    let mut scene = asked();
    let pause = last(&scene, |it| matches!(it, Effect::PauseRecording { .. }));
    let code = "8500".to_owned();
    scene.settle(pause, Outcome::Failed { code });
    scene.check(&stopped("8500"));
    let mut scene = asked();
    scene.pass(5);
    scene.check(&stopped("silent"));
    pause_done(&mut scene);
    scene.check("");
}

// B-023
#[test]
fn pause_that_the_other_side_does_not_keep_stops_the_recording() {
    let (mut scene, _, contact) = paused();
    scene.tells_questions = true;
    active(&mut scene, contact, "rec-1");
    scene.check("> ask about 1");
    scene.observed(contact, up(Some(Told::Active)));
    scene.check(
        "1 is not paused active
        > stop recording 1 rec-1
        1 is recorded no more, pause_failed
        1 must be recorded: Failed { code: \"pause_failed\" }",
    );
}

// R-24 c
#[test]
fn pause_ends_by_itself_when_it_is_as_long_as_may_be() {
    let (mut scene, _, _) = paused();
    scene.pass(300);
    scene.check("1 is to go on, TimeLimit\n> go on with 1 rec-1");
    scene.pass(5);
    scene.check(
        "> stop recording 1 rec-1
        1 is recorded no more, resume_failed
        1 must be recorded: Failed { code: \"resume_failed\" }",
    );
}

// R-24 c
#[test]
fn supervisor_pauses_and_another_agent_does_not() {
    let (mut scene, _, contact) = running(recording_rule());
    let bob = scene.ready_agent("bob", 5);
    let pause = Request::PauseRecording { contact };
    let refused = scene.ask(actor(bob), pause.clone());
    assert_eq!(refused, Reply::Refused(Refusal::NotYourContact));
    scene.ask(supervisor(), pause);
    scene.check("1 is to pause, Supervisor\n> pause 1 rec-1");
}

// R-24 c
#[test]
fn payment_page_pauses_and_leaves_the_pause_of_a_person_alone() {
    let (mut scene, ada, contact) = running(recording_rule());
    let page = |page| Request::NotePayment { contact, page };
    scene.by(ada, page(PaymentPage::Opened));
    scene.check("1 is to pause, PaymentPage\n> pause 1 rec-1");
    pause_done(&mut scene);
    assert_eq!(scene.by(ada, page(PaymentPage::Opened)), Reply::Done);
    scene.skip();
    scene.by(ada, page(PaymentPage::Closed));
    scene.check("1 is to go on, PaymentPage\n> go on with 1 rec-1");
    resume_done(&mut scene);
    let closed = scene.by(ada, page(PaymentPage::Closed));
    assert_eq!(closed, Reply::Refused(Refusal::NotPaused));

    let (mut scene, ada, contact) = paused();
    let page = |page| Request::NotePayment { contact, page };
    scene.by(ada, page(PaymentPage::Opened));
    scene.by(ada, page(PaymentPage::Closed));
    scene.check("");
}

#[test]
fn what_is_not_recorded_cannot_be_paused() {
    let (mut scene, ada, contact) = talking_in(Scene::with(queue("Support")));
    let refused = scene.by(ada, Request::PauseRecording { contact });
    assert_eq!(refused, Reply::Refused(Refusal::NotRecorded));
}

// B-023
#[test]
fn recording_that_only_starts_is_paused_as_soon_as_it_runs() {
    let (mut scene, ada, contact) = talking(recording_rule());
    taken(&mut scene, "rec-1");
    scene.skip();
    scene.by(ada, Request::PauseRecording { contact });
    scene.check("1 is to pause, Agent");
    active(&mut scene, contact, "rec-1");
    scene.check("1 is recorded, Call\n> pause 1 rec-1");
    pause_done(&mut scene);
    scene.check("1 is paused");
}

// B-023: what the file must be silent in
#[test]
fn file_is_fetched_with_what_must_be_silent_in_it() {
    let (mut scene, ada, contact) = running(recording_rule());
    scene.pass(10);
    scene.by(ada, Request::PauseRecording { contact });
    pause_done(&mut scene);
    scene.pass(20);
    scene.by(ada, Request::ResumeRecording { contact });
    resume_done(&mut scene);
    scene.pass(5);
    scene.by(ada, Request::HangUp { contact });
    scene.give(Input::RecordingFile {
        reference: "rec-1".into(),
        location: Some("place-1".into()),
    });
    let orders = scene.journal.iter().filter_map(|(_, it)| it.as_order());
    let quiet = orders.filter_map(|order| match order.effect {
        Effect::FetchRecording { quiet, .. } => quiet,
        _ => None,
    });
    let quiet = quiet.last().expect("it was paused");
    let silence = Silence {
        from_ms: 10_000,
        until_ms: Some(30_000),
        paused_ms: 20_000,
    };
    assert_eq!((quiet.whole_ms, quiet.silences), (35_000, vec![silence]));
}

/// A flow that records, then asks for a card number.
fn card() -> Flow {
    let record = Node::Record {
        action: RecordAction::Start,
        next: "card".into(),
        failed: "card".into(),
    };
    let card = Node::Collect {
        prompt: text("Your card number."),
        max_digits: 16,
        timeout_s: 5,
        attribute: "card".into(),
        entry: Entry {
            digits: Digits::Masked,
            ..Entry::USUAL
        },
        next: "thanks".into(),
        no_input: "thanks".into(),
        failed: "sorry".into(),
    };
    let say = |words: &str| Node::Message {
        prompt: text(words),
    };
    flow(
        "Card",
        "record",
        &[
            ("record", record),
            ("card", card),
            ("thanks", say("Thank you.")),
            ("sorry", say("Sorry.")),
        ],
    )
}

/// A caller who is recorded and about to be asked for a card number.
fn before_the_card() -> (Scene, ContactId) {
    let mut scene = Scene::with_flow(queue("Support"), card());
    let contact = scene.call();
    taken(&mut scene, "rec-1");
    scene.skip();
    active(&mut scene, contact, "rec-1");
    scene.check("1 is recorded, Call\n1 is to pause, Flow\n> pause 1 rec-1");
    (scene, contact)
}

// R-24 c, B-023
#[test]
fn masked_question_is_asked_when_the_recording_is_paused_and_it_goes_on_afterwards() {
    let (mut scene, contact) = before_the_card();
    assert!(!scene.state().may_be_heard(contact));
    pause_done(&mut scene);
    scene.check("1 is paused\n> collect 1");
    let effect = last(&scene, |it| matches!(it, Effect::Collect { .. }));
    let result = Collected::Masked(SubjectRef(9));
    scene.fact(contact, CallFact::Collected { effect, result });
    scene.check(
        "1 card is masked, subject 9
        > play 1
        1 is to go on, Flow
        > go on with 1 rec-1",
    );
    resume_done(&mut scene);
    assert!(scene.state().may_be_heard(contact));
}

// R-24 c, B-023
#[test]
fn masked_question_is_not_asked_when_the_recording_cannot_be_paused() {
    let (mut scene, _) = before_the_card();
    scene.pass(5);
    scene.check(
        "1 is not paused silent
        > stop recording 1 rec-1
        1 is recorded no more, pause_failed
        1 card failed not_paused
        > play 1",
    );
}

// R-24 c
#[test]
fn pause_of_a_masked_question_lasts_as_long_as_the_question() {
    let (mut scene, _) = before_the_card();
    pause_done(&mut scene);
    let collect = last(&scene, |it| matches!(it, Effect::Collect { .. }));
    scene.settle(collect, Outcome::Unknown);
    scene.skip().pass(299);
    let told = scene.told();
    assert!(!told.contains("is to go on, TimeLimit"), "{told}");
}

// B-023
#[test]
fn pause_outlives_the_process_and_a_transfer() {
    let (mut scene, _, contact) = paused();
    scene.give(Input::ServiceStarted);
    scene.pass(1);
    scene.observed(contact, up(Some(Told::Inactive)));
    let pause = of(&scene, contact).recording.as_ref();
    assert!(pause.is_some_and(|it| !it.may_record()));
    scene.skip();
    scene.pass(300);
    scene.check("1 is to go on, TimeLimit\n> go on with 1 rec-1");
}

// B-184, R-24 b: outgoing calls likewise
#[test]
fn refused_by_rule_of_another_queue_is_told_again_at_each_owner() {
    let asked = RecordingRule {
        consent: Needs::Asked,
        ..recording_rule()
    };
    let (mut scene, _, contact) = talking(asked);
    scene.check("> stop media 1\n1 talks to ada\n1 must be recorded: ConsentMissing");
    assert!(of(&scene, contact).recording.is_none());
}
