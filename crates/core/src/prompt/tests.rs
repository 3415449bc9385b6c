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
