use super::*;
use crate::flow::{Flow, Node};
use crate::ids::PromptId;
use crate::settings::{Document, Settings};

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn kept(texts: &[(&str, &str)]) -> KeptPrompt {
    let texts = texts.iter();
    let languages = texts.map(|(tag, text)| (language(tag), Words::Text((*text).to_owned())));
    KeptPrompt {
        name: "Welcome".to_owned(),
        default_language: language("en-US"),
        languages: languages.collect(),
    }
}

fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    pairs.collect()
}

#[test]
fn caller_hears_the_language_then_one_of_the_same_then_the_default() {
    let prompt = kept(&[
        ("de-AT", "a"),
        ("de-DE", "d"),
        ("en-US", "e"),
        ("fr-FR", "f"),
    ]);
    let heard = |tag: &str| {
        let wanted = Language::parse(tag).ok();
        prompt.language_for(wanted.as_ref()).as_str().to_owned()
    };
    assert_eq!(heard("de-DE"), "de-DE");
    assert_eq!(heard("de-CH"), "de-AT");
    assert_eq!(heard("FR"), "fr-FR");
    assert_eq!(heard("it-IT"), "en-US");
    assert_eq!(heard("nonsense"), "en-US");
}

#[test]
fn text_is_said_in_its_language_with_attributes_in_it() {
    let prompt = kept(&[("de-DE", "Guten Tag, {name}."), ("en-US", "Hello.")]);
    let heard = prompt.heard(&attributes(&[(LANGUAGE, "de-ch"), ("name", "Ada")]));
    let (text, language) = ("Guten Tag, Ada.".to_owned(), language("de-DE"));
    assert_eq!(heard, Heard::Said { text, language });
}

#[test]
fn sound_may_last_as_long_as_it_is() {
    let heard = |length_ms| Heard::Sound {
        id: SoundId::try_from("a".repeat(64)).unwrap(),
        language: language("de-DE"),
        length_ms,
    };
    let end = limits::PROMPT_END_SECONDS;
    assert_eq!(heard(3_200).seconds_max(), end + 4);
    assert_eq!(heard(600_000).seconds_max(), end + 600);
}

