//! What those who wait are told: position and wait (R-18, R-19, B-017).

use crate::scene::{SUPPORT, Scene};
use tandem_core::contact::Told;
use tandem_core::effect::{Effect, Outcome};
use tandem_core::estimate::Announcement;
use tandem_core::ids::{AgentId, ContactId};
use tandem_core::input::{CallFact, Input, Request};
use tandem_core::prompt::{Heard, Language};
use tandem_core::queue::{Announce, Queue, Sentences, WaitWords};
use tandem_core::settings::Document;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan::{announce, queue};

fn support(announce: Announce) -> Queue {
    Queue {
        announce: Some(Box::new(announce)),
        ..queue("Support")
    }
}

/// What was said to a contact last, and in which language, if not in that of the contact center.
fn said(scene: &Scene, contact: ContactId) -> (String, Option<Language>) {
    let said = scene.journal.iter().rev().find_map(|(_, event)| {
        let Effect::Play {
            contact: it,
            prompt,
            ..
        } = event.as_order()?.effect
        else {
            return None;
        };
        let said = match prompt {
            Heard::Text(words) => (words, None),
            Heard::Said { text, language } => (text, Some(language)),
            Heard::Url(_) | Heard::Sound { .. } => return None,
        };
        (it == contact).then_some(said)
    });
    said.expect("something was said")
}

/// What was said to a contact last, in the language of the contact center.
fn words(scene: &Scene, contact: ContactId) -> String {
    let (words, language) = said(scene, contact);
    assert_eq!(language, None);
    words
}

/// Somebody waits and ann answers after so long, talks so long, and is free again.
fn served(scene: &mut Scene, ann: AgentId, contact: ContactId, talk_s: u32) {
    scene.takes_call(ann, contact);
    scene.pass(talk_s);
    scene.by(ann, Request::HangUp { contact });
}

// B-017, R-19
#[test]
fn with_two_ahead_the_third_is_told_position_three_again_and_again_at_the_interval() {
    let mut scene = Scene::with(support(announce(10, 30)));
    scene.call();
    scene.call();
    let third = scene.call();
    scene.skip();
    scene.pass(10);
    scene.check(
        "1 is told Some(1) None
         > play 1
         2 is told Some(2) None
         > play 2
         3 is told Some(3) None
         > play 3",
    );
    assert_eq!(words(&scene, third), "You are number 3.");
    scene.hears_out(third);
    scene.check("> music 3");
    // Nobody told of the end of the others: the music goes on when they must be over.
    scene.pass(30);
    assert!(scene.told().contains("3 is told Some(3) None"));
    scene.hears_out(third);
    scene.skip();
    scene.fact(ContactId(1), CallFact::LegDown);
    scene.skip();
    scene.pass(30);
    assert!(
        scene.told().contains("3 is told Some(2) None"),
        "{}",
        scene.told()
    );
}

/// What a contact was told last.
fn told(scene: &Scene, contact: ContactId) -> Told {
    let contact = scene.state().contacts.get(contact);
    contact.expect("it waits").told
}

// B-017, R-18, R-19
#[test]
fn with_two_ahead_the_third_is_told_position_three_and_the_estimate_again_and_again() {
    let mut scene = Scene::with(support(announce(1, 15)));
    let ann = scene.ready_agent("ann", 0);
    // Each waits for those before: about two minutes of talk for each place.
    let mut waiting: Vec<_> = (0..4).map(|_| scene.call()).collect();
    for _ in 0..20 {
        let first = waiting.remove(0);
        served(&mut scene, ann, first, 120);
        waiting.push(scene.call());
    }
    let first = waiting.remove(0);
    scene.takes_call(ann, first);
    let third = waiting.pop().expect("three wait");
    scene.pass(2);
    let mut before = told(&scene, third);
    for _ in 0..3 {
        assert_eq!(before.position, Some(3));
        let Some(Announcement::AboutMinutes(minutes)) = before.wait else {
            panic!("told {before:?}");
        };
        assert!((3..=10).contains(&minutes), "{minutes} minutes");
        let sentence = format!("You are number 3. It takes about {minutes} minutes.");
        assert_eq!(words(&scene, third), sentence);
        scene.hears_out(third);
        scene.skip();
        scene.pass(15);
        let now = told(&scene, third);
        let line = format!("{third} is told {:?} {:?}", now.position, now.wait);
        assert!(scene.told().contains(&line), "{}", scene.told());
        before = now;
    }
}

// no data, no number.
#[test]
fn nothing_is_said_of_the_wait_while_nothing_was_learned_and_the_music_plays_on() {
    let mut only_wait = announce(10, 30);
    only_wait.sentences.position = None;
    let mut scene = Scene::with(support(only_wait));
    scene.call();
    scene.skip();
    scene.pass(100);
    let silent = "1 is told None None";
    scene.check(&[silent; 4].join("\n"));
}

//
#[test]
fn wait_is_said_once_it_was_learned_and_never_grows_within_one_contact() {
    let mut scene = Scene::with(support(announce(1, 15)));
    let ann = scene.ready_agent("ann", 0);
    // Each waits for the one before: about two minutes of talk for each place.
    let mut waiting: Vec<_> = (0..3).map(|_| scene.call()).collect();
    for _ in 0..20 {
        let first = waiting.remove(0);
        served(&mut scene, ann, first, 120);
        waiting.push(scene.call());
    }
    let last = waiting.pop().expect("somebody waits");
    scene.skip();
    scene.pass(2);
    let told = scene.state().contacts.get(last).expect("waits").told;
    let Some(Announcement::AboutMinutes(minutes)) = told.wait else {
        panic!("told {told:?}");
    };
    assert!((2..=8).contains(&minutes), "{minutes} minutes");
    assert_eq!(told.position, Some(2));
    assert!(words(&scene, last).contains(&format!("about {minutes} minutes")));
    // Nobody serves them any more: it takes longer, and the customer is told no larger number.
    let mut before = told.wait;
    for _ in 0..10 {
        scene.hears_out(last);
        scene.pass(15);
        let told = scene.state().contacts.get(last).expect("waits").told;
        assert!(told.wait <= before, "{:?} after {before:?}", told.wait);
        before = told.wait;
    }
}

