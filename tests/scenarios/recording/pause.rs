//! Pauses of a recording (R-24 c, d; B-023): by people, payment pages and masked questions.

use super::{
    active, inactive, last, of, pause_done, paused, resume_done, running, supervisor, taken,
    talking, talking_in,
};
use crate::scene::{Scene, actor, up};
use tandem_core::effect::{Effect, Outcome};
use tandem_core::flow::{Digits, Entry, Flow, Node, RecordAction};
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_core::input::{CallFact, Collected, Input, Request};
use tandem_core::recording::{PaymentPage, Silence, Told};
use tandem_core::refusal::Refusal;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{flow, queue, recording_rule, text};

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
    scene.observed(contact, up(&["ada"], Some(Told::Active)));
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
        told_ms: None,
    });
    let orders = scene.journal.iter().filter_map(|(_, it)| it.as_order());
    let mut quiet = orders.filter_map(|order| {
        if let Effect::FetchRecording { quiet, .. } = order.effect {
            return quiet;
        }
        None
    });
    let quiet = quiet.next_back().expect("it was paused");
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
        retry: None,
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

/// As [`card`], and the caller hears something between the two.
fn greeted_card() -> Flow {
    let mut flow = card();
    let greeting = Node::Play {
        prompt: text("Welcome."),
        next: "card".into(),
        failed: "card".into(),
    };
    let record = Node::Record {
        action: RecordAction::Start,
        next: "greeting".into(),
        failed: "greeting".into(),
    };
    flow.nodes.insert("greeting".into(), greeting);
    flow.nodes.insert("record".into(), record);
    flow
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

// R-24 c, B-023
#[test]
fn pause_of_the_flow_is_ended_by_nobody_while_its_question_is_open() {
    let (mut scene, contact) = before_the_card();
    pause_done(&mut scene);
    scene.skip();
    let refused = scene.ask(supervisor(), Request::ResumeRecording { contact });
    assert_eq!(refused, Reply::Refused(Refusal::SecretAsked));
    scene.check("");
    assert!(!scene.state().may_be_heard(contact));
}

// R-24 c, B-023
#[test]
fn pause_that_stood_before_a_masked_question_outlasts_it() {
    let mut scene = Scene::with_flow(queue("Support"), greeted_card());
    let contact = scene.call();
    taken(&mut scene, "rec-1");
    active(&mut scene, contact, "rec-1");
    let page = |page| Request::NotePayment { contact, page };
    scene.ask(supervisor(), page(PaymentPage::Opened));
    pause_done(&mut scene);
    scene.skip();
    scene.hears(contact);
    scene.check("> collect 1");
    for end in [
        page(PaymentPage::Closed),
        Request::ResumeRecording { contact },
    ] {
        let refused = scene.ask(supervisor(), end);
        assert_eq!(refused, Reply::Refused(Refusal::SecretAsked));
    }
    scene.check("");
    let effect = last(&scene, |it| matches!(it, Effect::Collect { .. }));
    let result = Collected::Masked(SubjectRef(9));
    scene.fact(contact, CallFact::Collected { effect, result });
    scene.skip();
    assert_eq!(
        scene.ask(supervisor(), page(PaymentPage::Closed)),
        Reply::Done
    );
    scene.check("1 is to go on, PaymentPage\n> go on with 1 rec-1");
}

// B-023
#[test]
fn pause_outlives_the_process() {
    let (mut scene, _, contact) = paused();
    scene.give(Input::ServiceStarted);
    scene.pass(1);
    scene.observed(contact, up(&["ada"], Some(Told::Inactive)));
    let pause = of(&scene, contact).recording.as_ref();
    assert!(pause.is_some_and(|it| !it.may_record()));
    scene.skip();
    scene.pass(300);
    scene.check("1 is to go on, TimeLimit\n> go on with 1 rec-1");
}