#[test]
fn id_of_a_sound_is_a_hash() {
    for bad in ["", "abc", &"g".repeat(64), &"A".repeat(64), &"a".repeat(65)] {
        assert!(SoundId::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn prompt_is_refused_with_the_place() {
    let place = |it: &KeptPrompt| match it.validate() {
        Err(Refusal::Invalid { field, .. }) => field,
        Err(Refusal::LimitReached { what, .. }) => what.to_owned(),
        other => format!("{other:?}"),
    };
    let fine = kept(&[("en-US", "Hello.")]);
    assert_eq!(fine.validate(), Ok(()));
    let no_default = kept(&[("de-DE", "Guten Tag.")]);
    assert_eq!(place(&no_default), "default_language");
    let bare = kept(&[("de", "Guten Tag."), ("en-US", "Hello.")]);
    assert_eq!(place(&bare), "languages.de");
    let empty = kept(&[("de-DE", " "), ("en-US", "Hello.")]);
    assert_eq!(place(&empty), "languages.de-DE.text");
    let mut many = kept(&[("en-US", "Hello.")]);
    for letter in 'a'..='z' {
        let tag = format!("x{letter}-{letter}{letter}");
        many.languages
            .insert(language(&tag), Words::Text("x".to_owned()));
    }
    assert_eq!(place(&many), "languages of a prompt");
}

#[test]
fn languages_that_a_flow_gives_and_a_prompt_lacks_are_named_with_the_place() {
    let mut settings = Settings::default();
    let prompt = kept(&[("de-DE", "Guten Tag."), ("en-US", "Hello.")]);
    settings.saved(7, 1, &Document::Prompt(prompt));
    let set = |value: &str, next: &str| Node::Set {
        attribute: LANGUAGE.to_owned(),
        value: value.to_owned(),
        next: next.to_owned(),
    };
    let say = Node::Play {
        prompt: Prompt::Kept(PromptId(7)),
        next: "end".to_owned(),
        failed: "end".to_owned(),
    };
    let nodes = [
        ("de", set("de-AT", "fr")),
        ("fr", set("fr-FR", "word")),
        ("word", set("whatever they speak", "say")),
        ("say", say),
        ("end", Node::End),
    ];
    let flow = Flow {
        name: "Main".to_owned(),
        start: "de".to_owned(),
        nodes: nodes.map(|(id, node)| (id.to_owned(), node)).into(),
    };
    let languages = flow.languages();
    assert_eq!(languages, [language("de-AT"), language("fr-FR")].into());
    let missing = missing_languages(&flow, &settings, &languages);
    let [it] = missing.as_slice() else {
        panic!("{missing:?}")
    };
    assert_eq!(it.field, "nodes.say.prompt");
    assert_eq!(it.language, language("fr-FR"));
    assert_eq!(
        it.to_string(),
        "the prompt \"Welcome\" has nothing in fr-FR: callers hear en-US; add the language to the prompt"
    );
}

#[test]
fn languages_that_a_flow_gives_and_the_announcements_of_its_queue_lack_are_named_with_the_place() {
    let found = |announce: &str| {
        let queue = format!(
            r#"{{"name": "Support", "short_name": "", "requirements": [], "strategy": "longest_idle",
            "offer_by": "tandem", "offer_timeout_s": 20, "join_timeout_s": 60, "short_abandon_s": 5,
            "wrap_up": {{"mode": "none", "seconds": 0}}, "service_level": {{"threshold_s": 20, "target_percent": 80}},
            "max_wait_s": 600, "max_waiting": 100, "priority": 1, "cooldown_s": 30, "music": {{"text": "Music."}},
            "waiting_target": 5, "longest_wait_target_s": 60{announce}}}"#
        );
        let mut settings = Settings::default();
        let queue: crate::queue::Queue = serde_json::from_str(&queue).unwrap();
        settings.saved(3, 1, &Document::Queue(queue));
        let flow = r#"{"name": "Main", "start": "de", "nodes": {
            "de": {"kind": "set", "attribute": "language", "value": "de-AT", "next": "en"},
            "en": {"kind": "set", "attribute": "language", "value": "en-GB", "next": "wait"},
            "wait": {"kind": "queue", "queue": 3, "timeout": "end", "full": "end", "failed": "end"},
            "end": {"kind": "end"}}}"#;
        let flow: Flow = serde_json::from_str(flow).unwrap();
        let missing = missing_languages(&flow, &settings, &flow.languages());
        let told = missing
            .iter()
            .map(|it| format!("{} {}", it.field, it.language));
        (
            told.collect::<Vec<_>>(),
            missing.first().map(ToString::to_string),
        )
    };
    let announce = |rest: &str| {
        format!(
            r#", "announce": {{"first_s": 10, "every_s": 30, "position": "{{position}}", "wait": null{rest}}}"#
        )
    };
    assert_eq!(found("").0, [""; 0], "nothing is announced");
    let german = r#", "languages": {"de-DE": {"position": "{position}", "wait": null}}"#;
    let (places, first) = found(&announce(german));
    assert_eq!(places, ["nodes.wait.queue_id en-GB"]);
    assert_eq!(
        first.as_deref(),
        Some(
            "the announcements of the queue \"Support\" have nothing in en-GB: callers hear its own sentences; add \
             the language to the announcements, or say there in which language its own sentences are"
        )
    );
    let own = r#", "language": "en-US""#;
    assert_eq!(found(&announce(own)).0, ["nodes.wait.queue_id de-AT"]);
    assert_eq!(found(&announce(&format!("{own}{german}"))).0, [""; 0]);
}