//
#[test]
fn announcement_is_interrupted_by_the_agent_who_joins() {
    let mut scene = Scene::with(support(announce(1, 15)));
    let contact = scene.call();
    scene.pass(2);
    let ann = scene.ready_agent("ann", 0);
    scene.skip();
    scene.accept(ann, contact);
    scene.joins(contact, "ann");
    scene.check("1 accepted by ann\n> ring ann for 1 60 s\n> stop media 1\n1 talks to ann");
    scene.pass(100);
    assert!(!scene.told().contains("is told"), "{}", scene.told());
}

#[test]
fn announcement_that_cannot_be_played_gives_way_to_the_music() {
    let mut scene = Scene::with(support(announce(1, 15)));
    let contact = scene.call();
    scene.pass(2);
    scene.skip();
    let effect = scene.last_order(|effect| matches!(effect, Effect::Play { .. }));
    let code = "8565".to_owned();
    scene.settle(effect, Outcome::Failed { code });
    scene.check("> music 1");
    assert!(scene.state().contacts.get(contact).is_some());
}

#[test]
fn sentence_without_a_place_for_its_number_is_refused_with_the_fix() {
    let mut scene = Scene::with(queue("Support"));
    let mut wrong = announce(1, 15);
    wrong.sentences.position = Some("You are next.".into());
    let reply = scene.change(SUPPORT.0, 1, Document::Queue(support(wrong)));
    let Reply::Refused(refusal) = reply else {
        panic!("{reply:?}");
    };
    let told = refusal.to_string();
    assert!(
        told.contains("announce.position") && told.contains("{position}"),
        "{told}"
    );
}

fn language(tag: &str) -> Language {
    Language::parse(tag).expect("a tag")
}

/// The usual sentences, which are English, and the same in German.
fn in_languages() -> Announce {
    let german = Sentences {
        position: Some("Sie sind Nummer {position}.".to_owned()),
        wait: Some(WaitWords {
            under_a_minute: "Gleich.".to_owned(),
            minutes: "Etwa {minutes} Minuten.".to_owned(),
            over_an_hour: "Mehr als eine Stunde.".to_owned(),
        }),
    };
    Announce {
        language: Some(language("en-US")),
        languages: [(language("de-DE"), german)].into(),
        ..announce(10, 30)
    }
}

/// A call of somebody whose network, or whose choice, says this language.
fn call_in(scene: &mut Scene, tag: &str) -> ContactId {
    let mut arrival = scene.arrival();
    arrival.attributes = [("language".to_owned(), tag.to_owned())].into();
    let Reply::Arrived(contact) = scene.give(Input::Arrived(arrival)) else {
        panic!("not arrived")
    };
    scene.comes_up(contact);
    contact
}

// B-017, R-19
#[test]
fn position_is_told_in_the_caller_s_language_else_in_a_related_one_else_in_the_queue_s_own_sentences()
 {
    let mut scene = Scene::with(support(in_languages()));
    let wanted = ["de-DE", "de-AT", "en-GB", "fr-FR", "nonsense"];
    let contacts = wanted.map(|tag| call_in(&mut scene, tag));
    let nobody_says = scene.call();
    scene.pass(10);
    let told = |contact, text: &str, tag| {
        assert_eq!(
            said(&scene, contact),
            (text.to_owned(), Some(language(tag)))
        );
    };
    told(contacts[0], "Sie sind Nummer 1.", "de-DE");
    told(contacts[1], "Sie sind Nummer 2.", "de-DE");
    told(contacts[2], "You are number 3.", "en-US");
    told(contacts[3], "You are number 4.", "en-US");
    told(contacts[4], "You are number 5.", "en-US");
    told(nobody_says, "You are number 6.", "en-US");
}

//
#[test]
fn wait_is_told_in_the_caller_s_language_and_the_record_is_the_same_in_each() {
    let mut scene = Scene::with(support(in_languages()));
    let ann = scene.ready_agent("ann", 0);
    let mut waiting: Vec<_> = (0..3).map(|_| scene.call()).collect();
    for _ in 0..20 {
        let first = waiting.remove(0);
        served(&mut scene, ann, first, 120);
        waiting.push(call_in(&mut scene, "de-CH"));
    }
    let last = waiting.pop().expect("somebody waits");
    scene.pass(10);
    let Told {
        position: Some(position),
        wait: Some(Announcement::AboutMinutes(minutes)),
        ..
    } = told(&scene, last)
    else {
        panic!("told {:?}", told(&scene, last));
    };
    let sentences = format!("Sie sind Nummer {position}. Etwa {minutes} Minuten.");
    assert_eq!(said(&scene, last), (sentences, Some(language("de-DE"))));
}

#[test]
fn announcements_in_a_language_that_say_less_than_the_queue_s_own_are_refused_with_the_place() {
    let mut scene = Scene::with(queue("Support"));
    let mut wrong = in_languages();
    for sentences in wrong.languages.values_mut() {
        sentences.wait = None;
    }
    let reply = scene.change(SUPPORT.0, 1, Document::Queue(support(wrong)));
    let Reply::Refused(refusal) = reply else {
        panic!("{reply:?}");
    };
    let told = refusal.to_string();
    assert!(told.contains("announce.languages.de-DE.wait"), "{told}");
}
